/*
 * QUIC: datagrams leave.  Frames that are sent again go first, then messages in their order; a
 * datagram is filled with what comes next.
 */
#include "sim/net/quic_state.h"

#include <string.h>

#include "sim/net/way.h"

void quic_put(struct world *world, uint32_t connection, unsigned e, struct quic_datagram datagram)
{
    struct quic_connection *c = quic_connection_at(world, connection);
    struct trip trip;
    struct payload payload;
    uint32_t kind = datagram.type == QUIC_DATA ? 1u << PACKET_DATA : 1u << PACKET_OTHER;
    datagram.connection = connection;
    datagram.to = (uint8_t)(1 - e);
    if (!way_send(world, c->ways[e], datagram.bytes, kind, &trip))
        return;
    datagram.epoch = trip.epoch;
    memcpy(&payload, &datagram, sizeof payload);
    if (world_at(world, trip.arrival_ns, world->network, QUIC_EVENT_DATAGRAM, &payload) != 0)
        c->held++;
}

void quic_hello(struct world *world, uint32_t connection, bool early)
{
    struct quic_end *end = quic_end_at(world, connection, 0);
    quic_put(world, connection, 0,
             (struct quic_datagram){.type = QUIC_INITIAL,
                                    .bytes = QUIC_HANDSHAKE_BYTES,
                                    .number = early,
                                    .bits = end->session});
    end->hello_ns = end->ptos == 0 ? world->now_ns : 0;
    end->pto_at_ns = world->now_ns + (QUIC_FIRST_PTO_NS << (end->ptos < 6 ? end->ptos : 6));
    quic_arm(world, connection, 0);
}

void quic_say_ack(struct world *world, uint32_t connection, unsigned e)
{
    struct quic_end *end = quic_end_at(world, connection, e);
    end->came_unsaid = 0;
    end->ack_at_ns = 0;
    quic_put(world, connection, e,
             (struct quic_datagram){.type = QUIC_ACK,
                                    .bytes = QUIC_ACK_BYTES,
                                    .number = end->came_last,
                                    .floor = end->came_floor,
                                    .bits = end->came_bits});
}

/* --- data ----------------------------------------------------------------------------------- */

/* The next piece of at most `room` bytes: one to be sent again, or of the first message; 0 none. */
static uint32_t frame_next(struct world *world, uint32_t connection, unsigned e, uint32_t room)
{
    struct quic_end *end = quic_end_at(world, connection, e);
    uint32_t again = end->again.first;
    if (again != 0) {
        if (quic_frame_at(world, again)->bytes > room)
            return 0;
        return row_queue_pop(quic_frame_links(world), &end->again);
    }
    uint32_t message = end->writing.first;
    if (message == 0)
        return 0;
    uint32_t row = rows_take(&world->region, &quic_of(world)->frames, sizeof(struct quic_frame));
    if (row == 0)
        return 0;
    struct quic_message *m = quic_message_at(world, message);
    struct quic_frame *frame = quic_frame_at(world, row);
    frame->message = message;
    frame->bytes = m->unsent < room ? m->unsent : room;
    m->unsent -= frame->bytes;
    m->frames++;
    if (m->unsent == 0)
        row_queue_pop(quic_message_links(world), &end->writing);
    return row;
}

static bool packet_send(struct world *world, uint32_t connection, unsigned e)
{
    uint32_t row = rows_take(&world->region, &quic_of(world)->packets, sizeof(struct quic_packet));
    if (row == 0)
        return false;
    uint32_t room = QUIC_PAYLOAD_BYTES, used = 0;
    struct row_list frames = {0, 0};
    for (uint32_t frame;
         room > QUIC_FRAME_HEAD && (frame = frame_next(world, connection, e, room)) != 0;) {
        uint32_t bytes = quic_frame_at(world, frame)->bytes + QUIC_FRAME_HEAD;
        row_queue_push(quic_frame_links(world), &frames, frame);
        used += bytes;
        room = bytes < room ? room - bytes : 0;
    }
    struct quic_packet *packet = quic_packet_at(world, row);
    struct quic_end *end = quic_end_at(world, connection, e);
    if (frames.first == 0) {
        rows_give(&world->region, &quic_of(world)->packets, sizeof *packet, row);
        return false;
    }
    packet->number = ++end->next;
    packet->owner = quic_owner_word(connection, e);
    packet->frames = frames;
    packet->sent_ns = world->now_ns;
    packet->bytes = QUIC_OVERHEAD_BYTES + used - QUIC_FRAME_HEAD;
    /* The client's first flight carries its Finished, padded: RFC 9000 14.1. */
    if (e == 0 && packet->number == 1 && packet->bytes < QUIC_HANDSHAKE_BYTES)
        packet->bytes = QUIC_HANDSHAKE_BYTES;
    row_queue_push(quic_packet_links(world), &end->sent, row);
    end->in_flight += packet->bytes;
    quic_put(world, connection, e,
             (struct quic_datagram){
                 .type = QUIC_DATA, .bytes = packet->bytes, .number = packet->number, .bits = row});
    return true;
}

