/* The table of single points of failure, for people. */
#include "lab/language/spof.h"

#define NAME_CELLS 16
#define TELL_CELLS 12

static void pad(struct text *text, size_t at, size_t cells)
{
    do
        text_add_char(text, ' ');
    while (text->used - at < cells);
}

static void percent_add(struct text *text, uint64_t percent)
{
    text_add_decimal(text, (int64_t)(percent / 100), 1);
    text_add(text, " %");
}

/* "4.3 s": to a tenth, as it was looked at. */
static void seconds_add(struct text *text, uint64_t duration_ns)
{
    text_add_fixed(text, (int64_t)(duration_ns / (100 * MS_NS)), 1);
    text_add(text, " s");
}

/* "out after 5.5 s, requests failed: 1" */
static void taken_out_add(struct text *text, const struct spof_part *part, uint64_t failed, bool ko)
{
    text_add(text, ko ? "" : "out after ");
    seconds_add(text, part->out_after_ns);
    text_add(text, ko ? " 뒤 빠지고, 실패한 요청 " : ", requests failed: ");
    text_add_grouped(text, failed);
    text_add(text, ko ? "건" : "");
}

static void survived_add(struct text *text, const struct spof_part *part, bool ko)
{
    uint64_t failed = part->refused + part->timed_out;
    if (part->recovered_after_ns == 0 && part->out_after_ns != TIME_NEVER) {
        taken_out_add(text, part, failed, ko);
    } else if (part->recovered_after_ns == 0 && failed == 0) {
        text_add(text, ko ? "아무도 몰랐습니다" : "nobody noticed");
    } else if (part->recovered_after_ns == 0) {
        text_add(text,
                 ko ? "나머지는 답을 받고, 실패한 요청 " : "the others go on; requests failed: ");
        text_add_grouped(text, failed);
        text_add(text, ko ? "건" : "");
    } else if (part->recovered_after_ns == TIME_NEVER) {
        text_add(text, ko ? "끝까지 흔들렸습니다" : "unsteady to the end");
    } else {
        text_add(text, ko ? "답이 돌아오기까지 " : "answers were back after ");
        seconds_add(text, part->recovered_after_ns);
    }
}

/* {0} the other, {1} how many. */
static const char *reason_of(const struct spof_part *part, bool ko)
{
    switch (part->reason) {
    case SPOF_ASKED_ALONE:
        return ko ? "{0}: 물을 곳이 여기뿐입니다" : "{0} asks nobody else";
    case SPOF_NO_SUCCESSOR:
        return ko ? "사본 {0}: 승격할 심판이 없습니다" : "nobody promotes its copy {0}";
    case SPOF_STANDS_ON:
        return ko ? "그 위에 부품 {1}개가 함께 있습니다" : "{1} parts stand on it";
    case SPOF_ONLY_WAY:
        return ko ? "다른 길이 없습니다" : "there is no other way";
    default:
        return ko ? "부르는 쪽이 이것 없이 답하지 못합니다"
                  : "who calls it cannot answer without it";
    }
}

void spof_why(struct text *text, const struct spof_part *part, enum language language)
{
    bool ko = language == LANGUAGE_KO;
    char number[24];
    struct text residents = TEXT(number);
    text_clear(&residents);
    text_add_u64(&residents, part->residents);
    const char *const arguments[4] = {part->other, number, NULL, NULL};
    if (part->spof)
        text_add_template(text, reason_of(part, ko), arguments);
    else
        survived_add(text, part, ko);
}

static void part_add(struct text *text, const struct spof_part *part, bool ko)
{
    size_t at = text->used;
    text_add(text, part->name);
    pad(text, at, NAME_CELLS);
    at = text->used;
    text_add(text, part->spof ? "SPOF" : "-");
    pad(text, at, 6);
    at = text->used;
    percent_add(text, part->availability);
    pad(text, at, 9);
    at = text->used;
    text_add_grouped(text, (uint64_t)part->acked_lost);
    pad(text, at, TELL_CELLS);
    spof_why(text, part, ko ? LANGUAGE_KO : LANGUAGE_EN);
    text_add_char(text, '\n');
}

void spof_report(const struct spof *spof, struct text *text, enum language language)
{
    bool ko = language == LANGUAGE_KO;
    text_add(text, ko ? "부품            SPOF  가용성   유실        무슨 일이\n"
                      : "part            SPOF  answered lost        why\n");
    for (uint32_t i = 0; i < spof->count; i++)
        part_add(text, &spof->parts[i], ko);
    text_add(text, ko ? "각 부품을 " : "each part taken away at ");
    clock_add(text, spof->taken_ns, 1);
    text_add(text, ko ? "에 빼고, " : "; counted ");
    seconds_add(text, spof->settle_ns);
    text_add(text, ko ? " 뒤부터 30 s 동안 셌습니다. 아무것도 빼지 않으면 "
                      : " later for 30 s. With nothing taken away ");
    percent_add(text, spof->untouched);
    text_add(text, ko ? "입니다.\n" : ".\n");
}
