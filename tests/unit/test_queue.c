/*
 * The event queue against a naive one over random histories; cancel, limits, copies.
 */
#include "tests/unit/region_fixture.h"

#define EVENTS  3000
#define SECOND  UINT64_C(1000000000)
#define NOTHING ((struct payload){{{0}}})

/* The naive queue: an array that is searched. */
struct waiting {
    uint64_t time_ns;
    event_id id;
    uint32_t who;
};

struct model {
    struct fixture *fixture;
    struct stream stream;
    struct waiting events[EVENTS];
    uint32_t count;
    uint32_t who;
    uint64_t now_ns;
    event_id fired;
};

enum delays {
    DELAY_NONE,
    DELAY_TIES,
    DELAY_EVEN,
    DELAY_SKEWED,
    DELAY_ANY,
    DELAY_BURSTS,
    DELAY_COUNT
};

static uint64_t draw_delay_ns(struct model *model, enum delays delays)
{
    struct stream *stream = &model->stream;
    switch (delays) {
    case DELAY_NONE:
        return 0;
    case DELAY_TIES:
        return stream_below(stream, 4);
    case DELAY_EVEN:
        return stream_below(stream, SECOND);
    case DELAY_SKEWED:
        return stream_below(stream, 2) ? stream_below(stream, 5000) : 30 * SECOND;
    case DELAY_BURSTS:
        return model->who / 500 % 2 ? stream_below(stream, 200) : 3600 * SECOND;
    default:
        return stream_next(stream) >> (4 + stream_below(stream, 60));
    }
}

static uint32_t model_next(const struct model *model)
{
    uint32_t least = 0;
    for (uint32_t i = 1; i < model->count; i++) {
        const struct waiting *a = &model->events[i];
        const struct waiting *b = &model->events[least];
        least = a->time_ns < b->time_ns || (a->time_ns == b->time_ns && a->id < b->id) ? i : least;
    }
    return least;
}

static void step_push(struct model *model, enum delays delays)
{
    struct fixture *fixture = model->fixture;
    uint64_t delay_ns = draw_delay_ns(model, delays);
    uint64_t room_ns = TIME_NEVER - 1 - model->now_ns;
    uint64_t time_ns = model->now_ns + (delay_ns < room_ns ? delay_ns : room_ns);
    struct payload payload = {{{time_ns, ~time_ns, model->who, 4}}};
    event_id id =
        queue_push(&fixture->region, &fixture->queue, time_ns, 0x1234, ++model->who, &payload);
    assert_true(id != 0);
    model->events[model->count++] = (struct waiting){time_ns, id, model->who};
}

static void step_cancel(struct model *model)
{
    struct fixture *fixture = model->fixture;
    struct waiting *event = &model->events[stream_below(&model->stream, model->count)];
    assert_true(queue_cancel(&fixture->region, &fixture->queue, event->id));
    assert_false(queue_cancel(&fixture->region, &fixture->queue, event->id));
    *event = model->events[--model->count];
}

static void step_pop(struct model *model)
{
    struct fixture *fixture = model->fixture;
    struct event event;
    bool popped = queue_pop(&fixture->region, &fixture->queue, &event);
    assert_int_equal(popped, model->count > 0);
    assert_false(queue_cancel(&fixture->region, &fixture->queue, model->fired));
    if (!popped) {
        return;
    }
    uint32_t next = model_next(model);
    const struct waiting *expected = &model->events[next];
    assert_int_equal(event.time_ns, expected->time_ns);
    assert_int_equal(event.who, expected->who);
    assert_int_equal(event.kind, 0x1234);
    assert_int_equal(event.payload.u64[2], expected->who - 1);
    model->now_ns = event.time_ns;
    model->fired = expected->id;
    model->events[next] = model->events[--model->count];
}

static void step_peek(struct model *model)
{
    struct fixture *fixture = model->fixture;
    uint64_t expected = model->count > 0 ? model->events[model_next(model)].time_ns : TIME_NEVER;
    assert_int_equal(queue_next(&fixture->region, &fixture->queue), expected);
}

static void step(struct model *model, enum delays delays, uint64_t pushes)
{
    uint64_t choice = stream_below(&model->stream, 16);
    if (choice < pushes) {
        if (model->count < EVENTS) {
            step_push(model, delays);
        }
    } else if (choice < pushes + 2 && model->count > 0) {
        step_cancel(model);
    } else if (choice < pushes + 3) {
        step_peek(model);
    } else {
        step_pop(model);
    }
    const struct fixture *fixture = model->fixture;
    assert_int_equal(fixture->queue.pending, model->count);
    assert_int_equal(fixture->region.slabs[SLAB_EVENT].live, model->count);
    assert_true(fixture->queue.dead <= fixture->queue.pending + 1025);
}

