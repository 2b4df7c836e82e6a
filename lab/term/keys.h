/*
 * Bytes from a terminal become keys.  Pure: no reading, no clock; whoever reads says when it has
 * waited long enough.
 */
#ifndef LAB_TERM_KEYS_H
#define LAB_TERM_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key_code {
    KEY_CODE_TEXT,    /* a letter, digit, sign or syllable: `letter` and `utf8` */
    KEY_CODE_CONTROL, /* Ctrl with the lower-case `letter` */
    KEY_CODE_ENTER,
    KEY_CODE_TAB, /* with `shift`: back */
    KEY_CODE_BACKSPACE,
    KEY_CODE_DELETE,
    KEY_CODE_ESCAPE,
    KEY_CODE_UP,
    KEY_CODE_DOWN,
    KEY_CODE_LEFT,
    KEY_CODE_RIGHT,
    KEY_CODE_HOME,
    KEY_CODE_END,
    KEY_CODE_PAGE_UP,
    KEY_CODE_PAGE_DOWN,
};

struct key {
    enum key_code code;
    /* The code point.  For a Hangul letter (U+3131..) the Latin key it sits on in the two-set
     * layout: 'k' for ㅏ, 'R' for ㄲ; so actions compare `letter` and need no second table. */
    uint32_t letter;
    char utf8[8]; /* what was typed, for text fields: "ㅏ" where letter is 'k'; "" when not text */
    bool hangul_letter; /* typed as one Hangul letter */
    bool
        syllable; /* composed Hangul (한, ㄳ): text for a field; for an action nothing but a hint */
    bool control; /* held with an arrow, Home...; always set with KEY_CODE_CONTROL */
    bool shift;   /* held with an arrow, Tab, Home... */
};

/* The bytes of a key that is not complete yet.  Zeroed at the start. */
struct keys {
    unsigned char held[32];
    size_t count;
};

typedef void keys_sink(void *user, const struct key *key);

/* Gives every complete key to the sink, in order, whatever way the bytes were split.  Invalid bytes
 * and sequences without a meaning here (function keys, late answers of the terminal) give nothing.
 */
void keys_feed(struct keys *keys, const char *bytes, size_t count, keys_sink *sink, void *user);

/* An escape that could still become an arrow is waiting: call keys_flush when nothing came for 25
 * to 50 ms. */
bool keys_waiting(const struct keys *keys);
void keys_flush(struct keys *keys, keys_sink *sink, void *user);

#endif
