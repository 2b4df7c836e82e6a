/* What became of the writes: counted from the figures of clients and stores. */
#include "lab/view/writes.h"

struct writes writes_of(const struct look *look, const struct part *store)
{
    struct writes writes = {0};
    int64_t unreachable = 0;
    for (uint32_t i = 0; i < look->part_count; i++) {
        const struct part *client = &look->parts[i];
        if (client->to != store->id || !client->writes)
            continue;
        if (client->kind == KIND_SERVER) /* its calls are the writes */
            writes.acked +=
                look_number(look, client, "calls") - look_number(look, client, "calls_failed");
        else
            writes.acked += look_number(look, client, "acked");
        writes.gone += look_number(look, client, "acked_lost");
        unreachable += look_number(look, client, "unreachable");
        writes.hidden = writes.hidden || client->hides;
    }
    writes.risk = look_number(look, store, "at_risk_power");
    writes.hidden = writes.hidden || store->hides;
    writes.any = true;
    writes.judged = unreachable == 0;
    const struct part *machine = look_part_id(look, store->machine);
    /* Without power, or without its process: not on disk; a loss is judged when it is back. */
    int64_t missing = machine && !machine->up ? writes.risk
                      : !store->up            ? look_number(look, store, "at_risk_kill")
                                              : 0;
    writes.gone += missing;
    writes.risk -= missing;
    writes.safe = writes.acked - writes.risk - writes.gone;
    if (writes.safe < 0)
        writes.safe = 0;
    return writes;
}

struct writes writes_of_all(const struct look *look)
{
    struct writes all = {.judged = true};
    for (uint32_t i = 0; i < look->part_count; i++) {
        if (look->parts[i].kind != KIND_STORE)
            continue;
        struct writes writes = writes_of(look, &look->parts[i]);
        all.acked += writes.acked;
        all.safe += writes.safe;
        all.risk += writes.risk;
        all.gone += writes.gone;
        all.any = true;
        all.hidden = all.hidden || writes.hidden;
        all.judged = all.judged && writes.judged;
    }
    return all;
}

void writes_bar(const struct writes *writes, uint32_t thousandths[3])
{
    uint64_t all = (uint64_t)(writes->safe + writes->risk + writes->gone);
    thousandths[0] = thousandths[1] = thousandths[2] = 0;
    if (all == 0)
        return;
    thousandths[1] = (uint32_t)((uint64_t)writes->risk * 1000 / all);
    thousandths[2] = (uint32_t)((uint64_t)writes->gone * 1000 / all);
    thousandths[0] = 1000 - thousandths[1] - thousandths[2];
    if (writes->safe > 0)
        return;
    thousandths[writes->gone > writes->risk ? 2 : 1] += thousandths[0]; /* what rounding left */
    thousandths[0] = 0;
}
