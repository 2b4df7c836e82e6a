/* Twins on a terminal: the sandbox forked before a power cut, in both languages, at four sizes. */
#include "tests/term/screen_fixture.h"

static struct vt *start(const char *language, const struct vt_options *size)
{
    struct vt *vt = lab_open(language, OUTAGE_SOURCE_DIR "/worlds/one-redis.lab", size);
    vt_wait_for(vt, "one-redis.lab");
    return vt;
}

/* Twenty seconds, the fork, twenty more; the plug, which is back after three. */
static void fork_and_cut(struct vt *vt)
{
    command(vt, "run 20s");
    vt_wait_for(vt, "00:20.0");
    vt_send(vt, "&set cache appendonly=yes\r");
    vt_wait_for(vt, "variant a; variant b set cache appendonly=yes");
    command(vt, "at 43500ms power-on redis-1");
    command(vt, "run 20500ms");
    vt_wait_for(vt, "00:40.5");
    command(vt, "power-cut redis-1");
    vt_wait_for(vt, "00:43.5");
}

static void not_on_disk_then_lost(void **state)
{
    (void)state;
    struct vt *vt = start("ko", NULL);
    fork_and_cut(vt);
    vt_golden(vt, "twins-cut.ko");
    vt_send(vt, "L");
    vt_wait_for(vt, "not on disk");
    vt_golden(vt, "twins-cut.en");
    command(vt, "run 4s");
    vt_wait_for(vt, "00:44.5");
    vt_golden(vt, "twins-lost.en");
    vt_send(vt, "L");
    vt_wait_for(vt, "유실");
    vt_golden(vt, "twins-lost.ko");
    vt_send(vt, "B");
    vt_wait_for(vt, "B만");
    vt_golden(vt, "twins-large.ko");
    vt_send(vt, "B");
    vt_wait_for_none(vt, "B만");
    vt_resize(vt, 40, 100);
    vt_wait_for(vt, "다른 지표");
    vt_golden(vt, "twins-100x40.ko");
    vt_resize(vt, 60, 200);
    vt_wait_for(vt, "cache.at_risk_power  최대");
    vt_golden(vt, "twins-200x60.ko");
    quit_by(vt, "qq");
}

static void in_ascii(void **state)
{
    (void)state;
    struct vt *vt = start("ko", &(struct vt_options){.answers = VT_ANSWERS_WIDE});
    fork_and_cut(vt);
    vt_golden(vt, "twins-ascii.ko");
    quit_by(vt, "qq");
}

/* The second lesson as it is drawn: paused before the fault, and when it is asked what was seen. */
static void the_second_lessons_twins(void **state)
{
    (void)state;
    struct vt *vt = lab_open("ko", OUTAGE_SOURCE_DIR "/lessons/02-save-point", NULL);
    vt_wait_for(vt, "1/7");
    vt_send(vt, "\r");
    vt_wait_for(vt, "2/7");
    vt_send(vt, "\r");
    vt_wait_for(vt, "3/7");
    vt_send(vt, "4만\r");
    vt_wait_for(vt, "이쪽만큼");
    vt_send(vt, "b\r");
    vt_wait_for(vt, "멈춤  01:39.5");
    vt_golden(vt, "twins-lesson.ko");
    command(vt, "keep aof");
    vt_wait_for(vt, "둘 다 남습니다");
    vt_send(vt, "\033");
    vt_wait_for_none(vt, "둘 다 남습니다");
    vt_send(vt, "\r");
    vt_wait_for(vt, "무엇을 보았나요?");
    vt_golden(vt, "twins-saw.ko");
    vt_send(vt, "\033q");
    vt_wait_for(vt, "하는 중");
    quit_by(vt, "q");
}

/* A line that is pasted while the prompt is shut is keys; none of them closes a twin. */
static void a_paste_closes_nothing(void **state)
{
    (void)state;
    struct vt *vt = start("en", NULL);
    fork_and_cut(vt);
    vt_send(vt, "\033[200~keep a end b\033[201~");
    vt_wait_for(vt, "A alone");
    vt_send(vt, "A");
    vt_wait_for(vt, "B differs from A");
    quit_by(vt, "qq");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(not_on_disk_then_lost),
        cmocka_unit_test(in_ascii),
        cmocka_unit_test(the_second_lessons_twins),
        cmocka_unit_test(a_paste_closes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
