/*
 * A packet of the wire as bytes: IPv4 and TCP headers with good checksums, and a payload that says
 * what its messages mean.
 */
#ifndef LAB_EXPORT_PCAP_H
#define LAB_EXPORT_PCAP_H

#include "sim/net/wire.h"

#define PCAP_HEADER_BYTES 24u    /* of the file */
#define PCAP_RECORD_BYTES 16u    /* before each packet */
#define PCAP_PACKET_MOST  65600u /* a segment over the loopback, with its headers */

/* A piece of the data that a segment carries. */
struct pcap_piece {
    struct message message;
    uint32_t offset, bytes; /* of the piece in the message */
    bool secret;            /* its connection speaks TLS */
};

/* The header of a file: nanoseconds, native byte order, raw IP.  Raw, because the world has no
 * Ethernet: addresses of cards would be made up. */
void pcap_file_header(uint8_t to[PCAP_HEADER_BYTES]);
/* How many of the bytes are kept; and the same of a header that was written. */
uint32_t pcap_record_header(uint8_t to[PCAP_RECORD_BYTES], uint64_t time_ns, uint32_t bytes);
uint32_t pcap_record_kept(const uint8_t record[PCAP_RECORD_BYTES]);

/* The packet; how many bytes.  `payload` are segment->length bytes. */
uint32_t pcap_packet(uint8_t to[PCAP_PACKET_MOST], const struct wire_segment *segment,
                     const uint8_t *payload);

/* Fills a piece's bytes in: RESP of a store and text of HTTP/1 as they are, of TLS and h2 what they
 * begin with. */
void pcap_payload(uint8_t *to, const struct pcap_piece *piece);
/* The same of a WebSocket (pcap_ws.c). */
void pcap_ws(uint8_t *to, const struct pcap_piece *piece);

#endif
