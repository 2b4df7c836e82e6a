/* Bytes to keys, split in every way, and Hangul letters as the keys they sit on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lab/term/keys.h"

struct got {
    struct key keys[64];
    size_t count;
};

static void keep(void *user, const struct key *key)
{
    struct got *got = user;
    if (got->count < sizeof got->keys / sizeof *got->keys)
        got->keys[got->count] = *key;
    got->count++;
}

static struct got feed(const char *bytes)
{
    struct got got = {.count = 0};
    struct keys keys = {.count = 0};
    keys_feed(&keys, bytes, strlen(bytes), keep, &got);
    return got;
}

static void assert_one(const char *bytes, enum key_code code, bool shift, bool control)
{
    struct got got = feed(bytes);
    assert_int_equal(got.count, 1);
    assert_int_equal(got.keys[0].code, code);
    assert_int_equal(got.keys[0].shift, shift);
    assert_int_equal(got.keys[0].control, control);
    assert_string_equal(got.keys[0].utf8, "");
}

static void named_keys(void **state)
{
    (void)state;
    assert_one("\r", KEY_CODE_ENTER, false, false);
    assert_one("\n", KEY_CODE_ENTER, false, false);
    assert_one("\t", KEY_CODE_TAB, false, false);
    assert_one("\033[Z", KEY_CODE_TAB, true, false);
    assert_one("\177", KEY_CODE_BACKSPACE, false, false);
    assert_one("\b", KEY_CODE_BACKSPACE, false, false);
    assert_one("\033[A", KEY_CODE_UP, false, false);
    assert_one("\033OB", KEY_CODE_DOWN, false, false);
    assert_one("\033[C", KEY_CODE_RIGHT, false, false);
    assert_one("\033OD", KEY_CODE_LEFT, false, false);
    assert_one("\033[1;2C", KEY_CODE_RIGHT, true, false);
    assert_one("\033[1;5D", KEY_CODE_LEFT, false, true);
    assert_one("\033[1;6D", KEY_CODE_LEFT, true, true);
    assert_one("\033[d", KEY_CODE_LEFT, true, false);
    assert_one("\033[H", KEY_CODE_HOME, false, false);
    assert_one("\033[1~", KEY_CODE_HOME, false, false);
    assert_one("\033[7~", KEY_CODE_HOME, false, false);
    assert_one("\033OF", KEY_CODE_END, false, false);
    assert_one("\033[4~", KEY_CODE_END, false, false);
    assert_one("\033[3~", KEY_CODE_DELETE, false, false);
    assert_one("\033[3;5~", KEY_CODE_DELETE, false, true);
    assert_one("\033[5~", KEY_CODE_PAGE_UP, false, false);
    assert_one("\033[6~", KEY_CODE_PAGE_DOWN, false, false);
}

static void letters_and_control(void **state)
{
    (void)state;
    struct got got = feed("aQ 7\014\002");
    assert_int_equal(got.count, 6);
    assert_int_equal(got.keys[0].letter, 'a');
    assert_string_equal(got.keys[1].utf8, "Q");
    assert_int_equal(got.keys[2].letter, ' ');
    assert_int_equal(got.keys[3].code, KEY_CODE_TEXT);
    assert_int_equal(got.keys[4].code, KEY_CODE_CONTROL);
    assert_int_equal(got.keys[4].letter, 'l');
    assert_true(got.keys[5].control);
    assert_int_equal(got.keys[5].letter, 'b');
}

static void what_has_no_meaning_gives_nothing(void **state)
{
    (void)state;
    const char *nothing[] = {
        "\033[11~",     "\033OP",   "\033[[A",   "\033[24;80R", "\033[?62;22c", "\033[>0;10;1c",
        "\033[200~",    "\033[M",   "\xff",      "\xc0",        "\xc2\x9b",     "\xed\xa0\x80",
        "\xe0\x80\x80", "\xf5\x80", "\033[1;2R", "\033[I",      "\034",
    };
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
        struct got got = feed(nothing[i]);
        assert_int_equal(got.count, 0);
    }
}

static void hangul_letters_are_the_keys_they_sit_on(void **state)
{
    (void)state;
    const char *letters = "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡㅃㅉㄸㄲㅆㅒㅖ";
    const char *expected = "qwertyuiopasdfghjklzxcvbnmQWERTOP";
    struct got got = feed(letters);
    assert_int_equal(got.count, strlen(expected));
    for (size_t i = 0; i < got.count; i++) {
        assert_int_equal(got.keys[i].letter, expected[i]);
        assert_true(got.keys[i].hangul_letter);
        assert_false(got.keys[i].syllable);
        assert_int_equal(got.keys[i].shift, expected[i] < 'a');
        assert_memory_equal(got.keys[i].utf8, letters + 3 * i, 3);
        assert_int_equal(got.keys[i].utf8[3], 0);
    }
}

static void syllables_are_text_and_flagged(void **state)
{
    (void)state;
    struct got got = feed("한ㄳé漢");
    assert_int_equal(got.count, 4);
    assert_int_equal(got.keys[0].letter, 0xd55c);
    assert_string_equal(got.keys[0].utf8, "한");
    assert_true(got.keys[0].syllable);
    assert_false(got.keys[0].hangul_letter);
    assert_true(got.keys[1].syllable);
    assert_false(got.keys[2].syllable);
    assert_int_equal(got.keys[2].letter, 0xe9);
    assert_false(got.keys[3].syllable);
}

static void an_escape_waits_for_the_rest_until_it_is_flushed(void **state)
{
    (void)state;
    struct got got = {.count = 0};
    struct keys keys = {.count = 0};
    keys_feed(&keys, "\033", 1, keep, &got);
    assert_true(keys_waiting(&keys));
    assert_int_equal(got.count, 0);
    keys_flush(&keys, keep, &got);
    assert_false(keys_waiting(&keys));
    assert_int_equal(got.count, 1);
    assert_int_equal(got.keys[0].code, KEY_CODE_ESCAPE);
    keys_flush(&keys, keep, &got);
    assert_int_equal(got.count, 1);

    got = feed("\033q"); /* nothing typed is lost */
    assert_int_equal(got.count, 2);
    assert_int_equal(got.keys[0].code, KEY_CODE_ESCAPE);
    assert_int_equal(got.keys[1].letter, 'q');
    got = feed("\033\033[A");
    assert_int_equal(got.count, 2);
    assert_int_equal(got.keys[1].code, KEY_CODE_UP);
    got = feed("\033Ox");
    assert_int_equal(got.count, 3);
    assert_int_equal(got.keys[1].letter, 'O');
    assert_int_equal(got.keys[2].letter, 'x');
}

