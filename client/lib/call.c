/* SPDX-License-Identifier: Apache-2.0 */
#include "client/lib/channel.h"
#include "common/base/time.h"
#include "common/grpc/status.h"

#include <string.h>

const char *pledge_code_name(enum pledge_code code)
{
    return grpc_code_name((unsigned)code);
}

/* Moves bytes until everything queued is on its way. False when the call is over before that. */
static bool drain(struct pledge_stream *stream)
{
    for (;;) {
        stream_advance(stream);
        const struct attempt *attempt = &stream->attempt;
        bool queued = attempt->sent < stream->out.len || attempt->end_sent != stream->send_closed;
        bool over = attempt->settled;
        if (over || (!queued && stream->connection && stream->connection->unsent.len == 0)) {
            return !queued;
        }
        stream_wait(stream, CHANNEL_NEVER_MS);
    }
}

/* Unpacks what the stream has just given into the arena. NULL with the call ended. */
static const ProtobufCMessage *unpack(struct pledge_stream *stream,
                                      const ProtobufCMessageDescriptor *type,
                                      const struct pledge_bytes *bytes, struct arena *arena)
{
    ProtobufCAllocator allocator = arena_protobuf_allocator(arena);
    const ProtobufCMessage *message =
        protobuf_c_message_unpack(type, &allocator, bytes->len, bytes->data);
    if (!message) {
        stream_fail(stream, PLEDGE_INTERNAL, "the server's answer cannot be read");
        http2_abandon(stream);
    }
    return message;
}

/* Copies it instead. */
static bool copy(struct pledge_stream *stream, struct pledge_bytes *bytes, struct arena *arena)
{
    uint8_t *data = arena_alloc(arena, bytes->len + 1);
    if (!data) {
        stream_fail(stream, PLEDGE_RESOURCE_EXHAUSTED, "out of memory");
        http2_abandon(stream);
        return false;
    }
    if (bytes->len > 0) {
        memcpy(data, bytes->data, bytes->len);
    }
    bytes->data = data;
    return true;
}

/* ---- unary calls ---- */

/* Runs a call whose request is queued. `type` is NULL for serialized messages. */
static bool run_unary(struct pledge_stream *stream, const ProtobufCMessageDescriptor *type,
                      struct pledge_reply *ret_reply)
{
    struct pledge_reply *reply = &stream->reply;
    struct pledge_bytes bytes;
    stream->send_closed = true;
    enum pledge_stream_result result = message_next(stream, CHANNEL_NEVER_MS, &bytes);
    if (result == PLEDGE_STREAM_END) {
        stream_fail(stream, PLEDGE_UNIMPLEMENTED,
                    "the server did not answer with exactly one message");
    } else if (result == PLEDGE_STREAM_MESSAGE) {
        if (type) {
            reply->message = unpack(stream, type, &bytes, reply->memory);
        } else if (copy(stream, &bytes, reply->memory)) {
            reply->bytes = bytes;
        }
        message_next(stream, CHANNEL_NEVER_MS, &bytes);
    }
    return stream_end(stream, ret_reply);
}

bool pledge_call(struct pledge_channel *channel, const char *method,
                 const ProtobufCMessage *request, const ProtobufCMessageDescriptor *reply_type,
                 const struct pledge_call_options *options, struct pledge_reply *ret_reply)
{
    *ret_reply = (struct pledge_reply){0};
    struct pledge_stream *stream = stream_new(channel, method, options, true, &ret_reply->status);
    if (!stream) {
        return false;
    }
    message_queue(stream, request);
    return run_unary(stream, reply_type, ret_reply);
}

bool pledge_call_bytes(struct pledge_channel *channel, const char *method, const void *request,
                       size_t request_len, const struct pledge_call_options *options,
                       struct pledge_reply *ret_reply)
{
    *ret_reply = (struct pledge_reply){0};
    struct pledge_stream *stream = stream_new(channel, method, options, true, &ret_reply->status);
    if (!stream) {
        return false;
    }
    message_queue_bytes(stream, request, request_len);
    return run_unary(stream, NULL, ret_reply);
}

/* ---- streams ---- */

