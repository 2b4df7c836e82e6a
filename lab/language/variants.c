/*
 * Variants: the world is forked, one of them is closed or kept, the fork is taken back.
 */
#include "lab/language/parts.h"

#include <stdlib.h>
#include <string.h>

#include "sim/engine/need.h"

/* --- names ------------------------------------------------------------------------------------ */

const char *variant_label(const struct session *session, int32_t variant)
{
    if (!session->forked || variant < 0 || (uint32_t)variant >= session->variant_count)
        return "";
    return session->variants[variant].name;
}

int32_t variant_find(const struct session *session, const char *name, size_t bytes)
{
    if (session->forked)
        for (uint32_t i = 0; i < session->variant_count; i++)
            if (strlen(session->variants[i].name) == bytes &&
                memcmp(session->variants[i].name, name, bytes) == 0)
                return (int32_t)i;
    return -1;
}

bool variant_unknown(const struct session *session, const char *name, size_t bytes, unsigned word,
                     struct error *error)
{
    char copy[64];
    struct text text = TEXT(copy);
    const char *best = NULL;
    unsigned distance = 99;
    text_clear(&text);
    text_add_bytes(&text, name, bytes);
    for (uint32_t i = 0; session->forked && i < session->variant_count; i++)
        nearest_try(copy, session->variants[i].name, &best, &distance);
    return error_set(error, best ? ERROR_UNKNOWN_VARIANT : ERROR_NO_VARIANT, (uint16_t)word, copy,
                     best, NULL, NULL);
}

bool name_is_right(const char *name)
{
    size_t bytes = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return name[0] >= 'a' && name[0] <= 'z' && !name[bytes] && bytes < MARK_NAME_BYTES;
}

/* May a world with this name be forked now? */
static bool fork_allowed(const struct session *session, const struct call *call)
{
    const char *name = command_word(call->command, 1);
    char most[8];
    struct text text = TEXT(most);
    if (call->command->count < 2)
        return error_set(call->error, ERROR_MISSING_WORD, 0, "variant", "variant NAME [COMMAND]",
                         NULL, NULL);
    if (session->forked && !session->fork_open)
        return error_set(call->error, ERROR_VARIANT_LATE, 0, NULL, NULL, NULL, NULL);
    if (!name_is_right(name))
        return error_set(call->error, ERROR_BAD_NAME, 1, name, NULL, NULL, NULL);
    if (variant_find(session, name, strlen(name)) >= 0)
        return error_set(call->error, ERROR_NAME_TAKEN, 1, name, NULL, NULL, NULL);
    text_clear(&text);
    text_add_u64(&text, VARIANTS_MAX);
    if (session->fork_open && session->variant_count == VARIANTS_MAX)
        return error_set(call->error, ERROR_TOO_MANY_VARIANTS, 0, most, NULL, NULL, NULL);
    return true;
}

/* --- forking --------------------------------------------------------------------------------- */

/* Where the world stands: what taking the fork back returns to. */
static void place_note(struct session *session, const struct call *call)
{
    struct fork *fork = &session->fork;
    bool of_file = call->source == SOURCE_FILE;
    fork->place = (struct mark_place){.cursor = session->cursor - of_file,
                                      .batches = session->batch_count,
                                      .expectations = session->expectation_count,
                                      .time_ns = session_now(session),
                                      .running = session->file_run};
    fork->of_file = of_file;
    fork->typed = session->typed_count;
    fork->floor_typed = session->floor_typed;
    fork->floor_expectations = session->floor_expectations;
    fork->marks = session->marks;
    fork->mark_count = session->mark_count;
    session->marks = NULL;
    session->mark_count = session->mark_limit = 0;
}

/* From the first `variant` on, what was the world is only the base of the others. */
static bool fork_begin(struct session *session, const struct call *call)
{
    struct world *base = session->variants[0].world;
    struct world *first = room_open(session, &session->outsides[0], call->error);
    if (!first)
        return false;
    place_note(session, call);
    base->outside = NULL;
    session->base_history = session->variants[0].history;
    session->variants[0].history = NULL;
    session->base = base;
    session->variants[0].world = first;
    session->variant_count = 0;
    session->ended_count = 0;
    session->pair[0] = 0;
    session->pair[1] = 1;
    session->forked = session->fork_open = true;
    return true;
}

static void variant_release(struct session *session, uint32_t i)
{
    history_close(session->variants[i].history);
    room_close(session, session->variants[i].world);
    memset(&session->variants[i], 0, sizeof session->variants[i]);
}

/* The base is the world again, exactly where it was forked. */
static void base_back(struct session *session)
{
    struct fork *fork = &session->fork;
    session->variants[0].world = session->base;
    session->variants[0].history = session->base_history;
    session->base->outside = &session->outsides[0];
    session->base = NULL;
    session->base_history = NULL;
    session->variant_count = 1;
    session->forked = session->fork_open = false;
    free(session->marks);
    session->marks = fork->marks;
    session->mark_count = session->mark_limit = fork->mark_count;
    session->floor_typed = fork->floor_typed;
    session->floor_expectations = fork->floor_expectations;
    fork->marks = NULL;
    room_listen(session, 0);
}

