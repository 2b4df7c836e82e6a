/*
 * The lineage of what a process holds: its intervals, and what a start or FLUSHALL takes out of it
 * or brings back.
 */
#include "sim/store/ledger_state.h"

uint32_t ledger_lineage(const struct world *world, uint32_t store, struct ledger_interval *to,
                        uint32_t limit)
{
    const struct log *log = ledger_log(world, store);
    uint32_t count = log == NULL ? 0 : log->lineage.count;
    for (uint32_t i = 0; i < count && i < limit; i++)
        to[i] = *(struct ledger_interval *)vector_at(&world->region, &log->lineage, i);
    return count;
}

bool log_in_lineage(const struct world *world, const struct log *log, uint32_t position)
{
    for (uint32_t i = log->lineage.count; i-- > 0;) {
        const struct ledger_interval *row = vector_at(&world->region, &log->lineage, i);
        if (position >= row->from && position <= row->to)
            return true;
    }
    return false;
}

static void interval_push(struct world *world, struct vector *rows, uint32_t from, uint32_t to)
{
    struct ledger_interval *row = vector_push(&world->region, rows, sizeof *row);
    if (row != NULL)
        *row = (struct ledger_interval){from, to};
}

static struct ledger_interval interval_at(const struct world *world, const struct vector *rows,
                                          uint32_t i)
{
    return *(struct ledger_interval *)vector_at(&world->region, rows, i);
}

/* The entries that make what it holds now: the lineage behind its last FLUSHALL. */
static void live_add(struct world *world, const struct log *log, struct vector *to)
{
    uint32_t flush = 0;
    for (uint32_t i = log->flushes.count; i-- > 0 && flush == 0;) {
        uint32_t position = *(uint32_t *)vector_at(&world->region, &log->flushes, i);
        if (log_in_lineage(world, log, position))
            flush = position;
    }
    for (uint32_t i = 0; i < log->lineage.count; i++) {
        struct ledger_interval row = interval_at(world, &log->lineage, i);
        row.from = row.from > flush ? row.from : flush + 1;
        row.to = row.to < log->end ? row.to : log->end;
        if (row.from <= row.to)
            interval_push(world, to, row.from, row.to);
    }
}

/* The first run of positions from row->from on that none of `rows` holds; false when none is left
 * up to row->to. */
static bool run_outside(const struct world *world, const struct vector *rows,
                        struct ledger_interval *row, struct ledger_interval *run)
{
    uint32_t at = row->from;
    for (uint32_t i = 0; i < rows->count && at <= row->to; i++) {
        struct ledger_interval other = interval_at(world, rows, i);
        if (at >= other.from && at <= other.to) {
            at = other.to + 1;
            i = UINT32_MAX; /* from the first again: they may overlap */
        }
    }
    if (at > row->to)
        return false;
    *run = (struct ledger_interval){at, row->to};
    for (uint32_t i = 0; i < rows->count; i++) {
        struct ledger_interval other = interval_at(world, rows, i);
        if (other.from > at && other.from <= run->to)
            run->to = other.from - 1;
    }
    row->from = run->to + 1;
    return true;
}

/* What was revived by an entry that is out of the lineage now: its own place may be back; else it
 * has no holder until ledger_hold says that it is lost. */
static void move_revived(struct world *world, struct log *log)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < log->revived.count; i++) {
        struct log_revived row = *(struct log_revived *)vector_at(&world->region, &log->revived, i);
        struct ledger_record *record = ledger_record(world, row.write);
        if (log_in_lineage(world, log, record->position)) {
            record->bits &= ~RECORD_REVIVED;
            log_set_bit(world, log, record->position, true);
            continue;
        }
        if (!log_in_lineage(world, log, row.holder))
            row.holder = 0;
        *(struct log_revived *)vector_at(&world->region, &log->revived, kept++) = row;
    }
    log->revived.count = kept;
}

static void lineage_put(struct world *world, struct log *log,
                        const struct ledger_interval *intervals, uint32_t count)
{
    log->lineage.count = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct ledger_interval *last =
            log->lineage.count == 0
                ? NULL
                : vector_at(&world->region, &log->lineage, log->lineage.count - 1);
        if (last != NULL && intervals[i].from == last->to + 1)
            last->to = intervals[i].to;
        else
            interval_push(world, &log->lineage, intervals[i].from, intervals[i].to);
    }
}

void ledger_set_lineage(struct world *world, uint32_t store,
                        const struct ledger_interval *intervals, uint32_t count)
{
    struct log *log = ledger_log(world, store);
    struct vector before = {0}, now = {0};
    struct ledger_interval run;
    if (log == NULL)
        return;
    live_add(world, log, &before);
    lineage_put(world, log, intervals, count);
    live_add(world, log, &now);
    move_revived(world, log);
    log->missing.count = 0;
    for (uint32_t i = 0; i < before.count; i++) {
        struct ledger_interval row = interval_at(world, &before, i);
        while (run_outside(world, &now, &row, &run))
            interval_push(world, &log->missing, run.from, run.to);
    }
    for (uint32_t i = 0; i < now.count; i++) {
        struct ledger_interval row = interval_at(world, &now, i);
        while (run_outside(world, &before, &row, &run))
            trace(world, store, TRACE_BROUGHT_BACK, run.from, run.to);
    }
    vector_clear(&world->region, &before);
    vector_clear(&world->region, &now);
}

void log_flushes(struct world *world, struct log *log)
{
    log->missing.count = 0;
    live_add(world, log, &log->missing);
}

static void loss_add(struct world *world, struct log *log, struct ledger_interval row,
                     uint64_t at_ns, enum ledger_cause cause)
{
    struct log_loss *loss = vector_push(&world->region, &log->losses, sizeof *loss);
    if (loss != NULL)
        *loss = (struct log_loss){row.from, row.to, (uint32_t)cause, 0, at_ns};
    trace(world, log->store, TRACE_LOST, row.from, trace_lost(row.to, cause));
}

void ledger_lose(struct world *world, uint32_t store, uint64_t from, uint64_t to, uint64_t at_ns,
                 enum ledger_cause cause)
{
    struct log *log = ledger_log(world, store);
    struct vector left = {0};
    if (log == NULL || to <= from)
        return;
    for (uint32_t i = 0; i < log->missing.count; i++) {
        struct ledger_interval row = interval_at(world, &log->missing, i), taken = row;
        taken.from = row.from > from ? row.from : (uint32_t)from + 1;
        taken.to = row.to < to ? row.to : (uint32_t)to;
        if (taken.from > taken.to) {
            interval_push(world, &left, row.from, row.to);
            continue;
        }
        if (row.from < taken.from)
            interval_push(world, &left, row.from, taken.from - 1);
        if (row.to > taken.to)
            interval_push(world, &left, taken.to + 1, row.to);
        loss_add(world, log, taken, at_ns, cause);
    }
    vector_clear(&world->region, &log->missing);
    log->missing = left;
}
