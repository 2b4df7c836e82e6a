/* What a lesson's prose speaks of: figures of the run, one lost write's life. */
#include "lab/app/flow.h"
#include "lab/app/twins.h"

#include <stdio.h>
#include <string.h>

#include "sim/store/ledger.h"

/* As the session itself reads it: variants, peaks and the world's totals too. */
static bool read_now(const struct model *model, const char *name, struct value *value)
{
    char words[LINE_BYTES];
    return session_figure(model->session, twins_told(model, name, words), value);
}

bool flow_told(const struct model *model, const char *name, struct value *value)
{
    const struct ended *ended = &model->ended;
    if (session_hidden(model->session, name))
        return false;
    if (!model->flow.ended || model->screen == PLACE_VARY)
        return read_now(model, name, value);
    for (uint32_t i = 0; i < ended->told_count; i++) {
        if (strcmp(ended->told[i].name, name) == 0) {
            *value = ended->told[i].value;
            return true;
        }
    }
    return false;
}

/* What stands in braces and is no figure of a part. */
static void take_told(struct model *model, const char *words)
{
    struct ended *ended = &model->ended;
    while ((words = strchr(words, '{')) != NULL && ended->told_count < TOLD_MAX) {
        struct told *told = &ended->told[ended->told_count];
        size_t length = strcspn(++words, "}");
        if (length == 0 || length >= sizeof told->name)
            continue;
        snprintf(told->name, sizeof told->name, "%.*s", (int)length, words);
        if (!look_figure(&ended->look, told->name) && read_now(model, told->name, &told->value))
            ended->told_count++;
    }
}

/* The first write that a client was told OK for and that is gone; 0 none. */
static uint64_t first_lost(const struct world *world, struct ledger_life *life)
{
    for (uint64_t write = 1; write <= world->writes; write++)
        if (ledger_of(world, write, life) && life->outcome == LEDGER_ACKED && life->lost)
            return write;
    return 0;
}

/* A line of a life as it fits beside others: thousandths of a second, no wide gaps. */
static void add_closer(struct text *to, const char *line)
{
    size_t clock = strspn(line, " ") + strspn(line + strspn(line, " "), "0123456789:.");
    const char *point = strchr(line, '.');
    bool micro = point && clock > 4 && point < line + clock && line + clock - point == 7;
    for (const char *at = line; *at; at++) {
        bool cut = micro && at > point + 3 && at < point + 7;
        bool gap = at > line + clock && at[0] == ' ' && at[1] == ' ' && at[2] == ' ';
        if (!cut && !gap)
            text_add_char(to, *at);
    }
}

/* Of a life its heading, the snapshot before it, that it was sent, that the client believed it safe
 * and how it went: what a person can take in at once. */
static void shorten(const char *life, uint64_t lost_ns, struct text *to)
{
    char lost[32];
    struct text clock = TEXT(lost);
    unsigned line = 0, steps = 0;
    char gone[300] = "";
    text_clear(to);
    clock_add(&clock, lost_ns, 6);
    for (size_t length; *life; life += length + (life[length] == '\n'), line++) {
        length = strcspn(life, "\n");
        char words[300];
        snprintf(words, sizeof words, "%.*s\n", (int)length, life);
        bool at_loss = strncmp(words + strspn(words, " "), lost, strlen(lost)) == 0;
        if (at_loss) { /* the last one of that moment says how */
            memcpy(gone, words, sizeof gone);
        } else if (line == 0 || strstr(words, "(fork)") || strstr(words, "<-") || steps++ == 0) {
            add_closer(to, words);
        }
    }
    add_closer(to, gone);
}

static void take_life(struct model *model, uint64_t lost_ns)
{
    char whole[LANGUAGES][ANSWER_BYTES];
    struct text in[LANGUAGES];
    struct error error;
    for (int language = 0; language < LANGUAGES; language++) {
        in[language] = TEXT(whole[language]);
        model->ended.life[language][0] = 0;
    }
    if (model->life_write && session_life_in_all(model->session, 0, model->life_write, in, &error))
        for (int language = 0; language < LANGUAGES; language++) {
            struct text brief = TEXT(model->ended.life[language]);
            shorten(whole[language], lost_ns, &brief);
        }
}

void flow_take_end(struct model *model)
{
    struct ended *ended = &model->ended;
    struct ledger_life ledger = {0};
    struct world *world = session_variant(model->session, 0)->world;
    look_take(&ended->look, world, NULL, NULL);
    model->life_write = first_lost(world, &ledger);
    ended->told_count = 0;
    for (int language = 0; language < LANGUAGES; language++) {
        const struct lesson_text *text = &model->flow.lesson->text[language];
        for (uint32_t i = 0; i < text->block_count[STEP_EXPLAIN]; i++)
            if (text->blocks[STEP_EXPLAIN][i].words)
                take_told(model, text->blocks[STEP_EXPLAIN][i].words);
    }
    take_life(model, ledger.lost_at_ns);
}
