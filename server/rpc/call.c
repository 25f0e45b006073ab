/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rpc/call.h"

#include "common/base/log.h"
#include "common/base/time.h"
#include "common/grpc/frame.h"
#include "common/grpc/timeout.h"
#include "common/msg/guard.h"
#include "server/rpc/trailers.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static void call_free(struct call *call)
{
    struct rpc *rpc = call->rpc;
    if (call->prev) {
        call->prev->next = call->next;
    } else {
        rpc->calls = call->next;
    }
    if (call->next) {
        call->next->prev = call->prev;
    }
    rpc->call_count--;
    rpc->buffered -= call->buffered;
    loop_call_closed(rpc->loop);
    arena_deinit(&call->arena);
    buf_deinit(&call->in);
    buf_deinit(&call->stream.out);
    free(call);
}

void call_hold(struct call *call)
{
    call->holds++;
}

void call_release(struct call *call)
{
    if (--call->holds == 0 && call->gone) {
        call_free(call);
    }
}

/* --- answering ---------------------------------------------------------------------------------
 */

static void log_call(const struct call *call, const struct err *err)
{
    bool fault = err->code == GRPC_INTERNAL || err->code == GRPC_UNKNOWN;
    enum log_level level = fault                  ? LOG_LEVEL_ERROR
                           : err->code != GRPC_OK ? LOG_LEVEL_INFO
                                                  : LOG_LEVEL_DEBUG;
    if (log_enabled(level)) {
        log_event(level, "call", "{s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:s}", "method",
                  call->path ? call->path : "", "code", grpc_code_name(err->code), "us",
                  (json_int_t)(uv_hrtime() / 1000 - call->started_us), "peer", call->peer,
                  "principal", call->principal ? call->principal : "", "authority",
                  call->authority ? call->authority : "", "sqlstate", err->sqlstate, "detail",
                  fault ? (*err->detail ? err->detail : err->message) : "");
    }
}

static void send_headers(struct call *call)
{
    static const nghttp2_nv headers[] = {
        TRAILERS_STATIC(":status", "200"),
        TRAILERS_STATIC("content-type", "application/grpc"),
    };
    if (!call->stream.headers_sent) {
        stream_headers(&call->stream, headers, 2, false);
    }
}

void call_reply(struct call *call, const ProtobufCMessage *reply)
{
    struct err err = {0};
    if (call->answered) {
        return;
    }
    if (call->method->streaming && call->stream.out.len > CALL_MAX_BACKLOG) {
        err_set(&err, GRPC_RESOURCE_EXHAUSTED, "the client does not read its replies");
        call_finish(call, &err);
        return;
    }
    size_t len = protobuf_c_message_get_packed_size(reply);
    uint8_t *frame =
        len <= CALL_MAX_REPLY ? buf_reserve(&call->stream.out, GRPC_FRAME_HEADER + len) : NULL;
    if (!frame) {
        err_set(&err, GRPC_RESOURCE_EXHAUSTED,
                "the reply of %zu bytes is larger than %d; ask for smaller pages", len,
                CALL_MAX_REPLY);
        call_finish(call, &err);
        return;
    }
    grpc_frame_write_header(frame, (uint32_t)len, false);
    protobuf_c_message_pack(reply, frame + GRPC_FRAME_HEADER);
    call->stream.out.len += GRPC_FRAME_HEADER + len;
    send_headers(call);
    if (call->method->streaming) {
        stream_resume(&call->stream);
    }
}

void call_finish(struct call *call, const struct err *err)
{
    static const struct err ok;
    err = err ? err : &ok;
    if (call->answered) {
        return;
    }
    call->answered = true;
    call->answered_ms = call->rpc->loop->now_ms;
    log_call(call, err);
    size_t room = trailers_details_room(stream_peer_header_limit(&call->stream));
    size_t count = trailers_make(call->trailers, err, room, &call->arena);
    if (call->stream.headers_sent) {
        stream_finish(&call->stream, call->trailers, count);
    } else {
        trailers_only(&call->stream, call->http_status, call->trailers, count);
    }
}

