/* SPDX-License-Identifier: Apache-2.0 */
/* Inside libpledge: the channel, its connection, and one call on it. */
#ifndef CLIENT_LIB_CHANNEL_H
#define CLIENT_LIB_CHANNEL_H

#include "client/lib/pledge.h"
#include "common/base/arena.h"
#include "common/base/buf.h"

#include <nghttp2/nghttp2.h>
#include <openssl/ssl.h>

enum {
    CHANNEL_HOST_SIZE = 256,
    CHANNEL_PORT_SIZE = 6,
    CHANNEL_READ_SIZE = 16384,
    CHANNEL_STREAM_WINDOW = 1 << 20, /* bytes a server may send ahead of us */
};

/* What one attempt knows when it is over. */
struct attempt {
    const char *method;
    const uint8_t *request; /* borrowed */
    size_t request_len;
    size_t request_sent; /* bytes of frame header and request handed to nghttp2 */
    uint64_t deadline_ms;
    const struct pledge_call_options *options;
    struct pledge_reply *reply;
    struct arena *arena; /* of the reply */
    struct buf body;     /* bytes of frames that are not whole yet */
    struct pledge_bytes *messages;
    size_t message_count;
    size_t message_cap;
    size_t message_bytes;
    struct pledge_metadata *halves[2]; /* headers, trailers */
    size_t counts[2];
    size_t metadata_bytes;
    int32_t stream_id;
    uint32_t stream_error; /* HTTP/2 code of its end */
    int http_status;
    bool grpc_content;
    bool has_grpc_status;
    bool in_trailers;
    bool closed;
    bool has_status;  /* our own status is set: nothing that follows may change it */
    bool unprocessed; /* the server certainly has not seen the request */
    bool permanent;   /* trying again cannot help */
};

struct pledge_channel {
    char host[CHANNEL_HOST_SIZE];
    char port[CHANNEL_PORT_SIZE];
    char *server_name;
    char *authority;
    char *user_agent;
    unsigned connect_timeout_ms;
    size_t max_reply_bytes;
    SSL_CTX *tls;

    int fd; /* -1 while there is no connection */
    SSL *ssl;
    BIO *incoming; /* ciphertext from the socket; both belong to ssl */
    BIO *outgoing;
    struct buf unsent; /* ciphertext that the socket did not take yet */
    nghttp2_session *session;
    struct attempt *attempt; /* NULL between calls */
    bool going_away;
};

/* Sets a status once; later ones do not change it. Returns false. */
bool attempt_fail(struct attempt *attempt, enum pledge_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- address.c ---- */

/* Splits "host:port" into the channel. False when it is malformed. */
bool address_parse(const char *address, struct pledge_channel *channel);

/* What poll waits until a time: 0 when it has passed. */
int address_poll_ms(uint64_t deadline_ms);

/* Connects a non-blocking TCP socket to the channel's address before the deadline. Returns the
 * socket, or -1 with the attempt failed. */
int address_connect(const struct pledge_channel *channel, uint64_t deadline_ms,
                    struct attempt *attempt);

/* ---- tls.c ---- */

/* Makes the TLS context: TLS 1.2 and later, ALPN h2, peer verification, our certificate. */
SSL_CTX *tls_context_new(const struct pledge_channel_options *options,
                         struct pledge_status *status);

/* Makes the connection's TLS half over two memory buffers, so that the socket's writes are ours to
 * keep free of SIGPIPE. */
bool tls_start(struct pledge_channel *channel, struct attempt *attempt);

/* Fails the attempt with OpenSSL's reason, in words. */
void tls_explain(struct pledge_channel *channel, struct attempt *attempt);

/* ---- transport.c ---- */

/* Makes sure that there is a connection to call on. False with the attempt failed. */
bool transport_ready(struct pledge_channel *channel, struct attempt *attempt);

/* Moves bytes both ways until the attempt is closed or failed, or its deadline has passed. */
void transport_run(struct pledge_channel *channel, struct attempt *attempt);

/* Drops the connection without ceremony. */
void transport_close(struct pledge_channel *channel);

/* ---- stream.c ---- */

/* Makes the HTTP/2 session of a fresh connection and queues its settings. */
bool stream_session_new(struct pledge_channel *channel);

/* Queues the attempt's request as a new stream. */
bool stream_submit(struct pledge_channel *channel, struct attempt *attempt);

/* ---- reply.c ---- */

/* Turns what the attempt received into the reply's status, metadata and messages. */
void reply_finish(struct pledge_reply *reply, struct attempt *attempt);

/* Remembers one header or trailer in the attempt's arena; pseudo headers are the caller's. */
bool reply_add_metadata(struct attempt *attempt, const uint8_t *name, size_t name_len,
                        const uint8_t *value, size_t value_len);

#endif
