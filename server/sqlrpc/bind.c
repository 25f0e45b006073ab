/* SPDX-License-Identifier: Apache-2.0 */
#include "server/sqlrpc/bind.h"

#include "common/base/be.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { ARRAY_HEADER = 20, ARRAY_NULL = -1 };

bool bind_path_resolve(const ProtobufCMessageDescriptor *descriptor, const char *text, size_t len,
                       struct bind_path *ret_path)
{
    *ret_path = (struct bind_path){.crossing = -1};
    for (const char *end = text + len; text <= end;) {
        const char *dot = memchr(text, '.', (size_t)(end - text));
        size_t part = (size_t)((dot ? dot : end) - text);
        char name[BIND_MAX_NAME];
        if (!descriptor || part >= sizeof(name) || ret_path->depth == BIND_MAX_PATH) {
            return false;
        }
        memcpy(name, text, part);
        name[part] = '\0';
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field_by_name(descriptor, name);
        if (!field || (field->label == PROTOBUF_C_LABEL_REPEATED && ret_path->crossing >= 0)) {
            return false;
        }
        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            ret_path->crossing = (int)ret_path->depth;
        }
        ret_path->fields[ret_path->depth++] = field;
        descriptor = field->type == PROTOBUF_C_TYPE_MESSAGE ? field->descriptor : NULL;
        text += part + 1;
    }
    return ret_path->depth > 0;
}

/* --- resource names ------------------------------------------------------------------------------
 */

static bool is_id(const char *text, size_t len)
{
    if (len == 0 || len > BIND_MAX_ID || text[0] == '-') {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (!islower((unsigned char)text[i]) && !isdigit((unsigned char)text[i]) &&
            text[i] != '-') {
            return false;
        }
    }
    return true;
}

bool bind_shape_add(struct bind_shape *shape, const char *collection, size_t len)
{
    size_t before = strlen(shape->collections);
    size_t slash = before > 0 ? 1 : 0;
    if (shape->depth == BIND_MAX_SHAPE || before + slash + len >= BIND_SHAPE_TEXT) {
        return false;
    }
    memcpy(shape->collections + before, "/", slash);
    memcpy(shape->collections + before + slash, collection, len);
    shape->collections[before + slash + len] = '\0';
    shape->depth++;
    return true;
}

bool bind_shape_begins(const struct bind_shape *longer, const struct bind_shape *shape)
{
    size_t len = strlen(shape->collections);
    return strncmp(longer->collections, shape->collections, len) == 0 &&
           (longer->collections[len] == '/' || longer->collections[len] == '\0');
}

/* Steps past a collection and what parts it from the next. */
static const char *after_collection(const char *collection, size_t len)
{
    return collection[len] == '/' ? collection + len + 1 : collection + len;
}

const char *bind_name_segment(const struct bind_shape *shape, const char *name, unsigned segment,
                              char out[BIND_MAX_ID + 1])
{
    const char *collection = shape->collections;
    for (unsigned i = 0; i < shape->depth; i++) {
        size_t plural = strcspn(collection, "/");
        if (strncmp(name, collection, plural) != 0 || name[plural] != '/') {
            return NULL;
        }
        name += plural + 1;
        size_t len = strcspn(name, "/");
        if (!is_id(name, len)) {
            return NULL;
        }
        if (i == segment) {
            memcpy(out, name, len);
            out[len] = '\0';
        }
        name += len;
        collection = after_collection(collection, plural);
        bool last = *collection == '\0';
        if (last ? *name != '\0' : *name++ != '/') {
            return NULL;
        }
    }
    return out;
}

void bind_shape_text(const struct bind_shape *shape, char out[BIND_TEXT])
{
    size_t len = 0;
    const char *collection = shape->collections;
    out[0] = '\0';
    while (*collection && len < BIND_TEXT) {
        size_t plural = strcspn(collection, "/");
        bool ies = plural > 3 && strncmp(collection + plural - 3, "ies", 3) == 0;
        int wrote =
            snprintf(out + len, BIND_TEXT - len, "%s%.*s/{%.*s%s}", len > 0 ? "/" : "", (int)plural,
                     collection, (int)(plural - (ies ? 3 : 1)), collection, ies ? "y" : "");
        len += wrote > 0 ? (size_t)wrote : 0;
        collection = after_collection(collection, plural);
    }
}

