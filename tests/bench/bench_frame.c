/*
 * What a frame takes: the figures are taken from a world in which 60,000 WebSockets are open, and
 * a screen is drawn from them.  The lab does that four times a second.
 */
#include <string.h>

#include "bench_common.h"
#include "lab/app/drive.h"
#include "lab/app/model.h"
#include "lab/view/view.h"

static const char crowd[] =
    "seed 9\n"
    "machine users-1 ip_local_port_range=\"1024 65535\"\n"
    "machine chat-1 cores=8 ram=16GiB\n"
    "add server chat on chat-1 websocket=yes model=eventloop loops=8 maxConnections=unlimited "
    "acceptCount=4096 accept_cost=10us\n"
    "add client crowd on users-1 to=chat op=ws connections=60000 connect_rate=6000/s send=0.1/s "
    "timeout=30s\n"
    "watch crowd.connections\n";

static void frames(struct model *model, const char *name, enum place screen, const char *selected,
                   int rows, int columns)
{
    struct canvas canvas;
    double took[ROUNDS], worst = 0;
    if (!canvas_init(&canvas, rows, columns))
        exit(1);
    model->screen = screen;
    model->rows = rows;
    model->columns = columns;
    snprintf(model->selected, sizeof model->selected, "%s", selected);
    for (int i = 0; i < ROUNDS; i++) {
        double start = clock_seconds();
        model_look(model);
        view_render(model, &canvas);
        took[i] = clock_seconds() - start;
        worst = took[i] > worst ? took[i] : worst;
    }
    printf("%-28s %3dx%-3d %8.2f ms %8.2f ms\n", name, columns, rows, median(took) * 1e3,
           worst * 1e3);
    char work[80];
    snprintf(work, sizeof work, "a frame of %s, %dx%d, 60,000 connections", name, columns, rows);
    keep_goal(work, worst * 1e3, "ms", AT_MOST, 33);
    canvas_release(&canvas);
}

int main(void)
{
    static struct model model;
    struct error error;
    model_init(&model, LANGUAGE_EN);
    if (!model_open_script(&model, "crowd.lab", crowd, strlen(crowd)) ||
        !session_line(model.session, "run 15s", &error)) {
        fprintf(stderr, "%s\n", model.message);
        return 1;
    }
    while (session_now(model.session) < 15 * SECOND_NS &&
           session_advance(model.session, 15 * SECOND_NS, 0))
        ;
    model_look(&model);
    printf("connections open: %lld\n",
           (long long)look_number(&model.look, look_part(&model.look, "chat"), "connections"));
    puts("a frame                      size      median      worst (goal: 33 ms)");
    frames(&model, "the world", PLACE_WORLD, "chat", 24, 80);
    frames(&model, "inside the server", PLACE_PART, "chat", 24, 80);
    frames(&model, "the server's walls", PLACE_SERVER, "chat", 24, 80);
    frames(&model, "the server's walls", PLACE_SERVER, "chat", 60, 200);
    model_release(&model);
    return 0;
}