/* Takes the last variant back, its command was wrong. */
static void fork_undo(struct session *session)
{
    variant_release(session, --session->variant_count);
    if (session->variant_count == 0)
        base_back(session);
}

static bool change_carry(struct session *session, struct call *call, uint32_t i)
{
    struct command *change = &session->changes[i];
    struct text text = TEXT(session->variants[i].change);
    change->count = 0;
    if (call->command->count == 2)
        return true;
    command_tail(change, call->command, 2);
    text_clear(&text);
    language_join(&text, change);
    if (session_carry(session, change, 1u << i, SOURCE_DUE, call->error))
        return true;
    call->error->word = (uint16_t)(call->error->word + 2);
    return false;
}

bool session_fork(struct session *session, struct call *call)
{
    const char *name = command_word(call->command, 1);
    if (!fork_allowed(session, call) ||
        (call->command->count > 2 && !command_check(call->command, 2, true, call->error)))
        return false;
    if (!session->forked && !fork_begin(session, call))
        return false;
    uint32_t i = session->variant_count;
    struct variant *variant = &session->variants[i];
    if (!variant->world) {
        variant->world = room_open(session, &session->outsides[i], call->error);
        if (!variant->world)
            return false;
    }
    world_copy(variant->world, session->base);
    strcpy(variant->name, name);
    session->variant_count = i + 1;
    room_listen(session, i);
    if (change_carry(session, call, i) &&
        (!session->floor || variant->history || room_remember(session, i, call->error)))
        return true;
    fork_undo(session);
    return false;
}

void session_settle(struct session *session)
{
    if (!session->fork_open)
        return;
    session->fork_open = false;
    if (session->floor) {
        session->floor = false;
        session_set_floor(session);
        return;
    }
    /* The run begins with its variants: there is nothing before them. */
    room_close(session, session->base);
    history_close(session->base_history);
    free(session->fork.marks);
    session->fork.marks = NULL;
    session->base = NULL;
    session->base_history = NULL;
}

/* --- closing ---------------------------------------------------------------------------------- */

bool variant_ended(const struct session *session, const char *name, size_t bytes)
{
    for (uint32_t i = 0; i < session->ended_count; i++)
        if (strlen(session->ended[i]) == bytes && memcmp(session->ended[i], name, bytes) == 0)
            return true;
    return false;
}

bool variant_is_kept(const struct session *session, const char *name, size_t bytes)
{
    return !session->forked && bytes && strlen(session->kept) == bytes &&
           memcmp(session->kept, name, bytes) == 0;
}

static void expectations_shift(struct session *session, int32_t closed)
{
    for (uint32_t i = 0; i < session->expectation_count; i++) {
        int32_t *variant = &session->expectations[i].variant;
        if (*variant == closed)
            *variant = -1;
        else if (*variant > closed)
            --*variant;
    }
}

/* Who was looked at and is gone leaves the place to another one. */
static void pair_shift(struct session *session, uint32_t closed)
{
    uint32_t *pair = session->pair;
    bool gone[2] = {pair[0] == closed, pair[1] == closed};
    for (int k = 0; k < 2; k++)
        pair[k] -= pair[k] > closed;
    for (int k = 0; k < 2; k++)
        if (gone[k])
            pair[k] = pair[1 - k] == 0 ? 1 : 0;
}

/* Ends one; those behind it move up. */
static void variant_close(struct session *session, uint32_t i)
{
    const struct session_output *output = &session->options.output;
    if (session->ended_count < VARIANTS_MAX)
        strcpy(session->ended[session->ended_count++], session->variants[i].name);
    variant_release(session, i);
    if (output->closed)
        output->closed(output->user, (int)i);
    for (uint32_t k = i; k + 1 < session->variant_count; k++) {
        session->variants[k] = session->variants[k + 1];
        session->held[k] = session->held[k + 1];
        session->changes[k] = session->changes[k + 1];
        session->outsides[k] = session->outsides[k + 1];
        session->variants[k].world->outside = &session->outsides[k];
        room_listen(session, k);
        history_replay_due(session->variants[k].history, session_due_again, &session->places[k]);
    }
    session->variant_count--;
    memset(&session->variants[session->variant_count], 0, sizeof *session->variants);
    session->held[session->variant_count].waits = false;
    expectations_shift(session, (int32_t)i);
    pair_shift(session, i);
}

static void change_again(struct world *world, const struct command *command)
{
    struct error error;
    char nothing[1];
    struct text answer = TEXT(nothing);
    const struct lab_command *row = lab_command_find(command_word(command, 0));
    if (!row)
        world_command(world, command, &answer, &error);
    else if (row->act == act_schedule)
        schedule_in(world, command, &error);
    else if (row->act == act_mark)
        world_reset_peaks(world);
}

