/* SPDX-License-Identifier: Apache-2.0 */
#include "client/lib/channel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static void refuse(struct pledge_status *status, enum pledge_code code, const char *message)
{
    status->code = code;
    snprintf(status->message, sizeof(status->message), "%s", message);
}

static bool copy_strings(struct pledge_channel *channel,
                         const struct pledge_channel_options *options)
{
    char agent[256];
    snprintf(agent, sizeof(agent), "%s%slibpledge/%s",
             options->user_agent ? options->user_agent : "", options->user_agent ? " " : "",
             PLEDGE_VERSION);
    channel->server_name = strdup(options->server_name ? options->server_name : channel->host);
    channel->authority = strdup(options->address);
    channel->user_agent = strdup(agent);
    return channel->server_name && channel->authority && channel->user_agent;
}

/* Visible ASCII without spaces, so that it is one word of the header. */
static bool is_session_token(const char *token)
{
    size_t len = strnlen(token, PLEDGE_MAX_SESSION_TOKEN + 1);
    for (size_t i = 0; i < len; i++) {
        if (token[i] <= ' ' || token[i] > '~') {
            return false;
        }
    }
    return len > 0 && len <= PLEDGE_MAX_SESSION_TOKEN;
}

static bool copy_session(struct pledge_channel *channel, const char *token)
{
    static const char scheme[] = "Bearer ";
    size_t size = token ? sizeof(scheme) + strlen(token) : 0;
    channel->authorization = size ? malloc(size) : NULL;
    if (channel->authorization) {
        snprintf(channel->authorization, size, "%s%s", scheme, token);
    }
    return !token || channel->authorization;
}

static unsigned or_default(unsigned value, unsigned fallback)
{
    return value ? value : fallback;
}

/* A frame's length has 32 bits. */
static uint32_t limit(size_t bytes)
{
    size_t wanted = bytes ? bytes : PLEDGE_DEFAULT_MAX_MESSAGE;
    return wanted < UINT32_MAX ? (uint32_t)wanted : UINT32_MAX;
}

struct pledge_channel *pledge_channel_new(const struct pledge_channel_options *options,
                                          struct pledge_status *ret_status)
{
    *ret_status = (struct pledge_status){0};
    struct pledge_channel *channel = calloc(1, sizeof(*channel));
    if (!channel) {
        refuse(ret_status, PLEDGE_RESOURCE_EXHAUSTED, "out of memory");
        return NULL;
    }
    channel->connect_timeout_ms =
        or_default(options->connect_timeout_ms, PLEDGE_DEFAULT_CONNECT_TIMEOUT_MS);
    channel->keepalive_ms = options->keepalive_ms;
    channel->keepalive_timeout_ms =
        or_default(options->keepalive_timeout_ms, PLEDGE_DEFAULT_KEEPALIVE_TIMEOUT_MS);
    channel->max_receive_bytes = limit(options->max_receive_bytes);
    channel->max_send_bytes = limit(options->max_send_bytes);
    if (!options->address || !address_parse(options->address, channel)) {
        refuse(ret_status, PLEDGE_INVALID_ARGUMENT,
               "the address must be host:port, such as pledge.example.org:8443");
    } else if (options->session_token && !is_session_token(options->session_token)) {
        refuse(ret_status, PLEDGE_INVALID_ARGUMENT, "the session token is none");
    } else if (!copy_strings(channel, options) || !copy_session(channel, options->session_token)) {
        refuse(ret_status, PLEDGE_RESOURCE_EXHAUSTED, "out of memory");
    } else {
        channel->tls = tls_context_new(options, ret_status);
    }
    if (ret_status->code != PLEDGE_OK) {
        pledge_channel_free(channel);
        return NULL;
    }
    return channel;
}

void pledge_channel_free(struct pledge_channel *channel)
{
    if (!channel) {
        return;
    }
    transport_close(channel);
    SSL_CTX_free(channel->tls);
    free(channel->server_name);
    free(channel->authority);
    free(channel->user_agent);
    if (channel->authorization) {
        explicit_bzero(channel->authorization, strlen(channel->authorization));
    }
    free(channel->authorization);
    free(channel);
}

bool pledge_request_id(char out[PLEDGE_REQUEST_ID_SIZE])
{
    unsigned char b[16];
    if (getrandom(b, sizeof(b), 0) != (ssize_t)sizeof(b)) {
        return false;
    }
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40); /* RFC 9562: version 4 */
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    snprintf(out, PLEDGE_REQUEST_ID_SIZE,
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
             b[15]);
    return true;
}
