/* One lesson of a meeting's page: each question with its guesses, and what was noted beside it. */
#include <stdlib.h>
#include <string.h>

#include "lab/progress/retro.h"
#include "lab/words/words.h"

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

void retro_lesson_read(const struct retro *retro, const struct kept_attempt *attempt,
                       struct retro_lesson *page)
{
    struct progress *progress = retro->progress;
    const char *id = attempt->lesson;
    uint64_t started_ms = attempt->started_ms;
    memset(page, 0, sizeof *page);
    page->attempt = *attempt;
    for (uint32_t i = 0; i < retro->lesson_count; i++)
        if (strcmp(retro->lessons[i]->id, id) == 0)
            page->lesson = retro->lessons[i];
    page->guess_count = least(
        progress_guesses(progress, id, started_ms, page->guesses, PAGE_GUESSES), PAGE_GUESSES);
    page->counted_count =
        least(progress_counts(progress, id, started_ms, page->counts, PAGE_COUNTS), PAGE_COUNTS);
    page->sentence_count =
        least(progress_sentences(progress, id, started_ms, page->sentences, PAGE_SENTENCES),
              PAGE_SENTENCES);
    page->note_count = least(
        progress_notes(progress, attempt->meeting_ms, id, page->notes, PAGE_NOTES), PAGE_NOTES);
    char *run = progress_run_find(progress, attempt);
    page->has_run = run != NULL;
    free(run);
}

static const struct question *find_question(const struct retro *retro,
                                            const struct retro_lesson *page, const char *name)
{
    const struct lesson_text *text = page->lesson ? &page->lesson->text[retro->language] : NULL;
    for (uint32_t i = 0; text && i < text->question_count; i++)
        if (strcmp(text->questions[i].name, name) == 0)
            return &text->questions[i];
    return NULL;
}

static const struct kept_counted *find_counted(const struct retro_lesson *page, const char *name)
{
    for (uint32_t i = 0; i < page->counted_count; i++)
        if (strcmp(page->counts[i].question, name) == 0)
            return &page->counts[i];
    return NULL;
}

static bool is_guessed(const struct retro_lesson *page, const char *name)
{
    uint32_t i = 0;
    while (i < page->guess_count && strcmp(page->guesses[i].question, name) != 0)
        i++;
    return i < page->guess_count;
}

static bool is_among(const char *const *names, uint32_t count, const char *name)
{
    uint32_t i = 0;
    while (i < count && strcmp(names[i], name) != 0)
        i++;
    return i < count;
}

uint32_t retro_lesson_questions(const struct retro *retro, const struct retro_lesson *page,
                                const char *names[PAGE_COUNTS])
{
    const struct lesson_text *text = page->lesson ? &page->lesson->text[retro->language] : NULL;
    uint32_t count = 0;
    for (uint32_t i = 0; text && i < text->question_count && count < PAGE_COUNTS; i++)
        if (is_guessed(page, text->questions[i].name))
            names[count++] = text->questions[i].name;
    for (uint32_t i = 0; i < page->guess_count && count < PAGE_COUNTS; i++)
        if (!is_among(names, count, page->guesses[i].question))
            names[count++] = page->guesses[i].question;
    return count;
}

/* --- a question ------------------------------------------------------------------------------- */

struct asked {
    const struct retro *retro;
    const struct retro_lesson *page;
    const char *name;
    const struct question *question;    /* NULL: the lesson does not ask it any more */
    const struct kept_counted *counted; /* NULL: not counted */
    bool choice, map;
    const char *unit;
};

static void put_value(const struct asked *asked, int64_t number)
{
    FILE *file = asked->retro->file;
    if (asked->choice) {
        bool known = asked->question && number >= 0 && number < LESSON_CHOICES &&
                     asked->question->choices[number];
        putc(number >= 0 && number < 26 ? (char)('a' + number) : '?', file);
        if (known) {
            putc(' ', file);
            retro_put(file, asked->question->choices[number]);
        }
        return;
    }
    if (asked->map) {
        char marks[400];
        struct text text = TEXT(marks);
        retro_marks_add(asked->page->lesson, asked->question, number, &text);
        retro_put(file, marks);
        return;
    }
    const char *unit = word_unit(asked->retro->language, asked->unit);
    retro_number(file, number);
    fputs(unit == asked->unit && *unit ? " " : "", file);
    retro_put(file, unit);
}

