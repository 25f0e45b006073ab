/* SPDX-License-Identifier: Apache-2.0 */
#include "server/net/listener.h"

#include "common/base/log.h"
#include "server/net/trim.h"

#include <errno.h>
#include <unistd.h>

/* After this many closes what is free is handed back to the system, or sooner once nobody is left.
 */
enum { TRIM_AFTER_CLOSES = 512, TRIM_AT_REST = 32 };

/* --- whose turn it is --------------------------------------------------------------------------
 */

static void conn_list_push(struct conn_list *list, struct conn *conn)
{
    conn->next_dirty = NULL;
    *list->last = conn;
    list->last = &conn->next_dirty;
}

void listener_flush_later(struct listener *listener, struct conn *conn)
{
    conn_list_push(&listener->dirty, conn);
}

static void on_rested(uv_timer_t *rest)
{
    struct listener *listener = rest->data;
    loop_update_time(listener->loop);
    while (listener->resting) {
        struct conn *conn = listener->resting;
        listener->resting = conn->next_unread;
        conn->unread = false;
        conn_rested(conn);
    }
}

void listener_read_later(struct listener *listener, struct conn *conn)
{
    if (conn->unread) {
        return;
    }
    conn->unread = true;
    conn->rests = conn->rests && !listener->draining; /* which closes the timer */
    struct conn **list = conn->rests ? &listener->resting : &listener->unread;
    conn->next_unread = *list;
    *list = conn;
    if (!conn->rests) {
        loop_again(listener->loop);
    } else if (!uv_is_active((uv_handle_t *)&listener->rest)) {
        uv_timer_start(&listener->rest, on_rested, LISTENER_REST_MS, 0);
    }
}

static void read_on(struct listener *listener)
{
    struct conn *conn = listener->unread;
    listener->unread = NULL;
    while (conn) {
        struct conn *next = conn->next_unread;
        conn->unread = false;
        if (conn->state == CONN_OPEN && !conn->stalled) {
            conn_read(conn);
        } else {
            conn_let_go(conn);
        }
        conn = next;
    }
}

/* A peer that reads as fast as we write must not keep the others waiting: each has one write a
 * turn, and those that want more share what is left of the turn, whoever waited longest first. */
static void flush_dirty(struct listener *listener)
{
    struct conn_list served; /* and not done */
    struct conn *conn = listener->dirty.first;
    conn_list_init(&listener->dirty);
    conn_list_init(&served);
    listener->spare_writes = LISTENER_SPARE_WRITES;
    for (struct conn *next; conn; conn = next) {
        next = conn->next_dirty;
        bool open = conn->state == CONN_OPEN || conn->state == CONN_CLOSING;
        if (open && conn->unsent && listener->spare_writes == 0) {
            conn_list_push(&listener->dirty, conn);
            continue;
        }
        if (open) {
            conn_flush(conn);
        } else {
            conn->unsent = false;
        }
        conn->dirty = conn->unsent;
        if (conn->dirty) {
            conn_list_push(&served, conn);
        } else {
            conn_let_go(conn);
        }
    }
    if (served.first) {
        *listener->dirty.last = served.first;
        listener->dirty.last = served.last;
    }
    if (listener->dirty.first) {
        loop_again(listener->loop);
    }
}

static void on_turn(void *data)
{
    struct listener *listener = data;
    listener->handshake_ns = 0;
    read_on(listener);
    flush_dirty(listener);
}

/* --- who comes and goes ------------------------------------------------------------------------
 */

/* A flood comes again and again, so not each is told. */
void listener_tell_expelled(struct listener *listener, const struct conn *conn)
{
    uint64_t now = listener->loop->now_ms;
    counter_add(&listener->expelled, 1);
    if (now - listener->told_ms < LISTENER_TELL_MS) {
        listener->untold++;
        return;
    }
    log_event(LOG_LEVEL_WARN, "expelled", "{s:s, s:s, s:i}", "peer", conn->peer, "reason",
              conn->h2.reason, "others", (int)listener->untold);
    listener->told_ms = now;
    listener->untold = 0;
}