/* --- receiving ---------------------------------------------------------------------------------
 */

static void take_message(struct call *call, const uint8_t *bytes, size_t len)
{
    const struct guard_limits limits = GUARD_DEFAULT_LIMITS;
    struct err err = {0};
    if (!call->method->streaming && call->got_message) {
        err_set(&err, GRPC_INTERNAL, "a unary call carries exactly one message");
        call_finish(call, &err);
        return;
    }
    call->got_message = true;
    call->request = bytes;
    call->request_len = len;
    if (!guard_check(call->method->input, bytes, len, &limits, &call->arena, &err)) {
        call_finish(call, &err);
        return;
    }
    ProtobufCAllocator allocator = arena_protobuf_allocator(&call->arena);
    ProtobufCMessage *request =
        protobuf_c_message_unpack(call->method->input, &allocator, len, bytes);
    if (!request) {
        err_set(&err, GRPC_INVALID_ARGUMENT, "the request is not a well-formed %s message",
                call->method->input->name);
        call_finish(call, &err);
        return;
    }
    call->method->message(call, request);
}

/* Takes frames while there are whole ones. A unary message waits for the end of the request, so
 * that a second one is noticed before any work is done. */
static void take_frames(struct call *call)
{
    struct err err = {0};
    struct grpc_frame frame;
    while (!call->answered && (call->method->streaming || call->half_closed)) {
        enum grpc_frame_result result =
            grpc_frame_read(buf_head(&call->in), call->in.len, CALL_MAX_REQUEST, &frame);
        if (result != GRPC_FRAME_WHOLE) {
            break;
        }
        if (frame.compressed) {
            err_set(&err, GRPC_UNIMPLEMENTED, "compressed messages are not accepted");
            call_finish(call, &err);
            return;
        }
        size_t whole = GRPC_FRAME_HEADER + frame.length;
        if (!call->method->streaming && call->in.len > whole) {
            err_set(&err, GRPC_INTERNAL, "a unary call carries exactly one message");
            call_finish(call, &err);
            return;
        }
        take_message(call, frame.message, frame.length);
        buf_consume(&call->in, whole);
    }
}

/* Refuses what can be refused from a frame's header alone. */
static bool frame_acceptable(struct call *call)
{
    struct err err = {0};
    struct grpc_frame frame;
    switch (grpc_frame_read(buf_head(&call->in), call->in.len, CALL_MAX_REQUEST, &frame)) {
    case GRPC_FRAME_TOO_BIG:
        err_set(&err, GRPC_RESOURCE_EXHAUSTED, "the message of %" PRIu32 " bytes is larger than %d",
                frame.length, CALL_MAX_REQUEST);
        break;
    case GRPC_FRAME_BAD_FLAG:
        err_set(&err, GRPC_INTERNAL, "the message begins with an unknown flag");
        break;
    default:
        return true;
    }
    call_finish(call, &err);
    return false;
}

static void on_data(struct stream *stream, const uint8_t *data, size_t len)
{
    struct call *call = (struct call *)stream;
    struct err err = {0};
    if (call->answered || !call->ready) {
        return;
    }
    call->received_ms = call->rpc->loop->now_ms;
    if (call->in.len + len > CALL_MAX_REQUEST + 2 * GRPC_FRAME_HEADER) {
        err_set(&err, GRPC_RESOURCE_EXHAUSTED, "the request is larger than %d bytes",
                CALL_MAX_REQUEST);
        call_finish(call, &err);
        return;
    }
    if (call->rpc->buffered + len > CALL_MAX_BUFFERED || !buf_append(&call->in, data, len)) {
        err_set(&err, GRPC_RESOURCE_EXHAUSTED,
                "too many requests are coming in; try again shortly");
        call_finish(call, &err);
        return;
    }
    call->buffered += len;
    call->rpc->buffered += len;
    if (frame_acceptable(call) && call->method->streaming) {
        take_frames(call);
    }
}

