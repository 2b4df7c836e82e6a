/* Which parts of a world can be taken away, and how. */
#include "lab/language/spof.h"

#include <string.h>

static bool is_part(const struct world *world, uint32_t id)
{
    const struct component *component = component_at(world, id);
    return component->kind != KIND_CLIENT && component_kind(world, id)->process;
}

/* What runs on a machine and is no client. */
static uint32_t residents(const struct world *world, uint32_t machine)
{
    uint32_t count = 0;
    for (uint32_t id = component_next(world, 0, KIND_NONE); id;
         id = component_next(world, id, KIND_NONE))
        count += component_at(world, id)->machine == machine && is_part(world, id);
    return count;
}

/* A machine with one component is that one; a link is a part when it was written. */
static const char *verb_of(const struct world *world, uint32_t id)
{
    uint16_t kind = component_at(world, id)->kind;
    if (kind == KIND_MACHINE)
        return residents(world, id) >= 2 ? "power-cut" : NULL;
    if (kind == KIND_LINK)
        return "cut";
    return is_part(world, id) ? "kill" : NULL;
}

/* The first component of a kind with a text parameter that names this one; 0 none. */
static uint32_t who_names(const struct world *world, enum kind_id kind, const char *key,
                          const char *name)
{
    int parameter = parameter_find(catalog[kind], key);
    for (uint32_t id = 0; parameter >= 0 && (id = component_next(world, id, kind)) != 0;)
        if (strcmp(parameter_text(world, id, (unsigned)parameter), name) == 0)
            return id;
    return 0;
}

/* "chat-1,chat-2" has chat-1 in it. */
static bool is_listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = list; (at = strstr(at, name)) != NULL; at += length)
        if ((at == list || at[-1] == ',') && (at[length] == ',' || at[length] == 0))
            return true;
    return false;
}

static void find_balancer(const struct world *world, struct spof_part *part)
{
    struct text balancer = TEXT(part->balancer);
    int to = parameter_find(catalog[KIND_BALANCER], "to");
    for (uint32_t id = 0; to >= 0 && (id = component_next(world, id, KIND_BALANCER)) != 0;)
        if (is_listed(parameter_text(world, id, (unsigned)to), part->name)) {
            text_add(&balancer, component_at(world, id)->name);
            return;
        }
}

static void give_reason(const struct world *world, uint32_t id, struct spof_part *part)
{
    struct text other = TEXT(part->other);
    uint32_t copy = who_names(world, KIND_STORE, "replicaof", part->name);
    uint32_t client = who_names(world, KIND_CLIENT, "to", part->name);
    part->reason = SPOF_WAITED_FOR;
    if (component_at(world, id)->kind == KIND_MACHINE) {
        part->reason = SPOF_STANDS_ON;
        part->residents = residents(world, id);
    } else if (component_at(world, id)->kind == KIND_LINK) {
        part->reason = SPOF_ONLY_WAY;
    } else if (copy) {
        part->reason = SPOF_NO_SUCCESSOR;
        text_add(&other, component_at(world, copy)->name);
    } else if (client) {
        part->reason = SPOF_ASKED_ALONE;
        text_add(&other, component_at(world, client)->name);
    }
}

uint32_t spof_parts(const struct world *world, struct spof_part *parts, uint32_t room)
{
    uint32_t count = 0;
    for (uint32_t id = component_next(world, 0, KIND_NONE); id && count < room;
         id = component_next(world, id, KIND_NONE)) {
        const char *verb = verb_of(world, id);
        if (!verb)
            continue;
        struct spof_part *part = &parts[count++];
        struct text name = TEXT(part->name), command = TEXT(part->command);
        memset(part, 0, sizeof *part);
        text_add(&name, component_at(world, id)->name);
        text_add(&command, verb);
        text_add_char(&command, ' ');
        text_add(&command, part->name);
        part->kind = component_kind(world, id)->name;
        give_reason(world, id, part);
        find_balancer(world, part);
    }
    return count;
}

static bool names_it(const struct world *world, const struct spof_part *part, const char *word)
{
    uint32_t id = component_find(world, part->name);
    uint32_t machine = id ? component_at(world, id)->machine : 0;
    if (strcmp(word, part->name) == 0 || strcmp(word, "all") == 0 || strncmp(word, "zone=", 5) == 0)
        return true;
    return machine && strcmp(word, component_at(world, machine)->name) == 0;
}

bool spof_revives(const struct world *world, const struct spof_part *part,
                  const struct command *command)
{
    static const char *const verbs_back[] = {"start", "restart", "resume", "power-on", "heal"};
    const char *verb = command_word(command, 0);
    for (size_t i = 0; i < sizeof verbs_back / sizeof *verbs_back; i++) {
        if (strcmp(verb, verbs_back[i]) != 0)
            continue;
        if (strcmp(part->kind, "link") == 0)
            return strcmp(verb, "heal") == 0;
        return names_it(world, part, command_word(command, 1));
    }
    return false;
}
