/*
 * `tell SERVER jstack | jcmd GC.heap_info | -Xlog:gc`: what the tools of OpenJDK 17 print.
 *
 * A thread that waits for something outside is RUNNABLE in a native read, as jstack shows it: the
 * JVM does not know that the kernel has nothing for it.  Only what is modelled is printed: no
 * addresses, no Metaspace.
 */
#include <string.h>

#include "sim/server/server_state.h"

#define THREADS_SHOWN 40u
#define KIB           1024u

/* --- jstack --------------------------------------------------------------------------------- */

enum thread_state { THREAD_RUNNABLE, THREAD_WAITING, THREAD_TIMED_WAITING, THREAD_STATES };

struct stack {
    enum thread_state state;
    const char *how, *at;
};

static const struct stack idle_stack = {THREAD_WAITING, " (parking)",
                                        "java.util.concurrent.LinkedBlockingQueue.take"};
static const struct stack idle_loop = {THREAD_RUNNABLE, "", "sun.nio.ch.EPoll.wait(Native Method)"};

static const struct stack *stack_of(const struct job *j)
{
    static const struct stack works = {THREAD_RUNNABLE, "", "app.Handler.handle"};
    static const struct stack waits = {THREAD_RUNNABLE, "",
                                       "sun.nio.ch.SocketDispatcher.read0(Native Method)"};
    static const struct stack writes = {THREAD_RUNNABLE, "",
                                        "sun.nio.ch.FileDispatcherImpl.write0(Native Method)"};
    static const struct stack blocked = {THREAD_TIMED_WAITING, " (parking)",
                                         "java.util.concurrent.Semaphore.tryAcquire"};
    switch (j->state) {
    case JOB_AWAY:
    case JOB_CALLS:
        return &waits;
    case JOB_WRITES:
        return &writes;
    case JOB_BLOCKED:
        return &blocked;
    default:
        return &works;
    }
}

static const char *const state_words[THREAD_STATES] = {"RUNNABLE", "WAITING", "TIMED_WAITING"};

struct dump {
    struct text *text;
    const char *name;
    uint64_t shown;
    uint64_t counts[THREAD_STATES];
};

static void thread_add(struct dump *dump, uint64_t number, const struct stack *stack)
{
    dump->counts[stack->state]++;
    if (dump->shown == THREADS_SHOWN)
        return;
    dump->shown++;
    text_add_char(dump->text, '"');
    text_add(dump->text, dump->name);
    if (number != 0)
        text_add_u64(dump->text, number);
    text_add(dump->text, "\" daemon prio=5\n   java.lang.Thread.State: ");
    text_add(dump->text, state_words[stack->state]);
    text_add(dump->text, stack->how);
    text_add(dump->text, "\n\tat ");
    text_add(dump->text, stack->at);
    text_add(dump->text, "\n\n");
}

/* Tomcat's acceptor parks at maxConnections; after an OutOfMemoryError it is not there any more. */
static void acceptor_add(const struct world *world, uint32_t id, struct dump *dump)
{
    static const struct stack accepts = {THREAD_RUNNABLE, "",
                                         "sun.nio.ch.Net.accept(Native Method)"};
    static const struct stack full = {THREAD_WAITING, " (parking)",
                                      "org.apache.tomcat.util.threads.LimitLatch.countUpOrAwait"};
    const struct server *v = server_of(world, id);
    if (v->heap.out != 0)
        return;
    dump->name = v->loop_count != 0 ? "nioEventLoopGroup-boss" : "http-nio-80-Acceptor";
    bool stops = v->connections >= parameter_get(world, id, SERVER_MAX_CONNECTIONS);
    thread_add(dump, 0, stops ? &full : &accepts);
}

static void loops_add(const struct world *world, const struct server *v, struct dump *dump)
{
    dump->name = "nioEventLoopGroup-3-";
    for (uint32_t i = 0; i < v->loop_count; i++) {
        const struct loop *loop = (const struct loop *)arena_at(&world->region, v->loops) + i;
        thread_add(dump, i + 1,
                   loop->busy != 0 ? stack_of(job_at(world, v, loop->busy)) : &idle_loop);
    }
}

