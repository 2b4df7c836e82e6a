/*
 * Twins: which two of the variants are looked at, and what was done to one of them alone.
 */
#include <string.h>

#include "lab/language/parts.h"
#include "sim/engine/need.h"

bool act_twins(struct session *session, struct call *call)
{
    const struct command *command = call->command;
    int32_t pair[2];
    if (!need_count(command, 3, 3, lab_command_find("twins")->usage, call->error))
        return false;
    for (unsigned k = 0; k < 2; k++) {
        const char *name = command_word(command, k + 1);
        pair[k] = variant_find(session, name, strlen(name));
        if (pair[k] < 0)
            return variant_unknown(session, name, strlen(name), k + 1, call->error);
    }
    if (pair[0] == pair[1])
        return error_set(call->error, ERROR_NAME_TAKEN, 2, command_word(command, 2), NULL, NULL,
                         NULL);
    session->pair[0] = (uint32_t)pair[0];
    session->pair[1] = (uint32_t)pair[1];
    return true;
}

bool session_pair(const struct session *session, uint32_t pair[2])
{
    memcpy(pair, session->pair, sizeof session->pair);
    return session->forked && session->variant_count > 1;
}

/* Was it said to all at once?  Each has it then, at the same time. */
static bool said_to_all(const struct session *session, const struct deed *deed)
{
    uint32_t count = 0;
    for (uint32_t i = session->fork.typed; i < session->typed_count; i++) {
        const struct deed *other = &session->typed[i];
        count += other->time_ns == deed->time_ns && strcmp(other->name, deed->name) != 0 &&
                 memcmp(&other->command, &deed->command, sizeof deed->command) == 0;
    }
    return count > 0;
}

uint32_t session_change(const struct session *session, uint32_t variant, struct text *text)
{
    const struct variant *of = &session->variants[variant];
    uint32_t count = of->change[0] != 0;
    text_clear(text);
    text_add(text, of->change);
    for (uint32_t i = session->fork.typed; session->forked && i < session->typed_count; i++) {
        const struct deed *deed = &session->typed[i];
        if (strcmp(deed->name, of->name) != 0 || said_to_all(session, deed))
            continue;
        text_add(text, count++ ? "; " : "");
        language_join(text, &deed->command);
    }
    return count;
}
