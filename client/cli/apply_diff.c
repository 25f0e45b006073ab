/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/apply.h"

#include <ctype.h>
#include <string.h>

static const void *at(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    return (const char *)message + field->offset;
}

static size_t count_of(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    return *(const size_t *)((const char *)message + field->quantifier_offset);
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool same_repeated(const ProtobufCMessage *a, const ProtobufCMessage *b,
                          const ProtobufCFieldDescriptor *field)
{
    size_t count = count_of(a, field);
    void *const *left = *(void *const *const *)at(a, field);
    void *const *right = *(void *const *const *)at(b, field);
    if (count != count_of(b, field)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        bool same = field->type == PROTOBUF_C_TYPE_MESSAGE  ? apply_same_message(left[i], right[i])
                    : field->type == PROTOBUF_C_TYPE_STRING ? same_text(left[i], right[i])
                                                            : false;
        if (!same) {
            return false;
        }
    }
    return true;
}

static bool same_field(const ProtobufCMessage *a, const ProtobufCMessage *b,
                       const ProtobufCFieldDescriptor *field)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        return same_repeated(a, b, field);
    }
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return same_text(*(char *const *)at(a, field), *(char *const *)at(b, field));
    case PROTOBUF_C_TYPE_MESSAGE: {
        const ProtobufCMessage *left = *(ProtobufCMessage *const *)at(a, field);
        const ProtobufCMessage *right = *(ProtobufCMessage *const *)at(b, field);
        return left && right ? apply_same_message(left, right) : left == right;
    }
    case PROTOBUF_C_TYPE_BOOL:
        return !*(const protobuf_c_boolean *)at(a, field) ==
               !*(const protobuf_c_boolean *)at(b, field);
    default: /* the API's other fields are int32 and enums */
        return *(const int32_t *)at(a, field) == *(const int32_t *)at(b, field);
    }
}

bool apply_same_message(const ProtobufCMessage *a, const ProtobufCMessage *b)
{
    for (unsigned i = 0; i < a->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &a->descriptor->fields[i];
        if (strcmp(field->name, "name") != 0 && !same_field(a, b, field)) {
            return false;
        }
    }
    return true;
}

/* What the file gives for a field, by either form of its name; NULL when it is left out. */
static const json_t *given(const json_t *json, const char *field)
{
    char camel[64];
    size_t len = 0;
    for (const char *c = field; *c && len < sizeof(camel) - 1; c++) {
        bool raise = *c == '_' && c[1];
        c += raise;
        camel[len++] = (char)(raise ? toupper((unsigned char)*c) : *c);
    }
    camel[len] = '\0';
    const json_t *value = json_object_get(json, camel);
    return value ? value : json_object_get(json, field);
}

struct difference {
    struct arena *arena;
    char **paths;
    size_t count;
    const char *words;
};

static void add(struct difference *d, const char *prefix, const char *field)
{
    char *path = arena_printf(d->arena, "%s%s%s", prefix, *prefix ? "." : "", field);
    if (path && d->count < APPLY_MAX_FIELDS) {
        d->words = arena_printf(d->arena, "%s%s%s", d->words, d->count ? ", " : "", path);
        d->paths[d->count++] = path;
    }
}

/* A message that was never set says the same as an empty one. */
static const ProtobufCMessage *nothing(struct arena *arena, const ProtobufCMessageDescriptor *type)
{
    ProtobufCMessage *message = arena_calloc(arena, 1, type->sizeof_message);
    if (message) {
        protobuf_c_message_init(type, message);
    }
    return message;
}

static void compare(struct difference *d, const char *prefix, const json_t *json,
                    const ProtobufCMessage *wanted, const ProtobufCMessage *there)
{
    for (unsigned i = 0; i < wanted->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &wanted->descriptor->fields[i];
        if (!there || !given(json, field->name)) {
            continue;
        }
        bool nested =
            field->type == PROTOBUF_C_TYPE_MESSAGE && field->label != PROTOBUF_C_LABEL_REPEATED;
        const ProtobufCMessage *inner =
            nested ? *(ProtobufCMessage *const *)at(wanted, field) : NULL;
        if (inner) {
            const ProtobufCMessage *inner_there = *(ProtobufCMessage *const *)at(there, field);
            inner_there = inner_there ? inner_there : nothing(d->arena, inner->descriptor);
            compare(d, field->name, given(json, field->name), inner, inner_there);
        } else if (!nested && !same_field(wanted, there, field)) {
            add(d, prefix, field->name);
        }
    }
}

const char *apply_difference(struct arena *arena, const struct apply_item *item,
                             const ProtobufCMessage *there, char *paths[APPLY_MAX_FIELDS],
                             size_t *ret_count)
{
    struct difference d = {.arena = arena, .paths = paths, .words = ""};
    compare(&d, "", item->json, item->message, there);
    *ret_count = d.count;
    return d.words ? d.words : "";
}
