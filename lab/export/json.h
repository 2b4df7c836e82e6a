/*
 * A JSON document that is written as it goes: no tree, one pass.
 */
#ifndef LAB_EXPORT_JSON_H
#define LAB_EXPORT_JSON_H

#include <stdio.h>

#include "sim/sim.h"

struct json {
    FILE *file;
    unsigned depth;
    bool more[16]; /* at each depth: a comma comes before the next */
};

void json_open(struct json *json, const char *name, char bracket); /* name NULL: in an array */
void json_close(struct json *json, char bracket);
void json_string(struct json *json, const char *name, const char *words);
void json_u64(struct json *json, const char *name, uint64_t number);
void json_null(struct json *json, const char *name);
void json_bool(struct json *json, const char *name, bool truth);

/* A value: durations ns, sizes bytes, percents and rates decimal, words a string. */
void json_value(struct json *json, const char *name, const struct value *value);

/* The same number without quotes or name, as CSV writes it. */
void json_number_add(struct text *text, const struct value *value);

#endif
