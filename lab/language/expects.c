/*
 * Expects and goals: a condition is looked at, in each variant or in one, and remembered.
 */
#include "lab/language/parts.h"

#include <string.h>

struct expectation *expectation_new(struct session *session)
{
    session->expectations =
        session_grow(session->expectations, session->expectation_count, &session->expectation_limit,
                     sizeof *session->expectations);
    session->expectation_times =
        session_grow(session->expectation_times, session->expectation_count,
                     &session->expectation_time_limit, sizeof *session->expectation_times);
    session->expectation_times[session->expectation_count] = session_now(session);
    struct expectation *expectation = &session->expectations[session->expectation_count++];
    memset(expectation, 0, sizeof *expectation);
    return expectation;
}

/* The words of a condition, as a line. */
static void words_join(struct text *text, const struct command *command, unsigned from,
                       unsigned end)
{
    struct command part;
    text_clear(text);
    command_tail(&part, command, from);
    part.count = (uint16_t)(end - from);
    language_join(text, &part);
}

static void look(struct session *session, const struct call *call, uint32_t variant,
                 const struct condition *condition, unsigned from, unsigned end, const char *reason)
{
    struct expectation *expectation = expectation_new(session);
    struct text words = TEXT(expectation->words), found = TEXT(expectation->found);
    struct text why = TEXT(expectation->reason);
    bool known;
    expectation->line = call->command->line;
    expectation->variant = (int32_t)variant;
    expectation->held = condition_holds(session, variant, condition, &expectation->value, &known);
    expectation->known = known;
    words_join(&words, call->command, from, end);
    text_clear(&found);
    found_add(&found, &expectation->value, known, session->options.language);
    text_clear(&why);
    text_add(&why, reason);
    const struct session_output *output = &session->options.output;
    if (output->expect)
        output->expect(output->user, expectation);
}

/* The condition from a word on, in each variant it is for; `reason` NULL: what stands after it. */
static bool look_in_each(struct session *session, struct call *call, unsigned from,
                         const char *usage, const char *reason)
{
    struct condition conditions[VARIANTS_MAX];
    const struct command *command = call->command;
    unsigned end = 0;
    for (uint32_t i = 0; i < session->variant_count; i++)
        if ((call->mask & 1u << i) &&
            !condition_read(session, i, command, from, &conditions[i], &end, call->error))
            return false;
    if (!reason && end < command->count && !command->words[end].quoted)
        return error_set(call->error, ERROR_EXTRA_WORD, (uint16_t)end, command_word(command, end),
                         usage, NULL, NULL);
    unsigned most = end + (reason ? 0u : 1u);
    if (command->count > most)
        return error_set(call->error, ERROR_EXTRA_WORD, (uint16_t)most, command_word(command, most),
                         usage, NULL, NULL);
    bool one = strchr(command_word(command, from), ':') != NULL;
    for (uint32_t i = 0; i < session->variant_count; i++) {
        if (!(call->mask & 1u << i))
            continue;
        look(session, call, (uint32_t)conditions[i].left_variant, &conditions[i], from, end,
             reason ? reason : command_word(command, end));
        if (one)
            break;
    }
    return true;
}

bool act_expect(struct session *session, struct call *call)
{
    return look_in_each(session, call, 1, lab_command_find("expect")->usage, NULL);
}

/* goal "SENTENCE" CONDITION: headless, an expect with a reason. */
bool act_goal(struct session *session, struct call *call)
{
    const char *usage = lab_command_find("goal")->usage;
    if (call->command->count < 5)
        return error_set(call->error, ERROR_MISSING_WORD, (uint16_t)(call->command->count - 1),
                         command_word(call->command, call->command->count - 1u), usage, NULL, NULL);
    return look_in_each(session, call, 2, usage, command_word(call->command, 1));
}

uint32_t session_expectations(const struct session *session)
{
    return session->expectation_count;
}

const struct expectation *session_expectation(const struct session *session, uint32_t i)
{
    return i < session->expectation_count ? &session->expectations[i] : NULL;
}
