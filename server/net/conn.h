/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listener and connections: TLS bytes on one side, an HTTP/2 session on the other.
 *
 * Glossary
 *   dirty   has frames to send; dirty connections are flushed once, at the end of the turn
 *   unread  has more to read than one turn allows, some of it where no event tells of it
 *   part    all is said and our side is closed; what the peer still sends is thrown away until it
 *           closes, too, since a hard close could take from it what it has not read yet
 *   hold    a peer that was sent away for a flood finds the door shut only after a while: coming
 *           back at once would cost us a handshake each time
 *   rest    a peer that sends more frames than it should is not read from until some are forgiven
 *   drain   let open calls finish, accept nothing new
 */
#ifndef SERVER_NET_CONN_H
#define SERVER_NET_CONN_H

#include "server/net/http2.h"
#include "server/net/loop.h"
#include "server/net/tls.h"

#include <sys/socket.h>

enum {
    CONN_WRITE_SIZE = 16 * 1024, /* one TLS record a write */
    CONN_SPARE_WRITES = 4,       /* of a turn, for all peers that want more than one */
    CONN_READ_SIZE = 32 * 1024,  /* what is taken of one peer before others have a turn, */
    CONN_READ_FRAMES = 64,       /* or frames of that weight: a flood's are small and cost most, */
    CONN_READ_PIECE = 4096,      /* looked at after so many bytes */
    CONN_HANDSHAKE_NS = 200 * 1000, /* of TLS handshakes in a turn, and the step that ends it */
    CONN_REKEYS = 8,                /* TLS handshake messages that a peer may send at once when the
                                       handshake is over, */
    CONN_REKEYS_PER_SECOND = 1,     /* and in the long run */
    CONN_FRAMES = 100 * 1000,       /* weight of the frames that a peer may send at once, */
    CONN_FRAMES_PER_SECOND = 300 * 1000, /* which come back at this rate */
    CONN_REST_MS = 5,                    /* between looks at those that rest */
    CONN_HANDSHAKE_MS = 10 * 1000,       /* accept to the end of the TLS handshake */
    CONN_IDLE_MS = 15 * 60 * 1000,       /* without a stream */
    CONN_HOLD_MS = 1000,                 /* from sending a flooder away to parting */
    CONN_LINGER_MS = 5 * 1000,           /* from goodbye to the hard close */
    CONN_LINGER_SIZE = 256 * 1024,       /* bytes that a peer may still send in that time */
    CONN_STALL_MS = 30 * 1000,           /* while the peer takes no bytes */
    CONN_KEEPALIVE_MS = 60 * 1000,       /* of silence with streams open, then we ping */
    CONN_ALIVE_MS = 20 * 1000,           /* for the answer, then the peer counts as gone */
    CONN_NOTICE_MS = 1000,               /* from the first GOAWAY to the last, without an answer */
    CONN_CHECK_MS = 1000,                /* between looks at these times */
    CONN_PEER_TEXT = 64,
    CONN_TELL_MS = 1000,        /* between log lines of peers that we send away */
    LISTENER_MAX_CONNS = 20000, /* of one loop */
    LISTENER_BACKLOG = 1024,
};

enum conn_state {
    CONN_HANDSHAKE,
    CONN_OPEN,
    CONN_CLOSING,
    CONN_HELD,
    CONN_PARTED,
    CONN_CLOSED,
};

struct listener;

struct conn {
    struct listener *listener;
    struct conn *prev;
    struct conn *next;
    struct conn *next_dirty;
    struct conn *next_unread;
    enum conn_state state;
    int fd;
    int watched; /* uv events */
    bool dirty;
    bool unsent;          /* the last flush left some */
    bool more;            /* the last read left some */
    bool rests;           /* until some of its frames are forgiven */
    bool unread;          /* is on the list for the next turn, or rests */
    struct bucket frames; /* of CONN_FRAMES */
    struct bucket rekeys; /* of CONN_REKEYS */
    bool stalled;         /* the socket took no more; wait until it is writable */
    bool identified;
    unsigned char fingerprint[TLS_FINGERPRINT_SIZE]; /* of the client certificate, if identified */
    int certificate_days;                            /* until it ends */
    const char *certificate_fault; /* why the one it showed counts as none, or NULL */
    char peer[CONN_PEER_TEXT];     /* address and port, for the log */
    size_t thrown_away;            /* bytes since we parted */
    uint64_t since_ms;             /* start of the state, or of being idle */
    uint64_t stalled_ms;           /* start of the stall */
    uint64_t heard_ms;             /* when bytes last came */
    uint64_t noticed_ms;           /* when it heard that we are about to go */
    SSL *ssl;
    uv_poll_t poll;
    struct buf out;
    struct h2 h2;
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
    unsigned spare_writes; /* of CONN_SPARE_WRITES, in this turn */
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

/* Puts the connection on the list to flush at the end of the turn. */
void conn_mark_dirty(struct conn *conn);

#endif
