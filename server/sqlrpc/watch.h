/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams of replies that follow what changes in an authority.
 *
 * A watch runs its statement again whenever PostgreSQL notifies of a change, each time from the
 * cursor of the last row: so nothing is missed, whatever happens to the notification, and a client
 * goes on from the last cursor it read.
 *
 * Glossary
 *   cursor   where a watch stands; a field of the request and of each reply
 *   due      the statement is to run again
 *   behind   the client has not read what it was sent
 */
#ifndef SERVER_SQLRPC_WATCH_H
#define SERVER_SQLRPC_WATCH_H

#include "server/db/db.h"

enum {
    WATCH_POLL_MS = 5000,      /* between looks without a notification, in case one was lost */
    WATCH_PATIENCE_MS = 10000, /* with a client that is behind */
    WATCH_MAX_CURSOR = 64,     /* bytes of a cursor with its NUL */
};

struct watcher;

/* One loop's watches. */
struct watches {
    struct watcher *first;
    struct loop *loop;
    unsigned count;
    bool any_due;
};

void watches_init(struct watches *watches, struct loop *loop, struct db *db);

#endif
