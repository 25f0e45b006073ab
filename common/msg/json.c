/* SPDX-License-Identifier: Apache-2.0 */
#include "common/msg/json.h"

#include "common/msg/guard.h"

#include "common/base/time.h"
#include "common/msg/json_fields.h"

#include "google/protobuf/any.pb-c.h"
#include "google/protobuf/duration.pb-c.h"
#include "google/protobuf/field_mask.pb-c.h"
#include "google/protobuf/timestamp.pb-c.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const void *member(const ProtobufCMessage *message, unsigned offset)
{
    return (const char *)message + offset;
}

struct writer {
    unsigned flags;
    const ProtobufCMessageDescriptor *const *types;
    unsigned depth;
};

static json_t *write_message(struct writer *w, const ProtobufCMessage *message);

json_t *msg_json_text(const char *text)
{
    if (!text) {
        return json_string("");
    }
    if (guard_utf8((const uint8_t *)text, strlen(text))) {
        return json_string(text);
    }
    /* jansson refuses bad UTF-8; the rest of the reply is still worth reading. */
    char *clean = strdup(text);
    for (char *c = clean; c && *c; c++) {
        *c = (char)((unsigned char)*c >= 0x80 ? '?' : *c);
    }
    json_t *value = clean ? json_string(clean) : NULL;
    free(clean);
    return value;
}

static json_t *write_bytes(const ProtobufCBinaryData *bytes)
{
    char *text = malloc((bytes->len + 2) / 3 * 4 + 4);
    if (!text) {
        return NULL;
    }
    size_t len = grpc_base64_encode(bytes->data, bytes->len, text);
    while (len % 4 != 0) {
        text[len++] = '=';
    }
    json_t *value = json_stringn(text, len);
    free(text);
    return value;
}

static json_t *write_real(double number)
{
    if (isnan(number)) {
        return json_string("NaN");
    }
    if (isinf(number)) {
        return json_string(number > 0 ? "Infinity" : "-Infinity");
    }
    return json_real(number);
}

/* A float's shortest decimal form, so that 0.1f reads 0.1 and not 0.10000000149. */
static double widen_float(float number)
{
    char text[32];
    for (int digits = 6; digits < 9 && isfinite(number); digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, (double)number);
        if (strtof(text, NULL) == number) {
            return strtod(text, NULL);
        }
    }
    return (double)number;
}

static json_t *write_int64(int64_t number)
{
    return json_sprintf("%" PRId64, number);
}

static json_t *write_enum(const ProtobufCEnumDescriptor *descriptor, int number)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(descriptor, number);
    return value ? json_string(value->name) : json_integer(number);
}

static json_t *write_value(struct writer *w, const ProtobufCFieldDescriptor *field, const void *at)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        return json_integer(*(const int32_t *)at);
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return json_integer(*(const uint32_t *)at);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return write_int64(*(const int64_t *)at);
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return json_sprintf("%" PRIu64, *(const uint64_t *)at);
    case PROTOBUF_C_TYPE_FLOAT:
        return write_real(widen_float(*(const float *)at));
    case PROTOBUF_C_TYPE_DOUBLE:
        return write_real(*(const double *)at);
    case PROTOBUF_C_TYPE_BOOL:
        return json_boolean(*(const protobuf_c_boolean *)at);
    case PROTOBUF_C_TYPE_ENUM:
        return write_enum(field->descriptor, *(const int *)at);
    case PROTOBUF_C_TYPE_STRING:
        return msg_json_text(*(char *const *)at);
    case PROTOBUF_C_TYPE_BYTES:
        return write_bytes(at);
    case PROTOBUF_C_TYPE_MESSAGE:
        return write_message(w, *(ProtobufCMessage *const *)at);
    }
    return NULL;
}

static json_t *write_list(struct writer *w, const ProtobufCFieldDescriptor *field, const char *data,
                          size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < count; i++) {
        json_t *value = write_value(w, field, data + i * json_value_size(field->type));
        if (json_array_append_new(list, value) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* True when a singular field holds nothing but its default. */
static bool is_default(const ProtobufCFieldDescriptor *field, const void *at)
{
    static const char zeros[sizeof(ProtobufCBinaryData)];
    if (field->type == PROTOBUF_C_TYPE_STRING) {
        const char *text = *(char *const *)at;
        return !text || !*text;
    }
    if (field->type == PROTOBUF_C_TYPE_BYTES) {
        return ((const ProtobufCBinaryData *)at)->len == 0;
    }
    return memcmp(at, zeros, json_value_size(field->type)) == 0;
}

static bool is_written(const struct writer *w, const ProtobufCMessage *message,
                       const ProtobufCFieldDescriptor *field)
{
    const void *at = member(message, field->offset);
    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
        return *(const uint32_t *)member(message, field->quantifier_offset) == field->id;
    }
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        return *(void *const *)at != NULL;
    }
    if (field->label == PROTOBUF_C_LABEL_OPTIONAL) {
        return field->type == PROTOBUF_C_TYPE_STRING
                   ? *(char *const *)at && *(char *const *)at != field->default_value
                   : *(const protobuf_c_boolean *)member(message, field->quantifier_offset) != 0;
    }
    return (w->flags & MSG_JSON_DEFAULTS) || field->label == PROTOBUF_C_LABEL_REQUIRED ||
           !is_default(field, at);
}

