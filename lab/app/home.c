/* Home's rows: what is due now, the lessons, what else there is. */
#include "lab/app/home.h"

#define ROWS_MOST 128

bool home_has(const struct model *model, uint32_t row)
{
    return row == HOME_MEETING || (row == HOME_GO_ON ? model->home.go_on : model->home.review) != 0;
}

static unsigned rows_of(const struct model *model, uint32_t rows[ROWS_MOST])
{
    unsigned count = 0;
    for (uint32_t row = HOME_GO_ON; row <= HOME_MEETING; row++)
        if (home_has(model, row))
            rows[count++] = row;
    for (uint32_t i = 0; i < model->home.lesson_count + HOME_ENTRIES && count < ROWS_MOST; i++)
        rows[count++] = i;
    return count;
}

void home_step(struct model *model, int by)
{
    uint32_t rows[ROWS_MOST];
    unsigned count = rows_of(model, rows), at = 0;
    while (at + 1 < count && rows[at] != model->home.cursor)
        at++;
    model->home.number = 0;
    if (by < 0)
        at -= at > 0;
    else
        at += at + 1 < count;
    model->home.cursor = rows[at];
}

bool home_numbered(const struct model *model, uint32_t number, uint32_t *at)
{
    for (*at = 0; *at < model->home.lesson_count; ++*at)
        if (model->home.lessons[*at]->number == number)
            return true;
    return false;
}

bool home_right(uint32_t number)
{
    return number >= 7 && number <= 12;
}

static bool right_at(const struct home *home, uint32_t at)
{
    return home_right(home->lessons[at]->number);
}

void home_across(struct model *model, bool right)
{
    struct home *home = &model->home;
    uint32_t above = 0, last = UINT32_MAX;
    model->home.number = 0;
    if (home->cursor >= home->lesson_count || right_at(home, home->cursor) == right)
        return;
    for (uint32_t i = 0; i < home->cursor; i++)
        above += right_at(home, i) != right;
    for (uint32_t i = 0; i < home->lesson_count; i++) {
        if (right_at(home, i) != right)
            continue;
        last = i;
        if (above-- == 0)
            break;
    }
    if (last != UINT32_MAX)
        home->cursor = last;
}

uint32_t home_next(const struct model *model)
{
    for (uint32_t i = 0; i < model->home.lesson_count; i++)
        if (!model->home.done[i])
            return i;
    return 0;
}

const struct lesson *home_lesson(const struct model *model)
{
    const struct home *home = &model->home;
    uint32_t at = home->cursor;
    if (at == HOME_GO_ON)
        at = home->go_on - 1;
    else if (at == HOME_REVIEW)
        at = home->review - 1;
    return at < home->lesson_count ? home->lessons[at] : NULL;
}

struct lesson *home_open(struct model *model, uint32_t at)
{
    char words[sizeof model->message];
    struct text why = TEXT(words);
    struct lesson *lesson = model->home.lessons[at];
    text_clear(&why);
    if (lesson_read(lesson, model->language, &why))
        return lesson;
    model_tell(model, "%s", words);
    return NULL;
}