static const char *name_value(const struct bind_param *param, const char *field, const char *name,
                              const char *tenant, struct arena *arena, struct err *err)
{
    char id[BIND_MAX_ID + 1];
    char shape[BIND_TEXT];
    if (!*name) {
        return "";
    }
    if (!bind_name_segment(&param->shape, name, 0, id)) {
        bind_shape_text(&param->shape, shape);
        err_violation(err, arena, field, "", "must have the form %s", shape);
        return NULL;
    }
    if (tenant && strcmp(id, tenant) != 0) {
        err_violation(err, arena, field, "", "names something of another authority than %s",
                      tenant);
        err->code = GRPC_PERMISSION_DENIED; /* it may be there or not: nobody is told */
        return NULL;
    }
    bind_name_segment(&param->shape, name, param->segment, id);
    return arena_strndup(arena, id, strlen(id));
}

/* --- parameters ---------------------------------------------------------------------------------
 */

static const void *member_of(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    return (const char *)message + field->offset;
}

static bool complain(enum value_result result, const char *field, struct arena *arena,
                     struct err *err)
{
    switch (result) {
    case VALUE_NOT_A_DATE:
        return err_violation(err, arena, field, "", "must be a day written as YYYY-MM-DD");
    case VALUE_NOT_A_UUID:
        return err_violation(err, arena, field, "", "must be a UUID");
    default:
        return err_no_memory(err);
    }
}

/* Writes the element at `member`; `field` is its path for errors. */
static bool write_element(const struct bind_param *param, const void *member, const char *tenant,
                          const char *field, struct arena *arena, const char **ret_value,
                          int *ret_length, struct err *err)
{
    const ProtobufCFieldDescriptor *leaf = param->path.fields[param->path.depth - 1];
    if (param->is_name) {
        *ret_value = name_value(param, field, *(char *const *)member, tenant, arena, err);
        *ret_length = *ret_value ? (int)strlen(*ret_value) : 0;
        return *ret_value != NULL;
    }
    enum value_result result =
        value_write(param->kind, leaf, param->labels, member, arena, ret_value, ret_length);
    return result == VALUE_OK ? true : complain(result, field, arena, err);
}

/* The member at fields[from..depth) below `message`, or NULL when a message on the way is unset. */
static const void *descend(const struct bind_path *path, unsigned from, unsigned to,
                           const ProtobufCMessage *message)
{
    for (unsigned i = from; i + 1 < to; i++) {
        message = *(const ProtobufCMessage *const *)member_of(message, path->fields[i]);
        if (!message) {
            return NULL;
        }
    }
    return member_of(message, path->fields[to - 1]);
}

/* An unset message on the way stands for its defaults. */
static const void *default_member(const ProtobufCFieldDescriptor *leaf)
{
    static const char empty[] = "";
    static const char *const empty_text = empty;
    static const uint64_t zero[2];
    return leaf->type == PROTOBUF_C_TYPE_STRING ? (const void *)&empty_text : (const void *)zero;
}

struct array_writer {
    const struct bind_param *param;
    const char *tenant;
    struct arena *arena;
    struct err *err;
    const char **values;
    int *lengths;
    size_t count;
    size_t bytes;
};

static bool write_elements(struct array_writer *writer, const void *repeated)
{
    const struct bind_param *param = writer->param;
    const struct bind_path *path = &param->path;
    unsigned crossing = (unsigned)path->crossing;
    const ProtobufCFieldDescriptor *field = path->fields[crossing];
    const char *elements = *(char *const *)repeated;
    bool direct = crossing + 1 == path->depth;
    bool good = true;
    for (size_t i = 0; i < writer->count; i++) {
        const void *at = elements + i * value_member_size(field);
        const void *member =
            direct ? at
                   : descend(path, crossing + 1, path->depth, *(const ProtobufCMessage *const *)at);
        member = member ? member : default_member(path->fields[path->depth - 1]);
        char where[2 * BIND_PARAM_TEXT];
        size_t head = 0; /* the path up to and with the crossing */
        for (unsigned dots = 0;
             param->text[head] && (param->text[head] != '.' || dots++ < crossing); head++) {
        }
        snprintf(where, sizeof(where), "%.*s[%zu]%s", (int)head, param->text, i,
                 param->text + head);
        good = write_element(param, member, writer->tenant, where, writer->arena,
                             &writer->values[i], &writer->lengths[i], writer->err) &&
               good;
        writer->bytes += 4 + (writer->values[i] ? (size_t)writer->lengths[i] : 0);
    }
    return good;
}

