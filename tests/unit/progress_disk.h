/* A disk that fails at its n-th change, by a kill or by being full; a child's end. */
#ifndef TESTS_UNIT_PROGRESS_DISK_H
#define TESTS_UNIT_PROGRESS_DISK_H

#include "tests/unit/progress_fixture.h"

static int changes_left; /* 0: it does not fail */
static bool
    kills; /* the process ends there, half way of a write; else the disk is full from then on */
static bool is_full;

static inline bool fails(void)
{
    if (changes_left > 0 && --changes_left == 0)
        is_full = true;
    return is_full;
}

static inline void die(void)
{
    kill(getpid(), SIGKILL);
}

static inline ssize_t failing_pwrite(int file, const void *from, size_t bytes, off_t at)
{
    if (!fails())
        return pwrite(file, from, bytes, at);
    if (kills && pwrite(file, from, bytes / 2, at) >= 0)
        die();
    errno = ENOSPC;
    return -1;
}

static inline ssize_t failing_write(int file, const void *from, size_t bytes)
{
    if (!fails())
        return write(file, from, bytes);
    if (kills && write(file, from, bytes / 2) >= 0)
        die();
    errno = ENOSPC;
    return -1;
}

static inline int failing_truncate(int file, off_t bytes)
{
    if (fails() && kills)
        die();
    return ftruncate(file, bytes);
}

static inline int failing_unlink(const char *path)
{
    if (fails() && kills)
        die();
    return unlink(path);
}

static inline void disk_fails_at(int change, bool with_a_kill)
{
    static const struct {
        const char *name;
        sqlite3_syscall_ptr call;
    } calls[] = {{"pwrite", (sqlite3_syscall_ptr)failing_pwrite},
                 {"pwrite64", (sqlite3_syscall_ptr)failing_pwrite},
                 {"write", (sqlite3_syscall_ptr)failing_write},
                 {"ftruncate", (sqlite3_syscall_ptr)failing_truncate},
                 {"unlink", (sqlite3_syscall_ptr)failing_unlink}};
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    changes_left = change;
    kills = with_a_kill;
    is_full = false;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (vfs->xGetSystemCall(vfs, calls[i].name))
            vfs->xSetSystemCall(vfs, calls[i].name, change ? calls[i].call : NULL);
}

/* A child's status; 128 + n when a signal ended it. */
static inline int wait_for(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static inline uint32_t guesses_in(const struct where *place)
{
    struct progress *progress = open_good(place);
    uint32_t count = progress_guesses(progress, LESSON, NOW, NULL, 0);
    progress_close(progress);
    return count;
}

#endif
