/*
 * Links: arithmetic of latency, bandwidth, queue, jitter and loss; cuts; drop-next; one way by
 * itself.
 */
#include "tests/unit/net_fixture.h"

static struct world *world;
static uint32_t a, b;

static int open_two(void **state)
{
    (void)state;
    world = net_open(7);
    a = net_machine(world, "a");
    b = net_machine(world, "b");
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    free(world);
    return 0;
}

/* When a packet that leaves now arrives; 0 when it is lost. */
static uint64_t sent(uint32_t from, uint32_t to, uint32_t bytes)
{
    uint64_t arrival_ns;
    uint32_t epoch;
    return link_send(world, from, to, bytes, PACKET_DATA, &arrival_ns, &epoch) ? arrival_ns : 0;
}

static void set(unsigned parameter, uint64_t value)
{
    link_set(world, a, b, parameter, value, true);
}

static uint64_t metric(const char *name)
{
    uint32_t link = link_find(world, a, b);
    struct value value;
    assert_int_not_equal(link, 0);
    assert_true(metric_read(world, link, (unsigned)metric_find(&link_kind, name), &value));
    return (uint64_t)value.number;
}

/* 1500 bytes at 1 Gbit/s are 12 us on the wire, and 0.5 ms on the way. */
static void test_defaults(void **state)
{
    (void)state;
    assert_int_equal(sent(a, b, 1500), 512 * US_NS);
    assert_int_equal(sent(b, a, 1500), 512 * US_NS);
    assert_int_equal(sent(a, b, 1500), 524 * US_NS); /* behind the first */
    assert_int_equal(link_find(world, a, b), 0);
    world->now_ns = SECOND_NS;
    assert_int_equal(sent(a, b, 125), SECOND_NS + 501 * US_NS);
}

static void test_loopback(void **state)
{
    (void)state;
    parameter_put(world, world->network, LINK_LOSS, 100 * PERCENT_ONE);
    parameter_put(world, world->network, LINK_LATENCY, SECOND_NS);
    for (unsigned i = 0; i < LINK_PARAMETERS; i++)
        network_kind.changed(world, world->network, i);
    link_set_cut(world, a, a, true);
    for (int i = 0; i < 2000; i++)
        assert_int_equal(sent(a, a, 60000), 20 * US_NS);
    assert_int_equal(sent(a, b, 100), 0);
}

static void test_names_and_directions(void **state)
{
    (void)state;
    uint32_t link = link_need(world, a, b);
    assert_string_equal(component_at(world, link)->name, "a~b");
    assert_int_equal(link_need(world, b, a), link);
    assert_int_equal(link_find(world, b, a), link);
    link_set(world, b, a, LINK_LATENCY, 80 * MS_NS, false);
    assert_int_equal(parameter_get(world, link, LINK_LATENCY), 500 * US_NS);
    assert_int_equal(sent(a, b, 125), 501 * US_NS);
    assert_int_equal(sent(b, a, 125), 80 * MS_NS + US_NS);
    link_set(world, a, b, LINK_LATENCY, 3 * MS_NS, false);
    assert_int_equal(parameter_get(world, link, LINK_LATENCY), 3 * MS_NS);
    link_set(world, b, a, LINK_LATENCY, 5 * MS_NS, true);
    world->now_ns = SECOND_NS;
    assert_int_equal(sent(a, b, 125), SECOND_NS + 5001 * US_NS);
    assert_int_equal(sent(b, a, 125), SECOND_NS + 5001 * US_NS);
}

/* The defaults reach the pairs without a link, the link keeps its own, and a removed link goes
 * back. */
static void test_network_and_link(void **state)
{
    (void)state;
    uint32_t c = net_machine(world, "c");
    assert_int_equal(sent(a, c, 125), 501 * US_NS);
    set(LINK_LATENCY, 2 * MS_NS);
    parameter_put(world, world->network, LINK_LATENCY, 9 * MS_NS);
    network_kind.changed(world, world->network, LINK_LATENCY);
    world->now_ns = SECOND_NS;
    assert_int_equal(sent(a, c, 125), SECOND_NS + 9001 * US_NS);
    assert_int_equal(sent(c, b, 125), SECOND_NS + 9001 * US_NS);
    assert_int_equal(sent(a, b, 125), SECOND_NS + 2001 * US_NS);
    component_remove(world, link_find(world, a, b));
    assert_int_equal(link_find(world, a, b), 0);
    world->now_ns = 2 * SECOND_NS;
    assert_int_equal(sent(a, b, 125), 2 * SECOND_NS + 9001 * US_NS);
}

