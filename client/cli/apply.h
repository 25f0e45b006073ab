/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What it takes to make the service look like a file: compared first, then written.
 *
 * Glossary
 *   action  one call that writes
 *   plan    all actions in order, and how much is the same already
 */
#ifndef CLIENT_CLI_APPLY_H
#define CLIENT_CLI_APPLY_H

#include "client/cli/apply_file.h"
#include "client/cli/cli.h"

enum { APPLY_MAX_FIELDS = 32 };

struct apply_action {
    char sign; /* + create, ~ change */
    const char *what;
    const char *method;
    ProtobufCMessage *request;
    const char *etag_method; /* read just before, for the etag that the request needs; or NULL */
};

struct apply_plan {
    struct cli *cli;
    struct apply_file *file;
    struct apply_action *actions;
    size_t action_count;
    size_t action_cap;
    size_t same[APPLY_KINDS];
    bool is_new;       /* the authority is not there: nothing can be read */
    const char *until; /* name of the version to stop at, or NULL */
    bool stopped;
};

/* What a kind is called, for `count` of them. */
const char *apply_kind_word(enum apply_kind kind, size_t count);

/* Compares every item with the service. False when reading failed, with the error printed. What can
 * never be made the same becomes a problem of the file. */
bool apply_compare(struct apply_plan *plan);

/* Names the fields of `item` that the file gives and that differ from `there`, comma by comma; ""
 * when it is the same. Fields that the file leaves out are left alone. Fills `paths` for an update
 * mask; a member of a nested message has a path with a dot. */
const char *apply_difference(struct arena *arena, const struct apply_item *item,
                             const ProtobufCMessage *there, char *paths[APPLY_MAX_FIELDS],
                             size_t *ret_count);

/* True when both messages say the same, apart from fields that the service fills. */
bool apply_same_message(const ProtobufCMessage *a, const ProtobufCMessage *b);

#endif
