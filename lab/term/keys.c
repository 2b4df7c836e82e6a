/* Bytes to keys: UTF-8, escape sequences of the common terminals, Hangul letters as the keys they
 * sit on. */
#include "lab/term/keys.h"

#include <string.h>

enum { ESCAPE = 0x1b };

struct output {
    keys_sink *sink;
    void *user;
};

static void give(const struct output *output, const struct key *key)
{
    output->sink(output->user, key);
}

static void give_code(const struct output *output, enum key_code code)
{
    struct key key = {.code = code};
    give(output, &key);
}

/* The two-set layout (KS X 5002): U+3131 to U+3163 in order; '.' is two keys, a composed sign like
 * a syllable. */
static const char two_set[] = "rR.s..eEf.......aqQ.tTdwWczxvg"
                              "koiOjpuPh...yn...bm.l";

_Static_assert(sizeof two_set - 1 == 0x3163 - 0x3131 + 1, "one key for each letter");

static void mark_hangul(struct key *key)
{
    uint32_t point = key->letter;
    if (point >= 0x3131 && point <= 0x3163 && two_set[point - 0x3131] != '.') {
        key->letter = (unsigned char)two_set[point - 0x3131];
        key->hangul_letter = true;
        key->shift = key->letter < 'a';
    } else {
        key->syllable =
            (point >= 0xac00 && point <= 0xd7a3) || (point >= 0x3131 && point <= 0x318e) ||
            (point >= 0x1100 && point <= 0x11ff) || (point >= 0xa960 && point <= 0xa97f) ||
            (point >= 0xd7b0 && point <= 0xd7ff);
    }
}

static void give_text(const struct output *output, const unsigned char *bytes, size_t size,
                      uint32_t code_point)
{
    struct key key = {.code = KEY_CODE_TEXT, .letter = code_point};
    memcpy(key.utf8, bytes, size);
    mark_hangul(&key);
    give(output, &key);
}

static void give_byte(const struct output *output, unsigned char byte)
{
    if (byte == '\r' || byte == '\n') {
        give_code(output, KEY_CODE_ENTER);
    } else if (byte == '\t') {
        give_code(output, KEY_CODE_TAB);
    } else if (byte == '\b' || byte == 0x7f) {
        give_code(output, KEY_CODE_BACKSPACE);
    } else if (byte == ESCAPE) {
        give_code(output, KEY_CODE_ESCAPE);
    } else if (byte >= 1 && byte <= 26) {
        struct key key = {.code = KEY_CODE_CONTROL, .letter = byte - 1u + 'a', .control = true};
        give(output, &key);
    } else if (byte >= 0x20 && byte < 0x7f) {
        give_text(output, &byte, 1, byte);
    }
}

/* What the held bytes are so far. */
enum progress { PROGRESS_WAIT, PROGRESS_DONE, PROGRESS_INVALID };

static size_t utf8_size(unsigned char first)
{
    return first >= 0xf0 && first <= 0xf4 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1;
}

static enum progress take_utf8(const struct keys *keys, const struct output *output)
{
    const unsigned char *held = keys->held;
    size_t size = utf8_size(held[0]);
    if (held[0] < 0xc2 || held[0] > 0xf4)
        return PROGRESS_INVALID;
    uint32_t point = held[0] & (0xffu >> (size + 1));
    for (size_t i = 1; i < keys->count; i++) {
        if ((held[i] & 0xc0) != 0x80)
            return PROGRESS_INVALID;
        point = point << 6 | (held[i] & 0x3fu);
    }
    if (keys->count < size)
        return PROGRESS_WAIT;
    static const uint32_t least[5] = {0, 0, 0xa0, 0x800, 0x10000}; /* below A0: control signs */
    bool surrogate = point >= 0xd800 && point <= 0xdfff;
    if (point >= least[size] && point <= 0x10ffff && !surrogate)
        give_text(output, held, size, point);
    return PROGRESS_DONE;
}

/* Final letters of CSI and SS3 sequences: xterm and most others; rxvt's small letters are shifted
 * arrows. */
static bool code_of_final(unsigned char final, struct key *key)
{
    static const struct {
        char final;
        enum key_code code;
        bool shift;
    } table[] = {
        {'A', KEY_CODE_UP, false},   {'B', KEY_CODE_DOWN, false}, {'C', KEY_CODE_RIGHT, false},
        {'D', KEY_CODE_LEFT, false}, {'H', KEY_CODE_HOME, false}, {'F', KEY_CODE_END, false},
        {'Z', KEY_CODE_TAB, true},   {'a', KEY_CODE_UP, true},    {'b', KEY_CODE_DOWN, true},
        {'c', KEY_CODE_RIGHT, true}, {'d', KEY_CODE_LEFT, true},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].final == (char) final) {
            key->code = table[i].code;
            key->shift = table[i].shift;
            return true;
        }
    return false;
}

