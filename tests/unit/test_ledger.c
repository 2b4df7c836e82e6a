/* The ledger: what becomes of each write, also when its key is written again, deleted or rolled
 * back. */
#include "tests/unit/store_fixture.h"

/* --- keys that are written again -------------------------------------------------------------- */

static void an_overwritten_write_is_not_lost(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    write_some(world, "c", "1", 50, "");
    same(world, "c.acked", 50);
    same(world, "c.acked_lost", 0);
    same(world, "cache.at_risk_kill", 50);
    answers(world, "SAVE", "OK");
    run_more_ms(world, 50);
    same(world, "cache.at_risk_kill", 0);
    same(world, "cache.at_risk_disk", 50);
    plain_close(world);
}

static void a_later_write_makes_up_for_a_lost_one(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    write_some(world, "c", "1", 50, "");
    answers(world, "SAVE", "OK");
    run_more_ms(world, 50);
    write_some(world, "d", "1", 30, "");
    plain_say(world, "kill cache");
    same(world, "d.acked_lost", 0);
    same(world, "d.unreachable", 30);
    same(world, "c.unreachable", 50);
    back_again(world);
    same(world, "d.acked_lost", 30); /* the key holds an older one */
    same(world, "c.acked_lost", 0);
    same(world, "d.unreachable", 0);
    same(world, "cache.at_risk_kill", 0);
    answers(world, "SET k:0 again", "OK");
    same(world, "d.acked_lost", 0);
    same(world, "cache.at_risk_kill", 30); /* all of them thanks to one that no file has */
    plain_say(world, "kill cache");
    back_again(world);
    same(world, "d.acked_lost", 30);
    plain_close(world);
}

static void a_counter_does_not_make_up(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    write_some(world, "c", "1", 40, "op=incr");
    answers(world, "GET k:0", "\"40\"");
    answers(world, "SAVE", "OK");
    run_more_ms(world, 50);
    write_some(world, "d", "1", 30, "op=incr");
    plain_say(world, "kill cache");
    back_again(world);
    answers(world, "GET k:0", "\"40\"");
    same(world, "d.acked_lost", 30);
    answers(world, "INCR k:0", "(integer) 41");
    same(world, "d.acked_lost", 30);
    same(world, "c.acked_lost", 0);
    plain_close(world);
}

static void what_is_deleted_is_lost_by_a_command(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    write_some(world, "c", "unique", 10, "");
    answers(world, "SAVE", "OK");
    run_more_ms(world, 50);
    uint64_t deleted_ns = world->now_ns;
    answers(world, "DEL k:3 k:4", "(integer) 2");
    same(world, "c.acked_lost", 2);
    struct ledger_life life = life_of(world, 3);
    assert_int_equal(life.lost, 1);
    assert_int_equal(life.cause, LOST_COMMAND);
    assert_int_equal(life.lost_at_ns / MS_NS, deleted_ns / MS_NS);
    answers(world, "SET k:3 new", "OK");
    same(world, "c.acked_lost", 1);
    plain_say(world, "kill cache"); /* the snapshot has both */
    back_again(world);
    same(world, "c.acked_lost", 0);
    answers(world, "FLUSHALL", "OK");
    same(world, "c.acked_lost", 10);
    plain_check(world);
    plain_close(world);
}

/* A client's own deletion is a later write of the key than what it deletes. */
static void a_client_may_delete_what_it_wrote(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    write_some(world, "c", "1", 20, "");
    write_some(world, "d", "1", 1, "op=del");
    answers(world, "EXISTS k:0", "(integer) 0");
    same(world, "c.acked_lost", 0);
    same(world, "d.acked_lost", 0);
    same(world, "cache.at_risk_kill", 21);
    answers(world, "SAVE", "OK");
    run_more_ms(world, 50);
    same(world, "cache.at_risk_kill", 0);
    plain_say(world, "kill cache");
    back_again(world);
    same(world, "c.acked_lost", 0);
    same(world, "d.acked_lost", 0);
    write_some(world, "e", "1", 5, "");
    write_some(world, "f", "1", 1, "op=del");
    same(world, "cache.at_risk_kill", 6);
    plain_say(world, "kill cache");
    back_again(world);
    same(world, "d.acked_lost", 0); /* there is no such key, as it wanted */
    same(world, "e.acked_lost", 5);
    same(world, "f.acked_lost", 1);
    write_some(world, "g", "1", 5, "");
    answers(world, "DEL k:0", "(integer) 1"); /* nobody's: back to what d left */
    same(world, "c.acked_lost", 0);
    same(world, "g.acked_lost", 5);
    write_some(world, "h", "1", 5, "");
    answers(world, "FLUSHALL", "OK");
    same(world, "c.acked_lost", 0);
    same(world, "h.acked_lost", 5);
    plain_check(world);
    plain_close(world);
}