static struct model *model_open(uint64_t seed)
{
    struct model *model = calloc(1, sizeof *model);
    model->fixture = fixture_open(EVENTS, 0);
    model->stream = stream_of(seed, "queue", "test");
    return model;
}

static void model_close(struct model *model)
{
    free(model->fixture);
    free(model);
}

static void random_histories_fire_in_the_naive_order(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 36; seed++) {
        struct model *model = model_open(seed);
        enum delays delays = (enum delays)(seed % DELAY_COUNT);
        for (int i = 0; i < 6000; i++) {
            /* Waves: mostly pushes, then mostly pops; a part of them mixes the delays. */
            uint64_t pushes = i / 1000 % 2 == 0 ? 10 : 4;
            bool other = seed % 5 == 0 && stream_below(&model->stream, 3) == 0;
            step(model, other ? DELAY_EVEN : delays, pushes);
        }
        while (model->count > 0) {
            step_pop(model);
        }
        step_pop(model);
        assert_int_equal(model->fixture->region.full, 0);
        model_close(model);
    }
}

static void masses_of_cancels_leave_the_others_in_order(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct model *model = model_open(seed);
        enum delays delays = (enum delays)(seed % DELAY_COUNT);
        for (int round = 0; round < 4; round++) {
            while (model->count < EVENTS) {
                step_push(model, delays);
            }
            uint32_t left = round == 2 ? 0 : 300;
            while (model->count > left) {
                step_cancel(model);
            }
            assert_true(model->fixture->queue.dead <= left + 1024);
        }
        while (model->count > 0) {
            step_pop(model);
        }
        model_close(model);
    }
}

static void a_cancelled_event_gives_its_slot_back(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_open(10, 0);
    struct region *region = &fixture->region;
    /* 100,000 re-armed timers through ten slots: were anything kept, slab or arena would fill. */
    event_id timers[10] = {0};
    for (uint32_t i = 0; i < 100000; i++) {
        queue_cancel(region, &fixture->queue, timers[i % 10]);
        timers[i % 10] = queue_push(region, &fixture->queue, i + 30 * SECOND, 1, i, &NOTHING);
        assert_true(timers[i % 10] != 0);
    }
    assert_int_equal(fixture->queue.pending, 10);
    assert_int_equal(region->slabs[SLAB_EVENT].live, 10);
    assert_true(region->arena_top < 200000);
    for (uint32_t i = 99990; i < 100000; i++) {
        struct event event;
        assert_true(queue_pop(region, &fixture->queue, &event));
        assert_int_equal(event.who, i);
    }
    free(fixture);
}

static void a_full_slab_and_used_up_numbers_are_said(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_open(3, 0);
    struct region *region = &fixture->region;
    struct event event;
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(queue_push(region, &fixture->queue, 5, 1, i, &NOTHING) != 0);
    }
    assert_int_equal(region->full, 0);
    assert_int_equal(queue_push(region, &fixture->queue, 5, 1, 9, &NOTHING), 0);
    assert_int_equal(region->full, 1);
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(queue_pop(region, &fixture->queue, &event));
        assert_int_equal(event.who, i);
    }
    region->full = 0;
    fixture->queue.sequence = (UINT64_C(1) << 40) - 2;
    event_id last = queue_push(region, &fixture->queue, 6, 1, 1, &NOTHING);
    assert_int_equal(last >> 24, (UINT64_C(1) << 40) - 1);
    assert_int_equal(queue_push(region, &fixture->queue, 6, 1, 2, &NOTHING), 0);
    assert_int_equal(region->slabs[SLAB_EVENT].live, 1);
    assert_true(queue_pop(region, &fixture->queue, &event));
    assert_int_equal(event.who, 1);
    free(fixture);
}

static void a_full_arena_stops_pushes_and_not_what_waits(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_open(EVENTS, 0);
    struct region *region = &fixture->region;
    struct event event;
    for (uint32_t i = 1; i <= 20; i++) {
        assert_true(queue_push(region, &fixture->queue, i * SECOND, 1, i, &NOTHING) != 0);
    }
    assert_true(queue_pop(region, &fixture->queue, &event));
    for (uint64_t bytes = 1 << 20; bytes > 0; bytes /= 2) {
        while (arena_take(region, bytes) != 0) {
        }
    }
    uint32_t more = 0;
    while (queue_push(region, &fixture->queue, SECOND, 1, 21 + more, &NOTHING) != 0) {
        more++;
    }
    assert_int_equal(region->slabs[SLAB_EVENT].live, 19 + more);
    assert_int_equal(fixture->queue.pending, 19 + more);
    for (uint32_t i = 0; i < 19 + more; i++) {
        assert_true(queue_pop(region, &fixture->queue, &event));
        assert_int_equal(event.who, i < more ? 21 + i : 2 + i - more);
    }
    free(fixture);
}

