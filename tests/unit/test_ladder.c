/*
 * The ladder: rows, answers, what was lost and sent again; on the screen, live and after going
 * back; a dropped packet is the one that was chosen.
 */
#include "tests/unit/lab_fixture.h"

#include "lab/ladder/ladder.h"

#define WORLD                                                                                      \
    "seed 7\n"                                                                                     \
    "network latency=50ms bandwidth=100Mbit\n"                                                     \
    "machine redis-1\n"                                                                            \
    "machine app-1\n"                                                                              \
    "add store cache on redis-1\n"                                                                 \
    "add client orders on app-1 to=cache rate=1/s arrival=constant count=3 connections=1\n"

static struct lab *open_world(enum language language, const char *script)
{
    struct lab *lab = open_lab(language);
    assert_true(model_open_script(&lab->model, "test.lab", script, strlen(script)));
    model_show(&lab->model, PLACE_WORLD);
    return lab;
}

static void command(struct lab *lab, const char *line)
{
    assert_true(model_command(&lab->model, line));
    pass_all(lab);
}

static const struct ladder_side *side(struct lab *lab, uint32_t at)
{
    model_look(&lab->model);
    return &lab->model.ladders.sides[at];
}

/* The scene in one line: time in ms, direction, words; `x` when lost; `*` the answer. */
static const char *scene_words(const struct ladder_side *of)
{
    static char buffer[4096];
    struct text text = TEXT(buffer);
    text_clear(&text);
    for (uint32_t i = 0; i < of->scene.count; i++) {
        const struct ladder_row *row = &of->scene.rows[i];
        const struct ladder_segment *segment = ladder_at(&of->record, row->segment);
        text_add(&text, i ? ", " : "");
        ladder_ms(&text, &of->scene, row->time_ns - of->scene.start_ns);
        if (row->number == 0) {
            text_add(&text, " *");
            text_add_u64(&text, row->trips);
            continue;
        }
        text_add(&text, segment->wire.opener ? " > " : " < ");
        text_add(&text, row->words);
        if (segment->fate != WIRE_ARRIVED && segment->fate != WIRE_LEFT)
            text_add(&text, " x");
        if (row->again_ns) {
            text_add_char(&text, ' ');
            ladder_ms(&text, &of->scene, row->again_ns - of->scene.start_ns);
        }
    }
    return buffer;
}

/* --- rows ------------------------------------------------------------------------------------- */

/* The first request has the handshake: two round trips; the next one none: one. */
static void an_exchange_is_a_request_and_what_belongs_to_it(void **state)
{
    (void)state;
    struct lab *lab = open_world(LANGUAGE_EN, WORLD);
    command(lab, "run 1500ms");
    type(lab, "l");
    assert_int_equal(lab->model.screen, PLACE_LADDER);
    assert_string_equal(scene_words(side(lab, 0)), "0 > SET k:2, 50 < OK  5 B, 100 *2, 100 > ACK");
    press(lab, KEY_CODE_PAGE_UP);
    assert_string_equal(scene_words(side(lab, 0)),
                        "0 > SYN, 50 < SYN+ACK, 100 > ACK, 100 > SET k:1, 150 < ACK, "
                        "150 < OK  5 B, 200 *4, 200 > ACK");
    assert_true(side(lab, 0)->scene.opens);
    assert_int_equal(side(lab, 0)->scene.packets, 7);
    assert_shows(lab, "new connection");
    assert_shows(lab, "answer here: 2 round trips");
    press(lab, KEY_CODE_PAGE_UP); /* there is none before */
    assert_int_equal(side(lab, 0)->scene.exchange_at, 1);
    press(lab, KEY_CODE_PAGE_DOWN);
    assert_shows(lab, "used connection");
    close_lab(lab);
}

/* --- dropping --------------------------------------------------------------------------------- */

static void a_dropped_packet_is_the_chosen_one(void **state)
{
    (void)state;
    struct lab *lab = open_world(LANGUAGE_EN, WORLD);
    command(lab, "run 900ms");
    type(lab, "l");
    assert_int_equal(ladders_row(side(lab, 0)), 7); /* the last ACK */
    press(lab, KEY_CODE_UP);
    press(lab, KEY_CODE_UP);
    assert_string_equal(side(lab, 0)->scene.rows[ladders_row(side(lab, 0))].words, "ACK");
    press(lab, KEY_CODE_UP);
    assert_string_equal(side(lab, 0)->scene.rows[ladders_row(side(lab, 0))].words, "SET k:1");
    type(lab, "d");
    pass_all(lab);
    assert_string_equal(lab->model.last_command, "drop-next app-1 -> redis-1 skip=1");
    assert_string_equal(scene_words(side(lab, 0)),
                        "0 > SYN, 50 < SYN+ACK, 100 > ACK, 100 > SET k:1 x 400, 400 > SET k:1, "
                        "450 < ACK, 450 < OK  5 B, 500 *4, 500 > ACK");
    assert_int_equal(side(lab, 0)->scene.lost, 1);
    assert_shows(lab, "again at 400 ms");
    assert_shows(lab, "last command   drop-next app-1 -> redis-1 skip=1");
    close_lab(lab);
}

