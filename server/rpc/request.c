/* SPDX-License-Identifier: Apache-2.0 */
/* The asking half of a call: bytes to messages, and messages to the method. */
#include "server/rpc/request.h"

#include "common/grpc/frame.h"
#include "common/grpc/gzip.h"
#include "common/msg/guard.h"
#include "common/msg/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void fail(struct call *call, enum grpc_code code, const char *message)
{
    struct err err = {0};
    err_set(&err, code, "%s", message);
    call_finish(call, &err);
}

/* Bytes that a message may have, before and after expansion. */
static uint32_t longest(const struct call *call)
{
    const struct method *method = call->method;
    return method->max_request ? method->max_request
           : method->anonymous ? CALL_MAX_PUBLIC
                               : CALL_MAX_REQUEST;
}

/* The code that grpc/grpc doc/statuscodes.md has for it. */
static void fail_count(struct call *call)
{
    fail(call, GRPC_UNIMPLEMENTED, "this method takes exactly one message");
}

/* --- one message -------------------------------------------------------------------------------
 */

static ProtobufCMessage *decode_proto(struct call *call, struct arena *arena, const uint8_t *bytes,
                                      size_t len, struct err *err)
{
    const struct guard_limits limits = GUARD_DEFAULT_LIMITS;
    const ProtobufCMessageDescriptor *input = call->method->input;
    if (!guard_check(input, bytes, len, &limits, arena, err)) {
        return NULL;
    }
    ProtobufCAllocator allocator = arena_protobuf_allocator(arena);
    ProtobufCMessage *request = protobuf_c_message_unpack(input, &allocator, len, bytes);
    if (!request && arena->failed) {
        err_no_memory(err);
    } else if (!request) {
        err_set(err, GRPC_INVALID_ARGUMENT, "the request is not a well-formed %s message",
                input->name);
    }
    return request;
}

/* JSON goes through the same guard as protobuf does, and a repeated request counts as the same in
 * either codec: so it is packed once. */
static ProtobufCMessage *decode_json(struct call *call, struct arena *arena, const uint8_t *bytes,
                                     size_t len, struct err *err)
{
    json_t *json = msg_json_parse(bytes, len, err);
    if (!json) {
        return NULL;
    }
    ProtobufCMessage *read = msg_json_read(call->method->input, json, arena, err);
    json_decref(json);
    if (!read) {
        return NULL;
    }
    size_t packed = protobuf_c_message_get_packed_size(read);
    uint8_t *wire = arena_alloc(arena, packed + 1);
    if (!wire) {
        err_no_memory(err);
        return NULL;
    }
    protobuf_c_message_pack(read, wire);
    call->request = wire;
    call->request_len = packed;
    return decode_proto(call, arena, wire, packed, err);
}

/* Undoes the compression of a message. */
static bool expand(struct call *call, const uint8_t **bytes, size_t *len, struct err *err)
{
    call->expanded.start = call->expanded.len = 0;
    switch (gzip_expand(*bytes, *len, longest(call), &call->expanded)) {
    case GZIP_OK:
        *bytes = buf_head(&call->expanded);
        *len = call->expanded.len;
        return true;
    case GZIP_TOO_BIG:
        return err_set(err, GRPC_RESOURCE_EXHAUSTED,
                       "the message expands to more than %" PRIu32 " bytes", longest(call));
    case GZIP_CORRUPT:
        return err_set(err, GRPC_INTERNAL, "the message is not well-formed gzip");
    default:
        return err_no_memory(err);
    }
}

static void take_message(struct call *call, const uint8_t *bytes, size_t len, bool compressed)
{
    struct err err;
    bool streams = call->method->client_streams;
    struct arena *arena = streams ? &call->scratch : &call->arena;
    err_clear(&err);
    call->got_message = true;
    call->compressed = compressed;
    /* Connect: nothing is not to be decompressed */
    bool is_packed = compressed && (len > 0 || call->wire->protocol == WIRE_GRPC);
    if (is_packed && !expand(call, &bytes, &len, &err)) {
        call_finish(call, &err);
        return;
    }
    call->request = bytes;
    call->request_len = len;
    ProtobufCMessage *request = call->wire->json ? decode_json(call, arena, bytes, len, &err)
                                                 : decode_proto(call, arena, bytes, len, &err);
    if (!request) {
        call_finish(call, &err);
        return;
    }
    call->method->message(call, request);
    if (streams) {
        arena_reset(&call->scratch);
    }
}

/* --- frames ------------------------------------------------------------------------------------
 */

/* Refuses what can be refused from a frame's header alone. */
static bool frame_acceptable(struct call *call, enum grpc_frame_result result,
                             const struct grpc_frame *frame)
{
    if (result == GRPC_FRAME_TOO_BIG) {
        char text[ERR_MAX_MESSAGE];
        snprintf(text, sizeof(text), "the message of %" PRIu32 " bytes is larger than %" PRIu32,
                 frame->length, longest(call));
        fail(call, GRPC_RESOURCE_EXHAUSTED, text);
        return false;
    }
    if (result == GRPC_FRAME_BAD_FLAG) {
        fail(call, GRPC_INTERNAL, "the message begins with an unknown flag");
        return false;
    }
    if (frame->compressed && !call->gzip_sent) {
        fail(call, GRPC_INTERNAL, "a compressed message without a header that names gzip");
        return false;
    }
    return true;
}

/* Takes frames while there are whole ones. A single message waits for the end of the request, so
 * that a second one is noticed before any work is done. */
