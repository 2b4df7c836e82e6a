/* The list of errors, and how one becomes a sentence. */
#include "sim/engine/error.h"

#include <string.h>

static const char *const sentences[ERROR_COUNT][2] = {
    [ERROR_NONE] = {"", ""},
#define ERROR(id, en, ko) [ERROR_##id] = {en, ko},
#include "sim/engine/errors.def"
#undef ERROR
};

bool error_set(struct error *error, enum error_id id, uint16_t word, const char *a, const char *b,
               const char *c, const char *d)
{
    const char *const arguments[4] = {a, b, c, d};
    memset(error, 0, sizeof *error);
    error->id = (uint16_t)id;
    error->word = word;
    for (unsigned i = 0; i < 4; i++) {
        struct text text = TEXT(error->arguments[i]);
        text_clear(&text);
        if (arguments[i])
            text_add(&text, arguments[i]);
    }
    return false;
}

void error_add(struct text *text, const struct error *error, enum language language)
{
    const char *const arguments[4] = {error->arguments[0], error->arguments[1], error->arguments[2],
                                      error->arguments[3]};
    unsigned id = error->id < ERROR_COUNT ? error->id : ERROR_NONE;
    text_add_template(text, sentences[id][language == LANGUAGE_KO], arguments);
}