/* Marks before the fork stay, unless a later one has their name. */
static void marks_join(struct session *session)
{
    struct fork *fork = &session->fork;
    for (uint32_t i = 0; i < fork->mark_count; i++) {
        bool again = false;
        for (uint32_t k = 0; k < session->mark_count; k++)
            again = again || strcmp(session->marks[k].name, fork->marks[i].name) == 0;
        if (again)
            continue;
        session->marks = session_grow(session->marks, session->mark_count, &session->mark_limit,
                                      sizeof *session->marks);
        session->marks[session->mark_count++] = fork->marks[i];
    }
    free(fork->marks);
    fork->marks = NULL;
}

/* The one that is left is the world from now on, as if its change had been typed at the fork: what
 * lies before can be gone back to. */
static void fork_join(struct session *session)
{
    struct variant *variant = &session->variants[0];
    shared_kept(session, variant->name);
    if (session->changes[0].count)
        history_log(session->base_history, session->base, &session->changes[0], change_again);
    history_join(session->base_history, variant->history);
    variant->history = session->base_history;
    room_close(session, session->base);
    session->base = NULL;
    session->base_history = NULL;
    session->forked = false;
    session->floor_typed = session->fork.floor_typed;
    session->floor_expectations = session->fork.floor_expectations;
    strcpy(session->kept, variant->name);
    variant->name[0] = variant->change[0] = 0;
    marks_join(session);
    room_listen(session, 0);
    peaks_again(session);
}

/* What a file forked stays a variant with its name, though it be the last: the file speaks of it.
 */
static void close_all_but(struct session *session, uint32_t mask)
{
    branches_close_forked(session);
    for (uint32_t i = session->variant_count; i-- > 0;) {
        if (mask & 1u << i)
            continue;
        shared_closed(session, session->variants[i].name);
        variant_close(session, i);
    }
    if (session->variant_count == 1 && session->base && !session->fork.of_file)
        fork_join(session);
}

/* The variants that a command names from its second word on; 0 with the error. */
static uint32_t variants_named(struct session *session, const struct call *call, unsigned most)
{
    const struct command *command = call->command;
    const char *usage = lab_command_find(command_word(command, 0))->usage;
    uint32_t mask = 0;
    if (!need_count(command, 2, most, usage, call->error))
        return 0;
    for (unsigned word = 1; word < command->count; word++) {
        const char *name = command_word(command, word);
        int32_t i = variant_find(session, name, strlen(name));
        if (i < 0) {
            variant_unknown(session, name, strlen(name), word, call->error);
            return 0;
        }
        mask |= 1u << i;
    }
    return mask;
}

bool act_keep(struct session *session, struct call *call)
{
    uint32_t mask = variants_named(session, call, 2);
    if (mask)
        close_all_but(session, mask);
    return mask != 0;
}

bool act_end(struct session *session, struct call *call)
{
    uint32_t all = (1u << session->variant_count) - 1u;
    uint32_t mask = variants_named(session, call, COMMAND_WORDS);
    if (mask == all)
        return error_set(call->error, ERROR_LAST_VARIANT, 0, NULL, NULL, NULL, NULL);
    if (mask)
        close_all_but(session, all & ~mask);
    return mask != 0;
}

/* --- taking it back --------------------------------------------------------------------------- */

static void unfork(struct session *session, enum source source)
{
    const struct session_output *output = &session->options.output;
    const struct mark_place place = session->fork.place;
    bool of_file = session->fork.of_file;
    branches_close_forked(session);
    shared_unforked(session);
    for (uint32_t i = session->variant_count; i-- > 0;) {
        variant_release(session, i);
        session->held[i].waits = false;
        if (output->closed)
            output->closed(output->user, (int)i);
    }
    base_back(session);
    session->typed_run.active = false;
    session->expectation_count = place.expectations;
    if (source != SOURCE_FILE) {
        session->cursor = place.cursor;
        session->file_run = of_file ? (struct running){0} : place.running;
        session->batch_count = place.batches;
    }
    session_went_back(session, place.time_ns);
    peaks_again(session);
}

bool act_unfork(struct session *session, struct call *call)
{
    if (!need_count(call->command, 1, 1, "unfork", call->error))
        return false;
    if (!session->forked)
        return error_set(call->error, ERROR_NOT_FORKED, 0, NULL, NULL, NULL, NULL);
    if (!session->base)
        return error_set(call->error, ERROR_FORK_STAYS, 0, NULL, NULL, NULL, NULL);
    unfork(session, call->source);
    return true;
}

/* --- asking ----------------------------------------------------------------------------------- */

bool session_forked(const struct session *session)
{
    return session->forked;
}

uint64_t session_fork_time(const struct session *session)
{
    bool back = session->forked && session->base;
    return back ? session->fork.place.time_ns : TIME_NEVER;
}

bool session_fork_of_file(const struct session *session)
{
    return session->forked && session->fork.of_file;
}
