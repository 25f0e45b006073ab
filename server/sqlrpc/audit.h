/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit trail: the last statement of each write records it in the same transaction, and so does
 * that of a read whose header says `audit: read`; a call that is denied is recorded beside it.
 */
#ifndef SERVER_SQLRPC_AUDIT_H
#define SERVER_SQLRPC_AUDIT_H

#include "server/sqlrpc/execution.h"

enum {
    AUDIT_MAX_WAITING =
        1024, /* denied calls of one loop that wait to be recorded; others are counted */
    AUDIT_RECORD_MS = 30 * 1000,
};

extern struct db_statement audit_write;
extern struct db_statement audit_read;
extern struct db_statement audit_denied;

/* One loop's denied calls. */
struct audit {
    struct db *db;
    unsigned waiting;
    uint64_t missed; /* since one was last recorded */
};

/* Adds the step that records a write or an audited read, which must be the last. False without
 * memory. */
bool audit_step(struct execution *execution, struct err *err);

/* Records a call that ends with UNAUTHENTICATED or PERMISSION_DENIED; for rpc.refused. */
void audit_refused(struct call *call, const struct err *err);

#endif
