/* Who believes what about the master, as a table over time; how far the copies are, as bars. */
#include "lab/view/view.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/view/draw.h"
#include "sim/store/sentinel.h"
#include "sim/store/store.h"

#define TIME_CELLS  12
#define NOW_ROWS    2 /* what each believes now, and its vote */
#define STORES_MOST 64
#define OFFSET_END  24 /* the columns of a store's row: numbers end, bar and words begin there */
#define BEHIND_END  37
#define BAR_COLUMN  39
#define WORDS_CELLS 24
#define SMALL_TABLE 8 /* rows that the table has in any case */

/* --- the rooms -------------------------------------------------------------------------------- */

struct stores {
    uint32_t id[STORES_MOST];
    uint32_t count;
};

static void store_add(struct stores *stores, uint32_t id)
{
    if (stores->count < STORES_MOST)
        stores->id[stores->count++] = id;
}

/* A master and its replicas. */
static void add_group(struct stores *stores, const struct world *world, uint32_t master)
{
    struct store_stream stream;
    store_add(stores, master);
    for (uint32_t of = 0; (of = component_next(world, of, KIND_STORE)) != 0;) {
        store_stream_read(world, of, &stream);
        if (stream.master == master)
            store_add(stores, of);
    }
}

static void add_groups(struct stores *stores, const struct world *world, bool up)
{
    struct store_stream stream;
    for (uint32_t id = 0; (id = component_next(world, id, KIND_STORE)) != 0;) {
        store_stream_read(world, id, &stream);
        if (stream.master == 0 && stream.up == up)
            add_group(stores, world, id);
    }
}

/* Each master that runs, below it its replicas; then those of replicas; last what is off. */
static void take_stores(struct stores *stores, const struct world *world)
{
    struct store_stream stream, above;
    stores->count = 0;
    add_groups(stores, world, true);
    for (uint32_t id = 0; (id = component_next(world, id, KIND_STORE)) != 0;) {
        store_stream_read(world, id, &stream);
        if (stream.master == 0)
            continue;
        store_stream_read(world, stream.master, &above);
        if (above.master != 0)
            store_add(stores, id);
    }
    add_groups(stores, world, false);
}

/* Rows of the table's changes (`told` of them there are), and of the stores with their heading. */
static void share_rows(int body, const struct sentinel_story *story, uint32_t told, uint32_t stores,
                       int *table, int *copies)
{
    bool sentinels = story->count != 0;
    int most = told > SMALL_TABLE ? (int)told : SMALL_TABLE;
    int fixed = 2 + NOW_ROWS; /* its heading, the names, what is now */
    *copies = stores ? 1 + (int)stores : 0;
    int left = body - (sentinels ? fixed + SMALL_TABLE / 2 + 1 : 0);
    if (*copies > left)
        *copies = left;
    *table = sentinels ? body - *copies - 1 - fixed : 0;
    if (*table > most) /* on a large terminal the copies stand right below it */
        *table = most;
}

/* --- who believes what ------------------------------------------------------------------------ */

static int column_of(uint32_t i, int width)
{
    return MARGIN + TIME_CELLS + (int)i * width;
}

static int column_width(const struct canvas *canvas, uint32_t count)
{
    int room = draw_width(canvas) - TIME_CELLS, width = room / (int)(count ? count : 1);
    return width > 24 ? 24 : width;
}

static enum style style_of(uint32_t belief)
{
    static const enum style styles[] = {[BELIEF_NONE] = STYLE_DIM,
                                        [BELIEF_UP] = STYLE_SAFE,
                                        [BELIEF_SDOWN] = STYLE_RISK,
                                        [BELIEF_ODOWN] = STYLE_GONE,
                                        [BELIEF_FAILOVER] = STYLE_ACTION};
    return styles[belief];
}

static void draw_cell(const struct model *model, struct canvas *canvas, int row, uint32_t i,
                      int width, const struct sentinel_row *told)
{
    const struct world *world = model_world(model);
    const struct sentinel_view *view = &told->at[i];
    char words[80];
    struct text text = TEXT(words);
    text_clear(&text);
    if (told->votes && !told->changed[i])
        return;
    if (told->votes)
        snprintf(words, sizeof words, model_say(model, WORD_BELIEF_VOTE),
                 component_at(world, view->vote)->name, (unsigned)view->epoch);
    else
        sentinel_belief_add(&text, world, view);
    int column = column_of(i, width);
    enum style style = !told->changed[i] ? STYLE_DIM
                       : told->votes     ? STYLE_ACTION
                                         : style_of(view->belief);
    canvas_write(canvas, row, column, column + width - 1, style, words);
}

