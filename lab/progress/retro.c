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

static void put_head(const struct retro *retro, const struct kept_meeting *meeting, uint32_t people,
                     uint32_t questions)
{
    char day[32], begin[16], end[16];
    bool ko = retro->language == LANGUAGE_KO;
    local_time(meeting->started_ms, "%Y-%m-%d", day, sizeof day);
    local_time(meeting->started_ms, "%H:%M", begin, sizeof begin);
    local_time(meeting->ended_ms, "%H:%M", end, sizeof end);
    fprintf(retro->file, "# %s %u, %s\n\n", retro_say(retro->language, RETRO_TITLE),
            meeting->number, day);
    fprintf(retro->file, "- %s: %s %s%s%s\n", retro_say(retro->language, RETRO_WHEN), day, begin,
            end[0] ? "-" : "", end);
    fprintf(retro->file, "- %s: %u%s\n", retro_say(retro->language, RETRO_PEOPLE), people,
            ko ? "명" : "");
    fprintf(retro->file, "- %s: %u%s\n\n", retro_say(retro->language, RETRO_QUESTIONS), questions,
            ko ? "개" : "");
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
    free(attempts);
    free(pages);
}
