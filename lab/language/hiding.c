/*
 * What an open prediction hides: metrics, and all that would tell them.
 */
#include "lab/language/parts.h"

#include <stdlib.h>
#include <string.h>

void session_hide(struct session *session, const char *const *metrics)
{
    uint32_t count = 0;
    for (char **name = session->hidden; name && *name; name++)
        free(*name);
    free(session->hidden);
    session->hidden = NULL;
    while (metrics && metrics[count])
        count++;
    if (count == 0)
        return;
    session->hidden = calloc(count + 1, sizeof *session->hidden);
    if (!session->hidden)
        abort();
    for (uint32_t i = 0; i < count; i++)
        if (!(session->hidden[i] = strdup(metrics[i])))
            abort();
}

/* A metric without its variant. */
static const char *without_variant(const char *metric)
{
    size_t before = strcspn(metric, ":.");
    return metric[before] == ':' ? metric + before + 1 : metric;
}

/* The world's totals tell what is hidden of one part: world.acked_lost for orders.acked_lost. */
static bool total_of(const char *hidden, const char *metric)
{
    const char *row = strchr(hidden, '.');
    size_t bytes = row ? strlen(row) : 0;
    return row && strncmp(metric, "world.", 6) == 0 && strncmp(metric + 5, row, bytes) == 0 &&
           (!metric[5 + bytes] || metric[5 + bytes] == '.');
}

bool session_hidden(const struct session *session, const char *metric)
{
    metric = without_variant(metric);
    for (char **name = session->hidden; name && *name; name++) {
        const char *hidden = without_variant(*name);
        size_t bytes = strlen(hidden);
        if (strncmp(hidden, metric, bytes) == 0 &&
            (!metric[bytes] || strcmp(metric + bytes, ".peak") == 0))
            return true;
        if (total_of(hidden, metric))
            return true;
    }
    return false;
}

bool hidden_part(const struct session *session, const char *part)
{
    size_t bytes = strlen(part);
    for (char **name = session->hidden; name && *name; name++) {
        const char *hidden = without_variant(*name);
        if (strncmp(hidden, part, bytes) == 0 && hidden[bytes] == '.')
            return true;
    }
    return false;
}

bool hidden_refuses(struct session *session, const char *name, unsigned word, struct error *error)
{
    if (!session_hidden(session, name))
        return true;
    return error_set(error, ERROR_HIDDEN, (uint16_t)word, name, NULL, NULL, NULL);
}

/* Words of an admin tool that change something and tell nothing of what is hidden. */
bool hidden_tell(struct session *session, const struct command *command, struct error *error)
{
    static const char *const silent[] = {
        "CONFIG",   "BGSAVE",  "BGREWRITEAOF", "REPLICAOF", "SLAVEOF", "SHUTDOWN",
        "FLUSHALL", "FLUSHDB", "ENABLE",       "DISABLE",   NULL};
    if (!session->hidden || strcmp(command_word(command, 0), "tell") != 0 ||
        !hidden_part(session, command_word(command, 1)))
        return true;
    for (const char *const *word = silent; *word; word++)
        if (text_same_key(*word, command_word(command, 2)))
            return true;
    return error_set(error, ERROR_HIDDEN, 2, command_word(command, 2), NULL, NULL, NULL);
}