static void draw_told(const struct model *model, struct canvas *canvas, int row, int width,
                      const struct sentinel_story *story)
{
    char when[32];
    struct text clock = TEXT(when);
    clock_add(&clock, story->row.time_ms * MS_NS, 3);
    canvas_write(canvas, row, MARGIN, 0, STYLE_PLAIN, when);
    for (uint32_t i = 0; i < story->count; i++)
        draw_cell(model, canvas, row, i, width, &story->row);
}

static uint32_t rows_of(struct sentinel_story *story, const struct world *world)
{
    uint32_t rows = 0;
    sentinel_story_begin(story, world);
    while (sentinel_story_next(story, world))
        rows++;
    return rows;
}

/* What each believes at the end of the story, and the last vote that it gave. */
static void draw_now(const struct model *model, struct canvas *canvas, int row, int width,
                     const struct sentinel_story *story)
{
    const struct world *world = model_world(model);
    canvas_write(canvas, row, MARGIN, 0, STYLE_STRONG, model_say(model, WORD_BELIEF_NOW));
    canvas_write(canvas, row + 1, MARGIN, 0, STYLE_DIM, model_say(model, WORD_BELIEF_EPOCH));
    for (uint32_t i = 0; i < story->count; i++) {
        const struct component *part = component_at(world, story->sentinel[i]);
        const struct sentinel_view *view = &story->row.at[i];
        const struct part *seen = look_part_id(&model->look, story->sentinel[i]);
        int column = column_of(i, width), end = column + width - 1;
        char words[80];
        struct text text = TEXT(words);
        text_clear(&text);
        sentinel_belief_add(&text, world, view);
        if (!part->up || part->paused)
            canvas_write(canvas, row, column, end, STYLE_GONE,
                         model_say(model, part->up ? WORD_BELIEF_PAUSED : WORD_BELIEF_OFF));
        else
            canvas_write(canvas, row, column, end, style_of(view->belief), words);
        text_clear(&text);
        text_add_i64(&text, look_number(&model->look, seen, "current_epoch"));
        if (view->vote != 0) {
            text_add(&text, ", ");
            text_add(&text, component_at(world, view->vote)->name);
            text_add(&text, " (");
            text_add_u64(&text, view->epoch);
            text_add(&text, ")");
        }
        canvas_write(canvas, row + 1, column, end, STYLE_DIM, words);
    }
}

/* Do they agree?  Said beside the heading, since it is what one looks for. */
static void draw_verdict(const struct model *model, struct canvas *canvas, int row, int column,
                         const struct sentinel_story *story)
{
    const struct world *world = model_world(model);
    char words[200];
    uint32_t master = 0;
    unsigned down = 0, awake = 0;
    bool differ = false;
    for (uint32_t i = 0; i < story->count; i++) {
        const struct sentinel_view *view = &story->row.at[i];
        const struct component *part = component_at(world, story->sentinel[i]);
        if (view->master == 0 || !part->up || part->paused)
            continue;
        awake++;
        differ = differ || (master != 0 && master != view->master);
        master = view->master;
        down += view->belief > BELIEF_UP;
    }
    if (master == 0)
        return;
    const char *name = component_at(world, master)->name;
    if (differ)
        snprintf(words, sizeof words, "%s", model_say(model, WORD_BELIEF_DIFFER));
    else if (down)
        snprintf(words, sizeof words, model_say(model, WORD_BELIEF_DOWN), down, awake, name);
    else
        snprintf(words, sizeof words, model_say(model, WORD_BELIEF_ALL_AGREE), name);
    canvas_write(canvas, row, column, 0, differ || down ? STYLE_GONE : STYLE_SAFE, words);
}

