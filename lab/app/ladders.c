/*
 * The ladders on the screen: hearing, choosing, dropping a packet.
 */
#include "lab/app/ladders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/app/acts.h"
#include "lab/app/drive.h"
#include "lab/app/flow.h"
#include "lab/app/twins.h"
#include "sim/net/way.h"

#define AFTER_DROP_NS (2 * SECOND_NS) /* a first retransmission and its answer are seen */

/* --- hearing ---------------------------------------------------------------------------------- */

static bool are_seen(const struct model *model)
{
    return model->session && (model->screen == PLACE_LADDER ||
                              (model->screen == PLACE_WATCH && flow_shows_ladder(model)));
}

/* A world that the session has closed meanwhile is not touched any more. */
static void side_deaf(struct model *model, struct ladder_side *side)
{
    for (uint32_t i = 0; side->world && i < session_variants(model->session); i++)
        if (session_variant(model->session, i)->world == side->world)
            wire_listen(side->world, NULL, NULL);
    side->world = NULL;
}

void ladders_close(struct model *model)
{
    struct ladders *ladders = &model->ladders;
    for (uint32_t i = 0; ladders->sides && i < LADDER_SIDES; i++) {
        side_deaf(model, &ladders->sides[i]);
        ladder_release(&ladders->sides[i].record);
    }
    free(ladders->sides);
    memset(ladders, 0, sizeof *ladders);
}

void ladders_went_back(struct model *model)
{
    model->ladders.stale = true;
}

/* Hears the past of A or B and goes on to listen. */
static void side_hear(struct model *model, uint32_t at)
{
    struct ladder_side *side = &model->ladders.sides[at];
    struct variant *of = session_variant(model->session, twins_variant(model, at));
    if (side->world == of->world && !model->ladders.stale)
        return;
    side_deaf(model, side);
    if (of->history && ladder_fill(&side->record, of->history, of->world) &&
        ladder_listen(&side->record, of->world))
        side->world = of->world;
}

static void hear(struct model *model)
{
    struct ladders *ladders = &model->ladders;
    if (!ladders->sides) {
        ladders->sides = calloc(LADDER_SIDES, sizeof *ladders->sides);
        for (uint32_t i = 0; ladders->sides && i < LADDER_SIDES; i++)
            ladders->sides[i].row = LADDER_LAST;
    }
    if (!ladders->sides)
        return;
    ladders->count = twins_exist(model) ? LADDER_SIDES : 1;
    if (ladders->side >= ladders->count)
        ladders->side = 0;
    for (uint32_t i = 0; i < ladders->count; i++)
        side_hear(model, i);
    ladders->stale = false;
}

/* --- looking ---------------------------------------------------------------------------------- */

/* NAME.METRIC of a world, unless a question hides it. */
static bool read_metric(struct model *model, struct world *world, const char *part,
                        const char *metric, int64_t *number)
{
    char name[2 * NAME_BYTES];
    struct metric_ref which;
    struct error error;
    struct value value = {0};
    snprintf(name, sizeof name, "%s.%s", part, metric);
    bool known = !session_hidden(model->session, name) &&
                 world_metric(world, name, &which, &error) && world_read(world, which, &value);
    *number = value.number;
    return known;
}

static void take_totals(struct model *model, struct ladder_side *side)
{
    struct ladder_totals *totals = &side->totals;
    struct world *world = side->world;
    const struct ladder_scene *scene = &side->scene;
    const char *client = component_at(world, scene->opener)->name;
    char link[2 * NAME_BYTES + 2];
    memset(totals, 0, sizeof *totals);
    if (!side->known || component_at(world, scene->opener)->kind != KIND_CLIENT)
        return;
    snprintf(link, sizeof link, "%s~%s", component_at(world, scene->left)->name,
             component_at(world, scene->right)->name);
    totals->known = read_metric(model, world, client, "acked", &totals->acked) &&
                    read_metric(model, world, client, "connects", &totals->connects) &&
                    read_metric(model, world, link, "packets", &totals->packets);
    if (side->record.heard != side->record.count)
        return;
    for (uint32_t i = 0; i < side->record.count; i++) {
        const struct ladder_segment *segment = ladder_at(&side->record, i);
        if (segment->wire.to == scene->opener && segment->ends && segment->fate == WIRE_ARRIVED)
            totals->time_ns = segment->settled_ns - ladder_at(&side->record, 0)->wire.time_ns;
    }
}

static void side_look(struct model *model, struct ladder_side *side, uint32_t back)
{
    struct ladders *ladders = &model->ladders;
    struct ladder_choice choice = {.a = ladders->a,
                                   .b = ladders->b,
                                   .component = ladders->component,
                                   .back = back,
                                   .connection = side->connection,
                                   .exchange = side->exchange};
    side->known = side->world && ladder_scene_make(&side->scene, &side->record, &choice);
    if (side->world)
        take_totals(model, side);
}