static bool may_send(const struct quic_end *end)
{
    bool open = end->state == QUIC_OPEN ||
                (end->state == QUIC_HANDSHAKING && (end->flags & QUIC_EARLY) != 0);
    return open && (end->again.first != 0 || end->writing.first != 0) &&
           end->in_flight + QUIC_DATAGRAM_BYTES <= end->window;
}

/* All that was handed over is acknowledged: the last word. */
static void say_closed(struct world *world, uint32_t connection, unsigned e)
{
    quic_put(world, connection, e,
             (struct quic_datagram){.type = QUIC_CLOSED, .bytes = QUIC_ACK_BYTES});
    quic_end_fail(world, connection, e, SOCKET_RESET);
}

void quic_output(struct world *world, uint32_t connection, unsigned e)
{
    struct quic_end *end = quic_end_at(world, connection, e);
    bool sent = false;
    quic_connection_at(world, connection)->held++;
    while (may_send(end) && packet_send(world, connection, e))
        sent = true;
    if (sent && end->state == QUIC_OPEN)
        end->pto_at_ns = world->now_ns + quic_pto(end);
    bool done = end->sent.first == 0 && end->again.first == 0 && end->writing.first == 0;
    quic_connection_at(world, connection)->held--;
    if (done && end->state == QUIC_OPEN && (end->flags & QUIC_CLOSING) != 0)
        say_closed(world, connection, e);
    else
        quic_arm(world, connection, e);
}

/* --- the timer ------------------------------------------------------------------------------ */

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return b != 0 && b < a ? b : a;
}

void quic_arm(struct world *world, uint32_t connection, unsigned e)
{
    struct quic_end *end = quic_end_at(world, connection, e);
    if (end->state != QUIC_HANDSHAKING && end->state != QUIC_OPEN)
        return;
    uint64_t at_ns = end->idle_at_ns;
    at_ns = sooner(at_ns, end->ack_at_ns);
    at_ns = sooner(at_ns, end->loss_at_ns);
    at_ns = sooner(at_ns, end->pto_at_ns);
    if (at_ns < world->now_ns)
        at_ns = world->now_ns; /* its process was stopped */
    if (end->timer != 0 && end->timer_at_ns <= at_ns)
        return;
    if (end->timer != 0)
        world_cancel(world, end->timer);
    struct payload payload = {.u32 = {connection, e}};
    end->timer_at_ns = at_ns;
    end->timer = world_at(world, at_ns, world->network, QUIC_EVENT_TIMER, &payload);
}

static bool is_due(const struct world *world, uint64_t at_ns)
{
    return at_ns != 0 && at_ns <= world->now_ns;
}

void quic_timer(struct world *world, uint32_t connection, unsigned e)
{
    struct quic_end *end = quic_end_at(world, connection, e);
    end->timer = 0;
    if (component_at(world, end->component)->paused)
        return; /* goes on with quic_process_resumed */
    if (is_due(world, end->idle_at_ns)) {
        quic_end_fail(world, connection, e,
                      end->state == QUIC_HANDSHAKING && e == 0 ? SOCKET_FAILED : SOCKET_RESET);
        return;
    }
    if (is_due(world, end->ack_at_ns))
        quic_say_ack(world, connection, e);
    if (is_due(world, end->loss_at_ns))
        quic_find_losses(world, connection, e);
    if (is_due(world, end->pto_at_ns)) {
        end->ptos++;
        end->pto_at_ns = 0;
        if (end->state == QUIC_HANDSHAKING && e == 0)
            quic_hello(world, connection, (end->flags & QUIC_EARLY) != 0);
        quic_probe(world, connection, e);
    }
    quic_output(world, connection, e);
}
