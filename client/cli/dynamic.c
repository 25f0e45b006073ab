/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/dynamic.h"

#include "google/protobuf/any.pb-c.h"
#include "google/protobuf/duration.pb-c.h"
#include "google/protobuf/field_mask.pb-c.h"
#include "google/protobuf/timestamp.pb-c.h"

#include <stdlib.h>
#include <string.h>

/* The JSON mapping knows these by their compiled form. */
static const ProtobufCMessageDescriptor *const compiled[] = {
    &google__protobuf__any__descriptor, &google__protobuf__duration__descriptor,
    &google__protobuf__field_mask__descriptor, &google__protobuf__timestamp__descriptor};

bool dynamic_init(struct dynamic_pool *pool, struct arena *arena)
{
    *pool = (struct dynamic_pool){.arena = arena};
    pool->types = arena_calloc(arena, DYNAMIC_MAX_TYPES, sizeof(*pool->types));
    return pool->types != NULL;
}

static struct dynamic_type *add_type(struct dynamic_pool *pool, const char *scope, const char *name,
                                     bool proto3)
{
    if (pool->type_count == DYNAMIC_MAX_TYPES) {
        return NULL;
    }
    struct dynamic_type *type = &pool->types[pool->type_count];
    type->name = arena_printf(pool->arena, "%s%s%s", scope, *scope ? "." : "", name);
    type->proto3 = proto3;
    pool->type_count += type->name != NULL;
    return type->name ? type : NULL;
}

static bool enum_has_names(const Google__Protobuf__EnumDescriptorProto *type)
{
    bool good = true;
    for (size_t i = 0; i < type->n_value; i++) {
        good = good && type->value[i]->name;
    }
    return good;
}

static bool add_enums(struct dynamic_pool *pool, const char *scope,
                      Google__Protobuf__EnumDescriptorProto **list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct dynamic_type *type = add_type(pool, scope, list[i]->name ? list[i]->name : "", true);
        if (!type || !enum_has_names(list[i])) {
            return false;
        }
        type->enumeration = list[i];
    }
    return true;
}

static bool add_messages(struct dynamic_pool *pool, const char *scope,
                         Google__Protobuf__DescriptorProto **list, size_t count, bool proto3,
                         unsigned depth)
{
    for (size_t i = 0; i < count; i++) {
        struct dynamic_type *type =
            add_type(pool, scope, list[i]->name ? list[i]->name : "", proto3);
        if (!type || depth > DYNAMIC_MAX_NESTING) {
            return false;
        }
        type->message = list[i];
        if (!add_enums(pool, type->name, list[i]->enum_type, list[i]->n_enum_type) ||
            !add_messages(pool, type->name, list[i]->nested_type, list[i]->n_nested_type, proto3,
                          depth + 1)) {
            return false;
        }
    }
    return true;
}

