/*
 * What the parts of a machine share among themselves.  Nobody outside sim/machine includes this.
 */
#ifndef SIM_MACHINE_INSIDE_H
#define SIM_MACHINE_INSIDE_H

#include "sim/machine/machine.h"

#define SHARE_ALL (100 * PERCENT_ONE)

/* Events of the kind `machine`. */
enum machine_event {
    MACHINE_WORK_DUE = 1, /* u32[0] = work: its end or the end of its slice */
    MACHINE_DISK_DUE,     /* the operation of the disk ended */
    MACHINE_FLUSHER,      /* writeback looks for old pages */
    MACHINE_KILLER        /* memory was out: is it still? */
};

static inline struct machine_state *machine_at(const struct world *world, uint32_t machine)
{
    return component_state(world, machine);
}

/* a * b / c, where b < 2^32 and the result fits; c is not 0. */
static inline uint64_t scale(uint64_t a, uint64_t b, uint64_t c)
{
    return a / c * b + a % c * b / c;
}

/* Hands what a component waited for to its kind's event function, in this very event: saves a
 * second event for each piece of work.  A file of its own (answer.c), so that tests can stand in
 * its place. */
void machine_answer(struct world *world, uint32_t component, uint8_t what,
                    const struct payload *payload);

/* --- cpu.c ---------------------------------------------------------------------------------- */
enum work_list { WORK_NONE, WORK_RUNNING, WORK_READY, WORK_STOPPED };

/* An item of SLAB_WORK. */
struct work {
    uint32_t previous, next; /* in its list */
    uint32_t component;
    uint16_t list; /* enum work_list */
    uint16_t what;
    uint64_t left_ns;  /* CPU time that it still needs, as of since_ns */
    uint64_t since_ns; /* runs or waits since then */
    uint64_t ran_ns;   /* how much of its turn was used before since_ns */
    event_id event;    /* while it runs */
    struct payload payload;
};

static inline struct work *work_at(const struct world *world, uint32_t work)
{
    return slab_at(&world->region, SLAB_WORK, work);
}

void cpu_due(struct world *world, uint32_t machine, uint32_t work);
void cpu_set_cores(struct world *world, uint32_t machine, uint32_t cores);
void cpu_lost(struct world *world, uint32_t machine); /* power */

/* --- memory.c ------------------------------------------------------------------------------- */
void memory_check(struct world *world, uint32_t machine); /* kills until the rest fits */
void memory_killer_due(struct world *world, uint32_t machine);
void memory_lost(struct world *world, uint32_t machine);

/* --- file.c --------------------------------------------------------------------------------- */

/* Bytes of the page cache that are not on the disk yet. */
static inline uint64_t file_dirty(const struct file *file)
{
    return file->length - file->written;
}
void file_wrote(struct world *world, uint32_t file, uint64_t bytes);    /* the disk took them */
void file_reached(struct world *world, uint32_t file, uint64_t length); /* durable so far */
void file_not_written(struct world *world, uint32_t file); /* the disk failed: dirty again */
void file_flusher_due(struct world *world, uint32_t machine);
void file_flusher_renew(struct world *world, uint32_t machine); /* its interval changed */
void file_lost(struct world *world, uint32_t machine);          /* power: page cache */
void file_remove_all(struct world *world, uint32_t machine);

/* --- disk.c --------------------------------------------------------------------------------- */
enum disk_request_type { DISK_READ, DISK_FSYNC, DISK_WRITEBACK };

struct disk_request {
    uint32_t component; /* who waits; 0 nobody */
    uint32_t file;      /* 0: it was removed */
    uint16_t type;      /* enum disk_request_type */
    uint16_t what;
    uint32_t begun; /* 1: its first operation was begun */
    uint64_t upto;  /* writes: this length goes to the disk; reads: bytes that are left */
    uint64_t cookie;
};

struct disk_answer {
    uint32_t component;
    uint32_t what;
    struct payload payload;
};

void disk_submit(struct world *world, uint32_t machine, const struct disk_request *request);
void disk_due(struct world *world, uint32_t machine);
void disk_release_held(struct world *world, uint32_t component); /* SIGCONT */
void disk_forget_file(struct world *world, uint32_t machine, uint32_t file);
void disk_lost(struct world *world, uint32_t machine); /* power */

#endif
