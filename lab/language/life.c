/*
 * The life of one write, line by line: what the trace says of it, made again from a checkpoint
 * before it.
 */
#include <string.h>

#include "lab/language/parts.h"
#include "sim/engine/need.h"
#include "sim/store/ledger.h"

#define STEPS_MAX  64
#define NAME_CELLS 12
#define STEP_LOST  TRACE_COUNT /* the moment of the loss: no record, the ledger tells it */

struct step {
    uint64_t time_ns;
    uint32_t who;
    uint32_t what;
    uint64_t number;
};

struct life {
    const struct session *session;
    uint64_t write;
    struct ledger_life ledger;
    uint64_t key;
    bool sent, applied, lost;
    uint64_t forked_ns; /* the last snapshot that began before it; TIME_NEVER none */
    uint32_t stages;    /* a bit for each stage that was said */
    struct step steps[STEPS_MAX];
    uint32_t count;
};

static const struct sentence {
    uint16_t what;
    const char *en, *ko;
} sentences[] = {
    {TRACE_WRITE_SENT, "sent", "보냄"},
    {TRACE_WRITE_RETRIED, "sent again, try {0}", "다시 보냄, {0}번째"},
    {TRACE_ATTEMPT_ENDED, "attempt {0} came to nothing: {1}", "{0}번째 시도 실패: {1}"},
    {TRACE_WRITE_RECEIVED, "received", "받음"},
    {TRACE_WRITE_APPLIED, "applied in memory", "메모리에 적음"},
    {TRACE_WRITE_REPLICATED, "on a copy: applied in its memory", "사본에 있음: 메모리에 적음"},
    {TRACE_WRITE_ACKED, "answered OK after {0}     <- the client believes that it is safe",
     "{0} 만에 OK를 받음     <- 클라이언트는 안전하다고 믿습니다"},
    {TRACE_WRITE_REFUSED, "refused: {1}", "거절됨: {1}"},
    {TRACE_WRITE_TIMED_OUT, "timed out: nobody knows whether it was applied",
     "타임아웃: 적용됐는지 아무도 모릅니다"},
    {TRACE_WRITTEN, "written to the log: in the page cache", "AOF 로그에 씀: 페이지 캐시에 있음"},
    {TRACE_FSYNCED, "fsynced: on the disk", "fsync: 디스크에 남음"},
    {TRACE_FORKED, "a snapshot began (fork) that holds it",
     "이 쓰기를 담은 스냅샷을 뜨기 시작 (fork)"},
    {TRACE_SNAPSHOTTED, "in a complete snapshot: on the disk", "스냅샷이 끝남: 디스크에 남음"},
    {TRACE_REWRITTEN, "in the rewritten log", "다시 쓴 AOF 로그에 있음"},
    {TRACE_POWER_CUT, "lost power", "전원 차단"},
    {TRACE_DESTROYED, "destroyed, with its disk", "디스크까지 파괴됨"},
    {TRACE_POWER_ON, "has power again", "전원 켜짐"},
    {TRACE_KILLED, "killed (SIGKILL)", "죽음 (SIGKILL)"},
    {TRACE_OOM_KILL, "killed by the kernel: out of memory", "커널이 죽임: 메모리 부족"},
    {TRACE_TERMINATED, "asked to end (SIGTERM)", "종료 요청 (SIGTERM)"},
    {TRACE_EXITED, "ended", "끝남"},
    {TRACE_READY, "up again, with what its files held", "다시 켜짐: 파일에 있던 것만 있음"},
    {TRACE_LOST, "up again without it: counted as lost", "다시 켰지만 없음: 유실로 셈"},
};

