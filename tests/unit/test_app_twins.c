/* Twins in the lab: keys and lines give the same, nothing hidden is told, every way out of it. */
#include "tests/unit/lab_fixture.h"

#include "lab/app/twins.h"

static void command(struct lab *lab, const char *line)
{
    type(lab, ":");
    type(lab, line);
    press(lab, KEY_CODE_ENTER);
    if (!lab->model.drive.playing)
        pass_all(lab);
}

static uint64_t digest(const struct lab *lab)
{
    return session_digest(lab->model.session);
}

static struct lab *open_at(enum language language, const char *run)
{
    struct lab *lab = open_lab(language);
    open_sandbox(lab);
    command(lab, run);
    return lab;
}

/* --- the key ---------------------------------------------------------------------------------- */

static void a_key_forks_and_the_screen_says_the_commands(void **state)
{
    (void)state;
    struct lab *lab = open_at(LANGUAGE_EN, "run 20s");
    type(lab, "&");
    assert_string_equal(lab->model.field.text, "variant b ");
    assert_shows(lab, "What does B do differently?");
    type(lab, "set cache appendonly=yes");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "A  appendonly no");
    assert_shows(lab, "B  appendonly yes");
    assert_shows(lab, "B differs from A in one thing: set cache appendonly=yes");
    assert_shows(lab, "last command   variant a; variant b set cache appendonly=yes");
    command(lab, "b: set orders rate=500/s");
    assert_shows(lab, "B differs from A: set cache appendonly=yes; set orders rate=500/s");
    command(lab, "run 3s");
    assert_shows(lab, "at risk 23,");
    close_lab(lab);
}

static void a_wrong_change_forks_nothing(void **state)
{
    (void)state;
    struct lab *lab = open_at(LANGUAGE_EN, "run 2s"), *other = open_at(LANGUAGE_EN, "run 2s");
    type(lab, "&set cache appendfsnyc=always");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "appendfsync");
    assert_false(session_forked(lab->model.session));
    press(lab, KEY_CODE_ESCAPE);
    type(lab, "&");
    press(lab, KEY_CODE_ESCAPE);
    assert_false(session_forked(lab->model.session));
    command(lab, "run 1s");
    command(other, "run 1s");
    assert_int_equal(digest(lab), digest(other));
    close_lab(lab);
    close_lab(other);
}

static void a_digit_at_the_fork_is_the_panels(void **state)
{
    (void)state;
    struct lab *lab = open_at(LANGUAGE_EN, "run 2s");
    select_part(lab, "cache");
    type(lab, "&1");
    assert_string_equal(lab->model.field.text, "variant b kill cache");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "B differs from A in one thing: kill cache");
    assert_shows(lab, "not running");
    close_lab(lab);
}

static void a_part_s_setting_is_what_b_changes(void **state)
{
    (void)state;
    struct lab *lab = open_at(LANGUAGE_EN, "run 2s");
    select_part(lab, "cache");
    press(lab, KEY_CODE_ENTER);
    for (int i = parameter_find(catalog[KIND_STORE], "appendonly"); i > 0; i--)
        press(lab, KEY_CODE_DOWN);
    type(lab, "&");
    assert_string_equal(lab->model.field.text, "variant b set cache.appendonly=yes");
    press(lab, KEY_CODE_ENTER);
    press(lab, KEY_CODE_ESCAPE);
    assert_shows(lab, "B  appendonly yes");
    close_lab(lab);
}

/* --- keys and lines --------------------------------------------------------------------------- */

struct said {
    char line[LINE_BYTES];
    uint64_t time_ns;
};

static void note(struct lab *lab, struct said *said)
{
    snprintf(said->line, sizeof said->line, "%s", lab->model.last_command);
    said->time_ns = now_ns(lab);
}

/* As lines, at the same times. */
static void repeat(struct lab *lab, const struct said *said, unsigned count, uint64_t end_ns)
{
    for (unsigned i = 0; i <= count; i++) {
        char line[LINE_BYTES], *rest = line, *part;
        uint64_t time_ns = i < count ? said[i].time_ns : end_ns;
        if (time_ns > now_ns(lab)) {
            snprintf(line, sizeof line, "run %lluns", (unsigned long long)(time_ns - now_ns(lab)));
            command(lab, line);
        }
        memcpy(line, i < count ? said[i].line : "", i < count ? sizeof line : 1);
        while ((part = strsep(&rest, ";")) && *part)
            command(lab, part + (*part == ' '));
    }
}

