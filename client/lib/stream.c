/* SPDX-License-Identifier: Apache-2.0 */
#include "client/lib/channel.h"
#include "common/base/time.h"
#include "common/grpc/frame.h"
#include "common/grpc/status.h"
#include "common/grpc/timeout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIXED_HEADERS = 8,
    FIRST_MESSAGES = 4,
};

/* Only the stream of the call under way matters; an abandoned one may still send. */
static struct attempt *current(struct pledge_channel *channel, int32_t stream_id)
{
    struct attempt *attempt = channel->attempt;
    return attempt && attempt->stream_id == stream_id ? attempt : NULL;
}

static void reset(nghttp2_session *session, struct attempt *attempt)
{
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, attempt->stream_id, NGHTTP2_CANCEL);
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                     void *user_data)
{
    struct attempt *attempt = current(user_data, frame->hd.stream_id);
    if (!attempt || attempt->has_status) {
        return 0;
    }
    if (name_len == 7 && memcmp(name, ":status", 7) == 0) {
        attempt->http_status = (int)strtol((const char *)value, NULL, 10);
        return 0;
    }
    if (!reply_add_metadata(attempt, name, name_len, value, value_len)) {
        reset(session, attempt);
    }
    return 0;
}

static bool add_message(struct attempt *attempt, const struct grpc_frame *frame, size_t max_bytes)
{
    attempt->message_bytes += frame->length;
    if (attempt->message_bytes > max_bytes) {
        return attempt_fail(attempt, PLEDGE_RESOURCE_EXHAUSTED,
                            "the reply is longer than %zu bytes", max_bytes);
    }
    if (frame->compressed) {
        return attempt_fail(attempt, PLEDGE_INTERNAL, "the reply is compressed, unasked");
    }
    if (attempt->message_count == attempt->message_cap) {
        size_t cap = attempt->message_cap ? attempt->message_cap * 2 : FIRST_MESSAGES;
        struct pledge_bytes *wider = arena_calloc(attempt->arena, cap, sizeof(*wider));
        if (!wider) {
            return attempt_fail(attempt, PLEDGE_RESOURCE_EXHAUSTED, "out of memory");
        }
        if (attempt->message_count > 0) {
            memcpy(wider, attempt->messages, attempt->message_count * sizeof(*wider));
        }
        attempt->messages = wider;
        attempt->message_cap = cap;
    }
    uint8_t *copy = arena_alloc(attempt->arena, frame->length + 1);
    if (!copy) {
        return attempt_fail(attempt, PLEDGE_RESOURCE_EXHAUSTED, "out of memory");
    }
    if (frame->length > 0) {
        memcpy(copy, frame->message, frame->length);
    }
    attempt->messages[attempt->message_count++] = (struct pledge_bytes){copy, frame->length};
    return true;
}

static bool take_frames(struct attempt *attempt, size_t max_bytes)
{
    for (;;) {
        struct grpc_frame frame = {0};
        uint32_t limit = max_bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)max_bytes;
        switch (grpc_frame_read(buf_head(&attempt->body), attempt->body.len, limit, &frame)) {
        case GRPC_FRAME_PARTIAL:
            return true;
        case GRPC_FRAME_BAD_FLAG:
            return attempt_fail(attempt, PLEDGE_INTERNAL, "the reply is not gRPC");
        case GRPC_FRAME_TOO_BIG:
            return attempt_fail(attempt, PLEDGE_RESOURCE_EXHAUSTED,
                                "the reply is longer than %zu bytes", max_bytes);
        case GRPC_FRAME_WHOLE:
            if (!add_message(attempt, &frame, max_bytes)) {
                return false;
            }
            buf_consume(&attempt->body, GRPC_FRAME_HEADER + frame.length);
        }
    }
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream_id, const uint8_t *data,
                   size_t len, void *user_data)
{
    struct pledge_channel *channel = user_data;
    struct attempt *attempt = current(channel, stream_id);
    if (!attempt || attempt->has_status || !attempt->grpc_content) {
        return 0;
    }
    if (!buf_append(&attempt->body, data, len)) {
        attempt_fail(attempt, PLEDGE_RESOURCE_EXHAUSTED, "out of memory");
    } else if (take_frames(attempt, channel->max_reply_bytes)) {
        return 0;
    }
    reset(session, attempt);
    return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user_data)
{
    struct pledge_channel *channel = user_data;
    struct attempt *attempt = channel->attempt;
    if (frame->hd.type == NGHTTP2_GOAWAY) {
        channel->going_away = true;
        if (attempt && attempt->stream_id > frame->goaway.last_stream_id) {
            attempt->unprocessed = true;
        }
    }
    if (!current(channel, frame->hd.stream_id)) {
        return 0;
    }
    if (frame->hd.type == NGHTTP2_HEADERS && attempt->http_status >= 200) {
        attempt->in_trailers = true;
    }
    bool has_end = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (has_end && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM)) {
        /* The answer is whole. It may come before the server has read all of the request. */
        attempt->closed = true;
        if (attempt->request_sent < GRPC_FRAME_HEADER + attempt->request_len) {
            reset(session, attempt);
        }
    }
    return 0;
}

