/* SPDX-License-Identifier: Apache-2.0 */
#include "server/sqlrpc/value.h"

#include "common/base/be.h"
#include "common/base/time.h"
#include "google/protobuf/timestamp.pb-c.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UUID_BYTES = 16, UUID_TEXT = 36, MAX_ENUMS = 128, MICROS = 1000000 };

static const struct value_type types[] = {
    {"text", 25, 1009},          {"date", 1082, 1182},  {"uuid", 2950, 2951},  {"bool", 16, 1000},
    {"int4", 23, 1007},          {"int8", 20, 1016},    {"float8", 701, 1022}, {"bytea", 17, 1001},
    {"int", 23, 1007},           {"boolean", 16, 1000}, {"integer", 23, 1007}, {"bigint", 20, 1016},
    {"timestamptz", 1184, 1185},
};

enum { TYPE_COUNT = sizeof(types) / sizeof(types[0]) };

const struct value_type *value_type_named(const char *name, size_t len)
{
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (strlen(types[i].name) == len && memcmp(types[i].name, name, len) == 0) {
            return &types[i];
        }
    }
    return NULL;
}

const struct value_type *value_type_of(Oid oid, bool *ret_is_array)
{
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (types[i].oid == oid || types[i].array_oid == oid) {
            *ret_is_array = types[i].array_oid == oid;
            return &types[i];
        }
    }
    return NULL;
}

enum value_kind value_kind_of(const ProtobufCFieldDescriptor *field, const struct value_type *type)
{
    static const struct {
        ProtobufCType field;
        Oid oid;
        enum value_kind kind;
    } pairs[] = {
        {PROTOBUF_C_TYPE_STRING, 25, VALUE_TEXT},    {PROTOBUF_C_TYPE_STRING, 1082, VALUE_DATE},
        {PROTOBUF_C_TYPE_STRING, 2950, VALUE_UUID},  {PROTOBUF_C_TYPE_BOOL, 16, VALUE_BOOL},
        {PROTOBUF_C_TYPE_INT32, 23, VALUE_INT4},     {PROTOBUF_C_TYPE_INT64, 20, VALUE_INT8},
        {PROTOBUF_C_TYPE_DOUBLE, 701, VALUE_FLOAT8}, {PROTOBUF_C_TYPE_BYTES, 17, VALUE_BYTEA},
        {PROTOBUF_C_TYPE_ENUM, 25, VALUE_LABEL},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (pairs[i].field == field->type && pairs[i].oid == type->oid) {
            return pairs[i].kind;
        }
    }
    bool is_timestamp = field->type == PROTOBUF_C_TYPE_MESSAGE &&
                        field->descriptor == &google__protobuf__timestamp__descriptor;
    return is_timestamp && type->oid == 1184 ? VALUE_TIMESTAMP : VALUE_NONE;
}

/* "ReturnState" is "RETURN_STATE_" long; the prefix is counted, not compared. */
static size_t prefix_length(const char *enum_name)
{
    size_t len = strlen(enum_name) + 1;
    for (const char *at = enum_name + 1; *at; at++) {
        len += isupper((unsigned char)*at) ? 1 : 0;
    }
    return len;
}

static char **make_labels(const ProtobufCEnumDescriptor *descriptor)
{
    size_t prefix = prefix_length(descriptor->short_name);
    char **labels = calloc(descriptor->n_values, sizeof(*labels));
    for (unsigned i = 0; labels && i < descriptor->n_values; i++) {
        const char *name = descriptor->values[i].name;
        bool zero = descriptor->values[i].value == 0;
        labels[i] = strdup(zero || strlen(name) <= prefix ? "" : name + prefix);
        for (char *at = labels[i]; at && *at; at++) {
            *at = (char)tolower((unsigned char)*at);
        }
    }
    return labels;
}

const char *const *value_labels(const ProtobufCEnumDescriptor *descriptor)
{
    /* Filled while the daemon starts, on one thread, and kept until it ends. */
    static struct {
        const ProtobufCEnumDescriptor *descriptor;
        char **labels;
    } known[MAX_ENUMS];
    size_t i = 0;
    while (i < MAX_ENUMS - 1 && known[i].descriptor && known[i].descriptor != descriptor) {
        i++;
    }
    if (known[i].descriptor != descriptor) {
        known[i].descriptor = descriptor;
        known[i].labels = make_labels(descriptor);
    }
    return (const char *const *)known[i].labels;
}

