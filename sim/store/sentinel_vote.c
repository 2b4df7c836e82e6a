/*
 * How sentinels agree: is the master down, and who may act.
 *
 * sentinelAskMasterStateToOtherSentinels, sentinelVoteLeader, sentinelGetLeader of Redis 7.0
 * (sentinel.c); TRUTH redis.sentinel-quorum.1.
 */
#include "sim/store/sentinel_state.h"

#define ASK_BYTES    150u /* SENTINEL is-master-down-by-addr IP PORT EPOCH RUNID */
#define ANSWER_BYTES 60u

void vote_ask(struct world *world, uint32_t id, bool forced)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    const struct message ask = {.bytes = ASK_BYTES,
                                .type = RESP_IS_DOWN,
                                .a = sentinel->master.component,
                                .c = sentinel->epoch,
                                .d = sentinel->state != FAILOVER_NONE ? sentinel->myid : 0};
    for (uint32_t i = 0; i < sentinel->sentinels.count; i++) {
        struct instance *other = instance_at(world, &sentinel->sentinels, i);
        uint64_t elapsed = mstime(world) - other->last_down_reply;
        if (elapsed > 5 * ASK_PERIOD) {
            other->flags &= ~(uint32_t)SRI_MASTER_DOWN;
            other->leader = 0;
        }
        if ((sentinel->master.flags & SRI_S_DOWN) == 0 || other->disconnected != 0 ||
            (!forced && elapsed < ASK_PERIOD))
            continue;
        instance_say(world, id, other, &ask);
    }
}

void vote_heard(struct world *world, struct instance *from, const struct message *answer)
{
    from->last_down_reply = mstime(world);
    if (answer->a != 0)
        from->flags |= SRI_MASTER_DOWN;
    else
        from->flags &= ~(uint32_t)SRI_MASTER_DOWN;
    if (answer->b != 0) {
        from->leader = answer->b;
        from->leader_epoch = answer->c;
    }
}

/* One vote an epoch, for who asks first. */
static uint64_t vote(struct world *world, uint32_t id, uint64_t epoch, uint64_t who,
                     uint64_t *leader_epoch)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    struct instance *master = &sentinel->master;
    if (epoch > sentinel->epoch)
        sentinel->epoch = epoch;
    if (master->leader_epoch < epoch && sentinel->epoch <= epoch) {
        master->leader = who;
        master->leader_epoch = sentinel->epoch;
        trace(world, id, TRACE_VOTED, who == sentinel->myid, epoch);
        component_log(world, id,
                      who == sentinel->myid ? "+vote-for-leader itself"
                                            : "+vote-for-leader another");
        if (who != sentinel->myid) /* not at the same time as the one that is to act */
            sentinel->failover_start = mstime(world) + stream_below(&sentinel->draws, MAX_DESYNC);
        view_note(world, id);
    }
    *leader_epoch = master->leader_epoch;
    return master->leader;
}

struct message vote_answer(struct world *world, uint32_t id, const struct message *request)
{
    const struct sentinel *sentinel = sentinel_at(world, id);
    bool same = request->a == sentinel->master.component;
    bool down = same && !sentinel_tilted(world, id) && (sentinel->master.flags & SRI_S_DOWN) != 0;
    uint64_t leader_epoch = 0, leader = 0;
    if (same && request->d != 0)
        leader = vote(world, id, request->c, request->d, &leader_epoch);
    return (struct message){.bytes = ANSWER_BYTES,
                            .type = RESP_VOTE,
                            .a = down,
                            .b = leader,
                            .c = leader_epoch,
                            .d = request->d};
}

/* Votes for one among the others. */
static uint64_t votes_for(const struct world *world, const struct sentinel *sentinel, uint64_t who)
{
    uint64_t votes = 0;
    for (uint32_t i = 0; i < sentinel->sentinels.count; i++) {
        const struct instance *other = instance_at(world, &sentinel->sentinels, i);
        votes += other->leader == who && other->leader_epoch == sentinel->epoch;
    }
    return votes;
}

static uint64_t most_voted(const struct world *world, const struct sentinel *sentinel,
                           uint64_t *most)
{
    uint64_t winner = 0;
    *most = 0;
    for (uint32_t i = 0; i < sentinel->sentinels.count; i++) {
        const struct instance *other = instance_at(world, &sentinel->sentinels, i);
        if (other->leader == 0 || other->leader_epoch != sentinel->epoch)
            continue;
        uint64_t votes = votes_for(world, sentinel, other->leader);
        if (votes > *most) {
            *most = votes;
            winner = other->leader;
        }
    }
    return winner;
}

/* The majority of all that are known, and the quorum at least. */
uint64_t vote_leader(struct world *world, uint32_t id, uint64_t epoch)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    uint64_t voters = sentinel->sentinels.count + 1, most, leader_epoch;
    uint64_t winner = most_voted(world, sentinel, &most);
    uint64_t mine = vote(world, id, epoch, winner != 0 ? winner : sentinel->myid, &leader_epoch);
    if (mine != 0 && leader_epoch == epoch) {
        uint64_t votes = votes_for(world, sentinel, mine) + 1;
        if (votes > most) {
            most = votes;
            winner = mine;
        }
    }
    bool enough = most >= voters / 2 + 1 && most >= parameter_get(world, id, SENTINEL_QUORUM);
    return enough ? winner : 0;
}
