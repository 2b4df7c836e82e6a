/*
 * The tables of the kind `client`: its parameters and its metrics.
 */
#include "sim/traffic/client.h"

#include "sim/net/deliveries.h"
#include "sim/store/ledger.h"

#define YEAR_NS (365 * 86400 * SECOND_NS)

const struct parameter client_parameters[] = {
    [CLIENT_TO] = {"to", UNIT_TEXT, 0, 0, "", NULL, true,
                   "the store or server it asks; another one from the next connection on",
                   "요청을 보낼 스토어나 서버; 바꾸면 다음 연결부터 그리로 갑니다"},
    [CLIENT_OP] =
        {"op", UNIT_CHOICE, 0, 0, "set", "set|get|incr|del|http|ws|location", true,
         "what it asks: SET, GET, INCR or DEL of a store, HTTP's GET of a server; ws: messages "
         "over WebSockets that stay; location: where something is that moves",
         "보내는 것: 스토어의 SET, GET, INCR, DEL, 서버의 HTTP GET; ws는 열어 둔 "
         "WebSocket으로 메시지를 주고받고, location은 움직이는 것의 위치를 받습니다"},
    [CLIENT_RATE] = {"rate", UNIT_RATE, 0, 1000000 * RATE_ONE, "1000/s", "max=max", true,
                     "requests a second whatever happens to them; max: each connection asks again "
                     "when it was answered",
                     "초당 요청 수(답과 상관없이 보냅니다); max면 답이 와야 다음을 보냅니다"},
    [CLIENT_ARRIVAL] = {"arrival", UNIT_CHOICE, 0, 0, "poisson", "poisson|constant", true,
                        "requests come at random, as people do, or at equal distances",
                        "요청이 사람들처럼 제멋대로 오거나 같은 간격으로 옵니다"},
    [CLIENT_CONNECTIONS] =
        {"connections", UNIT_COUNT, 1, 1000000, "auto", "auto=0", true,
         "connections at most; auto is 50, with rate=max 1, with op=ws or location 1000",
         "연결 수의 상한; auto는 50, rate=max면 1, op=ws, location이면 1000"},
    [CLIENT_PIPELINE] = {"pipeline", UNIT_COUNT, 1, 10000, "1", NULL, true,
                         "requests that may wait for an answer on one connection; with rate=max "
                         "so many go out together, and the next when all are answered",
                         "연결 하나에서 답을 기다릴 수 있는 요청 수; rate=max면 이만큼을 함께 "
                         "보내고, 답이 모두 오면 다음 것들을 보냅니다"},
    [CLIENT_VALUE] = {"value", UNIT_SIZE, 0, 536870912, "100B", NULL, true,
                      "size of each value that is written", "쓰는 값 하나의 크기"},
    [CLIENT_KEYS] = {"keys", UNIT_COUNT, 1, 1000000000000, "unique", "unique=0", true,
                     "unique: each write has a key of its own; N: one of k:0 to k:N-1 at random",
                     "unique는 쓰기마다 새 키; N은 k:0부터 k:N-1 가운데 하나"},
    [CLIENT_TIMEOUT] = {"timeout", UNIT_DURATION, US_NS, YEAR_NS, "1s", NULL, true,
                        "how long an attempt may take from the moment it is due",
                        "보낼 때가 된 순간부터 답을 기다리는 시간"},
    [CLIENT_RETRY] = {"retry", UNIT_COUNT, 0, 1000000000, "no", "no=0|unlimited=max", true,
                      "how often a request that failed is tried again",
                      "실패한 요청의 재시도 횟수"},
    [CLIENT_RETRY_DELAY] = {"retry_delay", UNIT_DURATION, 0, YEAR_NS, "10ms", NULL, true,
                            "time before the first retry", "첫 재시도 전에 기다리는 시간"},
    [CLIENT_BACKOFF] = {"backoff", UNIT_CHOICE, 0, 0, "none", "none|exponential", true,
                        "exponential: each retry waits twice as long as the one before",
                        "exponential이면 재시도마다 두 배씩 오래 기다립니다"},
    [CLIENT_RETRY_DELAY_MAX] = {"retry_delay_max", UNIT_DURATION, 0, YEAR_NS, "30s", NULL, true,
                                "the longest that backoff=exponential waits",
                                "backoff=exponential이 기다리는 가장 긴 시간"},
    [CLIENT_JITTER] = {"jitter", UNIT_CHOICE, 0, 0, "none", "none|full", true,
                       "full: a retry waits any time from nothing up to its delay",
                       "full이면 0부터 정해진 시간 사이에서 고르게 골라 기다립니다"},
    [CLIENT_START] = {"start", UNIT_DURATION, 0, YEAR_NS, "0s", NULL, false,
                      "simulated time of its first request", "첫 요청을 보내는 시각"},
    [CLIENT_REQUESTS] = {"count", UNIT_COUNT, 0, 1000000000000, "unlimited", "unlimited=max", true,
                         "how many requests it sends in all", "모두 몇 개를 보내는지"},
    [CLIENT_THINK] = {"think", UNIT_DURATION, 0, YEAR_NS, "0s", NULL, true,
                      "with rate=max: pause between an answer and the next request",
                      "rate=max일 때 답을 받고 다음 요청까지 쉬는 시간"},
    [CLIENT_CONNECT_TIMEOUT] =
        {"connect_timeout", UNIT_DURATION, 0, YEAR_NS, "0s", NULL, true,
         "how long a connection may take to be made; 0s: timeout alone counts",
         "연결을 맺는 데 기다리는 시간; 0s면 timeout만 따집니다"},
    [CLIENT_KEEPALIVE] = {"keepalive", UNIT_BOOLEAN, 0, 1, "yes", NULL, true,
                          "no: a new connection for each request",
                          "no면 요청마다 새 연결을 맺습니다"},
    [CLIENT_CLOSE] = {"close", UNIT_CHOICE, 0, 0, "client", "client|server", true,
                      "who closes first with keepalive=no; server: the request says Connection: "
                      "close",
                      "keepalive=no일 때 먼저 닫는 쪽; server면 요청에 Connection: close를 씁니다"},
    [CLIENT_HTTP] = {"http", UNIT_CHOICE, 0, 0, "1.1", HTTP_VERSION_WORDS, true,
                     "the HTTP it speaks; with TLS both sides settle on one, without it 2 is what "
                     "the server must know",
                     "쓰는 HTTP; TLS가 있으면 양쪽이 맞추고, 없으면 서버가 2를 알아야 합니다"},
    [CLIENT_CONNECTION_HEADER] = {"connection-header", UNIT_CHOICE, 0, 0, "none",
                                  "none|keep-alive|close", true,
                                  "the Connection header that is written, whatever is done",
                                  "실제 동작과 상관없이 요청에 쓰는 Connection 헤더"},
    [CLIENT_TLS] = {"tls", UNIT_CHOICE, 0, 0, "no", TLS_VERSION_WORDS, true,
                    "TLS up to this version", "이 버전까지의 TLS"},
    [CLIENT_TLS_RESUME] = {"tls_resume", UNIT_CHOICE, 0, 0, "no", "no|yes|early-data", true,
                           "a new connection takes up the last TLS session; early-data: the first "
                           "request goes with it (0-RTT)",
                           "새 연결이 지난 TLS 세션을 이어 씁니다; early-data면 첫 요청을 함께 "
                           "보냅니다(0-RTT)"},
    [CLIENT_NODELAY] = {"nodelay", UNIT_BOOLEAN, 0, 1, "yes", NULL, true,
                        "TCP_NODELAY on new connections: small writes do not wait (Nagle)",
                        "새 연결에 TCP_NODELAY: 작은 쓰기를 모으지 않습니다(Nagle)"},
    [CLIENT_SO_KEEPALIVE] = {"so_keepalive", UNIT_BOOLEAN, 0, 1, "no", NULL, true,
                             "SO_KEEPALIVE on new connections: TCP probes a silent peer",
                             "새 연결에 SO_KEEPALIVE: 조용한 상대를 TCP keepalive로 확인합니다"},
    [CLIENT_TCP_KEEPIDLE] = {"tcp_keepidle", UNIT_DURATION, SECOND_NS, YEAR_NS, "2h", NULL, true,
                             "silence before the first probe", "첫 확인까지의 조용한 시간"},
    [CLIENT_TCP_KEEPINTVL] = {"tcp_keepintvl", UNIT_DURATION, SECOND_NS, YEAR_NS, "75s", NULL, true,
                              "time between probes", "확인과 확인 사이의 시간"},
    [CLIENT_TCP_KEEPCNT] = {"tcp_keepcnt", UNIT_COUNT, 1, 127, "9", NULL, true,
                            "probes without an answer before it is given up",
                            "답이 없을 때 포기하기까지의 확인 횟수"},
    [CLIENT_TCP_USER_TIMEOUT] = {"tcp_user_timeout", UNIT_DURATION, 0, YEAR_NS, "0s", NULL, true,
                                 "unacknowledged data for so long ends the connection; 0s: "
                                 "tcp_retries2",
                                 "확인받지 못한 데이터가 이만큼 묵으면 연결을 끊습니다; 0s면 "
                                 "tcp_retries2"},
    [CLIENT_VIA] = {"via", UNIT_TEXT, 0, 0, "", NULL, true,
                    "sentinels, in place of `to`: the first that answers says where the master is, "
                    "for each connection",
                    "`to` 대신 쓰는 심판(Sentinel) 목록; 연결할 때마다 처음 답한 심판이 마스터를 "
                    "알려 줍니다"},
    [CLIENT_WAIT] = {"wait", UNIT_COUNT, 0, 1000, "0", NULL, true,
                     "asks WAIT n after each write; it is acked when n replicas have it",
                     "쓰기마다 WAIT n을 묻고, 레플리카 n개가 받아야 OK로 셉니다"},
    [CLIENT_CONNECT_RATE] = {"connect_rate", UNIT_RATE, 0, 1000000 * RATE_ONE, "1000/s", "max=max",
                             true,
                             "op=ws, location: connections are made at this rate; max: all at once",
                             "op=ws, location일 때 연결을 맺는 속도; max면 한꺼번에 맺습니다"},
    [CLIENT_SEND] =
        {"send", UNIT_RATE, 0, 1000000 * RATE_ONE, "0.1/s", NULL, true,
         "op=ws: messages a second on each connection, the first at a random moment; "
         "0/s: it only listens",
         "op=ws일 때 연결마다 초당 메시지 수, 첫 메시지는 아무 때나 보냅니다; 0/s면 듣기만 합니다"},
    [CLIENT_ROOM] =
        {"room", UNIT_COUNT, 1, 1000000, "1", NULL, true,
         "op=ws: so many connections in a row share a room; each message goes to all of "
         "it, its sender too",
         "op=ws일 때 연결 몇 개가 차례로 한 방을 이루는지; 메시지는 보낸 쪽을 포함해 방 "
         "전체로 갑니다"},
    [CLIENT_MODE] =
        {"mode", UNIT_CHOICE, 0, 0, "poll", "poll|longpoll|ws", true,
         "op=location: asks each interval, asks and is answered at the next move, or is "
         "told over a WebSocket",
         "op=location일 때 간격마다 묻거나, 묻고 다음 이동까지 답을 기다리거나, WebSocket으로 "
         "받습니다"},
    [CLIENT_INTERVAL] = {"interval", UNIT_DURATION, MS_NS, YEAR_NS, "1s", NULL, true,
                         "mode=poll: time between two polls of a connection",
                         "mode=poll일 때 연결 하나가 다시 묻기까지의 시간"},
    [CLIENT_UPDATE] = {"update", UNIT_DURATION, MS_NS, YEAR_NS, "3s", NULL, true,
                       "op=location: what a connection follows moves this often",
                       "op=location일 때 따라가는 대상이 움직이는 간격"},
};
_Static_assert(sizeof client_parameters / sizeof client_parameters[0] == CLIENT_PARAMETERS,
               "a row for each parameter");

