/* SPDX-License-Identifier: Apache-2.0 */
/* One libpq connection that brings itself up and comes back by itself: looks up the host's name off
 * the loop, connects, watches the socket. What is said on it is its owner's. Used by pipe.c alone.
 */
#ifndef SERVER_DB_LINK_H
#define SERVER_DB_LINK_H

#include "server/net/loop.h"

#include <libpq-fe.h>
#include <netinet/in.h>
#include <stdbool.h>

enum {
    LINK_MAX_KEYWORDS = 48,
    LINK_CONNECT_MS = 5000,      /* from the start of connecting to ready */
    LINK_BACKOFF_FIRST_MS = 100, /* between attempts to connect, doubling */
    LINK_BACKOFF_LAST_MS = 1000,
    LINK_MAX_ERROR = 256, /* bytes of a reason with its NUL */
};

/* Where to connect, as libpq's keywords and values. */
struct link_address {
    const char *keywords[LINK_MAX_KEYWORDS];
    const char *values[LINK_MAX_KEYWORDS];
    size_t count;
    const char *lookup; /* host name to look up off the loop, as libpq would block on it; or NULL */
};

enum link_state {
    LINK_DOWN,
    LINK_RESOLVING,
    LINK_CONNECTING,
    LINK_GREETING, /* connected; the owner has its first words */
    LINK_READY,
    LINK_CLOSED,
};

/* Each may be called from any of the functions below. */
struct link_owner {
    /* Connected: say the first words, and link_ready() once they are answered. False: that failed.
     */
    bool (*greet)(void *data);
    /* There is something to read. */
    void (*receive)(void *data);
    /* The connection is gone, with all that was under way on it. */
    void (*lost)(void *data);
    void *data;
};

struct link {
    struct loop *loop;
    const struct link_address *address;
    struct link_owner owner;
    enum link_state state;
    PGconn *conn; /* NULL while it is down */
    uv_getaddrinfo_t lookup;
    bool looking_up;
    char hostaddr[INET6_ADDRSTRLEN]; /* what the last lookup found, or "" */
    uv_poll_t
        *poll; /* on the heap: libpq may change its socket, and closing a handle takes a turn */
    int poll_fd;
    int watched;        /* its events */
    bool write_blocked; /* the socket took no more; wait until it is writable */
    uint64_t since_ms;  /* when it began to connect */
    uint64_t retry_ms;
    unsigned backoff_ms;
    unsigned failures;            /* since the start */
    bool failed_once;             /* the last attempt failed: do not keep callers waiting */
    char parting[LINK_MAX_ERROR]; /* what the server said last without being asked, or "" */
    char error[LINK_MAX_ERROR];   /* why it failed the last time, without a line feed at the end */
};

/* Starts connecting, after `delay_ms` or at once; borrows the address. */
void link_init(struct link *link, struct loop *loop, const struct link_address *address,
               unsigned delay_ms, struct link_owner owner);

/* The first words were answered. */
void link_ready(struct link *link);

/* Sends what libpq has gathered, as far as the socket takes it. False when the connection failed;
 * the caller says so with link_fail(). */
bool link_flush(struct link *link);

/* Gives the connection up, with the reason, or libpq's own where `why` is NULL; it will be tried
 * again. Nothing may be used any more that belongs to `conn`, PQgetResult's caller's result apart.
 */
void link_fail(struct link *link, const char *why);

/* Time-outs of connecting, and reconnecting. */
void link_tick(struct link *link);

/* Closes for good. */
void link_close(struct link *link);

#endif
