/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what PostgreSQL says went wrong to what a client is told.
 *
 * Glossary
 *   SQLSTATE        PostgreSQL's five-character error code; ours begin with PL
 *   rule            the comment on a constraint, "field: sentence", told when it is violated
 */
#ifndef SERVER_DB_ERROR_H
#define SERVER_DB_ERROR_H

#include "common/base/arena.h"
#include "common/base/err.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

/* Raised by request_begin(): this request_id was done before, so answer as it was answered. */
#define DB_SQLSTATE_REPLAY "PL208"

struct db_rule {
    char *constraint;
    char *field;
    char *sentence;
};

/* Constraint comments, sorted by name; read once at start, then shared by all loops. */
struct db_rules {
    struct db_rule *rules;
    size_t count;
};

/* Reads the rules over a connection. On failure a sentence is in `err`. */
bool db_rules_read(PGconn *conn, struct db_rules *rules, struct err *err);
void db_rules_deinit(struct db_rules *rules);

/* Fills `err` from a failed result. Violations go into `arena`. Only messages meant for people are
 * passed on: an unexpected error becomes INTERNAL with its SQLSTATE, for the log to explain. */
void db_error(const PGresult *result, const struct db_rules *rules, struct arena *arena,
              struct err *err);

#endif
