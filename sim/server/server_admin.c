/*
 * `tell SERVER WORDS`: what nginx answers about itself.
 *
 * stub_status is the page of ngx_http_stub_status_module; requests under way are Writing, the
 * connections that idle Waiting, the others Reading.
 */
#include <string.h>

#include "sim/server/server_state.h"

static void stub_status(const struct world *world, uint32_t id, struct text *text)
{
    const struct server *v = server_of(world, id);
    uint64_t writing = 0, waiting = 0;
    for (uint32_t i = 1; i <= v->channels.used; i++) {
        const struct channel *s = channel_at(world, v, i);
        writing += s->socket != 0 && s->jobs > 0 && s->state == CHANNEL_OPEN;
        waiting += s->socket != 0 && s->jobs == 0 && s->requests > 0;
    }
    text_add(text, "Active connections: ");
    text_add_u64(text, v->connections);
    text_add(text, " \nserver accepts handled requests\n ");
    text_add_u64(text, v->accepted - v->accepted_before);
    text_add(text, " ");
    text_add_u64(text, v->accepted - v->accepted_before);
    text_add(text, " ");
    text_add_u64(text, v->requests - v->requests_before);
    text_add(text, " \nReading: ");
    text_add_u64(text, v->connections - writing - waiting);
    text_add(text, " Writing: ");
    text_add_u64(text, writing);
    text_add(text, " Waiting: ");
    text_add_u64(text, waiting);
    text_add(text, " \n");
}

bool server_tell(struct world *world, uint32_t id, const struct command *words, struct text *answer,
                 struct error *error)
{
    if (!component_at(world, id)->up)
        return error_set(error, ERROR_NOT_UP, 0, component_at(world, id)->name, NULL, NULL, NULL);
    if (words->count == 1 && strcmp(command_word(words, 0), "stub_status") == 0) {
        stub_status(world, id, answer);
        return true;
    }
    if (jvm_tell(world, id, words, answer))
        return true;
    text_add(answer, "404 Not Found");
    return true;
}
