/*
 * A ladder as lines: one a packet, for a reader, a pipe and tests.
 */
#include "lab/ladder/ladder.h"

#include <string.h>

#define TIME_CELLS  9
#define WORDS_CELLS 22
#define ROWS_MOST   120 /* a longer one loses its middle */
#define ROWS_EACH   24u

static const char *name_of(const struct world *world, uint32_t id)
{
    return component_at(world, id)->name;
}

/* Two ends on one machine go by their own names. */
static const char *end_name(const struct world *world, const struct ladder_scene *scene, bool right)
{
    if (scene->left == scene->right)
        return name_of(world, right ? scene->acceptor : scene->opener);
    return name_of(world, right ? scene->right : scene->left);
}

static void pad_to(struct text *text, size_t from, size_t cells)
{
    while (text->used - from < cells)
        text_add_char(text, ' ');
}

void ladder_ms(struct text *text, const struct ladder_scene *scene, uint64_t ns)
{
    uint64_t span = scene->end_ns - scene->start_ns;
    span = scene->answer_ns > span ? scene->answer_ns : span;
    unsigned decimals = span == 0 ? 0 : span < 10 * MS_NS ? 2 : span < 100 * MS_NS ? 1 : 0;
    uint64_t unit = decimals == 2 ? 10 * US_NS : decimals == 1 ? 100 * US_NS : MS_NS;
    uint64_t number = (ns + unit / 2) / unit;
    if (decimals)
        text_add_fixed(text, (int64_t)number, decimals);
    else
        text_add_grouped(text, number);
}

const char *ladder_fate_words(unsigned fate, enum language language)
{
    static const char *const words[][2] = {
        [WIRE_LEFT] = {"on its way", "가는 중"},
        [WIRE_ARRIVED] = {"arrived", "도착"},
        [WIRE_LOST] = {"lost (the link's loss)", "사라짐 (링크의 loss)"},
        [WIRE_DROPPED] = {"lost (drop-next)", "사라짐 (drop-next)"},
        [WIRE_QUEUE_FULL] = {"lost (the queue is full)", "사라짐 (큐가 가득 참)"},
        [WIRE_CUT] = {"lost (the link is cut)", "사라짐 (끊긴 링크)"},
        [WIRE_NO_POWER] = {"not heard (no power there)", "받는 쪽 전원 없음"},
    };
    return words[fate < sizeof words / sizeof words[0] ? fate : 0][language == LANGUAGE_KO];
}

/* --- lines ------------------------------------------------------------------------------------ */

static void head_print(struct text *text, const struct world *world,
                       const struct ladder_record *record, const struct ladder_scene *scene,
                       bool ko)
{
    const struct wire_segment *wire = &ladder_at(record, scene->rows[0].segment)->wire;
    uint16_t left = wire->opener ? wire->from_port : wire->to_port;
    uint16_t right = wire->opener ? wire->to_port : wire->from_port;
    text_add(text, end_name(world, scene, false));
    if (left) {
        text_add_char(text, ':');
        text_add_u64(text, left);
    }
    text_add(text, " -> ");
    text_add(text, end_name(world, scene, true));
    if (right) {
        text_add_char(text, ':');
        text_add_u64(text, right);
    }
    text_add(text, ko ? "  연결 " : "  connection ");
    text_add_u64(text, scene->connection_at);
    text_add_char(text, '/');
    text_add_u64(text, scene->connections);
    text_add(text, "  ");
    clock_add(text, scene->start_ns, 6);
    text_add_char(text, '\n');
}

static void mark_print(struct text *text, const struct ladder_row *row, bool ko)
{
    text_add(text, ko ? "   *  응답 도착: 왕복 " : "   *  the answer has come: ");
    text_add_u64(text, row->trips / 2);
    text_add(text, ko ? "번\n" : row->trips / 2 == 1 ? " round trip\n" : " round trips\n");
}

