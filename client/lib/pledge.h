/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libpledge: calls to a pledged service over gRPC, one blocking function a call.
 *
 * Glossary
 *   channel    the way to one service: its address, our certificate, and one connection
 *   call       one request to one method ("/pledge.v1.MonitorService/GetMonitor") and its reply
 *   metadata   named values beside the messages: any bytes when the name ends in "-bin", else ASCII
 *   violation  one field of a request and the rule that it breaks
 *
 * Rules of the house: a channel belongs to one thread at a time, different channels to as many as
 * you like. The library prints nothing, logs nothing, raises no signal and never ends the process:
 * whatever goes wrong is a status. Strings are UTF-8. Times are milliseconds.
 */
#ifndef PLEDGE_H
#define PLEDGE_H

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
    PLEDGE_DEFAULT_MAX_REPLY = 16 * 1024 * 1024, /* bytes of all messages of one reply */
    PLEDGE_MAX_REQUEST = 16 * 1024 * 1024,       /* bytes of one request */
    PLEDGE_MAX_METADATA = 64,                    /* entries of a request, or of one reply's half */
    PLEDGE_MAX_METADATA_BYTES = 96 * 1024,       /* of one reply's headers and trailers */
    PLEDGE_MESSAGE_SIZE = 1024,                  /* of pledge_status.message, with its NUL */
    PLEDGE_REQUEST_ID_SIZE = 37,                 /* of a request_id, with its NUL */
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
    unsigned connect_timeout_ms;
    size_t max_reply_bytes;
};

struct pledge_channel;

/* Prepares a channel and reads the certificate files; connects nothing yet. Returns NULL with
 * `ret_status` filled: INVALID_ARGUMENT for a bad address, FAILED_PRECONDITION for a file that is
 * missing or wrong, RESOURCE_EXHAUSTED without memory. Free it with pledge_channel_free. */
PLEDGE_API struct pledge_channel *pledge_channel_new(const struct pledge_channel_options *options,
                                                     struct pledge_status *ret_status);

/* Closes the connection and frees the channel; NULL is allowed. */
PLEDGE_API void pledge_channel_free(struct pledge_channel *channel);

/* One named value. In a request both are borrowed for the time of the call; in a reply they belong
 * to it, and a NUL follows the value's last byte. */
struct pledge_metadata {
    const char *name; /* lower case */
    const void *value;
    size_t len;
};

struct pledge_call_options {
    unsigned timeout_ms; /* of the call with all its attempts; 0: PLEDGE_DEFAULT_TIMEOUT_MS */
    /* True for reads, and for writes that carry a request_id: the call may be sent again after
     * UNAVAILABLE or a lost connection. A request that the server refused unseen is sent again in
     * either case. */
    bool idempotent;
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
    const ProtobufCMessage *message;     /* of the asked type when the status is OK, else NULL */
    const struct pledge_bytes *messages; /* the serialized messages, in order */
    size_t message_count;
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

/* Calls a unary method. `method` is "/package.Service/Method"; `reply_type` is the descriptor of
 * its answer; `options` may be NULL. `ret_reply` need not be initialised, is always filled and must
 * be given to pledge_reply_deinit. Returns true when the status is OK. Statuses of our own making:
 * UNAVAILABLE (no connection), DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED (too big, or no memory),
 * INVALID_ARGUMENT (bad metadata or method), INTERNAL (not gRPC, or not a `reply_type`). */
PLEDGE_API bool pledge_call(struct pledge_channel *channel, const char *method,
                            const ProtobufCMessage *request,
                            const ProtobufCMessageDescriptor *reply_type,
                            const struct pledge_call_options *options,
                            struct pledge_reply *ret_reply);

/* The same with a request that is serialized already. The reply's messages stay serialized, and
 * there may be any number of them: so a method that streams can be called with one message. */
PLEDGE_API bool pledge_call_bytes(struct pledge_channel *channel, const char *method,
                                  const void *request, size_t request_len,
                                  const struct pledge_call_options *options,
                                  struct pledge_reply *ret_reply);

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
