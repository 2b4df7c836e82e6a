/*
 * The state of a sentinel's process, and what its files (sim/store/sentinel*.c) call of each other.
 *
 * Names and periods are those of sentinel.c of Redis 7.0; times are milliseconds of the clock.
 */
#ifndef SIM_STORE_SENTINEL_STATE_H
#define SIM_STORE_SENTINEL_STATE_H

#include "sim/machine/machine.h"
#include "sim/net/tcp.h"
#include "sim/store/protocol.h"
#include "sim/store/sentinel.h"

#define PING_PERIOD    1000u
#define INFO_PERIOD    10000u
#define ASK_PERIOD     1000u
#define PUBLISH_PERIOD 2000u
#define MAX_DESYNC     1000u
#define RECONF_TIMEOUT 10000u
#define MIN_RECONNECT  15000u
#define ELECTION_MOST  10000u
#define TILT_TRIGGER   2000u
#define TILT_PERIOD    30000u
#define MAX_PENDING    100u
#define TICK_HZ        10u /* and up to 9 more, drawn at each tick */
#define VIEWS_MOST     256u

enum sentinel_event { SENTINEL_EVENT_TICK = 1 };

/* What an instance is, and is believed to be. */
enum instance_flag {
    SRI_MASTER = 1,
    SRI_SLAVE = 2,
    SRI_SENTINEL = 4,
    SRI_S_DOWN = 8,
    SRI_O_DOWN = 16,
    SRI_MASTER_DOWN = 32, /* a sentinel that says that the master is down */
    SRI_FAILOVER = 64,
    SRI_PROMOTED = 128,
    SRI_RECONF_SENT = 256,
    SRI_RECONF_INPROG = 512,
    SRI_RECONF_DONE = 1024,
    SRI_FORCE_FAILOVER = 2048
};

enum failover_state {
    FAILOVER_NONE,
    FAILOVER_WAIT_START,
    FAILOVER_SELECT_SLAVE,
    FAILOVER_SEND_NO_ONE,
    FAILOVER_WAIT_PROMOTION,
    FAILOVER_RECONF_SLAVES,
    FAILOVER_UPDATE_CONFIG
};

/* A master, a replica or another sentinel, as this one knows it. */
struct instance {
    uint32_t component, machine; /* its address */
    uint32_t flags;
    uint32_t cc, pc;       /* connections: commands, pub/sub */
    uint32_t disconnected; /* 1: one of them is missing */
    uint64_t runid;
    uint64_t cc_conn, pc_conn, pc_activity;
    uint64_t last_avail, act_ping, last_ping, last_pong, last_reconn;
    uint64_t last_pub, last_hello, last_down_reply;
    uint64_t s_down_since, o_down_since;
    uint64_t info_refresh;
    uint64_t role_time;      /* since when it reports its role */
    uint64_t conf_change;    /* when it last changed its master */
    uint64_t link_down_time; /* of a replica, ms */
    uint64_t offset, priority;
    uint64_t reconf_sent;
    uint64_t leader, leader_epoch; /* who it voted for */
    uint32_t role;                 /* SRI_MASTER or SRI_SLAVE, as it reports */
    uint32_t of;                   /* of a replica: the master that it reports */
    uint32_t of_up;
    uint32_t pending; /* commands without an answer */
};

struct sentinel {
    uint64_t myid;
    uint64_t epoch, config_epoch;
    uint64_t failover_epoch, failover_start, failover_change;
    uint64_t delay_logged;
    uint32_t state;    /* enum failover_state */
    uint32_t promoted; /* component of the replica that was chosen */
    struct instance master;
    struct vector slaves, sentinels; /* struct instance */
    struct vector views;             /* struct sentinel_view */
    struct vector callers;           /* u32: connections that were accepted */
    event_id tick;
    uint64_t previous_tick, tilt_until;
    uint64_t failovers;
    uint64_t started_ns;
    struct stream draws;
};

static inline struct sentinel *sentinel_at(const struct world *world, uint32_t id)
{
    return (struct sentinel *)component_state(world, id);
}
static inline struct instance *instance_at(const struct world *world, const struct vector *rows,
                                           uint32_t i)
{
    return (struct instance *)vector_at(&world->region, rows, i);
}
static inline uint64_t mstime(const struct world *world)
{
    return world->now_ns / MS_NS;
}

/* --- sentinel_link.c: connections and what comes over them ------------------------------------ */
struct instance instance_of(const struct world *world, uint32_t component, uint32_t flags);
void instance_close(struct world *world, uint32_t id, struct instance *instance);
void instance_reconnect(struct world *world, uint32_t id, struct instance *instance);
void instance_ping(struct world *world, uint32_t id, struct instance *instance);
bool instance_say(struct world *world, uint32_t id, struct instance *instance,
                  const struct message *message);
void sentinel_socket(struct world *world, uint32_t id, uint32_t connection, enum socket_event what);

/* --- sentinel_watch.c: PING, INFO, hello, down ------------------------------------------------ */
void watch_periodic(struct world *world, uint32_t id, struct instance *instance);
void watch_down(struct world *world, uint32_t id, struct instance *instance);
void watch_odown(struct world *world, uint32_t id);
void watch_info(struct world *world, uint32_t id, uint32_t connection,
                const struct message *message);
void watch_hello(struct world *world, uint32_t id, const struct message *hello);
void watch_force_hello(struct world *world, uint32_t id);
/* Its belief of the master has changed, perhaps. */
void view_note(struct world *world, uint32_t id);
void view_end(struct world *world, uint32_t id); /* its process is gone: it believes nothing */
void sentinel_say(struct world *world, uint32_t id, const char *event,
                  const struct instance *instance, const char *more);

/* --- sentinel_vote.c -------------------------------------------------------------------------- */
void vote_ask(struct world *world, uint32_t id, bool forced);
void vote_heard(struct world *world, struct instance *from, const struct message *answer);
struct message vote_answer(struct world *world, uint32_t id, const struct message *request);
uint64_t vote_leader(struct world *world, uint32_t id, uint64_t epoch);

/* --- sentinel_failover.c ---------------------------------------------------------------------- */
bool failover_start_if_needed(struct world *world, uint32_t id);
void failover_start(struct world *world, uint32_t id);
void failover_step(struct world *world, uint32_t id);
void failover_promoted(struct world *world, uint32_t id, struct instance *slave);
/* Everybody's master is this one now. */
void failover_switch(struct world *world, uint32_t id, uint32_t master);
bool failover_send_slaveof(struct world *world, uint32_t id, struct instance *to, uint32_t master);
bool failover_master_sane(const struct world *world, uint32_t id);
struct instance *failover_select(struct world *world, uint32_t id);

bool sentinel_tell(struct world *world, uint32_t id, const struct command *words,
                   struct text *answer, struct error *error);
bool sentinel_tilted(const struct world *world, uint32_t id);

#define SENTINEL_METRICS 7
extern const struct parameter sentinel_parameters[];
extern const struct metric sentinel_metrics[];

#endif
