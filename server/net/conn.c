/* SPDX-License-Identifier: Apache-2.0 */
#include "server/net/conn.h"

#include "server/net/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void on_conn_event(uv_poll_t *poll, int status, int events);

static void conn_freed(uv_handle_t *handle)
{
    struct conn *conn = handle->data;
    SSL_free(conn->ssl);
    close(conn->fd);
    buf_deinit(&conn->out);
    free(conn);
}

void conn_let_go(struct conn *conn)
{
    if (conn->state == CONN_CLOSED && !conn->dirty && !conn->unread) {
        uv_close((uv_handle_t *)&conn->poll, conn_freed);
    }
}

/* Ends the HTTP/2 session, if there is one. */
static void conn_end_session(struct conn *conn)
{
    if (conn->state != CONN_OPEN && conn->state != CONN_CLOSING) {
        return;
    }
    if (conn->h2.reason) {
        listener_tell_expelled(conn->listener, conn);
    }
    h2_deinit(&conn->h2);
}

void conn_close(struct conn *conn)
{
    if (conn->state == CONN_CLOSED) {
        return;
    }
    conn_end_session(conn);
    conn->state = CONN_CLOSED;
    listener_left(conn->listener, conn);
    ERR_clear_error();
    conn_let_go(conn);
}

static void conn_watch(struct conn *conn, int events)
{
    if (conn->state != CONN_CLOSED && conn->watched != events) {
        conn->watched = events;
        if (events) {
            uv_poll_start(&conn->poll, events, on_conn_event);
        } else {
            uv_poll_stop(&conn->poll);
        }
    }
}

void conn_mark_dirty(struct conn *conn)
{
    if (!conn->dirty && conn->state != CONN_CLOSED) {
        conn->dirty = true;
        listener_flush_later(conn->listener, conn);
    }
}

/* Counts what the peer sent against what it may send. */
static bool must_rest(struct conn *conn, unsigned frames)
{
    bool enough = bucket_take(&conn->frames, conn->listener->loop->now_ms, frames,
                              CONN_FRAMES_PER_SECOND, CONN_FRAMES);
    return !enough && !conn->listener->draining;
}

static void conn_hold(struct conn *conn)
{
    conn_end_session(conn);
    conn->state = CONN_HELD;
    conn->since_ms = conn->listener->loop->now_ms;
    conn_watch(conn, 0);
}

static void conn_part(struct conn *conn)
{
    conn_end_session(conn);
    conn->state = CONN_PARTED;
    conn->since_ms = conn->listener->loop->now_ms;
    ERR_clear_error();
    SSL_shutdown(conn->ssl); /* the end that TLS wants to see, RFC 8446 6.1 */
    ERR_clear_error();
    shutdown(conn->fd, SHUT_WR);
    conn_watch(conn, UV_READABLE);
}

/* Nothing is left to say or to hear. */
static void conn_over(struct conn *conn, void (*end)(struct conn *conn))
{
    if (conn->h2.flooded && !conn->listener->draining) {
        conn_hold(conn);
    } else {
        end(conn);
    }
}

