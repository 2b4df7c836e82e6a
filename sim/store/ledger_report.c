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
    [LOST_EVICTED] = {"dropped because of maxmemory", "maxmemory 때문에 버려짐"},
    [LOST_DEMOTED] = {"taken by the old master, dropped when it was demoted",
                      "옛 마스터가 받은 쓰기. 강등될 때 버려짐"},
    [LOST_BEHIND] = {"the copy that took over did not have it yet",
                     "대신 맡은 사본에 아직 없던 쓰기"},
    [LOST_RESYNC] = {"its master did not have it: dropped at the synchronization",
                     "마스터에 없던 쓰기. 동기화할 때 버려짐"}};

struct sums {
    uint64_t lost[LOST_CAUSES], lost_all;
};

/* The acked writes of a client that its service does not have, by their causes. */
static struct sums lost_of(const struct world *world, uint32_t client)
{
    struct sums sums = {.lost_all = ledger_acked_lost(world, client)};
    struct ledger_life life;
    for (uint64_t write = 1; sums.lost_all != 0 && write <= world->writes_of.count; write++) {
        if (ledger_client(world, client) != record_client(world, ledger_record(world, write)))
            continue;
        if (ledger_of(world, write, &life) && life.outcome == LEDGER_ACKED && life.lost != 0)
            sums.lost[life.cause]++;
    }
    return sums;
}

static void row(struct text *text, enum language language, const char *en, const char *ko,
                uint64_t number)
{
    text_add_count(text, number, language == LANGUAGE_KO ? ko : en);
}

static void client_add(struct world *world, struct text *text, enum language language,
                       uint32_t client)
{
    const struct sums sums = lost_of(world, client);
    const struct ledger_client of = *ledger_client(world, client);
    text_add(text, component_at(world, client)->name);
    text_add_char(text, '\n');
    row(text, language, "writes sent", "보낸 쓰기", of.writes);
    row(text, language, "acked", "응답을 받은 쓰기", of.acked);
    row(text, language, "refused", "거절된 쓰기", of.refused);
    row(text, language, "timed out: nobody knows", "답을 못 받은 쓰기(적용됐는지 아무도 모름)",
        of.timed_out);
    row(text, language, "in flight", "아직 답을 기다리는 쓰기",
        of.writes - of.acked - of.refused - of.timed_out);
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
        ledger_unacked_kept(world, client));
    row(text, language, "applied more than once", "재시도로 두 번 적용된 쓰기",
        ledger_duplicated(world, client));
}

void ledger_report(struct world *world, struct text *text, enum language language)
{
    uint32_t clients = 0;
    for (uint32_t id = 0; (id = component_next(world, id, KIND_NONE)) != 0;) {
        if (ledger_client(world, id) == NULL)
            continue;
        client_add(world, text, language, id);
        clients++;
    }
    if (clients == 0)
        text_add(text, language == LANGUAGE_KO ? "아직 쓰기가 없습니다.\n" : "No writes yet.\n");
}

/* --- full sums -------------------------------------------------------------------------------- */

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

/* What the records of all writes of one client add up to. */
static bool check_client(const struct world *world, uint32_t place, struct text *why)
{
    const struct ledger_client *client =
        vector_at(&world->region, &ledger_root(world)->clients, place);
    struct ledger_client sums = {0};
    for (uint64_t write = 1; write <= world->writes_of.count; write++) {
        const struct ledger_record *record = ledger_record(world, write);
        if (RECORD_CLIENT(record->bits) != place)
            continue;
        uint32_t outcome = RECORD_OUTCOME(record->bits);
        sums.writes++;
        sums.acked += outcome == LEDGER_ACKED;
        sums.refused += outcome == LEDGER_REFUSED;
        sums.timed_out += outcome == LEDGER_TIMED_OUT;
        sums.placed += outcome == LEDGER_ACKED && RECORD_APPLIED(record->bits) > 0;
    }
    return !differs(why, "writes", sums.writes, client->writes) &&
           !differs(why, "acked", sums.acked, client->acked) &&
           !differs(why, "refused", sums.refused, client->refused) &&
           !differs(why, "timed out", sums.timed_out, client->timed_out) &&
           !differs(why, "placed", sums.placed, client->placed);
}

/* And what its marks at one store add up to. */
static bool check_pair(const struct world *world, const struct ledger_pair *pair, struct text *why)
{
    const struct log *log = ledger_log(world, pair->store);
    struct ledger_pair sums = {0};
    uint64_t lost = 0;
    for (uint64_t write = 1; log != NULL && write <= log->marks.count; write++) {
        const struct ledger_record *record = ledger_record(world, write);
        unsigned mark = log_mark(world, log, write);
        bool there = log_mark_is(mark, MARK_THERE);
        bool acked = RECORD_OUTCOME(record->bits) == LEDGER_ACKED;
        if (RECORD_CLIENT(record->bits) != pair->client)
            continue;
        sums.there += there && acked;
        sums.unacked_kept += there && !acked && RECORD_OUTCOME(record->bits) != LEDGER_OPEN;
        if (log_mark_is(mark, MARK_GONE) && acked)
            sums.lost[mark >> MARK_CAUSE_SHIFT]++;
    }
    for (unsigned i = 0; i < LOST_CAUSES; i++)
        lost += differs(why, "lost", sums.lost[i], pair->lost[i]);
    return lost == 0 && !differs(why, "there", sums.there, pair->there) &&
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
    for (uint64_t write = 1; write <= log->marks.count; write++)
        there += log_mark_is(log_mark(world, log, write), MARK_THERE) &&
                 RECORD_OUTCOME(ledger_record(world, write)->bits) == LEDGER_ACKED;
    return !differs(why, "bits", bits, blocks) && !differs(why, "there", there, log->there) &&
           !differs(why, "places", bits + log->revived.count, log->there);
}

bool ledger_check(const struct world *world, struct text *why)
{
    const struct ledger_root *root = ledger_root(world);
    if (root == NULL)
        return true;
    for (uint32_t i = 0; i < root->clients.count; i++) {
        if (!check_client(world, i, why))
            return false;
    }
    for (uint32_t i = 0; i < root->pairs.count; i++) {
        if (!check_pair(world, vector_at(&world->region, &root->pairs, i), why))
            return false;
    }
    for (uint32_t i = 0; i < root->logs.count; i++) {
        if (!check_log(world, vector_at(&world->region, &root->logs, i), why))
            return false;
    }
    return true;
}
