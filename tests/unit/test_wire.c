/*
 * Who listens to the wire hears of every segment with its fate, both ends' states and what it says.
 */
#include "sim/net/wire.h"

#include "tests/unit/tcp_fixture.h"

/* --- what is heard of one connection ---------------------------------------------------- */

static struct wire_segment heard[LADDER];
static unsigned heard_count;

static void listen_to_wire(void *user, struct world *w, const struct wire_segment *segment)
{
    (void)user;
    (void)w;
    assert_true(heard_count < LADDER);
    heard[heard_count++] = *segment;
}

static int open_heard(void **state)
{
    open_two(state);
    heard_count = 0;
    wire_listen(world, listen_to_wire, NULL);
    return 0;
}

static int close_heard(void **state)
{
    wire_listen(world, NULL, NULL);
    return close_world(state);
}

#define WIRE_TEST(name) cmocka_unit_test_setup_teardown(name, open_heard, close_heard)

static const char *fate_word(unsigned fate)
{
    static const char *const words[] = {"", "*", "lost", "dropped", "queue", "cut", "dark"};
    return words[fate];
}

/* All that was heard in one line: who sent (c, s), flags, bytes, its fate, both ends' states.  An
 * arrival is heard of when it was dealt with: after the answer to it has left. */
static const char *heard_words(bool states)
{
    static char buffer[4096];
    struct text text = TEXT(buffer);
    text_clear(&text);
    for (unsigned i = 0; i < heard_count; i++) {
        const struct wire_segment *segment = &heard[i];
        text_add(&text, i ? " " : "");
        text_add(&text, segment->opener ? "c" : "s");
        text_add(&text, segment->flags & WIRE_SYN ? "S" : "");
        text_add(&text, segment->flags & WIRE_ACK ? "A" : "");
        text_add(&text, segment->flags & WIRE_PSH ? "P" : "");
        text_add(&text, segment->flags & WIRE_RST ? "R" : "");
        text_add(&text, segment->flags & WIRE_FIN ? "F" : "");
        if (segment->length > 0)
            text_add_u64(&text, segment->length);
        text_add(&text, segment->again ? "!" : "");
        text_add(&text, fate_word(segment->fate));
        if (!states)
            continue;
        text_add(&text, "(");
        text_add(&text, wire_state_name(segment->from_state));
        text_add(&text, ",");
        text_add(&text, wire_state_name(segment->to_state));
        text_add(&text, ")");
    }
    return buffer;
}

static void a_request_and_its_states(void **state)
{
    (void)state;
    peers[server].answer_bytes = 452;
    peers[server].close_on_close = true;
    connect_now();
    ask(82);
    net_run(world, 180 * MS_NS);
    assert_string_equal(heard_words(true),
                        "cS(SYN-SENT,) sSA(SYN-RECV,SYN-SENT) cS*(SYN-SENT,SYN-RECV) "
                        "cA(ESTAB,SYN-RECV) cAP82(ESTAB,SYN-RECV) sSA*(SYN-RECV,ESTAB) "
                        "cA*(ESTAB,ESTAB) sA(ESTAB,ESTAB) sAP452(ESTAB,ESTAB) "
                        "cA82*(ESTAB,ESTAB)");
    heard_count = 0;
    net_run(world, SECOND_NS);
    heard_count = 0;
    tcp_close(world, connection, client);
    net_run(world, 2 * SECOND_NS);
    assert_string_equal(heard_words(true), "cAF(FIN-WAIT-1,ESTAB) sAF(LAST-ACK,FIN-WAIT-1) "
                                           "cAF*(FIN-WAIT-1,LAST-ACK) cA(TIME-WAIT,LAST-ACK) "
                                           "sAF*(LAST-ACK,TIME-WAIT) cA*(TIME-WAIT,)");
}

static void a_segment_is_heard_as_it_is(void **state)
{
    (void)state;
    connect_now();
    const struct wire_segment *syn = &heard[0];
    assert_int_equal(heard_count, 1);
    assert_int_equal(syn->time_ns, 0);
    expect_near(syn->arrival_ns, T);
    assert_int_equal(syn->from, client);
    assert_int_equal(syn->to, server);
    assert_int_equal(syn->from_machine, left);
    assert_int_equal(syn->to_machine, right);
    assert_int_equal(syn->index, connection);
    assert_int_equal(syn->packet, 1);
    assert_int_equal(syn->departure, 1);
    assert_int_equal(syn->flags, WIRE_SYN);
    assert_int_equal(syn->ip_bytes, 60);
    assert_int_equal(syn->options.mss, 1460);
    assert_int_equal(syn->options.sack_permitted, 1);
    assert_int_equal(syn->options.scaled, 1);
    net_run(world, SECOND_NS);
    assert_int_equal(heard[1].ack, 1);
    assert_int_equal(heard[1].opener, 0);
    assert_int_equal(heard[2].departure, 1); /* the SYN, come */
    assert_int_equal(heard[2].time_ns, syn->arrival_ns);
    assert_int_equal(heard[2].fate, WIRE_ARRIVED);
}

