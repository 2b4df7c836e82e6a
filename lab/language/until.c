/* `run until CONDITION`: what it waits for, in all variants, and that it never came. */
#include "lab/language/course.h"

bool until_read(struct session *session, struct running *running, struct condition *conditions)
{
    unsigned end;
    struct error error;
    if (!running->active || !running->until)
        return true;
    for (uint32_t i = 0; i < session->variant_count; i++)
        if (!condition_read(session, i, &running->command, running->word, &conditions[i], &end,
                            &error)) {
            running->active = false;
            session_fail(session, &running->command, &error);
            return false;
        }
    return true;
}

bool until_holds(struct session *session, const struct running *running,
                 const struct condition *conditions)
{
    struct value found;
    bool known, all = running->active && running->until;
    for (uint32_t i = 0; i < session->variant_count && all; i++)
        all = condition_holds(session, i, &conditions[i], &found, &known);
    return all;
}

bool until_met(struct session *session)
{
    return (!session->ahead && until_holds(session, &session->file_run, session->file_until)) ||
           until_holds(session, &session->typed_run, session->typed_until);
}

bool until_never_held(struct session *session, struct running *running)
{
    char words[64], duration[32];
    struct text condition = TEXT(words), time = TEXT(duration);
    struct command part;
    struct error error;
    command_tail(&part, &running->command, running->word);
    if (part.count > 3)
        part.count = 3;
    text_clear(&condition);
    language_join(&condition, &part);
    text_clear(&time);
    value_add_exact(&time, running->end_ns - running->start_ns, UNIT_DURATION, NULL);
    error_set(&error, ERROR_NEVER_HELD, (uint16_t)running->word, words, duration, NULL, NULL);
    running->active = false;
    session_fail(session, &running->command, &error);
    session->over = true;
    return false;
}
