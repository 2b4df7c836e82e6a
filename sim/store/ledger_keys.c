/*
 * What a key holds decides which writes are lost: the walk along a key's entries, and one write's
 * life.
 */
#include "sim/store/ledger_state.h"

static bool op_deletes(uint16_t op)
{
    return op == OP_DEL || op == OP_EXPIRED || op == OP_EVICT;
}

/* Intervals of positions of their writers, up to `limit` only. */
struct held {
    const struct ledger_interval *rows;
    uint32_t count, limit;
};

static struct held lineage_to(const struct world *world, const struct log *log, uint64_t limit)
{
    return (struct held){vector_at(&world->region, &log->lineage, 0), log->lineage.count,
                         limit < UINT32_MAX ? (uint32_t)limit : UINT32_MAX};
}

static bool holds(const struct world *world, const struct held *held, uint32_t position)
{
    if (position > held->limit)
        return false;
    uint32_t writer = journal_entry(world, position)->writer;
    for (uint32_t i = held->count; i-- > 0;)
        if (position >= held->rows[i].from && position <= held->rows[i].to &&
            writer == held->rows[i].writer)
            return true;
    return false;
}

/* A FLUSHALL between the two, both not counted. */
static bool flushed_between(const struct world *world, const struct held *held, uint32_t position,
                            uint32_t before)
{
    const struct vector *flushes = &journal_of(world)->flushes;
    for (uint32_t i = flushes->count; i-- > 0;) {
        uint32_t flush = *(uint32_t *)vector_at(&world->region, flushes, i);
        if (flush < position)
            return false;
        if (flush < before && holds(world, held, flush))
            return true;
    }
    return false;
}

/* The last deletion of the key by a client. */
static uint32_t last_deletion(const struct world *world, const struct held *held, uint32_t tip)
{
    for (uint32_t p = tip; p != 0;) {
        const struct ledger_entry *entry = journal_entry(world, p);
        if (entry->op == OP_DEL && entry->write != 0 && holds(world, held, p))
            return p;
        p = entry->previous;
    }
    return 0;
}

uint32_t ledger_holder(const struct world *world, uint32_t store, uint32_t tip, uint32_t there)
{
    const struct log *log = ledger_log(world, store);
    if (there != 0 || log == NULL)
        return there;
    const struct held held = lineage_to(world, log, UINT32_MAX);
    return last_deletion(world, &held, tip);
}

/* What the key would hold if these were all entries. */
static uint32_t holder_of(const struct world *world, const struct held *held, uint32_t tip)
{
    uint32_t p = tip;
    while (p != 0 && !holds(world, held, p))
        p = journal_entry(world, p)->previous;
    bool there = p != 0 && !op_deletes(journal_entry(world, p)->op) &&
                 !flushed_between(world, held, p, UINT32_MAX);
    return there ? p : last_deletion(world, held, p);
}

/* A write that was applied more than once stays while an earlier entry of it does. */
static uint32_t earlier_kept(const struct world *world, const struct log *log,
                             const struct held *held, uint32_t position, uint32_t after)
{
    const struct ledger_entry *entry = journal_entry(world, position);
    uint32_t write = entry->write;
    for (uint32_t p = entry->previous; p != 0;) {
        const struct ledger_entry *other = journal_entry(world, p);
        bool kept = p <= after && ((other->op == OP_SET && log_is_kin(world, log, other->writer)) ||
                                   holds(world, held, p));
        if (other->write == write && kept)
            return p;
        p = other->previous;
    }
    return 0;
}

/* What took this position out of the lineage. */
static const struct log_loss *loss_of(const struct world *world, const struct log *log,
                                      uint32_t position)
{
    uint32_t writer = journal_entry(world, position)->writer;
    for (uint32_t i = log->losses.count; i-- > 0;) {
        const struct log_loss *row = vector_at(&world->region, &log->losses, i);
        if (position >= row->from && position <= row->to && row->writer == writer)
            return row;
    }
    return NULL;
}

