/* Checks of a lesson's front matter: its id is its folder's, what it needs is there. */
#include "lab/lesson/check.h"

#include <stdlib.h>
#include <string.h>

#define MINUTES_MOST 120

/* "01-plug" is the lesson plug. */
static const char *id_of(const char *folder)
{
    const char *slash = strrchr(folder, '/'), *name = slash ? slash + 1 : folder;
    size_t digits = strspn(name, "0123456789");
    return digits && name[digits] == '-' ? name + digits + 1 : name;
}

/* Another lesson beside this one has the id. */
static bool lesson_there(const struct check *check, const char *id)
{
    uint32_t count;
    bool there = false;
    char path[4096];
    struct text beside = TEXT(path);
    text_clear(&beside);
    text_add(&beside, check->folder);
    text_add(&beside, "/..");
    char **list = lesson_list(path, &count);
    for (uint32_t i = 0; i < count && !there; i++)
        there = strcmp(id_of(list[i]), id) == 0;
    lesson_list_free(list, count);
    return there && strcmp(id_of(check->lesson->id), id) != 0;
}

static void check_needs(struct check *check, const struct lesson_text *text)
{
    const struct front_line *needs = &text->front[FRONT_NEEDS];
    const char *at = needs->words ? needs->words : "";
    while (*(at += strspn(at, ", []")) != 0) {
        char id[64];
        struct text one = TEXT(id);
        size_t bytes = strcspn(at, ", []");
        text_clear(&one);
        text_add_bytes(&one, at, bytes);
        at += bytes;
        if (!lesson_there(check, id))
            check_fail(check, spot_text(text, needs->line, id), ERROR_LESSON_NEEDS, id, NULL, NULL);
    }
}

static void check_minutes(struct check *check, const struct lesson_text *text)
{
    const struct front_line *minutes = &text->front[FRONT_MINUTES];
    uint64_t number;
    struct error error;
    struct spot spot = spot_text(text, minutes->line, minutes->words);
    if (!value_parse(minutes->words, UNIT_COUNT, NULL, &number, &error))
        check_fail(check, spot, ERROR_BAD_VALUE, minutes->words, "minutes", "10");
    else if (number < 1 || number > MINUTES_MOST)
        check_fail(check, spot, ERROR_OUT_OF_RANGE, minutes->words, "1", "120");
}

/* The one key that may be missing: what a screen shows in place of the map. */
static void check_view(struct check *check, const struct lesson_text *text)
{
    static const char *const views[] = {"ladder", "copies", "server"};
    const struct front_line *view = &text->front[FRONT_VIEW];
    bool known = !view->words;
    for (size_t i = 0; !known && i < sizeof views / sizeof *views; i++)
        known = strcmp(view->words, views[i]) == 0;
    if (!known)
        check_fail(check, spot_text(text, view->line, view->words), ERROR_NOT_A_CHOICE, view->words,
                   views[0], NULL);
}

void check_front(struct check *check)
{
    const char *id = id_of(check->lesson->id);
    for (unsigned language = 0; language < 2; language++) {
        const struct lesson_text *text = &check->lesson->text[language];
        for (unsigned key = 0; key < FRONT_VIEW; key++) {
            const struct front_line *line = &text->front[key];
            if (!line->words || (!line->words[0] && key != FRONT_NEEDS))
                check_fail(check, spot_text(text, line->line, NULL), ERROR_LESSON_FRONT,
                           lesson_front_keys[key], NULL, NULL);
        }
        const struct front_line *own = &text->front[FRONT_ID];
        if (own->words && own->words[0] && strcmp(own->words, id) != 0)
            check_fail(check, spot_text(text, own->line, own->words), ERROR_LESSON_ID, own->words,
                       id, NULL);
        if (text->front[FRONT_MINUTES].words && text->front[FRONT_MINUTES].words[0])
            check_minutes(check, text);
        check_needs(check, text);
        check_view(check, text);
    }
}
