/* SPDX-License-Identifier: Apache-2.0 */
#include "common/msg/json.h"

#include "common/base/time.h"

#include "google/protobuf/any.pb-c.h"
#include "google/protobuf/duration.pb-c.h"
#include "google/protobuf/field_mask.pb-c.h"
#include "google/protobuf/timestamp.pb-c.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NAME_MAX_LEN = 128, /* a field's name in either form */
    PATH_MAX_LEN = 512, /* a field's path; a longer one is cut */
    SHOWN_MAX_LEN = 60, /* of a wrong value, echoed in a message */
    NANOS_PER_SECOND = 1000000000,
};
/* protobuf's own limit on a Duration: about 10 000 years. */
#define DURATION_MAX_SECONDS INT64_C(315576000000)

/* ---- names ---- */

static void to_camel(const char *name, char out[NAME_MAX_LEN])
{
    size_t len = 0;
    bool raise = false;
    for (; *name && len < NAME_MAX_LEN - 1; name++) {
        if (*name == '_') {
            raise = true;
            continue;
        }
        out[len++] = (char)(raise ? toupper((unsigned char)*name) : *name);
        raise = false;
    }
    out[len] = '\0';
}

static bool is_type(const ProtobufCMessageDescriptor *descriptor, const char *name)
{
    return strcmp(descriptor->name, name) == 0;
}

static const void *member(const ProtobufCMessage *message, unsigned offset)
{
    return (const char *)message + offset;
}

/* ---- writing ---- */

struct writer {
    unsigned flags;
    const ProtobufCMessageDescriptor *const *types;
    unsigned depth;
};

static json_t *write_message(struct writer *w, const ProtobufCMessage *message);

static json_t *write_text(const char *text)
{
    if (!text) {
        return json_string("");
    }
    json_t *value = json_string(text);
    if (value) {
        return value;
    }
    /* jansson refuses bad UTF-8; the rest of the reply is still worth reading. */
    char *clean = strdup(text);
    for (char *c = clean; c && *c; c++) {
        *c = (char)((unsigned char)*c >= 0x80 ? '?' : *c);
    }
    value = clean ? json_string(clean) : NULL;
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
        return write_text(*(char *const *)at);
    case PROTOBUF_C_TYPE_BYTES:
        return write_bytes(at);
    case PROTOBUF_C_TYPE_MESSAGE:
        return write_message(w, *(ProtobufCMessage *const *)at);
    }
    return NULL;
}

static size_t value_size(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return 8;
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(void *);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    default:
        return 4;
    }
}

static json_t *write_list(struct writer *w, const ProtobufCFieldDescriptor *field, const char *data,
                          size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < count; i++) {
        json_t *value = write_value(w, field, data + i * value_size(field->type));
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
    return memcmp(at, zeros, value_size(field->type)) == 0;
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
        char name[NAME_MAX_LEN];
        to_camel(field->name, name);
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
        char name[NAME_MAX_LEN];
        to_camel(mask->paths[i], name);
        json_t *longer = json_sprintf("%s%s%s", json_string_value(text), i ? "," : "", name);
        json_decref(text);
        text = longer;
    }
    return text;
}

static bool has_own_form(const ProtobufCMessageDescriptor *descriptor)
{
    return is_type(descriptor, "google.protobuf.Timestamp") ||
           is_type(descriptor, "google.protobuf.Duration") ||
           is_type(descriptor, "google.protobuf.FieldMask") ||
           is_type(descriptor, "google.protobuf.Any");
}

