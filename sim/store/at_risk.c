/*
 * What a start from the files would bring back if it came now, and what would be lost by it where
 * no copy has it either: the question of judge.c, asked while the process runs.
 */
#include "sim/store/store_state.h"

/* As many intervals as are looked at when the files do not go on into what the process holds. */
#define PIECES_MAX 64

struct pieces {
    struct ledger_interval rows[PIECES_MAX];
    uint32_t count;
    uint32_t unused;
};

static void piece_add(struct pieces *pieces, uint64_t from, uint64_t to, uint32_t writer)
{
    if (pieces == NULL || pieces->count == PIECES_MAX || to < from)
        return;
    pieces->rows[pieces->count++] = (struct ledger_interval){(uint32_t)from, (uint32_t)to, writer};
}

static uint64_t file_kept(const struct file *file, bool power)
{
    return power ? file->durable : file->length;
}

/* The last position of a snapshot; 0 when it is not whole. */
static uint64_t snapshot_restores(const struct world *world, uint32_t file, bool power,
                                  struct pieces *pieces)
{
    const struct file *dump = file_at(world, file);
    if (file_kept(dump, power) < dump->mark[SNAPSHOT_BYTES])
        return 0;
    uint32_t picture = (uint32_t)dump->mark[SNAPSHOT_PICTURE];
    for (uint32_t i = 0; pieces != NULL && i < ledger_picture_rows(world, picture); i++) {
        const struct ledger_interval row = ledger_picture_row(world, picture, i);
        piece_add(pieces, row.from, row.to, row.writer);
    }
    return dump->mark[SNAPSHOT_POSITION];
}

/* A file that was cut while nobody had it open still has its rows of what was written behind. */
static uint64_t incr_restores(const struct world *world, uint32_t id, uint32_t incr, bool power,
                              struct pieces *pieces)
{
    const struct file *file = file_at(world, incr);
    uint64_t kept = file_kept(file, power), end, reached;
    if (store_is_up(world, id) && kept == file->length && file->mark[INCR_SEGMENTS] > 0 &&
        file->damage.count == 0)
        reached = aof_segment(world, file, file->mark[INCR_SEGMENTS] - 1)->to;
    else
        reached = aof_reaches(world, incr, kept, &end);
    for (uint64_t i = 0; pieces != NULL && i < file->mark[INCR_SEGMENTS]; i++) {
        const struct aof_segment *segment = aof_segment(world, file, i);
        piece_add(pieces, segment->from, segment->to < reached ? segment->to : reached,
                  segment->writer);
    }
    return reached;
}

static uint64_t log_restores(const struct world *world, uint32_t id, bool power,
                             struct pieces *pieces)
{
    uint32_t manifest = manifest_file(world, id);
    if (manifest == 0 || file_kept(file_at(world, manifest), power) == 0)
        return 0;
    const uint64_t *mark = file_at(world, manifest)->mark;
    char name[48];
    struct text text = TEXT(name);
    uint64_t position = 0;
    if (mark[MANIFEST_BASE] != 0) {
        text_clear(&text);
        aof_base_name(&text, mark[MANIFEST_BASE], (enum base_type)mark[MANIFEST_BASE_TYPE]);
        uint32_t base = file_find(world, id, name);
        if (base == 0 ||
            file_kept(file_at(world, base), power) < file_at(world, base)->mark[SNAPSHOT_BYTES])
            return 0;
        position = snapshot_restores(world, base, power, pieces);
    }
    for (uint64_t i = mark[MANIFEST_FIRST]; i != 0 && i <= mark[MANIFEST_LAST]; i++) {
        text_clear(&text);
        aof_incr_name(&text, i);
        uint32_t incr = file_find(world, id, name);
        if (incr == 0)
            return position;
        uint64_t reached = incr_restores(world, id, incr, power, pieces);
        position = reached > position ? reached : position;
        if (file_kept(file_at(world, incr), power) < file_at(world, incr)->length)
            break;
    }
    return position;
}

static uint64_t files_restore(const struct world *world, uint32_t id, bool power,
                              struct pieces *pieces)
{
    const uint64_t *file_values = arena_at(&world->region, component_at(world, id)->file);
    if (file_values[STORE_APPENDONLY] != 0)
        return log_restores(world, id, power, pieces);
    uint32_t file = file_find(world, id, "dump.rdb");
    return file == 0 ? 0 : snapshot_restores(world, file, power, pieces);
}

uint64_t store_restores(const struct world *world, uint32_t id, bool power)
{
    return files_restore(world, id, power, NULL);
}

/* --- what would be lost ----------------------------------------------------------------------- */

/* The keys that were written to behind `position`. */
static uint64_t keys_behind(const struct world *world, uint32_t id, uint64_t position)
{
    const struct keyspace *keys = &store_at(world, id)->keys;
    uint64_t sum = 0;
    for (uint64_t p = position + 1; p <= ledger_end_position(world, id); p++) {
        const struct ledger_entry *entry = ledger_entry(world, p);
        if (entry->op == OP_FLUSH || entry->op == OP_EXPIRE || entry->op == OP_PERSIST)
            continue;
        const struct key_row *row = key_row(world, keys, entry->key);
        if (row != NULL)
            sum += ledger_key_behind(world, id, p, ledger_tip(world, entry->key), row->counted,
                                     position);
    }
    return sum;
}

/* All keys: the files hold another lineage than the process, as those of a log do that was off. */
static uint64_t keys_outside(const struct world *world, uint32_t id, bool power)
{
    const struct keyspace *keys = &store_at(world, id)->keys;
    const struct key_row *row;
    struct pieces pieces = {.count = 0};
    uint64_t sum = 0;
    files_restore(world, id, power, &pieces);
    for (uint32_t key = UINT32_MAX; (row = key_next(world, keys, &key)) != NULL;)
        sum += ledger_key_outside(world, id, pieces.rows, pieces.count, ledger_tip(world, key),
                                  row->counted);
    return sum;
}

/* Up to where another store that runs holds the same, or will when what is on the wire has come: a
 * copy would have it. */
static uint64_t copies_hold(const struct world *world, uint32_t id)
{
    uint64_t most = repl_under_way(world, id);
    for (uint32_t other = 0; (other = component_next(world, other, KIND_STORE)) != 0;) {
        if (other == id || !store_is_up(world, other))
            continue;
        uint64_t common = ledger_common(world, id, other);
        most = common > most ? common : most;
    }
    return most;
}

/* When the lineage goes on from `position` and is lost behind it. */
static uint64_t behind(const struct world *world, uint32_t id, uint64_t position)
{
    if (position == 0 || !ledger_made_up(world, id, position))
        return ledger_above(world, id, position);
    return keys_behind(world, id, position);
}

static uint64_t fault_takes(const struct world *world, uint32_t id, bool power)
{
    uint64_t position = files_restore(world, id, power, NULL), copies = copies_hold(world, id);
    if (position == 0 || ledger_holds(world, id, position))
        return behind(world, id, position > copies ? position : copies);
    uint64_t outside = keys_outside(world, id, power), left = behind(world, id, copies);
    return outside < left ? outside : left;
}

uint64_t ledger_at_risk(struct world *world, uint32_t id, enum ledger_stage stage)
{
    switch (stage) {
    case STAGE_KILL:
    case STAGE_POWER:
        return fault_takes(world, id, stage == STAGE_POWER);
    case STAGE_DISK:
        return behind(world, id, copies_hold(world, id));
    default:
        return ledger_above(world, id, ledger_position(world, id, stage));
    }
}
