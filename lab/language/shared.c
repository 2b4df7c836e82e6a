/*
 * Shared runs: a world file with the actions that were typed, each at its exact place, and the
 * run's identity.
 */
#include <stdlib.h>
#include <string.h>

#include "lab/version.h"
#include "lab/language/parts.h"

static bool is(const struct command *command, unsigned word, const char *name)
{
    return strcmp(command_word(command, word), name) == 0;
}

/* Takes a "NAME:" before the next word: the variant is known only once the world is forked, so its
 * name stays in `name`. */
static unsigned label_take(const struct command *command, unsigned word, char *name)
{
    const char *words = command_word(command, word);
    size_t bytes = strlen(words);
    name[0] = 0;
    if (bytes < 2 || bytes > MARK_NAME_BYTES || words[bytes - 1] != ':')
        return word;
    memcpy(name, words, bytes - 1);
    name[bytes - 1] = 0;
    return word + 1;
}

/* --- reading ---------------------------------------------------------------------------------- */

static bool hex_read(const char *words, uint64_t *number)
{
    char *end;
    if (strlen(words) != 16 || words[strspn(words, "0123456789abcdef")])
        return false;
    *number = strtoull(words, &end, 16);
    return true;
}

/* expect-digest [VARIANT:] EVENT HEX */
static bool digest_read(struct session *session, const struct command *command, struct error *error)
{
    const char *usage = lab_command_find("expect-digest")->usage;
    struct digest digest = {.line = command->line};
    unsigned word = label_take(command, 1, digest.name);
    if (command->count < word + 2)
        return error_set(error, ERROR_MISSING_WORD, (uint16_t)(command->count - 1),
                         command_word(command, command->count - 1u), usage, NULL, NULL);
    if (command->count > word + 2)
        return error_set(error, ERROR_EXTRA_WORD, (uint16_t)(word + 2),
                         command_word(command, word + 2), usage, NULL, NULL);
    if (!value_parse(command_word(command, word), UNIT_COUNT, NULL, &digest.events, error)) {
        error->word = (uint16_t)word;
        return false;
    }
    if (!hex_read(command_word(command, word + 1), &digest.digest))
        return error_set(error, ERROR_BAD_DIGEST, (uint16_t)(word + 1),
                         command_word(command, word + 1), NULL, NULL, NULL);
    session->wanted = session_grow(session->wanted, session->wanted_count, &session->wanted_limit,
                                   sizeof *session->wanted);
    session->wanted[session->wanted_count++] = digest;
    return true;
}

/* act TIME EVENTS [VARIANT:] COMMAND */
static bool deed_read(struct session *session, const struct command *command, struct error *error)
{
    struct deed deed = {0};
    if (!value_parse(command_word(command, 1), UNIT_DURATION, NULL, &deed.time_ns, error)) {
        error->word = 1;
        return false;
    }
    if (!value_parse(command_word(command, 2), UNIT_COUNT, NULL, &deed.events, error)) {
        error->word = 2;
        return false;
    }
    unsigned word = label_take(command, 3, deed.name);
    const struct lab_command *row = lab_command_find(command_word(command, word));
    if (row && (row->flags & COMMAND_TIMED) && row->act)
        return error_set(error, ERROR_NOT_SCHEDULABLE, (uint16_t)word, row->name, NULL, NULL, NULL);
    command_tail(&deed.command, command, word);
    session->deeds = session_grow(session->deeds, session->deed_count, &session->deed_limit,
                                  sizeof *session->deeds);
    session->deeds[session->deed_count++] = deed;
    return true;
}

/* made-with VERSION [end TIME] */
static bool made_with_read(struct session *session, const struct command *command,
                           struct error *error)
{
    const char *usage = lab_command_find("made-with")->usage;
    struct text made_with = TEXT(session->made_with);
    if (command->count != 2 && command->count != 4)
        return error_set(error, ERROR_MISSING_WORD, (uint16_t)(command->count - 1),
                         command_word(command, command->count - 1u), usage, NULL, NULL);
    text_clear(&made_with);
    text_add(&made_with, command_word(command, 1));
    if (command->count == 2 ||
        value_parse(command_word(command, 3), UNIT_DURATION, NULL, &session->shared_end_ns, error))
        return true;
    error->word = 3;
    return false;
}

bool shared_read(struct session *session, const struct command *command, bool *taken,
                 struct error *error)
{
    *taken = true;
    if (is(command, 0, "act"))
        return deed_read(session, command, error);
    if (is(command, 0, "expect-digest"))
        return digest_read(session, command, error);
    *taken = is(command, 0, "made-with");
    return !*taken || made_with_read(session, command, error);
}

/* --- following -------------------------------------------------------------------------------- */

