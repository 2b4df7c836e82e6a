/*
 * What the screens are made of: frame, keys, numbers, prose, map, bars, chart, panel.
 *
 * Drawing reads the model and fills the canvas; nothing here changes anything.
 */
#ifndef LAB_VIEW_DRAW_H
#define LAB_VIEW_DRAW_H

#include "lab/app/model.h"
#include "lab/canvas/canvas.h"

#define BODY_TOP     2
#define MARGIN       1
#define RIGHT_COLUMN 41 /* where panels stand */
#define MAP_LEAST    6  /* rows that the map has beside other things */

#define WIDE_COLUMN  82 /* a wide terminal has one more column there: history */
#define WIDE_COLUMNS 130

/* What text and bars take: a larger terminal shows more, not longer lines. */
int draw_width(const struct canvas *canvas);
/* The rule above the last two rows: the body ends before it. */
int draw_body_end(const struct canvas *canvas);
/* Title left, clock or another word right, rules, last command. */
void draw_frame(const struct model *model, struct canvas *canvas, const char *title,
                const char *right);
void draw_world_frame(const struct model *model, struct canvas *canvas); /* with the clock */
/* In the row of the last command, when nothing else is there. */
void draw_status(const struct model *model, struct canvas *canvas, enum style style,
                 const char *words);
void draw_last_command(const struct model *model, struct canvas *canvas);
/* Over what a screen drew: the prompt, what was said, the key line. */
void draw_foot(const struct model *model, struct canvas *canvas);
void draw_blank(struct canvas *canvas, int row, int rows);
void draw_field(struct canvas *canvas, int row, int column, const struct field *field);

/* Counts: three digits that mean something while it runs, exact when it stands. */
void draw_count(struct text *to, const struct model *model, int64_t number);
void draw_value(struct text *to, const struct model *model, const struct value *value);
/* "39,443 orders", in Korean with its counter: 39,443건. */
void draw_amount_of(struct text *to, const struct model *model, int64_t number, const char *unit);
void draw_price(struct text *to, const struct model *model); /* of a run of vary that passed */
/* "There is a way with disk 3 MB. See it?"; false when none is known. */
bool draw_cheaper(struct text *to, const struct model *model);
void draw_figure(struct text *to, const struct model *model, const struct figure *figure);

/* Prose of a lesson with its marks, numbers filled in, wrapped; at most `rows` after the first
 * `skip` lines; how many lines there are in all. */
int draw_prose(const struct model *model, struct canvas *canvas, int row, int column, int width,
               int rows, int skip, const char *words);
/* The same as plain text. */
void draw_text(const struct model *model, struct text *to, const char *words);
/* The blocks of a step that are prose, one below the other; lines in all. */
int draw_step(const struct model *model, struct canvas *canvas, int row, int rows, int skip,
              enum lesson_step step);
/* One block of it: rows it takes. */
int draw_block(const struct model *model, struct canvas *canvas, int row, int rows,
               enum lesson_step step, uint32_t block);
/* Guesses beside what was counted; rows used. */
int draw_question_bars(const struct model *model, struct canvas *canvas, int row,
                       uint32_t question);
/* Of them `count` paragraphs from the `first` on, as many as fit whole (the first one in any case);
 * rows used. */
int draw_paragraphs(const struct model *model, struct canvas *canvas, int row, int rows,
                    enum lesson_step step, unsigned first, unsigned count);
#define ALL_PARAGRAPHS 1000u
/* So many of a step stand before its first block of a kind. */
unsigned draw_paragraphs_before(const struct model *model, enum lesson_step step,
                                enum block_kind kind);

/* Lines as they are, those too long on two; only rows from `top` to before `end` are drawn; rows in
 * all. */
int draw_lines(struct canvas *canvas, int row, int top, int end, const char *words);

/* The map, at most `rows` high; rows used. */
int draw_map(const struct model *model, struct canvas *canvas, int row, int rows);
/* A bar for each store: on disk, at risk, gone; rows used. */
int draw_bars(const struct model *model, struct canvas *canvas, int row, int rows);
/* The big number of a world: what got its OK and is not on a disk; the row after it, or the same
 * when a prediction is open. */
