/*
 * Any bytes as a script: never a crash, never a hang, always either a run or an error with its
 * place.
 *
 * With FUZZER libFuzzer drives it; without, main makes scripts from a grammar of words for a fixed
 * count.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/language/session.h"

#define EVENTS_MAX 20000
#define UNTIL_NS   (30 * SECOND_NS)

static void text_ignored(void *user, int variant, const char *words)
{
    (void)user;
    (void)variant;
    if (!words)
        abort();
}

/* An error without a sentence or a place is a defect. */
static void error_checked(const struct command *command, const struct error *error)
{
    char line[2048];
    struct text text = TEXT(line);
    text_clear(&text);
    language_error(&text, "f.lab", command, error, LANGUAGE_KO);
    if (error->id == ERROR_NONE || strncmp(line, "f.lab:", 6) != 0)
        abort();
}

static bool shares(const uint8_t *data, size_t size)
{
    return memmem(data, size, "share", 5) != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct world_limits limits = {64, 512, 8192, 4096};
    struct session_options options = {.history_bytes = 4 << 20,
                                      .history_every = 500,
                                      .limits = &limits,
                                      .arena_bytes = 64 << 20,
                                      .events_max = EVENTS_MAX,
                                      .output = {.text = text_ignored}};
    struct error error;
    if (shares(data, size))
        return 0; /* it would write files */
    struct session *session = session_open((const char *)data, size, &options, &error);
    if (!session) {
        error_checked(NULL, &error);
        return 0;
    }
    if (session_finish(session, UNTIL_NS) == SESSION_FAILED)
        error_checked(session_failed_command(session), session_error(session));
    session_close(session);
    return 0;
}

#ifndef FUZZER
static uint64_t state = 7;

static uint32_t draw(uint32_t bound)
{
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)((state >> 33) % bound);
}

/* Lines as a person would begin them, ... */
static const char *const lines[] = {"run 2s",
                                    "run 500ms",
                                    "run until orders.sent > 100 max 5s",
                                    "run until orders.acked.peak >",
                                    "at 1s",
                                    "after 2s",
                                    "every 3s",
                                    "every 100ms",
                                    "at 1s at 2s",
                                    "kill cache",
                                    "start cache",
                                    "stop cache",
                                    "pause cache for 1s",
                                    "resume cache",
                                    "restart cache after 1s",
                                    "power-cut m",
                                    "power-on m",
                                    "destroy m",
                                    "cut m n",
                                    "cut m -> n",
                                    "heal all",
                                    "heal m n",
                                    "isolate n",
                                    "drop-next m -> n 3",
                                    "fill-disk m",
                                    "free-disk m",
                                    "fail-disk m",
                                    "mend-disk m",
                                    "set orders rate=50/s",
                                    "set cache appendonly=yes",
                                    "set m fsync=50ms",
                                    "set m~n loss=20%",
                                    "tell cache BGSAVE",
                                    "tell cache INFO",
                                    "tell cache CONFIG SET appendfsync always",
                                    "tell cache GET k:1",
                                    "tell cache",
                                    "variant a",
                                    "variant b set orders rate=10/s",
                                    "variant c at 1s kill cache",
                                    "a: kill cache",
                                    "b: at 3s restart cache",
                                    "mark here",
                                    "rewind here",
                                    "rewind 1s",
                                    "rewind -500ms",
                                    "rewind 0s",
                                    "expect orders.acked > 10",
                                    "expect a:orders.acked ~= b:orders.acked within 5%",
                                    "expect cache.role == master",
                                    "print orders.sent cache.keys",
                                    "show cache",
                                    "show m",
                                    "watch orders.acked",
                                    "report ledger",
                                    "report machines",
                                    "trace-write 3",
                                    "ramp orders.rate 10/s 90/s over 3s",
                                    "stop-every",
                                    "stop-every 1",
                                    "scheduled",
                                    "remove orders",
                                    "remove m",
                                    "remove cache",
                                    "machine o",
                                    "add store other on o",
                                    "add client more on n to=other rate=max connections=2",
                                    "link m n latency=3ms",
                                    "network loss=5%",
                                    "burn m 80% for 1s",
                                    "leak cache 10MB/s",
                                    "stall orders 2",
                                    "add server web on m external=20ms maxThreads=2 queue=1",
                                    "add server web2 on m model=eventloop http=2 tls=1.3",
                                    "add client visitor on n to=web op=http rate=300/s",
                                    "add client visitors on n to=web2 op=http http=2 tls=1.3 "
                                    "rate=max pipeline=4 tls_resume=early-data",
                                    "kill web",
                                    "start web",
                                    "pause web for 1s",
                                    "remove web",
                                    "set web keepalive_timeout=0s",
                                    "set web maxConnections=1 acceptCount=0",
                                    "set visitor keepalive=no close=server",
                                    "set visitor to=cache",
                                    "tell web stub_status",
                                    "show web",
                                    "expect web.responses > 10",
                                    "truncate-file cache rdb 9",
                                    "zero-file cache aof 0 9",
                                    "flip-file cache rdb 3",
                                    "remove-file cache rdb",
                                    "goal \"g\" orders.acked > 1",
                                    "predict lost number \"how many\"",
                                    "answer lost = orders.acked_lost",
                                    "act 1s 50 kill cache",
                                    "expect-digest 9 0123456789abcdef",
                                    "made-with 0.1.0 end 3s",
                                    "seed 3",
                                    "world \"w\"",
                                    "help store",
                                    "price p orders.sent"};

