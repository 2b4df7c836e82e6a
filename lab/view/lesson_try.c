/* Brief and try: the situation, the world alive, what may be broken; the plug in the hand asks for
 * the guess. */
#include "lab/view/view.h"

#include "lab/app/flow.h"
#include "lab/view/draw.h"

/* The question stands where the panel ends, with the field below it. */
void draw_question(const struct model *model, struct canvas *canvas, int end)
{
    const struct flow *flow = &model->flow;
    const struct question *question = flow_question(model);
    char understood[120], words[1200];
    struct text read = TEXT(understood), all = TEXT(words);
    int width = draw_width(canvas), row = end - 5;
    if (!question)
        return;
    text_add(&all, model_say(model, WORD_JUST_ONE_THING));
    text_add(&all, " ");
    text_add(&all, question->words);
    canvas_rule(canvas, row);
    int lines = draw_prose(model, canvas, row + 1, MARGIN, width, 3, 0, words);
    row += 1 + (lines < 3 ? lines : 3);
    int column = MARGIN;
    if (flow->people > 1)
        column =
            canvas_write(canvas, row, column, 0, STYLE_PLAIN, draw_person(model, flow->person)) + 2;
    canvas_write(canvas, row, column, 0, STYLE_ACTION, ">");
    draw_field(canvas, row, column + 2, &flow->guesses[flow->question][flow->person].field);
    if (flow_understood(model, flow->question, flow->person, &read))
        canvas_print(canvas, row, canvas->cursor_column + 3, 0, STYLE_STRONG, "= %s", understood);
}

void view_try(const struct model *model, struct canvas *canvas)
{
    int end = draw_body_end(canvas), row = BODY_TOP;
    bool brief = model->screen == PLACE_BRIEF, asking = model->asking == FIELD_GUESS;
    draw_world_frame(model, canvas);
    int below = asking ? 5 : 0;
    int prose = brief ? end - row - 6 : end - row - 6 - 7;
    int lines =
        draw_step(model, canvas, row, prose, (int)model->scroll, brief ? STEP_BRIEF : STEP_TRY);
    row += (lines < prose ? lines : prose) + 1;
    row += draw_map(model, canvas, row, brief ? end - row : 6);
    if (brief)
        return;
    row++;
    int number = 2 + canvas_digits_rows(canvas);
    if (row + number > end - below)
        row = end - below - number;
    canvas_write(canvas, row, MARGIN, 0, STYLE_PLAIN, model_say(model, WORD_ACKED));
    int after = draw_big(model, canvas, row + 1, MARGIN, draw_acked(&model->look),
                         word_unit(model->language, draw_unit(model))) +
                1;
    canvas_write(canvas, row, RIGHT_COLUMN, 0, STYLE_DIM, model_say(model, WORD_WHAT_TO_DO));
    draw_panel(model, canvas, row + 1, RIGHT_COLUMN, end - below - row - 1);
    if (asking)
        draw_question(model, canvas, end);
    else if (after < end)
        draw_news(model, canvas, after, MARGIN, RIGHT_COLUMN - 1,
                  end - after < 4 ? end - after : 4);
}
