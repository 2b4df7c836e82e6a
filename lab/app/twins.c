/* Twins: their figures, which of them is large, the fork behind a key. */
#include "lab/app/twins.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/app/drive.h"
#include "lab/app/flow.h"
#include "lab/app/panel.h"
#include "lab/app/prompt.h"

bool twins_exist(const struct model *model)
{
    uint32_t pair[2];
    return model->session && session_pair(model->session, pair);
}

/* What the file forked is compared in Watch; before that the first one is the world. */
bool twins_shown(const struct model *model)
{
    bool own = model->screen == PLACE_WORLD || model->screen == PLACE_WATCH;
    bool by_hand = model->screen == PLACE_TRY || model->screen == PLACE_VARY;
    if (!twins_exist(model) || model->twins.large ||
        (model->screen == PLACE_WATCH && flow_shows_ladder(model)))
        return false;
    return own || (by_hand && !session_fork_of_file(model->session));
}

uint32_t twins_variant(const struct model *model, unsigned side)
{
    uint32_t pair[2] = {0, 0};
    return session_pair(model->session, pair) ? pair[side] : 0;
}

uint32_t twins_focus(const struct model *model)
{
    return twins_variant(model, model->twins.large == 2);
}

const char *twins_prefix(const struct model *model, char to[40])
{
    to[0] = 0;
    if (twins_exist(model) && model->twins.large)
        snprintf(to, 40, "%s: ", session_variant(model->session, twins_focus(model))->name);
    return to;
}

const char *twins_judged(const struct model *model, const char *condition, char words[LINE_BYTES])
{
    if (!twins_exist(model) || session_fork_of_file(model->session) || strchr(condition, ':'))
        return condition;
    snprintf(words, LINE_BYTES, "%s:%s",
             session_variant(model->session, twins_variant(model, 1))->name, condition);
    return words;
}

const char *twins_told(const struct model *model, const char *name, char words[LINE_BYTES])
{
    if (!session_forked(model->session) || !session_fork_of_file(model->session) ||
        strchr(name, ':'))
        return twins_judged(model, name, words);
    snprintf(words, LINE_BYTES, "%s:%s", session_variant(model->session, 0)->name, name);
    return words;
}

/* --- figures ---------------------------------------------------------------------------------- */

static void charts_copy(struct look *to, const struct look *from)
{
    to->chart_count = from->chart_count;
    memcpy(to->charts, from->charts, sizeof to->charts);
}

void twins_follow(struct model *model)
{
    struct twins *twins = &model->twins;
    bool forked = session_forked(model->session);
    if (forked == twins->forked)
        return;
    twins->forked = forked;
    twins->large = 0;
    for (uint32_t i = 0; i < VARIANTS_MAX && forked; i++)
        charts_copy(&twins->looks[i], &model->look);
    if (forked)
        return;
    charts_copy(&model->look, &twins->looks[0]);
    for (uint32_t i = 0; i < model->news_count; i++)
        model->news[i].variant = -1;
}

static bool is_hidden(void *user, const char *metric)
{
    return session_hidden(user, metric);
}

static void row_found(void *user, const struct difference *difference)
{
    struct twins *twins = user;
    if (twins->row_count < TWINS_ROWS)
        twins->rows[twins->row_count++] = *difference;
}

static void differences_take(struct model *model)
{
    struct twins *twins = &model->twins;
    struct world *worlds[2];
    for (unsigned side = 0; side < 2; side++) {
        struct text text = TEXT(twins->change[side]);
        uint32_t i = twins_variant(model, side);
        worlds[side] = session_variant(model->session, i)->world;
        twins->changes[side] = session_change(model->session, i, &text);
    }
    twins->row_count = 0;
    twins->row_total = differ_metrics(model->session, worlds[0], worlds[1], row_found, twins);
}

void twins_look(struct model *model)
{
    struct twins *twins = &model->twins;
    if (!twins_exist(model))
        return;
    differences_take(model);
    for (unsigned side = 0; side < 2; side++) {
        uint32_t i = twins_variant(model, side);
        look_take(&twins->looks[i], session_variant(model->session, i)->world, is_hidden,
                  model->session);
    }
    charts_copy(&model->look, &twins->looks[twins_focus(model)]);
}

static int64_t now_of(struct world *world, const char *name)
{
    struct metric_ref metric;
    struct error error;
    struct value value = {0};
    const char *label = strchr(name, ':');
    bool known = world_metric(world, label ? label + 1 : name, &metric, &error) &&
                 world_read(world, metric, &value);
    return known ? value.number : 0;
}

void twins_sample(struct model *model)
{
    uint32_t count = session_forked(model->session) ? session_variants(model->session) : 0;
    twins_follow(model);
    for (uint32_t i = 0; i < count; i++) {
        struct look *look = &model->twins.looks[i];
        for (uint32_t k = 0; k < look->chart_count; k++)
            look_sample(look, k, session_now(model->session),
                        now_of(session_variant(model->session, i)->world, look->charts[k].name));
    }
}

