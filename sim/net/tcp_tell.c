/*
 * `tell MACHINE WORDS`: what ss(8), nstat(8) and sysctl(8) say of the machine's kernel, in their
 * own formats (iproute2 6.1 into a pipe, procps).
 */
#include <string.h>

#include "sim/net/tcp_inside.h"
#include "sim/net/wire.h"

#include "sim/machine/machine.h"

/* --- rows of ss -tan -------------------------------------------------------------------- */

enum ss_column {
    SS_STATE,
    SS_RECV,
    SS_SEND,
    SS_LOCAL,
    SS_LOCAL_PORT,
    SS_PEER,
    SS_PEER_PORT,
    SS_COLUMNS
};

struct ss_row {
    char words[SS_COLUMNS][24];
};

static const struct ss_row ss_head = {
    {"State", "Recv-Q", "Send-Q", "Local Address:", "Port", "Peer Address:", "Port"}};

static void put_u64(char words[24], uint64_t number)
{
    struct text text = {words, 24, 0, false};
    text_clear(&text);
    text_add_u64(&text, number);
}

static void put_address(char words[24], uint32_t address)
{
    struct text text = {words, 24, 0, false};
    text_clear(&text);
    for (unsigned shift = 32; shift > 0; shift -= 8) {
        text_add_u64(&text, address >> (shift - 8) & 255);
        text_add(&text, shift > 8 ? "." : ":");
    }
}

static void put_words(char words[24], const char *from)
{
    struct text text = {words, 24, 0, false};
    text_clear(&text);
    text_add(&text, from);
}

static void row_of_listener(const struct world *world, uint32_t component, struct ss_row *row)
{
    put_words(row->words[SS_STATE], "LISTEN");
    put_u64(row->words[SS_RECV], tcp_accept_queue(world, component));
    put_u64(row->words[SS_SEND], tcp_backlog(world, component));
    put_words(row->words[SS_LOCAL], "0.0.0.0:");
    put_u64(row->words[SS_LOCAL_PORT], component_kind(world, component)->port);
    put_words(row->words[SS_PEER], "0.0.0.0:");
    put_words(row->words[SS_PEER_PORT], "*");
}

static void row_of_end(const struct world *world, uint32_t index, unsigned e, struct ss_row *row)
{
    const struct connection *connection = tcp_at(world, index);
    const struct tcp_end *end = &connection->ends[e];
    const struct tcp_end *peer = &connection->ends[1 - e];
    bool waits = end->state == TCP_TIME_WAIT;
    put_words(row->words[SS_STATE], wire_state_name(end->state));
    put_u64(row->words[SS_RECV], waits ? 0 : end->rcv_nxt - end->rcv_read);
    put_u64(row->words[SS_SEND],
            waits || end->snd_end == end->snd_una ? 0 : end->snd_end - end->snd_una);
    put_address(row->words[SS_LOCAL], tcp_address(world, end_machine(world, index, e)));
    put_u64(row->words[SS_LOCAL_PORT], tcp_port(world, index, end->component));
    put_address(row->words[SS_PEER], tcp_address(world, end_machine(world, index, 1 - e)));
    put_u64(row->words[SS_PEER_PORT], tcp_port(world, index, peer->component));
}

/* The names that a filter `state NAME` takes: ESTAB is `established` there, the others are as they
 * stand but for case (text_same_key). */
static bool state_is(const struct ss_row *row, const char *filter)
{
    const char *state = row->words[SS_STATE];
    if (filter == NULL)
        return true;
    if (strcmp(state, "ESTAB") == 0)
        return text_same_key(filter, "established");
    if (strcmp(state, "LISTEN") == 0)
        return text_same_key(filter, "listening");
    return text_same_key(filter, state);
}

typedef void row_taker(void *user, const struct ss_row *row);