/* ... and words that go astray. */
static const char *const words[] = {"m",
                                    "n",
                                    "on",
                                    "cache",
                                    "orders",
                                    "to=cache",
                                    "rate=max",
                                    "count=5",
                                    "save=\"1 1\"",
                                    "latency=5ms",
                                    "2s",
                                    "until",
                                    "orders.sent",
                                    "orders.acked.peak",
                                    ">",
                                    "==",
                                    "~=",
                                    "100",
                                    "within",
                                    "5%",
                                    "max",
                                    "every 1s",
                                    "all",
                                    "->",
                                    "a:",
                                    "b:",
                                    "-1s",
                                    "over",
                                    "\"",
                                    "#",
                                    "=",
                                    "0",
                                    "99999999999999999999",
                                    "\xEA\xB0\x80",
                                    "\xFF",
                                    "loss=50%",
                                    "cores=0",
                                    "\\",
                                    "-1",
                                    "rate=1000000/s",
                                    "connections=4000",
                                    "value=2GB",
                                    "disk-size=1B",
                                    "ram=1B",
                                    "http=2",
                                    "tls=1.2",
                                    "op=http",
                                    "to=web",
                                    "service=1h",
                                    "response=1GB",
                                    "loops=1024",
                                    "maxThreads=1"};

static const char start[] = "machine m\nmachine n\nadd store cache on m save=\"1 1\"\n"
                            "add client orders on n to=cache rate=200/s keys=9\n";

static size_t put(char *to, size_t room, const char *from)
{
    size_t bytes = strlen(from);
    if (bytes > room)
        return 0;
    memcpy(to, from, bytes);
    return bytes;
}

static size_t script_make(char *script, size_t room)
{
    size_t used = 0;
    if (draw(8)) {
        memcpy(script, start, sizeof start - 1);
        used = sizeof start - 1;
    }
    for (uint32_t line = 0, count = 1 + draw(20); line < count; line++) {
        used += put(script + used, room - used, lines[draw(sizeof lines / sizeof lines[0])]);
        for (uint32_t word = 0; draw(20) == 0 && word < 6; word++) {
            uint32_t drawn = draw(sizeof words / sizeof words[0] + 8);
            bool whole = drawn >= sizeof words / sizeof words[0];
            used += put(script + used, room - used, " ");
            used += put(script + used, room - used,
                        whole ? lines[draw(sizeof lines / sizeof lines[0])] : words[drawn]);
        }
        if (draw(400) == 0 && used > 0)
            script[draw((uint32_t)used)] = (char)draw(256);
        used += put(script + used, room - used, "\n");
    }
    return used;
}

int main(int argc, char **argv)
{
    static char script[4096];
    unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;
    for (unsigned long i = 0; i < count; i++) {
        size_t bytes = script_make(script, sizeof script);
        LLVMFuzzerTestOneInput((const uint8_t *)script, bytes);
    }
    printf("%lu scripts\n", count);
    return 0;
}
#endif
