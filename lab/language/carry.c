/*
 * One command is carried out: the table of the lab's own commands, the world's verbs beside it,
 * whom it is for.
 */
#include "lab/language/parts.h"

#include <string.h>

#include "sim/engine/need.h"

const struct lab_command lab_commands[] = {
    {"run", "run D | run until METRIC OP VALUE [max D]",
     "moves the clock on; until a condition holds: one that does not within max (1h) is an error",
     "시계를 앞으로 돌립니다. until은 조건이 될 때까지이고, max(1시간) 안에 안 되면 오류입니다",
     act_run, COMMAND_TIMED},
    {"at", "at TIME COMMAND", "carries a command out once, at that time",
     "그 시각에 명령을 한 번 실행합니다", act_schedule, COMMAND_CHANGES},
    {"after", "after D COMMAND", "carries a command out once, so much later",
     "그만큼 뒤에 명령을 한 번 실행합니다", act_schedule, COMMAND_CHANGES},
    {"every", "every D COMMAND", "carries a command out again and again; stop-every ends it",
     "명령을 되풀이해 실행합니다; stop-every로 끝냅니다", act_schedule, COMMAND_CHANGES},
    {"ramp", "ramp NAME.KEY FROM TO over D", "moves a parameter evenly, in steps of a second",
     "설정을 1초마다 고르게 바꿉니다", act_schedule, COMMAND_CHANGES},
    {"stop-every", "stop-every [NUMBER]", "ends all `every`, or one of them",
     "every 예약을 모두, 또는 하나만 끝냅니다", act_schedule, COMMAND_CHANGES},
    {"scheduled", "scheduled", "lists what is scheduled", "예약한 명령을 보여 줍니다",
     act_scheduled, 0},
    {"print", "print METRIC... | print \"WORDS\"", "prints metrics, variants side by side",
     "지표를 출력합니다. 변형은 나란히 보입니다", act_print, 0},
    {"show", "show NAME | A~B", "the parameters, metrics and log of a part",
     "부품의 설정과 지표, 로그를 보여 줍니다", act_show, 0},
    {"watch", "watch METRIC...", "what the lab charts and --csv writes",
     "그래프와 --csv에 담을 지표를 고릅니다", act_watch, 0},
    {"report",
     "report ledger|deliveries|machines|spof|availability|sentinels|replication|variants|ladder "
     "[NAME|A~B]",
     "a table for people", "표로 보여 줍니다", act_report, 0},
    {"expect", "expect METRIC OP VALUE [within W] [\"REASON\"]",
     "holds a metric against a value; the exit status tells",
     "지표를 값과 견줍니다; 종료 상태로 알려 줍니다", act_expect, 0},
    {"trace-write", "trace-write NUMBER", "the life of one write, line by line",
     "쓰기 하나의 일생을 한 줄씩 보여 줍니다", act_trace_write, 0},
    {"mark", "mark NAME", "names this instant; peaks count from here",
     "이 순간에 이름을 붙입니다; .peak는 여기부터 셉니다", act_mark, COMMAND_CHANGES},
    {"rewind", "rewind NAME | rewind TIME | rewind -D",
     "goes back: nothing that came after has happened",
     "그 순간으로 되감습니다; 그 뒤의 일은 없던 일이 됩니다", act_rewind, COMMAND_TIMED},
    {"branches", "branches", "lists the branches of what was done, the present one last",
     "해 본 일의 갈래를 보여 줍니다. 지금 갈래가 마지막입니다", act_branches, 0},
    {"branch", "branch NAME", "names the present branch", "지금 갈래에 이름을 붙입니다", act_branch,
     COMMAND_TIMED},
    {"branch-go", "branch-go NAME", "returns to a branch, where it was left",
     "갈래로 돌아갑니다. 떠난 자리에서 이어집니다", act_branch_go, COMMAND_TIMED},
    {"branch-compare", "branch-compare NAME",
     "the metrics in which a branch differs from this one, at one time",
     "그 갈래와 지금 갈래에서 다른 지표를 같은 시각으로 견줍니다", act_branch_compare,
     COMMAND_TIMED},
    {"branch-close", "branch-close NAME", "closes a branch for good", "갈래를 지웁니다",
     act_branch_close, COMMAND_TIMED},
    {"variant", "variant NAME [COMMAND]", "forks the world: the same, one thing different",
     "세계를 갈라 하나만 다르게 합니다", NULL, COMMAND_TIMED | COMMAND_CHANGES},
    {"keep", "keep VARIANT", "ends the other variants: the world goes on as this one",
     "다른 변형을 끝냅니다. 세계는 이 변형으로 이어집니다", act_keep, COMMAND_TIMED},
    {"end", "end VARIANT...", "ends a variant; the others go on", "변형 하나를 끝냅니다", act_end,
     COMMAND_TIMED},
    {"unfork", "unfork", "takes the fork back: one world again, where it was forked",
     "가르기를 되돌립니다. 가르기 전의 한 세계로 돌아갑니다", act_unfork, COMMAND_TIMED},
    {"twins", "twins VARIANT VARIANT", "the two that the lab shows one above the other",
     "위아래로 나란히 볼 두 변형을 고릅니다", act_twins, 0},
    {"help", "help [TOPIC]", "commands, kinds, parameters and metrics by their names",
     "명령, 종류, 설정, 지표를 이름으로 찾습니다", act_help, 0},
    {"share", "share FILE", "writes this run as a world file that repeats it",
     "이 실행을 그대로 되풀이하는 파일을 씁니다", act_share, 0},
    {"predict",
     "predict NAME number|choice|map [unit=U] [hides=M,...] [at=COMMAND] \"QUESTION\" [a=...]",
     "a lesson's question", "강의의 질문", act_question, COMMAND_LESSON},
    {"answer", "answer NAME = METRIC [within W] | answer NAME = a", "what a question counts",
     "질문의 답이 되는 지표", act_answer, COMMAND_LESSON},
    {"miss", "miss NAME FROM..TO \"BELIEF\"", "the belief behind a guess", "예측 뒤의 생각",
     act_words, COMMAND_LESSON},
    {"ask", "ask \"WORDS\"", "a question without an answer", "답이 정해지지 않은 질문", act_words,
     COMMAND_LESSON},
    {"hint", "hint \"WORDS\"", "a lesson's hint", "강의의 힌트", act_words, COMMAND_LESSON},
    {"goal", "goal \"SENTENCE\" METRIC OP VALUE", "an expect with its sentence",
     "문장이 붙은 expect", act_goal, COMMAND_LESSON},
    {"reveal", "reveal COMMAND", "a command that meets the goals", "목표를 이루는 명령", act_reveal,
     COMMAND_LESSON},
    {"price", "price NAME METRIC", "what a solution costs", "해법의 값", act_price, COMMAND_LESSON},
    {"source", "source ID...", "what was measured on the real thing", "실제로 잰 것의 id",
     act_words, COMMAND_LESSON},
    {"made-with", "made-with VERSION [end TIME]", "the version that wrote a shared run",
     "공유 파일을 쓴 버전", act_nothing, 0},
    {"expect-digest", "expect-digest [VARIANT:] EVENT HEX",
     "the identity of a shared run at an event", "공유 파일의 한 사건에서의 다이제스트",
     act_nothing, 0},
    {"act", "act TIME EVENTS COMMAND", "an action of a shared run, at its exact place",
     "공유 파일의 정확한 자리에 있는 명령", act_nothing, COMMAND_TIMED},
    {NULL, NULL, NULL, NULL, NULL, 0}};

