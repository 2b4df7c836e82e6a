/* The table of the kinds of records, and times as text. */
#include "lab/progress/records.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define TIME_WORDS 24 /* bytes of 2026-02-03T04:05:06.789Z */

const struct record_kind record_kinds[RECORD_COUNT] = {
    [RECORD_ATTEMPT] = {"attempt",
                        {{"lesson", COLUMN_TEXT, true},
                         {"started", COLUMN_TIME, true},
                         {"step", COLUMN_NUMBER, false},
                         {"seed", COLUMN_NUMBER, false},
                         {"meeting", COLUMN_TIME, false},
                         {"lines", COLUMN_TEXT, false},
                         {"changed", COLUMN_TIME, false}},
                        7},
    [RECORD_DONE] = {"done",
                     {{"lesson", COLUMN_TEXT, true},
                      {"started", COLUMN_TIME, true},
                      {"done", COLUMN_TIME, false},
                      {"changed", COLUMN_TIME, false}},
                     4},
    [RECORD_GUESS] = {"guess",
                      {{"lesson", COLUMN_TEXT, true},
                       {"started", COLUMN_TIME, true},
                       {"question", COLUMN_TEXT, true},
                       {"round", COLUMN_NUMBER, true},
                       {"person", COLUMN_NUMBER, true},
                       {"name", COLUMN_TEXT, false},
                       {"words", COLUMN_TEXT, false},
                       {"number", COLUMN_NUMBER, false},
                       {"seed", COLUMN_NUMBER, false},
                       {"changed", COLUMN_TIME, false}},
                      10},
    [RECORD_COUNTED] = {"counted",
                        {{"lesson", COLUMN_TEXT, true},
                         {"started", COLUMN_TIME, true},
                         {"question", COLUMN_TEXT, true},
                         {"asked", COLUMN_TEXT, false},
                         {"unit", COLUMN_TEXT, false},
                         {"choice", COLUMN_NUMBER, false},
                         {"number", COLUMN_NUMBER, false},
                         {"changed", COLUMN_TIME, false}},
                        8},
    [RECORD_REVIEW] = {"review",
                       {{"lesson", COLUMN_TEXT, true},
                        {"answered", COLUMN_TIME, true},
                        {"remembered", COLUMN_NUMBER, false},
                        {"changed", COLUMN_TIME, false}},
                       4},
    [RECORD_MEETING] = {"meeting",
                        {{"started", COLUMN_TIME, true},
                         {"ended", COLUMN_TIME, false},
                         {"changed", COLUMN_TIME, false}},
                        3},
    [RECORD_SENTENCE] = {"sentence",
                         {{"lesson", COLUMN_TEXT, true},
                          {"started", COLUMN_TIME, true},
                          {"question", COLUMN_TEXT, true},
                          {"person", COLUMN_NUMBER, true},
                          {"name", COLUMN_TEXT, false},
                          {"words", COLUMN_TEXT, false},
                          {"changed", COLUMN_TIME, false}},
                         7},
    [RECORD_NOTE] = {"note",
                     {{"meeting", COLUMN_TIME, true},
                      {"lesson", COLUMN_TEXT, true},
                      {"kind", COLUMN_NUMBER, true},
                      {"words", COLUMN_TEXT, true},
                      {"taken", COLUMN_TIME, false},
                      {"changed", COLUMN_TIME, false}},
                     6},
    [RECORD_AGENDA] = {"agenda",
                       {{"meeting", COLUMN_TIME, true},
                        {"language", COLUMN_TEXT, false},
                        {"people", COLUMN_TEXT, false},
                        {"lessons", COLUMN_TEXT, false},
                        {"at", COLUMN_NUMBER, false},
                        {"changed", COLUMN_TIME, false}},
                       6},
    [RECORD_PAUSE] = {"pause",
                      {{"meeting", COLUMN_TIME, true},
                       {"began", COLUMN_TIME, true},
                       {"ended", COLUMN_TIME, false},
                       {"changed", COLUMN_TIME, false}},
                      4},
    [RECORD_RUN] = {"run",
                    {{"lesson", COLUMN_TEXT, true},
                     {"started", COLUMN_TIME, true},
                     {"words", COLUMN_TEXT, false},
                     {"changed", COLUMN_TIME, false}},
                    4},
};

unsigned record_find(const char *name, size_t bytes)
{
    unsigned i = 0;
    while (i < RECORD_COUNT && (strlen(record_kinds[i].name) != bytes ||
                                memcmp(record_kinds[i].name, name, bytes) != 0))
        i++;
    return i;
}

void record_time_add(struct text *text, uint64_t time_ms)
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm day;
    char words[64];
    if (time_ms == 0 || time_ms > TIME_MAX_MS || !gmtime_r(&seconds, &day)) {
        text_add_char(text, '-');
        return;
    }
    strftime(words, sizeof words, "%Y-%m-%dT%H:%M:%S.", &day);
    text_add(text, words);
    text_add_padded(text, time_ms % 1000, 3);
    text_add_char(text, 'Z');
}

bool record_time_read(const char *words, size_t bytes, uint64_t *time_ms)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd.dddZ";
    unsigned parts[7] = {0}, part = 0;
    *time_ms = 0;
    if (bytes == 1 && words[0] == '-')
        return true;
    if (bytes != TIME_WORDS)
        return false;
    for (size_t i = 0; i < bytes; i++) {
        bool digit = words[i] >= '0' && words[i] <= '9';
        if (form[i] == 'd' ? !digit : words[i] != form[i])
            return false;
        if (digit)
            parts[part] = parts[part] * 10 + (unsigned)(words[i] - '0');
        else
            part++;
    }
    struct tm day = {.tm_year = (int)parts[0] - 1900,
                     .tm_mon = (int)parts[1] - 1,
                     .tm_mday = (int)parts[2],
                     .tm_hour = (int)parts[3],
                     .tm_min = (int)parts[4],
                     .tm_sec = (int)parts[5]};
    time_t seconds = timegm(&day);
    char again[32];
    struct text text = TEXT(again);
    if (seconds < 0)
        return false;
    *time_ms = (uint64_t)seconds * 1000 + parts[6];
    record_time_add(&text, *time_ms); /* the 31st of February is no day */
    return text.used == bytes && memcmp(again, words, bytes) == 0;
}
