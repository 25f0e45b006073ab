/* SPDX-License-Identifier: Apache-2.0 */
/* A call's life: from its stream's opening to its end, its memory and its time. */
#include "server/rpc/call.h"

#include "server/rpc/headers.h"
#include "server/rpc/reply.h"
#include "server/rpc/request.h"

#include <stdlib.h>
#include <string.h>

/* --- memory ------------------------------------------------------------------------------------
 */

static void buf_keep(struct buf *buf)
{
    if (buf->cap > CALL_SPARE_BUFFER) {
        buf_deinit(buf);
    }
    buf->start = buf->len = 0;
}

static void spare_free(struct call *call)
{
    arena_deinit(&call->arena);
    arena_deinit(&call->scratch);
    buf_deinit(&call->in);
    buf_deinit(&call->stream.out);
    free(call);
}

static void call_free(struct call *call)
{
    struct rpc *rpc = call->rpc;
    if (call->freed) {
        call->freed(call);
    }
    *(call->prev ? &call->prev->next : &rpc->calls) = call->next;
    *(call->next ? &call->next->prev : &rpc->newest) = call->prev;
    rpc->call_count--;
    counter_set(&rpc->open, rpc->call_count);
    request_forget(call);
    loop_call_closed(rpc->loop);
    buf_deinit(&call->expanded);
    buf_deinit(&call->packed);
    if (rpc->spare_count >= CALL_MAX_SPARE) {
        spare_free(call);
        return;
    }
    arena_reset(&call->arena);
    arena_reset(&call->scratch);
    buf_keep(&call->in);
    buf_keep(&call->stream.out);
    call->next = rpc->spares;
    rpc->spares = call;
    rpc->spare_count++;
}

