/*
 * outage: the table of subcommands and the options before them.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab/app/app.h"
#include "lab/authoring/authoring.h"
#include "lab/batch/batch.h"
#include "lab/version.h"
#include "lab/import/import.h"
#include "lab/language/help.h"
#include "lab/progress/commands.h"
#include "sim/engine/need.h"

#define TEXT_BYTES 262144

struct subcommand {
    const char *name, *usage;
    const char *en, *ko;
    int (*run)(int argc, char **argv, enum language language);
};

static int help(int argc, char **argv, enum language language);
static int version(int argc, char **argv, enum language language);
static int retro(int argc, char **argv, enum language language);

/* What is not built is not here. */
static const struct subcommand subcommands[] = {
    {"run",
     "outage run FILE [--seed N] [--until T] [--set NAME.PARAM=VALUE]... [--json|--csv|--quiet]\n"
     "                  [--every D] [--trace FILE] [--pcap FILE] [--share FILE]",
     "runs a world without a screen; - is standard input; --pcap writes each packet when it is\n"
     "      sent, as tcpdump on its sender's machine does, lost ones too; of variants FILE-NAME",
     "화면 없이 실행합니다; -는 표준 입력입니다. --pcap은 패킷마다 보낸 머신의 tcpdump처럼\n"
     "      보낸 시각에 기록하고, 사라진 것도 적습니다; variant는 FILE-NAME에 따로 씁니다",
     batch_run},
    {"check", "outage check [--seeds N] [FILE...]", "checks lessons and worlds",
     "강의와 세계를 검사합니다", batch_check},
    {"spof",
     "outage spof FILE [--seed N] [--settle D] [--set NAME.PARAM=VALUE]... [--jobs N] [--json]",
     "takes each part away in turn: which are single points of failure",
     "부품을 하나씩 빼 보고 SPOF를 찾습니다", batch_spof},
    {"import", "outage import REDIS.CONF [--name NAME] [--on MACHINE]",
     "makes a world of a redis.conf; - is standard input",
     "redis.conf를 세계 파일로 바꿉니다; -는 표준 입력입니다", import_conf},
    {"new", AUTHORING_USAGE, "writes a lesson to begin with, which passes its checks",
     "검사를 통과하는 새 강의의 틀을 만듭니다", authoring_new},
    {"kinds", "outage kinds [--json]", "every kind with its parameters and metrics",
     "모든 종류와 설정, 지표를 보여 줍니다", batch_kinds},
    {"progress", PROGRESS_USAGE, "what you have done, as text: out, and in again",
     "진도를 글로 내보내고 가져옵니다", progress_command},
    {"retro", RETRO_USAGE, "the page of the last meeting (g), and its runs to replay",
     "마지막 모임(g)의 회고와 다시 볼 파일을 만듭니다", retro},
    {"help", "outage help [TOPIC]", "commands, kinds, parameters and metrics by name",
     "명령, 종류, 설정, 지표를 이름으로 찾습니다", help},
    {"--help", NULL, NULL, NULL, help},
    {"--version", "outage --version", "the version", "버전을 보여 줍니다", version},
    {NULL, NULL, NULL, NULL, NULL}};

static void usage(FILE *file, enum language language)
{
    bool ko = language == LANGUAGE_KO;
    fprintf(file, "outage [FILE] [--plain] [--ascii] [--lang ko|en]\n      %s\n",
            ko ? "실험실: 처음 화면, 또는 세계나 강의" : "the lab: home, or a world or lesson");
    for (const struct subcommand *row = subcommands; row->name; row++)
        if (row->usage)
            fprintf(file, "%s\n      %s\n", row->usage, ko ? row->ko : row->en);
    fprintf(
        file, "%s\n",
        ko ? "종료 상태: 0 모든 expect 성립, 1 하나라도 불성립, 2 사용법이나 파일이 잘못됨, 3 결함"
           : "exit status: 0 every expect held, 1 one failed, 2 usage or a wrong script, 3 a "
             "defect");
}

static int help(int argc, char **argv, enum language language)
{
    static char words[TEXT_BYTES];
    struct text text = TEXT(words);
    struct error error;
    if (argc > 2)
        return batch_usage(argv[2], "outage help [TOPIC]", language);
    text_clear(&text);
    if (argc < 2)
        usage(stdout, language);
    if (!help_add(&text, argc > 1 ? argv[1] : NULL, language, &error)) {
        batch_error("help", NULL, &error, language);
        return STATUS_WRONG;
    }
    if (argc < 2)
        putchar('\n');
    fputs(words, stdout);
    return batch_flush(STATUS_HELD, language);
}

