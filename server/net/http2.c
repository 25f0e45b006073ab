/* SPDX-License-Identifier: Apache-2.0 */
#include "server/net/http2.h"

#include "server/net/listener.h"
#include "server/net/slab.h"

#include <string.h>

static void link_stream(struct h2 *h2, struct stream *stream)
{
    stream->h2 = h2;
    stream->next = h2->streams;
    stream->prev = NULL;
    if (h2->streams) {
        h2->streams->prev = stream;
    }
    h2->streams = stream;
    h2->stream_count++;
}

static void unlink_stream(struct stream *stream)
{
    struct h2 *h2 = stream->h2;
    if (stream->prev) {
        stream->prev->next = stream->next;
    } else {
        h2->streams = stream->next;
    }
    if (stream->next) {
        stream->next->prev = stream->prev;
    }
    h2->stream_count--;
    stream->h2 = NULL;
    stream->prev = stream->next = NULL;
}

/* The peer must hear how it ends; without memory to say so the connection ends. */
static void must(struct h2 *h2, int rc)
{
    if (rc != 0) {
        h2->doomed = true;
        conn_mark_dirty(h2->conn);
    }
}

/* gRPC clients read this code as RESOURCE_EXHAUSTED, and INTERNAL_ERROR as a fault of ours. */
static int no_memory(struct h2 *h2, int32_t stream_id)
{
    return nghttp2_submit_rst_stream(h2->session, NGHTTP2_FLAG_NONE, stream_id,
                                     NGHTTP2_ENHANCE_YOUR_CALM) == 0
               ? 0
               : NGHTTP2_ERR_CALLBACK_FAILURE;
}

static void detach(struct stream *stream)
{
    struct h2 *h2 = stream->h2;
    nghttp2_session_set_stream_user_data(h2->session, stream->id, NULL);
    unlink_stream(stream);
    h2->ops->closed(stream);
}

/* Ends the session with an error, `reason` beside it. */
static void expel(struct h2 *h2, uint32_t error_code, const char *reason)
{
    h2->reason = reason;
    must(h2, nghttp2_submit_goaway(h2->session, NGHTTP2_FLAG_NONE,
                                   nghttp2_session_get_last_proc_stream_id(h2->session), error_code,
                                   (const uint8_t *)reason, strlen(reason)));
}

/* --- streams that are over ----------------------------------------------------------------------
 *
 * On a stream that both sides have ended nothing more may come (RFC 9113 5.1, "closed"); where we
 * cut it short, what was on its way must be let pass. nghttp2 tells them apart by keeping closed
 * streams, which would cost a connection tens of kilobytes; the few that are cut short suffice. */

static void cut_short(struct h2 *h2, int32_t stream_id)
{
    int32_t *place = &h2->cut_short[h2->cut_count++ % H2_CUT_SHORT];
    h2->cut_forgotten = *place > h2->cut_forgotten ? *place : h2->cut_forgotten;
    *place = stream_id;
}

static bool was_cut_short(const struct h2 *h2, int32_t stream_id)
{
    bool found = stream_id <= h2->cut_forgotten;
    for (unsigned i = 0; !found && i < H2_CUT_SHORT; i++) {
        found = h2->cut_short[i] == stream_id;
    }
    return found;
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *data)
{
    struct h2 *h2 = data;
    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) {
        return 0;
    }
    h2->last_stream_id = frame->hd.stream_id;
    struct stream *stream = h2->ops->open(h2->ops_data, h2->conn);
    if (!stream) {
        return no_memory(h2, frame->hd.stream_id);
    }
    stream->id = frame->hd.stream_id;
    link_stream(h2, stream);
    nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, stream);
    return 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                     void *data)
{
    struct h2 *h2 = data;
    (void)flags;
    struct stream *stream = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    if (!stream || frame->headers.cat != NGHTTP2_HCAT_REQUEST) {
        return 0;
    }
    stream->header_bytes += name_len + value_len + 32;
    if (h2->ops->header(stream, (const char *)name, name_len, (const char *)value, value_len)) {
        return 0;
    }
    detach(stream);
    return no_memory(h2, frame->hd.stream_id);
}

static const uint8_t goaway_ping[8] = {'g', 'o', 'a', 'w', 'a', 'y', 0, 0};

static void goaway_final(struct h2 *h2)
{
    if (h2->farewelled) {
        return;
    }
    h2->farewelled = true;
    int32_t last = nghttp2_session_get_last_proc_stream_id(h2->session);
    nghttp2_submit_goaway(h2->session, NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, NULL, 0);
    conn_mark_dirty(h2->conn);
}

/* nghttp2 answers pings; here is counted whether there are too many. gRPC A8: a peer that keeps
 * pinging without need is told so and sent away. */