static enum ledger_cause cause_of(const struct world *world, const struct log *log,
                                  uint32_t position)
{
    const struct log_loss *row = loss_of(world, log, position);
    return row == NULL ? LOST_COMMAND : (enum ledger_cause)row->cause;
}

/* cause LOST_CAUSES: the one that ledger_lose was told for the position. */
static void entry_lose(struct world *world, struct log *log, uint32_t position, uint32_t after,
                       enum ledger_cause cause)
{
    uint32_t write = journal_entry(world, position)->write;
    if (!log_mark_is(log_mark(world, log, write), MARK_THERE) ||
        log_place(world, log, write) != position)
        return;
    const struct held held = lineage_to(world, log, UINT32_MAX);
    uint32_t earlier = RECORD_APPLIED(ledger_record(world, write)->bits) > 1
                           ? earlier_kept(world, log, &held, position, after)
                           : 0;
    log_lose(world, log, write, cause == LOST_CAUSES ? cause_of(world, log, position) : cause);
    if (earlier != 0) {
        log_put_place(world, log, write, earlier);
        log_keep(world, log, write, after);
    }
}

static void entry_keep(struct world *world, struct log *log, uint32_t position, uint32_t holder)
{
    uint32_t write = journal_entry(world, position)->write;
    if (ledger_record(world, write) == NULL || log_mark_is(log_mark(world, log, write), MARK_THERE))
        return;
    if (holder > position && holder > log->revival)
        log->revival = holder;
    log_put_place(world, log, write, position);
    log_keep(world, log, write, holder);
}

/* A walk along a key's entries from the last one back. */
struct walk {
    const struct held *held;
    uint32_t after;   /* what the key holds */
    uint32_t covered; /* the next deletion behind that a client asked for, UINT32_MAX none */
    uint32_t wiped;   /* 1: deleted before that, and no client asked for it */
};

/* Does what the entry wrote live on in what the key holds? */
static bool walk_lives(const struct world *world, struct walk *walk, uint32_t position)
{
    const struct ledger_entry *entry = journal_entry(world, position);
    bool lives = position <= walk->after;
    if (entry->op == OP_INCR && lives)
        lives = walk->wiped == 0 && holds(world, walk->held, position) &&
                !flushed_between(world, walk->held, position, walk->covered);
    if (op_deletes(entry->op) && holds(world, walk->held, position)) {
        walk->wiped = entry->write == 0;
        walk->covered = walk->wiped ? walk->covered : position;
    }
    return lives;
}

void ledger_hold(struct world *world, uint32_t store, uint32_t tip, uint32_t before, uint32_t after,
                 enum ledger_cause cause)
{
    struct log *log = ledger_log(world, store);
    if (log == NULL || before == after)
        return;
    uint32_t low = before < after ? before : after;
    uint32_t high = before < after ? after : before;
    const struct held held = lineage_to(world, log, UINT32_MAX);
    struct walk walk = {&held, after, UINT32_MAX, 0};
    for (uint32_t p = tip; p > low;) {
        const struct ledger_entry *entry = journal_entry(world, p);
        uint32_t write = entry->write, previous = entry->previous;
        bool lives = walk_lives(world, &walk, p);
        if (write != 0 && p <= high && log_is_kin(world, log, entry->writer)) {
            if (lives)
                entry_keep(world, log, p, after);
            else
                entry_lose(world, log, p, after, cause);
        }
        p = previous;
    }
}

/* --- what would be lost ----------------------------------------------------------------------- */

static uint64_t key_at_risk(const struct world *world, const struct log *log,
                            const struct held *held, uint32_t tip, uint32_t counted)
{
    uint32_t after = holder_of(world, held, tip);
    struct walk walk = {held, after, UINT32_MAX, 0};
    uint64_t lost = 0;
    for (uint32_t p = tip; p != 0;) {
        const struct ledger_entry *entry = journal_entry(world, p);
        const struct ledger_record *record = ledger_record(world, entry->write);
        bool lives = walk_lives(world, &walk, p);
        bool counts = record != NULL && p <= counted &&
                      RECORD_OUTCOME(record->bits) == LEDGER_ACKED &&
                      log_mark_is(log_mark(world, log, entry->write), MARK_THERE) &&
                      log_place(world, log, entry->write) == p;
        if (counts && !lives)
            lost +=
                RECORD_APPLIED(record->bits) <= 1 || earlier_kept(world, log, held, p, after) == 0;
        p = entry->previous;
    }
    return lost;
}

