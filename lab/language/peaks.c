/*
 * Peaks: which gauges a script asks the largest value of, counted from the start on.
 */
#include "lab/language/parts.h"

#include <string.h>

#define PEAK ".peak"

static struct peak_word *peak_word(struct session *session, const char *name)
{
    for (uint32_t i = 0; i < session->peak_count; i++)
        if (strcmp(session->peaks[i].name, name) == 0)
            return &session->peaks[i];
    return NULL;
}

static struct peak_word *peak_add(struct session *session, const char *name)
{
    struct peak_word *peak = peak_word(session, name);
    if (peak)
        return peak;
    session->peaks = session_grow(session->peaks, session->peak_count, &session->peak_limit,
                                  sizeof *session->peaks);
    peak = &session->peaks[session->peak_count++];
    struct text text = TEXT(peak->name);
    peak->known = false;
    text_clear(&text);
    text_add(&text, name);
    return peak;
}

void peaks_scan(struct session *session, const struct command *command)
{
    for (unsigned i = 0; i < command->count; i++) {
        const char *word = command_word(command, i);
        size_t bytes = strlen(word), before = strcspn(word, ":.");
        if (bytes > strlen(PEAK) && bytes < sizeof session->peaks->name &&
            strcmp(word + bytes - strlen(PEAK), PEAK) == 0)
            peak_add(session, word[before] == ':' ? word + before + 1 : word);
    }
}

static bool peak_in(struct world *world, const char *name)
{
    struct metric_ref metric;
    struct error error;
    return world_metric(world, name, &metric, &error) && world_watch_peak(world, metric);
}

/* What may not exist yet is asked again after the next command. */
void peaks_register(struct session *session)
{
    for (uint32_t p = 0; p < session->peak_count; p++) {
        struct peak_word *peak = &session->peaks[p];
        if (peak->known)
            continue;
        peak->known = true;
        for (uint32_t i = 0; i < session->variant_count; i++)
            if (!peak_in(session->variants[i].world, peak->name))
                peak->known = false;
        if (session->fork_open)
            peak->known = peak_in(session->base, peak->name) && peak->known;
    }
}

static void peak_from_start(void *user, struct world *world)
{
    peak_in(world, user);
}

void peaks_ask(struct session *session, const char *name)
{
    char copy[sizeof session->peaks->name];
    struct text text = TEXT(copy);
    struct peak_word *peak = peak_word(session, name);
    if (peak && peak->known)
        return;
    text_clear(&text);
    text_add(&text, name);
    peak = peak_add(session, copy);
    peak->known = true;
    peak->forked = session->base != NULL;
    for (uint32_t i = 0; i < session->variant_count; i++) {
        struct variant *variant = &session->variants[i];
        if (variant->history)
            history_amend(variant->history, variant->world, peak_from_start, copy);
        peak_in(variant->world, copy);
    }
}

void peaks_again(struct session *session)
{
    struct variant *variant = &session->variants[0];
    for (uint32_t i = 0; i < session->peak_count; i++) {
        struct peak_word *peak = &session->peaks[i];
        if (peak->forked && variant->history)
            history_amend(variant->history, variant->world, peak_from_start, peak->name);
        peak->forked = false;
    }
    peaks_register(session);
}

const char *session_peak_name(const struct session *session, uint32_t i)
{
    return i < session->peak_count ? session->peaks[i].name : NULL;
}
