/*
 * The journal of what all stores did, and in each store's log how many acked writes stand after a
 * position.
 */
#include <string.h>

#include "sim/store/keyspace.h"
#include "sim/store/ledger_state.h"

/* --- the journal ------------------------------------------------------------------------------ */

static uint32_t *tip_at(const struct world *world, uint32_t key)
{
    const struct journal *journal = journal_of(world);
    const struct vector *tips = &journal->tips[key >> KEY_FAMILY_SHIFT];
    uint32_t number = key & KEY_NUMBER_MASK;
    if (number / LOG_TIPS >= tips->count)
        return NULL;
    const ref *chunk = vector_at(&world->region, tips, number / LOG_TIPS);
    return *chunk == 0 ? NULL : (uint32_t *)arena_at(&world->region, *chunk) + number % LOG_TIPS;
}

static uint32_t *tip_need(struct world *world, uint32_t key)
{
    struct vector *tips = &journal_of(world)->tips[key >> KEY_FAMILY_SHIFT];
    uint32_t place = (key & KEY_NUMBER_MASK) / LOG_TIPS;
    uint32_t *tip = tip_at(world, key);
    if (tip != NULL)
        return tip;
    while (tips->count <= place)
        if (vector_push(&world->region, tips, sizeof(ref)) == NULL)
            return NULL;
    ref chunk = arena_take(&world->region, LOG_TIPS * sizeof(uint32_t));
    if (chunk == 0)
        return NULL;
    *(ref *)vector_at(&world->region, tips, place) = chunk;
    return tip_at(world, key);
}

uint32_t ledger_tip(const struct world *world, uint32_t key)
{
    const uint32_t *tip = journal_of(world) == NULL ? NULL : tip_at(world, key);
    return tip == NULL ? 0 : *tip;
}

/* An entry that decides what its key holds. */
static bool holds_key(const struct ledger_entry *entry)
{
    return entry->op != OP_FLUSH && entry->op != OP_EXPIRE && entry->op != OP_PERSIST;
}

/* Room for one more entry. */
static bool journal_grow(struct world *world, struct journal *journal)
{
    if (journal->end % LOG_CHUNK_ENTRIES != 0)
        return true;
    ref chunk = arena_take(&world->region, LOG_CHUNK_BYTES);
    ref *row = vector_push(&world->region, &journal->chunks, sizeof(ref));
    if (chunk == 0 || row == NULL)
        return false;
    *row = chunk;
    return true;
}

static struct ledger_interval *lineage_last(const struct world *world, const struct log *log)
{
    return log->lineage.count == 0
               ? NULL
               : vector_at(&world->region, &log->lineage, log->lineage.count - 1);
}

/* Entries of others follow: what it wrote itself ends. */
static void lineage_close(struct world *world, struct log *log)
{
    struct ledger_interval *last = lineage_last(world, log);
    if (last != NULL && last->to == UINT32_MAX)
        last->to = log->end;
}

/* Wrote it something after `from` and before `to`?  What is not followed by it at once is not held.
 */
static bool writes_between(const struct world *world, uint32_t writer, uint32_t from, uint32_t to)
{
    for (uint32_t p = from + 1; p < to; p++)
        if (journal_entry(world, p)->writer == writer)
            return true;
    return false;
}

/* Its own entries follow: an open interval stands at the end of the lineage. */
static void lineage_open(struct world *world, struct log *log, uint32_t position)
{
    struct ledger_interval *last = lineage_last(world, log);
    if (last != NULL && last->to == UINT32_MAX)
        return;
    if (last != NULL && last->writer == log->writer &&
        !writes_between(world, log->writer, last->to, position)) {
        last->to = UINT32_MAX;
        return;
    }
    last = vector_push(&world->region, &log->lineage, sizeof *last);
    if (last != NULL)
        *last = (struct ledger_interval){position, UINT32_MAX, log->writer};
}

uint32_t ledger_append(struct world *world, uint32_t store, const struct ledger_entry *entry)
{
    struct log *log = ledger_log(world, store);
    struct journal *journal = journal_of(world);
    uint32_t *tip = holds_key(entry) ? tip_need(world, entry->key) : NULL;
    if (log == NULL || journal->end == UINT32_MAX - 1 || !journal_grow(world, journal) ||
        (tip == NULL && holds_key(entry)))
        return 0;
    if (entry->op == OP_FLUSH)
        log_flushes(world, log);
    uint32_t position = ++journal->end;
    struct ledger_entry *to = journal_entry(world, position);
    *to = *entry;
    to->writer = (uint16_t)log->writer;
    if (tip != NULL) {
        to->previous = *tip;
        *tip = position;
    }
    if (entry->op == OP_FLUSH) {
        uint32_t *row = vector_push(&world->region, &journal->flushes, sizeof(uint32_t));
        if (row != NULL)
            *row = position;
    }
    lineage_open(world, log, position);
    log->end = position;
    return position;
}