/* All sockets of a machine: who listens, then the connections in the order of their slots. */
static void each_row(const struct world *world, uint32_t machine, const char *filter,
                     row_taker *take, void *user)
{
    struct ss_row row;
    for (uint32_t i = 1; i < world->listeners.count; i++)
        if (tcp_listening(world, i) && component_at(world, i)->machine == machine) {
            row_of_listener(world, i, &row);
            if (state_is(&row, filter))
                take(user, &row);
        }
    for (uint32_t i = 1; i < world->region.slabs[SLAB_CONNECTION].used; i++) {
        if (tcp_at(world, i)->ends[0].component == 0)
            continue;
        for (unsigned e = 0; e < 2; e++) {
            if (tcp_at(world, i)->ends[e].state == TCP_CLOSED ||
                end_machine(world, i, e) != machine)
                continue;
            row_of_end(world, i, e, &row);
            if (state_is(&row, filter))
                take(user, &row);
        }
    }
}

struct ss_table {
    struct text *text;
    size_t width[SS_COLUMNS];
    unsigned first; /* a filter for one state leaves the column out */
};

static void widen(void *user, const struct ss_row *row)
{
    struct ss_table *table = user;
    for (unsigned c = 0; c < SS_COLUMNS; c++)
        if (strlen(row->words[c]) > table->width[c])
            table->width[c] = strlen(row->words[c]);
}

static void print(void *user, const struct ss_row *row)
{
    const struct ss_table *table = user;
    for (unsigned c = table->first; c < SS_COLUMNS; c++) {
        size_t missing = table->width[c] - strlen(row->words[c]);
        bool right = c == SS_LOCAL || c == SS_PEER;
        if (c > table->first && c != SS_LOCAL_PORT && c != SS_PEER_PORT)
            text_add_char(table->text, ' ');
        for (size_t i = 0; right && i < missing; i++)
            text_add_char(table->text, ' ');
        text_add(table->text, row->words[c]);
        for (size_t i = 0; !right && i < missing && c + 1 < SS_COLUMNS; i++)
            text_add_char(table->text, ' ');
    }
    text_add_char(table->text, '\n');
}

static void ss_tan(const struct world *world, uint32_t machine, const char *filter,
                   struct text *text)
{
    struct ss_table table = {.text = text, .first = filter == NULL ? SS_STATE : SS_RECV};
    widen(&table, &ss_head);
    each_row(world, machine, filter, widen, &table);
    print(&table, &ss_head);
    each_row(world, machine, filter, print, &table);
}

/* --- ss -s ------------------------------------------------------------------------------ */

struct totals {
    uint64_t all, established, time_wait, half, orphans;
};

static void totals_of(const struct world *world, uint32_t machine, struct totals *totals)
{
    for (uint32_t i = 1; i < world->listeners.count; i++)
        totals->all += tcp_listening(world, i) && component_at(world, i)->machine == machine;
    for (uint32_t i = 1; i < world->region.slabs[SLAB_CONNECTION].used; i++)
        for (unsigned e = 0; tcp_at(world, i)->ends[0].component != 0 && e < 2; e++) {
            const struct tcp_end *end = &tcp_at(world, i)->ends[e];
            if (end->state == TCP_CLOSED || end_machine(world, i, e) != machine)
                continue;
            totals->established += end->state == TCP_ESTABLISHED;
            totals->time_wait += end->state == TCP_TIME_WAIT;
            totals->half += end->state == TCP_SYN_RECEIVED;
            if (end->state == TCP_TIME_WAIT || end->state == TCP_SYN_RECEIVED)
                continue; /* these are no sockets yet, or no more */
            totals->all++;
            totals->orphans += !end_is(end, END_OWNED) && !end_is(end, END_QUEUED);
        }
}

static void summary_row(struct text *text, const char *name, uint64_t sockets)
{
    char number[24];
    put_u64(number, sockets);
    text_add(text, name);
    text_add(text, "\t  ");
    for (unsigned c = 0; c < 3; c++) {
        text_add(text, c < 2 ? number : "0");
        for (size_t i = strlen(c < 2 ? number : "0"); i < 9; i++)
            text_add_char(text, ' ');
        text_add_char(text, c < 2 ? ' ' : '\n');
    }
}

