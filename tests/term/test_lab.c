/* The lab on a terminal: the screens as people see them, in both languages, at three sizes. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/term/screen_fixture.h"

/* A folder with the first lesson only: screens stay the same when lessons are added. */
static char folder[] = "/tmp/outage-lessons-XXXXXX", lesson[300], lessons[300];

static int make_lessons(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(lesson, sizeof lesson, "%s/01-plug", folder);
    snprintf(lessons, sizeof lessons, "OUTAGE_LESSONS=%s", folder);
    return symlink(OUTAGE_SOURCE_DIR "/lessons/01-plug", lesson);
}

static int remove_lessons(void **state)
{
    (void)state;
    return unlink(lesson) || rmdir(folder);
}

static struct vt *start_in(const char *language, const char *more, const struct vt_options *size)
{
    const char *environment[] = {lessons, more, NULL};
    struct vt_options options = size ? *size : (struct vt_options){0};
    options.environment = environment;
    struct vt *vt = lab_open(language, NULL, &options);
    vt_wait_for(vt, "outage");
    return vt;
}

static struct vt *start(const char *language, const struct vt_options *size)
{
    return start_in(language, NULL, size);
}

/* Lesson 1 stands at its beginning, in `try`. */
static void open_try(struct vt *vt, const char *paused, const char *try)
{
    vt_send(vt, "\r");
    vt_wait_for(vt, "1/7");
    vt_send(vt, " ");
    vt_wait_for(vt, paused);
    vt_send(vt, "9");
    vt_wait_for(vt, "00:00.0");
    vt_send(vt, "\r");
    vt_wait_for(vt, try);
}

static void home_in_both_languages(void **state)
{
    (void)state;
    struct vt *vt = start("ko", NULL);
    vt_wait_for(vt, "전원을 뽑으면");
    vt_golden(vt, "lab-home.ko");
    vt_send(vt, "L");
    vt_wait_for(vt, "The plug");
    vt_golden(vt, "lab-home.en");
    quit_by(vt, "q");
}

/* Three sit there, and two again; their guesses are not the same, so there is a second round. */
static void predict_differently(struct vt *vt)
{
    vt_wait_for(vt, "3/7");
    vt_golden(vt, "lab-predict.ko");
    vt_send(vt, "\t0\t");
    vt_wait_for(vt, "다  >");
    vt_send(vt, "\t"); /* two sit there after all */
    vt_wait_for_none(vt, "다 ");
    vt_send(vt, "\r\r");
    vt_wait_for(vt, "예측이 다릅니다.");
    vt_golden(vt, "lab-differ.ko");
    vt_send(vt, "\r");
    vt_wait_for(vt, "첫 번째 예측");
    vt_golden(vt, "lab-second.ko");
}

static void the_lesson_in_korean(void **state)
{
    (void)state;
    struct vt *vt = start("ko", NULL);
    open_try(vt, "멈춤", "2/7");
    command(vt, "run 20s");
    vt_wait_for(vt, "멈춤  00:20.0");
    vt_golden(vt, "lab-try.ko");
    vt_send(vt, "2");
    vt_wait_for(vt, "하기 전에 하나만.");
    vt_send(vt, "4만");
    vt_wait_for(vt, "= 40,000건");
    vt_golden(vt, "lab-plug.ko");
    vt_send(vt, "\033");
    vt_wait_for_none(vt, "하기 전에 하나만.");
    vt_send(vt, "\r");
    predict_differently(vt);
    vt_send(vt, "1만\r\r");
    vt_wait_for(vt, "멈춤  00:41.3");
    vt_golden(vt, "lab-watch.ko");
    vt_send(vt, "\r");
    vt_wait_for(vt, "무엇을 보았나요?");
    vt_golden(vt, "lab-saw.ko");
    vt_send(vt, "끝\r");
    vt_wait_for(vt, "5/7");
    vt_golden(vt, "lab-explain.ko");
    vt_send(vt, "\r"); /* its second page */
    vt_wait_for_none(vt, "1/2");
    vt_send(vt, "\r");
    vt_wait_for(vt, "6/7");
    vt_golden(vt, "lab-vary.ko");
    vt_send(vt, "\r"); /* nothing was run: it asks once more */
    vt_wait_for(vt, "아직 돌려 보지 않았습니다.");
    vt_send(vt, "\r");
    vt_wait_for(vt, "redis-cli");
    vt_golden(vt, "lab-work.ko");
    vt_send(vt, "q");
    vt_wait_for(vt, "하는 중");
    quit_by(vt, "q");
}

