/* SPDX-License-Identifier: Apache-2.0 */
#include "client/lib/channel.h"
#include "common/grpc/status.h"

#include "google/rpc/error_details.pb-c.h"
#include "google/rpc/status.pb-c.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool stream_fail(struct pledge_stream *stream, enum pledge_code code, const char *format, ...)
{
    if (stream->attempt.has_status) {
        return false;
    }
    struct pledge_status *status = &stream->reply.status;
    va_list args;
    va_start(args, format);
    vsnprintf(status->message, sizeof(status->message), format, args);
    va_end(args);
    status->code = code;
    stream->attempt.has_status = true;
    return false;
}

static bool is_binary(const uint8_t *name, size_t len)
{
    return len > 4 && memcmp(name + len - 4, "-bin", 4) == 0;
}

static bool is_name(const uint8_t *name, size_t len, const char *expected)
{
    return len == strlen(expected) && memcmp(name, expected, len) == 0;
}

/* The headers that say how to read the messages. */
static void take_format(struct attempt *attempt, const uint8_t *name, size_t name_len,
                        const uint8_t *value, size_t value_len)
{
    static const char content_type[] = "application/grpc";
    if (is_name(name, name_len, "content-type")) {
        attempt->grpc_content = value_len >= sizeof(content_type) - 1 &&
                                memcmp(value, content_type, sizeof(content_type) - 1) == 0;
    } else if (is_name(name, name_len, "grpc-encoding")) {
        attempt->encoding = is_name(value, value_len, "gzip")       ? ENCODING_GZIP
                            : is_name(value, value_len, "identity") ? ENCODING_NONE
                                                                    : ENCODING_UNKNOWN;
    }
}

/* Adds one entry; of a binary one the value is base64. */
static bool add_entry(struct pledge_stream *stream, const char *name, bool binary,
                      const uint8_t *value, size_t value_len)
{
    struct attempt *attempt = &stream->attempt;
    struct arena *arena = stream->reply.memory;
    size_t *count = &attempt->counts[attempt->in_trailers];
    struct pledge_metadata **half = &attempt->halves[attempt->in_trailers];
    if (*count == PLEDGE_MAX_METADATA) {
        return stream_fail(stream, PLEDGE_RESOURCE_EXHAUSTED, "the reply has too much metadata");
    }
    if (!*half) {
        *half = arena_calloc(arena, PLEDGE_MAX_METADATA, sizeof(**half));
    }
    char *copy = arena_alloc(arena, value_len + 4);
    if (!*half || !copy) {
        return stream_fail(stream, PLEDGE_RESOURCE_EXHAUSTED, "out of memory");
    }
    size_t len = binary ? grpc_base64_decode((const char *)value, value_len, (unsigned char *)copy)
                        : (size_t)-1;
    if (len == (size_t)-1) {
        memcpy(copy, value, value_len);
        len = value_len;
    }
    copy[len] = '\0';
    (*half)[(*count)++] = (struct pledge_metadata){name, copy, len};
    return true;
}

bool reply_add_metadata(struct pledge_stream *stream, const uint8_t *name, size_t name_len,
                        const uint8_t *value, size_t value_len)
{
    struct attempt *attempt = &stream->attempt;
    if (!attempt->in_trailers) {
        take_format(attempt, name, name_len, value, value_len);
    }
    attempt->metadata_bytes += name_len + value_len;
    if (attempt->metadata_bytes > PLEDGE_MAX_METADATA_BYTES) {
        return stream_fail(stream, PLEDGE_RESOURCE_EXHAUSTED, "the reply has too much metadata");
    }
    char *copy = arena_strndup(stream->reply.memory, (const char *)name, name_len);
    if (!copy) {
        return stream_fail(stream, PLEDGE_RESOURCE_EXHAUSTED, "out of memory");
    }
    bool binary = is_binary(name, name_len);
    /* Proxies may join binary values of one name with commas; gRPC takes them apart again. */
    const uint8_t *comma;
    while (binary && (comma = memchr(value, ',', value_len))) {
        size_t len = (size_t)(comma - value);
        if (!add_entry(stream, copy, true, value, len)) {
            return false;
        }
        value += len + 1;
        value_len -= len + 1;
    }
    return add_entry(stream, copy, binary, value, value_len);
}

static const struct pledge_metadata *find(const struct pledge_metadata *entries, size_t count,
                                          const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(entries[i].name, name) == 0) {
            return &entries[i];
        }
    }
    return NULL;
}

const struct pledge_metadata *pledge_reply_metadata(const struct pledge_reply *reply,
                                                    const char *name)
{
    const struct pledge_metadata *found = find(reply->trailers, reply->trailer_count, name);
    return found ? found : find(reply->headers, reply->header_count, name);
}

const struct pledge_metadata *pledge_stream_header(const struct pledge_stream *stream,
                                                   const char *name)
{
    return find(stream->attempt.halves[0], stream->attempt.counts[0], name);
}

static bool any_is(const Google__Protobuf__Any *any, const char *type)
{
    const char *slash = strrchr(any->type_url, '/');
    return strcmp(slash ? slash + 1 : any->type_url, type) == 0;
}

