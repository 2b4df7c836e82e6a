/* Two machines as a command names them: A~B, A B, A -> B. */
#ifndef SIM_NET_PAIR_H
#define SIM_NET_PAIR_H

#include "sim/engine/world.h"

/* How many words from `word` on name two machines: 0 when they do not, -1 with the error.  `both`
 * is false for `A -> B`.  A component stands for its machine. */
int pair_of_machines(struct world *world, const struct command *command, unsigned word, uint32_t *a,
                     uint32_t *b, bool *both, struct error *error);

#endif
