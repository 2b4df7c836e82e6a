/*
 * Lists of sentinels, as clients and servers have them in via=: whose turn it is, and what they are
 * asked.
 */
#include "sim/store/sentinel_state.h"

uint32_t sentinel_count(const char *names)
{
    char name[NAME_BYTES];
    uint32_t count = 0;
    while (text_list_next(&names, name, sizeof name))
        count++;
    return count;
}

uint32_t sentinel_turn(const struct world *world, const char *names, uint32_t turn)
{
    char name[NAME_BYTES];
    uint32_t count = sentinel_count(names);
    if (count == 0)
        return 0;
    for (uint32_t skip = turn % count + 1; skip > 0; skip--)
        text_list_next(&names, name, sizeof name);
    return component_find(world, name);
}

bool sentinel_check_names(const struct world *world, const char *names, unsigned parameter,
                          struct error *error)
{
    char name[NAME_BYTES];
    while (text_list_next(&names, name, sizeof name)) {
        uint32_t id = component_find(world, name);
        if (id == 0)
            return error_set(error, ERROR_NOTHING_NAMED, (uint16_t)parameter, name, NULL, NULL,
                             NULL);
        if (component_at(world, id)->kind != KIND_SENTINEL)
            return error_set(error, ERROR_BAD_VALUE, (uint16_t)parameter, name, "sentinel",
                             "via=s1,s2,s3: names of sentinels", NULL);
    }
    return true;
}

void sentinel_question(struct world *world, uint32_t connection, uint32_t component)
{
    const struct message ask = {.bytes = resp_request_bytes(RESP_GET_MASTER, 0, 0),
                                .type = RESP_GET_MASTER};
    tcp_send(world, connection, component, &ask);
}

uint32_t sentinel_ask(const struct world *world, const char *names)
{
    char name[NAME_BYTES];
    while (text_list_next(&names, name, sizeof name)) {
        uint32_t id = component_find(world, name);
        if (id != 0 && sentinel_answers(world, id))
            return sentinel_master(world, id);
    }
    return 0;
}
