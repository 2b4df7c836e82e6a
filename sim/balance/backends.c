/*
 * Who stands behind the balancer, and who gets the next request.
 *
 * roundrobin gives each server its turns evenly by weight: of 3 and 1, a a a b (HAProxy's fwrr;
 * TRUTH net.lb.algorithms); leastconn takes who has the least under way; source goes by the
 * client's address, modulo the sum of the weights, so that it moves when a server goes (hash-type
 * map-based); cookie stays with the server that answered first.
 */
#include <string.h>

#include "sim/balance/balancer_state.h"

#define TURN (UINT64_C(1) << 32) /* of a server of weight 1 */

/* --- the list ------------------------------------------------------------------------------- */

static bool known_kind(const struct world *world, uint32_t component, uint64_t mode)
{
    uint16_t kind = component_at(world, component)->kind;
    return kind == KIND_SERVER || (kind == KIND_STORE && mode == BALANCER_TCP);
}

bool backends_check(struct world *world, const uint64_t *values, struct error *error)
{
    const char *list = string_at(world, (ref)values[BALANCER_TO]);
    char word[NAME_BYTES];
    unsigned count = 0;
    while (text_list_next(&list, word, sizeof word)) {
        uint32_t component = component_find(world, word);
        if (component == 0)
            return error_set(error, ERROR_NOTHING_NAMED, BALANCER_TO, word, NULL, NULL, NULL);
        if (!known_kind(world, component, values[BALANCER_MODE]))
            return error_set(error, ERROR_BALANCER_KIND, BALANCER_TO, word,
                             component_kind(world, component)->name, NULL, NULL);
        if (++count > BACKENDS_MAX)
            return error_set(error, ERROR_BALANCER_MANY, BALANCER_TO, "16", NULL, NULL, NULL);
    }
    if (count == 0)
        return error_set(error, ERROR_BALANCER_NOWHERE, BALANCER_TO, NULL, NULL, NULL, NULL);
    const char *weights = string_at(world, (ref)values[BALANCER_WEIGHTS]);
    uint64_t weight;
    while (text_list_next(&weights, word, sizeof word)) {
        if (!value_parse(word, UNIT_COUNT, NULL, &weight, error))
            return error->word = BALANCER_WEIGHTS, false;
        if (weight > 256)
            return error_set(error, ERROR_OUT_OF_RANGE, BALANCER_WEIGHTS, word, "0", "256", NULL);
    }
    return true;
}

void backend_join(const struct balancer *b, struct backend *backend)
{
    backend->served = (b->position >> 16) * backend->weight >> 16;
}

static void backend_add(struct world *world, uint32_t id, uint32_t place, uint32_t component)
{
    struct balancer *b = balancer_of(world, id);
    struct backend *backend = &b->backends[place];
    *backend = (struct backend){.component = component, .up = 1, .weight = 1};
    backend->changed_ns = world->now_ns;
    backend_join(b, backend);
    b->backend_count++;
    health_arm(world, id, place);
}

static void weights_read(struct world *world, uint32_t id)
{
    struct balancer *b = balancer_of(world, id);
    const char *weights = parameter_text(world, id, BALANCER_WEIGHTS);
    struct error error;
    char word[24];
    for (uint32_t i = 0; i < b->backend_count; i++) {
        uint64_t weight = 1;
        if (text_list_next(&weights, word, sizeof word))
            value_parse(word, UNIT_COUNT, NULL, &weight, &error);
        if (b->backends[i].weight == weight)
            continue;
        b->backends[i].weight = (uint32_t)weight;
        backend_join(b, &b->backends[i]);
    }
}

void backends_read(struct world *world, uint32_t id)
{
    struct balancer *b = balancer_of(world, id);
    const char *list = parameter_text(world, id, BALANCER_TO);
    char word[NAME_BYTES];
    bool named[BACKENDS_MAX] = {false};
    while (text_list_next(&list, word, sizeof word)) {
        uint32_t component = component_find(world, word);
        uint32_t place = backend_find(world, b, word);
        if (place == 0 && component != 0 && b->backend_count < BACKENDS_MAX) {
            backend_add(world, id, b->backend_count, component);
            place = b->backend_count;
        }
        if (place != 0)
            named[place - 1] = true;
    }
    for (uint32_t i = 0; i < b->backend_count; i++)
        if (!named[i]) /* what it has under way is finished; its place stays */
            health_drop(world, id, i);
    weights_read(world, id);
}

