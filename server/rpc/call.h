/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call from its headers to its status. Specification: grpc/grpc doc/PROTOCOL-HTTP2.md.
 *
 * Glossary
 *   call      one invocation of a method by a client; owns an arena that holds all it needs
 *   hold      a reference by work under way elsewhere; the call's memory stays until it is released
 *   answered  its status is sent, or there is nobody to send it to; later answers are dropped
 */
#ifndef SERVER_RPC_CALL_H
#define SERVER_RPC_CALL_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/err.h"
#include "server/net/conn.h"
#include "server/rpc/registry.h"

enum {
    CALL_MAX_REQUEST = 4 * 1024 * 1024,    /* bytes of one message */
    CALL_MAX_REPLY = 16 * 1024 * 1024,     /* bytes of one message */
    CALL_ARENA_CAP = 64 * 1024 * 1024,     /* bytes of one call */
    CALL_DEFAULT_TIMEOUT_MS = 60 * 1000,   /* where the client names none */
    CALL_MAX_TIMEOUT_MS = 120 * 1000,      /* of a unary call, whatever the client names */
    CALL_SEND_MS = 60 * 1000,              /* from the answer to the end of the stream */
    CALL_MAX_BACKLOG = 256 * 1024,         /* unread bytes of a stream of replies */
    CALL_MAX_BUFFERED = 128 * 1024 * 1024, /* request bytes that one loop holds */
    CALL_RECEIVE_MS = 30 * 1000,           /* without progress of an unfinished request */
    CALL_MAX_TRAILERS = 3,
};

/* One loop's calls. */
struct rpc {
    struct loop *loop;
    const struct registry *registry;
    void *context; /* for the floors above: what this loop has for them */
    struct call *calls;
    unsigned call_count;
    size_t buffered; /* request bytes of all calls */
};

struct call {
    struct stream stream; /* first, so that a stream is its call */
    struct rpc *rpc;
    struct call *prev;
    struct call *next;
    const struct method *method;
    struct arena arena;
    struct buf in;
    size_t buffered; /* of rpc->buffered */
    struct err err;  /* found while the headers came in */
    int http_status; /* to refuse with, or 200 */
    char *path;
    const struct conn *conn; /* NULL once the stream is gone */
    bool identified;         /* the client showed a valid certificate, of this fingerprint: */
    unsigned char fingerprint[TLS_FINGERPRINT_SIZE];
    char peer[CONN_PEER_TEXT];
    const char *principal; /* set by auth, for the log */
    const char *authority; /* likewise */
    unsigned holds;
    bool ready; /* headers are in and accepted */
    bool got_message;
    bool half_closed;
    bool answered;
    bool gone; /* the stream is closed */
    bool has_timeout;
    bool is_post;
    bool is_grpc;
    const uint8_t *request; /* the bytes of the last message; live while it is handled */
    size_t request_len;
    uint64_t received_ms; /* last progress of the request */
    uint64_t answered_ms;
    uint64_t started_us;
    uint64_t deadline_ms; /* UINT64_MAX for none */
    nghttp2_nv trailers[CALL_MAX_TRAILERS];
    void (*cancel)(struct call *call); /* the client or the deadline gave up; may be NULL */
    void *data;                        /* of whoever answers */
};

/* Prepares one loop for calls. Use rpc_stream_ops with the rpc as ops_data. */
void rpc_init(struct rpc *rpc, struct loop *loop, const struct registry *registry, void *context);
extern const struct stream_ops rpc_stream_ops;

/* Sends one message. It is packed at once; `reply` may go. */
void call_reply(struct call *call, const ProtobufCMessage *reply);

/* Ends the call: NULL or a GRPC_OK err for success. The second end is dropped. */
void call_finish(struct call *call, const struct err *err);

/* Keeps the call's memory until the matching release. */
void call_hold(struct call *call);
void call_release(struct call *call);

#endif