static int on_ping(struct h2 *h2, const nghttp2_ping *ping)
{
    uint64_t now = h2->conn->listener->loop->now_ms;
    if (ping->hd.flags & NGHTTP2_FLAG_ACK) {
        if (memcmp(ping->opaque_data, goaway_ping, sizeof(goaway_ping)) == 0) {
            goaway_final(h2);
        }
        return 0;
    }
    bool early = h2->ping_ms > 0 && now - h2->ping_ms < H2_PING_MS;
    h2->ping_ms = now;
    if (early && ++h2->ping_strikes > H2_PING_STRIKES && !h2->reason) {
        expel(h2, NGHTTP2_ENHANCE_YOUR_CALM, "too_many_pings");
    }
    return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *data)
{
    struct h2 *h2 = data;
    if (frame->hd.type == NGHTTP2_PING) {
        return on_ping(h2, &frame->ping);
    }
    struct stream *stream = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    if (!stream) {
        return 0;
    }
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
        h2->ops->begin(stream);
    }
    bool ends = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (ends && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) && stream->h2) {
        h2->ops->end(stream);
    }
    return 0;
}

/* A flood of next to nothing costs us more than the peer (CVE-2019-9511, CVE-2019-9518). */
static bool too_many_small(struct h2 *h2)
{
    return !bucket_take(&h2->small_frames, h2->conn->listener->loop->now_ms, 1, H2_SMALL_PER_SECOND,
                        H2_SMALL_BURST);
}

/* Such as streams beyond the limit: each is refused, and the refusals are counted, too. */
static int on_invalid_frame(nghttp2_session *session, const nghttp2_frame *frame, int error,
                            void *data)
{
    struct h2 *h2 = data;
    (void)session;
    (void)error;
    if (frame->hd.type == NGHTTP2_HEADERS && frame->hd.stream_id > h2->last_stream_id) {
        h2->last_stream_id = frame->hd.stream_id;
        cut_short(h2, frame->hd.stream_id);
    }
    if (too_many_small(h2)) {
        h2->reason = "too many frames that are refused";
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    }
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream_id, const uint8_t *bytes,
                   size_t len, void *data)
{
    struct h2 *h2 = data;
    (void)flags;
    struct stream *stream = nghttp2_session_get_stream_user_data(session, stream_id);
    nghttp2_session_consume_connection(session, len); /* one slow stream holds up no other */
    if (stream) {
        h2->ops->data(stream, bytes, len);
    }
    return 0;
}

static int on_stream_close(nghttp2_session *session, int32_t stream_id, uint32_t error_code,
                           void *data)
{
    (void)error_code;
    if (nghttp2_session_get_stream_remote_close(session, stream_id) == 0) {
        cut_short(data, stream_id);
    }
    struct stream *stream = nghttp2_session_get_stream_user_data(session, stream_id);
    if (stream) {
        detach(stream);
    }
    return 0;
}

/* A reply that is complete before its request: the client need send no more (RFC 9113 8.1). */
static int on_frame_sent(nghttp2_session *session, const nghttp2_frame *frame, void *data)
{
    struct h2 *h2 = data;
    /* clients that measure the way, as gRPC's do, ping after what we send */
    if (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA ||
        frame->hd.type == NGHTTP2_WINDOW_UPDATE) {
        h2->ping_strikes = 0;
    }
    /* nghttp2 says it of its own after what breaks the protocol, and would go on listening */
    if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR) {
        h2->doomed = true;
        h2->reason = h2->reason ? h2->reason : nghttp2_http2_strerror(frame->goaway.error_code);
        /* INTERNAL_ERROR is what nghttp2 says to a peer that resets too many streams */
        h2->flooded = frame->goaway.error_code == NGHTTP2_ENHANCE_YOUR_CALM ||
                      frame->goaway.error_code == NGHTTP2_INTERNAL_ERROR;
    }
    if (frame->hd.type == NGHTTP2_HEADERS && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) &&
        nghttp2_session_get_stream_remote_close(session, frame->hd.stream_id) == 0) {
        nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
                                  NGHTTP2_NO_ERROR);
    }
    return 0;
}

static ssize_t read_out(nghttp2_session *session, int32_t stream_id, uint8_t *to, size_t length,
                        uint32_t *data_flags, nghttp2_data_source *source, void *data)
{
    struct stream *stream = source->ptr;
    struct h2 *h2 = data;
    size_t len = stream->out.len < length ? stream->out.len : length;
    if (len == 0 && !stream->finished) {
        stream->waiting = true;
        return NGHTTP2_ERR_DEFERRED;
    }
    if (len > 0) {
        memcpy(to, buf_head(&stream->out), len);
        buf_consume(&stream->out, len);
        if (!stream->finished && stream->out.len < H2_LOW_WATER) {
            h2->ops->drained(stream);
        }
    }
    if (stream->finished && stream->out.len == 0) {
        *data_flags |= NGHTTP2_DATA_FLAG_EOF;
        if (stream->trailer_count > 0) {
            *data_flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
            must(h2, nghttp2_submit_trailer(session, stream_id, stream->trailers,
                                            stream->trailer_count));
        }
    }
    return (ssize_t)len;
}

