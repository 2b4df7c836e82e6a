/*
 * Every word of the screens, Korean and English in one row of words.def.
 */
#ifndef LAB_WORDS_WORDS_H
#define LAB_WORDS_WORDS_H

#include "sim/engine/error.h"

enum word {
#define WORD(id, en, ko) WORD_##id,
#include "lab/words/words.def"
#undef WORD
    WORD_COUNT
};

const char *word_in(enum language language, enum word word);

/* A command's verb as an action on a screen: "pull the plug"; NULL when the verb has no such words.
 */
const char *word_verb(enum language language, const char *verb);

/* What a trace record says on a screen; NULL when it is none that a person would look up for. */
const char *word_news(enum language language, unsigned trace_id);

/* A lesson's unit beside a number: "orders" is a blank and the word, in Korean a counter: 건. */
const char *word_unit(enum language language, const char *unit);

/* What a lesson's `price` names: disk, latency, machines, memory. */
const char *word_price(enum language language, const char *name);

#endif
