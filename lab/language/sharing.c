/*
 * Writing a shared run: the script as it was carried out, the actions, the digests.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/version.h"
#include "lab/language/course.h"

typedef void line_writer(void *user, const char *line);

static void duration_add(struct text *text, uint64_t time_ns)
{
    value_add_exact(text, time_ns, UNIT_DURATION, NULL);
}

static void seed_write(const struct session *session, line_writer *line, void *user)
{
    char words[40];
    struct text text = TEXT(words);
    text_clear(&text);
    text_add(&text, "seed ");
    text_add_u64(&text, session->options.seed);
    line(user, words);
}

static void sets_write(const struct session *session, line_writer *line, void *user)
{
    char words[COMMAND_BYTES];
    struct text text = TEXT(words);
    struct command command;
    for (const char *const *set = session->options.sets; set && *set; set++) {
        command_of(&command, "set", *set, (const char *)NULL);
        text_clear(&text);
        language_join(&text, &command);
        line(user, words);
    }
}

/* The lines of the file, with what the command line had changed; those of an earlier sharing are
 * made anew. */
static void script_write(const struct session *session, line_writer *line, void *user)
{
    struct command command;
    struct error error;
    uint32_t number = 1;
    char *script = strdup(session->script), *rest = script;
    if (!script)
        abort();
    for (char *at; (at = strsep(&rest, "\n")); number++) {
        language_split(&command, at, number, &error);
        const char *name = command_word(&command, 0);
        if (number == session->set_line)
            sets_write(session, line, user);
        bool own = strcmp(name, "act") == 0 || strcmp(name, "made-with") == 0 ||
                   strcmp(name, "expect-digest") == 0 || strcmp(name, "share") == 0 ||
                   (session->seeded && strcmp(name, "seed") == 0);
        if (!own && (rest || *at))
            line(user, at);
    }
    if (!session->set_line)
        sets_write(session, line, user);
    free(script);
}

static void label_add(struct text *text, const char *name)
{
    if (name[0]) {
        text_add(text, name);
        text_add(text, ": ");
    }
}

static void deeds_write(const struct session *session, line_writer *line, void *user)
{
    char words[COMMAND_BYTES * 2];
    struct text text = TEXT(words);
    for (uint32_t i = 0; i < session->typed_count; i++) {
        const struct deed *deed = &session->typed[i];
        text_clear(&text);
        text_add(&text, "act ");
        duration_add(&text, deed->time_ns);
        text_add_char(&text, ' ');
        text_add_u64(&text, deed->events);
        text_add_char(&text, ' ');
        label_add(&text, deed->name);
        language_join(&text, &deed->command);
        line(user, words);
    }
}

static void digest_write(const char *name, uint64_t events, uint64_t digest, line_writer *line,
                         void *user)
{
    char words[128];
    struct text text = TEXT(words);
    text_clear(&text);
    text_add(&text, "expect-digest ");
    label_add(&text, name);
    text_add_u64(&text, events);
    text_add_char(&text, ' ');
    text_add_hex(&text, digest, 16);
    line(user, words);
}

static bool counted(const struct session *session, const char *name, uint64_t events)
{
    for (uint32_t i = 0; i < session->counted_count; i++)
        if (session->counted[i].events == events && strcmp(session->counted[i].name, name) == 0)
            return true;
    return false;
}

bool session_share(struct session *session, void (*line)(void *user, const char *words), void *user)
{
    char words[128];
    struct text text = TEXT(words);
    if (!session->floor && session_build(session) == SESSION_FAILED)
        return false;
    course_here(session);
    text_clear(&text);
    text_add(&text, "made-with " OUTAGE_VERSION " end ");
    duration_add(&text, session_now(session));
    line(user, words);
    if (session->seeded)
        seed_write(session, line, user);
    script_write(session, line, user);
    deeds_write(session, line, user);
    for (uint32_t i = 0; i < session->counted_count; i++)
        digest_write(session->counted[i].name, session->counted[i].events,
                     session->counted[i].digest, line, user);
    for (uint32_t i = 0; i < session->variant_count; i++) {
        const struct world *world = session->variants[i].world;
        const char *name = variant_label(session, (int32_t)i);
        if (!counted(session, name, world->events))
            digest_write(name, world->events, trace_digest(world), line, user);
    }
    return true;
}

static void line_put(void *user, const char *line)
{
    fputs(line, user);
    putc('\n', user);
}

bool session_share_file(struct session *session, const char *path, struct error *error)
{
    errno = EINVAL;
    FILE *file = strcmp(path, "-") == 0 ? NULL : fopen(path, "w"); /* - is no file */
    if (file) {
        bool written = session_share(session, line_put, file) && !ferror(file);
        if (fclose(file) == 0 && written)
            return true;
    }
    return error_set(error, ERROR_NO_OUTPUT_FILE, 1, path, strerror(errno), NULL, NULL);
}

bool act_share(struct session *session, struct call *call)
{
    const char *usage = lab_command_find("share")->usage;
    if (call->command->count < 2)
        return error_set(call->error, ERROR_MISSING_WORD, 0, "share", usage, NULL, NULL);
    if (call->command->count > 2)
        return error_set(call->error, ERROR_EXTRA_WORD, 2, command_word(call->command, 2), usage,
                         NULL, NULL);
    return session_share_file(session, command_word(call->command, 1), call->error);
}
