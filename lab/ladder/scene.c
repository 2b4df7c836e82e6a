/*
 * What is shown of a record: which connection, which exchange of it, its packets as rows.
 *
 * An exchange goes from a request to the next one after its answer; the first has the handshake,
 * the last the closing.  Everything is taken from what was heard, nothing is computed from the
 * link.
 */
#include "lab/ladder/ladder.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 65536u

static const struct wire_segment *wire_at(const struct ladder_record *record, uint32_t i)
{
    return &ladder_at(record, i)->wire;
}

static bool is_data(const struct wire_segment *wire)
{
    return wire->length > 0;
}

/* Sequence numbers that it takes up: data, SYN and FIN. */
static uint32_t taken(const struct wire_segment *wire)
{
    return wire->length + ((wire->flags & WIRE_SYN) != 0) + ((wire->flags & WIRE_FIN) != 0);
}

/* --- which connection ------------------------------------------------------------------------- */

static bool is_wanted(const struct wire_segment *wire, const struct ladder_choice *choice)
{
    uint32_t from = wire->from_machine, to = wire->to_machine, one = choice->component;
    if (choice->a && choice->b)
        return (from == choice->a && to == choice->b) || (from == choice->b && to == choice->a);
    if (choice->a)
        return from == choice->a || to == choice->a;
    return one == 0 || wire->from == one || wire->to == one;
}

/* Connections in the order in which they were first heard of. */
struct connections {
    handle *list;
    uint32_t count;
    uint32_t *buckets; /* place + 1 in the list */
};

static void connection_note(struct connections *all, handle connection)
{
    uint32_t at = (uint32_t)((connection * 0x9E3779B97F4A7C15ull) >> 48);
    for (; all->buckets[at]; at = (at + 1) % BUCKETS)
        if (all->list[all->buckets[at] - 1] == connection)
            return;
    all->list[all->count++] = connection;
    all->buckets[at] = all->count;
}

/* The chosen one; 0 when there is none. */
static handle connection_choose(struct ladder_scene *scene, const struct ladder_record *record,
                                const struct ladder_choice *choice)
{
    struct connections all = {calloc(record->count + 1, sizeof(handle)), 0,
                              calloc(BUCKETS, sizeof(uint32_t))};
    uint32_t at = 0;
    handle chosen = 0;
    for (uint32_t i = 0; all.list && all.buckets && i < record->count; i++)
        if (is_wanted(wire_at(record, i), choice))
            connection_note(&all, wire_at(record, i)->connection);
    if (all.count) {
        at = choice->back < all.count ? all.count - 1 - choice->back : 0;
        for (uint32_t i = 0; choice->connection && i < all.count; i++)
            if (all.list[i] == choice->connection)
                at = i;
        chosen = all.list[at];
    }
    scene->connections = all.count;
    scene->connection_at = at + 1;
    free(all.list);
    free(all.buckets);
    return chosen;
}

/* --- which exchange --------------------------------------------------------------------------- */

/* True when a segment begins the next exchange; `answered` is kept between calls. */
static bool exchange_begins(const struct ladder_segment *segment, bool *answered)
{
    if (!segment->wire.opener) {
        *answered = *answered || segment->begins;
        return false;
    }
    if (!segment->begins || segment->wire.again || !*answered)
        return false;
    *answered = false;
    return true;
}

/* Its first segment and the one after its last. */
static void exchange_choose(struct ladder_scene *scene, const struct ladder_record *record,
                            const struct ladder_choice *choice, uint32_t *first, uint32_t *end)
{
    bool answered = false;
    uint32_t wanted, at = 1;
    scene->exchanges = 1;
    for (uint32_t i = 0; i < record->count; i++)
        if (wire_at(record, i)->connection == scene->connection)
            scene->exchanges += exchange_begins(ladder_at(record, i), &answered);
    wanted = choice->exchange && choice->exchange < scene->exchanges ? choice->exchange
                                                                     : scene->exchanges;
    scene->exchange_at = wanted;
    *first = 0;
    *end = record->count;
    answered = false;
    for (uint32_t i = 0; i < record->count && !choice->whole; i++) {
        if (wire_at(record, i)->connection != scene->connection ||
            !exchange_begins(ladder_at(record, i), &answered))
            continue;
        at++;
        if (at == wanted)
            *first = i;
        if (at == wanted + 1)
            *end = i;
    }
}

/* --- rows ------------------------------------------------------------------------------------- */

/* When what a lost packet held was sent again; 0 it was not. */
static uint64_t sent_again(const struct ladder_record *record, uint32_t lost)
{
    const struct wire_segment *wire = wire_at(record, lost);
    for (uint32_t i = lost + 1; taken(wire) && i < record->count; i++) {
        const struct wire_segment *later = wire_at(record, i);
        if (later->connection == wire->connection && later->opener == wire->opener &&
            wire->seq - later->seq < taken(later))
            return later->time_ns;
    }
    return 0;
}