uint64_t ledger_key_behind(const struct world *world, uint32_t store, uint64_t position,
                           uint32_t tip, uint32_t counted, uint64_t limit)
{
    const struct log *log = ledger_log(world, store);
    while (tip > position && !log_in_lineage(world, log, tip))
        tip = journal_entry(world, tip)->previous;
    if (tip != position || !log_in_lineage(world, log, tip))
        return 0;
    const struct held held = lineage_to(world, log, limit);
    return key_at_risk(world, log, &held, tip, counted);
}

uint64_t ledger_key_outside(const struct world *world, uint32_t store,
                            const struct ledger_interval *rows, uint32_t count, uint32_t tip,
                            uint32_t counted)
{
    const struct held held = {rows, count, UINT32_MAX};
    return key_at_risk(world, ledger_log(world, store), &held, tip, counted);
}

bool ledger_made_up(const struct world *world, uint32_t store, uint64_t position)
{
    return ledger_log(world, store)->revival > position;
}

/* --- one write's life ------------------------------------------------------------------------- */

/* When the write at this position was lost: by the loss that took its position, else by the command
 * that deleted its key. */
static uint64_t lost_at(const struct world *world, const struct log *log, uint32_t position,
                        uint32_t cause)
{
    const struct log_loss *row = loss_of(world, log, position);
    if (row != NULL && row->cause == cause)
        return row->at_ns;
    uint32_t key = journal_entry(world, position)->key;
    for (uint32_t p = position + 1; p <= journal_of(world)->end; p++) {
        const struct ledger_entry *entry = journal_entry(world, p);
        if (entry->key == key && op_deletes(entry->op) && log_in_lineage(world, log, p))
            return entry->value_bytes * MS_NS;
    }
    return 0;
}

/* The service never had it: what became of it where it was taken. */
static void left_behind(const struct world *world, uint64_t write, struct ledger_life *life)
{
    const struct log *from = ledger_log_of_writer(world, life->writer);
    unsigned mark = log_mark(world, from, write);
    life->lost = 1;
    if (log_mark_is(mark, MARK_GONE)) {
        life->cause = (uint16_t)(mark >> MARK_CAUSE_SHIFT);
        life->lost_at_ns = lost_at(world, from, (uint32_t)life->position, life->cause);
        return;
    }
    life->cause = LOST_BEHIND;
    life->lost_at_ns = from->answers == 0 ? from->down_ns : world->now_ns;
}

bool ledger_of(const struct world *world, uint64_t write, struct ledger_life *life)
{
    const struct ledger_record *record = ledger_record(world, write);
    if (record == NULL)
        return false;
    const struct ledger_client *client = record_client(world, record);
    *life = (struct ledger_life){.client = client->client,
                                 .position = record->position,
                                 .service = ledger_service_of(world, client),
                                 .applied = RECORD_APPLIED(record->bits),
                                 .outcome = (uint16_t)RECORD_OUTCOME(record->bits)};
    if (record->position == 0)
        return true;
    life->writer = journal_entry(world, record->position)->writer;
    life->store = ledger_log_of_writer(world, life->writer)->store;
    const struct log *log = ledger_log(world, life->service);
    if (log == NULL)
        return true;
    unsigned mark = log_mark(world, log, write);
    life->position = log_place(world, log, write);
    if (log_mark_is(mark, MARK_GONE)) {
        life->lost = 1;
        life->cause = (uint16_t)(mark >> MARK_CAUSE_SHIFT);
        life->lost_at_ns = lost_at(world, log, (uint32_t)life->position, life->cause);
    } else if (!log_mark_is(mark, MARK_THERE)) {
        left_behind(world, write, life);
    }
    return true;
}
