/* Every lesson, every act: while its question is open, nothing that can be typed, pressed or looked
 * at tells what it hides.
 *
 * test_app_hidden [LESSONS]: so many, from the first on.
 */
#include "tests/unit/lab_fixture.h"

#include <ctype.h>

#include "sim/engine/component.h"

#define DISTINCT    100 /* a smaller number stands somewhere by chance */
#define NUMBERS_MAX 200
#define LESSONS     2

static uint32_t most_lessons = LESSONS;

/* --- what would be the answer ----------------------------------------------------------------- */

/* What may be seen says the same number, or a setting does: it is no answer then. */
static bool is_open_elsewhere(const struct session *session, struct world *world, int64_t number)
{
    for (uint32_t id = component_next(world, 0, KIND_NONE); id;
         id = component_next(world, id, KIND_NONE)) {
        const struct kind *kind = catalog[component_at(world, id)->kind];
        for (unsigned row = 0; row < kind->metric_count; row++) {
            char name[2 * NAME_BYTES];
            struct value value;
            snprintf(name, sizeof name, "%s.%s", component_at(world, id)->name,
                     kind->metrics[row].name);
            if (metric_read(world, id, row, &value) && value.number == number &&
                !session_hidden(session, name))
                return true;
        }
        for (unsigned row = 0; row < kind->parameter_count; row++)
            if ((int64_t)parameter_get(world, id, row) == number)
                return true;
    }
    return false;
}

struct secret {
    const char *metric;
    int64_t number;
};

/* The hidden counts as they are now. */
static unsigned secrets_of(struct lab *lab, struct secret secrets[NUMBERS_MAX])
{
    unsigned count = 0;
    for (uint32_t v = 0; v < session_variants(lab->model.session); v++) {
        struct world *world = session_variant(lab->model.session, v)->world;
        for (const char *const *hidden = lab->model.flow.hidden; *hidden; hidden++) {
            const char *colon = strchr(*hidden, ':');
            struct metric_ref metric;
            struct error error;
            struct value value;
            if (world_metric(world, colon ? colon + 1 : *hidden, &metric, &error) &&
                world_read(world, metric, &value) && value.unit == UNIT_COUNT &&
                value.number >= DISTINCT && count < NUMBERS_MAX &&
                !is_open_elsewhere(lab->model.session, world, value.number))
                secrets[count++] = (struct secret){*hidden, value.number};
        }
    }
    return count;
}

/* The number, and not a piece of a longer one. */
static bool mentions(const char *text, const char *number)
{
    size_t length = strlen(number);
    for (const char *at = text; (at = strstr(at, number)) != NULL; at += length) {
        bool begins = at == text || !(isdigit((unsigned char)at[-1]) || strchr(",.:", at[-1]));
        bool ends = !isdigit((unsigned char)at[length]) &&
                    !(strchr(",.:", at[length]) && isdigit((unsigned char)at[length + 1]));
        if (begins && ends)
            return true;
    }
    return false;
}

static unsigned compared; /* how many numbers could have been seen */

static void assert_not_given_away(struct lab *lab, const char *way)
{
    struct secret secrets[NUMBERS_MAX];
    unsigned count = secrets_of(lab, secrets);
    char grouped[40], plain[40], row[1024];
    view_render(&lab->model, &lab->canvas);
    for (int i = -2; i < lab->canvas.rows; i++) {
        const char *text = i == -2 ? lab->model.answer : i == -1 ? lab->model.message : row;
        if (i >= 0)
            canvas_row(&lab->canvas, i, row, sizeof row);
        for (unsigned k = 0; k < count; k++) {
            struct text with = TEXT(grouped), without = TEXT(plain);
            text_clear(&with);
            text_add_grouped(&with, (uint64_t)secrets[k].number);
            text_clear(&without);
            text_add_u64(&without, (uint64_t)secrets[k].number);
            if (mentions(text, grouped) || mentions(text, plain))
                fail_msg("%s, act %u: %s is given away by `%s`: %s", lab->model.flow.lesson->id,
                         lab->model.flow.act, secrets[k].metric, way, text);
        }
    }
    compared += count;
    if (!flow_open_question(&lab->model))
        fail_msg("%s, act %u: no question is open any more after `%s`", lab->model.flow.lesson->id,
                 lab->model.flow.act, way);
}

/* --- ways ------------------------------------------------------------------------------------- */

static void command(struct lab *lab, const char *line)
{
    lab->model.answer[0] = lab->model.message[0] = 0;
    model_command(&lab->model, line);
    pass_all(lab);
    assert_not_given_away(lab, line);
    if (lab->model.overlay == OVERLAY_NONE)
        return;
    lab->model.overlay = OVERLAY_NONE;
    assert_not_given_away(lab, line);
}

/* What is asked for by name is refused, and the guess is spoken of. */
static void refuse(struct lab *lab, const char *form, const char *name)
{
    char line[300];
    snprintf(line, sizeof line, form, name);
    command(lab, line);
    if (!strstr(lab->model.message, "guess"))
        fail_msg("%s: `%s` is answered \"%s\" \"%s\"", lab->model.flow.lesson->id, line,
                 lab->model.message, lab->model.answer);
}

