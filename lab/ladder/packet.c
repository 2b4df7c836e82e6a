/*
 * What is in a packet: addresses, flags, numbers, options, its bytes, and what it is for.
 */
#include "lab/ladder/ladder.h"

/* What it is for, in one sentence. */
static const char *purpose(const struct ladder_segment *segment, bool ko)
{
    const struct wire_segment *wire = &segment->wire;
    static const char *const words[][2] = {
        {"Says that there is no such connection, or that it is over at once.",
         "그런 연결은 없다고, 또는 지금 끝이라고 알립니다."},
        {"Accepts, and asks for the way back too.", "받아들이고, 반대 방향도 열자고 합니다."},
        {"Asks to open a connection. It carries no data, but takes one number.",
         "연결을 열자고 합니다. 데이터는 없지만 번호 하나를 씁니다."},
        {"Data, and the last of them: this side will send no more.",
         "데이터이면서 끝: 이쪽은 더 보내지 않습니다."},
        {"This side will send no more. It takes one number.",
         "이쪽은 더 보내지 않습니다. 번호 하나를 씁니다."},
        {"Data for the program on the other side.", "상대 프로그램에 줄 데이터입니다."},
        {"Only says up to which byte all has come; it is not acknowledged itself.",
         "어느 바이트까지 왔는지만 알립니다. 이 패킷에는 답이 없습니다."},
    };
    unsigned what = wire->flags & WIRE_RST     ? 0
                    : (wire->flags & WIRE_SYN) ? (wire->flags & WIRE_ACK ? 1 : 2)
                    : (wire->flags & WIRE_FIN) ? (wire->length ? 3 : 4)
                    : wire->length             ? 5
                                               : 6;
    return words[what][ko];
}

static void end_words(struct text *text, const struct world *world, uint32_t component,
                      uint32_t machine, uint32_t address, uint16_t port)
{
    text_add(text, component_at(world, component)->name);
    text_add(text, " (");
    text_add(text, component_at(world, machine)->name);
    if (address) {
        text_add_char(text, ' ');
        for (int shift = 24; shift >= 0; shift -= 8) {
            text_add_u64(text, address >> shift & 255);
            text_add(text, shift ? "." : "");
        }
    }
    if (port) {
        text_add_char(text, ':');
        text_add_u64(text, port);
    }
    text_add_char(text, ')');
}

static void flags_words(struct text *text, unsigned flags)
{
    static const struct {
        unsigned flag;
        const char *name;
    } names[] = {{WIRE_SYN, "SYN"},
                 {WIRE_FIN, "FIN"},
                 {WIRE_RST, "RST"},
                 {WIRE_PSH, "PSH"},
                 {WIRE_ACK, "ACK"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!(flags & names[i].flag))
            continue;
        text_add_char(text, ' ');
        text_add(text, names[i].name);
    }
}

static void number_words(struct text *text, const char *name, uint64_t number)
{
    text_add(text, name);
    text_add_grouped(text, number);
}

static void options_words(struct text *text, const struct wire_options *options)
{
    if (options->mss)
        number_words(text, "  mss ", options->mss);
    if (options->sack_permitted)
        text_add(text, "  sackOK");
    if (options->scaled)
        number_words(text, "  wscale ", options->window_shift);
    if (options->timestamps) {
        text_add(text, "  TS val ");
        text_add_u64(text, options->timestamp_value);
        text_add(text, " ecr ");
        text_add_u64(text, options->timestamp_echo);
    }
    for (unsigned i = 0; i < options->sacks && i < WIRE_SACKS; i++) {
        number_words(text, "  sack ", options->sack[i][0]);
        number_words(text, "-", options->sack[i][1]);
    }
}

static void times_words(struct text *text, const struct ladder_segment *segment, bool ko)
{
    text_add(text, ko ? "보냄   " : "sent   ");
    clock_add(text, segment->wire.time_ns, 6);
    text_add(text, "   ");
    text_add(text, ladder_fate_words(segment->fate, ko ? LANGUAGE_KO : LANGUAGE_EN));
    uint64_t there_ns = segment->settled_ns ? segment->settled_ns : segment->wire.arrival_ns;
    if (there_ns != segment->wire.time_ns) {
        text_add_char(text, ' ');
        clock_add(text, there_ns, 6);
    }
    text_add_char(text, '\n');
}

void ladder_packet(struct text *text, const struct world *world,
                   const struct ladder_segment *segment, enum language language)
{
    const struct wire_segment *wire = &segment->wire;
    bool ko = language == LANGUAGE_KO;
    end_words(text, world, wire->from, wire->from_machine, wire->from_address, wire->from_port);
    text_add(text, " -> ");
    end_words(text, world, wire->to, wire->to_machine, wire->to_address, wire->to_port);
    text_add_char(text, '\n');
    times_words(text, segment, ko);
    text_add(text, "flags ");
    flags_words(text, wire->flags);
    number_words(text, "   seq ", wire->seq);
    if (wire->flags & WIRE_ACK)
        number_words(text, "   ack ", wire->ack);
    if (wire->window)
        number_words(text, "   win ", wire->window);
    text_add_char(text, '\n');
    text_add(text, "options");
    options_words(text, &wire->options);
    text_add_char(text, '\n');
    number_words(text, ko ? "길이   데이터 " : "length   data ", wire->length);
    number_words(text, ko ? " B, IP와 TCP 헤더까지 " : " B, with IP and TCP headers ",
                 wire->ip_bytes);
    text_add(text, " B\n");
    if (segment->says[0]) {
        text_add(text, ko ? "내용   " : "words  ");
        text_add(text, segment->says);
        text_add_char(text, '\n');
    }
    if (wire->again)
        text_add(text, ko ? "새로운 것이 없습니다: 다시 보낸 것입니다.\n"
                          : "It holds nothing new: it was sent again.\n");
    text_add(text, purpose(segment, ko));
    text_add_char(text, '\n');
}