/* By keys: the twins fork, B alone is paused, both are killed and start again. */
static unsigned fork_pause_kill_start(struct lab *keys, struct said said[8])
{
    unsigned count = 0;
    select_part(keys, "cache");
    press(keys, KEY_CODE_ENTER);
    for (int i = parameter_find(catalog[KIND_STORE], "appendonly"); i > 0; i--)
        press(keys, KEY_CODE_DOWN);
    type(keys, "&");
    press(keys, KEY_CODE_ENTER);
    note(keys, &said[count++]);
    press(keys, KEY_CODE_ESCAPE);
    type(keys, " ");
    pass(keys, 2 * SECOND_NS);
    type(keys, " ");
    type(keys, "''3"); /* B alone: it is paused */
    assert_shows(keys, "B alone");
    assert_shows(keys, "last command   b: pause cache");
    note(keys, &said[count++]);
    type(keys, "'");
    type(keys, " ");
    pass(keys, SECOND_NS);
    type(keys, " ");
    type(keys, "1"); /* both are killed */
    assert_shows(keys, "last command   kill cache");
    note(keys, &said[count++]);
    type(keys, " ");
    pass(keys, SECOND_NS);
    type(keys, " ");
    type(keys, "1");
    assert_shows(keys, "last command   start cache");
    note(keys, &said[count++]);
    type(keys, " ");
    pass(keys, 2 * SECOND_NS);
    type(keys, " ");
    return count;
}

static void keys_and_lines_end_with_the_same_digests(void **state)
{
    (void)state;
    struct lab *keys = open_at(LANGUAGE_EN, "run 10s"), *lines = open_at(LANGUAGE_EN, "run 10s");
    struct said said[8];
    unsigned count = fork_pause_kill_start(keys, said);
    repeat(lines, said, count, now_ns(keys));
    assert_int_equal(session_variants(lines->model.session), 2);
    assert_int_equal(digest(keys), digest(lines));
    type(keys, "B&");
    assert_string_equal(keys->model.field.text, "keep b");
    press(keys, KEY_CODE_ENTER);
    command(lines, "keep b");
    command(keys, "run 1s");
    command(lines, "run 1s");
    assert_int_equal(session_variants(keys->model.session), 1);
    assert_int_equal(digest(keys), digest(lines));
    press(keys, KEY_CODE_LEFT);
    press(keys, KEY_CODE_LEFT);
    command(lines, "rewind -10s");
    assert_int_equal(digest(keys), digest(lines));
    close_lab(keys);
    close_lab(lines);
}

/* --- ways out --------------------------------------------------------------------------------- */

static void going_back_before_the_fork_ends_the_twins_and_says_so(void **state)
{
    (void)state;
    struct lab *lab = open_at(LANGUAGE_EN, "run 6s"), *other = open_at(LANGUAGE_EN, "run 3s");
    type(lab, "&kill cache");
    press(lab, KEY_CODE_ENTER);
    command(lab, "run 2s");
    command(lab, "rewind 1s");
    assert_shows(lab, "`unfork` takes the fork back first");
    press(lab, KEY_CODE_ESCAPE);
    assert_true(twins_exist(&lab->model));
    press(lab, KEY_CODE_LEFT);
    assert_shows(lab, "the twins end, the world is one again");
    assert_false(twins_exist(&lab->model));
    assert_int_equal(now_ns(lab), 3 * SECOND_NS);
    assert_int_equal(digest(lab), digest(other));
    assert_hides(lab, "killed");
    close_lab(lab);
    close_lab(other);
}

static void ten_forks_at_time_0_and_in_a_run(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_KO), *other = open_at(LANGUAGE_KO, "run 2s");
    open_sandbox(lab);
    for (int i = 0; i < 10; i++) {
        type(lab, "&set cache appendonly=yes");
        press(lab, KEY_CODE_ENTER);
        assert_shows(lab, "B  appendonly yes");
        type(lab, " ");
        pass(lab, SECOND_NS);
        command(lab, i % 2 ? "unfork" : "end b"); /* while it runs */
        assert_false(twins_exist(&lab->model));
        assert_true(i % 2 || lab->model.drive.playing);
        type(lab, lab->model.drive.playing ? " 9" : "9");
        assert_int_equal(now_ns(lab), 0);
    }
    command(lab, "run 2s");
    assert_int_equal(digest(lab), digest(other));
    close_lab(lab);
    close_lab(other);
}