struct pledge_stream *pledge_stream_open(struct pledge_channel *channel, const char *method,
                                         const struct pledge_call_options *options,
                                         struct pledge_status *ret_status)
{
    *ret_status = (struct pledge_status){0};
    struct pledge_stream *stream = stream_new(channel, method, options, false, ret_status);
    if (!stream) {
        return NULL;
    }
    stream_advance(stream);
    while (stream->attempt.id == 0 && !stream->attempt.settled) {
        stream_wait(stream, CHANNEL_NEVER_MS);
        stream_advance(stream);
    }
    if (stream->attempt.id == 0) {
        *ret_status = stream->reply.status;
        stream_end(stream, NULL);
        return NULL;
    }
    /* Whatever the server says to it from here on is found by receiving. */
    return stream;
}

bool pledge_stream_send(struct pledge_stream *stream, const ProtobufCMessage *message)
{
    if (stream->send_closed || stream->attempt.settled) {
        return false;
    }
    bool queued = message_queue(stream, message);
    return drain(stream) && queued;
}

bool pledge_stream_send_bytes(struct pledge_stream *stream, const void *data, size_t len)
{
    if (stream->send_closed || stream->attempt.settled) {
        return false;
    }
    bool queued = message_queue_bytes(stream, data, len);
    return drain(stream) && queued;
}

bool pledge_stream_close_send(struct pledge_stream *stream)
{
    stream->send_closed = true;
    http2_resume(stream);
    return drain(stream);
}

static uint64_t until(int timeout_ms)
{
    return timeout_ms < 0 ? CHANNEL_NEVER_MS : time_monotonic_ms() + (uint64_t)timeout_ms;
}

enum pledge_stream_result pledge_stream_receive(struct pledge_stream *stream,
                                                const ProtobufCMessageDescriptor *type,
                                                int timeout_ms,
                                                const ProtobufCMessage **ret_message)
{
    struct pledge_bytes bytes;
    arena_deinit(&stream->message);
    *ret_message = NULL;
    enum pledge_stream_result result = message_next(stream, until(timeout_ms), &bytes);
    if (result == PLEDGE_STREAM_MESSAGE) {
        *ret_message = unpack(stream, type, &bytes, &stream->message);
        if (!*ret_message) {
            stream_advance(stream);
            return PLEDGE_STREAM_ERROR;
        }
    }
    return result;
}

enum pledge_stream_result pledge_stream_receive_bytes(struct pledge_stream *stream, int timeout_ms,
                                                      struct pledge_bytes *ret_bytes)
{
    arena_deinit(&stream->message);
    enum pledge_stream_result result = message_next(stream, until(timeout_ms), ret_bytes);
    if (result == PLEDGE_STREAM_MESSAGE && !copy(stream, ret_bytes, &stream->message)) {
        stream_advance(stream);
        *ret_bytes = (struct pledge_bytes){0};
        return PLEDGE_STREAM_ERROR;
    }
    return result;
}

int pledge_stream_poll(const struct pledge_stream *stream, struct pollfd *ret_poll)
{
    *ret_poll = (struct pollfd){.fd = -1};
    if (stream->connection) {
        *ret_poll = transport_poll(stream->connection);
    }
    bool ready = stream->attempt.closed || message_is_there(stream);
    return ready ? 0 : address_poll_ms(stream_wake_ms(stream));
}

void pledge_stream_cancel(struct pledge_stream *stream)
{
    if (!stream->attempt.settled) {
        stream_fail(stream, PLEDGE_CANCELLED, "cancelled by the caller");
        http2_abandon(stream);
        stream_advance(stream);
    }
}

bool pledge_stream_finish(struct pledge_stream *stream, struct pledge_reply *ret_reply)
{
    struct pledge_bytes dropped;
    if (!stream) {
        return false;
    }
    if (!ret_reply) {
        pledge_stream_cancel(stream);
        return stream_end(stream, NULL);
    }
    pledge_stream_close_send(stream);
    while (message_next(stream, CHANNEL_NEVER_MS, &dropped) == PLEDGE_STREAM_MESSAGE) {
    }
    return stream_end(stream, ret_reply);
}
