/*
 * The tables of the kind `sentinel`: its parameters and its metrics.
 */
#include <stddef.h>

#include "sim/store/sentinel_state.h"

const struct parameter sentinel_parameters[] = {
    [SENTINEL_WATCH] = {"watch", UNIT_TEXT, 0, 0, "", NULL, false,
                        "the store that is the master when it starts for the first time",
                        "처음 시작할 때 마스터인 스토어"},
    [SENTINEL_QUORUM] = {"quorum", UNIT_COUNT, 1, 1000, "2", NULL, true,
                         "how many sentinels must call the master down",
                         "마스터가 죽었다고 해야 하는 심판의 수(쿼럼)"},
    [SENTINEL_DOWN_AFTER] = {"down-after-milliseconds", UNIT_COUNT, 1, 1000000000, "30000", NULL,
                             true, "silence after which it calls an instance down",
                             "이만큼(밀리초) 답이 없으면 죽은 것으로 봅니다"},
    [SENTINEL_FAILOVER_TIMEOUT] =
        {"failover-timeout", UNIT_COUNT, 1, 1000000000, "180000", NULL, true,
         "milliseconds after which a failover that stands is given "
         "up; twice that until the next",
         "멈춘 페일오버를 포기하기까지의 밀리초; 그 두 배가 지나야 다시 합니다"},
    [SENTINEL_PARALLEL_SYNCS] = {"parallel-syncs", UNIT_COUNT, 1, 1000, "1", NULL, true,
                                 "replicas that are given the new master at the same time",
                                 "새 마스터로 한꺼번에 옮기는 레플리카 수"},
};
_Static_assert(sizeof sentinel_parameters / sizeof sentinel_parameters[0] == SENTINEL_PARAMETERS,
               "a row for each parameter");

static bool number(struct value *value, uint64_t n)
{
    value->number = (int64_t)n;
    return true;
}

static bool read_master(struct world *world, uint32_t id, struct value *value)
{
    uint32_t master = sentinel_master(world, id);
    struct text text = TEXT(value->words);
    text_clear(&text);
    if (master != 0)
        text_add(&text, component_at(world, master)->name);
    return master != 0;
}

static bool read_odown(struct world *world, uint32_t id, struct value *value)
{
    return number(value, (sentinel_at(world, id)->master.flags & SRI_O_DOWN) != 0);
}

static bool read_sdown(struct world *world, uint32_t id, struct value *value)
{
    return number(value, (sentinel_at(world, id)->master.flags & SRI_S_DOWN) != 0);
}

static bool read_sentinels(struct world *world, uint32_t id, struct value *value)
{
    return number(value, sentinel_at(world, id)->sentinels.count + 1);
}

static bool read_slaves(struct world *world, uint32_t id, struct value *value)
{
    return number(value, sentinel_at(world, id)->slaves.count);
}

const struct metric sentinel_metrics[] = {
    {"failovers", UNIT_COUNT, METRIC_COUNTER, (uint32_t)offsetof(struct sentinel, failovers), NULL,
     "changes of the master that it made or learnt",
     "마스터가 바뀐 횟수(스스로 바꾸거나 전해 들음)"},
    {"master", UNIT_TEXT, METRIC_GAUGE, 0, read_master, "the store that it takes for the master",
     "지금 마스터로 보는 스토어"},
    {"odown", UNIT_COUNT, METRIC_GAUGE, 0, read_odown, "1 while the master is down for the quorum",
     "쿼럼이 마스터를 죽었다고 보는 동안 1"},
    {"sdown", UNIT_COUNT, METRIC_GAUGE, 0, read_sdown, "1 while the master is down for this one",
     "이 심판이 마스터를 죽었다고 보는 동안 1"},
    {"sentinels", UNIT_COUNT, METRIC_GAUGE, 0, read_sentinels,
     "sentinels that it knows, itself too", "자신을 포함해 아는 심판의 수"},
    {"slaves", UNIT_COUNT, METRIC_GAUGE, 0, read_slaves, "replicas that it knows",
     "아는 레플리카의 수"},
    {"current_epoch", UNIT_COUNT, METRIC_COUNTER, (uint32_t)offsetof(struct sentinel, epoch), NULL,
     "the epoch of the last election that it heard of", "마지막으로 들은 선거의 epoch"},
};
_Static_assert(sizeof sentinel_metrics / sizeof sentinel_metrics[0] == SENTINEL_METRICS,
               "count of the rows");
