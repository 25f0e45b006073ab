/* SPDX-License-Identifier: Apache-2.0 */
#include "common/msg/guard.h"

#include <stdio.h>
#include <string.h>

enum { GUARD_PATH_MAX = 256, GUARD_STACK = 32 };

enum wire_type {
    WIRE_VARINT = 0,
    WIRE_I64 = 1,
    WIRE_LEN = 2,
    WIRE_I32 = 5,
};

/* One message being walked. `index` counts occurrences of the repeated field last seen, so that a
 * path can say which element is at fault. */
struct level {
    const ProtobufCMessageDescriptor *descriptor;
    const uint8_t *end;
    const ProtobufCFieldDescriptor *field;
    size_t index;
};

struct walk {
    struct level levels[GUARD_STACK];
    unsigned depth;
    unsigned elements;
    const struct guard_limits *limits;
    struct arena *arena;
    struct err *err;
};

static bool read_varint(const uint8_t **at, const uint8_t *end, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70 && *at < end; shift += 7) {
        uint8_t byte = *(*at)++;
        value |= shift < 64 ? (uint64_t)(byte & 0x7F) << shift : 0;
        if (!(byte & 0x80)) {
            *ret_value = value;
            return true;
        }
    }
    return false;
}

bool guard_utf8(const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len;) {
        uint8_t c = data[i];
        unsigned extra = c < 0x80   ? 0
                         : c < 0xC2 ? 9
                         : c < 0xE0 ? 1
                         : c < 0xF0 ? 2
                         : c < 0xF5 ? 3
                                    : 9;
        if (c == 0 || extra == 9 || len - i <= extra) {
            return false;
        }
        for (unsigned k = 1; k <= extra; k++) {
            if ((data[i + k] & 0xC0) != 0x80) {
                return false;
            }
        }
        /* overlong forms, surrogates, and above U+10FFFF */
        if ((c == 0xE0 && data[i + 1] < 0xA0) || (c == 0xED && data[i + 1] > 0x9F) ||
            (c == 0xF0 && data[i + 1] < 0x90) || (c == 0xF4 && data[i + 1] > 0x8F)) {
            return false;
        }
        i += extra + 1;
    }
    return true;
}

/* Writes the path of the field that each open level stands at. */
static const char *path_of(const struct walk *walk, char out[GUARD_PATH_MAX])
{
    size_t len = 0;
    out[0] = '\0';
    for (unsigned i = 0; i < walk->depth && len < GUARD_PATH_MAX; i++) {
        const struct level *level = &walk->levels[i];
        if (!level->field) {
            break;
        }
        const char *dot = i > 0 ? "." : "";
        int wrote =
            level->field->label == PROTOBUF_C_LABEL_REPEATED
                ? snprintf(out + len, GUARD_PATH_MAX - len, "%s%s[%zu]", dot, level->field->name,
                           level->index)
                : snprintf(out + len, GUARD_PATH_MAX - len, "%s%s", dot, level->field->name);
        len += wrote > 0 ? (size_t)wrote : 0;
    }
    return out;
}

static bool refuse(struct walk *walk, const char *rule)
{
    char path[GUARD_PATH_MAX];
    return err_violation(walk->err, walk->arena, path_of(walk, path), "", "%s", rule);
}

static bool is_malformed(struct walk *walk)
{
    return err_set(walk->err, GRPC_INVALID_ARGUMENT, "the request is not a well-formed %s message",
                   walk->levels[0].descriptor->name);
}

static bool enum_known(const ProtobufCFieldDescriptor *field, uint64_t value)
{
    return protobuf_c_enum_descriptor_get_value(field->descriptor, (int)(int64_t)value) != NULL;
}

/* Which wire type a field has when it is not packed. */
static enum wire_type wire_type_of(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return WIRE_I64;
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
        return WIRE_I32;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        return WIRE_LEN;
    default:
        return WIRE_VARINT;
    }
}

static bool too_many(struct walk *walk)
{
    return err_set(walk->err, GRPC_RESOURCE_EXHAUSTED, "the request has more than %u elements",
                   walk->limits->max_elements);
}