static int draw_beliefs(const struct model *model, struct canvas *canvas, int row, int rows)
{
    const struct world *world = model_world(model);
    struct sentinel_story story;
    uint32_t all = rows_of(&story, world), room = rows > 0 ? (uint32_t)rows : 0;
    uint32_t back = all > room ? all - room : 0, first;
    int width = column_width(canvas, story.count);
    int after = canvas_write(canvas, row, MARGIN, 0, STYLE_STRONG,
                             model_say(model, WORD_WHO_BELIEVES_WHAT));
    draw_verdict(model, canvas, row++, after + 3, &story);
    for (uint32_t i = 0; i < story.count; i++)
        canvas_write(canvas, row, column_of(i, width), column_of(i + 1, width) - 1, STYLE_TITLE,
                     component_at(world, story.sentinel[i])->name);
    first = back - (model->scroll < back ? model->scroll : back);
    row++;
    draw_now(model, canvas, row + rows, width, &story);
    sentinel_story_begin(&story, world);
    for (uint32_t i = 0; i < first + room && sentinel_story_next(&story, world); i++)
        if (i >= first)
            draw_told(model, canvas, row + (int)(i - first), width, &story);
    return row + rows + NOW_ROWS + 1;
}

/* --- how far the copies are ------------------------------------------------------------------- */

/* What its master knows that it has; without one that hears it: what it has. */
static uint64_t known_offset(const struct store_stream *stream)
{
    return stream->listed ? stream->acked : stream->offset;
}

static void write_end(struct canvas *canvas, int row, int end, enum style style, const char *words)
{
    canvas_write(canvas, row, end - canvas_width(words), 0, style, words);
}

/* From `left` to the master's offset: what is there, what the backlog still has, what is gone. */
static void draw_stream(struct canvas *canvas, int row, int columns, uint64_t left,
                        const struct store_stream *master, uint64_t has)
{
    uint64_t span = master->offset - left;
    for (int i = 0; span > 0 && i < columns; i++) {
        uint64_t at = left + span * (uint64_t)(i + 1) / (uint64_t)columns;
        bool there = at <= has, kept = at > master->kept_from;
        canvas_write(canvas, row, BAR_COLUMN + i, 0,
                     there  ? STYLE_SAFE
                     : kept ? STYLE_RISK
                            : STYLE_GONE,
                     there  ? "█"
                     : kept ? "░"
                            : "x");
    }
}

static const char *stream_words(const struct model *model, const struct store_stream *stream,
                                char words[80])
{
    if (!stream->up)
        return model_say(model, WORD_BELIEF_OFF);
    if (stream->syncing)
        return model_say(model, WORD_STREAM_SYNCING);
    if (!stream->link_up)
        return model_say(model, stream->goes_on ? WORD_STREAM_GOES_ON : WORD_STREAM_FULL);
    if (!stream->listed)
        return model_say(model, WORD_STREAM_UNHEARD);
    snprintf(words, 80, model_say(model, WORD_STREAM_ACK), (unsigned)stream->lag_s);
    return words;
}

static void draw_store(const struct model *model, struct canvas *canvas, int row, uint32_t id,
                       uint64_t left, uint64_t has_replicas)
{
    const struct world *world = model_world(model);
    struct store_stream stream, master;
    char number[40], words[80];
    struct text text = TEXT(number);
    int bar = draw_width(canvas) + MARGIN - BAR_COLUMN - WORDS_CELLS;
    store_stream_read(world, id, &stream);
    store_stream_read(world, stream.master ? stream.master : id, &master);
    uint64_t has = stream.master ? known_offset(&stream) : stream.offset;
    canvas_write(canvas, row, MARGIN + (stream.master ? 2 : 0), OFFSET_END - 9,
                 stream.up ? STYLE_PLAIN : STYLE_GONE, component_at(world, id)->name);
    text_clear(&text);
    text_add_grouped(&text, has);
    write_end(canvas, row, OFFSET_END, STYLE_PLAIN, number);
    draw_stream(canvas, row, bar, left, &master, has);
    if (!stream.master) {
        enum word word = !stream.up     ? WORD_BELIEF_OFF
                         : has_replicas ? WORD_STREAM_MASTER
                                        : WORD_STREAM_NO_REPLICA;
        canvas_write(canvas, row, BAR_COLUMN + bar + 1, 0, STYLE_STRONG, model_say(model, word));
        return;
    }
    text_clear(&text);
    text_add(&text, "-");
    text_add_grouped(&text, master.offset > has ? master.offset - has : 0);
    text_add(&text, " B");
    write_end(canvas, row, BEHIND_END, master.offset > has ? STYLE_RISK : STYLE_DIM, number);
    canvas_write(canvas, row, BAR_COLUMN + bar + 1, 0,
                 stream.up && stream.link_up ? STYLE_PLAIN : STYLE_GONE,
                 stream_words(model, &stream, words));
}

