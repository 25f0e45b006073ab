/* SPDX-License-Identifier: Apache-2.0 */
/* What both halves of the JSON mapping know of names and field sizes. Only they include it. */
#ifndef COMMON_MSG_JSON_FIELDS_H
#define COMMON_MSG_JSON_FIELDS_H

#include <ctype.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <string.h>

enum { JSON_NAME_MAX = 128 /* bytes of a field's name in either form, with its NUL */ };

/* Writes display_name as displayName; a longer name is cut. */
static inline void json_camel(const char *name, char out[JSON_NAME_MAX])
{
    size_t len = 0;
    bool raise = false;
    for (; *name && len < JSON_NAME_MAX - 1; name++) {
        if (*name == '_') {
            raise = true;
            continue;
        }
        out[len++] = (char)(raise ? toupper((unsigned char)*name) : *name);
        raise = false;
    }
    out[len] = '\0';
}

/* True for the message type of that full name. */
static inline bool json_is_type(const ProtobufCMessageDescriptor *descriptor, const char *name)
{
    return strcmp(descriptor->name, name) == 0;
}

/* Bytes that one value of a field takes in a message or a repeated field's array. */
static inline size_t json_value_size(ProtobufCType type)
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

#endif
