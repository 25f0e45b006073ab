/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a gRPC call on the wire: grpc-status, grpc-message and grpc-status-details-bin. */
#ifndef SERVER_RPC_TRAILERS_H
#define SERVER_RPC_TRAILERS_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include "server/net/http2.h"

#define TRAILERS_STATIC(header, text)                                                              \
    {                                                                                              \
        (uint8_t *)(header), (uint8_t *)(text), sizeof(header) - 1, sizeof(text) - 1,              \
            NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE                           \
    }

enum {
    TRAILERS_MAX = 3,
    /* Bytes of details before base64: for a client that does not say what it takes, and at most, as
     * nghttp2 takes no header value above 64 KiB. */
    TRAILERS_DETAILS_USUAL = 5 * 1024,
    TRAILERS_DETAILS_MOST = 47 * 1024,
};

/* How many bytes of details a client takes that accepts header blocks of `header_limit` bytes. */
size_t trailers_details_room(uint32_t header_limit);

/* Fills up to TRAILERS_MAX trailers for `err`; their text lives in `arena`. Violations that would
 * not fit `details_room` bytes are left out. Returns how many. */
size_t trailers_make(nghttp2_nv *trailers, const struct err *err, size_t details_room,
                     struct arena *arena);

/* A header whose name outlives the stream and whose value is copied when it is sent. */
nghttp2_nv trailers_header(const char *name, const char *value);

#endif
