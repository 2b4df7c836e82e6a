/*
 * `report availability`: what the clients counted, beside what the arithmetic of series and
 * parallel makes of the parts' own, and why the two differ.
 *
 * A part's own availability is counted time: how much of it its process ran.  A client's chain is
 * read from the world's settings: whom it asks, whom they ask; who stands beside whom is in one
 * stage.  A stage answers while one of it does, the chain while all stages do.
 */
#include "lab/language/parts.h"

#include <string.h>

#include "sim/store/sentinel.h"

#define STAGES_MAX 8
#define STAGE_MOST 16
#define BILLION    UINT64_C(1000000000) /* shares are counted in billionths */

struct stage {
    uint32_t parts[STAGE_MOST];
    uint32_t count;
};
struct chain {
    struct stage stages[STAGES_MAX];
    uint32_t count;
};

/* --- the chain ------------------------------------------------------------------------------ */

static const char *setting(const struct world *world, uint32_t id, const char *key)
{
    int parameter = parameter_find(component_kind(world, id), key);
    return parameter < 0 ? "" : parameter_text(world, id, (unsigned)parameter);
}

static void stage_add(struct stage *stage, uint32_t id)
{
    for (uint32_t i = 0; i < stage->count; i++)
        if (stage->parts[i] == id)
            return;
    if (id != 0 && stage->count < STAGE_MOST)
        stage->parts[stage->count++] = id;
}

static void list_add(const struct world *world, struct stage *stage, const char *names)
{
    char name[NAME_BYTES];
    while (text_list_next(&names, name, sizeof name))
        stage_add(stage, component_find(world, name));
}

/* A store that somebody promotes copies of: whoever has one may stand in. */
static void store_add(const struct world *world, struct stage *stage, uint32_t store, bool watched)
{
    stage_add(stage, store);
    if (!watched)
        return;
    const char *name = component_at(world, store)->name;
    for (uint32_t id = 0; (id = component_next(world, id, KIND_STORE)) != 0;) {
        const char *of = setting(world, id, "replicaof");
        if (strcmp(of, name) == 0 ||
            strcmp(setting(world, store, "replicaof"), component_at(world, id)->name) == 0)
            stage_add(stage, id);
    }
}

/* Whom a client or a server asks. */
static void asked_add(const struct world *world, struct stage *stage, uint32_t id, const char *key)
{
    const char *to = setting(world, id, key), *via = setting(world, id, "via");
    uint32_t standby = 0, there = component_find(world, to);
    bool via_first = via[0] != 0 && (to[0] == 0 || component_at(world, id)->kind == KIND_SERVER);
    if (via_first) {
        uint32_t master = sentinel_ask(world, via);
        if (master != 0)
            store_add(world, stage, master, true);
        return;
    }
    stage_add(stage, there);
    if (there != 0 && component_at(world, there)->kind == KIND_BALANCER)
        standby = component_find(world, setting(world, there, "standby"));
    stage_add(stage, standby);
}

/* Without its answer the request is served all the same. */
static bool is_optional(const struct world *world, uint32_t id)
{
    int parameter = parameter_find(component_kind(world, id), "calls_optional");
    return parameter >= 0 && parameter_get(world, id, (unsigned)parameter) != 0;
}

static void chain_of(const struct world *world, uint32_t client, struct chain *chain)
{
    memset(chain, 0, sizeof *chain);
    asked_add(world, &chain->stages[0], client, "to");
    while (chain->count < STAGES_MAX && chain->stages[chain->count].count > 0) {
        const struct stage *stage = &chain->stages[chain->count++];
        if (chain->count == STAGES_MAX)
            return;
        for (uint32_t i = 0; i < stage->count; i++) {
            uint32_t id = stage->parts[i];
            uint16_t kind = component_at(world, id)->kind;
            if (kind == KIND_BALANCER)
                list_add(world, &chain->stages[chain->count], setting(world, id, "to"));
            else if (kind == KIND_SERVER && !is_optional(world, id))
                asked_add(world, &chain->stages[chain->count], id, "calls");
        }
    }
}

/* --- arithmetic ----------------------------------------------------------------------------- */

static uint64_t share_of(const struct world *world, uint32_t id)
{
    uint64_t life_ns = world->now_ns - component_at(world, id)->began_ns;
    uint64_t out_ns = component_out_ns(world, id);
    return life_ns == 0 ? BILLION : (uint64_t)((__uint128_t)(life_ns - out_ns) * BILLION / life_ns);
}

static uint64_t stage_share(const struct world *world, const struct stage *stage)
{
    uint64_t none = BILLION; /* that none of them runs */
    for (uint32_t i = 0; i < stage->count; i++)
        none = none * (BILLION - share_of(world, stage->parts[i])) / BILLION;
    return BILLION - none;
}

/* --- the table ------------------------------------------------------------------------------ */

static void pad(struct text *text, size_t at, size_t cells)
{
    do
        text_add_char(text, ' ');
    while (text->used - at < cells);
}

static void share_add(struct text *text, uint64_t share)
{
    text_add_fixed(text, (int64_t)((share + BILLION / 20000) / (BILLION / 10000)), 2);
    text_add(text, " %");
}