static void on_end(struct stream *stream)
{
    struct call *call = (struct call *)stream;
    struct err err = {0};
    call->half_closed = true;
    if (call->answered) {
        return;
    }
    call_hold(call);
    take_frames(call);
    if (call->in.len > 0 && !call->answered) {
        err_set(&err, GRPC_INTERNAL, "the request ends in the middle of a message");
        call_finish(call, &err);
    } else if (call->method->streaming && !call->answered) {
        call->method->half_close(call);
    } else if (!call->got_message && !call->answered) {
        err_set(&err, GRPC_INTERNAL, "a unary call carries exactly one message");
        call_finish(call, &err);
    }
    call_release(call);
}

static void on_closed(struct stream *stream)
{
    struct call *call = (struct call *)stream;
    if (!call->answered) {
        struct err err = {0};
        err_set(&err, GRPC_CANCELLED, "the client went away");
        call->answered = true;
        log_call(call, &err);
    }
    call->gone = true;
    call->conn = NULL;
    if (call->cancel) {
        call->cancel(call);
    }
    if (call->holds == 0) {
        call_free(call);
    }
}

/* --- headers -----------------------------------------------------------------------------------
 */

static struct stream *on_open(void *data, struct conn *conn)
{
    struct rpc *rpc = data;
    struct call *call = calloc(1, sizeof(*call));
    if (!call) {
        return NULL;
    }
    call->rpc = rpc;
    call->conn = conn;
    call->http_status = 200;
    call->identified = conn->identified;
    memcpy(call->fingerprint, conn->fingerprint, sizeof(call->fingerprint));
    memcpy(call->peer, conn->peer, sizeof(call->peer));
    arena_init(&call->arena, CALL_ARENA_CAP);
    call->started_us = uv_hrtime() / 1000;
    call->received_ms = rpc->loop->now_ms;
    call->deadline_ms = UINT64_MAX;
    call->next = rpc->calls;
    if (call->next) {
        call->next->prev = call;
    }
    rpc->calls = call;
    rpc->call_count++;
    loop_call_opened(rpc->loop);
    return &call->stream;
}

static bool is(const char *name, size_t len, const char *want)
{
    return len == strlen(want) && memcmp(name, want, len) == 0;
}

static bool content_type_ok(const char *value, size_t len)
{
    static const char prefix[] = "application/grpc";
    size_t prefix_len = sizeof(prefix) - 1;
    if (len < prefix_len || memcmp(value, prefix, prefix_len) != 0) {
        return false;
    }
    return len == prefix_len || value[prefix_len] == ';' ||
           is(value, len, "application/grpc+proto");
}

static void take_timeout(struct call *call, const char *value, size_t len)
{
    uint64_t timeout_ms;
    if (grpc_timeout_parse(value, len, &timeout_ms)) {
        call->deadline_ms = call->rpc->loop->now_ms + timeout_ms;
        call->has_timeout = true;
    } else if (call->err.code == GRPC_OK) {
        err_set(&call->err, GRPC_INVALID_ARGUMENT, "grpc-timeout: not digits and a unit of HMSmun");
    }
}

static bool on_header(struct stream *stream, const char *name, size_t name_len, const char *value,
                      size_t value_len)
{
    struct call *call = (struct call *)stream;
    if (is(name, name_len, ":path")) {
        call->path = arena_strndup(&call->arena, value, value_len);
        return call->path != NULL;
    }
    if (is(name, name_len, ":method")) {
        call->is_post = is(value, value_len, "POST");
    } else if (is(name, name_len, "content-type")) {
        call->is_grpc = content_type_ok(value, value_len);
    } else if (is(name, name_len, "grpc-timeout")) {
        take_timeout(call, value, value_len);
    } else if (is(name, name_len, "grpc-encoding") && !is(value, value_len, "identity") &&
               call->err.code == GRPC_OK) {
        err_set(&call->err, GRPC_UNIMPLEMENTED, "grpc-encoding: only identity is accepted");
    }
    return true;
}

