/* SPDX-License-Identifier: Apache-2.0 */
/* Answers costly reads from what was answered before, after asking whether it is still true. */
#ifndef SERVER_SQLRPC_RECALL_H
#define SERVER_SQLRPC_RECALL_H

#include "server/sqlrpc/execution.h"

/* Keeps the request's bytes for later if the method is one whose replies are worth keeping. */
void recall_prepare(struct execution *execution);

/* Runs a read that recall_prepare found worth it, under these settings. False when it is not, and
 * nothing was done. */
bool recall_run(struct execution *execution, const struct db_settings *settings);

/* The engine's own statement for the stamp. */
extern struct db_statement recall_stamp;

#endif
