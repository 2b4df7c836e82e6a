/* The verbs that change what is there: set remove tell. */
#include <string.h>

#include "sim/engine/need.h"
#include "sim/net/link.h"
#include "sim/net/pair.h"
#include "sim/net/tcp.h"
#include "sim/pairs.h"
#include "sim/parts.h"

/* set NAME.key=value: the first word holds both. */
static bool set_dotted(struct world *world, const struct command *command, struct error *error)
{
    const char *words = command_word(command, 1), *dot = strchr(words, '.');
    char owner[NAME_BYTES];
    struct text text = TEXT(owner);
    struct command name;
    struct pairs pairs;
    text_clear(&text);
    text_add_bytes(&text, words, (size_t)(dot - words));
    if (strchr(owner, '~')) {
        command_of(&name, "set", owner, dot + 1, (const char *)NULL);
        uint32_t a, b;
        bool both;
        if (pair_of_machines(world, &name, 1, &a, &b, &both, error) < 0)
            return false;
        if (set_link(world, a, b, true, &name, 2, error))
            return true;
        error->word = 1;
        error->byte = (uint16_t)(error->byte + (dot + 1 - words));
        return false;
    }
    command_of(&name, owner, (const char *)NULL);
    uint32_t id = need_component(world, &name, 0, error);
    if (!id) {
        error->word = 1;
        return false;
    }
    memset(&pairs, 0, sizeof pairs);
    for (unsigned word = 1; word < command->count; word++) {
        const char *pair = word == 1 ? dot + 1 : command_word(command, word);
        if (!pair_read(world, component_kind(world, id), command, word, pair, &pairs, error)) {
            pairs_give(world, component_kind(world, id), &pairs);
            return false;
        }
    }
    pairs_preset(component_kind(world, id), &pairs);
    return set_component(world, id, command, 1, &pairs, error);
}

/* `set NAME key` or `set NAME key = value`: the second word is no machine but a parameter. */
static bool is_parameter(const struct world *world, const struct command *command)
{
    uint32_t id = component_find(world, command_word(command, 1));
    return id && !component_find(world, command_word(command, 2)) &&
           parameter_find(component_kind(world, id), command_word(command, 2)) >= 0;
}

bool act_set(struct world *world, const struct command *command, struct text *answer,
             struct error *error)
{
    static const char usage[] = "set NAME key=value ...";
    const char *words = command_word(command, 1), *dot = strchr(words, '.');
    struct pairs pairs;
    uint32_t a, b;
    bool both;
    (void)answer;
    if (!need_count(command, 2, COMMAND_WORDS, usage, error))
        return false;
    if (dot && strchr(words, '=') && dot < strchr(words, '='))
        return set_dotted(world, command, error);
    if (!need_count(command, 3, COMMAND_WORDS, usage, error))
        return false;
    if (strcmp(words, "network") == 0)
        return pairs_read(world, catalog[KIND_NETWORK], command, 2, &pairs, error) &&
               set_component(world, world->network, command, 2, &pairs, error);
    if (is_parameter(world, command))
        return error_set(error, ERROR_NOT_KEY_VALUE, 2, command_word(command, 2), "cores=2", NULL,
                         NULL);
    int taken = strchr(words, '~') || !strchr(command_word(command, 2), '=')
                    ? pair_of_machines(world, command, 1, &a, &b, &both, error)
                    : 0;
    if (taken < 0)
        return false;
    if (taken > 0)
        return need_count(command, 2 + (unsigned)taken, COMMAND_WORDS, usage, error) &&
               set_link(world, a, b, both, command, 1 + (unsigned)taken, error);
    uint32_t id = need_component(world, command, 1, error);
    return id && pairs_read(world, component_kind(world, id), command, 2, &pairs, error) &&
           set_component(world, id, command, 2, &pairs, error);
}

/* --- remove and tell --- */

/* A machine goes: what it had open is gone without a word, and its links with it. */
static void machine_unlink(struct world *world, uint32_t machine)
{
    tcp_machine_lost(world, machine);
    for (uint32_t other = 0; (other = component_next(world, other, KIND_MACHINE)) != 0;) {
        uint32_t link = link_find(world, machine, other);
        if (link)
            component_remove(world, link);
    }
}

bool act_remove(struct world *world, const struct command *command, struct text *answer,
                struct error *error)
{
    (void)answer;
    if (!need_count(command, 2, 2, "remove NAME", error))
        return false;
    uint32_t id = need_component(world, command, 1, error);
    if (!id)
        return false;
    if (id == world->self || id == world->network)
        return error_set(error, ERROR_NO_PROCESS, 1, command_word(command, 1), NULL, NULL, NULL);
    for (uint32_t other = 0; (other = component_next(world, other, KIND_NONE)) != 0;)
        if (other != id && component_at(world, other)->machine == id)
            return error_set(error, ERROR_MACHINE_IN_USE, 1, command_word(command, 1),
                             component_at(world, other)->name, NULL, NULL);
    if (component_kind(world, id)->process)
        component_signal(world, id, SIGNAL_KILL);
    if (component_at(world, id)->kind == KIND_MACHINE)
        machine_unlink(world, id);
    trace(world, id, TRACE_REMOVED, 0, 0);
    component_remove(world, id);
    return true;
}

bool act_tell(struct world *world, const struct command *command, struct text *answer,
              struct error *error)
{
    struct command words;
    if (!need_count(command, 3, COMMAND_WORDS, "tell NAME WORDS...", error))
        return false;
    uint32_t id = need_component(world, command, 1, error);
    if (!id)
        return false;
    bool (*tell)(struct world *, uint32_t, const struct command *, struct text *, struct error *) =
        component_kind(world, id)->tell;
    if (component_at(world, id)->kind == KIND_MACHINE)
        tell = tcp_tell_machine; /* its kernel's TCP stands above the machine's floor */
    if (!tell)
        return error_set(error, ERROR_NO_TELL, 1, command_word(command, 1), NULL, NULL, NULL);
    if (!component_at(world, id)->up)
        return error_set(error, ERROR_NOT_UP, 1, command_word(command, 1), NULL, NULL, NULL);
    command_tail(&words, command, 2);
    if (tell(world, id, &words, answer, error))
        return true;
    error->word = (uint16_t)(error->word + 2);
    return false;
}
