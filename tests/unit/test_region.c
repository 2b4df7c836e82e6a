/*
 * The region: slabs, handles, the arena against a model, vectors, copies and packed copies.
 */
#include "tests/unit/region_fixture.h"

#define EVENTS   8
#define MESSAGES 50
#define BLOCKS   200

static void init_refuses_what_does_not_fit(void **state)
{
    (void)state;
    struct slab_spec specs[SLAB_COUNT] = {{0, 0}};
    struct fixture *fixture = calloc(1, FIXTURE_BYTES);
    assert_false(region_init(&fixture->region, (size_t)1 << 20, sizeof *fixture, specs));
    specs[SLAB_FILE] = (struct slab_spec){64, 1u << 20};
    assert_false(region_init(&fixture->region, FIXTURE_BYTES, sizeof *fixture, specs));
    specs[SLAB_FILE] = (struct slab_spec){12, 4};
    assert_false(region_init(&fixture->region, FIXTURE_BYTES, sizeof *fixture, specs));
    free(fixture);
}

static void a_slab_holds_its_limit_and_gives_zeroed_items(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_open(EVENTS, MESSAGES);
    struct region *region = &fixture->region;
    for (uint32_t i = 1; i <= MESSAGES; i++) {
        assert_int_equal(slab_take(region, SLAB_MESSAGE), i);
        memset(slab_at(region, SLAB_MESSAGE, i), 0xff, 24);
    }
    assert_int_equal(region->full, 0);
    assert_int_equal(slab_take(region, SLAB_MESSAGE), 0);
    assert_int_equal(region->full, 1);
    slab_give(region, SLAB_MESSAGE, 7);
    slab_give(region, SLAB_MESSAGE, 30);
    assert_int_equal(region->slabs[SLAB_MESSAGE].live, MESSAGES - 2);
    const char zeros[24] = {0};
    uint32_t first = slab_take(region, SLAB_MESSAGE);
    uint32_t second = slab_take(region, SLAB_MESSAGE);
    assert_int_equal(first, 30);
    assert_int_equal(second, 7);
    assert_memory_equal(slab_at(region, SLAB_MESSAGE, first), zeros, 24);
    assert_memory_equal(slab_at(region, SLAB_MESSAGE, second), zeros, 24);
    free(fixture);
}

static void a_handle_is_stale_after_its_item_was_given_back(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_open(EVENTS, MESSAGES);
    struct region *region = &fixture->region;
    uint32_t index = slab_take(region, SLAB_MESSAGE);
    handle old = slab_handle(region, SLAB_MESSAGE, index);
    assert_true(old != 0);
    assert_int_equal(slab_index(region, SLAB_MESSAGE, old), index);
    slab_give(region, SLAB_MESSAGE, index);
    assert_int_equal(slab_take(region, SLAB_MESSAGE), index);
    assert_int_equal(slab_index(region, SLAB_MESSAGE, old), 0);
    handle new = slab_handle(region, SLAB_MESSAGE, index);
    assert_int_equal(slab_index(region, SLAB_MESSAGE, new), index);
    assert_int_equal(slab_index(region, SLAB_MESSAGE, 0), 0);
    assert_int_equal(slab_index(region, SLAB_MESSAGE, 4000), 0);
    assert_int_equal(slab_handle(region, SLAB_EVENT, slab_take(region, SLAB_EVENT)), 0);
    free(fixture);
}

/* What a block of the arena must hold: `fill` in its first `bytes`, zero when just taken. */
struct block {
    ref at;
    uint64_t bytes;
    unsigned char fill;
};

static void assert_filled(const struct region *region, const struct block *block, uint64_t from,
                          uint64_t to, unsigned char fill)
{
    const unsigned char *bytes = arena_at(region, block->at);
    for (uint64_t i = from; i < to; i++) {
        assert_int_equal(bytes[i], fill);
    }
}

static void model_take(struct region *region, struct block *block, struct stream *stream)
{
    block->bytes = 1 + stream_below(stream, UINT64_C(1) << stream_below(stream, 12));
    block->at = arena_take(region, block->bytes);
    assert_int_not_equal(block->at, 0);
    assert_filled(region, block, 0, block->bytes, 0);
    assert_true(block->bytes <= 32 ||
                ((uintptr_t)arena_at(region, block->at) - (uintptr_t)region) % 64 == 0);
    block->fill = (unsigned char)(1 + stream_below(stream, 255));
    memset(arena_at(region, block->at), block->fill, block->bytes);
}

static void model_grow(struct region *region, struct block *block, struct stream *stream)
{
    uint64_t bytes = block->bytes + stream_below(stream, 3000);
    block->at = arena_grow(region, block->at, block->bytes, bytes);
    assert_int_not_equal(block->at, 0);
    assert_filled(region, block, 0, block->bytes, block->fill);
    assert_filled(region, block, block->bytes, bytes, 0);
    memset(arena_at(region, block->at), block->fill, bytes);
    block->bytes = bytes;
}

static void the_arena_does_what_a_model_does(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct fixture *fixture = fixture_open(EVENTS, MESSAGES);
        struct region *region = &fixture->region;
        struct stream stream = stream_of(seed, "arena", "test");
        struct block blocks[BLOCKS] = {{0, 0, 0}};
        for (int i = 0; i < 3000; i++) {
            struct block *block = &blocks[stream_below(&stream, BLOCKS)];
            if (block->at == 0) {
                model_take(region, block, &stream);
                continue;
            }
            assert_filled(region, block, 0, block->bytes, block->fill);
            if (stream_below(&stream, 3) == 0) {
                model_grow(region, block, &stream);
            } else {
                arena_give(region, block->at, block->bytes);
                block->at = 0;
            }
        }
        for (int i = 0; i < BLOCKS; i++) {
            arena_give(region, blocks[i].at, blocks[i].bytes); /* of none: nothing */
        }
        assert_int_equal(region->arena_live, 0);
        assert_int_equal(region->full, 0);
        free(fixture);
    }
}

