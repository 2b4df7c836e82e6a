/*
 * The screens: one file a screen, one row a screen in view.c.
 */
#ifndef LAB_VIEW_VIEW_H
#define LAB_VIEW_VIEW_H

#include "lab/app/model.h"
#include "lab/canvas/canvas.h"

/* Draws what the model shows.  Pure: the same model and size give the same cells. */
void view_render(const struct model *model, struct canvas *canvas);

/* How far down the screen, or what lies over it, can be scrolled. */
uint32_t view_scroll_most(const struct model *model);
/* Rows of parameters and metrics that a part's screen has. */
int view_part_rows(int rows);

void view_language(const struct model *model, struct canvas *canvas);
void view_home(const struct model *model, struct canvas *canvas);
void view_meeting(const struct model *model, struct canvas *canvas);
void view_sentence(const struct model *model, struct canvas *canvas);
void view_closed(const struct model *model, struct canvas *canvas);
void view_present(const struct model *model, struct canvas *canvas);
void view_world(const struct model *model, struct canvas *canvas);
void view_part(const struct model *model, struct canvas *canvas);
void view_life(const struct model *model, struct canvas *canvas);
void view_room(const struct model *model, struct canvas *canvas);
void view_server(const struct model *model, struct canvas *canvas);
void view_copies(const struct model *model, struct canvas *canvas);
/* Rows of who believes what that do not fit: how far back one can look. */
uint32_t view_copies_scroll(const struct model *model);
void view_ladder(const struct model *model, struct canvas *canvas);
void view_try(const struct model *model, struct canvas *canvas); /* and brief */
void view_predict(const struct model *model, struct canvas *canvas);
void view_watch(const struct model *model, struct canvas *canvas);
void view_explain(const struct model *model, struct canvas *canvas);
unsigned view_explain_pages(const struct model *model); /* of its size */
void view_vary(const struct model *model, struct canvas *canvas);
void view_work(const struct model *model, struct canvas *canvas);
void view_review(const struct model *model, struct canvas *canvas);
void view_sandbox(const struct model *model, struct canvas *canvas);
void view_found(const struct model *model, struct canvas *canvas);   /* what a search found */
void view_singles(const struct model *model, struct canvas *canvas); /* what takes all down */
void view_twins(const struct model *model, struct canvas *canvas);   /* of several screens */
void view_overlay(const struct model *model, struct canvas *canvas); /* help, situation, answer */

#endif
