/*
 * The text of progress: what its first line says.
 */
#ifndef LAB_PROGRESS_EXCHANGE_H
#define LAB_PROGRESS_EXCHANGE_H

#define EXCHANGE_NAME   "outage-progress"
#define EXCHANGE_HEADER EXCHANGE_NAME " 2"
#define EXCHANGE_BEFORE EXCHANGE_NAME " 1" /* without agenda, pause, run: read, not written */

#endif
