/*
 * The terminal is put back even when the program dies of an error of its own.
 */
#ifndef LAB_TERM_CRASH_H
#define LAB_TERM_CRASH_H

#include <stddef.h>
#include <termios.h>

/* From now on SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL and SIGQUIT write the bytes to the
 * descriptor, set the modes back and then do what they always do.  The bytes are copied; too many
 * are left out.  Without handlers in a build with AddressSanitizer, which has its own. */
void crash_guard(int descriptor, const struct termios *modes, const char *bytes, size_t count);
void crash_release(void);

#endif
