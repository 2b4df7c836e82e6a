/* Records as the lab writes them: what is kept of a lesson, its guesses, reviews and meetings. */
#include "lab/progress/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/progress/rows.h"
#include "lab/progress/store.h"

static struct progress *open_path(const char *path, uint64_t now_ms, bool make)
{
    struct progress *progress = calloc(1, sizeof *progress);
    const char *named = path ? path : getenv("OUTAGE_PROGRESS");
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    if (!progress)
        return NULL;
    progress->now_ms = now_ms;
    progress->make = make;
    if (named)
        snprintf(progress->path, sizeof progress->path, "%s", named);
    else if (data && data[0] == '/') /* the specification: a relative one is ignored */
        snprintf(progress->path, sizeof progress->path, "%s/outage/progress.db", data);
    else if (home && home[0] == '/')
        snprintf(progress->path, sizeof progress->path, "%s/.local/share/outage/progress.db", home);
    else
        store_trouble(progress, TROUBLE_NO_HOME, NULL, NULL);
    store_open(progress);
    return progress;
}

struct progress *progress_open(const char *path, uint64_t now_ms)
{
    return open_path(path, now_ms, true);
}

struct progress *progress_open_existing(const char *path, uint64_t now_ms)
{
    return open_path(path, now_ms, false);
}

void progress_close(struct progress *progress)
{
    if (!progress)
        return;
    store_close(progress);
    free(progress);
}

bool progress_takes(const struct progress *progress)
{
    return progress && progress->writable;
}

bool progress_reads(const struct progress *progress)
{
    return progress && (progress->db || progress->trouble == TROUBLE_NONE);
}

const char *progress_path(const struct progress *progress)
{
    return progress ? progress->path : "";
}

bool progress_words(struct progress *progress, enum language language, struct text *text)
{
    static const char *const words[TROUBLE_COUNT][2] = {
        {NULL, NULL},
#define TROUBLE(id, en, ko) {en, ko},
#include "lab/progress/troubles.def"
#undef TROUBLE
    };
    if (!progress || progress->trouble == progress->told)
        return false;
    progress->told = progress->trouble;
    text_clear(text);
    text_add_template(
        text, words[progress->trouble][language == LANGUAGE_KO],
        (const char *const[4]){progress->arguments[0], progress->arguments[1], NULL, NULL});
    return true;
}

/* --- writing ---------------------------------------------------------------------------------- */

static struct column_value number(int64_t value)
{
    return (struct column_value){.number = value};
}

static struct column_value time_of(uint64_t value_ms)
{
    return number((int64_t)(value_ms > TIME_MAX_MS ? TIME_MAX_MS : value_ms));
}

static struct column_value words(const char *text)
{
    return (struct column_value){.text = text, .bytes = strlen(text)};
}

static bool keep(struct progress *progress, enum record_id id, const struct column_value *cells)
{
    return store_begin(progress) && store_end(progress, store_put(progress, id, cells, PUT_NOW));
}

bool progress_save(struct progress *progress, const struct kept_attempt *attempt, uint64_t now_ms)
{
    return keep(progress, RECORD_ATTEMPT,
                (const struct column_value[]){words(attempt->lesson), time_of(attempt->started_ms),
                                              number(attempt->step), number((int64_t)attempt->seed),
                                              time_of(attempt->meeting_ms), words(attempt->lines),
                                              time_of(now_ms)});
}

bool progress_done(struct progress *progress, const struct kept_attempt *attempt, uint64_t now_ms)
{
    return keep(progress, RECORD_DONE,
                (const struct column_value[]){words(attempt->lesson), time_of(attempt->started_ms),
                                              time_of(now_ms), time_of(now_ms)});
}

bool progress_guess(struct progress *progress, const struct kept_guess *guess)
{
    return keep(progress, RECORD_GUESS,
                (const struct column_value[]){
                    words(guess->lesson), time_of(guess->started_ms), words(guess->question),
                    number(guess->round), number(guess->person), words(guess->name),
                    words(guess->words), number(guess->number), number((int64_t)guess->seed),
                    time_of(guess->locked_ms)});
}

