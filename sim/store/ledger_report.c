/*
 * The ledger for people, and its full sums for tests.
 */
#include "sim/store/ledger_state.h"

static const char *const cause_words[LOST_CAUSES][2] = {
    [LOST_KILL] = {"the process was killed", "프로세스가 죽음"},
    [LOST_POWER] = {"power went before it was on the disk", "디스크에 남기 전에 전원이 나감"},
    [LOST_DISK] = {"the disk is gone", "디스크가 없어짐"},
    [LOST_DAMAGE] = {"a file was damaged", "파일이 손상됨"},
    [LOST_SHUTDOWN] = {"it ended in good order without saving", "저장하지 않고 정상 종료함"},
    [LOST_COMMAND] = {"deleted, or started from other files", "지워졌거나 다른 파일로 시작함"},
    [LOST_EVICTED] = {"dropped because of maxmemory", "maxmemory 때문에 버려짐"}};

struct sums {
    uint64_t writes, acked, refused, timed_out, unacked_kept, duplicated;
    uint64_t lost[LOST_CAUSES], lost_all;
};

static struct sums sums_of(const struct world *world, uint32_t client)
{
    struct sums sums = {0};
    for (const struct ledger_pair *p = ledger_first_pair(world, client); p != NULL;
         p = ledger_next_pair(world, p)) {
        sums.writes += p->writes;
        sums.acked += p->acked;
        sums.refused += p->refused;
        sums.timed_out += p->timed_out;
        sums.unacked_kept += p->unacked_kept;
        sums.duplicated += p->duplicated;
        for (unsigned i = 0; i < LOST_CAUSES; i++) {
            sums.lost[i] += p->lost[i];
            sums.lost_all += p->lost[i];
        }
    }
    return sums;
}

static void row(struct text *text, enum language language, const char *en, const char *ko,
                uint64_t number)
{
    text_add(text, "  ");
    char digits[32];
    struct text column = TEXT(digits);
    text_clear(&column);
    text_add_grouped(&column, number);
    for (size_t i = column.used; i < 12; i++)
        text_add_char(text, ' ');
    text_add(text, digits);
    text_add(text, "  ");
    text_add(text, language == LANGUAGE_KO ? ko : en);
    text_add_char(text, '\n');
}

static void client_add(struct world *world, struct text *text, enum language language,
                       uint32_t client)
{
    struct sums sums = sums_of(world, client);
    text_add(text, component_at(world, client)->name);
    text_add_char(text, '\n');
    row(text, language, "writes sent", "보낸 쓰기", sums.writes);
    row(text, language, "acked", "응답을 받은 쓰기", sums.acked);
    row(text, language, "refused", "거절된 쓰기", sums.refused);
    row(text, language, "timed out: nobody knows", "답을 못 받은 쓰기(적용됐는지 아무도 모름)",
        sums.timed_out);
    row(text, language, "in flight", "아직 답을 기다리는 쓰기",
        sums.writes - sums.acked - sums.refused - sums.timed_out);
    row(text, language, "acked, then lost", "응답을 받았지만 유실된 쓰기", sums.lost_all);
    for (unsigned i = 0; i < LOST_CAUSES; i++) {
        if (sums.lost[i] == 0)
            continue;
        text_add(text, "  ");
        row(text, language, cause_words[i][0], cause_words[i][1], sums.lost[i]);
    }
    row(text, language, "acked, of a store that can't answer",
        "응답을 받았고 지금은 스토어가 답하지 못하는 쓰기", ledger_unreachable(world, client));
    row(text, language, "never acked, but there", "응답을 못 받았지만 남아 있는 쓰기",
        sums.unacked_kept);
    row(text, language, "applied more than once", "재시도로 두 번 적용된 쓰기", sums.duplicated);
}

