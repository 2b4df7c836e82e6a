/*
 * HTTP between a client and a server: which connections persist, who closes, versions, TLS,
 * streams.
 */
#include "tests/unit/server_fixture.h"

#include "sim/net/http.h"
#include "sim/net/tls.h"

/* --- persistence ---------------------------------------------------------------------------- */

static void which_connections_persist(void **unused)
{
    static const struct {
        const char *server, *client;
        int64_t connects;
    } cases[] = {
        {"", "", 1},
        {"", "connection-header=keep-alive", 1},
        {"", "connection-header=close", 20},
        {"", "http=1.0", 20},
        {"", "http=1.0 connection-header=keep-alive", 1},
        {"http=1.0", "", 20},
        {"http=1.0", "connection-header=keep-alive", 1},
        {"keepalive_timeout=0s", "", 20},
        {"keepalive_requests=5", "", 4},
        {"keepalive_requests=7", "", 3},
        {"", "keepalive=no", 20},
        {"", "keepalive=no close=server", 20},
        {"http=2", "http=2", 1},
        {"http=2", "http=2 keepalive=no", 20},
        {"http=2", "", 1},
    };
    (void)unused;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char client[200];
        snprintf(client, sizeof client, "rate=max count=20 %s", cases[i].client);
        struct world *world = web_world(cases[i].server, client);
        plain_run_ms(world, 10000);
        same(world, "c.acked", 20);
        if (plain_metric(world, "c.connects") != cases[i].connects)
            fail_msg("%s | %s: %lld connections", cases[i].server, cases[i].client,
                     (long long)plain_metric(world, "c.connects"));
        same(world, "web.accepted", cases[i].connects);
        plain_close(world);
    }
}

static void who_closes_first_holds_TIME_WAIT(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < 2; i++) {
        struct world *world = web_world("", i == 0 ? "rate=max count=10 keepalive=no"
                                                   : "rate=max count=10 keepalive=no close=server");
        plain_run_ms(world, 5000);
        same(world, "app-1.tcp_time_wait", i == 0 ? 10 : 0);
        same(world, "web-1.tcp_time_wait", i == 0 ? 0 : 10);
        plain_close(world);
    }
}

/* What is written does not make the client do it: it waits for the server to close, 3 s later. */
static void the_header_is_written_whatever_is_done(void **unused)
{
    (void)unused;
    struct world *world =
        web_world("keepalive_timeout=3s",
                  "rate=max count=2 keepalive=no close=server connection-header=keep-alive");
    plain_run_ms(world, 3100);
    same(world, "c.acked", 1);
    plain_run_ms(world, 4000);
    same(world, "c.acked", 2);
    between(world, "c.latency_max", 3200 * MS_NS, 3201 * MS_NS); /* its FIN comes at 3.2 s */
    plain_close(world);
}

/* --- the idle connection -------------------------------------------------------------------- */

static void an_idle_connection_is_closed_at_its_time(void **unused)
{
    (void)unused;
    struct world *world = web_world("keepalive_timeout=2s", "rate=max think=1h");
    plain_run_ms(world, 2149);
    same(world, "web.connections", 1);
    plain_run_ms(world, 2151);
    same(world, "web.connections", 0);
    plain_run_ms(world, 2199);
    same(world, "c.connections", 1); /* the FIN is on its way */
    plain_run_ms(world, 2201);
    same(world, "c.connections", 0);
    plain_close(world);
}

/* net.http.keepalive_race: a request that is sent in the round trip around the close is lost. */
static void the_race_at_the_timeout(void **unused)
{
    static const struct {
        const char *think; /* after the answer; the server idles for 100 ms more when it comes */
        bool lost;
        int64_t connects;
    } cases[] = {
        {"1800ms", false, 1}, {"1890ms", false, 1}, {"1910ms", true, 1},
        {"1940ms", true, 1},  {"1990ms", true, 1},  {"2010ms", false, 2},
    };
    (void)unused;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char client[100];
        snprintf(client, sizeof client, "rate=max count=2 think=%s", cases[i].think);
        struct world *world = web_world("keepalive_timeout=2s", client);
        plain_run_ms(world, 4000);
        same(world, "c.refused", cases[i].lost ? 1 : 0);
        same(world, "c.acked", cases[i].lost ? 1 : 2);
        same(world, "c.connects", cases[i].connects);
        plain_close(world);
    }
}

