/* SPDX-License-Identifier: Apache-2.0 */
/* Growable byte buffer that is filled at the end and consumed from the front. */
#ifndef COMMON_BASE_BUF_H
#define COMMON_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    uint8_t *data; /* owned; the live bytes are data[start .. start + len) */
    size_t start;
    size_t len;
    size_t cap;
};

/* Frees the bytes; the buffer is empty again. A zeroed struct is an empty buffer. */
void buf_deinit(struct buf *buf);

/* Makes room for `extra` more bytes and returns where they go; NULL when out of memory. The caller
 * adds to buf->len what it wrote. */
uint8_t *buf_reserve(struct buf *buf, size_t extra);

/* Appends a copy of `len` bytes. False when out of memory, with the buffer unchanged. */
bool buf_append(struct buf *buf, const void *data, size_t len);

/* Drops `len` bytes from the front; `len` is at most buf->len. */
void buf_consume(struct buf *buf, size_t len);

/* The first live byte. Borrowed until the next change. */
static inline const uint8_t *buf_head(const struct buf *buf)
{
    return buf->data ? buf->data + buf->start : NULL;
}

#endif