void twins_closed(struct model *model, uint32_t variant)
{
    struct look *looks = model->twins.looks;
    uint32_t kept = 0;
    look_release(&looks[variant]);
    memmove(looks + variant, looks + variant + 1, (VARIANTS_MAX - 1 - variant) * sizeof *looks);
    memset(&looks[VARIANTS_MAX - 1], 0, sizeof *looks);
    for (uint32_t i = 0; i < model->news_count; i++) {
        struct news news = model->news[i];
        if (news.variant == (int)variant)
            continue;
        news.variant -= news.variant > (int)variant;
        model->news[kept++] = news;
    }
    model->news_count = kept;
    model->twins.large = 0;
}

void twins_back(struct model *model, uint64_t now_ns)
{
    for (uint32_t i = 0; i < VARIANTS_MAX; i++)
        look_samples_back(&model->twins.looks[i], now_ns);
}

/* --- what a person does ----------------------------------------------------------------------- */

void twins_enlarge(struct model *model, unsigned side)
{
    model->twins.large = model->twins.large == side ? 0 : side;
    model_look(model);
}

static bool begins_with(const char *line, const char *verb)
{
    size_t bytes = strlen(verb);
    line += strspn(line, " ");
    return strncmp(line, verb, bytes) == 0 && (line[bytes] == ' ' || line[bytes] == 0);
}

bool twins_guards(struct model *model, const char *line)
{
    bool closes =
        begins_with(line, "keep") || begins_with(line, "end") || begins_with(line, "unfork");
    if (!closes || !flow_active(model) || !session_fork_of_file(model->session))
        return false;
    model_tell(model, "%s", model_say(model, WORD_LESSONS_TWINS));
    return true;
}

#define FORK_WORDS "variant b "

/* The setting that is chosen in a part's screen, with its next value where it has few. */
static void add_setting(const struct model *model, struct text *text)
{
    const struct part *part = look_part(&model->look, model->selected);
    struct world *world = model_world(model);
    if (model->screen != PLACE_PART || !part || model->row >= catalog[part->kind]->parameter_count)
        return;
    const struct parameter *row = &catalog[part->kind]->parameters[model->row];
    uint64_t value = parameter_get(world, part->id, model->row);
    text_add(text, "set ");
    text_add(text, part->name);
    text_add(text, ".");
    text_add(text, row->name);
    text_add(text, "=");
    if (row->unit == UNIT_BOOLEAN)
        text_add(text, value ? "no" : "yes");
    else
        parameter_add(text, world, row, value);
}

void twins_open(struct model *model)
{
    char line[LINE_BYTES];
    struct text text = TEXT(line);
    text_clear(&text);
    if (session_forked(model->session)) {
        text_add(&text, "keep ");
        text_add(&text, session_variant(model->session, twins_focus(model))->name);
        prompt_open(model, line);
        return;
    }
    text_add(&text, FORK_WORDS);
    add_setting(model, &text);
    prompt_open(model, line);
    model->twins.forking = true;
    model_tell(model, "%s", model_say(model, WORD_FORK_HOW));
}

bool twins_digit(struct model *model, const struct key *key)
{
    struct panel_row rows[PANEL_MAX];
    if (model->asking != FIELD_COMMAND || key->code != KEY_CODE_TEXT || key->letter < '1' ||
        key->letter > '8' || strcmp(model->field.text, FORK_WORDS) != 0)
        return false;
    unsigned count = panel_rows(model, rows), row = key->letter - '1';
    if (row < count)
        field_insert(&model->field, rows[row].line);
    return row < count;
}

bool twins_fork(struct model *model, const char *line)
{
    char both[2 * LINE_BYTES];
    struct error error;
    bool by_key = model->twins.forking;
    if (!by_key || session_forked(model->session) || !begins_with(line, "variant"))
        return model_command(model, line);
    if (flow_guards(model, line))
        return false;
    if (model->screen == PLACE_VARY && model->flow.tried)
        flow_again(model, true);
    if (!model_command(model, "variant a"))
        return false;
    if (!model_command(model, line)) {
        session_line(model->session, "unfork", &error);
        model_look(model);
        return false;
    }
    flow_changed(model, "variant a");
    snprintf(both, sizeof both, "variant a; %s", line);
    snprintf(model->last_command, sizeof model->last_command, "%.*s", LINE_BYTES - 1, both);
    return true;
}

void twins_undo(struct model *model)
{
    struct error error;
    if (!session_forked(model->session) || session_fork_of_file(model->session))
        return;
    uint64_t before_ns = session_now(model->session);
    if (!session_line(model->session, "unfork", &error))
        return;
    twins_follow(model);
    drive_moved(model, before_ns);
    model_tell(model, "%s", model_say(model, WORD_TWINS_END));
    snprintf(model->last_command, sizeof model->last_command, "unfork");
}