/* --- writing ------------------------------------------------------------------------------------
 */

static bool parse_uuid(const char *text, unsigned char out[UUID_BYTES])
{
    size_t digit = 0;
    if (strlen(text) != UUID_TEXT) {
        return false;
    }
    for (size_t i = 0; i < UUID_TEXT; i++) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (text[i] != '-') {
                return false;
            }
            continue;
        }
        if (!isxdigit((unsigned char)text[i])) {
            return false;
        }
        int value = text[i] <= '9' ? text[i] - '0' : (text[i] | 0x20) - 'a' + 10;
        out[digit / 2] = (unsigned char)(digit % 2 ? out[digit / 2] | value : value << 4);
        digit++;
    }
    return true;
}

/* Fixed-width values: how many bytes, written into `out`; 0 for NULL. */
static int write_fixed(enum value_kind kind, const void *member, unsigned char out[16],
                       enum value_result *result)
{
    int32_t days;
    const char *text;
    switch (kind) {
    case VALUE_DATE:
        text = *(char *const *)member;
        if (!*text) {
            return 0;
        }
        if (!time_date_parse(text, strlen(text), &days)) {
            *result = VALUE_NOT_A_DATE;
            return 0;
        }
        be_put32(out, (uint32_t)(days - TIME_PG_EPOCH_DAYS));
        return 4;
    case VALUE_UUID:
        text = *(char *const *)member;
        if (*text && !parse_uuid(text, out)) {
            *result = VALUE_NOT_A_UUID;
            return 0;
        }
        return *text ? UUID_BYTES : 0;
    case VALUE_BOOL:
        out[0] = *(const protobuf_c_boolean *)member != 0;
        return 1;
    case VALUE_INT4:
        be_put32(out, *(const uint32_t *)member);
        return 4;
    case VALUE_INT8:
    case VALUE_FLOAT8:
        be_put64(out, *(const uint64_t *)member);
        return 8;
    case VALUE_TIMESTAMP: {
        const Google__Protobuf__Timestamp *stamp = *(Google__Protobuf__Timestamp *const *)member;
        if (!stamp) {
            return 0;
        }
        int64_t seconds = stamp->seconds - (int64_t)TIME_PG_EPOCH_DAYS * 86400;
        be_put64(out, (uint64_t)(seconds * MICROS + stamp->nanos / 1000));
        return 8;
    }
    default:
        return 0;
    }
}

enum value_result value_write(enum value_kind kind, const ProtobufCFieldDescriptor *field,
                              const char *const *labels, const void *member, struct arena *arena,
                              const char **ret_data, int *ret_len)
{
    enum value_result result = VALUE_OK;
    unsigned char fixed[16];
    if (kind == VALUE_TEXT) {
        *ret_data = *(char *const *)member;
        *ret_len = (int)strlen(*ret_data);
        return VALUE_OK;
    }
    if (kind == VALUE_LABEL) {
        const ProtobufCEnumDescriptor *descriptor = field->descriptor;
        const ProtobufCEnumValue *value =
            protobuf_c_enum_descriptor_get_value(descriptor, *(const int *)member);
        *ret_data = value ? labels[value - descriptor->values] : "";
        *ret_len = (int)strlen(*ret_data);
        return VALUE_OK;
    }
    if (kind == VALUE_BYTEA) {
        const ProtobufCBinaryData *bytes = member;
        *ret_data = bytes->data ? (const char *)bytes->data : "";
        *ret_len = (int)bytes->len;
        return VALUE_OK;
    }
    *ret_data = NULL;
    *ret_len = write_fixed(kind, member, fixed, &result);
    if (*ret_len > 0) {
        char *copy = arena_alloc(arena, (size_t)*ret_len);
        if (!copy) {
            return VALUE_NO_MEMORY;
        }
        memcpy(copy, fixed, (size_t)*ret_len);
        *ret_data = copy;
    }
    return result;
}

/* --- reading ------------------------------------------------------------------------------------
 */

