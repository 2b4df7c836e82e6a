/*
 * report ladder: the packets of a connection as lines, by replay.
 */
#include "lab/ladder/ladder.h"

#include <stdlib.h>
#include <string.h>

#include "lab/language/parts.h"
#include "sim/engine/need.h"
#include "sim/net/pair.h"

/* report ladder [NAME | A~B | A B | A -> B]: whose. */
static bool choice_read(struct world *world, const struct command *command,
                        struct ladder_choice *choice, struct error *error)
{
    const char *usage = lab_command_find("report")->usage;
    bool both;
    *choice = (struct ladder_choice){.whole = true};
    if (command->count == 2)
        return true;
    int taken = command->count == 3 && !strchr(command_word(command, 2), '~')
                    ? 0
                    : pair_of_machines(world, command, 2, &choice->a, &choice->b, &both, error);
    if (taken < 0)
        return false;
    if (taken > 0)
        return need_count(command, 2, 2 + (unsigned)taken, usage, error);
    uint32_t id = need_component(world, command, 2, error);
    if (id == 0 || !need_count(command, 3, 3, usage, error))
        return false;
    if (component_at(world, id)->kind == KIND_MACHINE)
        choice->a = id;
    else
        choice->component = id;
    return true;
}

/* The newest connection of those; without one that is said. */
static bool ladder_say(struct session *session, uint32_t variant, struct call *call)
{
    struct world *world = session->variants[variant].world;
    struct history *history = session->variants[variant].history;
    struct text text = {session->answer, sizeof session->answer, 0, false};
    struct ladder_record record = {0};
    struct ladder_choice choice;
    struct ladder_scene *scene = malloc(sizeof *scene);
    if (!scene)
        return error_set(call->error, ERROR_WORLD_MEMORY, 0, NULL, NULL, NULL, NULL);
    if (!choice_read(world, call->command, &choice, call->error)) {
        free(scene);
        return false;
    }
    bool known = history && ladder_fill(&record, history, world);
    text_clear(&text);
    if (known && ladder_scene_make(scene, &record, &choice))
        ladder_print(&text, world, &record, scene, session->options.language);
    else
        text_add(&text, session->options.language == LANGUAGE_KO ? "패킷이 아직 없습니다\n"
                                                                 : "no packets yet\n");
    session_say(session, (int32_t)variant, session->answer);
    ladder_release(&record);
    free(scene);
    return true;
}

bool act_report_ladder(struct session *session, struct call *call)
{
    if (session->hidden)
        return error_set(call->error, ERROR_HIDDEN, 1, "ladder", NULL, NULL, NULL);
    for (uint32_t i = 0; i < session->variant_count; i++)
        if ((call->mask & 1u << i) && !ladder_say(session, i, call))
            return false;
    return true;
}
