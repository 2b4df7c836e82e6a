/*
 * Who believed what about the master, and when: a row for each change, a column for each sentinel.
 */
#include "sim/store/sentinel_state.h"

#define COLUMNS_MOST 8u
#define WIDTH        16u
#define TIME_WIDTH   14u

struct columns {
    uint32_t sentinel[COLUMNS_MOST];
    uint32_t next[COLUMNS_MOST]; /* the view that comes next */
    uint32_t count;
};

static const char *const words_of[] = {[BELIEF_UP] = "",
                                       [BELIEF_SDOWN] = " sdown",
                                       [BELIEF_ODOWN] = " odown",
                                       [BELIEF_FAILOVER] = " failover"};

/* Fills the column that began at `before`. */
static void fill(struct text *text, size_t before, size_t width)
{
    while (text->used - before < width)
        text_add_char(text, ' ');
}

static void line_end(struct text *text)
{
    while (text->used > 0 && text->at[text->used - 1] == ' ')
        text->at[--text->used] = '\0';
    text_add_char(text, '\n');
}

static void view_add(const struct world *world, struct text *text, const struct sentinel_view *view)
{
    text_add(text, view->master == 0 ? "-" : component_at(world, view->master)->name);
    text_add(text, words_of[view->belief]);
}

/* Milliseconds of the earliest change that was not told; TIME_NEVER when all were. */
static uint64_t next_ms(const struct world *world, const struct columns *columns)
{
    uint64_t first = TIME_NEVER;
    for (uint32_t i = 0; i < columns->count; i++) {
        uint32_t id = columns->sentinel[i];
        if (columns->next[i] >= sentinel_views(world, id))
            continue;
        uint64_t ms = sentinel_view(world, id, columns->next[i]).time_ns / MS_NS;
        first = ms < first ? ms : first;
    }
    return first;
}

static void row_add(const struct world *world, struct text *text, struct columns *columns,
                    uint64_t ms)
{
    size_t before = text->used;
    text_add(text, "  ");
    text_add_fixed(text, (int64_t)ms, 3);
    text_add(text, " s");
    fill(text, before, TIME_WIDTH);
    for (uint32_t i = 0; i < columns->count; i++) {
        uint32_t id = columns->sentinel[i];
        while (columns->next[i] < sentinel_views(world, id) &&
               sentinel_view(world, id, columns->next[i]).time_ns / MS_NS == ms)
            columns->next[i]++;
        before = text->used;
        if (columns->next[i] == 0) {
            text_add_char(text, '-');
        } else {
            const struct sentinel_view view = sentinel_view(world, id, columns->next[i] - 1);
            view_add(world, text, &view);
        }
        fill(text, before, WIDTH);
    }
    line_end(text);
}

void sentinel_report(const struct world *world, struct text *text, enum language language)
{
    struct columns columns = {.count = 0};
    for (uint32_t id = 0; (id = component_next(world, id, KIND_SENTINEL)) != 0;)
        if (columns.count < COLUMNS_MOST)
            columns.sentinel[columns.count++] = id;
    if (columns.count == 0) {
        text_add(text, language == LANGUAGE_KO ? "심판(Sentinel)이 없습니다.\n"
                                               : "There are no sentinels.\n");
        return;
    }
    fill(text, text->used, TIME_WIDTH);
    for (uint32_t i = 0; i < columns.count; i++) {
        size_t before = text->used;
        text_add(text, component_at(world, columns.sentinel[i])->name);
        fill(text, before, WIDTH);
    }
    line_end(text);
    for (uint64_t ms; (ms = next_ms(world, &columns)) != TIME_NEVER;)
        row_add(world, text, &columns, ms);
}