static void ss_summary(const struct world *world, uint32_t machine, struct text *text)
{
    struct totals totals = {0};
    totals_of(world, machine, &totals);
    text_add(text, "Total: ");
    text_add_u64(text, totals.all);
    text_add(text, "\nTCP:   ");
    text_add_u64(text, totals.all + totals.half + totals.time_wait);
    text_add(text, " (estab ");
    text_add_u64(text, totals.established);
    text_add(text, ", closed "); /* ss counts what waits there, too */
    text_add_u64(text, totals.time_wait);
    text_add(text, ", orphaned ");
    text_add_u64(text, totals.orphans);
    text_add(text, ", timewait ");
    text_add_u64(text, totals.time_wait);
    text_add(text, ")\n\nTransport Total     IP        IPv6\n");
    summary_row(text, "RAW", 0);
    summary_row(text, "UDP", 0);
    summary_row(text, "TCP", totals.all);
    summary_row(text, "INET", totals.all);
    summary_row(text, "FRAG", 0);
}

/* --- nstat ------------------------------------------------------------------------------ */

static void nstat(const struct world *world, uint32_t machine, struct text *text)
{
    static const struct {
        const char *name;
        enum tcp_counter counter;
    } rows[] = {
        {"TcpActiveOpens", TCP_ACTIVE_OPENS},
        {"TcpPassiveOpens", TCP_PASSIVE_OPENS},
        {"TcpAttemptFails", TCP_ATTEMPT_FAILS},
        {"TcpEstabResets", TCP_ESTAB_RESETS},
        {"TcpInSegs", TCP_IN_SEGS},
        {"TcpOutSegs", TCP_OUT_SEGS},
        {"TcpRetransSegs", TCP_RETRANS_SEGS},
        {"TcpExtListenOverflows", TCP_LISTEN_OVERFLOWS},
        {"TcpExtListenDrops", TCP_LISTEN_DROPS},
        {"TcpExtTCPTimeouts", TCP_TIMEOUTS},
    };
    text_add(text, "#kernel\n");
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t count = tcp_count(world, machine, rows[i].counter);
        char number[24];
        if (count == 0)
            continue; /* nstat -z shows these, too */
        put_u64(number, count);
        text_add(text, rows[i].name);
        for (size_t n = strlen(rows[i].name); n < 32; n++)
            text_add_char(text, ' ');
        text_add(text, number);
        for (size_t n = strlen(number); n < 16; n++)
            text_add_char(text, ' ');
        text_add(text, "   0.0\n");
    }
}

/* --- words ------------------------------------------------------------------------------ */

static bool words_are(const struct command *words, const char *a, const char *b)
{
    return words->count >= 2 && strcmp(command_word(words, 0), a) == 0 &&
           strcmp(command_word(words, 1), b) == 0;
}

bool tcp_tell_machine(struct world *world, uint32_t machine, const struct command *words,
                      struct text *answer, struct error *error)
{
    if (words_are(words, "ss", "-tan") && words->count == 2) {
        ss_tan(world, machine, NULL, answer);
    } else if (words_are(words, "ss", "-tan") && words->count == 4 &&
               strcmp(command_word(words, 2), "state") == 0) {
        ss_tan(world, machine, command_word(words, 3), answer);
    } else if (words_are(words, "ss", "-s") && words->count == 2) {
        ss_summary(world, machine, answer);
    } else if (words->count == 1 && strcmp(command_word(words, 0), "nstat") == 0) {
        nstat(world, machine, answer);
    } else {
        return error_set(error, ERROR_UNKNOWN_TOOL, 0, command_word(words, 0), NULL, NULL, NULL);
    }
    return true;
}
