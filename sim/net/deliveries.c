/*
 * The ledger of deliveries: sums of each client, and what the kernels hold.
 */
#include "sim/net/deliveries.h"

#include "sim/net/tcp_state.h"

static struct delivery_sums *sums_at(const struct world *world, uint32_t client)
{
    if (client >= world->deliveries.count)
        return NULL;
    return vector_at(&world->region, &world->deliveries, client);
}

static struct delivery_sums *sums_need(struct world *world, uint32_t client)
{
    while (world->deliveries.count <= client)
        if (vector_push(&world->region, &world->deliveries, sizeof(struct delivery_sums)) == NULL)
            return NULL;
    return sums_at(world, client);
}

struct delivery_sums deliveries_of(const struct world *world, uint32_t client)
{
    const struct delivery_sums *sums = sums_at(world, client);
    return sums == NULL ? (struct delivery_sums){0} : *sums;
}

uint64_t deliveries_missed_all(const struct delivery_sums *sums)
{
    uint64_t all = 0;
    for (unsigned i = 0; i < MISSED_CAUSES; i++)
        all += sums->missed[i];
    return all;
}

void deliveries_sent(struct world *world, uint32_t client, uint64_t expected)
{
    struct delivery_sums *sums = sums_need(world, client);
    if (sums != NULL)
        sums->expected += expected;
}

void deliveries_made(struct world *world, uint32_t client)
{
    struct delivery_sums *sums = sums_need(world, client);
    if (sums != NULL)
        sums->delivered++;
}

void deliveries_missed(struct world *world, uint32_t client_key, enum missed why, uint64_t count)
{
    uint32_t client = ws_client_of(world, client_key);
    struct delivery_sums *sums = client == 0 ? NULL : sums_need(world, client);
    if (sums != NULL)
        sums->missed[why] += count;
}

/* For how many of its room a message in a kernel is. */
static uint64_t stands_for(const struct message *message)
{
    return message->type == WS_TEXT       ? ws_room_of(message->b).count
           : message->type == WS_DELIVERY ? 1
                                          : 0;
}

void deliveries_lost(struct world *world, const struct message *message)
{
    uint64_t count = stands_for(message);
    if (count != 0)
        deliveries_missed(world, ws_who_of(message->d).client, MISSED_LOST, count);
}

void deliveries_forget(struct world *world, uint32_t client)
{
    struct delivery_sums *sums = sums_at(world, client);
    if (sums != NULL)
        *sums = (struct delivery_sums){0};
}

uint64_t deliveries_in_kernels(const struct world *world, uint32_t client)
{
    uint64_t count = 0;
    for (uint32_t i = 1; i < world->region.slabs[SLAB_CONNECTION].used; i++)
        for (unsigned e = 0; e < 2; e++) {
            const struct tcp_flight *flight = tcp_flight(world, &tcp_at(world, i)->ends[e]);
            for (uint32_t at = flight == NULL ? 0 : flight->first; at != 0;
                 at = tcp_message_at(world, at)->next) {
                const struct message *message = &tcp_message_at(world, at)->message;
                if (ws_client_of(world, ws_who_of(message->d).client) == client)
                    count += stands_for(message);
            }
        }
    return count;
}
