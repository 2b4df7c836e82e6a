/*
 * What the files of TCP (tcp*.c) call of each other.
 */
#ifndef SIM_NET_TCP_INSIDE_H
#define SIM_NET_TCP_INSIDE_H

#include "sim/net/tcp_state.h"

void tcp_add(const struct world *world, uint32_t connection, unsigned e, enum tcp_counter counter);

/* --- tcp.c: the life of a connection ---------------------------------------------------- */

/* Changes the state and keeps the gauges of the machine's kernel right. */
void tcp_state_set(struct world *world, uint32_t connection, unsigned e, enum tcp_state state);
/* The end is gone: its timers and its port too.  Its owner, if it has one, is told by the caller.
 */
void tcp_end_gone(struct world *world, uint32_t connection, unsigned e);
/* Gives the connection back once nothing holds it. */
void tcp_release(struct world *world, uint32_t connection);
/* The process lets go of its end: FIN or RST. */
void tcp_end_close(struct world *world, uint32_t connection, unsigned e);
/* The end broke or could not be made: gone, and its owner is told `what`. */
void tcp_end_fail(struct world *world, uint32_t connection, unsigned e, enum socket_event what,
                  enum tcp_failure failure);
/* Waits in TIME_WAIT, or nobody's in FIN_WAIT_2, and then is gone. */
void tcp_end_lingers(struct world *world, uint32_t connection, unsigned e, uint64_t delay_ns);
/* Messages of the other end that wait for this end's owner. */
uint32_t tcp_unread(const struct world *world, uint32_t connection, unsigned e);
/* 1 << SOCKET_WRITABLE when room came that the owner waits for. */
unsigned tcp_writable_again(const struct world *world, uint32_t connection, unsigned e);

/* --- tcp_options.c ---------------------------------------------------------------------- */

void tcp_set_options(struct world *world, uint32_t connection, const struct tcp_options *options);
/* Of the end, with the kernel's defaults where nothing was set. */
struct tcp_keepalive tcp_keepalive_of(const struct world *world, const struct tcp_end *end);

/* --- tcp_flight.c: what is under way ---------------------------------------------------- */

/* NULL when the region is full. */
struct tcp_flight *tcp_flight_need(struct world *world, struct tcp_end *end);
/* Gives it back when nothing is under way; tcp_flight_give: whatever is. */
void tcp_flight_settle(struct world *world, struct tcp_end *end);
void tcp_flight_give(struct world *world, struct tcp_end *end);
/* What was sent and came out of order is forgotten; messages stay. */
void tcp_flight_clear(struct world *world, struct tcp_end *end);

/* The i-th oldest segment that is not acknowledged. */
static inline struct tcp_sent *tcp_sent_at(const struct world *world,
                                           const struct tcp_flight *flight, uint32_t i)
{
    struct tcp_sent *sent = (struct tcp_sent *)arena_at(&world->region, flight->sent);
    return sent + ((flight->sent_first + i) & (flight->sent_limit - 1));
}
struct tcp_sent *tcp_sent_push(struct world *world, struct tcp_flight *flight); /* NULL when full */
void tcp_sent_pop(struct world *world, struct tcp_flight *flight);              /* the oldest */
/* Packets that are thought to be on the wire (Linux tcp_packets_in_flight). */
static inline uint32_t tcp_in_flight(const struct tcp_flight *flight)
{
    return flight->sent_count - flight->sacked - flight->lost + flight->again;
}

/* Notes what came beyond a hole; false when all of it was there already. */
bool tcp_range_add(struct world *world, struct tcp_flight *flight, uint32_t from, uint32_t to);
/* Where the bytes end that are in order now that all up to `next` is. */
uint32_t tcp_range_join(struct world *world, struct tcp_flight *flight, uint32_t next);

/* --- tcp_owner.c: who is told ----------------------------------------------------------- */

/* Tells an end's owner of each `1 << enum socket_event` in `events`, or keeps it while it is
 * paused. */