int draw_missing(const struct model *model, struct canvas *canvas, int row);
/* Who takes whom for the master, and how far the copies are, in the rows before `end`. */
void draw_copies(const struct model *model, struct canvas *canvas, int row, int end);
void draw_chart(const struct model *model, struct canvas *canvas, int row, int column, int rows,
                int columns, const struct chart *chart);
/* The same on a scale that ends at `most`: charts that are compared have one. */
void draw_chart_to(const struct model *model, struct canvas *canvas, int row, int column, int rows,
                   int columns, const struct chart *chart, int64_t most);
int64_t draw_chart_most(const struct chart *chart);
int draw_panel(const struct model *model, struct canvas *canvas, int row, int column, int rows);
void draw_news(const struct model *model, struct canvas *canvas, int row, int column, int limit,
               int rows);

/* What a lesson asks where twins are compared, too: the guess before the fault (in the last rows
 * before `end`), what was seen, the goals (the row after them). */
void draw_question(const struct model *model, struct canvas *canvas, int end);
int draw_question_rows(const struct model *model, struct canvas *canvas);
const char *draw_ask(const struct model *model);
int draw_goals(const struct model *model, struct canvas *canvas, int row, int end);

/* The twins as lines: each with its number, what differs, the number and its price. */
void draw_twins_text(const struct model *model, struct text *to);

/* A number three rows high with words beside it; the row after. */
int draw_big(const struct model *model, struct canvas *canvas, int row, int column, int64_t number,
             const char *beside);

/* What the clients write: "orders" when a question of the lesson says so, else "writes". */
const char *draw_unit(const struct model *model);

/* The number of a screen that is seen first: its words, and what it counts. */
struct big_number {
    const char *words;
    int64_t number;
    const char *unit;
};
bool draw_big_of(const struct model *model, struct big_number *big); /* false: it has none */
int64_t draw_acked(const struct look *look);
/* What the clients have so far: answers, or connections that stay; false while it is hidden. */
bool draw_reached(const struct model *model, struct big_number *big);
/* That of a world, and what it is now; false while a prediction is open. */
bool draw_missing_of(const struct model *model, enum word *word, int64_t *number);
/* What a metric of the watched run is, in the words of its table. */
const char *draw_metric_words(const struct model *model, const char *metric);

/* Fields and values of people: each one's guess; the sentence of what was seen. */
void draw_people(const struct model *model, struct canvas *canvas, int row);
int draw_values(const struct model *model, struct canvas *canvas, int row, int end,
                const struct guess *guesses); /* rows used */
int draw_differ(const struct model *model, struct canvas *canvas, int row, int end);
/* What may be marked on the map, one a row; rows used. */
int draw_choice_of_marks(const struct model *model, struct canvas *canvas, int row, int end);
/* Who changed in the second round of a question; rows used. */
int draw_second(const struct model *model, struct canvas *canvas, int row, uint32_t question);
void draw_guess_of(struct text *to, const struct model *model, uint32_t question,
                   const struct guess *guess);
void draw_saw(const struct model *model, struct canvas *canvas, int row);

/* The chain behind the first client as boxes, with the marks of whoever guesses and what was
 * answered without each, where that is known.  Rows used; 0: there is no chain, or no room for
 * it. */
int draw_chain(const struct model *model, struct canvas *canvas, int row, int end);
/* Each part with what it was worth when it was taken away: the chain as a map, with the marks of
 * whoever guessed; then a row each.  `chosen`: the row at the cursor, -1 none. */
void draw_singles(const struct model *model, struct canvas *canvas, int row, int end, int chosen);

/* Of a meeting: its clock in the rule below the title; 12:40. */
void draw_meeting_clock(const struct model *model, struct canvas *canvas);
void draw_minutes(struct text *to, uint64_t time_ms);

const char *draw_person(const struct model *model, uint32_t person);

#endif
