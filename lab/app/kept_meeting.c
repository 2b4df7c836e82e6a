/* A meeting between the model and the file of progress. */
#include "lab/app/kept_meeting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/app/kept.h"
#include "lab/app/meeting.h"

#define ATTEMPTS_MAX  16
#define SENTENCES_MAX (2 * KEPT_PEOPLE_MAX)

static uint64_t wall_ms(const struct model *model)
{
    return model->wall_ms ? model->wall_ms() : 0;
}

/* Only this and its end write that it is: a lab that still shows it does not open it again. */
void kept_meeting_begin(struct model *model)
{
    struct kept_meeting kept = {.started_ms = model->meeting.started_ms};
    if (!model->progress)
        return;
    progress_meeting(model->progress, &kept, wall_ms(model));
    kept_trouble(model);
    kept_meeting(model);
}

void kept_meeting(struct model *model)
{
    const struct meeting *meeting = &model->meeting;
    struct kept_agenda agenda = {.meeting_ms = meeting->started_ms,
                                 .language = meeting->language,
                                 .people = meeting->people,
                                 .lesson_count = meeting->lesson_count,
                                 .at = meeting->at};
    if (!model->progress)
        return;
    for (uint32_t i = 0; i < meeting->people; i++)
        memcpy(agenda.names[i], meeting->names[i], sizeof agenda.names[i]);
    for (uint32_t i = 0; i < meeting->lesson_count; i++)
        memcpy(agenda.lessons[i], meeting->lessons[i], sizeof agenda.lessons[i]);
    progress_agenda(model->progress, &agenda, wall_ms(model));
    kept_trouble(model);
}

void kept_meeting_end(struct model *model)
{
    uint64_t touched_ms = progress_meeting_touched(model->progress, model->meeting.started_ms);
    struct kept_meeting kept = {.started_ms = model->meeting.started_ms,
                                .ended_ms = model->meeting.on ? wall_ms(model) : touched_ms};
    model->meeting.number = 0;
    if (!model->progress)
        return;
    if (progress_meeting(model->progress, &kept, wall_ms(model)))
        model->meeting.number = progress_meetings(model->progress);
    kept_trouble(model);
}

static void take_agenda(struct meeting *meeting, const struct kept_agenda *agenda)
{
    meeting->started_ms = agenda->meeting_ms;
    meeting->language = agenda->language;
    meeting->people = agenda->people < PEOPLE_MAX ? agenda->people : PEOPLE_MAX;
    meeting->lesson_count =
        agenda->lesson_count < MEETING_LESSONS ? agenda->lesson_count : MEETING_LESSONS;
    meeting->at = agenda->at < meeting->lesson_count ? agenda->at : meeting->lesson_count;
    for (uint32_t i = 0; i < meeting->people; i++)
        memcpy(meeting->names[i], agenda->names[i], sizeof meeting->names[i]);
    for (uint32_t i = 0; i < meeting->lesson_count; i++)
        memcpy(meeting->lessons[i], agenda->lessons[i], sizeof meeting->lessons[i]);
}

void kept_meeting_find(struct model *model)
{
    struct meeting *meeting = &model->meeting;
    struct kept_meeting kept;
    struct kept_agenda agenda;
    if (!progress_meeting_open(model->progress, &kept) ||
        !progress_agenda_find(model->progress, kept.started_ms, &agenda) || !agenda.people)
        return;
    take_agenda(meeting, &agenda);
    uint32_t count = progress_pauses(model->progress, kept.started_ms, meeting->pauses, PAUSES_MAX);
    meeting->pause_count = count < PAUSES_MAX ? count : PAUSES_MAX;
}

void kept_meeting_people(struct model *model)
{
    struct choosing *choosing = &model->meeting.choosing;
    struct kept_meeting kept;
    struct kept_agenda agenda;
    if (!progress_meeting_find(model->progress, 0, &kept) ||
        !progress_agenda_find(model->progress, kept.started_ms, &agenda) || agenda.people < 2)
        return;
    choosing->people = agenda.people < PEOPLE_MAX ? agenda.people : PEOPLE_MAX;
    for (uint32_t i = 0; i < choosing->people; i++)
        memcpy(choosing->names[i], agenda.names[i], sizeof choosing->names[i]);
}

