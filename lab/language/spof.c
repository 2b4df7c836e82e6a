/* Each part is taken away once: the tries, on all cores, and what the clients heard. */
#include "lab/language/spof.h"

#include "sim/net/deliveries.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOK_NS    (100 * MS_NS) /* how often it is looked at whether requests are answered */
#define TRIES_MOST 10000         /* of going on after a line of the file that failed */
#define JOBS_MOST  64

/* What the clients of a world have counted. */
struct heard {
    int64_t acked, refused, timed_out, lost, unreachable;
    int64_t expected; /* messages of WebSockets; those that hang have not ended */
    int64_t came, missed;
};

static int64_t total(struct world *world, enum kind_id kind, const char *metric)
{
    int row = metric_find(catalog[kind], metric);
    int64_t sum = 0;
    for (uint32_t id = 0; row >= 0 && (id = component_next(world, id, kind)) != 0;) {
        struct value value;
        if (metric_read(world, id, (unsigned)row, &value))
            sum += value.number;
    }
    return sum;
}

/* Clients write, and servers when they call. */
static int64_t written(struct world *world, const char *metric)
{
    return total(world, KIND_CLIENT, metric) + total(world, KIND_SERVER, metric);
}

static int64_t messages(struct world *world)
{
    int64_t expected = 0;
    for (uint32_t id = 0; (id = component_next(world, id, KIND_CLIENT)) != 0;)
        expected += (int64_t)deliveries_of(world, id).expected;
    return expected;
}

/* Requests, and of WebSockets the messages that came or should have come. */
static struct heard hear(struct world *world)
{
    return (struct heard){
        total(world, KIND_CLIENT, "acked") + total(world, KIND_CLIENT, "deliveries"),
        total(world, KIND_CLIENT, "refused") + total(world, KIND_CLIENT, "missed"),
        total(world, KIND_CLIENT, "timed_out"),
        written(world, "acked_lost"),
        written(world, "unreachable"),
        messages(world),
        total(world, KIND_CLIENT, "deliveries"),
        total(world, KIND_CLIENT, "missed")};
}

static int64_t finished(const struct heard *from, const struct heard *to)
{
    return to->acked + to->refused + to->timed_out - from->acked - from->refused - from->timed_out;
}

/* Of what finished; of nothing nothing was answered. */
static uint64_t availability(const struct heard *from, const struct heard *to)
{
    int64_t all = finished(from, to), acked = to->acked - from->acked;
    return all > 0 && acked > 0 ? (uint64_t)(acked * (int64_t)(100 * PERCENT_ONE) / all) : 0;
}

/* --- one try ---------------------------------------------------------------------------------- */

struct
try {
    const struct spof_options *options;
    const char *script;
    size_t bytes;
    uint64_t taken_ns;
    const struct spof_part *part; /* NULL: nobody touches it */
    struct session *session;
};

static bool leaves_out(void *user, const struct command *command)
{
    const struct try *try = user;
    return session_now(try->session) >= try->taken_ns && try->part &&
           spof_revives(session_variant(try->session, try->options->variant)->world, try->part,
                        command);
}

static struct session *open_try(struct try *try, struct error *error)
{
    struct session_options options = {.language = try->options->language,
                                      .seed = try->options->seed,
                                      .sets = try->options->sets,
                                      .file = try->options->file,
                                      .limits = try->options->limits,
                                      .arena_bytes = try->options->arena_bytes,
                                      .alone = true,
                                      .leaves_out = leaves_out,
                                      .leaves_out_user = try};
    try->session = session_open(try->script, try->bytes, &options, error);
    return try->session;
}

/* A line of the file that cannot act any more, since a part is gone, is no reason to stop. */
static void go_to(struct session *session, uint64_t time_ns)
{
    session_build(session);
    for (unsigned i = 0; i < TRIES_MOST && session_now(session) < time_ns; i++)
        session_advance(session, time_ns, 0);
}

/* The servers that the part's balancer takes for well; -1: it has none. */
static int64_t backends_of(struct world *world, const struct spof_part *part)
{
    int row = metric_find(catalog[KIND_BALANCER], "backends_up");
    uint32_t id = part->balancer[0] ? component_find(world, part->balancer) : 0;
    struct value value;
    return id && metric_read(world, id, (unsigned)row, &value) ? value.number : -1;
}

