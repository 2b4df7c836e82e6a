/*
 * The lineage of what a process holds: its intervals, and what a start, a replication or FLUSHALL
 * takes out of it or brings back.
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
    uint32_t writer = position == 0 ? 0 : journal_entry(world, position)->writer;
    for (uint32_t i = log->lineage.count; i-- > 0;) {
        const struct ledger_interval *row = vector_at(&world->region, &log->lineage, i);
        if (position >= row->from && position <= row->to && writer == row->writer)
            return true;
    }
    return false;
}

uint32_t ledger_picture_take(struct world *world, uint32_t store, uint64_t position)
{
    const struct log *log = ledger_log(world, store);
    struct journal *journal = journal_of(world);
    uint32_t *first = vector_push(&world->region, &journal->pictures, sizeof(uint32_t));
    if (first == NULL || log == NULL)
        return 0;
    *first = journal->picture_rows.count;
    for (uint32_t i = 0; i < log->lineage.count; i++) {
        struct ledger_interval row =
            *(struct ledger_interval *)vector_at(&world->region, &log->lineage, i);
        if (row.from > position)
            break;
        row.to = row.to < position ? row.to : (uint32_t)position;
        struct ledger_interval *to =
            vector_push(&world->region, &journal->picture_rows, sizeof *to);
        if (to != NULL)
            *to = row;
    }
    return journal->pictures.count;
}

static uint32_t picture_first(const struct world *world, uint32_t picture)
{
    const struct journal *journal = journal_of(world);
    if (picture > journal->pictures.count)
        return journal->picture_rows.count;
    return *(uint32_t *)vector_at(&world->region, &journal->pictures, picture - 1);
}

uint32_t ledger_picture_rows(const struct world *world, uint32_t picture)
{
    return picture == 0 ? 0 : picture_first(world, picture + 1) - picture_first(world, picture);
}

struct ledger_interval ledger_picture_row(const struct world *world, uint32_t picture, uint32_t i)
{
    return *(struct ledger_interval *)vector_at(&world->region, &journal_of(world)->picture_rows,
                                                picture_first(world, picture) + i);
}

bool ledger_holds(const struct world *world, uint32_t store, uint64_t position)
{
    const struct log *log = ledger_log(world, store);
    return log != NULL && position != 0 && position <= ledger_journal_end(world) &&
           log_in_lineage(world, log, (uint32_t)position);
}

bool log_is_kin(const struct world *world, const struct log *log, uint32_t writer)
{
    for (uint32_t i = 0; i < log->kin.count; i++)
        if (*(uint32_t *)vector_at(&world->region, &log->kin, i) == writer)
            return true;
    return writer == log->writer;
}

void log_make_kin(struct world *world, struct log *log, uint32_t writer)
{
    if (log_is_kin(world, log, writer))
        return;
    uint32_t *row = vector_push(&world->region, &log->kin, sizeof(uint32_t));
    if (row != NULL)
        *row = writer;
}

static void interval_push(struct world *world, struct vector *rows, struct ledger_interval put)
{
    struct ledger_interval *row = vector_push(&world->region, rows, sizeof *row);
    if (row != NULL)
        *row = put;
}

static struct ledger_interval interval_at(const struct world *world, const struct vector *rows,
                                          uint32_t i)
{
    return *(struct ledger_interval *)vector_at(&world->region, rows, i);
}

/* The entries that make what it holds now: the lineage behind its last FLUSHALL. */
static void live_add(struct world *world, const struct log *log, struct vector *to)
{
    const struct journal *journal = journal_of(world);
    uint32_t flush = 0;
    for (uint32_t i = journal->flushes.count; i-- > 0 && flush == 0;) {
        uint32_t position = *(uint32_t *)vector_at(&world->region, &journal->flushes, i);
        if (log_in_lineage(world, log, position))
            flush = position;
    }
    for (uint32_t i = 0; i < log->lineage.count; i++) {
        struct ledger_interval row = interval_at(world, &log->lineage, i);
        row.from = row.from > flush ? row.from : flush + 1;
        row.to = row.to < log->end ? row.to : log->end;
        if (row.from <= row.to)
            interval_push(world, to, row);
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
        if (other.writer == row->writer && at >= other.from && at <= other.to) {
            at = other.to + 1;
            i = UINT32_MAX; /* from the first again: they may overlap */
        }
    }
    if (at > row->to)
        return false;
    *run = (struct ledger_interval){at, row->to, row->writer};
    for (uint32_t i = 0; i < rows->count; i++) {
        struct ledger_interval other = interval_at(world, rows, i);
        if (other.writer == row->writer && other.from > at && other.from <= run->to)
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
        if (log_in_lineage(world, log, log_place(world, log, row.write))) {
            log_unrevive(world, log, row.write);
            continue;
        }
        if (row.holder != 0 && !log_in_lineage(world, log, row.holder))
            row.holder = 0;
        *(struct log_revived *)vector_at(&world->region, &log->revived, kept++) = row;
    }
    log->revived.count = kept;
}

