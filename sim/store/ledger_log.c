/*
 * A store's log: entries by position, and how many acked writes stand after a position.
 */
#include <string.h>

#include "sim/store/ledger_state.h"

uint32_t ledger_append(struct world *world, uint32_t store, const struct ledger_entry *entry)
{
    struct log *log = ledger_log(world, store);
    if (log == NULL || log->end == UINT32_MAX - 1)
        return 0;
    uint32_t place = log->end;
    if (place % LOG_CHUNK_ENTRIES == 0) {
        ref chunk = arena_take(&world->region, LOG_CHUNK_BYTES);
        ref *row = vector_push(&world->region, &log->chunks, sizeof(ref));
        if (chunk == 0 || row == NULL)
            return 0;
        *row = chunk;
    }
    if (place >> 6 >= log->bits.count &&
        vector_push(&world->region, &log->bits, sizeof(uint64_t)) == NULL)
        return 0;
    if (place >> LOG_BLOCK_SHIFT >= log->blocks.count &&
        vector_push(&world->region, &log->blocks, sizeof(uint32_t)) == NULL)
        return 0;
    if (entry->op == OP_FLUSH)
        log_flushes(world, log);
    log->end++;
    *log_entry(world, log, log->end) = *entry;
    if (entry->op == OP_FLUSH) {
        uint32_t *row = vector_push(&world->region, &log->flushes, sizeof(uint32_t));
        if (row != NULL)
            *row = log->end;
    }
    return log->end;
}

const struct ledger_entry *ledger_entry(const struct world *world, uint32_t store,
                                        uint64_t position)
{
    const struct log *log = ledger_log(world, store);
    if (log == NULL || position == 0 || position > log->end)
        return NULL;
    return log_entry(world, log, (uint32_t)position);
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

void ledger_keep_text(struct world *world, uint32_t store, uint32_t position, const char *at,
                      uint32_t bytes)
{
    struct log *log = ledger_log(world, store);
    if (log == NULL)
        return;
    ref words = arena_take(&world->region, (uint64_t)bytes + 1);
    struct log_text *row = vector_push(&world->region, &log->texts, sizeof *row);
    if (words == 0 || row == NULL)
        return;
    memcpy(arena_at(&world->region, words), at, bytes);
    *row = (struct log_text){position, bytes, words};
}

const char *ledger_text(const struct world *world, uint32_t store, uint32_t position)
{
    const struct log *log = ledger_log(world, store);
    uint32_t low = 0, high = log == NULL ? 0 : log->texts.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct log_text *row = vector_at(&world->region, &log->texts, middle);
        if (row->position == position)
            return arena_at(&world->region, row->at);
        if (row->position < position)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void log_set_bit(struct world *world, struct log *log, uint32_t position, bool set)
{
    uint32_t place = position - 1;
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

void ledger_service(struct world *world, uint32_t store, bool answers)
{
    struct log *log = ledger_log(world, store);
    if (log != NULL)
        log->answers = answers;
}
