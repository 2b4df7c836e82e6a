/*
 * Ladders: the packets of a connection one below the other, each with its fate.
 *
 * A record hears the wire of one world (sim/net/wire.h): from now on, or of the past by replay.  A
 * scene is what is shown of it: one connection, one exchange of it, as rows.
 */
#ifndef LAB_LADDER_LADDER_H
#define LAB_LADDER_LADDER_H

#include "lab/history/history.h"
#include "sim/net/wire.h"

#define LADDER_WORDS 48

/* --- the record ------------------------------------------------------------------------------- */

struct ladder_segment {
    struct wire_segment wire; /* as it was sent */
    uint64_t settled_ns;      /* it had come, or was found lost; 0: under way */
    uint8_t fate;             /* enum wire_fate, by now */
    uint8_t to_state;         /* the receiver's when it had come */
    bool begins, ends;        /* a message does in it */
    char says[LADDER_WORDS];  /* "GET /", "200 452 B"; "" no data */
};

/* The newest segments of a world.  Zero is an empty record that hears nothing. */
struct ladder_record {
    struct ladder_segment *segments; /* a ring */
    uint32_t first, count;
    uint32_t settled; /* so many of the oldest are not under way any more */
    uint64_t heard;   /* all that ever were: what is gone is heard - count */
};

/* Hears from now on what the world sends; owns its memory, not the world.  False: no memory. */
bool ladder_listen(struct ladder_record *record, struct world *world);
/* Hears what was sent up to now, by replay: as far back as it can be had in short time. */
bool ladder_fill(struct ladder_record *record, struct history *history, const struct world *world);
void ladder_clear(struct ladder_record *record);
void ladder_release(struct ladder_record *record);

/* The i-th oldest. */
const struct ladder_segment *ladder_at(const struct ladder_record *record, uint32_t i);

/* What a person calls a message: "SET k:17", "GET /". */
void ladder_message_words(struct text *text, const struct message *message);

/* --- the scene -------------------------------------------------------------------------------- */

#define LADDER_ROWS         1000             /* half of them packets at most */
#define LADDER_TIME_WAIT_NS (60 * SECOND_NS) /* Linux TCP_TIMEWAIT_LEN */

/* What is chosen of a record. */
struct ladder_choice {
    uint32_t a, b;      /* machines that must be its ends, 0 any */
    uint32_t component; /* that must be one of its ends, 0 any */
    uint32_t back;      /* so many connections before the newest */
    uint32_t exchange;  /* the how-maniest of it, from 1; 0: the last */
    bool whole;         /* all exchanges of the connection */
    handle connection;  /* this one, whatever came after it; 0: by `back` */
};

struct ladder_row {
    uint32_t segment; /* place in the record; of the answer's mark: what ended it */
    uint32_t number;  /* of the packet, from 1; 0: the answer has come */
    uint64_t time_ns;
    uint64_t again_ns; /* of a lost one: when the same was sent again; 0 not yet */
    uint32_t trips;    /* of the answer: ways that had to be gone one after the other */
    uint32_t unused;
    char words[LADDER_WORDS];
};

struct ladder_scene {
    handle connection;
    uint32_t index;                      /* of the connection, for tcp.h */
    uint32_t left, right;                /* machines: who opened it stands left */
    uint32_t opener, acceptor;           /* components */
    uint32_t connections, connection_at; /* how many there are, which from 1 (the oldest) */
    uint32_t exchanges, exchange_at;
    bool opens;                /* its first row is the SYN */
    uint64_t start_ns, end_ns; /* of the first packet, and when the last has come */
    uint64_t answer_ns; /* when it was whole (of all: the last), since start; 0: no answer yet */
    uint32_t packets, lost;
    uint32_t closing;   /* number of the first packet after the answer from which on it closes, 0 */
    uint64_t closed_ns; /* when an end went into TIME-WAIT; 0: none did */
    bool left_waits, right_waits; /* in TIME-WAIT */
    uint8_t states[2];            /* enum tcp_state of the left end and the right, as last heard */
    struct ladder_row rows[LADDER_ROWS];
    uint32_t count;
};

/* The receiver's state (enum tcp_state) when the packet of a row had come, before its program did
 * anything; 0 when it has not. */
unsigned ladder_arrival_state(const struct ladder_scene *scene, const struct ladder_record *record,
                              uint32_t row);

/* False: there is no such conversation. */
bool ladder_scene_make(struct ladder_scene *scene, const struct ladder_record *record,
                       const struct ladder_choice *choice);

/* --- words ------------------------------------------------------------------------------------ */

/* "SYN+ACK", "GET /", "FIN": what the segment is; `news`: it acknowledges something new. */
void ladder_segment_words(struct text *text, const struct ladder_segment *segment, bool news);

/* Milliseconds with as many digits as the scene's length asks for. */
void ladder_ms(struct text *text, const struct ladder_scene *scene, uint64_t ns);

/* "arrived", "lost (the link is cut)". */
const char *ladder_fate_words(unsigned fate, enum language language);

/* What is in the packet: flags, numbers, options, bytes, words; a line each. */
void ladder_packet(struct text *text, const struct world *world,
                   const struct ladder_segment *segment, enum language language);

/* The whole scene as lines. */
void ladder_print(struct text *text, const struct world *world, const struct ladder_record *record,
                  const struct ladder_scene *scene, enum language language);

#endif
