/*
 * redis-cli -p 26379 for `tell`: SENTINEL MASTERS, GET-MASTER-ADDR-BY-NAME, REPLICAS, SENTINELS,
 * CKQUORUM, FAILOVER, with the real words (7.0.15); the master's name is that of `watch`.
 */
#include <string.h>

#include "sim/store/sentinel_state.h"

static void address_add(struct text *text, const struct world *world, uint32_t component)
{
    uint32_t address = tcp_address(world, component_at(world, component)->machine);
    for (unsigned byte = 4; byte-- > 0;) {
        text_add_u64(text, address >> (8 * byte) & 255);
        if (byte > 0)
            text_add_char(text, '.');
    }
}

static void pair(struct text *text, const char *name, const char *words)
{
    text_add(text, "    ");
    text_add(text, name);
    text_add(text, " ");
    text_add(text, words);
    text_add_char(text, '\n');
}

static void pair_number(struct text *text, const char *name, uint64_t number)
{
    char words[24];
    struct text value = TEXT(words);
    text_clear(&value);
    text_add_u64(&value, number);
    pair(text, name, words);
}

static void flags_words(struct text *text, const struct instance *instance)
{
    static const struct {
        uint32_t flag;
        const char *words;
    } flags[] = {{SRI_S_DOWN, "s_down,"},
                 {SRI_O_DOWN, "o_down,"},
                 {SRI_MASTER, "master,"},
                 {SRI_SLAVE, "slave,"},
                 {SRI_SENTINEL, "sentinel,"},
                 {SRI_MASTER_DOWN, "master_down,"},
                 {SRI_FAILOVER, "failover_in_progress,"},
                 {SRI_PROMOTED, "promoted,"},
                 {SRI_RECONF_SENT, "reconf_sent,"},
                 {SRI_RECONF_INPROG, "reconf_inprog,"},
                 {SRI_RECONF_DONE, "reconf_done,"},
                 {SRI_FORCE_FAILOVER, "force_failover,"}};
    for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if ((instance->flags & flags[i].flag) != 0)
            text_add(text, flags[i].words);
    if (instance->disconnected != 0)
        text_add(text, "disconnected,");
    if (text->used > 0)
        text->at[--text->used] = '\0';
}

static void instance_add(struct world *world, struct text *text, const struct instance *instance)
{
    char words[200];
    struct text value = TEXT(words);
    text_clear(&value);
    pair(text, "name", component_at(world, instance->component)->name);
    address_add(&value, world, instance->component);
    pair(text, "ip", words);
    pair(text, "port", (instance->flags & SRI_SENTINEL) != 0 ? "26379" : "6379");
    text_clear(&value);
    flags_words(&value, instance);
    pair(text, "flags", words);
    pair_number(text, "last-ok-ping-reply", mstime(world) - instance->last_avail);
    pair_number(text, "last-ping-reply", mstime(world) - instance->last_pong);
    if ((instance->flags & SRI_S_DOWN) != 0)
        pair_number(text, "s-down-time", mstime(world) - instance->s_down_since);
    if ((instance->flags & SRI_SLAVE) != 0) {
        pair(text, "master-link-status", instance->of_up != 0 ? "ok" : "err");
        pair_number(text, "slave-priority", instance->priority);
        pair_number(text, "slave-repl-offset", instance->offset);
    }
}

static void master_add(struct world *world, uint32_t id, struct text *answer)
{
    const struct sentinel *sentinel = sentinel_at(world, id);
    instance_add(world, answer, &sentinel->master);
    pair_number(answer, "config-epoch", sentinel->config_epoch);
    pair_number(answer, "num-slaves", sentinel->slaves.count);
    pair_number(answer, "num-other-sentinels", sentinel->sentinels.count);
    pair_number(answer, "quorum", parameter_get(world, id, SENTINEL_QUORUM));
    pair_number(answer, "down-after-milliseconds", parameter_get(world, id, SENTINEL_DOWN_AFTER));
    pair_number(answer, "failover-timeout", parameter_get(world, id, SENTINEL_FAILOVER_TIMEOUT));
    pair_number(answer, "parallel-syncs", parameter_get(world, id, SENTINEL_PARALLEL_SYNCS));
}

static void rows_add(struct world *world, const struct vector *rows, struct text *answer)
{
    if (rows->count == 0)
        text_add(answer, "(empty array)");
    for (uint32_t i = 0; i < rows->count; i++) {
        text_add_u64(answer, i + 1);
        text_add(answer, ")\n");
        instance_add(world, answer, instance_at(world, rows, i));
    }
}

