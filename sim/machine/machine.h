/*
 * A machine: cores, memory, page cache, disk, power.  Its floor: processes use it, the net is
 * above.
 *
 * Parameters of the kind `machine`: cores ram disk disk-bandwidth fsync disk-speed disk-size
 * dirty_expire dirty_writeback zone, and the kernel's TCP settings that sim/net reads
 * (tcp_syn_retries tcp_retries2 ...).  The enum below is the order of the rows in machine.c.
 */
#ifndef SIM_MACHINE_MACHINE_H
#define SIM_MACHINE_MACHINE_H

#include "sim/engine/row_list.h"
#include "sim/engine/world.h"

enum machine_parameter {
    MACHINE_CORES,
    MACHINE_RAM,             /* bytes */
    MACHINE_DISK,            /* choice ssd|hdd|nvme: sets the three below */
    MACHINE_DISK_BANDWIDTH,  /* bytes per second, as SIZE (`500MB`) */
    MACHINE_FSYNC,           /* ns an fsync takes beside its bytes */
    MACHINE_DISK_SPEED,      /* percent: 10% makes all of the disk ten times slower */
    MACHINE_DISK_SIZE,       /* bytes */
    MACHINE_DIRTY_EXPIRE,    /* ns: page cache older than this is written back */
    MACHINE_DIRTY_WRITEBACK, /* ns between the looks of writeback */
    MACHINE_ZONE,            /* text */
    /* The kernel's, as sysctl names them. */
    MACHINE_TCP_SYN_RETRIES,
    MACHINE_TCP_RETRIES2,
    MACHINE_TCP_SYN_LINEAR_TIMEOUTS,
    MACHINE_TCP_ABORT_ON_OVERFLOW,
    MACHINE_TCP_SLOW_START_AFTER_IDLE,
    MACHINE_TCP_TW_REUSE,        /* 0 no, 1 yes, 2 over the loopback */
    MACHINE_IP_LOCAL_PORT_RANGE, /* text: the first and the last */
    MACHINE_SOMAXCONN,
    MACHINE_TCP_RMEM, /* bytes: the largest receive window */
    MACHINE_TCP_WMEM, /* bytes: the send buffer of a socket */
    MACHINE_PARAMETERS
};

/* --- the state ------------------------------------------------------------------------------ */

/* How much of something was in use over the last second, exact to one step of the ring and without
 * any event: area under the level, remembered at each step (meter.c). */
#define METER_STEPS 32
struct meter {
    uint64_t start_ns;
    uint64_t since_ns; /* the level stands since then */
    uint64_t level;    /* in thousandths of a percent */
    uint64_t area;     /* level times ns up to since_ns; may wrap, only differences count */
    uint64_t ring[METER_STEPS]; /* area at the ends of the last steps */
};

void meter_start(struct meter *meter, uint64_t now_ns);
void meter_set(struct meter *meter, uint64_t now_ns, uint64_t level);
uint64_t meter_last_second(const struct meter *meter, uint64_t now_ns);

#define CPU_WORK_BYTES 80 /* of an item of SLAB_WORK */

struct cpu {
    struct row_list running, ready, stopped; /* works */
    uint32_t cores;
    uint32_t busy;   /* works in running */
    uint32_t held;   /* the component whose work just ended and that may go on at once; 0 none */
    uint32_t sliced; /* 1: somebody waits, and all that run have a slice */
    uint64_t held_ran_ns; /* how much of its turn it has used */
    uint64_t burnt;       /* share that something else eats, in thousandths of a percent */
    struct meter meter;
};

struct disk {
    struct vector requests; /* inside.h; the first one is being served when event is not 0 */
    struct vector held;     /* answers to processes that are stopped */
    event_id event;
    uint64_t operation_bytes;
    uint32_t operation_last; /* 1: the request is done with this operation */
    uint32_t fails;          /* 1: EIO */
    uint32_t full_told;      /* 1: DISK_FULL is in the trace since the last write that fit */
    uint32_t unused;
    struct meter meter;
};

/* State of the kind `machine`.  The net's counters stand first: sim/net counts them here (its enum
 * tcp_counter is the order), because the floor may not include what is above it. */
