/*
 * An address that moves: a balancer says every `inter` that it is there, and its standby takes the
 * address over when it has not heard so for three of them (VRRP: RFC 5798 6.1).
 *
 * The adverts are packets on the link between the two machines: what cuts, delays or loses packets
 * does so with them.  Who comes back says so at once, and the standby gives the address back at the
 * first advert (keepalived without nopreempt).  When only the link between the two is cut, both
 * hold it: tcp_address_take says who gets whom.  Connections of the one that died do not move; they
 * end as its machine leaves them, closed or in silence.
 */
#include <string.h>

#include "sim/balance/balancer_state.h"
#include "sim/net/way.h"

#define ADVERT_BYTES     32u /* IP 20, VRRPv3 8, one address 4 */
#define SILENT_INTERVALS 3u

/* --- who stands by for whom ----------------------------------------------------------------- */

static bool is_balancer(const struct world *world, uint32_t component)
{
    return component != 0 && component_at(world, component)->kind == KIND_BALANCER;
}

bool standby_check(const struct world *world, uint32_t id, const uint64_t *values,
                   struct error *error)
{
    const char *name = string_at(world, (ref)values[BALANCER_STANDBY]);
    if (name[0] == 0 || strcmp(name, parameter_text(world, id, BALANCER_STANDBY)) == 0)
        return true;
    uint32_t by = component_find(world, name);
    if (by == 0)
        return error_set(error, ERROR_NOTHING_NAMED, BALANCER_STANDBY, name, NULL, NULL, NULL);
    return (is_balancer(world, by) && by != id) ||
           error_set(error, ERROR_BALANCER_STANDBY, BALANCER_STANDBY, name, NULL, NULL, NULL);
}

static struct stand_by *stand_by_of(const struct world *world, uint32_t id)
{
    return &balancer_of(world, id)->stand_by;
}

/* The next balancer after `other` that `id` stands by for; 0 none. */
static uint32_t next_other(const struct world *world, uint32_t id, uint32_t other)
{
    while ((other = component_next(world, other, KIND_BALANCER)) != 0)
        if (stand_by_of(world, other)->by == id)
            return other;
    return 0;
}

uint64_t standby_addresses(const struct world *world, uint32_t id)
{
    uint64_t count = component_at(world, id)->up;
    for (uint32_t other = 0; (other = next_other(world, id, other)) != 0;)
        count += tcp_address_holder(world, other) == id;
    return count;
}

/* --- the one that may die: it says that it is there ----------------------------------------- */

static void advert_stop(struct world *world, uint32_t id)
{
    struct stand_by *s = stand_by_of(world, id);
    if (s->advert != 0)
        world_cancel(world, s->advert);
    s->advert = 0;
    s->late = 0;
}

static void advertise(struct world *world, uint32_t id)
{
    struct stand_by *s = stand_by_of(world, id);
    struct trip trip;
    s->late = 0;
    if (s->by == 0 || !component_at(world, id)->up)
        return;
    uint32_t way =
        way_need(world, component_at(world, id)->machine, component_at(world, s->by)->machine);
    if (way != 0 && way_send(world, way, ADVERT_BYTES, 1u << PACKET_OTHER, &trip)) {
        struct payload heard = {.u32 = {id, way, trip.epoch}};
        world_at(world, trip.arrival_ns, s->by, BALANCER_EVENT_HEARD, &heard);
    }
    struct payload none = {.u32 = {0}};
    s->advert = world_after(world, parameter_get(world, id, BALANCER_INTER), id,
                            BALANCER_EVENT_ADVERT, &none);
}

static void advert_due(struct world *world, uint32_t id)
{
    stand_by_of(world, id)->advert = 0;
    if (component_at(world, id)->paused)
        stand_by_of(world, id)->late = 1;
    else
        advertise(world, id);
}

/* --- the one that stands by: it listens ----------------------------------------------------- */

static void silence_stop(struct world *world, uint32_t other)
{
    struct stand_by *s = stand_by_of(world, other);
    if (s->silence != 0)
        world_cancel(world, s->silence);
    s->silence = 0;
    s->fired = s->heard = 0;
}

