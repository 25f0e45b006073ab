/* SPDX-License-Identifier: Apache-2.0 */
/* One pipelined libpq connection: brings itself up, prepares statements as they are used, carries
 * segments of jobs, and comes back by itself. Used by db.c alone. */
#ifndef SERVER_DB_PIPE_H
#define SERVER_DB_PIPE_H

#include "server/db/db.h"

#include <netinet/in.h>

enum pipe_state {
    PIPE_DOWN,
    PIPE_RESOLVING,
    PIPE_CONNECTING,
    PIPE_PREPARING,
    PIPE_READY,
    PIPE_CLOSED
};

enum segment_kind { SEGMENT_PREPARE, SEGMENT_JOBS, SEGMENT_ROLLBACK };

struct segment {
    enum segment_kind kind;
    unsigned left;        /* statements still to be answered, for PREPARE and ROLLBACK */
    struct db_job *first; /* in order */
    unsigned job_count;   /* until the first is settled */
    bool uniform;         /* all of its jobs run the same statements */
    uint64_t cost_us;     /* of each of them, then */
    uint64_t give_up_ms;  /* without its Sync by then, the connection is taken for dead */
};

enum { PIPE_MAX_KEYWORDS = 48 };

/* Where to connect, as libpq's keywords and values, closed by NULL. */
struct pipe_address {
    const char *keywords[PIPE_MAX_KEYWORDS];
    const char *values[PIPE_MAX_KEYWORDS];
    size_t count;
    const char *lookup; /* host name to look up off the loop, as libpq would block on it; or NULL */
};

struct pipe_owner {
    /* A job ended; its outcome is in job->err, or it wants another try. */
    void (*settled)(void *data, struct db_job *job, bool try_again);
    /* Something of this authority changed, or of any (NULL) while we were not listening. */
    void (*changed)(void *data, const char *authority);
    void *data;
};

struct pipe {
    struct loop *loop;
    const struct db_catalog *catalog;
    const struct pipe_address *address;
    uv_getaddrinfo_t lookup;
    bool looking_up;
    char hostaddr[INET6_ADDRSTRLEN]; /* what the last lookup found, or "" */
    enum db_lane lane;
    bool listens; /* for DB_CHANNEL */
    struct pipe_owner owner;
    enum pipe_state state;
    PGconn *conn;
    uv_poll_t
        *poll; /* on the heap: libpq may change its socket, and closing a handle takes a turn */
    int poll_fd;
    int watched; /* its events */
    uint64_t since_ms;
    uint64_t retry_ms;
    unsigned backoff_ms;
    unsigned failures; /* since the start */
    bool failed_once;  /* the last attempt failed: do not keep callers waiting */
    struct segment segments[DB_PIPE_SEGMENTS];
    unsigned segment_first;
    unsigned segment_count;
    struct db_job *job;               /* whose answers are being read */
    unsigned item;                    /* which of its statements */
    bool *prepared;                   /* by index of the catalog: the server has said so */
    char in_force[4][DB_MAX_SETTING]; /* the settings that answered in this segment */
    uint64_t last_end_us;
    bool write_blocked;
    char error[256]; /* of the last failure, for the log */
};

/* Starts connecting, after `delay_ms` or at once. Borrows catalog and address. With `listens` it
 * hears of changes. False when out of memory. */
bool pipe_init(struct pipe *pipe, struct loop *loop, const struct db_catalog *catalog,
               const struct pipe_address *address, enum db_lane lane, bool listens,
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
