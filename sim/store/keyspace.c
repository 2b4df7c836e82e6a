/*
 * Keys and their rows: names to numbers, numbers to rows, rows to values.
 */
#include <string.h>

#include "sim/store/keyspace.h"
#include "sim/store/protocol.h"

/* --- rows ------------------------------------------------------------------------------------- */

struct key_row *key_row(const struct world *world, const struct keyspace *keys, uint32_t key)
{
    const struct vector *directory = &keys->directory[key >> KEY_FAMILY_SHIFT];
    uint32_t number = key & KEY_NUMBER_MASK;
    if (number / KEY_CHUNK_ROWS >= directory->count)
        return NULL;
    const ref *chunk = vector_at(&world->region, directory, number / KEY_CHUNK_ROWS);
    if (*chunk == 0)
        return NULL;
    return (struct key_row *)arena_at(&world->region, *chunk) + number % KEY_CHUNK_ROWS;
}

struct key_row *key_need(struct world *world, struct keyspace *keys, uint32_t key)
{
    struct key_row *row = key_row(world, keys, key);
    if (row != NULL)
        return row;
    struct vector *directory = &keys->directory[key >> KEY_FAMILY_SHIFT];
    uint32_t place = (key & KEY_NUMBER_MASK) / KEY_CHUNK_ROWS;
    while (directory->count <= place) {
        if (vector_push(&world->region, directory, sizeof(ref)) == NULL)
            return NULL;
    }
    ref chunk = arena_take(&world->region, KEY_CHUNK_BYTES);
    if (chunk == 0)
        return NULL;
    *(ref *)vector_at(&world->region, directory, place) = chunk;
    return key_row(world, keys, key);
}

struct key_row *key_next(const struct world *world, const struct keyspace *keys, uint32_t *key)
{
    uint32_t at = *key + 1;
    for (uint32_t family = at >> KEY_FAMILY_SHIFT; family < FAMILY_COUNT; family++) {
        uint32_t number = family == at >> KEY_FAMILY_SHIFT ? at & KEY_NUMBER_MASK : 0;
        uint32_t count = keys->directory[family].count * KEY_CHUNK_ROWS;
        while (number < count) {
            struct key_row *row = key_row(world, keys, family << KEY_FAMILY_SHIFT | number);
            if (row != NULL) {
                *key = family << KEY_FAMILY_SHIFT | number;
                return row;
            }
            number += KEY_CHUNK_ROWS - number % KEY_CHUNK_ROWS;
        }
    }
    return NULL;
}

/* --- names ------------------------------------------------------------------------------------ */

/* The N of PREFIX:N written without leading zeros; UINT32_MAX when the name is another one. */
static uint32_t numbered(const char *name, const char *prefix)
{
    size_t bytes = strlen(prefix);
    if (strncmp(name, prefix, bytes) != 0)
        return UINT32_MAX;
    const char *digits = name + bytes;
    if (*digits == '\0' || (*digits == '0' && digits[1] != '\0'))
        return UINT32_MAX;
    uint32_t number = 0;
    for (; *digits != '\0'; digits++) {
        if (*digits < '0' || *digits > '9')
            return UINT32_MAX;
        number = number * 10 + (uint32_t)(*digits - '0');
        if (number >= KEY_NUMBERED_MAX)
            return UINT32_MAX;
    }
    return number;
}

static uint32_t hash_of(const char *name)
{
    uint32_t hash = 2166136261u;
    for (; *name != '\0'; name++)
        hash = (hash ^ (uint8_t)*name) * 16777619u;
    return hash;
}

#define NAME_SLOTS_FIRST 64u

/* The slot of a name, or the free one where it belongs; a power of two of slots, half of them free
 * at least. */
static uint32_t *name_slot(const struct world *world, const struct key_names *names, uint32_t hash,
                           const char *name)
{
    uint32_t *slots = arena_at(&world->region, names->slots);
    for (uint32_t i = hash * 2654435769u >> 7;; i++) {
        uint32_t *slot = &slots[i & (names->slot_count - 1)];
        if (*slot == 0)
            return slot;
        const struct key_name *row = vector_at(&world->region, &names->rows, *slot - 1);
        if (name != NULL && row->hash == hash &&
            strcmp(arena_at(&world->region, row->words), name) == 0)
            return slot;
    }
}

