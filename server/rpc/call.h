/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call from its headers to its status. Specification: grpc/grpc doc/PROTOCOL-HTTP2.md.
 *
 * Glossary
 *   call      one invocation of a method by a client; owns an arena that holds all it needs
 *   hold      a reference by work under way elsewhere; the call's memory stays until it is released
 *   answered  its status is sent, or there is nobody to send it to; later answers are dropped
 *   pause     the handler takes no message for now; the client is held back by flow control
 *   spare     a call that is over, kept with its memory for the next one
 */
#ifndef SERVER_RPC_CALL_H
#define SERVER_RPC_CALL_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/err.h"
#include "server/net/conn.h"
#include "server/rpc/metrics.h"
#include "server/rpc/registry.h"
#include "server/rpc/trailers.h"
#include "server/rpc/wire.h"

enum {
    CALL_MAX_ANONYMOUS = 1024,             /* streams of callers that nobody knows, in one loop */
    CALL_MAX_REQUEST = 4 * 1024 * 1024,    /* bytes of one message, before and after expansion */
    CALL_MAX_PUBLIC = 64 * 1024,           /* the same where anybody may call */
    CALL_MAX_REPLY = 16 * 1024 * 1024,     /* bytes of one message */
    CALL_ARENA_CAP = 64 * 1024 * 1024,     /* bytes of one call */
    CALL_DEFAULT_TIMEOUT_MS = 60 * 1000,   /* where the client names none */
    CALL_MAX_TIMEOUT_MS = 120 * 1000,      /* of a unary call, whatever the client names */
    CALL_SEND_MS = 60 * 1000,              /* from the answer to the end of the stream */
    CALL_MAX_BACKLOG = 256 * 1024,         /* unread bytes of a stream of replies */
    CALL_MAX_BUFFERED = 128 * 1024 * 1024, /* request bytes that one loop holds, */
    CALL_MAX_UNPROVEN = 64 * 1024 * 1024,  /* of them, of callers without a certificate, */
    CALL_MAX_ENDLESS = 16 * 1024 * 1024,   /* apart from streams that anybody may keep open */
    CALL_RECEIVE_MS = 30 * 1000,           /* without progress of an unfinished request */
    CALL_MAX_TOKEN = 256,                  /* characters of an authorization header */
    CALL_MAX_METADATA = 16,                /* headers or trailers of a handler's own */
    CALL_GZIP_MIN = 1024,                  /* smaller replies are not worth compressing */
    CALL_MAX_SPARE = 512,                  /* of one loop */
    CALL_SPARE_BUFFER = 4096,              /* the largest buffer that a spare call keeps */
    CALL_LOG_PER_SECOND = 200,             /* lines of a loop: clients must not fill the disk */
    CALL_TRACE_SIZE = 56,                  /* a W3C traceparent with its NUL */
};

/* One loop's calls. */
struct rpc {
    struct loop *loop;
    const struct registry *registry;
    void *context; /* for the floors above: what this loop has for them */
    struct metrics *metrics;
    /* Hears of each call that ends for who asked; NULL: nobody listens. */
    void (*refused)(struct call *call, const struct err *err);
    const char *web_origins; /* space-separated origins whose pages may call; "" for none */
    unsigned slow_call_ms;   /* calls that take longer are logged with where the time went */
    struct call *calls;      /* the oldest first */
    struct call *newest;
    unsigned call_count;
    unsigned anonymous_count; /* of them, streams of callers that nobody knows */
    struct counter open;      /* call_count, for other threads */
    struct call *spares;
    unsigned spare_count;
    size_t buffered;            /* request bytes of all calls, */
    size_t unproven;            /* of them, of CALL_MAX_UNPROVEN, */
    size_t endless;             /* and of CALL_MAX_ENDLESS */
    struct bucket reflected[2]; /* bytes that reflection gave without a certificate, and with */
    uint64_t log_since_ms;      /* start of the second in which so many calls were */
    unsigned logged;            /* written to the log, */
    unsigned unlogged;          /* or left out of it */
};

/* A header of the request as a handler sees it: base64 of "-bin" names undone. */
struct call_metadata {
    const struct call_metadata *next;
    const char *name;
    const uint8_t *value;
    size_t len;
};

/* Headers or trailers to send beside the protocol's own. */
struct call_extra {
    nghttp2_nv items[CALL_MAX_METADATA + TRAILERS_MAX];
    size_t count;
};

enum call_compression { CALL_PLAIN, CALL_GZIP_LARGE, CALL_GZIP_ALL };

/* When the call passed each floor, by loop.now_us; 0: not yet. What happens within one callback of
 * the loop takes no time on this clock; loop.longest_us tells of callbacks that take too long. */
struct call_times {
    uint64_t started;
    uint64_t received; /* the whole request */
    uint64_t admitted; /* auth let it in */
    uint64_t sent;     /* its statements left for the database */
    uint64_t settled;  /* and were answered */
};

