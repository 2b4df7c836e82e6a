/*
 * What a start would make of the files: which positions they bring back, or why it refuses.
 *
 * rdbLoadRio and loadSingleAppendOnlyFile of Redis 7.0 (rdb.c, aof.c); TRUTH redis.rdb-corrupt.1,
 * redis.aof-corrupt.1, redis.aof-enable.1.
 */
#include "sim/store/store_state.h"

#define MAGIC_BYTES 9u /* REDIS0010 */

static void refuse(struct store *store, const char *a, const char *b, const char *c)
{
    struct text line = TEXT(store->load.words);
    text_clear(&line);
    text_add(&line, a);
    text_add(&line, b);
    text_add(&line, c);
    store->load.refused = 1;
}

static void piece_add(struct world *world, struct store *store, uint64_t from, uint64_t to,
                      uint32_t writer)
{
    uint32_t count = store->load.pieces.count;
    if (count > 0) {
        const struct ledger_interval *last =
            vector_at(&world->region, &store->load.pieces, count - 1);
        /* What a command changed while a rewrite began is in the base, too. */
        if (from <= last->to && to > last->to)
            from = (uint64_t)last->to + 1;
    }
    if (to < from)
        return;
    struct ledger_interval *row =
        vector_push(&world->region, &store->load.pieces, sizeof(struct ledger_interval));
    if (row != NULL)
        *row = (struct ledger_interval){(uint32_t)from, (uint32_t)to, writer};
}

static void file_plan(struct world *world, struct store *store, uint32_t file)
{
    uint32_t *row = vector_push(&world->region, &store->load.files, sizeof(uint32_t));
    if (row != NULL)
        *row = file;
    store->load.bytes += file_at(world, file)->length;
}

/* --- snapshots -------------------------------------------------------------------------------- */

static void checksum_words(struct store *store, const struct file *file)
{
    uint64_t right = (file->mark[SNAPSHOT_POSITION] + 1) * 0x9e3779b97f4a7c15u;
    struct text line = TEXT(store->load.words);
    text_clear(&line);
    text_add(&line, "Wrong RDB checksum expected: (");
    text_add_hex(&line, right ^ right >> 29, 16);
    text_add(&line, ") but got (");
    text_add_hex(&line, right * 0xbf58476d1ce4e5b9u, 16);
    text_add(&line, "). Aborting now.");
    store->load.refused = 1;
}

static bool snapshot_damaged(struct world *world, uint32_t id, const struct file *file)
{
    struct store *store = store_at(world, id);
    for (uint32_t i = 0; i < file->damage.count; i++) {
        const struct file_damage *damage = vector_at(&world->region, &file->damage, i);
        if (damage->offset >= file->mark[SNAPSHOT_BYTES])
            continue; /* behind the end: never read */
        if (damage->offset < MAGIC_BYTES) {
            refuse(store, "Fatal error loading the DB: Invalid argument. Exiting.", "", "");
            return true;
        }
        if (parameter_get(world, id, STORE_RDBCHECKSUM) != 0) {
            checksum_words(store, file);
            return true;
        }
    }
    return false;
}

/* What it holds: positions, though they may have left no key. */
static void snapshot_pieces(struct world *world, uint32_t id, uint32_t file_id)
{
    uint32_t picture = (uint32_t)file_at(world, file_id)->mark[SNAPSHOT_PICTURE];
    for (uint32_t i = 0; i < ledger_picture_rows(world, picture); i++) {
        const struct ledger_interval row = ledger_picture_row(world, picture, i);
        piece_add(world, store_at(world, id), row.from, row.to, row.writer);
    }
}

static void judge_snapshot(struct world *world, uint32_t id, uint32_t file_id)
{
    struct store *store = store_at(world, id);
    const struct file *file = file_at(world, file_id);
    file_plan(world, store, file_id);
    if (snapshot_damaged(world, id, file))
        return;
    if (file->length < file->mark[SNAPSHOT_BYTES] || file->length == 0) {
        refuse(store, "Short read or OOM loading DB. Unrecoverable error, aborting now.", "", "");
        return;
    }
    store->load.snapshot_keys = file->mark[SNAPSHOT_KEYS];
    snapshot_pieces(world, id, file_id);
}

/* --- the append only log ---------------------------------------------------------------------- */

/* Is what the damage hit a value or a name, which nothing checks, and not the form of a command? */
static bool hits_payload(const struct world *world, uint32_t id, uint32_t file_id,
                         const struct file_damage *damage)
{
    uint64_t start, length = damage->length == 0 ? 1 : damage->length;
    uint64_t position = aof_reaches(world, file_id, damage->offset, &start) + 1;
    while (position <= ledger_end_position(world, id) && !ledger_holds(world, id, position))
        position++;
    if (position > ledger_end_position(world, id))
        return false;
    const struct ledger_entry *entry = ledger_entry(world, position);
    if (entry->op != OP_SET || entry->flags != 0)
        return false;
    uint64_t end = start + entry_command_bytes(world, (uint32_t)position);
    uint64_t value = end - 2 - entry->value_bytes;
    return damage->offset >= value && damage->offset + length <= end;
}

static void bad_format(struct store *store, const char *name)
{
    refuse(store, "Bad file format reading the append only file ", name,
           ": make a backup of your AOF file, then use ./redis-check-aof --fix "
           "<filename.manifest>");
}

static bool log_damaged(struct world *world, uint32_t id, uint32_t file_id)
{
    struct store *store = store_at(world, id);
    const struct file *file = file_at(world, file_id);
    for (uint32_t i = 0; i < file->damage.count; i++) {
        const struct file_damage *damage = vector_at(&world->region, &file->damage, i);
        if (damage->offset >= file->length || hits_payload(world, id, file_id, damage))
            continue;
        bad_format(store, file->name);
        return true;
    }
    return false;
}