void listener_left(struct listener *listener, struct conn *conn)
{
    if (conn->prev) {
        conn->prev->next = conn->next;
    } else {
        listener->conns = conn->next;
    }
    if (conn->next) {
        conn->next->prev = conn->prev;
    }
    listener->conn_count--;
    listener->closes++;
    counter_set(&listener->open, listener->conn_count);
}

static void accept_conn(struct listener *listener, int fd, const struct sockaddr_storage *address)
{
    struct conn *conn = conn_new(listener, fd, address);
    if (!conn) {
        return;
    }
    conn->next = listener->conns;
    if (conn->next) {
        conn->next->prev = conn;
    }
    listener->conns = conn;
    listener->conn_count++;
    counter_set(&listener->open, listener->conn_count);
    counter_add(&listener->accepted, 1);
}

static void on_event(uv_poll_t *poll, int status, int events)
{
    struct listener *listener = poll->data;
    (void)events;
    loop_update_time(listener->loop);
    while (status >= 0) {
        struct sockaddr_storage address;
        socklen_t len = sizeof(address);
        int fd =
            accept4(listener->fd, (struct sockaddr *)&address, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
                uv_poll_stop(&listener->poll); /* level-triggered: it would fire without pause */
                listener->paused = true;
            }
            break;
        }
        if (listener->conn_count >= LISTENER_MAX_CONNS) {
            close(fd);
        } else {
            accept_conn(listener, fd, &address);
        }
    }
}

static void trim(struct listener *listener)
{
    unsigned enough = listener->conn_count == 0 ? TRIM_AT_REST : TRIM_AFTER_CLOSES;
    if (listener->closes >= enough) {
        listener->closes = 0;
        trim_memory();
    }
}

static void on_tick(void *data)
{
    struct listener *listener = data;
    uint64_t now = listener->loop->now_ms;
    if (now - listener->checked_ms < LISTENER_CHECK_MS && !listener->draining) {
        return;
    }
    listener->checked_ms = now;
    trim(listener);
    if (listener->paused && !listener->draining) {
        listener->paused = false;
        uv_poll_start(&listener->poll, UV_READABLE, on_event);
    }
    for (struct conn *conn = listener->conns, *next; conn; conn = next) {
        next = conn->next;
        conn_check(conn, now);
    }
}

int listener_init(struct listener *listener, struct loop *loop, const struct sockaddr *address,
                  socklen_t address_len, SSL_CTX *tls, const struct stream_ops *ops, void *ops_data)
{
    *listener = (struct listener){.loop = loop, .tls = tls, .ops = ops, .ops_data = ops_data};
    conn_list_init(&listener->dirty);
    int one = 1;
    listener->fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener->fd < 0) {
        return -errno;
    }
    setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    setsockopt(listener->fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
    if (bind(listener->fd, address, address_len) != 0 ||
        listen(listener->fd, LISTENER_BACKLOG) != 0) {
        int error = errno;
        close(listener->fd);
        return -error;
    }
    int rc = uv_poll_init(&loop->uv, &listener->poll, listener->fd);
    if (rc != 0) {
        close(listener->fd);
        return rc;
    }
    listener->poll.data = listener;
    uv_timer_init(&loop->uv, &listener->rest);
    listener->rest.data = listener;
    uv_poll_start(&listener->poll, UV_READABLE, on_event);
    loop_on_turn(loop, on_turn, listener);
    loop_on_tick(loop, on_tick, listener);
    return 0;
}

static void closed(uv_handle_t *handle)
{
    struct listener *listener = handle->data;
    close(listener->fd);
}

void listener_drain(struct listener *listener)
{
    if (listener->draining) {
        return;
    }
    listener->draining = true;
    uv_close((uv_handle_t *)&listener->poll, closed);
    on_rested(&listener->rest); /* from now on nobody rests */
    uv_close((uv_handle_t *)&listener->rest, NULL);
    for (struct conn *conn = listener->conns; conn; conn = conn->next) {
        if (conn->state == CONN_OPEN) {
            conn_farewell(conn);
        }
    }
}

void listener_close_all(struct listener *listener)
{
    while (listener->conns) {
        conn_close(listener->conns);
    }
}
