/*
 * The state of a balancer's process, and what its files (sim/balance) call of each other.
 *
 * A client's connection is a front, one to a server a back.  mode=http: a request is sent over a
 * back, answered, and the back waits for the next; mode=tcp: a front and a back belong to each
 * other for life.  What a socket or a timer brings is only noted; balancer_settle then goes on with
 * all that can.
 */
#ifndef SIM_BALANCE_BALANCER_STATE_H
#define SIM_BALANCE_BALANCER_STATE_H

#include "sim/balance/balancer.h"
#include "sim/engine/row_list.h"
#include "sim/engine/rows.h"
#include "sim/machine/machine.h"
#include "sim/net/http.h"
#include "sim/net/ws.h"

#define BACKENDS_MAX 16u

enum front_state {
    FRONT_FREE,
    FRONT_IDLE,    /* http: no request is under way */
    FRONT_COSTS,   /* CPU */
    FRONT_CHOOSES, /* a server is to be chosen for it */
    FRONT_CONNECTS,
    FRONT_WAITS, /* before it is tried again at the same server */
    FRONT_ASKED, /* http: the server has the request */
    FRONT_TUNNEL /* tcp, or http after a 101: bytes go both ways until an end closes */
};
#define FRONT_NOTED 1u
#define FRONT_ENDED 2u  /* the client closed */
#define FRONT_BEGUN 4u  /* the answer's first piece went to the client */
#define FRONT_LAST  8u  /* the answer under way closes the connection */
#define FRONT_FIRED 16u /* its timer fired while the process was paused */

struct front {
    uint32_t noted; /* the next that is noted; of a free row the next free */
    uint32_t socket;
    uint32_t back;
    uint16_t state; /* enum front_state */
    uint16_t flags;
    uint32_t server; /* place + 1 of the backend that was chosen; 0 none */
    uint32_t tries;  /* retries that are left */
    event_id timer;
    uint64_t address; /* of the client, as policy=source sees it */
    struct message request;
};

enum back_state { BACK_FREE, BACK_CONNECTS, BACK_IDLE, BACK_BUSY };
#define BACK_NOTED 1u
#define BACK_ENDED 2u /* the server closed */

struct back {
    uint32_t noted;
    uint32_t socket;
    uint32_t front;  /* 0: idle */
    uint32_t server; /* place + 1 */
    uint32_t idle;   /* the next idle one of the same server */
    uint16_t state;  /* enum back_state */
    uint16_t flags;
};

enum backend_admin { BACKEND_READY, BACKEND_DRAIN, BACKEND_MAINT };

struct backend {
    uint32_t component; /* 0: it was removed */
    uint16_t up, admin; /* admin: enum backend_admin */
    uint32_t weight;
    uint32_t current;                        /* requests (tcp: connections) under way */
    uint32_t in_a_row;                       /* checks that say otherwise than `up` */
    uint32_t check;                          /* the check's connection, 0 none */
    uint32_t idle;                           /* its backs that wait */
    uint32_t checked;                        /* 1: the event fired while the process was paused */
    uint64_t served;                         /* for policy=roundrobin */
    uint64_t picked;                         /* when it was chosen last: a number that grows */
    uint64_t total, failures, downs, errors; /* for show stat */
    uint64_t changed_ns, down_ns;
    event_id event; /* the next check, or the end of this one's patience */
};

/* Of a balancer with standby=: what the two of them know of each other.  The standby's half
 * (silence, fired, heard) is kept here, as a standby may stand by for many; its death clears it. */
struct stand_by {
    event_id advert;  /* the next one of this balancer */
    event_id silence; /* the end of the standby's patience */
    uint32_t by;      /* the standby; 0 none */
    uint8_t late;     /* 1: an advert fell due while this balancer was paused */
    uint8_t fired;    /* 1: the patience ended while the standby was paused, ... */
    uint8_t heard;    /* ... or an advert came meanwhile */
    uint8_t unused;
};

struct balancer {
    uint64_t checks_failed, retries, redispatched, errors;
    uint64_t connections; /* of clients, open */
    uint64_t requests;    /* so far */
    uint64_t position;    /* policy=roundrobin: how far the servers are through their turns */
    uint64_t picks;
    struct backend backends[BACKENDS_MAX];
    uint32_t backend_count;
    uint32_t settling;
    struct rows fronts, backs;
    struct row_list noted_fronts, noted_backs; /* balancer_settle looks at them */
    struct stand_by stand_by;
};

/* Numbers of its events; u32[0]: the row, or the place of a backend. */
enum balancer_event {
    BALANCER_EVENT_CHECK = 1,
    BALANCER_EVENT_FRONT, /* the timer of a front */
    BALANCER_EVENT_COST,
    BALANCER_EVENT_ADVERT,  /* it says that it is there */
    BALANCER_EVENT_HEARD,   /* u32: who said so, the way, its epoch */
    BALANCER_EVENT_SILENCE, /* u32[0]: who has not said so */
};

/* Cookies of sockets: what the connection is, and its row. */
enum balancer_socket { SOCKET_FRONT = 1, SOCKET_BACK, SOCKET_CHECK };