static void run_masters(struct world *world, uint32_t id, struct text *answer)
{
    text_add(answer, "1)\n");
    master_add(world, id, answer);
}

static void run_master(struct world *world, uint32_t id, struct text *answer)
{
    master_add(world, id, answer);
}

static void run_address(struct world *world, uint32_t id, struct text *answer)
{
    text_add(answer, "1) \"");
    address_add(answer, world, sentinel_master(world, id));
    text_add(answer, "\"\n2) \"6379\"");
}

static void run_replicas(struct world *world, uint32_t id, struct text *answer)
{
    rows_add(world, &sentinel_at(world, id)->slaves, answer);
}

static void run_sentinels(struct world *world, uint32_t id, struct text *answer)
{
    rows_add(world, &sentinel_at(world, id)->sentinels, answer);
}

static void run_ckquorum(struct world *world, uint32_t id, struct text *answer)
{
    const struct sentinel *sentinel = sentinel_at(world, id);
    uint64_t usable = 1, voters = sentinel->sentinels.count + 1;
    for (uint32_t i = 0; i < sentinel->sentinels.count; i++)
        usable += (instance_at(world, &sentinel->sentinels, i)->flags & SRI_S_DOWN) == 0;
    bool quorum = usable >= parameter_get(world, id, SENTINEL_QUORUM);
    bool majority = usable >= voters / 2 + 1;
    text_add(answer, quorum && majority ? "OK " : "(error) NOQUORUM ");
    text_add_u64(answer, usable);
    text_add(answer, " usable Sentinels. ");
    if (quorum && majority)
        text_add(answer, "Quorum and failover authorization can be reached");
    if (!quorum)
        text_add(answer, "Not enough available Sentinels to reach the specified quorum for this "
                         "master");
    if (!majority)
        text_add(answer, quorum ? "Not enough available Sentinels to reach the majority and "
                                  "authorize a failover"
                                : ". Not enough available Sentinels to reach the majority and "
                                  "authorize a failover");
}

static void run_failover(struct world *world, uint32_t id, struct text *answer)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    if ((sentinel->master.flags & SRI_FAILOVER) != 0) {
        text_add(answer, "(error) INPROG Failover already in progress");
    } else if (failover_select(world, id) == NULL) {
        text_add(answer, "(error) NOGOODSLAVE No suitable replica to promote");
    } else {
        failover_start(world, id);
        sentinel->master.flags |= SRI_FORCE_FAILOVER;
        text_add(answer, "OK");
    }
}

static const struct {
    const char *name;
    bool named; /* the master's name follows */
    void (*run)(struct world *world, uint32_t id, struct text *answer);
} commands[] = {{"MASTERS", false, run_masters},
                {"MASTER", true, run_master},
                {"GET-MASTER-ADDR-BY-NAME", true, run_address},
                {"REPLICAS", true, run_replicas},
                {"SLAVES", true, run_replicas},
                {"SENTINELS", true, run_sentinels},
                {"CKQUORUM", true, run_ckquorum},
                {"FAILOVER", true, run_failover}};

static void run_sentinel(struct world *world, uint32_t id, const struct command *words,
                         struct text *answer)
{
    const char *what = command_word(words, 1);
    for (unsigned i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (!text_same_key(what, commands[i].name))
            continue;
        if (words->count != (commands[i].named ? 3 : 2)) {
            text_add(answer, "(error) ERR wrong number of arguments for 'sentinel' command");
            return;
        }
        const char *name = parameter_text(world, id, SENTINEL_WATCH);
        if (commands[i].named && strcmp(command_word(words, 2), name) != 0)
            text_add(answer, "(error) ERR No such master with that name");
        else
            commands[i].run(world, id, answer);
        return;
    }
    text_add(answer, "(error) ERR Unknown subcommand or wrong number of arguments for '");
    text_add(answer, what);
    text_add(answer, "'. Try SENTINEL HELP.");
}

bool sentinel_tell(struct world *world, uint32_t id, const struct command *words,
                   struct text *answer, struct error *error)
{
    const struct component *component = component_at(world, id);
    if (component->paused)
        return error_set(error, ERROR_IS_PAUSED, 0, component->name, NULL, NULL, NULL);
    if (text_same_key(command_word(words, 0), "PING")) {
        text_add(answer, "PONG");
    } else if (text_same_key(command_word(words, 0), "SENTINEL")) {
        run_sentinel(world, id, words, answer);
    } else {
        text_add(answer, "(error) ERR unknown command '");
        text_add(answer, command_word(words, 0));
        text_add(answer, "'");
    }
    if (answer->used > 0 && answer->at[answer->used - 1] != '\n')
        text_add_char(answer, '\n');
    return true;
}