void ledger_report(struct world *world, struct text *text, enum language language)
{
    uint32_t clients = 0;
    for (uint32_t id = 0; (id = component_next(world, id, KIND_NONE)) != 0;) {
        if (ledger_first_pair(world, id) == NULL)
            continue;
        client_add(world, text, language, id);
        clients++;
    }
    if (clients == 0)
        text_add(text, language == LANGUAGE_KO ? "아직 쓰기가 없습니다.\n" : "No writes yet.\n");
}

/* --- full sums
 * -------------------------------------------------------------------------------------- */

static bool differs(struct text *why, const char *what, uint64_t counted, uint64_t kept)
{
    if (counted == kept)
        return false;
    text_add(why, "ledger: ");
    text_add(why, what);
    text_add(why, " counted ");
    text_add_u64(why, counted);
    text_add(why, ", kept ");
    text_add_u64(why, kept);
    return true;
}

/* What the records of all writes of one pair add up to. */
static struct sums records_of(const struct world *world, uint32_t pair)
{
    struct sums sums = {0};
    for (uint64_t write = 1; write <= world->writes_of.count; write++) {
        const struct ledger_record *record = ledger_record(world, write);
        if (RECORD_PAIR(record->bits) != pair)
            continue;
        uint32_t outcome = RECORD_OUTCOME(record->bits);
        bool applied = RECORD_APPLIED(record->bits) > 0;
        bool gone = (record->bits & RECORD_GONE) != 0;
        sums.writes++;
        sums.acked += outcome == LEDGER_ACKED;
        sums.refused += outcome == LEDGER_REFUSED;
        sums.timed_out += outcome == LEDGER_TIMED_OUT;
        sums.lost_all += outcome == LEDGER_ACKED && gone;
        sums.unacked_kept +=
            applied && !gone && (outcome == LEDGER_REFUSED || outcome == LEDGER_TIMED_OUT);
    }
    return sums;
}

static bool check_pair(const struct world *world, uint32_t place, struct text *why)
{
    const struct ledger_pair *pair = ledger_pair(world, place);
    struct sums sums = records_of(world, place);
    uint64_t lost = 0;
    for (unsigned i = 0; i < LOST_CAUSES; i++)
        lost += pair->lost[i];
    return !differs(why, "writes", sums.writes, pair->writes) &&
           !differs(why, "acked", sums.acked, pair->acked) &&
           !differs(why, "refused", sums.refused, pair->refused) &&
           !differs(why, "timed out", sums.timed_out, pair->timed_out) &&
           !differs(why, "acked_lost", sums.lost_all, lost) &&
           !differs(why, "unacked_kept", sums.unacked_kept, pair->unacked_kept);
}

static bool check_log(const struct world *world, const struct log *log, struct text *why)
{
    uint64_t bits = 0, blocks = 0, there = 0;
    for (uint32_t i = 0; i < log->bits.count; i++)
        bits +=
            (uint64_t)__builtin_popcountll(*(uint64_t *)vector_at(&world->region, &log->bits, i));
    for (uint32_t i = 0; i < log->blocks.count; i++)
        blocks += *(uint32_t *)vector_at(&world->region, &log->blocks, i);
    for (uint64_t write = 1; write <= world->writes_of.count; write++) {
        const struct ledger_record *record = ledger_record(world, write);
        there += ledger_pair(world, record->bits)->store == log->store &&
                 RECORD_OUTCOME(record->bits) == LEDGER_ACKED && RECORD_APPLIED(record->bits) > 0 &&
                 (record->bits & RECORD_GONE) == 0;
    }
    return !differs(why, "bits", bits, blocks) && !differs(why, "there", there, log->there) &&
           !differs(why, "places", bits + log->revived.count, log->there);
}

bool ledger_check(const struct world *world, struct text *why)
{
    const struct ledger_root *root = ledger_root(world);
    if (root == NULL)
        return true;
    for (uint32_t i = 0; i < root->pairs.count; i++) {
        if (!check_pair(world, i, why))
            return false;
    }
    for (uint32_t i = 0; i < root->logs.count; i++) {
        if (!check_log(world, vector_at(&world->region, &root->logs, i), why))
            return false;
    }
    return true;
}