void tcp_tell(struct world *world, uint32_t connection, unsigned e, unsigned events);
/* Tells what is pending at the end by an event of this same time. */
void tcp_tell_soon(struct world *world, uint32_t connection, unsigned e);
/* Tells who listens that its accept queue is empty no more. */
void tcp_tell_acceptable(struct world *world, uint32_t component);

/* --- tcp_listen.c ----------------------------------------------------------------------- */

/* NULL: nothing is known of the component, it neither listens nor is paused. */
struct socket_owner *tcp_owner_find(const struct world *world, uint32_t component);
struct socket_owner *tcp_owner_need(struct world *world, uint32_t component);
bool tcp_listening(const struct world *world, uint32_t component);
uint32_t tcp_backlog(const struct world *world, uint32_t component); /* of who listens */
uint32_t tcp_accept_queue(const struct world *world, uint32_t component);
/* Who answers for the component's address, as a machine sees it: itself, or its holder. */
uint32_t tcp_address_found(const struct world *world, uint32_t component, uint32_t machine);
/* The ACK of a SYN cookie makes the end anew. */
bool tcp_cookie_returns(struct world *world, const struct segment *segment);
/* A segment to an end that is not there. */
void tcp_passive_open(struct world *world, const struct segment *segment);
/* The last ACK of a handshake.  False: nothing more is done with the segment. */
bool tcp_passive_established(struct world *world, const struct segment *segment, bool *acceptable);

/* --- tcp_ports.c ------------------------------------------------------------------------ */

/* Takes a free port towards the server; 0 when each is taken. */
uint16_t tcp_port_take(struct world *world, uint32_t connection);
void tcp_port_free(struct world *world, uint32_t connection);   /* the end that opened it is gone */
void tcp_port_forget(struct world *world, uint32_t connection); /* the connection is */

/* --- tcp_window.c: what the receiver has room for --------------------------------------- */

/* The window for a segment that leaves now; never takes back what was offered. */
uint32_t tcp_window_select(struct world *world, uint32_t connection, unsigned e);
/* The owner may have read: moves rcv_read, and says so when the window opened much. */
void tcp_window_read(struct world *world, uint32_t connection, unsigned e);
bool tcp_window_takes(const struct tcp_end *end, uint32_t seq); /* does it lie in the window? */
/* Nothing may be sent and nothing is on the way: the closed window is probed. */
void tcp_window_probe_arm(struct world *world, uint32_t connection, unsigned e);
void tcp_window_probe(struct world *world, uint32_t connection, unsigned e); /* its timer */

/* --- tcp_output.c: segments leave ------------------------------------------------------- */

void tcp_output(struct world *world, uint32_t connection, unsigned e); /* what may be sent now */
/* One more segment, whatever cwnd says: the tail loss probe.  False: nothing is there, or no room.
 */
bool tcp_output_probe(struct world *world, uint32_t connection, unsigned e);
/* Does the next segment fit in the peer's window?  What there is room for, though it is less. */
bool tcp_output_fits(const struct world *world, uint32_t connection, unsigned e);
bool tcp_output_rest(struct world *world, uint32_t connection, unsigned e);
void tcp_send_syn(struct world *world, uint32_t connection, unsigned e,
                  bool again); /* or SYN-ACK */
void tcp_send_ack(struct world *world, uint32_t connection, unsigned e);
/* An ACK with a sequence number that was acknowledged: the peer has to answer. */
void tcp_send_stale(struct world *world, uint32_t connection, unsigned e);
void tcp_send_fin(struct world *world, uint32_t connection,
                  unsigned e); /* after what was written */
void tcp_send_reset(struct world *world, uint32_t connection, unsigned e);
/* The i-th oldest segment again. */
void tcp_send_again(struct world *world, uint32_t connection, unsigned e, uint32_t i);
/* A segment came to an end that is not there: the kernel answers by itself. */
void tcp_answer_reset(struct world *world, const struct segment *segment);
void tcp_answer_cookie(struct world *world, const struct segment *segment);

