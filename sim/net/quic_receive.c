/*
 * QUIC: datagrams come.
 */
#include "sim/net/quic_state.h"

#include "sim/net/tls.h"

/* --- opening -------------------------------------------------------------------------------- */

/* Nobody listens, or nobody knows the connection. */
static void answer_unknown(struct world *world, const struct quic_datagram *datagram)
{
    if (datagram->type != QUIC_UNKNOWN && datagram->type != QUIC_CLOSED)
        quic_put(world, datagram->connection, datagram->to,
                 (struct quic_datagram){.type = QUIC_UNKNOWN, .bytes = QUIC_ACK_BYTES});
}

static void say_handshake(struct world *world, uint32_t connection)
{
    const struct quic_end *end = quic_end_at(world, connection, 1);
    quic_put(world, connection, 1,
             (struct quic_datagram){
                 .type = QUIC_HANDSHAKE,
                 .bytes = QUIC_HANDSHAKE_BYTES,
                 .floor = (end->flags & QUIC_EARLY) != 0,
                 .bits = tls_session(end->component, component_at(world, end->component)->life)});
}

static void take_initial(struct world *world, const struct quic_datagram *datagram)
{
    struct quic_end *end = quic_end_at(world, datagram->connection, 1);
    if (end->state == QUIC_GONE)
        return;
    if (end->state == QUIC_NONE) {
        uint32_t life = component_at(world, end->component)->life;
        bool early = datagram->number != 0 && datagram->bits == tls_session(end->component, life);
        end->state = QUIC_HANDSHAKING;
        end->flags = (uint16_t)(early ? QUIC_EARLY : 0);
        end->idle_at_ns = world->now_ns + QUIC_IDLE_NS;
    }
    say_handshake(world, datagram->connection);
    quic_arm(world, datagram->connection, 1);
}

/* The client knows: it is open.  Early data that was not taken goes again. */
static void take_handshake(struct world *world, const struct quic_datagram *datagram)
{
    uint32_t connection = datagram->connection;
    struct quic_end *end = quic_end_at(world, connection, 0);
    if (end->state != QUIC_HANDSHAKING)
        return;
    end->state = QUIC_OPEN;
    end->session = datagram->bits;
    if (end->ptos == 0)
        quic_rtt_sample(end, world->now_ns - end->hello_ns);
    end->ptos = 0;
    end->pto_at_ns = 0;
    if ((end->flags & QUIC_EARLY) != 0 && datagram->floor == 0)
        quic_lose_all(world, connection, 0);
    if (end->sent.first != 0)
        end->pto_at_ns = world->now_ns + quic_pto(end);
    quic_tell(world, connection, 0, SOCKET_CONNECTED);
    quic_output(world, connection, 0);
}

/* Its data says that the client has finished the handshake: somebody may accept it. */
static void take_up(struct world *world, uint32_t connection)
{
    struct quic_end *end = quic_end_at(world, connection, 1);
    struct quic_owner *owner = quic_owner_of(world, end->component);
    end->state = QUIC_OPEN;
    if ((end->flags & QUIC_TOLD) != 0 || owner == NULL)
        return;
    uint32_t *row = vector_push(&world->region, &owner->waiting, sizeof(uint32_t));
    if (row == NULL)
        return;
    *row = connection;
    end->flags = (uint16_t)(end->flags | QUIC_OWNED | QUIC_TOLD);
    if (owner->waiting.count == 1)
        quic_tell(world, connection, 1, SOCKET_ACCEPTABLE);
}

/* --- data ----------------------------------------------------------------------------------- */

/* The record, unless the sender took the datagram for lost meanwhile. */
static const struct quic_packet *packet_find(const struct world *world,
                                             const struct quic_datagram *datagram)
{
    const struct quic_packet *packet = quic_packet_at(world, (uint32_t)datagram->bits);
    bool same = packet->number == datagram->number &&
                packet->owner == quic_owner_word(datagram->connection, 1u - datagram->to);
    return same ? packet : NULL;
}

