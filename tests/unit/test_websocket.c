/*
 * WebSockets: rooms, rates, slow readers, pings, and that every delivery ends once.
 */
#include "tests/unit/server_fixture.h"

/* `client` says rates and rooms; server and client are 50 ms apart. */
static struct world *chat_world(const char *server, const char *client)
{
    char line[400];
    struct world *world = plain_open();
    plain_say(world, "network latency=50ms bandwidth=100Gbit");
    plain_say(world, "machine web-1 cores=4");
    plain_say(world, "machine app-1");
    snprintf(line, sizeof line,
             "add server chat on web-1 service=0ms accept_cost=0ms websocket=yes %s", server);
    plain_say(world, line);
    snprintf(line, sizeof line, "add client c on app-1 to=chat op=ws connect_rate=max %s", client);
    plain_say(world, line);
    return world;
}

static void accounted(struct world *world)
{
    char words[256];
    struct text why = TEXT(words);
    text_clear(&why);
    if (!world_check(world, &why))
        fail_msg("%s", words);
}

static int64_t value(struct world *world, const char *metric)
{
    return plain_metric(world, metric);
}

/* --- rooms ---------------------------------------------------------------------------------- */

static void a_message_comes_to_each_of_its_room(void **unused)
{
    (void)unused;
    struct world *world = chat_world("", "connections=30 room=10 send=1/s");
    plain_run_ms(world, 1000);
    same(world, "c.connections", 30);
    same(world, "chat.connections", 30);
    plain_run_ms(world, 10000);
    plain_say(world, "set c send=0/s");
    plain_run_ms(world, 11000);
    between(world, "c.sent", 270, 310);
    same(world, "c.missed", 0);
    same(world, "c.deliveries", value(world, "c.sent") * 10);
    same(world, "chat.messages_in", value(world, "c.sent"));
    same(world, "chat.deliveries", value(world, "c.deliveries"));
    same(world, "c.availability", 100 * PERCENT_ONE);
    /* 50 ms there, 10 us + 10 * 7 us, 50 ms back */
    between(world, "c.latency_mean", 100080000, 100250000);
    accounted(world);
    plain_close(world);
}

/* Two clients of one server do not share rooms, though their connections have the same numbers. */
static void rooms_are_each_client_s_own(void **unused)
{
    (void)unused;
    struct world *world = chat_world("", "connections=10 room=10 send=1/s");
    plain_say(world, "add client d on app-1 to=chat op=ws connections=4 room=2 send=0/s");
    plain_run_ms(world, 10000);
    between(world, "c.sent", 90, 110);
    same(world, "d.deliveries", 0);
    plain_say(world, "set d send=2/s");
    plain_run_ms(world, 20000);
    plain_say(world, "set d send=0/s");
    plain_run_ms(world, 21000);
    same(world, "d.deliveries", value(world, "d.sent") * 2);
    accounted(world);
    plain_close(world);
}

/* The room of 1000 is written in slices: the CPU time is 10 us + 1000 * 7 us all the same. */
static void a_large_room_takes_its_time(void **unused)
{
    (void)unused;
    struct world *world = chat_world("queue=0", "connections=1000 room=1000 send=0/s value=10B");
    plain_run_ms(world, 1000);
    plain_say(world, "set c send=0.001/s"); /* one a second in all */
    plain_run_ms(world, 11000);
    plain_say(world, "set c send=0/s");
    plain_run_ms(world, 12000);
    same(world, "c.deliveries", value(world, "c.sent") * 1000);
    between(world, "c.latency_max", 107000000, 107300000);
    accounted(world);
    plain_close(world);
}

static void a_crowd_does_not_speak_with_one_voice(void **unused)
{
    (void)unused;
    struct world *world = chat_world("", "connections=1000 send=0.1/s");
    int64_t before = 0;
    for (unsigned second = 2; second < 12; second++) {
        plain_run_ms(world, 1000ull * second);
        int64_t sent = value(world, "c.sent");
        if (second > 2 && (sent - before < 60 || sent - before > 140))
            fail_msg("%lld messages in a second", (long long)(sent - before));
        before = sent;
    }
    plain_close(world);
}

/* --- rates ---------------------------------------------------------------------------------- */