/* What one has lost is not held against what the other has at risk. */
static void like_is_compared_with_like(void **state)
{
    (void)state;
    struct lab *lab = open_at(LANGUAGE_EN, "run 5s");
    type(lab, "&set cache appendonly=yes");
    press(lab, KEY_CODE_ENTER);
    command(lab, "run 5500ms");
    assert_shows(lab, "at risk 10,");
    command(lab, "a: power-cut redis-1");
    assert_shows(lab, "not on disk 10,");
    assert_shows(lab, " -> 0   p99");
    command(lab, "a: power-on redis-1");
    command(lab, "run 1s");
    assert_shows(lab, "lost 10,");
    assert_shows(lab, " -> 0   p99");
    close_lab(lab);
}

/* Where nothing is stored it is what the clients feel. */
static void without_a_store_the_number_is_the_latency(void **state)
{
    (void)state;
    static const char world[] = "seed 1\nnetwork latency=10ms\nmachine web-1\nmachine app-1\n"
                                "add server web on web-1 maxThreads=4 external=20ms\n"
                                "add client visitor on app-1 to=web op=http rate=150/s "
                                "connections=20\n";
    struct lab *lab = open_lab(LANGUAGE_EN);
    assert_true(model_open_script(&lab->model, "web.lab", world, sizeof world - 1));
    model_show(&lab->model, PLACE_WORLD);
    type(lab, "&set web service=8ms");
    press(lab, KEY_CODE_ENTER);
    command(lab, "run 5s");
    assert_shows(lab, "visitor.latency_p99");
    assert_hides(lab, "writes");
    assert_hides(lab, "at risk");
    close_lab(lab);
}

static void three_variants_two_on_the_screen(void **state)
{
    (void)state;
    struct lab *lab = open_at(LANGUAGE_EN, "run 5s");
    command(lab, "variant plain");
    assert_shows(lab, "There is one variant so far");
    command(lab, "variant log set cache appendonly=yes");
    command(lab, "variant strict set cache appendonly=yes appendfsync=always");
    assert_shows(lab, "A  plain");
    assert_shows(lab, "B  log");
    assert_shows(lab, "1 more variants");
    command(lab, "run 2s");
    command(lab, "twins log strict");
    assert_shows(lab, "A  log   appendfsync everysec");
    assert_shows(lab, "B  strict   appendfsync always");
    command(lab, "end log");
    assert_shows(lab, "B  strict");
    command(lab, "report variants");
    assert_shows(lab, "cache.appendfsync");
    press(lab, KEY_CODE_ESCAPE);
    command(lab, "keep strict");
    assert_false(twins_exist(&lab->model));
    close_lab(lab);
}

static void every_size_draws_them(void **state)
{
    (void)state;
    static const int sizes[][2] = {{24, 80}, {25, 80}, {30, 100}, {40, 100}, {60, 200}, {20, 70}};
    struct lab *lab = open_at(LANGUAGE_KO, "run 5s");
    type(lab, "&set cache appendonly=yes");
    press(lab, KEY_CODE_ENTER);
    for (size_t i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
        const int *size = sizes[i % (sizeof sizes / sizeof *sizes)];
        lab->canvas.ascii = i >= sizeof sizes / sizeof *sizes;
        assert_true(canvas_resize(&lab->canvas, size[0], size[1]));
        update_size(&lab->model, size[0], size[1]);
        view_render(&lab->model, &lab->canvas);
        if (size[0] >= 24)
            assert_shows(lab, "지금 꺼지면 사라질 쓰기");
        command(lab, "run 100ms");
    }
    close_lab(lab);
}

/* --- lessons ---------------------------------------------------------------------------------- */

static struct lab *open_try(enum language language)
{
    struct lab *lab = open_lab(language);
    press(lab, KEY_CODE_ENTER);
    press(lab, KEY_CODE_ENTER);
    if (lab->model.drive.playing)
        type(lab, " ");
    assert_int_equal(lab->model.screen, PLACE_TRY);
    return lab;
}