static nghttp2_session_callbacks *callbacks_new(void)
{
    nghttp2_session_callbacks *callbacks;
    if (nghttp2_session_callbacks_new(&callbacks) != 0) {
        return NULL;
    }
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, on_invalid_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_sent);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
    return callbacks;
}

static nghttp2_option *options_new(void)
{
    nghttp2_option *option;
    if (nghttp2_option_new(&option) != 0) {
        return NULL;
    }
    nghttp2_option_set_no_closed_streams(option, 1);
    nghttp2_option_set_no_auto_window_update(option, 1); /* handlers may hold a client back */
    nghttp2_option_set_max_outbound_ack(option, H2_MAX_ACKS);
    nghttp2_option_set_max_send_header_block_length(option, H2_MAX_SEND_HEADERS);
    nghttp2_option_set_max_settings(option, H2_MAX_SETTINGS);
    nghttp2_option_set_max_continuations(option, H2_MAX_CONTINUATIONS);
    nghttp2_option_set_stream_reset_rate_limit(option, H2_RESET_BURST, H2_RESET_PER_SECOND);
    return option;
}

bool h2_init(struct h2 *h2, struct conn *conn, const struct stream_ops *ops, void *ops_data)
{
    static const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, H2_MAX_STREAMS},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, H2_WINDOW},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, H2_MAX_HEADER_BYTES},
    };
    *h2 = (struct h2){
        .conn = conn, .ops = ops, .ops_data = ops_data, .payload_left = NGHTTP2_CLIENT_MAGIC_LEN};
    nghttp2_session_callbacks *callbacks = callbacks_new();
    nghttp2_option *option = options_new();
    int rc = callbacks && option ? nghttp2_session_server_new3(&h2->session, callbacks, h2, option,
                                                               slab_nghttp2_mem())
                                 : NGHTTP2_ERR_NOMEM;
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_option_del(option);
    if (rc == 0 &&
        nghttp2_submit_settings(h2->session, NGHTTP2_FLAG_NONE, settings,
                                sizeof(settings) / sizeof(settings[0])) == 0 &&
        nghttp2_session_set_local_window_size(h2->session, NGHTTP2_FLAG_NONE, 0, H2_CONN_WINDOW) ==
            0) {
        return true;
    }
    nghttp2_session_del(h2->session); /* takes NULL */
    h2->session = NULL;
    return false;
}

void h2_deinit(struct h2 *h2)
{
    /* nghttp2 fires no stream-close callbacks on deletion. */
    nghttp2_session_del(h2->session);
    h2->session = NULL;
    while (h2->streams) {
        struct stream *stream = h2->streams;
        unlink_stream(stream);
        h2->ops->closed(stream);
    }
}

/* True for DATA or HEADERS on a stream that is over. */
static bool comes_late(const struct h2 *h2, uint8_t type, int32_t stream_id)
{
    return (type == NGHTTP2_DATA || type == NGHTTP2_HEADERS) && (stream_id & 1) &&
           stream_id <= h2->last_stream_id && !nghttp2_session_find_stream(h2->session, stream_id);
}

static uint32_t read_be(const uint8_t *bytes, unsigned count)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < count; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

/* What a frame counts. Calls are made of these four types; of the others a client that means well
 * sends one now and then, but each costs us as much. */
static unsigned weight_of(uint8_t type)
{
    bool of_a_call = type == NGHTTP2_DATA || type == NGHTTP2_HEADERS ||
                     type == NGHTTP2_RST_STREAM || type == NGHTTP2_WINDOW_UPDATE;
    return of_a_call ? 1 : H2_ASIDE_FRAME;
}

/* Judges the frame whose header is complete. False when the session must end. */
static bool judge_frame(struct h2 *h2)
{
    uint8_t type = h2->head[3];
    h2->payload_left = read_be(h2->head, 3);
    h2->frames += weight_of(type);
    int32_t stream_id = (int32_t)(read_be(h2->head + 5, 4) & INT32_MAX);
    bool late = comes_late(h2, type, stream_id);
    bool small = type == NGHTTP2_DATA && h2->payload_left < H2_SMALL_FRAME &&
                 !(h2->head[4] & NGHTTP2_FLAG_END_STREAM);
    if (late && !was_cut_short(h2, stream_id)) {
        expel(h2, NGHTTP2_STREAM_CLOSED, "a frame on a stream that is closed");
        return false;
    }
    if ((small || late) && too_many_small(h2)) {
        expel(h2, NGHTTP2_ENHANCE_YOUR_CALM,
              late ? "too many frames on streams that were reset" : "too many small DATA frames");
        return false;
    }
    return true;
}

