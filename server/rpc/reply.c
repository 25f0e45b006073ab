/* SPDX-License-Identifier: Apache-2.0 */
/* The answering half of a call: messages, headers and the status, in the form the caller speaks. */
#include "server/rpc/reply.h"
#include "common/base/log.h"
#include "common/grpc/frame.h"
#include "common/grpc/gzip.h"
#include "common/msg/json.h"
#include "server/rpc/call.h"
#include "server/rpc/connect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPLY_MAX_HEADERS = 8, REPLY_MAX_BLOCK = REPLY_MAX_HEADERS + 2 * CALL_MAX_METADATA };

/* --- the log ------------------------------------------------------------------------------------
 */

static uint64_t span(uint64_t from, uint64_t to)
{
    return from && to > from ? to - from : 0;
}

/* Where the time of a slow call went; a floor that it did not reach took none. */
static void log_slow(const struct call *call, uint64_t now)
{
    const struct call_times *t = &call->times;
    uint64_t received = t->received ? t->received : now;
    log_event(LOG_LEVEL_WARN, "slow", "{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:s, s:s}",
              "method", call->path ? call->path : "", "us", (json_int_t)(now - t->started),
              "receive_us", (json_int_t)span(t->started, received), "admit_us",
              (json_int_t)span(t->received, t->admitted), "queue_us",
              (json_int_t)span(t->admitted, t->sent), "database_us",
              (json_int_t)span(t->sent, t->settled), "reply_us",
              (json_int_t)span(t->settled ? t->settled : received, now), "authority",
              call->authority ? call->authority : "", "traceparent", call->trace, "peer",
              call->peer);
}

/* Whether there is room for a line of this second; the others are counted and told of. */
static bool may_log(struct rpc *rpc)
{
    if (rpc->loop->now_ms - rpc->log_since_ms >= 1000) {
        if (rpc->unlogged > 0) {
            log_event(LOG_LEVEL_WARN, "unlogged", "{s:i}", "calls", (int)rpc->unlogged);
        }
        rpc->log_since_ms = rpc->loop->now_ms;
        rpc->logged = rpc->unlogged = 0;
    }
    if (rpc->logged < CALL_LOG_PER_SECOND) {
        rpc->logged++;
        return true;
    }
    rpc->unlogged++;
    return false;
}

void reply_log(struct call *call, const struct err *err)
{
    uint64_t now = call->rpc->loop->now_us;
    uint64_t took = now - call->times.started;
    bool fault = err->code == GRPC_INTERNAL || err->code == GRPC_UNKNOWN;
    enum log_level level = fault                  ? LOG_LEVEL_ERROR
                           : err->code != GRPC_OK ? LOG_LEVEL_INFO
                                                  : LOG_LEVEL_DEBUG;
    size_t unknown = SIZE_MAX;
    bool streams = call->method && method_streams(call->method);
    if (call->rpc->metrics) {
        metrics_count(call->rpc->metrics, call->method ? call->method->index : unknown, err->code,
                      took);
    }
    if (log_enabled(level) && (level == LOG_LEVEL_DEBUG || may_log(call->rpc))) {
        log_event(level, "call", "{s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:s}", "method",
                  call->path ? call->path : "", "code", grpc_code_name(err->code), "us",
                  (json_int_t)took, "peer", call->peer, "principal",
                  call->principal ? call->principal : "", "authority",
                  call->authority ? call->authority : "", "sqlstate", err->sqlstate, "traceparent",
                  call->trace, "detail", fault ? (*err->detail ? err->detail : err->message) : "");
    }
    unsigned slow_ms = call->rpc->slow_call_ms;
    if (slow_ms > 0 && !streams && took > (uint64_t)slow_ms * 1000) {
        log_slow(call, now);
    }
}

/* --- headers and trailers of a handler's own
 * ------------------------------------------------------- */

static bool add_extra(struct call *call, struct call_extra **extra, const char *name,
                      const uint8_t *value, size_t len)
{
    size_t name_len = strlen(name);
    bool binary = name_len > 4 && strcmp(name + name_len - 4, "-bin") == 0;
    *extra = *extra ? *extra : arena_calloc(&call->arena, 1, sizeof(**extra));
    char *name_copy = arena_strndup(&call->arena, name, name_len);
    char *text = arena_alloc(&call->arena, (len + 2) / 3 * 4 + 1);
    if (!*extra || !name_copy || !text || (*extra)->count >= CALL_MAX_METADATA) {
        return false;
    }
    if (binary) {
        grpc_base64_encode(value, len, text);
    } else {
        memcpy(text, value, len);
        text[len] = '\0';
    }
    (*extra)->items[(*extra)->count++] = trailers_header(name_copy, text);
    return true;
}

