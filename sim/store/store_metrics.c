/*
 * The metrics of a store: INFO's fields under their own names, and what a fault would cost now.
 */
#include <stddef.h>

#include "sim/store/store_state.h"

static bool number(struct value *value, uint64_t n)
{
    value->number = (int64_t)n;
    return true;
}

static bool read_keys(struct world *world, uint32_t id, struct value *value)
{
    return number(value, store_at(world, id)->keys.keys);
}

static bool read_used_memory(struct world *world, uint32_t id, struct value *value)
{
    return number(value, store_is_up(world, id) ? used_memory(world, id) : 0);
}

static bool read_used_memory_rss(struct world *world, uint32_t id, struct value *value)
{
    return number(value, memory_of(world, id));
}

static bool read_bgsave(struct world *world, uint32_t id, struct value *value)
{
    return number(value, child_saves(world, id));
}

static bool read_bgsave_good(struct world *world, uint32_t id, struct value *value)
{
    return number(value, store_at(world, id)->bgsave_failed == 0);
}

static bool read_rewrite(struct world *world, uint32_t id, struct value *value)
{
    return number(value, rewrite_runs(world, id));
}

static bool read_write_good(struct world *world, uint32_t id, struct value *value)
{
    return number(value, store_at(world, id)->aof.write_error == 0);
}

static bool read_buffer(struct world *world, uint32_t id, struct value *value)
{
    return number(value, store_at(world, id)->aof.buffer_bytes);
}

static bool read_role(struct world *world, uint32_t id, struct value *value)
{
    struct text text = TEXT(value->words);
    text_clear(&text);
    text_add(&text, store_at(world, id)->repl.master == 0 ? "master" : "replica");
    return true;
}

static bool read_replicas(struct world *world, uint32_t id, struct value *value)
{
    return number(value, store_at(world, id)->repl.replicas.count);
}

static bool read_link(struct world *world, uint32_t id, struct value *value)
{
    const struct repl *repl = &store_at(world, id)->repl;
    struct text text = TEXT(value->words);
    text_clear(&text);
    text_add(&text, repl->state == LINK_CONNECTED ? "up" : "down");
    return repl->master != 0;
}

/* Of its stream: what it has, or of a cut link what it had. */
static bool read_replica_offset(struct world *world, uint32_t id, struct value *value)
{
    const struct repl *repl = &store_at(world, id)->repl;
    return repl->master != 0 && number(value, repl->offset);
}

static bool read_offset(struct world *world, uint32_t id, struct value *value)
{
    return number(value, store_at(world, id)->repl.offset);
}

static bool read_backlog(struct world *world, uint32_t id, struct value *value)
{
    return number(value, store_at(world, id)->repl.backlog.bytes);
}

static bool read_syncing(struct world *world, uint32_t id, struct value *value)
{
    uint32_t state = store_at(world, id)->repl.state;
    return number(value, state == LINK_TRANSFER || state == LINK_SYNCING);
}

static bool read_good(struct world *world, uint32_t id, struct value *value)
{
    return number(value, store_at(world, id)->repl.good);
}

static bool read_lag(struct world *world, uint32_t id, struct value *value)
{
    const struct repl *repl = &store_at(world, id)->repl;
    if (repl->master == 0)
        return false;
    uint64_t there = store_at(world, repl->master)->repl.offset;
    return number(value, there > repl->offset ? there - repl->offset : 0);
}

static bool read_sync_full(struct world *world, uint32_t id, struct value *value)
{
    return number(value, store_at(world, id)->repl.sync_full);
}

static bool read_partial_ok(struct world *world, uint32_t id, struct value *value)
{
    return number(value, store_at(world, id)->repl.partial_ok);
}

static bool read_partial_err(struct world *world, uint32_t id, struct value *value)
{
    return number(value, store_at(world, id)->repl.partial_err);
}

static bool read_risk_kill(struct world *world, uint32_t id, struct value *value)
{
    return number(value, ledger_at_risk(world, id, STAGE_KILL));
}

