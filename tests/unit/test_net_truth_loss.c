/*
 * One dropped segment, or some, of an answer: when each is sent again (TRUTH net.loss.data,
 * net.timer.spread), and the ladders of RTT 100.
 */
#include "tests/unit/truth_fixture.h"

#define MSS 1448u

/* Which segments of the answer are dropped, how often; when segment `seg` was sent again (tenths of
 * a millisecond after the original), the least and the most that was seen at RTT 20 and at 100.
 * Timers were never early: the least is what the rule gives. */
struct loss {
    const char *what;
    unsigned segments;
    uint32_t dropped; /* bits: which of the segments, the first time */
    unsigned again;   /* retransmissions of the last of them that are dropped too */
    struct {
        unsigned seg, which;
        uint32_t least[2], most[2];
    } expected[4];
};

static const struct loss losses[] = {
    {"first of 10", 10, 1u << 0, 0, {{0, 0, {200, 1000}, {206, 1006}}}},
    {"5th of 10", 10, 1u << 4, 0, {{4, 0, {200, 1000}, {206, 1006}}}},
    {"8th of 10", 10, 1u << 7, 0, {{7, 0, {250, 1250}, {322, 1311}}}},
    {"9th of 10", 10, 1u << 8, 0, {{8, 0, {250, 1250}, {322, 1311}}}},
    {"last of 10", 10, 1u << 9, 0, {{9, 0, {2400, 4000}, {2983, 4563}}}},
    {"last 3 of 10",
     10,
     7u << 7,
     0,
     {{9, 0, {600, 3000}, {1210, 3640}}, {7, 0, {800, 4000}, {3023, 4660}}}},
    {"all 10",
     10,
     1023,
     0,
     {{9, 0, {400, 2000}, {590, 2180}},
      {0, 0, {600, 3000}, {790, 3190}},
      {1, 0, {800, 4000}, {990, 4200}},
      {8, 0, {1200, 6000}, {1400, 6200}}}},
    {"only segment", 1, 1, 0, {{0, 0, {2200, 3000}, {2320, 3283}}}},
    {"only segment, twice",
     1,
     1,
     1,
     {{0, 0, {2200, 3000}, {2320, 3283}}, {0, 1, {4400, 6000}, {4670, 6470}}}},
    {"only segment, three times",
     1,
     1,
     2,
     {{0, 0, {2200, 3000}, {2320, 3283}},
      {0, 1, {4400, 6000}, {4670, 6470}},
      {0, 2, {8800, 12000}, {9370, 12870}}}},
    {"5th of 10 and again",
     10,
     1u << 4,
     1,
     {{4, 0, {200, 1000}, {206, 1006}}, {4, 1, {2400, 4000}, {2480, 4100}}}},
};

/* A connection that has asked a few times before: the estimate is settled, cwnd is 10 or more. */
static void warm(uint64_t rtt_ns)
{
    set_rtt(rtt_ns);
    peers[server].answer_bytes = 100;
    connect_now();
    net_run(world, world->now_ns + SECOND_NS);
    for (unsigned i = 0; i < 8; i++) {
        ask(8);
        net_run(world, world->now_ns + SECOND_NS);
    }
}

static uint32_t drop_seq; /* of the answer's first byte */

/* `drop-next` counts packets from now on, so each segment that is to go is announced as it leaves.
 */
static void answer_with_losses(const struct loss *loss)
{
    struct message answer = {.bytes = MSS};
    /* One write a segment, so that each leaves by itself. */
    tcp_set_option(world, connection, server, TCP_OPTION_NODELAY, 1);
    for (unsigned i = 0; i < loss->segments; i++) {
        if ((loss->dropped >> i & 1) != 0)
            link_drop_next(world, right, left, PACKET_DATA, 1);
        assert_true(tcp_send(world, connection, server, &answer));
    }
}

static void one_loss(const struct loss *loss, unsigned which_rtt)
{
    uint64_t rtt_ns = which_rtt == 0 ? 20 * MS_NS : 100 * MS_NS;
    warm(rtt_ns);
    peers[server].answer_bytes = 0;
    drop_seq = tcp_at(world, connection)->ends[1].snd_nxt;
    rung_count = 0;
    ask(8);
    net_run(world, world->now_ns + rtt_ns / 2 + MS_NS / 2);
    uint64_t sent_ns = world->now_ns;
    uint64_t received = peers[client].received;
    answer_with_losses(loss);
    /* What comes again and is to go too. */
    for (uint32_t again = 0; again < loss->again; again++) {
        unsigned before = rung_count;
        link_drop_next(world, right, left, PACKET_DATA, 1);
        while (way_at(world, way_find(world, right, left))->drop[PACKET_DATA] > 0)
            net_run(world, world->now_ns + MS_NS);
        assert_true(rung_count > before);
    }
    net_run(world, sent_ns + 20 * SECOND_NS);
    assert_int_equal(peers[client].received - received, loss->segments);
    for (unsigned i = 0; i < 4 && loss->expected[i].most[0] != 0; i++) {
        uint32_t seq = drop_seq + loss->expected[i].seg * MSS;
        const struct wire_segment *again = data_rung(0, false, seq, loss->expected[i].which + 1);
        uint64_t after = tenths(again->time_ns - sent_ns);
        if (after < loss->expected[i].least[which_rtt] || after > loss->expected[i].most[which_rtt])
            print_message("%s, RTT %u: segment %u again after %u\n", loss->what,
                          which_rtt == 0 ? 20 : 100, loss->expected[i].seg, (unsigned)after);
        assert_in_range(after, loss->expected[i].least[which_rtt],
                        loss->expected[i].most[which_rtt]);
    }
}

