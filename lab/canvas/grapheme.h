/*
 * What a person sees as one sign, as a terminal can show it.
 */
#ifndef LAB_CANVAS_GRAPHEME_H
#define LAB_CANVAS_GRAPHEME_H

#include <stdint.h>

enum { GRAPHEME_BYTES = 24 };

struct grapheme {
    char bytes[GRAPHEME_BYTES]; /* UTF-8, composed (NFC), the rest zero */
    uint8_t width;              /* cells: 1, 2; 0: nothing to draw */
};

/* Takes the next one off a NUL-ended text that is not empty and returns what follows it.  What
 * terminals disagree about or obey never comes out: control signs, invalid bytes and joined emoji
 * become "?", line ends and tabs a blank; signs without a picture (joiners, direction marks,
 * variation selectors) are dropped. */
const char *grapheme_next(const char *text, struct grapheme *grapheme);

/* The same sign for terminals on which box and block signs are not one cell wide; the width stays.
 */
void grapheme_to_ascii(struct grapheme *grapheme);

#endif