void ladders_look(struct model *model)
{
    struct ladders *ladders = &model->ladders;
    if (!are_seen(model)) {
        if (ladders->sides)
            ladders_close(model);
        return;
    }
    hear(model);
    for (uint32_t i = 0; ladders->sides && i < ladders->count; i++)
        side_look(model, &ladders->sides[i], 0);
}

/* Whose conversations: those of the selected part, else all. */
static void choose_part(struct model *model, bool all)
{
    struct ladders *ladders = &model->ladders;
    const struct part *part = look_part(&model->look, model->selected);
    ladders->a = ladders->b = ladders->component = 0;
    if (all || !part)
        return;
    if (part->kind == KIND_MACHINE) {
        ladders->a = part->id;
    } else if (part->kind == KIND_LINK) {
        char name[NAME_BYTES];
        snprintf(name, sizeof name, "%s", part->name);
        char *between = strchr(name, '~');
        if (!between)
            return;
        *between = 0;
        ladders->a = component_find(model_world(model), name);
        ladders->b = component_find(model_world(model), between + 1);
    } else {
        ladders->component = part->id;
    }
}

static bool any_known(const struct ladders *ladders)
{
    bool known = false;
    for (uint32_t i = 0; ladders->sides && i < ladders->count; i++)
        known = known || ladders->sides[i].known;
    return known;
}

bool ladders_open(struct model *model)
{
    enum place before = model->screen;
    ladders_close(model);
    model->screen = PLACE_LADDER;
    choose_part(model, false);
    ladders_look(model);
    if (!any_known(&model->ladders)) {
        choose_part(model, true);
        ladders_look(model);
    }
    bool known = any_known(&model->ladders);
    model->screen = before;
    if (!known)
        ladders_close(model);
    return known;
}

uint32_t ladders_side(const struct model *model)
{
    const struct ladders *ladders = &model->ladders;
    return ladders->count > 1 && model->twins.large ? model->twins.large - 1 : ladders->side;
}

uint32_t ladders_row(const struct ladder_side *side)
{
    const struct ladder_scene *scene = &side->scene;
    uint32_t row = side->row < scene->count ? side->row : scene->count - 1;
    if (!side->known || scene->count == 0)
        return scene->count;
    while (row > 0 && scene->rows[row].number == 0)
        row--;
    return row;
}

/* --- keys ------------------------------------------------------------------------------------- */

static struct ladder_side *side_of(struct model *model)
{
    struct ladders *ladders = &model->ladders;
    return ladders->sides ? &ladders->sides[ladders_side(model)] : NULL;
}

bool press_ladder(struct model *model, const struct key *key)
{
    (void)key;
    if (flow_active(model) && flow_open_question(model)) {
        model_tell(model, "%s", model_say(model, WORD_SHOWN_AFTER_GUESS));
        return true;
    }
    drive_play(model, false);
    if (ladders_open(model))
        model_show(model, PLACE_LADDER);
    else
        model_tell(model, "%s", model_say(model, WORD_NO_PACKETS));
    model_look(model);
    return true;
}

/* Up and down over the packets; the answer's mark is passed over. */
static bool row_by(struct model *model, int by)
{
    struct ladder_side *side = side_of(model);
    uint32_t row = side ? ladders_row(side) : 0;
    if (!side || !side->known)
        return true;
    uint32_t last = side->scene.count - 1;
    for (int steps = by < 0 ? -by : by; steps > 0;) {
        if (by < 0 ? row == 0 : row == last)
            break;
        row = by < 0 ? row - 1 : row + 1;
        steps -= side->scene.rows[row].number != 0;
    }
    if (side->scene.rows[row].number == 0) /* a mark is no packet: stay where one is */
        return true;
    side->row = row == last ? LADDER_LAST : row;
    model->redraw = true;
    return true;
}

bool press_row_up(struct model *model, const struct key *key)
{
    (void)key;
    return row_by(model, -1);
}

bool press_row_down(struct model *model, const struct key *key)
{
    (void)key;
    return row_by(model, 1);
}

/* What was chosen stays, whatever comes; the newest of all follows what comes. */
static void pin(struct ladder_side *side)
{
    const struct ladder_scene *scene = &side->scene;
    bool newest = scene->connection_at == scene->connections;
    bool last = scene->exchange_at == scene->exchanges;
    side->connection = newest && last ? 0 : scene->connection;
    side->exchange = last ? 0 : scene->exchange_at;
}

static void look_anew(struct model *model, struct ladder_side *side, uint32_t back)
{
    side->row = LADDER_LAST;
    side_look(model, side, back);
    pin(side);
    model->redraw = true;
}

static bool exchange_by(struct model *model, int by)
{
    struct ladder_side *side = side_of(model);
    if (!side || !side->known)
        return true;
    uint32_t at = side->scene.exchange_at;
    if (by < 0 ? at == 1 : at == side->scene.exchanges)
        return true;
    side->connection = side->scene.connection;
    side->exchange = by < 0 ? at - 1 : at + 1;
    look_anew(model, side, 0);
    return true;
}