static void a_full_arena_says_so_and_keeps_what_it_holds(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_open(EVENTS, MESSAGES);
    struct region *region = &fixture->region;
    ref kept = arena_take(region, 100);
    memset(arena_at(region, kept), 5, 100);
    assert_int_equal(arena_take(region, UINT64_C(1) << 60), 0);
    assert_int_equal(region->full, 1);
    int taken = 0;
    ref last = 0;
    for (ref at = arena_take(region, 4096); at != 0; at = arena_take(region, 4096)) {
        last = at;
        taken++;
    }
    assert_in_range(taken, 256, FIXTURE_BYTES / 4096);
    assert_true((char *)arena_at(region, last) + 4096 <= (char *)fixture + FIXTURE_BYTES);
    assert_int_equal(arena_grow(region, kept, 100, 5000), 0);
    const char *bytes = arena_at(region, kept);
    assert_int_equal(bytes[99], 5);
    arena_give(region, last, 4096);
    assert_int_equal(arena_take(region, 3000), last);
    free(fixture);
}

static void a_vector_grows_and_keeps_its_items(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_open(EVENTS, MESSAGES);
    struct region *region = &fixture->region;
    for (uint32_t item_bytes = 4; item_bytes <= 40; item_bytes += 12) {
        struct vector vector = {0};
        for (uint32_t i = 0; i < 1000; i++) {
            uint32_t *item = vector_push(region, &vector, item_bytes);
            assert_non_null(item);
            assert_int_equal(*item, 0);
            *item = i;
        }
        for (uint32_t i = 0; i < 1000; i++) {
            assert_int_equal(*(uint32_t *)vector_at(region, &vector, i), i);
        }
        vector_clear(region, &vector);
        assert_int_equal(vector.count, 0);
        assert_int_equal(region->arena_live, 0);
    }
    free(fixture);
}

/* Takes and gives in slabs and arena as the stream says. */
static void live(struct fixture *fixture, struct stream *stream, int steps)
{
    struct region *region = &fixture->region;
    for (int i = 0; i < steps; i++) {
        uint32_t index = 1 + (uint32_t)stream_below(stream, MESSAGES);
        struct slab *slab = &region->slabs[SLAB_MESSAGE];
        if (slab->live < MESSAGES && stream_below(stream, 2) == 0) {
            uint64_t *item = slab_at(region, SLAB_MESSAGE, slab_take(region, SLAB_MESSAGE));
            item[1] = stream_next(stream); /* never 0: it marks a taken item */
        } else if (index < slab->used &&
                   ((uint64_t *)slab_at(region, SLAB_MESSAGE, index))[1] != 0) {
            slab_give(region, SLAB_MESSAGE, index);
        }
        uint64_t bytes = 1 + stream_below(stream, 500);
        ref at = arena_take(region, bytes);
        memset(arena_at(region, at), (int)index, bytes);
        if (stream_below(stream, 2) == 0) {
            arena_give(region, at, bytes);
        }
    }
}

static void copies_are_equal_and_go_on_equally(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct fixture *a = fixture_open(EVENTS, MESSAGES);
        struct fixture *b = fixture_open(EVENTS, MESSAGES);
        struct fixture *fresh = calloc(1, FIXTURE_BYTES);
        struct stream stream = stream_of(seed, "copy", "test");
        live(a, &stream, 100 + (int)(seed % 2) * 400);
        live(b, &stream, 300); /* used more or less than what comes */
        region_copy(&b->region, &a->region);
        region_copy(&fresh->region, &a->region);
        assert_same_bytes(a, b);
        assert_same_bytes(a, fresh);
        struct stream same = stream;
        live(a, &stream, 200);
        live(b, &same, 200);
        assert_same_bytes(a, b);
        free(a);
        free(b);
        free(fresh);
    }
}

static void packed_copies_come_back_equal(void **state)
{
    (void)state;
    struct fixture *a = fixture_open(EVENTS, MESSAGES);
    struct fixture *b = fixture_open(EVENTS, MESSAGES);
    struct fixture *then = calloc(1, FIXTURE_BYTES);
    struct stream stream = stream_of(3, "pack", "test");
    live(a, &stream, 200);
    uint64_t bytes = region_used(&a->region);
    char *packed = malloc(bytes);
    region_pack(packed, &a->region);
    region_copy(&then->region, &a->region);
    live(a, &stream, 300);
    live(b, &stream, 500);
    region_unpack(&a->region, packed);
    region_unpack(&b->region, packed);
    assert_same_bytes(a, then);
    assert_same_bytes(b, then);
    assert_int_equal(region_used(&a->region), bytes);
    free(packed);
    free(a);
    free(b);
    free(then);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_refuses_what_does_not_fit),
        cmocka_unit_test(a_slab_holds_its_limit_and_gives_zeroed_items),
        cmocka_unit_test(a_handle_is_stale_after_its_item_was_given_back),
        cmocka_unit_test(the_arena_does_what_a_model_does),
        cmocka_unit_test(a_full_arena_says_so_and_keeps_what_it_holds),
        cmocka_unit_test(a_vector_grows_and_keeps_its_items),
        cmocka_unit_test(copies_are_equal_and_go_on_equally),
        cmocka_unit_test(packed_copies_come_back_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
