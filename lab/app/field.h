/*
 * One line of text that is being written: UTF-8, a cursor between characters.
 */
#ifndef LAB_APP_FIELD_H
#define LAB_APP_FIELD_H

#include "lab/term/keys.h"

#define FIELD_BYTES 400

struct field {
    char text[FIELD_BYTES];
    uint32_t used, cursor; /* bytes */
};

void field_clear(struct field *field);
void field_set(struct field *field, const char *text); /* the cursor at its end */
void field_insert(struct field *field, const char *text);
/* True when the key was one of a line editor's: letters, arrows, Home, End, Delete, Ctrl-A/E/U/W/K.
 */
bool field_key(struct field *field, const struct key *key);

#endif
