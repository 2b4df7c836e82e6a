/*
 * Text that is built up in memory of the caller: no stdio, never past the end, always closed by
 * NUL.
 */
#ifndef SIM_ENGINE_TEXT_H
#define SIM_ENGINE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    char *at;     /* the caller's */
    size_t bytes; /* its size, at least 1 */
    size_t used;  /* without the NUL; what did not fit is dropped and `cut` set */
    bool cut;
};

/* An empty text over an array: struct text t = TEXT(buffer); */
#define TEXT(array) ((struct text){(array), sizeof(array), 0, false})

void text_clear(struct text *text);
void text_add(struct text *text, const char *words);
void text_add_bytes(struct text *text, const char *at, size_t bytes);
void text_add_char(struct text *text, char c);
void text_add_u64(struct text *text, uint64_t number);
void text_add_i64(struct text *text, int64_t number);
void text_add_padded(struct text *text, uint64_t number, unsigned digits); /* leading zeros */
void text_add_grouped(struct text *text, uint64_t number);                 /* 42,298 */
void text_add_hex(struct text *text, uint64_t number, unsigned digits);
/* A row of a table for people: the grouped number in twelve columns, what it is, and a newline. */
void text_add_count(struct text *text, uint64_t number, const char *what);

/* Adds `number` / 10^decimals with the decimals: (1234, 2) is 12.34. */
void text_add_fixed(struct text *text, int64_t number, unsigned decimals);

/* The same without zeros at its end: (1500, 3) is 1.5. */
void text_add_decimal(struct text *text, int64_t number, unsigned decimals);

/* Adds a template in which {0} {1} {2} {3} stand for the arguments (NULL is empty). */
void text_add_template(struct text *text, const char *template, const char *const arguments[4]);

/* The next word of a list with commas or blanks, cut to `room` bytes with its NUL; *list goes on
 * behind it.  False at its end. */
bool text_list_next(const char **list, char *word, size_t room);

/* Equal when case and `-` against `_` do not count: how keys of parameters compare. */
bool text_same_key(const char *a, const char *b);

/* How many single-letter edits lead from one word to the other, up to `most` + 1. */
unsigned text_distance(const char *a, const char *b, unsigned most);

#endif
