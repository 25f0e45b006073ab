/* SPDX-License-Identifier: Apache-2.0 */
#include "client/lib/channel.h"
#include "common/base/time.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool address_parse(const char *address, struct pledge_channel *channel)
{
    const char *host = address;
    const char *colon = strrchr(address, ':');
    if (!colon || colon == address) {
        return false;
    }
    size_t host_len = (size_t)(colon - address);
    if (*host == '[') {
        if (host_len < 3 || host[host_len - 1] != ']') {
            return false;
        }
        host++;
        host_len -= 2;
    } else if (memchr(host, ':', host_len)) {
        return false;
    }
    char *end;
    unsigned long port = strtoul(colon + 1, &end, 10);
    if (host_len >= sizeof(channel->host) || colon[1] < '0' || colon[1] > '9' || *end ||
        port == 0 || port > 65535) {
        return false;
    }
    memcpy(channel->host, host, host_len);
    channel->host[host_len] = '\0';
    strncpy(channel->port, colon + 1, sizeof(channel->port) - 1);
    return strlen(colon + 1) < sizeof(channel->port);
}

int address_poll_ms(uint64_t until_ms)
{
    if (until_ms == CHANNEL_NEVER_MS) {
        return -1;
    }
    uint64_t now = time_monotonic_ms();
    uint64_t left = until_ms > now ? until_ms - now : 0;
    return left > INT_MAX ? INT_MAX : (int)left;
}

/* Waits for a socket that is connecting. Returns 0 or an errno. */
static int wait_connected(int fd, uint64_t deadline_ms)
{
    struct pollfd poller = {.fd = fd, .events = POLLOUT};
    for (;;) {
        int wait = address_poll_ms(deadline_ms);
        int ready = wait == 0 ? 0 : poll(&poller, 1, wait);
        if (ready == 0) {
            return ETIMEDOUT;
        }
        if (ready > 0) {
            break;
        }
        if (errno != EINTR) {
            return errno;
        }
    }
    int error = 0;
    socklen_t len = sizeof(error);
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 ? error : errno;
}

static int connect_one(const struct addrinfo *info, uint64_t deadline_ms, int *ret_error)
{
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        *ret_error = errno;
        return -1;
    }
    *ret_error = connect(fd, info->ai_addr, info->ai_addrlen) == 0 ? 0 : errno;
    if (*ret_error == EINPROGRESS) {
        *ret_error = wait_connected(fd, deadline_ms);
    }
    if (*ret_error != 0) {
        close(fd);
        return -1;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}

int address_connect(const struct pledge_channel *channel, uint64_t deadline_ms,
                    struct pledge_stream *stream)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *list = NULL;
    int found = getaddrinfo(channel->host, channel->port, &hints, &list);
    if (found != 0) {
        stream->attempt.permanent = found == EAI_NONAME;
        stream_fail(stream, PLEDGE_UNAVAILABLE, "cannot find the host %s: %s", channel->host,
                    gai_strerror(found));
        return -1;
    }
    int fd = -1;
    int error = ECONNREFUSED;
    size_t left = 0;
    for (struct addrinfo *info = list; info; info = info->ai_next) {
        left++;
    }
    /* Each address gets its share, so that one that swallows packets leaves time for the next. */
    for (struct addrinfo *info = list; info && fd < 0; info = info->ai_next, left--) {
        uint64_t now = time_monotonic_ms();
        uint64_t share = deadline_ms > now ? (deadline_ms - now) / left : 0;
        fd = connect_one(info, now + share, &error);
    }
    freeaddrinfo(list);
    if (fd < 0) {
        char reason[128];
        stream_fail(stream, PLEDGE_UNAVAILABLE, "cannot connect to %s: %s", channel->authority,
                    strerror_r(error, reason, sizeof(reason)));
    }
    return fd;
}