bool progress_counted(struct progress *progress, const struct kept_counted *counted,
                      uint64_t now_ms)
{
    return keep(progress, RECORD_COUNTED,
                (const struct column_value[]){words(counted->lesson), time_of(counted->started_ms),
                                              words(counted->question), words(counted->asked),
                                              words(counted->unit), number(counted->choice),
                                              number(counted->number), time_of(now_ms)});
}

bool progress_review(struct progress *progress, const char *lesson, bool remembered,
                     uint64_t now_ms)
{
    return keep(progress, RECORD_REVIEW,
                (const struct column_value[]){words(lesson), time_of(now_ms), number(remembered),
                                              time_of(now_ms)});
}

bool progress_meeting(struct progress *progress, const struct kept_meeting *meeting,
                      uint64_t now_ms)
{
    return keep(progress, RECORD_MEETING,
                (const struct column_value[]){time_of(meeting->started_ms),
                                              time_of(meeting->ended_ms), time_of(now_ms)});
}

/* Names and ids one a line: none of them holds an end of line. */
static void add_lines(struct text *to, const char *words, size_t bytes, uint32_t count)
{
    text_clear(to);
    for (uint32_t i = 0; i < count; i++) {
        for (const char *c = words + i * bytes; *c; c++)
            text_add_char(to, *c == '\n' ? ' ' : *c);
        text_add_char(to, '\n');
    }
}

bool progress_agenda(struct progress *progress, const struct kept_agenda *agenda, uint64_t now_ms)
{
    char people[sizeof agenda->names + KEPT_PEOPLE_MAX], lessons[sizeof agenda->lessons + 16];
    struct text names = TEXT(people), ids = TEXT(lessons);
    add_lines(&names, agenda->names[0], KEPT_NAME_BYTES, agenda->people);
    add_lines(&ids, agenda->lessons[0], KEPT_LESSON_BYTES, agenda->lesson_count);
    return keep(progress, RECORD_AGENDA,
                (const struct column_value[]){time_of(agenda->meeting_ms),
                                              words(agenda->language == LANGUAGE_KO ? "ko" : "en"),
                                              words(people), words(lessons), number(agenda->at),
                                              time_of(now_ms)});
}

bool progress_pause(struct progress *progress, const struct kept_pause *pause, uint64_t now_ms)
{
    return keep(progress, RECORD_PAUSE,
                (const struct column_value[]){time_of(pause->meeting_ms), time_of(pause->began_ms),
                                              time_of(pause->ended_ms), time_of(now_ms)});
}

bool progress_run(struct progress *progress, const struct kept_attempt *attempt, const char *script,
                  uint64_t now_ms)
{
    return keep(progress, RECORD_RUN,
                (const struct column_value[]){words(attempt->lesson), time_of(attempt->started_ms),
                                              words(script), time_of(now_ms)});
}

bool progress_sentence(struct progress *progress, const struct kept_sentence *sentence,
                       uint64_t now_ms)
{
    return keep(progress, RECORD_SENTENCE,
                (const struct column_value[]){
                    words(sentence->lesson), time_of(sentence->started_ms),
                    words(sentence->question), number(sentence->person), words(sentence->name),
                    words(sentence->words), time_of(now_ms)});
}

bool progress_note(struct progress *progress, const struct kept_note *note, uint64_t now_ms)
{
    return keep(progress, RECORD_NOTE,
                (const struct column_value[]){time_of(note->meeting_ms), words(note->lesson),
                                              number(note->kind), words(note->words),
                                              time_of(now_ms), time_of(now_ms)});
}

bool progress_language(struct progress *progress, enum language *language)
{
    bool found = false;
    char name[8] = "";
    sqlite3_stmt *rows = store_prepare(progress, "SELECT words FROM setting WHERE name='language'");
    while (rows_next(rows)) {
        row_text(rows, 0, name, sizeof name);
        found = true;
    }
    *language = strcmp(name, "ko") == 0 ? LANGUAGE_KO : LANGUAGE_EN;
    return found;
}

bool progress_language_keep(struct progress *progress, enum language language)
{
    const char *sql = language == LANGUAGE_KO
                          ? "INSERT OR REPLACE INTO setting VALUES('language', 'ko')"
                          : "INSERT OR REPLACE INTO setting VALUES('language', 'en')";
    if (!store_begin(progress))
        return false;
    return store_end(progress, sqlite3_exec(progress->db, sql, NULL, NULL, NULL) == SQLITE_OK);
}
