/*
 * A write at one store: never there, there, or gone, and the sums that follow from it.
 */
#include "sim/store/ledger_state.h"

unsigned log_mark(const struct world *world, const struct log *log, uint64_t write)
{
    if (write == 0 || write > log->marks.count)
        return 0;
    return *(uint8_t *)vector_at(&world->region, &log->marks, (uint32_t)(write - 1));
}

static void mark_put(struct world *world, struct log *log, uint32_t write, unsigned mark)
{
    while (log->marks.count < write)
        if (vector_push(&world->region, &log->marks, 1) == NULL)
            return;
    *(uint8_t *)vector_at(&world->region, &log->marks, write - 1) = (uint8_t)mark;
}

static enum ledger_cause mark_cause(unsigned mark)
{
    return (enum ledger_cause)(mark >> MARK_CAUSE_SHIFT);
}

/* --- places: they differ from the record's only for what was applied more than once ----------- */

/* The first row of `write` or of a later one. */
static uint32_t place_row(const struct world *world, const struct log *log, uint64_t write)
{
    uint32_t low = 0, high = log->places.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct log_place *row = vector_at(&world->region, &log->places, middle);
        if (row->write < write)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t log_place(const struct world *world, const struct log *log, uint64_t write)
{
    const struct ledger_record *record = ledger_record(world, write);
    if (RECORD_APPLIED(record->bits) <= 1)
        return record->position;
    uint32_t at = place_row(world, log, write);
    const struct log_place *row =
        at < log->places.count ? vector_at(&world->region, &log->places, at) : NULL;
    return row != NULL && row->write == write ? row->position : record->position;
}

void log_put_place(struct world *world, struct log *log, uint32_t write, uint32_t position)
{
    if (log_place(world, log, write) == position)
        return;
    uint32_t at = place_row(world, log, write);
    struct log_place *row =
        at < log->places.count ? vector_at(&world->region, &log->places, at) : NULL;
    if (row == NULL || row->write != write) {
        if (vector_push(&world->region, &log->places, sizeof *row) == NULL)
            return;
        for (uint32_t i = log->places.count - 1; i > at; i--)
            *(struct log_place *)vector_at(&world->region, &log->places, i) =
                *(struct log_place *)vector_at(&world->region, &log->places, i - 1);
        row = vector_at(&world->region, &log->places, at);
    }
    *row = (struct log_place){write, position};
}

/* --- sums ------------------------------------------------------------------------------------- */

static struct ledger_pair *pair_need(struct world *world, const struct log *log, uint32_t write)
{
    struct ledger_client *client = record_client(world, ledger_record(world, write));
    struct ledger_pair *pair = ledger_pair(world, client, log->store);
    if (pair != NULL)
        return pair;
    struct ledger_root *root = ledger_root(world);
    pair = vector_push(&world->region, &root->pairs, sizeof *pair);
    if (pair == NULL)
        return NULL;
    client = record_client(world, ledger_record(world, write));
    *pair = (struct ledger_pair){.client = RECORD_CLIENT(ledger_record(world, write)->bits),
                                 .store = log->store,
                                 .next = client->pair};
    client->pair = root->pairs.count;
    return pair;
}

static enum ledger_outcome outcome_of(const struct world *world, uint32_t write)
{
    return (enum ledger_outcome)RECORD_OUTCOME(ledger_record(world, write)->bits);
}

static void revived_remove(struct world *world, struct log *log, uint32_t write)
{
    for (uint32_t i = log->revived.count; i-- > 0;) {
        struct log_revived *row = vector_at(&world->region, &log->revived, i);
        if (row->write != write)
            continue;
        *row =
            *(struct log_revived *)vector_at(&world->region, &log->revived, log->revived.count - 1);
        log->revived.count--;
        return;
    }
}

/* Puts the weight of an acked write into the log's sums, or takes it out. */
static void weigh(struct world *world, struct log *log, uint32_t write, uint32_t holder, bool there)
{
    unsigned mark = log_mark(world, log, write);
    uint32_t place = log_place(world, log, write);
    struct ledger_pair *pair = pair_need(world, log, write);
    if (pair == NULL)
        return;
    log->there += there ? 1u : UINT64_MAX;
    pair->there += there ? 1u : UINT64_MAX;
    if (!there && (mark & MARK_REVIVED) != 0) {
        mark_put(world, log, write, mark & ~MARK_REVIVED);
        revived_remove(world, log, write);
        return;
    }
    if (!there || log_in_lineage(world, log, place)) {
        log_set_bit(world, log, place, there);
        return;
    }
    struct log_revived *row = vector_push(&world->region, &log->revived, sizeof *row);
    if (row != NULL)
        *row = (struct log_revived){holder, write};
    mark_put(world, log, write, mark | MARK_REVIVED);
}

void log_unrevive(struct world *world, struct log *log, uint32_t write)
{
    mark_put(world, log, write, log_mark(world, log, write) & ~MARK_REVIVED);
    log_set_bit(world, log, log_place(world, log, write), true);
}

/* --- what happens to it ----------------------------------------------------------------------- */

void log_acked(struct world *world, struct log *log, uint32_t write)
{
    unsigned mark = log_mark(world, log, write);
    if (log_mark_is(mark, MARK_THERE)) {
        weigh(world, log, write, log_place(world, log, write), true);
    } else if (log_mark_is(mark, MARK_GONE)) {
        struct ledger_pair *pair = pair_need(world, log, write);
        if (pair != NULL)
            pair->lost[mark_cause(mark)]++;
    }
}

void log_not_acked(struct world *world, struct log *log, uint32_t write)
{
    struct ledger_pair *pair = pair_need(world, log, write);
    if (pair != NULL && log_mark_is(log_mark(world, log, write), MARK_THERE))
        pair->unacked_kept++;
}

void log_applied(struct world *world, struct log *log, uint32_t write, uint32_t position)
{
    unsigned mark = log_mark(world, log, write);
    if (!log_mark_is(mark, MARK_THERE)) {
        log_put_place(world, log, write, position);
        log_keep(world, log, write, position);
        return;
    }
    /* Its first place stays: what brings that back brings the write back. */
    if ((mark & MARK_TWICE) != 0 || !log_in_lineage(world, log, log_place(world, log, write)))
        return;
    struct ledger_pair *pair = pair_need(world, log, write);
    if (pair != NULL)
        pair->duplicated++;
    mark_put(world, log, write, mark | MARK_TWICE);
}

void log_keep(struct world *world, struct log *log, uint32_t write, uint32_t holder)
{
    unsigned mark = log_mark(world, log, write);
    struct ledger_pair *pair = pair_need(world, log, write);
    if (log_mark_is(mark, MARK_THERE) || pair == NULL)
        return;
    mark_put(world, log, write, MARK_THERE | (mark & MARK_TWICE));
    switch (outcome_of(world, write)) {
    case LEDGER_ACKED:
        if (log_mark_is(mark, MARK_GONE))
            pair->lost[mark_cause(mark)]--;
        weigh(world, log, write, holder, true);
        break;
    case LEDGER_REFUSED:
    case LEDGER_TIMED_OUT:
        pair->unacked_kept++;
        break;
    case LEDGER_OPEN:
        break;
    }
}

void log_lose(struct world *world, struct log *log, uint32_t write, enum ledger_cause cause)
{
    unsigned mark = log_mark(world, log, write);
    struct ledger_pair *pair = pair_need(world, log, write);
    if (!log_mark_is(mark, MARK_THERE) || pair == NULL)
        return;
    switch (outcome_of(world, write)) {
    case LEDGER_ACKED:
        pair->lost[cause]++;
        weigh(world, log, write, 0, false);
        break;
    case LEDGER_REFUSED:
    case LEDGER_TIMED_OUT:
        pair->unacked_kept--;
        break;
    case LEDGER_OPEN:
        break;
    }
    mark_put(world, log, write,
             MARK_GONE | (mark & MARK_TWICE) | (unsigned)cause << MARK_CAUSE_SHIFT);
}