/* What is looked at each tenth of a second. */
struct watch {
    uint64_t bad_ns, out_ns; /* the last in which requests failed; when it was taken out */
    int64_t backends;        /* before */
};

/* Goes on to `until_ns`; the end of the last tenth of a second in which requests failed, or hung,
 * is kept. */
static void listen_to(struct session *session, struct world *world, uint64_t until_ns,
                      const struct spof_part *part, struct watch *watch)
{
    struct heard before = hear(world);
    int64_t waited = total(world, KIND_CLIENT, "in_flight"); /* when the tenth began */
    while (session_now(session) < until_ns) {
        uint64_t next_ns = session_now(session) + LOOK_NS;
        go_to(session, next_ns < until_ns ? next_ns : until_ns);
        struct heard now = hear(world);
        int64_t wait = total(world, KIND_CLIENT, "in_flight");
        bool silent = finished(&before, &now) == 0 && waited > 0 && wait > 0;
        bool failed =
            finished(&before, &now) > 0 && availability(&before, &now) < SPOF_AVAILABILITY;
        if (silent || failed)
            watch->bad_ns = session_now(session);
        if (watch->out_ns == TIME_NEVER && backends_of(world, part) < watch->backends)
            watch->out_ns = session_now(session);
        before = now;
        waited = wait;
    }
}

/* The same with the messages that were sent meanwhile and hang. */
static uint64_t availability_of_all(const struct heard *from, const struct heard *to)
{
    struct heard all = *to;
    int64_t hang =
        to->expected - from->expected - (to->came - from->came) - (to->missed - from->missed);
    all.refused += to->expected > from->expected && hang > 0 ? hang : 0;
    return availability(from, &all);
}

static void count(struct spof_part *part, uint64_t taken_ns, const struct watch *watch,
                  uint64_t end_ns, const struct heard *at, const struct heard *settled,
                  const struct heard *end)
{
    part->availability = availability_of_all(settled, end);
    part->spof = part->availability < SPOF_AVAILABILITY;
    int64_t lost = end->lost + end->unreachable - at->lost - at->unreachable;
    part->acked_lost = lost > 0 ? lost : 0;
    part->refused = (uint64_t)(end->refused - at->refused);
    part->timed_out = (uint64_t)(end->timed_out - at->timed_out);
    part->recovered_after_ns = watch->bad_ns - taken_ns;
    if (part->spof || watch->bad_ns >= end_ns)
        part->recovered_after_ns = TIME_NEVER;
    part->out_after_ns = watch->out_ns == TIME_NEVER ? TIME_NEVER : watch->out_ns - taken_ns;
}

/* `part`: what is taken away, or one without a command: the run that nobody touches. */
static bool try_part(const struct spof *spof, struct try *try, struct spof_part *part,
                     struct error *error)
{
    struct error refused;
    if (!open_try(try, error))
        return false;
    struct session *session = try->session;
    go_to(session, spof->taken_ns);
    struct world *world = session_variant(session, try->options->variant)->world;
    struct heard at = hear(world);
    struct watch watch = {spof->taken_ns, TIME_NEVER, backends_of(world, part)};
    if (part->command[0])
        session_line(session, part->command, &refused); /* it may be gone already */
    uint64_t settled_ns = spof->taken_ns + spof->settle_ns;
    uint64_t end_ns = settled_ns + SPOF_GOES_ON_NS;
    listen_to(session, world, settled_ns, part, &watch);
    struct heard settled = hear(world);
    listen_to(session, world, end_ns, part, &watch);
    struct heard end = hear(world);
    count(part, spof->taken_ns, &watch, end_ns, &at, &settled, &end);
    session_close(session);
    return true;
}

/* --- all of them ------------------------------------------------------------------------------ */

struct crew {
    struct spof *spof;
    struct try try;
    pthread_mutex_t lock;
    uint32_t next, done; /* 0 is the run that nobody touches */
    bool ended;
    struct spof_part nobody; /* what is taken away in that one */
    struct error error;
};

static bool take_next(struct crew *crew, uint32_t *which)
{
    pthread_mutex_lock(&crew->lock);
    const struct spof_options *options = crew->try.options;
    if (!crew->ended && options->goes_on &&
        !options->goes_on(options->user, crew->done, crew->spof->count + 1))
        crew->ended = true;
    bool more = !crew->ended && crew->next <= crew->spof->count;
    *which = crew->next;
    crew->next += more;
    pthread_mutex_unlock(&crew->lock);
    return more;
}