/* A deletion that is lost again brings back what it took. */
static void a_lost_deletion_deletes_nothing(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    write_some(world, "c", "1", 7, "op=incr");
    answers(world, "SAVE", "OK");
    run_more_ms(world, 50);
    write_some(world, "d", "1", 1, "op=del");
    write_some(world, "e", "1", 3, "op=incr");
    answers(world, "GET k:0", "\"3\"");
    same(world, "c.acked_lost", 0);
    same(world, "cache.at_risk_kill", 4);
    plain_say(world, "kill cache");
    back_again(world);
    answers(world, "GET k:0", "\"7\"");
    same(world, "c.acked_lost", 0);
    same(world, "d.acked_lost", 1);
    same(world, "e.acked_lost", 3);
    plain_check(world);
    plain_close(world);
}

/* --- causes and moments ----------------------------------------------------------------------- */

static void lost_says_when_and_by_what(void **unused)
{
    (void)unused;
    struct world *world = store_world("save= appendonly=yes");
    plain_say(world, "add client c on app-1 to=cache rate=1000/s arrival=constant");
    plain_run_ms(world, 2500);
    struct ledger_life life = life_of(world, 2400);
    assert_int_equal(life.client, component_find(world, "c"));
    assert_int_equal(life.store, component_find(world, "cache"));
    assert_int_equal(life.outcome, LEDGER_ACKED);
    assert_int_equal(life.applied, 1);
    assert_int_equal(life.lost, 0);
    plain_say(world, "power-cut redis-1");
    uint64_t cut_ns = world->now_ns;
    plain_run_ms(world, 4000);
    plain_say(world, "power-on redis-1");
    plain_run_ms(world, 5000);
    life = life_of(world, 2400);
    assert_int_equal(life.lost, 1);
    assert_int_equal(life.cause, LOST_POWER);
    assert_int_equal(life.lost_at_ns, cut_ns);
    assert_int_equal(life_of(world, 1000).lost, 0);
    plain_say(world, "destroy redis-1");
    plain_say(world, "power-on redis-1");
    plain_run_ms(world, 6000);
    assert_int_equal(life_of(world, 1000).cause, LOST_DISK);
    assert_int_equal(life_of(world, 2400).cause, LOST_POWER);
    plain_check(world);
    plain_close(world);
}

static void a_kill_and_a_power_cut_take_their_own(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=\"1 1\"");
    write_some(world, "c", "unique", 100, "");
    plain_run_ms(world, 2500); /* a snapshot holds them */
    write_some(world, "d", "unique", 70, "");
    plain_say(world, "kill cache");
    plain_say(world, "power-cut redis-1");
    plain_say(world, "power-on redis-1");
    run_more_ms(world, 300);
    same(world, "c.acked_lost", 0);
    same(world, "d.acked_lost", 70);
    assert_int_equal(life_of(world, 101).cause, LOST_KILL);
    plain_close(world);
}

static void ending_without_saving_is_a_loss_in_good_order(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    write_some(world, "c", "unique", 10, "");
    plain_say(world, "stop cache");
    run_more_ms(world, 300);
    same(world, "c.acked_lost", 0);
    same(world, "c.unreachable", 10);
    back_again(world);
    same(world, "c.acked_lost", 10);
    assert_int_equal(life_of(world, 1).cause, LOST_SHUTDOWN);
    plain_close(world);
}

static void what_is_evicted_is_lost(void **unused)
{
    (void)unused;
    struct world *world = store_world("save= maxmemory=1100000 maxmemory-policy=allkeys-lru");
    write_some(world, "c", "unique", 2000, "");
    int64_t evicted = plain_metric(world, "cache.evicted_keys");
    assert_true(evicted > 500);
    same(world, "c.acked_lost", evicted);
    plain_check(world);
    plain_close(world);
}

/* --- answers that do not come ----------------------------------------------------------------- */

static void applied_without_an_answer_is_kept(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    plain_say(world, "set app-1~redis-1 latency=100ms");
    write_some(world, "c", "unique", 20, "timeout=350ms");
    same(world, "c.acked", 0);
    same(world, "c.timed_out", 20);
    assert_true(plain_metric(world, "c.unacked_kept") > 0);
    same(world, "c.unacked_kept", plain_metric(world, "cache.keys"));
    plain_say(world, "kill cache");
    back_again(world);
    same(world, "c.unacked_kept", 0);
    same(world, "c.acked_lost", 0);
    plain_close(world);
}