static int on_stream_close(nghttp2_session *session, int32_t stream_id, uint32_t error_code,
                           void *user_data)
{
    struct attempt *attempt = current(user_data, stream_id);
    if (attempt) {
        attempt->closed = true;
        attempt->stream_error = error_code;
        attempt->unprocessed |= error_code == NGHTTP2_REFUSED_STREAM;
    }
    return 0;
}

bool stream_session_new(struct pledge_channel *channel)
{
    nghttp2_session_callbacks *callbacks = NULL;
    if (nghttp2_session_callbacks_new(&callbacks) != 0) {
        return false;
    }
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
    int made = nghttp2_session_client_new(&channel->session, callbacks, channel);
    nghttp2_session_callbacks_del(callbacks);
    if (made != 0) {
        channel->session = NULL;
        return false;
    }
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, CHANNEL_STREAM_WINDOW},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, PLEDGE_MAX_METADATA_BYTES},
    };
    return nghttp2_submit_settings(channel->session, NGHTTP2_FLAG_NONE, settings,
                                   sizeof(settings) / sizeof(settings[0])) == 0 &&
           nghttp2_session_set_local_window_size(channel->session, NGHTTP2_FLAG_NONE, 0,
                                                 CHANNEL_STREAM_WINDOW) == 0;
}

/* Gives nghttp2 the frame header and then the request. */
static ssize_t read_request(nghttp2_session *session, int32_t stream_id, uint8_t *out, size_t size,
                            uint32_t *flags, nghttp2_data_source *source, void *user_data)
{
    struct attempt *attempt = current(user_data, stream_id);
    if (!attempt) {
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    size_t written = 0;
    size_t total = GRPC_FRAME_HEADER + attempt->request_len;
    if (attempt->request_sent < GRPC_FRAME_HEADER) {
        uint8_t header[GRPC_FRAME_HEADER];
        grpc_frame_write_header(header, (uint32_t)attempt->request_len, false);
        while (attempt->request_sent < GRPC_FRAME_HEADER && written < size) {
            out[written++] = header[attempt->request_sent++];
        }
    }
    size_t left = total - attempt->request_sent;
    size_t len = left < size - written ? left : size - written;
    if (len > 0 && attempt->request_sent >= GRPC_FRAME_HEADER) {
        memcpy(out + written, attempt->request + attempt->request_sent - GRPC_FRAME_HEADER, len);
        attempt->request_sent += len;
        written += len;
    }
    if (attempt->request_sent == total) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    }
    return (ssize_t)written;
}

static nghttp2_nv header(const char *name, const char *value)
{
    return (nghttp2_nv){.name = (uint8_t *)name,
                        .value = (uint8_t *)value,
                        .namelen = strlen(name),
                        .valuelen = strlen(value)};
}

static bool is_binary(const char *name)
{
    size_t len = strlen(name);
    return len > 4 && strcmp(name + len - 4, "-bin") == 0;
}

static bool add_request_metadata(struct attempt *attempt, nghttp2_nv *headers)
{
    for (size_t i = 0; i < attempt->options->metadata_count; i++) {
        const struct pledge_metadata *entry = &attempt->options->metadata[i];
        headers[i] = (nghttp2_nv){.name = (uint8_t *)entry->name,
                                  .value = (uint8_t *)entry->value,
                                  .namelen = strlen(entry->name),
                                  .valuelen = entry->len};
        if (is_binary(entry->name)) {
            char *text = arena_alloc(attempt->arena, (entry->len + 2) / 3 * 4 + 1);
            if (!text) {
                return attempt_fail(attempt, PLEDGE_RESOURCE_EXHAUSTED, "out of memory");
            }
            headers[i].valuelen = grpc_base64_encode(entry->value, entry->len, text);
            headers[i].value = (uint8_t *)text;
        }
    }
    return true;
}

bool stream_submit(struct pledge_channel *channel, struct attempt *attempt)
{
    nghttp2_nv headers[FIXED_HEADERS + PLEDGE_MAX_METADATA];
    char timeout[16];
    uint64_t now = time_monotonic_ms();
    grpc_timeout_format(attempt->deadline_ms > now ? attempt->deadline_ms - now : 1, timeout);
    headers[0] = header(":method", "POST");
    headers[1] = header(":scheme", "https");
    headers[2] = header(":path", attempt->method);
    headers[3] = header(":authority", channel->authority);
    headers[4] = header("te", "trailers");
    headers[5] = header("content-type", "application/grpc");
    headers[6] = header("user-agent", channel->user_agent);
    headers[7] = header("grpc-timeout", timeout);
    if (!add_request_metadata(attempt, headers + FIXED_HEADERS)) {
        return false;
    }
    nghttp2_data_provider provider = {.read_callback = read_request};
    attempt->stream_id =
        nghttp2_submit_request(channel->session, NULL, headers,
                               FIXED_HEADERS + attempt->options->metadata_count, &provider, NULL);
    if (attempt->stream_id < 0) {
        attempt->unprocessed = true;
        return attempt_fail(attempt, PLEDGE_UNAVAILABLE, "no new stream: %s",
                            nghttp2_strerror(attempt->stream_id));
    }
    return true;
}
