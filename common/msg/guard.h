/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a message must be before it is decoded: depth, UTF-8, NUL and element count.
 *
 * protobuf-c checks none of these. The guard walks the wire bytes once, beside the descriptor, and
 * takes no memory.
 *
 * Glossary
 *   element  one field occurrence on the wire, at any depth
 */
#ifndef COMMON_MSG_GUARD_H
#define COMMON_MSG_GUARD_H

#include "common/base/arena.h"
#include "common/base/err.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct guard_limits {
    unsigned max_depth;    /* of nested messages, the outermost counted as 1 */
    unsigned max_elements; /* in the whole message */
};

/* The limits pledged uses. An element of a repeated message costs up to 200 bytes of arena. */
#define GUARD_DEFAULT_LIMITS ((struct guard_limits){.max_depth = 16, .max_elements = 65536})

/* Checks `data` as a message of type `descriptor`. On failure fills `err` with INVALID_ARGUMENT (or
 * RESOURCE_EXHAUSTED for too many elements) naming the field's path, and returns false. Unknown
 * fields are allowed, as protobuf asks, and count as elements; unknown enum values are refused. */
bool guard_check(const ProtobufCMessageDescriptor *descriptor, const uint8_t *data, size_t len,
                 const struct guard_limits *limits, struct arena *arena, struct err *err);

/* True when `data` is well-formed UTF-8 without NUL. */
bool guard_utf8(const uint8_t *data, size_t len);

#endif
