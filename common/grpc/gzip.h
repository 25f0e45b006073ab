/* SPDX-License-Identifier: Apache-2.0 */
/* One message as one gzip member and back, within a limit. Specification: RFC 1952, over zlib. */
#ifndef COMMON_GRPC_GZIP_H
#define COMMON_GRPC_GZIP_H

#include "common/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum gzip_result {
    GZIP_OK,
    GZIP_TOO_BIG,   /* more than `limit` bytes come out */
    GZIP_CORRUPT,   /* not one whole gzip member, or bytes after it */
    GZIP_NO_MEMORY, /* nothing was appended */
};

/* Appends the compressed `data` to `out`. False when out of memory, with `out` unchanged. */
bool gzip_compress(const uint8_t *data, size_t len, struct buf *out);

/* Appends what `data` expands to, at most `limit` bytes. `out` is unchanged unless GZIP_OK. Memory
 * grows with what really comes out, never with what the input claims. */
enum gzip_result gzip_expand(const uint8_t *data, size_t len, size_t limit, struct buf *out);

#endif