static void pool_add(const struct world *world, uint32_t id, struct dump *dump)
{
    static const struct stack reads = {THREAD_RUNNABLE, "",
                                       "java.net.SocketInputStream.socketRead0(Native Method)"};
    const struct server *v = server_of(world, id);
    bool own = parameter_get(world, id, SERVER_CONNECTION_THREADS) != 0;
    uint64_t number = 0, all = resident_threads(world, id);
    dump->name = own ? "connection-" : "http-nio-80-exec-";
    for (uint32_t job = 1; job <= v->jobs.used; job++)
        if (job_at(world, v, job)->state != 0 && job_at(world, v, job)->thread != 0)
            thread_add(dump, ++number, stack_of(job_at(world, v, job)));
    while (number < all)
        thread_add(dump, ++number, own ? &reads : &idle_stack);
}

static void jstack(const struct world *world, uint32_t id, struct text *text)
{
    const struct server *v = server_of(world, id);
    struct dump dump = {.text = text};
    text_add(text,
             "Full thread dump OpenJDK 64-Bit Server VM (17.0.15+6 mixed mode, sharing):\n\n");
    acceptor_add(world, id, &dump);
    if (v->loop_count != 0)
        loops_add(world, v, &dump);
    else
        pool_add(world, id, &dump);
    uint64_t all = 0;
    for (unsigned i = 0; i < THREAD_STATES; i++)
        all += dump.counts[i];
    text_add_u64(text, all);
    text_add(text, " threads");
    for (unsigned i = 0; i < THREAD_STATES; i++) {
        text_add(text, i == 0 ? ": " : ", ");
        text_add_u64(text, dump.counts[i]);
        text_add_char(text, ' ');
        text_add(text, state_words[i]);
    }
    text_add_char(text, '\n');
}

/* --- jcmd GC.heap_info ---------------------------------------------------------------------- */

static void space_add(struct text *text, const char *name, uint64_t size, uint64_t used)
{
    text_add(text, name);
    text_add_u64(text, size / KIB);
    text_add(text, "K, ");
    text_add_u64(text, size == 0 ? 0 : (used < size ? used : size) * 100 / size);
    text_add(text, "% used\n");
}

static void generation_add(struct text *text, const char *name, uint64_t size, uint64_t used)
{
    text_add(text, name);
    text_add_u64(text, size / KIB);
    text_add(text, "K, used ");
    text_add_u64(text, (used < size ? used : size) / KIB);
    text_add(text, "K\n");
}

static void generations_add(const struct heap *heap, enum collector collector, uint64_t size,
                            struct text *text)
{
    struct gc_spaces spaces = gc_spaces(collector, size);
    bool parallel = collector == GC_PARALLEL;
    uint64_t old = heap->tenured < spaces.old ? heap->tenured : spaces.old;
    uint64_t young = heap->used > old ? heap->used - old : 0;
    generation_add(text, parallel ? " PSYoungGen      total " : " def new generation   total ",
                   spaces.eden + spaces.survivor, young);
    space_add(text, "  eden space ", spaces.eden, young);
    space_add(text, "  from space ", spaces.survivor,
              young > spaces.eden ? young - spaces.eden : 0);
    space_add(text, "  to   space ", spaces.survivor, 0);
    generation_add(text, parallel ? " ParOldGen       total " : " tenured generation   total ",
                   spaces.old, old);
    space_add(text, parallel ? "  object space " : "   the space ", spaces.old, old);
}

static void heap_info(const struct world *world, uint32_t id, struct text *text)
{
    const struct heap *heap = &server_of(world, id)->heap;
    enum collector collector = (enum collector)parameter_get(world, id, SERVER_GC);
    uint64_t size = parameter_get(world, id, SERVER_HEAP), region = gc_region(size);
    uint64_t live = heap_live(heap), young = heap->used > live ? heap->used - live : 0;
    text_add(text, "1:\n");
    if (collector == GC_SERIAL || collector == GC_PARALLEL) {
        generations_add(heap, collector, size, text);
        return;
    }
    if (collector == GC_NONE) {
        text_add(text, " Epsilon Heap\n");
        space_add(text, " Allocation space:\n  space ", size, heap->used);
        return;
    }
    generation_add(text, " garbage-first heap   total ", size, heap->used);
    text_add(text, "  region size ");
    text_add_u64(text, region / KIB);
    text_add(text, "K, ");
    text_add_u64(text, (young + region - 1) / region);
    text_add(text, " young (");
    text_add_u64(text, (young + region - 1) / region * region / KIB);
    text_add(text, "K)\n");
}