static void take_bad_request(struct pledge_reply *reply, ProtobufCAllocator *allocator,
                             const Google__Protobuf__Any *any)
{
    Google__Rpc__BadRequest *bad =
        google__rpc__bad_request__unpack(allocator, any->value.len, any->value.data);
    struct pledge_violation *list =
        bad ? arena_calloc(reply->memory, bad->n_field_violations + 1, sizeof(*list)) : NULL;
    if (!list) {
        return;
    }
    for (size_t i = 0; i < bad->n_field_violations; i++) {
        const Google__Rpc__BadRequest__FieldViolation *from = bad->field_violations[i];
        list[i] = (struct pledge_violation){from->field, from->description, from->reason};
    }
    reply->violations = list;
    reply->violation_count = bad->n_field_violations;
}

static void take_retry_info(struct pledge_reply *reply, ProtobufCAllocator *allocator,
                            const Google__Protobuf__Any *any)
{
    Google__Rpc__RetryInfo *info =
        google__rpc__retry_info__unpack(allocator, any->value.len, any->value.data);
    if (info && info->retry_delay && info->retry_delay->seconds >= 0 &&
        info->retry_delay->seconds < INT32_MAX / 1000 - 1 && info->retry_delay->nanos >= 0) {
        reply->retry_after_ms =
            (unsigned)(info->retry_delay->seconds * 1000 + info->retry_delay->nanos / 1000000);
    }
}

/* Details that cannot be read are left as bytes: the status stands without them. */
static void take_details(struct pledge_reply *reply)
{
    const struct pledge_metadata *entry = pledge_reply_metadata(reply, "grpc-status-details-bin");
    if (!entry) {
        return;
    }
    reply->details = (struct pledge_bytes){entry->value, entry->len};
    ProtobufCAllocator allocator = arena_protobuf_allocator(reply->memory);
    Google__Rpc__Status *status = google__rpc__status__unpack(&allocator, entry->len, entry->value);
    for (size_t i = 0; status && i < status->n_details; i++) {
        if (any_is(status->details[i], "google.rpc.BadRequest")) {
            take_bad_request(reply, &allocator, status->details[i]);
        } else if (any_is(status->details[i], "google.rpc.RetryInfo")) {
            take_retry_info(reply, &allocator, status->details[i]);
        }
    }
}

static enum pledge_code code_from_stream(uint32_t error)
{
    switch (error) {
    case NGHTTP2_REFUSED_STREAM:
        return PLEDGE_UNAVAILABLE;
    case NGHTTP2_CANCEL:
        return PLEDGE_CANCELLED;
    case NGHTTP2_ENHANCE_YOUR_CALM:
        return PLEDGE_RESOURCE_EXHAUSTED;
    case NGHTTP2_INADEQUATE_SECURITY:
        return PLEDGE_PERMISSION_DENIED;
    default:
        return PLEDGE_INTERNAL;
    }
}

/* The code of "grpc-status"; what is no number is UNKNOWN, never OK. */
static enum pledge_code code_from_text(const struct pledge_metadata *entry)
{
    const char *text = entry->value;
    size_t digits = strspn(text, "0123456789");
    unsigned long number = strtoul(text, NULL, 10);
    bool known = digits > 0 && digits == entry->len && number <= PLEDGE_UNAUTHENTICATED;
    return known ? (enum pledge_code)number : PLEDGE_UNKNOWN;
}

static void take_status(struct pledge_stream *stream)
{
    struct pledge_reply *reply = &stream->reply;
    const struct attempt *attempt = &stream->attempt;
    const struct pledge_metadata *code = pledge_reply_metadata(reply, "grpc-status");
    const struct pledge_metadata *message = pledge_reply_metadata(reply, "grpc-message");
    if (!code && attempt->http_status != 0 && attempt->http_status != 200) {
        stream_fail(stream, (enum pledge_code)grpc_code_from_http(attempt->http_status),
                    "the server answered with HTTP status %d", attempt->http_status);
    } else if (!code && attempt->http_status == 200 && !attempt->grpc_content) {
        stream_fail(stream, PLEDGE_UNKNOWN, "the server does not speak gRPC");
    } else if (!code) {
        stream_fail(stream, code_from_stream(attempt->error),
                    "the server ended the call without a status: %s",
                    nghttp2_http2_strerror(attempt->error));
    } else {
        char *text = message ? arena_alloc(reply->memory, message->len + 1) : NULL;
        if (text) {
            grpc_message_decode(message->value, message->len, text);
        }
        reply->status.code = code_from_text(code);
        snprintf(reply->status.message, sizeof(reply->status.message), "%s", text ? text : "");
        take_details(reply);
    }
}

void reply_settle(struct pledge_stream *stream)
{
    struct attempt *attempt = &stream->attempt;
    struct pledge_reply *reply = &stream->reply;
    reply->headers = attempt->halves[0];
    reply->header_count = attempt->counts[0];
    reply->trailers = attempt->halves[1];
    reply->trailer_count = attempt->counts[1];
    if (!attempt->has_status) {
        take_status(stream);
    }
}

void pledge_reply_deinit(struct pledge_reply *reply)
{
    if (reply->memory) {
        arena_deinit(reply->memory);
        free(reply->memory);
    }
    *reply = (struct pledge_reply){0};
}
