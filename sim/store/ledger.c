/*
 * The ledger's running totals: each write's record, and for each client and store how its writes
 * ended.
 */
#include "sim/store/ledger_state.h"

_Static_assert(LOST_CAUSES == TRACE_CAUSES, "the trace has words for each cause");

struct ledger_root *ledger_root(const struct world *world)
{
    if (world->logs.count == 0)
        return NULL;
    return vector_at(&world->region, &world->logs, 0);
}

static struct ledger_root *root_need(struct world *world)
{
    struct ledger_root *root = ledger_root(world);
    return root != NULL ? root
                        : vector_push(&world->region, &world->logs, sizeof(struct ledger_root));
}

static struct ledger_component *component_row(const struct world *world, uint32_t id)
{
    struct ledger_root *root = ledger_root(world);
    if (root == NULL || id >= root->components.count)
        return NULL;
    return vector_at(&world->region, &root->components, id);
}

static struct ledger_component *component_need(struct world *world, uint32_t id)
{
    struct ledger_root *root = root_need(world);
    if (root == NULL)
        return NULL;
    while (root->components.count <= id) {
        if (vector_push(&world->region, &root->components, sizeof(struct ledger_component)) == NULL)
            return NULL;
    }
    return vector_at(&world->region, &root->components, id);
}

struct log *ledger_log(const struct world *world, uint32_t store)
{
    const struct ledger_component *row = component_row(world, store);
    if (row == NULL || row->log == 0)
        return NULL;
    return vector_at(&world->region, &ledger_root(world)->logs, row->log - 1);
}

void ledger_open(struct world *world, uint32_t store)
{
    struct ledger_component *row = component_need(world, store);
    if (row == NULL)
        return;
    struct log *log = vector_push(&world->region, &ledger_root(world)->logs, sizeof *log);
    if (log == NULL)
        return;
    log->store = store;
    log->answers = 1;
    row->log = ledger_root(world)->logs.count;
    const struct ledger_interval all = {1, UINT32_MAX};
    ledger_set_lineage(world, store, &all, 1);
}

struct ledger_record *ledger_record(const struct world *world, uint64_t write)
{
    if (write == 0 || write > world->writes_of.count)
        return NULL;
    return vector_at(&world->region, &world->writes_of, (uint32_t)(write - 1));
}

struct ledger_pair *ledger_pair(const struct world *world, uint32_t bits)
{
    return vector_at(&world->region, &ledger_root(world)->pairs, RECORD_PAIR(bits));
}

struct ledger_pair *ledger_first_pair(const struct world *world, uint32_t client)
{
    const struct ledger_component *row = component_row(world, client);
    return row == NULL || row->pair == 0 ? NULL : ledger_pair(world, row->pair - 1);
}

struct ledger_pair *ledger_next_pair(const struct world *world, const struct ledger_pair *pair)
{
    return pair->next == 0 ? NULL : ledger_pair(world, pair->next - 1);
}

/* The place of a client's pair with a store. */
static uint32_t pair_need(struct world *world, uint32_t client, uint32_t store)
{
    struct ledger_component *row = component_need(world, client);
    if (row == NULL)
        return 0;
    for (uint32_t place = row->pair; place != 0;) {
        const struct ledger_pair *pair = ledger_pair(world, place - 1);
        if (pair->store == store)
            return place - 1;
        place = pair->next;
    }
    struct ledger_root *root = ledger_root(world);
    struct ledger_pair *pair = vector_push(&world->region, &root->pairs, sizeof *pair);
    if (pair == NULL)
        return 0;
    *pair = (struct ledger_pair){.client = client, .store = store, .next = row->pair};
    row->pair = root->pairs.count;
    return row->pair - 1;
}

uint64_t ledger_write(struct world *world, uint32_t client)
{
    uint32_t pair = pair_need(world, client, 0);
    struct ledger_record *record =
        vector_push(&world->region, &world->writes_of, sizeof(struct ledger_record));
    if (record == NULL)
        return 0;
    record->bits = pair;
    ledger_pair(world, pair)->writes++;
    world->writes = world->writes_of.count;
    return world->writes;
}

