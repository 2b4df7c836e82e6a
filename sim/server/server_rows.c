/*
 * The tables of the kind `server`: its parameters and its metrics.
 */
#include "sim/server/server_state.h"

#include "sim/store/ledger.h"

#define YEAR_NS (365 * 86400 * SECOND_NS)
#define TIB     (1ull << 40)

const struct parameter server_parameters[] = {
    [SERVER_STACK] =
        {"stack", UNIT_CHOICE, 0, 0, "custom", "custom|tomcat|netty|node|thread-per-connection",
         true,
         "sets what is not given besides to the figures of a real server: threads, loops, queue, "
         "connections, memory; custom sets nothing",
         "따로 주지 않은 값을 실제 서버에서 잰 값으로 정합니다(스레드, 루프, 대기 줄, 연결, "
         "메모리); "
         "custom은 아무것도 정하지 않습니다"},
    [SERVER_MODEL] = {"model", UNIT_CHOICE, 0, 0, "blocking", "blocking|eventloop", true,
                      "a request holds a thread, or has turns in an event loop",
                      "요청이 스레드를 붙잡거나, 이벤트 루프에서 차례를 얻습니다"},
    [SERVER_MAX_THREADS] = {"maxThreads", UNIT_COUNT, 1, 100000, "200", NULL, true,
                            "model=blocking: threads that work on requests",
                            "model=blocking일 때 요청을 처리하는 스레드 수"},
    [SERVER_CONNECTION_THREADS] =
        {"connection_threads", UNIT_BOOLEAN, 0, 1, "no", NULL, true,
         "model=blocking: each connection has a thread of its own, and no request waits for one",
         "model=blocking일 때 연결마다 스레드가 하나씩 있어서 요청이 스레드를 기다리지 않습니다"},
    [SERVER_LOOPS] = {"loops", UNIT_COUNT, 1, 1024, "2", NULL, true,
                      "model=eventloop: event loops, each a thread of its own",
                      "model=eventloop일 때 이벤트 루프 수; 루프마다 스레드 하나입니다"},
    [SERVER_QUEUE] =
        {"queue", UNIT_COUNT, 0, 100000000, "100", "unlimited=max", true,
         "requests that may wait for a thread or their loop; past it a request gets 503",
         "스레드나 루프를 기다릴 수 있는 요청 수; 넘으면 503을 받습니다"},
    [SERVER_HTTP] = {"http", UNIT_CHOICE, 0, 0, "1.1", HTTP_VERSION_WORDS, true,
                     "the newest HTTP it speaks; it understands the older ones, too",
                     "쓸 수 있는 가장 새로운 HTTP; 그보다 오래된 것도 알아듣습니다"},
    [SERVER_TLS] = {"tls", UNIT_CHOICE, 0, 0, "no", TLS_VERSION_WORDS, true,
                    "TLS up to this version; connections without it are answered 400",
                    "이 버전까지의 TLS; TLS 없이 오면 400으로 답합니다"},
    [SERVER_KEEPALIVE_TIMEOUT] = {"keepalive_timeout", UNIT_DURATION, 0, YEAR_NS, "75s", NULL, true,
                                  "an idle connection is closed after this; 0s closes after each "
                                  "answer",
                                  "쉬는 연결을 닫기까지의 시간; 0s면 답할 때마다 닫습니다"},
    [SERVER_KEEPALIVE_REQUESTS] = {"keepalive_requests", UNIT_COUNT, 1, 1000000000, "1000",
                                   "unlimited=max", true,
                                   "requests on one connection; the last answer closes it",
                                   "연결 하나가 받는 요청 수; 마지막 답과 함께 닫습니다"},
    [SERVER_MAX_CONNECTIONS] = {"maxConnections", UNIT_COUNT, 1, 10000000, "8192", "unlimited=max",
                                true, "connections it accepts; more wait in the kernel, in silence",
                                "accept하는 연결 수; 더 오면 커널에서 응답 없이 기다립니다"},
    [SERVER_ACCEPT_COUNT] = {"acceptCount", UNIT_COUNT, 0, 1000000, "100", NULL, true,
                             "backlog: connections that may wait for accept",
                             "백로그: accept를 기다릴 수 있는 연결 수"},
    [SERVER_ACCEPT_COST] = {"accept_cost", UNIT_DURATION, 0, YEAR_NS, "0.2ms", NULL, true,
                            "CPU time of accepting a connection",
                            "연결 하나를 받아들이는 CPU 시간"},
    [SERVER_SERVICE] = {"service", UNIT_DURATION, 0, YEAR_NS, "1ms", NULL, true,
                        "CPU time of a request", "요청 하나의 CPU 시간"},
    [SERVER_SERVICE_DISTRIBUTION] = {"service_distribution", UNIT_CHOICE, 0, 0, "constant",
                                     "constant|exponential", true,
                                     "service and external take always this long, or on average",
                                     "service와 external이 늘 이만큼인지, 평균이 이만큼인지"},
    [SERVER_RESPONSE] = {"response", UNIT_SIZE, 0, 1000000000, "200B", NULL, true,
                         "body of an answer", "응답 본문의 크기"},
    [SERVER_EXTERNAL] = {"external", UNIT_DURATION, 0, YEAR_NS, "0ms", NULL, true,
                         "time a request waits for something outside, without CPU",
                         "요청이 바깥의 답을 기다리는 시간; CPU는 쓰지 않습니다"},
    [SERVER_EXTERNAL_BLOCKS] = {"external_blocks", UNIT_BOOLEAN, 0, 1, "no", NULL, true,
                                "that wait, and the one for calls, holds the event loop, too",
                                "그 기다림과 calls의 기다림이 이벤트 루프도 붙잡습니다"},
    [SERVER_CALLS] = {"calls", UNIT_TEXT, 0, 0, "", NULL, true,
                      "a store, server or balancer that it asks once for each request, after "
                      "service and external",
                      "요청마다 한 번, service와 external 뒤에 묻는 스토어, 서버, 로드 밸런서"},
    [SERVER_VIA] =
        {"via", UNIT_TEXT, 0, 0, "", NULL, true,
         "sentinels s1,s2: asks them for the master at each connection, instead of calls",
         "센티널 목록 s1,s2; calls 대신, 연결할 때마다 이들에게 마스터를 묻습니다"},
    [SERVER_CALLS_OP] = {"calls_op", UNIT_CHOICE, 0, 0, "get", "get|set|incr", true,
                         "what it asks of a store; a server gets an HTTP GET",
                         "스토어에 보내는 명령; 서버에는 HTTP GET을 보냅니다"},
    [SERVER_CALLS_KEYS] = {"calls_keys", UNIT_COUNT, 1, 1000000000000, "1000", "unique=0", true,
                           "one of k:0 to k:N-1 at random; unique: each write has a key of its own",
                           "k:0부터 k:N-1 가운데 하나; unique면 쓰기마다 새 키"},
    [SERVER_CALLS_VALUE] = {"calls_value", UNIT_SIZE, 0, 536870912, "100B", NULL, true,
                            "size of each value that it writes", "쓰는 값 하나의 크기"},
    [SERVER_CALLS_CONNECTIONS] = {"calls_connections", UNIT_COUNT, 1, 100000, "8", NULL, true,
                                  "connections of the pool; without a free one a call waits",
                                  "커넥션 풀의 연결 수; 빈 연결이 없으면 기다립니다"},
    [SERVER_CALLS_TIMEOUT] = {"calls_timeout", UNIT_DURATION, US_NS, YEAR_NS, "1s", NULL, true,
                              "how long a call may take, waiting and connecting included; past it "
                              "504",
                              "기다림과 연결까지 합쳐 호출 하나에 주는 시간; 넘으면 504"},
    [SERVER_CALLS_OPTIONAL] = {"calls_optional", UNIT_BOOLEAN, 0, 1, "no", NULL, true,
                               "yes: a request whose call failed is answered without it; no: 502 "
                               "or 504",
                               "yes면 호출이 실패해도 그것 없이 답합니다; no면 502나 504"},
    [SERVER_NOFILE] = {"nofile", UNIT_COUNT, 16, 1073741816, "1048576", NULL, true,
                       "file descriptors of the process; each connection takes one",
                       "프로세스의 파일 디스크립터 수; 연결마다 하나씩 씁니다"},
    [SERVER_WEBSOCKET] =
        {"websocket", UNIT_BOOLEAN, 0, 1, "no", NULL, true,
         "connections may become WebSockets; no: an upgrade is answered 400",
         "연결을 WebSocket으로 바꿀 수 있습니다; no면 업그레이드에 400으로 답합니다"},
    [SERVER_MESSAGE_COST] = {"message_cost", UNIT_DURATION, 0, YEAR_NS, "10us", NULL, true,
                             "CPU time of a WebSocket message that comes",
                             "받은 WebSocket 메시지 하나의 CPU 시간"},
    [SERVER_DELIVERY_COST] = {"delivery_cost", UNIT_DURATION, 0, YEAR_NS, "7us", NULL, true,
                              "CPU time for each of the room that the message is written to",
                              "방에 있는 한 명에게 메시지를 쓸 때마다 드는 CPU 시간"},
    [SERVER_PING] =
        {"ping", UNIT_DURATION, 0, YEAR_NS, "0s", NULL, true,
         "each WebSocket gets a ping this often; 0s: none, and a dead peer is never "
         "noticed while nothing is sent",
         "WebSocket마다 이 간격으로 ping을 보냅니다; 0s면 보내지 않고, 보낼 것이 없는 동안은 "
         "죽은 상대를 모릅니다"},
    [SERVER_PING_TIMEOUT] = {"ping_timeout", UNIT_FACTOR, FACTOR_ONE / 10, 1000 * FACTOR_ONE, "2.5",
                             NULL, true,
                             "ping intervals without a word before the connection is closed",
                             "아무 말이 없을 때 연결을 닫기까지 기다리는 ping 간격의 배수"},
    [SERVER_SEND_TIMEOUT] = {"send_timeout", UNIT_DURATION, MS_NS, YEAR_NS, "20s", NULL, true,
                             "slow_consumer=block: a write that waits this long closes its "
                             "connection",
                             "slow_consumer=block일 때 이만큼 기다린 쓰기는 그 연결을 닫습니다"},
    [SERVER_SLOW_CONSUMER] =
        {"slow_consumer", UNIT_CHOICE, 0, 0, "block", "block|drop|close|grow", true,
         "who reads too slowly: the write waits, its messages are dropped, it "
         "is closed, or what waits for it grows in the heap",
         "느리게 읽는 상대: 쓰기가 기다리거나, 메시지를 버리거나, 연결을 닫거나, "
         "대기 줄이 힙에서 자랍니다"},
    [SERVER_SEND_BUFFER] = {"send_buffer", UNIT_SIZE, 0, 1000000000000, "64KB", NULL, true,
                            "slow_consumer=drop or close: past this much in the process (the "
                            "high-water mark) it is too slow",
                            "slow_consumer=drop, close일 때 프로세스에 이보다 많이 쌓이면 느리다고 "
                            "봅니다(high-water mark)"},
    [SERVER_CONN_MEMORY] =
        {"conn_memory", UNIT_SIZE, 0, 1000000000, "50KB", NULL, true,
         "heap that an open connection holds; measured: Tomcat 72,671 B, Netty 2,468, Node 2,995, "
         "a thread a connection 22,582 (ws.mem-per-conn)",
         "열린 연결 하나가 붙잡는 힙; 잰 값: Tomcat 72,671 B, Netty 2,468, Node 2,995, 연결마다 "
         "스레드 22,582 (ws.mem-per-conn)"},
    [SERVER_BASE_HEAP] = {"base_heap", UNIT_JVM, 0, TIB, "17MB", NULL, true,
                          "heap without a connection; measured in MiB: Tomcat 16.6, Netty 4.1, "
                          "Node 4.2, threads 1.6 (ws.mem-per-conn)",
                          "연결이 없을 때의 힙; 잰 값(MiB): Tomcat 16.6, Netty 4.1, Node 4.2, "
                          "스레드 1.6 (ws.mem-per-conn)"},
    [SERVER_HEAP] = {"heap", UNIT_JVM, 1 << 20, TIB, "3GiB", NULL, true,
                     "-Xmx: what does not fit beside the live data is an OutOfMemoryError",
                     "-Xmx; 살아 있는 데이터 옆에 들어가지 않으면 OutOfMemoryError입니다"},
    [SERVER_GC] =
        {"gc", UNIT_CHOICE, 0, 0, "g1", "g1|parallel|serial|none", true,
         "how garbage is collected: all threads stand still meanwhile (ws.gc.curve); "
         "none never does",
         "가비지를 치우는 방식; 그동안 모든 스레드가 멈춥니다(ws.gc.curve). none은 치우지 "
         "않습니다"},
    [SERVER_ALLOC] =
        {"alloc", UNIT_SIZE, 0, 1000000000, "20KB", NULL, true,
         "heap that a request or message allocates: garbage when it is done; Tomcat "
         "3 KB a message (ws.cliff.chat)",
         "요청이나 메시지 하나가 쓰는 힙; 끝나면 가비지가 됩니다. Tomcat은 메시지에 3 KB "
         "(ws.cliff.chat)"},
    [SERVER_GC_PAUSE_BASE] = {"gc_pause_base", UNIT_DURATION, 0, YEAR_NS, "17ms", NULL, true,
                              "a full collection stands still for this and gc_pause_per_mb for "
                              "each MiB that lives (ws.gc.serial.model)",
                              "전체 수집이 멈추는 시간의 바탕; 살아 있는 MiB마다 gc_pause_per_mb가 "
                              "더해집니다(ws.gc.serial.model)"},
    [SERVER_GC_PAUSE_PER_MB] =
        {"gc_pause_per_mb", UNIT_DURATION, 0, YEAR_NS, "0.1ms", NULL, true,
         "the more objects, the longer: 0.1 ms for connections of 24 KB, 0.46 ms for small objects "
         "of 2 KB (ws.gc.curve); shared by the collector's threads",
         "객체가 많을수록 깁니다: 24 KB 연결이면 0.1 ms, 2 KB짜리 작은 객체면 0.46 "
         "ms(ws.gc.curve); "
         "수집하는 스레드들이 나누어 합니다"},
    [SERVER_BASE_MEMORY] = {"base_memory", UNIT_SIZE, 0, TIB, "92MiB", NULL, true,
                            "memory of the process besides its heap, without a connection; "
                            "measured in MiB: Tomcat 92, "
                            "Netty 122, Node 56, threads 140 (ws.mem-per-conn)",
                            "연결이 없을 때 프로세스가 힙 말고 쓰는 메모리; 잰 값(MiB): Tomcat 92, "
                            "Netty 122, Node 56, "
                            "스레드 140 (ws.mem-per-conn)"},
    [SERVER_THREAD_MEMORY] =
        {"thread_memory", UNIT_SIZE, 0, 1 << 30, "70KB", NULL, true,
         "memory of a thread: the touched part of its stack and what JVM and kernel keep of it; "
         "the "
         "1 MB of -Xss is only reserved (ws.thread.stack)",
         "스레드 하나의 메모리: 스택에서 실제로 쓴 부분과 JVM·커널의 구조체; -Xss 1 MB는 예약일 "
         "뿐입니다(ws.thread.stack)"},
};
_Static_assert(sizeof server_parameters / sizeof server_parameters[0] == SERVER_PARAMETERS,
               "a row for each parameter");

