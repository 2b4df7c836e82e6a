/*
 * Captures: packets as they are sent, in temporary files until the run is over.
 */
#include "lab/export/pcap_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/net/tls.h"
#include "sim/net/way.h"

#define FIRST_SECRETS 256u

bool pcap_file_open(struct pcap_file *pcap, const char *path)
{
    *pcap = (struct pcap_file){.path = path, .base = tmpfile()};
    return pcap->base != NULL;
}

/* All packets that were ever sent in the world. */
static uint64_t packets_of(const struct world *world)
{
    uint64_t packets = 0;
    for (uint32_t i = 1; i < world->links.count; i++)
        packets += way_at(world, i)->packets;
    return packets;
}

static FILE *part_of(struct pcap_file *pcap, int variant, const struct world *world)
{
    if (variant < 0)
        return pcap->base;
    if (!pcap->variants[variant]) {
        pcap->variants[variant] = tmpfile();
        pcap->before[variant] = packets_of(world) - 1;
        pcap->failed = pcap->failed || !pcap->variants[variant];
    }
    return pcap->variants[variant];
}

/* --- who speaks TLS --------------------------------------------------------------------------- */

static uint32_t secret_slot(const struct pcap_file *pcap, handle connection)
{
    uint32_t at = (uint32_t)((connection * 0x9E3779B97F4A7C15ull) >> 32);
    for (at &= pcap->secret_limit - 1; pcap->secret[at] && pcap->secret[at] != connection;)
        at = (at + 1) & (pcap->secret_limit - 1);
    return at;
}

static void secret_grow(struct pcap_file *pcap)
{
    handle *old = pcap->secret;
    uint32_t old_limit = pcap->secret_limit;
    pcap->secret_limit = old_limit ? old_limit * 2 : FIRST_SECRETS;
    pcap->secret = calloc(pcap->secret_limit, sizeof *pcap->secret);
    if (!pcap->secret)
        abort();
    for (uint32_t i = 0; i < old_limit; i++)
        if (old[i])
            pcap->secret[secret_slot(pcap, old[i])] = old[i];
    free(old);
}

static void secret_note(struct pcap_file *pcap, handle connection)
{
    if (2 * pcap->secret_count >= pcap->secret_limit)
        secret_grow(pcap);
    uint32_t at = secret_slot(pcap, connection);
    pcap->secret_count += pcap->secret[at] == 0;
    pcap->secret[at] = connection;
}

static bool is_secret(const struct pcap_file *pcap, handle connection)
{
    return pcap->secret_limit && pcap->secret[secret_slot(pcap, connection)] != 0;
}

/* --- payload ---------------------------------------------------------------------------------- */

/* The part of a message that lies in the segment. */
static void piece_fill(const struct pcap_file *pcap, uint8_t *payload,
                       const struct wire_segment *segment, const struct message *message,
                       uint32_t begin)
{
    uint32_t end = begin + message->bytes, stop = segment->seq + segment->length;
    uint32_t from = (int32_t)(begin - segment->seq) > 0 ? begin : segment->seq;
    uint32_t to = (int32_t)(end - stop) < 0 ? end : stop;
    struct pcap_piece piece = {.message = *message,
                               .offset = from - begin,
                               .bytes = to - from,
                               .secret = is_secret(pcap, segment->connection)};
    if ((int32_t)(to - from) > 0)
        pcap_payload(payload + (from - segment->seq), &piece);
}

static void recent_note(struct pcap_file *pcap, const struct wire_segment *segment,
                        const struct wire_message *message)
{
    struct pcap_recent *recent = &pcap->recent[pcap->recent_at++ % PCAP_RECENT];
    *recent = (struct pcap_recent){segment->connection, message->begin, segment->opener,
                                   message->message};
}