bool call_add_header(struct call *call, const char *name, const uint8_t *value, size_t len)
{
    return add_extra(call, &call->extra_headers, name, value, len);
}

bool call_add_trailer(struct call *call, const char *name, const uint8_t *value, size_t len)
{
    return add_extra(call, &call->extra_trailers, name, value, len);
}

struct block {
    nghttp2_nv items[REPLY_MAX_BLOCK];
    size_t count;
};

static void block_add(struct block *block, const char *name, const char *value)
{
    block->items[block->count++] = trailers_header(name, value);
}

static void block_add_extra(struct block *block, const struct call_extra *extra)
{
    for (size_t i = 0; extra && i < extra->count; i++) {
        block->items[block->count++] = extra->items[i];
    }
}

/* Connect's single messages carry trailers as headers of another name. */
static void block_add_trailers(struct call *call, struct block *block)
{
    const struct call_extra *extra = call->extra_trailers;
    for (size_t i = 0; extra && i < extra->count; i++) {
        const nghttp2_nv *item = &extra->items[i];
        char *name = arena_printf(&call->arena, "trailer-%s", item->name);
        if (name) {
            block_add(block, name, (const char *)item->value);
        }
    }
}

static void block_begin(struct call *call, struct block *block, const char *status,
                        const char *content_type)
{
    block->count = 0;
    block_add(block, ":status", status);
    block_add(block, "content-type", content_type);
    if (call->gzip_announced) {
        block_add(block, wire_encoding_header(call->wire), "gzip");
    }
    if (call->odd_encoding) {
        block_add(block, wire_is_connect(call->wire) ? "accept-encoding" : "grpc-accept-encoding",
                  "identity,gzip");
    }
    if (call->origin) {
        block_add(block, "access-control-allow-origin", call->origin);
        block_add(block, "access-control-allow-credentials", "true");
        block_add(block, "access-control-expose-headers",
                  "grpc-status,grpc-message,grpc-status-details-bin");
        block_add(block, "vary", "origin");
    }
    block_add_extra(block, call->extra_headers);
}

void call_send_headers(struct call *call)
{
    static const nghttp2_nv usual[] = {
        TRAILERS_STATIC(":status", "200"),
        TRAILERS_STATIC("content-type", "application/grpc"),
    };
    struct block block;
    if (call->stream.headers_sent || !wire_is_framed(call->wire)) {
        return;
    }
    if (call->compression != CALL_PLAIN) {
        call->gzip_announced = true;
    }
    if (call->wire == wire_default && !call->gzip_announced && !call->extra_headers) {
        stream_headers(&call->stream, usual, 2, false);
        return;
    }
    block_begin(call, &block, "200", call->wire->content_type);
    stream_headers(&call->stream, block.items, block.count, false);
}

/* --- messages ----------------------------------------------------------------------------------
 */

static bool too_big(struct call *call, size_t len)
{
    struct err err = {0};
    err_set(&err, GRPC_RESOURCE_EXHAUSTED,
            "the reply of %zu bytes is larger than %d; ask for smaller pages", len, CALL_MAX_REPLY);
    call_finish(call, &err);
    return false;
}

struct dump {
    struct buf *to;
    bool failed;
};

static int append_dump(const char *bytes, size_t len, void *data)
{
    struct dump *dump = data;
    dump->failed = dump->failed || !buf_append(dump->to, bytes, len);
    return dump->failed ? -1 : 0;
}

/* Appends JSON text. jansson 2.14 goes on after a failure and forgets it, so it is remembered here.
 */
static bool append_json(const json_t *json, struct buf *to)
{
    struct dump dump = {.to = to};
    return json && json_dump_callback(json, append_dump, &dump, JSON_COMPACT) == 0 && !dump.failed;
}