struct machine_state {
    uint64_t tcp[12];
    uint64_t tcp_established, tcp_time_wait;
    uint64_t tcp_ends, tcp_bytes; /* sockets, and what waits in their buffers */
    uint64_t ram_used;            /* of processes; memory_used adds the kernel's for sockets */
    uint64_t page_cache_dirty;    /* bytes that were written but are not on the disk */
    uint64_t disk_used;           /* files and what else takes space */
    uint64_t disk_filled;         /* what else */
    uint64_t disk_written;
    uint64_t disk_gone_ns; /* when the disk before this one was destroyed; 0 never */
    uint64_t oom_kills;
    uint64_t flusher_phase_ns; /* where in its interval writeback looks */
    event_id flusher;          /* waits only while something is dirty */
    event_id killer;           /* waits only while memory is out */
    struct vector tenants;     /* memory of components (memory.c), sorted by component */
    uint32_t first_file, last_file;
    struct cpu cpu;
    struct disk disk;
};

/* --- cores (cpu.c) ------------------------------------------------------------------------- */

/* Puts work of cost_ns CPU time for a component on its machine's run queue; when it is done,
 * `what` with the payload comes to the component.  Round robin with slices; a process that is
 * killed loses its work.  A component that puts work in while it gets `what` goes on in its turn
 * without giving up its core, as a thread does that does not block.  Returns the work's id, 0 when
 * full; it may be cancelled until `what` came, after that the id may be another work's. */
uint32_t cpu_run(struct world *world, uint32_t component, uint64_t cost_ns, uint8_t what,
                 const struct payload *payload);
void cpu_cancel(struct world *world, uint32_t work);
void cpu_cancel_all(struct world *world, uint32_t component); /* SIGKILL */
void cpu_pause(struct world *world, uint32_t component);      /* SIGSTOP: its work stands still */
/* Stop-the-world: all of its work stands still but the pieces that bring `what`; cpu_resume ends
 * it. */
void cpu_stop_world(struct world *world, uint32_t component, uint8_t what);
/* SIGCONT: what the disk has for it comes, too. */
void cpu_resume(struct world *world, uint32_t component);
/* Something else eats `share` (thousandths of a percent) of all cores from now on; 0 ends it.  It
 * has the first right, as a noisy neighbour on the same host has: all work goes slower. */
void cpu_burn(struct world *world, uint32_t machine, uint64_t share);

/* --- memory (memory.c) --------------------------------------------------------------------- */

/* Takes or gives memory (resident bytes) of a component's process.  Past `ram` the kernel kills the
 * process with the largest memory (it may be this one): SIGNAL_KILL, then false is returned if it
 * was this one: its signal function has run already, the caller returns at once.  `child`: pages
 * that a fork made by copying (counted to the component, and to the machine). */
bool memory_take(struct world *world, uint32_t component, uint64_t bytes);
void memory_give(struct world *world, uint32_t component, uint64_t bytes);
/* Memory of the processes and of the kernel for their sockets.  The page cache does not count. */
uint64_t memory_used(const struct world *world, uint32_t machine);
/* Sockets hold more than before: what is out kills soon, never from inside this call. */
void memory_grown(struct world *world, uint32_t machine);
void memory_give_all(struct world *world, uint32_t component); /* the process is gone */
uint64_t memory_of(const struct world *world, uint32_t component);

/* --- files, page cache and disk (file.c, disk.c) -------------------------------------------- */

enum file_error { FILE_OK, FILE_FULL /* ENOSPC */, FILE_FAILED /* EIO */ };

/* A file on a machine's disk.  It outlives its process.  Lengths are bytes.  What its bytes mean is
 * the owner's: `content` is an arena ref that only the owner reads. */