static const char *read_label(const ProtobufCEnumDescriptor *descriptor, const char *const *labels,
                              const char *data, size_t len, int *member)
{
    for (unsigned i = 0; i < descriptor->n_values; i++) {
        if (strlen(labels[i]) == len && memcmp(labels[i], data, len) == 0) {
            *member = descriptor->values[i].value;
            return NULL;
        }
    }
    return "is not a value of the enumeration";
}

static const char *read_timestamp(const char *data, void *member, struct arena *arena)
{
    Google__Protobuf__Timestamp *stamp = arena_alloc(arena, sizeof(*stamp));
    if (!stamp) {
        return "does not fit the call's memory";
    }
    int64_t micros = (int64_t)be_get64(data);
    int64_t seconds = micros / MICROS - (micros % MICROS < 0);
    google__protobuf__timestamp__init(stamp);
    stamp->nanos = (int32_t)(micros - seconds * MICROS) * 1000;
    stamp->seconds = seconds + (int64_t)TIME_PG_EPOCH_DAYS * 86400;
    *(Google__Protobuf__Timestamp **)member = stamp;
    return NULL;
}

static const char *read_text(enum value_kind kind, const char *data, size_t len, void *member,
                             struct arena *arena)
{
    char *text;
    if (kind == VALUE_DATE) {
        text = arena_alloc(arena, TIME_DATE_LEN + 1);
        if (text) {
            time_date_format((int32_t)be_get32(data) + TIME_PG_EPOCH_DAYS, text);
        }
    } else if (kind == VALUE_UUID) {
        const unsigned char *u = (const unsigned char *)data;
        text = arena_printf(arena,
                            "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                            u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10],
                            u[11], u[12], u[13], u[14], u[15]);
    } else {
        text = arena_strndup(arena, data, len);
    }
    if (!text) {
        return "does not fit the call's memory";
    }
    *(char **)member = text;
    return NULL;
}

/* Bytes of a kind whose binary form has one width; 0 for the others. */
static size_t fixed_width(enum value_kind kind)
{
    static const size_t widths[] = {
        [VALUE_DATE] = 4, [VALUE_UUID] = UUID_BYTES, [VALUE_BOOL] = 1,      [VALUE_INT4] = 4,
        [VALUE_INT8] = 8, [VALUE_FLOAT8] = 8,        [VALUE_TIMESTAMP] = 8,
    };
    return (size_t)kind < sizeof(widths) / sizeof(widths[0]) ? widths[kind] : 0;
}

const char *value_read(enum value_kind kind, const ProtobufCFieldDescriptor *field,
                       const char *const *labels, const char *data, size_t len, void *member,
                       struct arena *arena)
{
    if (!data) {
        /* the member keeps its default, which is empty for dates and unset for messages */
        bool may = kind == VALUE_DATE || kind == VALUE_UUID || kind == VALUE_TIMESTAMP;
        return may ? NULL : "is NULL";
    }
    if (fixed_width(kind) > 0 && len != fixed_width(kind)) {
        return "has another width than its type";
    }
    switch (kind) {
    case VALUE_TEXT:
    case VALUE_DATE:
    case VALUE_UUID:
        return read_text(kind, data, len, member, arena);
    case VALUE_LABEL:
        return read_label(field->descriptor, labels, data, len, member);
    case VALUE_BOOL:
        *(protobuf_c_boolean *)member = data[0] != 0;
        return NULL;
    case VALUE_INT4:
        *(uint32_t *)member = be_get32(data);
        return NULL;
    case VALUE_INT8:
    case VALUE_FLOAT8:
        *(uint64_t *)member = be_get64(data);
        return NULL;
    case VALUE_TIMESTAMP:
        return read_timestamp(data, member, arena);
    case VALUE_BYTEA: {
        ProtobufCBinaryData *bytes = member;
        bytes->data = (uint8_t *)arena_strndup(arena, data, len);
        bytes->len = bytes->data ? len : 0;
        return bytes->data ? NULL : "does not fit the call's memory";
    }
    default:
        return "has no kind";
    }
}

size_t value_member_size(const ProtobufCFieldDescriptor *field)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return 8;
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(void *);
    default:
        return 4;
    }
}