/* A component's parameter that was put takes effect on both ways through `changed`. */
static void test_changed(void **state)
{
    (void)state;
    uint32_t link = link_need(world, a, b);
    parameter_put(world, link, LINK_BANDWIDTH, 1000000);
    link_kind.changed(world, link, LINK_BANDWIDTH);
    assert_int_equal(sent(b, a, 125), MS_NS + 500 * US_NS);
    assert_int_equal(sent(a, b, 1250), 10 * MS_NS + 500 * US_NS);
}

/* One is on the wire, `queue` wait, the next is lost; when one has left there is room for one. */
static void test_queue(void **state)
{
    (void)state;
    set(LINK_QUEUE, 10);
    set(LINK_BANDWIDTH, 8000000); /* 1000 bytes a millisecond */
    for (unsigned i = 1; i <= 11; i++)
        assert_int_equal(sent(a, b, 1000), i * MS_NS + 500 * US_NS);
    assert_int_equal(sent(a, b, 1000), 0);
    world->now_ns = MS_NS - 1;
    assert_int_equal(sent(a, b, 10), 0);
    world->now_ns = MS_NS;
    assert_int_equal(sent(a, b, 500), 11 * MS_NS + 1000 * US_NS);
    assert_int_equal(sent(a, b, 10), 0);
    assert_int_equal(sent(b, a, 1000), 2 * MS_NS + 500 * US_NS);
    assert_int_equal(metric("packets"), 16);
    assert_int_equal(metric("bytes"), 13520);
    assert_int_equal(metric("dropped"), 3);
}

/* Jitter spreads the arrivals over its whole width and never changes their order. */
static void test_jitter(void **state)
{
    (void)state;
    set(LINK_JITTER, 10 * MS_NS);
    uint64_t last = 0, least = TIME_NEVER, most = 0;
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t arrival = sent(a, b, 125);
        assert_true(arrival >= last);
        last = arrival;
        uint64_t took = arrival - world->now_ns;
        least = took < least ? took : least;
        most = took > most ? took : most;
        world->now_ns += 20 * MS_NS;
    }
    assert_in_range(least, 501 * US_NS, 700 * US_NS);
    assert_in_range(most, 10300 * US_NS, 10501 * US_NS);
    set(LINK_JITTER, 0);
    set(LINK_LATENCY, 0);
    assert_true(sent(a, b, 125) >= last); /* a faster link does not overtake either */
}

static void test_loss(void **state)
{
    (void)state;
    set(LINK_LOSS, 2 * PERCENT_ONE);
    unsigned lost[2] = {0, 0}, same = 0;
    for (unsigned i = 0; i < 100000; i++) {
        bool there = sent(a, b, 100) == 0, back = sent(b, a, 100) == 0;
        lost[0] += there;
        lost[1] += back;
        same += there && back;
        world->now_ns += MS_NS;
    }
    assert_in_range(lost[0], 1850, 2150);
    assert_in_range(lost[1], 1850, 2150);
    assert_in_range(same, 10, 80); /* each way draws by itself */
    assert_int_equal(metric("dropped"), lost[0] + lost[1]);
    set(LINK_LOSS, 100 * PERCENT_ONE);
    assert_int_equal(sent(a, b, 100), 0);
}

/* The draws of one pair do not depend on what other pairs do. */
static void test_own_streams(void **state)
{
    (void)state;
    bool first[200];
    set(LINK_LOSS, 50 * PERCENT_ONE);
    for (unsigned i = 0; i < 200; i++)
        first[i] = sent(a, b, 100) == 0;
    free(world);
    open_two(NULL);
    uint32_t c = net_machine(world, "c");
    set(LINK_LOSS, 50 * PERCENT_ONE);
    link_set(world, a, c, LINK_LOSS, 50 * PERCENT_ONE, true);
    for (unsigned i = 0; i < 200; i++) {
        sent(a, c, 100);
        assert_int_equal(sent(a, b, 100) == 0, first[i]);
    }
}