static bool read_p99(struct world *world, uint32_t id, struct value *value)
{
    const struct histogram *latency = &server_of(world, id)->latency;
    value->number = (int64_t)histogram_percentile(&world->region, latency, 990);
    return latency->count != 0;
}

static bool read_acked_lost(struct world *world, uint32_t id, struct value *value)
{
    value->number = (int64_t)ledger_acked_lost(world, id);
    return true;
}

static bool read_unreachable(struct world *world, uint32_t id, struct value *value)
{
    value->number = (int64_t)ledger_unreachable(world, id);
    return true;
}

static bool read_up(struct world *world, uint32_t id, struct value *value)
{
    value->number = component_at(world, id)->up;
    return true;
}

static bool read_live(struct world *world, uint32_t id, struct value *value)
{
    value->number = (int64_t)heap_live(&server_of(world, id)->heap);
    return true;
}

static bool read_share(struct world *world, uint32_t id, struct value *value)
{
    value->number = component_at(world, id)->up ? (int64_t)heap_share(world, id) : 0;
    return true;
}

static bool read_used(struct world *world, uint32_t id, struct value *value)
{
    uint64_t used = server_of(world, id)->heap.used, size = parameter_get(world, id, SERVER_HEAP);
    value->number = (int64_t)(used < size ? used : size);
    return true;
}

