/*
 * The rows of --csv as they come: what a rewind took back is cut.
 */
#include "lab/export/rows_file.h"

#include <errno.h>
#include <stdlib.h>

#include "lab/export/document.h"

void rows_file_open(struct rows_file *rows, FILE *to, bool goes_back)
{
    *rows = (struct rows_file){.to = to, .held = goes_back ? tmpfile() : NULL};
    rows->failed = goes_back && !rows->held;
    document_csv_head(to);
}

static void place_note(struct rows_file *rows, uint64_t time_ns)
{
    if (rows->count == rows->limit) {
        rows->limit = rows->limit ? rows->limit * 2 : 64;
        rows->places = realloc(rows->places, rows->limit * sizeof *rows->places);
        if (!rows->places)
            abort();
    }
    rows->places[rows->count++] = (struct rows_place){time_ns, ftell(rows->held)};
}

void rows_file_sample(struct rows_file *rows, struct session *session)
{
    if (rows->held)
        place_note(rows, session_now(session));
    document_csv_rows(rows->held ? rows->held : rows->to, session);
}

void rows_file_rewound(struct rows_file *rows, uint64_t time_ns)
{
    uint32_t kept = rows->count;
    while (kept > 0 && rows->places[kept - 1].time_ns > time_ns)
        kept--;
    if (kept == rows->count)
        return;
    fseek(rows->held, rows->places[kept].at, SEEK_SET);
    rows->count = kept;
}

bool rows_file_close(struct rows_file *rows)
{
    bool good = !rows->failed;
    int c;
    if (rows->held) {
        long end = ftell(rows->held);
        rewind(rows->held);
        for (long at = 0; at < end && (c = getc(rows->held)) != EOF; at++)
            putc(c, rows->to);
        fclose(rows->held);
    }
    free(rows->places);
    *rows = (struct rows_file){0};
    errno = good ? 0 : EIO;
    return good;
}