static bool number(struct value *value, uint64_t number_of)
{
    value->number = (int64_t)number_of;
    return true;
}

static bool read_acked_lost(struct world *world, uint32_t id, struct value *value)
{
    return number(value, ledger_acked_lost(world, id));
}

static bool read_unacked_kept(struct world *world, uint32_t id, struct value *value)
{
    return number(value, ledger_unacked_kept(world, id));
}

static bool read_duplicated(struct world *world, uint32_t id, struct value *value)
{
    return number(value, ledger_duplicated(world, id));
}

static bool read_unreachable(struct world *world, uint32_t id, struct value *value)
{
    return number(value, ledger_unreachable(world, id));
}

static bool read_sent(struct world *world, uint32_t id, struct value *value)
{
    const struct client *c = client_of(world, id);
    return number(value, c->sent + c->crowd.messages);
}

static bool read_deliveries(struct world *world, uint32_t id, struct value *value)
{
    return number(value, deliveries_of(world, id).delivered);
}

static bool read_missed(struct world *world, uint32_t id, struct value *value)
{
    const struct delivery_sums sums = deliveries_of(world, id);
    return number(value, deliveries_missed_all(&sums));
}

static bool read_requests(struct world *world, uint32_t id, struct value *value)
{
    return number(value, client_of(world, id)->crowd.requests);
}

