/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/link.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void on_poll(uv_poll_t *poll, int status, int events);

/* --- the socket ------------------------------------------------------------------------------ */

static void poll_freed(uv_handle_t *handle)
{
    free(handle);
}

static void unwatch(struct link *link)
{
    if (link->poll) {
        uv_close((uv_handle_t *)link->poll, poll_freed);
        link->poll = NULL;
    }
}

/* False when the socket cannot be watched. */
static bool watch(struct link *link, int events)
{
    int fd = PQsocket(link->conn);
    if (link->poll && link->poll_fd != fd) {
        unwatch(link);
    }
    if (!link->poll) {
        link->poll = calloc(1, sizeof(*link->poll));
        if (!link->poll || uv_poll_init(&link->loop->uv, link->poll, fd) != 0) {
            free(link->poll);
            link->poll = NULL;
            return false;
        }
        link->poll->data = link;
        link->poll_fd = fd;
    }
    link->watched = events;
    return uv_poll_start(link->poll, events, on_poll) == 0;
}

bool link_flush(struct link *link)
{
    int rc = PQflush(link->conn);
    if (rc < 0) {
        return false;
    }
    link->write_blocked = rc > 0;
    int events = UV_READABLE | (link->write_blocked ? UV_WRITABLE : 0);
    /* uv_poll_start() takes the socket out of epoll and puts it in again, whatever has changed */
    return (link->state == LINK_READY && link->watched == events) || watch(link, events);
}

/* --- coming up -------------------------------------------------------------------------------- */

/* What the server says unasked on its way out, such as that it is shut down; libpq itself would
 * only say that the connection was closed. */
static void on_notice(void *data, const PGresult *notice)
{
    struct link *link = data;
    const char *message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
    snprintf(link->parting, sizeof(link->parting), "%s", message ? message : "");
}

static void start_connecting(struct link *link)
{
    const char *keywords[LINK_MAX_KEYWORDS + 2] = {0};
    const char *values[LINK_MAX_KEYWORDS + 2] = {0};
    size_t count = link->address->count;
    memcpy(keywords, link->address->keywords, count * sizeof(*keywords));
    memcpy(values, link->address->values, count * sizeof(*values));
    if (*link->hostaddr) {
        keywords[count] = "hostaddr";
        values[count] = link->hostaddr;
    }
    link->state = LINK_CONNECTING;
    link->conn = PQconnectStartParams(keywords, values, 0);
    if (!link->conn) {
        link_fail(link, "out of memory");
        return;
    }
    *link->parting = '\0';
    PQsetNoticeReceiver(link->conn, on_notice, link);
    if (PQstatus(link->conn) == CONNECTION_BAD || !watch(link, UV_WRITABLE)) {
        link_fail(link, NULL);
    }
}

static void on_lookup(uv_getaddrinfo_t *lookup, int status, struct addrinfo *found)
{
    struct link *link = lookup->data;
    if (link->state == LINK_RESOLVING && status == 0) {
        status = getnameinfo(found->ai_addr, found->ai_addrlen, link->hostaddr,
                             sizeof(link->hostaddr), NULL, 0, NI_NUMERICHOST);
    }
    uv_freeaddrinfo(found);
    link->looking_up = false;
    if (link->state == LINK_RESOLVING) {
        if (status == 0) {
            start_connecting(link);
        } else {
            link_fail(link, "the database's host name cannot be looked up");
        }
    }
}

static void begin(struct link *link)
{
    static const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    link->since_ms = link->loop->now_ms;
    if (!link->address->lookup) {
        start_connecting(link);
        return;
    }
    link->state = LINK_RESOLVING;
    link->lookup.data = link;
    link->looking_up = uv_getaddrinfo(&link->loop->uv, &link->lookup, on_lookup,
                                      link->address->lookup, NULL, &hints) == 0;
    if (!link->looking_up) {
        link_fail(link, "the database's host name cannot be looked up");
    }
}

