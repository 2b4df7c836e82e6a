/*
 * What Sentinel asks of a store: INFO, hellos over pub/sub, and the order to change its role.
 */
#include "sim/store/store_state.h"

#define INFO_BYTES    5200u
#define SLAVE_BYTES   70u
#define PUBLISH_BYTES 190u
#define HELLO_BYTES   200u

static struct message answer_of(enum resp_type type, uint32_t bytes)
{
    return (struct message){.bytes = bytes, .type = (uint16_t)type};
}

/* The head, a line for each replica; the end is the answer. */
static struct message run_info(struct world *world, uint32_t id, uint32_t connection)
{
    const struct store *store = store_at(world, id);
    const struct repl *repl = &store->repl;
    bool up = repl->state == LINK_CONNECTED;
    uint64_t down_s = repl->master == 0 || up ? 0 : clock_s(world) + 1 - repl->down_since_s;
    struct message head = answer_of(RESP_INFO_HEAD, INFO_BYTES);
    head.flags = (uint16_t)parameter_get(world, id, STORE_REPLICA_PRIORITY);
    head.a = (repl->master != 0 ? RESP_INFO_IS_SLAVE : 0) | (up ? RESP_INFO_LINK_UP : 0);
    head.b = store->runid;
    head.c = repl->offset;
    head.d = (uint64_t)repl->master << 32 | (down_s & UINT32_MAX);
    tcp_send_more(world, connection, id, &head);
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        struct message line = answer_of(RESP_INFO_SLAVE, SLAVE_BYTES);
        line.a = replica_at(world, repl, i)->component;
        tcp_send_more(world, connection, id, &line);
    }
    return answer_of(RESP_INFO_END, 2);
}

static struct message run_publish(struct world *world, uint32_t id, const struct message *request)
{
    struct store *store = store_at(world, id);
    struct message hello = *request;
    hello.type = RESP_HELLO;
    hello.bytes = HELLO_BYTES;
    for (uint32_t i = 0; i < store->subscribers.count; i++)
        tcp_send(world, *(uint32_t *)vector_at(&world->region, &store->subscribers, i), id, &hello);
    if (store->repl.master == 0)
        repl_push(world, id, &(struct repl_item){.bytes = PUBLISH_BYTES, .kind = REPL_PUBLISH});
    return answer_of(RESP_COUNT, 4);
}

static struct message run_subscribe(struct world *world, uint32_t id, uint32_t connection)
{
    uint32_t *row =
        vector_push(&world->region, &store_at(world, id)->subscribers, sizeof(uint32_t));
    if (row != NULL)
        *row = connection;
    return answer_of(RESP_COUNT, 52);
}

/* CLIENT KILL TYPE normal, then pubsub: all but who says it, and replicas. */
static void clients_kill(struct world *world, uint32_t id, uint32_t but)
{
    struct store *store = store_at(world, id);
    for (uint32_t i = store->clients.count; i-- > 0;) {
        uint32_t connection = *(uint32_t *)vector_at(&world->region, &store->clients, i);
        if (connection == but || repl_replica_of(world, id, connection) != NULL)
            continue;
        loop_closed(world, id, connection);
        tcp_close(world, connection, id);
    }
}

static struct message run_slaveof(struct world *world, uint32_t id, uint32_t connection,
                                  const struct message *request)
{
    uint32_t master = (uint32_t)request->a;
    if (store_at(world, id)->loading != LOADING_NO)
        return answer_of(RESP_LOADING, resp_answer_bytes(RESP_LOADING, 0));
    if (master == 0 || component_at(world, master)->kind == KIND_STORE)
        repl_order(world, id, master, true);
    clients_kill(world, id, connection);
    return answer_of(RESP_COUNT, 60);
}

struct message watched_run(struct world *world, uint32_t id, uint32_t connection,
                           const struct message *request)
{
    switch ((enum resp_type)request->type) {
    case RESP_INFO:
        return run_info(world, id, connection);
    case RESP_PUBLISH:
        return run_publish(world, id, request);
    case RESP_SUBSCRIBE:
        return run_subscribe(world, id, connection);
    case RESP_SLAVEOF:
        return run_slaveof(world, id, connection, request);
    default:
        return (struct message){0};
    }
}

void watched_closed(struct world *world, uint32_t id, uint32_t connection)
{
    struct vector *rows = &store_at(world, id)->subscribers;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t *row = vector_at(&world->region, rows, i);
        if (*row != connection)
            continue;
        uint32_t *last = vector_at(&world->region, rows, rows->count - 1);
        *row = *last;
        *last = 0;
        rows->count--;
        return;
    }
}
