/* The counts of the servers over simulated time. */
#include "lab/app/trails.h"

#include <stdlib.h>
#include <string.h>

#include "lab/app/model.h"

#define SERVERS_MOST 32u

static struct trail *trail_for(struct trails *trails, uint32_t component)
{
    for (uint32_t i = 0; i < trails->count; i++)
        if (trails->all[i].component == component)
            return &trails->all[i];
    if (trails->count == SERVERS_MOST)
        return NULL;
    if (!trails->all && !(trails->all = calloc(SERVERS_MOST, sizeof *trails->all)))
        return NULL;
    struct trail *trail = &trails->all[trails->count++];
    memset(trail, 0, sizeof *trail);
    trail->component = component;
    for (unsigned i = 0; i < TRAIL_ROWS; i++)
        trail->rows[i].step_ns = LOOK_SAMPLE_NS;
    return trail;
}

const struct trail *trails_of(const struct model *model, uint32_t component)
{
    for (uint32_t i = 0; i < model->trails.count; i++)
        if (model->trails.all[i].component == component)
            return &model->trails.all[i];
    return NULL;
}

/* The sum of those of these metrics that the kind has. */
static int64_t sum_of(struct world *world, uint32_t id, const char *const metrics[2])
{
    int64_t sum = 0;
    for (unsigned i = 0; i < 2 && metrics[i]; i++) {
        struct value value;
        int row = metric_find(component_kind(world, id), metrics[i]);
        if (row >= 0 && metric_read(world, id, (unsigned)row, &value))
            sum += value.number;
    }
    return sum;
}

void trails_sample(struct model *model)
{
    static const char *const metrics[TRAIL_ROWS][2] = {
        [TRAIL_IN] = {"requests", "messages_in"}, [TRAIL_OUT] = {"responses", "deliveries"},
        [TRAIL_WAITING] = {"queued", NULL},       [TRAIL_PAUSED] = {"gc_pause_total", NULL},
        [TRAIL_LIVE] = {"heap_live", NULL},
    };
    struct world *world = model_world(model);
    for (uint32_t id = 0; (id = component_next(world, id, KIND_SERVER)) != 0;) {
        struct trail *trail = trail_for(&model->trails, id);
        for (unsigned row = 0; trail && row < TRAIL_ROWS; row++)
            chart_sample(&trail->rows[row], world->now_ns, sum_of(world, id, metrics[row]));
    }
}

void trails_back(struct model *model, uint64_t time_ns)
{
    for (uint32_t i = 0; i < model->trails.count; i++)
        for (unsigned row = 0; row < TRAIL_ROWS; row++)
            chart_back(&model->trails.all[i].rows[row], time_ns);
}

void trails_release(struct model *model)
{
    free(model->trails.all);
    memset(&model->trails, 0, sizeof model->trails);
}

bool trail_rate(const struct trail *trail, enum trail_row row, uint64_t time_ns,
                int64_t *per_second)
{
    const struct chart *chart = trail ? &trail->rows[row] : NULL;
    if (!chart || time_ns < chart->step_ns)
        return false;
    uint64_t last = time_ns / chart->step_ns - 1; /* the last that was whole by then */
    uint64_t steps = chart->step_ns < SECOND_NS ? SECOND_NS / chart->step_ns : 1;
    if (last >= chart->count || last < chart->first + steps)
        return false;
    int64_t grown = chart->samples[last] - chart->samples[last - steps];
    *per_second = grown * (int64_t)SECOND_NS / (int64_t)(steps * chart->step_ns);
    return true;
}
