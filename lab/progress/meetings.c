/* What is kept of a meeting as a whole: its agenda, its pauses, the runs that were watched. */
#include <string.h>

#include "lab/progress/rows.h"

/* The lines of a column; how many there are, `most` at most. */
static uint32_t take_lines(sqlite3_stmt *row, int column, char *to, size_t bytes, uint32_t most)
{
    const char *words = (const char *)sqlite3_column_text(row, column);
    uint32_t count = 0;
    for (; words && *words && count < most; count++) {
        size_t length = strcspn(words, "\n");
        struct text line = {.at = to + count * bytes, .bytes = bytes};
        text_clear(&line);
        text_add_bytes(&line, words, length);
        words += length + (words[length] == '\n');
    }
    return count;
}

bool progress_agenda_find(struct progress *progress, uint64_t meeting_ms,
                          struct kept_agenda *agenda)
{
    bool found = false;
    sqlite3_stmt *rows =
        rows_about(progress, "SELECT language, people, lessons, at FROM agenda WHERE meeting=?",
                   NULL, meeting_ms);
    memset(agenda, 0, sizeof *agenda);
    while (rows_next(rows)) {
        char language[8];
        row_text(rows, 0, language, sizeof language);
        agenda->meeting_ms = meeting_ms;
        agenda->language = strcmp(language, "ko") == 0 ? LANGUAGE_KO : LANGUAGE_EN;
        agenda->people = take_lines(rows, 1, agenda->names[0], KEPT_NAME_BYTES, KEPT_PEOPLE_MAX);
        agenda->lesson_count =
            take_lines(rows, 2, agenda->lessons[0], KEPT_LESSON_BYTES, KEPT_AGENDA_LESSONS);
        agenda->at = row_small(rows, 3);
        found = true;
    }
    return found;
}

bool progress_meeting_open(struct progress *progress, struct kept_meeting *meeting)
{
    bool found = false;
    sqlite3_stmt *rows = store_prepare(
        progress, "SELECT m.started, (SELECT count(*) FROM meeting AS e WHERE e.started<=m.started)"
                  " FROM meeting AS m JOIN agenda AS a ON a.meeting=m.started WHERE m.ended=0"
                  " ORDER BY m.started DESC LIMIT 1");
    memset(meeting, 0, sizeof *meeting);
    while (rows_next(rows)) {
        *meeting = (struct kept_meeting){row_time(rows, 0), 0, row_small(rows, 1)};
        found = true;
    }
    return found;
}

uint64_t progress_meeting_touched(struct progress *progress, uint64_t meeting_ms)
{
    uint64_t touched_ms = 0;
    sqlite3_stmt *rows = rows_about(
        progress,
        "SELECT max(changed) FROM (SELECT changed FROM meeting WHERE started=?1"
        " UNION ALL SELECT changed FROM agenda WHERE meeting=?1"
        " UNION ALL SELECT changed FROM pause WHERE meeting=?1"
        " UNION ALL SELECT changed FROM attempt WHERE meeting=?1"
        " UNION ALL SELECT changed FROM note WHERE meeting=?1"
        " UNION ALL SELECT r.changed FROM guess AS r JOIN attempt AS a USING(lesson, started)"
        " WHERE a.meeting=?1"
        " UNION ALL SELECT r.changed FROM counted AS r JOIN attempt AS a USING(lesson, started)"
        " WHERE a.meeting=?1"
        " UNION ALL SELECT r.changed FROM sentence AS r JOIN attempt AS a USING(lesson, started)"
        " WHERE a.meeting=?1)",
        NULL, meeting_ms);
    while (rows_next(rows))
        touched_ms = row_time(rows, 0);
    return touched_ms;
}

uint32_t progress_pauses(struct progress *progress, uint64_t meeting_ms, struct kept_pause *to,
                         uint32_t most)
{
    uint32_t count = 0;
    sqlite3_stmt *rows = rows_about(
        progress, "SELECT meeting, began, ended FROM pause WHERE meeting=? ORDER BY began", NULL,
        meeting_ms);
    for (; rows_next(rows); count++)
        if (count < most)
            to[count] =
                (struct kept_pause){row_time(rows, 0), row_time(rows, 1), row_time(rows, 2)};
    return count;
}

char *progress_run_find(struct progress *progress, const struct kept_attempt *attempt)
{
    char *script = NULL;
    sqlite3_stmt *rows = rows_about(progress, "SELECT words FROM run WHERE lesson=? AND started=?",
                                    attempt->lesson, attempt->started_ms);
    while (rows_next(rows)) {
        const char *words = (const char *)sqlite3_column_text(rows, 0);
        script = words && !script ? strdup(words) : script;
    }
    return script;
}
