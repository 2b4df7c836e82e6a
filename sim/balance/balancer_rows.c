/*
 * The tables of the kind `balancer`: its parameters and its metrics.
 */
#include "sim/balance/balancer_state.h"

#define YEAR_NS (365 * 86400 * SECOND_NS)

const struct parameter balancer_parameters[] = {
    [BALANCER_TO] = {"to", UNIT_TEXT, 0, 0, "", NULL, true,
                     "the servers behind it, with commas between; with mode=tcp stores, too",
                     "뒤에 있는 서버들; 쉼표로 나눕니다. mode=tcp면 스토어도 됩니다"},
    [BALANCER_WEIGHTS] = {"weights", UNIT_TEXT, 0, 0, "", NULL, true,
                          "a weight for each of them, 1 where none is said: 3,1",
                          "서버마다의 가중치; 없으면 1: 3,1"},
    [BALANCER_POLICY] =
        {"policy", UNIT_CHOICE, 0, 0, "roundrobin", "roundrobin|leastconn|source|cookie", true,
         "who gets the next: in turn, who has least under way, by the client's "
         "address, who answered it first",
         "다음 차례를 정하는 법: 돌아가며, 가장 한가한 곳, 클라이언트 주소, 처음 답한 곳"},
    [BALANCER_MODE] = {"mode", UNIT_CHOICE, 0, 0, "http", "http|tcp", false,
                       "http chooses for each request, tcp for each connection",
                       "http는 요청마다, tcp는 연결마다 서버를 고릅니다"},
    [BALANCER_CHECK] = {"check", UNIT_BOOLEAN, 0, 1, "yes", NULL, true,
                        "asks the servers whether they are well",
                        "서버가 살아 있는지 헬스 체크를 합니다"},
    [BALANCER_INTER] =
        {"inter", UNIT_DURATION, MS_NS, YEAR_NS, "2s", NULL, true,
         "time between two checks of a server, and how long one waits for its answer",
         "헬스 체크 간격이자, 한 번이 답을 기다리는 시간"},
    [BALANCER_FALL] = {"fall", UNIT_COUNT, 1, 1000, "3", NULL, true,
                       "checks in a row that must fail before a server is taken out",
                       "서버를 빼기까지 이어서 실패해야 하는 헬스 체크 수"},
    [BALANCER_RISE] = {"rise", UNIT_COUNT, 1, 1000, "2", NULL, true,
                       "checks in a row that must pass before it is back",
                       "서버를 다시 넣기까지 이어서 성공해야 하는 헬스 체크 수"},
    [BALANCER_RETRIES] = {"retries", UNIT_COUNT, 0, 1000, "3", NULL, true,
                          "how often a connection that could not be made is tried again",
                          "맺지 못한 연결을 다시 시도하는 횟수"},
    [BALANCER_REDISPATCH] =
        {"redispatch", UNIT_BOOLEAN, 0, 1, "yes", NULL, true,
         "a retry goes to another server at once; no: to the same, 1 s after a refusal",
         "재시도를 곧바로 다른 서버로 보냅니다; no면 같은 서버로, 거절된 뒤에는 1초 뒤에 보냅니다"},
    [BALANCER_TIMEOUT_CONNECT] = {"timeout_connect", UNIT_DURATION, MS_NS, YEAR_NS, "1s", NULL,
                                  true, "how long it waits for a server's connection",
                                  "서버와 연결이 맺어지기를 기다리는 시간"},
    [BALANCER_TIMEOUT_SERVER] = {"timeout_server", UNIT_DURATION, 0, YEAR_NS, "0s", "off=0", true,
                                 "mode=http: how long it waits for an answer, then 504; a "
                                 "WebSocket that is silent for as long is closed; off: for ever",
                                 "mode=http: 답을 기다리는 시간; 지나면 504로 답하고, 이만큼 "
                                 "조용한 WebSocket은 닫습니다. off면 끝없이 기다립니다"},
    [BALANCER_MAXCONN] = {"maxconn", UNIT_COUNT, 1, 10000000, "100000", NULL, true,
                          "connections of clients at most; more wait in the kernel",
                          "클라이언트 연결 수의 상한; 더 오면 커널에서 기다립니다"},
    [BALANCER_COST] = {"request_cost", UNIT_DURATION, 0, YEAR_NS, "20us", NULL, true,
                       "CPU time of a request (tcp: of a connection)",
                       "요청 하나(tcp면 연결 하나)의 CPU 시간"},
    [BALANCER_STANDBY] = {"standby", UNIT_TEXT, 0, 0, "", NULL, true,
                          "a balancer that takes the address over when this one was silent for 3 "
                          "inter; it needs servers of its own (to=)",
                          "이 로드 밸런서가 inter의 3배 동안 조용하면 주소를 넘겨받을 로드 밸런서; "
                          "그쪽에도 to=가 있어야 합니다"},
    [BALANCER_ON_MARKED_DOWN] = {"on_marked_down", UNIT_CHOICE, 0, 0, "none",
                                 "none|shutdown-sessions", true,
                                 "connections through it to a server that checks take out: left "
                                 "alone, or closed",
                                 "헬스 체크로 빠진 서버와 이어진 연결을 그대로 두거나 닫습니다"},
};
_Static_assert(sizeof balancer_parameters / sizeof balancer_parameters[0] == BALANCER_PARAMETERS,
               "a row for each parameter");