static bool record_applied(const struct ledger_record *record)
{
    return RECORD_APPLIED(record->bits) > 0;
}

/* Moves the weight of an acked write that is there in the log's sums. */
static void weigh(struct world *world, struct log *log, struct ledger_record *record,
                  uint32_t write, uint32_t holder, bool there)
{
    log->there += there ? 1u : UINT64_MAX;
    if (!there && (record->bits & RECORD_REVIVED) != 0) {
        record->bits &= ~RECORD_REVIVED;
        for (uint32_t i = log->revived.count; i-- > 0;) {
            struct log_revived *row = vector_at(&world->region, &log->revived, i);
            if (row->write != write)
                continue;
            *row = *(struct log_revived *)vector_at(&world->region, &log->revived,
                                                    log->revived.count - 1);
            log->revived.count--;
            return;
        }
        return;
    }
    if (!there || log_in_lineage(world, log, record->position)) {
        log_set_bit(world, log, record->position, there);
        return;
    }
    struct log_revived *row = vector_push(&world->region, &log->revived, sizeof *row);
    if (row != NULL)
        *row = (struct log_revived){holder, write};
    record->bits |= RECORD_REVIVED;
}

static struct log *log_of_pair(const struct world *world, const struct ledger_pair *pair)
{
    return pair->store == 0 ? NULL : ledger_log(world, pair->store);
}

void ledger_ack(struct world *world, uint64_t write, uint32_t store, uint64_t position)
{
    (void)store;
    (void)position;
    struct ledger_record *record = ledger_record(world, write);
    if (record == NULL || RECORD_OUTCOME(record->bits) != LEDGER_OPEN)
        return;
    record->bits |= (uint32_t)LEDGER_ACKED << RECORD_OUTCOME_SHIFT;
    struct ledger_pair *pair = ledger_pair(world, record->bits);
    pair->acked++;
    if (!record_applied(record))
        return;
    if ((record->bits & RECORD_GONE) != 0)
        pair->lost[RECORD_CAUSE(record->bits)]++;
    else
        weigh(world, log_of_pair(world, pair), record, (uint32_t)write, record->position, true);
}

void ledger_end(struct world *world, uint64_t write, enum ledger_outcome outcome)
{
    struct ledger_record *record = ledger_record(world, write);
    if (record == NULL || RECORD_OUTCOME(record->bits) != LEDGER_OPEN || outcome == LEDGER_OPEN)
        return;
    if (outcome == LEDGER_ACKED) {
        ledger_ack(world, write, 0, 0);
        return;
    }
    record->bits |= (uint32_t)outcome << RECORD_OUTCOME_SHIFT;
    struct ledger_pair *pair = ledger_pair(world, record->bits);
    if (outcome == LEDGER_REFUSED)
        pair->refused++;
    else
        pair->timed_out++;
    if (record_applied(record) && (record->bits & RECORD_GONE) == 0)
        pair->unacked_kept++;
}

/* The first store that applies a write takes its pair over. */
static void pair_take(struct world *world, struct ledger_record *record, uint32_t store)
{
    struct ledger_pair *from = ledger_pair(world, record->bits);
    if (from->store != 0)
        return;
    uint32_t place = pair_need(world, from->client, store);
    from = ledger_pair(world, record->bits);
    struct ledger_pair *to = ledger_pair(world, place);
    from->writes--;
    to->writes++;
    uint32_t outcome = RECORD_OUTCOME(record->bits);
    if (outcome == LEDGER_REFUSED) {
        from->refused--;
        to->refused++;
    } else if (outcome == LEDGER_TIMED_OUT) {
        from->timed_out--;
        to->timed_out++;
    } else if (outcome == LEDGER_ACKED) {
        from->acked--;
        to->acked++;
    }
    record->bits = (record->bits & ~((1u << RECORD_PAIR_BITS) - 1)) | place;
}