static const char *const causes[LOST_CAUSES][2] = {
    [LOST_KILL] = {"gone with the process's memory", "프로세스의 메모리와 함께 사라짐"},
    [LOST_POWER] = {"gone: it was not on the disk when the power went",
                    "사라짐: 전원이 나갈 때 디스크에 없었습니다"},
    [LOST_DISK] = {"gone with the disk", "디스크와 함께 사라짐"},
    [LOST_DAMAGE] = {"gone: a file was damaged", "사라짐: 파일이 망가졌습니다"},
    [LOST_SHUTDOWN] = {"gone: it ended in good order, without saving",
                       "사라짐: 저장하지 않고 정상 종료했습니다"},
    [LOST_COMMAND] = {"gone: a command removed it", "사라짐: 명령이 지웠습니다"},
    [LOST_EVICTED] = {"gone: evicted, memory was full", "사라짐: 메모리가 차서 밀려났습니다"},
    [LOST_DEMOTED] = {"gone: taken by the old master, dropped when it was demoted",
                      "사라짐: 옛 마스터가 받은 쓰기입니다. 강등될 때 버려졌습니다"},
    [LOST_BEHIND] = {"gone: the copy that took over did not have it yet",
                     "사라짐: 대신 맡은 사본에 아직 없었습니다"},
    [LOST_RESYNC] = {"gone: its master did not have it, and it copied its master",
                     "사라짐: 마스터에 없었고, 마스터를 그대로 복제했습니다"},
};

static const char *const refusals[][2] = {
    [REFUSED_TIMED_OUT] = {"timed out", "타임아웃"},
    [REFUSED_CONNECT] = {"not connected", "연결하지 못함"},
    [REFUSED_BROKEN] = {"connection broken", "연결이 끊김"},
    [REFUSED_ERROR] = {"an error", "오류 응답"},
    [REFUSED_MISCONF] = {"MISCONF", "MISCONF"},
    [REFUSED_OOM] = {"OOM", "OOM"},
    [REFUSED_READONLY] = {"READONLY", "READONLY"},
    [REFUSED_LOADING] = {"LOADING", "LOADING"},
    [REFUSED_STATUS] = {"an error status", "오류 상태 코드"},
    [REFUSED_NOREPLICAS] = {"NOREPLICAS", "NOREPLICAS"},
    [REFUSED_MASTERDOWN] = {"MASTERDOWN", "MASTERDOWN"},
};

static const struct sentence *sentence_of(uint32_t what)
{
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
        if (sentences[i].what == what)
            return &sentences[i];
    return NULL;
}

static void step_add(struct life *life, const struct record *record, uint64_t number)
{
    if (life->count == STEPS_MAX)
        return;
    life->steps[life->count++] = (struct step){record->time_ns, record->who, record->what, number};
}

static bool about_write(const struct record *record)
{
    return (record->what >= TRACE_WRITE_SENT && record->what <= TRACE_WRITE_RETRIED) ||
           record->what == TRACE_WRITE_REPLICATED || record->what == TRACE_ATTEMPT_ENDED;
}

/* Where it is, by watermarks of the store that applied it: each stage is said once. */
static void stage_heard(struct life *life, const struct record *record)
{
    static const uint16_t stages[] = {TRACE_WRITTEN, TRACE_FSYNCED, TRACE_FORKED, TRACE_SNAPSHOTTED,
                                      TRACE_REWRITTEN};
    if (record->who != life->ledger.store)
        return;
    if (record->what == TRACE_FORKED && !life->applied)
        life->forked_ns = record->time_ns;
    for (uint32_t i = 0; i < sizeof stages / sizeof stages[0]; i++) {
        bool reached = life->applied && !life->lost && record->a >= life->ledger.position;
        if (record->what != stages[i] || !reached || (life->stages & 1u << i))
            continue;
        life->stages |= 1u << i;
        step_add(life, record, 0);
    }
}

static void fate_heard(struct life *life, const struct world *world, const struct record *record)
{
    static const uint16_t faults[] = {TRACE_POWER_CUT, TRACE_DESTROYED, TRACE_POWER_ON,
                                      TRACE_KILLED,    TRACE_OOM_KILL,  TRACE_TERMINATED,
                                      TRACE_EXITED,    TRACE_READY};
    uint32_t store = life->ledger.store;
    if (!life->applied || !store)
        return;
    if (record->what == TRACE_LOST && record->who == store && record->a <= life->ledger.position &&
        trace_lost_to(record->b) >= life->ledger.position &&
        trace_lost_writer(record->b) == life->ledger.writer) {
        life->lost = true;
        step_add(life, record, 0);
    }
    if (record->who != store && record->who != component_at(world, store)->machine)
        return;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        if (record->what == faults[i])
            step_add(life, record, 0);
}

