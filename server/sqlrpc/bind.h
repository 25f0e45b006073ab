/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How request fields become parameters and columns become reply fields. Everything that has a name
 * is resolved here, once at start; a call walks flat arrays of descriptors and offsets.
 *
 * Glossary
 *   path     fields from a message down to a value, such as version.statements.text
 *   crossing the repeated field on a path; a path that crosses one stands for an array
 *   shape    the collections of a resource name, such as authorities/pledges/versions
 *   tenant   the authority that a request names, in its parent or name field
 *   refusal  what a call was refused with, for the statement that keeps it: refusal.status,
 *            refusal.message and refusal.codes, the codes of its violations between blanks
 */
#ifndef SERVER_SQLRPC_BIND_H
#define SERVER_SQLRPC_BIND_H

#include "common/base/err.h"
#include "server/sqlrpc/value.h"

enum {
    BIND_MAX_PATH = 5,
    BIND_MAX_SHAPE = 6, /* collections */
    BIND_MAX_PARAMS = 32,
    BIND_MAX_COLUMNS = 48,
    BIND_MAX_ID = 63,   /* characters of one segment of a resource name */
    BIND_MAX_NAME = 64, /* bytes of one field name */
    /* Thousands of parameters are kept, so their names have no more room than they need. */
    BIND_SHAPE_TEXT = 64,
    BIND_PARAM_TEXT = 80,
    BIND_TEXT = 256, /* bytes of a path as text */
};

struct bind_path {
    const ProtobufCFieldDescriptor *fields[BIND_MAX_PATH];
    unsigned depth;
    int crossing; /* index of the repeated field, or -1 */
};

struct bind_shape {
    char collections[BIND_SHAPE_TEXT]; /* "authorities/pledges/versions" */
    unsigned depth;                    /* how many they are */
};

enum bind_refusal { BIND_NO_REFUSAL, BIND_STATUS, BIND_MESSAGE, BIND_CODES };

struct bind_param {
    enum bind_refusal refusal; /* then nothing else of the request is meant */
    struct bind_path path;
    char text[BIND_PARAM_TEXT]; /* the path as the request spells it, for errors */
    const struct value_type *type;
    enum value_kind kind;
    const char *const *labels;
    bool is_array;
    bool is_name;            /* a segment of a resource name: */
    struct bind_shape shape; /* what the whole name must look like */
    unsigned segment;        /* which identifier of it */
};

struct bind_column {
    struct bind_path path; /* from the message that the row fills */
    enum value_kind kind;
    const char *const *labels;
    bool is_array;
};

/* Resolves a dotted path. False when a field is unknown or two fields on it are repeated. */
bool bind_path_resolve(const ProtobufCMessageDescriptor *descriptor, const char *text, size_t len,
                       struct bind_path *ret_path);

/* Writes one parameter of `request` as binary into values[at] and lengths[at]. `tenant` is the
 * authority that every name must be of, or NULL. A malformed value becomes a violation in `err`;
 * then, and when memory is short, returns false. */
bool bind_write(const struct bind_param *param, const ProtobufCMessage *request, const char *tenant,
                struct arena *arena, const char **ret_value, int *ret_length, struct err *err);

/* Writes the same parameter's element for one request of a stream of them. */
bool bind_element(const struct bind_param *param, const ProtobufCMessage *request,
                  const char *tenant, struct arena *arena, const char **ret_value, int *ret_length,
                  struct err *err);

/* Reads one column of a row into `message`. Returns NULL, or what is wrong with the column. */
const char *bind_read(const struct bind_column *column, const char *data, size_t len,
                      ProtobufCMessage *message, struct arena *arena);

/* Adds a collection to the end of a shape. False when it is too long or there are too many. */
bool bind_shape_add(struct bind_shape *shape, const char *collection, size_t len);

/* True when `longer` begins with the collections of `shape`, or is the same. */
bool bind_shape_begins(const struct bind_shape *longer, const struct bind_shape *shape);

/* Takes the identifier of segment `segment` from a resource name of the given shape. NULL when the
 * name has another shape. Writes into `out`, NUL-terminated. */
const char *bind_name_segment(const struct bind_shape *shape, const char *name, unsigned segment,
                              char out[BIND_MAX_ID + 1]);

/* Writes "authorities/{authority}/pledges/{pledge}" for people. */
void bind_shape_text(const struct bind_shape *shape, char out[BIND_TEXT]);

#endif
