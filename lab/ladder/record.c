/*
 * The record of a ladder: the newest segments of a world's wire, each settled when it has come or
 * is found lost.
 */
#include "lab/ladder/ladder.h"

#include <stdlib.h>
#include <string.h>

#define SEGMENTS      16384u
#define EVENTS_FROM_0 2000000u /* so many are played again from the beginning */
#define BEFORE_NOW_NS (2 * SECOND_NS)

static struct ladder_segment *segment_at(const struct ladder_record *record, uint32_t i)
{
    return &record->segments[(record->first + i) % SEGMENTS];
}

const struct ladder_segment *ladder_at(const struct ladder_record *record, uint32_t i)
{
    return segment_at(record, i);
}

static bool room_made(struct ladder_record *record)
{
    if (!record->segments)
        record->segments = malloc(SEGMENTS * sizeof *record->segments);
    return record->segments != NULL;
}

/* The messages in it: what the first that begins or ends here is called, and how many more. */
static void take_messages(struct world *world, struct ladder_segment *segment)
{
    struct text says = TEXT(segment->says);
    struct wire_message message;
    uint32_t cursor = 0, end = segment->wire.seq + segment->wire.length, more = 0;
    bool named = false;
    text_clear(&says);
    while (segment->wire.length && wire_next_message(world, &segment->wire, &cursor, &message)) {
        bool begins = (int32_t)(message.begin - segment->wire.seq) >= 0;
        bool ends = (int32_t)(end - message.begin - message.message.bytes) >= 0;
        segment->begins = segment->begins || begins;
        segment->ends = segment->ends || ends;
        more += named && begins;
        if (begins && !named)
            ladder_message_words(&says, &message.message);
        named = named || begins;
    }
    if (more) {
        text_add(&says, " +");
        text_add_u64(&says, more);
    }
}

static void sent(struct ladder_record *record, struct world *world, const struct wire_segment *wire)
{
    if (record->count == SEGMENTS) {
        record->first = (record->first + 1) % SEGMENTS;
        record->count--;
        record->settled -= record->settled > 0;
    }
    struct ladder_segment *segment = segment_at(record, record->count++);
    memset(segment, 0, sizeof *segment);
    segment->wire = *wire;
    segment->fate = wire->fate;
    segment->settled_ns = wire->fate == WIRE_LEFT ? 0 : wire->time_ns;
    record->heard++;
    take_messages(world, segment);
}

/* Those of one way come in the order in which they left; what left before the record began is
 * nobody's. */
static void came(struct ladder_record *record, const struct wire_segment *wire)
{
    while (record->settled < record->count && segment_at(record, record->settled)->settled_ns)
        record->settled++;
    for (uint32_t i = record->settled; i < record->count; i++) {
        struct ladder_segment *segment = segment_at(record, i);
        if (segment->wire.departure != wire->departure ||
            segment->wire.from_machine != wire->from_machine ||
            segment->wire.to_machine != wire->to_machine)
            continue;
        segment->settled_ns = wire->time_ns;
        segment->fate = wire->fate;
        segment->to_state = wire->to_state;
        return;
    }
}

static void hear(void *user, struct world *world, const struct wire_segment *wire)
{
    bool is_sent = wire->packet != 0;
    if (is_sent)
        sent(user, world, wire);
    else
        came(user, wire);
}

void ladder_clear(struct ladder_record *record)
{
    record->first = record->count = record->settled = 0;
    record->heard = 0;
}

void ladder_release(struct ladder_record *record)
{
    free(record->segments);
    memset(record, 0, sizeof *record);
}

bool ladder_listen(struct ladder_record *record, struct world *world)
{
    if (!room_made(record))
        return false;
    wire_listen(world, hear, record);
    return true;
}

bool ladder_fill(struct ladder_record *record, struct history *history, const struct world *world)
{
    struct outside outside = {.wire = hear, .wire_user = record};
    uint64_t from_ns = history_start(history);
    if (!room_made(record))
        return false;
    ladder_clear(record);
    if (world->events > EVENTS_FROM_0 && world->now_ns > from_ns + BEFORE_NOW_NS)
        from_ns = world->now_ns - BEFORE_NOW_NS;
    return history_replay_heard(history, world, from_ns, &outside);
}