static void a_rate_that_changes_is_the_rate_from_then_on(void **unused)
{
    (void)unused;
    struct world *world = chat_world("", "connections=100 send=0/s");
    plain_run_ms(world, 5000);
    same(world, "c.sent", 0);
    plain_say(world, "set c send=1/s");
    plain_run_ms(world, 15000);
    between(world, "c.sent", 990, 1010);
    int64_t before = value(world, "c.sent");
    plain_say(world, "set c send=0.1/s");
    plain_run_ms(world, 25000);
    between(world, "c.sent", before + 95, before + 105);
    before = value(world, "c.sent");
    plain_say(world, "pause c");
    plain_run_ms(world, 35000);
    same(world, "c.sent", before);
    plain_say(world, "resume c");
    plain_run_ms(world, 45000);
    between(world, "c.sent", before + 95, before + 105);
    plain_close(world);
}

static void connections_come_and_go_with_their_number(void **unused)
{
    (void)unused;
    struct world *world = chat_world("", "connections=50 room=5 send=1/s");
    plain_say(world, "set c connect_rate=10/s");
    plain_run_ms(world, 3000);
    same(world, "c.connections", 50);
    plain_say(world, "set c connections=20");
    plain_run_ms(world, 4000);
    same(world, "c.connections", 20);
    same(world, "chat.connections", 20);
    plain_say(world, "set c connections=40");
    plain_run_ms(world, 5050);
    between(world, "c.connections", 29, 31);
    plain_run_ms(world, 7000);
    same(world, "c.connections", 40);
    accounted(world);
    plain_close(world);
}

/* --- without WebSocket ---------------------------------------------------------------------- */

static void who_gets_no_101_has_no_connection(void **unused)
{
    (void)unused;
    struct world *world =
        chat_world("maxConnections=3 acceptCount=1", "connections=8 retry=no timeout=5s");
    plain_run_ms(world, 4000);
    same(world, "c.connections", 3);
    same(world, "c.connect_failures", 0);
    same(world, "chat.connections", 3);
    plain_run_ms(world, 6000);
    same(world, "c.connect_failures", 5);
    plain_say(world, "set chat websocket=no");
    plain_say(world, "set chat maxConnections=100");
    plain_say(world, "set c retry=1");
    plain_run_ms(world, 8000);
    same(world, "c.connections", 3);
    between(world, "chat.errors", 5, 7); /* and two that had waited unaccepted, and gave up */
    same(world, "c.connect_failures", 10);
    plain_close(world);
}

/* --- a thread, or a turn ---------------------------------------------------------------------- */

static void a_message_holds_a_thread_while_it_waits_outside(void **unused)
{
    (void)unused;
    struct world *world = chat_world("maxThreads=4", "connections=100 send=1/s");
    plain_run_ms(world, 1000);
    plain_say(world, "set chat external=100ms"); /* 40 a second, and 100 come */
    plain_run_ms(world, 11000);
    between(world, "chat.deliveries", 350, 420 + 100);
    same(world, "chat.threads_busy", 4);
    plain_close(world);

    world = chat_world("model=eventloop loops=1", "connections=100 send=1/s");
    plain_run_ms(world, 1000);
    plain_say(world, "set chat external=100ms");
    plain_run_ms(world, 11000);
    between(world, "chat.deliveries", 1000, 1100);
    plain_close(world);
}

/* --- slow readers ----------------------------------------------------------------------------- */

#define TALK "connections=10 room=10 send=20/s value=5000B timeout=10s"

static struct world *stalled_world(const char *server)
{
    struct world *world = chat_world(server, TALK);
    plain_say(world, "set web-1 tcp_wmem=1MiB");
    plain_run_ms(world, 2000);
    plain_say(world, "stall c 1");
    plain_run_ms(world, 7000); /* 5 s of 1 MB/s: what the kernels take is long full */
    return world;
}

static void block_silences_the_room_until_send_timeout(void **unused)
{
    (void)unused;
    struct world *world = stalled_world("slow_consumer=block");
    int64_t deliveries = value(world, "c.deliveries");
    plain_run_ms(world, 20000);
    same(world, "c.deliveries", deliveries);
    same(world, "c.throughput", 0);
    same(world, "chat.closed_slow", 0);
    accounted(world);
    plain_run_ms(world, 26000); /* 20 s after the first write that waited */
    same(world, "chat.closed_slow", 1);
    same(world, "chat.connections", 9);
    between(world, "c.deliveries", deliveries + 9000, INT64_MAX); /* the backlog, too */
    accounted(world);
    plain_close(world);
}