static bool read_bytes(struct world *world, uint32_t id, struct value *value)
{
    return number(value, client_of(world, id)->crowd.bytes);
}

static bool read_updates(struct world *world, uint32_t id, struct value *value)
{
    return number(value, location_updates(world, id));
}

static bool read_updates_seen(struct world *world, uint32_t id, struct value *value)
{
    return number(value, client_of(world, id)->crowd.updates_seen);
}

static bool read_connect_percentile(struct world *world, uint32_t id, uint32_t permille,
                                    struct value *value)
{
    const struct histogram *times = &client_of(world, id)->crowd.connect_times;
    return times->count != 0 &&
           number(value, histogram_percentile(&world->region, times, permille));
}

static bool read_connect_p50(struct world *world, uint32_t id, struct value *value)
{
    return read_connect_percentile(world, id, 500, value);
}

static bool read_connect_p99(struct world *world, uint32_t id, struct value *value)
{
    return read_connect_percentile(world, id, 990, value);
}

/* A crowd's is of deliveries. */
static bool read_availability(struct world *world, uint32_t id, struct value *value)
{
    const struct client *c = client_of(world, id);
    const struct delivery_sums sums = deliveries_of(world, id);
    uint64_t ended = sums.delivered + deliveries_missed_all(&sums);
    if (c->is_crowd)
        return ended != 0 && number(value, sums.delivered * 100 * PERCENT_ONE / ended);
    uint64_t finished = c->acked + c->refused + c->timed_out;
    return finished != 0 && number(value, c->acked * 100 * PERCENT_ONE / finished);
}

