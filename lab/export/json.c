/*
 * A JSON document that is written as it goes: no tree, one pass.
 */
#include "lab/export/json.h"

#include <inttypes.h>

static void string_put(FILE *file, const char *words)
{
    putc('"', file);
    for (const unsigned char *c = (const unsigned char *)words; *c; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(file, "\\%c", *c);
        else if (*c < 0x20)
            fprintf(file, "\\u%04x", *c);
        else
            putc(*c, file);
    }
    putc('"', file);
}

static void name_put(struct json *json, const char *name)
{
    if (json->more[json->depth])
        putc(',', json->file);
    json->more[json->depth] = true;
    if (!name)
        return;
    string_put(json->file, name);
    putc(':', json->file);
}

void json_open(struct json *json, const char *name, char bracket)
{
    name_put(json, name);
    putc(bracket, json->file);
    json->more[++json->depth] = false;
}

void json_close(struct json *json, char bracket)
{
    json->depth--;
    putc(bracket, json->file);
}

void json_string(struct json *json, const char *name, const char *words)
{
    name_put(json, name);
    string_put(json->file, words);
}

void json_u64(struct json *json, const char *name, uint64_t number)
{
    name_put(json, name);
    fprintf(json->file, "%" PRIu64, number);
}

void json_null(struct json *json, const char *name)
{
    name_put(json, name);
    fputs("null", json->file);
}

void json_bool(struct json *json, const char *name, bool truth)
{
    name_put(json, name);
    fputs(truth ? "true" : "false", json->file);
}

void json_number_add(struct text *text, const struct value *value)
{
    switch ((enum unit)value->unit) {
    case UNIT_PERCENT:
        text_add_decimal(text, value->number, 3);
        break;
    case UNIT_RATE:
        text_add_decimal(text, value->number * 10 / 36, 9);
        break;
    case UNIT_TEXT:
    case UNIT_CHOICE:
        text_add(text, value->words);
        break;
    default:
        text_add_i64(text, value->number);
    }
}

void json_value(struct json *json, const char *name, const struct value *value)
{
    char words[96];
    struct text text = TEXT(words);
    text_clear(&text);
    json_number_add(&text, value);
    name_put(json, name);
    if (value->unit == UNIT_TEXT || value->unit == UNIT_CHOICE)
        string_put(json->file, words);
    else
        fputs(words, json->file);
}
