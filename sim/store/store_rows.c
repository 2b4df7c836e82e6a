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
};
_Static_assert(sizeof store_parameters / sizeof store_parameters[0] == STORE_PARAMETERS,
               "a row for each parameter");

void store_changed(struct world *world, uint32_t id, unsigned parameter)
{
    if (parameter != STORE_APPENDONLY)
        return;
    if (parameter_get(world, id, STORE_APPENDONLY) != 0)
        aof_start(world, id);
    else
        aof_stop(world, id);
}