#define COUNTED(member) METRIC_COUNTER, offsetof(struct server, member), NULL
#define GAUGED(member)  METRIC_GAUGE, offsetof(struct server, member), NULL

const struct metric server_metrics[] = {
    {"requests", UNIT_COUNT, COUNTED(requests), "requests it has read", "읽은 요청"},
    {"responses", UNIT_COUNT, COUNTED(responses), "answers it has written, errors too",
     "쓴 응답; 오류 응답도 셉니다"},
    {"errors", UNIT_COUNT, COUNTED(errors), "error answers: 4xx and 5xx", "오류 응답(4xx, 5xx)"},
    {"connections", UNIT_COUNT, GAUGED(connections), "connections accepted and open",
     "accept하고 열려 있는 연결"},
    {"accepted", UNIT_COUNT, COUNTED(accepted), "connections accepted so far",
     "지금까지 accept한 연결"},
    {"refused", UNIT_COUNT, COUNTED(refused), "requests answered 503: the queue was full",
     "대기 줄이 가득 차서 503을 받은 요청"},
    {"threads_busy", UNIT_COUNT, GAUGED(threads_busy), "threads or loops that a request holds",
     "요청이 붙잡고 있는 스레드나 루프"},
    {"queued", UNIT_COUNT, GAUGED(queued), "requests that wait for a thread or their loop",
     "스레드나 루프를 기다리는 요청"},
    {"calls", UNIT_COUNT, COUNTED(calls), "calls to calls= or via= so far",
     "지금까지 calls=나 via=로 보낸 호출"},
    {"calls_failed", UNIT_COUNT, COUNTED(calls_failed),
     "calls that came to nothing: no connection, an error, no answer in time",
     "실패한 호출: 연결이 안 되거나, 오류이거나, 제때 답이 없음"},
    {"served_without", UNIT_COUNT, COUNTED(served_without),
     "calls_optional=yes: requests answered without what the call would have brought",
     "calls_optional=yes일 때, 호출의 답 없이 응답한 요청"},
    {"acked_lost", UNIT_COUNT, METRIC_GAUGE, 0, read_acked_lost,
     "writes of its calls that a store acked and no longer has",
     "스토어가 OK를 준 뒤 유실된, 호출의 쓰기"},
    {"unreachable", UNIT_COUNT, METRIC_GAUGE, 0, read_unreachable,
     "acked writes of its calls, of a store that cannot answer now",
     "지금 답할 수 없는 스토어에 있는, 호출의 응답받은 쓰기"},
    {"messages_in", UNIT_COUNT, COUNTED(messages_in), "WebSocket messages it has read",
     "읽은 WebSocket 메시지"},
    {"deliveries", UNIT_COUNT, COUNTED(deliveries), "frames with messages handed to the kernel",
     "커널에 넘긴 메시지 프레임"},
    {"send_pending", UNIT_SIZE, GAUGED(kept_bytes),
     "frames that wait in the process for readers that are too slow",
     "느리게 읽는 상대를 기다리며 프로세스에 쌓인 프레임"},
    {"closed_slow", UNIT_COUNT, COUNTED(closed_slow), "connections closed for reading too slowly",
     "느리게 읽어서 닫은 연결"},
    {"heap_used", UNIT_SIZE, METRIC_GAUGE, 0, read_used, "heap in use: live data and garbage",
     "쓰고 있는 힙: 살아 있는 데이터와 가비지"},
    {"heap_live", UNIT_SIZE, METRIC_GAUGE, 0, read_live,
     "heap that a collection cannot free: base_heap, connections, requests under way",
     "수집해도 남는 힙: base_heap, 연결, 처리 중인 요청"},
    {"gc_count", UNIT_COUNT, COUNTED(heap.count), "collections: all threads stood still",
     "모든 스레드가 멈춘 수집 횟수"},
    {"gc_pause_total", UNIT_DURATION, COUNTED(heap.pause_total_ns), "how long they stood still",
     "GC로 멈춘 시간의 합"},
    {"gc_pause_max", UNIT_DURATION, GAUGED(heap.pause_max_ns), "the longest pause",
     "가장 길었던 GC 멈춤"},
    {"gc_share", UNIT_PERCENT, METRIC_GAUGE, 0, read_share, "how much of the last 10 s was pauses",
     "지난 10초 가운데 GC로 멈춘 비율"},
    {"oom", UNIT_COUNT, COUNTED(heap.oom),
     "OutOfMemoryErrors: nothing more is accepted, what is open stays open and silent",
     "OutOfMemoryError 횟수: 더는 받아들이지 않고, 열려 있는 연결은 열린 채로 답이 없습니다"},
    {"latency_p99", UNIT_DURATION, METRIC_GAUGE, 0, read_p99,
     "99 % of the answers were written within this time of the request being read",
     "요청을 읽고 응답을 다 쓰기까지, 99%가 이 시간 안에 끝났습니다"},
    {"up", UNIT_COUNT, METRIC_GAUGE, 0, read_up, "1 while the process runs",
     "프로세스가 돌고 있으면 1"},
};
_Static_assert(sizeof server_metrics / sizeof server_metrics[0] == SERVER_METRICS,
               "as many as the header says");