/* What is wrong with the headers, worst first, as grpc-go answers it. */
static void judge_headers(struct call *call)
{
    struct err *err = &call->err;
    const char *path = call->path ? call->path : "";
    call->method = registry_find(call->rpc->registry, path, strlen(path));
    if (!call->is_post) {
        call->http_status = 405;
        err_set(err, GRPC_INTERNAL, "the HTTP method must be POST");
    } else if (!call->is_grpc) {
        call->http_status = 415;
        err_set(err, GRPC_INVALID_ARGUMENT, "the content-type must be application/grpc");
    } else if (call->stream.header_bytes > H2_MAX_HEADER_BYTES) {
        err_set(err, GRPC_RESOURCE_EXHAUSTED, "the headers are larger than %d bytes",
                H2_MAX_HEADER_BYTES);
    } else if (!call->method) {
        bool service = registry_has_service(call->rpc->registry, path, strlen(path));
        err_set(err, GRPC_UNIMPLEMENTED, "unknown %s %s", service ? "method" : "service", path);
    }
}

static void on_begin(struct stream *stream)
{
    struct call *call = (struct call *)stream;
    judge_headers(call);
    if (call->err.code == GRPC_OK && !call->identified && !call->method->anonymous) {
        err_set(&call->err, GRPC_UNAUTHENTICATED, "this service needs a client certificate");
    }
    if (call->err.code != GRPC_OK) {
        call_finish(call, &call->err);
        return;
    }
    uint64_t longest = call->rpc->loop->now_ms + CALL_MAX_TIMEOUT_MS;
    if (!call->method->streaming && call->has_timeout && call->deadline_ms > longest) {
        call->deadline_ms = longest;
    }
    if (call->deadline_ms <= call->rpc->loop->now_ms) {
        err_set(&call->err, GRPC_DEADLINE_EXCEEDED, "the call's deadline has passed");
        call_finish(call, &call->err);
        return;
    }
    call->ready = true;
    if (!call->has_timeout && !call->method->streaming) {
        call->deadline_ms = call->rpc->loop->now_ms + CALL_DEFAULT_TIMEOUT_MS;
    }
}

const struct stream_ops rpc_stream_ops = {
    .open = on_open,
    .header = on_header,
    .begin = on_begin,
    .data = on_data,
    .end = on_end,
    .closed = on_closed,
};

/* --- time --------------------------------------------------------------------------------------
 */

static void check_deadlines(void *data)
{
    struct rpc *rpc = data;
    uint64_t now = rpc->loop->now_ms;
    struct err err = {0};
    for (struct call *call = rpc->calls, *next; call; call = next) {
        next = call->next;
        bool started = call->method && call->method->streaming && call->got_message;
        bool stuck = !call->half_closed && !started && now - call->received_ms > CALL_RECEIVE_MS;
        if (call->answered && !call->gone && now - call->answered_ms > CALL_SEND_MS) {
            call->answered_ms = now;
            stream_reset(&call->stream, NGHTTP2_CANCEL);
        }
        if (call->answered || (now < call->deadline_ms && !stuck)) {
            continue;
        }
        err_set(&err, GRPC_DEADLINE_EXCEEDED,
                stuck ? "the request did not arrive in time" : "the call's deadline has passed");
        call_finish(call, &err);
        if (call->cancel) {
            call->cancel(call);
        }
    }
}

void rpc_init(struct rpc *rpc, struct loop *loop, const struct registry *registry, void *context)
{
    *rpc = (struct rpc){.loop = loop, .registry = registry, .context = context};
    loop_on_tick(loop, check_deadlines, rpc);
}
