/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One value on its way between a protobuf field and PostgreSQL's binary format.
 *
 * Glossary
 *   kind   how a field and an SQL type meet: text, date, uuid, int4, …; decided once at start
 *   label  an enum value's name without the enum's prefix, in lower case: RATING_AMBER is "amber"
 */
#ifndef SERVER_SQLRPC_VALUE_H
#define SERVER_SQLRPC_VALUE_H

#include "common/base/arena.h"

#include <libpq-fe.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

enum value_kind {
    VALUE_NONE,
    VALUE_TEXT,      /* string, text */
    VALUE_DATE,      /* string of YYYY-MM-DD or "" for NULL, date */
    VALUE_UUID,      /* string or "" for NULL, uuid */
    VALUE_BOOL,      /* bool, bool */
    VALUE_INT4,      /* int32, int4 */
    VALUE_INT8,      /* int64, int8 */
    VALUE_FLOAT8,    /* double, float8 */
    VALUE_BYTEA,     /* bytes, bytea */
    VALUE_LABEL,     /* enum, text */
    VALUE_TIMESTAMP, /* google.protobuf.Timestamp or unset for NULL, timestamptz */
};

/* An SQL type that may stand behind `::` or in a column. */
struct value_type {
    const char *name;
    Oid oid;
    Oid array_oid;
};

/* Finds a type by its name without "[]", by its OID, or by its array's OID; NULL if it is not ours.
 */
const struct value_type *value_type_named(const char *name, size_t len);
const struct value_type *value_type_of(Oid oid, bool *ret_is_array);

/* How `field` (one element of it, if repeated) meets `type`, or VALUE_NONE. */
enum value_kind value_kind_of(const ProtobufCFieldDescriptor *field, const struct value_type *type);

/* The labels of an enum, indexed as descriptor->values; "" for the zero value. Never freed. */
const char *const *value_labels(const ProtobufCEnumDescriptor *descriptor);

/* Why a value could not be written. */
enum value_result { VALUE_OK, VALUE_NO_MEMORY, VALUE_NOT_A_DATE, VALUE_NOT_A_UUID };

/* Writes the element at `member` as binary. *ret_data is NULL for SQL's NULL. The bytes are
 * borrowed from the message or live in `arena`. `labels` is for VALUE_LABEL. */
enum value_result value_write(enum value_kind kind, const ProtobufCFieldDescriptor *field,
                              const char *const *labels, const void *member, struct arena *arena,
                              const char **ret_data, int *ret_len);

/* Reads binary `data` into the member. `data` NULL is SQL's NULL. Returns NULL, or what is wrong.
 */
const char *value_read(enum value_kind kind, const ProtobufCFieldDescriptor *field,
                       const char *const *labels, const char *data, size_t len, void *member,
                       struct arena *arena);

/* Bytes of one element of the field in C. */
size_t value_member_size(const ProtobufCFieldDescriptor *field);

#endif
