/* The words of the screens: look-up in the tables of words.def and of the verbs and news below. */
#include "lab/words/words.h"

#include <string.h>

#include "sim/engine/trace.h"

static const char *const words[WORD_COUNT][2] = {
#define WORD(id, en, ko) {en, ko},
#include "lab/words/words.def"
#undef WORD
};

const char *word_in(enum language language, enum word word)
{
    return words[word][language == LANGUAGE_KO];
}

static const struct {
    const char *verb, *words[2];
} verb_words[] = {
    {"kill", {"kill the process", "프로세스 죽이기"}},
    {"stop", {"end it (SIGTERM)", "종료 (SIGTERM)"}},
    {"start", {"start", "켜기"}},
    {"restart", {"restart", "다시 켜기"}},
    {"pause", {"pause the process", "멈춰 세우기"}},
    {"resume", {"let it go on", "다시 움직이기"}},
    {"power-cut", {"pull the plug", "전원 뽑기"}},
    {"power-on", {"power on", "전원 넣기"}},
    {"destroy", {"destroy the machine", "서버 부수기"}},
    {"cut", {"cut the link", "연결 끊기"}},
    {"heal", {"heal the links", "연결 잇기"}},
    {"isolate", {"isolate it", "혼자 떼어 놓기"}},
    {"fill-disk", {"fill the disk", "디스크 채우기"}},
    {"free-disk", {"free the disk", "디스크 비우기"}},
    {"fail-disk", {"make the disk fail", "디스크 고장 내기"}},
    {"mend-disk", {"mend the disk", "디스크 고치기"}},
    {"burn", {"burn the CPU", "CPU 태우기"}},
    {"leak", {"leak memory", "메모리 새게 하기"}},
    {"stall", {"stop reading", "읽기 멈추기"}},
    {"add", {"add", "더하기"}},
    {"remove", {"remove", "빼기"}},
    {"run", {"run", "진행"}},
    {"rewind", {"go back", "되감기"}},
    {"remove-file", {"remove a file", "파일 지우기"}},
    {"truncate-file", {"cut a file short", "파일 자르기"}},
    {"zero-file", {"zero a part of a file", "파일에 0 쓰기"}},
    {"flip-file", {"flip a byte of a file", "파일 한 바이트 바꾸기"}},
    {"drop-next", {"drop a packet", "패킷 버리기"}},
};

const char *word_verb(enum language language, const char *verb)
{
    for (size_t i = 0; i < sizeof verb_words / sizeof *verb_words; i++)
        if (strcmp(verb_words[i].verb, verb) == 0)
            return verb_words[i].words[language == LANGUAGE_KO];
    return NULL;
}

static const struct {
    uint16_t what;
    const char *words[2];
} news_words[] = {
    {TRACE_POWER_CUT, {"lost power", "전원 차단"}},
    {TRACE_POWER_ON, {"has power", "전원 켜짐"}},
    {TRACE_DESTROYED, {"destroyed", "서버 파괴"}},
    {TRACE_STARTED, {"started", "프로세스 시작"}},
    {TRACE_READY, {"ready to answer", "답할 준비가 됨"}},
    {TRACE_REFUSED_START, {"did not start", "켜지지 않음"}},
    {TRACE_KILLED, {"killed", "SIGKILL로 죽음"}},
    {TRACE_TERMINATED, {"got SIGTERM", "SIGTERM을 받음"}},
    {TRACE_EXITED, {"exited", "스스로 끝남"}},
    {TRACE_PAUSED, {"stopped by SIGSTOP", "SIGSTOP으로 멈춤"}},
    {TRACE_RESUMED, {"goes on", "다시 움직임"}},
    {TRACE_OOM_KILL, {"killed: out of memory", "메모리 부족으로 죽음"}},
    {TRACE_HEAP_FULL, {"OutOfMemoryError: the heap is full", "OutOfMemoryError: 힙이 가득 참"}},
    {TRACE_CUT, {"link cut", "연결 끊김"}},
    {TRACE_HEALED, {"link healed", "연결 이어짐"}},
    {TRACE_HEALED_ALL, {"every link healed", "모든 연결 이어짐"}},
    {TRACE_FORKED, {"forked a child to save", "저장하려고 fork"}},
    {TRACE_SNAPSHOTTED, {"snapshot saved", "스냅샷 저장됨"}},
    {TRACE_SNAPSHOT_FAILED, {"snapshot failed", "스냅샷 실패"}},
    {TRACE_REWRITTEN, {"log rewritten", "AOF 로그 다시 씀"}},
    {TRACE_LOST, {"writes lost", "쓰기 유실"}},
    {TRACE_DISK_FULL, {"disk full", "디스크 가득 참"}},
    {TRACE_DISK_FAILED, {"disk fails", "디스크 고장"}},
};

const char *word_news(enum language language, unsigned trace_id)
{
    for (size_t i = 0; i < sizeof news_words / sizeof *news_words; i++)
        if (news_words[i].what == trace_id)
            return news_words[i].words[language == LANGUAGE_KO];
    return NULL;
}

static const struct {
    const char *unit, *counter;
} counters[] = {
    {"orders", "건"}, {"writes", "건"},  {"requests", "건"},    {"messages", "건"},
    {"people", "명"}, {"words", "마디"}, {"connections", "개"}, {"packets", "개"},
    {"keys", "개"},   {"seconds", "초"},
};

const char *word_unit(enum language language, const char *unit)
{
    for (size_t i = 0; language == LANGUAGE_KO && i < sizeof counters / sizeof *counters; i++)
        if (strcmp(counters[i].unit, unit) == 0)
            return counters[i].counter;
    return unit;
}

static const struct {
    const char *name, *en, *ko;
} prices[] = {
    {"disk", "disk", "디스크"},
    {"latency", "latency", "지연 시간"},
    {"slowest", "slowest request", "가장 느린 요청"},
    {"delay", "delay", "지연"},
    {"machines", "machines", "서버"},
    {"memory", "memory", "메모리"},
    {"cpu", "cpu", "CPU"},
    {"bytes", "bytes", "바이트"},
    {"network", "network", "네트워크"},
    {"requests", "requests", "요청"},
    {"threads", "threads", "스레드"},
    {"connects", "connects", "연결 시도"},
    {"opened", "open connections", "열린 연결"},
    {"tw-app", "TIME_WAIT on the app's side", "앱 쪽 TIME_WAIT"},
    {"tw-web", "TIME_WAIT on the web's side", "웹 쪽 TIME_WAIT"},
};

const char *word_price(enum language language, const char *name)
{
    for (size_t i = 0; i < sizeof prices / sizeof *prices; i++)
        if (strcmp(prices[i].name, name) == 0)
            return language == LANGUAGE_KO ? prices[i].ko : prices[i].en;
    return name;
}
