/* The list of sandbox worlds: reading the folder, choosing. */
#include "lab/app/sandbox.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/app/acts.h"

#define SUFFIX ".lab"

static void take(char *to, size_t bytes, const char *words)
{
    struct text text = {to, bytes, 0, false};
    text_clear(&text);
    text_add(&text, words);
}

/* What stands in quotes. */
static void take_title(char *to, size_t bytes, char *line)
{
    char *from = strchr(line, '"'), *end = from ? strchr(from + 1, '"') : NULL;
    if (!end)
        return;
    *end = 0;
    take(to, bytes, from + 1);
}

static void take_titles(struct sandbox_world *world)
{
    static const char korean[] = "# ko: ";
    char line[512];
    FILE *file = fopen(world->path, "r");
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        if (strncmp(line, korean, sizeof korean - 1) == 0)
            take(world->title[LANGUAGE_KO], sizeof world->title[0], line + sizeof korean - 1);
        else if (strncmp(line, "world ", 6) == 0)
            take_title(world->title[LANGUAGE_EN], sizeof world->title[0], line);
        world->parts += strncmp(line, "add ", 4) == 0;
    }
    if (file)
        fclose(file);
    if (!world->title[LANGUAGE_EN][0])
        take(world->title[LANGUAGE_EN], sizeof world->title[0], world->name);
    if (!world->title[LANGUAGE_KO][0])
        memcpy(world->title[LANGUAGE_KO], world->title[LANGUAGE_EN], sizeof world->title[0]);
}

/* The simplest first: with it one begins. */
static int by_parts(const void *a, const void *b)
{
    const struct sandbox_world *x = a, *y = b;
    if (x->parts != y->parts)
        return x->parts < y->parts ? -1 : 1;
    return strcmp(x->name, y->name);
}

static bool is_world(const char *name)
{
    size_t bytes = strlen(name), suffix = sizeof SUFFIX - 1;
    return bytes > suffix && strcmp(name + bytes - suffix, SUFFIX) == 0 &&
           bytes < sizeof((struct sandbox_world *)0)->name;
}

static void read_folder(struct sandbox *sandbox, const char *root)
{
    DIR *folder = opendir(root);
    struct dirent *entry;
    while (folder && (entry = readdir(folder)) && sandbox->count < SANDBOX_MAX) {
        struct sandbox_world *world = &sandbox->worlds[sandbox->count];
        if (!is_world(entry->d_name))
            continue;
        memset(world, 0, sizeof *world);
        take(world->name, sizeof world->name, entry->d_name);
        snprintf(world->path, sizeof world->path, "%s/%s", root, entry->d_name);
        take_titles(world);
        sandbox->count++;
    }
    if (folder)
        closedir(folder);
}

void sandbox_read(struct sandbox *sandbox)
{
    const char *root = getenv("OUTAGE_WORLDS");
    sandbox->count = 0;
    read_folder(sandbox, root ? root : OUTAGE_SOURCE_DIR "/worlds");
    if (!sandbox->count)
        read_folder(sandbox, OUTAGE_DATA_DIR "/worlds");
    qsort(sandbox->worlds, sandbox->count, sizeof *sandbox->worlds, by_parts);
    if (sandbox->cursor >= sandbox->count)
        sandbox->cursor = 0;
}

bool sandbox_open(struct model *model, uint32_t i)
{
    return i < model->sandbox.count && model_open_file(model, model->sandbox.worlds[i].path);
}

bool press_sandbox(struct model *model, const struct key *key)
{
    (void)key;
    model->message[0] = 0;
    sandbox_read(&model->sandbox);
    model_show(model, PLACE_SANDBOX);
    return true;
}

bool press_sandbox_open(struct model *model, const struct key *key)
{
    (void)key;
    sandbox_open(model, model->sandbox.cursor);
    return true;
}

bool press_sandbox_number(struct model *model, const struct key *key)
{
    if (key->letter - '1' < model->sandbox.count)
        model->sandbox.cursor = key->letter - '1';
    sandbox_open(model, key->letter - '1');
    return true;
}
