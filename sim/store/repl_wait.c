/*
 * Who waits for replicas: WAIT, and a store that is asked to end.
 *
 * waitCommand, processClientsWaitingReplicas of Redis 7.0 (replication.c), isReadyToShutdown
 * (server.c); TRUTH redis.wait.1, redis.shutdown-replica.1.
 */
#include "sim/store/store_state.h"

static struct repl *repl_of(const struct world *world, uint32_t id)
{
    return &store_at(world, id)->repl;
}

static struct waiter *waiter_at(const struct world *world, const struct repl *repl, uint32_t i)
{
    return vector_at(&world->region, &repl->waiters, i);
}

uint64_t repl_count_acked(const struct world *world, uint32_t id, uint64_t offset)
{
    const struct repl *repl = repl_of(world, id);
    uint64_t count = 0;
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        const struct replica *replica = replica_at(world, repl, i);
        count += replica->state == REPLICA_ONLINE && replica->ack_offset >= offset;
    }
    return count;
}

static struct message count_answer(const struct waiter *waiter, uint64_t count)
{
    return (struct message){.bytes = 3 + resp_digits(count),
                            .type = RESP_COUNT,
                            .b = waiter->b,
                            .c = count,
                            .d = waiter->d};
}

struct message repl_wait(struct world *world, uint32_t id, uint32_t connection,
                         const struct message *request)
{
    struct repl *repl = repl_of(world, id);
    const struct waiter waiter = {.connection = connection,
                                  .replicas = (uint32_t)request->a,
                                  .offset = repl->offset,
                                  .until_ns = request->c == 0 ? TIME_NEVER
                                                              : world->now_ns + request->c * MS_NS,
                                  .b = request->b,
                                  .d = request->d};
    if (repl->master != 0)
        return (struct message){.bytes = resp_answer_bytes(RESP_ERROR, 0),
                                .type = RESP_ERROR,
                                .b = request->b,
                                .d = request->d};
    uint64_t count = repl_count_acked(world, id, waiter.offset);
    if (count >= waiter.replicas)
        return count_answer(&waiter, count);
    struct waiter *row = vector_push(&world->region, &repl->waiters, sizeof *row);
    if (row == NULL)
        return count_answer(&waiter, count);
    *row = waiter;
    loop_block(world, id, connection);
    repl->get_ack = 1;
    return (struct message){0};
}

bool repl_wait_told(struct world *world, uint32_t id, uint32_t replicas, uint64_t timeout_ms,
                    uint64_t *count)
{
    struct repl *repl = repl_of(world, id);
    const struct waiter waiter = {
        .replicas = replicas,
        .offset = repl->told_offset < repl->offset ? repl->told_offset : repl->offset,
        .until_ns = timeout_ms == 0 ? TIME_NEVER : world->now_ns + timeout_ms * MS_NS,
        .b = world->now_ns};
    *count = repl_count_acked(world, id, waiter.offset);
    if (*count >= replicas)
        return true;
    struct waiter *row = vector_push(&world->region, &repl->waiters, sizeof *row);
    if (row == NULL)
        return true;
    *row = waiter;
    repl->get_ack = 1;
    return false;
}

/* What redis-cli would print, and after how long. */
static void waiter_log(struct world *world, uint32_t id, const struct waiter *waiter,
                       const char *words, uint64_t count)
{
    char line[120];
    struct text text = TEXT(line);
    text_clear(&text);
    text_add(&text, "WAIT ");
    text_add_u64(&text, waiter->replicas);
    text_add(&text, ": ");
    text_add(&text, words);
    if (words[0] == '(')
        text_add_u64(&text, count);
    text_add(&text, " after ");
    text_add_fixed(&text, (int64_t)((world->now_ns - waiter->b) / (MS_NS / 10)), 1);
    text_add(&text, " ms");
    component_log(world, id, line);
}

static void waiter_remove(struct world *world, struct repl *repl, uint32_t i)
{
    uint32_t last = repl->waiters.count - 1;
    for (; i < last; i++)
        *waiter_at(world, repl, i) = *waiter_at(world, repl, i + 1);
    *waiter_at(world, repl, last) = (struct waiter){0};
    repl->waiters.count--;
}

void repl_wait_check(struct world *world, uint32_t id)
{
    struct repl *repl = repl_of(world, id);
    for (uint32_t i = 0; i < repl->waiters.count;) {
        const struct waiter waiter = *waiter_at(world, repl, i);
        uint64_t count = repl_count_acked(world, id, waiter.offset);
        if (count < waiter.replicas && world->now_ns < waiter.until_ns) {
            i++;
            continue;
        }
        waiter_remove(world, repl, i);
        if (waiter.connection == 0) {
            waiter_log(world, id, &waiter, "(integer) ", count);
            continue;
        }
        const struct message answer = count_answer(&waiter, count);
        tcp_send(world, waiter.connection, id, &answer);
        loop_unblock(world, id, waiter.connection);
    }
}

void repl_wait_forget(struct world *world, uint32_t id, uint32_t connection)
{
    struct repl *repl = repl_of(world, id);
    for (uint32_t i = repl->waiters.count; i-- > 0;)
        if (waiter_at(world, repl, i)->connection == connection)
            waiter_remove(world, repl, i);
}

/* disconnectAllBlockedClients: -UNBLOCKED, and closed. */
void repl_wait_end_all(struct world *world, uint32_t id)
{
    struct repl *repl = repl_of(world, id);
    while (repl->waiters.count > 0) {
        const struct waiter waiter = *waiter_at(world, repl, repl->waiters.count - 1);
        const struct message answer = {
            .bytes = resp_answer_bytes(RESP_UNBLOCKED, 0), .type = RESP_UNBLOCKED, .d = waiter.d};
        waiter_remove(world, repl, repl->waiters.count - 1);
        if (waiter.connection == 0) {
            waiter_log(world, id, &waiter, "UNBLOCKED", 0);
            continue;
        }
        tcp_send(world, waiter.connection, id, &answer);
        loop_closed(world, id, waiter.connection);
        tcp_close(world, waiter.connection, id);
    }
}

bool repl_caught_up(const struct world *world, uint32_t id)
{
    const struct repl *repl = repl_of(world, id);
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        const struct replica *replica = replica_at(world, repl, i);
        if (replica->ack_offset != repl->offset)
            return false;
    }
    return true;
}
