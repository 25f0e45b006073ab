/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole council in a file, in the form pledge.apply/1: read and checked without the service.
 *
 * Glossary
 *   item     one thing of the file: a department, a version, a return, …
 *   problem  what is wrong at one path of the file, such as "bodies[2].parentBody"
 */
#ifndef CLIENT_CLI_APPLY_FILE_H
#define CLIENT_CLI_APPLY_FILE_H

#include "common/base/arena.h"

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

enum { APPLY_MAX_ITEMS = 10000, APPLY_MAX_PROBLEMS = 1000 };

/* In the order in which they are applied. */
enum apply_kind {
    APPLY_AUTHORITY,
    APPLY_DEPARTMENT,
    APPLY_AGENCY,
    APPLY_BODY,
    APPLY_PLEDGE,
    APPLY_VERSION,
    APPLY_COMMITMENT,
    APPLY_ROUND,
    APPLY_RETURN,
    APPLY_KINDS,
};

struct apply_item {
    const char *id;
    const char *name;   /* whole resource name */
    char *parent;       /* resource name of the collection's parent */
    const char *path;   /* in the file */
    const json_t *json; /* as in the file: says which fields were given */
    ProtobufCMessage *message;
    char *adopted_on; /* version: its adoption, or NULL */
    char *adopted_by;
    bool certified; /* return */
    bool accepted;
    bool closed; /* round */
};

struct apply_list {
    struct apply_item *items;
    size_t count;
    size_t cap;
};

struct apply_problem {
    const char *path;
    const char *text;
};

struct apply_file {
    struct arena *arena;
    json_t *root;
    struct apply_list lists[APPLY_KINDS];
    struct apply_problem *problems;
    size_t problem_count;
    char *authority; /* resource name */
    bool no_memory;  /* something was lost: nothing of it may be used */
};

/* Reads the file's text. Whatever is wrong is in the problems; without any, the lists are complete.
 * False without memory. Free with apply_file_deinit. */
bool apply_file_read(struct apply_file *file, struct arena *arena, const char *text, size_t len);

void apply_file_deinit(struct apply_file *file);

/* Adds a problem; strings are borrowed. */
void apply_file_problem(struct apply_file *file, const char *path, const char *text);

/* The item of that kind with this resource name, or NULL. */
const struct apply_item *apply_file_find(const struct apply_file *file, enum apply_kind kind,
                                         const char *name);

#endif
