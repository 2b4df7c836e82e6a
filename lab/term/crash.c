/* Signal handlers that only write(), tcsetattr() and raise(): whatever broke may have been curses.
 */
#include "lab/term/crash.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CRASH_LEFT_TO_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define CRASH_LEFT_TO_SANITIZER 1
#endif

#ifdef CRASH_LEFT_TO_SANITIZER

void crash_guard(int descriptor, const struct termios *modes, const char *bytes, size_t count)
{
    (void)descriptor;
    (void)modes;
    (void)bytes;
    (void)count;
}

void crash_release(void)
{
}

#else

static const int deadly[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT};
enum { DEADLY = sizeof deadly / sizeof *deadly };

/* What the handler needs, ready before anything breaks. */
static struct {
    int descriptor;
    struct termios modes;
    char bytes[256];
    size_t count;
    char stack[64 * 1024]; /* the program's own may be what overflowed */
} guard = {.descriptor = -1};

static void put_back(int signal_number)
{
    ssize_t written = write(guard.descriptor, guard.bytes, guard.count);
    (void)written;
    tcsetattr(guard.descriptor, TCSANOW, &guard.modes);
    signal(signal_number, SIG_DFL);
    raise(signal_number); /* pending until this returns: the exit status stays the crash's */
}

void crash_guard(int descriptor, const struct termios *modes, const char *bytes, size_t count)
{
    guard.descriptor = descriptor;
    guard.modes = *modes;
    guard.count = count <= sizeof guard.bytes ? count : 0;
    memcpy(guard.bytes, bytes, guard.count);
    sigaltstack(&(stack_t){.ss_sp = guard.stack, .ss_size = sizeof guard.stack}, NULL);
    struct sigaction action = {.sa_handler = put_back, .sa_flags = SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < DEADLY; i++)
        sigaction(deadly[i], &action, NULL);
}

void crash_release(void)
{
    if (guard.descriptor < 0)
        return;
    for (int i = 0; i < DEADLY; i++)
        signal(deadly[i], SIG_DFL);
    guard.descriptor = -1;
}

#endif