static bool read_up(struct world *world, uint32_t id, struct value *value)
{
    value->number = component_at(world, id)->up;
    return true;
}

static bool read_backends_up(struct world *world, uint32_t id, struct value *value)
{
    value->number = (int64_t)backends_up(balancer_of(world, id));
    return true;
}

static bool read_backends(struct world *world, uint32_t id, struct value *value)
{
    const struct balancer *b = balancer_of(world, id);
    for (uint32_t i = 0; i < b->backend_count; i++)
        value->number += b->backends[i].component != 0;
    return true;
}

static bool read_addresses(struct world *world, uint32_t id, struct value *value)
{
    value->number = (int64_t)standby_addresses(world, id);
    return true;
}

#define COUNTED(member) METRIC_COUNTER, offsetof(struct balancer, member), NULL
#define GAUGED(member)  METRIC_GAUGE, offsetof(struct balancer, member), NULL

const struct metric balancer_metrics[] = {
    {"backends_up", UNIT_COUNT, METRIC_GAUGE, 0, read_backends_up, "servers that it takes for well",
     "멀쩡하다고 보는 서버 수"},
    {"backends", UNIT_COUNT, METRIC_GAUGE, 0, read_backends, "servers that stand behind it",
     "뒤에 있는 서버 수"},
    {"checks_failed", UNIT_COUNT, COUNTED(checks_failed), "health checks that failed",
     "실패한 헬스 체크"},
    {"retries", UNIT_COUNT, COUNTED(retries), "tries again, since a server could not be reached",
     "서버에 닿지 못해 다시 시도한 횟수"},
    {"redispatched", UNIT_COUNT, COUNTED(redispatched), "of them, at another server",
     "그 가운데 다른 서버로 보낸 것"},
    {"connections", UNIT_COUNT, GAUGED(connections), "connections of clients that are open",
     "열려 있는 클라이언트 연결"},
    {"requests", UNIT_COUNT, COUNTED(requests), "requests (tcp: connections) it has taken",
     "받은 요청(tcp면 연결)"},
    {"errors", UNIT_COUNT, COUNTED(errors), "error answers of its own: 502, 503, 504",
     "스스로 돌려준 오류 응답: 502, 503, 504"},
    {"addresses", UNIT_COUNT, METRIC_GAUGE, 0, read_addresses,
     "addresses that it answers for: its own, and those it took over as a standby",
     "맡고 있는 주소 수: 자기 것과, 대기하다 넘겨받은 것"},
    {"up", UNIT_COUNT, METRIC_GAUGE, 0, read_up, "1 while the process runs",
     "프로세스가 돌고 있으면 1"},
};
_Static_assert(sizeof balancer_metrics / sizeof balancer_metrics[0] == BALANCER_METRICS,
               "as many as the header says");
