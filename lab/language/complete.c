/*
 * Words that may come next at the prompt: from the tables and from what is in the world.
 */
#include <string.h>

#include "lab/language/parts.h"

struct completion {
    struct session *session;
    const struct command *command; /* what stands before the last word */
    const char *last;              /* what was typed of the last word */
    session_candidate *candidate;
    void *user;
};

static const char *in(const struct completion *c, const char *en, const char *ko)
{
    return c->session->options.language == LANGUAGE_KO ? ko : en;
}

static void offer(const struct completion *c, const char *word, const char *help)
{
    if (strncmp(word, c->last, strlen(c->last)) == 0)
        c->candidate(c->user, word, help ? help : "");
}

static void commands_offer(const struct completion *c)
{
    for (const struct verb *verb = verbs; verb->name; verb++)
        offer(c, verb->name, in(c, verb->en, verb->ko));
    for (const struct lab_command *row = lab_commands; row->name; row++)
        if (!(row->flags & COMMAND_LESSON))
            offer(c, row->name, in(c, row->en, row->ko));
    char label[MARK_NAME_BYTES + 1];
    struct text text = TEXT(label);
    for (uint32_t i = 0; c->session->forked && i < c->session->variant_count; i++) {
        text_clear(&text);
        text_add(&text, c->session->variants[i].name);
        text_add_char(&text, ':');
        offer(c, label, c->session->variants[i].change);
    }
}

static struct world *world_of(const struct completion *c)
{
    return c->session->variants[0].world;
}

static void names_offer(const struct completion *c)
{
    struct world *world = world_of(c);
    for (uint32_t id = component_next(world, 0, KIND_NONE); id;
         id = component_next(world, id, KIND_NONE))
        if (id != world->network && id != world->self)
            offer(c, component_at(world, id)->name, component_kind(world, id)->name);
}

static void metrics_offer(const struct completion *c)
{
    struct world *world = world_of(c);
    char name[NAME_BYTES + 64];
    struct text text = TEXT(name);
    for (uint32_t id = component_next(world, 0, KIND_NONE); id;
         id = component_next(world, id, KIND_NONE)) {
        const struct kind *kind = component_kind(world, id);
        for (unsigned i = 0; i < kind->metric_count; i++) {
            text_clear(&text);
            text_add(&text, component_at(world, id)->name);
            text_add_char(&text, '.');
            text_add(&text, kind->metrics[i].name);
            if (!session_hidden(c->session, name))
                offer(c, name, in(c, kind->metrics[i].en, kind->metrics[i].ko));
        }
    }
}

static void parameters_offer(const struct completion *c, const struct kind *kind)
{
    char word[NAME_BYTES];
    struct text text = TEXT(word);
    for (unsigned i = 0; kind && i < kind->parameter_count; i++) {
        text_clear(&text);
        text_add(&text, kind->parameters[i].name);
        text_add_char(&text, '=');
        offer(c, word, in(c, kind->parameters[i].en, kind->parameters[i].ko));
    }
}

static const struct kind *kind_named(const char *name)
{
    for (unsigned i = 1; i < KIND_COUNT; i++)
        if (strcmp(catalog[i]->name, name) == 0)
            return catalog[i];
    return NULL;
}

static void kinds_offer(const struct completion *c)
{
    for (unsigned i = 1; i < KIND_COUNT; i++)
        if (catalog[i]->buildable)
            offer(c, catalog[i]->name, in(c, catalog[i]->en, catalog[i]->ko));
}

static void marks_offer(const struct completion *c)
{
    for (uint32_t i = 0; i < c->session->mark_count; i++)
        offer(c, c->session->marks[i].name, "");
}

static void variants_offer(const struct completion *c)
{
    for (uint32_t i = 0; c->session->forked && i < c->session->variant_count; i++)
        offer(c, c->session->variants[i].name, c->session->variants[i].change);
}

static void reports_offer(const struct completion *c)
{
    static const char *const reports[] = {"ledger",       "deliveries", "machines",    "spof",
                                          "availability", "sentinels",  "replication", "walls",
                                          "variants",     "ladder",     NULL};
    for (const char *const *report = reports; *report; report++)
        offer(c, *report, "");
}

/* add KIND NAME on MACHINE key=value... */
static void add_offer(const struct completion *c, unsigned word)
{
    if (word == 1)
        kinds_offer(c);
    else if (word == 3)
        offer(c, "on", "");
    else if (word == 4)
        names_offer(c);
    else if (word > 4)
        parameters_offer(c, kind_named(command_word(c->command, 1)));
}

/* set NAME key=value... */
static void set_offer(const struct completion *c, unsigned word)
{
    uint32_t id = component_find(world_of(c), command_word(c->command, 1));
    if (word == 1)
        names_offer(c);
    else if (id)
        parameters_offer(c, component_kind(world_of(c), id));
}

static void arguments_offer(const struct completion *c, unsigned word)
{
    static const char *const of_metrics[] = {"print", "watch", "expect", NULL};
    const char *name = command_word(c->command, 0);
    for (const char *const *command = of_metrics; *command; command++)
        if (strcmp(name, *command) == 0) {
            metrics_offer(c);
            return;
        }
    if (strcmp(name, "run") == 0) {
        if (word == 1)
            offer(c, "until", "");
        else
            metrics_offer(c);
    } else if (strcmp(name, "add") == 0) {
        add_offer(c, word);
    } else if (strcmp(name, "set") == 0) {
        set_offer(c, word);
    } else if (strcmp(name, "rewind") == 0) {
        marks_offer(c);
    } else if (strcmp(name, "report") == 0 && word == 1) {
        reports_offer(c);
    } else if (strcmp(name, "keep") == 0 || strcmp(name, "end") == 0 ||
               strcmp(name, "twins") == 0) {
        variants_offer(c);
    } else if (strcmp(name, "machine") == 0 && word > 1) {
        parameters_offer(c, kind_named("machine"));
    } else if (strcmp(name, "help") == 0) {
        commands_offer(c);
        kinds_offer(c);
    } else {
        names_offer(c);
    }
}

/* How many words stand before the command that is being written: at 5s ..., variant: ... */
static unsigned words_skipped(const struct command *command)
{
    static const char *const holders[] = {"at", "after", "every", "variant", NULL};
    unsigned from = 0;
    for (;;) {
        const char *word = command_word(command, from);
        size_t bytes = strlen(word);
        bool holds = bytes > 1 && word[bytes - 1] == ':';
        if (holds) {
            from++;
            continue;
        }
        for (const char *const *name = holders; *name && !holds; name++)
            holds = strcmp(word, *name) == 0 && command->count >= from + 2;
        if (!holds)
            return from;
        from += 2;
    }
}

void session_complete(struct session *session, const char *line, session_candidate *candidate,
                      void *user)
{
    struct command command, part;
    struct error error;
    if (!language_split(&command, line, 0, &error))
        return;
    size_t bytes = strlen(line);
    bool blank = bytes == 0 || line[bytes - 1] == ' ' || line[bytes - 1] == '\t';
    char last[COMMAND_BYTES] = "";
    if (!blank && command.count > 0) {
        strcpy(last, command_word(&command, command.count - 1u));
        command.count--;
    }
    command_tail(&part, &command, words_skipped(&command));
    struct completion completion = {session, &part, last, candidate, user};
    if (part.count == 0)
        commands_offer(&completion);
    else
        arguments_offer(&completion, part.count);
}
