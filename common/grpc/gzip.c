/* SPDX-License-Identifier: Apache-2.0 */
#include "common/grpc/gzip.h"

#include <zlib.h>

enum {
    GZIP_WINDOW = 15 + 16, /* the largest window, in gzip's wrapping */
    GZIP_LEVEL = 1,        /* messages are small and latency counts */
    GZIP_MEMORY = 8,       /* zlib's default */
    GZIP_CHUNK = 16 * 1024,
};

bool gzip_compress(const uint8_t *data, size_t len, struct buf *out)
{
    z_stream z = {0};
    if (len > UINT32_MAX ||
        deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY)) {
        return false;
    }
    size_t bound = deflateBound(&z, len);
    uint8_t *to = buf_reserve(out, bound);
    bool good = to != NULL;
    if (good) {
        z.next_in = (Bytef *)data;
        z.avail_in = (uInt)len;
        z.next_out = to;
        z.avail_out = (uInt)bound;
        good = deflate(&z, Z_FINISH) == Z_STREAM_END;
        out->len += good ? z.total_out : 0;
    }
    deflateEnd(&z);
    return good;
}

/* Expands into `out` chunk by chunk; what was appended is taken back by the caller on failure. */
static enum gzip_result expand_chunks(z_stream *z, size_t limit, struct buf *out)
{
    for (;;) {
        uint8_t *to = buf_reserve(out, GZIP_CHUNK);
        if (!to) {
            return GZIP_NO_MEMORY;
        }
        z->next_out = to;
        z->avail_out = GZIP_CHUNK;
        int rc = inflate(z, Z_NO_FLUSH);
        out->len += GZIP_CHUNK - z->avail_out;
        if (z->total_out > limit) {
            return GZIP_TOO_BIG;
        }
        if (rc == Z_STREAM_END) {
            return z->avail_in == 0 ? GZIP_OK : GZIP_CORRUPT;
        }
        if (rc != Z_OK) {
            return rc == Z_MEM_ERROR ? GZIP_NO_MEMORY : GZIP_CORRUPT;
        }
    }
}

enum gzip_result gzip_expand(const uint8_t *data, size_t len, size_t limit, struct buf *out)
{
    z_stream z = {.next_in = (Bytef *)data, .avail_in = (uInt)len};
    size_t before = out->len;
    if (len > UINT32_MAX) {
        return GZIP_TOO_BIG;
    }
    if (inflateInit2(&z, GZIP_WINDOW) != Z_OK) {
        return GZIP_NO_MEMORY;
    }
    enum gzip_result result = expand_chunks(&z, limit, out);
    inflateEnd(&z);
    if (result != GZIP_OK) {
        out->len = before;
    }
    return result;
}
