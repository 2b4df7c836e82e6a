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