uint32_t backend_find(const struct world *world, const struct balancer *b, const char *name)
{
    for (uint32_t i = 0; i < b->backend_count; i++)
        if (b->backends[i].component != 0 &&
            strcmp(component_at(world, b->backends[i].component)->name, name) == 0)
            return i + 1;
    return 0;
}

bool backend_usable(const struct backend *backend)
{
    return backend->component != 0 && backend->up && backend->admin == BACKEND_READY &&
           backend->weight != 0;
}

uint64_t backends_up(const struct balancer *b)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < b->backend_count; i++)
        count += b->backends[i].component != 0 && b->backends[i].up &&
                 b->backends[i].admin == BACKEND_READY;
    return count;
}

/* --- who is next ---------------------------------------------------------------------------- */

/* Where a server's next turn ends, by its weight. */
static uint64_t turn_end(const struct backend *backend)
{
    return (backend->served + 1) * TURN / backend->weight;
}

/* Is the one better than the best so far?  The first in the list wins a tie; with leastconn who was
 * chosen longest ago. */
static bool better(const struct backend *one, const struct backend *best, uint64_t policy)
{
    if (policy == BALANCER_LEASTCONN) {
        uint64_t a = (uint64_t)one->current * best->weight,
                 b = (uint64_t)best->current * one->weight;
        return a != b ? a < b : one->picked < best->picked;
    }
    return turn_end(one) < turn_end(best);
}

static uint32_t pick_best(struct balancer *b, uint64_t policy, uint32_t but)
{
    uint32_t best = 0;
    for (uint32_t i = 0; i < b->backend_count; i++) {
        const struct backend *one = &b->backends[i];
        if (backend_usable(one) && i + 1 != but &&
            (best == 0 || better(one, &b->backends[best - 1], policy)))
            best = i + 1;
    }
    return best;
}

/* Whose turn it is and who is passed over has had it (HAProxy fwrr_get_next_server; TRUTH
 * net.lb.failover.blackhole: 37 to 41 % of the requests meet the black hole, not a third). */
static uint32_t pick_other(struct balancer *b, uint64_t policy, uint32_t but)
{
    uint32_t best = pick_best(b, policy, 0);
    if (but == 0 || best != but)
        return best;
    uint32_t other = pick_best(b, policy, but);
    b->backends[but - 1].served += other != 0;
    return other;
}

static uint32_t pick_source(const struct balancer *b, uint64_t address, uint32_t but)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < b->backend_count; i++)
        sum += backend_usable(&b->backends[i]) && i + 1 != but ? b->backends[i].weight : 0;
    uint64_t left = sum != 0 ? address % sum : 0;
    for (uint32_t i = 0; i < b->backend_count; i++) {
        if (!backend_usable(&b->backends[i]) || i + 1 == but)
            continue;
        if (left < b->backends[i].weight)
            return i + 1;
        left -= b->backends[i].weight;
    }
    return 0;
}

/* Who drains still gets those who stay with it. */
static uint32_t pick_cookie(const struct balancer *b, const struct front *front, uint32_t but)
{
    uint32_t place = http_cookie(&front->request);
    if (place == 0 || place > b->backend_count || place == but)
        return 0;
    const struct backend *backend = &b->backends[place - 1];
    return backend->component != 0 && backend->up && backend->admin != BACKEND_MAINT ? place : 0;
}

uint32_t backend_pick(struct world *world, uint32_t id, const struct front *front, uint32_t but)
{
    struct balancer *b = balancer_of(world, id);
    uint64_t policy = parameter_get(world, id, BALANCER_POLICY);
    uint32_t place = 0;
    if (policy == BALANCER_COOKIE)
        place = pick_cookie(b, front, but);
    if (policy == BALANCER_SOURCE)
        place = pick_source(b, front->address, but);
    if (place == 0 && policy != BALANCER_SOURCE)
        place = pick_other(b, policy, but);
    if (place == 0)
        return but != 0 ? backend_pick(world, id, front, 0) : 0;
    struct backend *backend = &b->backends[place - 1];
    if (backend->weight != 0 && turn_end(backend) > b->position)
        b->position = turn_end(backend);
    backend->picked = ++b->picks;
    backend->served++;
    backend->total++;
    return place;
}
