/* SPDX-License-Identifier: Apache-2.0 */
#include "client/lib/channel.h"
#include "common/base/time.h"
#include "common/grpc/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How a call is tried again: after 100 ms, then twice as long each time up to 2 s, and of that a
 * random part of at least half, so that clients do not come back in step. */
enum {
    RETRY_MAX_ATTEMPTS = 5,
    RETRY_FIRST_WAIT_MS = 100,
    RETRY_MAX_WAIT_MS = 2000,
};

enum {
    FIXED_HEADERS = 11, /* of every request, at most */
    MAX_METADATA_NAME = 128,
};

/* ---- making one ---- */

static bool refuse(struct pledge_status *status, enum pledge_code code, const char *message)
{
    status->code = code;
    snprintf(status->message, sizeof(status->message), "%s", message);
    return false;
}

static bool no_memory(struct pledge_status *status)
{
    return refuse(status, PLEDGE_RESOURCE_EXHAUSTED, "out of memory");
}

static bool is_binary(const char *name)
{
    size_t len = strlen(name);
    return len > 4 && strcmp(name + len - 4, "-bin") == 0;
}

static bool is_metadata(const struct pledge_metadata *entry)
{
    size_t name_len = strlen(entry->name);
    if (name_len == 0 || name_len >= MAX_METADATA_NAME || strncmp(entry->name, "grpc-", 5) == 0 ||
        strspn(entry->name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != name_len ||
        entry->len > PLEDGE_MAX_METADATA_BYTES) {
        return false;
    }
    for (size_t i = 0; i < entry->len && !is_binary(entry->name); i++) {
        unsigned char c = ((const unsigned char *)entry->value)[i];
        if (c < 0x20 || c > 0x7e) {
            return false;
        }
    }
    return true;
}

static bool check(const char *method, const struct pledge_call_options *options,
                  struct pledge_status *status)
{
    status->code = PLEDGE_INVALID_ARGUMENT;
    if (method[0] != '/' || !strchr(method + 1, '/')) {
        snprintf(status->message, sizeof(status->message),
                 "a method is written /package.Service/Method, not %s", method);
        return false;
    }
    if (options->metadata_count > PLEDGE_MAX_METADATA) {
        snprintf(status->message, sizeof(status->message), "more than %d metadata entries",
                 PLEDGE_MAX_METADATA);
        return false;
    }
    size_t bytes = 0;
    for (size_t i = 0; i < options->metadata_count; i++) {
        if (!is_metadata(&options->metadata[i])) {
            snprintf(status->message, sizeof(status->message), "metadata %s is malformed",
                     options->metadata[i].name);
            return false;
        }
        bytes += options->metadata[i].len;
    }
    if (bytes > PLEDGE_MAX_METADATA_BYTES) {
        snprintf(status->message, sizeof(status->message), "more than %d bytes of metadata",
                 PLEDGE_MAX_METADATA_BYTES);
        return false;
    }
    status->code = PLEDGE_OK;
    return true;
}

/* Adds a header with copies of both strings. */
static bool add_header(struct pledge_stream *stream, const char *name, const void *value,
                       size_t len)
{
    char *name_copy = arena_strndup(&stream->own, name, strlen(name));
    char *copy = arena_alloc(&stream->own, (len + 2) / 3 * 4 + 1);
    if (!name_copy || !copy) {
        return false;
    }
    if (is_binary(name)) {
        len = grpc_base64_encode(value, len, copy);
    } else if (len > 0) {
        memcpy(copy, value, len);
    }
    stream->headers[stream->header_count++] = (nghttp2_nv){.name = (uint8_t *)name_copy,
                                                           .value = (uint8_t *)copy,
                                                           .namelen = strlen(name),
                                                           .valuelen = len};
    return true;
}

/* The channel's session. Its value stays where it is: the channel outlives the stream, and a secret
 * is best in one place. */
static void add_session(struct pledge_stream *stream, const struct pledge_call_options *options)
{
    static const char name[] = "authorization";
    char *value = stream->channel->authorization;
    for (size_t i = 0; i < options->metadata_count; i++) {
        if (strcmp(options->metadata[i].name, name) == 0) {
            return;
        }
    }
    if (value) {
        stream->headers[stream->header_count++] = (nghttp2_nv){.name = (uint8_t *)name,
                                                               .value = (uint8_t *)value,
                                                               .namelen = sizeof(name) - 1,
                                                               .valuelen = strlen(value)};
    }
}

static bool add_headers(struct pledge_stream *stream, const char *method,
                        const struct pledge_call_options *options)
{
    const char *const fixed[][2] = {
        {":method", "POST"},
        {":scheme", "https"},
        {":path", method},
        {":authority", stream->channel->authority},
        {"te", "trailers"},
        {"content-type", "application/grpc"},
        {"user-agent", stream->channel->user_agent},
        {"grpc-accept-encoding", "identity,gzip"},
        {"grpc-encoding", options->gzip ? "gzip" : NULL},
    };
    stream->headers = arena_calloc(&stream->own, FIXED_HEADERS + options->metadata_count,
                                   sizeof(*stream->headers));
    bool good = stream->headers != NULL;
    for (size_t i = 0; good && i < sizeof(fixed) / sizeof(fixed[0]); i++) {
        good = !fixed[i][1] || add_header(stream, fixed[i][0], fixed[i][1], strlen(fixed[i][1]));
    }
    if (good) {
        add_session(stream, options);
    }
    for (size_t i = 0; good && i < options->metadata_count; i++) {
        const struct pledge_metadata *entry = &options->metadata[i];
        good = add_header(stream, entry->name, entry->value, entry->len);
    }
    return good;
}

static void stream_free(struct pledge_stream *stream)
{
    struct pledge_stream **link = &stream->channel->streams;
    while (*link && *link != stream) {
        link = &(*link)->next;
    }
    if (*link) {
        *link = stream->next;
    }
    pledge_reply_deinit(&stream->reply);
    buf_deinit(&stream->attempt.body);
    buf_deinit(&stream->expanded);
    if (stream->out.data) { /* what was sent may have been a password */
        explicit_bzero(stream->out.data, stream->out.cap);
    }
    buf_deinit(&stream->out);
    arena_deinit(&stream->message);
    arena_deinit(&stream->own);
    free(stream);
}

struct pledge_stream *stream_new(struct pledge_channel *channel, const char *method,
                                 const struct pledge_call_options *options, bool unary,
                                 struct pledge_status *ret_status)
{
    static const struct pledge_call_options defaults;
    options = options ? options : &defaults;
    if (!check(method, options, ret_status)) {
        return NULL;
    }
    struct pledge_stream *stream = calloc(1, sizeof(*stream));
    struct arena *arena = malloc(sizeof(*arena));
    if (!stream || !arena) {
        free(stream);
        free(arena);
        no_memory(ret_status);
        return NULL;
    }
    arena_init(arena, SIZE_MAX / 2);
    arena_init(&stream->own, SIZE_MAX / 2);
    arena_init(&stream->message, SIZE_MAX / 2);
    stream->reply.memory = arena;
    stream->channel = channel;
    stream->unary = unary;
    stream->idempotent = options->idempotent;
    stream->gzip = options->gzip;
    stream->replay = true;
    stream->due_ms = time_monotonic_ms();
    unsigned timeout_ms = options->timeout_ms ? options->timeout_ms
                          : unary             ? PLEDGE_DEFAULT_TIMEOUT_MS
                                              : 0;
    stream->deadline_ms = timeout_ms ? stream->due_ms + timeout_ms : CHANNEL_NEVER_MS;
    if (!add_headers(stream, method, options)) {
        stream_free(stream);
        no_memory(ret_status);
        return NULL;
    }
    stream->next = channel->streams;
    channel->streams = stream;
    return stream;
}

/* ---- attempts ---- */

void stream_commit(struct pledge_stream *stream)
{
    stream->replay = false;
    buf_consume(&stream->out, stream->attempt.sent);
    stream->attempt.sent = 0;
}

static bool may_retry(const struct pledge_stream *stream)
{
    const struct attempt *attempt = &stream->attempt;
    return stream->reply.status.code == PLEDGE_UNAVAILABLE && !attempt->permanent &&
           (stream->idempotent || attempt->unprocessed) && stream->replay &&
           stream->reply.attempts < RETRY_MAX_ATTEMPTS &&
           (stream->unary || !message_is_there(stream));
}

/* When the next attempt is due; CHANNEL_NEVER_MS when the call's time does not last that long. */
static uint64_t next_attempt_ms(const struct pledge_stream *stream)
{
    uint64_t wait = (uint64_t)RETRY_FIRST_WAIT_MS << (stream->reply.attempts - 1);
    if (wait > RETRY_MAX_WAIT_MS) {
        wait = RETRY_MAX_WAIT_MS;
    }
    wait = wait / 2 + arc4random_uniform((uint32_t)(wait / 2 + 1));
    if (wait < stream->reply.retry_after_ms) {
        wait = stream->reply.retry_after_ms;
    }
    uint64_t due_ms = time_monotonic_ms() + wait;
    return due_ms < stream->deadline_ms ? due_ms : CHANNEL_NEVER_MS;
}

/* Forgets an attempt so that another can be made. */
static void reset(struct pledge_stream *stream, uint64_t due_ms)
{
    struct arena *arena = stream->reply.memory;
    buf_deinit(&stream->attempt.body);
    arena_deinit(arena);
    stream->attempt = (struct attempt){0};
    stream->reply = (struct pledge_reply){.memory = arena, .attempts = stream->reply.attempts};
    stream->due_ms = due_ms;
}

/* The attempt is closed: that was the call, or there will be another. */
static void conclude(struct pledge_stream *stream)
{
    reply_settle(stream);
    if (stream->connection) {
        transport_flush(stream->connection);
    }
    transport_detach(stream);
    uint64_t due_ms = may_retry(stream) ? next_attempt_ms(stream) : CHANNEL_NEVER_MS;
    if (due_ms != CHANNEL_NEVER_MS) {
        reset(stream, due_ms);
    } else {
        stream->attempt.settled = true;
        stream->due_ms = 0;
    }
}

static void begin_attempt(struct pledge_stream *stream)
{
    stream->due_ms = 0;
    stream->reply.attempts++;
    if (!transport_attach(stream) || !http2_submit(stream)) {
        stream->attempt.closed = true;
    }
}

void stream_advance(struct pledge_stream *stream)
{
    struct attempt *attempt = &stream->attempt;
    if (attempt->settled) {
        return;
    }
    uint64_t now = time_monotonic_ms();
    if (!attempt->closed && now >= stream->deadline_ms) {
        stream_fail(stream, PLEDGE_DEADLINE_EXCEEDED, "no answer from %s in time",
                    stream->channel->authority);
        http2_abandon(stream);
    }
    if (!attempt->closed && stream->due_ms != 0 && now >= stream->due_ms) {
        begin_attempt(stream);
    }
    if (!attempt->closed && stream->connection) {
        transport_pump(stream->connection);
    }
    if (attempt->closed) {
        conclude(stream);
    }
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t stream_wake_ms(const struct pledge_stream *stream)
{
    uint64_t wake_ms = stream->deadline_ms;
    if (stream->due_ms != 0) {
        wake_ms = earlier(wake_ms, stream->due_ms);
    }
    if (stream->connection) {
        wake_ms = earlier(wake_ms, transport_wake_ms(stream->connection));
    }
    return wake_ms;
}

bool stream_wait(const struct pledge_stream *stream, uint64_t until_ms)
{
    struct pollfd poller = {.fd = -1};
    if (stream->connection) {
        transport_flush(stream->connection);
        poller = transport_poll(stream->connection);
    }
    if (stream->attempt.closed) {
        return true;
    }
    uint64_t wake_ms = earlier(until_ms, stream_wake_ms(stream));
    return poll(&poller, 1, address_poll_ms(wake_ms)) != 0 || wake_ms < until_ms;
}

bool stream_end(struct pledge_stream *stream, struct pledge_reply *ret_reply)
{
    bool good = stream->reply.status.code == PLEDGE_OK;
    if (!good) {
        stream->reply.message = NULL;
        stream->reply.bytes = (struct pledge_bytes){0};
    }
    if (ret_reply) {
        *ret_reply = stream->reply;
        stream->reply = (struct pledge_reply){0};
    }
    stream_free(stream);
    return good;
}