/* Where the bars of a master and its replicas begin: at what is kept, or at who is behind that. */
static uint64_t left_of(const struct world *world, const struct stores *stores, uint32_t master)
{
    struct store_stream stream;
    store_stream_read(world, master, &stream);
    uint64_t left = stream.kept_from;
    for (uint32_t i = 0; i < stores->count; i++) {
        store_stream_read(world, stores->id[i], &stream);
        if (stream.master == master && known_offset(&stream) < left)
            left = known_offset(&stream);
    }
    return left;
}

static bool is_followed(const struct world *world, const struct stores *stores, uint32_t master)
{
    struct store_stream stream;
    for (uint32_t i = 0; i < stores->count; i++) {
        store_stream_read(world, stores->id[i], &stream);
        if (stream.master == master)
            return true;
    }
    return false;
}

static void draw_stores(const struct model *model, struct canvas *canvas, int row, int rows,
                        const struct stores *stores)
{
    const struct world *world = model_world(model);
    struct store_stream stream;
    char words[120], number[40];
    struct text text = TEXT(number);
    uint32_t room = rows > 1 ? (uint32_t)rows - 1 : 0;
    uint32_t shown = stores->count <= room ? stores->count : room - (room > 0);
    canvas_write(canvas, row++, MARGIN, 0, STYLE_STRONG, model_say(model, WORD_STREAM_HEADING));
    for (uint32_t i = 0; i < shown; i++) {
        store_stream_read(world, stores->id[i], &stream);
        uint32_t master = stream.master ? stream.master : stores->id[i];
        uint64_t left = left_of(world, stores, master);
        if (i == 0) {
            text_clear(&text);
            text_add_grouped(&text, left);
            snprintf(words, sizeof words, model_say(model, WORD_STREAM_SCALE), number);
            canvas_write(canvas, row - 1, BAR_COLUMN, 0, STYLE_DIM, words);
        }
        draw_store(model, canvas, row++, stores->id[i], left, is_followed(world, stores, master));
    }
    if (shown == stores->count)
        return;
    snprintf(words, sizeof words, model_say(model, WORD_MORE_ROWS), stores->count - shown,
             "report replication");
    canvas_write(canvas, row, MARGIN, 0, STYLE_DIM, words);
}

/* --- both ------------------------------------------------------------------------------------- */

uint32_t view_copies_scroll(const struct model *model)
{
    const struct world *world = model_world(model);
    struct sentinel_story story;
    struct stores stores;
    int table, copies;
    uint32_t all = rows_of(&story, world);
    take_stores(&stores, world);
    share_rows(model->rows - 3 - BODY_TOP, &story, all, stores.count, &table, &copies);
    return table > 0 && all > (uint32_t)table ? all - (uint32_t)table : 0;
}

void draw_copies(const struct model *model, struct canvas *canvas, int row, int end)
{
    struct sentinel_story story;
    struct stores stores;
    int table, copies;
    if (flow_active(model) && flow_open_question(model)) {
        canvas_write(canvas, row, MARGIN, 0, STYLE_DIM, model_say(model, WORD_SHOWN_AFTER_GUESS));
        return;
    }
    uint32_t told = rows_of(&story, model_world(model));
    take_stores(&stores, model_world(model));
    share_rows(end - row, &story, told, stores.count, &table, &copies);
    if (story.count != 0)
        row = draw_beliefs(model, canvas, row, table);
    if (stores.count != 0)
        draw_stores(model, canvas, row, end - row < copies ? end - row : copies, &stores);
}

void view_copies(const struct model *model, struct canvas *canvas)
{
    draw_world_frame(model, canvas);
    draw_copies(model, canvas, BODY_TOP, draw_body_end(canvas));
}