struct call {
    struct stream stream; /* first, so that a stream is its call */
    struct rpc *rpc;
    struct call *prev;
    struct call *next;
    const struct method *method;
    struct arena arena;   /* of the whole call */
    struct arena scratch; /* of one message of a stream of requests, emptied after each */
    struct buf in;
    struct buf expanded;      /* the last message, when it came compressed */
    struct buf packed;        /* the last reply, before it was compressed or written as text */
    size_t buffered;          /* of rpc->buffered */
    size_t unconsumed;        /* bytes taken in while paused: not yet given back to the window */
    size_t surplus;           /* bytes that came when nothing of the request was needed any more */
    struct err err;           /* found while the headers came in */
    int http_status;          /* to refuse with, or 200 */
    const struct wire *wire;  /* in which it is answered */
    const struct wire *asked; /* which its content-type names, or NULL */
    char *path;
    const char *origin;          /* of a page, if rpc->web_origins has it */
    char trace[CALL_TRACE_SIZE]; /* the caller's traceparent, or "" */
    const struct call_metadata *metadata;
    struct call_extra *extra_headers;
    struct call_extra *extra_trailers;
    const struct conn *conn; /* NULL once the stream is gone */
    bool certified;          /* the connection has a certificate that holds */
    bool identified;         /* the client showed one, or a session token, which may be none, */
    bool by_session;         /* which of them (the token counts where there are both), */
    unsigned char fingerprint[TLS_FINGERPRINT_SIZE]; /* and its SHA-256 */
    int certificate_days;                            /* until the caller's certificate ends */
    char peer[CONN_PEER_TEXT];
    const char *principal; /* set by auth, for the log */
    const char *role;      /* likewise */
    const char *authority; /* likewise: the one that was asked for */
    unsigned holds;
    uint8_t gzip_sent;     /* families of headers (see headers.c) that declare gzip, */
    uint8_t gzip_accepted; /* accept it, */
    uint8_t odd_encoding;  /* or declare what we cannot read */
    uint8_t text_len;      /* characters of an unfinished base64 group */
    char text[4];
    bool counted; /* in rpc.anonymous_count */
    bool ready;   /* headers are in and accepted */
    bool got_message;
    bool half_closed;
    bool half_close_told; /* the method heard of it */
    bool paused;
    bool handling; /* a message is with the method */
    bool answered;
    bool recorded; /* its refusal is in the audit trail already */
    bool gone;     /* the stream is closed */
    bool has_timeout;
    bool is_post;
    bool is_preflight;
    bool is_head;
    bool accepts_gzip;                 /* the client takes compressed messages */
    bool gzip_announced;               /* our headers say so */
    bool compressed;                   /* the last message came compressed */
    enum call_compression compression; /* of replies */
    const uint8_t *request;            /* the bytes of the last message; live while it is handled */
    size_t request_len;
    uint64_t received_ms; /* last progress of the request */
    uint64_t answered_ms;
    uint64_t deadline_ms; /* UINT64_MAX for none */
    uint64_t wake_ms;     /* when `woken` is due; 0: it is not */
    struct call_times times;
    nghttp2_nv trailers[TRAILERS_MAX];
    void (*cancel)(struct call *call); /* the client or the deadline gave up; may be NULL */
    void (*drained)(
        struct call *call);           /* a stream's replies so far are on their way; may be NULL */
    void (*woken)(struct call *call); /* the tick after `wake_ms`, unless answered before */
    void (*freed)(struct call *call); /* the memory goes; may be NULL */
    void *data;                       /* of whoever answers */
};

/* Prepares one loop for calls. Use rpc_stream_ops with the rpc as ops_data. */
void rpc_init(struct rpc *rpc, struct loop *loop, const struct registry *registry, void *context);
extern const struct stream_ops rpc_stream_ops;

/* Frees the spare calls. */
void rpc_deinit(struct rpc *rpc);

/* Sends one message. It is packed at once; `reply` may go. A stream of replies that the client does
 * not read ends with RESOURCE_EXHAUSTED. */
void call_reply(struct call *call, const ProtobufCMessage *reply);

/* The same with a reply that is packed already, which must be of the method's output type. */
void call_reply_packed(struct call *call, const uint8_t *packed, size_t len);

/* Ends the call: NULL or a GRPC_OK err for success. The second end is dropped. */
void call_finish(struct call *call, const struct err *err);

/* Ends the call for want of memory. Returns false. */
bool call_no_memory(struct call *call);

/* Keeps the call's memory until the matching release. */
void call_hold(struct call *call);
void call_release(struct call *call);

/* Takes no further message until call_resume, which may deliver some before it returns. */
void call_pause(struct call *call);
void call_resume(struct call *call);

/* Adds a header (before the first reply) or a trailer. The name is copied and must be lower case;
 * values of "-bin" names are any bytes, others ASCII. False when there are too many. */
bool call_add_header(struct call *call, const char *name, const uint8_t *value, size_t len);
bool call_add_trailer(struct call *call, const char *name, const uint8_t *value, size_t len);

/* Sends the headers now, before there is a message. */
void call_send_headers(struct call *call);

/* Where what lives as long as the present run belongs: a stream of replies has many runs, and its
 * handler empties call->scratch before each. */
static inline struct arena *call_run_arena(struct call *call)
{
    bool runs = call->method->server_streams && !call->method->client_streams;
    return runs ? &call->scratch : &call->arena;
}

/* The bytes of replies that wait for the client to read them. */
static inline size_t call_backlog(const struct call *call)
{
    return call->stream.out.len;
}

#endif
