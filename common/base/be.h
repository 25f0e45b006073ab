/* SPDX-License-Identifier: Apache-2.0 */
/* Big-endian integers at any address, as PostgreSQL's binary format has them. */
#ifndef COMMON_BASE_BE_H
#define COMMON_BASE_BE_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline void be_put32(void *out, uint32_t value)
{
    value = htobe32(value);
    memcpy(out, &value, sizeof(value));
}

static inline void be_put64(void *out, uint64_t value)
{
    value = htobe64(value);
    memcpy(out, &value, sizeof(value));
}

static inline uint32_t be_get32(const void *data)
{
    uint32_t value;
    memcpy(&value, data, sizeof(value));
    return be32toh(value);
}

static inline uint64_t be_get64(const void *data)
{
    uint64_t value;
    memcpy(&value, data, sizeof(value));
    return be64toh(value);
}

#endif
