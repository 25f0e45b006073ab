/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside libpledge: the channel, its connections, and the streams on them.
 *
 * Glossary
 *   attempt  one sending of a call over one connection; a call that may be repeated has several
 *   attached a stream is, to the connection of its attempt, until the attempt is done with
 *   pump     move what can be moved between socket, TLS and HTTP/2 without waiting
 */
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
    STREAM_REPLAY_MAX = 256 * 1024,  /* bytes sent that are kept to be sent again */
    CHANNEL_MAX_HEADER_BLOCK = 2 * PLEDGE_MAX_METADATA_BYTES, /* base64 and names included */
};

#define CHANNEL_NEVER_MS UINT64_MAX

/* One TCP connection with TLS and HTTP/2. It is freed when it is not the channel's and no stream
 * is attached. */
struct connection {
    struct pledge_channel *channel;
    size_t attached;
    int fd; /* -1 once it is lost */
    SSL *ssl;
    BIO *incoming; /* ciphertext from the socket; both belong to ssl */
    BIO *outgoing;
    struct buf unsent; /* ciphertext that the socket did not take yet */
    nghttp2_session *session;
    uint64_t heard_ms; /* when the server last sent anything */
    uint64_t asked_ms; /* when it was asked for a sign of life, or 0 */
};

struct pledge_channel {
    char host[CHANNEL_HOST_SIZE];
    char port[CHANNEL_PORT_SIZE];
    char *server_name;
    char *authority;
    char *user_agent;
    char *authorization; /* value of the header that shows the session, or NULL */
    unsigned connect_timeout_ms;
    unsigned keepalive_ms;
    unsigned keepalive_timeout_ms;
    uint32_t max_receive_bytes;
    uint32_t max_send_bytes;
    SSL_CTX *tls;
    struct connection *connection; /* for new calls; NULL while there is none */
    struct pledge_stream *streams; /* all of them, on whatever connection */
};

enum stream_encoding { ENCODING_NONE, ENCODING_GZIP, ENCODING_UNKNOWN };

/* What one attempt knows. */
struct attempt {
    int32_t id;                        /* of the HTTP/2 stream */
    size_t sent;                       /* bytes of the stream's `out` handed to nghttp2 */
    struct buf body;                   /* received and not yet taken */
    size_t taken;                      /* bytes of body that the caller has */
    size_t acknowledged;               /* bytes of body that the server may send anew */
    struct pledge_metadata *halves[2]; /* headers, trailers */
    size_t counts[2];
    size_t metadata_bytes;
    uint32_t error; /* HTTP/2 code of its end */
    int http_status;
    enum stream_encoding encoding;
    bool grpc_content;
    bool in_trailers;
    bool paused;      /* nghttp2 waits for more to send */
    bool end_sent;    /* nghttp2 has the end of what we send */
    bool closed;      /* nothing more will come */
    bool settled;     /* the status and all the rest are in the stream's reply */
    bool has_status;  /* our own status is set: nothing that follows may change it */
    bool abandoned;   /* by us: what came is of no interest any more */
    bool unprocessed; /* the server certainly has not seen the request */
    bool permanent;   /* trying again cannot help */
};

struct pledge_stream {
    struct pledge_channel *channel;
    struct pledge_stream *next;
    struct connection *connection; /* attached to, or NULL */
    struct arena own;              /* method, metadata, everything that outlives an attempt */
    nghttp2_nv *headers;           /* of the request; the last place is for the timeout */
    size_t header_count;
    uint64_t deadline_ms;
    uint64_t due_ms; /* when the next attempt is to begin, or 0 */
    bool idempotent;
    bool gzip;
    bool unary;                /* its one message counts only with the status behind it */
    bool replay;               /* all of `out` is kept, and nothing was given to the caller */
    bool send_closed;          /* the caller will send no more */
    struct buf out;            /* frames to send */
    struct buf expanded;       /* the message that the caller has, when it came compressed */
    struct arena message;      /* the copy or the unpacked form of it */
    struct attempt attempt;    /* the present one */
    struct pledge_reply reply; /* of the present attempt; its memory is an arena */
};

