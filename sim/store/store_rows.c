/*
 * The parameters of a store: the names, units and defaults of redis.conf 7.0 (TRUTH
 * redis.defaults.1).
 */
#include "sim/store/store_state.h"

#define REDIS_MOST (1ull << 50)

const struct parameter store_parameters[] = {
    [STORE_SAVE] =
        {"save", UNIT_TEXT, 0, 0, "3600 1 300 100 60 10000", NULL, true,
         "snapshot rules: after more than SECONDS since the last one and CHANGES writes; "
         "\"\" is off",
         "스냅샷 규칙: 마지막 저장 뒤 초가 지나고 변경 수가 차면 저장; \"\"는 끔"},
    [STORE_APPENDONLY] = {"appendonly", UNIT_BOOLEAN, 0, 1, "no", NULL, true,
                          "writes each change to the append only log",
                          "변경을 모두 AOF 로그에 씁니다"},
    [STORE_APPENDFSYNC] =
        {"appendfsync", UNIT_CHOICE, 0, 0, "everysec", "everysec|always|no", true,
         "when the log is forced to the disk: each second, before each answer, or "
         "when the kernel likes",
         "로그를 디스크에 확정하는 때: 1초마다, 답하기 전마다, 커널 마음대로"},
    [STORE_NO_APPENDFSYNC_ON_REWRITE] = {"no-appendfsync-on-rewrite", UNIT_BOOLEAN, 0, 1, "no",
                                         NULL, true, "no fsync of the log while a child saves",
                                         "자식이 저장하는 동안에는 로그를 fsync하지 않습니다"},
    [STORE_AUTO_AOF_REWRITE_PERCENTAGE] =
        {"auto-aof-rewrite-percentage", UNIT_COUNT, 0, 1000000, "100", NULL, true,
         "the log is rewritten when it grew by so many percent; 0 is never",
         "로그가 이만큼(%) 자라면 다시 씁니다; 0이면 안 합니다"},
    [STORE_AUTO_AOF_REWRITE_MIN_SIZE] = {"auto-aof-rewrite-min-size", UNIT_REDIS, 0, REDIS_MOST,
                                         "64mb", NULL, true, "and is larger than this",
                                         "그리고 로그가 이보다 클 때만 다시 씁니다"},
    [STORE_AOF_USE_RDB_PREAMBLE] = {"aof-use-rdb-preamble", UNIT_BOOLEAN, 0, 1, "yes", NULL, true,
                                    "a rewritten log begins with a snapshot",
                                    "다시 쓴 로그가 스냅샷으로 시작합니다"},
    [STORE_AOF_LOAD_TRUNCATED] = {"aof-load-truncated", UNIT_BOOLEAN, 0, 1, "yes", NULL, true,
                                  "a log whose tail is torn is cut and loaded",
                                  "끝이 잘린 로그는 거기까지만 읽고 시작합니다"},
    [STORE_STOP_WRITES] = {"stop-writes-on-bgsave-error", UNIT_BOOLEAN, 0, 1, "yes", NULL, true,
                           "refuses writes (MISCONF) while snapshots fail",
                           "스냅샷이 실패하는 동안 쓰기를 MISCONF로 거절합니다"},
    [STORE_RDBCHECKSUM] = {"rdbchecksum", UNIT_BOOLEAN, 0, 1, "yes", NULL, false,
                           "checks a snapshot's checksum at the start",
                           "시작할 때 스냅샷의 체크섬을 확인합니다"},
    [STORE_RDB_KEY_SAVE_DELAY] =
        {"rdb-key-save-delay", UNIT_COUNT, 0, 1000000000, "0", NULL, true,
         "microseconds that the child rests after each key (a debug option)",
         "자식이 키 하나를 쓰고 쉬는 시간(마이크로초, 디버그용)"},
    [STORE_MAXMEMORY] = {"maxmemory", UNIT_REDIS, 0, REDIS_MOST, "0", NULL, true,
                         "memory that keys may use; 0 is no limit",
                         "쓸 수 있는 메모리; 0이면 제한 없음"},
    [STORE_MAXMEMORY_POLICY] = {"maxmemory-policy", UNIT_CHOICE, 0, 0, "noeviction",
                                "noeviction|allkeys-lru|volatile-lru", true,
                                "what happens at maxmemory: refuse, or drop keys unused for long",
                                "maxmemory에 닿으면 거절하거나 오래 안 쓴 키를 버립니다"},
    [STORE_MAXMEMORY_SAMPLES] = {"maxmemory-samples", UNIT_COUNT, 1, 64, "5", NULL, true,
                                 "keys that are compared before one is dropped",
                                 "버릴 키를 고를 때 견주는 키의 수"},
    [STORE_REPLICAOF] = {"replicaof", UNIT_TEXT, 0, 0, "", NULL, true,
                         "the store that it is a copy of; \"\" is a master",
                         "이 스토어가 복제할 마스터; \"\"면 스스로 마스터"},
    [STORE_REPL_BACKLOG_SIZE] = {"repl-backlog-size", UNIT_REDIS, 16384, REDIS_MOST, "1mb", NULL,
                                 true, "how much of the stream is kept for replicas that come back",
                                 "돌아올 레플리카를 위해 남겨 두는 복제 스트림의 크기"},
    [STORE_REPL_DISKLESS_SYNC] = {"repl-diskless-sync", UNIT_BOOLEAN, 0, 1, "yes", NULL, true,
                                  "a snapshot for replicas goes straight into their sockets",
                                  "레플리카용 스냅샷을 디스크 없이 소켓으로 바로 보냅니다"},
    [STORE_REPL_DISKLESS_SYNC_DELAY] = {"repl-diskless-sync-delay", UNIT_COUNT, 0, 86400, "5", NULL,
                                        true, "seconds that it waits for more replicas before",
                                        "그 전에 다른 레플리카를 기다리는 시간(초)"},
    [STORE_REPL_TIMEOUT] = {"repl-timeout", UNIT_COUNT, 1, 1000000, "60", NULL, true,
                            "seconds of silence after which master or replica is given up",
                            "마스터나 레플리카가 이만큼(초) 조용하면 연결을 포기합니다"},
    [STORE_REPL_PING_REPLICA_PERIOD] = {"repl-ping-replica-period", UNIT_COUNT, 1, 1000000, "10",
                                        NULL, true, "seconds between a master's PINGs to replicas",
                                        "마스터가 레플리카에 PING을 보내는 간격(초)"},
    [STORE_MIN_REPLICAS_TO_WRITE] =
        {"min-replicas-to-write", UNIT_COUNT, 0, 1000, "0", NULL, true,
         "refuses writes (NOREPLICAS) with fewer good replicas than this; 0 is off",
         "상태가 좋은 레플리카가 이보다 적으면 쓰기를 NOREPLICAS로 거절합니다; 0은 끔"},
    [STORE_MIN_REPLICAS_MAX_LAG] = {"min-replicas-max-lag", UNIT_COUNT, 0, 1000000, "10", NULL,
                                    true, "a good replica reported within so many seconds",
                                    "이만큼(초) 안에 보고한 레플리카가 상태가 좋은 레플리카"},
    [STORE_REPLICA_SERVE_STALE_DATA] = {"replica-serve-stale-data", UNIT_BOOLEAN, 0, 1, "yes", NULL,
                                        true,
                                        "a replica without its master answers reads all the same",
                                        "마스터와 끊긴 레플리카도 읽기에 답합니다"},
    [STORE_REPLICA_PRIORITY] = {"replica-priority", UNIT_COUNT, 0, 1000000, "100", NULL, true,
                                "Sentinel promotes the lowest first; 0 is never promoted",
                                "Sentinel은 낮은 것부터 승격합니다; 0이면 승격하지 않습니다"},
    [STORE_OUTPUT_BUFFER_LIMIT] =
        {"client-output-buffer-limit", UNIT_TEXT, 0, 0, "replica 256mb 64mb 60", NULL, true,
         "replica HARD SOFT SECONDS: a replica whose stream waits for longer is dropped",
         "replica HARD SOFT 초: 못 보낸 스트림이 이보다 쌓인 레플리카를 끊습니다"},
    [STORE_SHUTDOWN_TIMEOUT] = {"shutdown-timeout", UNIT_COUNT, 0, 1000000, "10", NULL, true,
                                "seconds that SIGTERM waits for replicas to have all",
                                "SIGTERM을 받고 레플리카가 따라오기를 기다리는 시간(초)"},
};
_Static_assert(sizeof store_parameters / sizeof store_parameters[0] == STORE_PARAMETERS,
               "a row for each parameter");

void store_changed(struct world *world, uint32_t id, unsigned parameter)
{
    if (parameter == STORE_REPLICAOF) {
        repl_follow(world, id);
        return;
    }
    if (parameter != STORE_APPENDONLY)
        return;
    if (parameter_get(world, id, STORE_APPENDONLY) != 0)
        aof_start(world, id);
    else
        aof_stop(world, id);
}