static bool name_slots_grow(struct world *world, struct key_names *names)
{
    uint32_t old = names->slot_count, count = old == 0 ? NAME_SLOTS_FIRST : old * 2;
    ref at = arena_take(&world->region, count * sizeof(uint32_t));
    if (at == 0)
        return false;
    if (old != 0)
        arena_give(&world->region, names->slots, old * sizeof(uint32_t));
    names->slots = at;
    names->slot_count = count;
    for (uint32_t i = 0; i < names->rows.count; i++) {
        const struct key_name *row = vector_at(&world->region, &names->rows, i);
        *name_slot(world, names, row->hash, NULL) = i + 1;
    }
    return true;
}

static uint32_t named(struct world *world, const char *name, bool make)
{
    struct key_names *names = ledger_names_need(world);
    if (names == NULL)
        return UINT32_MAX;
    uint32_t hash = hash_of(name);
    uint32_t place = names->slot_count == 0 ? 0 : *name_slot(world, names, hash, name);
    if (place != 0)
        return (uint32_t)FAMILY_NAMED << KEY_FAMILY_SHIFT | (place - 1);
    if (!make)
        return UINT32_MAX;
    if (names->rows.count >= names->slot_count / 2 && !name_slots_grow(world, names))
        return UINT32_MAX;
    uint32_t bytes = (uint32_t)strlen(name);
    ref words = arena_take(&world->region, (uint64_t)bytes + 1);
    struct key_name *row = vector_push(&world->region, &names->rows, sizeof *row);
    if (words == 0 || row == NULL)
        return UINT32_MAX;
    memcpy(arena_at(&world->region, words), name, bytes);
    *row = (struct key_name){words, bytes, hash};
    *name_slot(world, names, hash, NULL) = names->rows.count;
    return (uint32_t)FAMILY_NAMED << KEY_FAMILY_SHIFT | (names->rows.count - 1);
}

uint32_t key_of(struct world *world, const char *name, bool make)
{
    uint32_t number = numbered(name, "k:");
    if (number != UINT32_MAX)
        return number;
    number = numbered(name, "key:");
    if (number != UINT32_MAX)
        return (uint32_t)FAMILY_KEY << KEY_FAMILY_SHIFT | number;
    return named(world, name, make);
}

static const struct key_name *name_at(const struct world *world, uint32_t number)
{
    return vector_at(&world->region, &ledger_names(world)->rows, number);
}

uint32_t key_bytes(const struct world *world, uint32_t key)
{
    uint32_t number = key & KEY_NUMBER_MASK;
    switch (key >> KEY_FAMILY_SHIFT) {
    case FAMILY_K:
        return 2 + resp_digits(number);
    case FAMILY_KEY:
        return 4 + resp_digits(number);
    default:
        return name_at(world, number)->bytes;
    }
}

void key_add_name(struct text *text, const struct world *world, uint32_t key)
{
    uint32_t number = key & KEY_NUMBER_MASK;
    uint32_t family = key >> KEY_FAMILY_SHIFT;
    if (family == FAMILY_NAMED) {
        text_add(text, arena_at(&world->region, name_at(world, number)->words));
        return;
    }
    text_add(text, family == FAMILY_K ? "k:" : "key:");
    text_add_u64(text, number);
}

/* --- values ----------------------------------------------------------------------------------- */

uint32_t key_value_bytes(const struct world *world, const struct key_row *row)
{
    return ledger_entry(world, row->holds)->value_bytes;
}

static const struct key_extra *extra_of(const struct world *world, const struct keyspace *keys,
                                        const struct key_row *row)
{
    return row->extra == 0 ? NULL : vector_at(&world->region, &keys->extras, row->extra - 1);
}

bool key_number(const struct world *world, const struct keyspace *keys, const struct key_row *row,
                int64_t *number)
{
    if ((row->use & KEY_INTEGER) == 0)
        return false;
    *number = extra_of(world, keys, row)->number;
    return true;
}

uint64_t key_expire_ms(const struct world *world, const struct keyspace *keys,
                       const struct key_row *row)
{
    return (row->use & KEY_EXPIRES) == 0 ? 0 : extra_of(world, keys, row)->expire_ms;
}

void key_add_value(struct text *text, const struct world *world, const struct keyspace *keys,
                   const struct key_row *row)
{
    int64_t number;
    if (key_number(world, keys, row, &number)) {
        text_add_i64(text, number);
        return;
    }
    const struct ledger_entry *entry = ledger_entry(world, row->holds);
    if ((entry->flags & ENTRY_TEXT) != 0) {
        text_add(text, ledger_text(world, row->holds));
        return;
    }
    /* A client's value: random letters, the same each time that they are looked at. */
    uint64_t state = (uint64_t)row->holds * 0x9e3779b97f4a7c15u + entry->key;
    for (uint32_t i = 0; i < entry->value_bytes && !text->cut; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        text_add_char(text, (char)('a' + (state >> 33) % 26));
    }
}
