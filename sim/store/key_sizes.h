/*
 * What decides how large a key is, and how large it is in memory and in both kinds of files.
 */
#ifndef SIM_STORE_KEY_SIZES_H
#define SIM_STORE_KEY_SIZES_H

#include "sim/store/keyspace.h"

struct key_shape {
    uint32_t key_bytes, value_bytes;
    bool integer, expires;
    int64_t number;
};

struct key_sizes {
    uint64_t data_bytes, rdb_bytes, aof_bytes;
};

struct key_sizes key_sizes_of(const struct key_shape *shape);

#endif
