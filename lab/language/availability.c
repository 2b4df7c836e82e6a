/*
 * `report availability`: what the clients counted, beside what the arithmetic of series and
 * parallel makes of the parts' own, and why the two differ.
 *
 * A part's own availability is counted time: how much of it its process ran.  A stage answers
 * while one of it does, the chain while all stages do.
 */
#include "lab/language/parts.h"

#include <string.h>

#include "lab/language/chain.h"

#define BILLION UINT64_C(1000000000) /* shares are counted in billionths */

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
    *where = x == y ? component_at(world, x)->name : chain_setting(world, x, "zone");
    return x == y || ((*where)[0] != 0 && strcmp(*where, chain_setting(world, y, "zone")) == 0);
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
                zone ? ko ? "  {0}, {1}: 같은 구역(zone) {2}. power-cut zone={2} 한 번에 함께 "
                            "꺼집니다\n"
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
    int64_t acked = counted(world, client, "acked") + counted(world, client, "deliveries");
    int64_t all = acked + counted(world, client, "refused") + counted(world, client, "timed_out") +
                  counted(world, client, "missed");
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
    chain_find(world, client, &chain);
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
    text_add(text, ko ? "곱셈은 부품이 저마다 따로 멈출 때만 맞습니다. 머신, 구역, 전원, 설정을\n"
                        "함께 쓰면 함께 멈춥니다. 그리고 돌고 있어도 답이 없을 수 있습니다.\n"
                        "끊긴 링크, 알아차리기까지의 시간(헬스 체크, 페일오버), 가득 찬 줄은\n"
                        "돌고 있던 시간에 나타나지 않습니다.\n"
                      : "The product holds only while parts fail alone: what shares a machine,\n"
                        "a zone, power or a configuration fails together. And a part that runs\n"
                        "may not answer: a link that is cut, the time until somebody notices\n"
                        "(health check, failover), a full queue are in no uptime.\n");
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
