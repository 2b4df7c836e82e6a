/*
 * The walls of a server: what it uses of each, and when each was hit first in this run.
 *
 * A wall is hit when somebody met it: maxConnections are open, accept() failed, an
 * OutOfMemoryError, requests have waited for a thread for a second on end.  Shares of time are
 * looked at a few times a second: a machine whose cores were all busy for a second, a process that
 * stood still for half of the last ten.
 */
#include "sim/server/server_state.h"

#define LOOK_NS   (250 * MS_NS)
#define CPU_FULL  (99 * PERCENT_ONE)
#define GC_HALF   (50 * PERCENT_ONE)
#define FILES_OWN 8u

static struct machine_state *machine_of(const struct world *world, uint32_t id)
{
    return (struct machine_state *)component_state(world, component_at(world, id)->machine);
}

static uint64_t cpu_share(const struct world *world, uint32_t id)
{
    return meter_last_second(&machine_of(world, id)->cpu.meter, world->now_ns);
}

static uint64_t threads_limit(const struct world *world, uint32_t id)
{
    const struct server *v = server_of(world, id);
    if (v->loop_count != 0)
        return v->loop_count;
    return parameter_get(world, id, SERVER_CONNECTION_THREADS) != 0
               ? UINT64_MAX
               : parameter_get(world, id, SERVER_MAX_THREADS);
}

static void hit(const struct world *world, struct server *v, enum server_wall wall, bool is)
{
    if (is && v->wall_ns[wall] == 0)
        v->wall_ns[wall] = world->now_ns != 0 ? world->now_ns : 1;
}

void walls_settle(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    hit(world, v, WALL_CONNECTIONS,
        v->connections >= parameter_get(world, id, SERVER_MAX_CONNECTIONS));
    hit(world, v, WALL_FILES, v->files_full != 0);
    if (v->queued == 0 || v->threads_busy < threads_limit(world, id))
        v->pressed_ns = world->now_ns;
    else if (v->wall_ns[WALL_THREADS] == 0 && world->now_ns - v->pressed_ns >= SECOND_NS)
        v->wall_ns[WALL_THREADS] = v->pressed_ns + SECOND_NS;
    hit(world, v, WALL_HEAP, v->heap.out != 0);
    v->kills_seen = machine_of(world, id)->oom_kills;
    if (world->now_ns < v->looked_ns + LOOK_NS)
        return;
    v->looked_ns = world->now_ns;
    hit(world, v, WALL_CPU, world->now_ns >= SECOND_NS && cpu_share(world, id) >= CPU_FULL);
    hit(world, v, WALL_GC, heap_share(world, id) >= GC_HALF);
}

void walls_killed(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    hit(world, v, WALL_RAM, machine_of(world, id)->oom_kills != v->kills_seen);
}

/* --- the report ----------------------------------------------------------------------------- */

struct use {
    uint64_t used, limit;
    uint32_t unit;
};

static struct use use_of(const struct world *world, uint32_t id, enum server_wall wall)
{
    const struct server *v = server_of(world, id);
    uint32_t machine = component_at(world, id)->machine;
    switch (wall) {
    case WALL_CONNECTIONS:
        return (struct use){v->connections, parameter_get(world, id, SERVER_MAX_CONNECTIONS),
                            UNIT_COUNT};
    case WALL_FILES:
        return (struct use){v->connections + FILES_OWN, parameter_get(world, id, SERVER_NOFILE),
                            UNIT_COUNT};
    case WALL_THREADS:
        return (struct use){v->threads_busy, threads_limit(world, id), UNIT_COUNT};
    case WALL_CPU:
        return (struct use){cpu_share(world, id), 100 * PERCENT_ONE, UNIT_PERCENT};
    case WALL_GC:
        return (struct use){component_at(world, id)->up ? heap_share(world, id) : 0,
                            100 * PERCENT_ONE, UNIT_PERCENT};
    case WALL_HEAP:
        return (struct use){heap_live(&v->heap), parameter_get(world, id, SERVER_HEAP), UNIT_SIZE};
    default:
        return (struct use){memory_used(world, machine), parameter_get(world, machine, MACHINE_RAM),
                            UNIT_SIZE};
    }
}

