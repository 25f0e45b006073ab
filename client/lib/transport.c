/* SPDX-License-Identifier: Apache-2.0 */
#include "client/lib/channel.h"
#include "common/base/time.h"

#include <errno.h>
#include <openssl/err.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Outcomes of one move of bytes. */
enum moved {
    MOVED_SOME,
    MOVED_NOTHING, /* the socket would block */
    MOVED_END,     /* the connection is over; the attempt may have been failed */
};

static void lose(struct pledge_channel *channel, struct attempt *attempt, const char *why)
{
    if (attempt) {
        attempt_fail(attempt, PLEDGE_UNAVAILABLE, "the connection to %s was lost: %s",
                     channel->authority, why);
    }
}

void transport_close(struct pledge_channel *channel)
{
    nghttp2_session_del(channel->session);
    channel->session = NULL;
    SSL_free(channel->ssl);
    channel->ssl = NULL;
    if (channel->fd >= 0) {
        close(channel->fd);
    }
    channel->fd = -1;
    channel->going_away = false;
    buf_deinit(&channel->unsent);
}

/* Moves ciphertext from TLS to the socket. */
static enum moved send_pending(struct pledge_channel *channel, struct attempt *attempt)
{
    for (;;) {
        if (channel->unsent.len == 0) {
            uint8_t *room = buf_reserve(&channel->unsent, CHANNEL_READ_SIZE);
            int got = room ? BIO_read(channel->outgoing, room, CHANNEL_READ_SIZE) : 0;
            if (got <= 0) {
                return MOVED_NOTHING;
            }
            channel->unsent.len += (size_t)got;
        }
        ssize_t sent =
            send(channel->fd, buf_head(&channel->unsent), channel->unsent.len, MSG_NOSIGNAL);
        if (sent > 0) {
            buf_consume(&channel->unsent, (size_t)sent);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return MOVED_NOTHING;
        } else if (errno != EINTR) {
            /* The server may have said why before it closed: let the reading side find it. */
            return MOVED_NOTHING;
        }
    }
}

/* Moves ciphertext from the socket to TLS. */
static enum moved receive_some(struct pledge_channel *channel, struct attempt *attempt)
{
    uint8_t bytes[CHANNEL_READ_SIZE];
    ssize_t got = recv(channel->fd, bytes, sizeof(bytes), 0);
    if (got > 0) {
        if (BIO_write(channel->incoming, bytes, (int)got) != got) {
            lose(channel, attempt, "out of memory");
            return MOVED_END;
        }
        return MOVED_SOME;
    }
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
        return MOVED_NOTHING;
    }
    char reason[128];
    lose(channel, attempt,
         got == 0 ? "the server closed it" : strerror_r(errno, reason, sizeof(reason)));
    return MOVED_END;
}

/* Waits for the socket. False when the deadline has passed. */
static bool wait_socket(struct pledge_channel *channel, uint64_t deadline_ms)
{
    struct pollfd poller = {.fd = channel->fd, .events = POLLIN};
    if (channel->unsent.len > 0) {
        poller.events |= POLLOUT;
    }
    int wait = address_poll_ms(deadline_ms);
    return wait > 0 && poll(&poller, 1, wait) != 0;
}

static bool handshake(struct pledge_channel *channel, uint64_t deadline_ms, struct attempt *attempt)
{
    for (;;) {
        ERR_clear_error();
        int result = SSL_do_handshake(channel->ssl);
        send_pending(channel, attempt);
        if (result == 1) {
            break;
        }
        int error = SSL_get_error(channel->ssl, result);
        if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
            tls_explain(channel, attempt);
            return false;
        }
        if (!wait_socket(channel, deadline_ms)) {
            return attempt_fail(attempt, PLEDGE_UNAVAILABLE, "%s does not answer",
                                channel->authority);
        }
        if (receive_some(channel, attempt) == MOVED_END) {
            return false;
        }
    }
    const unsigned char *protocol = NULL;
    unsigned len = 0;
    SSL_get0_alpn_selected(channel->ssl, &protocol, &len);
    if (len != 2 || memcmp(protocol, "h2", 2) != 0) {
        attempt->permanent = true;
        return attempt_fail(attempt, PLEDGE_UNAVAILABLE, "%s does not speak HTTP/2",
                            channel->authority);
    }
    return true;
}