static void block_goes_on_when_the_reader_does(void **unused)
{
    (void)unused;
    struct world *world = stalled_world("slow_consumer=block");
    plain_say(world, "stall c 0");
    plain_run_ms(world, 12000);
    plain_say(world, "set c send=0/s");
    plain_run_ms(world, 20000);
    same(world, "chat.closed_slow", 0);
    same(world, "c.deliveries", value(world, "c.sent") * 10);
    accounted(world);
    plain_close(world);
}

static void drop_costs_the_slow_one_alone(void **unused)
{
    (void)unused;
    struct world *world = stalled_world("slow_consumer=drop");
    int64_t deliveries = value(world, "c.deliveries"), missed = value(world, "c.missed");
    plain_run_ms(world, 12000);
    between(world, "c.deliveries", deliveries + 8980, deliveries + 9020);
    between(world, "c.missed", missed + 980, missed + 1020);
    same(world, "chat.closed_slow", 0);
    accounted(world);
    plain_say(world, "stall c 0");
    plain_say(world, "set c send=0/s");
    plain_run_ms(world, 20000);
    same(world, "c.deliveries", value(world, "c.sent") * 10 - value(world, "c.missed"));
    plain_close(world);
}

static void close_ends_the_slow_one(void **unused)
{
    (void)unused;
    struct world *world = stalled_world("slow_consumer=close");
    same(world, "chat.closed_slow", 1);
    same(world, "chat.connections", 9);
    accounted(world);
    plain_say(world, "set c retry=unlimited"); /* reading again it finds the end, and comes back */
    plain_say(world, "stall c 0");
    plain_run_ms(world, 12000);
    same(world, "chat.connections", 10);
    same(world, "c.connections", 10);
    accounted(world);
    plain_close(world);
}

static void grow_keeps_all(void **unused)
{
    (void)unused;
    struct world *world = stalled_world("slow_consumer=grow");
    plain_run_ms(world, 12000);
    same(world, "c.missed", 0);
    same(world, "chat.closed_slow", 0);
    accounted(world);
    plain_say(world, "set c send=0/s");
    plain_say(world, "stall c 0");
    plain_run_ms(world, 20000);
    same(world, "c.deliveries", value(world, "c.sent") * 10);
    accounted(world);
    plain_close(world);
}

static void a_stall_ends_by_itself(void **unused)
{
    (void)unused;
    struct world *world = chat_world("slow_consumer=grow", "connections=10 room=10 send=1/s");
    plain_run_ms(world, 1000);
    plain_say(world, "stall c 10 for 3s");
    int64_t deliveries = value(world, "c.deliveries");
    plain_run_ms(world, 3999);
    same(world, "c.deliveries", deliveries);
    plain_run_ms(world, 4001);
    between(world, "c.deliveries", deliveries + 200, deliveries + 400);
    assert_int_equal(plain_try(world, "stall chat 1").id, ERROR_NO_CLIENT);
    plain_close(world);
}

/* --- pings ---------------------------------------------------------------------------------- */

/* After 2.5 to 3.5 intervals, and what has arrived before does not count. */
static void a_dead_peer_is_found_by_pings_alone(void **unused)
{
    (void)unused;
    struct world *world = chat_world("ping=2s", "connections=10 send=0/s");
    plain_run_ms(world, 9000);
    same(world, "chat.connections", 10);
    plain_say(world, "cut app-1 web-1");
    plain_run_ms(world, 9000 + 4900);
    same(world, "chat.connections", 10);
    plain_run_ms(world, 9000 + 7000);
    same(world, "chat.connections", 0);
    plain_close(world);

    world = chat_world("", "connections=10 send=0/s");
    plain_run_ms(world, 9000);
    plain_say(world, "cut app-1 web-1");
    plain_run_ms(world, 3600000);
    same(world, "chat.connections", 10);
    same(world, "web-1.tcp_established", 10);
    plain_close(world);
}

/* --- deaths --------------------------------------------------------------------------------- */

static void a_death_is_in_the_ledger(void **unused)
{
    (void)unused;
    struct world *world =
        chat_world("", "connections=100 room=10 send=5/s retry=unlimited retry_delay=100ms");
    plain_run_ms(world, 5000);
    same(world, "c.missed", 0);
    plain_say(world, "kill chat");
    plain_run_ms(world, 5300);
    same(world, "c.connections", 0);
    accounted(world);
    plain_say(world, "start chat");
    plain_run_ms(world, 10000);
    same(world, "c.connections", 100);
    between(world, "c.missed", 100, 2000);
    accounted(world);
    plain_say(world, "kill c");
    plain_run_ms(world, 11000);
    same(world, "chat.connections", 0);
    accounted(world);
    plain_say(world, "start c");
    plain_run_ms(world, 13000);
    same(world, "c.connections", 100);
    plain_say(world, "power-cut app-1");
    plain_run_ms(world, 14000);
    accounted(world);
    plain_say(world, "remove c");
    plain_say(world, "power-on app-1");
    plain_run_ms(world, 1000000);
    accounted(world);
    plain_close(world);
}