static void go_on_connecting(struct link *link)
{
    bool healthy = false;
    switch (PQconnectPoll(link->conn)) {
    case PGRES_POLLING_READING:
        healthy = watch(link, UV_READABLE);
        break;
    case PGRES_POLLING_WRITING:
        healthy = watch(link, UV_WRITABLE);
        break;
    case PGRES_POLLING_OK:
        link->state = LINK_GREETING;
        healthy = link->owner.greet(link->owner.data);
        break;
    default:
        break;
    }
    if (!healthy) {
        link_fail(link, NULL);
    }
}

void link_ready(struct link *link)
{
    link->state = LINK_READY;
    link->failed_once = false;
    link->backoff_ms = LINK_BACKOFF_FIRST_MS;
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct link *link = poll->data;
    if (link->poll != poll) {
        return;
    }
    loop_update_time(link->loop);
    /* While connecting, libpq itself reads the socket's error and goes on to the next host. */
    if (link->state == LINK_CONNECTING) {
        go_on_connecting(link);
    } else if (status < 0) {
        link_fail(link, uv_strerror(status));
    } else if ((events & UV_WRITABLE) && !link_flush(link)) {
        link_fail(link, NULL);
    } else {
        link->owner.receive(link->owner.data);
    }
}

/* --- going down ------------------------------------------------------------------------------ */

/* Keeps the reason: it may be the connection's own, which ends here. */
static void note_error(struct link *link, const char *why)
{
    if (!why) {
        PQisBusy(link->conn); /* reads what came before the end */
        why = *link->parting ? link->parting : PQerrorMessage(link->conn);
    }
    snprintf(link->error, sizeof(link->error), "%s", *why ? why : "the socket cannot be watched");
    link->error[strcspn(link->error, "\n")] = '\0';
}

/* PQfinish must not run under PQgetResult's caller: that holds no pointer past link_fail. */
static void end(struct link *link, enum link_state state)
{
    link->state = state;
    unwatch(link);
    link->owner.lost(link->owner.data);
    link->write_blocked = false;
    PQfinish(link->conn);
    link->conn = NULL;
}

void link_fail(struct link *link, const char *why)
{
    if (link->state == LINK_DOWN || link->state == LINK_CLOSED) {
        return;
    }
    bool was_ready = link->state == LINK_READY;
    note_error(link, why);
    link->failures++;
    link->failed_once = !was_ready;
    link->retry_ms = link->loop->now_ms + (was_ready ? 0 : link->backoff_ms);
    unsigned longer = link->backoff_ms * 2;
    link->backoff_ms = longer < LINK_BACKOFF_LAST_MS ? longer : LINK_BACKOFF_LAST_MS;
    end(link, LINK_DOWN);
}

void link_init(struct link *link, struct loop *loop, const struct link_address *address,
               unsigned delay_ms, struct link_owner owner)
{
    *link = (struct link){.loop = loop,
                          .address = address,
                          .owner = owner,
                          .backoff_ms = LINK_BACKOFF_FIRST_MS,
                          .retry_ms = loop->now_ms + delay_ms};
    if (delay_ms == 0) {
        begin(link);
    }
}

void link_tick(struct link *link)
{
    uint64_t now = link->loop->now_ms;
    switch (link->state) {
    case LINK_DOWN:
        if (now >= link->retry_ms && !link->looking_up) {
            begin(link);
        }
        break;
    case LINK_RESOLVING:
    case LINK_CONNECTING:
    case LINK_GREETING:
        if (now - link->since_ms > LINK_CONNECT_MS) {
            link_fail(link, "connecting took too long");
        }
        break;
    case LINK_READY:
    case LINK_CLOSED:
        break;
    }
}

void link_close(struct link *link)
{
    if (link->state != LINK_CLOSED) {
        end(link, LINK_CLOSED);
    }
}
