/* A server's screen: the wall that is hit, what its threads do, what goes in and out. */
#include "tests/term/screen_fixture.h"

static struct vt *start(const char *language, const char *paused, const struct vt_options *size)
{
    struct vt *vt = lab_open_at(language, TERM_WORLD("threads"), "Threads that wait", ":run 12s\r",
                                paused, size);
    vt_send(vt, "\t\t\r");
    vt_wait_for(vt, "model=blocking");
    return vt;
}

static void the_wall_that_is_hit_says_so(void **state)
{
    (void)state;
    struct vt *vt = start("ko", "멈춤  00:12.0", NULL);
    vt_golden(vt, "lab-server.ko");
    vt_send(vt, "?");
    vt_wait_for(vt, "이 화면의 키");
    vt_golden(vt, "lab-server-help.ko");
    vt_send(vt, "x\r");
    vt_wait_for(vt, "maxThreads");
    vt_send(vt, "\033");
    vt_wait_for(vt, "model=blocking");
    quit_from(vt, "model=blocking");
}

/* Nobody waits yet, and the rates are those of that second. */
static void it_stands_where_the_clock_stands(void **state)
{
    (void)state;
    struct vt *vt = start("en", "paused  00:12.0", NULL);
    vt_send(vt, ":rewind 9s\r");
    vt_wait_for(vt, "paused  00:09.0");
    vt_golden(vt, "lab-server-before.en");
    vt_send(vt, "3");
    vt_wait_for(vt, "  paused  chat-1");
    quit_from(vt, "model=blocking");
}

static void on_a_large_terminal(void **state)
{
    (void)state;
    struct vt *vt =
        start("en", "paused  00:12.0", &(struct vt_options){.rows = 60, .columns = 200});
    vt_golden(vt, "lab-server-200x60.en");
    quit_from(vt, "model=blocking");
}

static void by_ascii_signs(void **state)
{
    (void)state;
    struct vt *vt = start("ko", "멈춤  00:12.0", &(struct vt_options){.answers = VT_ANSWERS_WIDE});
    vt_golden(vt, "lab-server-ascii.ko");
    quit_from(vt, "model=blocking");
}

/* What fills the heap is said by letters; the cliff is marked since it was hit. */
static void a_heap_and_its_cliff(void **state)
{
    (void)state;
    struct vt *vt = lab_open_at("en", TERM_WORLD("heap"), "A heap that fills", ":run 9s\r\t\t\r",
                                "paused  00:09.0", NULL);
    vt_golden(vt, "lab-server-heap.en");
    vt_send(vt, ":run 4s\r");
    vt_wait_for(vt, "paused  00:13.0");
    vt_wait_for(vt, "cliff ^");
    vt_golden(vt, "lab-server-oom.en");
    vt_send(vt, "L");
    vt_wait_for(vt, "절벽");
    vt_golden(vt, "lab-server-oom.ko");
    quit_from(vt, "stack=tomcat");
}

/* Two of a room do not read any more; what came before is heard by replay. */
static void a_room_hears_what_is_said(void **state)
{
    (void)state;
    struct vt *vt =
        lab_open_at("ko", TERM_WORLD("rooms"), "Two rooms", ":run 5s\r\t\t\t\r", "방 1 / 2", NULL);
    vt_wait_for(vt, "지금");
    vt_golden(vt, "lab-room.ko");
    vt_send(vt, "]");
    vt_wait_for(vt, "방 2 / 2");
    vt_golden(vt, "lab-room-next.ko");
    vt_send(vt, "L:rewind 3s\r");
    vt_wait_for(vt, "paused  00:03.0");
    vt_golden(vt, "lab-room-before.en");
    vt_send(vt, "\r");
    vt_wait_for(vt, "its log");
    vt_send(vt, "\033");
    vt_wait_for(vt, "room 2 of 2");
    quit_from(vt, "room 2 of 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_wall_that_is_hit_says_so),
        cmocka_unit_test(it_stands_where_the_clock_stands),
        cmocka_unit_test(on_a_large_terminal),
        cmocka_unit_test(by_ascii_signs),
        cmocka_unit_test(a_heap_and_its_cliff),
        cmocka_unit_test(a_room_hears_what_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