static void predict_in_english_for_three(void **state)
{
    (void)state;
    struct vt *vt = start("ko", NULL);
    vt_send(vt, "L");
    open_try(vt, "paused", "2/7");
    command(vt, "run 20s");
    vt_wait_for(vt, "paused  00:20.0");
    vt_golden(vt, "lab-try.en");
    vt_send(vt, "\r");
    vt_wait_for(vt, "3/7 predict");
    vt_send(vt, "40k\t39000\t0\r");
    vt_wait_for(vt, "C  locked");
    vt_golden(vt, "lab-predict.en");
    vt_send(vt, "\r\r");
    vt_wait_for(vt, "The guesses differ.");
    vt_golden(vt, "lab-differ.en");
    vt_send(vt, "\r");
    vt_wait_for(vt, "First guess");
    vt_golden(vt, "lab-second.en");
    vt_send(vt, "\r\r10k\r");
    vt_wait_for(vt, "paused  00:41.3");
    vt_golden(vt, "lab-watch.en");
    vt_send(vt, "\r");
    vt_wait_for(vt, "What did you see?");
    vt_send(vt, "\r");
    vt_wait_for(vt, "5/7");
    vt_golden(vt, "lab-explain.en");
    vt_send(vt, "\r"); /* its second page */
    vt_wait_for_none(vt, "1/2");
    vt_send(vt, "\r");
    vt_wait_for(vt, "6/7");
    vt_send(vt, "1 ");
    vt_wait_for(vt, "Passed.");
    vt_golden(vt, "lab-vary.en");
    vt_send(vt, "q");
    quit_by(vt, "q");
}

static void a_world_its_parts_and_its_help(void **state)
{
    (void)state;
    struct vt *vt = start("ko", NULL);
    vt_send(vt, "s1");
    command(vt, "run 12s");
    vt_wait_for(vt, "멈춤  00:12.0");
    vt_send(vt, "\t\t");
    vt_wait_for(vt, "1 프로세스 죽이기");
    vt_golden(vt, "lab-world.ko");
    vt_send(vt, "1");
    vt_wait_for(vt, "꺼져 있음");
    vt_golden(vt, "lab-killed.ko");
    vt_send(vt, "\r");
    vt_wait_for(vt, "로그");
    vt_golden(vt, "lab-part.ko");
    vt_send(vt, "?");
    vt_wait_for(vt, "이 화면의 키");
    vt_golden(vt, "lab-help.ko");
    vt_send(vt, "xL");
    vt_wait_for(vt, "its log");
    vt_golden(vt, "lab-part.en");
    vt_send(vt, "\033");
    vt_wait_for(vt, "selected");
    vt_golden(vt, "lab-world.en");
    vt_send(vt, "?");
    vt_wait_for(vt, "The keys here");
    vt_golden(vt, "lab-help.en");
    vt_send(vt, "xt\r");
    vt_wait_for(vt, "write #");
    vt_golden(vt, "lab-life.en");
    vt_send(vt, "\033q");
    vt_wait_for(vt, "break what you like");
    quit_by(vt, "q");
}

