/*
 * Links and the network's defaults as components: what a person sets, cuts and reads.
 */
#include "sim/net/link.h"

#include "sim/net/tcp.h"
#include "sim/net/quic.h"
#include "sim/net/way.h"

/* The ways of a link: [0] as its name reads, [1] back. */
struct link_state {
    uint32_t ways[2];
};

/* --- commands --------------------------------------------------------------------------- */

uint32_t link_find(const struct world *world, uint32_t a, uint32_t b)
{
    uint32_t way = way_find(world, a, b);
    return way == 0 ? 0 : way_at(world, way)->link;
}

uint32_t link_need(struct world *world, uint32_t a, uint32_t b)
{
    uint32_t way = way_need(world, a, b);
    uint32_t back = way_need(world, b, a);
    if (way == 0 || back == 0)
        return 0;
    if (way_at(world, way)->link != 0)
        return way_at(world, way)->link;
    char buffer[NAME_BYTES];
    struct text name = TEXT(buffer);
    text_add(&name, component_at(world, a)->name);
    text_add_char(&name, '~');
    text_add(&name, component_at(world, b)->name);
    uint32_t link = component_new(world, KIND_LINK, buffer, 0);
    if (link == 0)
        return 0;
    struct link_state *state = component_state(world, link);
    state->ways[0] = way;
    state->ways[1] = back;
    way_at(world, way)->link = link;
    way_at(world, back)->link = link;
    for (unsigned i = 0; i < LINK_PARAMETERS; i++)
        parameter_put(world, link, i, way_at(world, way)->values[i]);
    return link;
}

void link_set(struct world *world, uint32_t from, uint32_t to, unsigned parameter, uint64_t value,
              bool both)
{
    uint32_t link = link_need(world, from, to);
    if (link == 0)
        return;
    const struct link_state *state = component_state(world, link);
    uint32_t way = way_find(world, from, to);
    way_at(world, way)->values[parameter] = value;
    if (both)
        way_at(world, way_find(world, to, from))->values[parameter] = value;
    if (both || way == state->ways[0])
        parameter_put(world, link, parameter, value);
}

void link_set_cut(struct world *world, uint32_t from, uint32_t to, bool cut)
{
    uint32_t index = way_need(world, from, to);
    if (index == 0 || from == to)
        return;
    struct way *way = way_at(world, index);
    if (cut && way->cut == 0)
        way->epoch++;
    way->cut = cut ? 1 : 0;
}

void link_heal_all(struct world *world)
{
    for (uint32_t i = 1; i < world->links.count; i++)
        way_at(world, i)->cut = 0;
}

void link_drop_next(struct world *world, uint32_t from, uint32_t to, unsigned kind, uint32_t count)
{
    uint32_t way = way_need(world, from, to);
    if (way != 0)
        way_at(world, way)->drop[kind] += count;
}

bool link_drop_after(struct world *world, uint32_t from, uint32_t to, unsigned kind, uint32_t count,
                     uint32_t skip)
{
    uint32_t index = way_need(world, from, to);
    struct way *way = index != 0 ? way_at(world, index) : NULL;
    if (way == NULL)
        return true;
    if (way->drop[kind] != 0 && (skip != 0 || way->skip[kind] != 0))
        return false;
    way->drop[kind] += count;
    way->skip[kind] = skip;
    return true;
}

/* --- packets ---------------------------------------------------------------------------- */

bool link_send(struct world *world, uint32_t from, uint32_t to, uint32_t bytes,
               enum packet_kind kind, uint64_t *arrival_ns, uint32_t *epoch)
{
    struct trip trip;
    bool leaves = way_send(world, way_need(world, from, to), bytes, 1u << kind, &trip);
    *arrival_ns = trip.arrival_ns;
    *epoch = trip.epoch;
    return leaves;
}

bool link_cut(const struct world *world, uint32_t from, uint32_t to, uint32_t epoch)
{
    uint32_t way = way_find(world, from, to);
    return way != 0 && (way_at(world, way)->cut != 0 || way_at(world, way)->epoch != epoch);
}

/* --- the kinds -------------------------------------------------------------------------- */

