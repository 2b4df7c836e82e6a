/*
 * Damage to the files of a stopped component: truncate-file, zero-file, flip-file, remove-file.
 *
 * A file is named as a person thinks of it (aof, rdb, manifest) or as the directory does.
 */
#include "sim/fault/fault.h"

#include "sim/machine/machine.h"
#include "sim/store/store.h"

/* zero-file: bytes that it may add. */
#define TAIL_MAX (1ull << 40)

static uint32_t file_of(struct world *world, uint32_t id, const char *word)
{
    uint32_t file = file_find(world, id, word);
    return file == 0 && component_at(world, id)->kind == KIND_STORE ? store_file(world, id, word)
                                                                    : file;
}

/* The file that words 1 and 2 name, of a component that does not run; 0 with the error. */
static uint32_t need_file(struct world *world, const struct command *command, unsigned words,
                          struct error *error)
{
    if (!need_count(command, words, words, fault_usage(command), error))
        return 0;
    uint32_t id = need_process(world, command, 1, error);
    if (id == 0)
        return 0;
    const char *name = component_at(world, id)->name;
    if (component_at(world, id)->up) {
        error_set(error, ERROR_IS_UP, 1, name, NULL, NULL, NULL);
        return 0;
    }
    uint32_t file = file_of(world, id, command_word(command, 2));
    if (file == 0)
        error_set(error, ERROR_FILE_UNKNOWN, 2, name, command_word(command, 2), NULL, NULL);
    return file;
}

/* A place or a size in a file: bytes, from `least` to `most`. */
static bool need_bytes(const struct command *command, unsigned word, uint64_t least, uint64_t most,
                       uint64_t *bytes, struct error *error)
{
    if (!need_value(command, word, UNIT_JVM, NULL, bytes, error))
        return false;
    if (*bytes >= least && *bytes <= most)
        return true;
    char low[32], high[32];
    struct text least_text = TEXT(low), most_text = TEXT(high);
    text_clear(&least_text);
    text_clear(&most_text);
    text_add_u64(&least_text, least);
    text_add_u64(&most_text, most);
    return error_set(error, ERROR_OUT_OF_RANGE, (uint16_t)word, command_word(command, word), low,
                     high, NULL);
}

static bool damage(struct world *world, uint32_t file, uint64_t offset, uint64_t length,
                   struct error *error)
{
    struct file *f = file_at(world, file);
    struct file_damage *piece = vector_push(&world->region, &f->damage, sizeof *piece);
    if (piece == NULL)
        return error_set(error, ERROR_NO_MEMORY, 0, NULL, NULL, NULL, NULL);
    *piece = (struct file_damage){offset, length};
    trace(world, f->owner, TRACE_FILE_DAMAGED, offset, length);
    return true;
}

bool fault_truncate_file(struct world *world, const struct command *command, struct text *answer,
                         struct error *error)
{
    uint64_t size;
    (void)answer;
    uint32_t file = need_file(world, command, 4, error);
    if (file == 0 || !need_bytes(command, 3, 0, file_at(world, file)->length, &size, error))
        return false;
    file_truncate(world, file, size);
    trace(world, file_at(world, file)->owner, TRACE_FILE_TRUNCATED, size, 0);
    return true;
}

/* Zero bytes behind the end, as a crash of other file systems leaves them: the file grows. */
static bool zero_tail(struct world *world, const struct command *command, uint32_t file,
                      struct error *error)
{
    uint64_t size = file_at(world, file)->length, length, written;
    if (!need_bytes(command, 4, 1, TAIL_MAX, &length, error))
        return false;
    if (file_append(world, file, length, &written) == FILE_OK)
        return damage(world, file, size, length, error);
    file_truncate(world, file, size);
    return need_bytes(command, 4, 1, written, &length, error);
}

bool fault_zero_file(struct world *world, const struct command *command, struct text *answer,
                     struct error *error)
{
    uint64_t offset, length;
    (void)answer;
    uint32_t file = need_file(world, command, 5, error);
    if (file == 0)
        return false;
    uint64_t size = file_at(world, file)->length;
    if (!need_bytes(command, 3, 0, size, &offset, error))
        return false;
    if (offset == size)
        return zero_tail(world, command, file, error);
    return need_bytes(command, 4, 1, size - offset, &length, error) &&
           damage(world, file, offset, length, error);
}

bool fault_flip_file(struct world *world, const struct command *command, struct text *answer,
                     struct error *error)
{
    uint64_t offset;
    (void)answer;
    uint32_t file = need_file(world, command, 4, error);
    if (file == 0)
        return false;
    uint64_t size = file_at(world, file)->length;
    if (size == 0)
        return error_set(error, ERROR_FILE_EMPTY, 2, command_word(command, 2), NULL, NULL, NULL);
    return need_bytes(command, 3, 0, size - 1, &offset, error) &&
           damage(world, file, offset, 0, error);
}

bool fault_remove_file(struct world *world, const struct command *command, struct text *answer,
                       struct error *error)
{
    (void)answer;
    uint32_t file = need_file(world, command, 3, error);
    if (file == 0)
        return false;
    uint32_t owner = file_at(world, file)->owner;
    uint64_t length = file_at(world, file)->length;
    file_remove(world, file);
    trace(world, owner, TRACE_FILE_REMOVED, length, 0);
    return true;
}