static void states_print(struct text *text, const struct ladder_segment *segment, unsigned to)
{
    const char *sender = wire_state_name(segment->wire.from_state);
    const char *receiver = wire_state_name(to);
    const char *left = segment->wire.opener ? sender : receiver;
    const char *right = segment->wire.opener ? receiver : sender;
    size_t at = text->used;
    text_add(text, *left ? left : "-");
    pad_to(text, at, 11);
    text_add_char(text, ' ');
    text_add(text, *right ? right : "-");
}

static void packet_print(struct text *text, const struct world *world,
                         const struct ladder_record *record, const struct ladder_scene *scene,
                         const struct ladder_row *row, enum language language)
{
    const struct ladder_segment *segment = ladder_at(record, row->segment);
    char number[24];
    struct text digits = TEXT(number);
    text_clear(&digits);
    text_add_u64(&digits, row->number);
    for (size_t i = digits.used; i < 4; i++)
        text_add_char(text, ' ');
    text_add(text, number);
    text_add(text, "  ");
    text_add(text, end_name(world, scene, false));
    text_add(text, segment->wire.opener ? " -> " : " <- ");
    text_add(text, end_name(world, scene, true));
    text_add(text, "  ");
    size_t at = text->used;
    text_add(text, row->words);
    pad_to(text, at, WORDS_CELLS);
    text_add_char(text, ' ');
    if (segment->fate == WIRE_ARRIVED) {
        states_print(text, segment,
                     ladder_arrival_state(scene, record, (uint32_t)(row - scene->rows)));
    } else {
        text_add(text, ladder_fate_words(segment->fate, language));
        if (row->again_ns) {
            text_add(text, language == LANGUAGE_KO ? ", 다시 " : ", again at ");
            ladder_ms(text, scene, row->again_ns - scene->start_ns);
        }
    }
    text_add_char(text, '\n');
}

static void waits_print(struct text *text, const struct world *world,
                        const struct ladder_scene *scene, bool ko)
{
    for (int right = 0; right < 2; right++) {
        if (!(right ? scene->right_waits : scene->left_waits) ||
            world->now_ns - scene->closed_ns >= LADDER_TIME_WAIT_NS)
            continue;
        text_add(text, "TIME_WAIT 60 s: ");
        text_add(text, ko ? "먼저 닫은 " : "");
        text_add(text, end_name(world, scene, right != 0));
        text_add(text, ko ? "\n" : ", which closed first\n");
    }
}

static void rows_left_out(struct text *text, uint32_t count, bool ko)
{
    text_add(text, "             ... ");
    text_add_grouped(text, count);
    text_add(text, ko ? "줄\n" : " rows\n");
}

void ladder_print(struct text *text, const struct world *world, const struct ladder_record *record,
                  const struct ladder_scene *scene, enum language language)
{
    bool ko = language == LANGUAGE_KO;
    head_print(text, world, record, scene, ko);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct ladder_row *row = &scene->rows[i];
        if (scene->count > ROWS_MOST && i == ROWS_EACH) {
            i = scene->count - ROWS_EACH - 1;
            rows_left_out(text, scene->count - 2 * ROWS_EACH, ko);
            continue;
        }
        char ms[32];
        struct text time = TEXT(ms);
        text_clear(&time);
        ladder_ms(&time, scene, row->time_ns - scene->start_ns);
        for (size_t k = time.used; k < TIME_CELLS; k++)
            text_add_char(text, ' ');
        text_add(text, ms);
        text_add(text, " ms");
        if (row->number)
            packet_print(text, world, record, scene, row, language);
        else
            mark_print(text, row, ko);
    }
    waits_print(text, world, scene, ko);
    text_add(text, ko ? "패킷 " : "packets ");
    text_add_grouped(text, scene->packets);
    if (scene->lost) {
        text_add(text, ko ? ", 사라진 것 " : ", lost ");
        text_add_grouped(text, scene->lost);
    }
    text_add_char(text, '\n');
}
