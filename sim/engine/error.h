/*
 * Errors as data: one list of sentences in both languages, filled in where a person reads them.
 *
 * The list is sim/engine/errors.def.  Form: "what is wrong; what would be right".
 */
#ifndef SIM_ENGINE_ERROR_H
#define SIM_ENGINE_ERROR_H

#include "sim/engine/text.h"

enum error_id {
    ERROR_NONE,
#define ERROR(id, en, ko) ERROR_##id,
#include "sim/engine/errors.def"
#undef ERROR
    ERROR_COUNT
};

enum language { LANGUAGE_EN, LANGUAGE_KO };
#define LANGUAGES 2

struct error {
    uint16_t id;   /* enum error_id */
    uint16_t word; /* which word of the command is wrong, from 0 */
    uint16_t byte; /* and from which byte of that word on (the value of key=value, say) */
    uint16_t unused;
    uint32_t line, column; /* from 1, filled in by whoever knows the text; 0 unknown */
    char arguments[4][64];
};

/* Fills an error in; arguments may be NULL.  Returns false, so that `return error_set(...)` reads
 * well. */
bool error_set(struct error *error, enum error_id id, uint16_t word, const char *a, const char *b,
               const char *c, const char *d);

/* The sentence in one language, without the place. */
void error_add(struct text *text, const struct error *error, enum language language);

#endif