static bool read_throughput(struct world *world, uint32_t id, struct value *value)
{
    return number(value, recent_count(world, &client_of(world, id)->recent));
}

static bool read_mean(struct world *world, uint32_t id, struct value *value)
{
    const struct client *c = client_of(world, id);
    return c->latency.count != 0 && number(value, histogram_mean(&c->latency));
}

static bool read_percentile(struct world *world, uint32_t id, uint32_t permille,
                            struct value *value)
{
    const struct client *c = client_of(world, id);
    return c->latency.count != 0 &&
           number(value, histogram_percentile(&world->region, &c->latency, permille));
}

static bool read_p50(struct world *world, uint32_t id, struct value *value)
{
    return read_percentile(world, id, 500, value);
}

static bool read_p99(struct world *world, uint32_t id, struct value *value)
{
    return read_percentile(world, id, 990, value);
}

static bool read_max(struct world *world, uint32_t id, struct value *value)
{
    const struct client *c = client_of(world, id);
    return c->latency.count != 0 && number(value, c->latency.maximum);
}

/* Only what follows something sees it late. */
static bool read_delay_mean(struct world *world, uint32_t id, struct value *value)
{
    return client_of(world, id)->crowd.is_location && read_mean(world, id, value);
}

static bool read_delay_max(struct world *world, uint32_t id, struct value *value)
{
    return client_of(world, id)->crowd.is_location && read_max(world, id, value);
}