static void an_error_at_the_prompt(void **state)
{
    (void)state;
    struct vt *vt = start("ko", NULL);
    vt_send(vt, "s1");
    command(vt, "set cache appendfsnyc=always");
    vt_wait_for(vt, "appendfsync");
    vt_golden(vt, "lab-error.ko");
    vt_send(vt, "\033");
    vt_wait_for_none(vt, "appendfsync");
    vt_send(vt, "q");
    quit_by(vt, "q");
}

static void larger_and_too_small(void **state)
{
    (void)state;
    struct vt *vt = start("ko", &(struct vt_options){.rows = 60, .columns = 200});
    vt_send(vt, "s1");
    command(vt, "run 30s");
    vt_wait_for(vt, "멈춤  00:30.0");
    vt_golden(vt, "lab-world-200x60.ko");
    vt_resize(vt, 20, 72);
    vt_wait_for(vt, "72x20");
    vt_golden(vt, "lab-small.ko");
    vt_resize(vt, 4, 30);
    vt_wait_for(vt, "30x4");
    vt_resize(vt, 24, 80);
    vt_wait_for(vt, "고른 부품");
    vt_send(vt, "q");
    vt_wait_for(vt, "마음대로 부수기");
    quit_by(vt, "q");
}

static void a_terminal_that_draws_signs_wide_gets_ascii(void **state)
{
    (void)state;
    struct vt *vt = start("ko", &(struct vt_options){.answers = VT_ANSWERS_WIDE});
    vt_send(vt, "s1");
    command(vt, "run 12s");
    vt_wait_for(vt, "00:12.0");
    vt_golden(vt, "lab-world-ascii.ko");
    vt_send(vt, "q");
    vt_wait_for(vt, "s ");
    quit_by(vt, "q");
}

static void without_colour_it_says_the_same(void **state)
{
    (void)state;
    struct vt *vt = start_in("ko", "NO_COLOR=1", NULL);
    vt_send(vt, "s1");
    command(vt, "run 12s");
    vt_wait_for(vt, "멈춤  00:12.0");
    vt_send(vt, "\t\t");
    vt_wait_for(vt, "1 프로세스 죽이기");
    vt_golden(vt, "lab-world.ko");
    for (int row = 0; row < 24; row++)
        for (int column = 0; column < 80; column++)
            assert_int_equal(vt_cell(vt, row, column).color, -1);
    vt_send(vt, "q");
    quit_by(vt, "q");
}

static void keys_act_while_the_world_runs_as_fast_as_it_can(void **state)
{
    (void)state;
    struct vt *vt = start("ko", NULL);
    vt_send(vt, "s1");
    command(vt, "run 100h");
    vt_wait_for(vt, "진행");
    vt_send(vt, "?");
    vt_wait_for(vt, "이 화면의 키");
    vt_send(vt, "x ");
    vt_wait_for(vt, "멈춤");
    vt_send(vt, "q");
    quit_by(vt, "q");
}

static void ctrl_c_and_signals_give_the_terminal_back(void **state)
{
    (void)state;
    struct vt *vt = start("ko", NULL);
    vt_send(vt, "s1 ");
    vt_wait_for(vt, "진행");
    vt_signal(vt, SIGTERM);
    vt_wait_for_screen(vt, false);
    assert_int_equal(vt_stop(vt), 128 + SIGTERM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(home_in_both_languages),
        cmocka_unit_test(the_lesson_in_korean),
        cmocka_unit_test(predict_in_english_for_three),
        cmocka_unit_test(a_world_its_parts_and_its_help),
        cmocka_unit_test(an_error_at_the_prompt),
        cmocka_unit_test(larger_and_too_small),
        cmocka_unit_test(a_terminal_that_draws_signs_wide_gets_ascii),
        cmocka_unit_test(without_colour_it_says_the_same),
        cmocka_unit_test(keys_act_while_the_world_runs_as_fast_as_it_can),
        cmocka_unit_test(ctrl_c_and_signals_give_the_terminal_back),
    };
    return cmocka_run_group_tests(tests, make_lessons, remove_lessons);
}