/* Sets a status once; later ones do not change it. Returns false. */
bool stream_fail(struct pledge_stream *stream, enum pledge_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- address.c ---- */

/* Splits "host:port" into the channel. False when it is malformed. */
bool address_parse(const char *address, struct pledge_channel *channel);

/* What poll waits until a time: 0 when it has passed, -1 for CHANNEL_NEVER_MS. */
int address_poll_ms(uint64_t until_ms);

/* Connects a non-blocking TCP socket to the channel's address before the deadline. Returns the
 * socket, or -1 with the stream failed. */
int address_connect(const struct pledge_channel *channel, uint64_t deadline_ms,
                    struct pledge_stream *stream);

/* ---- tls.c ---- */

/* Makes the TLS context: TLS 1.2 and later, ALPN h2, peer verification, our certificate. */
SSL_CTX *tls_context_new(const struct pledge_channel_options *options,
                         struct pledge_status *status);

/* Makes the connection's TLS half over two memory buffers, so that the socket's writes are ours to
 * keep free of SIGPIPE. */
bool tls_start(struct connection *connection, struct pledge_stream *stream);

/* Puts OpenSSL's reason in words. */
void tls_explain(const struct connection *connection, struct pledge_status *ret_status);

/* ---- transport.c ---- */

/* Attaches the stream to a connection that takes new calls; makes one when there is none. False
 * with the stream failed. */
bool transport_attach(struct pledge_stream *stream);

/* Detaches it, and frees a connection that nobody needs any more. */
void transport_detach(struct pledge_stream *stream);

/* Pumps. Whatever becomes of the connection is told to its streams. */
void transport_pump(struct connection *connection);

/* Only the sending half of it. */
void transport_flush(struct connection *connection);

/* When the connection wants to be pumped even if the socket is silent. */
uint64_t transport_wake_ms(const struct connection *connection);

/* What to wait for. */
struct pollfd transport_poll(const struct connection *connection);

/* Closes the channel's connection, if it has one. */
void transport_close(struct pledge_channel *channel);

/* ---- http2.c ---- */

/* Makes the HTTP/2 session of a fresh connection and queues its settings. */
bool http2_session_new(struct connection *connection);

/* Queues the stream's request. False with the stream failed. */
bool http2_submit(struct pledge_stream *stream);

/* Tells nghttp2 that there is more to send, or an end. */
void http2_resume(struct pledge_stream *stream);

/* Lets the server send so many bytes more. */
void http2_acknowledge(struct pledge_stream *stream, size_t len);

/* Closes the attempt from our side: the server is told, and nothing more is listened to. */
void http2_abandon(struct pledge_stream *stream);

/* ---- stream.c ---- */

/* Makes a stream that is not connected yet. NULL with `ret_status` filled. */
struct pledge_stream *stream_new(struct pledge_channel *channel, const char *method,
                                 const struct pledge_call_options *options, bool unary,
                                 struct pledge_status *ret_status);

/* One turn: notices the deadline, begins an attempt that is due, moves bytes, and when the attempt
 * has failed decides whether there will be another. */
void stream_advance(struct pledge_stream *stream);

/* The next time at which something is due without the socket. */
uint64_t stream_wake_ms(const struct pledge_stream *stream);

/* Waits for the socket or that time. False when `until_ms` came first. */
bool stream_wait(const struct pledge_stream *stream, uint64_t until_ms);

/* The call cannot be sent again from here on. */
void stream_commit(struct pledge_stream *stream);

/* Gives the reply to the caller, unless that is NULL, and frees the stream. True when it is OK. */
bool stream_end(struct pledge_stream *stream, struct pledge_reply *ret_reply);

/* ---- message.c ---- */

/* Queues a message to be sent. False when it cannot be, with the stream failed. */
bool message_queue(struct pledge_stream *stream, const ProtobufCMessage *message);
bool message_queue_bytes(struct pledge_stream *stream, const void *data, size_t len);

/* Waits for the next message. `ret_bytes` are lent until anything else is done on the channel. */
enum pledge_stream_result message_next(struct pledge_stream *stream, uint64_t until_ms,
                                       struct pledge_bytes *ret_bytes);

/* True when the next message has come as a whole. */
bool message_is_there(const struct pledge_stream *stream);

/* ---- reply.c ---- */

/* Turns what the attempt received into the reply's status and metadata. */
void reply_settle(struct pledge_stream *stream);

/* Remembers one header or trailer in the reply's arena; pseudo headers are the caller's. */
bool reply_add_metadata(struct pledge_stream *stream, const uint8_t *name, size_t name_len,
                        const uint8_t *value, size_t value_len);

#endif
