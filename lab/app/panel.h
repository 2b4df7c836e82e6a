/*
 * The panel: actions with digits for the selected part, or those of a lesson's step.
 */
#ifndef LAB_APP_PANEL_H
#define LAB_APP_PANEL_H

#include "lab/app/model.h"

#define PANEL_MAX 8

struct panel_row {
    char words[96];        /* "pull the plug" */
    char line[LINE_BYTES]; /* "power-cut redis-1" */
};

/* How many rows there are now. */
unsigned panel_rows(const struct model *model, struct panel_row rows[PANEL_MAX]);

#endif