static bool language_given; /* by --lang: what has a language of its own is in this one */

static int retro(int argc, char **argv, enum language language)
{
    return retro_command(argc, argv, language, language_given);
}

static int version(int argc, char **argv, enum language language)
{
    if (argc > 1)
        return batch_usage(argv[1], "outage --version", language);
    puts("outage " OUTAGE_VERSION);
    return batch_flush(STATUS_HELD, language);
}

/* What the words before any subcommand say. */
struct told {
    enum language language;
    bool language_told;
};

/* As the locale's variables say, in their order; a locale such as C says nothing. */
static struct told language_of_locale(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG", NULL};
    for (const char *const *name = names; *name; name++) {
        const char *locale = getenv(*name);
        if (!locale || !locale[0])
            continue;
        bool ko = strncmp(locale, "ko", 2) == 0, en = strncmp(locale, "en", 2) == 0;
        return (struct told){ko ? LANGUAGE_KO : LANGUAGE_EN, ko || en};
    }
    return (struct told){LANGUAGE_EN, false};
}

/* Takes --lang and its word out, wherever they stand; false, said why, when it is no language. */
static bool language_take(int *argc, char **argv, struct told *told)
{
    int kept = 1;
    for (int i = 1; i < *argc; i++) {
        const char *words = NULL;
        if (strncmp(argv[i], "--lang=", 7) == 0)
            words = argv[i] + 7;
        else if (strcmp(argv[i], "--lang") == 0)
            words = i + 1 < *argc ? argv[++i] : "";
        bool ko = words && strcmp(words, "ko") == 0;
        if (!words)
            argv[kept++] = argv[i];
        else if (ko || strcmp(words, "en") == 0)
            *told = (struct told){ko ? LANGUAGE_KO : LANGUAGE_EN, language_given = true};
        else if (words[0])
            return batch_misuse(ERROR_NOT_A_CHOICE, words, "ko|en", "--lang ko|en",
                                told->language) == STATUS_HELD;
        else
            return batch_misuse(ERROR_OPTION_VALUE, "--lang", NULL, "--lang ko|en",
                                told->language) == STATUS_HELD;
    }
    argv[kept] = NULL;
    *argc = kept;
    return true;
}

/* Takes an option without a value out, wherever it stands. */
static bool option_take(int *argc, char **argv, const char *option)
{
    bool found = false;
    int kept = 1;
    for (int i = 1; i < *argc; i++) {
        if (strcmp(argv[i], option) == 0)
            found = true;
        else
            argv[kept++] = argv[i];
    }
    argv[kept] = NULL;
    *argc = kept;
    return found;
}

/* The word that nobody understands: a misspelt subcommand, else what comes after the file. */
static int lab_misuse(int argc, char **argv, enum language language)
{
    const char *word = argv[1], *best = NULL;
    unsigned distance = 99;
    for (const struct subcommand *row = subcommands; row->name; row++)
        nearest_try(word, row->name, &best, &distance);
    if (best)
        batch_misuse(ERROR_UNKNOWN_COMMAND, word, best, "", language);
    else
        batch_usage(argc > 2 && access(word, F_OK) == 0 ? argv[2] : word, "", language);
    usage(stderr, language);
    return STATUS_WRONG;
}

static int lab(int argc, char **argv, struct told told)
{
    enum language language = told.language;
    bool plain = option_take(&argc, argv, "--plain");
    bool ascii = option_take(&argc, argv, "--ascii");
    if (argc > 2 || (argc == 2 && argv[1][0] == '-' && argv[1][1]))
        return lab_misuse(argc, argv, language);
    if (!plain && !isatty(STDOUT_FILENO)) {
        fprintf(
            stderr, "%s\n",
            language == LANGUAGE_KO
                ? "outage: 표준 출력이 터미널이 아닙니다; outage run FILE 또는 --plain을 써 주세요"
                : "outage: standard output is no terminal; use outage run FILE, or --plain");
        return STATUS_WRONG;
    }
    return lab_main(&(struct lab_options){.file = argc == 2 ? argv[1] : NULL,
                                          .language = language,
                                          .language_told = told.language_told,
                                          .plain = plain,
                                          .ascii = ascii});
}

int main(int argc, char **argv)
{
    struct told told = language_of_locale();
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error with a word, not a silent end */
    if (!language_take(&argc, argv, &told))
        return STATUS_WRONG;
    for (const struct subcommand *row = subcommands; argc > 1 && row->name; row++)
        if (strcmp(argv[1], row->name) == 0)
            return row->run(argc - 1, argv + 1, told.language);
    return lab(argc, argv, told);
}
