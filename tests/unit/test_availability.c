/* report availability: counted requests beside the product of stages, and who shares a fate. */
#include "tests/unit/session_fixture.h"

#define CHAT                                                                                       \
    "seed 7\nmachine users-1\nmachine edge-1\nmachine app-1 zone=a\nmachine app-2 zone=a\n"        \
    "machine redis-1\nadd store cache on redis-1\nadd server chat-1 on app-1 calls=cache\n"        \
    "add server chat-2 on app-2 calls=cache\nadd balancer lb on edge-1 to=chat-1,chat-2\n"         \
    "add client users on users-1 to=lb op=http rate=100/s arrival=constant\n"                      \
    "at 10s pause chat-1\nat 15s resume chat-1\nat 15s kill chat-2\nat 20s start chat-2\n"         \
    "at 30s kill cache\nat 31s start cache\nrun 50s\nreport availability\n"

static void the_product_stands_beside_what_was_counted(void **state)
{
    (void)state;
    finished(CHAT, SESSION_WAITING, 50 * SECOND_NS);
    assert_non_null(strstr(said, "lb                        100.00 %"));
    assert_non_null(strstr(said, "chat-1 | chat-2           90.00 % | 90.00 %  ->  99.00 %"));
    assert_non_null(strstr(said, "cache                     98.00 %"));
    assert_non_null(strstr(said, "the product               97.02 %"));
    assert_non_null(strstr(said, "requests that ended 5,000, answered 4,"));
    assert_non_null(strstr(said, "chat-1 and chat-2 share zone a"));
}

static void what_can_be_left_out_is_in_no_chain(void **state)
{
    (void)state;
    finished("seed 7\nmachine a\nmachine b\nadd store cache on a\n"
             "add server web on a calls=cache calls_optional=yes\n"
             "add client users on b to=web op=http rate=10/s\nrun 1s\nreport availability\n",
             SESSION_WAITING, SECOND_NS);
    assert_non_null(strstr(said, "  web   "));
    assert_null(strstr(said, "cache"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_product_stands_beside_what_was_counted),
        cmocka_unit_test(what_can_be_left_out_is_in_no_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