static void heard(void *user, struct world *world, const struct record *record)
{
    struct life *life = user;
    if (about_write(record)) {
        if (record->a != life->write)
            return;
        if (record->what == TRACE_WRITE_SENT) {
            life->sent = true;
            life->key = record->b;
        }
        if (record->what == TRACE_WRITE_APPLIED && record->who == life->ledger.store)
            life->applied = true;
        step_add(life, record, record->b);
        return;
    }
    stage_heard(life, record);
    fate_heard(life, world, record);
}

/* The moment of the loss goes behind the fault that made it. */
static void loss_insert(struct life *life)
{
    uint32_t at = life->count;
    if (!life->ledger.lost || life->count == STEPS_MAX)
        return;
    while (at > 0 && life->steps[at - 1].time_ns > life->ledger.lost_at_ns)
        at--;
    memmove(&life->steps[at + 1], &life->steps[at], (life->count - at) * sizeof life->steps[0]);
    life->steps[at] = (struct step){life->ledger.lost_at_ns, life->ledger.store, STEP_LOST, 0};
    life->count++;
}

/* Why a request or an attempt of it came to nothing; "" of any other step. */
static const char *refusal_of(const struct step *step, bool ko)
{
    uint64_t why = 0;
    if (step->what == TRACE_WRITE_REFUSED)
        why = step->number;
    else if (step->what == TRACE_ATTEMPT_ENDED)
        why = trace_attempt_why(step->number);
    bool known = why < sizeof refusals / sizeof refusals[0] && refusals[why][ko];
    return known ? refusals[why][ko] : "";
}

/* What {0} of its sentence stands for. */
static void number_add(struct text *text, const struct step *step)
{
    struct value latency = {.unit = UNIT_DURATION, .number = (int64_t)step->number};
    if (step->what == TRACE_WRITE_ACKED)
        value_add_screen(text, &latency);
    else if (step->what == TRACE_ATTEMPT_ENDED)
        text_add_u64(text, trace_attempt_number(step->number));
    else
        text_add_u64(text, step->number);
}

static void step_say(struct text *text, const struct life *life, const struct world *world,
                     const struct step *step, bool ko)
{
    char words[32];
    struct text number = TEXT(words);
    const char *const arguments[4] = {words, refusal_of(step, ko), NULL, NULL};
    text_add(text, "  ");
    clock_add(text, step->time_ns, 6);
    text_add(text, "  ");
    size_t at = text->used;
    text_add(text, step->who ? component_at(world, step->who)->name : "-");
    while (text->used - at < NAME_CELLS)
        text_add_char(text, ' ');
    text_add_char(text, ' ');
    text_clear(&number);
    if (step->what == STEP_LOST) {
        text_add(text, causes[life->ledger.cause < LOST_CAUSES ? life->ledger.cause : 0][ko]);
    } else {
        const struct sentence *sentence = sentence_of(step->what);
        number_add(&number, step);
        text_add_template(text, ko ? sentence->ko : sentence->en, arguments);
    }
    text_add_char(text, '\n');
}

/* Its end, in one line. */
static void end_say(struct text *text, const struct life *life, bool ko)
{
    static const char *const ends[][2] = {
        {"  = acked, then lost", "  = OK를 받고 유실됨"},
        {"  = acked, and there", "  = OK를 받았고, 남아 있음"},
        {"  = never acked, yet there", "  = OK를 받지 못했지만 남아 있음"},
        {"  = never acked, not there", "  = OK를 받지 못했고, 남아 있지 않음"},
        {"  = not answered yet", "  = 아직 답이 없음"},
    };
    bool acked = life->ledger.outcome == LEDGER_ACKED;
    unsigned end = acked                                         ? (life->ledger.lost ? 0 : 1)
                   : life->ledger.position && !life->ledger.lost ? 2
                                                                 : 3;
    if (life->ledger.outcome == LEDGER_OPEN)
        end = 4;
    text_add(text, ends[end][ko]);
    text_add_char(text, '\n');
}

