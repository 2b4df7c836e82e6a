/*
 * What goes through a balancer: an answer piece by piece as the client's socket takes it; in
 * mode=tcp, and once a WebSocket is open, all of it, both ways.
 */
#include "sim/balance/balancer_state.h"

static void answer_over(struct world *world, uint32_t id, uint32_t front, uint32_t back)
{
    struct front *f = front_at(world, balancer_of(world, id), front);
    front_timer_stop(world, f);
    f->back = 0;
    back_rest(world, id, back);
    if ((f->flags & FRONT_LAST) != 0) { /* its last piece took the FIN along */
        front_drop(world, id, front);
        return;
    }
    f->state = FRONT_IDLE;
    front_note(world, id, front);
}

/* The piece as the client gets it: whether the connection ends is between the two of them. */
static bool pass_on(struct world *world, uint32_t id, const struct front *f, struct message *piece,
                    bool last)
{
    bool closes = last && (f->flags & FRONT_LAST) != 0;
    if (piece->type == WS_SWITCHED)
        return tcp_send(world, f->socket, id, piece);
    piece->flags = (uint16_t)(piece->flags & ~HTTP_FLAG_CLOSE);
    if ((f->flags & FRONT_LAST) != 0)
        piece->flags = (uint16_t)(piece->flags | HTTP_FLAG_CLOSE);
    if (parameter_get(world, id, BALANCER_POLICY) == BALANCER_COOKIE)
        http_set_cookie(piece, f->server);
    return closes ? tcp_send_last(world, f->socket, id, piece)
                  : tcp_send(world, f->socket, id, piece);
}

/* HAProxy without a `timeout tunnel`: `timeout server` goes on, and what passes either way begins
 * it anew. */
static void tunnel_patience(struct world *world, uint32_t id, uint32_t front)
{
    uint64_t patience_ns = parameter_get(world, id, BALANCER_TIMEOUT_SERVER);
    if (balancer_is_tcp(world, id))
        return;
    if (patience_ns != 0)
        front_timer_start(world, id, front, patience_ns);
    else
        front_timer_stop(world, front_at(world, balancer_of(world, id), front));
}

/* After a 101 the two belong to each other for life, as with mode=tcp (HAProxy's tunnel). */
static void switched(struct world *world, uint32_t id, uint32_t front)
{
    front_at(world, balancer_of(world, id), front)->state = FRONT_TUNNEL;
    tunnel_patience(world, id, front);
    front_note(world, id, front);
}

void relay_answer(struct world *world, uint32_t id, uint32_t back)
{
    struct balancer *b = balancer_of(world, id);
    struct message piece;
    for (;;) {
        struct back *k = back_at(world, b, back);
        uint32_t front = k->front;
        struct front *f = front_at(world, b, front);
        if (!tcp_writable(world, f->socket, id))
            return;
        if (!tcp_receive(world, k->socket, id, &piece))
            break;
        bool last = (piece.flags & HTTP_FLAG_LAST) != 0;
        if ((piece.flags & HTTP_FLAG_CLOSE) != 0 && last)
            k->flags = (uint16_t)(k->flags | BACK_ENDED);
        f->flags = (uint16_t)(f->flags | FRONT_BEGUN);
        pass_on(world, id, f, &piece, last);
        if (piece.type == WS_SWITCHED) {
            switched(world, id, front);
            return;
        }
        if (last) {
            answer_over(world, id, front, back);
            return;
        }
    }
    struct back *k = back_at(world, b, back);
    if ((k->flags & BACK_ENDED) != 0) { /* it closed before its answer was whole */
        uint32_t front = k->front;
        front_at(world, b, front)->back = 0;
        back_drop(world, id, back, false);
        front_fail(world, id, front, 502);
    }
}

void relay_end(struct world *world, uint32_t id, uint32_t front)
{
    struct front *f = front_at(world, balancer_of(world, id), front);
    uint32_t back = f->back;
    f->back = 0;
    back_drop(world, id, back, false);
    tcp_close(world, f->socket, id);
    front_drop(world, id, front);
}

/* --- mode=tcp ------------------------------------------------------------------------------- */

/* True while more could be passed on when the other end takes it. */
static bool pour(struct world *world, uint32_t id, uint32_t from, uint32_t to, bool *passed)
{
    struct message message;
    while (tcp_waiting(world, from, id) > 0) {
        if (!tcp_writable(world, to, id))
            return true;
        tcp_receive(world, from, id, &message);
        tcp_send(world, to, id, &message);
        *passed = true;
    }
    return false;
}

void relay_tunnel(struct world *world, uint32_t id, uint32_t front)
{
    struct balancer *b = balancer_of(world, id);
    struct front *f = front_at(world, b, front);
    uint32_t back = f->back, client = f->socket;
    struct back *k = back_at(world, b, back);
    bool passed = false;
    bool to_server = pour(world, id, client, k->socket, &passed);
    bool to_client = pour(world, id, k->socket, client, &passed);
    bool client_over = (f->flags & FRONT_ENDED) != 0 && !to_server;
    bool server_over = (k->flags & BACK_ENDED) != 0 && !to_client;
    if (passed)
        tunnel_patience(world, id, front);
    if (client_over && server_over) {
        relay_end(world, id, front);
    } else if (client_over) {
        tcp_shutdown(world, k->socket, id);
    } else if (server_over) {
        tcp_shutdown(world, client, id);
    }
}
