/* Queues and lists through rows: their order, and that a row which left one holds nothing of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/engine/row_list.h"

#define ROWS 5

struct row {
    uint64_t other;
    uint32_t next;
    uint32_t before, after;
};

static struct row rows[ROWS];

static struct row_links queue_links(void)
{
    return ROW_LINKS(struct row, next, rows);
}

static struct row_links list_links(void)
{
    return ROW_LINKS(struct row, before, rows);
}

/* The list holds exactly these, from either end. */
static void assert_holds(const struct row_list *list, const uint32_t *expected, unsigned count)
{
    uint32_t row = list->first;
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(row, expected[i]);
        assert_int_equal(rows[row - 1].before, i == 0 ? 0 : expected[i - 1]);
        row = rows[row - 1].after;
    }
    assert_int_equal(row, 0);
    assert_int_equal(list->last, count == 0 ? 0 : expected[count - 1]);
}

static void a_queue_gives_in_the_order_of_coming(void **state)
{
    (void)state;
    struct row_list queue = {0, 0};
    assert_int_equal(row_queue_pop(queue_links(), &queue), 0);
    for (unsigned round = 0; round < 2; round++) {
        row_queue_push(queue_links(), &queue, 3);
        row_queue_push(queue_links(), &queue, 1);
        row_queue_push(queue_links(), &queue, ROWS);
        assert_int_equal(row_queue_pop(queue_links(), &queue), 3);
        assert_int_equal(rows[2].next, 0);
        assert_int_equal(row_queue_pop(queue_links(), &queue), 1);
        assert_int_equal(row_queue_pop(queue_links(), &queue), ROWS);
        assert_int_equal(row_queue_pop(queue_links(), &queue), 0);
        assert_int_equal(queue.last, 0);
    }
}

static void a_row_leaves_a_list_from_wherever_it_stands(void **state)
{
    (void)state;
    struct row_list list = {0, 0};
    row_list_put_last(list_links(), &list, 2);
    row_list_put_last(list_links(), &list, 4);
    row_list_put_first(list_links(), &list, 1);
    row_list_put_last(list_links(), &list, ROWS);
    assert_holds(&list, (uint32_t[]){1, 2, 4, ROWS}, 4);
    row_list_take_out(list_links(), &list, 2);
    assert_holds(&list, (uint32_t[]){1, 4, ROWS}, 3);
    assert_int_equal(rows[1].before, 0);
    assert_int_equal(rows[1].after, 0);
    row_list_take_out(list_links(), &list, 1);
    row_list_take_out(list_links(), &list, ROWS);
    assert_holds(&list, (uint32_t[]){4}, 1);
    row_list_take_out(list_links(), &list, 4);
    assert_holds(&list, NULL, 0);
    row_list_put_first(list_links(), &list, 3);
    assert_holds(&list, (uint32_t[]){3}, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_queue_gives_in_the_order_of_coming),
        cmocka_unit_test(a_row_leaves_a_list_from_wherever_it_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
