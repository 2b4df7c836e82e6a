/* The line editor of every text field. */
#include "lab/app/field.h"

#include <string.h>

void field_clear(struct field *field)
{
    memset(field, 0, sizeof *field);
}

void field_insert(struct field *field, const char *text)
{
    size_t bytes = strlen(text);
    if (field->used + bytes >= sizeof field->text)
        return;
    memmove(field->text + field->cursor + bytes, field->text + field->cursor,
            field->used - field->cursor + 1);
    memcpy(field->text + field->cursor, text, bytes);
    field->used += (uint32_t)bytes;
    field->cursor += (uint32_t)bytes;
}

void field_set(struct field *field, const char *text)
{
    field_clear(field);
    field_insert(field, text);
}

static uint32_t before(const struct field *field, uint32_t at)
{
    do {
        if (at == 0)
            return 0;
        at--;
    } while (((unsigned char)field->text[at] & 0xc0) == 0x80);
    return at;
}

static uint32_t after(const struct field *field, uint32_t at)
{
    if (at < field->used)
        at++;
    while (at < field->used && ((unsigned char)field->text[at] & 0xc0) == 0x80)
        at++;
    return at;
}

static void take_out(struct field *field, uint32_t from, uint32_t to)
{
    memmove(field->text + from, field->text + to, field->used - to + 1);
    field->used -= to - from;
    field->cursor = from;
}

static uint32_t word_start(const struct field *field)
{
    uint32_t at = field->cursor;
    while (at && field->text[at - 1] == ' ')
        at--;
    while (at && field->text[at - 1] != ' ')
        at--;
    return at;
}

static bool control_key(struct field *field, uint32_t letter)
{
    switch (letter) {
    case 'a':
        field->cursor = 0;
        return true;
    case 'e':
        field->cursor = field->used;
        return true;
    case 'u':
        take_out(field, 0, field->cursor);
        return true;
    case 'k':
        take_out(field, field->cursor, field->used);
        return true;
    case 'w':
        take_out(field, word_start(field), field->cursor);
        return true;
    default:
        return false;
    }
}

bool field_key(struct field *field, const struct key *key)
{
    switch (key->code) {
    case KEY_CODE_TEXT:
        field_insert(field, key->utf8);
        return true;
    case KEY_CODE_CONTROL:
        return control_key(field, key->letter);
    case KEY_CODE_BACKSPACE:
        take_out(field, before(field, field->cursor), field->cursor);
        return true;
    case KEY_CODE_DELETE:
        take_out(field, field->cursor, after(field, field->cursor));
        return true;
    case KEY_CODE_LEFT:
        field->cursor = before(field, field->cursor);
        return true;
    case KEY_CODE_RIGHT:
        field->cursor = after(field, field->cursor);
        return true;
    case KEY_CODE_HOME:
        field->cursor = 0;
        return true;
    case KEY_CODE_END:
        field->cursor = field->used;
        return true;
    default:
        return false;
    }
}
