/*
 * The trace as a text file: one line a record, the same in all languages; what a rewind took back
 * is cut.
 */
#include "lab/export/trace_file.h"

#include <unistd.h>

bool trace_file_open(struct trace_file *trace, const char *path)
{
    *trace = (struct trace_file){.base = fopen(path, "w+")};
    return trace->base != NULL;
}

static FILE *file_of(struct trace_file *trace, int variant, const struct world *world)
{
    if (variant < 0)
        return trace->base;
    if (!trace->variants[variant]) {
        trace->variants[variant] = tmpfile();
        trace->before[variant] = world->records - 1;
        trace->failed = trace->failed || !trace->variants[variant];
    }
    return trace->variants[variant];
}

void trace_file_record(struct trace_file *trace, int variant, struct world *world,
                       const struct record *record)
{
    char line[512];
    struct text text = TEXT(line);
    FILE *file = file_of(trace, variant, world);
    if (!file)
        return;
    text_clear(&text);
    trace_add(&text, world, record);
    text_add_char(&text, '\n');
    fputs(line, file);
}

/* Keeps the first lines: as many as the world has records. */
static void cut_after(FILE *file, uint64_t lines)
{
    int c = 0;
    rewind(file);
    for (; lines > 0 && (c = getc(file)) != EOF;)
        if (c == '\n')
            lines--;
    long end = ftell(file);
    if (end < 0 || fflush(file) != 0 || ftruncate(fileno(file), end) != 0)
        return;
    fseek(file, end, SEEK_SET);
}

void trace_file_rewound(struct trace_file *trace, int variant, const struct world *world)
{
    FILE *file = variant < 0 ? trace->base : trace->variants[variant];
    uint64_t before = variant < 0 ? 0 : trace->before[variant];
    if (file)
        cut_after(file, world->records > before ? world->records - before : 0);
}

void trace_file_closed(struct trace_file *trace, int variant)
{
    if (trace->variants[variant])
        fclose(trace->variants[variant]);
    for (int i = variant; i + 1 < VARIANTS_MAX; i++) {
        trace->variants[i] = trace->variants[i + 1];
        trace->before[i] = trace->before[i + 1];
    }
    trace->variants[VARIANTS_MAX - 1] = NULL;
}

static void part_append(FILE *to, FILE *from, const char *name)
{
    int c;
    bool start = true;
    rewind(from);
    while ((c = getc(from)) != EOF) {
        if (start)
            fprintf(to, "%s: ", name);
        start = c == '\n';
        putc(c, to);
    }
}

bool trace_file_close(struct trace_file *trace, struct session *session)
{
    bool written = !trace->failed;
    for (uint32_t i = 0; i < VARIANTS_MAX; i++) {
        FILE *part = trace->variants[i];
        if (!part)
            continue;
        written = fflush(part) == 0 && !ferror(part) && written;
        if (session && i < session_variants(session))
            part_append(trace->base, part, session_variant(session, i)->name);
        fclose(part);
    }
    written = !ferror(trace->base) && written;
    return fclose(trace->base) == 0 && written;
}