static void conn_throw_away(struct conn *conn)
{
    uint8_t bytes[CONN_WRITE_SIZE];
    ssize_t len = recv(conn->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
    conn->thrown_away += len > 0 ? (size_t)len : 0;
    bool waits = len < 0 && (errno == EAGAIN || errno == EINTR);
    if ((len <= 0 && !waits) || conn->thrown_away > CONN_LINGER_SIZE) {
        conn_close(conn);
    }
}

/* Writes what is gathered. False when the connection is broken. */
static bool conn_write(struct conn *conn)
{
    bool was_stalled = conn->stalled;
    conn->stalled = false;
    ERR_clear_error(); /* another library's leftovers would look like ours */
    while (conn->out.len > 0) {
        size_t size = conn->out.len < CONN_WRITE_SIZE ? conn->out.len : CONN_WRITE_SIZE;
        int wrote = SSL_write(conn->ssl, buf_head(&conn->out), (int)size);
        if (wrote <= 0) {
            conn->stalled = SSL_get_error(conn->ssl, wrote) == SSL_ERROR_WANT_WRITE;
            if (conn->stalled && !was_stalled) {
                conn->stalled_ms = conn->listener->loop->now_ms;
            }
            return conn->stalled;
        }
        buf_consume(&conn->out, (size_t)wrote);
        counter_add(&conn->listener->sent_bytes, (uint64_t)wrote);
        was_stalled = false;
    }
    return true;
}

void conn_flush(struct conn *conn)
{
    struct listener *listener = conn->listener;
    bool healthy = true;
    bool spare = conn->unsent; /* who had its turn is no longer first */
    conn->unsent = false;
    for (; healthy && !conn->stalled; spare = true) {
        if (!h2_produce(&conn->h2, &conn->out, CONN_WRITE_SIZE)) {
            healthy = false;
        } else if (conn->out.len == 0) {
            break;
        } else if (spare && listener->spare_writes == 0) {
            conn->unsent = true;
            break;
        } else {
            listener->spare_writes -= spare;
            healthy = conn_write(conn);
        }
    }
    if (!healthy) {
        conn_close(conn);
        return;
    }
    if (!conn->stalled && !conn->unsent && !h2_alive(&conn->h2)) {
        conn_over(conn, conn_part);
        return;
    }
    if (conn->out.cap > 0 && conn->out.len == 0) {
        buf_deinit(&conn->out); /* an idle connection keeps no buffer */
    }
    /* A peer that takes nothing is not read from: what it sends would only queue more to send. */
    bool read = !conn->stalled && conn->state == CONN_OPEN;
    bool watched = read && !conn->rests;
    conn_watch(conn, (watched ? UV_READABLE : 0) | (conn->stalled ? UV_WRITABLE : 0));
    if (read && (conn->more || conn->rests)) {
        listener_read_later(listener, conn);
    }
}

void conn_farewell(struct conn *conn)
{
    conn->noticed_ms = conn->listener->loop->now_ms;
    h2_goaway(&conn->h2);
}

/* SSL_read() works through new keys (RFC 8446 4.6.3) and whatever else is no data for as long as
 * there is some, without coming back. Of a peer with more of it than anybody needs nothing more is
 * taken. */
static void on_tls_message(int is_sent, int version, int type, const void *bytes, size_t len,
                           SSL *ssl, void *data)
{
    struct conn *conn = data;
    (void)version;
    bool handshakes = (type == SSL3_RT_INNER_CONTENT_TYPE || type == SSL3_RT_HEADER) && len > 0 &&
                      *(const uint8_t *)bytes == SSL3_RT_HANDSHAKE;
    if (!is_sent && handshakes &&
        !bucket_take(&conn->rekeys, conn->listener->loop->now_ms, 1, CONN_REKEYS_PER_SECOND,
                     CONN_REKEYS)) {
        conn->h2.reason = "too many TLS handshake messages";
        conn->h2.flooded = true;
        SSL_set_shutdown(ssl, SSL_get_shutdown(ssl) | SSL_RECEIVED_SHUTDOWN);
    }
}

/* A peer that sends without pause must not keep the others waiting: what one turn leaves, the next
 * takes. TLS reads ahead, so some of it may be with us already, where the poll does not see it. */
void conn_read(struct conn *conn)
{
    static _Thread_local uint8_t bytes[CONN_READ_PIECE];
    size_t taken = 0;
    unsigned before = conn->h2.frames;
    do {
        int len = SSL_read(conn->ssl, bytes, sizeof(bytes));
        if (len <= 0) {
            conn->more = false;
            if (SSL_get_error(conn->ssl, len) != SSL_ERROR_WANT_READ) {
                conn_over(conn, conn_close);
                return;
            }
            break;
        }
        taken += (size_t)len;
        conn->heard_ms = conn->listener->loop->now_ms;
        conn->h2.pinged = false;
        if (!h2_receive(&conn->h2, bytes, (size_t)len)) {
            conn->state = CONN_CLOSING;
            conn->since_ms = conn->listener->loop->now_ms;
            break;
        }
        conn->more = SSL_has_pending(conn->ssl);
    } while (conn->more && taken < CONN_READ_SIZE && conn->h2.frames - before < CONN_READ_FRAMES);
    counter_add(&conn->listener->received_bytes, taken);
    conn->rests = must_rest(conn, conn->h2.frames - before);
    conn_mark_dirty(conn);
}

void conn_rested(struct conn *conn)
{
    conn->rests = must_rest(conn, 0);
    if (conn->state == CONN_OPEN) {
        conn_mark_dirty(conn); /* the flush sees to what comes next */
    } else {
        conn_let_go(conn);
    }
}

static void conn_handshake(struct conn *conn)
{
    int rc = SSL_accept(conn->ssl);
    if (rc != 1) {
        int error = SSL_get_error(conn->ssl, rc);
        if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
            conn_watch(conn, error == SSL_ERROR_WANT_READ ? UV_READABLE : UV_WRITABLE);
        } else {
            counter_add(&conn->listener->handshakes_failed, 1);
            conn_close(conn);
        }
        return;
    }
    const unsigned char *protocol;
    unsigned protocol_len;
    SSL_get0_alpn_selected(conn->ssl, &protocol, &protocol_len);
    conn->identified = tls_peer_fingerprint(conn->ssl, conn->fingerprint);
    conn->certificate_days = tls_peer_days_left(conn->ssl);
    conn->certificate_fault = tls_peer_fault(conn->ssl);
    /* A certificate that cannot be read for want of memory must not look like none for good. */
    bool unread =
        !conn->identified && !conn->certificate_fault && SSL_get0_peer_certificate(conn->ssl);
    if (unread || protocol_len != 2 ||
        !h2_init(&conn->h2, conn, conn->listener->ops, conn->listener->ops_data)) {
        conn_close(conn);
        return;
    }
    SSL_set_msg_callback(conn->ssl, on_tls_message);
    SSL_set_msg_callback_arg(conn->ssl, conn);
    conn->state = CONN_OPEN;
    conn->since_ms = conn->listener->loop->now_ms;
    conn->heard_ms = conn->since_ms;
    if (conn->listener->draining) {
        conn_farewell(conn);
    }
    conn_watch(conn, UV_READABLE);
    conn_read(conn); /* bytes can arrive together with the end of the handshake */
}

