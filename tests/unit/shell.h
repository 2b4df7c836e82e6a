/* A line of the shell, for tests that type the program's commands. */
#ifndef TESTS_UNIT_SHELL_H
#define TESTS_UNIT_SHELL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <cmocka.h>

/* Its exit status; what it printed on its standard output stands in `said`, closed by NUL. */
static inline int shell_run(const char *line, char *said, size_t bytes)
{
    FILE *pipe = popen(line, "r");
    assert_non_null(pipe);
    said[fread(said, 1, bytes - 1, pipe)] = 0;
    int status = pclose(pipe);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

#endif
