/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the database says of each statement, and a file that keeps it from one start to the next.
 *
 * Glossary
 *   description  the names and types of the columns that a statement answers with
 *   catalogue    what PostgreSQL knows of tables, views, types and functions. A description follows
 *                from it, from the session's settings and from the statement's text, and from
 *                nothing else
 *   fingerprint  SHA-256 of all these: the same one means the same descriptions
 */
#ifndef SERVER_SQLRPC_DESCRIBED_H
#define SERVER_SQLRPC_DESCRIBED_H

#include "common/base/buf.h"
#include "server/db/db.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DESCRIBED_HASH = 32,
    DESCRIBED_MAX_FILE = 16 * 1024 * 1024, /* bytes */
};

struct described {
    unsigned char fingerprint[DESCRIBED_HASH];
    bool keeps;       /* there is a fingerprint */
    struct buf image; /* the file's bytes without the checksum at their end */
    size_t *at;       /* by db_statement.index: where its description stands; 0: not known */
    size_t count;     /* of statements */
};

/* A column of a description; the name is borrowed. */
struct described_column {
    const char *name;
    Oid type;
};

/* Makes room for so many statements, of which nothing is known. False when out of memory. */
bool described_init(struct described *described, size_t count);
void described_deinit(struct described *described);

/* Asks about the catalogue, with one statement and without waiting. False when it cannot be sent.
 */
bool described_ask(PGconn *conn);

/* Waits for that answer and takes the fingerprint over it and over `statements`, as many as in
 * described_init. What is asked about statements afterwards is at least as new, so a change of the
 * catalogue in between leaves a fingerprint that is never seen again. False with the reason; then
 * nothing can be kept. */
bool described_recognise(struct described *described, PGconn *conn,
                         struct db_statement *const *statements, struct err *err);

/* Takes all descriptions from the file in `folder`. False with the reason, and with none, when it
 * is not there, not ours alone to write, damaged, or of another fingerprint. A change of the
 * catalogue that comes after the fingerprint is found by the first caller, as one after a check
 * always is: PostgreSQL parses a statement anew when it is first used on a connection, and refuses
 * one whose columns changed since (0A000, on which server/db/pipe.c makes a new connection). */
bool described_read(struct described *described, const char *folder, struct err *err);

/* The same from bytes, of which it makes a copy. */
bool described_take(struct described *described, const uint8_t *bytes, size_t len, struct err *err);

/* Adds what the database says of a statement. False when out of memory. */
bool described_add(struct described *described, size_t index, const PGresult *description);

/* Whether a statement's description is known, and how many columns it has. */
bool described_known(const struct described *described, size_t index, unsigned *ret_columns);

/* Tells the columns of a known statement, at most `most`. */
void described_columns(const struct described *described, size_t index,
                       struct described_column *ret_columns, unsigned most);

/* Puts all descriptions into the file in `folder`, in one step: whoever reads meanwhile has the
 * file of before or this one. False with the reason. */
bool described_write(const struct described *described, const char *folder, struct err *err);

#endif