/* A zeroed call that may hold the memory of an earlier one. */
static struct call *call_new(struct rpc *rpc)
{
    struct call *call = rpc->spares;
    if (!call) {
        call = calloc(1, sizeof(*call));
        if (call) {
            arena_init(&call->arena, CALL_ARENA_CAP);
            arena_init(&call->scratch, CALL_ARENA_CAP);
        }
        return call;
    }
    rpc->spares = call->next;
    rpc->spare_count--;
    struct arena arena = call->arena;
    struct arena scratch = call->scratch;
    struct buf in = call->in;
    struct buf out = call->stream.out;
    memset(call, 0, sizeof(*call));
    call->arena = arena;
    call->scratch = scratch;
    call->in = in;
    call->stream.out = out;
    return call;
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

/* --- the stream --------------------------------------------------------------------------------
 */

static struct stream *on_open(void *data, struct conn *conn)
{
    struct rpc *rpc = data;
    struct call *call = call_new(rpc);
    if (!call) {
        return NULL;
    }
    call->rpc = rpc;
    call->conn = conn;
    call->http_status = 200;
    call->wire = wire_default;
    call->certified = call->identified = conn->identified;
    memcpy(call->fingerprint, conn->fingerprint, sizeof(call->fingerprint));
    call->certificate_days = conn->certificate_days;
    memcpy(call->peer, conn->peer, sizeof(call->peer));
    call->times.started = rpc->loop->now_us;
    call->received_ms = rpc->loop->now_ms;
    call->deadline_ms = UINT64_MAX;
    call->prev = rpc->newest;
    *(call->prev ? &call->prev->next : &rpc->calls) = call;
    rpc->newest = call;
    rpc->call_count++;
    counter_set(&rpc->open, rpc->call_count);
    loop_call_opened(rpc->loop);
    return &call->stream;
}

static bool on_header(struct stream *stream, const char *name, size_t name_len, const char *value,
                      size_t value_len)
{
    return headers_take((struct call *)stream, name, name_len, value, value_len);
}

static void on_begin(struct stream *stream)
{
    struct call *call = (struct call *)stream;
    struct rpc *rpc = call->rpc;
    if (call->is_preflight) {
        reply_preflight(call);
        return;
    }
    if (headers_are_of_call(call)) {
        headers_judge(call);
    }
    if (call->http_status != 200) { /* is answered when it is over */
        call->deadline_ms = rpc->loop->now_ms + CALL_DEFAULT_TIMEOUT_MS;
        return;
    }
    if (call->err.code == GRPC_OK && !call->identified && !call->method->anonymous) {
        const char *fault = call->conn->certificate_fault;
        err_set(&call->err, GRPC_UNAUTHENTICATED, "%s%s",
                fault ? "the client certificate is not accepted: "
                      : "sign in, or show a client certificate",
                fault ? fault : "");
    }
    bool streams = call->method && method_streams(call->method);
    /* nobody looks at the token of who calls what anybody may */
    bool known = call->certified || (call->identified && !call->method->anonymous);
    if (call->err.code == GRPC_OK && streams && !known) { /* it may last for good */
        call->counted = true;
        if (++rpc->anonymous_count > CALL_MAX_ANONYMOUS) {
            err_set(&call->err, GRPC_RESOURCE_EXHAUSTED,
                    "too many streams of callers without a certificate; try again later");
        }
    }
    if (call->err.code != GRPC_OK) {
        call_finish(call, &call->err);
        return;
    }
    uint64_t longest = rpc->loop->now_ms + CALL_MAX_TIMEOUT_MS;
    if (!streams && call->has_timeout && call->deadline_ms > longest) {
        call->deadline_ms = longest;
    }
    if (call->deadline_ms <= rpc->loop->now_ms) {
        err_set(&call->err, GRPC_DEADLINE_EXCEEDED, "the call's deadline has passed");
        call_finish(call, &call->err);
        return;
    }
    call->ready = true;
    if (!call->has_timeout && !streams) {
        call->deadline_ms = rpc->loop->now_ms + CALL_DEFAULT_TIMEOUT_MS;
    }
}

static void on_data(struct stream *stream, const uint8_t *data, size_t len)
{
    request_data((struct call *)stream, data, len);
}

static void on_end(struct stream *stream)
{
    struct call *call = (struct call *)stream;
    if (call->http_status == 200) {
        request_end(call);
    } else if (call->is_post && call->asked) { /* which does not fit the method */
        call_finish(call, &call->err);
    } else {
        reply_http(call);
    }
}

static void on_drained(struct stream *stream)
{
    struct call *call = (struct call *)stream;
    if (call->drained && !call->answered) {
        call->drained(call);
    }
}

static void on_closed(struct stream *stream)
{
    struct call *call = (struct call *)stream;
    if (!call->answered) {
        struct err err = {0};
        err_set(&err, GRPC_CANCELLED, "the client went away");
        call->answered = true;
        reply_log(call, &err);
    }
    call->rpc->anonymous_count -= call->counted;
    call->gone = true;
    call->conn = NULL;
    if (call->cancel) {
        call->cancel(call);
    }
    if (call->holds == 0) {
        call_free(call);
    }
}

const struct stream_ops rpc_stream_ops = {
    .open = on_open,
    .header = on_header,
    .begin = on_begin,
    .data = on_data,
    .end = on_end,
    .drained = on_drained,
    .closed = on_closed,
};

/* --- time --------------------------------------------------------------------------------------
 */

/* A request that stopped coming in. A stream of both directions may rest between messages as long
 * as it likes; one of requests alone must go on, unless we hold it back. */
static bool is_stuck(const struct call *call, uint64_t now)
{
    bool both = call->method && call->method->client_streams && call->method->server_streams;
    bool between = call->got_message && call->in.len == 0 && call->text_len == 0;
    return !call->half_closed && !call->paused && !(both && between) &&
           now - call->received_ms > CALL_RECEIVE_MS;
}

static void check_call(struct call *call, uint64_t now)
{
    struct err err = {0};
    if (call->answered) {
        if (!call->gone && now - call->answered_ms > CALL_SEND_MS) {
            call->answered_ms = now;
            stream_reset(&call->stream, NGHTTP2_ENHANCE_YOUR_CALM); /* reads too slowly */
        }
        return;
    }
    bool stuck = is_stuck(call, now);
    if (now >= call->deadline_ms || stuck) {
        err_set(&err, GRPC_DEADLINE_EXCEEDED,
                stuck ? "the request did not arrive in time" : "the call's deadline has passed");
        call_finish(call, &err);
        if (call->cancel) {
            call->cancel(call);
        }
    } else if (call->wake_ms > 0 && now >= call->wake_ms) {
        call->wake_ms = 0;
        call->woken(call);
    }
}

static void drop_spares(struct rpc *rpc)
{
    while (rpc->spares) {
        struct call *call = rpc->spares;
        rpc->spares = call->next;
        spare_free(call);
    }
    rpc->spare_count = 0;
}

static void on_tick(void *data)
{
    struct rpc *rpc = data;
    for (struct call *call = rpc->calls, *next; call; call = next) {
        next = call->next;
        check_call(call, rpc->loop->now_ms);
    }
    if (rpc->call_count == 0) {
        drop_spares(rpc); /* an idle daemon is a small one */
    }
}

void rpc_init(struct rpc *rpc, struct loop *loop, const struct registry *registry, void *context)
{
    *rpc = (struct rpc){.loop = loop, .registry = registry, .context = context, .web_origins = ""};
    loop_on_tick(loop, on_tick, rpc);
}

void rpc_deinit(struct rpc *rpc)
{
    drop_spares(rpc);
}