static void a_retry_may_apply_twice(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    plain_say(world, "add client c on app-1 to=cache op=incr keys=1 rate=10/s count=5 "
                     "timeout=50ms retry=5");
    plain_say(world, "set app-1~redis-1 latency=12ms");
    run_more_ms(world, 60);
    plain_say(world, "set app-1~redis-1 latency=30ms"); /* the answers come too late */
    run_more_ms(world, 600);
    plain_say(world, "set app-1~redis-1 latency=1ms");
    run_more_ms(world, 2000);
    int64_t acked = plain_metric(world, "c.acked"), twice = plain_metric(world, "c.duplicated");
    assert_int_equal(acked, 5);
    assert_true(twice > 0 && twice <= 5);
    char expected[32];
    snprintf(expected, sizeof expected, "\"%lld\"", (long long)acked);
    assert_string_not_equal(ask(world, "GET k:0"), expected); /* counted more than was asked */
    plain_check(world);
    plain_close(world);
}

static void an_answer_may_come_after_the_loss(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    plain_say(world, "set app-1~redis-1 latency=300ms");
    plain_say(world, "add client c on app-1 to=cache rate=1000/s arrival=constant timeout=5s "
                     "connections=900");
    /* answers that are on the wire arrive, though what they answer for is gone already */
    plain_run_ms(world, 2000);
    plain_say(world, "restart cache");
    int64_t acked = plain_metric(world, "c.acked");
    plain_run_ms(world, 2020);
    int64_t lost = plain_metric(world, "c.acked_lost");
    assert_true(lost >= acked);
    plain_run_ms(world, 2290);
    assert_true(plain_metric(world, "c.acked") > acked + 200);
    same(world, "c.acked_lost", plain_metric(world, "c.acked"));
    plain_check(world);
    plain_close(world);
}

/* --- for people ------------------------------------------------------------------------------- */

static void the_report_is_in_both_languages(void **unused)
{
    (void)unused;
    char words[8192];
    struct text text = TEXT(words);
    struct world *world = store_world("save=");
    text_clear(&text);
    ledger_report(world, &text, LANGUAGE_EN);
    assert_string_equal(words, "No writes yet.\n");
    write_some(world, "c", "unique", 1200, "");
    plain_say(world, "kill cache");
    back_again(world);
    text_clear(&text);
    ledger_report(world, &text, LANGUAGE_EN);
    assert_non_null(strstr(words, "         1,200  acked, then lost\n"));
    assert_non_null(strstr(words, "1,200  the process was killed\n"));
    text_clear(&text);
    ledger_report(world, &text, LANGUAGE_KO);
    assert_non_null(strstr(words, "1,200  응답을 받았지만 유실된 쓰기\n"));
    plain_close(world);
}

static void two_stores_keep_their_own_books(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    plain_say(world, "add store other on app-1 save=");
    write_some(world, "c", "unique", 100, "");
    plain_say(world, "add client d on app-1 to=other rate=1000/s count=50");
    run_more_ms(world, 500);
    same(world, "cache.at_risk_kill", 100);
    same(world, "other.at_risk_kill", 50);
    plain_say(world, "kill cache");
    same(world, "c.unreachable", 100);
    same(world, "d.unreachable", 0);
    plain_say(world, "set c to=other");
    back_again(world);
    same(world, "c.acked_lost", 100);
    same(world, "d.acked_lost", 0);
    plain_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_overwritten_write_is_not_lost),
        cmocka_unit_test(a_later_write_makes_up_for_a_lost_one),
        cmocka_unit_test(a_counter_does_not_make_up),
        cmocka_unit_test(what_is_deleted_is_lost_by_a_command),
        cmocka_unit_test(a_client_may_delete_what_it_wrote),
        cmocka_unit_test(a_lost_deletion_deletes_nothing),
        cmocka_unit_test(lost_says_when_and_by_what),
        cmocka_unit_test(a_kill_and_a_power_cut_take_their_own),
        cmocka_unit_test(ending_without_saving_is_a_loss_in_good_order),
        cmocka_unit_test(what_is_evicted_is_lost),
        cmocka_unit_test(applied_without_an_answer_is_kept),
        cmocka_unit_test(a_retry_may_apply_twice),
        cmocka_unit_test(an_answer_may_come_after_the_loss),
        cmocka_unit_test(the_report_is_in_both_languages),
        cmocka_unit_test(two_stores_keep_their_own_books),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
