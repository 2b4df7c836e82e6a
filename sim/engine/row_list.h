/*
 * Lists through rows of one size: a row is told by its index + 1, 0 is none, and what links it
 * stands in the row itself.  A queue links by one word, the next row; a list by two that stand side
 * by side, the row before and the row after.  A row is in no more than one list by the same words.
 */
#ifndef SIM_ENGINE_ROW_LIST_H
#define SIM_ENGINE_ROW_LIST_H

#include <stddef.h>
#include <stdint.h>

struct row_list {
    uint32_t first, last; /* 0: it is empty */
};

/* Where the rows are, until they move, and where in each its links stand. */
struct row_links {
    void *first;
    uint32_t bytes, offset;
};
#define ROW_LINKS(type, member, first_row)                                                         \
    ((struct row_links){(first_row), sizeof(type), offsetof(type, member)})

static inline uint32_t *row_link(struct row_links rows, uint32_t row)
{
    return (uint32_t *)(void *)((char *)rows.first + (uint64_t)(row - 1) * rows.bytes +
                                rows.offset);
}

static inline void row_queue_push(struct row_links rows, struct row_list *queue, uint32_t row)
{
    *row_link(rows, row) = 0;
    if (queue->last != 0)
        *row_link(rows, queue->last) = row;
    else
        queue->first = row;
    queue->last = row;
}

/* The first, which it holds no more; 0 when it is empty. */
static inline uint32_t row_queue_pop(struct row_links rows, struct row_list *queue)
{
    uint32_t row = queue->first;
    if (row == 0)
        return 0;
    queue->first = *row_link(rows, row);
    if (queue->first == 0)
        queue->last = 0;
    *row_link(rows, row) = 0;
    return row;
}

enum { ROW_BEFORE, ROW_AFTER }; /* the two words of a list */

static inline void row_list_put_first(struct row_links rows, struct row_list *list, uint32_t row)
{
    row_link(rows, row)[ROW_BEFORE] = 0;
    row_link(rows, row)[ROW_AFTER] = list->first;
    if (list->first != 0)
        row_link(rows, list->first)[ROW_BEFORE] = row;
    else
        list->last = row;
    list->first = row;
}

static inline void row_list_put_last(struct row_links rows, struct row_list *list, uint32_t row)
{
    row_link(rows, row)[ROW_BEFORE] = list->last;
    row_link(rows, row)[ROW_AFTER] = 0;
    if (list->last != 0)
        row_link(rows, list->last)[ROW_AFTER] = row;
    else
        list->first = row;
    list->last = row;
}

static inline void row_list_take_out(struct row_links rows, struct row_list *list, uint32_t row)
{
    uint32_t *links = row_link(rows, row);
    if (links[ROW_BEFORE] != 0)
        row_link(rows, links[ROW_BEFORE])[ROW_AFTER] = links[ROW_AFTER];
    else
        list->first = links[ROW_AFTER];
    if (links[ROW_AFTER] != 0)
        row_link(rows, links[ROW_AFTER])[ROW_BEFORE] = links[ROW_BEFORE];
    else
        list->last = links[ROW_BEFORE];
    links[ROW_BEFORE] = links[ROW_AFTER] = 0;
}

#endif
