/*
 * IPv4 and TCP as bytes.  RFC 791, 9293, 7323, 2018; the file as libpcap's pcap-savefile(5).
 */
#include "lab/export/pcap.h"

#include <string.h>

#define MAGIC_NANOSECONDS 0xa1b23c4du
#define LINKTYPE_RAW      101u
#define SNAPLEN           65535u
#define IP_BYTES          20u
#define TCP_BYTES         20u
#define DONT_FRAGMENT     0x4000u
#define HOPS              64u
#define PROTOCOL_TCP      6u

enum { OPTION_NOP = 1, OPTION_MSS = 2, OPTION_SCALE = 3, OPTION_SACK_OK = 4, OPTION_SACK = 5 };
enum { OPTION_TIMESTAMPS = 8 };

static void put16(uint8_t *to, uint32_t number)
{
    to[0] = (uint8_t)(number >> 8);
    to[1] = (uint8_t)number;
}

static void put32(uint8_t *to, uint32_t number)
{
    put16(to, number >> 16);
    put16(to + 2, number);
}

/* One's complement sum, not folded yet: RFC 1071. */
static uint64_t sum_add(uint64_t sum, const uint8_t *at, uint32_t bytes)
{
    uint32_t i = 0;
    for (; i + 1 < bytes; i += 2)
        sum += (uint32_t)at[i] << 8 | at[i + 1];
    return i < bytes ? sum + ((uint32_t)at[i] << 8) : sum;
}

static uint32_t checksum(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint32_t)~sum & 0xffff;
}

void pcap_file_header(uint8_t to[PCAP_HEADER_BYTES])
{
    const uint32_t words[] = {MAGIC_NANOSECONDS, 0, 0, 0, SNAPLEN, LINKTYPE_RAW};
    const uint16_t version[] = {2, 4};
    memcpy(to, words, sizeof words);
    memcpy(to + 4, version, sizeof version);
}

uint32_t pcap_record_header(uint8_t to[PCAP_RECORD_BYTES], uint64_t time_ns, uint32_t bytes)
{
    uint32_t kept = bytes < SNAPLEN ? bytes : SNAPLEN;
    const uint32_t words[] = {(uint32_t)(time_ns / SECOND_NS), (uint32_t)(time_ns % SECOND_NS),
                              kept, bytes};
    memcpy(to, words, sizeof words);
    return kept;
}

uint32_t pcap_record_kept(const uint8_t record[PCAP_RECORD_BYTES])
{
    uint32_t kept;
    memcpy(&kept, record + 8, sizeof kept);
    return kept;
}

/* --- headers ---------------------------------------------------------------------------------- */

/* The first sequence number of an end: looks random, is the same in each run. */
static uint32_t first_number(const struct wire_segment *segment, bool opener)
{
    uint64_t mixed = (segment->connection << 1 | opener) * 0x9E3779B97F4A7C15ull;
    mixed = (mixed ^ mixed >> 29) * 0xBF58476D1CE4E5B9ull;
    return (uint32_t)(mixed >> 32);
}

static uint32_t put_timestamps(uint8_t *to, const struct wire_options *options)
{
    to[0] = OPTION_TIMESTAMPS;
    to[1] = 10;
    put32(to + 2, options->timestamp_value);
    put32(to + 6, options->timestamp_echo);
    return 10;
}

static uint32_t put_sacks(uint8_t *to, const struct wire_segment *segment)
{
    const struct wire_options *options = &segment->options;
    uint32_t base = first_number(segment, !segment->opener);
    unsigned most = options->timestamps ? 3 : WIRE_SACKS;
    unsigned count = options->sacks < most ? options->sacks : most;
    to[0] = to[1] = OPTION_NOP;
    to[2] = OPTION_SACK;
    to[3] = (uint8_t)(2 + 8 * count);
    for (unsigned i = 0; i < count; i++) {
        put32(to + 4 + 8 * i, base + options->sack[i][0]);
        put32(to + 8 + 8 * i, base + options->sack[i][1]);
    }
    return 4 + 8 * count;
}

/* In the order of Linux tcp_options_write; how many bytes, a multiple of four. */
static uint32_t put_options(uint8_t *to, const struct wire_segment *segment)
{
    const struct wire_options *options = &segment->options;
    uint32_t n = 0;
    if (options->mss) {
        to[n] = OPTION_MSS;
        to[n + 1] = 4;
        put16(to + n + 2, options->mss);
        n += 4;
    }
    if (options->sack_permitted) {
        to[n++] = OPTION_SACK_OK;
        to[n++] = 2;
    } else if (options->timestamps) {
        to[n++] = OPTION_NOP;
        to[n++] = OPTION_NOP;
    }
    if (options->timestamps)
        n += put_timestamps(to + n, options);
    if (options->scaled) {
        to[n++] = OPTION_NOP;
        to[n++] = OPTION_SCALE;
        to[n++] = 3;
        to[n++] = options->window_shift;
    }
    if (options->sacks)
        n += put_sacks(to + n, segment);
    while (n % 4)
        to[n++] = OPTION_NOP;
    return n;
}

/* The window of a SYN is not shifted: RFC 7323 2.2. */
static uint32_t window_field(const struct wire_segment *segment)
{
    bool syn = (segment->flags & WIRE_SYN) != 0;
    uint32_t window = syn ? segment->window : segment->window >> segment->options.window_shift;
    return window < 0xffff ? window : 0xffff;
}

static uint32_t put_tcp(uint8_t *to, const struct wire_segment *segment)
{
    put16(to, segment->from_port);
    put16(to + 2, segment->to_port);
    put32(to + 4, first_number(segment, segment->opener) + segment->seq);
    if (segment->flags & WIRE_ACK)
        put32(to + 8, first_number(segment, !segment->opener) + segment->ack);
    uint32_t bytes = TCP_BYTES + put_options(to + TCP_BYTES, segment);
    to[12] = (uint8_t)(bytes / 4 << 4);
    to[13] = (uint8_t)segment->flags;
    put16(to + 14, window_field(segment));
    return bytes;
}

static void put_ip(uint8_t *to, const struct wire_segment *segment, uint32_t bytes)
{
    to[0] = 4u << 4 | IP_BYTES / 4;
    put16(to + 2, bytes);
    put16(to + 6, DONT_FRAGMENT);
    to[8] = HOPS;
    to[9] = PROTOCOL_TCP;
    put32(to + 12, segment->from_address);
    put32(to + 16, segment->to_address);
    put16(to + 10, checksum(sum_add(0, to, IP_BYTES)));
}

uint32_t pcap_packet(uint8_t to[PCAP_PACKET_MOST], const struct wire_segment *segment,
                     const uint8_t *payload)
{
    uint8_t *tcp = to + IP_BYTES;
    memset(to, 0, IP_BYTES + 60);
    uint32_t header = put_tcp(tcp, segment), bytes = header + segment->length;
    memcpy(tcp + header, payload, segment->length);
    put_ip(to, segment, IP_BYTES + bytes);
    uint64_t sum = sum_add(PROTOCOL_TCP + (uint64_t)bytes, to + 12, 8); /* pseudo header */
    put16(tcp + 16, checksum(sum_add(sum, tcp, bytes)));
    return IP_BYTES + bytes;
}
