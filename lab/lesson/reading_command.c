/* The commands that stand in lessons only: predict answer miss ask goal hint reveal price source.
 */
#include "lab/lesson/reading.h"

#include <stdlib.h>
#include <string.h>

#include "lab/language/language.h"

/* One command that is being read. */
struct lesson_command {
    struct reading *reading;
    enum lesson_step step;
    struct command command;
    const char *line;
};

static bool fail(const struct lesson_command *c, unsigned word, enum error_id id, const char *a,
                 const char *b)
{
    uint32_t column = word < c->command.count ? c->command.words[word].column : 1;
    return reading_fail(c->reading, c->command.line, column, id, a, b);
}

static bool no_memory(const struct lesson_command *c)
{
    return fail(c, 0, ERROR_NO_MEMORY, NULL, NULL);
}

static const char *word(const struct lesson_command *c, unsigned i)
{
    return command_word(&c->command, i);
}

static bool last_sentence(const struct lesson_command *c, unsigned least, const char **words)
{
    if (c->command.count < least || !c->command.words[c->command.count - 1].quoted)
        return fail(c, c->command.count - 1u, ERROR_LESSON_SENTENCE, word(c, 0), NULL);
    *words = word(c, c->command.count - 1u);
    return true;
}

static struct question *question_of(const struct lesson_command *c, const char *name)
{
    struct lesson_text *to = c->reading->to;
    for (uint32_t i = 0; i < to->question_count; i++)
        if (strcmp(to->questions[i].name, name) == 0)
            return &to->questions[i];
    for (uint32_t i = 0; i < to->review_count; i++)
        if (strcmp(to->reviews[i].name, name) == 0)
            return &to->reviews[i];
    return NULL;
}

/* One more of the questions, or of those of review; NULL without memory. */
static struct question *question_add(const struct lesson_command *c)
{
    struct lesson_text *to = c->reading->to;
    bool review = c->step == STEP_REVIEW;
    struct question **list = review ? &to->reviews : &to->questions;
    uint32_t *count = review ? &to->review_count : &to->question_count;
    struct question *more = realloc(*list, (*count + 1) * sizeof *more);
    if (!more)
        return NULL;
    *list = more;
    memset(&more[*count], 0, sizeof *more);
    return &more[(*count)++];
}

/* --- predict ---------------------------------------------------------------------------------- */

static bool hides_add(const struct lesson_command *c, unsigned at, struct question *question,
                      const char *metric, size_t bytes)
{
    char most[24];
    struct text text = TEXT(most);
    for (unsigned i = 0; i < LESSON_HIDES; i++) {
        if (!question->hides[i])
            return (question->hides[i] = strndup(metric, bytes)) != NULL || no_memory(c);
        if (strlen(question->hides[i]) == bytes && memcmp(question->hides[i], metric, bytes) == 0)
            return true;
    }
    text_clear(&text);
    text_add_u64(&text, LESSON_HIDES);
    return fail(c, at, ERROR_LESSON_MOST, "hides", most);
}

/* parts=lb,cache: what may be marked on the map. */
static bool marks_add(const struct lesson_command *c, unsigned at, struct question *question,
                      const char *list)
{
    char most[24];
    struct text text = TEXT(most);
    unsigned count = 0;
    text_clear(&text);
    text_add_u64(&text, LESSON_MARKS);
    for (; *list; list += strspn(list, ","), count++) {
        size_t bytes = strcspn(list, ",");
        if (count == LESSON_MARKS)
            return fail(c, at, ERROR_LESSON_MOST, "parts", most);
        if (!(question->marks[count] = strndup(list, bytes)))
            return no_memory(c);
        list += bytes;
    }
    return true;
}

/* Copies a word into an array of a question; too long a one is refused, not cut. */
static bool take(const struct lesson_command *c, unsigned i, struct text to, const char *words)
{
    text_clear(&to);
    text_add(&to, words);
    return !to.cut || fail(c, i, ERROR_LESSON_LONG, words, NULL);
}