static bool has_file(const struct dynamic_pool *pool, const char *name)
{
    for (size_t i = 0; i < pool->file_count; i++) {
        if (strcmp(pool->files[i]->name, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool service_has_names(const Google__Protobuf__ServiceDescriptorProto *service)
{
    bool good = service->name;
    for (size_t i = 0; i < service->n_method; i++) {
        good = good && service->method[i]->name;
    }
    return good;
}

bool dynamic_add(struct dynamic_pool *pool, const void *bytes, size_t len)
{
    ProtobufCAllocator allocator = arena_protobuf_allocator(pool->arena);
    Google__Protobuf__FileDescriptorProto *file =
        google__protobuf__file_descriptor_proto__unpack(&allocator, len, bytes);
    if (!file || !file->name || pool->file_count == DYNAMIC_MAX_FILES) {
        return false;
    }
    if (has_file(pool, file->name)) {
        return true;
    }
    for (size_t i = 0; i < file->n_service; i++) {
        if (!service_has_names(file->service[i])) {
            return false;
        }
    }
    const char *package = file->package ? file->package : "";
    bool proto3 = file->syntax && strcmp(file->syntax, "proto3") == 0;
    pool->files[pool->file_count++] = file;
    return add_enums(pool, package, file->enum_type, file->n_enum_type) &&
           add_messages(pool, package, file->message_type, file->n_message_type, proto3, 0);
}

const char *dynamic_missing(const struct dynamic_pool *pool)
{
    for (size_t i = 0; i < pool->file_count; i++) {
        for (size_t d = 0; d < pool->files[i]->n_dependency; d++) {
            if (!has_file(pool, pool->files[i]->dependency[d])) {
                return pool->files[i]->dependency[d];
            }
        }
    }
    return NULL;
}

const Google__Protobuf__ServiceDescriptorProto *dynamic_service(const struct dynamic_pool *pool,
                                                                const char *name)
{
    for (size_t i = 0; i < pool->file_count; i++) {
        const Google__Protobuf__FileDescriptorProto *file = pool->files[i];
        const char *package = file->package ? file->package : "";
        size_t len = strlen(package);
        if (len > 0 && (strncmp(name, package, len) != 0 || name[len] != '.')) {
            continue;
        }
        for (size_t s = 0; s < file->n_service; s++) {
            if (strcmp(name + (len > 0 ? len + 1 : 0), file->service[s]->name) == 0) {
                return file->service[s];
            }
        }
    }
    return NULL;
}

struct dynamic_type *dynamic_type(struct dynamic_pool *pool, const char *name)
{
    name += *name == '.';
    for (size_t i = 0; i < pool->type_count; i++) {
        if (strcmp(pool->types[i].name, name) == 0) {
            return &pool->types[i];
        }
    }
    return NULL;
}

/* ---- descriptors ---- */

/* protobuf-c finds a number by ranges of consecutive ones; a last range closes the list. */
static ProtobufCIntRange *ranges_of(struct arena *arena, const int *numbers, size_t count,
                                    unsigned *ret_count)
{
    ProtobufCIntRange *ranges = arena_calloc(arena, count + 1, sizeof(*ranges));
    unsigned used = 0;
    for (size_t i = 0; ranges && i < count; i++) {
        if (i == 0 || numbers[i] != numbers[i - 1] + 1) {
            ranges[used++] = (ProtobufCIntRange){numbers[i], (unsigned)i};
        }
    }
    if (ranges) {
        ranges[used] = (ProtobufCIntRange){0, (unsigned)count};
    }
    *ret_count = used;
    return ranges;
}

static int by_number(const void *a, const void *b)
{
    int left = ((const ProtobufCEnumValue *)a)->value;
    int right = ((const ProtobufCEnumValue *)b)->value;
    return (left > right) - (left < right);
}

static int by_enum_name(const void *a, const void *b)
{
    return strcmp(((const ProtobufCEnumValueIndex *)a)->name,
                  ((const ProtobufCEnumValueIndex *)b)->name);
}

static const ProtobufCEnumDescriptor *enum_of(struct dynamic_pool *pool, struct dynamic_type *type)
{
    const Google__Protobuf__EnumDescriptorProto *proto = type->enumeration;
    size_t count = proto->n_value;
    if (type->enum_descriptor) {
        return type->enum_descriptor;
    }
    ProtobufCEnumDescriptor *made = arena_calloc(pool->arena, 1, sizeof(*made));
    ProtobufCEnumValue *values = arena_calloc(pool->arena, count + 1, sizeof(*values));
    ProtobufCEnumValueIndex *names = arena_calloc(pool->arena, count + 1, sizeof(*names));
    int *numbers = arena_calloc(pool->arena, count + 1, sizeof(*numbers));
    if (!made || !values || !names || !numbers) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        values[i] = (ProtobufCEnumValue){proto->value[i]->name, proto->value[i]->name,
                                         proto->value[i]->number};
    }
    qsort(values, count, sizeof(*values), by_number);
    size_t unique = 0;
    for (size_t i = 0; i < count; i++) {
        bool alias = unique > 0 && values[unique - 1].value == values[i].value;
        const char *name = values[i].name;
        unique += !alias;
        if (!alias) {
            values[unique - 1] = values[i];
            numbers[unique - 1] = values[i].value;
        }
        names[i] = (ProtobufCEnumValueIndex){name, (unsigned)unique - 1};
    }
    qsort(names, count, sizeof(*names), by_enum_name);
    *made = (ProtobufCEnumDescriptor){.magic = PROTOBUF_C__ENUM_DESCRIPTOR_MAGIC,
                                      .name = type->name,
                                      .short_name = proto->name,
                                      .c_name = proto->name,
                                      .package_name = "",
                                      .n_values = (unsigned)unique,
                                      .values = values,
                                      .n_value_names = (unsigned)count,
                                      .values_by_name = names};
    made->value_ranges = ranges_of(pool->arena, numbers, unique, &made->n_value_ranges);
    type->enum_descriptor = made->value_ranges ? made : NULL;
    return type->enum_descriptor;
}

static const ProtobufCType types_by_number[] = {
    [1] = PROTOBUF_C_TYPE_DOUBLE,    [2] = PROTOBUF_C_TYPE_FLOAT,
    [3] = PROTOBUF_C_TYPE_INT64,     [4] = PROTOBUF_C_TYPE_UINT64,
    [5] = PROTOBUF_C_TYPE_INT32,     [6] = PROTOBUF_C_TYPE_FIXED64,
    [7] = PROTOBUF_C_TYPE_FIXED32,   [8] = PROTOBUF_C_TYPE_BOOL,
    [9] = PROTOBUF_C_TYPE_STRING,    [10] = PROTOBUF_C_TYPE_MESSAGE,
    [11] = PROTOBUF_C_TYPE_MESSAGE,  [12] = PROTOBUF_C_TYPE_BYTES,
    [13] = PROTOBUF_C_TYPE_UINT32,   [14] = PROTOBUF_C_TYPE_ENUM,
    [15] = PROTOBUF_C_TYPE_SFIXED32, [16] = PROTOBUF_C_TYPE_SFIXED64,
    [17] = PROTOBUF_C_TYPE_SINT32,   [18] = PROTOBUF_C_TYPE_SINT64,
};

enum { TYPE_GROUP = 10 };

struct layout {
    size_t size;
    unsigned oneofs[DYNAMIC_MAX_FIELDS]; /* offset of each choice's case, 0 before it is placed */
    unsigned unions[DYNAMIC_MAX_FIELDS]; /* and of its value */
};

static unsigned reserve(struct layout *layout, size_t size)
{
    size_t align = size < sizeof(void *) ? size : sizeof(void *);
    layout->size = (layout->size + align - 1) / align * align;
    unsigned offset = (unsigned)layout->size;
    layout->size += size;
    return offset;
}

static size_t size_of(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_BOOL:
    case PROTOBUF_C_TYPE_ENUM:
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return 4;
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    default:
        return 8;
    }
}

/* Where the value and its count, presence or case lie in the message. */
static void place(struct layout *layout, const Google__Protobuf__FieldDescriptorProto *proto,
                  bool proto3, ProtobufCFieldDescriptor *field)
{
    bool repeated = proto->label == GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__LABEL__LABEL_REPEATED;
    bool explicit_presence = !proto3 || (proto->has_proto3_optional && proto->proto3_optional);
    if (repeated) {
        field->label = PROTOBUF_C_LABEL_REPEATED;
        field->quantifier_offset = reserve(layout, sizeof(size_t));
        field->offset = reserve(layout, sizeof(void *));
        return;
    }
    if (proto->has_oneof_index && !(proto->has_proto3_optional && proto->proto3_optional) &&
        proto->oneof_index >= 0 && proto->oneof_index < DYNAMIC_MAX_FIELDS) {
        unsigned *case_offset = &layout->oneofs[proto->oneof_index];
        unsigned *value_offset = &layout->unions[proto->oneof_index];
        if (*case_offset == 0) {
            /* protobuf-c clears the value of one member through the address of the next */
            *case_offset = reserve(layout, sizeof(uint32_t));
            *value_offset = reserve(layout, sizeof(ProtobufCBinaryData));
        }
        field->label = PROTOBUF_C_LABEL_NONE;
        field->flags = PROTOBUF_C_FIELD_FLAG_ONEOF;
        field->quantifier_offset = *case_offset;
        field->offset = *value_offset;
        return;
    }
    if (explicit_presence) {
        field->label =
            proto->label == GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__LABEL__LABEL_REQUIRED
                ? PROTOBUF_C_LABEL_REQUIRED
                : PROTOBUF_C_LABEL_OPTIONAL;
        field->quantifier_offset = reserve(layout, sizeof(protobuf_c_boolean));
    } else {
        field->label = PROTOBUF_C_LABEL_NONE;
        if (field->type == PROTOBUF_C_TYPE_STRING) {
            field->default_value = &protobuf_c_empty_string;
        }
    }
    field->offset = reserve(layout, size_of(field->type));
}

static bool fill_field(struct dynamic_pool *pool, struct layout *layout,
                       const Google__Protobuf__FieldDescriptorProto *proto, bool proto3,
                       ProtobufCFieldDescriptor *field)
{
    unsigned number = proto->has_type ? (unsigned)proto->type : 0;
    if (!proto->name || number == 0 || number == TYPE_GROUP ||
        number >= sizeof(types_by_number) / sizeof(types_by_number[0])) {
        return false;
    }
    *field = (ProtobufCFieldDescriptor){
        .name = proto->name, .id = (uint32_t)proto->number, .type = types_by_number[number]};
    place(layout, proto, proto3, field);
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        field->descriptor = dynamic_message(pool, proto->type_name ? proto->type_name : "");
        return field->descriptor != NULL;
    }
    if (field->type == PROTOBUF_C_TYPE_ENUM) {
        struct dynamic_type *type = dynamic_type(pool, proto->type_name ? proto->type_name : "");
        field->descriptor = type && type->enumeration ? enum_of(pool, type) : NULL;
        return field->descriptor != NULL;
    }
    return true;
}

static int by_field_number(const void *a, const void *b)
{
    const Google__Protobuf__FieldDescriptorProto *left =
        *(Google__Protobuf__FieldDescriptorProto *const *)a;
    const Google__Protobuf__FieldDescriptorProto *right =
        *(Google__Protobuf__FieldDescriptorProto *const *)b;
    return (left->number > right->number) - (left->number < right->number);
}

struct named {
    const char *name;
    unsigned index;
};

static int by_field_name(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static unsigned *sorted_by_name(struct arena *arena, const ProtobufCFieldDescriptor *fields,
                                size_t count)
{
    struct named *names = arena_calloc(arena, count + 1, sizeof(*names));
    unsigned *order = arena_calloc(arena, count + 1, sizeof(*order));
    if (!names || !order) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        names[i] = (struct named){fields[i].name, (unsigned)i};
    }
    qsort(names, count, sizeof(*names), by_field_name);
    for (size_t i = 0; i < count; i++) {
        order[i] = names[i].index;
    }
    return order;
}

static bool fill_message(struct dynamic_pool *pool, struct dynamic_type *type)
{
    ProtobufCMessageDescriptor *made = type->descriptor;
    size_t count = type->message->n_field;
    ProtobufCFieldDescriptor *fields = arena_calloc(pool->arena, count + 1, sizeof(*fields));
    int *numbers = arena_calloc(pool->arena, count + 1, sizeof(*numbers));
    struct layout *layout = arena_calloc(pool->arena, 1, sizeof(*layout));
    if (!fields || !numbers || !layout || count > DYNAMIC_MAX_FIELDS) {
        return false;
    }
    layout->size = sizeof(ProtobufCMessage);
    if (count > 0) {
        qsort(type->message->field, count, sizeof(*type->message->field), by_field_number);
    }
    for (size_t i = 0; i < count; i++) {
        numbers[i] = type->message->field[i]->number;
        if (!fill_field(pool, layout, type->message->field[i], type->proto3, &fields[i])) {
            return false;
        }
    }
    reserve(layout, sizeof(void *));
    made->sizeof_message = layout->size;
    made->n_fields = (unsigned)count;
    made->fields = fields;
    made->fields_sorted_by_name = sorted_by_name(pool->arena, fields, count);
    made->field_ranges = ranges_of(pool->arena, numbers, count, &made->n_field_ranges);
    return made->fields_sorted_by_name && made->field_ranges;
}

const ProtobufCMessageDescriptor *dynamic_message(struct dynamic_pool *pool, const char *name)
{
    struct dynamic_type *type = dynamic_type(pool, name);
    for (size_t i = 0; type && i < sizeof(compiled) / sizeof(compiled[0]); i++) {
        if (strcmp(compiled[i]->name, type->name) == 0) {
            return compiled[i];
        }
    }
    if (!type || !type->message) {
        return NULL;
    }
    if (type->descriptor) {
        return type->descriptor;
    }
    /* Set before its fields are filled: a message may contain itself. */
    type->descriptor = arena_calloc(pool->arena, 1, sizeof(*type->descriptor));
    if (!type->descriptor) {
        return NULL;
    }
    *type->descriptor = (ProtobufCMessageDescriptor){.magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
                                                     .name = type->name,
                                                     .short_name = type->message->name,
                                                     .c_name = type->message->name,
                                                     .package_name = ""};
    if (!fill_message(pool, type)) {
        type->descriptor = NULL;
    }
    return type->descriptor;
}