static void half_a_syllable_waits_without_a_limit(void **state)
{
    (void)state;
    struct got got = {.count = 0};
    struct keys keys = {.count = 0};
    keys_feed(&keys, "\xed\x95", 2, keep, &got);
    assert_false(keys_waiting(&keys));
    keys_flush(&keys, keep, &got);
    keys_feed(&keys, "\x9c", 1, keep, &got);
    assert_int_equal(got.count, 1);
    assert_string_equal(got.keys[0].utf8, "한");
    keys_feed(&keys, "\xed\x95q", 3, keep, &got); /* broken off: the next key counts */
    assert_int_equal(got.count, 2);
    assert_int_equal(got.keys[1].letter, 'q');
}

static void every_split_gives_the_same_keys(void **state)
{
    (void)state;
    const char *bytes = "a한\033[1;2Cㅏ\033OA\xff\xed\x95z\033[5~\r🙂\033[24;80R9";
    struct got whole = feed(bytes);
    assert_int_equal(whole.count, 10);
    for (size_t cut = 0; cut <= strlen(bytes); cut++) {
        struct got got = {.count = 0};
        struct keys keys = {.count = 0};
        keys_feed(&keys, bytes, cut, keep, &got);
        for (size_t i = cut; bytes[i]; i++)
            keys_feed(&keys, bytes + i, 1, keep, &got);
        assert_int_equal(got.count, whole.count);
        for (size_t i = 0; i < got.count; i++) {
            assert_int_equal(got.keys[i].code, whole.keys[i].code);
            assert_int_equal(got.keys[i].letter, whole.keys[i].letter);
            assert_string_equal(got.keys[i].utf8, whole.keys[i].utf8);
        }
    }
}

static void any_bytes_are_safe_and_the_next_key_is_heard(void **state)
{
    (void)state;
    uint64_t random = 88172645463325252u;
    for (int round = 0; round < 50000; round++) {
        struct got got = {.count = 0};
        struct keys keys = {.count = 0};
        char bytes[48];
        for (size_t i = 0; i < sizeof bytes; i++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            static const char often[] = "\033[O;1~0A\xed\x95\x9c";
            unsigned pick = (unsigned)(random >> 40);
            bytes[i] = random & 1 ? often[pick % (sizeof often - 1)] : (char)pick;
        }
        keys_feed(&keys, bytes, sizeof bytes, keep, &got);
        assert_true(keys.count < sizeof keys.held);
        keys_flush(&keys, keep, &got);
        got.count = 0;
        keys_feed(&keys, "\r", 1, keep, &got);
        assert_true(got.count >= 1);
        assert_int_equal(got.keys[got.count - 1].code, KEY_CODE_ENTER);
    }
    /* a sequence without an end does not swallow what follows for ever */
    char endless[80] = "\033[";
    memset(endless + 2, '1', 70);
    struct got got = feed(strcat(endless, "q"));
    assert_int_equal(got.keys[got.count - 1].letter, 'q');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(named_keys),
        cmocka_unit_test(letters_and_control),
        cmocka_unit_test(what_has_no_meaning_gives_nothing),
        cmocka_unit_test(hangul_letters_are_the_keys_they_sit_on),
        cmocka_unit_test(syllables_are_text_and_flagged),
        cmocka_unit_test(an_escape_waits_for_the_rest_until_it_is_flushed),
        cmocka_unit_test(half_a_syllable_waits_without_a_limit),
        cmocka_unit_test(every_split_gives_the_same_keys),
        cmocka_unit_test(any_bytes_are_safe_and_the_next_key_is_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