static json_t *write_any(struct writer *w, const Google__Protobuf__Any *any)
{
    const char *slash = strrchr(any->type_url, '/');
    const char *name = slash ? slash + 1 : any->type_url;
    json_t *object = json_pack("{s:o}", "@type", write_text(any->type_url));
    for (size_t i = 0; object && w->types && w->types[i]; i++) {
        if (!is_type(w->types[i], name)) {
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
    if (is_type(type, "google.protobuf.Timestamp")) {
        return write_timestamp((const Google__Protobuf__Timestamp *)message);
    }
    if (is_type(type, "google.protobuf.Duration")) {
        return write_duration((const Google__Protobuf__Duration *)message);
    }
    if (is_type(type, "google.protobuf.FieldMask")) {
        return write_mask((const Google__Protobuf__FieldMask *)message);
    }
    if (++w->depth > MSG_JSON_MAX_DEPTH) {
        w->depth--;
        return json_null();
    }
    json_t *value = is_type(type, "google.protobuf.Any")
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

/* ---- reading ---- */

struct reader {
    struct arena *arena;
    struct err *err;
    bool failed;
    unsigned depth;
    size_t path_len;
    char path[PATH_MAX_LEN];
};

static ProtobufCMessage *read_message(struct reader *r, const ProtobufCMessageDescriptor *type,
                                      const json_t *json);

static bool no_memory(struct reader *r)
{
    r->failed = true;
    return err_set(r->err, GRPC_RESOURCE_EXHAUSTED, "the request is too big to be read");
}

static bool wrong(struct reader *r, const char *expected, const json_t *json)
{
    char *shown = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT);
    r->failed = true;
    err_violation(r->err, r->arena, r->path, "", "must be %s, not %.*s%s", expected, SHOWN_MAX_LEN,
                  shown ? shown : "this", shown && strlen(shown) > SHOWN_MAX_LEN ? "…" : "");
    free(shown);
    return false;
}

/* Adds to the path and returns the length to go back to. */
static size_t path_push(struct reader *r, const char *name, size_t index)
{
    size_t before = r->path_len;
    size_t room = sizeof(r->path) - before;
    int added = name ? snprintf(r->path + before, room, "%s%s", before ? "." : "", name)
                     : snprintf(r->path + before, room, "[%zu]", index);
    r->path_len += (size_t)added < room ? (size_t)added : room - 1;
    return before;
}

static void path_pop(struct reader *r, size_t before)
{
    r->path_len = before;
    r->path[before] = '\0';
}

/* Whole numbers come as numbers, also 1.0 and 1e3, or as text. */
static bool read_integer(struct reader *r, const json_t *json, int64_t min, uint64_t max,
                         uint64_t *ret_bits)
{
    char *end = NULL;
    errno = 0;
    if (json_is_integer(json)) {
        json_int_t number = json_integer_value(json);
        *ret_bits = (uint64_t)number;
        return (number >= min && (number < 0 || (uint64_t)number <= max)) ||
               wrong(r, "a number in its range", json);
    }
    if (json_is_real(json)) {
        double number = json_real_value(json);
        if (number != floor(number)) {
            return wrong(r, "a whole number", json);
        }
        if (number < (double)min || number >= (double)max + 1) {
            return wrong(r, "a number in its range", json);
        }
        *ret_bits = number < 0 ? (uint64_t)(int64_t)number : (uint64_t)number;
        return true;
    }
    const char *text = json_string_value(json);
    bool negative = text && text[0] == '-';
    if (!text || !isdigit((unsigned char)text[negative])) {
        return wrong(r, "a whole number", json);
    }
    *ret_bits = negative ? (uint64_t)strtoll(text, &end, 10) : strtoull(text, &end, 10);
    if (*end) {
        return wrong(r, "a whole number", json);
    }
    bool fits = negative ? (int64_t)*ret_bits >= min : *ret_bits <= max;
    return (errno == 0 && fits) || wrong(r, "a number in its range", json);
}

static bool read_real(struct reader *r, const json_t *json, double max, double *ret_number)
{
    const char *text = json_string_value(json);
    char *end = NULL;
    if (text && (strcmp(text, "NaN") == 0 || strcmp(text, "Infinity") == 0 ||
                 strcmp(text, "-Infinity") == 0)) {
        *ret_number = strtod(text, NULL);
        return true;
    }
    if (json_is_number(json)) {
        *ret_number = json_number_value(json);
    } else if (text && (isdigit((unsigned char)*text) || *text == '-')) {
        *ret_number = strtod(text, &end);
    }
    if (!json_is_number(json) && (!end || *end)) {
        return wrong(r, "a number", json);
    }
    return fabs(*ret_number) <= max || wrong(r, "a number in its range", json);
}

static bool read_text(struct reader *r, const json_t *json, char **ret_text)
{
    if (!json_is_string(json)) {
        return wrong(r, "text", json);
    }
    size_t len = json_string_length(json);
    if (memchr(json_string_value(json), '\0', len)) {
        return wrong(r, "text without NUL", json);
    }
    *ret_text = arena_strndup(r->arena, json_string_value(json), len);
    return *ret_text || no_memory(r);
}

static bool read_bytes(struct reader *r, const json_t *json, ProtobufCBinaryData *ret_bytes)
{
    char *text = NULL;
    if (!json_is_string(json)) {
        return wrong(r, "base64 text", json);
    }
    if (!read_text(r, json, &text)) {
        return false;
    }
    for (char *c = text; *c; c++) {
        *c = (char)(*c == '-' ? '+' : *c == '_' ? '/' : *c);
    }
    size_t len = json_string_length(json);
    ret_bytes->data = arena_alloc(r->arena, len / 4 * 3 + 3);
    if (!ret_bytes->data) {
        return no_memory(r);
    }
    ret_bytes->len = grpc_base64_decode(text, len, ret_bytes->data);
    return ret_bytes->len != (size_t)-1 || wrong(r, "base64 text", json);
}

static bool read_enum(struct reader *r, const ProtobufCEnumDescriptor *descriptor,
                      const json_t *json, int *ret_number)
{
    const ProtobufCEnumValue *value = NULL;
    if (json_is_string(json)) {
        value = protobuf_c_enum_descriptor_get_value_by_name(descriptor, json_string_value(json));
    } else if (json_is_integer(json) && json_integer_value(json) >= INT32_MIN &&
               json_integer_value(json) <= INT32_MAX) {
        value = protobuf_c_enum_descriptor_get_value(descriptor, (int)json_integer_value(json));
    }
    if (!value) {
        char expected[ERR_MAX_MESSAGE];
        size_t len = 0;
        for (unsigned i = 0; i < descriptor->n_values && len < sizeof(expected); i++) {
            len += (size_t)snprintf(expected + len, sizeof(expected) - len, "%s%s",
                                    i ? ", " : "one of ", descriptor->values[i].name);
        }
        return wrong(r, expected, json);
    }
    *ret_number = value->value;
    return true;
}

static bool read_value(struct reader *r, const ProtobufCFieldDescriptor *field, const json_t *json,
                       void *at)
{
    uint64_t bits = 0;
    double number = 0;
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        return read_integer(r, json, INT32_MIN, INT32_MAX, &bits) &&
               (*(int32_t *)at = (int32_t)bits, true);
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return read_integer(r, json, 0, UINT32_MAX, &bits) &&
               (*(uint32_t *)at = (uint32_t)bits, true);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return read_integer(r, json, INT64_MIN, INT64_MAX, at);
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return read_integer(r, json, 0, UINT64_MAX, at);
    case PROTOBUF_C_TYPE_FLOAT:
        return read_real(r, json, (double)__FLT_MAX__, &number) &&
               (*(float *)at = (float)number, true);
    case PROTOBUF_C_TYPE_DOUBLE:
        return read_real(r, json, __DBL_MAX__, at);
    case PROTOBUF_C_TYPE_BOOL:
        *(protobuf_c_boolean *)at = json_is_true(json);
        return json_is_boolean(json) || wrong(r, "true or false", json);
    case PROTOBUF_C_TYPE_ENUM:
        return read_enum(r, field->descriptor, json, at);
    case PROTOBUF_C_TYPE_STRING:
        return read_text(r, json, at);
    case PROTOBUF_C_TYPE_BYTES:
        return read_bytes(r, json, at);
    case PROTOBUF_C_TYPE_MESSAGE:
        return (*(ProtobufCMessage **)at = read_message(r, field->descriptor, json)) != NULL;
    }
    return false;
}

static bool read_list(struct reader *r, const ProtobufCFieldDescriptor *field, const json_t *json,
                      ProtobufCMessage *message)
{
    if (!json_is_array(json)) {
        return wrong(r, "a list", json);
    }
    size_t count = json_array_size(json);
    char *data = arena_calloc(r->arena, count + 1, value_size(field->type));
    if (!data) {
        return no_memory(r);
    }
    for (size_t i = 0; i < count; i++) {
        size_t before = path_push(r, NULL, i);
        read_value(r, field, json_array_get(json, i), data + i * value_size(field->type));
        path_pop(r, before);
    }
    *(char **)((char *)message + field->offset) = data;
    *(size_t *)((char *)message + field->quantifier_offset) = count;
    return !r->failed;
}

static void read_field(struct reader *r, const ProtobufCFieldDescriptor *field, const json_t *json,
                       ProtobufCMessage *message)
{
    void *quantifier = (char *)message + field->quantifier_offset;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        read_list(r, field, json, message);
        return;
    }
    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
        if (*(uint32_t *)quantifier != 0) {
            wrong(r, "left out: another field of the same choice is set", json);
            return;
        }
        *(uint32_t *)quantifier = field->id;
    } else if (field->label == PROTOBUF_C_LABEL_OPTIONAL && field->type != PROTOBUF_C_TYPE_STRING &&
               field->type != PROTOBUF_C_TYPE_MESSAGE) {
        *(protobuf_c_boolean *)quantifier = 1;
    }
    read_value(r, field, json, (char *)message + field->offset);
}