/* "ESC [ NUMBER ~": the VT220's keys, and the numbers that rxvt and the Linux console have for Home
 * and End. */
static bool code_of_number(unsigned number, enum key_code *code)
{
    static const struct {
        unsigned number;
        enum key_code code;
    } table[] = {
        {1, KEY_CODE_HOME},   {7, KEY_CODE_HOME},    {4, KEY_CODE_END},       {8, KEY_CODE_END},
        {3, KEY_CODE_DELETE}, {5, KEY_CODE_PAGE_UP}, {6, KEY_CODE_PAGE_DOWN},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].number == number) {
            *code = table[i].code;
            return true;
        }
    return false;
}

/* The parameters between ESC [ and the final byte: at most two matter. */
static void read_parameters(const struct keys *keys, unsigned numbers[2])
{
    size_t which = 0;
    for (size_t i = 2; i + 1 < keys->count && which < 2; i++) {
        unsigned char byte = keys->held[i];
        if (byte >= '0' && byte <= '9')
            numbers[which] = (numbers[which] * 10 + (unsigned)(byte - '0')) % 1000;
        else if (byte == ';')
            which++;
    }
}

static enum progress take_csi(const struct keys *keys, const struct output *output)
{
    unsigned char final = keys->held[keys->count - 1];
    if (keys->count == 3 && final == '[')
        return PROGRESS_WAIT; /* the Linux console's ESC [ [ A: one more */
    if (final < 0x20 || final > 0x7e)
        return PROGRESS_INVALID;
    if (final < 0x40)
        return PROGRESS_WAIT;
    if (keys->held[2] == '[' || keys->held[2] == '?' || keys->held[2] == '>')
        return PROGRESS_DONE; /* a function key, an answer: without a meaning here */
    unsigned numbers[2] = {0, 0};
    struct key key = {.code = KEY_CODE_TEXT};
    read_parameters(keys, numbers);
    bool known = final == '~' ? code_of_number(numbers[0], &key.code) : code_of_final(final, &key);
    if (!known)
        return PROGRESS_DONE;
    unsigned held_keys =
        numbers[1] > 0 ? numbers[1] - 1 : 0; /* xterm: 1 + shift, alt 2, control 4 */
    key.shift = key.shift || (held_keys & 1);
    key.control = held_keys & 4;
    give(output, &key);
    return PROGRESS_DONE;
}

static enum progress take_escape(const struct keys *keys, const struct output *output)
{
    if (keys->count == 1)
        return PROGRESS_WAIT;
    if (keys->held[1] == '[')
        return keys->count == 2 ? PROGRESS_WAIT : take_csi(keys, output);
    if (keys->held[1] != 'O') {
        give_code(output, KEY_CODE_ESCAPE); /* then the byte by itself: nothing typed is lost */
        return PROGRESS_INVALID;
    }
    if (keys->count == 2)
        return PROGRESS_WAIT;
    struct key key = {.code = KEY_CODE_TEXT};
    if (code_of_final(keys->held[2], &key)) {
        give(output, &key);
    } else if (keys->held[2] < 'P' || keys->held[2] > 'S') { /* P to S: F1 to F4 */
        give_code(output, KEY_CODE_ESCAPE);
        give_byte(output, 'O');
        return PROGRESS_INVALID;
    }
    return PROGRESS_DONE;
}

/* Adds a byte; false when it does not belong to what is held and must be looked at alone. */
static bool take(struct keys *keys, unsigned char byte, const struct output *output)
{
    if (keys->count == 0 && byte < 0x80 && byte != ESCAPE) {
        give_byte(output, byte);
        return true;
    }
    keys->held[keys->count++] = byte;
    enum progress progress =
        keys->held[0] == ESCAPE ? take_escape(keys, output) : take_utf8(keys, output);
    if (progress == PROGRESS_WAIT && keys->count < sizeof keys->held)
        return true;
    bool was_alone = keys->count == 1;
    keys->count = 0;
    return progress != PROGRESS_INVALID || was_alone;
}

void keys_feed(struct keys *keys, const char *bytes, size_t count, keys_sink *sink, void *user)
{
    struct output output = {sink, user};
    for (size_t i = 0; i < count; i++)
        if (!take(keys, (unsigned char)bytes[i], &output))
            take(keys, (unsigned char)bytes[i], &output);
}

bool keys_waiting(const struct keys *keys)
{
    return keys->count > 0 && keys->held[0] == ESCAPE;
}

void keys_flush(struct keys *keys, keys_sink *sink, void *user)
{
    struct output output = {sink, user};
    if (!keys_waiting(keys))
        return;
    size_t count = keys->count;
    keys->count = 0;
    for (size_t i = 0; i < count; i++)
        give_byte(&output, keys->held[i]);
}
