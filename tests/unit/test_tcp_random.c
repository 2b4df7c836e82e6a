/*
 * TCP over random worlds: whatever breaks, messages arrive in order and exactly once or the peer
 * hears of a break, every packet is accounted for, and nothing is left at the end.
 */
#include "tests/unit/net_fixture.h"

#define MACHINES 3
#define CLIENTS  4
#define SESSIONS 2048
#define STEPS    400

/* One connection as both applications see it. */
struct session {
    uint32_t connection;
    uint32_t client;
    uint64_t sent[2], received[2]; /* by the client, by the server: messages, numbered from 1 */
    bool held[2];                  /* the application still has it */
};

static struct world *world;
static struct stream dice;
static uint32_t machines[MACHINES], clients[CLIENTS], server;
static struct session sessions[SESSIONS];
static uint32_t session_count;
static bool paused;

static unsigned side_of(uint32_t id)
{
    return id == server ? 1 : 0;
}

/* The cookie of the client's end is the session; the server finds it by the connection. */
static struct session *session_of(uint32_t connection, unsigned side)
{
    for (uint32_t i = session_count; i > 0; i--)
        if (sessions[i - 1].connection == connection && (side == 1 || sessions[i - 1].held[0]))
            return &sessions[i - 1];
    fail();
    return NULL;
}

static void send_numbered(struct session *session, unsigned side)
{
    struct message message = {.bytes = 1 + (uint32_t)stream_below(&dice, 6000),
                              .a = session->sent[side] + 1};
    uint32_t id = side == 1 ? server : session->client;
    if (tcp_send(world, session->connection, id, &message))
        session->sent[side]++;
}

static void read_numbered(struct session *session, uint32_t id, uint32_t connection)
{
    struct message message;
    unsigned side = side_of(id);
    while (tcp_receive(world, connection, id, &message)) {
        assert_int_equal(message.a, session->received[side] + 1);
        session->received[side]++;
        if (side == 1 && (message.a & 1) != 0)
            send_numbered(session, 1);
    }
}

static void accept_all(void)
{
    for (uint32_t c; (c = tcp_accept(world, server)) != 0;)
        session_of(c, 1)->held[1] = true;
}

static void hears(struct world *w, uint32_t id, uint32_t connection, enum socket_event what)
{
    unsigned side = side_of(id);
    assert_false(side == 1 && paused);
    if (what == SOCKET_ACCEPTABLE) {
        accept_all();
        return;
    }
    struct session *session = session_of(connection, side);
    assert_true(session->held[side]);
    if (what == SOCKET_READABLE)
        read_numbered(session, id, connection);
    if (what == SOCKET_FAILED || what == SOCKET_RESET) {
        assert_int_not_equal(tcp_failure(w, connection), TCP_FINE);
        session->held[side] = false;
    }
    if (what == SOCKET_CLOSED) {
        session->held[side] = false;
        tcp_close(w, connection, id);
    }
}

static void server_start(void)
{
    component_at(world, server)->up = 1;
    tcp_listen(world, server, 511);
}

static void server_forgets(void)
{
    paused = false;
    component_at(world, server)->up = 0;
    for (uint32_t i = 0; i < session_count; i++)
        sessions[i].held[1] = false;
}

static void machine_power(uint32_t machine, bool on)
{
    if (component_at(world, machine)->up == on)
        return;
    if (!on) {
        tcp_machine_lost(world, machine);
        for (uint32_t i = 0; i < session_count; i++)
            if (sessions[i].held[0] && component_at(world, sessions[i].client)->machine == machine)
                sessions[i].held[0] = false;
        if (component_at(world, server)->machine == machine)
            server_forgets();
    }
    component_at(world, machine)->up = on;
    if (on && component_at(world, server)->machine == machine)
        server_start();
}

static void step_connect(void)
{
    uint32_t client = clients[stream_below(&dice, CLIENTS)];
    if (session_count == SESSIONS || !component_at(world, component_at(world, client)->machine)->up)
        return;
    struct session *session = &sessions[session_count++];
    *session = (struct session){.client = client, .held = {true, false}};
    session->connection = tcp_connect(world, client, server, NULL);
    assert_int_not_equal(session->connection, 0);
}