/* Looks at each frame header: nghttp2 says nothing of empty DATA, nor of DATA that it ignores. */
static bool judge_frames(struct h2 *h2, const uint8_t *data, size_t len)
{
    bool good = true;
    while (good && len > 0) {
        bool inside = h2->payload_left > 0;
        size_t wanted = inside ? h2->payload_left : sizeof(h2->head) - h2->head_len;
        size_t step = len < wanted ? len : wanted;
        if (inside) {
            h2->payload_left -= step;
        } else {
            memcpy(h2->head + h2->head_len, data, step);
            h2->head_len += (unsigned)step;
        }
        if (h2->head_len == sizeof(h2->head)) {
            h2->head_len = 0;
            good = judge_frame(h2);
        }
        data += step;
        len -= step;
    }
    return good;
}

bool h2_receive(struct h2 *h2, const uint8_t *data, size_t len)
{
    if (!judge_frames(h2, data, len)) {
        return false;
    }
    ssize_t taken = nghttp2_session_mem_recv(h2->session, data, len);
    if (taken == (ssize_t)len) {
        return true;
    }
    expel(h2,
          taken == NGHTTP2_ERR_BAD_CLIENT_MAGIC ? NGHTTP2_PROTOCOL_ERROR
                                                : NGHTTP2_ENHANCE_YOUR_CALM,
          h2->reason ? h2->reason : nghttp2_strerror((int)taken));
    return false;
}

bool h2_produce(struct h2 *h2, struct buf *out, size_t high_water)
{
    while (out->len < high_water) {
        const uint8_t *data;
        ssize_t len = nghttp2_session_mem_send(h2->session, &data);
        if (len <= 0) {
            return len == 0;
        }
        if (!buf_append(out, data, (size_t)len)) {
            return false;
        }
    }
    return true;
}

bool h2_alive(const struct h2 *h2)
{
    return !h2->doomed &&
           (nghttp2_session_want_read(h2->session) || nghttp2_session_want_write(h2->session));
}

void h2_goaway(struct h2 *h2)
{
    if (h2->noticed) {
        goaway_final(h2);
        return;
    }
    h2->noticed = true;
    nghttp2_submit_shutdown_notice(h2->session);
    nghttp2_submit_ping(h2->session, NGHTTP2_FLAG_NONE, goaway_ping);
    conn_mark_dirty(h2->conn);
}

void h2_ping(struct h2 *h2)
{
    static const uint8_t payload[8] = {'a', 'l', 'i', 'v', 'e', '?', 0, 0};
    h2->pinged = true;
    nghttp2_submit_ping(h2->session, NGHTTP2_FLAG_NONE, payload);
    conn_mark_dirty(h2->conn);
}

void stream_headers(struct stream *stream, const nghttp2_nv *headers, size_t count, bool last)
{
    if (!stream->h2 || stream->headers_sent) {
        return;
    }
    nghttp2_data_provider provider = {.source = {.ptr = stream}, .read_callback = read_out};
    stream->headers_sent = true;
    stream->finished = last;
    must(stream->h2, nghttp2_submit_response(stream->h2->session, stream->id, headers, count,
                                             last ? NULL : &provider));
    conn_mark_dirty(stream->h2->conn);
}

void stream_consume(struct stream *stream, size_t len)
{
    if (stream->h2 && len > 0) {
        nghttp2_session_consume_stream(stream->h2->session, stream->id, len);
        conn_mark_dirty(stream->h2->conn);
    }
}

void stream_resume(struct stream *stream)
{
    if (!stream->h2) {
        return;
    }
    if (stream->waiting) {
        stream->waiting = false;
        nghttp2_session_resume_data(stream->h2->session, stream->id);
    }
    conn_mark_dirty(stream->h2->conn);
}

void stream_finish(struct stream *stream, const nghttp2_nv *trailers, size_t count)
{
    stream->trailers = trailers;
    stream->trailer_count = count;
    stream->finished = true;
    stream_resume(stream);
}

uint32_t stream_peer_header_limit(const struct stream *stream)
{
    return stream->h2 ? nghttp2_session_get_remote_settings(stream->h2->session,
                                                            NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE)
                      : UINT32_MAX;
}

void stream_reset(struct stream *stream, uint32_t error_code)
{
    if (stream->h2) {
        must(stream->h2, nghttp2_submit_rst_stream(stream->h2->session, NGHTTP2_FLAG_NONE,
                                                   stream->id, error_code));
        conn_mark_dirty(stream->h2->conn);
    }
}