/* A retry takes a new connection: nobody notices. */
static void a_retry_hides_the_race(void **unused)
{
    (void)unused;
    struct world *world =
        web_world("keepalive_timeout=2s", "rate=max count=20 think=1950ms retry=1 retry_delay=0ms");
    plain_run_ms(world, 60000);
    same(world, "c.acked", 20);
    same(world, "c.refused", 0);
    assert_true(plain_metric(world, "c.retries") > 5);
    plain_close(world);
}

/* --- how long it takes ---------------------------------------------------------------------- */

static void round_trips_to_the_answer(void **unused)
{
    static const struct {
        const char *server, *client;
        int64_t first, later; /* round trips of the first connection's, and of the next one's */
    } cases[] = {
        {"", "", 2, 2},
        {"http=2", "http=2", 2, 2},
        {"tls=1.3", "tls=1.3", 3, 3},
        {"tls=1.3", "tls=1.2", 4, 4},
        {"tls=1.2", "tls=1.3", 4, 4},
        {"tls=1.3", "tls=1.3 tls_resume=yes", 3, 3},
        {"tls=1.2", "tls=1.2 tls_resume=yes", 4, 3},
        {"tls=1.3", "tls=1.3 tls_resume=early-data", 3, 2},
        {"tls=1.3 http=2", "tls=1.3 http=2", 3, 3},
    };
    (void)unused;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char client[200];
        snprintf(client, sizeof client, "rate=max count=2 keepalive=no think=1s %s",
                 cases[i].client);
        struct world *world = web_world(cases[i].server, client);
        int64_t first = cases[i].first * 100 * (int64_t)MS_NS;
        int64_t later = cases[i].later * 100 * (int64_t)MS_NS;
        plain_run_ms(world, 3000);
        same(world, "c.acked", 2);
        between(world, "c.latency_max", first, first + first / 50);
        between(world, "c.latency_mean", (first + later) / 2, (first + later) / 2 + first / 50);
        plain_close(world);
    }
}

static void packets_of_the_handshakes(void **unused)
{
    static const struct {
        const char *both;
        int64_t packets;
    } cases[] = {{"", 10}, {"tls=1.3", 17}, {"tls=1.2", 15}, {"tls=1.3 http=2", 19}};
    (void)unused;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char client[200];
        snprintf(client, sizeof client, "rate=max count=1 keepalive=no %s", cases[i].both);
        struct world *world = web_world(cases[i].both, client);
        plain_run_ms(world, 3000);
        same(world, "app-1~web-1.packets", cases[i].packets);
        plain_close(world);
    }
}

/* A server that was killed has other keys: its tickets are worth nothing. */
static void a_session_is_taken_up_by_the_process_that_gave_it(void **unused)
{
    (void)unused;
    struct world *world =
        web_world("tls=1.2", "rate=max count=3 keepalive=no think=2s tls=1.2 tls_resume=yes");
    plain_run_ms(world, 4000);
    same(world, "c.acked", 2); /* 400 and 300 ms */
    plain_say(world, "restart web");
    plain_run_ms(world, 9000);
    same(world, "c.acked", 3);
    between(world, "c.latency_mean", 1100 * (int64_t)MS_NS / 3, 1110 * (int64_t)MS_NS / 3);
    plain_close(world);
}

/* --- who does not speak it ------------------------------------------------------------------ */