/* `unit=orders` or `a="snapshot"`, not a sentence. */
static bool is_option(const char *words)
{
    static const char *const names[] = {"unit=", "hides=", "at=", "parts="};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strncmp(words, names[i], strlen(names[i])) == 0)
            return true;
    return words[0] >= 'a' && words[0] < 'a' + LESSON_CHOICES && words[1] == '=';
}

static bool is_name(const char *words)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    return words[0] >= 'a' && words[0] <= 'z' && !words[strspn(words, letters)] &&
           strlen(words) < sizeof((struct question *)0)->name;
}

static bool predict_option(const struct lesson_command *c, unsigned i, struct question *question)
{
    const char *words = word(c, i), *value = strchr(words, '=');
    if (!value)
        return fail(c, i, ERROR_NOT_KEY_VALUE, words, "unit=orders");
    size_t bytes = (size_t)(value++ - words);
    if (bytes == 4 && memcmp(words, "unit", 4) == 0) {
        return take(c, i, TEXT(question->unit), value);
    } else if (bytes == 5 && memcmp(words, "hides", 5) == 0) {
        for (; *value; value += strspn(value, ",")) {
            size_t n = strcspn(value, ",");
            if (!hides_add(c, i, question, value, n))
                return false;
            value += n;
        }
    } else if (bytes == 5 && memcmp(words, "parts", 5) == 0) {
        return marks_add(c, i, question, value);
    } else if (bytes == 2 && memcmp(words, "at", 2) == 0) {
        struct error error;
        if (!language_split(&question->fault, value, c->command.line, &error))
            return fail(c, i, ERROR_NOT_KEY_VALUE, words, "at=\"power-cut redis-1\"");
    } else if (bytes == 1 && words[0] >= 'a' && words[0] < 'a' + LESSON_CHOICES) {
        if (question->choices[words[0] - 'a'])
            return fail(c, i, ERROR_LESSON_TWICE, words, NULL);
        if (!(question->choices[words[0] - 'a'] = strdup(value)))
            return no_memory(c);
    } else {
        return fail(c, i, ERROR_LESSON_OPTION, words, "unit= hides= at= parts= a= b=");
    }
    return true;
}

static bool form_read(const char *word, enum question_form *form)
{
    static const char *const names[] = {"number", "choice", "map"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        *form = (enum question_form)i;
        if (strcmp(word, names[i]) == 0)
            return true;
    }
    return false;
}

static bool predict_options(const struct lesson_command *c, struct question *question)
{
    for (unsigned i = 3; i < c->command.count; i++) {
        bool sentence = c->command.words[i].quoted && !question->words && !is_option(word(c, i));
        if (sentence && !(question->words = strdup(word(c, i))))
            return no_memory(c);
        if (!sentence && !predict_option(c, i, question))
            return false;
    }
    if (!question->words)
        return fail(c, 0, ERROR_LESSON_SENTENCE, word(c, 0), NULL);
    if (question->form == QUESTION_CHOICE && (!question->choices[0] || !question->choices[1]))
        return fail(c, 2, ERROR_LESSON_CHOICES, NULL, NULL);
    return true;
}

/* predict NAME number|choice|map [unit=] [hides=] [at=] [parts=] "question" [a="..." b="..."] */
static bool read_predict(const struct lesson_command *c)
{
    enum question_form form;
    if (c->command.count < 4)
        return fail(c, c->command.count - 1u, ERROR_LESSON_SENTENCE, word(c, 0), NULL);
    if (!is_name(word(c, 1)))
        return fail(c, 1, ERROR_BAD_NAME, word(c, 1), NULL);
    if (question_of(c, word(c, 1)))
        return fail(c, 1, ERROR_NAME_TAKEN, word(c, 1), NULL);
    if (!form_read(word(c, 2), &form))
        return fail(c, 2, ERROR_NOT_A_CHOICE, word(c, 2), "number|choice|map");
    struct question *question = question_add(c);
    if (!question)
        return no_memory(c);
    question->line = c->command.line;
    question->part = c->reading->part;
    question->form = form;
    struct text name = TEXT(question->name);
    text_add(&name, word(c, 1));
    if (!predict_options(c, question))
        return false;
    struct block *block =
        reading_block(c->reading, c->step, BLOCK_QUESTION, question->words, c->command.line);
    if (block)
        block->index = (c->step == STEP_REVIEW ? c->reading->to->review_count
                                               : c->reading->to->question_count) -
                       1;
    return block != NULL;
}

