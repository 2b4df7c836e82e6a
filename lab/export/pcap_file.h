/*
 * The packets of a run as files that tcpdump and tshark read: one file, or one a variant.
 *
 * Each packet is there once, at the time at which it was sent, also when it was lost: what tcpdump
 * on each sender's machine writes, put together.  What a rewind took back is cut.
 */
#ifndef LAB_EXPORT_PCAP_FILE_H
#define LAB_EXPORT_PCAP_FILE_H

#include <stdio.h>

#include "lab/export/pcap.h"
#include "lab/language/session.h"

#define PCAP_RECENT 1024

/* Messages that were seen lately: what is sent again after it was read is no longer in the world.
 */
struct pcap_recent {
    handle connection;
    uint32_t begin;
    uint32_t opener;
    struct message message;
};

struct pcap_file {
    const char *path;
    FILE *base; /* temporary: the only world, or what came before the fork; NULL: closed */
    FILE *variants[VARIANTS_MAX];
    uint64_t before[VARIANTS_MAX]; /* packets of the world when its own part begins */
    struct pcap_recent recent[PCAP_RECENT];
    uint32_t recent_at;
    handle *secret; /* a set: connections that speak TLS */
    uint32_t secret_count, secret_limit;
    bool failed;
};

bool pcap_file_open(struct pcap_file *pcap, const char *path);
void pcap_file_segment(struct pcap_file *pcap, int variant, struct world *world,
                       const struct wire_segment *segment);
void pcap_file_rewound(struct pcap_file *pcap, int variant, const struct world *world);
/* Writes FILE, of variants FILE with -NAME before its ending; false (errno) when it could not. */
bool pcap_file_close(struct pcap_file *pcap, struct session *session);

#endif
