/*
 * Components: everything that has a name.  Parts with a process (a store, a client) and the things
 * they stand on (a machine, a link, the network's defaults, the world itself).
 *
 * A kind is a row of functions and tables; the catalog lists the rows (sim/catalog.c).  Components
 * get events and change their own state; they do not call each other.
 */
#ifndef SIM_ENGINE_COMPONENT_H
#define SIM_ENGINE_COMPONENT_H

#include "sim/engine/command.h"
#include "sim/engine/queue.h"
#include "sim/engine/value.h"

struct world;

#define NAME_BYTES 72 /* A~B: two names of 32 and the sign between */

/* A row of a kind's table of parameters: parser, editor, help and completion read it. */
struct parameter {
    const char *name; /* as the real program spells it */
    enum unit unit;
    uint64_t minimum,
        maximum;         /* in the unit's own counting; ignored for BOOLEAN, CHOICE and TEXT */
    const char *initial; /* the default, as a person would type it */
    const char
        *named;   /* CHOICE: "a|b|c"; others: words with numbers "no=0|unlimited=max", or NULL */
    bool running; /* may be changed while it runs */
    const char *en, *ko; /* help, one sentence */
};

/* A choice of one parameter that sets another, unless that is given, too.  A table of them ends
 * with a row whose choice is 0: the first choice of a parameter sets nothing. */
struct preset {
    uint16_t parameter, choice, sets;
    uint64_t value; /* of a number, not of a TEXT */
};

enum metric_type { METRIC_COUNTER, METRIC_GAUGE };

/* A row of a kind's table of metrics: screen, expect, JSON, CSV and help read it. */
struct metric {
    const char *name;
    enum unit unit;
    enum metric_type type;
    uint32_t offset; /* where read is NULL: of a uint64_t in the kind's state */
    bool (*read)(struct world *world, uint32_t id, struct value *value); /* false: no value yet */
    const char *en, *ko;
};

/* What happens to a process (or to a machine's power). */
enum signal {
    SIGNAL_START, /* the process starts (again) from what its files hold */
    SIGNAL_KILL,  /* SIGKILL; also the kernel's OOM killer */
    SIGNAL_TERM,
    SIGNAL_STOP, /* SIGSTOP */
    SIGNAL_CONT,
    SIGNAL_POWER /* its machine lost power: everything is gone without a word */
};

/* What a socket tells its owner (sim/net/tcp.h). */
enum socket_event {
    SOCKET_CONNECTED,
    SOCKET_FAILED, /* the connection could not be made (tcp_failure says why) */
    /* To a listener: its accept queue is empty no more; no connection is named. */
    SOCKET_ACCEPTABLE,
    SOCKET_READABLE, /* at least one whole message waits */
    SOCKET_WRITABLE, /* after tcp_send said no: a third of the send buffer is free again */
    SOCKET_CLOSED,   /* the peer closed in good order; what it sent may still wait to be read */
    SOCKET_RESET     /* the connection broke: reset, or given up after too many retries */
};

struct kind {
    const char *name;
    const char *en, *ko; /* one sentence of help */
    uint32_t state_bytes;
    bool process;   /* has a process that can be killed, stopped, paused, started */
    bool buildable; /* `add KIND NAME on MACHINE ...` makes one */
    uint16_t port;  /* where it listens; 0: it does not */
    uint16_t parameter_count, metric_count;
    const struct parameter *parameters;
    const struct metric *metrics;
    const struct preset *presets;                 /* may be NULL */
    const char *(*metric_named)(unsigned metric); /* "a|b|c" of one of UNIT_CHOICE; may be NULL */

    /* Each may be NULL.  check: are the parameters right together (before anything changes;
     * `running` and `file` hold the new values)?  word of the error: the parameter's index. */
    bool (*check)(struct world *world, uint32_t id, const uint64_t *values, struct error *error);
    void (*init)(struct world *world, uint32_t id); /* it was added: the state is zeroed */
    void (*signal)(struct world *world, uint32_t id, enum signal signal);
    void (*event)(struct world *world, uint32_t id, const struct event *event);
    void (*socket)(struct world *world, uint32_t id, uint32_t connection, enum socket_event what);
    void (*changed)(struct world *world, uint32_t id, unsigned parameter); /* after a set */
    bool (*tell)(struct world *world, uint32_t id, const struct command *words, struct text *answer,
                 struct error *error); /* words: without `tell NAME` */
    /* Gives back what it holds; its process was killed before, its sockets are closed. */
    void (*removed)(struct world *world, uint32_t id);
    uint32_t (*leads_to)(const struct world *world, uint32_t id); /* where its next connection
                                                                   * goes; 0: nowhere */
};

