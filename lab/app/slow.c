/* Slow motion through a fault, or by hand. */
#include "lab/app/slow.h"

#include "lab/app/drive.h"
#include "lab/app/past.h"

#define BEFORE_NS  SECOND_NS
#define BY_HAND_NS SECOND_NS
#define MILLION    UINT64_C(1000000)

/* So near to the fault, in front of it or after it, goes this entry of the table of speeds.  The
 * last one is the moment's end: whoever looks at 10 ms of a second does not wait 100 s for them. */
static const struct {
    uint64_t within_ns;
    int speed;
} stages[] = {{10 * MILLION, SPEED_SLOWEST},       {25 * MILLION, SPEED_SLOWEST + 1},
              {60 * MILLION, SPEED_SLOWEST + 2},   {150 * MILLION, SPEED_SLOWEST + 3},
              {1000 * MILLION, SPEED_SLOWEST + 4}, {2000 * MILLION, SPEED_SLOWEST + 5}};
#define STAGE_AFTER 4 /* x0.2 */
#define STAGES      (sizeof stages / sizeof *stages)

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

/* The fault of the run that is watched, or the nearest of what was run. */
static uint64_t nearest_fault(const struct model *model)
{
    if (model->flow.step == STEP_WATCH && model->flow.lesson)
        return model->flow.script.fault_ns;
    uint64_t now_ns = session_now(model->session), best_ns = TIME_NEVER, time_ns = 0;
    enum past_sign sign;
    for (uint32_t i = 0; past_sign(model, i, &sign, &time_ns); i++)
        if (sign == PAST_FAULT && time_ns != TIME_NEVER &&
            (best_ns == TIME_NEVER || distance(time_ns, now_ns) <= distance(best_ns, now_ns)))
            best_ns = time_ns;
    return best_ns;
}

bool slow_begin(struct model *model)
{
    uint64_t fault_ns = nearest_fault(model);
    if (fault_ns == TIME_NEVER)
        return false;
    uint64_t from_ns = fault_ns > BEFORE_NS ? fault_ns - BEFORE_NS : 0;
    if (session_now(model->session) != from_ns)
        drive_rewind(model, from_ns);
    struct text line = TEXT(model->last_command);
    text_clear(&line);
    text_add(&line, "rewind ");
    clock_add(&line, from_ns, 3);
    model->drive.slow = SLOW_FAULT;
    model->drive.slow_at_ns = fault_ns;
    slow_goal(&model->drive, session_now(model->session), 0);
    if (!model->drive.rushing) /* on its way there, it stands when it has come */
        drive_play(model, true);
    return true;
}

void slow_after(struct drive *drive, uint64_t fault_ns)
{
    drive->slow = SLOW_AFTER;
    drive->slow_at_ns = fault_ns;
}

static bool fault_is_slow(const struct drive *drive)
{
    return drive->slow == SLOW_FAULT || drive->slow == SLOW_AFTER;
}

void slow_heard(struct drive *drive, uint64_t time_ns)
{
    if (drive->speed >= SPEED_ONE || fault_is_slow(drive))
        return;
    drive->slow = SLOW_BY_HAND;
    drive->slow_at_ns = time_ns;
}

bool slow_is_on(const struct drive *drive, uint64_t now_ns)
{
    return fault_is_slow(drive) &&
           distance(now_ns, drive->slow_at_ns) < stages[STAGES - 1].within_ns;
}

void slow_end_fault(struct drive *drive)
{
    if (fault_is_slow(drive))
        drive->slow = SLOW_NOTHING;
}

/* The speed that was chosen, for a second. */
static int by_hand_at(const struct drive *drive, uint64_t now_ns, uint64_t *until_ns)
{
    uint64_t end_ns = drive->slow_at_ns + BY_HAND_NS;
    *until_ns = now_ns < end_ns ? end_ns : TIME_NEVER;
    return now_ns < end_ns || drive->speed > SPEED_ONE ? drive->speed : SPEED_ONE;
}

/* The speed at an instant and where it changes next. */
static int stage_at(const struct drive *drive, uint64_t now_ns, uint64_t *until_ns)
{
    if (drive->slow == SLOW_BY_HAND)
        return by_hand_at(drive, now_ns, until_ns);
    uint64_t fault_ns = drive->slow_at_ns;
    bool before = now_ns < fault_ns;
    uint64_t away_ns = distance(now_ns, fault_ns);
    *until_ns = before ? fault_ns : TIME_NEVER;
    if (before && drive->slow == SLOW_AFTER)
        return SPEED_ONE;
    for (unsigned i = drive->slow == SLOW_AFTER ? STAGE_AFTER : 0; i < STAGES; i++) {
        if (before ? away_ns > stages[i].within_ns : away_ns >= stages[i].within_ns)
            continue;
        if (before)
            *until_ns = i ? fault_ns - stages[i - 1].within_ns : fault_ns;
        else
            *until_ns = fault_ns + stages[i].within_ns;
        return stages[i].speed;
    }
    if (before)
        *until_ns = fault_ns - stages[STAGES - 1].within_ns;
    return SPEED_ONE;
}

uint64_t slow_goal(struct drive *drive, uint64_t now_ns, uint64_t elapsed_ns)
{
    for (;;) {
        uint64_t until_ns;
        drive->speed = stage_at(drive, now_ns, &until_ns);
        uint64_t speed = drive_speed(drive), by_ns = elapsed_ns * speed / 1000;
        if (until_ns == TIME_NEVER)
            drive->slow = SLOW_NOTHING;
        if (until_ns == TIME_NEVER || now_ns + by_ns < until_ns)
            return now_ns + by_ns;
        elapsed_ns -= (until_ns - now_ns) * 1000 / speed;
        now_ns = until_ns;
    }
}

void slow_follow(struct drive *drive, uint64_t now_ns)
{
    if (drive->slow == SLOW_BY_HAND)
        slow_goal(drive, now_ns, 0);
}