/* Two servers behind a balancer know nothing of each other: half of each room is on the other. */
static void a_balancer_splits_the_rooms(void **unused)
{
    (void)unused;
    static const char *const modes[] = {"mode=http", "mode=tcp"};
    for (unsigned i = 0; i < 2; i++) {
        char line[200];
        struct world *world = chat_world("", "connections=40 room=4 send=0/s");
        plain_say(world, "add server other on web-1 service=0ms accept_cost=0ms websocket=yes");
        plain_say(world, "machine edge-1");
        snprintf(line, sizeof line, "add balancer lb on edge-1 to=chat,other check=no %s",
                 modes[i]);
        plain_say(world, line);
        plain_say(world, "remove c");
        plain_run_ms(world, 1000);
        plain_say(world, "add client d on app-1 to=lb op=ws connections=40 connect_rate=max room=4 "
                         "send=1/s");
        plain_run_ms(world, 20000);
        same(world, "d.connections", 40);
        same(world, "chat.connections", 20);
        plain_say(world, "set d send=0/s");
        plain_run_ms(world, 21000);
        same(world, "d.deliveries", plain_metric(world, "d.sent") * 2);
        same(world, "d.missed", plain_metric(world, "d.sent") * 2);
        accounted(world);
        plain_close(world);
    }
}

/* The same requests' client becomes a crowd, and back. */
static void what_a_client_does_may_change(void **unused)
{
    (void)unused;
    struct world *world = chat_world("", "connections=10 send=1/s");
    plain_run_ms(world, 3000);
    plain_say(world, "set c op=http");
    plain_run_ms(world, 3200);
    between(world, "chat.messages_in", value(world, "c.deliveries"),
            value(world, "c.deliveries") + 5);
    plain_run_ms(world, 5000);
    between(world, "c.acked", 50, 200); /* ten connections, a round trip each */
    plain_say(world, "set c op=ws");
    plain_run_ms(world, 8000);
    same(world, "c.connections", 10);
    accounted(world);
    plain_close(world);
}

/* A message that waited outside is written to a room whose connections no longer chat: missed, and
 * they stay. */
static void what_was_said_before_the_change_is_missed(void **unused)
{
    (void)unused;
    struct world *world = chat_world("external=600ms", "connections=4 room=4 send=20/s");
    plain_run_ms(world, 3000);
    plain_say(world, "set c op=location mode=ws update=1s");
    for (uint64_t ms = 3010; ms < 5000; ms += 10) {
        plain_run_ms(world, ms);
        accounted(world);
    }
    same(world, "c.connections", 4);
    between(world, "c.missed", 1, INT64_MAX);
    plain_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_comes_to_each_of_its_room),
        cmocka_unit_test(rooms_are_each_client_s_own),
        cmocka_unit_test(a_large_room_takes_its_time),
        cmocka_unit_test(a_crowd_does_not_speak_with_one_voice),
        cmocka_unit_test(a_rate_that_changes_is_the_rate_from_then_on),
        cmocka_unit_test(connections_come_and_go_with_their_number),
        cmocka_unit_test(who_gets_no_101_has_no_connection),
        cmocka_unit_test(a_message_holds_a_thread_while_it_waits_outside),
        cmocka_unit_test(block_silences_the_room_until_send_timeout),
        cmocka_unit_test(block_goes_on_when_the_reader_does),
        cmocka_unit_test(drop_costs_the_slow_one_alone),
        cmocka_unit_test(close_ends_the_slow_one),
        cmocka_unit_test(grow_keeps_all),
        cmocka_unit_test(a_stall_ends_by_itself),
        cmocka_unit_test(a_dead_peer_is_found_by_pings_alone),
        cmocka_unit_test(a_death_is_in_the_ledger),
        cmocka_unit_test(a_balancer_splits_the_rooms),
        cmocka_unit_test(what_a_client_does_may_change),
        cmocka_unit_test(what_was_said_before_the_change_is_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