/* A side of a session lets go of it. */
static void step_close(void)
{
    if (session_count == 0)
        return;
    struct session *session = &sessions[stream_below(&dice, session_count)];
    unsigned side = (unsigned)stream_below(&dice, 2);
    uint32_t id = side == 1 ? server : session->client;
    if (!session->held[side] || (side == 1 && paused))
        return;
    session->held[side] = false;
    if (stream_chance(&dice, 1, 3))
        tcp_abort(world, session->connection, id);
    else
        tcp_close(world, session->connection, id);
}

static void step_send(void)
{
    for (unsigned i = 0; i < 3 && session_count > 0; i++) {
        uint32_t recent = session_count < 20 ? session_count : 20;
        struct session *session = &sessions[session_count - 1 - stream_below(&dice, recent)];
        if (session->held[0])
            send_numbered(session, 0);
    }
}

static void step_link(void)
{
    uint32_t from = machines[stream_below(&dice, MACHINES)];
    uint32_t to = machines[stream_below(&dice, MACHINES)];
    if (from == to)
        return;
    switch (stream_below(&dice, 6)) {
    case 0:
        link_set_cut(world, from, to, true);
        break;
    case 1:
        link_set(world, from, to, LINK_LOSS, stream_below(&dice, 30 * PERCENT_ONE), true);
        break;
    case 2:
        link_set(world, from, to, LINK_JITTER, stream_below(&dice, 50 * MS_NS), false);
        break;
    case 3:
        link_set(world, from, to, LINK_BANDWIDTH, 100000 + stream_below(&dice, 10000000), false);
        break;
    case 4:
        link_drop_next(world, from, to, (unsigned)stream_below(&dice, PACKET_OTHER), 2);
        break;
    default:
        link_heal_all(world);
    }
}

static void step_server(void)
{
    bool power = component_at(world, component_at(world, server)->machine)->up;
    switch (stream_below(&dice, 3)) {
    case 0:
        if (power && component_at(world, server)->up) {
            tcp_process_ended(world, server);
            server_forgets();
        } else if (power) {
            server_start();
        }
        break;
    case 1:
        if (component_at(world, server)->up && !paused) {
            paused = true;
            tcp_process_paused(world, server);
        }
        break;
    default:
        paused = false;
        tcp_process_resumed(world, server);
    }
}

/* A program stops reading, or reads again; a receive buffer gets another size. */
static void step_reading(void)
{
    if (session_count == 0)
        return;
    struct session *session = &sessions[stream_below(&dice, session_count)];
    unsigned side = (unsigned)stream_below(&dice, 2);
    uint32_t id = side == 1 ? server : session->client;
    if (session->held[side])
        tcp_set_reading(world, session->connection, id, stream_chance(&dice, 1, 2));
    uint32_t machine = machines[stream_below(&dice, MACHINES)];
    parameter_put(world, machine, MACHINE_TCP_RMEM, 4096 + stream_below(&dice, 100000));
    parameter_put(world, machine, MACHINE_TCP_WMEM, 4096 + stream_below(&dice, 100000));
}

/* Before the end everybody reads what waits. */
static void read_all(void)
{
    for (uint32_t i = 0; i < session_count; i++)
        for (unsigned side = 0; side < 2; side++)
            if (sessions[i].held[side])
                tcp_set_reading(world, sessions[i].connection,
                                side == 1 ? server : sessions[i].client, true);
}

static void step_power(void)
{
    uint32_t machine = machines[stream_below(&dice, MACHINES)];
    machine_power(machine, stream_chance(&dice, 2, 3));
}

static void step(void)
{
    uint64_t what = stream_below(&dice, 100);
    if (what < 15)
        step_connect();
    else if (what < 70)
        step_send();
    else if (what < 78)
        step_close();
    else if (what < 82)
        step_reading();
    else if (what < 92)
        step_link();
    else if (what < 97)
        step_server();
    else
        step_power();
    net_run(world, world->now_ns + stream_exponential(&dice, 100 * MS_NS));
}

