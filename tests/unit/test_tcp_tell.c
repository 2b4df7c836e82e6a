/*
 * What ss and nstat say of a machine: their own formats.
 */
#include "tests/unit/client_fixture.h"

static void tell(struct world *world, const char *line, const char *expected)
{
    static char buffer[4096];
    struct text answer = TEXT(buffer);
    struct command command;
    struct error error = {.id = ERROR_NONE};
    text_clear(&answer);
    plain_command(&command, line);
    assert_true(world_command(world, &command, &answer, &error));
    assert_string_equal(buffer, expected);
}

static void sockets_of_a_machine(void **unused)
{
    (void)unused;
    struct world *world = plain_open();
    plain_say(world, "network latency=50ms bandwidth=10Gbit");
    plain_say(world, "machine web-1");
    plain_say(world, "machine app-1");
    plain_say(world, "add server web on web-1 service=0ms accept_cost=0ms response=200B");
    plain_say(world, "add client keeps on app-1 to=web op=http rate=max count=1");
    plain_run_ms(world, 1000);
    plain_say(world, "add client closes on app-1 to=web op=http rate=max count=1 keepalive=no");
    plain_run_ms(world, 3000);
    tell(world, "tell web-1 ss -tan",
         "State  Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
         "LISTEN 0      100          0.0.0.0:80        0.0.0.0:*\n"
         "ESTAB  0      0           10.0.0.1:80       10.0.0.2:32768\n");
    tell(world, "tell app-1 ss -tan",
         "State     Recv-Q Send-Q Local Address:Port  Peer Address:Port\n"
         "ESTAB     0      0           10.0.0.2:32768     10.0.0.1:80\n"
         "TIME-WAIT 0      0           10.0.0.2:32770     10.0.0.1:80\n");
    tell(world, "tell app-1 ss -tan state time-wait",
         "Recv-Q Send-Q Local Address:Port  Peer Address:Port\n"
         "0      0           10.0.0.2:32770     10.0.0.1:80\n");
    tell(world, "tell app-1 ss -s",
         "Total: 1\n"
         "TCP:   2 (estab 1, closed 1, orphaned 0, timewait 1)\n"
         "\n"
         "Transport Total     IP        IPv6\n"
         "RAW\t  0         0         0        \n"
         "UDP\t  0         0         0        \n"
         "TCP\t  1         1         0        \n"
         "INET\t  1         1         0        \n"
         "FRAG\t  0         0         0        \n");
    tell(world, "tell app-1 nstat",
         "#kernel\n"
         "TcpActiveOpens                  2                  0.0\n"
         "TcpInSegs                       7                  0.0\n"
         "TcpOutSegs                      10                 0.0\n");
    assert_int_equal(plain_try(world, "tell app-1 netstat").id, ERROR_UNKNOWN_TOOL);
    plain_close(world);
}

/* A listener that does not accept: Recv-Q is what waits, Send-Q the backlog. */
static void a_full_listener(void **unused)
{
    (void)unused;
    struct world *world = plain_open();
    plain_say(world, "machine web-1 somaxconn=2");
    plain_say(world, "machine app-1");
    plain_say(world, "add server web on web-1 service=0ms");
    plain_say(world, "pause web");
    plain_say(world, "add client many on app-1 to=web op=http rate=100/s arrival=constant "
                     "connections=20 timeout=10s");
    plain_run_ms(world, 500);
    tell(world, "tell web-1 ss -tan state listening",
         "Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
         "3      2            0.0.0.0:80        0.0.0.0:*\n");
    assert_true(plain_metric(world, "web-1.tcp_listen_overflows") > 0);
    plain_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sockets_of_a_machine),
        cmocka_unit_test(a_full_listener),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