static void silence_begin(struct world *world, uint32_t other)
{
    struct stand_by *s = stand_by_of(world, other);
    struct payload payload = {.u32 = {other}};
    silence_stop(world, other);
    if (component_at(world, s->by)->up)
        s->silence =
            world_after(world, SILENT_INTERVALS * parameter_get(world, other, BALANCER_INTER),
                        s->by, BALANCER_EVENT_SILENCE, &payload);
}

static void give_back(struct world *world, uint32_t other)
{
    uint32_t holder = tcp_address_holder(world, other);
    if (holder == 0)
        return;
    tcp_address_take(world, other, 0);
    trace(world, holder, TRACE_ADDRESS_GIVEN, other, 0);
}

static void heard(struct world *world, uint32_t other)
{
    silence_begin(world, other);
    give_back(world, other);
}

/* The packet came; whether a process is there to hear it is another thing. */
static void advert_came(struct world *world, uint32_t id, const struct payload *payload)
{
    uint32_t other = payload->u32[0];
    if (!way_arrives(world, payload->u32[1], ADVERT_BYTES, payload->u32[2]) ||
        !component_at(world, id)->up || !is_balancer(world, other) ||
        stand_by_of(world, other)->by != id)
        return;
    if (component_at(world, id)->paused)
        stand_by_of(world, other)->heard = 1;
    else
        heard(world, other);
}

static void silence_over(struct world *world, uint32_t id, uint32_t other)
{
    struct stand_by *s = stand_by_of(world, other);
    s->silence = 0;
    if (component_at(world, id)->paused) {
        s->fired = 1;
        return;
    }
    s->fired = 0;
    tcp_address_take(world, other, id);
    trace(world, id, TRACE_ADDRESS_TAKEN, other, 0);
}

void standby_event(struct world *world, uint32_t id, const struct event *event)
{
    switch ((enum balancer_event)event_what(event)) {
    case BALANCER_EVENT_ADVERT:
        advert_due(world, id);
        break;
    case BALANCER_EVENT_HEARD:
        advert_came(world, id, &event->payload);
        break;
    case BALANCER_EVENT_SILENCE:
        silence_over(world, id, event->payload.u32[0]);
        break;
    default:
        break;
    }
}

/* --- lives ---------------------------------------------------------------------------------- */

void standby_begin(struct world *world, uint32_t id)
{
    uint32_t before = stand_by_of(world, id)->by;
    standby_changed(world, id); /* its file may say something else than its last life went by */
    if (stand_by_of(world, id)->by == before)
        advertise(world, id);
    for (uint32_t other = 0; (other = next_other(world, id, other)) != 0;)
        silence_begin(world, other);
}

void standby_end(struct world *world, uint32_t id)
{
    advert_stop(world, id);
    for (uint32_t other = 0; (other = next_other(world, id, other)) != 0;) {
        silence_stop(world, other);
        give_back(world, other);
    }
}

void standby_thaw(struct world *world, uint32_t id)
{
    if (stand_by_of(world, id)->late != 0)
        advertise(world, id);
    for (uint32_t other = 0; (other = next_other(world, id, other)) != 0;) {
        struct stand_by *s = stand_by_of(world, other);
        if (s->heard != 0)
            heard(world, other);
        else if (s->fired != 0)
            silence_over(world, id, other);
    }
}

/* Nobody stands by for it any more. */
static void let_go(struct world *world, uint32_t id)
{
    if (stand_by_of(world, id)->by == 0)
        return;
    advert_stop(world, id);
    silence_stop(world, id);
    give_back(world, id);
    stand_by_of(world, id)->by = 0;
}

void standby_changed(struct world *world, uint32_t id)
{
    struct stand_by *s = stand_by_of(world, id);
    uint32_t by = component_find(world, parameter_text(world, id, BALANCER_STANDBY));
    if (by == s->by)
        return;
    let_go(world, id);
    if (!is_balancer(world, by))
        return;
    s->by = by;
    silence_begin(world, id);
    advertise(world, id);
}

void standby_removed(struct world *world, uint32_t id)
{
    let_go(world, id);
    for (uint32_t other = 0; (other = next_other(world, id, other)) != 0;)
        let_go(world, other);
}