/* The place of a choice's letter, -1 when the question does not offer it. */
static int choice_of(const struct question *question, const char *letter)
{
    int i = letter[0] - 'a';
    return letter[0] && !letter[1] && i >= 0 && i < LESSON_CHOICES && question->choices[i] ? i : -1;
}

/* answer NAME = METRIC [within N%|N], answer NAME = a, or of a map: answer NAME = lb,cache */
static bool read_answer(const struct lesson_command *c)
{
    static const char usage[] = "answer NAME = METRIC within 5%";
    struct question *question = question_of(c, word(c, 1));
    if (!question)
        return fail(c, 1, ERROR_LESSON_QUESTION, word(c, 1), NULL);
    if (c->command.count < 4 || strcmp(word(c, 2), "=") != 0)
        return fail(c, c->command.count - 1u, ERROR_MISSING_WORD, word(c, 0), usage);
    if (question->answer_line)
        return fail(c, 1, ERROR_LESSON_TWICE, word(c, 1), NULL);
    question->answer_line = c->command.line;
    bool choice = question->form == QUESTION_CHOICE && !strchr(word(c, 3), '.');
    bool within = !choice && c->command.count == 6 && strcmp(word(c, 4), "within") == 0;
    if (c->command.count > 4 && !within)
        return fail(c, 4, ERROR_EXTRA_WORD, word(c, 4), usage);
    if (choice && choice_of(question, word(c, 3)) < 0)
        return fail(c, 3, ERROR_LESSON_CHOICE, word(c, 3), NULL);
    if (choice) {
        question->answer_choice = word(c, 3)[0];
        return true;
    }
    return take(c, 3, TEXT(question->answer), word(c, 3)) &&
           take(c, 5, TEXT(question->within), word(c, 5)) &&
           (!strchr(word(c, 3), '.') || /* parts of a map, as they are */
            hides_add(c, 3, question, word(c, 3), strlen(word(c, 3))));
}

/* miss NAME FROM..TO "belief", miss NAME a "belief", or of a map: miss NAME PART "who marks it",
 * miss NAME -PART "who leaves it out" */
static bool read_miss(const struct lesson_command *c)
{
    const char *words = NULL, *range = word(c, 2), *dots = strstr(range, "..");
    struct question *question = question_of(c, word(c, 1));
    struct belief belief = {.line = c->command.line};
    if (!question)
        return fail(c, 1, ERROR_LESSON_QUESTION, word(c, 1), NULL);
    if (!last_sentence(c, 4, &words))
        return false;
    if (question->form == QUESTION_CHOICE) {
        belief.from = belief.to = choice_of(question, range);
        if (belief.from < 0)
            return fail(c, 2, ERROR_LESSON_CHOICE, range, NULL);
    } else if (question->form == QUESTION_MAP) {
        if (!(belief.mark = strdup(range)))
            return no_memory(c);
    } else {
        char from[40] = "";
        struct text text = TEXT(from);
        text_add_bytes(&text, range, dots ? (size_t)(dots - range) : strlen(range));
        if (!lesson_guess_number(from, &belief.from) ||
            !lesson_guess_number(dots ? dots + 2 : from, &belief.to) || belief.to < belief.from)
            return fail(c, 2, ERROR_LESSON_RANGE, range, NULL);
    }
    struct belief *more =
        realloc(question->beliefs, (question->belief_count + 1) * sizeof *question->beliefs);
    if (!more)
        return no_memory(c);
    question->beliefs = more;
    if (!(belief.words = strdup(words)))
        return no_memory(c);
    more[question->belief_count++] = belief;
    return true;
}