static const struct parameter rows[LINK_PARAMETERS] = {
    {"latency", UNIT_DURATION, 0, 3600 * SECOND_NS, "0.5ms", NULL, true,
     "how long a packet is on the way, one way", "패킷이 한 방향으로 가는 데 걸리는 시간"},
    {"jitter", UNIT_DURATION, 0, 3600 * SECOND_NS, "0ms", NULL, true,
     "up to so much is added to the latency at random; packets keep their order",
     "지연에 무작위로 더해지는 시간의 최댓값; 패킷 순서는 바뀌지 않습니다"},
    {"loss", UNIT_PERCENT, 0, 100 * PERCENT_ONE, "0%", NULL, true,
     "share of packets that vanish on the way", "가는 길에 사라지는 패킷의 비율"},
    {"bandwidth", UNIT_BANDWIDTH, 1000, 1000 * SECOND_NS, "1Gbit", NULL, true,
     "bits a second, each way", "초당 보낼 수 있는 비트 수, 방향마다 따로"},
    {"queue", UNIT_COUNT, 0, 1000000, "1000", NULL, true,
     "packets that may wait for the wire, each way; the next one vanishes",
     "보내기를 기다릴 수 있는 패킷 수, 방향마다 따로; 넘치는 패킷은 사라집니다"},
};

static void link_changed(struct world *world, uint32_t id, unsigned parameter)
{
    const struct link_state *state = component_state(world, id);
    for (unsigned i = 0; i < 2; i++)
        way_at(world, state->ways[i])->values[parameter] = parameter_get(world, id, parameter);
}

static void link_removed(struct world *world, uint32_t id)
{
    const struct link_state *state = component_state(world, id);
    way_reset(world, state->ways[0]);
    way_reset(world, state->ways[1]);
}

/* Every way that no link and no loopback rules follows. */
static void network_changed(struct world *world, uint32_t id, unsigned parameter)
{
    for (uint32_t i = 1; i < world->links.count; i++) {
        struct way *way = way_at(world, i);
        if (way->link == 0 && way->from != way->to)
            way->values[parameter] = parameter_get(world, id, parameter);
    }
}

static void network_event(struct world *world, uint32_t id, const struct event *event)
{
    (void)id;
    if (event_what(event) >= QUIC_EVENT_FIRST)
        quic_event(world, event);
    else
        tcp_event(world, event);
}

enum { READ_PACKETS, READ_BYTES, READ_DROPPED };

static uint64_t way_read(const struct world *world, uint32_t from, uint32_t to, unsigned metric)
{
    uint32_t at = way_find(world, from, to);
    const struct way *way = at ? way_at(world, at) : NULL;
    if (!way)
        return 0;
    return metric == READ_PACKETS ? way->packets : metric == READ_BYTES ? way->bytes : way->dropped;
}

static bool read_both(const struct world *world, uint32_t id, unsigned metric, struct value *value)
{
    const struct link_state *state = component_state(world, id);
    const struct way *way = way_at(world, state->ways[0]);
    return link_read(world, way->from, way->to, metric, value);
}

static bool read_packets(struct world *world, uint32_t id, struct value *value)
{
    return read_both(world, id, READ_PACKETS, value);
}

static bool read_bytes(struct world *world, uint32_t id, struct value *value)
{
    return read_both(world, id, READ_BYTES, value);
}

static bool read_dropped(struct world *world, uint32_t id, struct value *value)
{
    return read_both(world, id, READ_DROPPED, value);
}

static const struct metric metrics[] = {
    {"packets", UNIT_COUNT, METRIC_COUNTER, 0, read_packets,
     "packets that were sent on it, both ways, with those that vanished",
     "이 링크로 보낸 패킷 수, 두 방향의 합, 사라진 것도 셉니다"},
    {"bytes", UNIT_SIZE, METRIC_COUNTER, 0, read_bytes,
     "bytes of these packets, with their IP and TCP headers",
     "그 패킷들의 바이트 수, IP와 TCP 헤더도 셉니다"},
    {"dropped", UNIT_COUNT, METRIC_COUNTER, 0, read_dropped,
     "packets that vanished: loss, a full queue, a cut",
     "사라진 패킷 수: 손실, 넘친 큐, 끊긴 링크"},
};

bool link_read(const struct world *world, uint32_t a, uint32_t b, unsigned metric,
               struct value *value)
{
    value->unit = metrics[metric].unit;
    value->number = (int64_t)(way_read(world, a, b, metric) + way_read(world, b, a, metric));
    return true;
}

const struct kind network_kind = {
    .name = "network",
    .en = "the defaults of the way between any two machines",
    .ko = "따로 정하지 않은 두 머신 사이의 기본값",
    .state_bytes = sizeof(struct network_state),
    .parameter_count = LINK_PARAMETERS,
    .parameters = rows,
    .event = network_event,
    .changed = network_changed,
};

const struct kind link_kind = {
    .name = "link",
    .en = "the way between two machines, each direction by itself",
    .ko = "두 머신 사이의 길, 방향마다 따로",
    .state_bytes = sizeof(struct link_state),
    .parameter_count = LINK_PARAMETERS,
    .metric_count = sizeof metrics / sizeof metrics[0],
    .parameters = rows,
    .metrics = metrics,
    .changed = link_changed,
    .removed = link_removed,
};
