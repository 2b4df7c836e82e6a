/*
 * Scripts that are drawn: machines, stores and their replicas, sentinels, servers, clients, links,
 * parameters, faults.  Many commands do not fit the moment and are refused.
 */
#ifndef TESTS_UNIT_RANDOM_SCRIPT_H
#define TESTS_UNIT_RANDOM_SCRIPT_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "sim/sim.h"

#define ACTIONS_MOST 48
#define LINE_BYTES   400

struct script {
    uint64_t draws; /* splitmix64 */
    uint64_t end_ns;
    unsigned machines, stores, sentinels, servers, clients, actions, built;
    char build[32][LINE_BYTES];
    struct {
        uint64_t time_ns;
        char line[LINE_BYTES];
    } action[ACTIONS_MOST];
};

static inline uint64_t draw(struct script *script, uint64_t bound)
{
    uint64_t z = script->draws += 0x9E3779B97F4A7C15ull;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ z >> 27) * 0x94D049BB133111EBull;
    return (z ^ z >> 31) % bound;
}

#define ONE_OF(script, words) (words)[draw(script, sizeof(words) / sizeof((words)[0]))]

/* --- drawing a script -------------------------------------------------------------------- */

/* What an HTTP client has beside what every client has. */
static inline void write_http(struct script *s, char *line)
{
    static const char *const versions[] = {"1.1", "1.1", "1.0", "2"};
    static const char *const secure[] = {"no", "no", "1.2", "1.3"};
    static const char *const resumes[] = {"no", "yes", "early-data"};
    static const char *const headers[] = {"none", "none", "keep-alive", "close"};
    static const char *const patience[] = {"0s", "0s", "80ms"};
    size_t used = strlen(line);
    snprintf(line + used, LINE_BYTES - used,
             " http=%s tls=%s tls_resume=%s keepalive=%s close=%s connection-header=%s "
             "connect_timeout=%s",
             ONE_OF(s, versions), ONE_OF(s, secure), ONE_OF(s, resumes), draw(s, 3) ? "yes" : "no",
             draw(s, 2) ? "client" : "server", ONE_OF(s, headers), ONE_OF(s, patience));
}

static inline void write_server(struct script *s, char *line, unsigned number)
{
    static const char *const versions[] = {"1.1", "1.0", "2", "2"};
    static const char *const secure[] = {"no", "no", "no", "1.2", "1.3"};
    static const char *const times[] = {"0ms", "0ms", "1ms", "20ms"};
    static const char *const idle[] = {"0s", "100ms", "2s", "75s"};
    static const char *const bodies[] = {"0B", "200B", "4KB", "300KB"};
    snprintf(line, LINE_BYTES,
             "add server v%u on m%u model=%s maxThreads=%u loops=%u queue=%u external=%s "
             "service=%s external_blocks=%s http=%s tls=%s keepalive_timeout=%s websocket=%s "
             "keepalive_requests=%u maxConnections=%u acceptCount=%u response=%s",
             number, (unsigned)draw(s, s->machines), draw(s, 2) ? "blocking" : "eventloop",
             1 + (unsigned)draw(s, 20), 1 + (unsigned)draw(s, 3), (unsigned)draw(s, 30),
             ONE_OF(s, times), ONE_OF(s, times), draw(s, 2) ? "yes" : "no", ONE_OF(s, versions),
             ONE_OF(s, secure), ONE_OF(s, idle), draw(s, 4) ? "yes" : "no",
             1 + (unsigned)draw(s, 50), 1 + (unsigned)draw(s, 12), (unsigned)draw(s, 6),
             ONE_OF(s, bodies));
}

/* The first is a master; the others follow it, or the one before them, or nobody. */
static inline void write_store(struct script *s, char *line, unsigned number)
{
    static const char *const saves[] = {"\"\"", "\"1 10\"", "\"3 1\"", "\"60 10000\""};
    static const char *const fsyncs[] = {"everysec", "always", "no"};
    static const char *const guards[] = {"",
                                         "",
                                         "",
                                         "",
                                         "",
                                         "",
                                         " min-replicas-to-write=1",
                                         " min-replicas-to-write=1 min-replicas-max-lag=2"};
    size_t used;
    snprintf(line, LINE_BYTES, "add store s%u on m%u save=%s appendonly=%s appendfsync=%s%s",
             number, (unsigned)draw(s, s->machines), ONE_OF(s, saves), draw(s, 2) ? "yes" : "no",
             ONE_OF(s, fsyncs), ONE_OF(s, guards));
    used = strlen(line);
    if (number > 0 && draw(s, 2))
        snprintf(line + used, LINE_BYTES - used,
                 " replicaof=s%u repl-diskless-sync=%s repl-diskless-sync-delay=%u "
                 "repl-backlog-size=%s repl-timeout=%u",
                 draw(s, 3) ? 0 : number - 1, draw(s, 2) ? "yes" : "no", (unsigned)draw(s, 2),
                 draw(s, 2) ? "16kb" : "1mb", 3 + (unsigned)draw(s, 60));
}

