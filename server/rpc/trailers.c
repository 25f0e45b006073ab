/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rpc/trailers.h"

#include "google/rpc/status.pb-c.h"
#include "server/rpc/details.h"

#include <string.h>

enum { TRAILERS_MESSAGE_MAX = 3 * ERR_MAX_MESSAGE };

nghttp2_nv trailers_header(const char *name, const char *value)
{
    return (nghttp2_nv){(uint8_t *)name, (uint8_t *)value, strlen(name), strlen(value),
                        NGHTTP2_NV_FLAG_NO_COPY_NAME};
}

/* The base64 text of google.rpc.Status, or NULL when there is nothing to tell or no memory. */
static const char *make_details(const struct err *err, size_t room, struct arena *arena)
{
    struct details details;
    Google__Protobuf__Any *list[DETAILS_MAX];
    Google__Rpc__Status status = GOOGLE__RPC__STATUS__INIT;
    details_make(&details, err, room, arena);
    for (size_t i = 0; i < details.count; i++) {
        list[i] = &details.items[i];
    }
    status.code = (int32_t)err->code;
    status.message = (char *)err->message;
    status.n_details = details.count;
    status.details = list;
    size_t len = google__rpc__status__get_packed_size(&status);
    uint8_t *packed = arena_alloc(arena, len);
    char *text = arena_alloc(arena, (len + 2) / 3 * 4 + 1);
    if (details.count == 0 || !packed || !text) {
        return NULL;
    }
    google__rpc__status__pack(&status, packed);
    grpc_base64_encode(packed, len, text);
    return text;
}

size_t trailers_details_room(uint32_t header_limit)
{
    size_t rest = 2 * TRAILERS_MESSAGE_MAX; /* for the other headers */
    if (header_limit == UINT32_MAX) {
        return TRAILERS_DETAILS_USUAL;
    }
    if (header_limit < rest) {
        return 0;
    }
    size_t room = ((size_t)header_limit - rest) / 4 * 3;
    return room < TRAILERS_DETAILS_MOST ? room : TRAILERS_DETAILS_MOST;
}

size_t trailers_make(nghttp2_nv *trailers, const struct err *err, size_t details_room,
                     struct arena *arena)
{
    static const nghttp2_nv ok = TRAILERS_STATIC("grpc-status", "0");
    if (err->code == GRPC_OK) {
        trailers[0] = ok;
        return 1;
    }
    char *code = arena_printf(arena, "%d", (int)err->code);
    char *message = arena_alloc(arena, TRAILERS_MESSAGE_MAX + 1);
    if (!code || !message) {
        static const nghttp2_nv exhausted = TRAILERS_STATIC("grpc-status", "8");
        trailers[0] = exhausted;
        return 1;
    }
    grpc_message_encode(err->message, message, TRAILERS_MESSAGE_MAX + 1);
    const char *details = NULL;
    if (err->violation_count > 0 || err->retry_after_ms > 0) {
        details = make_details(err, details_room, arena);
    }
    trailers[0] = trailers_header("grpc-status", code);
    trailers[1] = trailers_header("grpc-message", message);
    if (details) {
        trailers[2] = trailers_header("grpc-status-details-bin", details);
    }
    return details ? 3 : 2;
}
