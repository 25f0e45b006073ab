/* SPDX-License-Identifier: Apache-2.0 */
#include "client/lib/channel.h"
#include "common/base/time.h"
#include "common/grpc/frame.h"
#include "common/grpc/gzip.h"

#include <string.h>

/* Turns that a wait may take beyond its time, so that it ends before a server that never pauses. */
enum { LATE_TURNS = 64 };

static bool give_up(struct pledge_stream *stream)
{
    http2_abandon(stream);
    return false;
}

static bool no_memory(struct pledge_stream *stream)
{
    stream_fail(stream, PLEDGE_RESOURCE_EXHAUSTED, "out of memory");
    return give_up(stream);
}

/* ---- sending ---- */

/* Where a message of `len` bytes is written; NULL with the stream failed. */
static uint8_t *make_room(struct pledge_stream *stream, size_t len)
{
    if (len > stream->channel->max_send_bytes) {
        stream_fail(stream, PLEDGE_RESOURCE_EXHAUSTED, "the message is longer than %u bytes",
                    stream->channel->max_send_bytes);
        give_up(stream);
        return NULL;
    }
    uint8_t *frame = buf_reserve(&stream->out, GRPC_FRAME_HEADER + len);
    if (!frame) {
        no_memory(stream);
        return NULL;
    }
    return frame + GRPC_FRAME_HEADER;
}

/* Frames the message that has been written there. */
static bool enqueue(struct pledge_stream *stream, uint8_t *message, size_t len)
{
    bool smaller = false;
    if (stream->gzip) {
        struct buf packed = {0};
        if (!gzip_compress(message, len, &packed)) {
            buf_deinit(&packed);
            return no_memory(stream);
        }
        smaller = packed.len < len;
        if (smaller) {
            len = packed.len;
            memcpy(message, buf_head(&packed), len);
        }
        buf_deinit(&packed);
    }
    grpc_frame_write_header(message - GRPC_FRAME_HEADER, (uint32_t)len, smaller);
    stream->out.len += GRPC_FRAME_HEADER + len;
    if (!stream->unary && stream->out.len > STREAM_REPLAY_MAX) {
        stream_commit(stream);
    }
    http2_resume(stream);
    return true;
}

bool message_queue(struct pledge_stream *stream, const ProtobufCMessage *message)
{
    size_t len = protobuf_c_message_get_packed_size(message);
    uint8_t *room = make_room(stream, len);
    if (!room) {
        return false;
    }
    protobuf_c_message_pack(message, room);
    return enqueue(stream, room, len);
}

bool message_queue_bytes(struct pledge_stream *stream, const void *data, size_t len)
{
    uint8_t *room = make_room(stream, len);
    if (!room) {
        return false;
    }
    if (len > 0) {
        memcpy(room, data, len);
    }
    return enqueue(stream, room, len);
}

/* ---- receiving ---- */

/* The frame behind what the caller has. */
static enum grpc_frame_result look(const struct pledge_stream *stream, struct grpc_frame *ret_frame)
{
    const struct attempt *attempt = &stream->attempt;
    *ret_frame = (struct grpc_frame){0};
    if (attempt->body.len == attempt->taken) {
        return GRPC_FRAME_PARTIAL;
    }
    return grpc_frame_read(buf_head(&attempt->body) + attempt->taken,
                           attempt->body.len - attempt->taken, stream->channel->max_receive_bytes,
                           ret_frame);
}

bool message_is_there(const struct pledge_stream *stream)
{
    struct grpc_frame frame;
    return !stream->attempt.abandoned && look(stream, &frame) == GRPC_FRAME_WHOLE;
}

/* Drops what the caller had. */
static void drop_taken(struct pledge_stream *stream)
{
    struct attempt *attempt = &stream->attempt;
    buf_consume(&attempt->body, attempt->taken);
    attempt->acknowledged -= attempt->taken;
    attempt->taken = 0;
    buf_consume(&stream->expanded, stream->expanded.len);
}

/* The server may send as much anew as the caller takes, or waits for to become a whole message. */
static void acknowledge(struct pledge_stream *stream, size_t wanted)
{
    struct attempt *attempt = &stream->attempt;
    if (wanted > attempt->acknowledged) {
        http2_acknowledge(stream, wanted - attempt->acknowledged);
    }
}

