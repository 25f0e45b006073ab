/* SPDX-License-Identifier: Apache-2.0 */
#include "client/lib/channel.h"
#include "common/base/time.h"
#include "common/grpc/timeout.h"

#include <stdlib.h>
#include <string.h>

/* The stream behind an HTTP/2 stream, unless it has been given up. */
static struct pledge_stream *find(nghttp2_session *session, int32_t id)
{
    return nghttp2_session_get_stream_user_data(session, id);
}

static struct pledge_stream *find_open(nghttp2_session *session, int32_t id)
{
    struct pledge_stream *stream = find(session, id);
    return stream && !stream->attempt.closed ? stream : NULL;
}

void http2_abandon(struct pledge_stream *stream)
{
    struct attempt *attempt = &stream->attempt;
    if (!attempt->closed && stream->connection && attempt->id > 0) {
        nghttp2_submit_rst_stream(stream->connection->session, NGHTTP2_FLAG_NONE, attempt->id,
                                  NGHTTP2_CANCEL);
    }
    attempt->closed = true;
    attempt->abandoned = true;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                     void *user_data)
{
    struct pledge_stream *stream = find_open(session, frame->hd.stream_id);
    if (!stream) {
        return 0;
    }
    if (name_len == 7 && memcmp(name, ":status", 7) == 0) {
        stream->attempt.http_status = (int)strtol((const char *)value, NULL, 10);
        return 0;
    }
    if (!reply_add_metadata(stream, name, name_len, value, value_len)) {
        http2_abandon(stream);
    }
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *data,
                   size_t len, void *user_data)
{
    /* One stream that nobody reads must not hold up the others: only its own window fills. */
    if (nghttp2_session_consume_connection(session, len) != 0) {
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    }
    struct pledge_stream *stream = find_open(session, id);
    if (stream && !buf_append(&stream->attempt.body, data, len)) {
        stream_fail(stream, PLEDGE_RESOURCE_EXHAUSTED, "out of memory");
        http2_abandon(stream);
    }
    return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user_data)
{
    struct pledge_stream *stream = find_open(session, frame->hd.stream_id);
    if (!stream || (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA)) {
        return 0;
    }
    struct attempt *attempt = &stream->attempt;
    bool end = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
    if (frame->hd.type == NGHTTP2_HEADERS && attempt->http_status >= 200) {
        attempt->in_trailers = true;
        if (!end && !stream->unary) {
            stream_commit(stream); /* the caller may hold on to these headers (gRFC A6) */
        }
        /* The body of an answer that is not gRPC is of no interest. */
        end = end || !attempt->grpc_content;
    }
    if (end) {
        /* The answer may be whole before the server has read all of the request. */
        if (!attempt->end_sent || !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM)) {
            nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, attempt->id, NGHTTP2_CANCEL);
        }
        attempt->closed = true;
    }
    return 0;
}

static int on_stream_close(nghttp2_session *session, int32_t id, uint32_t error, void *user_data)
{
    struct pledge_stream *stream = find_open(session, id);
    if (stream) {
        stream->attempt.closed = true;
        stream->attempt.error = error;
        /* nghttp2 says so too of streams above the last one of a GOAWAY. */
        stream->attempt.unprocessed = error == NGHTTP2_REFUSED_STREAM;
    }
    return 0;
}

static bool make_session(struct connection *connection)
{
    nghttp2_session_callbacks *callbacks = NULL;
    nghttp2_option *option = NULL;
    bool made = nghttp2_session_callbacks_new(&callbacks) == 0 && nghttp2_option_new(&option) == 0;
    if (made) {
        nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
        nghttp2_option_set_no_auto_window_update(option, 1);
        /* what stream.c lets pass; nghttp2 would tell of more as of a server's refusal */
        nghttp2_option_set_max_send_header_block_length(option, CHANNEL_MAX_HEADER_BLOCK);
        made =
            nghttp2_session_client_new2(&connection->session, callbacks, connection, option) == 0;
    }
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_option_del(option);
    if (!made) {
        connection->session = NULL;
    }
    return made;
}

bool http2_session_new(struct connection *connection)
{
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, CHANNEL_STREAM_WINDOW},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, PLEDGE_MAX_METADATA_BYTES},
    };
    return make_session(connection) &&
           nghttp2_submit_settings(connection->session, NGHTTP2_FLAG_NONE, settings,
                                   sizeof(settings) / sizeof(settings[0])) == 0 &&
           nghttp2_session_set_local_window_size(connection->session, NGHTTP2_FLAG_NONE, 0,
                                                 CHANNEL_STREAM_WINDOW) == 0;
}

/* Gives nghttp2 what is queued and not yet sent. */
static ssize_t read_out(nghttp2_session *session, int32_t id, uint8_t *out, size_t size,
                        uint32_t *flags, nghttp2_data_source *source, void *user_data)
{
    struct pledge_stream *stream = find(session, id);
    if (!stream) {
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    struct attempt *attempt = &stream->attempt;
    size_t left = stream->out.len - attempt->sent;
    size_t len = left < size ? left : size;
    if (len > 0) {
        memcpy(out, buf_head(&stream->out) + attempt->sent, len);
        attempt->sent += len;
    }
    if (!stream->replay) {
        buf_consume(&stream->out, attempt->sent);
        attempt->sent = 0;
    }
    if (stream->send_closed && len == left) {
        attempt->end_sent = true;
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    } else if (len == 0) {
        attempt->paused = true;
        return NGHTTP2_ERR_DEFERRED;
    }
    return (ssize_t)len;
}

bool http2_submit(struct pledge_stream *stream)
{
    char timeout[16];
    size_t count = stream->header_count;
    if (stream->deadline_ms != CHANNEL_NEVER_MS) {
        uint64_t now = time_monotonic_ms();
        grpc_timeout_format(stream->deadline_ms > now ? stream->deadline_ms - now : 1, timeout);
        static const char name[] = "grpc-timeout";
        stream->headers[count++] = (nghttp2_nv){.name = (uint8_t *)name,
                                                .value = (uint8_t *)timeout,
                                                .namelen = sizeof(name) - 1,
                                                .valuelen = strlen(timeout)};
    }
    nghttp2_data_provider provider = {.read_callback = read_out};
    int32_t id = nghttp2_submit_request(stream->connection->session, NULL, stream->headers, count,
                                        &provider, stream);
    if (id < 0) {
        stream->attempt.unprocessed = true;
        return stream_fail(stream, PLEDGE_UNAVAILABLE, "no new stream: %s", nghttp2_strerror(id));
    }
    stream->attempt.id = id;
    return true;
}

void http2_resume(struct pledge_stream *stream)
{
    struct attempt *attempt = &stream->attempt;
    if (attempt->paused && !attempt->closed) {
        attempt->paused = false;
        nghttp2_session_resume_data(stream->connection->session, attempt->id);
    }
}

void http2_acknowledge(struct pledge_stream *stream, size_t len)
{
    struct connection *connection = stream->connection;
    stream->attempt.acknowledged += len;
    if (!stream->attempt.closed && connection && connection->session) {
        nghttp2_session_consume_stream(connection->session, stream->attempt.id, len);
    }
}
