/* What takes all down on a terminal: marks on the chain, the count beside them, and a part that is
 * taken away. */
#include "tests/term/screen_fixture.h"

static void marks_meet_the_count(void **state)
{
    (void)state;
    struct vt *vt = lab_open("ko", OUTAGE_SOURCE_DIR "/lessons/12-spof", NULL);
    vt_wait_for(vt, "1/7");
    vt_send(vt, " \r");
    vt_wait_for(vt, "2/7");
    vt_send(vt, "\r");
    vt_wait_for(vt, "3/7");
    vt_send(vt, "13");
    vt_wait_for(vt, "lb,chat-2");
    vt_golden(vt, "singles-marked.ko");
    vt_send(vt, "\r");
    vt_wait_for(vt, "4/7");
    vt_send(vt, "\r");
    vt_wait_for(vt, "SPOF 2개");
    vt_golden(vt, "singles-counted.ko");
    vt_send(vt, "\033");
    vt_wait_for_none(vt, "무엇인가요?");
    vt_send(vt, "L");
    vt_wait_for(vt, "SPOF 2:");
    vt_golden(vt, "singles-counted.en");
    quit_by(vt, "qq");
}

static void a_part_is_taken_away_and_is_back(void **state)
{
    (void)state;
    struct vt *vt = lab_open("en", OUTAGE_SOURCE_DIR "/worlds/two-web.lab",
                             &(struct vt_options){.rows = 60, .columns = 200});
    vt_wait_for(vt, "two-web.lab");
    command(vt, "set users rate=20/s");
    command(vt, "run 5s");
    vt_wait_for(vt, "00:05.0");
    command(vt, "report spof");
    vt_wait_for(vt, "SPOF 1: lb");
    vt_golden(vt, "singles-200x60.en");
    vt_send(vt, "\r ");
    vt_wait_for(vt, "not running");
    command(vt, "report spof");
    vt_wait_for(vt, "SPOF 1: lb");
    vt_wait_for(vt, "00:05.0"); /* the clock is back, too */
    quit_by(vt, "qqq");
}

/* Twins whose number is none of writes: below it stands to how many servers the balancer sends. */
static void a_balancer_sends_to_one_of_two(void **state)
{
    (void)state;
    struct vt *vt = lab_open("ko", TERM_WORLD("balancer"), NULL);
    vt_wait_for(vt, "balancer.lab");
    command(vt, "run 11s");
    vt_wait_for(vt, "00:11.0");
    vt_golden(vt, "twins-balancer.ko");
    vt_send(vt, "L");
    vt_wait_for(vt, "servers that lb sends to");
    vt_golden(vt, "twins-balancer.en");
    quit_by(vt, "qqq");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_meet_the_count),
        cmocka_unit_test(a_part_is_taken_away_and_is_back),
        cmocka_unit_test(a_balancer_sends_to_one_of_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
