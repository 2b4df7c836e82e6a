/* A meeting's page: when, who, how many questions, then its lessons. */
#include "lab/progress/retro.h"

#include <stdlib.h>
#include <time.h>

static void local_time(uint64_t time_ms, const char *form, char *to, size_t bytes)
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm day;
    to[0] = 0;
    if (time_ms && localtime_r(&seconds, &day))
        strftime(to, bytes, form, &day);
}

static uint32_t people_of(const struct retro_lesson *page)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < page->guess_count; i++)
        most = page->guesses[i].person >= most ? page->guesses[i].person + 1 : most;
    for (uint32_t i = 0; i < page->sentence_count; i++)
        most = page->sentences[i].person >= most ? page->sentences[i].person + 1 : most;
    return most;
}

static void put_sitting(const struct retro *retro, uint64_t begin_ms, uint64_t end_ms,
                        const char *before)
{
    char begin[32], end[16];
    local_time(begin_ms, "%Y-%m-%d %H:%M", begin, sizeof begin);
    local_time(end_ms, "%H:%M", end, sizeof end);
    fprintf(retro->file, "%s%s%s%s", before, begin, end[0] ? "-" : "", end);
}

/* Each sitting: a meeting may go on another evening. */
static void put_when(const struct retro *retro, const struct kept_meeting *meeting)
{
    struct kept_pause pauses[PAGE_PAUSES];
    uint32_t count = progress_pauses(retro->progress, meeting->started_ms, pauses, PAGE_PAUSES);
    uint64_t begin_ms = meeting->started_ms;
    fprintf(retro->file, "- %s:", retro_say(retro->language, RETRO_WHEN));
    for (uint32_t i = 0; i < count && i < PAGE_PAUSES; i++) {
        put_sitting(retro, begin_ms, pauses[i].began_ms, i ? ", " : " ");
        begin_ms = pauses[i].ended_ms;
    }
    put_sitting(retro, begin_ms, meeting->ended_ms, count ? ", " : " ");
    fprintf(retro->file, "%s%s\n", meeting->ended_ms ? "" : " ",
            meeting->ended_ms ? "" : retro_say(retro->language, RETRO_NOT_ENDED));
}

static void put_people(const struct retro *retro, const struct kept_agenda *agenda, uint32_t people)
{
    bool ko = retro->language == LANGUAGE_KO, named = agenda->people && agenda->people >= people;
    people = named ? agenda->people : people;
    fprintf(retro->file, "- %s: ", retro_say(retro->language, RETRO_PEOPLE));
    for (uint32_t i = 0; named && i < people; i++) {
        fputs(i ? ", " : "", retro->file);
        retro_person(retro->file, retro->language, i, agenda->names[i]);
    }
    fprintf(retro->file, named ? " (%u%s)\n" : "%u%s\n", people, ko ? "명" : "");
}

static void put_head(const struct retro *retro, const struct kept_meeting *meeting, uint32_t people,
                     uint32_t questions)
{
    char day[32];
    struct kept_agenda agenda;
    bool ko = retro->language == LANGUAGE_KO;
    progress_agenda_find(retro->progress, meeting->started_ms, &agenda);
    local_time(meeting->started_ms, "%Y-%m-%d", day, sizeof day);
    fprintf(retro->file, "# %s %u, %s\n\n", retro_say(retro->language, RETRO_TITLE),
            meeting->number, day);
    put_when(retro, meeting);
    put_people(retro, &agenda, people);
    fprintf(retro->file, "- %s: %u%s\n\n", retro_say(retro->language, RETRO_QUESTIONS), questions,
            ko ? "개" : "");
}

static void put_other_notes(const struct retro *retro, const struct kept_meeting *meeting)
{
    struct kept_note *notes = calloc(PAGE_NOTES, sizeof *notes);
    uint32_t count = 0;
    if (notes)
        count = progress_notes(retro->progress, meeting->started_ms, "", notes, PAGE_NOTES);
    if (count) {
        fprintf(retro->file, "## %s\n\n", retro_say(retro->language, RETRO_OTHER_NOTES));
        retro_notes_write(retro, notes, count < PAGE_NOTES ? count : PAGE_NOTES);
    }
    free(notes);
}

void retro_write(const struct retro *retro, const struct kept_meeting *meeting)
{
    struct kept_attempt *attempts = calloc(PAGE_ATTEMPTS, sizeof *attempts);
    struct retro_lesson *pages = calloc(PAGE_ATTEMPTS, sizeof *pages);
    uint32_t count = 0, people = 0, questions = 0;
    const char *names[PAGE_COUNTS];
    if (attempts && pages)
        count = progress_meeting_attempts(retro->progress, meeting->started_ms, attempts,
                                          PAGE_ATTEMPTS);
    count = count < PAGE_ATTEMPTS ? count : PAGE_ATTEMPTS;
    for (uint32_t i = 0; i < count; i++) {
        retro_lesson_read(retro, &attempts[i], &pages[i]);
        uint32_t here = people_of(&pages[i]);
        people = here > people ? here : people;
        questions += retro_lesson_questions(retro, &pages[i], names);
    }
    put_head(retro, meeting, people, questions);
    for (uint32_t i = 0; i < count; i++)
        retro_lesson_write(retro, &pages[i]);
    put_other_notes(retro, meeting);
    free(attempts);
    free(pages);
}
