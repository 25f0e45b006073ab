/* SPDX-License-Identifier: Apache-2.0 */
/* Segments of jobs on one connection, in libpq's pipeline mode: sends them with their settings,
 * prepares statements as they are used, hands out rows and outcomes. Used by db.c alone. */
#ifndef SERVER_DB_PIPE_H
#define SERVER_DB_PIPE_H

#include "server/db/db.h"
#include "server/db/link.h"

enum segment_kind { SEGMENT_PREPARE, SEGMENT_JOBS, SEGMENT_ROLLBACK };

struct segment {
    enum segment_kind kind;
    struct db_job *first; /* in order */
    unsigned job_count;   /* until the first is settled */
    bool uniform;         /* all of its jobs run the same statements */
    uint64_t cost_us;     /* of each of them, then */
    uint64_t give_up_ms;  /* without its Sync by then, the connection is taken for dead */
};

struct pipe_owner {
    /* A job ended; its outcome is in job->err, or it wants another try. */
    void (*settled)(void *data, struct db_job *job, bool try_again);
    /* The connection failed, for this reason; it will be tried again. */
    void (*lost)(void *data, const char *why);
    /* Something of this authority changed, or of any (NULL) while we were not listening. */
    void (*changed)(void *data, const char *authority);
    void *data;
};

struct pipe {
    struct link link;
    const struct db_catalog *catalog;
    enum db_lane lane;
    bool listens; /* for DB_CHANNEL */
    struct pipe_owner owner;
    struct segment segments[DB_PIPE_SEGMENTS];
    unsigned segment_first;
    unsigned segment_count;
    struct db_job *job;               /* whose answers are being read */
    unsigned item;                    /* which of its statements */
    bool *prepared;                   /* by index of the catalog: the server has said so */
    char in_force[4][DB_MAX_SETTING]; /* the settings that answered in this segment */
    uint64_t last_end_us;
};

/* Starts connecting, after `delay_ms` or at once. Borrows catalog and address. With `listens` it
 * hears of changes. False when out of memory. */
bool pipe_init(struct pipe *pipe, struct loop *loop, const struct db_catalog *catalog,
               const struct link_address *address, enum db_lane lane, bool listens,
               unsigned delay_ms, struct pipe_owner owner);

/* True when another segment may be sent. */
bool pipe_has_room(const struct pipe *pipe);

/* The first job that is not settled, or NULL. */
const struct db_job *pipe_job(const struct pipe *pipe);

/* Sends jobs (a list by `next`) as one segment. Their outcome comes through the owner. */
void pipe_send(struct pipe *pipe, struct db_job *jobs);

/* Time-outs and reconnecting. */
void pipe_tick(struct pipe *pipe);

/* Fails what is in flight and closes for good. */
void pipe_close(struct pipe *pipe);

#endif