static void take_frames(struct call *call)
{
    bool single = !call->method->client_streams;
    while (!call->answered && !call->paused) {
        struct grpc_frame frame = {0};
        enum grpc_frame_result result =
            grpc_frame_read(buf_head(&call->in), call->in.len, longest(call), &frame);
        if (!frame_acceptable(call, result, &frame) || result != GRPC_FRAME_WHOLE ||
            (single && !call->half_closed) ||
            (call->method->admits && !call->method->admits(call))) {
            return;
        }
        size_t whole = GRPC_FRAME_HEADER + frame.length;
        if (single && call->in.len > whole) {
            fail_count(call);
            return;
        }
        take_message(call, frame.message, frame.length, frame.compressed);
        buf_consume(&call->in, whole);
    }
}

/* Without frames the body is the message. */
static void take_body(struct call *call)
{
    if (call->half_closed && !call->answered && !call->got_message) {
        take_message(call, call->in.len ? buf_head(&call->in) : (const uint8_t *)"", call->in.len,
                     call->gzip_sent);
        buf_consume(&call->in, call->in.len);
    }
}

/* Whose request bytes are not to fill the loop's memory before we know who calls, or not at all;
 * NULL: of nobody in particular. */
static size_t *share_of(const struct call *call, size_t *ret_most)
{
    struct rpc *rpc = call->rpc;
    bool endless = call->method->anonymous && call->method->client_streams;
    *ret_most = endless ? CALL_MAX_ENDLESS : CALL_MAX_UNPROVEN;
    return endless ? &rpc->endless : call->certified ? NULL : &rpc->unproven;
}

static bool has_room(const struct call *call, size_t len)
{
    size_t most;
    const size_t *share = share_of(call, &most);
    return call->rpc->buffered + len <= CALL_MAX_BUFFERED && (!share || *share + len <= most);
}

/* Counts what is held of the request now. */
static void count_held(struct call *call, size_t held)
{
    size_t most;
    size_t *share = share_of(call, &most);
    call->rpc->buffered += held - call->buffered;
    if (share) {
        *share += held - call->buffered;
    }
    call->buffered = held;
}

/* Hands on what is whole, then the end if it has come. A handler may resume while it handles. */
static void deliver(struct call *call)
{
    if (call->handling) {
        return;
    }
    call->handling = true;
    call_hold(call);
    if (wire_is_framed(call->wire)) {
        take_frames(call);
    } else {
        take_body(call);
    }
    if (call->half_closed && !call->answered && !call->paused && !call->half_close_told) {
        call->half_close_told = true;
        if (call->in.len > 0 || call->text_len > 0) {
            fail(call, GRPC_INTERNAL, "the request ends in the middle of a message");
        } else if (call->method->client_streams) {
            call->method->half_close(call);
        } else if (!call->got_message) {
            fail_count(call);
        }
    }
    call->handling = false;
    count_held(call, call->in.len);
    call_release(call);
}

/* --- bytes -------------------------------------------------------------------------------------
 */

/* Base64 in groups of four; a client may end one with padding and begin the next. */
static bool append_text(struct call *call, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        call->text[call->text_len++] = (char)data[i];
        if (call->text_len == sizeof(call->text)) {
            unsigned char bytes[2 * sizeof(call->text)];
            size_t decoded = grpc_base64_decode(call->text, sizeof(call->text), bytes);
            if (decoded == (size_t)-1) {
                fail(call, GRPC_INTERNAL, "the request is not base64");
                return true;
            }
            call->text_len = 0;
            if (!buf_append(&call->in, bytes, decoded)) {
                return false;
            }
        }
    }
    return true;
}

static void consume(struct call *call, size_t len)
{
    if (call->paused) {
        call->unconsumed += len;
    } else {
        stream_consume(&call->stream, len);
    }
}

void request_forget(struct call *call)
{
    if (call->buffered > 0) {
        count_held(call, 0);
    }
}

void request_data(struct call *call, const uint8_t *data, size_t len)
{
    if (call->answered || !call->ready) {
        bool was_enough = call->surplus > CALL_MAX_REQUEST;
        call->surplus += len;
        stream_consume(&call->stream, len);
        if (!was_enough && call->surplus > CALL_MAX_REQUEST) {
            stream_reset(&call->stream, NGHTTP2_NO_ERROR); /* RFC 9113 8.1 */
        }
        return;
    }
    call->received_ms = call->rpc->loop->now_ms;
    bool streams = call->method->client_streams;
    size_t most = longest(call) + (streams ? H2_WINDOW : 0) + 2 * GRPC_FRAME_HEADER;
    if (call->in.len + len > most) {
        struct err err = {0};
        err_set(&err, GRPC_RESOURCE_EXHAUSTED, "the request is larger than %" PRIu32 " bytes",
                longest(call));
        call_finish(call, &err);
        return;
    }
    bool text = call->wire->protocol == WIRE_WEB_TEXT;
    if (!has_room(call, len) ||
        !(text ? append_text(call, data, len) : buf_append(&call->in, data, len))) {
        fail(call, GRPC_RESOURCE_EXHAUSTED, "too many requests are coming in; try again shortly");
        return;
    }
    consume(call, len);
    count_held(call, call->in.len);
    if (!call->answered && wire_is_framed(call->wire)) {
        deliver(call);
    }
}

void request_end(struct call *call)
{
    call->half_closed = true;
    if (!call->answered && call->ready) {
        call->times.received = call->rpc->loop->now_us;
        deliver(call);
    }
}

void call_pause(struct call *call)
{
    call->paused = true;
}

void call_resume(struct call *call)
{
    if (!call->paused) {
        return;
    }
    call->paused = false;
    call->received_ms = call->rpc->loop->now_ms;
    stream_consume(&call->stream, call->unconsumed);
    call->unconsumed = 0;
    deliver(call);
}
