/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One loop's way to PostgreSQL: jobs go in, rows come back, many jobs a round trip.
 *
 * Glossary
 *   job       the statements of one call, with the settings they run under
 *   step      one statement of a job, with its parameters
 *   settings  authority, principal, role, owner and time-out; set inside the transaction before the
 *             job's steps, in one piece with them, and checked by their echo before a row is taken
 *   lane      the connections for one kind of work: reads, heavy reads, writes
 *   line      the jobs of one council that wait in a lane; lines take turns
 *   segment   what stands between two Syncs of a pipeline: many reads, or one write
 *   solo      a job that runs in a segment of its own, because a neighbour's failure aborted it
 */
#ifndef SERVER_DB_DB_H
#define SERVER_DB_DB_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include "server/db/error.h"
#include "server/net/loop.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

enum db_lane { DB_READ, DB_HEAVY, DB_WRITE, DB_LANES };

#define DB_CHANNEL "pledge_change"

enum {
    DB_SEGMENT_JOBS = 48,     /* reads that share one Sync */
    DB_PIPE_SEGMENTS = 4,     /* segments in flight on one connection */
    DB_MAX_QUEUED = 8192,     /* jobs waiting in one lane */
    DB_MAX_LINE = 4096,       /* of them, of one council */
    DB_READ_TURN = 16,        /* reads of one council before those of the next */
    DB_WRITE_TURN_MS = 20,    /* a council's writes wait so long for the one before */
    DB_STAGGER_MS = 50,       /* between the first connection of a lane and each further one */
    DB_TELL_MS = 10000,       /* between two lines in the log about failing connections */
    DB_GRACE_MS = 5000,       /* past the last statement_timeout, then the connection is dropped */
    DB_RETRY_AFTER_MS = 500,  /* told to clients while the database is away */
    DB_TIMEOUT_STEP_MS = 500, /* statement_timeout is rounded up to this */
    DB_MAX_SETTING = 64,      /* bytes of an authority, principal, role or owner with its NUL */
    DB_MAX_STEPS = 12,
    DB_MAX_LISTENERS = 4,
    DB_MAX_TRIES = 3, /* of a read that was not to blame */
};

/* Prepared under its name on a connection when it is first used there; lives as long as the daemon.
 */
struct db_statement {
    char name[32];
    size_t index; /* in the catalog */
    const char *sql;
    int param_count;
    const Oid *param_types;
};

/* All statements and rules; made at start, shared by all loops, never changed. */
struct db_catalog {
    struct db_statement *const *statements;
    size_t statement_count;
    struct db_rules rules;
};

struct db_settings {
    const char *authority; /* "" for none */
    const char *principal;
    const char *role;
    const char *owner;
};

struct db_step {
    const struct db_statement *statement;
    const char *const *values; /* binary; NULL is NULL */
    const int *lengths;
};

struct db_job {
    struct db_job *next;
    struct db_settings settings; /* borrowed strings, as everything here, until `done` */
    const struct db_step *steps;
    unsigned step_count;
    enum db_lane lane;
    const char *trace;    /* a W3C traceparent that PostgreSQL shows as application_name, or "" */
    bool dry_run;         /* a write that is rolled back at its end */
    bool cancelled;       /* nobody waits any more; it is not sent if it was not yet */
    uint64_t deadline_ms; /* monotonic; statements are stopped by it */
    struct arena *arena;  /* for the violations of `err` */
    struct err err;
    /* Rows of one step; borrowed. Sets job->err and returns false when they do not fit. */
    bool (*rows)(struct db_job *job, unsigned step, const PGresult *rows);
    /* The end: job->err tells. Writes are answered only after their commit was confirmed. */
    void (*done)(struct db_job *job);
    uint64_t sent_us;    /* loop.now_us when it left, */
    uint64_t settled_us; /* and when its answer was complete */
    uint32_t cost_us;    /* what it took, as measured; 0: not known */

    uint64_t timeout_ms; /* used by this floor, as is what follows */
    unsigned parses;     /* bit i: step i is preceded by its preparation */
    bool follows;        /* it runs under the settings of the one before it, which are the same */
    unsigned tries;
    bool solo;
    bool aborted;
};

/* What the lanes are doing; read by another thread. */
struct db_counters {
    struct db_lane_counters {
        struct counter queued;      /* jobs that wait to be sent */
        struct counter in_flight;   /* jobs that wait for their answer */
        struct counter connections; /* that are ready */
        struct counter jobs;        /* answered since the start */
        struct counter segments;    /* sent since the start */
        struct counter failures;    /* of connections since the start */
    } lanes[DB_LANES];
};

struct db_config {
    const char *conninfo;
    unsigned connections[DB_LANES];
};

struct db;

/* Opens the lanes of `loop`; connections come up in the background. Borrows all arguments. NULL
 * when out of memory or when `conninfo` cannot be read, with a sentence in `err`. */
struct db *db_new(struct loop *loop, const struct db_config *config,
                  const struct db_catalog *catalog, struct err *err);

/* Queues a job; it is sent at the end of this turn. Always ends in job->done, at the earliest in
 * the next callback of the loop, never inside this call. */
void db_submit(struct db *db, struct db_job *job);

/* Calls `changed` with the authority of each change that PostgreSQL notifies of on DB_CHANNEL, with
 * "" when it was who is who, and with NULL when any may have changed because nobody listened for a
 * while. For DB_MAX_LISTENERS at most. */
void db_on_change(struct db *db, void (*changed)(void *data, const char *authority), void *data);

/* Lives as long as the db. */
const struct db_counters *db_counters(const struct db *db);

/* True once every lane has a connection that is ready. */
bool db_ready(const struct db *db);

/* True when no job is queued or in flight. */
bool db_idle(const struct db *db);

/* Fails what is left and closes; run the loop once more before db_free. */
void db_close(struct db *db);
void db_free(struct db *db);

/* For db_job.rows of a job whose rows nobody needs. */
bool db_no_rows(struct db_job *job, unsigned step, const PGresult *rows);

#endif