static void judge_tail(struct world *world, uint32_t id, uint32_t file_id, uint64_t end, bool last)
{
    struct store *store = store_at(world, id);
    const struct file *file = file_at(world, file_id);
    if (parameter_get(world, id, STORE_AOF_LOAD_TRUNCATED) == 0) {
        refuse(store, "Unexpected end of file reading the append only file ", file->name,
               ". You can: 1) Make a backup of your AOF file, then use ./redis-check-aof --fix");
        return;
    }
    if (!last) {
        refuse(store, "Fatal error: the truncated file is not the last file", "", "");
        return;
    }
    store->load.truncated = file_id;
    store->load.truncate_to = end;
}

static void judge_incr(struct world *world, uint32_t id, uint32_t file_id, bool last)
{
    struct store *store = store_at(world, id);
    const struct file *file = file_at(world, file_id);
    uint64_t end;
    file_plan(world, store, file_id);
    uint64_t reached = aof_reaches(world, file_id, file->length, &end);
    if (log_damaged(world, id, file_id))
        return;
    aof_segment_cut(world, file_id, reached); /* what power took is not in the file any more */
    if (end < file->length)
        judge_tail(world, id, file_id, end, last);
    if (store->load.refused)
        return;
    for (uint64_t i = 0; i < file->mark[INCR_SEGMENTS]; i++) {
        const struct aof_segment segment = *aof_segment(world, file, i);
        uint64_t to = segment.to < reached ? segment.to : reached;
        piece_add(world, store, segment.from, to, segment.writer);
        for (uint64_t p = segment.from; p <= to; p++)
            store->load.commands += ledger_entry(world, p)->writer == segment.writer;
    }
}

/* A file that the manifest names; 0 and the words when it is not there. */
static uint32_t named_file(struct world *world, uint32_t id, const char *name)
{
    uint32_t file = file_find(world, id, name);
    if (file == 0)
        refuse(store_at(world, id), "Unable to obtain the AOF file ", name,
               " length. stat: No such file or directory");
    return file;
}

static void judge_base(struct world *world, uint32_t id, const uint64_t mark[4])
{
    struct store *store = store_at(world, id);
    char name[48];
    struct text text = TEXT(name);
    text_clear(&text);
    aof_base_name(&text, mark[MANIFEST_BASE], (enum base_type)mark[MANIFEST_BASE_TYPE]);
    uint32_t file = named_file(world, id, name);
    if (file == 0)
        return;
    store->load.base_bytes = file_at(world, file)->length;
    if (mark[MANIFEST_BASE_TYPE] == BASE_AOF && file_at(world, file)->length == 0) {
        file_plan(world, store, file);
        if (file_at(world, file)->mark[SNAPSHOT_BYTES] == 0)
            snapshot_pieces(world, id, file);
        return;
    }
    judge_snapshot(world, id, file);
    store->load.hybrid = mark[MANIFEST_BASE_TYPE] == BASE_RDB;
    if (store->load.hybrid == 0) {
        store->load.commands += store->load.snapshot_keys;
        store->load.snapshot_keys = 0;
    }
}

static void judge_log(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    uint32_t manifest = manifest_file(world, id);
    if (manifest == 0)
        return; /* AOF_NOT_EXIST: it starts empty, without a word */
    const struct file *file = file_at(world, manifest);
    const uint64_t mark[4] = {file->mark[0], file->mark[1], file->mark[2], file->mark[3]};
    if (file->length == 0) {
        refuse(store, "Found an empty AOF manifest", "", "");
        return;
    }
    if (file->length < manifest_bytes(mark) || file->damage.count > 0) {
        refuse(store, "Invalid AOF manifest file format", "", "");
        return;
    }
    if (mark[MANIFEST_BASE] != 0)
        judge_base(world, id, mark);
    for (uint64_t i = mark[MANIFEST_FIRST]; i != 0 && i <= mark[MANIFEST_LAST]; i++) {
        char name[48];
        struct text text = TEXT(name);
        if (store->load.refused)
            return;
        text_clear(&text);
        aof_incr_name(&text, i);
        uint32_t incr = named_file(world, id, name);
        if (incr != 0)
            judge_incr(world, id, incr, i == mark[MANIFEST_LAST]);
    }
}

void load_judge(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    vector_clear(&world->region, &store->load.pieces);
    vector_clear(&world->region, &store->load.files);
    store->load = (struct load){.started_ns = world->now_ns};
    if (parameter_get(world, id, STORE_APPENDONLY) != 0) {
        judge_log(world, id);
        return;
    }
    uint32_t file = file_find(world, id, "dump.rdb");
    if (file != 0)
        judge_snapshot(world, id, file);
}

uint32_t store_file(struct world *world, uint32_t id, const char *which)
{
    uint32_t manifest = manifest_file(world, id);
    const uint64_t *mark = manifest == 0 ? NULL : file_at(world, manifest)->mark;
    char name[48];
    struct text text = TEXT(name);
    text_clear(&text);
    if (text_same_key(which, "manifest"))
        return manifest;
    if (text_same_key(which, "aof")) {
        aof_incr_name(&text, mark == NULL ? 1 : mark[MANIFEST_LAST]);
        return file_find(world, id, name);
    }
    if (!text_same_key(which, "rdb"))
        return 0;
    uint32_t dump = file_find(world, id, "dump.rdb");
    const uint64_t *file_values = arena_at(&world->region, component_at(world, id)->file);
    if (mark == NULL || (dump != 0 && file_values[STORE_APPENDONLY] == 0))
        return dump;
    aof_base_name(&text, mark[MANIFEST_BASE], (enum base_type)mark[MANIFEST_BASE_TYPE]);
    return file_find(world, id, name);
}
