/* The numbers of a text, as they are looked for in its world. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lab/lesson/check.h"

static void test_numbers_of_a_text(void **state)
{
    static const char words[] = "42,300건, 3만9천, 1.6 s, redis-1 p99 HTTP/2, 10분, 7";
    static const struct {
        const char *plain;
        uint64_t time_ns;
        bool known_word;
    } rows[] = {{"42300", 0, false},
                {"39000", 0, false},
                {"1.6", 1600 * MS_NS, false},
                {"10", 600 * SECOND_NS, false},
                {"7", 0, true}};
    const char *at = words;
    struct number number;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(number_next(words, &at, &number));
        assert_string_equal(number.plain, rows[i].plain);
        assert_int_equal(number.time_ns, rows[i].time_ns);
        assert_int_equal(number.known_word, rows[i].known_word);
    }
    assert_false(number_next(words, &at, &number));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_of_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