static bool write_array(const struct bind_param *param, const ProtobufCMessage *request,
                        const char *tenant, struct arena *arena, const char **ret_value,
                        int *ret_length, struct err *err)
{
    struct array_writer writer = {param, tenant, arena, err, NULL, NULL, 0, ARRAY_HEADER};
    const struct bind_path *path = &param->path;
    unsigned crossing = (unsigned)path->crossing;
    const char *repeated = descend(path, 0, crossing + 1, request);
    if (repeated) {
        const char *message = repeated - path->fields[crossing]->offset;
        writer.count = *(const size_t *)(message + path->fields[crossing]->quantifier_offset);
    }
    writer.values = arena_calloc(arena, writer.count + 1, sizeof(*writer.values));
    writer.lengths = arena_calloc(arena, writer.count + 1, sizeof(*writer.lengths));
    if (!writer.values || !writer.lengths) {
        return complain(VALUE_NO_MEMORY, "", arena, err);
    }
    if (writer.count > 0 && !write_elements(&writer, repeated)) {
        return false;
    }
    char *out = writer.bytes < INT32_MAX ? arena_alloc(arena, writer.bytes) : NULL;
    if (!out) {
        return complain(VALUE_NO_MEMORY, "", arena, err);
    }
    be_put32(out, writer.count > 0); /* dimensions */
    be_put32(out + 4, 1);            /* there may be NULLs */
    be_put32(out + 8, param->type->oid);
    be_put32(out + 12, (uint32_t)writer.count);
    be_put32(out + 16, 1); /* lower bound */
    size_t at = writer.count > 0 ? ARRAY_HEADER : 12;
    for (size_t i = 0; i < writer.count; i++) {
        bool null = !writer.values[i];
        be_put32(out + at, null ? (uint32_t)ARRAY_NULL : (uint32_t)writer.lengths[i]);
        at += 4;
        if (!null) {
            memcpy(out + at, writer.values[i], (size_t)writer.lengths[i]);
            at += (size_t)writer.lengths[i];
        }
    }
    *ret_value = out;
    *ret_length = (int)at;
    return true;
}

bool bind_write(const struct bind_param *param, const ProtobufCMessage *request, const char *tenant,
                struct arena *arena, const char **ret_value, int *ret_length, struct err *err)
{
    return param->is_array
               ? write_array(param, request, tenant, arena, ret_value, ret_length, err)
               : bind_element(param, request, tenant, arena, ret_value, ret_length, err);
}

bool bind_element(const struct bind_param *param, const ProtobufCMessage *request,
                  const char *tenant, struct arena *arena, const char **ret_value, int *ret_length,
                  struct err *err)
{
    const void *member = descend(&param->path, 0, param->path.depth, request);
    member = member ? member : default_member(param->path.fields[param->path.depth - 1]);
    return write_element(param, member, tenant, param->text, arena, ret_value, ret_length, err);
}

/* --- columns ------------------------------------------------------------------------------------
 */

/* The message below `message` at a singular field, made when it is not there. */
static ProtobufCMessage *enter(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                               struct arena *arena)
{
    ProtobufCMessage **member = (ProtobufCMessage **)((char *)message + field->offset);
    if (!*member) {
        const ProtobufCMessageDescriptor *descriptor = field->descriptor;
        *member = arena_alloc(arena, descriptor->sizeof_message);
        if (*member) {
            descriptor->message_init(*member);
        }
    }
    return *member;
}

