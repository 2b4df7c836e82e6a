/*
 * The ledger's running totals: each write's record, and for each client how its writes ended.
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
    return row == NULL ? NULL : ledger_log_of_writer(world, row->log);
}

struct log *ledger_log_of_writer(const struct world *world, uint32_t writer)
{
    const struct ledger_root *root = ledger_root(world);
    return root == NULL || writer == 0 || writer > root->logs.count
               ? NULL
               : vector_at(&world->region, &root->logs, writer - 1);
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
    row->log = log->writer = ledger_root(world)->logs.count;
}

uint32_t ledger_writer(const struct world *world, uint32_t store)
{
    const struct ledger_component *row = component_row(world, store);
    return row == NULL ? 0 : row->log;
}

const struct key_names *ledger_names(const struct world *world)
{
    const struct ledger_root *root = ledger_root(world);
    return root == NULL ? NULL : &root->journal.names;
}

struct key_names *ledger_names_need(struct world *world)
{
    struct ledger_root *root = root_need(world);
    return root == NULL ? NULL : &root->journal.names;
}

/* --- writes and their clients ----------------------------------------------------------------- */

struct ledger_record *ledger_record(const struct world *world, uint64_t write)
{
    if (write == 0 || write > world->writes_of.count)
        return NULL;
    return vector_at(&world->region, &world->writes_of, (uint32_t)(write - 1));
}

struct ledger_client *ledger_client(const struct world *world, uint32_t component)
{
    const struct ledger_component *row = component_row(world, component);
    return row == NULL || row->client == 0
               ? NULL
               : vector_at(&world->region, &ledger_root(world)->clients, row->client - 1);
}

struct ledger_client *record_client(const struct world *world, const struct ledger_record *record)
{
    return vector_at(&world->region, &ledger_root(world)->clients, RECORD_CLIENT(record->bits));
}

struct ledger_pair *ledger_pair(const struct world *world, const struct ledger_client *client,
                                uint32_t store)
{
    const struct vector *pairs = &ledger_root(world)->pairs;
    for (uint32_t place = client->pair; place != 0;) {
        struct ledger_pair *pair = vector_at(&world->region, pairs, place - 1);
        if (pair->store == store)
            return pair;
        place = pair->next;
    }
    return NULL;
}

uint32_t ledger_service_of(const struct world *world, const struct ledger_client *client)
{
    const struct kind *kind = component_kind(world, client->client);
    uint32_t store =
        kind == NULL || kind->leads_to == NULL ? 0 : kind->leads_to(world, client->client);
    return ledger_log(world, store) != NULL ? store : client->service;
}

static uint32_t client_need(struct world *world, uint32_t component)
{
    struct ledger_component *row = component_need(world, component);
    if (row == NULL || row->client != 0)
        return row == NULL ? 0 : row->client;
    struct ledger_root *root = ledger_root(world);
    struct ledger_client *client = vector_push(&world->region, &root->clients, sizeof *client);
    if (client == NULL)
        return 0;
    client->client = component;
    row->client = root->clients.count;
    return row->client;
}

uint64_t ledger_write(struct world *world, uint32_t client)
{
    uint32_t place = client_need(world, client);
    struct ledger_record *record =
        vector_push(&world->region, &world->writes_of, sizeof(struct ledger_record));
    if (record == NULL || place == 0)
        return 0;
    record->bits = place - 1;
    record_client(world, record)->writes++;
    world->writes = world->writes_of.count;
    return world->writes;
}

typedef void log_told(struct world *world, struct log *log, uint32_t write);

/* Tells all stores what became of a write. */
static void tell_logs(struct world *world, uint64_t write, log_told *tell)
{
    struct ledger_root *root = ledger_root(world);
    for (uint32_t i = 0; i < root->logs.count; i++) {
        struct log *log = vector_at(&world->region, &root->logs, i);
        if (log_mark(world, log, write) != 0)
            tell(world, log, (uint32_t)write);
    }
}

void ledger_ack(struct world *world, uint64_t write, uint32_t store, uint64_t position)
{
    (void)position;
    struct ledger_record *record = ledger_record(world, write);
    if (record == NULL || RECORD_OUTCOME(record->bits) != LEDGER_OPEN)
        return;
    record->bits |= (uint32_t)LEDGER_ACKED << RECORD_OUTCOME_SHIFT;
    struct ledger_client *client = record_client(world, record);
    client->acked++;
    if (store != 0)
        client->service = store;
    if (RECORD_APPLIED(record->bits) == 0)
        return;
    client->placed++;
    tell_logs(world, write, log_acked);
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
    struct ledger_client *client = record_client(world, record);
    if (outcome == LEDGER_REFUSED)
        client->refused++;
    else
        client->timed_out++;
    tell_logs(world, write, log_not_acked);
}

void ledger_applied(struct world *world, uint32_t store, uint32_t write, uint32_t position)
{
    struct ledger_record *record = ledger_record(world, write);
    struct log *log = ledger_log(world, store);
    if (record == NULL || log == NULL)
        return;
    if (journal_entry(world, position)->writer == log->writer) {
        uint32_t applied = RECORD_APPLIED(record->bits);
        if (applied == 0) {
            record->position = position;
            record_client(world, record)->placed += RECORD_OUTCOME(record->bits) == LEDGER_ACKED;
        }
        if (applied < 7)
            record->bits += 1u << RECORD_APPLIED_SHIFT;
    }
    log_applied(world, log, write, position);
}

/* --- for metrics ------------------------------------------------------------------------------ */

/* What the client's service has of it; all zero when it never had anything. */
static struct ledger_pair served(const struct world *world, const struct ledger_client *client)
{
    const struct ledger_pair *pair = ledger_pair(world, client, ledger_service_of(world, client));
    return pair == NULL ? (struct ledger_pair){0} : *pair;
}

uint64_t ledger_acked_lost(const struct world *world, uint32_t id)
{
    const struct ledger_client *client = ledger_client(world, id);
    return client == NULL ? 0 : client->placed - served(world, client).there;
}

uint64_t ledger_unreachable(const struct world *world, uint32_t id)
{
    const struct ledger_client *client = ledger_client(world, id);
    if (client == NULL)
        return 0;
    const struct log *log = ledger_log(world, ledger_service_of(world, client));
    return log == NULL || log->answers != 0 ? 0 : client->acked - ledger_acked_lost(world, id);
}

uint64_t ledger_unacked_kept(const struct world *world, uint32_t id)
{
    const struct ledger_client *client = ledger_client(world, id);
    return client == NULL ? 0 : served(world, client).unacked_kept;
}

uint64_t ledger_duplicated(const struct world *world, uint32_t id)
{
    const struct ledger_client *client = ledger_client(world, id);
    return client == NULL ? 0 : served(world, client).duplicated;
}