/* What every component has, in SLAB_COMPONENT. */
struct component {
    char name[NAME_BYTES];
    uint16_t kind;       /* enum kind_id; 0 free */
    uint8_t up;          /* the process runs; of a machine: it has power */
    uint8_t paused;      /* 1 SIGSTOP; 2 the same, and a SIGTERM waits for SIGCONT */
    uint32_t machine;    /* where it runs; a machine: itself; a link: 0 */
    uint32_t life;       /* counts the starts of its process */
    uint32_t order;      /* in which it was added */
    ref running;         /* u64[parameter_count]: what the process goes by */
    ref file;            /* the same in its configuration file: what the next start goes by */
    ref state;           /* kind's state_bytes */
    ref log;             /* its log in the real program's words (component_log) */
    uint64_t began_ns;   /* first start of its process */
    uint64_t stopped_ns; /* while it does not run, or is paused: since when */
    uint64_t out_ns;     /* how long it was so before; component_out_ns has it all */
};

/* The catalog: one table, one row a kind (sim/catalog.c). */
extern const struct kind *const catalog[KIND_COUNT];

/* component_at, component_kind, component_state, parameter_get stand inline in sim/engine/world.h.
 */

/* The component with this name, 0 when there is none.  Names of links: A~B in either order. */
uint32_t component_find(const struct world *world, const char *name);

/* Makes a component with the default parameters; its state is zeroed and init was not called.
 * 0 when there is no room. */
uint32_t component_new(struct world *world, enum kind_id kind, const char *name, uint32_t machine);
void component_remove(struct world *world, uint32_t id); /* calls removed, cancels nothing else */

/* The next component after `id` of a kind (KIND_NONE: any), in the order of adding; 0 at the end.
 */
uint32_t component_next(const struct world *world, uint32_t id, enum kind_id kind);

/* A running text parameter as a string that lives until it is set again. */
const char *parameter_text(const struct world *world, uint32_t id, unsigned parameter);
void parameter_put(struct world *world, uint32_t id, unsigned parameter,
                   uint64_t value);                            /* running only, no check */
int parameter_find(const struct kind *kind, const char *name); /* -1 when there is none */

/* Reads "value" into a number for this row (TEXT: takes the string into the arena). */
bool parameter_parse(struct world *world, const struct parameter *row, const char *words,
                     uint64_t *number, struct error *error);
void parameter_add(struct text *text, const struct world *world, const struct parameter *row,
                   uint64_t value); /* as a person would type it */

/* A string of the arena: what a TEXT parameter's value is. */
ref string_take(struct world *world, const char *words);
void string_give(struct world *world, ref string);
const char *string_at(const struct world *world, ref string);

/* Copies the configuration file's values over the running ones: at each start of a process. */
void parameter_load_file(struct world *world, uint32_t id);

/* A metric by the kind's row; false when it has no value yet.  UNIT_TEXT and CHOICE fill words. */
bool metric_read(struct world *world, uint32_t id, unsigned metric, struct value *value);
int metric_find(const struct kind *kind, const char *name);

/* One line in the component's log, in the real program's words: the last 64 are kept. */
void component_log(struct world *world, uint32_t id, const char *line);
void component_log_add(const struct world *world, uint32_t id, struct text *text, unsigned last);

/* Sends a signal to a component's process: calls its kind's function and keeps up/paused right. */
void component_signal(struct world *world, uint32_t id, enum signal signal);

/* The process ends by itself (exit(2) with this status): for a kind's own functions. */
void component_exit(struct world *world, uint32_t id, uint64_t status);

/* How long its process did not run, or was paused, since it was first started. */
uint64_t component_out_ns(const struct world *world, uint32_t id);

#endif
