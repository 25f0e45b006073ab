/* SPDX-License-Identifier: Apache-2.0 */
#include "client/lib/channel.h"
#include "common/base/time.h"
#include "common/grpc/status.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How a call is tried again: after 100 ms, then twice as long each time up to 2 s, and of that a
 * random part of at least half, so that clients do not come back in step. */
enum {
    RETRY_MAX_ATTEMPTS = 5,
    RETRY_FIRST_WAIT_MS = 100,
    RETRY_MAX_WAIT_MS = 2000,
};

const char *pledge_code_name(enum pledge_code code)
{
    return grpc_code_name((unsigned)code);
}

static bool is_metadata_name(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && len < 128 && strncmp(name, "grpc-", 5) != 0 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == len;
}

static bool is_metadata(const struct pledge_metadata *entry)
{
    if (!is_metadata_name(entry->name) || entry->len > PLEDGE_MAX_METADATA_BYTES) {
        return false;
    }
    size_t name_len = strlen(entry->name);
    if (name_len > 4 && strcmp(entry->name + name_len - 4, "-bin") == 0) {
        return true;
    }
    for (size_t i = 0; i < entry->len; i++) {
        unsigned char c = ((const unsigned char *)entry->value)[i];
        if (c < 0x20 || c > 0x7e) {
            return false;
        }
    }
    return true;
}

static bool check_call(struct attempt *attempt)
{
    const struct pledge_call_options *options = attempt->options;
    if (attempt->method[0] != '/' || !strchr(attempt->method + 1, '/')) {
        return attempt_fail(attempt, PLEDGE_INVALID_ARGUMENT,
                            "a method is written /package.Service/Method, not %s", attempt->method);
    }
    if (attempt->request_len > PLEDGE_MAX_REQUEST) {
        return attempt_fail(attempt, PLEDGE_RESOURCE_EXHAUSTED,
                            "the request is longer than %d bytes", PLEDGE_MAX_REQUEST);
    }
    if (options->metadata_count > PLEDGE_MAX_METADATA) {
        return attempt_fail(attempt, PLEDGE_INVALID_ARGUMENT, "more than %d metadata entries",
                            PLEDGE_MAX_METADATA);
    }
    for (size_t i = 0; i < options->metadata_count; i++) {
        if (!is_metadata(&options->metadata[i])) {
            return attempt_fail(attempt, PLEDGE_INVALID_ARGUMENT, "metadata %s is malformed",
                                options->metadata[i].name);
        }
    }
    return true;
}

/* A fresh reply with memory of its own; a reply without memory has its status set. */
static struct arena *reply_init(struct pledge_reply *reply)
{
    *reply = (struct pledge_reply){0};
    struct arena *arena = malloc(sizeof(*arena));
    if (!arena) {
        reply->status.code = PLEDGE_RESOURCE_EXHAUSTED;
        snprintf(reply->status.message, sizeof(reply->status.message), "out of memory");
        return NULL;
    }
    arena_init(arena, SIZE_MAX / 2);
    reply->memory = arena;
    return arena;
}

static void sleep_ms(uint64_t ms)
{
    struct timespec left = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

static bool may_retry(const struct attempt *attempt, const struct pledge_reply *reply)
{
    return reply->status.code == PLEDGE_UNAVAILABLE && !attempt->permanent &&
           (attempt->options->idempotent || attempt->unprocessed);
}

/* Waits before the next attempt. False when the call's time does not last that long. */
static bool back_off(const struct pledge_reply *reply, unsigned tried, uint64_t deadline_ms)
{
    uint64_t wait = (uint64_t)RETRY_FIRST_WAIT_MS << (tried - 1);
    if (wait > RETRY_MAX_WAIT_MS) {
        wait = RETRY_MAX_WAIT_MS;
    }
    wait = wait / 2 + arc4random_uniform((uint32_t)(wait / 2 + 1));
    if (wait < reply->retry_after_ms) {
        wait = reply->retry_after_ms;
    }
    if (time_monotonic_ms() + wait >= deadline_ms) {
        return false;
    }
    sleep_ms(wait);
    return true;
}

static void try_once(struct pledge_channel *channel, struct attempt *attempt)
{
    if (check_call(attempt) && transport_ready(channel, attempt) &&
        stream_submit(channel, attempt)) {
        transport_run(channel, attempt);
    }
    reply_finish(attempt->reply, attempt);
    buf_deinit(&attempt->body);
}

bool pledge_call_bytes(struct pledge_channel *channel, const char *method, const void *request,
                       size_t request_len, const struct pledge_call_options *options,
                       struct pledge_reply *ret_reply)
{
    static const struct pledge_call_options defaults;
    options = options ? options : &defaults;
    uint64_t deadline_ms = time_monotonic_ms() +
                           (options->timeout_ms ? options->timeout_ms : PLEDGE_DEFAULT_TIMEOUT_MS);
    for (unsigned tried = 1;; tried++) {
        struct arena *arena = reply_init(ret_reply);
        if (!arena) {
            return false;
        }
        struct attempt attempt = {
            .method = method,
            .request = request,
            .request_len = request_len,
            .deadline_ms = deadline_ms,
            .options = options,
            .reply = ret_reply,
            .arena = arena,
        };
        try_once(channel, &attempt);
        ret_reply->attempts = tried;
        if (tried == RETRY_MAX_ATTEMPTS || !may_retry(&attempt, ret_reply) ||
            !back_off(ret_reply, tried, deadline_ms)) {
            return ret_reply->status.code == PLEDGE_OK;
        }
        pledge_reply_deinit(ret_reply);
    }
}

static bool wrong_reply(struct pledge_reply *reply, const char *why)
{
    reply->status.code = PLEDGE_INTERNAL;
    snprintf(reply->status.message, sizeof(reply->status.message), "%s", why);
    return false;
}

bool pledge_call(struct pledge_channel *channel, const char *method,
                 const ProtobufCMessage *request, const ProtobufCMessageDescriptor *reply_type,
                 const struct pledge_call_options *options, struct pledge_reply *ret_reply)
{
    size_t len = protobuf_c_message_get_packed_size(request);
    uint8_t *bytes = malloc(len + 1);
    if (!bytes) {
        *ret_reply = (struct pledge_reply){.status.code = PLEDGE_RESOURCE_EXHAUSTED};
        snprintf(ret_reply->status.message, sizeof(ret_reply->status.message), "out of memory");
        return false;
    }
    protobuf_c_message_pack(request, bytes);
    bool ok = pledge_call_bytes(channel, method, bytes, len, options, ret_reply);
    free(bytes);
    if (!ok) {
        return false;
    }
    if (ret_reply->message_count != 1) {
        return wrong_reply(ret_reply, "the server did not answer with exactly one message");
    }
    ProtobufCAllocator allocator = arena_protobuf_allocator(ret_reply->memory);
    ret_reply->message = protobuf_c_message_unpack(
        reply_type, &allocator, ret_reply->messages[0].len, ret_reply->messages[0].data);
    return ret_reply->message || wrong_reply(ret_reply, "the server's answer cannot be read");
}