static bool read_risk_power(struct world *world, uint32_t id, struct value *value)
{
    return number(value, ledger_at_risk(world, id, STAGE_POWER));
}

static bool read_risk_disk(struct world *world, uint32_t id, struct value *value)
{
    return number(value, ledger_at_risk(world, id, STAGE_DISK));
}

static bool read_up(struct world *world, uint32_t id, struct value *value)
{
    return number(value, store_is_up(world, id) && store_at(world, id)->loading == LOADING_NO);
}

static bool read_loading(struct world *world, uint32_t id, struct value *value)
{
    return number(value, store_at(world, id)->loading != LOADING_NO);
}

static bool read_cow(struct world *world, uint32_t id, struct value *value)
{
    return number(value, cow_bytes(world, id));
}

static bool read_current_size(struct world *world, uint32_t id, struct value *value)
{
    return number(value, store_at(world, id)->aof.current_size);
}

static bool read_base_size(struct world *world, uint32_t id, struct value *value)
{
    return number(value, store_at(world, id)->aof.base_size);
}

static bool read_delayed(struct world *world, uint32_t id, struct value *value)
{
    return number(value, store_at(world, id)->aof.delayed);
}

static bool read_expires(struct world *world, uint32_t id, struct value *value)
{
    return number(value, store_at(world, id)->keys.expires);
}

#define FIELD(name, unit, type, field, en, ko)                                                     \
    {                                                                                              \
        name, unit, type, (uint32_t)offsetof(struct store, field), NULL, en, ko                    \
    }
#define READ(name, unit, type, function, en, ko)                                                   \
    {                                                                                              \
        name, unit, type, 0, function, en, ko                                                      \
    }
#define COUNTER METRIC_COUNTER
#define GAUGE   METRIC_GAUGE

