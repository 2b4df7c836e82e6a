/*
 * What the real kernel sent, packet by packet, beside what this one sends (TRUTH net.*).
 *
 * A rung is a packet as it was seen when it left: time, who sent it, flags, bytes, and `!` when the
 * box between the two dropped it.  The measured machine's timers and programs were late by up to 4
 * % and a few milliseconds, never early.
 */
#ifndef TESTS_UNIT_TRUTH_FIXTURE_H
#define TESTS_UNIT_TRUTH_FIXTURE_H

#include "sim/net/wire.h"

#include "tests/unit/tcp_fixture.h"

static struct wire_segment rungs[16384];
static unsigned rung_count;

static inline void hear_rung(void *user, struct world *w, const struct wire_segment *segment)
{
    (void)user;
    (void)w;
    bool sent =
        segment->fate != WIRE_ARRIVED && segment->fate != WIRE_NO_POWER && segment->packet != 0;
    if (sent && rung_count < sizeof rungs / sizeof rungs[0])
        rungs[rung_count++] = *segment;
}

/* Two machines a round trip apart, everything that leaves is heard. */
static inline int open_truth(void **state)
{
    open_two(state);
    rung_count = 0;
    outside = (struct outside){0};
    wire_listen(world, hear_rung, NULL);
    return 0;
}

static inline int close_truth(void **state)
{
    wire_listen(world, NULL, NULL);
    return close_world(state);
}

static inline void set_rtt(uint64_t rtt_ns)
{
    link_set(world, left, right, LINK_LATENCY, rtt_ns / 2, true);
}

/* cS sSA cA cAP82 sAPF447, with ! behind what did not leave. */
static inline const char *rung_word(const struct wire_segment *segment, bool push)
{
    static char buffer[64];
    struct text text = TEXT(buffer);
    text_clear(&text);
    text_add(&text, segment->opener ? "c" : "s");
    text_add(&text, segment->flags & WIRE_SYN ? "S" : "");
    text_add(&text, segment->flags & WIRE_ACK ? "A" : "");
    text_add(&text, push && segment->flags & WIRE_PSH ? "P" : "");
    text_add(&text, segment->flags & WIRE_FIN ? "F" : "");
    text_add(&text, segment->flags & WIRE_RST ? "R" : "");
    if (segment->length > 0)
        text_add_u64(&text, segment->length);
    text_add(&text, segment->fate == WIRE_LEFT ? "" : "!");
    return buffer;
}

/* A packet of a measured ladder: hundreds of microseconds since its first, and what it was. */
struct rung {
    uint32_t tenth_ms;
    const char *word;
    uint32_t seq, ack;
};

static inline uint64_t tenths(uint64_t ns)
{
    return ns / (100 * US_NS);
}

/* Whether a time is the measured one, which is never early: at most `slack` tenths and 4 % late. */
static inline void expect_time(uint64_t tenth_ms, uint64_t measured, uint64_t slack)
{
    assert_in_range(tenth_ms, measured - measured * 4 / 100 - (slack < measured ? slack : measured),
                    measured + 2);
}

/* The whole ladder since rung `from`, exactly: order, flags, bytes, numbers; times within the slack
 * and 4 %. */
static inline void expect_ladder_within(const struct rung *expected, unsigned count, unsigned from,
                                        uint64_t slack)
{
    for (unsigned i = 0; i < count && from + i < rung_count; i++) {
        const struct wire_segment *found = &rungs[from + i];
        assert_string_equal(rung_word(found, true), expected[i].word);
        assert_int_equal(found->seq, expected[i].seq);
        if ((found->flags & WIRE_ACK) != 0)
            assert_int_equal(found->ack, expected[i].ack);
        expect_time(tenths(found->time_ns - rungs[from].time_ns), expected[i].tenth_ms, slack);
    }
    assert_int_equal(rung_count - from, count);
}

#define expect_ladder(expected)                                                                    \
    expect_ladder_within(expected, sizeof(expected) / sizeof(expected)[0], 0, 20)

/* The i-th data segment of one side that begins at `seq`, from rung `from` on. */
static inline const struct wire_segment *data_rung(unsigned from, bool opener, uint32_t seq,
                                                   unsigned which)
{
    for (unsigned i = from; i < rung_count; i++)
        if (rungs[i].opener == opener && rungs[i].seq == seq && rungs[i].length > 0 && which-- == 0)
            return &rungs[i];
    fail_msg("no such segment");
    return NULL;
}

#define TRUTH_TEST(id, function)                                                                   \
    {                                                                                              \
        id, function, open_truth, close_truth, NULL                                                \
    }

#endif