/* In its place among the steps: the write may have been on its way when it began. */
static void fork_say(struct text *text, const struct life *life, bool ko)
{
    text_add(text, "  ");
    clock_add(text, life->forked_ns, 6);
    text_add(text, ko ? "  마지막 스냅샷을 뜨기 시작 (fork). 이 쓰기는 아직 없었습니다\n"
                      : "  the last snapshot began (fork). This write was not there yet\n");
}

static void life_say(struct text *text, const struct life *life, const struct world *world, bool ko)
{
    text_add(text, ko ? "쓰기 #" : "write #");
    text_add_u64(text, life->write);
    if (life->sent) {
        text_add(text, "  k:");
        text_add_u64(text, life->key);
    }
    text_add(text, ko ? "의 일생\n" : "\n");
    bool forked = life->ledger.lost && life->forked_ns != TIME_NEVER;
    for (uint32_t i = 0; i < life->count; i++) {
        if (forked && life->steps[i].time_ns > life->forked_ns) {
            fork_say(text, life, ko);
            forked = false;
        }
        step_say(text, life, world, &life->steps[i], ko);
    }
    end_say(text, life, ko);
}

static bool no_write(const struct world *world, const char *words, struct error *error)
{
    char writes[24];
    struct text text = TEXT(writes);
    text_clear(&text);
    text_add_grouped(&text, world->writes);
    return error_set(error, ERROR_NO_WRITE, 1, words, writes, NULL, NULL);
}

/* Makes the write's time again and keeps what was heard of it. */
static bool life_read(struct session *session, uint32_t variant, struct life *life,
                      struct error *error)
{
    struct world *world = session->variants[variant].world;
    struct history *history = session->variants[variant].history;
    uint64_t write = life->write;
    char words[24];
    struct text number = TEXT(words);
    text_clear(&number);
    text_add_u64(&number, write);
    if (session->hidden)
        return error_set(error, ERROR_HIDDEN, 0, "trace-write", NULL, NULL, NULL);
    if (write == 0 || write > world->writes || !history || !ledger_of(world, write, &life->ledger))
        return no_write(world, words, error);
    if (!history_replay(history, world, history_before_write(history, write), heard, life))
        return error_set(error, ERROR_WORLD_MEMORY, 0, NULL, NULL, NULL, NULL);
    loss_insert(life);
    return true;
}

bool session_life(struct session *session, uint32_t variant, uint64_t write, struct text *text,
                  struct error *error)
{
    struct life life = {.session = session, .write = write, .forked_ns = TIME_NEVER};
    if (!life_read(session, variant, &life, error))
        return false;
    life_say(text, &life, session->variants[variant].world,
             session->options.language == LANGUAGE_KO);
    return true;
}

bool session_life_in_all(struct session *session, uint32_t variant, uint64_t write,
                         struct text in[LANGUAGES], struct error *error)
{
    struct life life = {.session = session, .write = write, .forked_ns = TIME_NEVER};
    if (!life_read(session, variant, &life, error))
        return false;
    for (int language = 0; language < LANGUAGES; language++)
        life_say(&in[language], &life, session->variants[variant].world, language == LANGUAGE_KO);
    return true;
}

/* trace-write NUMBER */
bool act_trace_write(struct session *session, struct call *call)
{
    uint64_t write;
    if (!need_count(call->command, 2, 2, lab_command_find("trace-write")->usage, call->error) ||
        !need_value(call->command, 1, UNIT_COUNT, NULL, &write, call->error))
        return false;
    for (uint32_t i = 0; i < session->variant_count; i++) {
        struct text text = {session->answer, sizeof session->answer, 0, false};
        if (!(call->mask & 1u << i))
            continue;
        text_clear(&text);
        if (!session_life(session, i, write, &text, call->error))
            return false;
        session_say(session, (int32_t)i, session->answer);
    }
    return true;
}
