/*
 * Where each store is in the stream of its master: what a replica has, what its master knows of it,
 * and whether the backlog still covers what it lacks.
 */
#include <string.h>

#include "sim/store/store_state.h"

#define NAME_CELLS   12u
#define OFFSET_CELLS 14u

static const struct replica *listed_at(const struct world *world, uint32_t master, uint32_t store)
{
    const struct repl *repl = &store_at(world, master)->repl;
    for (uint32_t i = 0; i < repl->replicas.count; i++)
        if (replica_at(world, repl, i)->component == store)
            return replica_at(world, repl, i);
    return NULL;
}

void store_stream_read(const struct world *world, uint32_t store, struct store_stream *stream)
{
    const struct repl *repl = &store_at(world, store)->repl;
    memset(stream, 0, sizeof *stream);
    stream->master = repl->master;
    stream->up = component_at(world, store)->up != 0;
    stream->offset = repl->offset;
    stream->kept_from = repl->offset - repl->backlog.bytes;
    if (repl->master == 0)
        return;
    uint64_t item;
    const struct replica *listed = listed_at(world, repl->master, store);
    uint64_t there = store_at(world, repl->master)->repl.offset;
    stream->link_up = repl->state == LINK_CONNECTED;
    stream->syncing = repl->state == LINK_TRANSFER || repl->state == LINK_SYNCING;
    stream->behind = there > repl->offset ? there - repl->offset : 0;
    stream->goes_on =
        !stream->link_up && repl->cached != 0 &&
        repl_goes_on(world, repl->master, repl->cached_id, repl->cached_offset, &item);
    if (listed == NULL)
        return;
    stream->listed = true;
    stream->acked = listed->ack_offset;
    stream->lag_s = listed->state == REPLICA_ONLINE ? clock_s(world) - listed->ack_s : 0;
}

/* --- the table -------------------------------------------------------------------------------- */

static void cell(struct text *text, size_t before, size_t width)
{
    while (text->used - before < width)
        text_add_char(text, ' ');
}

static void offset_add(struct text *text, uint64_t offset)
{
    size_t before = text->used;
    text_add_grouped(text, offset);
    cell(text, before, OFFSET_CELLS);
}

static const char *state_words(const struct store_stream *stream, bool korean)
{
    if (!stream->up)
        return korean ? "꺼짐" : "down";
    if (stream->syncing)
        return korean ? "스냅샷 받는 중" : "a snapshot comes";
    if (stream->link_up)
        return korean ? "연결됨" : "link up";
    if (stream->goes_on)
        return korean ? "연결 없음, 이어 받을 수 있음" : "link down, can go on";
    return korean ? "연결 없음, 전체 동기화 필요" : "link down, needs a full sync";
}

static void row_add(const struct world *world, struct text *text, uint32_t store, bool korean)
{
    struct store_stream stream;
    size_t before = text->used;
    store_stream_read(world, store, &stream);
    text_add(text, stream.master == 0 ? "" : "  ");
    text_add(text, component_at(world, store)->name);
    cell(text, before, NAME_CELLS);
    text_add_char(text, ' ');
    offset_add(text, stream.offset);
    if (stream.master == 0) {
        text_add(text, korean ? "마스터" : "master");
        if (stream.kept_from < stream.offset) {
            text_add(text, korean ? ", 백로그 " : ", backlog from ");
            text_add_grouped(text, stream.kept_from);
            text_add(text, korean ? "부터" : "");
        }
        if (!stream.up)
            text_add(text, korean ? ", 꺼짐" : ", down");
        text_add_char(text, '\n');
        return;
    }
    before = text->used;
    text_add_char(text, '-');
    text_add_grouped(text, stream.behind);
    text_add(text, " B");
    cell(text, before, OFFSET_CELLS);
    before = text->used;
    if (stream.listed) {
        text_add(text, "ack ");
        text_add_grouped(text, stream.acked);
        text_add(text, " lag ");
        text_add_u64(text, stream.lag_s);
        text_add(text, " s  ");
    }
    text_add(text, state_words(&stream, korean));
    text_add_char(text, '\n');
}

void store_replication_report(const struct world *world, struct text *text, enum language language)
{
    bool korean = language == LANGUAGE_KO, any = false;
    for (uint32_t id = 0; (id = component_next(world, id, KIND_STORE)) != 0;) {
        if (store_at(world, id)->repl.master != 0)
            continue;
        any = true;
        row_add(world, text, id, korean);
        for (uint32_t of = 0; (of = component_next(world, of, KIND_STORE)) != 0;)
            if (store_at(world, of)->repl.master == id)
                row_add(world, text, of, korean);
    }
    /* Chained ones stand below no master. */
    for (uint32_t id = 0; (id = component_next(world, id, KIND_STORE)) != 0;) {
        uint32_t master = store_at(world, id)->repl.master;
        if (master != 0 && store_at(world, master)->repl.master != 0)
            row_add(world, text, id, korean);
    }
    if (!any)
        text_add(text, korean ? "마스터가 없습니다.\n" : "There is no master.\n");
}
