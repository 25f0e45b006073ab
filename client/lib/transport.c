/* SPDX-License-Identifier: Apache-2.0 */
#include "client/lib/channel.h"
#include "common/base/time.h"

#include <errno.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PUMPS_BEFORE_CALL = 64 }; /* a server that never falls silent is not listened to forever */

static bool is_lost(const struct connection *connection)
{
    return connection->fd < 0;
}

static void connection_close(struct connection *connection)
{
    nghttp2_session_del(connection->session);
    connection->session = NULL;
    SSL_free(connection->ssl);
    connection->ssl = NULL;
    if (connection->fd >= 0) {
        close(connection->fd);
    }
    connection->fd = -1;
    buf_deinit(&connection->unsent);
}

static void free_unneeded(struct connection *connection)
{
    if (connection->attached == 0 && connection->channel->connection != connection) {
        connection_close(connection);
        free(connection);
    }
}

/* New calls need another connection; this one lives on for the streams that it has. */
static void set_aside(struct pledge_channel *channel)
{
    struct connection *connection = channel->connection;
    channel->connection = NULL;
    free_unneeded(connection);
}

/* Closes a connection that is of no more use and tells its streams why. */
static void lose_as(struct connection *connection, const struct pledge_status *why, bool permanent)
{
    connection_close(connection);
    for (struct pledge_stream *stream = connection->channel->streams; stream;
         stream = stream->next) {
        if (stream->connection == connection && !stream->attempt.closed) {
            stream->attempt.permanent = permanent;
            stream->attempt.closed = true;
            stream_fail(stream, why->code, "%s", why->message);
        }
    }
}

static void lose(struct connection *connection, const char *why)
{
    struct pledge_status status = {.code = PLEDGE_UNAVAILABLE};
    snprintf(status.message, sizeof(status.message), "the connection to %s was lost: %s",
             connection->channel->authority, why);
    lose_as(connection, &status, false);
}

static void lose_tls(struct connection *connection)
{
    struct pledge_status status = {0};
    tls_explain(connection, &status);
    lose_as(connection, &status, true);
}

/* Moves ciphertext from TLS to the socket. False when the connection was lost by it. */
static bool send_pending(struct connection *connection)
{
    for (;;) {
        if (connection->unsent.len == 0) {
            uint8_t *room = buf_reserve(&connection->unsent, CHANNEL_READ_SIZE);
            if (!room) {
                lose(connection, "out of memory");
                return false;
            }
            int got = BIO_read(connection->outgoing, room, CHANNEL_READ_SIZE);
            if (got <= 0) {
                return true;
            }
            connection->unsent.len += (size_t)got;
        }
        ssize_t sent = send(connection->fd, buf_head(&connection->unsent), connection->unsent.len,
                            MSG_NOSIGNAL);
        if (sent > 0) {
            buf_consume(&connection->unsent, (size_t)sent);
        } else if (errno != EINTR) {
            /* Full, or closed: then the reading side finds out whether the server said why. */
            return true;
        }
    }
}

/* Moves ciphertext from the socket to TLS. Returns false when there is no more to come, with
 * `ret_why` unless the socket would only block. */
static bool receive_some(struct connection *connection, const char **ret_why)
{
    uint8_t bytes[CHANNEL_READ_SIZE];
    *ret_why = NULL;
    ssize_t got = recv(connection->fd, bytes, sizeof(bytes), 0);
    if (got > 0) {
        connection->heard_ms = time_monotonic_ms();
        connection->asked_ms = 0;
        if (BIO_write(connection->incoming, bytes, (int)got) == got) {
            return true;
        }
        *ret_why = "out of memory";
    } else if (got == 0) {
        *ret_why = "the server closed it";
    } else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
        *ret_why = strerrordesc_np(errno);
    }
    return false;
}

struct pollfd transport_poll(const struct connection *connection)
{
    short events = connection->unsent.len > 0 ? POLLIN | POLLOUT : POLLIN;
    return (struct pollfd){.fd = connection->fd, .events = events};
}

static bool handshake(struct connection *connection, uint64_t deadline_ms,
                      struct pledge_stream *stream)
{
    const char *authority = connection->channel->authority;
    for (;;) {
        ERR_clear_error();
        int result = SSL_do_handshake(connection->ssl);
        int error = SSL_get_error(connection->ssl, result);
        if (!send_pending(connection)) {
            return false;
        }
        if (result == 1) {
            break;
        }
        if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
            lose_tls(connection);
            return false;
        }
        struct pollfd poller = transport_poll(connection);
        int wait = address_poll_ms(deadline_ms);
        if (wait == 0 || poll(&poller, 1, wait) == 0) {
            return stream_fail(stream, PLEDGE_UNAVAILABLE, "%s does not answer", authority);
        }
        const char *why;
        if (!receive_some(connection, &why) && why) {
            lose(connection, why);
            return false;
        }
    }
    const unsigned char *protocol = NULL;
    unsigned len = 0;
    SSL_get0_alpn_selected(connection->ssl, &protocol, &len);
    if (len != 2 || memcmp(protocol, "h2", 2) != 0) {
        stream->attempt.permanent = true;
        return stream_fail(stream, PLEDGE_UNAVAILABLE, "%s does not speak HTTP/2", authority);
    }
    return true;
}

/* Hands what nghttp2 wants to send to TLS, a little at a time, and that to the socket. */
static bool flush_session(struct connection *connection)
{
    for (;;) {
        if (!send_pending(connection)) {
            return false;
        }
        if (connection->unsent.len > 0) {
            return true;
        }
        const uint8_t *bytes = NULL;
        ssize_t len = nghttp2_session_mem_send(connection->session, &bytes);
        if (len == 0) {
            return true;
        }
        ERR_clear_error();
        if (len < 0 || SSL_write(connection->ssl, bytes, (int)len) != len) {
            lose(connection, "cannot write");
            return false;
        }
    }
}

