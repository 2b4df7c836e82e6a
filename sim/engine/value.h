/*
 * Values with units: how the language writes them, how they are kept, how they are shown.
 *
 * | unit      | kept as                | written                                        |
 * | COUNT     | itself                 | 42 42,298                                      |
 * | DURATION  | nanoseconds            | 1.5s 200ms 3us 2h                              |
 * | SIZE      | bytes                  | 100B 4KB (1000) 4KiB (1024)                    |
 * | REDIS     | bytes                  | as redis.conf means it: 1k 1000, 1kb 1024, 5mb |
 * | JVM       | bytes                  | as -Xmx means it: 3g 512m; 3GiB                |
 * | RATE      | events per 10^6 hours  | 1000/s 20/min 0.1/s                            |
 * | BANDWIDTH | bits per second        | 100Mbit 1Gbit                                  |
 * | PERCENT   | thousandths of 1 %     | 2% 0.1% 2                                      |
 * | BOOLEAN   | 0 or 1                 | yes no                                         |
 * | CHOICE    | place in the choices   | one of the row's words                         |
 * | UNIXTIME  | seconds                | (only shown)                                   |
 * | TEXT      | ref of a string        | anything                                       |
 * | FACTOR    | thousandths            | 2.5                                            |
 * | PER_SECOND| events in the last s   | (a metric: throughput)                         |
 */
#ifndef SIM_ENGINE_VALUE_H
#define SIM_ENGINE_VALUE_H

#include "sim/engine/error.h"

enum unit {
    UNIT_COUNT,
    UNIT_DURATION,
    UNIT_SIZE,
    UNIT_REDIS,
    UNIT_JVM,
    UNIT_RATE,
    UNIT_BANDWIDTH,
    UNIT_PERCENT,
    UNIT_BOOLEAN,
    UNIT_CHOICE,
    UNIT_UNIXTIME,
    UNIT_TEXT,
    UNIT_PER_SECOND,
    UNIT_FACTOR,
    UNIT_COUNTED /* how many units there are */
};

#define RATE_ONE    3600000000ull /* 1/s: 20/min and 7/h are exact, too */
#define PERCENT_ONE 1000ull       /* 1 % */
#define FACTOR_ONE  1000ull
#define SECOND_NS   1000000000ull
#define MS_NS       1000000ull
#define US_NS       1000ull

struct value {
    uint32_t unit; /* enum unit */
    uint32_t unused;
    int64_t number;
    char words[64]; /* of UNIT_TEXT and UNIT_CHOICE */
};

/* Reads a value of the unit.  `named` may list words with numbers ("no=0|unlimited=max"), which
 * win. On failure the error says what was read and what would be right (word stays 0). */
bool value_parse(const char *words, enum unit unit, const char *named, uint64_t *number,
                 struct error *error);

/* As a person would type it, exact and shortest: 1.5s, 4GiB, 1000/s, 2%. */
void value_add_exact(struct text *text, uint64_t number, enum unit unit, const char *named);

/* As a screen shows it: grouped digits, a blank before the unit: 1.1 ms, 42,298, 7.9 GB. */
void value_add_screen(struct text *text, const struct value *value);

/* As a text says it, with every digit: 1.012931 ms, 127.000 s, 207,281,344 B (207 MB). */
void value_add_whole(struct text *text, const struct value *value);

/* The name of the unit for tables: "ns", "bytes", "%", ... */
const char *unit_name(enum unit unit);

/* 00:42.298 or 1:00:42.298113000: `decimals` 0 to 9 digits after the point, cut not rounded. */
void clock_add(struct text *text, uint64_t time_ns, unsigned decimals);

#endif
