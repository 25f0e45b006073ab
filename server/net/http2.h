/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection's HTTP/2 session, as streams of headers and bytes. Specification: RFC 9113.
 *
 * Glossary
 *   stream      one request and its reply; embedded in what the floor above keeps of a call
 *   stream_ops  what the floor above does when something arrives on a stream
 *   cut short   ended by us while the peer may still send on it, so what comes is let pass
 *   orphan      a stream whose connection is gone: `h2` is NULL and sending does nothing
 */
#ifndef SERVER_NET_HTTP2_H
#define SERVER_NET_HTTP2_H

#include "common/base/bucket.h"
#include "common/base/buf.h"

#include <nghttp2/nghttp2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct h2;
struct conn;

enum {
    H2_MAX_STREAMS = 256,   /* open at once on one connection */
    H2_WINDOW = 256 * 1024, /* bytes a stream may send ahead */
    H2_CONN_WINDOW = 1024 * 1024,
    H2_MAX_HEADER_BYTES =
        16384, /* of one request, names and values and 32 for each, RFC 9113 6.5.2 */
    H2_MAX_SETTINGS = 16,
    H2_MAX_ACKS = 256,
    H2_MAX_CONTINUATIONS = 4,
    H2_MAX_SEND_HEADERS = 1024 * 1024, /* of one block of trailers */
    H2_LOW_WATER = 32 * 1024,   /* bytes waiting in a stream, below which it counts as drained */
    H2_ASIDE_FRAME = 10,        /* what a frame counts that is no part of a call, such as PING */
    H2_SMALL_FRAME = 32,        /* bytes of DATA below which a frame that does not end its stream */
    H2_SMALL_BURST = 10000,     /* costs one of so many, */
    H2_SMALL_PER_SECOND = 2000, /* which come back at this rate */
    H2_PING_MS = 10 * 1000,     /* pings that come faster than this are a strike each, */
    H2_PING_STRIKES = 20,       /* of which so many are forgiven until we send something */
    H2_RESET_BURST = 1000,      /* streams that a client may reset */
    H2_RESET_PER_SECOND = 200,
    H2_CUT_SHORT = 8, /* streams that we remember to have ended before the peer did */
};

struct stream {
    struct h2 *h2; /* NULL once the connection or the stream is gone */
    struct stream *prev;
    struct stream *next;
    int32_t id;
    struct buf out;             /* bytes of DATA still to be sent */
    const nghttp2_nv *trailers; /* borrowed until the stream closes */
    size_t trailer_count;
    size_t header_bytes;
    bool headers_sent;
    bool finished; /* nothing comes after `out` but the trailers */
    bool waiting;  /* nghttp2 waits for more in `out` */
};

struct stream_ops {
    /* A request begins. Returns the stream embedded in a new call, or NULL for want of memory. */
    struct stream *(*open)(void *data, struct conn *conn);
    /* One header. False for want of memory: the stream is reset. */
    bool (*header)(struct stream *stream, const char *name, size_t name_len, const char *value,
                   size_t value_len);
    /* The headers are complete. */
    void (*begin)(struct stream *stream);
    /* Bytes of the body; borrowed. */
    void (*data)(struct stream *stream, const uint8_t *data, size_t len);
    /* The client sends no more. */
    void (*end)(struct stream *stream);
    /* All but little of what waited in stream->out is on its way. */
    void (*drained)(struct stream *stream);
    /* The stream is gone; `stream->h2` is NULL. The owner frees it when nothing else needs it. */
    void (*closed)(struct stream *stream);
};

struct h2 {
    nghttp2_session *session;
    struct conn *conn;
    struct stream *streams;
    unsigned stream_count;
    struct bucket small_frames; /* of H2_SMALL_BURST */
    bool doomed;                /* we told it so with an error: nothing more is taken */
    bool flooded;               /* and it was for how much it sent */
    const char *reason;         /* why we end it, for the peer and the log; NULL: no fault of it */
    unsigned ping_strikes;
    uint64_t ping_ms;       /* when the last one came */
    uint8_t head[9];        /* of the frame that is coming in, */
    unsigned head_len;      /* as far as it is here, */
    size_t payload_left;    /* and what follows the one before */
    unsigned frames;        /* that have come in, by weight, counted round and round */
    int32_t last_stream_id; /* the newest that the peer opened */
    int32_t cut_short[H2_CUT_SHORT];
    unsigned cut_count;
    int32_t cut_forgotten; /* none up to here is known any more */
    bool noticed;          /* the peer has heard that we are about to go, */
    bool farewelled;       /* and which requests we still take */
    bool pinged;           /* our own keepalive ping is out */
    const struct stream_ops *ops;
    void *ops_data;
};

/* Starts the server side of a session. False when out of memory. */
bool h2_init(struct h2 *h2, struct conn *conn, const struct stream_ops *ops, void *ops_data);

/* Ends the session; every stream left becomes an orphan and hears `closed`. */
void h2_deinit(struct h2 *h2);

/* Takes bytes from the peer. False when the session must end after what is left to send. */
bool h2_receive(struct h2 *h2, const uint8_t *data, size_t len);

/* Moves frames to send into `out` until it holds `high_water` bytes. False when out of memory. */
bool h2_produce(struct h2 *h2, struct buf *out, size_t high_water);

/* True while the session has something to read or write for. */
bool h2_alive(const struct h2 *h2);

/* Announces the end: first a GOAWAY that refuses nothing, so that requests on their way are still
 * taken, and once the peer has answered the ping behind it (or at the next call of this) the one
 * that says where the line is. RFC 9113 6.8. */
void h2_goaway(struct h2 *h2);

/* Asks the peer for a sign of life. */
void h2_ping(struct h2 *h2);

/* Sends the response headers. With `last` the stream ends with them. All of these do nothing on an
 * orphan; header memory is copied. */
void stream_headers(struct stream *stream, const nghttp2_nv *headers, size_t count, bool last);

/* Gives `len` bytes of received data back to the stream's window, so that the peer may send as many
 * more. Every byte that `data` was told must come back in the end. */
void stream_consume(struct stream *stream, size_t len);

/* Says that there is more in stream->out. */
void stream_resume(struct stream *stream);

/* Says that stream->out is complete and `trailers` follow it. */
void stream_finish(struct stream *stream, const nghttp2_nv *trailers, size_t count);

/* The most header bytes the peer takes in one block, as its SETTINGS say; UINT32_MAX if they do
 * not. */
uint32_t stream_peer_header_limit(const struct stream *stream);

/* Resets the stream with an HTTP/2 error code. */
void stream_reset(struct stream *stream, uint32_t error_code);

#endif
