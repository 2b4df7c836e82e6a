/* The catalog: one table with a row for every kind of component, the slabs they fill, and the
 * verbs. */
#include "sim/balance/balancer.h"
#include "sim/engine/component.h"
#include "sim/fault/fault.h"
#include "sim/machine/machine.h"
#include "sim/net/link.h"
#include "sim/net/tcp_state.h"
#include "sim/parts.h"
#include "sim/server/server.h"
#include "sim/store/sentinel.h"
#include "sim/store/store.h"
#include "sim/traffic/client.h"

const struct kind *const catalog[KIND_COUNT] = {
    [KIND_NONE] = NULL,
    [KIND_WORLD] = &world_kind,
    [KIND_NETWORK] = &network_kind,
    [KIND_MACHINE] = &machine_kind,
    [KIND_LINK] = &link_kind,
    [KIND_CLIENT] = &client_kind,
    [KIND_STORE] = &store_kind,
    [KIND_SERVER] = &server_kind,
    [KIND_SENTINEL] = &sentinel_kind,
    [KIND_BALANCER] = &balancer_kind,
};

const struct slab_spec slab_specs[SLAB_COUNT] = {
    [SLAB_EVENT] = {64, 0},
    [SLAB_CONNECTION] = {TCP_CONNECTION_BYTES, 0},
    [SLAB_MESSAGE] = {TCP_MESSAGE_BYTES, 0},
    [SLAB_REQUEST] = {CLIENT_REQUEST_BYTES, 0},
    [SLAB_WORK] = {CPU_WORK_BYTES, 0},
    [SLAB_FILE] = {sizeof(struct file), 0},
    [SLAB_COMPONENT] = {sizeof(struct component), 0},
};

const struct verb verbs[] = {
#define VERB(name, usage, en, ko, function) {name, usage, en, ko, function},
#include "sim/build.def"
#include "sim/fault/verbs.def"
#undef VERB
    {NULL, NULL, NULL, NULL, NULL},
};
