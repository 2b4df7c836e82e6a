/*
 * The commands that stand in lessons only.  Headless they check what can be checked and never wait:
 * names and metrics exist, goals hold like an expect, answers and prices are printed.
 */
#include <string.h>

#include "lab/language/parts.h"
#include "sim/engine/need.h"

static const char *usage_of(const struct call *call)
{
    return lab_command_find(command_word(call->command, 0))->usage;
}

static bool question_known(struct session *session, const char *name)
{
    for (uint32_t i = 0; i < session->question_count; i++)
        if (strcmp(session->questions[i], name) == 0)
            return true;
    return false;
}

static bool need_question(struct session *session, struct call *call)
{
    const char *name = command_word(call->command, 1);
    return question_known(session, name) ||
           error_set(call->error, ERROR_NO_QUESTION, 1, name, NULL, NULL, NULL);
}

/* The metrics of hides=A,B. */
static bool hides_check(struct session *session, struct call *call, unsigned word)
{
    const char *equals = strchr(command_word(call->command, word), '=');
    const char *list = equals ? equals + 1 : "";
    char name[NAME_BYTES + 64];
    struct text text = TEXT(name);
    struct metric_ref metric;
    while (*list) {
        size_t bytes = strcspn(list, ",");
        size_t byte = (size_t)(list - command_word(call->command, word));
        text_clear(&text);
        text_add_bytes(&text, list, bytes);
        const char *without =
            name + (name[strcspn(name, ":.")] == ':' ? strcspn(name, ":") + 1 : 0);
        if (!world_metric(session->variants[0].world, without, &metric, call->error)) {
            call->error->word = (uint16_t)word;
            call->error->byte = (uint16_t)(call->error->byte + byte);
            return false;
        }
        list += bytes + (list[bytes] == ',');
    }
    return true;
}

/* predict NAME number|choice|map [unit=] [hides=] [at=] "QUESTION" [a="..."] */
bool act_question(struct session *session, struct call *call)
{
    const struct command *command = call->command;
    const char *name = command_word(command, 1), *form = command_word(command, 2);
    if (!need_count(command, 4, COMMAND_WORDS, usage_of(call), call->error))
        return false;
    if (question_known(session, name))
        return error_set(call->error, ERROR_NAME_TAKEN, 1, name, NULL, NULL, NULL);
    if (strcmp(form, "number") != 0 && strcmp(form, "choice") != 0 && strcmp(form, "map") != 0)
        return error_set(call->error, ERROR_NOT_A_CHOICE, 2, form, "number|choice|map", NULL, NULL);
    for (unsigned i = 3; i < command->count; i++)
        if (strncmp(command_word(command, i), "hides=", strlen("hides=")) == 0 &&
            !hides_check(session, call, i))
            return false;
    if (session->question_count == QUESTIONS_MAX)
        return error_set(call->error, ERROR_EXTRA_WORD, 0, "predict", usage_of(call), NULL, NULL);
    struct text text = TEXT(session->questions[session->question_count++]);
    text_clear(&text);
    text_add(&text, name);
    return true;
}

/* What a metric is now: in each variant that it is meant for. */
static bool metric_print(struct session *session, struct call *call, unsigned word)
{
    char line[COMMAND_BYTES];
    struct text text = TEXT(line);
    bool written = false;
    text_clear(&text);
    text_add(&text, command_word(call->command, 1));
    for (uint32_t i = 0; i < session->variant_count && !written; i++) {
        struct metric_ref metric;
        struct value value;
        uint32_t variant = i;
        if (!(call->mask & 1u << i))
            continue;
        if (!metric_word(session, call->command, word, &variant, &written, &metric, call->error))
            return false;
        text_add(&text, "  ");
        text_add(&text, variant_label(session, (int32_t)variant));
        text_add(&text, session->forked ? " " : "");
        bool known = session_read(session, variant, metric, &value);
        found_add(&text, &value, known, session->options.language);
    }
    text_add_char(&text, '\n');
    session_say(session, -1, line);
    return true;
}

/* answer NAME = METRIC [within W] | answer NAME = a */
bool act_answer(struct session *session, struct call *call)
{
    const struct command *command = call->command;
    const char *answer = command_word(command, 3);
    if (!need_count(command, 4, 6, usage_of(call), call->error) || !need_question(session, call))
        return false;
    if (strcmp(command_word(command, 2), "=") != 0)
        return error_set(call->error, ERROR_MISSING_WORD, 2, command_word(command, 2),
                         usage_of(call), NULL, NULL);
    if (strlen(answer) == 1)
        return true;
    return metric_print(session, call, 3);
}

/* price NAME METRIC */
bool act_price(struct session *session, struct call *call)
{
    return need_count(call->command, 3, 3, usage_of(call), call->error) &&
           metric_print(session, call, 2);
}

/* reveal COMMAND: it is there; carrying it out is the learner's. */
bool act_reveal(struct session *session, struct call *call)
{
    (void)session;
    return need_count(call->command, 2, COMMAND_WORDS, usage_of(call), call->error) &&
           command_check(call->command, 1, false, call->error);
}

/* ask, hint, miss, source */
bool act_words(struct session *session, struct call *call)
{
    bool miss = strcmp(command_word(call->command, 0), "miss") == 0;
    bool source = strcmp(command_word(call->command, 0), "source") == 0;
    unsigned least = miss ? 4 : 2, most = source ? COMMAND_WORDS : least;
    return need_count(call->command, least, most, usage_of(call), call->error) &&
           (!miss || need_question(session, call));
}
