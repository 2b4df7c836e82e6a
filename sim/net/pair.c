/* Two machines as a command names them: A~B, A B, A -> B. */
#include "sim/net/pair.h"

#include <string.h>

#include "sim/engine/need.h"

int pair_of_machines(struct world *world, const struct command *command, unsigned word, uint32_t *a,
                     uint32_t *b, bool *both, struct error *error)
{
    const char *words = command_word(command, word), *between = strchr(words, '~');
    int taken = between ? 1 : 2;
    struct command two;
    *both = true;
    if (between) {
        char left[NAME_BYTES];
        struct text text = TEXT(left);
        text_clear(&text);
        text_add_bytes(&text, words, (size_t)(between - words));
        command_of(&two, left, between + 1, (const char *)NULL);
    } else {
        const char *second = command_word(command, word + 1);
        if (strcmp(second, "->") == 0) {
            *both = false;
            taken = 3;
            second = command_word(command, word + 2);
        }
        if (strchr(second, '=') || !*second)
            return 0;
        command_of(&two, words, second, (const char *)NULL);
    }
    *a = need_machine(world, &two, 0, error);
    *b = *a ? need_machine(world, &two, 1, error) : 0;
    if (!*b) {
        error->word = (uint16_t)(between ? word : word + (*a ? (unsigned)taken - 1 : 0));
        return -1;
    }
    if (*a == *b) {
        error_set(error, ERROR_SAME_MACHINE, (uint16_t)word, component_at(world, *a)->name, NULL,
                  NULL, NULL);
        return -1;
    }
    return taken;
}
