/*
 * A command as a value: the words of one line with their places.  What the language hands to the
 * world, what is scheduled, what is logged and replayed.
 */
#ifndef SIM_ENGINE_COMMAND_H
#define SIM_ENGINE_COMMAND_H

#include "sim/engine/region.h"

#define COMMAND_WORDS 48
#define COMMAND_BYTES 4000 /* a title of a thousand Korean letters */

struct command_word {
    uint16_t start;  /* of the word in bytes[], which ends by NUL (quotes and escapes are gone) */
    uint16_t column; /* where it stands in its line, in characters from 1 */
    uint16_t quoted; /* 1 when it, or its value, was written in quotes */
    uint16_t unused;
};

/* Plain bytes without padding: may be copied, compared, kept in the arena and in files. */
struct command {
    uint32_t line; /* of the file, from 1; 0 typed at the prompt or by a key */
    uint16_t count;
    uint16_t used; /* bytes of bytes[] */
    struct command_word words[COMMAND_WORDS];
    char bytes[COMMAND_BYTES];
};

static inline const char *command_word(const struct command *command, unsigned i)
{
    return i < command->count ? command->bytes + command->words[i].start : "";
}

/* The command without its first `skip` words. */
void command_tail(struct command *to, const struct command *from, unsigned skip);

/* A command from plain words, as a program writes it: NULL ends the list. */
void command_of(struct command *command, const char *first, ...);

#endif