/* A fraction of a second has nine digits at most; a tenth fails as a wrong unit. */
static bool read_duration(struct reader *r, const json_t *json, Google__Protobuf__Duration *out)
{
    const char *text = json_string_value(json);
    char *end = NULL;
    bool negative = text && *text == '-';
    const char *digits = text ? text + negative : "";
    errno = 0;
    if (!isdigit((unsigned char)*digits)) {
        return wrong(r, "a duration such as \"1.5s\"", json);
    }
    int64_t seconds = strtoll(digits, &end, 10);
    int64_t nanos = 0;
    if (*end == '.') {
        int64_t unit = NANOS_PER_SECOND;
        for (end++; isdigit((unsigned char)*end) && unit > 1; end++) {
            unit /= 10;
            nanos += (*end - '0') * unit;
        }
    }
    if (strcmp(end, "s") != 0 || errno != 0 || seconds > DURATION_MAX_SECONDS) {
        return wrong(r, "a duration such as \"1.5s\"", json);
    }
    out->seconds = negative ? -seconds : seconds;
    out->nanos = (int32_t)(negative ? -nanos : nanos);
    return true;
}

static bool read_timestamp(struct reader *r, const json_t *json, Google__Protobuf__Timestamp *out)
{
    return (json_is_string(json) &&
            time_rfc3339_parse(json_string_value(json), json_string_length(json), &out->seconds,
                               &out->nanos)) ||
           wrong(r, "a time such as \"2016-07-31T12:00:00Z\"", json);
}

