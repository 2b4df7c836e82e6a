/*
 * What the terminal costs: a frame through the lab's grid beside ncurses that is given only what
 * changed, and the program in a terminal beside htop: first frame, memory, CPU at rest.
 *
 * OUTAGE_PROGRAM names the program; without htop its rows are left out.
 */
#include <curses.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench_common.h"
#include "lab/term/screen.h"

#define LINES_HERE   60
#define COLUMNS_HERE 200
#define CELLS        (LINES_HERE * COLUMNS_HERE)
#define FRAMES       200
#define STARTS       9
#define REST_S       5
#define QUIET_MS     60 /* of silence: the first frame is done */

static const struct winsize size = {LINES_HERE, COLUMNS_HERE, 0, 0};

static uint64_t state = 7;

static unsigned draw(unsigned bound)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % bound;
}

/* --- frames: children that draw into a terminal, one way or the other ------------------------- */

typedef double frames_shown(unsigned changes); /* seconds for FRAMES of them */

static double lab_frames(unsigned changes)
{
    static struct canvas canvas;
    if (canvas.cells == NULL && !canvas_init(&canvas, LINES_HERE, COLUMNS_HERE))
        _exit(1);
    double took = 0;
    for (int frame = 0; frame < FRAMES; frame++) {
        for (unsigned i = 0; i < changes; i++) {
            unsigned at = draw(CELLS);
            char sign[2] = {(char)('!' + draw(94)), 0};
            canvas_write(&canvas, (int)(at / COLUMNS_HERE), (int)(at % COLUMNS_HERE), 0,
                         (enum style)(STYLE_SAFE + draw(3)), sign);
        }
        double start = clock_seconds();
        screen_show(&canvas);
        took += clock_seconds() - start;
    }
    return took;
}

static double bare_frames(unsigned changes)
{
    static unsigned places[CELLS], signs[CELLS], colors[CELLS];
    double took = 0;
    for (int frame = 0; frame < FRAMES; frame++) {
        for (unsigned i = 0; i < changes; i++) {
            places[i] = draw(CELLS);
            signs[i] = '!' + draw(94);
            colors[i] = STYLE_SAFE + 1 + draw(3);
        }
        double start = clock_seconds();
        for (unsigned i = 0; i < changes; i++) {
            const wchar_t words[2] = {(wchar_t)signs[i], 0};
            cchar_t sign;
            setcchar(&sign, words, 0, (short)colors[i], NULL);
            mvadd_wch((int)(places[i] / COLUMNS_HERE), (int)(places[i] % COLUMNS_HERE), &sign);
        }
        refresh();
        took += clock_seconds() - start;
    }
    return took;
}

static void swallow(int terminal, int timeout_ms)
{
    static char bytes[1 << 16];
    struct pollfd there = {.fd = terminal, .events = POLLIN};
    while (poll(&there, 1, timeout_ms) > 0)
        if (read(terminal, bytes, sizeof bytes) <= 0)
            return;
}

static double in_terminal(frames_shown *frames, unsigned changes)
{
    int result[2], terminal;
    double seconds = 0;
    if (pipe(result) != 0)
        exit(1);
    pid_t child = forkpty(&terminal, NULL, NULL, &size);
    if (child == 0) {
        setenv("TERM", "xterm-256color", 1);
        if (screen_open(&(struct screen_options){.ascii = true}) != SCREEN_OPENED)
            _exit(1);
        frames(CELLS); /* warm: all of it once */
        seconds = frames(changes);
        screen_close();
        _exit(write(result[1], &seconds, sizeof seconds) == sizeof seconds ? 0 : 1);
    }
    close(result[1]);
    swallow(terminal, 1000);
    if (read(result[0], &seconds, sizeof seconds) != sizeof seconds) {
        fputs("a terminal could not be opened\n", stderr);
        exit(1);
    }
    waitpid(child, NULL, 0);
    close(terminal);
    close(result[0]);
    return seconds / FRAMES;
}

