/* A command as a value. */
#include "sim/engine/command.h"

#include <stdarg.h>
#include <string.h>

static bool word_append(struct command *command, const char *word, struct command_word place)
{
    size_t bytes = strlen(word) + 1;
    if (command->count == COMMAND_WORDS || command->used + bytes > COMMAND_BYTES)
        return false;
    place.start = command->used;
    memcpy(command->bytes + command->used, word, bytes);
    command->words[command->count++] = place;
    command->used = (uint16_t)(command->used + bytes);
    return true;
}

void command_tail(struct command *to, const struct command *from, unsigned skip)
{
    memset(to, 0, sizeof *to);
    to->line = from->line;
    for (unsigned i = skip; i < from->count; i++)
        word_append(to, command_word(from, i), from->words[i]);
}

void command_of(struct command *command, const char *first, ...)
{
    va_list more;
    memset(command, 0, sizeof *command);
    va_start(more, first);
    for (const char *word = first; word; word = va_arg(more, const char *))
        if (!word_append(command, word, (struct command_word){0, 0, 0, 0}))
            break;
    va_end(more);
}
