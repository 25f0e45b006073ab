/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/buf.h"

#include <stdlib.h>
#include <string.h>

enum { BUF_FIRST = 256 };

void buf_deinit(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){0};
}

uint8_t *buf_reserve(struct buf *buf, size_t extra)
{
    size_t need;
    if (__builtin_add_overflow(buf->len, extra, &need)) {
        return NULL;
    }
    if (buf->start + need > buf->cap && buf->start > 0) {
        memmove(buf->data, buf->data + buf->start, buf->len);
        buf->start = 0;
    }
    if (need > buf->cap || !buf->data) { /* also for nothing: NULL says that there is no memory */
        size_t cap = buf->cap ? buf->cap : BUF_FIRST;
        while (cap < need) {
            if (__builtin_mul_overflow(cap, 2, &cap)) {
                return NULL;
            }
        }
        uint8_t *data = realloc(buf->data, cap);
        if (!data) {
            return NULL;
        }
        buf->data = data;
        buf->cap = cap;
    }
    return buf->data + buf->start + buf->len;
}

bool buf_append(struct buf *buf, const void *data, size_t len)
{
    if (len == 0) {
        return true;
    }
    uint8_t *end = buf_reserve(buf, len);
    if (!end) {
        return false;
    }
    memcpy(end, data, len);
    buf->len += len;
    return true;
}

void buf_consume(struct buf *buf, size_t len)
{
    buf->start += len;
    buf->len -= len;
    if (buf->len == 0) {
        buf->start = 0;
    }
}