/* The number, and how it was typed where that is not the same: 40,000 (4만). */
static void put_guess(const struct asked *asked, const struct kept_guess *guess)
{
    char digits[32], grouped[40];
    struct text number = TEXT(digits), group = TEXT(grouped);
    put_value(asked, guess->number);
    if (asked->choice || asked->map || !guess->words[0])
        return;
    text_clear(&number);
    text_clear(&group);
    text_add_i64(&number, guess->number);
    text_add_grouped(&group, guess->number < 0 ? 0 : (uint64_t)guess->number);
    if (strcmp(guess->words, digits) == 0 || strcmp(guess->words, grouped) == 0)
        return;
    fputs(" (", asked->retro->file);
    retro_put(asked->retro->file, guess->words);
    fputs(")", asked->retro->file);
}

static const struct kept_guess *find_guess(const struct asked *asked, uint32_t person,
                                           uint32_t round)
{
    for (uint32_t i = 0; i < asked->page->guess_count; i++) {
        const struct kept_guess *guess = &asked->page->guesses[i];
        if (strcmp(guess->question, asked->name) == 0 && guess->person == person &&
            guess->round == round)
            return guess;
    }
    return NULL;
}

static uint32_t rounds(const struct asked *asked)
{
    uint32_t most = 1;
    for (uint32_t i = 0; i < asked->page->guess_count; i++)
        if (strcmp(asked->page->guesses[i].question, asked->name) == 0 &&
            asked->page->guesses[i].round > 1)
            most = 2;
    return most;
}

/* Whoever guessed only once keeps that guess. */
static const struct kept_guess *last_guess(const struct asked *asked, uint32_t person)
{
    const struct kept_guess *second = find_guess(asked, person, 2);
    return second ? second : find_guess(asked, person, 1);
}

static void put_name(const struct asked *asked, const struct kept_guess *guess)
{
    retro_person(asked->retro->file, asked->retro->language, guess->person, guess->name);
}

static void put_table(const struct asked *asked)
{
    FILE *file = asked->retro->file;
    enum language language = asked->retro->language;
    uint32_t count = rounds(asked);
    fprintf(file, "| %s | %s |", retro_say(language, RETRO_WHO),
            retro_say(language, RETRO_ROUND_ONE));
    if (count == 2)
        fprintf(file, " %s |", retro_say(language, RETRO_ROUND_TWO));
    fprintf(file, "\n| --- | ---: |%s\n", count == 2 ? " ---: |" : "");
    for (uint32_t person = 0; person < KEPT_PEOPLE_MAX; person++) {
        const struct kept_guess *last = last_guess(asked, person);
        if (!last)
            continue;
        fputs("| ", file);
        put_name(asked, last);
        for (uint32_t round = 1; round <= count; round++) {
            const struct kept_guess *guess = find_guess(asked, person, round);
            fputs(" | ", file);
            if (guess)
                put_guess(asked, guess);
        }
        fputs(" |\n", file);
    }
    putc('\n', file);
}

/* Of a map so many marks are otherwise. */
static uint64_t apart(const struct asked *asked, const struct kept_guess *guess)
{
    int64_t a = guess->number, b = asked->counted->number;
    uint64_t count = 0;
    if (!asked->map)
        return a < b ? (uint64_t)b - (uint64_t)a : (uint64_t)a - (uint64_t)b;
    for (uint64_t marks = (uint64_t)(a ^ b); marks; marks >>= 1)
        count += marks & 1;
    return count;
}