static inline struct balancer *balancer_of(const struct world *world, uint32_t id)
{
    return (struct balancer *)component_state(world, id);
}
static inline struct front *front_at(const struct world *world, const struct balancer *b,
                                     uint32_t front)
{
    return (struct front *)rows_at(&world->region, &b->fronts, sizeof(struct front), front);
}
static inline struct back *back_at(const struct world *world, const struct balancer *b,
                                   uint32_t back)
{
    return (struct back *)rows_at(&world->region, &b->backs, sizeof(struct back), back);
}
static inline bool balancer_is_tcp(const struct world *world, uint32_t id)
{
    return parameter_get(world, id, BALANCER_MODE) == BALANCER_TCP;
}

/* --- balancer.c ----------------------------------------------------------------------------- */

void balancer_settle(struct world *world, uint32_t id);
void front_note(struct world *world, uint32_t id, uint32_t front);
void back_note(struct world *world, uint32_t id, uint32_t back);

/* --- backends.c: who is there --------------------------------------------------------------- */

/* Reads to= and weights=; who was there stays as it is. */
void backends_read(struct world *world, uint32_t id);
bool backends_check(struct world *world, const uint64_t *values, struct error *error);
uint32_t backend_find(const struct world *world, const struct balancer *b, const char *name);
/* place + 1 of who may get it now; `but`: place + 1 that had its chance, only when no other is
 * there; 0: nobody. */
uint32_t backend_pick(struct world *world, uint32_t id, const struct front *front, uint32_t but);
/* It takes turns from here on, and makes none good. */
void backend_join(const struct balancer *b, struct backend *backend);
bool backend_usable(const struct backend *backend);
uint64_t backends_up(const struct balancer *b);

/* --- health.c: checks ----------------------------------------------------------------------- */

void health_begin(struct world *world, uint32_t id); /* the process starts */
void health_end(struct world *world, uint32_t id);
void health_due(struct world *world, uint32_t id, uint32_t place);
void health_socket(struct world *world, uint32_t id, uint32_t place, uint32_t connection,
                   enum socket_event what);
void health_arm(struct world *world, uint32_t id,
                uint32_t place); /* a new one, or check= changed */
/* It is gone from the list. */
void health_drop(struct world *world, uint32_t id, uint32_t place);

/* --- front.c: clients ----------------------------------------------------------------------- */

bool front_accept(struct world *world, uint32_t id); /* false: none waits, or none may */
void front_settle(struct world *world, uint32_t id, uint32_t front);
void front_socket(struct world *world, uint32_t id, uint32_t front, uint32_t connection,
                  enum socket_event what);
void front_timer(struct world *world, uint32_t id, uint32_t front);
void front_costed(struct world *world, uint32_t id, uint32_t front);
void front_drop(struct world *world, uint32_t id, uint32_t front); /* the row is given back */
/* Answers by itself (http), or closes (tcp). */
void front_fail(struct world *world, uint32_t id, uint32_t front, uint32_t status);
/* The server has its connection, or could not be reached; silent: it did not refuse, it said
 * nothing for timeout_connect. */
void front_connected(struct world *world, uint32_t id, uint32_t front);
void front_refused(struct world *world, uint32_t id, uint32_t front, bool silent);
void front_timer_stop(struct world *world, struct front *f);
void front_timer_start(struct world *world, uint32_t id, uint32_t front, uint64_t delay_ns);

/* --- back.c: servers ------------------------------------------------------------------------ */

/* One that waits, or a new one; its number, 0 no room. */
uint32_t back_take(struct world *world, uint32_t id, uint32_t front);
void back_settle(struct world *world, uint32_t id, uint32_t back);
void back_socket(struct world *world, uint32_t id, uint32_t back, uint32_t connection,
                 enum socket_event what);
void back_rest(struct world *world, uint32_t id, uint32_t back); /* its request is answered */
void back_drop(struct world *world, uint32_t id, uint32_t back, bool abort);

/* --- relay.c: what goes through ------------------------------------------------------------- */

void relay_answer(struct world *world, uint32_t id, uint32_t back); /* http */
void relay_tunnel(struct world *world, uint32_t id, uint32_t front);
void relay_end(struct world *world, uint32_t id, uint32_t front); /* a tunnel: closes both sides */

/* --- standby.c: an address that moves ------------------------------------------------------- */

bool standby_check(const struct world *world, uint32_t id, const uint64_t *values,
                   struct error *error);
void standby_changed(struct world *world, uint32_t id); /* standby= says something else */
void standby_begin(struct world *world, uint32_t id);   /* the process starts */
void standby_end(struct world *world, uint32_t id);     /* it is gone */
void standby_removed(struct world *world, uint32_t id);
void standby_thaw(struct world *world, uint32_t id);
void standby_event(struct world *world, uint32_t id, const struct event *event);
uint64_t standby_addresses(const struct world *world, uint32_t id); /* that it answers for */

/* --- balancer_admin.c, balancer_rows.c ------------------------------------------------------ */

bool balancer_tell(struct world *world, uint32_t id, const struct command *words,
                   struct text *answer, struct error *error);
#define BALANCER_METRICS 10
extern const struct parameter balancer_parameters[];
extern const struct metric balancer_metrics[];

#endif
