/*
 * Who believed what about the master, and when: a row for each change, a column for each sentinel.
 */
#include <string.h>

#include "sim/store/sentinel_state.h"

#define WIDTH      16u
#define TIME_WIDTH 14u

static const char *const words_of[] = {[BELIEF_NONE] = "",
                                       [BELIEF_UP] = "",
                                       [BELIEF_SDOWN] = " sdown",
                                       [BELIEF_ODOWN] = " odown",
                                       [BELIEF_FAILOVER] = " failover"};

/* --- the story -------------------------------------------------------------------------------- */

void sentinel_story_begin(struct sentinel_story *story, const struct world *world)
{
    memset(story, 0, sizeof *story);
    for (uint32_t id = 0; (id = component_next(world, id, KIND_SENTINEL)) != 0;) {
        if (story->count < SENTINEL_COLUMNS)
            story->sentinel[story->count++] = id;
        else
            story->more++;
    }
}

/* Milliseconds of the earliest change that was not told; TIME_NEVER when all were. */
static uint64_t next_ms(const struct world *world, const struct sentinel_story *story)
{
    uint64_t first = TIME_NEVER;
    for (uint32_t i = 0; i < story->count; i++) {
        uint32_t id = story->sentinel[i];
        if (story->next[i] >= sentinel_views(world, id))
            continue;
        uint64_t ms = sentinel_view(world, id, story->next[i]).time_ns / MS_NS;
        first = ms < first ? ms : first;
    }
    return first;
}

/* What a sentinel took in within this millisecond; is there a vote in it? */
static void column_take(struct sentinel_story *story, const struct world *world, uint32_t i)
{
    struct sentinel_view *at = &story->row.at[i], before = *at;
    uint32_t id = story->sentinel[i];
    while (story->next[i] < sentinel_views(world, id) &&
           sentinel_view(world, id, story->next[i]).time_ns / MS_NS == story->row.time_ms)
        *at = sentinel_view(world, id, story->next[i]++);
    story->row.changed[i] = at->master != before.master || at->belief != before.belief;
    story->vote_due[i] = at->vote != 0 && (at->vote != before.vote || at->epoch != before.epoch);
}

static bool row_of_votes(struct sentinel_story *story)
{
    bool any = false;
    for (uint32_t i = 0; i < story->count; i++)
        any = any || story->vote_due[i];
    if (!any)
        return false;
    story->row.votes = true;
    memcpy(story->row.changed, story->vote_due, sizeof story->vote_due);
    memset(story->vote_due, 0, sizeof story->vote_due);
    return true;
}

bool sentinel_story_next(struct sentinel_story *story, const struct world *world)
{
    bool told = false;
    if (row_of_votes(story))
        return true;
    do {
        uint64_t ms = next_ms(world, story);
        if (ms == TIME_NEVER)
            return false;
        story->row.time_ms = ms;
        story->row.votes = false;
        for (uint32_t i = 0; i < story->count; i++) {
            column_take(story, world, i);
            told = told || story->row.changed[i];
        }
    } while (!told && !row_of_votes(story));
    return true;
}

void sentinel_belief_add(struct text *text, const struct world *world,
                         const struct sentinel_view *view)
{
    text_add(text, view->master == 0 ? "-" : component_at(world, view->master)->name);
    text_add(text, words_of[view->belief]);
}

/* --- the table -------------------------------------------------------------------------------- */

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

/* A vote is told where it is given: "-> s1, 2" in epoch 2. */
static void cell_add(struct text *text, const struct world *world, const struct sentinel_row *row,
                     uint32_t i)
{
    if (!row->votes) {
        sentinel_belief_add(text, world, &row->at[i]);
    } else if (row->changed[i]) {
        text_add(text, "-> ");
        text_add(text, component_at(world, row->at[i].vote)->name);
        text_add(text, ", ");
        text_add_u64(text, row->at[i].epoch);
    }
}

static void row_add(const struct world *world, struct text *text,
                    const struct sentinel_story *story)
{
    size_t before = text->used;
    text_add(text, "  ");
    text_add_fixed(text, (int64_t)story->row.time_ms, 3);
    text_add(text, " s");
    fill(text, before, TIME_WIDTH);
    for (uint32_t i = 0; i < story->count; i++) {
        before = text->used;
        cell_add(text, world, &story->row, i);
        fill(text, before, WIDTH);
    }
    line_end(text);
}

void sentinel_report(const struct world *world, struct text *text, enum language language)
{
    struct sentinel_story story;
    bool votes = false, korean = language == LANGUAGE_KO;
    sentinel_story_begin(&story, world);
    if (story.count == 0) {
        text_add(text, korean ? "심판(Sentinel)이 없습니다.\n" : "There are no sentinels.\n");
        return;
    }
    fill(text, text->used, TIME_WIDTH);
    for (uint32_t i = 0; i < story.count; i++) {
        size_t before = text->used;
        text_add(text, component_at(world, story.sentinel[i])->name);
        fill(text, before, WIDTH);
    }
    line_end(text);
    while (sentinel_story_next(&story, world)) {
        row_add(world, text, &story);
        votes = votes || story.row.votes;
    }
    if (votes)
        text_add(text, korean ? "-> s1, 2: epoch 2의 선거에서 s1에게 투표했습니다.\n"
                              : "-> s1, 2: voted for s1 in the election of epoch 2.\n");
}
