/*
 * `tell BALANCER WORDS`: HAProxy's runtime API, as far as it is about servers.
 */
#include <string.h>

#include "sim/balance/balancer_state.h"

#define BACKEND_NAME "back" /* of the only one there is */

static const char *status_of(const struct backend *backend)
{
    if (backend->admin == BACKEND_MAINT)
        return "MAINT";
    if (backend->admin == BACKEND_DRAIN)
        return "DRAIN";
    return backend->up ? "UP" : "DOWN";
}

static void column(struct text *text, uint64_t number)
{
    text_add_u64(text, number);
    text_add_char(text, ',');
}

/* Columns of HAProxy's CSV under their names; those without a model here are left out. */
static void show_stat(const struct world *world, const struct balancer *b, struct text *text)
{
    text_add(text,
             "# pxname,svname,scur,stot,eresp,status,weight,chkfail,chkdown,lastchg,downtime\n");
    text_add(text, "front,FRONTEND,");
    column(text, b->connections);
    column(text, b->requests);
    text_add(text, ",OPEN,,,,,\n");
    for (uint32_t i = 0; i < b->backend_count; i++) {
        const struct backend *backend = &b->backends[i];
        if (backend->component == 0)
            continue;
        text_add(text, BACKEND_NAME ",");
        text_add(text, component_at(world, backend->component)->name);
        text_add_char(text, ',');
        column(text, backend->current);
        column(text, backend->total);
        column(text, backend->errors);
        text_add(text, status_of(backend));
        text_add_char(text, ',');
        column(text, backend->weight);
        column(text, backend->failures);
        column(text, backend->downs);
        column(text, (world->now_ns - backend->changed_ns) / SECOND_NS);
        uint64_t open_ns = backend->up ? 0 : world->now_ns - backend->changed_ns;
        text_add_u64(text, (backend->down_ns + open_ns) / SECOND_NS);
        text_add_char(text, '\n');
    }
}

/* "back/app-1", or app-1 alone. */
static struct backend *named(const struct world *world, struct balancer *b, const char *word)
{
    const char *slash = strchr(word, '/');
    uint32_t place = backend_find(world, b, slash ? slash + 1 : word);
    return place ? &b->backends[place - 1] : NULL;
}

static bool administrate(struct world *world, uint32_t id, const char *name,
                         enum backend_admin admin, struct text *answer)
{
    struct backend *backend = named(world, balancer_of(world, id), name);
    if (!backend) {
        text_add(answer, "No such server.");
        return true;
    }
    if (backend->admin != BACKEND_READY && admin == BACKEND_READY)
        backend_join(balancer_of(world, id), backend);
    backend->admin = (uint16_t)admin;
    trace(world, id, TRACE_BACKEND_ADMIN, backend->component, admin);
    return true;
}

static bool set_server(struct world *world, uint32_t id, const struct command *words,
                       struct text *answer)
{
    static const char *const states[] = {"ready", "drain", "maint"};
    for (unsigned i = 0; i < sizeof states / sizeof *states; i++)
        if (words->count == 5 && text_same_key(command_word(words, 3), "state") &&
            text_same_key(command_word(words, 4), states[i]))
            return administrate(world, id, command_word(words, 2), (enum backend_admin)i, answer);
    text_add(answer, "'set server <srv> state' expects 'ready', 'drain' and 'maint'.");
    return true;
}

bool balancer_tell(struct world *world, uint32_t id, const struct command *words,
                   struct text *answer, struct error *error)
{
    const char *first = command_word(words, 0), *second = command_word(words, 1);
    bool server = text_same_key(second, "server");
    if (!component_at(world, id)->up)
        return error_set(error, ERROR_NOT_UP, 0, component_at(world, id)->name, NULL, NULL, NULL);
    if (text_same_key(first, "show") && text_same_key(second, "stat") && words->count == 2) {
        show_stat(world, balancer_of(world, id), answer);
    } else if (text_same_key(first, "set") && server) {
        set_server(world, id, words, answer);
    } else if (text_same_key(first, "disable") && words->count == (server ? 3 : 2)) {
        administrate(world, id, command_word(words, server ? 2 : 1), BACKEND_MAINT, answer);
    } else if (text_same_key(first, "enable") && words->count == (server ? 3 : 2)) {
        administrate(world, id, command_word(words, server ? 2 : 1), BACKEND_READY, answer);
    } else {
        text_add(answer, "Unknown command. Try: show stat, disable server <srv>, enable server "
                         "<srv>, set server <srv> state ready|drain|maint");
    }
    balancer_settle(world, id);
    return true;
}