static inline void write_sentinel(struct script *s, char *line, unsigned number)
{
    static const char *const downs[] = {"500", "1000", "3000"};
    snprintf(line, LINE_BYTES,
             "add sentinel n%u on m%u watch=s0 quorum=%u down-after-milliseconds=%s "
             "failover-timeout=%u",
             number, (unsigned)draw(s, s->machines), 1 + (unsigned)draw(s, 2), ONE_OF(s, downs),
             2000 + 4000 * (unsigned)draw(s, 3));
}

/* One, before the first servers; more or fewer of them later. */
static inline void write_balancer(struct script *s, char *line)
{
    static const char *const policies[] = {"roundrobin", "leastconn", "source", "cookie"};
    static const char *const inters[] = {"300ms", "1s", "2s"};
    snprintf(line, LINE_BYTES,
             "add balancer l0 on m%u to=%s policy=%s mode=%s check=%s inter=%s fall=%u rise=%u "
             "retries=%u redispatch=%s timeout_connect=%s timeout_server=%s maxconn=%u",
             (unsigned)draw(s, s->machines), s->servers > 1 ? "v0,v1" : "v0", ONE_OF(s, policies),
             draw(s, 4) ? "http" : "tcp", draw(s, 4) ? "yes" : "no", ONE_OF(s, inters),
             1 + (unsigned)draw(s, 3), 1 + (unsigned)draw(s, 3), (unsigned)draw(s, 4),
             draw(s, 2) ? "yes" : "no", draw(s, 2) ? "200ms" : "1s", draw(s, 2) ? "off" : "1s",
             draw(s, 3) ? 1000 : 3);
}

static inline void write_crowd(struct script *s, char *line, const char *name)
{
    static const char *const sends[] = {"0/s", "1/s", "30/s", "200/s"};
    static const char *const values[] = {"0B", "100B", "200B", "70KB"};
    static const char *const modes[] = {"poll", "longpoll", "ws"};
    static const char *const retries[] = {"no", "1", "unlimited"};
    snprintf(
        line, LINE_BYTES,
        "add client %s on m%u to=%s op=%s connections=%u connect_rate=%s send=%s room=%u "
        "value=%s mode=%s interval=%s update=%s keepalive=%s retry=%s retry_delay=%s timeout=%s",
        name, (unsigned)draw(s, s->machines), draw(s, 4) ? "v0" : "l0",
        draw(s, 3) ? "ws" : "location", 1 + (unsigned)draw(s, 12), draw(s, 2) ? "max" : "20/s",
        ONE_OF(s, sends), 1 + (unsigned)draw(s, 5), ONE_OF(s, values), ONE_OF(s, modes),
        draw(s, 2) ? "50ms" : "400ms", draw(s, 2) ? "100ms" : "1s", draw(s, 3) ? "yes" : "no",
        ONE_OF(s, retries), draw(s, 2) ? "10ms" : "300ms", draw(s, 2) ? "100ms" : "2s");
}

