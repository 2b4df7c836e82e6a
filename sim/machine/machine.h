/*
 * A machine: cores, memory, page cache, disk, power.  Its floor: processes use it, the net is above.
 *
 * Parameters of the kind `machine`: cores ram disk disk-bandwidth fsync disk-speed disk-size
 * dirty_expire dirty_writeback zone, and the kernel's TCP settings that sim/net reads
 * (tcp_syn_retries tcp_retries2 ...).  The enum below is the order of the rows in machine.c.
 */
#ifndef SIM_MACHINE_MACHINE_H
#define SIM_MACHINE_MACHINE_H

#include "sim/engine/world.h"

enum machine_parameter {
    MACHINE_CORES,
    MACHINE_RAM,            /* bytes */
    MACHINE_DISK,           /* choice ssd|hdd|nvme: sets the three below */
    MACHINE_DISK_BANDWIDTH, /* bytes per second, as SIZE (`500MB`) */
    MACHINE_FSYNC,          /* ns an fsync takes beside its bytes */
    MACHINE_DISK_SPEED,     /* percent: 10% makes all of the disk ten times slower */
    MACHINE_DISK_SIZE,      /* bytes */
    MACHINE_DIRTY_EXPIRE,   /* ns: page cache older than this is written back */
    MACHINE_DIRTY_WRITEBACK,/* ns between the looks of writeback */
    MACHINE_ZONE,           /* text */
    MACHINE_TCP_SYN_RETRIES,
    MACHINE_TCP_RETRIES2,
    MACHINE_PARAMETERS
};

/* --- cores (cpu.c) ------------------------------------------------------------------------- */

/* Puts work of cost_ns CPU time for a component on its machine's run queue; when it is done,
 * `what` with the payload comes to the component.  Round robin with slices; a process that is killed
 * loses its work.  Returns the work's id (to cancel), 0 when full. */
uint32_t cpu_run(struct world *world, uint32_t component, uint64_t cost_ns, uint8_t what,
                 const struct payload *payload);
void cpu_cancel(struct world *world, uint32_t work);
void cpu_cancel_all(struct world *world, uint32_t component); /* SIGKILL */
void cpu_pause(struct world *world, uint32_t component);      /* SIGSTOP: its work stands still */
void cpu_resume(struct world *world, uint32_t component);
/* Something else eats `share` (thousandths of a percent) of all cores from now on; 0 ends it. */
void cpu_burn(struct world *world, uint32_t machine, uint64_t share);

/* --- memory (memory.c) --------------------------------------------------------------------- */

/* Takes or gives memory (resident bytes) of a component's process.  Past `ram` the kernel kills the
 * process with the largest memory (it may be this one): SIGNAL_KILL, then false is returned if it was
 * this one.  `child`: pages that a fork made by copying (counted to the component, and to the machine). */
bool memory_take(struct world *world, uint32_t component, uint64_t bytes);
void memory_give(struct world *world, uint32_t component, uint64_t bytes);
void memory_give_all(struct world *world, uint32_t component); /* the process is gone */
uint64_t memory_of(const struct world *world, uint32_t component);

/* --- files, page cache and disk (file.c, disk.c) -------------------------------------------- */

enum file_error { FILE_OK, FILE_FULL /* ENOSPC */, FILE_FAILED /* EIO */ };

/* A file on a machine's disk.  It outlives its process.  Lengths are bytes.  What its bytes mean is the
 * owner's: `content` is an arena ref that only the owner reads. */
struct file {
    char name[48];
    uint32_t machine;
    uint32_t owner;    /* the component whose file it is */
    uint64_t length;   /* as a process sees it (page cache) */
    uint64_t durable;  /* on the disk: what a power cut leaves */
    uint64_t dirty_since_ns; /* the oldest byte that is not on the disk; TIME_NEVER clean */
    struct vector damage;    /* struct file_damage, in the order in which it was done */
    ref content;
    uint32_t content_bytes;
    uint64_t mark[4];  /* the owner's */
};
struct file_damage {
    uint64_t offset, length; /* zeroed bytes; length 0: the byte at offset is flipped */
};

uint32_t file_create(struct world *world, uint32_t component, const char *name); /* 0 when full */
uint32_t file_find(const struct world *world, uint32_t component, const char *name);
uint32_t file_next(const struct world *world, uint32_t machine, uint32_t file); /* in order; 0 ends */
static inline struct file *file_at(const struct world *world, uint32_t file)
{
    return (struct file *)slab_at(&world->region, SLAB_FILE, file);
}
/* write(2): bytes go to the page cache at once.  *written says how many fit (a full disk takes part). */
enum file_error file_append(struct world *world, uint32_t file, uint64_t bytes, uint64_t *written);
void file_truncate(struct world *world, uint32_t file, uint64_t length);
/* rename(2) over what has that name (which is removed).  The name is durable at once: see the note in file.c. */
void file_rename(struct world *world, uint32_t file, const char *name);
void file_remove(struct world *world, uint32_t file); /* gives its content back (content_bytes) */

/* Queues an fsync of what the file holds now; when it is on the disk, `what` comes to the component
 * with payload.u64[0]=file, [1]=length that is durable now, [2]=enum file_error, [3]=cookie.  It happens in a
 * thread: the component's cores are not held.  Dropped when the process dies. */
void file_fsync(struct world *world, uint32_t component, uint32_t file, uint8_t what, uint64_t cookie);

/* Reads bytes from the disk (a start, a load): `what` comes as above when they are there. */
void file_read(struct world *world, uint32_t component, uint32_t file, uint64_t bytes, uint8_t what,
               uint64_t cookie);
/* Writes through to the disk at the disk's bandwidth (a child that saves: bytes leave the page cache as they come) is
 * file_append + file_fsync. */

/* Drops what the component waits for (fsync, read): its process is gone.  What the kernel was given is written on. */
void disk_forget(struct world *world, uint32_t component);

/* --- power ---------------------------------------------------------------------------------- */

/* Memory, page cache and work are gone; files keep what is durable.  Does not touch the components on it
 * nor the net: sim/fault/power.c does, in this order: components (SIGNAL_POWER), net, machine. */
void machine_power_off(struct world *world, uint32_t machine);
void machine_power_on(struct world *world, uint32_t machine);
void machine_destroy_disk(struct world *world, uint32_t machine); /* all files are gone */

/* --- faults of the disk ------------------------------------------------------------------- */
void disk_fill(struct world *world, uint32_t machine, uint64_t bytes); /* UINT64_MAX: to the last byte */
void disk_free_fill(struct world *world, uint32_t machine);
void disk_fail(struct world *world, uint32_t machine, bool fails); /* EIO */

extern const struct kind machine_kind;

#endif