/* Packets that were sent = that came + that were dropped + that came where there was no power. */
static void expect_packets_conserved(void)
{
    uint64_t packets = 0, out = 0;
    for (uint32_t i = 1; i < world->links.count; i++)
        packets += way_at(world, i)->packets;
    for (unsigned i = 0; i < MACHINES; i++)
        out += tcp_count(world, machines[i], TCP_OUT_SEGS) +
               tcp_count(world, machines[i], TCP_RETRANS_SEGS);
    assert_int_equal(out, packets);
    assert_int_equal(in_segments(world) + dropped_packets(world) + arrived_dark, packets);
}

static void mend_all(void)
{
    for (unsigned i = 0; i < MACHINES; i++)
        machine_power(machines[i], true);
    if (!component_at(world, server)->up)
        server_start();
    paused = false;
    tcp_process_resumed(world, server);
    link_heal_all(world);
    for (uint32_t i = 1; i < world->links.count; i++) {
        struct way *way = way_at(world, i);
        way->values[LINK_LOSS] = 0;
        way->values[LINK_BANDWIDTH] = SECOND_NS;
        memset(way->drop, 0, sizeof way->drop);
    }
    read_all();
    net_run(world, world->now_ns + 2000 * SECOND_NS);
}

/* Where both still hold it, all has arrived.  Where only one does, it hears of it when it sends. */
static void expect_whole_or_heard(uint64_t *whole, uint64_t *heard)
{
    for (uint32_t i = 0; i < session_count; i++) {
        struct session *session = &sessions[i];
        assert_true(session->received[1] <= session->sent[0]);
        assert_true(session->received[0] <= session->sent[1]);
        if (session->held[0] && session->held[1]) {
            assert_int_equal(session->received[1], session->sent[0]);
            assert_int_equal(session->received[0], session->sent[1]);
            *whole += session->sent[0] > 0;
        } else if (session->held[0] || session->held[1]) {
            send_numbered(session, session->held[0] ? 0 : 1);
            net_run(world, world->now_ns + 10 * SECOND_NS);
            assert_false(session->held[0] || session->held[1]);
            ++*heard;
        }
    }
}

static uint64_t random_world(uint64_t seed, uint64_t *whole, uint64_t *heard)
{
    world = net_open(seed);
    dice = stream_of(seed, "test", "dice");
    session_count = 0;
    paused = false;
    for (unsigned i = 0; i < MACHINES; i++)
        machines[i] = net_machine(world, (const char *[]){"a", "b", "c"}[i]);
    for (unsigned i = 0; i < CLIENTS; i++)
        clients[i] =
            net_peer(world, (const char *[]){"p", "q", "r", "s"}[i], machines[i % MACHINES]);
    server = net_peer(world, "server", machines[2]);
    for (unsigned i = 0; i < COMPONENTS; i++)
        peers[i].hears = hears;
    server_start();
    for (unsigned i = 0; i < STEPS; i++)
        step();
    mend_all();
    expect_whole_or_heard(whole, heard);
    for (uint32_t i = 0; i < session_count; i++) {
        for (unsigned side = 0; side < 2; side++)
            if (sessions[i].held[side])
                tcp_close(world, sessions[i].connection, side == 1 ? server : sessions[i].client);
        sessions[i].held[0] = sessions[i].held[1] = false;
    }
    net_run(world, world->now_ns + 2000 * SECOND_NS);
    net_expect_empty(world);
    expect_packets_conserved();
    uint64_t digest = world->digest;
    free(world);
    return digest;
}

static void test_random_worlds(void **state)
{
    (void)state;
    uint64_t whole = 0, heard = 0;
    for (uint64_t seed = 1; seed <= 150; seed++) {
        uint64_t digest = random_world(seed, &whole, &heard);
        if (seed <= 5)
            assert_int_equal(random_world(seed, &whole, &heard), digest);
    }
    assert_true(whole > 500 && heard > 10); /* or too little was tested */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_worlds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
