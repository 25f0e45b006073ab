/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libpledge: calls to a pledged service over gRPC, in functions that block.
 *
 * Glossary
 *   channel    the way to one service: its address, our certificate, and the connection to it
 *   call       one use of one method ("/pledge.v1.MonitorService/GetMonitor"), which ends in a
 *              status; it is unary when one message goes and one comes
 *   stream     a call under way, on which either side may send any number of messages
 *   metadata   named values beside the messages: any bytes when the name ends in "-bin", else ASCII
 *   violation  one field of a request and the rule that it breaks
 *
 * Rules of the house: a channel and its streams belong to one thread at a time, different channels
 * to as many as you like. The library starts no thread, prints nothing, logs nothing, raises no
 * signal and never ends the process: whatever goes wrong is a status. Bytes move only inside its
 * functions. Strings are UTF-8. Times are milliseconds.
 */
#ifndef PLEDGE_H
#define PLEDGE_H

#include <poll.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PLEDGE_API __attribute__((visibility("default")))

enum {
    PLEDGE_DEFAULT_TIMEOUT_MS = 30000,
    PLEDGE_DEFAULT_CONNECT_TIMEOUT_MS = 10000,
    PLEDGE_DEFAULT_KEEPALIVE_TIMEOUT_MS = 20000,
    PLEDGE_DEFAULT_MAX_MESSAGE = 16 * 1024 * 1024, /* bytes of one message, either way */
    PLEDGE_MAX_METADATA = 64,              /* entries of a request, or of one reply's half */
    PLEDGE_MAX_METADATA_BYTES = 96 * 1024, /* of a request, or of both halves of a reply */
    PLEDGE_MESSAGE_SIZE = 1024,            /* of pledge_status.message, with its NUL */
    PLEDGE_REQUEST_ID_SIZE = 37,           /* of a request_id, with its NUL */
    PLEDGE_MAX_SESSION_TOKEN = 4096,       /* characters */
    PLEDGE_FOREVER = -1,                   /* a wait without an end of its own */
};

/* gRPC's status codes; https://grpc.io/docs/guides/status-codes/ says what each means. */
enum pledge_code {
    PLEDGE_OK = 0,
    PLEDGE_CANCELLED = 1,
    PLEDGE_UNKNOWN = 2,
    PLEDGE_INVALID_ARGUMENT = 3,
    PLEDGE_DEADLINE_EXCEEDED = 4,
    PLEDGE_NOT_FOUND = 5,
    PLEDGE_ALREADY_EXISTS = 6,
    PLEDGE_PERMISSION_DENIED = 7,
    PLEDGE_RESOURCE_EXHAUSTED = 8,
    PLEDGE_FAILED_PRECONDITION = 9,
    PLEDGE_ABORTED = 10,
    PLEDGE_OUT_OF_RANGE = 11,
    PLEDGE_UNIMPLEMENTED = 12,
    PLEDGE_INTERNAL = 13,
    PLEDGE_UNAVAILABLE = 14,
    PLEDGE_DATA_LOSS = 15,
    PLEDGE_UNAUTHENTICATED = 16,
};

/* How something went. */
struct pledge_status {
    enum pledge_code code;
    char message[PLEDGE_MESSAGE_SIZE]; /* a sentence, or "" when it went well */
};

/* Where and as whom to connect. All strings are copied. Zeroed members take their defaults. */
struct pledge_channel_options {
    const char *address;     /* "host:port" or "[2001:db8::1]:port"; required */
    const char *ca_file;     /* PEM of the authorities that we trust; NULL: the system's */
    const char *cert_file;   /* PEM of our certificate chain, or NULL for none */
    const char *key_file;    /* PEM of its key; NULL: the key is in cert_file */
    const char *server_name; /* name or IP that the server's certificate must carry; NULL: host */
    const char *user_agent;  /* put before the library's own, or NULL */
    /* What a sign-in gave, or NULL: sent with every call of every kind as metadata,
     * "authorization: Bearer <token>", unless the call has authorization metadata of its own. Goes
     * with or without a certificate; the service looks at the session first. Wiped from memory
     * when the channel is freed. */
    const char *session_token;
    unsigned connect_timeout_ms;
    /* While a call is under way and the server has been silent for keepalive_ms, it is asked for a
     * sign of life (an HTTP/2 PING); the call ends UNAVAILABLE when nothing comes within
     * keepalive_timeout_ms. 0: never asked. Many services end connections that ask more often than
     * every few minutes. */
    unsigned keepalive_ms;
    unsigned keepalive_timeout_ms; /* 0: PLEDGE_DEFAULT_KEEPALIVE_TIMEOUT_MS */
    size_t max_receive_bytes; /* of one message received, expanded; PLEDGE_DEFAULT_MAX_MESSAGE */
    size_t max_send_bytes;    /* of one message sent, not compressed; the same */
};