static bool of_variant(const struct session *session, const char *name, uint32_t variant)
{
    return strcmp(name, variant_label(session, (int32_t)variant)) == 0;
}

struct deed *shared_deed(struct session *session, uint32_t variant)
{
    for (uint32_t i = 0; i < session->deed_count; i++)
        if (!session->deeds[i].done && (is(&session->deeds[i].command, 0, "variant")
                                            ? variant == 0
                                            : of_variant(session, session->deeds[i].name, variant)))
            return &session->deeds[i];
    return NULL;
}

static uint64_t last_counted(const struct session *session, const char *name)
{
    for (uint32_t i = session->counted_count; i-- > 0;)
        if (strcmp(session->counted[i].name, name) == 0)
            return session->counted[i].events;
    return 0;
}

/* The next count of events at which this variant's digest is noted: every 100,000, and where one is
 * expected. */
uint64_t shared_next_events(const struct session *session, uint32_t variant)
{
    const char *name = variant_label(session, (int32_t)variant);
    uint64_t last = last_counted(session, name);
    uint64_t next = (last / DIGEST_EVERY + 1) * DIGEST_EVERY;
    for (uint32_t i = 0; i < session->wanted_count; i++)
        if (strcmp(session->wanted[i].name, name) == 0 && session->wanted[i].events > last &&
            session->wanted[i].events < next)
            next = session->wanted[i].events;
    return next;
}

static void digest_note(struct session *session, const char *name, uint64_t events, uint64_t digest)
{
    session->counted = session_grow(session->counted, session->counted_count,
                                    &session->counted_limit, sizeof *session->counted);
    struct digest *counted = &session->counted[session->counted_count++];
    *counted = (struct digest){.events = events, .digest = digest};
    strcpy(counted->name, name);
}

static bool went_another_way(struct session *session, uint64_t from, const struct digest *wanted)
{
    char a[24], b[24];
    struct text first = TEXT(a), second = TEXT(b);
    struct error error;
    struct command command = {.line = wanted->line};
    text_clear(&first);
    text_clear(&second);
    text_add_grouped(&first, from);
    text_add_grouped(&second, wanted->events);
    error_set(&error, ERROR_OTHER_WAY, 0, a, b, session->made_with[0] ? session->made_with : "?",
              OUTAGE_VERSION);
    session_fail(session, &command, &error);
    session->over = true;
    return false;
}

/* Notes this variant's digest and compares it with what the shared run had. */
bool shared_digest(struct session *session, uint32_t variant)
{
    const struct world *world = session->variants[variant].world;
    const char *name = variant_label(session, (int32_t)variant);
    uint64_t last = last_counted(session, name), digest = trace_digest(world);
    digest_note(session, name, world->events, digest);
    for (uint32_t i = 0; i < session->wanted_count; i++) {
        const struct digest *wanted = &session->wanted[i];
        if (!session->own_way && strcmp(wanted->name, name) == 0 &&
            wanted->events == world->events && wanted->digest != digest)
            return went_another_way(session, last, wanted);
    }
    return true;
}

static const struct digest *unreached(const struct session *session)
{
    for (uint32_t i = 0; i < session->wanted_count; i++) {
        const struct digest *wanted = &session->wanted[i];
        int32_t variant = variant_find(session, wanted->name, strlen(wanted->name));
        if (!session->forked)
            variant = wanted->name[0] ? -1 : 0;
        else if (!wanted->name[0])
            continue; /* before the fork: it was passed */
        if (variant < 0 || session->variants[variant].world->events < wanted->events)
            return wanted;
    }
    return NULL;
}

/* At the end: every digest that was expected has been met. */
bool shared_check(struct session *session)
{
    for (uint32_t i = 0; i < session->variant_count; i++)
        if (shared_next_events(session, i) == session->variants[i].world->events &&
            !shared_digest(session, i))
            return false;
    const struct digest *wanted = session->own_way ? NULL : unreached(session);
    if (wanted)
        return went_another_way(session, last_counted(session, wanted->name), wanted);
    return true;
}

uint64_t shared_end(const struct session *session)
{
    uint64_t end_ns = session->shared_end_ns;
    for (uint32_t i = 0; i < session->deed_count; i++)
        if (session->deeds[i].time_ns > end_ns)
            end_ns = session->deeds[i].time_ns;
    return end_ns;
}

bool act_nothing(struct session *session, struct call *call)
{
    (void)session;
    return error_set(call->error, ERROR_NOT_SCHEDULABLE, 0, command_word(call->command, 0), NULL,
                     NULL, NULL);
}

/* --- being shared ----------------------------------------------------------------------------- */