/* A packed run counts every entry as an element and may hold unknown enum values. */
static bool check_packed(struct walk *walk, const ProtobufCFieldDescriptor *field,
                         const uint8_t *at, const uint8_t *end)
{
    enum wire_type wire = wire_type_of(field->type);
    size_t width = wire == WIRE_I64 ? 8 : 4;
    if (wire != WIRE_VARINT) {
        size_t count = (size_t)(end - at) / width;
        if (count > walk->limits->max_elements - walk->elements) {
            return too_many(walk);
        }
        walk->elements += (unsigned)count;
        return (size_t)(end - at) % width == 0 ? true : is_malformed(walk);
    }
    while (at < end) {
        uint64_t value;
        if (!read_varint(&at, end, &value)) {
            return is_malformed(walk);
        }
        if (++walk->elements > walk->limits->max_elements) {
            return too_many(walk);
        }
        if (field->type == PROTOBUF_C_TYPE_ENUM && !enum_known(field, value)) {
            return refuse(walk, "is not a value of this enumeration");
        }
    }
    return true;
}

/* A length-delimited field: text is checked, a message becomes the next level, whose bytes the main
 * loop then walks. `*at` moves behind what is done with. */
static bool check_bytes(struct walk *walk, const ProtobufCFieldDescriptor *field,
                        const uint8_t **at, size_t len)
{
    const uint8_t *data = *at;
    *at += len;
    if (!field) {
        return true;
    }
    if (field->type == PROTOBUF_C_TYPE_STRING) {
        return guard_utf8(data, len) ? true : refuse(walk, "must be UTF-8 text without NUL");
    }
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        if (walk->depth >= walk->limits->max_depth || walk->depth >= GUARD_STACK) {
            return refuse(walk, "is nested too deeply");
        }
        *at = data;
        walk->levels[walk->depth++] =
            (struct level){.descriptor = field->descriptor, .end = data + len};
        return true;
    }
    if (field->type != PROTOBUF_C_TYPE_BYTES) {
        if (field->label != PROTOBUF_C_LABEL_REPEATED) {
            return is_malformed(walk);
        }
        return check_packed(walk, field, data, data + len);
    }
    return true;
}

static void stand_at(struct level *level, const ProtobufCFieldDescriptor *field)
{
    level->index = level->field == field ? level->index + 1 : 0;
    level->field = field;
}

static bool check_element(struct walk *walk, const uint8_t **at)
{
    struct level *level = &walk->levels[walk->depth - 1];
    uint64_t key;
    uint64_t value;
    if (!read_varint(at, level->end, &key) || key > UINT32_MAX || key >> 3 == 0) {
        return is_malformed(walk);
    }
    if (++walk->elements > walk->limits->max_elements) {
        return too_many(walk);
    }
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(level->descriptor, (unsigned)(key >> 3));
    enum wire_type wire = key & 7;
    if (field && wire != WIRE_LEN && wire != wire_type_of(field->type)) {
        return is_malformed(walk);
    }
    if (field) {
        stand_at(level, field);
    }
    switch (wire) {
    case WIRE_VARINT:
        if (!read_varint(at, level->end, &value)) {
            return is_malformed(walk);
        }
        if (field && field->type == PROTOBUF_C_TYPE_ENUM && !enum_known(field, value)) {
            return refuse(walk, "is not a value of this enumeration");
        }
        return true;
    case WIRE_I64:
    case WIRE_I32:
        if (level->end - *at < (wire == WIRE_I64 ? 8 : 4)) {
            return is_malformed(walk);
        }
        *at += wire == WIRE_I64 ? 8 : 4;
        return true;
    case WIRE_LEN:
        if (!read_varint(at, level->end, &value) || value > (uint64_t)(level->end - *at)) {
            return is_malformed(walk);
        }
        return check_bytes(walk, field, at, (size_t)value);
    default:
        return is_malformed(walk);
    }
}

bool guard_check(const ProtobufCMessageDescriptor *descriptor, const uint8_t *data, size_t len,
                 const struct guard_limits *limits, struct arena *arena, struct err *err)
{
    struct walk walk = {.depth = 1, .limits = limits, .arena = arena, .err = err};
    walk.levels[0] = (struct level){.descriptor = descriptor, .end = data + len};
    while (walk.depth > 0) {
        if (data == walk.levels[walk.depth - 1].end) {
            walk.depth--;
        } else if (!check_element(&walk, &data)) {
            return false;
        }
    }
    return true;
}