static inline void write_client(struct script *s, char *line, const char *name)
{
    static const char *const ops[] = {"set", "set", "get", "incr", "del"};
    static const char *const rates[] = {"max", "0/s", "7/s", "100/s", "300/s", "600/s"};
    static const char *const keys[] = {"unique", "unique", "1", "50"};
    static const char *const timeouts[] = {"5ms", "100ms", "1s", "3s"};
    static const char *const retries[] = {"no", "no", "1", "3", "unlimited"};
    static const char *const delays[] = {"1ms", "10ms", "700ms"};
    if (draw(s, 4) == 0) {
        write_crowd(s, line, name);
        return;
    }
    bool http = draw(s, 2) != 0;
    snprintf(line, LINE_BYTES,
             "add client %s on m%u to=%c%u op=%s rate=%s arrival=%s connections=%u pipeline=%u "
             "keys=%s timeout=%s retry=%s retry_delay=%s backoff=%s jitter=%s think=%s",
             name, (unsigned)draw(s, s->machines), http ? 'v' : 's',
             http || draw(s, 3) == 0 ? (unsigned)draw(s, http ? s->servers : s->stores) : 0,
             http ? "http" : ONE_OF(s, ops), ONE_OF(s, rates), draw(s, 2) ? "poisson" : "constant",
             1 + (unsigned)draw(s, 8), 1 + (unsigned)draw(s, 4), ONE_OF(s, keys),
             ONE_OF(s, timeouts), ONE_OF(s, retries), ONE_OF(s, delays),
             draw(s, 2) ? "none" : "exponential", draw(s, 2) ? "none" : "full",
             draw(s, 3) ? "20ms" : "1ms");
    size_t used = strlen(line);
    if (!http && s->sentinels > 0 && draw(s, 3) == 0) { /* it asks who the master is */
        char *by = strstr(line, "to=s");
        memmove(by, by + sizeof "to=s0", strlen(by + sizeof "to=s0") + 1);
        used = strlen(line);
        snprintf(line + used, LINE_BYTES - used, " via=n0%s", s->sentinels > 1 ? ",n1" : "");
    } else if (!http && draw(s, 8) == 0) {
        snprintf(line + used, LINE_BYTES - used, " wait=1");
    }
    char *to = http && draw(s, 2) ? strstr(line, "to=v") : NULL;
    if (to != NULL)
        memcpy(to, "to=l0", 5);
    used = strlen(line);
    if (to != NULL && draw(s, 8)) /* a balancer speaks HTTP/1.x alone; the others are told so */
        snprintf(line + used, LINE_BYTES - used, " http=%s keepalive=%s",
                 draw(s, 4) ? "1.1" : "1.0", draw(s, 3) ? "yes" : "no");
    else if (http)
        write_http(s, line);
}

static inline void write_build(struct script *s, uint64_t seed)
{
    static const char *const latencies[] = {"0.1ms", "1ms", "30ms"};
    static const char *const losses[] = {"0%", "0%", "1%", "10%"};
    s->machines = 2 + (unsigned)draw(s, 3);
    s->stores = 1 + (unsigned)draw(s, 3);
    s->sentinels = s->stores > 1 ? (unsigned)draw(s, 4) : 0;
    s->servers = 1 + (unsigned)draw(s, 2);
    s->clients = 1 + (unsigned)draw(s, 4);
    snprintf(s->build[s->built++], LINE_BYTES, "seed %llu", (unsigned long long)seed);
    snprintf(s->build[s->built++], LINE_BYTES, "network latency=%s loss=%s", ONE_OF(s, latencies),
             ONE_OF(s, losses));
    for (unsigned i = 0; i < s->machines; i++)
        snprintf(s->build[s->built++], LINE_BYTES, "machine m%u cores=%u disk=%s zone=%c", i,
                 1 + (unsigned)draw(s, 3), draw(s, 2) ? "ssd" : "hdd", (char)('a' + i % 2));
    for (unsigned i = 0; i < s->stores; i++)
        write_store(s, s->build[s->built++], i);
    for (unsigned i = 0; i < s->sentinels; i++)
        write_sentinel(s, s->build[s->built++], i);
    for (unsigned i = 0; i < s->servers; i++)
        write_server(s, s->build[s->built++], i);
    write_balancer(s, s->build[s->built++]);
    for (unsigned i = 0; i < s->clients; i++) {
        char name[16];
        snprintf(name, sizeof name, "c%u", i);
        write_client(s, s->build[s->built++], name);
    }
}