static json_t *write_fields(struct writer *w, const ProtobufCMessage *message, json_t *object)
{
    for (unsigned i = 0; object && i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        json_t *value = NULL;
        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            size_t count = *(const size_t *)member(message, field->quantifier_offset);
            if (count == 0 && !(w->flags & MSG_JSON_DEFAULTS)) {
                continue;
            }
            value = write_list(w, field, *(char *const *)member(message, field->offset), count);
        } else if (is_written(w, message, field)) {
            value = write_value(w, field, member(message, field->offset));
        } else {
            continue;
        }
        char name[JSON_NAME_MAX];
        json_camel(field->name, name);
        if (json_object_set_new(object, name, value) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *write_duration(const Google__Protobuf__Duration *duration)
{
    const char *sign = duration->seconds < 0 || duration->nanos < 0 ? "-" : "";
    uint64_t seconds = (uint64_t)llabs(duration->seconds);
    int nanos = abs(duration->nanos);
    if (nanos == 0) {
        return json_sprintf("%s%" PRIu64 "s", sign, seconds);
    }
    if (nanos % 1000000 == 0) {
        return json_sprintf("%s%" PRIu64 ".%03ds", sign, seconds, nanos / 1000000);
    }
    if (nanos % 1000 == 0) {
        return json_sprintf("%s%" PRIu64 ".%06ds", sign, seconds, nanos / 1000);
    }
    return json_sprintf("%s%" PRIu64 ".%09ds", sign, seconds, nanos);
}

static json_t *write_mask(const Google__Protobuf__FieldMask *mask)
{
    json_t *text = json_string("");
    for (size_t i = 0; text && i < mask->n_paths; i++) {
        char name[JSON_NAME_MAX];
        json_camel(mask->paths[i], name);
        json_t *longer = json_sprintf("%s%s%s", json_string_value(text), i ? "," : "", name);
        json_decref(text);
        text = longer;
    }
    return text;
}

static bool has_own_form(const ProtobufCMessageDescriptor *descriptor)
{
    return json_is_type(descriptor, "google.protobuf.Timestamp") ||
           json_is_type(descriptor, "google.protobuf.Duration") ||
           json_is_type(descriptor, "google.protobuf.FieldMask") ||
           json_is_type(descriptor, "google.protobuf.Any");
}

static json_t *write_any(struct writer *w, const Google__Protobuf__Any *any)
{
    const char *slash = strrchr(any->type_url, '/');
    const char *name = slash ? slash + 1 : any->type_url;
    json_t *object = json_pack("{s:o}", "@type", msg_json_text(any->type_url));
    for (size_t i = 0; object && w->types && w->types[i]; i++) {
        if (!json_is_type(w->types[i], name)) {
            continue;
        }
        ProtobufCMessage *inner =
            protobuf_c_message_unpack(w->types[i], NULL, any->value.len, any->value.data);
        if (!inner) {
            break;
        }
        if (has_own_form(w->types[i])) {
            json_object_set_new(object, "value", write_message(w, inner));
        } else {
            object = write_fields(w, inner, object);
        }
        protobuf_c_message_free_unpacked(inner, NULL);
        return object;
    }
    if (object && json_object_set_new(object, "value", write_bytes(&any->value)) != 0) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static json_t *write_timestamp(const Google__Protobuf__Timestamp *stamp)
{
    char text[TIME_RFC3339_MAX];
    time_rfc3339_format(stamp->seconds, stamp->nanos, text);
    return json_string(text);
}

static json_t *write_message(struct writer *w, const ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *type = message->descriptor;
    if (json_is_type(type, "google.protobuf.Timestamp")) {
        return write_timestamp((const Google__Protobuf__Timestamp *)message);
    }
    if (json_is_type(type, "google.protobuf.Duration")) {
        return write_duration((const Google__Protobuf__Duration *)message);
    }
    if (json_is_type(type, "google.protobuf.FieldMask")) {
        return write_mask((const Google__Protobuf__FieldMask *)message);
    }
    if (++w->depth > MSG_JSON_MAX_DEPTH) {
        w->depth--;
        return json_null();
    }
    json_t *value = json_is_type(type, "google.protobuf.Any")
                        ? write_any(w, (const Google__Protobuf__Any *)message)
                        : write_fields(w, message, json_object());
    w->depth--;
    return value;
}

json_t *msg_json_write(const ProtobufCMessage *message, unsigned flags,
                       const ProtobufCMessageDescriptor *const *types)
{
    struct writer w = {.flags = flags, .types = types};
    return write_message(&w, message);
}