static bool is_lost(const struct ladder_segment *segment)
{
    return segment->fate != WIRE_LEFT && segment->fate != WIRE_ARRIVED;
}

/* How far each end had acknowledged, by opener. */
struct acks {
    uint32_t of[2];
    bool any[2];
};

static bool acknowledges_news(struct acks *acks, const struct wire_segment *wire)
{
    bool news = (wire->flags & WIRE_ACK) != 0 &&
                (!acks->any[wire->opener] || (int32_t)(wire->ack - acks->of[wire->opener]) > 0);
    if (news) {
        acks->of[wire->opener] = wire->ack;
        acks->any[wire->opener] = true;
    }
    return news;
}

static void row_add(struct ladder_scene *scene, const struct ladder_record *record, uint32_t i,
                    bool news)
{
    const struct ladder_segment *segment = ladder_at(record, i);
    struct ladder_row *row = &scene->rows[scene->count++];
    struct text words = TEXT(row->words);
    *row = (struct ladder_row){
        .segment = i, .number = scene->packets, .time_ns = segment->wire.time_ns};
    row->again_ns = is_lost(segment) ? sent_again(record, i) : 0;
    text_clear(&words);
    ladder_segment_words(&words, segment, news);
}

/* --- the answer ------------------------------------------------------------------------------- */

/* The acceptor's data in the rows from `first` on: from, up to; false when no message of it ends.
 */
static bool answer_bytes(const struct ladder_scene *scene, const struct ladder_record *record,
                         uint32_t first, uint32_t *from, uint32_t *to)
{
    bool any = false, ends = false;
    for (uint32_t i = first; i < scene->count; i++) {
        const struct ladder_segment *segment = ladder_at(record, scene->rows[i].segment);
        const struct wire_segment *wire = &segment->wire;
        if (wire->opener || !is_data(wire))
            continue;
        if (!any || (int32_t)(wire->seq - *from) < 0)
            *from = wire->seq;
        if (!any || (int32_t)(wire->seq + wire->length - *to) > 0) {
            *to = wire->seq + wire->length;
            ends = segment->ends;
        }
        any = true;
    }
    return ends;
}

/* The row whose arrival made the answer whole, and when; count when it is not whole yet. */
static uint32_t answer_row(const struct ladder_scene *scene, const struct ladder_record *record,
                           uint32_t first, uint64_t *time_ns)
{
    uint32_t at = 0, to = 0, last = scene->count;
    *time_ns = 0;
    if (!answer_bytes(scene, record, first, &at, &to))
        return last;
    while (at != to) {
        uint32_t best = scene->count;
        for (uint32_t i = first; i < scene->count; i++) {
            const struct ladder_segment *segment = ladder_at(record, scene->rows[i].segment);
            bool fits = !segment->wire.opener && segment->fate == WIRE_ARRIVED &&
                        at - segment->wire.seq < segment->wire.length;
            if (fits &&
                (best == scene->count ||
                 segment->settled_ns < ladder_at(record, scene->rows[best].segment)->settled_ns))
                best = i;
        }
        if (best == scene->count)
            return scene->count;
        const struct ladder_segment *segment = ladder_at(record, scene->rows[best].segment);
        at = segment->wire.seq + segment->wire.length;
        if (segment->settled_ns >= *time_ns) {
            *time_ns = segment->settled_ns;
            last = best;
        }
    }
    return last;
}

/* Ways that were gone one after the other up to a row's arrival: back from each packet to the one
 * that had come to its sender last. */
static uint32_t trips_to(const struct ladder_scene *scene, const struct ladder_record *record,
                         uint32_t first, uint32_t row)
{
    uint32_t trips = 1;
    for (;; trips++) {
        const struct ladder_segment *segment = ladder_at(record, scene->rows[row].segment);
        uint32_t before = row;
        uint64_t latest_ns = 0;
        for (uint32_t i = first; i < row; i++) {
            const struct ladder_segment *other = ladder_at(record, scene->rows[i].segment);
            if (other->wire.opener != segment->wire.opener && other->fate == WIRE_ARRIVED &&
                other->settled_ns <= segment->wire.time_ns && other->settled_ns >= latest_ns) {
                latest_ns = other->settled_ns;
                before = i;
            }
        }
        if (before == row)
            return trips;
        row = before;
    }
}

/* A row of its own for the instant at which the answer of the rows from `first` on was whole. */
static void answer_mark(struct ladder_scene *scene, const struct ladder_record *record,
                        uint32_t first)
{
    uint64_t time_ns;
    uint32_t row = answer_row(scene, record, first, &time_ns), at = first;
    if (row == scene->count || scene->count == LADDER_ROWS)
        return;
    while (at < scene->count && scene->rows[at].time_ns < time_ns)
        at++;
    scene->closing = 0;
    for (uint32_t i = at; i < scene->count && scene->closing == 0; i++)
        if (wire_at(record, scene->rows[i].segment)->flags & WIRE_FIN)
            scene->closing = scene->rows[i].number;
    struct ladder_row mark = {.segment = scene->rows[row].segment, .time_ns = time_ns};
    mark.trips = trips_to(scene, record, first, row);
    scene->answer_ns = time_ns - scene->start_ns;
    memmove(&scene->rows[at + 1], &scene->rows[at], (scene->count - at) * sizeof *scene->rows);
    scene->rows[at] = mark;
    scene->count++;
}