/* Appends the message as the caller's codec writes it. */
static bool pack(struct call *call, const ProtobufCMessage *reply, struct buf *to)
{
    if (call->wire->json) {
        size_t before = to->len;
        json_t *json = msg_json_write(reply, 0, NULL);
        bool good = append_json(json, to);
        json_decref(json);
        return !good                               ? call_no_memory(call)
               : to->len - before > CALL_MAX_REPLY ? too_big(call, to->len - before)
                                                   : true;
    }
    size_t len = protobuf_c_message_get_packed_size(reply);
    if (len > CALL_MAX_REPLY) {
        return too_big(call, len);
    }
    uint8_t *at = buf_reserve(to, len);
    if (!at) {
        return call_no_memory(call);
    }
    protobuf_c_message_pack(reply, at);
    to->len += len;
    return true;
}

/* Appends one frame to the stream, in base64 where the caller speaks it. */
static bool append_frame(struct call *call, uint8_t flags, const uint8_t *bytes, size_t len)
{
    struct buf *out = &call->stream.out;
    bool text = call->wire->protocol == WIRE_WEB_TEXT;
    struct buf frame = {0};
    struct buf *to = text ? &frame : out;
    uint8_t *at = buf_reserve(to, GRPC_FRAME_HEADER + len);
    if (!at) {
        return call_no_memory(call);
    }
    grpc_frame_write_header(at, (uint32_t)len, false);
    at[0] = flags;
    memcpy(at + GRPC_FRAME_HEADER, bytes, len);
    to->len += GRPC_FRAME_HEADER + len;
    if (text) {
        size_t size = (frame.len + 2) / 3 * 4;
        char *encoded = (char *)buf_reserve(out, size + 1);
        if (encoded) { /* each frame padded by itself, as the specification allows */
            size_t wrote = grpc_base64_encode(buf_head(&frame), frame.len, encoded);
            memset(encoded + wrote, '=', size - wrote);
            out->len += size;
        }
        buf_deinit(&frame);
        return encoded ? true : call_no_memory(call);
    }
    return true;
}

/* The way of nearly all replies: protobuf, uncompressed, packed where it is sent from. */
static bool pack_frame(struct call *call, const ProtobufCMessage *reply)
{
    struct buf *out = &call->stream.out;
    size_t len = protobuf_c_message_get_packed_size(reply);
    if (len > CALL_MAX_REPLY) {
        return too_big(call, len);
    }
    uint8_t *frame = buf_reserve(out, GRPC_FRAME_HEADER + len);
    if (!frame) {
        return call_no_memory(call);
    }
    grpc_frame_write_header(frame, (uint32_t)len, false);
    protobuf_c_message_pack(reply, frame + GRPC_FRAME_HEADER);
    out->len += GRPC_FRAME_HEADER + len;
    return true;
}

static bool wants_gzip(const struct call *call, size_t len)
{
    return call->accepts_gzip && (call->compression == CALL_GZIP_ALL ||
                                  (call->compression == CALL_GZIP_LARGE && len >= CALL_GZIP_MIN));
}

static bool pack_any(struct call *call, const ProtobufCMessage *reply)
{
    struct buf compressed = {0};
    call->packed.start = call->packed.len = 0;
    if (!pack(call, reply, &call->packed)) {
        return false;
    }
    const struct buf *bytes = &call->packed;
    uint8_t flags = 0;
    if (wants_gzip(call, bytes->len)) {
        if (!gzip_compress(buf_head(bytes), bytes->len, &compressed)) {
            return call_no_memory(call);
        }
        bytes = &compressed;
        flags = WIRE_FLAG_COMPRESSED;
    }
    bool good =
        wire_is_framed(call->wire)
            ? append_frame(call, flags, buf_head(bytes), bytes->len)
            : buf_append(&call->stream.out, buf_head(bytes), bytes->len) || call_no_memory(call);
    call->gzip_announced |= flags != 0;
    buf_deinit(&compressed);
    return good;
}

static bool is_plain(const struct call *call)
{
    return !call->wire->json && call->wire->protocol == WIRE_GRPC &&
           call->compression == CALL_PLAIN;
}

void call_reply(struct call *call, const ProtobufCMessage *reply)
{
    if (call->answered) {
        return;
    }
    if (call->method->server_streams && call_backlog(call) > CALL_MAX_BACKLOG) {
        struct err err = {0};
        err_set(&err, GRPC_RESOURCE_EXHAUSTED, "the client does not read its replies");
        call_finish(call, &err);
        return;
    }
    if (is_plain(call) ? !pack_frame(call, reply) : !pack_any(call, reply)) {
        return;
    }
    call_send_headers(call);
    if (call->method->server_streams) {
        stream_resume(&call->stream);
    }
}

