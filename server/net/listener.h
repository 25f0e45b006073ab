/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A listening socket and its connections: who comes and goes, and whose turn it is.
 *
 * Glossary
 *   turn   of the loop; what one peer takes of it is bounded, so that others are served, too
 *   spare  what is left of a turn when each had its share, for those that want more
 *   drain  let open calls finish, accept nothing new
 */
#ifndef SERVER_NET_LISTENER_H
#define SERVER_NET_LISTENER_H

#include "server/net/conn.h"

enum {
    LISTENER_MAX_CONNS = 20000, /* of one loop */
    LISTENER_BACKLOG = 1024,
    LISTENER_SPARE_WRITES = 4,          /* of a turn, for all peers that want more than one */
    LISTENER_HANDSHAKE_NS = 200 * 1000, /* of TLS handshakes in a turn, and the step that ends it */
    LISTENER_REST_MS = 5,               /* between looks at those that rest, */
    LISTENER_CHECK_MS = 1000,           /* and at what takes too long */
    LISTENER_TELL_MS = 1000,            /* between log lines of peers that we send away */
};

/* By next_dirty. */
struct conn_list {
    struct conn *first;
    struct conn **last;
};

static inline void conn_list_init(struct conn_list *list)
{
    *list = (struct conn_list){.last = &list->first};
}

struct listener {
    struct loop *loop;
    SSL_CTX *tls;
    const struct stream_ops *ops;
    void *ops_data;
    uv_poll_t poll;
    int fd;
    bool draining;
    bool paused; /* out of descriptors or memory: accepts again at the next look */
    uint64_t checked_ms;
    struct conn *conns;
    struct conn_list dirty;
    struct conn *unread;
    struct conn *resting;
    uv_timer_t rest;
    unsigned conn_count;
    uint64_t handshake_ns; /* spent on handshakes in this turn */
    unsigned spare_writes; /* of LISTENER_SPARE_WRITES, in this turn */
    uint64_t told_ms;      /* when the log last heard of a peer that was sent away, */
    unsigned untold;       /* and how many there were since */
    unsigned closes;       /* since what they left was last handed back */
    struct counter accepted;
    struct counter handshakes_failed;
    struct counter expelled; /* ended for what they sent */
    struct counter open;
    struct counter received_bytes;
    struct counter sent_bytes;
};

/* Binds `address` (with SO_REUSEPORT, so that every loop has its own listener) and accepts from the
 * next turn on. Borrows `tls`. Returns 0 or -errno. */
int listener_init(struct listener *listener, struct loop *loop, const struct sockaddr *address,
                  socklen_t address_len, SSL_CTX *tls, const struct stream_ops *ops,
                  void *ops_data);

/* Stops accepting, says GOAWAY on every connection and closes each as its last stream ends. */
void listener_drain(struct listener *listener);

/* Closes every connection at once. */
void listener_close_all(struct listener *listener);

/* What a connection tells of itself: it has something to send, or to read where no event tells of
 * it; it is closed; it was sent away for what it did. */
void listener_flush_later(struct listener *listener, struct conn *conn);
void listener_read_later(struct listener *listener, struct conn *conn);
void listener_left(struct listener *listener, struct conn *conn);
void listener_tell_expelled(struct listener *listener, const struct conn *conn);

#endif
