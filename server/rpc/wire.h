/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The forms in which a call can travel: gRPC, gRPC-Web and Connect, with protobuf or JSON messages.
 * Specifications: grpc/grpc doc/PROTOCOL-HTTP2.md and doc/PROTOCOL-WEB.md;
 * connectrpc.com/docs/protocol.
 *
 * Glossary
 *   framed    each message behind a flag byte and its length; else the body is the one message
 *   envelope  a last frame that carries the status, for clients that cannot read trailers
 */
#ifndef SERVER_RPC_WIRE_H
#define SERVER_RPC_WIRE_H

#include <stdbool.h>
#include <stddef.h>

enum wire_protocol {
    WIRE_GRPC,
    WIRE_WEB,           /* trailers as the last frame of the body */
    WIRE_WEB_TEXT,      /* the same in base64 */
    WIRE_CONNECT,       /* one bare message, the status as HTTP status and JSON */
    WIRE_CONNECT_STREAM /* framed, with the status as JSON in the last frame */
};

/* Flags of a frame, beside the one for compression. */
enum { WIRE_FLAG_COMPRESSED = 1, WIRE_FLAG_CONNECT_END = 2, WIRE_FLAG_WEB_TRAILERS = 0x80 };

struct wire {
    const char *content_type;
    enum wire_protocol protocol;
    bool json;
};

/* The form that a content-type names, parameters aside; NULL for none of ours. Static. */
const struct wire *wire_find(const char *content_type, size_t len);

/* The form that refusals take before a form is known: plain gRPC. */
extern const struct wire *const wire_default;

static inline bool wire_is_framed(const struct wire *wire)
{
    return wire->protocol != WIRE_CONNECT;
}

static inline bool wire_is_connect(const struct wire *wire)
{
    return wire->protocol == WIRE_CONNECT || wire->protocol == WIRE_CONNECT_STREAM;
}

/* The headers in which each family names compression. */
const char *wire_encoding_header(const struct wire *wire);

#endif
