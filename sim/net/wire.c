/*
 * The wire: what a segment is made of, told to who listens.  Reads the world, changes nothing.
 */
#include "sim/net/wire_inside.h"

#include "sim/machine/machine.h"

#define WINDOW_SHIFT_MOST 14 /* RFC 7323 2.3 */

void wire_listen(struct world *world, wire_listener *listener, void *user)
{
    if (world->outside) {
        world->outside->wire = listener;
        world->outside->wire_user = user;
    }
}

/* --- what a segment says ---------------------------------------------------------------- */

static void sacks_fill(const struct world *world, const struct segment *segment,
                       struct wire_options *options)
{
    const struct tcp_sacks *sacks = arena_at(&world->region, segment->sacks);
    options->sacks = (uint8_t)sacks->count;
    for (uint32_t i = 0; i < sacks->count; i++) {
        options->sack[i][0] = sacks->blocks[i].from;
        options->sack[i][1] = sacks->blocks[i].to;
    }
}

/* As far as the largest window needs it: Linux tcp_select_initial_window. */
static uint8_t window_shift(const struct world *world, uint32_t machine)
{
    uint8_t shift = 0;
    for (uint64_t room = parameter_get(world, machine, MACHINE_TCP_RMEM); room >> 16; room >>= 1)
        shift++;
    return shift < WINDOW_SHIFT_MOST ? shift : WINDOW_SHIFT_MOST;
}

/* The options that each segment has: RFC 7323 and RFC 2018 as Linux offers them. */
static struct wire_options options_of(const struct world *world, const struct segment *segment,
                                      uint32_t machine, bool loopback)
{
    struct wire_options options = {0};
    bool reset = (segment->flags & SEGMENT_RST) != 0, syn = (segment->flags & SEGMENT_SYN) != 0;
    if (reset)
        return options;
    options.timestamps = 1;
    options.timestamp_value = (uint32_t)(world->now_ns / MS_NS);
    if (segment->sacks != 0)
        sacks_fill(world, segment, &options);
    options.window_shift = window_shift(world, machine);
    if (!syn)
        return options;
    options.mss = loopback ? UINT16_MAX - 40 : 1460;
    options.sack_permitted = 1;
    options.scaled = 1;
    return options;
}

/* True when a message of the sender ends with the segment's data: Linux sets PSH on the last
 * segment of what was written. */
static bool is_pushed(const struct world *world, const struct wire_segment *wire)
{
    struct wire_message message;
    uint32_t cursor = 0;
    while (wire->length > 0 && wire_next_message(world, wire, &cursor, &message))
        if (message.begin + message.message.bytes == wire->seq + wire->length)
            return true;
    return false;
}

/* Both ends' share of it. */
static void ends_fill(const struct world *world, const struct segment *segment,
                      struct wire_segment *wire)
{
    const struct connection *connection = tcp_at(world, segment->connection);
    const struct tcp_end *from = &connection->ends[1 - segment->to];
    const struct tcp_end *to = &connection->ends[segment->to];
    wire->index = segment->connection;
    wire->connection = slab_handle(&world->region, SLAB_CONNECTION, segment->connection);
    wire->from = from->component;
    wire->to = to->component;
    wire->from_machine = end_machine(world, segment->connection, 1u - segment->to);
    wire->to_machine = end_machine(world, segment->connection, segment->to);
    wire->from_address = tcp_address(world, wire->from_machine);
    wire->to_address = tcp_address(world, wire->to_machine);
    wire->from_port = tcp_port(world, segment->connection, from->component);
    wire->to_port = tcp_port(world, segment->connection, to->component);
    wire->from_state = from->state;
    wire->to_state = to->state;
    wire->opener = segment->to == 1;
}

static struct wire_segment wire_of(const struct world *world, const struct segment *segment)
{
    struct wire_segment wire = {.time_ns = world->now_ns,
                                .seq = segment->seq,
                                .ack = (segment->flags & SEGMENT_ACK) != 0 ? segment->ack : 0,
                                .length = segment->length,
                                .window = segment->window,
                                .ip_bytes = segment_bytes(world, segment),
                                .flags = segment->flags};
    ends_fill(world, segment, &wire);
    wire.options =
        options_of(world, segment, wire.from_machine, wire.from_machine == wire.to_machine);
    return wire;
}

static const struct way *way_of(const struct world *world, const struct segment *segment)
{
    return way_at(world, tcp_at(world, segment->connection)->ways[1 - segment->to]);
}

static void tell(struct world *world, const struct wire_segment *wire)
{
    world->outside->wire(world->outside->wire_user, world, wire);
}

void wire_sent(struct world *world, const struct segment *segment, const struct trip *trip,
               bool again)
{
    struct wire_segment wire = wire_of(world, segment);
    const struct way *way = way_of(world, segment);
    wire.fate = (uint8_t)trip->fate;
    wire.arrival_ns = trip->arrival_ns;
    wire.packet = way->packets;
    wire.departure = trip->fate == WIRE_LEFT ? way->left : 0;
    wire.again = again;
    if (is_pushed(world, &wire))
        wire.flags |= WIRE_PSH;
    tell(world, &wire);
}

void wire_came(struct world *world, const struct segment *segment, bool whole)
{
    struct wire_segment wire = wire_of(world, segment);
    bool up = component_at(world, wire.to_machine)->up != 0;
    wire.fate = !whole ? WIRE_CUT : up ? WIRE_ARRIVED : WIRE_NO_POWER;
    wire.arrival_ns = world->now_ns;
    wire.departure = way_of(world, segment)->came;
    tell(world, &wire);
}

/* --- messages --------------------------------------------------------------------------- */

bool wire_next_message(const struct world *world, const struct wire_segment *segment,
                       uint32_t *cursor, struct wire_message *message)
{
    const struct connection *connection = tcp_at(world, segment->index);
    const struct tcp_end *end = &connection->ends[segment->opener ? 0 : 1];
    const struct tcp_flight *flight = tcp_flight(world, end);
    uint32_t first = flight == NULL ? 0 : flight->first;
    uint32_t next = *cursor ? tcp_message_at(world, *cursor)->next : first;
    for (; next != 0; next = tcp_message_at(world, next)->next) {
        const struct tcp_message *item = tcp_message_at(world, next);
        uint32_t begin = item->end_seq - item->message.bytes;
        if (!seq_before(segment->seq, item->end_seq))
            continue;
        if (!seq_before(begin, segment->seq + segment->length))
            return false;
        *cursor = next;
        message->message = item->message;
        message->begin = begin;
        return true;
    }
    return false;
}

/* --- words ------------------------------------------------------------------------------ */

const char *wire_state_name(unsigned state)
{
    static const char *const names[] = {
        [TCP_CLOSED] = "",
        [TCP_SYN_SENT] = "SYN-SENT",
        [TCP_SYN_RECEIVED] = "SYN-RECV",
        [TCP_ESTABLISHED] = "ESTAB",
        [TCP_FIN_WAIT_1] = "FIN-WAIT-1",
        [TCP_FIN_WAIT_2] = "FIN-WAIT-2",
        [TCP_CLOSING] = "CLOSING",
        [TCP_TIME_WAIT] = "TIME-WAIT",
        [TCP_CLOSE_WAIT] = "CLOSE-WAIT",
        [TCP_LAST_ACK] = "LAST-ACK",
    };
    return state < sizeof names / sizeof names[0] && names[state] ? names[state] : "";
}
