/*
 * Conditions: METRIC OP VALUE [within W], read for one variant and looked at in it.
 */
#include "lab/language/parts.h"

#include <string.h>

#include "sim/engine/need.h"

__extension__ typedef __int128 wide;

#define USAGE "METRIC OP VALUE [within W]"

bool metric_word(struct session *session, const struct command *command, unsigned word,
                 uint32_t *variant, bool *written, struct metric_ref *metric, struct error *error)
{
    const char *words = command_word(command, word);
    size_t before = strcspn(words, ":.");
    *written = words[before] == ':';
    if (*written) {
        int32_t named = variant_find(session, words, before);
        if (named < 0)
            return variant_unknown(session, words, before, word, error);
        *variant = (uint32_t)named;
    }
    const char *name = *written ? words + before + 1 : words;
    if (!strchr(name, '.')) {
        error_set(error, ERROR_NOT_A_METRIC, (uint16_t)word, name, NULL, NULL, NULL);
    } else if (!hidden_refuses(session, name, word, error)) {
        return false;
    } else if (spof_names(session->variants[*variant].world, name)) {
        if (spof_metric(name, metric, error))
            return true;
    } else if (world_metric(session->variants[*variant].world, name, metric, error)) {
        if (metric->peak)
            peaks_ask(session, name);
        return true;
    }
    error->word = (uint16_t)word;
    error->byte = (uint16_t)(error->byte + (name - words));
    return false;
}

bool session_figure(struct session *session, const char *name, struct value *value)
{
    struct command command;
    struct metric_ref metric;
    struct error error;
    uint32_t variant = 0;
    bool written;
    return language_split(&command, name, 0, &error) &&
           metric_word(session, &command, 0, &variant, &written, &metric, &error) &&
           session_read(session, variant, metric, value);
}

/* --- reading ---------------------------------------------------------------------------------- */

