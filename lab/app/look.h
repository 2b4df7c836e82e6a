/*
 * What the screens know of a world: a copy of its parts and figures, taken at most four times a
 * second while it runs, so that drawing is pure and numbers can be read.
 */
#ifndef LAB_APP_LOOK_H
#define LAB_APP_LOOK_H

#include "sim/sim.h"

#define LOOK_PARTS   256
#define LOOK_CHARTS  4
#define LOOK_SAMPLES 512

struct figure {
    struct value value;
    bool known;  /* it has a value */
    bool hidden; /* a prediction is open */
};

struct part {
    char name[NAME_BYTES];
    uint16_t kind; /* enum kind_id */
    bool up, paused;
    uint32_t id;           /* the component */
    uint32_t machine;      /* the component it stands on */
    uint32_t to;           /* a client: the component it talks to, 0 none */
    bool writes;           /* a client: what it is told OK for is a write */
    bool stays;            /* a client: its connections stay (op=ws, op=location) */
    bool cut_to, cut_back; /* a client: the way there, and back, is cut */
    uint32_t first_figure;
    bool hides; /* one of its metrics is hidden: its log and files too */
};

/* A watched metric over simulated time, from the start to the end of what was run: sample i is the
 * largest of the step_ns that end at (i + 1) * step_ns. */
#define LOOK_SAMPLE_NS (SECOND_NS / 2)
struct chart {
    char name[2 * NAME_BYTES];
    uint32_t unit;
    bool hidden;
    uint64_t step_ns; /* LOOK_SAMPLE_NS, doubled as often as the run needs */
    uint32_t first;   /* it is watched since then */
    uint32_t count;   /* samples, the last one is the newest */
    int64_t samples[LOOK_SAMPLES];
};

struct look {
    uint64_t now_ns, seed;
    char title[120];
    uint32_t part_count, figure_count, figure_room;
    struct part parts[LOOK_PARTS];
    struct figure *figures;
    uint32_t chart_count;
    struct chart charts[LOOK_CHARTS];
};

void look_release(struct look *look);

/* Takes everything over from a world; `hidden` says whether a metric's name is. */
typedef bool look_hidden(void *user, const char *metric);
void look_take(struct look *look, struct world *world, look_hidden *hidden, void *user);

/* Charts: names once, then samples; those after a time are dropped when they are none any more. */
void look_chart(struct look *look, const char *name, uint32_t unit, bool hidden);
void look_sample(struct look *look, uint32_t chart, uint64_t time_ns, int64_t value);
void look_samples_back(struct look *look, uint64_t now_ns);
/* The same for a chart by itself. */
void chart_sample(struct chart *chart, uint64_t time_ns, int64_t value);
void chart_back(struct chart *chart, uint64_t now_ns);
/* The sample in which a time is. */
uint32_t look_sample_at(const struct chart *chart, uint64_t time_ns);

const struct part *look_part(const struct look *look, const char *name);
const struct part *look_part_id(const struct look *look, uint32_t id);

/* The figure "cache.keys", or of a part; NULL when there is no such metric. */
const struct figure *look_figure(const struct look *look, const char *name);
const struct figure *look_figure_of(const struct look *look, const struct part *part,
                                    const char *metric);
/* Its number, 0 when it has none. */
int64_t look_number(const struct look *look, const struct part *part, const char *metric);

#endif
