/* SPDX-License-Identifier: Apache-2.0 */
/* What loader.c and statement.c share while a .sql file becomes a method. */
#ifndef SERVER_SQLRPC_READER_H
#define SERVER_SQLRPC_READER_H

#include "server/sqlrpc/method.h"

struct reader {
    struct sql_method *method; /* being made; its RPC is known before its statements are read */
    struct problems *problems;
    const char *where; /* the file, for people */
};

/* In the place of an into, of what is run after a refusal. */
#define READER_AFTER_REFUSAL "(refusal)"

/* Adds a statement to the method: finds its :parameters in the request and numbers them, and the
 * place in the reply that its rows fill. `into` is what the file says, NULL for what writes, or
 * READER_AFTER_REFUSAL; `text` has no comments and is changed. What does not agree is a problem,
 * and the statement is left out. */
void reader_add_statement(struct reader *reader, const char *into, char *text);

#endif