/* Seven segments of one request leave at one instant: the third of them is the one. */
static void one_of_a_burst_is_dropped_exactly(void **state)
{
    (void)state;
    struct lab *lab = open_world(LANGUAGE_EN, WORLD "set orders value=10000B\n");
    command(lab, "run 2900ms");
    type(lab, "l");
    assert_int_equal(side(lab, 0)->scene.rows[2].number, 3);
    assert_string_equal(side(lab, 0)->scene.rows[2].words, "+1,448 B");
    for (int i = 0; i < 20 && ladders_row(side(lab, 0)) > 2; i++)
        press(lab, KEY_CODE_UP);
    uint32_t seq = ladder_at(&side(lab, 0)->record, side(lab, 0)->scene.rows[2].segment)->wire.seq;
    type(lab, "d");
    pass_all(lab);
    assert_string_equal(lab->model.last_command, "drop-next app-1 -> redis-1 skip=2");
    for (uint32_t i = 0; i < 7; i++) {
        const struct ladder_segment *segment =
            ladder_at(&side(lab, 0)->record, side(lab, 0)->scene.rows[i].segment);
        assert_int_equal(segment->fate == WIRE_DROPPED, i == 2);
        assert_true(i != 2 || segment->wire.seq == seq);
    }
    assert_true(side(lab, 0)->scene.answer_ns > 200 * MS_NS); /* its time-out was waited for */
    close_lab(lab);
}

/* --- live, and back --------------------------------------------------------------------------- */

static void a_packet_is_seen_under_way_and_the_future_is_not(void **state)
{
    (void)state;
    struct lab *lab = open_world(LANGUAGE_KO, WORLD);
    command(lab, "run 900ms");
    type(lab, "l");
    assert_int_equal(side(lab, 0)->scene.packets, 7);
    command(lab, "rewind 75ms");
    assert_string_equal(scene_words(side(lab, 0)), "0 > SYN, 50 < SYN+ACK");
    const struct ladder_segment *last = ladder_at(&side(lab, 0)->record, 1);
    assert_int_equal(last->fate, WIRE_LEFT);
    assert_int_equal(last->wire.arrival_ns / MS_NS, 100);
    assert_shows(lab, "멈춤  00:00.075");
    command(lab, "run 30ms"); /* heard live now */
    assert_string_equal(scene_words(side(lab, 0)),
                        "0 > SYN, 50 < SYN+ACK, 100 > ACK, 100 > SET k:1");
    assert_int_equal(ladder_at(&side(lab, 0)->record, 1)->fate, WIRE_ARRIVED);
    press(lab, KEY_CODE_ESCAPE);
    assert_int_equal(lab->model.screen, PLACE_WORLD);
    assert_null(model_world(&lab->model)->outside->wire); /* nobody listens any more */
    close_lab(lab);
}

/* Looking changes nothing. */
static void the_world_is_the_same_with_its_ladder_open(void **state)
{
    (void)state;
    struct lab *lab = open_world(LANGUAGE_EN, WORLD), *other = open_world(LANGUAGE_EN, WORLD);
    command(lab, "run 120ms");
    type(lab, "l");
    assert_int_equal(lab->model.screen, PLACE_LADDER);
    command(lab, "run 3s");
    command(lab, "rewind 1s");
    command(lab, "run 2s");
    command(other, "run 3s");
    assert_int_equal(session_digest(lab->model.session), session_digest(other->model.session));
    assert_int_equal(session_events(lab->model.session), session_events(other->model.session));
    close_lab(lab);
    close_lab(other);
}

/* --- which conversation ----------------------------------------------------------------------- */

