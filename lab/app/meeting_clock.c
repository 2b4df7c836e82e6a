/* Eight minutes a question: where the clock is, how late it is, what to leave out. */
#include "lab/app/meeting.h"

/* Thirty minutes are three questions, six minutes to begin and to end. */
const unsigned meeting_minutes[PHASE_COUNT] = {1, 1, 1, 2, 2, 1};

#define GRACE_MS (30 * UINT64_C(1000)) /* that late nobody has to change anything */

static uint64_t planned_end(enum meeting_phase phase)
{
    uint64_t end_ms = 0;
    for (unsigned i = 0; i <= (unsigned)phase; i++)
        end_ms += meeting_minutes[i] * MINUTE_MS;
    return end_ms;
}

static enum meeting_phase phase_of(const struct model *model)
{
    const struct flow *flow = &model->flow;
    bool second = flow->second[flow->question] || model->asking == FIELD_DIFFER;
    if (model->screen == PLACE_SENTENCE)
        return PHASE_SENTENCE;
    switch (flow->step) {
    case STEP_BRIEF:
    case STEP_TRY:
        return model->asking == FIELD_GUESS ? PHASE_GUESS : PHASE_SITUATION;
    case STEP_PREDICT:
        return second ? PHASE_SECOND : PHASE_GUESS;
    case STEP_WATCH:
        return PHASE_WATCH;
    default:
        return PHASE_EXPLAIN;
    }
}

/* From an instant until now, without the times in which nobody was there. */
static uint64_t gone_ms(const struct meeting *meeting, uint64_t from_ms)
{
    uint64_t gone = meeting->now_ms > from_ms ? meeting->now_ms - from_ms : 0;
    for (uint32_t i = 0; i < meeting->pause_count; i++) {
        const struct kept_pause *pause = &meeting->pauses[i];
        uint64_t began_ms = pause->began_ms > from_ms ? pause->began_ms : from_ms;
        uint64_t away_ms = pause->ended_ms > began_ms ? pause->ended_ms - began_ms : 0;
        gone = gone > away_ms ? gone - away_ms : 0;
    }
    return gone;
}

/* Takes so much off what has to be made up for. */
static bool leave_out(uint64_t *over_ms, uint64_t saves_ms)
{
    if (*over_ms < GRACE_MS)
        return false;
    *over_ms = *over_ms > saves_ms ? *over_ms - saves_ms : 0;
    return true;
}

static void advise(const struct meeting *meeting, struct meeting_clock *clock)
{
    uint64_t over_ms = clock->late_ms, question_ms = QUESTION_MINUTES * MINUTE_MS;
    uint32_t left =
        meeting->at + 1 < meeting->lesson_count ? meeting->lesson_count - meeting->at - 1 : 0;
    if (clock->phase < PHASE_SECOND)
        clock->leave_second = leave_out(&over_ms, meeting_minutes[PHASE_SECOND] * MINUTE_MS);
    if (clock->phase <= PHASE_EXPLAIN)
        clock->leave_explain = leave_out(&over_ms, meeting_minutes[PHASE_EXPLAIN] * MINUTE_MS);
    uint64_t rest_ms = question_ms > clock->question_ms ? question_ms - clock->question_ms : 0;
    uint64_t end_ms = clock->meeting_ms + rest_ms + left * question_ms;
    over_ms = end_ms > MEETING_MINUTES * MINUTE_MS ? end_ms - MEETING_MINUTES * MINUTE_MS : 0;
    clock->leave_question = left && leave_out(&over_ms, question_ms);
}

void meeting_clock(const struct model *model, struct meeting_clock *clock)
{
    const struct meeting *meeting = &model->meeting;
    *clock = (struct meeting_clock){.phase = phase_of(model)};
    clock->meeting_ms = gone_ms(meeting, meeting->started_ms);
    clock->question_ms = gone_ms(meeting, model->flow.attempt.started_ms);
    clock->phase_end_ms = planned_end(clock->phase);
    if (clock->question_ms > clock->phase_end_ms)
        clock->late_ms = clock->question_ms - clock->phase_end_ms;
    advise(meeting, clock);
}

bool meeting_ticks(const struct model *model)
{
    return model->meeting.on;
}

void meeting_tick(struct model *model)
{
    struct meeting *meeting = &model->meeting;
    uint64_t before_ms = meeting->now_ms;
    if (!model->wall_ms)
        return;
    meeting->now_ms = model->wall_ms();
    if (meeting->on && meeting->now_ms / 1000 != before_ms / 1000)
        model->redraw = true;
}