/* Lesson 1 hides what is kept and what is at risk until the guess: in each twin, too. */
static void an_open_question_is_open_in_each_twin(void **state)
{
    (void)state;
    struct lab *lab = open_try(LANGUAGE_EN);
    command(lab, "run 5s");
    type(lab, "&set cache appendonly=yes");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "shown after your guess");
    command(lab, "run 5s");
    assert_hides(lab, "Gone if it stops now");
    assert_hides(lab, "on disk");
    static const char *const asks[] = {"print b:cache.at_risk_power", "print cache.keys",
                                       "report ledger", "b: trace-write 100",
                                       "expect b:cache.at_risk_kill > 5000"};
    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
        command(lab, asks[i]);
        assert_shows(lab, "shown after your guess; lock");
        press(lab, KEY_CODE_ESCAPE);
    }
    command(lab, "b: show cache");
    assert_null(strstr(lab->model.answer, "at_risk"));
    press(lab, KEY_CODE_ESCAPE);
    command(lab, "report variants");
    assert_null(strstr(lab->model.answer, "at_risk"));
    assert_null(strstr(lab->model.answer, "cache.keys"));
    press(lab, KEY_CODE_ESCAPE);
    static const char *const faults[] = {"b: power-cut redis-1", "at 20s b: power-cut redis-1",
                                         "b: at 20s power-cut redis-1", "power-cut redis-1"};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        command(lab, faults[i]);
        assert_int_equal(lab->model.asking, FIELD_GUESS);
        press(lab, KEY_CODE_ESCAPE);
        assert_int_equal(lab->model.asking, FIELD_NONE);
    }
    type(lab, "'");
    assert_hides(lab, "Gone if it stops now");
    type(lab, "''");
    press(lab, KEY_CODE_ENTER); /* to the guess, and then to the run as the file has it */
    type(lab, "40k");
    press(lab, KEY_CODE_ENTER);
    pass_all(lab);
    assert_int_equal(lab->model.screen, PLACE_WATCH);
    assert_false(session_forked(lab->model.session));
    close_lab(lab);
}

/* The fault as B's change asks for the guess; nothing is forked by it. */
static void the_fault_as_the_change_asks_first(void **state)
{
    (void)state;
    struct lab *lab = open_try(LANGUAGE_EN);
    command(lab, "run 5s");
    type(lab, "&power-cut redis-1");
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(lab->model.asking, FIELD_GUESS);
    assert_false(session_forked(lab->model.session));
    close_lab(lab);
}

static struct lab *open_vary(enum language language)
{
    struct lab *lab = open_try(language);
    press(lab, KEY_CODE_ENTER);
    type(lab, "0");
    press(lab, KEY_CODE_ENTER);
    press(lab, KEY_CODE_ENTER);
    pass_all(lab);
    for (int pages = 0; lab->model.screen != PLACE_VARY && pages < 20; pages++)
        press(lab, KEY_CODE_ENTER);
    assert_int_equal(lab->model.screen, PLACE_VARY);
    return lab;
}

static void what_a_change_gains_and_costs_in_vary(void **state)
{
    (void)state;
    struct lab *lab = open_vary(LANGUAGE_EN);
    type(lab, "&");
    press(lab, KEY_CODE_ESCAPE);
    type(lab, "&1");
    press(lab, KEY_CODE_ENTER);
    assert_true(twins_exist(&lab->model));
    type(lab, " ");
    pass_all(lab);
    assert_true(lab->model.flow.passed);
    assert_shows(lab, "Got OK, then lost");
    assert_shows(lab, "written 0 B -> ");
    assert_shows(lab, "lost 42,");
    type(lab, "9"); /* again: it is forked again */
    assert_true(twins_exist(&lab->model));
    assert_int_equal(now_ns(lab), 0);
    type(lab, " ");
    pass_all(lab);
    assert_true(lab->model.flow.passed);
    type(lab, "0"); /* all changes taken back */
    assert_false(twins_exist(&lab->model));
    type(lab, " ");
    pass_all(lab);
    assert_false(lab->model.flow.passed);
    close_lab(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_forks_and_the_screen_says_the_commands),
        cmocka_unit_test(a_wrong_change_forks_nothing),
        cmocka_unit_test(a_digit_at_the_fork_is_the_panels),
        cmocka_unit_test(a_part_s_setting_is_what_b_changes),
        cmocka_unit_test(keys_and_lines_end_with_the_same_digests),
        cmocka_unit_test(going_back_before_the_fork_ends_the_twins_and_says_so),
        cmocka_unit_test(ten_forks_at_time_0_and_in_a_run),
        cmocka_unit_test(like_is_compared_with_like),
        cmocka_unit_test(without_a_store_the_number_is_the_latency),
        cmocka_unit_test(three_variants_two_on_the_screen),
        cmocka_unit_test(every_size_draws_them),
        cmocka_unit_test(an_open_question_is_open_in_each_twin),
        cmocka_unit_test(the_fault_as_the_change_asks_first),
        cmocka_unit_test(what_a_change_gains_and_costs_in_vary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
