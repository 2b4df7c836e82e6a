/* The kind `world`: the world as a component, with its totals over all clients. */
#include "sim/fault/fault.h"
#include "sim/net/deliveries.h"
#include "sim/parts.h"
#include "sim/server/server.h"
#include "sim/traffic/client.h"

static bool total_of(struct world *world, enum kind_id kind, const char *metric, int64_t *total)
{
    int row = metric_find(catalog[kind], metric);
    *total = 0;
    for (uint32_t id = 0; (id = component_next(world, id, kind)) != 0;) {
        struct value value;
        if (row >= 0 && metric_read(world, id, (unsigned)row, &value))
            *total += value.number;
    }
    return row >= 0;
}

static bool read_time(struct world *world, uint32_t id, struct value *value)
{
    (void)id;
    value->number = (int64_t)world->now_ns;
    return true;
}

static bool read_events(struct world *world, uint32_t id, struct value *value)
{
    (void)id;
    value->number = (int64_t)world->events;
    return true;
}

static bool read_acked(struct world *world, uint32_t id, struct value *value)
{
    (void)id;
    return total_of(world, KIND_CLIENT, "acked", &value->number);
}

static bool read_acked_lost(struct world *world, uint32_t id, struct value *value)
{
    (void)id;
    int64_t of_servers; /* what their calls wrote */
    total_of(world, KIND_SERVER, "acked_lost", &of_servers);
    total_of(world, KIND_CLIENT, "acked_lost", &value->number);
    value->number += of_servers;
    return true;
}

static bool read_availability(struct world *world, uint32_t id, struct value *value)
{
    int64_t acked, refused, timed_out, delivered, missed; /* messages of WebSockets, too */
    (void)id;
    total_of(world, KIND_CLIENT, "acked", &acked);
    total_of(world, KIND_CLIENT, "refused", &refused);
    total_of(world, KIND_CLIENT, "timed_out", &timed_out);
    total_of(world, KIND_CLIENT, "deliveries", &delivered);
    total_of(world, KIND_CLIENT, "missed", &missed);
    int64_t well = acked + delivered, finished = well + refused + timed_out + missed;
    if (finished == 0)
        return false;
    value->number = well * (int64_t)(100 * PERCENT_ONE) / finished;
    return true;
}

static bool read_machines(struct world *world, uint32_t id, struct value *value)
{
    (void)id;
    for (uint32_t m = 0; (m = component_next(world, m, KIND_MACHINE)) != 0;)
        value->number++;
    return true;
}

static const struct metric metrics[] = {
    {"time", UNIT_DURATION, METRIC_COUNTER, 0, read_time, "simulated time", "시뮬레이션 시각"},
    {"events", UNIT_COUNT, METRIC_COUNTER, 0, read_events, "events fired so far",
     "지금까지 일어난 이벤트 수"},
    {"acked", UNIT_COUNT, METRIC_COUNTER, 0, read_acked,
     "requests of all clients that got their OK", "모든 클라이언트가 OK를 받은 요청"},
    {"acked_lost", UNIT_COUNT, METRIC_GAUGE, 0, read_acked_lost,
     "acked writes of all clients, and of servers' calls, that are gone",
     "모든 클라이언트와 서버의 호출이 OK를 받은 뒤 유실된 쓰기"},
    {"availability", UNIT_PERCENT, METRIC_GAUGE, 0, read_availability,
     "acked of all requests that are finished", "끝난 요청 가운데 OK를 받은 비율"},
    {"machines", UNIT_COUNT, METRIC_GAUGE, 0, read_machines, "machines in the world",
     "세계에 있는 머신 수"},
};

static void world_event(struct world *world, uint32_t id, const struct event *event)
{
    if (event_what(event) == FAULT_EVENT_LEAK)
        fault_leak_due(world, event);
    else
        schedule_event(world, id, event);
}

const struct kind world_kind = {
    .name = "world",
    .en = "The world itself: its clock and its totals.",
    .ko = "세계 자체입니다. 시계와 합계가 있습니다.",
    .metrics = metrics,
    .metric_count = sizeof metrics / sizeof metrics[0],
    .event = world_event,
};

/* Each message's deliveries: made, missed, or somewhere between. */
static bool deliveries_check(const struct world *world, uint32_t client, struct text *why)
{
    const struct delivery_sums sums = deliveries_of(world, client);
    uint64_t under_way = sums.expected - sums.delivered - deliveries_missed_all(&sums);
    uint64_t found = sums.expected == 0 ? 0 : deliveries_in_kernels(world, client);
    for (uint32_t id = 0; (id = component_next(world, id, KIND_SERVER)) != 0;)
        found += sums.expected == 0 ? 0 : server_deliveries(world, id, client);
    if (found == under_way)
        return true;
    text_add(why, component_at(world, client)->name);
    text_add(why, ": deliveries made, missed and under way are not messages x room: ");
    text_add_u64(why, found);
    text_add(why, " under way, not ");
    text_add_u64(why, under_way);
    return false;
}

bool parts_check(struct world *world, struct text *why)
{
    for (uint32_t id = 0; (id = component_next(world, id, KIND_CLIENT)) != 0;)
        if (!client_accounts(world, id, why) || !deliveries_check(world, id, why))
            return false;
    for (uint32_t id = 0; (id = component_next(world, id, KIND_SERVER)) != 0;)
        if (!server_check(world, id, why))
            return false;
    return true;
}