void ledger_take(struct world *world, uint32_t store, uint32_t position)
{
    struct log *log = ledger_log(world, store);
    const struct ledger_entry *entry = journal_entry(world, position);
    if (log == NULL)
        return;
    if (entry->op == OP_FLUSH)
        log_flushes(world, log);
    lineage_close(world, log);
    struct ledger_interval *last = lineage_last(world, log);
    bool goes_on = last != NULL && last->writer == entry->writer &&
                   !writes_between(world, entry->writer, last->to, position);
    if (!goes_on) {
        last = vector_push(&world->region, &log->lineage, sizeof *last);
        if (last == NULL)
            return;
        *last = (struct ledger_interval){position, position, entry->writer};
    }
    last->to = position;
    log_make_kin(world, log, entry->writer);
    log->end = position;
}

const struct ledger_entry *ledger_entry(const struct world *world, uint64_t position)
{
    const struct journal *journal = journal_of(world);
    if (journal == NULL || position == 0 || position > journal->end)
        return NULL;
    return journal_entry(world, (uint32_t)position);
}

uint64_t ledger_journal_end(const struct world *world)
{
    const struct journal *journal = journal_of(world);
    return journal == NULL ? 0 : journal->end;
}

uint64_t ledger_end_position(const struct world *world, uint32_t store)
{
    const struct log *log = ledger_log(world, store);
    return log == NULL ? 0 : log->end;
}

void ledger_mark(struct world *world, uint32_t store, enum ledger_stage stage, uint64_t position)
{
    struct log *log = ledger_log(world, store);
    if (log != NULL)
        log->stage[stage] = position;
}

uint64_t ledger_position(const struct world *world, uint32_t store, enum ledger_stage stage)
{
    const struct log *log = ledger_log(world, store);
    return log == NULL ? 0 : log->stage[stage];
}

void ledger_keep_text(struct world *world, uint32_t position, const char *at, uint32_t bytes)
{
    ref words = arena_take(&world->region, (uint64_t)bytes + 1);
    struct journal_text *row = vector_push(&world->region, &journal_of(world)->texts, sizeof *row);
    if (words == 0 || row == NULL)
        return;
    memcpy(arena_at(&world->region, words), at, bytes);
    *row = (struct journal_text){position, bytes, words};
}

const char *ledger_text(const struct world *world, uint32_t position)
{
    const struct journal *journal = journal_of(world);
    uint32_t low = 0, high = journal == NULL ? 0 : journal->texts.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct journal_text *row = vector_at(&world->region, &journal->texts, middle);
        if (row->position == position)
            return arena_at(&world->region, row->at);
        if (row->position < position)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* --- how many stand after a position ---------------------------------------------------------- */

static bool bits_reach(struct world *world, struct log *log, uint32_t place)
{
    while (log->bits.count <= place >> 6)
        if (vector_push(&world->region, &log->bits, sizeof(uint64_t)) == NULL)
            return false;
    while (log->blocks.count <= place >> LOG_BLOCK_SHIFT)
        if (vector_push(&world->region, &log->blocks, sizeof(uint32_t)) == NULL)
            return false;
    return true;
}

void log_set_bit(struct world *world, struct log *log, uint32_t position, bool set)
{
    uint32_t place = position - 1;
    if (!bits_reach(world, log, place))
        return;
    uint64_t *word = vector_at(&world->region, &log->bits, place >> 6);
    uint32_t *block = vector_at(&world->region, &log->blocks, place >> LOG_BLOCK_SHIFT);
    uint64_t bit = (uint64_t)1 << (place & 63);
    if (((*word & bit) != 0) == set)
        return;
    *word ^= bit;
    *block += set ? 1u : UINT32_MAX;
}

uint64_t ledger_above(const struct world *world, uint32_t store, uint64_t position)
{
    const struct log *log = ledger_log(world, store);
    if (log == NULL || position >= log->end)
        return 0;
    if (position == 0)
        return log->there;
    uint64_t sum = 0;
    uint32_t place = (uint32_t)position; /* the first after it, from 0 */
    uint32_t block = (place >> LOG_BLOCK_SHIFT) + 1;
    uint32_t stop = block << (LOG_BLOCK_SHIFT - 6);
    if (stop > log->bits.count)
        stop = log->bits.count;
    for (uint32_t word = place >> 6; word < stop; word++) {
        uint64_t bits = *(uint64_t *)vector_at(&world->region, &log->bits, word);
        if (word == place >> 6)
            bits &= ~(uint64_t)0 << (place & 63);
        sum += (uint64_t)__builtin_popcountll(bits);
    }
    for (; block < log->blocks.count; block++)
        sum += *(uint32_t *)vector_at(&world->region, &log->blocks, block);
    for (uint32_t i = 0; i < log->revived.count; i++) {
        const struct log_revived *row = vector_at(&world->region, &log->revived, i);
        sum += row->holder > position;
    }
    return sum;
}

void ledger_service(struct world *world, uint32_t store, bool answers, enum ledger_cause cause)
{
    struct log *log = ledger_log(world, store);
    if (log == NULL)
        return;
    if (log->answers != 0 && !answers) {
        log->down_ns = world->now_ns;
        log->down_cause = (uint32_t)cause;
    }
    log->answers = answers;
}