/* %u is one of the first three of its kind. */
static const char *const action_forms[] = {
    "kill s%u",
    "kill c%u",
    "start s%u",
    "start s%u",
    "start c%u",
    "stop s%u",
    "restart s%u",
    "restart s%u after 700ms",
    "restart c%u",
    "pause s%u for 400ms",
    "pause c%u for 1s",
    "pause s%u",
    "resume s%u",
    "power-cut m%u",
    "power-cut m%u",
    "power-on m%u",
    "power-on m%u",
    "power-on m%u",
    "power-cut zone=a",
    "power-on zone=a",
    "destroy m%u",
    "isolate m%u",
    "heal all",
    "heal all",
    "cut m%u m0",
    "cut m%u -> m1",
    "heal m%u m0",
    "heal m%u -> m1",
    "drop-next m%u -> m1 3",
    "drop-next m%u -> m0 syn 2",
    "drop-next m%u -> m0 fin",
    "fill-disk m%u",
    "free-disk m%u",
    "fail-disk m%u",
    "mend-disk m%u",
    "truncate-file s%u aof 100",
    "flip-file s%u aof 60",
    "zero-file s%u rdb 10 20",
    "remove-file s%u rdb",
    "remove-file s%u manifest",
    "burn m%u 90%% for 1s",
    "burn m%u 0%%",
    "leak s%u 50MB/s",
    "kill n%u",
    "start n%u",
    "restart n%u after 2s",
    "pause n%u for 3s",
    "pause s%u for 4s",
    "pause s0 for 6s",
    "restart s0 after 5s",
    "remove n%u",
    "remove s%u",
    "set n%u quorum=1 down-after-milliseconds=700",
    "set s%u min-replicas-to-write=1 min-replicas-max-lag=1",
    "set s%u min-replicas-to-write=0",
    "set s%u repl-backlog-size=16kb",
    "set c%u wait=1",
    "set c%u wait=0",
    "tell s%u REPLICAOF s0 6379",
    "tell s%u REPLICAOF s1 6379",
    "tell s%u REPLICAOF NO ONE",
    "tell s%u WAIT 1 500",
    "tell n%u SENTINEL FAILOVER s0",
    "tell n%u SENTINEL RESET s0",
    "kill v%u",
    "start v%u",
    "start v%u",
    "stop v%u",
    "restart v%u",
    "pause v%u for 400ms",
    "pause v%u",
    "resume v%u",
    "remove v%u",
    "set v%u maxThreads=1 queue=1",
    "set v%u maxConnections=unlimited acceptCount=100",
    "set v%u keepalive_timeout=50ms",
    "set v%u http=2 tls=1.3",
    "set v%u external=100ms service=3ms",
    "set v%u response=1MB",
    "set v%u nofile=16",
    "set v%u websocket=no",
    "set v%u websocket=yes slow_consumer=drop",
    "set v%u slow_consumer=close send_buffer=1KB",
    "set v%u slow_consumer=grow",
    "set v%u slow_consumer=block send_timeout=200ms",
    "set v%u ping=100ms ping_timeout=2.5",
    "stall c%u 2 for 700ms",
    "stall c%u 3",
    "stall c%u 0",
    "set c%u send=20/s room=3 value=20KB",
    "set c%u send=0/s",
    "set c%u op=ws to=v0",
    "set c%u op=location to=v0",
    "set c%u keepalive=no",
    "set c%u op=http to=v0",
    "set c%u http=2 tls=1.3",
    "set m%u tcp_wmem=64KiB",
    "tell v%u stub_status",
    "kill l0",
    "start l0",
    "start l0",
    "stop l0",
    "pause l0 for 400ms",
    "pause l0",
    "resume l0",
    "remove l0",
    "set l0 to=v%u",
    "set l0 to=v0,v1 weights=2,1",
    "set l0 check=no",
    "set l0 check=yes inter=200ms",
    "set l0 policy=leastconn redispatch=no",
    "set l0 request_cost=2ms",
    "tell l0 disable server back/v%u",
    "tell l0 enable server v%u",
    "tell l0 set server back/v0 state drain",
    "tell l0 show stat",
    "set c%u to=l0",
    "remove c%u",
    "set c%u rate=50/s",
    "set c%u rate=max",
    "set c%u rate=0/s",
    "set c%u connections=1",
    "set c%u connections=9 pipeline=2",
    "set c%u pipeline=1",
    "set c%u timeout=50ms",
    "set c%u timeout=2s",
    "set c%u to=s0",
    "set c%u op=set keys=5",
    "set c%u count=500",
    "set c%u think=5ms",
    "set c%u retry=2",
    "set s%u appendfsync=always",
    "set s%u appendonly=yes",
    "set s%u appendonly=no",
    "set m%u~m0 latency=5ms loss=3%%",
    "tell s%u BGSAVE",
    "tell s%u BGREWRITEAOF",
    "tell s%u FLUSHALL",
};

/* Any verb on anything; many do not fit the moment and are refused, which must change nothing. */
static inline void write_action(struct script *s, char *line, unsigned number)
{
    const unsigned forms = sizeof action_forms / sizeof action_forms[0];
    unsigned which = (unsigned)draw(s, forms + 2);
    if (which < forms) {
        snprintf(line, LINE_BYTES, action_forms[which], (unsigned)draw(s, 3));
    } else {
        char name[16];
        snprintf(name, sizeof name, "extra%u", number);
        write_client(s, line, name);
    }
}

static inline void write_script(struct script *s, uint64_t seed)
{
    memset(s, 0, sizeof *s);
    s->draws = seed * 1000003;
    write_build(s, seed);
    s->end_ns = (10 + draw(s, 20)) * SECOND_NS;
    s->actions = 10 + (unsigned)draw(s, ACTIONS_MOST - 10);
    uint64_t step_ns = s->end_ns / s->actions;
    for (unsigned i = 0; i < s->actions; i++) {
        s->action[i].time_ns = i * step_ns + draw(s, step_ns);
        write_action(s, s->action[i].line, i);
    }
}

#endif
