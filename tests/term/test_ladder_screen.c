/* The ladder on a terminal: a hundred requests, with a connection each and with one for all. */
#include "tests/term/screen_fixture.h"

/* The world's run is over, and its ladders are open. */
static struct vt *start(const char *language, const char *paused, const struct vt_options *size)
{
    struct vt *vt =
        lab_open_at(language, TERM_WORLD("keep-alive"), "Keep-Alive", ":run 30s\r", paused, size);
    vt_send(vt, "l");
    vt_wait_for(vt, "FIN+ACK");
    return vt;
}

static void quit(struct vt *vt)
{
    quit_from(vt, "FIN+ACK");
}

static void a_long_one_and_a_short_one(void **state)
{
    (void)state;
    struct vt *vt = start("ko", "멈춤  00:30.0", NULL);
    vt_golden(vt, "lab-ladder.ko");
    vt_send(vt, "?");
    vt_wait_for(vt, "이 화면의 키");
    vt_golden(vt, "lab-ladder-help.ko");
    vt_send(vt, "x");
    quit(vt);
}

/* The SYN is the first of its ten rows; Enter shows what is in it, d makes it vanish. */
static void a_lost_syn(void **state)
{
    (void)state;
    struct vt *vt = start("en", "paused  00:30.0", NULL);
    vt_send(vt, "'");
    vt_wait_for(vt, "TIME-WAIT");
    for (int i = 0; i < 9; i++)
        vt_send(vt, "\033[A");
    vt_wait_for(vt, ">    0");
    vt_send(vt, "\r");
    vt_wait_for(vt, "sackOK");
    vt_golden(vt, "lab-ladder-packet.en");
    vt_send(vt, "x");
    vt_wait_for(vt, "│── 1 SYN ");
    vt_send(vt, "d");
    vt_wait_for(vt, "again at");
    vt_wait_for(vt, "paused");
    vt_golden(vt, "lab-ladder-lost.en");
    quit(vt);
}

static void on_a_large_terminal(void **state)
{
    (void)state;
    struct vt *vt = start("ko", "멈춤  00:30.0", &(struct vt_options){.rows = 60, .columns = 200});
    vt_golden(vt, "lab-ladder-200x60.ko");
    vt_send(vt, "'");
    vt_wait_for(vt, "options");
    vt_golden(vt, "lab-ladder-alone-200x60.ko");
    quit(vt);
}

static void by_ascii_signs(void **state)
{
    (void)state;
    struct vt *vt = start("ko", "멈춤  00:30.0", &(struct vt_options){.answers = VT_ANSWERS_WIDE});
    vt_golden(vt, "lab-ladder-ascii.ko");
    quit(vt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_one_and_a_short_one),
        cmocka_unit_test(a_lost_syn),
        cmocka_unit_test(on_a_large_terminal),
        cmocka_unit_test(by_ascii_signs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