static void compare_frames(const char *work, unsigned changes, double goal)
{
    double ours[ROUNDS], bare[ROUNDS], ratio[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        ours[i] = in_terminal(lab_frames, changes);
        bare[i] = in_terminal(bare_frames, changes);
        ratio[i] = ours[i] / bare[i];
    }
    double middle = median(ratio);
    printf("%-34s %8.4f ms, ncurses alone %8.4f ms, ratio %.2f (goal %.1f)\n", work,
           median(ours) * 1e3, median(bare) * 1e3, middle, goal);
    keep_goal(work, middle, "of ncurses' time", AT_MOST, goal);
}

/* --- the program as a whole ------------------------------------------------------------------- */

struct program {
    double frame_s, resident_mib, rest_percent;
};

static double resident_mib(pid_t pid)
{
    char path[64], line[256];
    long kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *status = fopen(path, "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (sscanf(line, "VmRSS: %ld", &kib) == 1)
            break;
    if (status != NULL)
        fclose(status);
    return (double)kib / 1024;
}

static double cpu_seconds(pid_t pid)
{
    char path[64], line[1024] = "";
    unsigned long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *stat = fopen(path, "r");
    if (stat != NULL && fgets(line, sizeof line, stat) != NULL && strrchr(line, ')') != NULL)
        sscanf(strrchr(line, ')'), ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
               &system);
    if (stat != NULL)
        fclose(stat);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

/* To the last byte before a silence of QUIET_MS. */
static double first_frame(int terminal, double start)
{
    static char bytes[1 << 16];
    struct pollfd there = {.fd = terminal, .events = POLLIN};
    double last = 0;
    while (poll(&there, 1, last > 0 ? QUIET_MS : 3000) > 0) {
        if (read(terminal, bytes, sizeof bytes) <= 0)
            break;
        last = clock_seconds();
    }
    return last > 0 ? last - start : 0;
}

static struct program start_program(const char *path, bool rests)
{
    struct program seen = {0};
    int terminal;
    double start = clock_seconds();
    pid_t child = forkpty(&terminal, NULL, NULL, &(struct winsize){24, 80, 0, 0});
    if (child == 0) {
        setenv("TERM", "xterm-256color", 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        setenv("OUTAGE_PROGRESS", "", 1);
        execlp(path, path, (char *)NULL);
        _exit(127);
    }
    seen.frame_s = first_frame(terminal, start);
    seen.resident_mib = resident_mib(child);
    if (rests) {
        double before = cpu_seconds(child), from = clock_seconds();
        while (clock_seconds() - from < REST_S)
            swallow(terminal, 100);
        seen.rest_percent = 100 * (cpu_seconds(child) - before) / (clock_seconds() - from);
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(terminal);
    return seen;
}

static void compare_programs(const char *path)
{
    double ours[ROUNDS], other[ROUNDS], ratio[ROUNDS], resident = 0;
    bool htop = system("command -v htop >/dev/null") == 0;
    for (int i = 0; i < ROUNDS; i++) {
        struct program seen = start_program(path, false);
        ours[i] = seen.frame_s;
        resident = seen.resident_mib > resident ? seen.resident_mib : resident;
        other[i] = htop ? start_program("htop", false).frame_s : 0;
        ratio[i] = htop ? ours[i] / other[i] : 0;
    }
    double rest = start_program(path, true).rest_percent;
    printf("first frame %.1f ms, %.1f MiB resident, at rest %.2f %% of a core\n",
           median(ours) * 1e3, resident, rest);
    if (htop) {
        printf("htop's first frame %.1f ms\n", median(other) * 1e3);
        keep_goal("first frame of the program", median(ratio), "of htop's time", AT_MOST, 1.5);
    } else {
        puts("htop is not installed: nothing to compare the first frame with");
    }
    keep_goal("resident at the first frame", resident, "MiB", AT_MOST, 8);
    keep_goal("at rest", rest, "% of a core", AT_MOST, 0.5);
}

int main(void)
{
    const char *path = getenv("OUTAGE_PROGRAM");
    compare_frames("a frame of 200x60, 5 % changed", CELLS / 20, 1);
    compare_frames("a frame of 200x60, nothing changed", 0, 2);
    if (path != NULL)
        compare_programs(path);
    return 0;
}
