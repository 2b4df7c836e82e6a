/* A meeting for tests: the lab with its progress and a clock that stands, driven by the lines of a
 * script such as tests/meeting/thirty-minutes.ko.shoot. */
#ifndef TESTS_UNIT_MEETING_FIXTURE_H
#define TESTS_UNIT_MEETING_FIXTURE_H

#include "tests/unit/lab_fixture.h"
#include "tests/unit/progress_fixture.h"

#include <time.h>

#include "lab/app/flow.h"
#include "lab/app/kept.h"
#include "lab/app/meeting.h"

#define FRAMES_MOST 20000

static uint64_t meeting_clock_ms = NOW;

static inline uint64_t meeting_wall_ms(void)
{
    return meeting_clock_ms;
}

/* The program's next start, with what was kept. */
static inline struct lab *meeting_start(const struct where *place, enum language language)
{
    struct lab *lab = open_lab(language);
    kept_open(&lab->model, progress_open(place->file, meeting_clock_ms), meeting_wall_ms);
    return lab;
}

/* As if it were killed: nothing is told to it. */
static inline void meeting_stop(struct lab *lab)
{
    progress_close(lab->model.progress);
    close_lab(lab);
}

static inline void type_words(struct lab *lab, const char *words)
{
    while (*words) {
        struct key key = {.code = KEY_CODE_TEXT, .letter = (unsigned char)*words};
        size_t bytes = (*words & 0x80) == 0 ? 1 : (*words & 0xe0) == 0xc0 ? 2 : 3;
        memcpy(key.utf8, words, bytes);
        key.syllable = bytes > 1;
        update_key(&lab->model, &key);
        words += bytes;
    }
}

/* One that has just begun, with what is proposed: three people, lesson 1 first. */
static inline struct lab *meeting_begun(const struct where *place)
{
    meeting_clock_ms = NOW;
    struct lab *lab = meeting_start(place, LANGUAGE_EN);
    type(lab, "g");
    press(lab, KEY_CODE_ENTER);
    assert_true(lab->model.meeting.on && flow_active(&lab->model));
    type(lab, " ");
    return lab;
}

static inline void enter(struct lab *lab)
{
    press(lab, KEY_CODE_ENTER);
    pass_all(lab);
}

static inline void guess_of_three(struct lab *lab, const char *a, const char *b, const char *c)
{
    const char *const words[] = {a, b, c};
    while (lab->model.flow.step < STEP_PREDICT)
        enter(lab);
    for (int i = 0; i < 3; i++) {
        type_words(lab, words[i]);
        press(lab, KEY_CODE_ENTER);
    }
    pass_all(lab);
}

static inline void press_named_key(struct lab *lab, const char *name)
{
    static const struct {
        const char *name;
        enum key_code code;
    } keys[] = {{"Enter", KEY_CODE_ENTER}, {"Tab", KEY_CODE_TAB},   {"Escape", KEY_CODE_ESCAPE},
                {"Up", KEY_CODE_UP},       {"Down", KEY_CODE_DOWN}, {"Left", KEY_CODE_LEFT}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcmp(keys[i].name, name) == 0) {
            press(lab, keys[i].code);
            return;
        }
    }
    type(lab, strcmp(name, "Space") == 0 ? " " : name);
}

static inline void wait_words(struct lab *lab, const char *words)
{
    for (int i = 0; i < FRAMES_MOST && drive_moving(&lab->model.drive) && !shows(lab, words); i++)
        pass(lab, FRAME_NS);
    assert_shows(lab, words);
}

/* "10:20 WORDS": so long after the meeting's beginning all see the words, if there are any. */
static inline void set_clock(struct lab *lab, const char *words)
{
    unsigned minutes, seconds;
    int used = 0;
    assert_int_equal(sscanf(words, "%u:%u %n", &minutes, &seconds, &used), 2);
    meeting_clock_ms = NOW + (minutes * 60 + seconds) * UINT64_C(1000);
    meeting_tick(&lab->model);
    if (used && words[used])
        assert_shows(lab, words + used);
}

typedef void shot_taken(struct lab *lab, const char *name);

/* One line of a script; `shot` may be NULL. */
static inline void play_line(struct lab *lab, const char *line, shot_taken *shot)
{
    char words[512], *rest = words;
    snprintf(words, sizeof words, "%.*s", (int)strcspn(line, "\n"), line);
    char *verb = strsep(&rest, " ");
    if (!rest || verb[0] == '#' || strcmp(verb, "rest") == 0)
        return;
    if (strcmp(verb, "key") == 0)
        for (char *name; (name = strsep(&rest, " "));)
            press_named_key(lab, name);
    else if (strcmp(verb, "type") == 0)
        type_words(lab, rest);
    else if (strcmp(verb, "wait") == 0)
        wait_words(lab, rest);
    else if (strcmp(verb, "clock") == 0)
        set_clock(lab, rest);
    else if (strcmp(verb, "shot") != 0)
        fail_msg("no such word: %s", verb);
    else if (shot)
        shot(lab, rest);
}

static inline char *read_whole(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t bytes = 0, got;
    char *text = malloc(1 << 20);
    if (!file) {
        free(text);
        return NULL;
    }
    while ((got = fread(text + bytes, 1, (1 << 20) - 1 - bytes, file)) > 0)
        bytes += got;
    text[bytes] = 0;
    fclose(file);
    return text;
}

static inline char *meeting_script(void)
{
    char path[PATH_OF * 4];
    snprintf(path, sizeof path, "%s/tests/meeting/thirty-minutes.ko.shoot",
             getenv("OUTAGE_SOURCE"));
    char *script = read_whole(path);
    assert_non_null(script);
    return script;
}

/* The same words as tests/golden/NAME, or with OUTAGE_GOLDEN=update they are from now on. */
static inline void assert_golden(const char *name, const char *words)
{
    char path[PATH_OF * 4];
    const char *update = getenv("OUTAGE_GOLDEN");
    snprintf(path, sizeof path, "%s/tests/golden/%s", getenv("OUTAGE_SOURCE"), name);
    if (update && strcmp(update, "update") == 0) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        fputs(words, file);
        assert_int_equal(fclose(file), 0);
        return;
    }
    char *golden = read_whole(path);
    if (!golden || strcmp(golden, words) != 0)
        fail_msg("%s is other now:\n%s", name, words);
    free(golden);
}

#endif