struct file {
    char name[48];
    uint32_t machine;
    uint32_t owner;          /* the component whose file it is */
    uint64_t length;         /* as a process sees it (page cache) */
    uint64_t durable;        /* on the disk: what a power cut leaves */
    uint64_t dirty_since_ns; /* the oldest byte that is not on the disk; TIME_NEVER clean */
    uint64_t written;        /* given to the disk; a power cut leaves it only up to durable */
    uint64_t cold;           /* so many bytes at its beginning are not in the page cache */
    uint64_t renewed_ns;     /* first write after the last fsync or writeback was asked for */
    uint32_t next, previous; /* files of the machine in the order of making */
    uint32_t writeback;      /* 1: the kernel is writing it back */
    uint32_t unused;
    struct vector damage; /* struct file_damage, in the order in which it was done */
    ref content;
    uint32_t content_bytes;
    uint64_t mark[6]; /* the owner's */
};
struct file_damage {
    uint64_t offset, length; /* zeroed bytes; length 0: the byte at offset is flipped */
};

/* open(2) with O_CREAT and O_TRUNC: a file of that name is emptied (its content ref stays as it
 * is). 0 when the slab is full. */
uint32_t file_create(struct world *world, uint32_t component, const char *name);
uint32_t file_find(const struct world *world, uint32_t component, const char *name);
/* In order; 0 ends. */
uint32_t file_next(const struct world *world, uint32_t machine, uint32_t file);
static inline struct file *file_at(const struct world *world, uint32_t file)
{
    return (struct file *)slab_at(&world->region, SLAB_FILE, file);
}
/* write(2): bytes go to the page cache at once.  *written says how many fit (a full disk takes
 * part). */
enum file_error file_append(struct world *world, uint32_t file, uint64_t bytes, uint64_t *written);
/* Never longer; damage beyond is gone. */
void file_truncate(struct world *world, uint32_t file, uint64_t length);
/* rename(2) over what has that name (which is removed).  The name is durable at once: see the note
 * in file.c. */
void file_rename(struct world *world, uint32_t file, const char *name);
void file_remove(struct world *world, uint32_t file); /* gives its content back (content_bytes) */
/* When all files of before were gone with their disk; 0 never. */
uint64_t file_gone_ns(const struct world *world, uint32_t machine);

/* Queues an fsync of what the file holds now; when it is on the disk, `what` comes to the component
 * with payload.u64[0]=file, [1]=length that is durable now, [2]=enum file_error, [3]=cookie.  It
 * happens in a thread: the component's cores are not held.  u64[0] is 0 when the file was removed
 * meanwhile.  A process that is stopped gets it when it continues.  disk_forget drops it. */
void file_fsync(struct world *world, uint32_t component, uint32_t file, uint8_t what,
                uint64_t cookie);

/* It was on the disk before the world began: for files of what is added. */
void file_settle(struct world *world, uint32_t file);

/* Bytes of the file that a read has to get from the disk: none that were written or read since the
 * machine has power, all when it is larger than the memory that processes leave. */
uint64_t file_cold(const struct world *world, uint32_t file);

/* Reads bytes from the disk (a start, a load): `what` comes as above when they are there. */
void file_read(struct world *world, uint32_t component, uint32_t file, uint64_t bytes, uint8_t what,
               uint64_t cookie);
/* Writes through to the disk at the disk's bandwidth (a child that saves: bytes leave the page
 * cache as they come) is file_append + file_fsync. */

/* Drops what the component waits for (fsync, read): its process is gone.  What the kernel was given
 * is written on. */
void disk_forget(struct world *world, uint32_t component);

/* --- power ---------------------------------------------------------------------------------- */

/* Memory, page cache, work and the burning are gone; files keep what is durable.  Sets the
 * machine's `up`.  Does not touch the components on it nor the net: sim/fault/power.c does, in this
 * order: components (SIGNAL_POWER), net, machine. */
void machine_power_off(struct world *world, uint32_t machine);
void machine_power_on(struct world *world, uint32_t machine);
void machine_destroy_disk(struct world *world, uint32_t machine); /* all files are gone */

/* --- faults of the disk ------------------------------------------------------------------- */
/* UINT64_MAX: to the last byte. */
void disk_fill(struct world *world, uint32_t machine, uint64_t bytes);
void disk_free_fill(struct world *world, uint32_t machine);
void disk_fail(struct world *world, uint32_t machine, bool fails); /* EIO; traces DISK_FAILED */

extern const struct kind machine_kind;

#endif
