/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Message types that are learnt while the program runs: protobuf-c descriptors made of
 * FileDescriptorProtos.
 *
 * Glossary
 *   pool  the files learnt so far and the descriptors made of them
 */
#ifndef CLIENT_CLI_DYNAMIC_H
#define CLIENT_CLI_DYNAMIC_H

#include "common/base/arena.h"

#include "google/protobuf/descriptor.pb-c.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    DYNAMIC_MAX_FILES = 256,
    DYNAMIC_MAX_TYPES = 4096,
    DYNAMIC_MAX_FIELDS = 2048,
    DYNAMIC_MAX_NESTING = 16,
};

struct dynamic_type {
    const char *name;                                 /* without the leading dot */
    const Google__Protobuf__DescriptorProto *message; /* or NULL for an enum */
    const Google__Protobuf__EnumDescriptorProto *enumeration;
    bool proto3;
    ProtobufCMessageDescriptor *descriptor; /* made when it is first asked for */
    ProtobufCEnumDescriptor *enum_descriptor;
};

struct dynamic_pool {
    struct arena *arena;
    const Google__Protobuf__FileDescriptorProto *files[DYNAMIC_MAX_FILES];
    size_t file_count;
    struct dynamic_type *types;
    size_t type_count;
};

/* Starts an empty pool in the arena. False without memory. */
bool dynamic_init(struct dynamic_pool *pool, struct arena *arena);

/* Learns a serialized FileDescriptorProto; one that is known already is left as it is. False when
 * it cannot be read or there are too many. */
bool dynamic_add(struct dynamic_pool *pool, const void *bytes, size_t len);

/* The name of a file that is imported and not yet known, or NULL when the pool is complete. */
const char *dynamic_missing(const struct dynamic_pool *pool);

/* The service of that full name, or NULL. */
const Google__Protobuf__ServiceDescriptorProto *dynamic_service(const struct dynamic_pool *pool,
                                                                const char *name);

/* The type of that full name, with or without a leading dot, or NULL. */
struct dynamic_type *dynamic_type(struct dynamic_pool *pool, const char *name);

/* The descriptor of a message, made with those of its fields; NULL when one of them is missing or
 * cannot be used (proto2 groups). It lives as long as the arena. */
const ProtobufCMessageDescriptor *dynamic_message(struct dynamic_pool *pool, const char *name);

#endif
