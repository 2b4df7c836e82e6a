/* Records as the lab reads them back. */
#include <string.h>

#include "lab/progress/review.h"
#include "lab/progress/rows.h"

/* --- a lesson --------------------------------------------------------------------------------- */

#define ATTEMPT_COLUMNS "lesson, started, step, seed, meeting, lines, changed"

static void take_attempt(sqlite3_stmt *row, struct kept_attempt *to)
{
    row_text(row, 0, to->lesson, sizeof to->lesson);
    to->started_ms = row_time(row, 1);
    to->step = row_small(row, 2);
    to->seed = (uint64_t)sqlite3_column_int64(row, 3);
    to->meeting_ms = row_time(row, 4);
    row_text(row, 5, to->lines, sizeof to->lines);
}

static void read_reviews(struct progress *progress, const char *lesson, struct standing *standing)
{
    struct review review = review_begin(standing->done_ms);
    sqlite3_stmt *rows = rows_about(
        progress,
        "SELECT answered, remembered FROM review WHERE lesson=? AND answered>=? ORDER BY answered",
        lesson, standing->done_ms);
    while (rows_next(rows))
        review_answer(&review, row_time(rows, 0), sqlite3_column_int(rows, 1) != 0);
    standing->review_due_ms = review.due_ms;
    standing->reviews = review.remembered;
}

bool progress_standing(struct progress *progress, const char *lesson, struct standing *standing)
{
    uint64_t last_done_ms = 0;
    memset(standing, 0, sizeof *standing);
    sqlite3_stmt *rows =
        rows_about(progress, "SELECT min(done), max(done) FROM done WHERE lesson=?", lesson, 0);
    while (rows_next(rows)) {
        standing->done_ms = row_time(rows, 0);
        standing->touched_ms = last_done_ms = row_time(rows, 1);
    }
    rows = rows_about(progress,
                      "SELECT " ATTEMPT_COLUMNS " FROM attempt AS a WHERE lesson=? AND NOT EXISTS"
                      " (SELECT 1 FROM done AS d WHERE d.lesson=a.lesson AND d.started=a.started)"
                      " ORDER BY changed DESC, started DESC LIMIT 1",
                      lesson, 0);
    while (rows_next(rows)) {
        uint64_t changed_ms = row_time(rows, 6);
        if (changed_ms < last_done_ms)
            continue;
        standing->under_way = true;
        standing->touched_ms = changed_ms;
        take_attempt(rows, &standing->attempt);
    }
    read_reviews(progress, lesson, standing);
    return standing->done_ms || standing->under_way;
}

uint32_t progress_guesses(struct progress *progress, const char *lesson, uint64_t started_ms,
                          struct kept_guess *to, uint32_t most)
{
    uint32_t count = 0;
    sqlite3_stmt *rows =
        rows_about(progress,
                   "SELECT lesson, started, question, round, person, name, words, number,"
                   " seed, changed FROM guess WHERE lesson=? AND started=?"
                   " ORDER BY question, round, person",
                   lesson, started_ms);
    for (; rows_next(rows); count++) {
        if (count >= most)
            continue;
        struct kept_guess *guess = &to[count];
        row_text(rows, 0, guess->lesson, sizeof guess->lesson);
        guess->started_ms = row_time(rows, 1);
        row_text(rows, 2, guess->question, sizeof guess->question);
        guess->round = row_small(rows, 3);
        guess->person = row_small(rows, 4);
        row_text(rows, 5, guess->name, sizeof guess->name);
        row_text(rows, 6, guess->words, sizeof guess->words);
        guess->number = sqlite3_column_int64(rows, 7);
        guess->seed = (uint64_t)sqlite3_column_int64(rows, 8);
        guess->locked_ms = row_time(rows, 9);
    }
    return count;
}