void ledger_applied(struct world *world, uint32_t store, uint32_t write, uint32_t position)
{
    struct ledger_record *record = ledger_record(world, write);
    struct log *log = ledger_log(world, store);
    if (record == NULL || log == NULL)
        return;
    pair_take(world, record, store);
    struct ledger_pair *pair = ledger_pair(world, record->bits);
    if (pair->store != store)
        return; /* another store has it: its first place is what counts */
    uint32_t applied = RECORD_APPLIED(record->bits);
    bool acked = RECORD_OUTCOME(record->bits) == LEDGER_ACKED;
    if (applied > 0 && (record->bits & RECORD_GONE) != 0) {
        record->position = position;
        record_revive(world, log, write, position);
    } else if (applied > 0) {
        /* Its first place stays: what brings that back brings the write back. */
        pair->duplicated += applied == 1 && log_in_lineage(world, log, record->position);
    } else {
        record->position = position;
        uint32_t outcome = RECORD_OUTCOME(record->bits);
        if (outcome == LEDGER_REFUSED || outcome == LEDGER_TIMED_OUT)
            pair->unacked_kept++;
        else if (acked)
            weigh(world, log, record, write, position, true);
    }
    if (applied < 7)
        record->bits += 1u << RECORD_APPLIED_SHIFT;
}

void record_revive(struct world *world, struct log *log, uint32_t write, uint32_t holder)
{
    struct ledger_record *record = ledger_record(world, write);
    if (record == NULL || (record->bits & RECORD_GONE) == 0)
        return;
    struct ledger_pair *pair = ledger_pair(world, record->bits);
    uint32_t cause = RECORD_CAUSE(record->bits);
    record->bits &= ~(RECORD_GONE | 7u << RECORD_CAUSE_SHIFT);
    switch ((enum ledger_outcome)RECORD_OUTCOME(record->bits)) {
    case LEDGER_ACKED:
        pair->lost[cause]--;
        weigh(world, log, record, write, holder, true);
        break;
    case LEDGER_REFUSED:
    case LEDGER_TIMED_OUT:
        pair->unacked_kept++;
        break;
    case LEDGER_OPEN:
        break;
    }
}

void record_lose(struct world *world, struct log *log, uint32_t write, enum ledger_cause cause)
{
    struct ledger_record *record = ledger_record(world, write);
    if (record == NULL || (record->bits & RECORD_GONE) != 0)
        return;
    struct ledger_pair *pair = ledger_pair(world, record->bits);
    switch ((enum ledger_outcome)RECORD_OUTCOME(record->bits)) {
    case LEDGER_ACKED:
        pair->lost[cause]++;
        weigh(world, log, record, write, 0, false);
        break;
    case LEDGER_REFUSED:
    case LEDGER_TIMED_OUT:
        pair->unacked_kept--;
        break;
    case LEDGER_OPEN:
        break;
    }
    record->bits |= RECORD_GONE | (uint32_t)cause << RECORD_CAUSE_SHIFT;
}

static uint64_t pair_lost(const struct ledger_pair *pair)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < LOST_CAUSES; i++)
        sum += pair->lost[i];
    return sum;
}

uint64_t ledger_acked_lost(const struct world *world, uint32_t client)
{
    uint64_t sum = 0;
    for (const struct ledger_pair *p = ledger_first_pair(world, client); p != NULL;
         p = ledger_next_pair(world, p))
        sum += pair_lost(p);
    return sum;
}

uint64_t ledger_unreachable(const struct world *world, uint32_t client)
{
    uint64_t sum = 0;
    for (const struct ledger_pair *p = ledger_first_pair(world, client); p != NULL;
         p = ledger_next_pair(world, p)) {
        const struct log *log = log_of_pair(world, p);
        if (log != NULL && log->answers == 0)
            sum += p->acked - pair_lost(p);
    }
    return sum;
}

uint64_t ledger_unacked_kept(const struct world *world, uint32_t client)
{
    uint64_t sum = 0;
    for (const struct ledger_pair *p = ledger_first_pair(world, client); p != NULL;
         p = ledger_next_pair(world, p))
        sum += p->unacked_kept;
    return sum;
}

uint64_t ledger_duplicated(const struct world *world, uint32_t client)
{
    uint64_t sum = 0;
    for (const struct ledger_pair *p = ledger_first_pair(world, client); p != NULL;
         p = ledger_next_pair(world, p))
        sum += p->duplicated;
    return sum;
}