static void right(struct text *text, const char *words, unsigned cells)
{
    unsigned used = 0;
    while (words[used] != '\0')
        used++;
    for (; used < cells; cells--)
        text_add_char(text, ' ');
    text_add(text, words);
}

static void value_right(struct text *text, uint64_t number, uint32_t unit, unsigned cells)
{
    char words[40];
    struct text said = TEXT(words);
    struct value value = {.unit = unit, .number = (int64_t)number};
    text_clear(&said);
    if (number == UINT64_MAX)
        text_add(&said, "unlimited");
    else
        value_add_screen(&said, &value);
    right(text, words, cells);
}

static void time_right(struct text *text, uint64_t time_ns, unsigned cells)
{
    char words[40];
    struct text said = TEXT(words);
    text_clear(&said);
    if (time_ns == 0)
        text_add(&said, "-");
    else
        clock_add(&said, time_ns, 1);
    right(text, words, cells);
}

static const char *wall_name(const struct world *world, uint32_t id, enum server_wall wall,
                             unsigned ko)
{
    static const char *const names[WALLS][2] = {
        {"connections of maxConnections", "연결 수(maxConnections)"},
        {"file descriptors (nofile)", "파일 디스크립터(nofile)"},
        {"threads busy (maxThreads)", "일하는 스레드(maxThreads)"},
        {"CPU of its machine over the last second", "지난 1초 동안 서버의 CPU"},
        {"GC pauses over the last 10 s; hit at half", "지난 10초 동안의 GC 멈춤; 절반이면 벽"},
        {"live heap of -Xmx", "살아 있는 힙(-Xmx)"},
        {"RAM of its machine", "서버의 RAM"}};
    static const char *const loops[2] = {"event loops busy", "일하는 이벤트 루프"};
    return wall == WALL_THREADS && server_of(world, id)->loop_count != 0 ? loops[ko]
                                                                         : names[wall][ko];
}

static void server_add(const struct world *world, uint32_t id, struct text *text, unsigned ko)
{
    static const char *const none[2] = {"  no wall was hit so far\n",
                                        "  아직 부딪힌 벽이 없습니다\n"};
    static const char *const first_was[2] = {"  hit first: ", "  처음 부딪힌 벽: "};
    const struct server *v = server_of(world, id);
    enum server_wall first = WALLS;
    text_add(text, component_at(world, id)->name);
    text_add(text, ko ? "\n        사용        한도  부딪힌 시각\n"
                      : "\n        used       limit   hit first at\n");
    for (enum server_wall wall = 0; wall < WALLS; wall++) {
        struct use use = use_of(world, id, wall);
        value_right(text, use.used, use.unit, 12);
        value_right(text, use.limit, use.unit, 12);
        time_right(text, v->wall_ns[wall], 13);
        text_add(text, "  ");
        text_add(text, wall_name(world, id, wall, ko));
        text_add_char(text, '\n');
        if (v->wall_ns[wall] != 0 && (first == WALLS || v->wall_ns[wall] < v->wall_ns[first]))
            first = wall;
    }
    if (first == WALLS) {
        text_add(text, none[ko]);
        return;
    }
    text_add(text, first_was[ko]);
    text_add(text, wall_name(world, id, first, ko));
    text_add(text, ", ");
    clock_add(text, v->wall_ns[first], 3);
    text_add_char(text, '\n');
}

void server_walls_report(const struct world *world, struct text *text, enum language language)
{
    bool any = false;
    for (uint32_t id = 0; (id = component_next(world, id, KIND_SERVER)) != 0; any = true)
        server_add(world, id, text, language == LANGUAGE_KO);
    if (!any)
        text_add(text, language == LANGUAGE_KO ? "server가 없습니다\n" : "there is no server\n");
}