uint32_t progress_counts(struct progress *progress, const char *lesson, uint64_t started_ms,
                         struct kept_counted *to, uint32_t most)
{
    uint32_t count = 0;
    sqlite3_stmt *rows =
        rows_about(progress,
                   "SELECT lesson, started, question, asked, unit, choice, number FROM counted"
                   " WHERE lesson=? AND started=? ORDER BY question",
                   lesson, started_ms);
    for (; rows_next(rows); count++) {
        if (count >= most)
            continue;
        struct kept_counted *counted = &to[count];
        row_text(rows, 0, counted->lesson, sizeof counted->lesson);
        counted->started_ms = row_time(rows, 1);
        row_text(rows, 2, counted->question, sizeof counted->question);
        row_text(rows, 3, counted->asked, sizeof counted->asked);
        row_text(rows, 4, counted->unit, sizeof counted->unit);
        counted->choice = sqlite3_column_int(rows, 5) != 0;
        counted->number = sqlite3_column_int64(rows, 6);
    }
    return count;
}

/* --- meetings --------------------------------------------------------------------------------- */

uint32_t progress_meetings(struct progress *progress)
{
    uint32_t count = 0;
    sqlite3_stmt *rows = store_prepare(progress, "SELECT count(*) FROM meeting");
    while (rows_next(rows))
        count = row_small(rows, 0);
    return count;
}

bool progress_meeting_find(struct progress *progress, uint32_t which, struct kept_meeting *meeting)
{
    uint32_t count = progress_meetings(progress);
    bool found = false;
    memset(meeting, 0, sizeof *meeting);
    which = which ? which : count;
    if (which == 0 || which > count)
        return false;
    sqlite3_stmt *rows =
        rows_about(progress, "SELECT started, ended FROM meeting ORDER BY started LIMIT 1 OFFSET ?",
                   NULL, which - 1);
    while (rows_next(rows)) {
        *meeting = (struct kept_meeting){row_time(rows, 0), row_time(rows, 1), which};
        found = true;
    }
    return found;
}

uint32_t progress_meeting_attempts(struct progress *progress, uint64_t meeting_ms,
                                   struct kept_attempt *to, uint32_t most)
{
    uint32_t count = 0;
    sqlite3_stmt *rows = rows_about(progress,
                                    "SELECT " ATTEMPT_COLUMNS
                                    " FROM attempt WHERE meeting=? ORDER BY started, lesson",
                                    NULL, meeting_ms);
    for (; rows_next(rows); count++)
        if (count < most)
            take_attempt(rows, &to[count]);
    return count;
}

uint32_t progress_sentences(struct progress *progress, const char *lesson, uint64_t started_ms,
                            struct kept_sentence *to, uint32_t most)
{
    uint32_t count = 0;
    sqlite3_stmt *rows =
        rows_about(progress,
                   "SELECT lesson, started, question, person, name, words FROM sentence"
                   " WHERE lesson=? AND started=? ORDER BY question, person",
                   lesson, started_ms);
    for (; rows_next(rows); count++) {
        if (count >= most)
            continue;
        struct kept_sentence *sentence = &to[count];
        row_text(rows, 0, sentence->lesson, sizeof sentence->lesson);
        sentence->started_ms = row_time(rows, 1);
        row_text(rows, 2, sentence->question, sizeof sentence->question);
        sentence->person = row_small(rows, 3);
        row_text(rows, 4, sentence->name, sizeof sentence->name);
        row_text(rows, 5, sentence->words, sizeof sentence->words);
    }
    return count;
}

uint32_t progress_notes(struct progress *progress, uint64_t meeting_ms, const char *lesson,
                        struct kept_note *to, uint32_t most)
{
    uint32_t count = 0;
    sqlite3_stmt *rows = rows_about(progress,
                                    "SELECT meeting, lesson, kind, words FROM note"
                                    " WHERE lesson=? AND meeting=? ORDER BY kind, taken, words",
                                    lesson, meeting_ms);
    for (; rows_next(rows); count++) {
        if (count >= most)
            continue;
        struct kept_note *note = &to[count];
        note->meeting_ms = row_time(rows, 0);
        row_text(rows, 1, note->lesson, sizeof note->lesson);
        note->kind = (enum note_kind)row_small(rows, 2);
        row_text(rows, 3, note->words, sizeof note->words);
    }
    return count;
}