const struct lab_command *lab_command_find(const char *name)
{
    for (const struct lab_command *row = lab_commands; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

static bool unknown_command(const char *name, unsigned word, struct error *error)
{
    const char *best = NULL;
    unsigned distance = 99;
    for (const struct verb *verb = verbs; verb->name; verb++)
        nearest_try(name, verb->name, &best, &distance);
    for (const struct lab_command *row = lab_commands; row->name; row++)
        nearest_try(name, row->name, &best, &distance);
    return error_set(error, ERROR_UNKNOWN_COMMAND, (uint16_t)word, name, best ? best : "help", NULL,
                     NULL);
}

/* How many words of a command stand before the command that it holds; 0 when it holds none. */
static unsigned words_before(const char *name)
{
    if (strcmp(name, "at") == 0 || strcmp(name, "after") == 0 || strcmp(name, "every") == 0 ||
        strcmp(name, "variant") == 0)
        return 2;
    return strcmp(name, "reveal") == 0 ? 1 : strcmp(name, "act") == 0 ? 3 : 0;
}

static bool names_variant(const char *word)
{
    size_t bytes = strlen(word);
    return bytes > 1 && word[bytes - 1] == ':';
}

bool session_would_change(const char *line)
{
    struct command command;
    struct error error;
    unsigned first = 0;
    if (!language_split(&command, line, 0, &error) || command.count == 0)
        return false;
    if (names_variant(command_word(&command, 0)) && command.count > 1)
        first = 1;
    const char *name = command_word(&command, first);
    const struct lab_command *row = lab_command_find(name);
    if (row)
        return (row->flags & COMMAND_CHANGES) && row->act != act_mark;
    return verb_find(name) != NULL;
}

bool command_check(const struct command *command, unsigned from, bool scheduled,
                   struct error *error)
{
    for (;;) {
        if (names_variant(command_word(command, from)))
            from++;
        if (from >= command->count)
            return error_set(error, ERROR_MISSING_COMMAND, (uint16_t)(command->count - 1),
                             command_word(command, command->count - 1u), "kill cache", NULL, NULL);
        const char *name = command_word(command, from);
        const struct lab_command *row = lab_command_find(name);
        if (!row && !verb_find(name))
            return unknown_command(name, from, error);
        if (scheduled && row && (row->flags & COMMAND_TIMED))
            return error_set(error, ERROR_NOT_SCHEDULABLE, (uint16_t)from, name, NULL, NULL, NULL);
        unsigned before = words_before(name);
        if (before == 0 || (strcmp(name, "variant") == 0 && command->count <= from + 2))
            return true;
        if (command->count <= from + before)
            return error_set(error, ERROR_MISSING_WORD, (uint16_t)(command->count - 1),
                             command_word(command, command->count - 1u), row->usage, NULL, NULL);
        from += before;
        scheduled = strcmp(name, "reveal") != 0 && strcmp(name, "act") != 0;
    }
}

void session_say(struct session *session, int32_t variant, const char *words)
{
    const struct session_output *output = &session->options.output;
    if (output->text)
        output->text(output->user, session->forked ? variant : -1, words);
}

void session_fail(struct session *session, const struct command *command, const struct error *error)
{
    const struct session_output *output = &session->options.output;
    session->failed = true;
    session->error = *error;
    session->failed_command = *command;
    if (output->error)
        output->error(output->user, command, error);
}

/* In a shared run what failed then fails again, and the run goes on as it did. */
bool session_goes_on(struct session *session, const struct command *command,
                     const struct error *error)
{
    session_fail(session, command, error);
    if (session->made_with[0])
        session->failed = false;
    return !session->failed;
}

/* What is typed for many worlds acts in all or in none: it is tried in a copy of each but the
 * first, where it acts before any other.  True when it may act. */
bool session_try(struct session *session, const struct call *call, world_act *act)
{
    bool good = true;
    struct world *trial = NULL;
    if (call->source != SOURCE_TYPED)
        return true; /* a line of the file that fails ends the run */
    uint32_t first = 0;
    while (first < session->variant_count && !(call->mask & 1u << first))
        first++;
    for (uint32_t i = first + 1; i < session->variant_count && good; i++) {
        if (!(call->mask & 1u << i))
            continue;
        if (!trial && !(trial = room_open(session, NULL, call->error)))
            return false;
        world_copy(trial, session->variants[i].world);
        good = act(trial, call->command, call->error);
    }
    room_close(session, trial);
    return good;
}

static bool verb_try(struct world *world, const struct command *command, struct error *error)
{
    char nothing[1];
    struct text answer = TEXT(nothing);
    return world_command(world, command, &answer, error);
}

/* A verb of the world, in each world of the mask. */
static bool verb_carry(struct session *session, struct call *call)
{
    struct text answer = {session->answer, sizeof session->answer, 0, false};
    const char *name = command_word(call->command, 0);
    if (strcmp(name, "seed") == 0 && session->seeded && call->source == SOURCE_FILE)
        return true;
    if (!hidden_tell(session, call->command, call->error) || !session_try(session, call, verb_try))
        return false;
    for (uint32_t i = 0; i < session->variant_count; i++) {
        struct variant *variant = &session->variants[i];
        if (!(call->mask & 1u << i))
            continue;
        text_clear(&answer);
        bool logged = variant->history && call->source != SOURCE_DUE;
        bool done = logged ? history_command(variant->history, variant->world, call->command,
                                             &answer, call->error)
                           : world_command(variant->world, call->command, &answer, call->error);
        if (!done)
            return false;
        if (answer.used)
            session_say(session, (int32_t)i, session->answer);
    }
    peaks_register(session);
    return true;
}

static bool row_carry(struct session *session, const struct lab_command *row, struct call *call)
{
    const char *name = row->name;
    if (call->named >= 0 && (row->flags & COMMAND_TIMED))
        return error_set(call->error, ERROR_NOT_FOR_ONE, 0, name,
                         session->variants[call->named].name, NULL, NULL);
    if (call->source == SOURCE_DUE && (row->flags & COMMAND_TIMED) && strcmp(name, "variant") != 0)
        return error_set(call->error, ERROR_NOT_SCHEDULABLE, 0, name, NULL, NULL, NULL);
    return row->act ? row->act(session, call) : session_fork(session, call);
}

/* Takes "NAME:" off; false when there is no such variant.  A scheduled command may be for another
 * one, or for one that was ended since. */
static bool variant_take(struct session *session, const struct command *command,
                         struct command *tail, struct call *call)
{
    const char *word = command_word(command, 0);
    size_t bytes = strlen(word) - 1;
    call->named = variant_find(session, word, bytes);
    bool ended =
        call->named < 0 && call->source != SOURCE_TYPED && variant_ended(session, word, bytes);
    bool kept =
        call->named < 0 && call->source != SOURCE_TYPED && variant_is_kept(session, word, bytes);
    if (call->named < 0 && !ended && !kept)
        return variant_unknown(session, word, bytes, 0, call->error);
    if (command->count == 1)
        return error_set(call->error, ERROR_MISSING_COMMAND, 0, word, "kill cache", NULL, NULL);
    command_tail(tail, command, 1);
    call->command = tail;
    if (call->named >= 0)
        call->mask &= 1u << call->named;
    else if (ended)
        call->mask = 0;
    return true;
}

static bool call_carry(struct session *session, struct call *call)
{
    const char *name = command_word(call->command, 0);
    const struct lab_command *row = lab_command_find(name);
    bool fork = row && !row->act;
    if (call->source != SOURCE_DUE && !fork)
        session_settle(session);
    bool changes = !row || (row->flags & COMMAND_CHANGES);
    bool parts =
        call->source == SOURCE_TYPED && changes && session->ahead && (!row || row->act != act_mark);
    if (parts && !branch_begin(session, call->command, call->error))
        return false;
    bool done = row               ? row_carry(session, row, call)
                : verb_find(name) ? verb_carry(session, call)
                                  : unknown_command(name, 0, call->error);
    if (!done && parts)
        branch_undo(session);
    if (!done)
        return false;
    const struct session_output *output = &session->options.output;
    if (call->source == SOURCE_TYPED && changes)
        shared_typed(session, call->command, call->mask);
    if (output->acted)
        output->acted(output->user, session_now(session), call->command);
    return true;
}

bool session_carry(struct session *session, const struct command *command, uint32_t mask,
                   enum source source, struct error *error)
{
    struct command tail;
    struct call call = {command, mask, -1, source, error};
    const struct session_options *options = &session->options;
    if (command->count == 0 || (source != SOURCE_TYPED && options->leaves_out &&
                                options->leaves_out(options->leaves_out_user, command)))
        return true;
    bool prefixed = names_variant(command_word(command, 0));
    if (prefixed && source != SOURCE_DUE)
        session_settle(session);
    if (prefixed && !variant_take(session, command, &tail, &call))
        return false;
    if (call.mask == 0 || call_carry(session, &call))
        return true;
    if (prefixed)
        error->word++;
    return false;
}

bool session_due_again(void *user, struct world *world, const struct command *command)
{
    const struct place_of_variant *place = user;
    struct command tail;
    struct error error;
    char nothing[1];
    struct text answer = TEXT(nothing);
    const char *name = command_word(command, 0);
    if (names_variant(name)) {
        size_t bytes = strlen(name) - 1;
        if (variant_find(place->session, name, bytes) != place->variant &&
            !variant_is_kept(place->session, name, bytes))
            return true;
        command_tail(&tail, command, 1);
        command = &tail;
        name = command_word(command, 0);
    }
    if (verb_find(name))
        return world_command(world, command, &answer, &error);
    const struct lab_command *row = lab_command_find(name);
    if (row && row->act == act_schedule)
        return schedule_in(world, command, &error);
    if (row && row->act == act_mark)
        world_reset_peaks(world);
    return true;
}