/* Makes the elements of a repeated field on the first column that reaches it; later ones must agree
 * on their number. */
static const char *size_repeated(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                                 size_t count, struct arena *arena)
{
    size_t *quantity = (size_t *)((char *)message + field->quantifier_offset);
    char **elements = (char **)((char *)message + field->offset);
    if (*quantity == count) {
        return NULL;
    }
    if (*quantity != 0) {
        return "has another length than its neighbours";
    }
    *elements = arena_calloc(arena, count, value_member_size(field));
    if (!*elements) {
        return "does not fit the call's memory";
    }
    for (size_t i = 0; field->type == PROTOBUF_C_TYPE_MESSAGE && i < count; i++) {
        const ProtobufCMessageDescriptor *descriptor = field->descriptor;
        ProtobufCMessage *element = arena_alloc(arena, descriptor->sizeof_message);
        if (!element) {
            return "does not fit the call's memory";
        }
        descriptor->message_init(element);
        ((ProtobufCMessage **)(void *)*elements)[i] = element;
    }
    *quantity = count;
    return NULL;
}

static const char *read_elements(const struct bind_column *column, const char *at, const char *end,
                                 size_t count, ProtobufCMessage *message, struct arena *arena)
{
    const struct bind_path *path = &column->path;
    unsigned crossing = (unsigned)path->crossing;
    const ProtobufCFieldDescriptor *field = path->fields[crossing];
    const ProtobufCFieldDescriptor *leaf = path->fields[path->depth - 1];
    char *elements = *(char **)((char *)message + field->offset);
    for (size_t i = 0; i < count; i++) {
        void *member = elements + i * value_member_size(field);
        if (crossing + 1 < path->depth) {
            ProtobufCMessage *element = *(ProtobufCMessage **)member;
            for (unsigned k = crossing + 1; element && k + 1 < path->depth; k++) {
                element = enter(element, path->fields[k], arena);
            }
            if (!element) {
                return "does not fit the call's memory";
            }
            member = (char *)element + leaf->offset;
        }
        if (end - at < 4) {
            return "is not an array";
        }
        int32_t len = (int32_t)be_get32(at);
        at += 4;
        if (len > end - at) {
            return "is not an array";
        }
        const char *problem = value_read(column->kind, leaf, column->labels, len < 0 ? NULL : at,
                                         len < 0 ? 0 : (size_t)len, member, arena);
        if (problem) {
            return problem;
        }
        at += len > 0 ? len : 0;
    }
    return NULL;
}

static const char *read_array(const struct bind_column *column, const char *data, size_t len,
                              ProtobufCMessage *message, struct arena *arena)
{
    const struct bind_path *path = &column->path;
    if (!data) {
        return "is NULL";
    }
    for (int i = 0; i < path->crossing; i++) {
        message = enter(message, path->fields[i], arena);
        if (!message) {
            return "does not fit the call's memory";
        }
    }
    uint32_t dimensions = len >= 12 ? be_get32(data) : UINT32_MAX;
    if (dimensions > 1 || (dimensions == 1 && len < ARRAY_HEADER)) {
        return "is not an array of one dimension";
    }
    size_t count = dimensions == 0 ? 0 : be_get32(data + 12);
    if (count > len) {
        return "is not an array";
    }
    const char *problem = size_repeated(message, path->fields[path->crossing], count, arena);
    return problem || count == 0
               ? problem
               : read_elements(column, data + ARRAY_HEADER, data + len, count, message, arena);
}

const char *bind_read(const struct bind_column *column, const char *data, size_t len,
                      ProtobufCMessage *message, struct arena *arena)
{
    const struct bind_path *path = &column->path;
    const ProtobufCFieldDescriptor *leaf = path->fields[path->depth - 1];
    if (column->is_array) {
        return read_array(column, data, len, message, arena);
    }
    for (unsigned i = 0; i + 1 < path->depth; i++) {
        message = enter(message, path->fields[i], arena);
        if (!message) {
            return "does not fit the call's memory";
        }
    }
    return value_read(column->kind, leaf, column->labels, data, len, (char *)message + leaf->offset,
                      arena);
}
