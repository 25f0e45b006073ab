/* SPDX-License-Identifier: Apache-2.0 */
/* The reading half of the JSON mapping; json.c writes. */
#include "common/base/text.h"
#include "common/base/time.h"
#include "common/msg/json.h"
#include "common/msg/json_fields.h"

#include "google/protobuf/duration.pb-c.h"
#include "google/protobuf/field_mask.pb-c.h"
#include "google/protobuf/timestamp.pb-c.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PATH_MAX_LEN = 512, /* a field's path; a longer one is cut */
    SHOWN_MAX_LEN = 60, /* of a wrong value, echoed in a message */
    NANOS_PER_SECOND = 1000000000,
};
/* protobuf's own limit on a Duration: about 10 000 years. */
#define DURATION_MAX_SECONDS INT64_C(315576000000)

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
    char *dumped = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT);
    const char *shown = dumped ? dumped : "this";
    size_t len = strlen(shown);
    size_t fits = len <= SHOWN_MAX_LEN ? len : text_whole(shown, SHOWN_MAX_LEN);
    r->failed = true;
    err_violation(r->err, r->arena, r->path, "", "must be %s, not %.*s%s", expected, (int)fits,
                  shown, fits < len ? "…" : "");
    free(dumped);
    return false;
}

/* Adds to the path and returns the length to go back to. */
static size_t path_push(struct reader *r, const char *name, size_t index)
{
    size_t before = r->path_len;
    size_t room = sizeof(r->path) - before;
    int added = name ? snprintf(r->path + before, room, "%s%s", before ? "." : "", name)
                     : snprintf(r->path + before, room, "[%zu]", index);
    if ((size_t)added < room) {
        r->path_len += (size_t)added;
    } else {
        r->path[before] = '\0'; /* rather the way to it than half a name */
    }
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
        return read_real(r, json, (double)FLT_MAX, &number) && (*(float *)at = (float)number, true);
    case PROTOBUF_C_TYPE_DOUBLE:
        return read_real(r, json, DBL_MAX, at);
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
    char *data = arena_calloc(r->arena, count + 1, json_value_size(field->type));
    if (!data) {
        return no_memory(r);
    }
    for (size_t i = 0; i < count; i++) {
        size_t before = path_push(r, NULL, i);
        read_value(r, field, json_array_get(json, i), data + i * json_value_size(field->type));
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
    if (*end == '.' && isdigit((unsigned char)end[1])) {
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

/* Both forms of a name are taken, dueOn and due_on, but nothing that would come back as another: an
 * underscore before no letter, an empty name in a list, one that is longer than any field's. */
static bool is_mask(const char *text)
{
    bool good = text != NULL;
    for (const char *path = text; good && *text; text++) {
        if (*text == ',') {
            good = text > path && text[1] != '\0';
            path = text + 1;
        } else {
            good = (*text != '_' || islower((unsigned char)text[1])) &&
                   text - path < JSON_NAME_MAX - 1;
        }
    }
    return good;
}

/* "displayName,dueOn" becomes display_name and due_on. */
static bool read_mask(struct reader *r, const json_t *json, Google__Protobuf__FieldMask *mask)
{
    const char *text = json_string_value(json);
    if (!is_mask(text)) {
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
        char camel[JSON_NAME_MAX];
        json_camel(type->fields[i].name, camel);
        if (strcmp(name, camel) == 0 || strcmp(name, type->fields[i].name) == 0) {
            return &type->fields[i];
        }
    }
    return NULL;
}

static bool given_twice(const ProtobufCFieldDescriptor *field, const json_t *json, const char *name)
{
    char camel[JSON_NAME_MAX];
    json_camel(field->name, camel);
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
    if (json_is_type(type, "google.protobuf.Timestamp")) {
        return read_timestamp(r, json, (Google__Protobuf__Timestamp *)message);
    }
    if (json_is_type(type, "google.protobuf.Duration")) {
        return read_duration(r, json, (Google__Protobuf__Duration *)message);
    }
    if (json_is_type(type, "google.protobuf.FieldMask")) {
        return read_mask(r, json, (Google__Protobuf__FieldMask *)message);
    }
    if (json_is_type(type, "google.protobuf.Any")) {
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

/* Descriptors made at run time have no init function; protobuf-c copes when it decodes, only. */
static void init_message(const ProtobufCMessageDescriptor *type, ProtobufCMessage *message)
{
    if (type->message_init) {
        protobuf_c_message_init(type, message);
        return;
    }
    message->descriptor = type;
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        if (field->type == PROTOBUF_C_TYPE_STRING && field->label != PROTOBUF_C_LABEL_REPEATED) {
            *(const char **)((char *)message + field->offset) = field->default_value;
        }
    }
}

static ProtobufCMessage *read_message(struct reader *r, const ProtobufCMessageDescriptor *type,
                                      const json_t *json)
{
    ProtobufCMessage *message = arena_calloc(r->arena, 1, type->sizeof_message);
    if (!message) {
        no_memory(r);
        return NULL;
    }
    init_message(type, message);
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

/* --- text --------------------------------------------------------------------------------------
 */

static _Thread_local bool starved;

static void *watched_malloc(size_t size)
{
    void *memory = malloc(size);
    starved |= !memory;
    return memory;
}

void msg_json_watch_memory(void)
{
    json_set_alloc_funcs(watched_malloc, free);
}

/* Whether there are more values than a message may have: each costs jansson up to 200 bytes,
 * however short its text. */
static bool too_many_values(const uint8_t *bytes, size_t len)
{
    size_t values = 0;
    bool quoted = false;
    for (size_t i = 0; i < len && values <= MSG_JSON_MAX_VALUES; i++) {
        if (quoted && bytes[i] == '\\') {
            i++;
        } else if (bytes[i] == '"') {
            quoted = !quoted;
        } else if (!quoted) {
            values += bytes[i] == ',' || bytes[i] == '{' || bytes[i] == '[';
        }
    }
    return values > MSG_JSON_MAX_VALUES;
}

json_t *msg_json_parse(const uint8_t *bytes, size_t len, struct err *err)
{
    json_error_t where;
    if (too_many_values(bytes, len)) {
        err_set(err, GRPC_RESOURCE_EXHAUSTED, "the request has more than %d values",
                MSG_JSON_MAX_VALUES);
        return NULL;
    }
    starved = false;
    json_t *json =
        json_loadb((const char *)bytes, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &where);
    if (starved || (!json && json_error_code(&where) == json_error_out_of_memory)) {
        json_decref(json);
        err_set(err, GRPC_RESOURCE_EXHAUSTED, "the call needs too much memory");
        return NULL;
    }
    if (!json) {
        err_set(err, GRPC_INVALID_ARGUMENT, "the request is not JSON: %s at line %d column %d",
                where.text, where.line, where.column);
    }
    return json;
}