/* --- tcp_input.c: segments come; tcp_ack.c: what they acknowledge ------------------------ */

void tcp_segment(struct world *world, const struct segment *segment);
/* Both ends when the handshake is complete for them. */
void tcp_established_now(struct world *world, uint32_t connection, unsigned e);
void tcp_take_ack(struct world *world, const struct segment *segment);

/* What an ACK brought (tcp_ack.c tells tcp_recovery.c). */
struct tcp_news {
    uint32_t acked;   /* packets delivered: acknowledged or reported by SACK for the first time */
    uint32_t lost;    /* packets found lost */
    bool advanced;    /* snd_una went on */
    bool sacked;      /* SACK reported something new */
    bool duplicate;   /* a DSACK came */
    bool again_acked; /* something that was sent more than once is acknowledged */
};

/* --- tcp_recovery.c: losses are found and mended ----------------------------------------- */

/* Linux tcp_fastretrans_alert, tcp_cong_control and tcp_xmit_recovery. */
void tcp_recover(struct world *world, uint32_t connection, unsigned e, struct tcp_news *news);
/* RFC 8985: a segment has come that was sent at `sent->time_ns`. */
void tcp_rack_delivered(const struct world *world, struct tcp_flight *flight,
                        const struct tcp_sent *sent);
/* Finds what is lost; ns until more will be, 0: nothing to wait for. */
uint64_t tcp_rack_detect(struct world *world, const struct tcp_end *end, struct tcp_flight *flight);
void tcp_enter_loss(struct world *world, uint32_t connection, unsigned e); /* a time-out */
void tcp_reorder_due(struct world *world, uint32_t connection, unsigned e);
/* A tail loss probe mended a loss: cwnd goes down. */
void tcp_probe_mended(struct world *world, uint32_t connection, unsigned e);

/* --- tcp_cubic.c: how cwnd grows --------------------------------------------------------- */

void tcp_cubic_acked(struct world *world, struct tcp_end *end, uint32_t packets);
uint32_t tcp_cubic_ssthresh(struct world *world, struct tcp_end *end); /* after a loss */
void tcp_cubic_reset(struct world *world, struct tcp_end *end);        /* after a time-out */
void tcp_cubic_give(struct world *world, struct tcp_end *end);
void tcp_hystart(const struct world *world, struct tcp_end *end, struct tcp_flight *flight,
                 uint32_t rtt_us);
/* Data leaves after silence: RFC 2861 as Linux does it. */
void tcp_idle_restart(const struct world *world, uint32_t connection, unsigned e);

/* --- tcp_timer.c ------------------------------------------------------------------------ */

uint64_t tcp_rto_base(const struct tcp_end *end); /* without the backoff */
uint64_t tcp_rto(const struct tcp_end *end);      /* with it */
void tcp_rtt_sample(struct tcp_end *end, struct tcp_flight *flight, uint64_t rtt_ns);
/* The transmit timer: the time-out, or a tail loss probe before it where that is right. */
void tcp_rto_rearm(struct world *world, struct tcp_end *end);
void tcp_transmit_rearm(struct world *world, uint32_t connection, unsigned e, bool advancing);
/* Makes sure that a timer comes at the nearest deadline or before. */
void tcp_timer_arm(struct world *world, uint32_t connection, unsigned e);
void tcp_timer(struct world *world, uint32_t connection, unsigned e);
/* When a segment is given up that is sent again (Linux retransmits_timed_out). */
bool tcp_gave_up(const struct world *world, uint32_t connection, unsigned e);

/* --- tcp_memory.c ----------------------------------------------------------------------- */

uint64_t tcp_memory_held(const struct tcp_end *end); /* bytes not acknowledged, or not read */
/* They were `before` and are others now. */
void tcp_memory_note(struct world *world, uint32_t index, unsigned e, uint64_t before);
void tcp_memory_state(struct world *world, uint32_t index, unsigned e, uint8_t state); /* sets it */

#endif
