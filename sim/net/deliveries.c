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
                uint64_t each = stands_for(message);
                if (each != 0 && ws_client_of(world, ws_who_of(message->d).client) == client)
                    count += each;
            }
        }
    return count;
}

/* --- for people ------------------------------------------------------------------------------ */

static const char *const cause_words[MISSED_CAUSES][2] = {
    [MISSED_AWAY] = {"it had no connection when the server wrote to its room",
                     "서버가 방에 쓸 때 연결이 없었음"},
    [MISSED_DROPPED] = {"too much waited for it already: dropped",
                        "이미 너무 많이 밀려 있어서 버림"},
    [MISSED_CLOSED] = {"its connection was closed for reading too slowly",
                       "느리게 읽어서 서버가 연결을 닫음"},
    [MISSED_FAILED] = {"a call that the server needed for it failed",
                       "서버가 그 메시지에 필요한 호출에 실패함"},
    [MISSED_SERVER] = {"the server's process died with it", "서버 프로세스가 메시지를 쥔 채 죽음"},
    [MISSED_LOST] = {"it was under way when the connection ended", "가는 도중에 연결이 끝남"}};

static void client_report(const struct world *world, struct text *text, enum language language,
                          uint32_t client)
{
    const struct delivery_sums sums = deliveries_of(world, client);
    unsigned ko = language == LANGUAGE_KO;
    uint64_t missed = deliveries_missed_all(&sums);
    text_add(text, component_at(world, client)->name);
    text_add_char(text, '\n');
    text_add_count(text, sums.expected,
                   ko ? "도착해야 할 메시지(보낸 메시지 x 방)" : "deliveries due: messages x room");
    text_add_count(text, sums.delivered, ko ? "도착한 메시지" : "delivered");
    text_add_count(text, sums.expected - sums.delivered - missed,
                   ko ? "아직 가는 중인 메시지" : "under way");
    text_add_count(text, missed, ko ? "놓친 메시지" : "missed");
    for (unsigned i = 0; i < MISSED_CAUSES; i++) {
        if (sums.missed[i] == 0)
            continue;
        text_add(text, "  ");
        text_add_count(text, sums.missed[i], cause_words[i][ko]);
    }
}

void deliveries_report(const struct world *world, struct text *text, enum language language)
{
    for (uint32_t id = 0; (id = component_next(world, id, KIND_CLIENT)) != 0;)
        if (deliveries_of(world, id).expected != 0)
            client_report(world, text, language, id);
}