const struct metric store_metrics[] = {
    READ("keys", UNIT_COUNT, GAUGE, read_keys, "keys in memory", "메모리에 있는 키"),
    READ("expires", UNIT_COUNT, GAUGE, read_expires, "keys with a time to live", "TTL이 있는 키"),
    READ("used_memory", UNIT_SIZE, GAUGE, read_used_memory, "memory that the keys use",
         "키가 쓰는 메모리"),
    READ("used_memory_rss", UNIT_SIZE, GAUGE, read_used_memory_rss,
         "memory that the machine gave to the process and its child",
         "서버가 프로세스와 자식에게 준 메모리"),
    FIELD("used_memory_peak", UNIT_SIZE, GAUGE, peak_memory, "the most it used since its start",
          "시작한 뒤 가장 많이 쓴 메모리"),
    READ("at_risk_kill", UNIT_COUNT, GAUGE, read_risk_kill,
         "acked writes that would be lost if the process were killed now",
         "지금 프로세스를 죽이면 사라질, 응답을 받은 쓰기"),
    READ("at_risk_power", UNIT_COUNT, GAUGE, read_risk_power,
         "acked writes that would be lost if power went now",
         "지금 전원이 나가면 사라질, 응답을 받은 쓰기"),
    READ("at_risk_disk", UNIT_COUNT, GAUGE, read_risk_disk,
         "acked writes that would be lost if the machine were destroyed now",
         "지금 서버가 통째로 없어지면 사라질, 응답을 받은 쓰기"),
    FIELD("rdb_changes_since_last_save", UNIT_COUNT, GAUGE, dirty,
          "changes since the last snapshot was complete", "마지막 스냅샷이 끝난 뒤의 변경 수"),
    READ("rdb_bgsave_in_progress", UNIT_COUNT, GAUGE, read_bgsave,
         "1 while a child saves a snapshot", "자식이 스냅샷을 쓰는 동안 1"),
    FIELD("rdb_last_save_time", UNIT_UNIXTIME, GAUGE, lastsave_s,
          "second of the clock at which the last snapshot was complete",
          "마지막 스냅샷이 끝난 시각(초)"),
    READ("rdb_last_bgsave_status", UNIT_COUNT, GAUGE, read_bgsave_good,
         "1 when the last snapshot was good (ok)", "마지막 스냅샷이 성공했으면 1"),
    FIELD("rdb_last_bgsave_time_sec", UNIT_COUNT, GAUGE, bgsave_seconds,
          "how long the last snapshot took, in seconds", "마지막 스냅샷에 걸린 시간(초)"),
    FIELD("rdb_last_cow_size", UNIT_SIZE, GAUGE, rdb_cow,
          "memory that was copied during the last snapshot", "마지막 스냅샷 동안 복사된 메모리"),
    READ("current_cow_size", UNIT_SIZE, GAUGE, read_cow, "memory copied so far while a child runs",
         "자식이 도는 동안 지금까지 복사된 메모리"),
    FIELD("rdb_saves", UNIT_COUNT, COUNTER, rdb_saves, "snapshots completed since its start",
          "시작한 뒤 끝난 스냅샷"),
    FIELD("latest_fork_usec", UNIT_COUNT, GAUGE, fork_usec,
          "how long the last fork held up everything, in microseconds",
          "마지막 fork가 모두를 멈춘 시간(마이크로초)"),
    FIELD("total_forks", UNIT_COUNT, COUNTER, forks, "forks since its start",
          "시작한 뒤 fork 횟수"),
    READ("aof_current_size", UNIT_SIZE, GAUGE, read_current_size, "size of the append only log",
         "AOF 로그의 크기"),
    READ("aof_base_size", UNIT_SIZE, GAUGE, read_base_size, "its size after the last rewrite",
         "마지막으로 다시 쓴 뒤의 크기"),
    READ("aof_buffer_length", UNIT_SIZE, GAUGE, read_buffer,
         "bytes of the log that are only in the process", "아직 프로세스 안에만 있는 로그 바이트"),
    READ("aof_rewrite_in_progress", UNIT_COUNT, GAUGE, read_rewrite,
         "1 while a child rewrites the log", "자식이 로그를 다시 쓰는 동안 1"),
    READ("aof_last_write_status", UNIT_COUNT, GAUGE, read_write_good,
         "1 when the log can be written (ok)", "로그를 쓸 수 있으면 1"),
    FIELD("aof_last_cow_size", UNIT_SIZE, GAUGE, aof_cow,
          "memory that was copied during the last rewrite",
          "마지막으로 다시 쓰는 동안 복사된 메모리"),
    FIELD("aof_rewrites", UNIT_COUNT, COUNTER, rewrites, "rewrites begun since its start",
          "시작한 뒤 다시 쓰기를 시작한 횟수"),
    READ("aof_delayed_fsync", UNIT_COUNT, COUNTER, read_delayed,
         "writes that did not wait for a slow fsync any longer",
         "느린 fsync를 더 기다리지 않은 쓰기"),
    FIELD("aof_fsyncs", UNIT_COUNT, COUNTER, fsyncs, "fsyncs of the log since its start",
          "시작한 뒤 로그 fsync 횟수"),
    FIELD("bytes_written", UNIT_SIZE, COUNTER, bytes_written,
          "bytes written to files since its start", "시작한 뒤 파일에 쓴 바이트"),
    READ("role", UNIT_CHOICE, GAUGE, read_role, "master or replica", "마스터인지 레플리카인지"),
    READ("connected_replicas", UNIT_COUNT, GAUGE, read_replicas, "replicas connected now",
         "지금 연결된 레플리카 수"),
    READ("connected_slaves", UNIT_COUNT, GAUGE, read_replicas, "the same, under INFO's name",
         "connected_replicas와 같은 값(INFO의 이름)"),
    READ("master_link_status", UNIT_CHOICE, GAUGE, read_link,
         "of a replica: is the link to its master up", "레플리카와 마스터의 연결이 살아 있는지"),
    READ("master_repl_offset", UNIT_COUNT, GAUGE, read_offset,
         "bytes of the replication stream so far", "지금까지의 복제 스트림 바이트"),
    READ("slave_repl_offset", UNIT_COUNT, GAUGE, read_replica_offset,
         "of a replica: bytes of the stream that it has", "레플리카가 받은 복제 스트림 바이트"),
    READ("replica_lag", UNIT_SIZE, GAUGE, read_lag,
         "of a replica: bytes of the stream that its master is ahead",
         "레플리카가 마스터보다 뒤처진 바이트(복제 지연)"),
    READ("master_sync_in_progress", UNIT_COUNT, GAUGE, read_syncing,
         "of a replica: 1 while a snapshot comes from its master",
         "마스터에게서 스냅샷을 받는 동안 1"),
    READ("min_slaves_good_slaves", UNIT_COUNT, GAUGE, read_good,
         "replicas that reported within min-replicas-max-lag",
         "min-replicas-max-lag 안에 보고한 레플리카 수"),
    READ("repl_backlog_histlen", UNIT_SIZE, GAUGE, read_backlog,
         "bytes of the stream that are kept for replicas that come back",
         "돌아올 레플리카를 위해 남겨 둔 복제 스트림"),
    READ("sync_full", UNIT_COUNT, COUNTER, read_sync_full,
         "full synchronizations of replicas since its start", "시작한 뒤 전체 동기화 횟수"),
    READ("sync_partial_ok", UNIT_COUNT, COUNTER, read_partial_ok,
         "replicas that went on from the backlog", "백로그로 이어 간 부분 동기화 횟수"),
    READ("sync_partial_err", UNIT_COUNT, COUNTER, read_partial_err,
         "replicas that could not, and needed all", "부분 동기화를 못 하고 전체가 필요했던 횟수"),
    FIELD("evicted_keys", UNIT_COUNT, COUNTER, evicted, "keys dropped because of maxmemory",
          "maxmemory 때문에 버린 키"),
    FIELD("expired_keys", UNIT_COUNT, COUNTER, expired, "keys whose time was over",
          "시간이 다 된 키"),
    FIELD("total_commands_processed", UNIT_COUNT, COUNTER, commands, "commands since its start",
          "시작한 뒤 처리한 명령"),
    FIELD("total_connections_received", UNIT_COUNT, COUNTER, connections_received,
          "connections accepted since its start", "시작한 뒤 받은 연결"),
    FIELD("connected_clients", UNIT_COUNT, GAUGE, connected, "connections now", "지금 연결 수"),
    FIELD("total_net_input_bytes", UNIT_SIZE, COUNTER, net_in, "bytes read from clients",
          "클라이언트에게서 읽은 바이트"),
    FIELD("total_net_output_bytes", UNIT_SIZE, COUNTER, net_out, "bytes written to clients",
          "클라이언트에게 쓴 바이트"),
    FIELD("keyspace_hits", UNIT_COUNT, COUNTER, hits, "reads that found their key",
          "키를 찾은 읽기"),
    FIELD("keyspace_misses", UNIT_COUNT, COUNTER, misses, "reads that did not",
          "키를 못 찾은 읽기"),
    READ("loading", UNIT_COUNT, GAUGE, read_loading, "1 while it reads its files",
         "파일을 읽는 동안 1"),
    FIELD("load_time", UNIT_DURATION, GAUGE, load_ns, "how long its last start read files",
          "마지막 시작에서 파일을 읽은 시간"),
    READ("up", UNIT_COUNT, GAUGE, read_up, "1 while the process runs and has read its files",
         "프로세스가 돌고 파일을 다 읽었으면 1"),
};
_Static_assert(sizeof store_metrics / sizeof store_metrics[0] == STORE_METRICS,
               "count of the rows");

const char *store_metric_named(unsigned metric)
{
    if (store_metrics[metric].read == read_link)
        return "up|down";
    return store_metrics[metric].read == read_role ? "master|replica" : NULL;
}