struct pledge_channel;

/* Prepares a channel and reads the certificate files; connects nothing yet. Returns NULL with
 * `ret_status` filled: INVALID_ARGUMENT for a bad address or session token, FAILED_PRECONDITION for
 * a file that is missing or wrong, RESOURCE_EXHAUSTED without memory. Free it with
 * pledge_channel_free. */
PLEDGE_API struct pledge_channel *pledge_channel_new(const struct pledge_channel_options *options,
                                                     struct pledge_status *ret_status);

/* Closes the connection and frees the channel; NULL is allowed. Its streams are finished before. */
PLEDGE_API void pledge_channel_free(struct pledge_channel *channel);

/* One named value. In a request both are borrowed until the function returns; in a reply they
 * belong to it, and a NUL follows the value's last byte. A "-bin" value of "QQ,Qg" is two entries,
 * and one that is no base64 stays as it came. */
struct pledge_metadata {
    const char *name; /* lower case */
    const void *value;
    size_t len;
};

struct pledge_call_options {
    /* Of the call with all its attempts. 0: PLEDGE_DEFAULT_TIMEOUT_MS for a unary call, and no end
     * for a stream. */
    unsigned timeout_ms;
    /* True for reads, and for writes that carry a request_id: the call may be sent again after
     * UNAVAILABLE or a lost connection. A request that the server refused unseen is sent again in
     * either case. A stream is sent again only while nothing of it was received and not more than
     * 256 KiB were sent. */
    bool idempotent;
    bool gzip; /* compress what is sent; what comes may be compressed in any case */
    const struct pledge_metadata *metadata; /* sent with the request */
    size_t metadata_count;
};

/* One field of the request and the rule that it breaks, from google.rpc.BadRequest. */
struct pledge_violation {
    const char *field;       /* path in the request: "owner_return.progress[3].reason" */
    const char *description; /* what is wrong and what would be right */
    const char *reason;      /* stable code of the rule such as "R012", or "" */
};

struct pledge_bytes {
    const uint8_t *data;
    size_t len;
};

/* What came back. Everything it points to belongs to it until pledge_reply_deinit. */
struct pledge_reply {
    struct pledge_status status;
    const ProtobufCMessage *message;       /* of pledge_call when the status is OK, else NULL */
    struct pledge_bytes bytes;             /* the same of pledge_call_bytes, else empty */
    const struct pledge_metadata *headers; /* the service's, before the messages */
    size_t header_count;
    const struct pledge_metadata *trailers; /* and after them */
    size_t trailer_count;
    struct pledge_bytes details; /* a serialized google.rpc.Status, or empty */
    const struct pledge_violation *violations;
    size_t violation_count;
    unsigned retry_after_ms; /* the service asked to wait that long, or 0 */
    unsigned attempts;       /* how often the request was tried */
    void *memory;            /* private */
};

/* ---- unary calls ---- */

/* Calls a unary method. `method` is "/package.Service/Method"; `reply_type` is the descriptor of
 * its answer; `options` may be NULL. `ret_reply` need not be initialised, is always filled and must
 * be given to pledge_reply_deinit. Returns true when the status is OK. Statuses of our own making:
 * UNAVAILABLE (no connection), DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED (too big, or no memory),
 * INVALID_ARGUMENT (bad metadata or method), INTERNAL (not gRPC, or not a `reply_type`),
 * UNIMPLEMENTED (not exactly one message; grpc/grpc doc/statuscodes.md). */
PLEDGE_API bool pledge_call(struct pledge_channel *channel, const char *method,
                            const ProtobufCMessage *request,
                            const ProtobufCMessageDescriptor *reply_type,
                            const struct pledge_call_options *options,
                            struct pledge_reply *ret_reply);

/* The same with messages that are serialized already, and stay so. */
PLEDGE_API bool pledge_call_bytes(struct pledge_channel *channel, const char *method,
                                  const void *request, size_t request_len,
                                  const struct pledge_call_options *options,
                                  struct pledge_reply *ret_reply);

/* ---- streams ---- */

struct pledge_stream;