static void stage_line(const struct world *world, struct text *text, const struct stage *stage)
{
    size_t line = text->used;
    text_add(text, "  ");
    for (uint32_t i = 0; i < stage->count; i++) {
        text_add(text, i ? " | " : "");
        text_add(text, component_at(world, stage->parts[i])->name);
    }
    pad(text, line, 28);
    for (uint32_t i = 0; i < stage->count && stage->count > 1; i++) {
        text_add(text, i ? " | " : "");
        share_add(text, share_of(world, stage->parts[i]));
    }
    if (stage->count > 1)
        text_add(text, "  ->  ");
    share_add(text, stage_share(world, stage));
    text_add_char(text, '\n');
}

static int64_t counted(struct world *world, uint32_t client, const char *metric)
{
    struct value value = {.number = 0};
    metric_read(world, client, (unsigned)metric_find(catalog[KIND_CLIENT], metric), &value);
    return value.number;
}

/* Two of a stage that one event takes: a machine, a zone. */
static bool shares_fate(const struct world *world, uint32_t a, uint32_t b, const char **where)
{
    uint32_t x = component_at(world, a)->machine, y = component_at(world, b)->machine;
    *where = x == y ? component_at(world, x)->name : setting(world, x, "zone");
    return x == y || ((*where)[0] != 0 && strcmp(*where, setting(world, y, "zone")) == 0);
}

static void fates_add(const struct world *world, struct text *text, const struct stage *stage,
                      bool ko)
{
    for (uint32_t i = 0; i < stage->count; i++)
        for (uint32_t j = i + 1; j < stage->count; j++) {
            const char *where;
            uint32_t a = stage->parts[i], b = stage->parts[j];
            if (!shares_fate(world, a, b, &where))
                continue;
            bool zone = component_at(world, a)->machine != component_at(world, b)->machine;
            const char *const words[4] = {component_at(world, a)->name,
                                          component_at(world, b)->name, where, NULL};
            text_add_template(
                text,
                zone ? ko ? "  {0}, {1}: 같은 존 {2}. power-cut zone={2} 한 번에 함께 꺼집니다\n"
                          : "  {0} and {1} share zone {2}: power-cut zone={2} takes both\n"
                : ko ? "  {0}, {1}: 같은 머신 {2}. 함께 꺼집니다\n"
                     : "  {0} and {1} share machine {2}: it takes both\n",
                words);
        }
}

static void client_table(struct world *world, struct text *text, uint32_t client, bool ko)
{
    struct chain chain;
    uint64_t product = BILLION;
    int64_t acked = counted(world, client, "acked");
    int64_t all = acked + counted(world, client, "refused") + counted(world, client, "timed_out");
    text_add(text, component_at(world, client)->name);
    text_add(text, ko ? ": 끝난 요청 " : ": requests that ended ");
    text_add_grouped(text, (uint64_t)all);
    text_add(text, ko ? "건, 답을 받은 것 " : ", answered ");
    text_add_grouped(text, (uint64_t)acked);
    text_add(text, ko ? "건\n  세어 본 가용성            " : "\n  counted                   ");
    if (all > 0)
        share_add(text, (uint64_t)acked * BILLION / (uint64_t)all);
    else
        text_add_char(text, '-');
    text_add(text, ko ? "\n단계마다 돌고 있던 시간 (한 단계에서는 하나만 있어도 됩니다)\n"
                      : "\nhow much of the time each stage ran (one of a stage is enough)\n");
    chain_of(world, client, &chain);
    for (uint32_t i = 0; i < chain.count; i++) {
        stage_line(world, text, &chain.stages[i]);
        product = product * stage_share(world, &chain.stages[i]) / BILLION;
    }
    text_add(text, ko ? "  모두 곱하면               " : "  the product               ");
    share_add(text, product);
    text_add_char(text, '\n');
    for (uint32_t i = 0; i < chain.count; i++)
        fates_add(world, text, &chain.stages[i], ko);
}

static void why_add(struct text *text, bool ko)
{
    text_add(text,
             ko ? "곱셈은 부품이 저마다 따로 멈출 때만 맞습니다. 머신, 존, 전원, 설정을 함께 쓰면\n"
                  "함께 멈춥니다. 그리고 돌고 있어도 답이 없을 수 있습니다: 끊긴 링크, "
                  "알아차리기까지의\n"
                  "시간(헬스 체크, 페일오버), 가득 찬 줄은 돌고 있던 시간에 나타나지 않습니다.\n"
                : "The product holds only while parts fail alone: what shares a machine, a zone, "
                  "power or\n"
                  "a configuration fails together. And a part that runs may not answer: a link "
                  "that is cut,\n"
                  "the time until somebody notices (health check, failover), a full queue are in "
                  "no uptime.\n");
}

void availability_say(struct session *session, uint32_t variant)
{
    struct world *world = session->variants[variant].world;
    bool ko = session->options.language == LANGUAGE_KO;
    struct text text = {session->answer, sizeof session->answer, 0, false};
    text_clear(&text);
    for (uint32_t id = 0; (id = component_next(world, id, KIND_CLIENT)) != 0;) {
        client_table(world, &text, id, ko);
        text_add_char(&text, '\n');
    }
    why_add(&text, ko);
    session_say(session, (int32_t)variant, session->answer);
}