static void what_is_not_spoken_is_refused(void **unused)
{
    static const struct {
        const char *server, *client;
    } cases[] = {{"", "tls=1.3"}, {"tls=1.3", ""}, {"", "http=2"}};
    (void)unused;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char client[100];
        snprintf(client, sizeof client, "rate=max count=1 %s", cases[i].client);
        struct world *world = web_world(cases[i].server, client);
        plain_run_ms(world, 3000);
        same(world, "c.refused", 1);
        same(world, "web.errors", 1);
        same(world, "web.connections", 0);
        same(world, "c.connections", 0);
        plain_close(world);
    }
    /* With TLS both settle on what both know (ALPN). */
    struct world *world = web_world("tls=1.3", "rate=max count=1 tls=1.3 http=2");
    plain_run_ms(world, 3000);
    same(world, "c.acked", 1);
    plain_close(world);
}

/* --- many on one connection ----------------------------------------------------------------- */

/* HTTP/1.1 takes what is pipelined one after the other, h2 all at once. */
static void a_pipeline_is_served_in_order_and_streams_together(void **unused)
{
    (void)unused;
    struct world *world = web_world("external=100ms", "rate=max connections=1 pipeline=5 count=5");
    plain_run_ms(world, 151);
    same(world, "web.threads_busy", 1);
    same(world, "web.requests", 1);
    plain_run_ms(world, 3000);
    same(world, "c.acked", 5);
    between(world, "c.latency_max", 700 * MS_NS, 701 * MS_NS);
    plain_close(world);

    world = web_world("external=100ms http=2", "rate=max connections=1 pipeline=5 count=5 http=2");
    plain_run_ms(world, 151);
    same(world, "web.threads_busy", 5);
    plain_run_ms(world, 3000);
    same(world, "c.acked", 5);
    same(world, "c.connects", 1);
    between(world, "c.latency_max", 300 * MS_NS, 301 * MS_NS);
    plain_close(world);
}

/* The open loop, too, opens one connection of h2 for many. */
static void one_connection_of_h2_does_for_many(void **unused)
{
    (void)unused;
    struct world *world = web_world("http=2", "rate=1000/s connections=50 http=2");
    plain_run_ms(world, 3000);
    between(world, "c.connects", 1, 5);
    assert_true(plain_metric(world, "c.acked") > 2500);
    plain_close(world);
}

/* Thirty objects: 1 + 30/c round trips. */
static void thirty_objects_over_c_connections(void **unused)
{
    static const struct {
        unsigned connections;
        int64_t round_trips;
    } cases[] = {{1, 31}, {6, 6}, {30, 2}};
    (void)unused;
    for (unsigned i = 0; i < 3; i++) {
        char client[100];
        snprintf(client, sizeof client, "rate=max count=30 connections=%u", cases[i].connections);
        struct world *world = web_world("", client);
        int64_t expected = cases[i].round_trips * 100;
        plain_run_ms(world, (uint64_t)expected - 10);
        assert_true(plain_metric(world, "c.acked") < 30);
        plain_run_ms(world, (uint64_t)(expected + expected / 50));
        same(world, "c.acked", 30);
        plain_close(world);
    }
}

/* --- giving up ------------------------------------------------------------------------------ */

static void connect_timeout_gives_up_earlier(void **unused)
{
    (void)unused;
    struct world *world = plain_open();
    plain_say(world, "network latency=50ms");
    plain_say(world, "machine web-1");
    plain_say(world, "machine app-1");
    plain_say(world, "add server web on web-1");
    plain_say(world, "power-cut web-1");
    plain_say(world, "add client c on app-1 to=web op=http rate=max count=1 timeout=5s "
                     "connect_timeout=300ms retry=3 retry_delay=100ms");
    plain_run_ms(world, 299);
    same(world, "c.connect_failures", 0);
    plain_run_ms(world, 301);
    same(world, "c.connect_failures", 1);
    plain_run_ms(world, 3000);
    same(world, "c.connect_failures", 4);
    same(world, "c.retries", 3);
    same(world, "c.timed_out", 1);
    plain_close(world);
}

/* --- parameters that do not go together ------------------------------------------------------ */

