/* SPDX-License-Identifier: Apache-2.0 */
/* What the database is asked at every start, on a thread of its own while files are read: who may
 * do what, what constraints mean, and whether its catalogue is still that of the last start. */
#ifndef SERVER_INQUIRY_H
#define SERVER_INQUIRY_H

#include "server/sqlrpc/method.h"

#include <uv.h>

struct inquiry {
    const char *conninfo;
    bool about_catalogue;
    struct auth_roles *roles;
    struct db_rules *rules;
    PGconn *conns[SQL_CHECK_CONNECTIONS]; /* NULL when the database cannot be reached */
    bool catalogue_asked;                 /* of the last of conns; the answer may be under way */
    struct err err;                       /* why roles and rules are not known */
    uv_thread_t thread;
    bool on_thread;
};

/* Begins. Borrows all it is given until the end; with `about_catalogue` it asks about that, too. */
void inquiry_begin(struct inquiry *inquiry, const char *conninfo, bool about_catalogue,
                   struct auth_roles *roles, struct db_rules *rules);

/* Waits for the end. False when the database could not be reached, which is logged. The connections
 * are the caller's to use until inquiry_deinit. */
bool inquiry_end(struct inquiry *inquiry);

void inquiry_deinit(struct inquiry *inquiry);

#endif