static bool operator_word(const struct command *command, unsigned word, uint16_t *operator,
                          struct error * error)
{
    static const char *const signs[] = {"==", "!=", "<", "<=", ">", ">=", "~="};
    for (uint16_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (strcmp(command_word(command, word), signs[i]) == 0) {
            *operator= i;
            return true;
        }
    return error_set(error, ERROR_NOT_AN_OPERATOR, (uint16_t)word, command_word(command, word),
                     NULL, NULL, NULL);
}

static bool is_words(enum unit unit)
{
    return unit == UNIT_TEXT || unit == UNIT_CHOICE;
}

/* Units that count the same thing share a family. */
static enum unit family(enum unit unit)
{
    switch (unit) {
    case UNIT_REDIS:
    case UNIT_JVM:
        return UNIT_SIZE;
    case UNIT_BOOLEAN:
    case UNIT_UNIXTIME:
    case UNIT_PER_SECOND:
        return UNIT_COUNT;
    case UNIT_CHOICE:
        return UNIT_TEXT;
    default:
        return unit;
    }
}

static bool plain_number(const char *words)
{
    return *words && !words[strspn(words, "0123456789,")];
}

/* A number as the metric counts it.  Sizes of the store are plain bytes in its own tool, too. */
static bool number_word(const char *words, enum unit unit, int64_t *number, struct error *error)
{
    bool negative = words[0] == '-';
    uint64_t read;
    words += negative;
    if (unit == UNIT_BOOLEAN && strlen(words) == 1 && (*words == '0' || *words == '1'))
        unit = UNIT_COUNT;
    if (unit == UNIT_UNIXTIME || (family(unit) == UNIT_SIZE && plain_number(words)))
        unit = UNIT_COUNT;
    bool rate = unit == UNIT_PER_SECOND && strchr(words, '/');
    if (!value_parse(words, rate ? UNIT_RATE : unit, NULL, &read, error))
        return false;
    if (unit == UNIT_PERCENT && read > 100 * PERCENT_ONE)
        return error_set(error, ERROR_OUT_OF_RANGE, 0, words, "0%", "100%", NULL);
    if (rate && read % RATE_ONE != 0)
        return error_set(error, ERROR_BAD_VALUE, 0, words, "whole number a second", "1000/s", NULL);
    if (rate)
        read /= RATE_ONE;
    if (read > INT64_MAX)
        return error_set(error, ERROR_OUT_OF_RANGE, 0, words, "0", "9223372036854775807", NULL);
    *number = negative ? -(int64_t)read : (int64_t)read;
    return true;
}

/* A name before a dot or a colon: only a metric is written so. */
static bool looks_like_metric(const struct command *command, unsigned word)
{
    const char *words = command_word(command, word);
    return !command->words[word].quoted && words[0] >= 'a' && words[0] <= 'z' &&
           words[strcspn(words, ".")] == '.';
}

/* Words that the metric never holds are a slip of the pen, and no condition. */
static bool words_read(struct session *session, const struct command *command, unsigned word,
                       struct condition *condition, struct error *error)
{
    const struct world *world = session->variants[condition->left_variant].world;
    const char *words = command_word(command, word), *named = NULL;
    if (condition->left.component != SPOF_COMPONENT) {
        const struct kind *kind = component_kind(world, condition->left.component);
        named = kind->metric_named ? kind->metric_named(condition->left.metric) : NULL;
    }
    uint64_t place;
    struct text text = TEXT(condition->words);
    if (named && !value_parse(words, UNIT_CHOICE, named, &place, error)) {
        error->word = (uint16_t)word;
        return false;
    }
    text_clear(&text);
    text_add(&text, words);
    return true;
}

static bool right_read(struct session *session, uint32_t variant, const struct command *command,
                       unsigned word, struct condition *condition, struct error *error)
{
    const struct metric *left =
        session_metric_row(session, (uint32_t)condition->left_variant, condition->left);
    const char *words = command_word(command, word);
    if (is_words(left->unit) &&
        condition->operator!= OP_EQUAL && condition->operator!= OP_NOT_EQUAL)
        return error_set(error, ERROR_NO_ORDER, (uint16_t)(word - 1), left->name, NULL, NULL, NULL);
    if (looks_like_metric(command, word)) {
        bool written;
        uint32_t right_variant = variant;
        if (!metric_word(session, command, word, &right_variant, &written, &condition->right,
                         error))
            return false;
        condition->right_variant = (int32_t)right_variant;
        condition->right_is_metric = 1;
        const struct metric *right = session_metric_row(session, right_variant, condition->right);
        if (family(left->unit) != family(right->unit))
            return error_set(error, ERROR_UNLIKE_UNITS, (uint16_t)word, left->name, right->name,
                             NULL, NULL);
        return true;
    }
    if (is_words(left->unit))
        return words_read(session, command, word, condition, error);
    if (number_word(words, left->unit, &condition->number, error))
        return true;
    error->word = (uint16_t)word;
    return false;
}

static bool within_read(struct session *session, const struct command *command, unsigned word,
                        struct condition *condition, struct error *error)
{
    const struct metric *left =
        session_metric_row(session, (uint32_t)condition->left_variant, condition->left);
    const char *words = command_word(command, word + 1);
    size_t bytes = strlen(words);
    if (bytes == 0)
        return error_set(error, ERROR_MISSING_WORD, (uint16_t)word, "within", USAGE, NULL, NULL);
    condition->within_percent = words[bytes - 1] == '%';
    enum unit unit = condition->within_percent ? UNIT_PERCENT : left->unit;
    if (number_word(words, unit, &condition->within, error))
        return true;
    error->word = (uint16_t)(word + 1);
    return false;
}

bool condition_read(struct session *session, uint32_t variant, const struct command *command,
                    unsigned word, struct condition *condition, unsigned *end, struct error *error)
{
    bool written;
    uint32_t left_variant = variant;
    memset(condition, 0, sizeof *condition);
    if (command->count < word + 3)
        return error_set(error, ERROR_MISSING_WORD, (uint16_t)(command->count - 1),
                         command_word(command, command->count - 1u), USAGE, NULL, NULL);
    if (!metric_word(session, command, word, &left_variant, &written, &condition->left, error))
        return false;
    condition->left_variant = (int32_t)left_variant;
    if (!operator_word(command, word + 1, &condition->operator, error) ||
        !right_read(session, variant, command, word + 2, condition, error))
        return false;
    *end = word + 3;
    bool near = strcmp(command_word(command, *end), "within") == 0;
    if (near && condition->operator!= OP_NEAR)
        return error_set(error, ERROR_EXTRA_WORD, (uint16_t)*end, "within",
                         "METRIC ~= VALUE within W", NULL, NULL);
    if (near && !within_read(session, command, *end, condition, error))
        return false;
    *end += near ? 2 : 0;
    return true;
}

/* --- looking ---------------------------------------------------------------------------------- */

static bool near(int64_t left, int64_t right, const struct condition *condition)
{
    wide apart = (wide)left - right;
    wide size = right < 0 ? -(wide)right : right;
    if (apart < 0)
        apart = -apart;
    if (condition->within_percent)
        return apart * 100 * PERCENT_ONE <= size * condition->within;
    return apart <= condition->within;
}

static bool numbers_hold(int64_t left, int64_t right, const struct condition *condition)
{
    switch ((enum condition_operator)condition->operator) {
    case OP_EQUAL:
        return left == right;
    case OP_NOT_EQUAL:
        return left != right;
    case OP_LESS:
        return left < right;
    case OP_LESS_EQUAL:
        return left <= right;
    case OP_GREATER:
        return left > right;
    case OP_GREATER_EQUAL:
        return left >= right;
    case OP_NEAR:
        return near(left, right, condition);
    }
    return false;
}

bool condition_holds(struct session *session, uint32_t variant, const struct condition *condition,
                     struct value *found, bool *known)
{
    (void)variant;
    struct value right = {.number = condition->number};
    memset(found, 0, sizeof *found);
    *known = session_read(session, (uint32_t)condition->left_variant, condition->left, found);
    if (!*known)
        return false;
    memcpy(right.words, condition->words, sizeof right.words);
    if (condition->right_is_metric &&
        !session_read(session, (uint32_t)condition->right_variant, condition->right, &right))
        return false;
    if (is_words((enum unit)found->unit))
        return (strcmp(found->words, right.words) == 0) == (condition->operator== OP_EQUAL);
    return numbers_hold(found->number, right.number, condition);
}

void found_add(struct text *text, const struct value *value, bool known, enum language language)
{
    if (known && value->unit == UNIT_BOOLEAN)
        text_add_i64(text, value->number); /* yes or no are 1 or 0 */
    else if (known)
        value_add_whole(text, value);
    else
        text_add(text, language == LANGUAGE_KO ? "아직 값이 없음" : "no value yet");
}

bool session_holds(struct session *session, const char *condition_words, bool *held,
                   struct value *found, struct error *error)
{
    struct command command;
    struct condition condition;
    unsigned end;
    bool known;
    if (!language_split(&command, condition_words, 0, error))
        return false;
    *held = true;
    for (uint32_t i = 0; i < session->variant_count && *held; i++) {
        if (!condition_read(session, i, &command, 0, &condition, &end, error))
            return false;
        if (end < command.count)
            return error_set(error, ERROR_EXTRA_WORD, (uint16_t)end, command_word(&command, end),
                             USAGE, NULL, NULL);
        *held = condition_holds(session, i, &condition, found, &known);
    }
    return true;
}
