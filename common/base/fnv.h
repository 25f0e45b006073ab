/* SPDX-License-Identifier: Apache-2.0 */
/* The hash FNV-1a of 64 bits, for tables in memory: quick and well spread, and no secret. */
#ifndef COMMON_BASE_FNV_H
#define COMMON_BASE_FNV_H

#include <stddef.h>
#include <stdint.h>

/* Of `len` bytes. `seed` tells what is hashed beside them; 0 where that is nothing. */
static inline uint64_t fnv_hash(uint64_t seed, const void *bytes, size_t len)
{
    const unsigned char *byte = bytes;
    uint64_t hash = 14695981039346656037ULL ^ seed;
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ byte[i]) * 1099511628211ULL;
    }
    return hash;
}

#endif
