/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daily removal of what is too old: one loop of each daemon asks the database every hour
 * whether a run is due, and logs what it removed. Of several daemons one runs, which
 * retention_job() sees to.
 */
#ifndef SERVER_SQLRPC_RETENTION_H
#define SERVER_SQLRPC_RETENTION_H

#include "server/db/db.h"

#include <jansson.h>

enum {
    RETENTION_RUN_MS = 10 * 60 * 1000, /* that a run may take */
    RETENTION_FIRST_PART = 60,         /* the first check comes within this part of the time between
                                          two, so that many daemons do not all ask at once */
};

extern struct db_statement retention_job;

struct retention {
    struct loop *loop;
    struct db *db;
    uint64_t every_ms;
    uint64_t next_ms;
    bool running;
    struct db_job job;
    struct db_step step;
    struct arena arena;
    json_t *removed; /* what the run says, by kind */
};

/* Has `loop` check every so many seconds; 0 is never. Borrows loop and db. */
void retention_init(struct retention *retention, struct loop *loop, struct db *db, int every_s);

#endif