/* All who are equally near; of a choice all who chose it. */
static void put_nearest(const struct asked *asked)
{
    FILE *file = asked->retro->file;
    enum language language = asked->retro->language;
    uint64_t nearest = UINT64_MAX;
    bool any = false;
    for (uint32_t person = 0; person < KEPT_PEOPLE_MAX; person++) {
        const struct kept_guess *guess = last_guess(asked, person);
        if (guess && apart(asked, guess) < nearest)
            nearest = apart(asked, guess);
    }
    if (asked->choice)
        nearest = 0;
    fprintf(file, "%s: ", retro_say(language, asked->choice ? RETRO_FOUND : RETRO_NEAREST));
    for (uint32_t person = 0; person < KEPT_PEOPLE_MAX; person++) {
        const struct kept_guess *guess = last_guess(asked, person);
        if (!guess || apart(asked, guess) != nearest)
            continue;
        fputs(any ? ", " : "", file);
        put_name(asked, guess);
        fputs(language == LANGUAGE_KO ? " 님" : "", file);
        any = true;
    }
    if (!any)
        fputs(retro_say(language, RETRO_NOBODY), file);
    if (!asked->choice && nearest == 0) {
        fprintf(file, " (%s)", retro_say(language, RETRO_EXACT));
    } else if (!asked->choice && nearest <= INT64_MAX) {
        fputs(" (", file);
        if (asked->map)
            retro_number(file, (int64_t)nearest);
        else
            put_value(asked, (int64_t)nearest);
        fprintf(file, " %s)", retro_say(language, RETRO_APART));
    }
    fputs("\n\n", file);
}

/* Arguing turned their guess toward what was counted then.  Who went the other way is not named. */
static void put_toward(const struct asked *asked)
{
    FILE *file = asked->retro->file;
    enum language language = asked->retro->language;
    bool any = false;
    for (uint32_t person = 0; person < KEPT_PEOPLE_MAX; person++) {
        const struct kept_guess *first = find_guess(asked, person, 1),
                                *second = find_guess(asked, person, 2);
        bool toward = first && second &&
                      (asked->choice ? second->number == asked->counted->number &&
                                           first->number != second->number
                                     : apart(asked, second) < apart(asked, first));
        if (!toward)
            continue;
        if (any)
            fputs(", ", file);
        else
            fprintf(file, "%s: ", retro_say(language, RETRO_TOWARD));
        put_name(asked, second);
        fputs(language == LANGUAGE_KO ? " 님" : "", file);
        any = true;
    }
    fputs(any ? "\n\n" : "", file);
}

static void put_question(const struct retro *retro, const struct retro_lesson *page,
                         const char *name)
{
    struct asked asked = {.retro = retro, .page = page, .name = name};
    asked.question = find_question(retro, page, name);
    asked.counted = find_counted(page, name);
    asked.choice = asked.question  ? asked.question->form == QUESTION_CHOICE
                   : asked.counted ? asked.counted->choice
                                   : false;
    asked.map = asked.question && asked.question->form == QUESTION_MAP;
    asked.unit = asked.question ? asked.question->unit : asked.counted ? asked.counted->unit : "";
    const char *words = asked.question  ? asked.question->words
                        : asked.counted ? asked.counted->asked
                                        : name;
    fputs("> ", retro->file);
    if (asked.question)
        retro_put_question(retro->file, words);
    else
        retro_put(retro->file, words[0] ? words : name);
    fputs("\n\n", retro->file);
    put_table(&asked);
    if (!asked.counted) {
        fprintf(retro->file, "%s\n\n", retro_say(retro->language, RETRO_NOT_COUNTED));
        return;
    }
    fprintf(retro->file, "%s: **", retro_say(retro->language, RETRO_COUNTED));
    put_value(&asked, asked.counted->number);
    fputs("**\n\n", retro->file);
    put_nearest(&asked);
    put_toward(&asked);
}

/* --- beside the questions --------------------------------------------------------------------- */

static void put_heading(const struct retro *retro, enum retro_word word)
{
    fprintf(retro->file, "### %s\n\n", retro_say(retro->language, word));
}

static void put_sentences(const struct retro *retro, const struct retro_lesson *page)
{
    if (page->sentence_count)
        put_heading(retro, RETRO_SENTENCES);
    for (uint32_t i = 0; i < page->sentence_count; i++) {
        const struct kept_sentence *sentence = &page->sentences[i];
        fputs("- ", retro->file);
        retro_person(retro->file, retro->language, sentence->person, sentence->name);
        fputs(": ", retro->file);
        retro_put(retro->file, sentence->words);
        putc('\n', retro->file);
    }
    fputs(page->sentence_count ? "\n" : "", retro->file);
}