static bool read_last(struct world *world, uint32_t id, uint32_t permille, struct value *value)
{
    const struct recent *recent = &client_of(world, id)->recent;
    return recent_count(world, recent) != 0 &&
           number(value, recent_percentile(world, recent, permille));
}

static bool read_last_p50(struct world *world, uint32_t id, struct value *value)
{
    return read_last(world, id, 500, value);
}

static bool read_last_p99(struct world *world, uint32_t id, struct value *value)
{
    return read_last(world, id, 990, value);
}

#define COUNTED(member) METRIC_COUNTER, offsetof(struct client, member), NULL
#define GAUGED(member)  METRIC_GAUGE, offsetof(struct client, member), NULL

const struct metric client_metrics[] = {
    {"sent", UNIT_COUNT, METRIC_COUNTER, 0, read_sent,
     "requests that were due, or messages that were sent", "보낼 때가 된 요청, 또는 보낸 메시지"},
    {"acked", UNIT_COUNT, COUNTED(acked), "requests that were answered well",
     "정상 응답을 받은 요청"},
    {"refused", UNIT_COUNT, COUNTED(refused),
     "requests that ended in an error answer or a connection refused or broken",
     "오류 응답, 연결 거절이나 끊김으로 끝난 요청"},
    {"timed_out", UNIT_COUNT, COUNTED(timed_out), "requests of which nobody knows what became",
     "응답 없이 끝나 결과를 아무도 모르는 요청"},
    {"in_flight", UNIT_COUNT, GAUGED(in_flight), "requests that have not ended",
     "아직 끝나지 않은 요청"},
    {"retries", UNIT_COUNT, COUNTED(retries), "attempts after the first", "다시 시도한 횟수"},
    {"acked_lost", UNIT_COUNT, METRIC_GAUGE, 0, read_acked_lost,
     "acked writes that the service no longer has", "응답을 받았지만 유실된 쓰기"},
    {"unacked_kept", UNIT_COUNT, METRIC_GAUGE, 0, read_unacked_kept,
     "writes that were never acked, but are there", "응답은 못 받았지만 남아 있는 쓰기"},
    {"duplicated", UNIT_COUNT, METRIC_COUNTER, 0, read_duplicated,
     "writes that a retry applied more than once", "재시도로 두 번 넘게 반영된 쓰기"},
    {"unreachable", UNIT_COUNT, METRIC_GAUGE, 0, read_unreachable,
     "acked writes of a service that cannot answer now",
     "지금 답할 수 없는 서비스에 있는, 응답받은 쓰기"},
    {"availability", UNIT_PERCENT, METRIC_GAUGE, 0, read_availability,
     "acked of all requests that have ended", "끝난 요청 가운데 정상 응답의 비율"},
    {"throughput", UNIT_PER_SECOND, METRIC_GAUGE, 0, read_throughput, "acks in the last second",
     "지난 1초 동안 받은 정상 응답 수"},
    {"latency_mean", UNIT_DURATION, METRIC_GAUGE, 0, read_mean,
     "mean time from due to the last byte of the answer", "보낼 때부터 응답까지 걸린 시간의 평균"},
    {"latency_p50", UNIT_DURATION, METRIC_GAUGE, 0, read_p50,
     "half of the answers took at most this", "응답의 절반이 이 시간 안에 왔습니다"},
    {"latency_p99", UNIT_DURATION, METRIC_GAUGE, 0, read_p99,
     "99 % of the answers took at most this", "응답의 99%가 이 시간 안에 왔습니다"},
    {"latency_max", UNIT_DURATION, METRIC_GAUGE, 0, read_max, "the slowest answer",
     "가장 느린 응답"},
    {"last_latency_p50", UNIT_DURATION, METRIC_GAUGE, 0, read_last_p50,
     "half of the answers of the last second took at most this",
     "지난 1초의 응답 절반이 이 시간 안에 왔습니다"},
    {"last_latency_p99", UNIT_DURATION, METRIC_GAUGE, 0, read_last_p99,
     "99 % of the answers of the last second took at most this",
     "지난 1초의 응답 99%가 이 시간 안에 왔습니다"},
    {"connections", UNIT_COUNT, GAUGED(connected), "connections that are open", "열려 있는 연결"},
    {"connects", UNIT_COUNT, COUNTED(connects), "connections that were made", "지금까지 맺은 연결"},
    {"connect_failures", UNIT_COUNT, COUNTED(connect_failures),
     "connections that could not be made", "맺지 못한 연결"},
    {"connect_p50", UNIT_DURATION, METRIC_GAUGE, 0, read_connect_p50,
     "half of its WebSockets were there this long after they were tried",
     "WebSocket 연결의 절반이 이 시간 안에 맺어졌습니다"},
    {"connect_p99", UNIT_DURATION, METRIC_GAUGE, 0, read_connect_p99,
     "99 % of its WebSockets were there this long after they were tried",
     "WebSocket 연결의 99%가 이 시간 안에 맺어졌습니다"},
    {"requests", UNIT_COUNT, METRIC_COUNTER, 0, read_requests,
     "requests for a position (op=location)", "위치를 물은 요청 (op=location)"},
    {"bytes", UNIT_SIZE, METRIC_COUNTER, 0, read_bytes,
     "bytes of HTTP and frames, without the upgrade (op=location)",
     "HTTP와 프레임의 바이트, 업그레이드는 빼고 (op=location)"},
    {"delay_mean", UNIT_DURATION, METRIC_GAUGE, 0, read_delay_mean,
     "mean time from a move to its first sight (op=location)",
     "움직인 뒤 화면에 보이기까지 걸린 시간의 평균 (op=location)"},
    {"delay_max", UNIT_DURATION, METRIC_GAUGE, 0, read_delay_max,
     "longest time from a move to its first sight (op=location)",
     "움직인 뒤 화면에 보이기까지 가장 오래 걸린 시간 (op=location)"},
    {"updates", UNIT_COUNT, METRIC_COUNTER, 0, read_updates,
     "moves after each connection's first answer (op=location)",
     "연결마다 첫 답을 받은 뒤의 움직임 (op=location)"},
    {"updates_seen", UNIT_COUNT, METRIC_COUNTER, 0, read_updates_seen,
     "moves that were seen (op=location)", "화면에 보인 움직임 (op=location)"},
    {"deliveries", UNIT_COUNT, METRIC_COUNTER, 0, read_deliveries,
     "messages that came to one of their room", "방의 한 명에게 도착한 메시지"},
    {"missed", UNIT_COUNT, METRIC_COUNTER, 0, read_missed,
     "messages that one of their room never got", "방의 한 명이 끝내 받지 못한 메시지"},
};
_Static_assert(sizeof client_metrics / sizeof client_metrics[0] == CLIENT_METRICS,
               "as many as the header says");
