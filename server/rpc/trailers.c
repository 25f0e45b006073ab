/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rpc/trailers.h"

#include "google/rpc/error_details.pb-c.h"
#include "google/rpc/status.pb-c.h"
#include "server/rpc/call.h"

#include <stdio.h>
#include <string.h>

/* Tag and length around one violation. */
enum { VIOLATION_FRAME = 4 };

enum { TRAILERS_MAX_DETAILS = 2, TRAILERS_MESSAGE_MAX = 3 * ERR_MAX_MESSAGE };

#define TYPE_PREFIX "type.googleapis.com/"

static nghttp2_nv header(const char *name, const char *value)
{
    return (nghttp2_nv){(uint8_t *)name, (uint8_t *)value, strlen(name), strlen(value),
                        NGHTTP2_NV_FLAG_NO_COPY_NAME};
}

/* Packs a detail into an Any. False when the arena is exhausted. */
static bool pack_any(Google__Protobuf__Any *any, const char *type_url,
                     const ProtobufCMessage *message, struct arena *arena)
{
    google__protobuf__any__init(any);
    any->type_url = (char *)type_url;
    any->value.len = protobuf_c_message_get_packed_size(message);
    any->value.data = arena_alloc(arena, any->value.len);
    if (!any->value.data) {
        return false;
    }
    protobuf_c_message_pack(message, any->value.data);
    return true;
}

static bool pack_violations(Google__Protobuf__Any *any, const struct err *err, size_t *count,
                            size_t room, struct arena *arena)
{
    Google__Rpc__BadRequest bad = GOOGLE__RPC__BAD_REQUEST__INIT;
    Google__Rpc__BadRequest__FieldViolation *items = arena_calloc(arena, *count, sizeof(*items));
    bad.field_violations = arena_calloc(arena, *count, sizeof(items));
    if (!items || !bad.field_violations) {
        return false;
    }
    for (size_t i = 0; i < *count; i++) {
        google__rpc__bad_request__field_violation__init(&items[i]);
        items[i].field = (char *)err->violations[i].field;
        items[i].description = (char *)err->violations[i].description;
        items[i].reason = (char *)err->violations[i].reason;
        size_t size = protobuf_c_message_get_packed_size(&items[i].base) + VIOLATION_FRAME;
        if (size > room) {
            break;
        }
        room -= size;
        bad.field_violations[i] = &items[i];
        bad.n_field_violations = i + 1;
    }
    *count = bad.n_field_violations;
    return pack_any(any, TYPE_PREFIX "google.rpc.BadRequest", &bad.base, arena);
}

/* The base64 text of google.rpc.Status, or NULL when there is nothing to tell or no memory. */
static const char *make_details(const struct err *err, size_t room, struct arena *arena)
{
    Google__Protobuf__Any anys[TRAILERS_MAX_DETAILS];
    Google__Protobuf__Any *list[TRAILERS_MAX_DETAILS] = {&anys[0], &anys[1]};
    Google__Rpc__Status status = GOOGLE__RPC__STATUS__INIT;
    status.code = (int32_t)err->code;
    status.message = (char *)err->message;
    status.details = list;
    size_t violations = err->violation_count;
    if (violations > 0 && pack_violations(&anys[status.n_details], err, &violations, room, arena)) {
        status.n_details++;
    }
    if (err->retry_after_ms > 0) {
        Google__Protobuf__Duration delay = GOOGLE__PROTOBUF__DURATION__INIT;
        Google__Rpc__RetryInfo retry = GOOGLE__RPC__RETRY_INFO__INIT;
        delay.seconds = err->retry_after_ms / 1000;
        delay.nanos = (int32_t)(err->retry_after_ms % 1000) * 1000000;
        retry.retry_delay = &delay;
        if (pack_any(&anys[status.n_details], TYPE_PREFIX "google.rpc.RetryInfo", &retry.base,
                     arena)) {
            status.n_details++;
        }
    }
    size_t len = google__rpc__status__get_packed_size(&status);
    uint8_t *packed = arena_alloc(arena, len);
    char *text = arena_alloc(arena, (len + 2) / 3 * 4 + 1);
    if (status.n_details == 0 || !packed || !text) {
        return NULL;
    }
    google__rpc__status__pack(&status, packed);
    grpc_base64_encode(packed, len, text);
    return text;
}

size_t trailers_details_room(uint32_t header_limit)
{
    size_t rest = 2 * TRAILERS_MESSAGE_MAX; /* for the other headers */
    if (header_limit == UINT32_MAX || header_limit < rest) {
        return TRAILERS_DETAILS_USUAL;
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
    trailers[0] = header("grpc-status", code);
    trailers[1] = header("grpc-message", message);
    if (details) {
        trailers[2] = header("grpc-status-details-bin", details);
    }
    return details ? 3 : 2;
}

void trailers_only(struct stream *stream, int http_status, const nghttp2_nv *trailers, size_t count)
{
    char status[16];
    nghttp2_nv headers[2 + CALL_MAX_TRAILERS];
    snprintf(status, sizeof(status), "%d", http_status);
    headers[0] = header(":status", status);
    headers[1] = header("content-type", "application/grpc");
    memcpy(headers + 2, trailers, count * sizeof(*trailers));
    stream_headers(stream, headers, 2 + count, true);
}