static uint32_t notes_of(const struct retro_lesson *page, enum note_kind kind)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < page->note_count; i++)
        count += page->notes[i].kind == kind;
    return count;
}

void retro_notes_write(const struct retro *retro, const struct kept_note *notes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (notes[i].kind != NOTE_FIGURE)
            continue;
        fputs("- ", retro->file);
        retro_put(retro->file, notes[i].words);
        putc('\n', retro->file);
    }
    putc('\n', retro->file);
}

static void put_figures(const struct retro *retro, const struct retro_lesson *page)
{
    if (!notes_of(page, NOTE_FIGURE))
        return;
    put_heading(retro, RETRO_FIGURES);
    retro_notes_write(retro, page->notes, page->note_count);
}

/* The lines that were taken; where none was, those of the lesson. */
static void put_work(const struct retro *retro, const struct retro_lesson *page)
{
    char lines[PAGE_NOTES * 64];
    struct text text = TEXT(lines);
    text_clear(&text);
    for (uint32_t i = 0; i < page->note_count; i++) {
        if (page->notes[i].kind != NOTE_WORK)
            continue;
        text_add(&text, page->notes[i].words);
        text_add_char(&text, '\n');
    }
    const struct lesson_text *lesson = page->lesson ? &page->lesson->text[retro->language] : NULL;
    for (uint32_t i = 0; lesson && !notes_of(page, NOTE_WORK) && i < lesson->block_count[STEP_WORK];
         i++) {
        if (lesson->blocks[STEP_WORK][i].kind != BLOCK_CODE)
            continue;
        text_add(&text, lesson->blocks[STEP_WORK][i].words);
        if (text.used && lines[text.used - 1] != '\n')
            text_add_char(&text, '\n');
    }
    if (!text.used)
        return;
    put_heading(retro, RETRO_WORK);
    retro_code(retro->file, "", lines, false);
}

static void put_replay(const struct retro *retro, const struct retro_lesson *page)
{
    if (page->has_run && retro->path) {
        char name[4096];
        put_heading(retro, RETRO_REPLAY);
        fprintf(retro->file, "%s %s\n\n", retro_say(retro->language, RETRO_REPLAY_FILE),
                retro_say(retro->language, RETRO_RUN_FILE));
        retro_run_name(retro, page->attempt.lesson, false, name, sizeof name);
        retro_code(retro->file, "outage ", name, true);
        return;
    }
    if (!notes_of(page, NOTE_FILE) && !page->lesson)
        return;
    put_heading(retro, RETRO_REPLAY);
    fprintf(retro->file, "%s\n\n",
            retro_say(retro->language,
                      notes_of(page, NOTE_FILE) ? RETRO_REPLAY_FILE : RETRO_REPLAY_LESSON));
    for (uint32_t i = 0; i < page->note_count; i++)
        if (page->notes[i].kind == NOTE_FILE)
            retro_code(retro->file, "outage ", page->notes[i].words, true);
    if (!notes_of(page, NOTE_FILE))
        fprintf(retro->file, "```sh\noutage lessons/%s    # seed %llu\n```\n\n", page->lesson->id,
                (unsigned long long)page->attempt.seed);
}

void retro_lesson_write(const struct retro *retro, const struct retro_lesson *page)
{
    const char *names[PAGE_COUNTS];
    uint32_t count = retro_lesson_questions(retro, page, names);
    if (!count && !page->sentence_count && !page->note_count) /* only opened */
        return;
    fputs("## ", retro->file);
    retro_put(retro->file,
              page->lesson ? page->lesson->text[retro->language].title : page->attempt.lesson);
    fputs("\n\n", retro->file);
    for (uint32_t i = 0; i < count; i++)
        put_question(retro, page, names[i]);
    put_sentences(retro, page);
    put_figures(retro, page);
    put_work(retro, page);
    put_replay(retro, page);
}
