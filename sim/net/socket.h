/*
 * Sockets whatever is below them: TCP, or QUIC for HTTP/3.
 */
#ifndef SIM_NET_SOCKET_H
#define SIM_NET_SOCKET_H

#include "sim/net/quic.h"

static inline bool socket_send(struct world *world, uint32_t socket, uint32_t component,
                               const struct message *message)
{
    return quic_is(socket) ? quic_send(world, socket, component, message)
                           : tcp_send(world, socket, component, message);
}
static inline bool socket_receive(struct world *world, uint32_t socket, uint32_t component,
                                  struct message *message)
{
    return quic_is(socket) ? quic_receive(world, socket, component, message)
                           : tcp_receive(world, socket, component, message);
}
static inline void socket_close(struct world *world, uint32_t socket, uint32_t component)
{
    if (quic_is(socket))
        quic_close(world, socket, component);
    else
        tcp_close(world, socket, component);
}
static inline void socket_set_cookie(struct world *world, uint32_t socket, uint32_t component,
                                     uint64_t cookie)
{
    if (quic_is(socket))
        quic_set_cookie(world, socket, component, cookie);
    else
        tcp_set_cookie(world, socket, component, cookie);
}
static inline uint64_t socket_cookie(const struct world *world, uint32_t socket, uint32_t component)
{
    return quic_is(socket) ? quic_cookie(world, socket, component)
                           : tcp_cookie(world, socket, component);
}
static inline uint32_t socket_peer(const struct world *world, uint32_t socket, uint32_t component)
{
    return quic_is(socket) ? quic_peer(world, socket, component)
                           : tcp_peer(world, socket, component);
}

#endif
