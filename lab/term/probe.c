/* The signs are printed one by one at the row's start; a cursor report then says the width of each.
 */
#include "lab/term/probe.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const signs[] = {"─", "│", "┌", "┐", "└", "┘", "├",
                                    "┬", "┼", "▀", "▄", "█", "▓", "░"};
enum { SIGNS = sizeof signs / sizeof *signs, PATIENCE_MS = 100 };

/* Reads "ESC [ row ; column R" out of what else is typed. */
struct listening {
    char held[24]; /* a report that is not complete yet */
    size_t held_count;
    char *typed;
    size_t typed_bytes, typed_count;
    unsigned reports;
    bool other;
};

static void keep_typed(struct listening *listening, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count && listening->typed_count < listening->typed_bytes; i++)
        listening->typed[listening->typed_count++] = bytes[i];
}

static bool may_go_on(const struct listening *listening, char byte)
{
    if (listening->held_count == 0)
        return byte == '\033';
    if (listening->held_count == 1)
        return byte == '[';
    return ((byte >= '0' && byte <= '9') || byte == ';') &&
           listening->held_count < sizeof listening->held - 1;
}

static void take_report(struct listening *listening)
{
    listening->held[listening->held_count] = '\0';
    const char *column = strchr(listening->held, ';');
    listening->reports++;
    listening->other = listening->other || !column || strcmp(column, ";2") != 0;
    listening->held_count = 0;
}

static void listen_to(struct listening *listening, char byte)
{
    if (byte == 'R' && listening->held_count > 2) {
        take_report(listening);
        return;
    }
    if (listening->held_count > 0 && !may_go_on(listening, byte)) {
        keep_typed(listening, listening->held, listening->held_count);
        listening->held_count = 0;
    }
    if (may_go_on(listening, byte))
        listening->held[listening->held_count++] = byte;
    else
        keep_typed(listening, &byte, 1);
}

static void ask(int output)
{
    char question[SIGNS * 16];
    size_t length = 0;
    for (int i = 0; i < SIGNS; i++)
        length +=
            (size_t)snprintf(question + length, sizeof question - length, "\r%s\033[6n", signs[i]);
    length += (size_t)snprintf(question + length, sizeof question - length, "\r\033[K");
    for (size_t sent = 0; sent < length;) {
        ssize_t count = write(output, question + sent, length - sent);
        if (count <= 0)
            return; /* then nothing answers */
        sent += (size_t)count;
    }
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum probe_answer probe_signs(int input, int output, char *typed, size_t bytes, size_t *count)
{
    struct listening listening = {.typed = typed, .typed_bytes = bytes};
    struct pollfd readable = {.fd = input, .events = POLLIN};
    ask(output);
    int64_t deadline_ms = now_ms() + PATIENCE_MS, now = now_ms();
    while (listening.reports < SIGNS && now < deadline_ms &&
           poll(&readable, 1, (int)(deadline_ms - now)) > 0) {
        char answer[256];
        unsigned before = listening.reports;
        ssize_t got = read(input, answer, sizeof answer);
        if (got <= 0)
            break;
        for (ssize_t i = 0; i < got; i++)
            listen_to(&listening, answer[i]);
        now = now_ms();
        if (listening.reports > before) /* someone who types is not an answer */
            deadline_ms = now + PATIENCE_MS;
    }
    keep_typed(&listening, listening.held, listening.held_count);
    *count = listening.typed_count;
    if (listening.reports == 0)
        return PROBE_SILENT;
    return listening.other ? PROBE_OTHER : PROBE_NARROW;
}
