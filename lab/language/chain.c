/* The chain behind a client, read from the world's settings. */
#include "lab/language/chain.h"

#include <string.h>

#include "sim/store/sentinel.h"

const char *chain_setting(const struct world *world, uint32_t id, const char *key)
{
    int parameter = parameter_find(component_kind(world, id), key);
    return parameter < 0 ? "" : parameter_text(world, id, (unsigned)parameter);
}

static void stage_add(struct stage *stage, uint32_t id)
{
    for (uint32_t i = 0; i < stage->count; i++)
        if (stage->parts[i] == id)
            return;
    if (id != 0 && stage->count < STAGE_MOST)
        stage->parts[stage->count++] = id;
}

static void list_add(const struct world *world, struct stage *stage, const char *names)
{
    char name[NAME_BYTES];
    while (text_list_next(&names, name, sizeof name))
        stage_add(stage, component_find(world, name));
}

/* A store that somebody promotes copies of: whoever has one may stand in. */
static void store_add(const struct world *world, struct stage *stage, uint32_t store, bool watched)
{
    stage_add(stage, store);
    if (!watched)
        return;
    const char *name = component_at(world, store)->name;
    for (uint32_t id = 0; (id = component_next(world, id, KIND_STORE)) != 0;) {
        const char *of = chain_setting(world, id, "replicaof");
        if (strcmp(of, name) == 0 ||
            strcmp(chain_setting(world, store, "replicaof"), component_at(world, id)->name) == 0)
            stage_add(stage, id);
    }
}

/* Whom a client or a server asks. */
static void asked_add(const struct world *world, struct stage *stage, uint32_t id, const char *key)
{
    const char *to = chain_setting(world, id, key), *via = chain_setting(world, id, "via");
    uint32_t standby = 0, there = component_find(world, to);
    bool via_first = via[0] != 0 && (to[0] == 0 || component_at(world, id)->kind == KIND_SERVER);
    if (via_first) {
        uint32_t master = sentinel_ask(world, via);
        if (master != 0)
            store_add(world, stage, master, true);
        return;
    }
    stage_add(stage, there);
    if (there != 0 && component_at(world, there)->kind == KIND_BALANCER)
        standby = component_find(world, chain_setting(world, there, "standby"));
    stage_add(stage, standby);
}

/* Without its answer the request is served all the same. */
static bool is_optional(const struct world *world, uint32_t id)
{
    int parameter = parameter_find(component_kind(world, id), "calls_optional");
    return parameter >= 0 && parameter_get(world, id, (unsigned)parameter) != 0;
}

void chain_find(const struct world *world, uint32_t client, struct chain *chain)
{
    memset(chain, 0, sizeof *chain);
    asked_add(world, &chain->stages[0], client, "to");
    while (chain->count < STAGES_MAX && chain->stages[chain->count].count > 0) {
        const struct stage *stage = &chain->stages[chain->count++];
        if (chain->count == STAGES_MAX)
            return;
        for (uint32_t i = 0; i < stage->count; i++) {
            uint32_t id = stage->parts[i];
            uint16_t kind = component_at(world, id)->kind;
            if (kind == KIND_BALANCER)
                list_add(world, &chain->stages[chain->count], chain_setting(world, id, "to"));
            else if (kind == KIND_SERVER && !is_optional(world, id))
                asked_add(world, &chain->stages[chain->count], id, "calls");
        }
    }
}