static void test_drop_next(void **state)
{
    (void)state;
    uint64_t arrival_ns;
    uint32_t epoch;
    link_drop_next(world, a, b, PACKET_SYN, 1);
    link_drop_next(world, a, b, PACKET_DATA, 2);
    assert_int_not_equal(sent(b, a, 100), 0);
    assert_true(link_send(world, a, b, 40, PACKET_OTHER, &arrival_ns, &epoch));
    assert_int_equal(sent(a, b, 100), 0);
    assert_false(link_send(world, a, b, 60, PACKET_SYN, &arrival_ns, &epoch));
    assert_true(link_send(world, a, b, 60, PACKET_SYN, &arrival_ns, &epoch));
    assert_int_equal(sent(a, b, 100), 0);
    assert_int_not_equal(sent(a, b, 100), 0);
    link_drop_next(world, a, b, 0, 1);
    assert_false(link_send(world, a, b, 52, PACKET_FIN, &arrival_ns, &epoch));
    assert_int_not_equal(sent(a, b, 100), 0);
}

/* Once so many have passed; a second one that would not go by itself waits for the first. */
static void test_drop_after(void **state)
{
    (void)state;
    assert_true(link_drop_after(world, a, b, PACKET_DATA, 2, 3));
    assert_false(link_drop_after(world, a, b, PACKET_DATA, 1, 1));
    assert_false(link_drop_after(world, a, b, PACKET_DATA, 1, 0));
    assert_true(link_drop_after(world, a, b, PACKET_FIN, 1, 0));
    for (unsigned i = 0; i < 7; i++)
        assert_int_equal(sent(a, b, 100) == 0, i == 3 || i == 4);
    assert_true(link_drop_after(world, a, b, PACKET_DATA, 1, 1));
    assert_int_not_equal(sent(a, b, 100), 0);
    assert_int_equal(sent(a, b, 100), 0);
}

/* What is on the way when the way is cut vanishes, also when it is healed before it would arrive.
 */
static void test_cut(void **state)
{
    (void)state;
    uint64_t arrival_ns;
    uint32_t epoch, later;
    assert_true(link_send(world, a, b, 100, PACKET_DATA, &arrival_ns, &epoch));
    assert_false(link_cut(world, a, b, epoch));
    link_set_cut(world, a, b, true);
    assert_true(link_cut(world, a, b, epoch));
    assert_int_equal(sent(a, b, 100), 0);
    assert_int_not_equal(sent(b, a, 100), 0); /* one way only */
    link_set_cut(world, a, b, false);
    assert_true(link_cut(world, a, b, epoch));
    assert_true(link_send(world, a, b, 100, PACKET_DATA, &arrival_ns, &later));
    assert_false(link_cut(world, a, b, later));
    link_set_cut(world, a, b, true);
    link_set_cut(world, b, a, true);
    link_heal_all(world);
    assert_int_not_equal(sent(a, b, 100), 0);
    assert_int_not_equal(sent(b, a, 100), 0);
}

/* Many pairs: each is found again, each way by itself. */
static void test_many_pairs(void **state)
{
    (void)state;
    uint32_t machines[20] = {a, b};
    for (unsigned i = 2; i < 20; i++) {
        char name[] = {'m', (char)('a' + i), 0};
        machines[i] = net_machine(world, name);
    }
    for (unsigned round = 0; round < 2; round++)
        for (unsigned i = 0; i < 20; i++)
            for (unsigned j = 0; j < 20; j++)
                for (unsigned k = 0; k <= round; k++)
                    sent(machines[i], machines[j], 10 + i);
    assert_int_equal(world->links.count, 401);
    for (unsigned i = 0; i < 20; i++)
        for (unsigned j = 0; j < 20; j++) {
            const struct way *way = way_at(world, way_find(world, machines[i], machines[j]));
            assert_int_equal(way->from, machines[i]);
            assert_int_equal(way->to, machines[j]);
            assert_int_equal(way->packets, 3);
            assert_int_equal(way->bytes, 3 * (10 + i));
        }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_two, close_world)
    const struct CMUnitTest tests[] = {
        TEST(test_defaults),   TEST(test_loopback), TEST(test_names_and_directions),
        TEST(test_queue),      TEST(test_changed),  TEST(test_network_and_link),
        TEST(test_jitter),     TEST(test_loss),     TEST(test_own_streams),
        TEST(test_drop_next),  TEST(test_cut),      TEST(test_many_pairs),
        TEST(test_drop_after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