static void the_selected_part_says_whose_conversation(void **state)
{
    (void)state;
    struct lab *lab =
        open_world(LANGUAGE_EN, WORLD "machine app-2\n"
                                      "add client late on app-2 to=cache rate=1/s arrival=constant "
                                      "connections=1 start=1s\n");
    type(lab, "l");
    assert_shows(lab, "no packets here yet");
    assert_int_equal(lab->model.screen, PLACE_WORLD);
    command(lab, "run 1500ms");
    snprintf(lab->model.selected, sizeof lab->model.selected, "cache");
    type(lab, "l");
    assert_int_equal(side(lab, 0)->scene.connections, 2);
    assert_string_equal(component_at(side(lab, 0)->world, side(lab, 0)->scene.opener)->name,
                        "late");
    type(lab, "[");
    assert_string_equal(component_at(side(lab, 0)->world, side(lab, 0)->scene.opener)->name,
                        "orders");
    type(lab, "l"); /* closes it */
    snprintf(lab->model.selected, sizeof lab->model.selected, "app-1");
    type(lab, "l");
    assert_int_equal(side(lab, 0)->scene.connections, 1);
    assert_string_equal(component_at(side(lab, 0)->world, side(lab, 0)->scene.opener)->name,
                        "orders");
    close_lab(lab);
}

static void twins_stand_side_by_side(void **state)
{
    (void)state;
    struct lab *lab = open_world(LANGUAGE_EN, WORLD "set orders timeout=5s\n"
                                                    "variant plain\n"
                                                    "variant lossy drop-next app-1 -> redis-1 syn\n"
                                                    "at 1500ms kill orders\n"
                                                    "run 4s\n");
    command(lab, "run 4s");
    type(lab, "l");
    assert_int_equal(lab->model.ladders.count, 2);
    press(lab, KEY_CODE_PAGE_UP);
    press(lab, KEY_CODE_TAB);
    press(lab, KEY_CODE_PAGE_UP);
    assert_int_equal(side(lab, 0)->scene.answer_ns / MS_NS, 200);
    assert_int_equal(side(lab, 1)->scene.answer_ns / MS_NS, 1200); /* a lost SYN: 1 s more */
    assert_shows(lab, "A  plain  new connection");
    assert_shows(lab, "B  lossy  new connection");
    type(lab, "B");
    assert_hides(lab, "A  plain");
    assert_shows(lab, "SYN-SENT");
    type(lab, "d"); /* in B alone; all go back */
    pass_all(lab);
    assert_memory_equal(lab->model.last_command, "lossy: drop-next", 16);
    close_lab(lab);
}

/* --- what is in it, and what is told ---------------------------------------------------------- */

static void enter_shows_what_is_in_the_packet(void **state)
{
    (void)state;
    struct lab *lab = open_world(LANGUAGE_EN, WORLD);
    command(lab, "run 60ms");
    type(lab, "l");
    press(lab, KEY_CODE_UP);
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "1  SYN");
    assert_shows(lab, "orders (app-1");
    assert_shows(lab, "mss 1,460  sackOK");
    assert_shows(lab, "Asks to open a connection.");
    press(lab, KEY_CODE_ESCAPE);
    assert_shows(lab, "new connection");
    close_lab(lab);
}

/* A hundred requests on one connection: a reader gets the beginning and the end. */
static void a_long_report_loses_its_middle(void **state)
{
    (void)state;
    struct lab *lab = open_world(LANGUAGE_EN, WORLD "set orders count=60 rate=5/s\n");
    command(lab, "run 30s");
    command(lab, "report ladder");
    assert_non_null(strstr(lab->model.answer, "  1  app-1 -> redis-1  SYN "));
    assert_non_null(strstr(lab->model.answer, " ... "));
    assert_non_null(strstr(lab->model.answer, "SET k:60"));
    assert_null(strstr(lab->model.answer, "SET k:30"));
    close_lab(lab);
}

static void nothing_is_told_before_the_guess(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_KO);
    struct error error;
    press(lab, KEY_CODE_ENTER); /* lesson 1 */
    press(lab, KEY_CODE_ENTER); /* try */
    assert_int_equal(lab->model.screen, PLACE_TRY);
    type(lab, "l");
    assert_shows(lab, "예측한 뒤에 보입니다");
    assert_int_equal(lab->model.screen, PLACE_TRY);
    assert_false(session_line(lab->model.session, "report ladder", &error));
    assert_int_equal(error.id, ERROR_HIDDEN);
    close_lab(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exchange_is_a_request_and_what_belongs_to_it),
        cmocka_unit_test(a_dropped_packet_is_the_chosen_one),
        cmocka_unit_test(one_of_a_burst_is_dropped_exactly),
        cmocka_unit_test(a_packet_is_seen_under_way_and_the_future_is_not),
        cmocka_unit_test(the_world_is_the_same_with_its_ladder_open),
        cmocka_unit_test(the_selected_part_says_whose_conversation),
        cmocka_unit_test(twins_stand_side_by_side),
        cmocka_unit_test(enter_shows_what_is_in_the_packet),
        cmocka_unit_test(a_long_report_loses_its_middle),
        cmocka_unit_test(nothing_is_told_before_the_guess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