void call_reply_packed(struct call *call, const uint8_t *packed, size_t len)
{
    if (call->answered) {
        return;
    }
    if (is_plain(call)) {
        if (append_frame(call, 0, packed, len)) {
            call_send_headers(call);
        }
        return;
    }
    ProtobufCAllocator allocator = arena_protobuf_allocator(&call->arena);
    ProtobufCMessage *reply =
        protobuf_c_message_unpack(call->method->output, &allocator, len, packed);
    if (reply) {
        call_reply(call, reply);
    } else {
        call_no_memory(call);
    }
}

/* --- the status --------------------------------------------------------------------------------
 */

/* A reply without a message: headers and trailers in one block that ends the stream. */
static void finish_bare(struct call *call, size_t trailer_count)
{
    struct block block;
    char status[16];
    snprintf(status, sizeof(status), "%d", call->http_status);
    call->gzip_announced = false;
    block_begin(call, &block, status, call->wire->content_type);
    for (size_t i = 0; i < trailer_count; i++) {
        block.items[block.count++] = call->trailers[i];
    }
    block_add_extra(&block, call->extra_trailers);
    stream_headers(&call->stream, block.items, block.count, true);
}

static void finish_grpc(struct call *call, const struct err *err)
{
    size_t room = trailers_details_room(stream_peer_header_limit(&call->stream));
    size_t count = trailers_make(call->trailers, err, room, &call->arena);
    struct call_extra *extra = call->extra_trailers;
    if (!call->stream.headers_sent && !call->extra_headers) {
        finish_bare(call, count);
        return;
    }
    call_send_headers(call);
    if (!extra) {
        stream_finish(&call->stream, call->trailers, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        extra->items[extra->count + i] = call->trailers[i];
    }
    stream_finish(&call->stream, extra->items, extra->count + count);
}

/* Trailers in the body, as "name: value" lines. */
static void finish_web(struct call *call, const struct err *err)
{
    nghttp2_nv all[TRAILERS_MAX + CALL_MAX_METADATA];
    struct buf text = {0};
    size_t count = trailers_make(all, err, TRAILERS_DETAILS_MOST, &call->arena);
    for (size_t i = 0; call->extra_trailers && i < call->extra_trailers->count; i++) {
        all[count++] = call->extra_trailers->items[i];
    }
    bool good = true;
    for (size_t i = 0; good && i < count; i++) {
        good = buf_append(&text, all[i].name, all[i].namelen) && buf_append(&text, ": ", 2) &&
               buf_append(&text, all[i].value, all[i].valuelen) && buf_append(&text, "\r\n", 2);
    }
    call_send_headers(call);
    if (good && append_frame(call, WIRE_FLAG_WEB_TRAILERS, buf_head(&text), text.len)) {
        stream_finish(&call->stream, NULL, 0);
    } else {
        stream_reset(&call->stream, NGHTTP2_ENHANCE_YOUR_CALM); /* no memory */
    }
    buf_deinit(&text);
}

static json_t *connect_metadata(const struct call_extra *extra)
{
    json_t *metadata = json_object();
    for (size_t i = 0; extra && i < extra->count; i++) {
        const char *name = (const char *)extra->items[i].name;
        json_t *values = json_object_get(metadata, name);
        if (!values) {
            values = json_array();
            json_object_set_new(metadata, name, values);
        }
        json_array_append_new(values, json_string((const char *)extra->items[i].value));
    }
    return metadata;
}

static void finish_connect_stream(struct call *call, const struct err *err)
{
    json_t *error = err->code != GRPC_OK ? connect_error(err, &call->arena) : NULL;
    json_t *metadata = call->extra_trailers ? connect_metadata(call->extra_trailers) : NULL;
    json_t *end = json_pack("{s:o*, s:o*}", "error", error, "metadata", metadata);
    struct buf text = {0};
    call_send_headers(call);
    bool told = err->code == GRPC_OK || error; /* without an error it would be a success */
    if (told && append_json(end, &text) &&
        append_frame(call, WIRE_FLAG_CONNECT_END, buf_head(&text), text.len)) {
        stream_finish(&call->stream, NULL, 0);
    } else {
        stream_reset(&call->stream, NGHTTP2_ENHANCE_YOUR_CALM); /* no memory */
    }
    buf_deinit(&text);
    json_decref(end);
}

/* The message was kept until the status is known, since that comes first. */
static void finish_connect(struct call *call, const struct err *err)
{
    struct block block;
    char status[16];
    struct buf *out = &call->stream.out;
    const char *content_type = call->wire->content_type;
    snprintf(status, sizeof(status), "%d", connect_http_status(err->code));
    if (err->code != GRPC_OK) {
        json_t *error = connect_error(err, &call->arena);
        buf_consume(out, out->len);
        if (!append_json(error, out)) {
            buf_consume(out, out->len);
        }
        json_decref(error);
        content_type = "application/json";
        call->gzip_announced = false;
    }
    block_begin(call, &block, status, content_type);
    block_add_trailers(call, &block);
    if (out->len == 0) {
        stream_headers(&call->stream, block.items, block.count, true);
    } else {
        stream_headers(&call->stream, block.items, block.count, false);
        stream_finish(&call->stream, NULL, 0);
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
    stream_consume(&call->stream, call->unconsumed); /* so that its end can come */
    call->unconsumed = 0;
    reply_log(call, err);
    bool denied = err->code == GRPC_UNAUTHENTICATED || err->code == GRPC_PERMISSION_DENIED;
    if (denied && !call->recorded && call->rpc->refused) {
        call->rpc->refused(call, err);
    }
    switch (call->wire->protocol) {
    case WIRE_GRPC:
        finish_grpc(call, err);
        break;
    case WIRE_WEB:
    case WIRE_WEB_TEXT:
        finish_web(call, err);
        break;
    case WIRE_CONNECT:
        finish_connect(call, err);
        break;
    case WIRE_CONNECT_STREAM:
        finish_connect_stream(call, err);
        break;
    }
}

bool call_no_memory(struct call *call)
{
    struct err err = {0};
    err_no_memory(&err);
    call_finish(call, &err);
    return false;
}

void reply_preflight(struct call *call)
{
    struct block block = {.count = 0};
    block_add(&block, ":status", call->origin ? "204" : "403");
    if (call->origin) {
        block_add(&block, "access-control-allow-origin", call->origin);
        block_add(&block, "access-control-allow-credentials", "true");
        block_add(&block, "access-control-allow-methods", "POST");
        block_add(&block, "access-control-allow-headers",
                  "content-type,x-grpc-web,x-user-agent,grpc-timeout,grpc-encoding,"
                  "connect-protocol-version,connect-timeout-ms,connect-content-encoding,"
                  "traceparent,authorization");
        block_add(&block, "access-control-max-age", "7200");
        block_add(&block, "vary", "origin");
    }
    call->answered = true;
    call->answered_ms = call->rpc->loop->now_ms;
    stream_headers(&call->stream, block.items, block.count, true);
}

void reply_http(struct call *call)
{
    static const char text[] = "Methods of this service are called by POST, with a content-type of "
                               "application/grpc,\napplication/grpc-web, application/json or "
                               "application/proto.\n";
    static const nghttp2_nv not_post[] = {
        TRAILERS_STATIC(":status", "405"),
        TRAILERS_STATIC("content-type", "text/plain"),
        TRAILERS_STATIC("allow", "POST"),
    };
    static const nghttp2_nv unknown_content[] = {
        TRAILERS_STATIC(":status", "415"),
        TRAILERS_STATIC("content-type", "text/plain"),
        TRAILERS_STATIC("accept-post", "application/grpc, application/grpc-web, application/json"),
    };
    struct err err = {0};
    bool posted = call->http_status == 415;
    if (call->answered) {
        return;
    }
    call->answered = true;
    call->answered_ms = call->rpc->loop->now_ms;
    err_set(&err, GRPC_UNIMPLEMENTED, posted ? "unknown content-type" : "not POST");
    reply_log(call, &err);
    if (!call->is_head) {
        buf_append(&call->stream.out, text, sizeof(text) - 1); /* it does without, at need */
    }
    stream_headers(&call->stream, posted ? unknown_content : not_post, 3, false);
    stream_finish(&call->stream, NULL, 0);
}
