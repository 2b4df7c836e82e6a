/*
 * What a script says: print and watch.
 */
#include <string.h>

#include "lab/language/parts.h"
#include "sim/engine/need.h"

/* One metric in one variant, as a person reads it. */
static bool value_say(struct session *session, const struct command *command, unsigned word,
                      uint32_t variant, struct text *text, bool *written, struct error *error)
{
    struct metric_ref metric;
    struct value value;
    if (!metric_word(session, command, word, &variant, written, &metric, error))
        return false;
    bool known = session_read(session, variant, metric, &value);
    found_add(text, &value, known, session->options.language);
    return true;
}

/* A line: the metric, then its value; of each variant, side by side. */
static bool metric_say(struct session *session, struct call *call, unsigned word, struct text *text)
{
    bool written = false;
    text_add(text, command_word(call->command, word));
    for (uint32_t i = 0; i < session->variant_count && !written; i++) {
        if (!(call->mask & 1u << i))
            continue;
        text_add(text, session->forked ? "  " : " ");
        size_t label_at = text->used;
        if (session->forked) {
            text_add(text, session->variants[i].name);
            text_add_char(text, ' ');
        }
        size_t value_at = text->used;
        if (!value_say(session, call->command, word, i, text, &written, call->error))
            return false;
        if (written && session->forked) { /* its variant stands before the metric already */
            memmove(text->at + label_at, text->at + value_at, text->used - value_at + 1);
            text->used -= value_at - label_at;
        }
    }
    text_add_char(text, '\n');
    return true;
}

bool act_print(struct session *session, struct call *call)
{
    struct text text = {session->answer, sizeof session->answer, 0, false};
    const struct command *command = call->command;
    if (!need_count(command, 2, COMMAND_WORDS, lab_command_find("print")->usage, call->error))
        return false;
    text_clear(&text);
    for (unsigned i = 1; i < command->count; i++) {
        if (command->words[i].quoted) {
            text_add(&text, command_word(command, i));
            text_add_char(&text, '\n');
        } else if (!metric_say(session, call, i, &text)) {
            return false;
        }
    }
    session_say(session, -1, session->answer);
    return true;
}

static bool watched(const struct session *session, const char *name)
{
    for (uint32_t i = 0; i < session->watched_count; i++)
        if (strcmp(session->watched[i], name) == 0)
            return true;
    return false;
}

bool act_watch(struct session *session, struct call *call)
{
    const struct command *command = call->command;
    struct metric_ref metric;
    bool written;
    if (!need_count(command, 2, COMMAND_WORDS, lab_command_find("watch")->usage, call->error))
        return false;
    for (unsigned i = 1; i < command->count; i++) {
        uint32_t variant = 0;
        if (session->hidden && session_hidden(session, command_word(command, i)))
            continue; /* charted once it may be seen */
        if (!metric_word(session, command, i, &variant, &written, &metric, call->error))
            return false;
    }
    for (unsigned i = 1; i < command->count; i++) {
        const char *name = command_word(command, i);
        struct text text = TEXT(session->watched[session->watched_count % WATCHED_MAX]);
        if (watched(session, name) || session->watched_count == WATCHED_MAX)
            continue;
        text_clear(&text);
        text_add(&text, name);
        session->watched_count++;
    }
    return true;
}