static void on_conn_event(uv_poll_t *poll, int status, int events)
{
    struct conn *conn = poll->data;
    struct listener *listener = conn->listener;
    loop_update_time(listener->loop);
    ERR_clear_error();
    if (conn->state == CONN_CLOSED) {
        return;
    }
    if (status < 0) {
        conn_close(conn);
        return;
    }
    if (conn->state == CONN_HANDSHAKE) {
        /* a step may cost as much as a hundred calls; who has to wait is told of again */
        if (listener->handshake_ns < LISTENER_HANDSHAKE_NS) {
            uint64_t began = uv_hrtime();
            conn_handshake(conn);
            listener->handshake_ns += uv_hrtime() - began;
        }
        return;
    }
    if (conn->state == CONN_PARTED) {
        conn_throw_away(conn);
        return;
    }
    if (events & UV_WRITABLE) {
        if (!conn_write(conn)) {
            conn_close(conn);
            return;
        }
        conn_mark_dirty(conn);
    }
    if ((events & UV_READABLE) && conn->state == CONN_OPEN) {
        conn_read(conn);
    }
}

static void peer_text(const struct sockaddr_storage *address, char out[CONN_PEER_TEXT])
{
    char host[INET6_ADDRSTRLEN] = "?";
    if (address->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
        inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
        snprintf(out, CONN_PEER_TEXT, "[%s]:%u", host, ntohs(in6->sin6_port));
    } else {
        const struct sockaddr_in *in = (const struct sockaddr_in *)address;
        inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
        snprintf(out, CONN_PEER_TEXT, "%s:%u", host, ntohs(in->sin_port));
    }
}

struct conn *conn_new(struct listener *listener, int fd, const struct sockaddr_storage *address)
{
    struct conn *conn = calloc(1, sizeof(*conn));
    SSL *ssl = conn ? SSL_new(listener->tls) : NULL;
    int one = 1;
    if (!ssl || SSL_set_fd(ssl, fd) != 1 ||
        uv_poll_init(&listener->loop->uv, &conn->poll, fd) != 0) {
        SSL_free(ssl);
        free(conn);
        close(fd);
        return NULL;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    conn->listener = listener;
    conn->fd = fd;
    conn->ssl = ssl;
    conn->poll.data = conn;
    conn->since_ms = listener->loop->now_ms;
    peer_text(address, conn->peer);
    conn_watch(conn, UV_READABLE);
    return conn;
}

/* An open connection: asks silent peers for a sign of life, and lets go of those without streams.
 */
static void check_open(struct conn *conn, uint64_t now)
{
    struct h2 *h2 = &conn->h2;
    bool draining = conn->listener->draining;
    uint64_t silent = now - conn->heard_ms;
    if (draining && !h2->farewelled && now - conn->noticed_ms > CONN_NOTICE_MS) {
        h2_goaway(h2);
    }
    if (h2->stream_count > 0) {
        conn->since_ms = now;
        if (h2->pinged && silent > CONN_KEEPALIVE_MS + CONN_ALIVE_MS) {
            conn_close(conn);
        } else if (!h2->pinged && silent > CONN_KEEPALIVE_MS) {
            h2_ping(h2);
        }
    } else if (draining ? h2->farewelled : now - conn->since_ms > CONN_IDLE_MS) {
        nghttp2_session_terminate_session(h2->session, NGHTTP2_NO_ERROR);
        conn->state = CONN_CLOSING;
        conn->since_ms = now;
        conn_mark_dirty(conn);
    }
}

void conn_check(struct conn *conn, uint64_t now)
{
    bool draining = conn->listener->draining;
    uint64_t spent = now - conn->since_ms;
    if ((conn->state == CONN_HANDSHAKE && (spent > CONN_HANDSHAKE_MS || draining)) ||
        ((conn->state == CONN_CLOSING || conn->state == CONN_PARTED) && spent > CONN_LINGER_MS) ||
        (conn->stalled && now - conn->stalled_ms > CONN_STALL_MS)) {
        conn_close(conn);
    } else if (conn->state == CONN_HELD && (spent > CONN_HOLD_MS || draining)) {
        conn_part(conn);
    } else if (conn->state == CONN_OPEN) {
        check_open(conn, now);
    }
}