/* Keeps in mind that the number came; false when it had. */
static bool note_number(struct quic_end *end, uint32_t number)
{
    if (number <= end->came_floor)
        return false;
    if (number > end->came_last) {
        uint32_t ahead = number - end->came_last;
        end->came_bits = ahead < 64 ? end->came_bits << ahead : 0;
        end->came_last = number;
    }
    uint64_t bit = end->came_last - number < 64 ? 1ull << (end->came_last - number) : 0;
    if ((end->came_bits & bit) != 0)
        return false;
    end->came_bits |= bit;
    while (end->came_floor < end->came_last && end->came_last - end->came_floor - 1 < 64 &&
           (end->came_bits >> (end->came_last - end->came_floor - 1) & 1) != 0)
        end->came_floor++;
    return true;
}

/* Every second datagram is acknowledged at once, and one after a hole: RFC 9000 13.2. */
static void owe_ack(struct world *world, uint32_t connection, unsigned e, bool hole)
{
    struct quic_end *end = quic_end_at(world, connection, e);
    if (++end->came_unsaid >= 2 || hole)
        quic_say_ack(world, connection, e);
    else if (end->ack_at_ns == 0)
        end->ack_at_ns = world->now_ns + QUIC_ACK_DELAY_NS;
}

static bool take_frames(struct world *world, uint32_t connection, unsigned e,
                        const struct quic_packet *packet)
{
    struct quic_end *end = quic_end_at(world, connection, e);
    bool whole = false;
    for (uint32_t i = packet->frames.first; i != 0; i = quic_frame_at(world, i)->next) {
        struct quic_frame *frame = quic_frame_at(world, i);
        struct quic_message *message = quic_message_at(world, frame->message);
        if (frame->came != 0)
            continue;
        frame->came = 1;
        message->uncame -= frame->bytes;
        if (message->uncame > 0)
            continue;
        whole = true;
        row_queue_push(quic_message_links(world), &end->complete, frame->message);
    }
    return whole;
}

static void take_data(struct world *world, const struct quic_datagram *datagram)
{
    uint32_t connection = datagram->connection;
    unsigned e = datagram->to;
    struct quic_end *end = quic_end_at(world, connection, e);
    bool early = (end->flags & QUIC_EARLY) != 0;
    if (e == 1 && end->state == QUIC_HANDSHAKING) {
        /* Early data that is not taken cannot be read; what comes after the handshake can. */
        if (!early && quic_end_at(world, connection, 0)->state == QUIC_HANDSHAKING)
            return;
        take_up(world, connection);
    }
    if (end->state != QUIC_OPEN)
        return;
    const struct quic_packet *packet = packet_find(world, datagram);
    bool hole = datagram->number != end->came_last + 1;
    if (!note_number(end, datagram->number) || packet == NULL)
        return;
    bool whole = take_frames(world, connection, e, packet);
    owe_ack(world, connection, e, hole);
    if (whole)
        quic_tell(world, connection, e, SOCKET_READABLE);
    if (quic_end_at(world, connection, e)->state == QUIC_OPEN)
        quic_output(world, connection, e);
}

/* --- all ------------------------------------------------------------------------------------ */

static bool is_known(struct world *world, const struct quic_datagram *datagram)
{
    const struct quic_end *end = quic_end_at(world, datagram->connection, datagram->to);
    if (end->state == QUIC_HANDSHAKING || end->state == QUIC_OPEN)
        return true;
    const struct quic_owner *owner = quic_owner_of(world, end->component);
    return end->state == QUIC_NONE && datagram->type == QUIC_INITIAL && owner != NULL &&
           owner->listening;
}

void quic_datagram_came(struct world *world, const struct quic_datagram *datagram)
{
    uint32_t connection = datagram->connection;
    unsigned e = datagram->to;
    if (!is_known(world, datagram)) {
        answer_unknown(world, datagram);
        return;
    }
    struct quic_end *end = quic_end_at(world, connection, e);
    end->idle_at_ns = world->now_ns + QUIC_IDLE_NS;
    switch ((enum quic_type)datagram->type) {
    case QUIC_INITIAL:
        take_initial(world, datagram);
        break;
    case QUIC_HANDSHAKE:
        take_handshake(world, datagram);
        break;
    case QUIC_DATA:
        take_data(world, datagram);
        break;
    case QUIC_ACK:
        quic_take_ack(world, connection, e, datagram);
        quic_output(world, connection, e);
        break;
    case QUIC_CLOSED:
        quic_end_fail(world, connection, e, SOCKET_CLOSED);
        break;
    case QUIC_UNKNOWN:
        quic_end_fail(world, connection, e,
                      end->state == QUIC_HANDSHAKING ? SOCKET_FAILED : SOCKET_RESET);
        break;
    }
}
