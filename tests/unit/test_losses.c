/* What the trace says of losses: each once, when it is known, with its cause; and what is there
 * again. */
#include "tests/unit/store_fixture.h"

struct told {
    char words[4096];
    struct text text;
};

static void tell(void *user, struct world *world, const struct record *record)
{
    struct told *told = user;
    if (record->what != TRACE_LOST && record->what != TRACE_BROUGHT_BACK &&
        record->what != TRACE_FLUSHED && record->what != TRACE_CHILD_ENDED)
        return;
    size_t at = told->text.used;
    trace_add(&told->text, world, record);
    /* Without its time. */
    const char *words = strchr(told->words + at, ' ') + 1;
    memmove(told->words + at, words, strlen(words) + 1);
    told->text.used = strlen(told->words);
    text_add_char(&told->text, ';');
}

static void listen_again(struct world *world, struct told *told)
{
    told->text = TEXT(told->words);
    text_clear(&told->text);
    trace_listen(world, tell, told);
}

static void hears(struct told *told, const char *words)
{
    assert_string_equal(told->words, words);
    text_clear(&told->text);
}

static void each_loss_is_told_once(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    struct told told;
    listen_again(world, &told);
    write_some(world, "c", "unique", 3, "");
    plain_say(world, "kill cache");
    hears(&told, "");
    back_again(world);
    hears(&told, "cache lost what was applied at 1 to 3: killed;");
    write_some(world, "d", "unique", 4, "");
    plain_say(world, "kill cache");
    back_again(world);
    hears(&told, "cache lost what was applied at 4 to 7: killed;");
    write_some(world, "e", "unique", 2, "");
    answers(world, "FLUSHALL", "OK");
    hears(&told, "cache flushed 2 keys, applied at 10;"
                 "cache lost what was applied at 8 to 9: a command or other files;");
    write_some(world, "f", "unique", 1, "");
    answers(world, "FLUSHALL", "OK");
    answers(world, "FLUSHALL", "OK");
    hears(&told, "cache flushed 1 keys, applied at 12;"
                 "cache lost what was applied at 11 to 11: a command or other files;"
                 "cache flushed 0 keys, applied at 13;");
    plain_say(world, "power-cut redis-1");
    plain_say(world, "power-on redis-1");
    run_more_ms(world, 50);
    hears(&told, "");
    plain_close(world);
}

static void what_comes_back_is_told(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    struct told told;
    write_some(world, "c", "unique", 5, "");
    answers(world, "SAVE", "OK");
    run_more_ms(world, 50);
    write_some(world, "d", "unique", 2, "");
    listen_again(world, &told);
    answers(world, "FLUSHALL", "OK");
    hears(&told, "cache flushed 7 keys, applied at 8;"
                 "cache lost what was applied at 1 to 7: a command or other files;");
    same(world, "c.acked_lost", 5);
    plain_say(world, "kill cache");
    back_again(world);
    hears(&told, "cache has again what was applied at 1 to 5;");
    same(world, "c.acked_lost", 0);
    same(world, "d.acked_lost", 2);
    plain_close(world);
}

/* Kill, power cut, destroyed while it was off: each takes what the one before left. */
static void faults_take_what_others_left(void **unused)
{
    (void)unused;
    struct world *world = store_world("save= appendonly=yes");
    struct told told;
    plain_say(world, "set redis-1 fsync=600ms");
    plain_say(world, "add client c on app-1 to=cache rate=1000/s arrival=constant");
    plain_run_ms(world, 1300); /* the first fsync runs: what came after it is in the process */
    int64_t kill = plain_metric(world, "cache.at_risk_kill");
    int64_t power = plain_metric(world, "cache.at_risk_power");
    int64_t all = plain_metric(world, "cache.at_risk_disk");
    assert_true(kill > 100 && power > kill + 100);
    plain_run_ms(world, 4300);
    all = plain_metric(world, "cache.at_risk_disk");
    kill = plain_metric(world, "cache.at_risk_kill");
    assert_true(kill > 100 && all > 3000);
    plain_say(world, "kill c");
    plain_say(world, "kill cache");
    plain_run_ms(world, 4310);
    listen_again(world, &told);
    plain_say(world, "power-cut redis-1");
    plain_run_ms(world, 4500);
    plain_say(world, "destroy redis-1");
    plain_run_ms(world, 5000);
    plain_say(world, "power-on redis-1");
    plain_run_ms(world, 7000);
    assert_non_null(strstr(told.words, ": killed;"));
    assert_non_null(strstr(told.words, ": no power;"));
    assert_non_null(strstr(told.words, "lost what was applied at 1 to "));
    assert_non_null(strstr(told.words, ": the disk is gone;"));
    assert_null(strstr(told.words, "damaged"));
    struct ledger_life life = life_of(world, 1);
    assert_int_equal(life.cause, LOST_DISK);
    assert_int_equal(life.lost_at_ns, 4500 * MS_NS);
    same(world, "c.acked_lost", all);
    plain_close(world);
}

/* A file that is taken away is damage, not a lost disk; a start that is refused takes nothing. */
static void a_removed_file_is_damage(void **unused)
{
    (void)unused;
    struct world *world = store_world("save= appendonly=yes");
    struct told told;
    write_some(world, "c", "unique", 5, "");
    answers(world, "SAVE", "OK");
    run_more_ms(world, 2000);
    plain_say(world, "kill cache");
    plain_say(world, "remove-file cache appendonly.aof.1.base.rdb");
    listen_again(world, &told);
    plain_say(world, "start cache");
    run_more_ms(world, 50);
    same(world, "cache.up", 0);
    plain_say(world, "remove-file cache aof");
    plain_say(world, "remove-file cache manifest");
    back_again(world);
    hears(&told, "cache lost what was applied at 1 to 5: a file was damaged;");
    plain_say(world, "kill cache");
    plain_say(world, "set cache appendonly=no");
    back_again(world);
    hears(&told, "cache has again what was applied at 1 to 5;");
    same(world, "c.acked_lost", 0);
    plain_close(world);
}

/* A child whose parent was killed ends at its next report, at most a second later. */
static void an_orphan_says_how_far_it_came(void **unused)
{
    (void)unused;
    struct world *world = store_world("save= rdb-key-save-delay=2000");
    struct told told;
    write_some(world, "c", "unique", 1000, "");
    answers(world, "BGSAVE", "Background saving started");
    run_more_ms(world, 700);
    listen_again(world, &told);
    plain_say(world, "kill cache");
    run_more_ms(world, 1100);
    assert_non_null(strstr(told.words, "cache left a child that ended unfinished: "));
    plain_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_loss_is_told_once),
        cmocka_unit_test(what_comes_back_is_told),
        cmocka_unit_test(faults_take_what_others_left),
        cmocka_unit_test(a_removed_file_is_damage),
        cmocka_unit_test(an_orphan_says_how_far_it_came),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