static bool expand(struct pledge_stream *stream, const struct grpc_frame *frame)
{
    uint32_t limit = stream->channel->max_receive_bytes;
    if (stream->attempt.encoding != ENCODING_GZIP) {
        return stream_fail(stream, PLEDGE_INTERNAL, "the reply is compressed, and not with gzip");
    }
    switch (gzip_expand(frame->message, frame->length, limit, &stream->expanded)) {
    case GZIP_OK:
        return true;
    case GZIP_TOO_BIG:
        return stream_fail(stream, PLEDGE_RESOURCE_EXHAUSTED, "the reply is longer than %u bytes",
                           limit);
    case GZIP_NO_MEMORY:
        return stream_fail(stream, PLEDGE_RESOURCE_EXHAUSTED, "out of memory");
    default:
        return stream_fail(stream, PLEDGE_INTERNAL, "the reply is compressed, but not well");
    }
}

/* Gives the whole message at the front to the caller. */
static bool take(struct pledge_stream *stream, const struct grpc_frame *frame,
                 struct pledge_bytes *ret_bytes)
{
    struct attempt *attempt = &stream->attempt;
    size_t whole = GRPC_FRAME_HEADER + frame->length;
    if (stream->unary && attempt->body.len - whole >= GRPC_FRAME_HEADER) {
        return stream_fail(stream, PLEDGE_UNIMPLEMENTED,
                           "the server did not answer with exactly one message");
    }
    *ret_bytes = (struct pledge_bytes){frame->message, frame->length};
    if (frame->compressed) {
        if (!expand(stream, frame)) {
            return false;
        }
        *ret_bytes = (struct pledge_bytes){buf_head(&stream->expanded), stream->expanded.len};
    }
    acknowledge(stream, whole);
    attempt->taken = whole;
    stream_commit(stream);
    return true;
}

/* What can be said without waiting. */
static enum pledge_stream_result try(struct pledge_stream *stream, struct pledge_bytes *ret_bytes)
{
    struct attempt *attempt = &stream->attempt;
    struct grpc_frame frame = {0};
    bool settled = attempt->settled;
    bool wanted = !attempt->abandoned &&
                  (!settled || !stream->unary || stream->reply.status.code == PLEDGE_OK);
    switch (wanted ? look(stream, &frame) : GRPC_FRAME_PARTIAL) {
    case GRPC_FRAME_WHOLE:
        if (stream->unary && !settled) {
            return PLEDGE_STREAM_AGAIN;
        }
        if (take(stream, &frame, ret_bytes)) {
            return PLEDGE_STREAM_MESSAGE;
        }
        give_up(stream);
        break;
    case GRPC_FRAME_PARTIAL:
        acknowledge(stream, attempt->body.len);
        if (settled && wanted && attempt->body.len > 0 && stream->reply.status.code == PLEDGE_OK) {
            stream_fail(stream, PLEDGE_INTERNAL, "the reply ends in the middle of a message");
        }
        break;
    case GRPC_FRAME_BAD_FLAG:
        stream_fail(stream, PLEDGE_INTERNAL, "the reply is not gRPC");
        give_up(stream);
        break;
    case GRPC_FRAME_TOO_BIG:
        stream_fail(stream, PLEDGE_RESOURCE_EXHAUSTED, "the reply is longer than %u bytes",
                    stream->channel->max_receive_bytes);
        give_up(stream);
    }
    if (!settled) {
        return PLEDGE_STREAM_AGAIN;
    }
    return stream->reply.status.code == PLEDGE_OK ? PLEDGE_STREAM_END : PLEDGE_STREAM_ERROR;
}

enum pledge_stream_result message_next(struct pledge_stream *stream, uint64_t until_ms,
                                       struct pledge_bytes *ret_bytes)
{
    *ret_bytes = (struct pledge_bytes){0};
    drop_taken(stream);
    bool first = true;
    for (unsigned late = 0; late < LATE_TURNS; late += time_monotonic_ms() >= until_ms) {
        enum pledge_stream_result result = try(stream, ret_bytes);
        if (result != PLEDGE_STREAM_AGAIN) {
            return result;
        }
        if (!first && !stream_wait(stream, until_ms)) {
            break;
        }
        first = false;
        stream_advance(stream);
    }
    return PLEDGE_STREAM_AGAIN;
}