bool press_exchange_before(struct model *model, const struct key *key)
{
    (void)key;
    return exchange_by(model, -1);
}

bool press_exchange_after(struct model *model, const struct key *key)
{
    (void)key;
    return exchange_by(model, 1);
}

static bool connection_by(struct model *model, int by)
{
    struct ladder_side *side = side_of(model);
    if (!side || !side->known)
        return true;
    uint32_t back = side->scene.connections - side->scene.connection_at;
    if (by < 0 ? side->scene.connection_at == 1 : back == 0)
        return true;
    side->connection = 0;
    side->exchange = 0;
    look_anew(model, side, by < 0 ? back + 1 : back - 1);
    return true;
}

bool press_connection_before(struct model *model, const struct key *key)
{
    (void)key;
    return connection_by(model, -1);
}

bool press_connection_after(struct model *model, const struct key *key)
{
    (void)key;
    return connection_by(model, 1);
}

bool press_other_side(struct model *model, const struct key *key)
{
    struct ladders *ladders = &model->ladders;
    (void)key;
    ladders->side = 1 - ladders_side(model);
    if (model->twins.large)
        model->twins.large = ladders->side + 1;
    model->redraw = true;
    return true;
}

bool press_next_packet(struct model *model, const struct key *key)
{
    struct ladder_side *side = side_of(model);
    (void)key;
    if (!side)
        return true;
    side->row = LADDER_LAST;
    model->ladders.heard = side->record.heard + 1;
    drive_seek(model);
    return true;
}

bool ladders_news(const struct model *model)
{
    const struct ladders *ladders = &model->ladders;
    const struct ladder_side *side = ladders->sides ? &ladders->sides[ladders_side(model)] : NULL;
    if (!side || model->screen != PLACE_LADDER || side->record.heard < ladders->heard ||
        side->record.count == 0)
        return false;
    const struct ladder_segment *last = ladder_at(&side->record, side->record.count - 1);
    return !side->connection || last->wire.connection == side->connection;
}

bool press_packet(struct model *model, const struct key *key)
{
    struct ladder_side *side = side_of(model);
    (void)key;
    if (!side || !side->known)
        return true;
    const struct ladder_row *row = &side->scene.rows[ladders_row(side)];
    struct text to = TEXT(model->answer);
    text_clear(&to);
    text_add_u64(&to, row->number);
    text_add(&to, "  ");
    text_add(&to, row->words);
    text_add(&to, "\n\n");
    ladder_packet(&to, side->world, ladder_at(&side->record, row->segment), model->language);
    model->overlay = OVERLAY_PACKET;
    model->scroll = 0;
    return true;
}

/* --- dropping --------------------------------------------------------------------------------- */

/* Back to just before the packet was sent; then exactly this one of its way vanishes. */
static bool drop_exactly(struct model *model, uint32_t side_at, const struct wire_segment *wire)
{
    char line[LINE_BYTES], of[48] = "";
    struct variant *variant = session_variant(model->session, twins_variant(model, side_at));
    drive_rewind(model, wire->time_ns ? wire->time_ns - 1 : 0);
    struct world *world = variant->world;
    uint32_t way = way_find(world, wire->from_machine, wire->to_machine);
    uint64_t sent = way ? way_at(world, way)->packets : 0;
    if (wire->packet <= sent)
        return false;
    if (session_variants(model->session) > 1)
        snprintf(of, sizeof of, "%s: ", variant->name);
    int bytes = snprintf(line, sizeof line, "%sdrop-next %s -> %s", of,
                         component_at(world, wire->from_machine)->name,
                         component_at(world, wire->to_machine)->name);
    uint64_t skip = wire->packet - sent - 1;
    if (skip && bytes > 0 && (size_t)bytes < sizeof line)
        snprintf(line + bytes, sizeof line - (size_t)bytes, " skip=%llu", (unsigned long long)skip);
    return model_command(model, line);
}

bool press_drop(struct model *model, const struct key *key)
{
    struct ladder_side *side = side_of(model);
    (void)key;
    if (!side || !side->known)
        return true;
    if (flow_active(model) && model->flow.script.running) {
        model_tell(model, "%s", model_say(model, WORD_LADDER_RUNS));
        return true;
    }
    uint64_t now_ns = session_now(model->session);
    side->connection = side->scene.connection; /* the same request is seen again */
    side->exchange = side->scene.exchange_at;
    struct wire_segment wire =
        ladder_at(&side->record, side->scene.rows[ladders_row(side)].segment)->wire;
    if (wire.from_machine == wire.to_machine) {
        model_tell(model, "%s", model_say(model, WORD_LADDER_LOOPBACK));
        return true;
    }
    model->flow.script.begun = false; /* what was watched is counted; this is another run */
    if (!drop_exactly(model, ladders_side(model), &wire))
        return true;
    uint64_t until_ns = wire.time_ns + AFTER_DROP_NS;
    drive_rush(model, now_ns > until_ns ? now_ns : until_ns);
    return true;
}