/* --- goals and the rest ----------------------------------------------------------------------- */

/* goal "sentence" METRIC OP VALUE ... */
static bool read_goal(const struct lesson_command *c)
{
    struct lesson_text *to = c->reading->to;
    if (c->command.count < 5 || !c->command.words[1].quoted)
        return fail(c, 0, ERROR_LESSON_SENTENCE, word(c, 0), NULL);
    struct goal *more = realloc(to->goals, (to->goal_count + 1) * sizeof *more);
    if (!more)
        return no_memory(c);
    to->goals = more;
    struct goal *goal = &more[to->goal_count++];
    char condition[COMMAND_BYTES] = "";
    struct text text = TEXT(condition);
    struct command tail;
    command_tail(&tail, &c->command, 2);
    language_join(&text, &tail);
    goal->words = strdup(word(c, 1));
    goal->condition = strdup(condition);
    goal->line = c->command.line;
    goal->column = c->command.words[2].column;
    if (!goal->words || !goal->condition)
        return no_memory(c);
    struct block *block =
        reading_block(c->reading, c->step, BLOCK_GOAL, goal->words, c->command.line);
    if (block)
        block->index = to->goal_count - 1;
    return block != NULL;
}

static bool read_sentence(const struct lesson_command *c, enum block_kind kind)
{
    const char *words = NULL;
    return last_sentence(c, 2, &words) &&
           reading_block(c->reading, c->step, kind, words, c->command.line);
}

static bool read_ask(const struct lesson_command *c)
{
    return read_sentence(c, BLOCK_ASK);
}

static bool read_hint(const struct lesson_command *c)
{
    return read_sentence(c, BLOCK_HINT);
}

static bool read_tail(const struct lesson_command *c, enum block_kind kind, unsigned least)
{
    char words[COMMAND_BYTES] = "";
    struct text text = TEXT(words);
    struct command tail;
    if (c->command.count < least)
        return fail(c, 0, ERROR_MISSING_WORD, word(c, 0),
                    "reveal COMMAND, price NAME METRIC, source ID");
    command_tail(&tail, &c->command, 1);
    language_join(&text, &tail);
    return reading_block(c->reading, c->step, kind, words, c->command.line) != NULL;
}

static bool read_reveal(const struct lesson_command *c)
{
    return read_tail(c, BLOCK_REVEAL, 2);
}

/* source ID...: what was measured on the real thing */
static bool read_source(const struct lesson_command *c)
{
    return read_tail(c, BLOCK_SOURCE, 2);
}

static bool read_price(const struct lesson_command *c)
{
    return read_tail(c, BLOCK_PRICE, 3);
}

static const struct {
    const char *name;
    bool (*read)(const struct lesson_command *c);
} rows[] = {
    {"predict", read_predict}, {"answer", read_answer}, {"miss", read_miss},
    {"ask", read_ask},         {"goal", read_goal},     {"hint", read_hint},
    {"reveal", read_reveal},   {"price", read_price},   {"source", read_source},
};

bool reading_command(struct reading *reading, enum lesson_step step, const char *line,
                     uint32_t line_number)
{
    struct lesson_command c = {.reading = reading, .step = step, .line = line};
    struct error error;
    if (step == STEP_COUNT)
        return reading_fail(reading, line_number, 1, ERROR_LESSON_BEFORE_STEP, NULL, NULL);
    if (!language_split(&c.command, line, line_number, &error)) {
        char place[512] = "";
        struct text text = TEXT(place);
        language_error(&text, reading->path, &c.command, &error, reading->language);
        reading->failed = true;
        text_add(reading->why, place);
        return false;
    }
    if (c.command.count == 0)
        return true;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(word(&c, 0), rows[i].name) == 0)
            return rows[i].read(&c);
    return reading_block(reading, step, BLOCK_COMMAND, line, line_number) != NULL;
}