/* Remembers what was typed: the world has just carried it out. */
void shared_typed(struct session *session, const struct command *command, uint32_t mask)
{
    bool fork = is(command, 0, "variant");
    session->own_way = session->own_way || !session->deed_acts;
    for (uint32_t i = 0; i < session->variant_count; i++) {
        if (!(mask & 1u << i) || (fork && i > 0))
            continue;
        session->typed = session_grow(session->typed, session->typed_count, &session->typed_limit,
                                      sizeof *session->typed);
        struct deed *deed = &session->typed[session->typed_count++];
        *deed = (struct deed){.time_ns = session->variants[i].world->now_ns,
                              .events = session->variants[i].world->events,
                              .command = *command};
        if (!fork)
            strcpy(deed->name, variant_label(session, (int32_t)i));
    }
}

void shared_counted_back(struct session *session)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < session->counted_count; i++) {
        const struct digest *counted = &session->counted[i];
        int32_t variant = variant_find(session, counted->name, strlen(counted->name));
        bool before_fork = session->forked && !counted->name[0];
        if (before_fork ||
            counted->events < session->variants[variant < 0 ? 0 : variant].world->events)
            session->counted[kept++] = *counted;
    }
    session->counted_count = kept;
}

void shared_rewound(struct session *session, uint64_t time_ns, bool again,
                    const struct mark_place *mark)
{
    uint32_t kept = session->floor_typed;
    for (uint32_t i = kept; i < session->typed_count; i++)
        if (session->typed[i].time_ns < time_ns || (mark && i < mark->typed))
            session->typed[kept++] = session->typed[i];
    session->typed_count = kept;
    for (uint32_t i = 0; again && i < session->deed_count; i++)
        if (session->deeds[i].time_ns >= time_ns && !(mark && i < mark->deeds))
            session->deeds[i].done = false;
    shared_counted_back(session);
}

/* --- forks ------------------------------------------------------------------------------------ */

static bool of(const char *name, const struct deed *deed)
{
    return strcmp(deed->name, name) == 0 ||
           (is(&deed->command, 0, "variant") && strcmp(command_word(&deed->command, 1), name) == 0);
}

/* A variant is no part of the run any more: it disturbed nobody, so nobody misses it. */
void shared_closed(struct session *session, const char *name)
{
    uint32_t kept = session->fork.typed, floor = session->floor_typed;
    for (uint32_t i = kept; i < session->typed_count; i++) {
        if (!of(name, &session->typed[i]))
            session->typed[kept++] = session->typed[i];
        else if (i < floor)
            session->floor_typed--;
    }
    session->typed_count = kept;
    for (uint32_t i = 0; i < session->deed_count; i++)
        session->deeds[i].done = session->deeds[i].done || of(name, &session->deeds[i]);
    kept = 0;
    for (uint32_t i = 0; i < session->counted_count; i++)
        if (strcmp(session->counted[i].name, name) != 0)
            session->counted[kept++] = session->counted[i];
    session->counted_count = kept;
    kept = 0;
    for (uint32_t i = 0; i < session->wanted_count; i++)
        if (strcmp(session->wanted[i].name, name) != 0)
            session->wanted[kept++] = session->wanted[i];
    session->wanted_count = kept;
}

/* The last variant is the world now: what was said to it was said to the world. */
void shared_kept(struct session *session, const char *name)
{
    uint32_t kept = session->fork.typed;
    for (uint32_t i = kept; i < session->typed_count; i++) {
        struct deed *deed = &session->typed[i];
        struct command command = deed->command;
        bool fork = is(&command, 0, "variant");
        deed->name[0] = 0;
        if (fork)
            command_tail(&deed->command, &command, 2);
        if (deed->command.count)
            session->typed[kept++] = *deed;
    }
    session->typed_count = kept;
    for (uint32_t i = 0; i < session->deed_count; i++)
        if (strcmp(session->deeds[i].name, name) == 0)
            session->deeds[i].name[0] = 0;
    for (uint32_t i = 0; i < session->counted_count; i++)
        if (strcmp(session->counted[i].name, name) == 0)
            session->counted[i].name[0] = 0;
    for (uint32_t i = 0; i < session->wanted_count; i++)
        if (strcmp(session->wanted[i].name, name) == 0)
            session->wanted[i].name[0] = 0;
}

/* The fork is taken back: what was typed since is forgotten; what a shared run does then, it does
 * again. */
void shared_unforked(struct session *session)
{
    uint32_t kept = 0;
    session->typed_count = session->fork.typed;
    for (uint32_t i = 0; i < session->deed_count; i++) {
        struct deed *deed = &session->deeds[i];
        bool since = deed->time_ns >= session->fork.place.time_ns;
        if (since && (deed->name[0] || is(&deed->command, 0, "variant")))
            deed->done = false;
    }
    for (uint32_t i = 0; i < session->counted_count; i++)
        if (!session->counted[i].name[0])
            session->counted[kept++] = session->counted[i];
    session->counted_count = kept;
}