/* Hands what nghttp2 wants to send to TLS, a little at a time, and that to the socket. */
static bool flush_session(struct pledge_channel *channel, struct attempt *attempt)
{
    for (;;) {
        send_pending(channel, attempt);
        if (channel->unsent.len > 0) {
            return true;
        }
        const uint8_t *bytes = NULL;
        ssize_t len = nghttp2_session_mem_send(channel->session, &bytes);
        if (len == 0) {
            return true;
        }
        ERR_clear_error();
        if (len < 0 || SSL_write(channel->ssl, bytes, (int)len) != len) {
            lose(channel, attempt, "cannot write");
            return false;
        }
    }
}

/* Gives the session all that TLS has. */
static enum moved read_session(struct pledge_channel *channel, struct attempt *attempt)
{
    uint8_t bytes[CHANNEL_READ_SIZE];
    for (;;) {
        ERR_clear_error();
        int got = SSL_read(channel->ssl, bytes, sizeof(bytes));
        if (got > 0) {
            ssize_t used = nghttp2_session_mem_recv(channel->session, bytes, (size_t)got);
            if (used < 0) {
                lose(channel, attempt, nghttp2_strerror((int)used));
                return MOVED_END;
            }
            continue;
        }
        int error = SSL_get_error(channel->ssl, got);
        if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
            return MOVED_NOTHING;
        }
        if (error == SSL_ERROR_ZERO_RETURN) {
            lose(channel, attempt, "the server closed it");
        } else if (attempt) {
            tls_explain(channel, attempt);
        }
        return MOVED_END;
    }
}

/* Takes in whatever arrived while nobody was calling. False when the connection is of no more use.
 */
static bool still_alive(struct pledge_channel *channel)
{
    for (;;) {
        enum moved moved = receive_some(channel, NULL);
        if (read_session(channel, NULL) == MOVED_END || moved == MOVED_END) {
            return false;
        }
        if (moved == MOVED_NOTHING) {
            break;
        }
    }
    return !channel->going_away && nghttp2_session_check_request_allowed(channel->session) &&
           flush_session(channel, NULL);
}

bool transport_ready(struct pledge_channel *channel, struct attempt *attempt)
{
    if (channel->fd >= 0 && still_alive(channel)) {
        return true;
    }
    transport_close(channel);
    attempt->unprocessed = true;
    uint64_t deadline_ms = time_monotonic_ms() + channel->connect_timeout_ms;
    if (deadline_ms > attempt->deadline_ms) {
        deadline_ms = attempt->deadline_ms;
    }
    channel->fd = address_connect(channel, deadline_ms, attempt);
    bool ready =
        channel->fd >= 0 && tls_start(channel, attempt) && handshake(channel, deadline_ms, attempt);
    if (ready && !stream_session_new(channel)) {
        ready = attempt_fail(attempt, PLEDGE_RESOURCE_EXHAUSTED, "out of memory");
    }
    if (!ready) {
        transport_close(channel);
        return false;
    }
    attempt->unprocessed = false;
    return true;
}

static void give_up(struct pledge_channel *channel, struct attempt *attempt)
{
    attempt_fail(attempt, PLEDGE_DEADLINE_EXCEEDED, "no answer from %s in time",
                 channel->authority);
    nghttp2_submit_rst_stream(channel->session, NGHTTP2_FLAG_NONE, attempt->stream_id,
                              NGHTTP2_CANCEL);
}

void transport_run(struct pledge_channel *channel, struct attempt *attempt)
{
    bool usable = true;
    channel->attempt = attempt;
    while (usable && !attempt->closed) {
        usable = flush_session(channel, attempt);
        if (!usable || attempt->closed) {
            break;
        }
        if (attempt->has_status) {
            /* Failed on our side: its reset has just been flushed. */
            break;
        }
        if (!wait_socket(channel, attempt->deadline_ms)) {
            give_up(channel, attempt);
            continue;
        }
        enum moved moved = receive_some(channel, NULL);
        usable = read_session(channel, attempt) != MOVED_END;
        if (usable && moved == MOVED_END && !attempt->closed) {
            lose(channel, attempt, "the server closed it");
            usable = false;
        }
        usable = usable && moved != MOVED_END;
    }
    channel->attempt = NULL;
    if (!usable) {
        transport_close(channel);
    } else {
        flush_session(channel, NULL);
    }
}