/* Gives the session all that TLS has. */
static bool read_session(struct connection *connection)
{
    uint8_t bytes[CHANNEL_READ_SIZE];
    for (;;) {
        ERR_clear_error();
        int got = SSL_read(connection->ssl, bytes, sizeof(bytes));
        if (got > 0) {
            ssize_t used = nghttp2_session_mem_recv(connection->session, bytes, (size_t)got);
            if (used < 0) {
                lose(connection, nghttp2_strerror((int)used));
                return false;
            }
            continue;
        }
        int error = SSL_get_error(connection->ssl, got);
        if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
            return true;
        }
        if (error == SSL_ERROR_ZERO_RETURN) {
            lose(connection, "the server closed it");
        } else {
            lose_tls(connection);
        }
        return false;
    }
}

/* Asks for a sign of life when the server was silent for long, and stops waiting for one. */
static bool keep_alive(struct connection *connection)
{
    const struct pledge_channel *channel = connection->channel;
    uint64_t now = time_monotonic_ms();
    if (now < transport_wake_ms(connection)) {
        return true;
    }
    if (connection->asked_ms != 0) {
        char why[64];
        snprintf(why, sizeof(why), "no sign of life for %u ms", channel->keepalive_timeout_ms);
        lose(connection, why);
        return false;
    }
    connection->asked_ms = now;
    nghttp2_submit_ping(connection->session, NGHTTP2_FLAG_NONE, NULL);
    return flush_session(connection);
}

uint64_t transport_wake_ms(const struct connection *connection)
{
    const struct pledge_channel *channel = connection->channel;
    if (channel->keepalive_ms == 0 || is_lost(connection)) {
        return CHANNEL_NEVER_MS;
    }
    return connection->asked_ms != 0 ? connection->asked_ms + channel->keepalive_timeout_ms
                                     : connection->heard_ms + channel->keepalive_ms;
}

void transport_flush(struct connection *connection)
{
    if (!is_lost(connection)) {
        flush_session(connection);
    }
}

void transport_pump(struct connection *connection)
{
    const char *why;
    if (is_lost(connection) || !flush_session(connection)) {
        return;
    }
    receive_some(connection, &why);
    if (!read_session(connection)) {
        return;
    }
    if (why) {
        lose(connection, why);
    } else if (flush_session(connection) && !nghttp2_session_want_read(connection->session) &&
               !nghttp2_session_want_write(connection->session)) {
        lose(connection, "it broke the rules of HTTP/2");
    } else if (!is_lost(connection) && connection->attached > 0) {
        keep_alive(connection);
    }
}

/* Takes in what arrived while nobody was calling. False when the connection takes no new call. */
static bool takes_calls(struct connection *connection)
{
    struct pollfd poller = {.revents = POLLIN};
    for (unsigned i = 0; i < PUMPS_BEFORE_CALL && (poller.revents & POLLIN); i++) {
        transport_pump(connection);
        poller = transport_poll(connection);
        poll(&poller, 1, 0);
    }
    return !is_lost(connection) && nghttp2_session_check_request_allowed(connection->session);
}

static void connect_to(struct connection *connection, struct pledge_stream *stream)
{
    struct pledge_channel *channel = connection->channel;
    uint64_t deadline_ms = time_monotonic_ms() + channel->connect_timeout_ms;
    if (deadline_ms > stream->deadline_ms) {
        deadline_ms = stream->deadline_ms;
    }
    connection->fd = address_connect(channel, deadline_ms, stream);
    if (connection->fd < 0 || !tls_start(connection, stream) ||
        !handshake(connection, deadline_ms, stream)) {
        return;
    }
    if (!http2_session_new(connection)) {
        stream_fail(stream, PLEDGE_RESOURCE_EXHAUSTED, "out of memory");
    }
    connection->heard_ms = time_monotonic_ms();
}

bool transport_attach(struct pledge_stream *stream)
{
    struct pledge_channel *channel = stream->channel;
    if (channel->connection && !takes_calls(channel->connection)) {
        set_aside(channel);
    }
    if (channel->connection) {
        stream->connection = channel->connection;
        stream->connection->attached++;
        return true;
    }
    struct connection *connection = calloc(1, sizeof(*connection));
    if (!connection) {
        return stream_fail(stream, PLEDGE_RESOURCE_EXHAUSTED, "out of memory");
    }
    connection->channel = channel;
    connection->fd = -1;
    connection->attached = 1;
    stream->connection = connection;
    connect_to(connection, stream);
    if (stream->attempt.has_status) {
        stream->attempt.unprocessed = true;
        /* its own time, not the connection's */
        bool late = time_monotonic_ms() >= stream->deadline_ms;
        if (late && stream->reply.status.code == PLEDGE_UNAVAILABLE) {
            stream->reply.status.code = PLEDGE_DEADLINE_EXCEEDED;
        }
        transport_detach(stream);
        return false;
    }
    channel->connection = connection;
    return true;
}

void transport_detach(struct pledge_stream *stream)
{
    struct connection *connection = stream->connection;
    if (connection) {
        stream->connection = NULL;
        connection->attached--;
        if (connection->session && stream->attempt.id > 0) {
            nghttp2_session_set_stream_user_data(connection->session, stream->attempt.id, NULL);
        }
        free_unneeded(connection);
    }
}

void transport_close(struct pledge_channel *channel)
{
    if (channel->connection) {
        set_aside(channel);
    }
}