/* --- -Xlog:gc ------------------------------------------------------------------------------- */

static const char *cause_of(enum collector collector, bool full)
{
    static const char *const causes[][2] = {
        [GC_G1] = {"Pause Young (Normal) (G1 Evacuation Pause) ",
                   "Pause Full (G1 Compaction Pause) "},
        [GC_PARALLEL] = {"Pause Young (Allocation Failure) ", "Pause Full (Ergonomics) "},
        [GC_SERIAL] = {"Pause Young (Allocation Failure) ", "Pause Full (Allocation Failure) "},
    };
    return causes[collector][full];
}

static void log_head(struct text *text, uint64_t at_ns)
{
    text_add_char(text, '[');
    text_add_fixed(text, (int64_t)(at_ns / MS_NS), 3);
    text_add(text, "s][info][gc] ");
}

static void collection_add(struct text *text, const struct collection *c, enum collector collector,
                           uint64_t size)
{
    log_head(text, c->at_ns);
    text_add(text, "GC(");
    text_add_u64(text, c->number);
    text_add(text, ") ");
    text_add(text, cause_of(collector, c->full != 0));
    text_add_u64(text, (c->before < size ? c->before : size) >> 20);
    text_add(text, "M->");
    text_add_u64(text, c->after >> 20);
    text_add(text, "M(");
    text_add_u64(text, size >> 20);
    text_add(text, "M) ");
    text_add_fixed(text, (int64_t)(c->pause_ns / US_NS), 3);
    text_add(text, "ms\n");
}

static void gc_log(const struct world *world, uint32_t id, struct text *text)
{
    static const char *const names[] = {
        [GC_G1] = "G1", [GC_PARALLEL] = "Parallel", [GC_SERIAL] = "Serial", [GC_NONE] = "Epsilon"};
    const struct heap *heap = &server_of(world, id)->heap;
    enum collector collector = (enum collector)parameter_get(world, id, SERVER_GC);
    uint64_t size = parameter_get(world, id, SERVER_HEAP);
    log_head(text, 8 * MS_NS);
    text_add(text, "Using ");
    text_add(text, names[collector]);
    text_add_char(text, '\n');
    uint32_t first = heap->life > HEAP_COLLECTIONS ? heap->life - HEAP_COLLECTIONS : 0;
    for (uint32_t number = first; number < heap->life; number++)
        if (collector != GC_NONE)
            collection_add(text, &heap->last[number % HEAP_COLLECTIONS], collector, size);
}

/* --- the words ------------------------------------------------------------------------------ */

static bool words_are(const struct command *words, const char *first, const char *second)
{
    return words->count == (second != NULL ? 2 : 1) && strcmp(command_word(words, 0), first) == 0 &&
           (second == NULL || strcmp(command_word(words, 1), second) == 0);
}

bool jvm_tell(const struct world *world, uint32_t id, const struct command *words,
              struct text *answer)
{
    bool dump = words_are(words, "jstack", NULL), info = words_are(words, "jcmd", "GC.heap_info");
    bool log = words_are(words, "-Xlog:gc", NULL) || words_are(words, "gc", "log");
    bool jcmd = strcmp(command_word(words, 0), "jcmd") == 0;
    if (!dump && !info && !log && !jcmd)
        return false;
    if (parameter_get(world, id, SERVER_STACK) == STACK_NODE)
        text_add(answer, "Unable to open socket file /proc/1/root/tmp/.java_pid1: target process 1 "
                         "doesn't respond within 10500ms or HotSpot VM not loaded (Node is no JVM: "
                         "it has no jstack and no jcmd)\n");
    else if (dump)
        jstack(world, id, answer);
    else if (info)
        heap_info(world, id, answer);
    else if (log)
        gc_log(world, id, answer);
    else
        text_add(answer, "1:\njava.lang.IllegalArgumentException: Unknown diagnostic command\n");
    return true;
}