static void payload_fill(struct pcap_file *pcap, const struct world *world, uint8_t *payload,
                         const struct wire_segment *segment)
{
    struct wire_message message;
    uint32_t cursor = 0;
    memset(payload, '.', segment->length);
    for (uint32_t i = 0; segment->again && i < PCAP_RECENT; i++) {
        const struct pcap_recent *recent = &pcap->recent[i];
        if (recent->connection == segment->connection && recent->opener == segment->opener)
            piece_fill(pcap, payload, segment, &recent->message, recent->begin);
    }
    while (segment->length && wire_next_message(world, segment, &cursor, &message)) {
        if (message.message.type == TLS_CLIENT_HELLO)
            secret_note(pcap, segment->connection);
        if ((int32_t)(message.begin - segment->seq) >= 0 && !segment->again)
            recent_note(pcap, segment, &message);
        piece_fill(pcap, payload, segment, &message.message, message.begin);
    }
}

void pcap_file_segment(struct pcap_file *pcap, int variant, struct world *world,
                       const struct wire_segment *segment)
{
    static uint8_t packet[PCAP_PACKET_MOST], payload[PCAP_PACKET_MOST];
    uint8_t record[PCAP_RECORD_BYTES];
    FILE *file = segment->packet ? part_of(pcap, variant, world) : NULL; /* when it is sent */
    if (!file)
        return;
    payload_fill(pcap, world, payload, segment);
    uint32_t bytes = pcap_packet(packet, segment, payload);
    uint32_t kept = pcap_record_header(record, segment->time_ns, bytes);
    fwrite(record, 1, sizeof record, file);
    fwrite(packet, 1, kept, file);
}

/* --- going back, and the end ------------------------------------------------------------------ */

/* Keeps the first packets. */
static void cut_after(FILE *file, uint64_t packets)
{
    uint8_t record[PCAP_RECORD_BYTES];
    rewind(file);
    for (; packets > 0 && fread(record, 1, sizeof record, file) == sizeof record; packets--)
        if (fseek(file, (long)pcap_record_kept(record), SEEK_CUR) != 0)
            return;
    long end = ftell(file);
    if (end < 0 || fflush(file) != 0 || ftruncate(fileno(file), end) != 0)
        return;
    fseek(file, end, SEEK_SET);
}

void pcap_file_rewound(struct pcap_file *pcap, int variant, const struct world *world)
{
    FILE *file = variant < 0 ? pcap->base : pcap->variants[variant];
    uint64_t before = variant < 0 ? 0 : pcap->before[variant], packets = packets_of(world);
    if (file)
        cut_after(file, packets > before ? packets - before : 0);
}

static void append(FILE *to, FILE *from)
{
    static char bytes[65536];
    size_t got;
    rewind(from);
    while ((got = fread(bytes, 1, sizeof bytes, from)) > 0)
        fwrite(bytes, 1, got, to);
}

/* out.pcap of the variant lossy is out-lossy.pcap. */
static bool file_write(const struct pcap_file *pcap, const char *variant, FILE *own)
{
    char path[4096];
    uint8_t header[PCAP_HEADER_BYTES];
    const char *slash = strrchr(pcap->path, '/'), *dot = strrchr(slash ? slash : pcap->path, '.');
    int stem = dot ? (int)(dot - pcap->path) : (int)strlen(pcap->path);
    snprintf(path, sizeof path, "%.*s%s%s%s", stem, pcap->path, variant ? "-" : "",
             variant ? variant : "", dot ? dot : "");
    FILE *file = fopen(path, "wb");
    if (!file)
        return false;
    pcap_file_header(header);
    fwrite(header, 1, sizeof header, file);
    append(file, pcap->base);
    if (own)
        append(file, own);
    bool good = !ferror(file);
    return fclose(file) == 0 && good;
}

bool pcap_file_close(struct pcap_file *pcap, struct session *session)
{
    bool good = !pcap->failed && !ferror(pcap->base);
    uint32_t variants = session ? session_variants(session) : 1;
    for (uint32_t i = 0; i < variants && good; i++) {
        const char *name = session ? session_variant(session, i)->name : "";
        good = file_write(pcap, name[0] ? name : NULL, pcap->variants[i]);
    }
    int why = good ? 0 : errno ? errno : EIO;
    for (uint32_t i = 0; i < VARIANTS_MAX; i++)
        if (pcap->variants[i])
            fclose(pcap->variants[i]);
    fclose(pcap->base);
    free(pcap->secret);
    *pcap = (struct pcap_file){0};
    errno = why;
    return good;
}