/* "displayName,dueOn" becomes display_name and due_on. */
static bool read_mask(struct reader *r, const json_t *json, Google__Protobuf__FieldMask *mask)
{
    const char *text = json_string_value(json);
    if (!text) {
        return wrong(r, "a list of fields such as \"title,dueOn\"", json);
    }
    size_t len = strlen(text);
    char *out = arena_alloc(r->arena, len * 2 + 1);
    mask->paths = arena_calloc(r->arena, len + 1, sizeof(*mask->paths));
    if (!out || !mask->paths) {
        return no_memory(r);
    }
    while (*text) {
        mask->paths[mask->n_paths++] = out;
        for (; *text && *text != ','; text++) {
            if (isupper((unsigned char)*text)) {
                *out++ = '_';
            }
            *out++ = (char)tolower((unsigned char)*text);
        }
        *out++ = '\0';
        text += *text == ',';
    }
    return true;
}

static const ProtobufCFieldDescriptor *find_field(const ProtobufCMessageDescriptor *type,
                                                  const char *name)
{
    for (unsigned i = 0; i < type->n_fields; i++) {
        char camel[NAME_MAX_LEN];
        to_camel(type->fields[i].name, camel);
        if (strcmp(name, camel) == 0 || strcmp(name, type->fields[i].name) == 0) {
            return &type->fields[i];
        }
    }
    return NULL;
}

static bool given_twice(const ProtobufCFieldDescriptor *field, const json_t *json, const char *name)
{
    char camel[NAME_MAX_LEN];
    to_camel(field->name, camel);
    return strcmp(name, field->name) != 0 && strcmp(camel, field->name) != 0 &&
           json_object_get(json, field->name) != NULL;
}

static void read_fields(struct reader *r, const json_t *json, ProtobufCMessage *message)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)json, name, value)
    {
        const ProtobufCFieldDescriptor *field = find_field(message->descriptor, name);
        size_t before = path_push(r, field ? field->name : name, 0);
        if (!field) {
            r->failed = true;
            err_violation(r->err, r->arena, r->path, "", "%.*s has no such field", SHOWN_MAX_LEN,
                          message->descriptor->short_name);
        } else if (given_twice(field, json, name)) {
            wrong(r, "given once", value);
        } else if (!json_is_null(value)) {
            read_field(r, field, value, message);
        }
        path_pop(r, before);
    }
}

static bool read_body(struct reader *r, const json_t *json, ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *type = message->descriptor;
    if (is_type(type, "google.protobuf.Timestamp")) {
        return read_timestamp(r, json, (Google__Protobuf__Timestamp *)message);
    }
    if (is_type(type, "google.protobuf.Duration")) {
        return read_duration(r, json, (Google__Protobuf__Duration *)message);
    }
    if (is_type(type, "google.protobuf.FieldMask")) {
        return read_mask(r, json, (Google__Protobuf__FieldMask *)message);
    }
    if (is_type(type, "google.protobuf.Any")) {
        return wrong(r, "left out: a message of any type is not read from JSON", json);
    }
    if (!json_is_object(json)) {
        return wrong(r, "an object", json);
    }
    if (r->depth > MSG_JSON_MAX_DEPTH) {
        return wrong(r, "nested less deeply", json);
    }
    read_fields(r, json, message);
    return !r->failed;
}

static ProtobufCMessage *read_message(struct reader *r, const ProtobufCMessageDescriptor *type,
                                      const json_t *json)
{
    ProtobufCMessage *message = arena_calloc(r->arena, 1, type->sizeof_message);
    if (!message) {
        no_memory(r);
        return NULL;
    }
    protobuf_c_message_init(type, message);
    r->depth++;
    bool ok = read_body(r, json, message);
    r->depth--;
    return ok ? message : NULL;
}

ProtobufCMessage *msg_json_read(const ProtobufCMessageDescriptor *descriptor, const json_t *json,
                                struct arena *arena, struct err *err)
{
    struct reader r = {.arena = arena, .err = err};
    return read_message(&r, descriptor, json);
}
