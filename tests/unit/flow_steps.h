/*
 * Through the steps of the lesson in a folder, with any guess.
 */
#ifndef TESTS_UNIT_FLOW_STEPS_H
#define TESTS_UNIT_FLOW_STEPS_H

#include "tests/unit/lesson_folder.h"

static inline void enter(struct lab *lab)
{
    press(lab, KEY_CODE_ENTER);
    pass_all(lab);
}

/* Enter, with 1 or b at each question, until the step. */
static inline void to_step(struct lab *lab, enum lesson_step step)
{
    for (int i = 0; i < 60 && lab->model.flow.step < step; i++) {
        if (lab->model.asking == FIELD_GUESS)
            type(lab, flow_question(&lab->model)->form == QUESTION_CHOICE ? "b" : "1");
        if (lab->model.flow.step == STEP_BRIEF && lab->model.drive.playing)
            type(lab, " ");
        enter(lab);
    }
    assert_int_equal(lab->model.flow.step, step);
}

static inline void open_first(struct lab *lab)
{
    press(lab, KEY_CODE_ENTER);
    assert_non_null(lab->model.flow.lesson);
    type(lab, " ");
}

#endif