/* The next connection in the same place of the slab is another one. */
static void a_life_is_never_mistaken_for_another(void **state)
{
    (void)state;
    connect_now();
    uint32_t first = connection;
    handle life = heard[0].connection;
    tcp_abort(world, connection, client);
    net_run(world, SECOND_NS);
    heard_count = 0;
    connect_now();
    assert_int_equal(connection, first);
    assert_true(heard[0].connection != life);
}

/* --- fates ------------------------------------------------------------------------------- */

static void each_fate_has_its_reason(void **state)
{
    (void)state;
    connect_first();
    tcp_set_option(world, connection, client, TCP_OPTION_NODELAY, 1);
    heard_count = 0;
    link_drop_next(world, left, right, PACKET_DATA, 1);
    ask(10);
    assert_int_equal(heard[0].fate, WIRE_DROPPED);
    assert_int_equal(heard[0].departure, 0);
    link_set(world, left, right, LINK_LOSS, 100 * PERCENT_ONE, false);
    ask(10);
    assert_int_equal(heard[1].fate, WIRE_LOST);
    link_set(world, left, right, LINK_LOSS, 0, false);
    link_set_cut(world, left, right, true);
    ask(10);
    assert_int_equal(heard[2].fate, WIRE_CUT);
    assert_int_equal(heard[2].packet, heard[0].packet + 2);
    link_set_cut(world, left, right, false);
    link_set(world, left, right, LINK_QUEUE, 1, false);
    link_set(world, left, right, LINK_BANDWIDTH, 1000, false);
    ask(10);
    ask(10);
    ask(10);
    assert_int_equal(heard[3].fate, WIRE_LEFT);
    assert_int_equal(heard[4].fate, WIRE_LEFT);
    assert_int_equal(heard[5].fate, WIRE_QUEUE_FULL);
    assert_int_equal(heard_count, 6);
}

/* A cut takes what is under way; it is told when it would have come. */
static void a_cut_takes_what_is_under_way(void **state)
{
    (void)state;
    connect_first();
    heard_count = 0;
    ask(10);
    net_run(world, world->now_ns + T / 2);
    link_set_cut(world, left, right, true);
    net_run(world, world->now_ns + T);
    assert_int_equal(heard_count, 2);
    assert_int_equal(heard[0].fate, WIRE_LEFT);
    assert_int_equal(heard[1].fate, WIRE_CUT);
    assert_int_equal(heard[1].departure, heard[0].departure);
    assert_int_equal(heard[1].time_ns, heard[0].arrival_ns);
}

static void a_machine_without_power_hears_nothing(void **state)
{
    (void)state;
    connect_first();
    heard_count = 0;
    ask(10);
    component_at(world, right)->up = 0;
    tcp_machine_lost(world, right);
    net_run(world, world->now_ns + 2 * T);
    assert_string_equal(heard_words(false), "cAP10 cA10dark");
}

static void what_is_sent_again_is_marked(void **state)
{
    (void)state;
    link_drop_next(world, left, right, PACKET_SYN, 1);
    connect_now();
    net_run(world, 1080 * MS_NS);
    assert_string_equal(heard_words(false), "cSdropped cS! sSA cS*");
}

/* --- messages ---------------------------------------------------------------------------- */

static uint64_t said[16];
static uint32_t begins[16];
static unsigned said_count;

static void listen_to_messages(void *user, struct world *w, const struct wire_segment *segment)
{
    struct wire_message message;
    uint32_t cursor = 0;
    (void)user;
    if (segment->fate == WIRE_ARRIVED || segment->length == 0)
        return;
    while (said_count < 16 && wire_next_message(w, segment, &cursor, &message)) {
        said[said_count] = message.message.a;
        begins[said_count++] = message.begin;
    }
}

static void a_segment_tells_its_messages(void **state)
{
    (void)state;
    connect_first();
    wire_listen(world, listen_to_messages, NULL);
    said_count = 0;
    struct message one = {.bytes = 1000, .a = 1}, two = {.bytes = 1000, .a = 2},
                   three = {.bytes = 896, .a = 3};
    assert_true(tcp_send_more(world, connection, client, &one));
    assert_true(tcp_send_more(world, connection, client, &two));
    assert_true(tcp_send(world, connection, client, &three)); /* two full segments in all */
    assert_int_equal(said_count, 4);
    const uint64_t numbers[] = {1, 2, 2, 3};
    const uint32_t from[] = {1, 1001, 1001, 2001};
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(said[i], numbers[i]);
        assert_int_equal(begins[i], from[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WIRE_TEST(a_request_and_its_states),
        WIRE_TEST(a_segment_is_heard_as_it_is),
        WIRE_TEST(a_life_is_never_mistaken_for_another),
        WIRE_TEST(each_fate_has_its_reason),
        WIRE_TEST(a_cut_takes_what_is_under_way),
        WIRE_TEST(a_machine_without_power_hears_nothing),
        WIRE_TEST(what_is_sent_again_is_marked),
        WIRE_TEST(a_segment_tells_its_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