static void a_client_says_what_is_wrong(void **unused)
{
    static const struct {
        const char *line;
        enum error_id id;
        unsigned word;
    } cases[] = {
        {"add client d on app-1 to=web", ERROR_CLIENT_NO_STORE, 5},
        {"add client d on app-1 to=web op=get", ERROR_CLIENT_NO_STORE, 5},
        {"add client d on app-1 to=cache op=http", ERROR_CLIENT_NO_STORE, 5},
        {"add client d on app-1 to=cache op=set http=2", ERROR_CLIENT_NO_HTTP, 7},
        {"add client d on app-1 to=cache tls=1.3", ERROR_CLIENT_NO_HTTP, 6},
        {"set c op=set", ERROR_CLIENT_NO_STORE, 2},
        {"set c to=cache", ERROR_CLIENT_NO_STORE, 2},
        {"add client d on app-1 to=web op=http http=4", ERROR_NOT_A_CHOICE, 7},
    };
    (void)unused;
    struct world *world = web_world("", "rate=0/s");
    plain_say(world, "add store cache on web-1");
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error error = plain_try(world, cases[i].line);
        if (error.id != cases[i].id || error.word != cases[i].word)
            fail_msg("%s: error %u at word %u", cases[i].line, error.id, error.word);
    }
    plain_say(world, "set c to=cache op=set");
    plain_close(world);
}

/* --- bytes ---------------------------------------------------------------------------------- */

static void bytes_are_those_that_were_seen(void **unused)
{
    (void)unused;
    assert_int_equal(http_request_bytes(HTTP_1_1, HTTP_NO_HEADER, true), 32);
    assert_int_equal(http_request_bytes(HTTP_1_1, HTTP_CLOSE, true), 51);
    assert_int_equal(http_response_bytes(HTTP_1_1, 200, 200, true), 452);
    assert_int_equal(http_response_bytes(HTTP_1_1, 200, 200, false), 447);
    assert_int_equal(http_response_bytes(HTTP_2, 200, 200, true), 125 + 209);
    assert_int_equal(tls_record_bytes(TLS_NO, 452), 452);
    assert_int_equal(tls_record_bytes(TLS_1_3, 452), 474);
    assert_int_equal(tls_record_bytes(TLS_1_2, 452), 481);
    assert_int_equal(tls_record_bytes(TLS_1_3, 16385), 16385 + 44);
    char said[40];
    struct text text = TEXT(said);
    text_clear(&text);
    struct message answer = {.bytes = 452, .type = HTTP_RESPONSE, .c = 200};
    assert_true(http_message_words(&answer, &text));
    assert_string_equal(said, "200 452 B");
    text_clear(&text);
    struct message hello = {.type = TLS_CLIENT_HELLO};
    assert_false(http_message_words(&hello, &text));
    assert_true(tls_message_words(&hello, &text));
    assert_string_equal(said, "ClientHello");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(which_connections_persist),
        cmocka_unit_test(who_closes_first_holds_TIME_WAIT),
        cmocka_unit_test(the_header_is_written_whatever_is_done),
        cmocka_unit_test(an_idle_connection_is_closed_at_its_time),
        cmocka_unit_test(the_race_at_the_timeout),
        cmocka_unit_test(a_retry_hides_the_race),
        cmocka_unit_test(round_trips_to_the_answer),
        cmocka_unit_test(packets_of_the_handshakes),
        cmocka_unit_test(a_session_is_taken_up_by_the_process_that_gave_it),
        cmocka_unit_test(what_is_not_spoken_is_refused),
        cmocka_unit_test(a_pipeline_is_served_in_order_and_streams_together),
        cmocka_unit_test(one_connection_of_h2_does_for_many),
        cmocka_unit_test(thirty_objects_over_c_connections),
        cmocka_unit_test(connect_timeout_gives_up_earlier),
        cmocka_unit_test(a_client_says_what_is_wrong),
        cmocka_unit_test(bytes_are_those_that_were_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