static void losses_of_an_answer(void **state)
{
    for (unsigned i = 0; i < sizeof losses / sizeof losses[0]; i++)
        for (unsigned rtt = 0; rtt < 2; rtt++) {
            close_truth(state);
            open_truth(state);
            one_loss(&losses[i], rtt);
        }
}

/* The request is lost: sent again by its sender alone.  Nothing of it is acknowledged late. */
static void request_lost(void **state)
{
    static const uint32_t least[] = {2200, 3000}, most[] = {2320, 3283};
    for (unsigned rtt = 0; rtt < 2; rtt++) {
        close_truth(state);
        open_truth(state);
        warm(rtt == 0 ? 20 * MS_NS : 100 * MS_NS);
        link_drop_next(world, left, right, PACKET_DATA, 1);
        uint32_t seq = tcp_at(world, connection)->ends[0].snd_nxt;
        uint64_t start_ns = world->now_ns;
        rung_count = 0;
        ask(8);
        net_run(world, start_ns + 5 * SECOND_NS);
        assert_in_range(tenths(data_rung(0, true, seq, 1)->time_ns - start_ns), least[rtt],
                        most[rtt]);
    }
}

/* --- the ladders ------------------------------------------------------------------------ */

static void expect_words(const char *const *words, unsigned count)
{
    for (unsigned i = 0; i < count && i < rung_count; i++)
        assert_string_equal(rung_word(&rungs[i], false), words[i]);
    assert_int_equal(rung_count, count);
}

/* Nine answers of the receiver, each with one block that grows; one segment again; one ACK. */
static void ladder_first_of_ten(void **state)
{
    (void)state;
    static const char *const seen[] = {"cA8",    "sA1448!", "sA1448", "sA1448", "sA1448", "sA1448",
                                       "sA1448", "sA1448",  "sA1448", "sA1448", "sA1448", "cA",
                                       "cA",     "cA",      "cA",     "cA",     "cA",     "cA",
                                       "cA",     "cA",      "sA1448", "cA"};
    one_loss(&losses[0], 1);
    expect_words(seen, sizeof seen / sizeof seen[0]);
    for (unsigned i = 0; i < 9; i++) {
        const struct wire_options *options = &rungs[11 + i].options;
        assert_int_equal(options->sacks, 1);
        assert_int_equal(options->sack[0][0], drop_seq + MSS);
        assert_int_equal(options->sack[0][1], drop_seq + (i + 2) * MSS);
        assert_int_equal(rungs[11 + i].ack, drop_seq);
    }
    assert_int_equal(rungs[20].seq, drop_seq);
    assert_int_equal(rungs[21].ack, drop_seq + 10 * MSS);
}

/* The answer is lost: the client resends first, the server says that it had it (DSACK), and
 * resends. */
static void ladder_only_segment(void **state)
{
    (void)state;
    static const char *const seen[] = {"cA8", "sA1448!", "cA8", "sA", "sA1448", "cA"};
    static const uint32_t times[] = {0, 502, 3143, 3644, 3782, 4283};
    warm(100 * MS_NS);
    rung_count = 0;
    drop_seq = tcp_at(world, connection)->ends[1].snd_nxt;
    uint32_t asked = tcp_at(world, connection)->ends[0].snd_nxt;
    peers[server].answer_bytes = 0;
    link_drop_next(world, right, left, PACKET_DATA, 1);
    ask(8);
    net_run(world, world->now_ns + T + 200 * US_NS);
    struct message answer = {.bytes = MSS};
    assert_true(tcp_send(world, connection, server, &answer));
    net_run(world, world->now_ns + 2 * SECOND_NS);
    expect_words(seen, 6);
    for (unsigned i = 0; i < 6; i++)
        assert_in_range(tenths(rungs[i].time_ns - rungs[0].time_ns), times[i] - times[i] * 8 / 100,
                        times[i]);
    assert_int_equal(rungs[3].options.sacks, 1);
    assert_int_equal(rungs[3].options.sack[0][0], asked);
    assert_int_equal(rungs[3].options.sack[0][1], asked + 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRUTH_TEST("net.loss.data", losses_of_an_answer),
        TRUTH_TEST("net.timer.spread", request_lost),
        TRUTH_TEST("net.loss.data first of ten", ladder_first_of_ten),
        TRUTH_TEST("net.loss.data only segment", ladder_only_segment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
