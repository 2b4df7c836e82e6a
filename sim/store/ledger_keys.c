/*
 * What a key holds decides which writes are lost: the walk along a key's entries, and one write's
 * life.
 */
#include "sim/store/ledger_state.h"

static bool op_deletes(uint16_t op)
{
    return op == OP_DEL || op == OP_EXPIRED || op == OP_EVICT;
}

static bool flushed_after(const struct world *world, const struct log *log, uint32_t position)
{
    for (uint32_t i = log->flushes.count; i-- > 0;) {
        uint32_t flush = *(uint32_t *)vector_at(&world->region, &log->flushes, i);
        if (flush < position)
            return false;
        if (log_in_lineage(world, log, flush))
            return true;
    }
    return false;
}

/* A write that was applied more than once stays while an earlier entry of it does. */
static uint32_t earlier_kept(const struct world *world, const struct log *log, uint32_t position,
                             uint32_t after)
{
    const struct ledger_entry *entry = log_entry(world, log, position);
    uint32_t write = entry->write;
    for (uint32_t p = entry->previous; p != 0;) {
        const struct ledger_entry *other = log_entry(world, log, p);
        bool kept = p <= after && (other->op == OP_SET || log_in_lineage(world, log, p));
        if (other->write == write && kept)
            return p;
        p = other->previous;
    }
    return 0;
}

/* What took this position out of the lineage. */
static enum ledger_cause cause_of(const struct world *world, const struct log *log,
                                  uint32_t position)
{
    for (uint32_t i = log->losses.count; i-- > 0;) {
        const struct log_loss *row = vector_at(&world->region, &log->losses, i);
        if (position >= row->from && position <= row->to)
            return (enum ledger_cause)row->cause;
    }
    return LOST_COMMAND;
}

/* cause LOST_CAUSES: the one that ledger_lose was told for the position. */
static void entry_lose(struct world *world, struct log *log, uint32_t position, uint32_t after,
                       enum ledger_cause cause)
{
    uint32_t write = log_entry(world, log, position)->write;
    struct ledger_record *record = ledger_record(world, write);
    if (record == NULL || record->position != position || (record->bits & RECORD_GONE) != 0)
        return;
    uint32_t earlier =
        RECORD_APPLIED(record->bits) > 1 ? earlier_kept(world, log, position, after) : 0;
    record_lose(world, log, write, cause == LOST_CAUSES ? cause_of(world, log, position) : cause);
    if (earlier != 0) {
        record->position = earlier;
        record_revive(world, log, write, after);
    }
}

static void entry_keep(struct world *world, struct log *log, uint32_t position, uint32_t holder)
{
    uint32_t write = log_entry(world, log, position)->write;
    struct ledger_record *record = ledger_record(world, write);
    if (record == NULL || (record->bits & RECORD_GONE) == 0)
        return;
    const struct ledger_pair *pair = ledger_pair(world, record->bits);
    if (pair->store != log->store)
        return;
    record->position = position;
    record_revive(world, log, write, holder);
}

void ledger_hold(struct world *world, uint32_t store, uint32_t tip, uint32_t before, uint32_t after,
                 enum ledger_cause cause)
{
    struct log *log = ledger_log(world, store);
    if (log == NULL || before == after)
        return;
    uint32_t low = before < after ? before : after;
    uint32_t high = before < after ? after : before;
    bool deleted = false;
    for (uint32_t p = tip; p > low;) {
        const struct ledger_entry *entry = log_entry(world, log, p);
        uint32_t previous = entry->previous;
        uint16_t op = entry->op;
        bool deletes = op_deletes(op);
        bool lives = p <= after;
        if (op == OP_INCR && lives)
            lives = !deleted && log_in_lineage(world, log, p) && !flushed_after(world, log, p);
        if (deletes && log_in_lineage(world, log, p)) {
            deleted = deleted || lives;
            lives = true;
        }
        if (entry->write != 0 && (p <= high || deletes)) {
            if (lives)
                entry_keep(world, log, p, after);
            else
                entry_lose(world, log, p, after, cause);
        }
        p = previous;
    }
}

/* When the write at this position was lost: by the loss that took its position, else by the command
 * that deleted its key. */
static uint64_t lost_at(const struct world *world, const struct log *log, uint32_t position,
                        uint32_t cause)
{
    for (uint32_t i = log->losses.count; i-- > 0;) {
        const struct log_loss *row = vector_at(&world->region, &log->losses, i);
        if (position >= row->from && position <= row->to && row->cause == cause)
            return row->at_ns;
    }
    uint32_t key = log_entry(world, log, position)->key;
    for (uint32_t p = position + 1; p <= log->end; p++) {
        const struct ledger_entry *entry = log_entry(world, log, p);
        if (entry->key == key && op_deletes(entry->op))
            return entry->value_bytes * MS_NS;
    }
    return 0;
}

bool ledger_of(const struct world *world, uint64_t write, struct ledger_life *life)
{
    const struct ledger_record *record = ledger_record(world, write);
    if (record == NULL)
        return false;
    const struct ledger_pair *pair = ledger_pair(world, record->bits);
    *life = (struct ledger_life){.client = pair->client,
                                 .store = pair->store,
                                 .position = record->position,
                                 .applied = RECORD_APPLIED(record->bits),
                                 .outcome = (uint16_t)RECORD_OUTCOME(record->bits)};
    if ((record->bits & RECORD_GONE) == 0)
        return true;
    life->lost = 1;
    life->cause = (uint16_t)RECORD_CAUSE(record->bits);
    life->lost_at_ns =
        lost_at(world, ledger_log(world, pair->store), record->position, life->cause);
    return true;
}