static void lineage_put(struct world *world, struct log *log,
                        const struct ledger_interval *intervals, uint32_t count)
{
    log->lineage.count = 0;
    log->end = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct ledger_interval *last =
            log->lineage.count == 0
                ? NULL
                : vector_at(&world->region, &log->lineage, log->lineage.count - 1);
        if (last != NULL && intervals[i].writer == last->writer &&
            intervals[i].from == last->to + 1)
            last->to = intervals[i].to;
        else
            interval_push(world, &log->lineage, intervals[i]);
        if (intervals[i].to != UINT32_MAX && intervals[i].to > log->end)
            log->end = intervals[i].to;
        log_make_kin(world, log, intervals[i].writer);
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
            interval_push(world, &log->missing, run);
    }
    for (uint32_t i = 0; i < now.count; i++) {
        struct ledger_interval row = interval_at(world, &now, i);
        while (run_outside(world, &before, &row, &run))
            if (run.writer == log->writer) /* what others wrote came by replication */
                trace(world, store, TRACE_BROUGHT_BACK, run.from, run.to);
    }
    vector_clear(&world->region, &before);
    vector_clear(&world->region, &now);
}

/* The interval that holds the first position after `at`; false when there is none. */
static bool interval_after(const struct world *world, const struct log *log, uint64_t at,
                           struct ledger_interval *found)
{
    for (uint32_t i = 0; i < log->lineage.count; i++) {
        *found = interval_at(world, &log->lineage, i);
        if (found->to > at) {
            found->from = found->from > at ? found->from : (uint32_t)at + 1;
            return true;
        }
    }
    return false;
}

uint64_t ledger_common(const struct world *world, uint32_t store, uint32_t other)
{
    const struct log *a = ledger_log(world, store), *b = ledger_log(world, other);
    struct ledger_interval of_a, of_b;
    uint64_t at = 0;
    if (a == NULL || b == NULL)
        return 0;
    while (interval_after(world, a, at, &of_a) && interval_after(world, b, at, &of_b) &&
           of_a.writer == of_b.writer && of_a.from == of_b.from)
        at = of_a.to < of_b.to ? of_a.to : of_b.to;
    return at;
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
        *loss = (struct log_loss){row.from, row.to, row.writer, (uint32_t)cause, at_ns};
    trace(world, log->store, TRACE_LOST, row.from, trace_lost(row.to, cause, row.writer));
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
        bool demoted = cause == LOST_RESYNC && row.writer == log->writer;
        if (taken.from > taken.to) {
            interval_push(world, &left, row);
            continue;
        }
        if (row.from < taken.from)
            interval_push(world, &left,
                          (struct ledger_interval){row.from, taken.from - 1, row.writer});
        if (row.to > taken.to)
            interval_push(world, &left, (struct ledger_interval){taken.to + 1, row.to, row.writer});
        loss_add(world, log, taken, at_ns, demoted ? LOST_DEMOTED : cause);
    }
    vector_clear(&world->region, &log->missing);
    log->missing = left;
}