static void *work(void *user)
{
    struct crew *crew = user;
    uint32_t which;
    while (take_next(crew, &which)) {
        struct spof_part *part = which ? &crew->spof->parts[which - 1] : &crew->nobody;
        struct try try = crew->try;
        struct error error;
        try.part = which ? part : NULL;
        bool tried = try_part(crew->spof, &try, part, &error);
        pthread_mutex_lock(&crew->lock);
        crew->done++;
        if (!tried) {
            crew->ended = true;
            crew->error = error;
        }
        pthread_mutex_unlock(&crew->lock);
    }
    return NULL;
}

static unsigned jobs_of(const struct spof_options *options, uint32_t tries)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned jobs = options->jobs ? options->jobs : cores > 0 ? (unsigned)cores : 1;
    if (jobs > JOBS_MOST)
        jobs = JOBS_MOST;
    return jobs > tries ? tries : jobs;
}

static bool all_tries(struct crew *crew)
{
    pthread_t threads[JOBS_MOST];
    unsigned jobs = jobs_of(crew->try.options, crew->spof->count + 1), started = 0;
    pthread_mutex_init(&crew->lock, NULL);
    while (started + 1 < jobs && pthread_create(&threads[started], NULL, work, crew) == 0)
        started++;
    work(crew);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&crew->lock);
    return !crew->ended;
}

/* --- the whole -------------------------------------------------------------------------------- */

/* The worst first: availability, then what was lost, then how long it took, then the name. */
static int worse(const void *a, const void *b)
{
    const struct spof_part *x = a, *y = b;
    if (x->availability != y->availability)
        return x->availability < y->availability ? -1 : 1;
    if (x->acked_lost != y->acked_lost)
        return x->acked_lost > y->acked_lost ? -1 : 1;
    if (x->recovered_after_ns != y->recovered_after_ns)
        return x->recovered_after_ns > y->recovered_after_ns ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void sum_up(struct spof *spof)
{
    spof->worst_availability = 100 * PERCENT_ONE;
    qsort(spof->parts, spof->count, sizeof *spof->parts, worse);
    for (uint32_t i = 0; i < spof->count; i++) {
        spof->spofs += spof->parts[i].spof;
        if (spof->parts[i].availability < spof->worst_availability)
            spof->worst_availability = spof->parts[i].availability;
    }
}

/* Runs it untouched: its parts as they stand when one is taken away, and where that is. */
static bool look_at_it(struct spof *spof, struct try *try, struct error *error)
{
    const struct spof_options *options = try->options;
    uint64_t taken_ns = options->taken_ns;
    if (taken_ns == TIME_NEVER) {
        if (!open_try(try, error))
            return false;
        enum session_state state = session_finish(try->session, TIME_NEVER);
        taken_ns = session_now(try->session) / 2;
        *error = *session_error(try->session);
        session_close(try->session);
        if (state == SESSION_FAILED)
            return false;
    }
    if (!open_try(try, error))
        return false;
    go_to(try->session, taken_ns);
    bool there = options->variant < session_variants(try->session);
    if (there) {
        const struct world *world = session_variant(try->session, options->variant)->world;
        spof->count = spof_parts(world, spof->parts, SPOF_PARTS_MAX);
        spof->seed = world->seed;
    } else {
        *error = *session_error(try->session);
    }
    spof->taken_ns = taken_ns;
    session_close(try->session);
    return there;
}

bool spof_find(struct spof *spof, const char *script, size_t bytes,
               const struct spof_options *options, struct error *error)
{
    struct try try = {.options = options, .script = script, .bytes = bytes, .taken_ns = TIME_NEVER};
    memset(spof, 0, sizeof *spof);
    spof->settle_ns = options->settle_ns;
    if (!look_at_it(spof, &try, error))
        return false;
    try.taken_ns = spof->taken_ns;
    struct crew crew = {.spof = spof, .try = try};
    if (!all_tries(&crew)) {
        *error = crew.error;
        return false;
    }
    spof->untouched = crew.nobody.availability;
    sum_up(spof);
    return true;
}