void kept_meeting_pause(struct model *model)
{
    struct meeting *meeting = &model->meeting;
    struct kept_pause pause = {.meeting_ms = meeting->started_ms, .ended_ms = meeting->now_ms};
    pause.began_ms = progress_meeting_touched(model->progress, meeting->started_ms);
    if (!pause.began_ms || pause.ended_ms < pause.began_ms + MEETING_PAUSE_MS ||
        meeting->pause_count == PAUSES_MAX)
        return;
    meeting->pauses[meeting->pause_count++] = pause;
    progress_pause(model->progress, &pause, meeting->now_ms);
    kept_trouble(model);
}

static void take_sentences(struct model *model)
{
    struct meeting *meeting = &model->meeting;
    struct kept_sentence *kept = calloc(SENTENCES_MAX, sizeof *kept);
    const struct kept_attempt *attempt = &model->flow.attempt;
    uint32_t count = kept ? progress_sentences(model->progress, attempt->lesson,
                                               attempt->started_ms, kept, SENTENCES_MAX)
                          : 0;
    for (uint32_t i = 0; i < count && i < SENTENCES_MAX; i++)
        if (!kept[i].question[0] && kept[i].person < meeting->people)
            snprintf(meeting->sentences[kept[i].person], LINE_BYTES, "%.399s", kept[i].words);
    free(kept);
}

bool kept_meeting_attempt(struct model *model)
{
    struct flow *flow = &model->flow;
    struct kept_attempt *attempts = calloc(ATTEMPTS_MAX, sizeof *attempts);
    bool found = false;
    uint32_t count = 0;
    flow->attempt.meeting_ms = model->meeting.started_ms;
    if (attempts && model->progress)
        count = progress_meeting_attempts(model->progress, model->meeting.started_ms, attempts,
                                          ATTEMPTS_MAX);
    for (uint32_t i = 0; i < count && i < ATTEMPTS_MAX; i++) {
        if (strcmp(attempts[i].lesson, flow->lesson->id) != 0)
            continue;
        flow->attempt = attempts[i];
        found = true;
    }
    free(attempts);
    if (found)
        take_sentences(model);
    return found;
}

void kept_sentence(struct model *model, uint32_t person)
{
    const struct meeting *meeting = &model->meeting;
    struct kept_sentence kept = {.started_ms = model->flow.attempt.started_ms, .person = person};
    if (!model->progress)
        return;
    snprintf(kept.lesson, sizeof kept.lesson, "%s", model->flow.attempt.lesson);
    memcpy(kept.name, meeting->names[person], sizeof kept.name);
    snprintf(kept.words, sizeof kept.words, "%s", meeting->sentences[person]);
    progress_sentence(model->progress, &kept, wall_ms(model));
    kept_trouble(model);
}

bool kept_note(struct model *model, const char *words)
{
    struct kept_note kept = {.meeting_ms = model->meeting.started_ms, .kind = NOTE_FIGURE};
    if (flow_active(model) && model->meeting.on)
        snprintf(kept.lesson, sizeof kept.lesson, "%s", model->flow.lesson->id);
    struct text text = TEXT(kept.words);
    text_clear(&text);
    text_add(&text, words);
    bool taken = progress_note(model->progress, &kept, wall_ms(model));
    kept_trouble(model);
    return taken;
}

static void add_line(void *user, const char *line)
{
    FILE *file = user;
    fputs(line, file);
    putc('\n', file);
}

void kept_run(struct model *model)
{
    char *words = NULL;
    size_t bytes = 0;
    FILE *file = model->progress && model->meeting.on ? open_memstream(&words, &bytes) : NULL;
    if (!file)
        return;
    bool shared = session_share(model->session, add_line, file);
    if (fclose(file) == 0 && shared)
        progress_run(model->progress, &model->flow.attempt, words, wall_ms(model));
    free(words);
    kept_trouble(model);
}
