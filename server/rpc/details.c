/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rpc/details.h"

#include "google/rpc/error_details.pb-c.h"

/* Tag and length around one violation. */
enum { VIOLATION_FRAME = 4 };

static void add(struct details *details, const char *type_url, const ProtobufCMessage *message,
                struct arena *arena)
{
    Google__Protobuf__Any *any = &details->items[details->count];
    google__protobuf__any__init(any);
    any->type_url = (char *)type_url;
    any->value.len = protobuf_c_message_get_packed_size(message);
    any->value.data = arena_alloc(arena, any->value.len);
    if (any->value.data) {
        protobuf_c_message_pack(message, any->value.data);
        details->messages[details->count++] = message;
    }
}

static void add_violations(struct details *details, const struct err *err, size_t room,
                           struct arena *arena)
{
    Google__Rpc__BadRequest *bad = arena_alloc(arena, sizeof(*bad));
    Google__Rpc__BadRequest__FieldViolation *items =
        arena_calloc(arena, err->violation_count, sizeof(*items));
    void *list = arena_calloc(arena, err->violation_count, sizeof(items));
    if (!bad || !items || !list) {
        return;
    }
    google__rpc__bad_request__init(bad);
    bad->field_violations = list;
    for (size_t i = 0; i < err->violation_count; i++) {
        google__rpc__bad_request__field_violation__init(&items[i]);
        items[i].field = (char *)err->violations[i].field;
        items[i].description = (char *)err->violations[i].description;
        items[i].reason = (char *)err->violations[i].reason;
        size_t size = protobuf_c_message_get_packed_size(&items[i].base) + VIOLATION_FRAME;
        if (size > room) {
            break;
        }
        room -= size;
        bad->field_violations[i] = &items[i];
        bad->n_field_violations = i + 1;
    }
    add(details, DETAILS_TYPE_PREFIX "google.rpc.BadRequest", &bad->base, arena);
}

static void add_retry(struct details *details, const struct err *err, struct arena *arena)
{
    Google__Protobuf__Duration *delay = arena_alloc(arena, sizeof(*delay));
    Google__Rpc__RetryInfo *retry = arena_alloc(arena, sizeof(*retry));
    if (delay && retry) {
        google__protobuf__duration__init(delay);
        google__rpc__retry_info__init(retry);
        delay->seconds = err->retry_after_ms / 1000;
        delay->nanos = (int32_t)(err->retry_after_ms % 1000) * 1000000;
        retry->retry_delay = delay;
        add(details, DETAILS_TYPE_PREFIX "google.rpc.RetryInfo", &retry->base, arena);
    }
}

void details_make(struct details *details, const struct err *err, size_t room, struct arena *arena)
{
    details->count = 0;
    if (err->violation_count > 0) {
        add_violations(details, err, room, arena);
    }
    if (err->retry_after_ms > 0) {
        add_retry(details, err, arena);
    }
}
