/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection: TLS bytes on one side, an HTTP/2 session on the other. Whose turn it is, its
 * listener decides.
 *
 * Glossary
 *   dirty   has frames to send; dirty connections are flushed once, at the end of the turn
 *   unread  has more to read than one turn allows, some of it where no event tells of it
 *   part    all is said and our side is closed; what the peer still sends is thrown away until it
 *           closes, too, since a hard close could take from it what it has not read yet
 *   hold    a peer that was sent away for a flood finds the door shut only after a while: coming
 *           back at once would cost us a handshake each time
 *   rest    a peer that sends more frames than it should is not read from until some are forgiven
 */
#ifndef SERVER_NET_CONN_H
#define SERVER_NET_CONN_H

#include "server/net/http2.h"
#include "server/net/loop.h"
#include "server/net/tls.h"

#include <sys/socket.h>

enum {
    CONN_WRITE_SIZE = 16 * 1024, /* one TLS record a write */
    CONN_READ_SIZE = 32 * 1024,  /* what is taken of one peer before others have a turn, */
    CONN_READ_FRAMES = 64,       /* or frames of that weight: a flood's are small and cost most, */
    CONN_READ_PIECE = 4096,      /* looked at after so many bytes */
    CONN_REKEYS = 8,             /* TLS handshake messages that a peer may send at once when the
                                    handshake is over, */
    CONN_REKEYS_PER_SECOND = 1,  /* and in the long run */
    CONN_FRAMES = 100 * 1000,    /* weight of the frames that a peer may send at once, */
    CONN_FRAMES_PER_SECOND = 300 * 1000, /* which come back at this rate */
    CONN_HANDSHAKE_MS = 10 * 1000,       /* accept to the end of the TLS handshake */
    CONN_IDLE_MS = 15 * 60 * 1000,       /* without a stream */
    CONN_HOLD_MS = 1000,                 /* from sending a flooder away to parting */
    CONN_LINGER_MS = 5 * 1000,           /* from goodbye to the hard close */
    CONN_LINGER_SIZE = 256 * 1024,       /* bytes that a peer may still send in that time */
    CONN_STALL_MS = 30 * 1000,           /* while the peer takes no bytes */
    CONN_KEEPALIVE_MS = 60 * 1000,       /* of silence with streams open, then we ping */
    CONN_ALIVE_MS = 20 * 1000,           /* for the answer, then the peer counts as gone */
    CONN_NOTICE_MS = 1000,               /* from the first GOAWAY to the last, without an answer */
    CONN_PEER_TEXT = 64,
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

/* Takes an accepted socket, which does not block; closes it and returns NULL for want of memory. It
 * is the listener's to free, by conn_close() or by what the peer does. */
struct conn *conn_new(struct listener *listener, int fd, const struct sockaddr_storage *address);

/* Ends it at once. It is freed later: with the next turn, or when it is on no list any more. */
void conn_close(struct conn *conn);

/* Frees a closed connection that is on no list: whoever takes it off the last one calls. */
void conn_let_go(struct conn *conn);

/* Has it flushed at the end of the turn. */
void conn_mark_dirty(struct conn *conn);

/* Sends one write, and more of what the listener has to spare; `unsent` says that there is more. */
void conn_flush(struct conn *conn);

/* Reads on where the last turn ended. */
void conn_read(struct conn *conn);

/* Looks whether it still has to rest. */
void conn_rested(struct conn *conn);

/* Tells an open one that no new call is taken. */
void conn_farewell(struct conn *conn);

/* Ends what has taken too long: handshakes, goodbyes, silence, being without streams. */
void conn_check(struct conn *conn, uint64_t now_ms);

#endif