/* --- all rows --------------------------------------------------------------------------------- */

/* Packets of the connection from one place of the record to another. */
static uint32_t packets_between(const struct ladder_scene *scene,
                                const struct ladder_record *record, uint32_t first, uint32_t end)
{
    uint32_t count = 0;
    for (uint32_t i = first; i < end; i++)
        count += wire_at(record, i)->connection == scene->connection;
    return count;
}

/* Of a long one the newest rows; numbers and times are counted from its beginning all the same. */
static void rows_make(struct ladder_scene *scene, const struct ladder_record *record,
                      uint32_t first, uint32_t end)
{
    struct acks acks = {{0}, {false}};
    uint32_t count = packets_between(scene, record, first, end), most = LADDER_ROWS / 2 - 1;
    uint32_t exchange = 0; /* its first row */
    bool answered = false;
    for (uint32_t i = 0; i < end; i++) {
        const struct wire_segment *wire = wire_at(record, i);
        if (wire->connection != scene->connection)
            continue;
        bool news = acknowledges_news(&acks, wire);
        bool begins = exchange_begins(ladder_at(record, i), &answered);
        if (i < first)
            continue;
        if (begins && scene->count > exchange) {
            answer_mark(scene, record, exchange);
            exchange = scene->count;
        }
        if (scene->packets++ == 0) {
            scene->start_ns = wire->time_ns;
            scene->opens = (wire->flags & WIRE_SYN) != 0;
        }
        uint64_t there_ns = wire->arrival_ns ? wire->arrival_ns : wire->time_ns;
        scene->end_ns = there_ns > scene->end_ns ? there_ns : scene->end_ns;
        scene->lost += is_lost(ladder_at(record, i));
        if (count - scene->packets < most)
            row_add(scene, record, i, news);
    }
    answer_mark(scene, record, exchange);
}

/* --- who waits -------------------------------------------------------------------------------- */

static void state_note(struct ladder_scene *scene, uint64_t last_ns[2], bool opener, uint64_t ns,
                       unsigned state)
{
    bool *waits = opener ? &scene->left_waits : &scene->right_waits;
    bool is_waiting = strcmp(wire_state_name(state), "TIME-WAIT") == 0;
    if (ns < last_ns[opener])
        return;
    last_ns[opener] = ns;
    scene->states[!opener] = (uint8_t)state;
    if (is_waiting && !*waits)
        scene->closed_ns = ns;
    *waits = is_waiting;
}

static void who_waits(struct ladder_scene *scene, const struct ladder_record *record)
{
    uint64_t last_ns[2] = {0, 0};
    for (uint32_t i = 0; i < record->count; i++) {
        const struct ladder_segment *segment = ladder_at(record, i);
        const struct wire_segment *wire = &segment->wire;
        if (wire->connection != scene->connection)
            continue;
        state_note(scene, last_ns, wire->opener, wire->time_ns, wire->from_state);
        if (segment->fate == WIRE_ARRIVED)
            state_note(scene, last_ns, !wire->opener, segment->settled_ns, segment->to_state);
    }
}

/* What the receiver's kernel answered at that instant tells it: after that its program may have
 * closed. */
unsigned ladder_arrival_state(const struct ladder_scene *scene, const struct ladder_record *record,
                              uint32_t row)
{
    const struct ladder_segment *segment = ladder_at(record, scene->rows[row].segment);
    if (segment->fate != WIRE_ARRIVED)
        return 0;
    for (uint32_t i = row + 1; i < scene->count; i++) {
        const struct wire_segment *later = wire_at(record, scene->rows[i].segment);
        if (scene->rows[i].number && later->opener != segment->wire.opener &&
            later->time_ns == segment->settled_ns)
            return later->from_state;
    }
    return segment->to_state;
}

bool ladder_scene_make(struct ladder_scene *scene, const struct ladder_record *record,
                       const struct ladder_choice *choice)
{
    uint32_t first, end;
    memset(scene, 0, sizeof *scene);
    scene->connection = connection_choose(scene, record, choice);
    if (scene->connections == 0)
        return false;
    exchange_choose(scene, record, choice, &first, &end);
    rows_make(scene, record, first, end);
    const struct wire_segment *wire = wire_at(record, scene->rows[0].segment);
    scene->index = wire->index;
    scene->opener = wire->opener ? wire->from : wire->to;
    scene->acceptor = wire->opener ? wire->to : wire->from;
    scene->left = wire->opener ? wire->from_machine : wire->to_machine;
    scene->right = wire->opener ? wire->to_machine : wire->from_machine;
    who_waits(scene, record);
    return true;
}
