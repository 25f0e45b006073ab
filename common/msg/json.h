/* SPDX-License-Identifier: Apache-2.0 */
/* The proto3 JSON mapping by descriptor, over jansson.
 * Specification: protobuf.dev "ProtoJSON Format". */
#ifndef COMMON_MSG_JSON_H
#define COMMON_MSG_JSON_H

#include "common/base/arena.h"
#include "common/base/err.h"

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

enum {
    MSG_JSON_DEFAULTS = 1, /* write fields that hold their default, too */
};

/* Nesting that msg_json_read accepts, and values that msg_json_parse does. */
enum { MSG_JSON_MAX_DEPTH = 32, MSG_JSON_MAX_VALUES = 131072 };

/* Makes a JSON string of a text, with '?' for what is not ASCII where it is not UTF-8, which JSON
 * could not hold. Returns a new reference, or NULL when out of memory. */
json_t *msg_json_text(const char *text);

/* Makes a JSON value of a message: lowerCamelCase names, enums by name, 64-bit integers as strings,
 * bytes as base64, Timestamp, Duration and FieldMask in their own text forms, Any by type URL for
 * the types in `types` (a NULL-closed array, or NULL). Returns a new reference, or NULL when out of
 * memory. */
json_t *msg_json_write(const ProtobufCMessage *message, unsigned flags,
                       const ProtobufCMessageDescriptor *const *types);

/* Makes jansson tell msg_json_parse when it ran out of memory. Once, before threads start; for
 * programs that own their process, as it sets jansson's allocator. */
void msg_json_watch_memory(void);

/* Reads JSON text, refusing names that come twice. NULL with `err` filled: INVALID_ARGUMENT for
 * what is not JSON, RESOURCE_EXHAUSTED without memory. jansson 2.14 leaves out characters when
 * memory is short and goes on, so what it made then is not used. */
json_t *msg_json_parse(const uint8_t *bytes, size_t len, struct err *err);

/* Makes a message of a JSON object, allocated in `arena`. Names are taken in lowerCamelCase and as
 * in the proto. Every unknown name, wrong type, unknown enum value and out-of-range number becomes
 * a violation in `err` with the field's proto path, all of them at once; then NULL is returned. */
ProtobufCMessage *msg_json_read(const ProtobufCMessageDescriptor *descriptor, const json_t *json,
                                struct arena *arena, struct err *err);

#endif