/* What pledge_stream_receive came back with. */
enum pledge_stream_result {
    PLEDGE_STREAM_MESSAGE, /* a message */
    PLEDGE_STREAM_AGAIN,   /* nothing within timeout_ms: try again later */
    PLEDGE_STREAM_END,     /* no more messages; the status is OK */
    PLEDGE_STREAM_ERROR,   /* no more messages; pledge_stream_finish tells why */
};

/* Begins a call of any kind: connects if need be, and sends the headers. Arguments are as those of
 * pledge_call; none is needed after it returns. A channel may have several streams and make unary
 * calls between, in any order. Returns NULL with `ret_status` filled when the call cannot begin.
 * Every stream goes to pledge_stream_finish. */
PLEDGE_API struct pledge_stream *pledge_stream_open(struct pledge_channel *channel,
                                                    const char *method,
                                                    const struct pledge_call_options *options,
                                                    struct pledge_status *ret_status);

/* Sends a message. Blocks until the server's flow control and the socket have taken it, and keeps
 * what comes meanwhile for pledge_stream_receive: up to 1 MiB, after which the server has to wait.
 * So receive between sends where a method answers as it goes. False when the call is over, which
 * may be the server's doing at any time, or pledge_stream_close_send was called before. */
PLEDGE_API bool pledge_stream_send(struct pledge_stream *stream, const ProtobufCMessage *message);

/* The same with a message that is serialized already. */
PLEDGE_API bool pledge_stream_send_bytes(struct pledge_stream *stream, const void *data,
                                         size_t len);

/* Says that no more messages will be sent. False when the call was over before it could be said. */
PLEDGE_API bool pledge_stream_close_send(struct pledge_stream *stream);

/* Takes the next message, waiting for it at most `timeout_ms`; PLEDGE_FOREVER waits as long as the
 * call may last, 0 takes what is there. `*ret_message` belongs to the stream until its next receive
 * or finish, and is NULL without a message. The server sends at most 1 MiB ahead of what is taken.
 * Only making a connection again, when the call is sent again, takes longer than `timeout_ms`. */
PLEDGE_API enum pledge_stream_result pledge_stream_receive(struct pledge_stream *stream,
                                                           const ProtobufCMessageDescriptor *type,
                                                           int timeout_ms,
                                                           const ProtobufCMessage **ret_message);

/* The same with a message that stays serialized. */
PLEDGE_API enum pledge_stream_result pledge_stream_receive_bytes(struct pledge_stream *stream,
                                                                 int timeout_ms,
                                                                 struct pledge_bytes *ret_bytes);

/* For a program with an event loop of its own: fills in what to poll(2) for (fd is -1 when there is
 * nothing to watch) and returns how many milliseconds that may take, PLEDGE_FOREVER for any time,
 * 0 when something is there already. Then receive with timeout_ms 0 until PLEDGE_STREAM_AGAIN, and
 * ask anew: the fd changes with the connection, and another stream may have taken in what is ours.
 */
PLEDGE_API int pledge_stream_poll(const struct pledge_stream *stream, struct pollfd *ret_poll);

/* A value of the headers, which are there with the first message or before it; NULL when there is
 * none. It belongs to the stream. */
PLEDGE_API const struct pledge_metadata *pledge_stream_header(const struct pledge_stream *stream,
                                                              const char *name);

/* Ends the call, if it is not over yet, with CANCELLED; the server learns of it. Does not wait. */
PLEDGE_API void pledge_stream_cancel(struct pledge_stream *stream);

/* Ends the stream and frees it: says that no more will be sent, drops messages that nobody took,
 * and waits for the status. `ret_reply` is filled as by pledge_call, without a message, and must be
 * given to pledge_reply_deinit. Returns true when the status is OK. `ret_reply` may be NULL: then
 * nobody waits, and a call that is not over is cancelled. A NULL stream with it is allowed. */
PLEDGE_API bool pledge_stream_finish(struct pledge_stream *stream, struct pledge_reply *ret_reply);

/* ---- replies ---- */

/* Frees what a reply holds. Allowed twice, and on a zeroed reply. */
PLEDGE_API void pledge_reply_deinit(struct pledge_reply *reply);

/* The first value of a name in the trailers, else in the headers; NULL when there is none.
 * Borrowed. */
PLEDGE_API const struct pledge_metadata *pledge_reply_metadata(const struct pledge_reply *reply,
                                                               const char *name);

/* The code's name, such as "NOT_FOUND". Static. */
PLEDGE_API const char *pledge_code_name(enum pledge_code code);

/* Makes a random UUID for a request_id field. False when the system gives no random bytes. */
PLEDGE_API bool pledge_request_id(char out[PLEDGE_REQUEST_ID_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
