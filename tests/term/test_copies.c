/* Who believes what about the master, and how far the copies are, on a terminal. */
#include "tests/term/screen_fixture.h"

/* The master froze, another one was promoted, and the frozen one is back and does not know it. */
static struct vt *start(const char *language, const char *paused, const struct vt_options *size)
{
    struct vt *vt =
        lab_open_at(language, TERM_WORLD("ghost"), "A ghost", ":run 43s\r", paused, size);
    vt_send(vt, "w");
    vt_wait_for(vt, "00:38.");
    return vt;
}

static void quit(struct vt *vt)
{
    quit_from(vt, "epoch");
}

static void two_masters_and_who_knows_of_it(void **state)
{
    (void)state;
    struct vt *vt = start("ko", "멈춤  00:43.0", NULL);
    vt_golden(vt, "lab-copies.ko");
    vt_send(vt, "?");
    vt_wait_for(vt, "이 화면의 키");
    vt_golden(vt, "lab-copies-help.ko");
    vt_send(vt, "x");
    vt_wait_for(vt, "00:38.");
    quit(vt);
}

/* What was believed later is not there yet; the replica that was cut off is behind. */
static void it_stands_where_the_clock_stands(void **state)
{
    (void)state;
    struct vt *vt = start("en", "paused  00:43.0", NULL);
    vt_send(vt, ":rewind 36.3s\r");
    vt_wait_for(vt, "paused  00:36.3");
    vt_wait_for_none(vt, "00:38.");
    vt_golden(vt, "lab-copies-vote.en");
    vt_send(vt, ":rewind 17.5s\r");
    vt_wait_for(vt, "paused  00:17.5");
    vt_golden(vt, "lab-copies-behind.en");
    vt_send(vt, "L");
    vt_wait_for(vt, "멈춤");
    vt_send(vt, "\033");
    vt_wait_for_none(vt, "epoch");
    vt_send(vt, "w");
    vt_wait_for(vt, "epoch");
    quit(vt);
}

static void on_a_large_terminal(void **state)
{
    (void)state;
    struct vt *vt =
        start("en", "paused  00:43.0", &(struct vt_options){.rows = 60, .columns = 200});
    vt_golden(vt, "lab-copies-200x60.en");
    quit(vt);
}

static void by_ascii_signs(void **state)
{
    (void)state;
    struct vt *vt = start("ko", "멈춤  00:43.0", &(struct vt_options){.answers = VT_ANSWERS_WIDE});
    vt_golden(vt, "lab-copies-ascii.ko");
    quit(vt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_masters_and_who_knows_of_it),
        cmocka_unit_test(it_stands_where_the_clock_stands),
        cmocka_unit_test(on_a_large_terminal),
        cmocka_unit_test(by_ascii_signs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