static void by_name(struct lab *lab)
{
    static const char *const forms[] = {"print %s", "print %s.peak", "expect %s == 0",
                                        "run until %s > 1 max 1s"};
    for (const char *const *hidden = lab->model.flow.hidden; *hidden; hidden++) {
        if (strchr(*hidden, ':') && session_variants(lab->model.session) < 2)
            continue; /* the act's own world is opened with its question */
        for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
            refuse(lab, forms[i], *hidden);
    }
}

static void by_part(struct lab *lab)
{
    static const char *const forms[] = {"show %s",           "tell %s INFO",
                                        "tell %s DBSIZE",    "tell %s show stat",
                                        "tell %s show info", "tell %s SENTINEL MASTERS",
                                        "tell %s jstack",    "tell %s jcmd GC.heap_info",
                                        "tell %s -Xlog:gc",  "tell %s ss -s",
                                        "tell %s nstat -az"};
    for (uint32_t i = 0; i < lab->model.look.part_count; i++)
        for (size_t k = 0; k < sizeof forms / sizeof *forms; k++) {
            char line[200];
            snprintf(line, sizeof line, forms[k], lab->model.look.parts[i].name);
            command(lab, line);
        }
}

static void by_any(struct lab *lab)
{
    static const char *const lines[] = {
        "report ledger",    "report machines",  "report variants",  "report availability",
        "report sentinels", "report walls",     "report ladder",    "report replication",
        "scheduled",        "trace-write 1000", "trace-write 9000", "mark here",
        "rewind here",      "rewind -1s"};
    if (session_hidden(lab->model.session, "spof.parts")) /* else it runs for long */
        refuse(lab, "report %s", "spof");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        command(lab, lines[i]);
}

static void by_key(struct lab *lab)
{
    if (lab->model.asking == FIELD_GUESS && lab->model.screen == PLACE_TRY)
        press(lab, KEY_CODE_ESCAPE);               /* the hand is taken from the plug */
    bool asked = lab->model.asking == FIELD_GUESS; /* then letters are the field's */
    for (uint32_t i = 0; !asked && i < lab->model.look.part_count; i++) {
        press(lab, KEY_CODE_TAB);
        type(lab, "i");
        for (int page = 0; page < 5; page++) {
            assert_not_given_away(lab, lab->model.selected);
            press(lab, KEY_CODE_PAGE_DOWN);
        }
        press(lab, KEY_CODE_ESCAPE);
    }
    for (const char *key = asked ? "b?h" : "b?LL.<>hvllPP"; *key; key++) {
        char one[2] = {*key, 0};
        type(lab, one);
        assert_not_given_away(lab, one);
        lab->model.overlay = OVERLAY_NONE;
    }
}

/* The fault itself, by hand: it waits for the guess, and time does not go past it. */
static void by_fault(struct lab *lab)
{
    char line[LINE_BYTES + 20];
    const struct flow *flow = &lab->model.flow;
    if (!flow->fault[0])
        return;
    snprintf(line, sizeof line, "after 1s %s", flow->fault);
    command(lab, flow->fault);
    command(lab, line);
    command(lab, "run 400s");
}

/* --- the lessons ------------------------------------------------------------------------------ */

/* Enter, with a guess at each question, until the act is asked. */
static void to_act(struct lab *lab, uint32_t act)
{
    for (int i = 0; i < 80 && (lab->model.flow.step < STEP_TRY || lab->model.flow.act < act); i++) {
        if (lab->model.asking == FIELD_GUESS)
            type(lab, flow_question(&lab->model)->form == QUESTION_CHOICE ? "b" : "1");
        press(lab, KEY_CODE_ENTER);
        if (act > 0)
            pass_all(lab);
    }
    assert_int_equal(lab->model.flow.act, act);
}

static void open_lesson(struct lab *lab, uint32_t number)
{
    char digits[16];
    snprintf(digits, sizeof digits, "%u", number);
    type(lab, digits);
    press(lab, KEY_CODE_ENTER);
    assert_non_null(lab->model.flow.lesson);
    assert_int_equal(lab->model.flow.lesson->number, number);
    type(lab, " ");
}

/* Where the clock halts while the act is asked. */
static void try_all(struct lab *lab)
{
    command(lab, "run 400s");
    by_name(lab);
    by_part(lab);
    by_any(lab);
    by_key(lab);
    by_fault(lab);
}

static void no_way_gives_an_answer_away(void **state)
{
    (void)state;
    struct lab *home = open_lab(LANGUAGE_EN);
    assert_true(home->model.home.lesson_count >= 10);
    for (uint32_t i = 0; i < home->model.home.lesson_count && i < most_lessons; i++) {
        struct lab *lab = open_lab(LANGUAGE_EN);
        open_lesson(lab, home->model.home.lessons[i]->number);
        for (uint32_t act = 0; act < flow_acts(&lab->model); act++) {
            to_act(lab, act);
            try_all(lab);
        }
        close_lab(lab);
    }
    assert_true(compared > (most_lessons == LESSONS ? 100 : 1000));
    close_lab(home);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        most_lessons = (uint32_t)strtoul(argv[1], NULL, 10);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_way_gives_an_answer_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