static void unknown_ids_are_refused(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_open(5, 0);
    struct region *region = &fixture->region;
    event_id id = queue_push(region, &fixture->queue, 5, 1, 1, &NOTHING);
    assert_false(queue_cancel(region, &fixture->queue, 0));
    assert_false(queue_cancel(region, &fixture->queue, id + 1));
    assert_false(queue_cancel(region, &fixture->queue, id + (UINT64_C(1) << 24)));
    assert_false(queue_cancel(region, &fixture->queue, id + (UINT64_C(1) << 56)));
    assert_false(queue_cancel(region, &fixture->queue, UINT64_MAX));
    assert_true(queue_cancel(region, &fixture->queue, id));
    assert_int_equal(queue_next(region, &fixture->queue), TIME_NEVER);
    free(fixture);
}

static void the_last_instants_keep_their_order(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_open(200, 0);
    struct region *region = &fixture->region;
    struct event event;
    for (uint32_t i = 0; i < 100; i++) {
        queue_push(region, &fixture->queue, TIME_NEVER - i / 2, 1, i, &NOTHING);
    }
    for (uint32_t i = 0; i < 100; i++) {
        assert_true(queue_pop(region, &fixture->queue, &event));
        assert_int_equal(event.time_ns, TIME_NEVER - (99 - i) / 2);
        assert_int_equal(event.who, (99 - i) / 2 * 2 + i % 2);
    }
    assert_false(queue_pop(region, &fixture->queue, &event));
    free(fixture);
}

/* Timers a minute ahead, one of them is next and its slot stands open; then a crowd comes, all of
 * it long before that slot: found with 100 connections that were opened after a minute's timers. */
static void a_burst_before_an_open_slot_keeps_its_order(void **state)
{
    (void)state;
    for (uint64_t gap_ns = SECOND / 1000; gap_ns <= 100 * SECOND; gap_ns *= 10) {
        struct fixture *fixture = fixture_open(2000, 0);
        struct region *region = &fixture->region;
        struct event event;
        uint64_t before_ns = 0;
        for (uint32_t i = 0; i < 500; i++) {
            queue_push(region, &fixture->queue, 111 * SECOND + i * gap_ns, 1, i, &NOTHING);
        }
        assert_int_equal(queue_next(region, &fixture->queue), 111 * SECOND);
        for (uint32_t i = 0; i < 1000; i++) {
            queue_push(region, &fixture->queue, 11 * SECOND + i * SECOND / 20, 1, i, &NOTHING);
        }
        for (uint32_t i = 0; i < 1500; i++) {
            assert_true(queue_pop(region, &fixture->queue, &event));
            assert_true(event.time_ns >= before_ns);
            before_ns = event.time_ns;
        }
        assert_false(queue_pop(region, &fixture->queue, &event));
        free(fixture);
    }
}

static void copies_go_on_as_the_original(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct model *a = model_open(seed);
        enum delays delays = (enum delays)(seed % DELAY_COUNT);
        for (int i = 0; i < 3000; i++) {
            step(a, delays, 9);
        }
        struct model *b = model_open(seed + 100);
        for (int i = 0; i < 2000; i++) {
            step(b, DELAY_EVEN, 9);
        }
        struct fixture *fixture = b->fixture;
        region_copy(&fixture->region, &a->fixture->region);
        *b = *a;
        b->fixture = fixture;
        assert_same_bytes(a->fixture, b->fixture);
        for (int i = 0; i < 2000; i++) {
            step(a, delays, 6);
            step(b, delays, 6);
        }
        assert_same_bytes(a->fixture, b->fixture);
        model_close(a);
        model_close(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_histories_fire_in_the_naive_order),
        cmocka_unit_test(masses_of_cancels_leave_the_others_in_order),
        cmocka_unit_test(a_cancelled_event_gives_its_slot_back),
        cmocka_unit_test(a_full_slab_and_used_up_numbers_are_said),
        cmocka_unit_test(a_full_arena_stops_pushes_and_not_what_waits),
        cmocka_unit_test(unknown_ids_are_refused),
        cmocka_unit_test(the_last_instants_keep_their_order),
        cmocka_unit_test(a_burst_before_an_open_slot_keeps_its_order),
        cmocka_unit_test(copies_go_on_as_the_original),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
