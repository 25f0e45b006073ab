/* SPDX-License-Identifier: Apache-2.0 */
#include "server/worker.h"

#include "server/net/slab.h"
#include "server/rpc/health.h"

#include <stddef.h>

static struct worker *worker_of(void *context)
{
    return (struct worker *)((char *)context - offsetof(struct worker, context));
}

bool worker_serving(void *context)
{
    struct worker *worker = worker_of(context);
    return worker->drain_by_ms == 0 && db_ready(worker->context.db);
}

static void begin_drain(uv_async_t *async)
{
    struct worker *worker = async->data;
    loop_update_time(&worker->loop);
    if (worker->drain_by_ms == 0) {
        worker->drain_by_ms = worker->loop.now_ms + (uint64_t)worker->drain_ms + 1;
        health_tick(&worker->rpc); /* watchers hear of it before their streams end */
        listener_drain(&worker->listener);
        loop_call_opened(&worker->loop); /* tick fast until the end */
    }
}

/* Streams without an end, such as a health watch, do not hold up a drain. */
static void finish_endless(struct worker *worker)
{
    struct err err = {0};
    err_set(&err, GRPC_UNAVAILABLE, "the service is stopping; connect again");
    for (struct call *call = worker->rpc.calls, *next; call; call = next) {
        next = call->next;
        if (call->method && method_streams(call->method) && call->deadline_ms == UINT64_MAX) {
            call_finish(call, &err);
        }
    }
}

static void on_tick(void *data)
{
    struct worker *worker = data;
    health_tick(&worker->rpc);
    if (worker->drain_by_ms == 0 || worker->closing) {
        return;
    }
    finish_endless(worker);
    bool late = worker->loop.now_ms >= worker->drain_by_ms;
    if (late) {
        listener_close_all(&worker->listener);
    }
    if (worker->listener.conn_count == 0 && (late || db_idle(worker->context.db))) {
        worker->closing = true;
        db_close(worker->context.db);
    }
}

/* Once nothing is left to hear from, the loop's own handles go and uv_run() returns. */
static void on_turn(void *data)
{
    struct worker *worker = data;
    if (worker->closing && db_idle(worker->context.db) && worker->rpc.call_count == 0 &&
        !uv_is_closing((uv_handle_t *)&worker->drain)) {
        uv_close((uv_handle_t *)&worker->drain, NULL);
        loop_close(&worker->loop);
    }
}

bool worker_init(struct worker *worker, const struct worker_shared *shared,
                 const struct sockaddr *address, socklen_t address_len, struct err *err)
{
    int rc = loop_init(&worker->loop);
    if (rc != 0) {
        return err_set(err, GRPC_INTERNAL, "event loop: %s", uv_strerror(rc));
    }
    worker->drain_ms = shared->drain_ms;
    uv_async_init(&worker->loop.uv, &worker->drain, begin_drain);
    worker->drain.data = worker;
    /* The order of hooks is the order of work at the end of a turn: statements, then replies. */
    worker->context.db = db_new(&worker->loop, shared->db, shared->catalog, err);
    if (!worker->context.db) {
        return false;
    }
    watches_init(&worker->watches, &worker->loop, worker->context.db);
    worker->context.auth =
        auth_new(worker->context.db, shared->roles, (unsigned)shared->principal_rate);
    worker->context.watches = &worker->watches;
    signin_init(&worker->signin, shared->signin, &worker->loop, worker->context.db,
                worker->context.auth);
    worker->context.signin = &worker->signin;
    worker->audit.db = worker->context.db;
    worker->context.audit = &worker->audit;
    rpc_init(&worker->rpc, &worker->loop, shared->registry, &worker->context);
    worker->rpc.metrics = &worker->metrics;
    worker->rpc.refused = audit_refused;
    worker->rpc.slow_call_ms = (unsigned)shared->slow_call_ms;
    worker->rpc.web_origins = shared->web_origins;
    worker->context.memos = memos_new(&worker->loop);
    if (!worker->context.auth || !worker->context.memos ||
        !metrics_init(&worker->metrics, shared->registry->count)) {
        return err_set(err, GRPC_RESOURCE_EXHAUSTED, "out of memory");
    }
    rc = listener_init(&worker->listener, &worker->loop, address, address_len, shared->tls,
                       &rpc_stream_ops, &worker->rpc);
    if (rc != 0) {
        return err_set(err, GRPC_INTERNAL, "listening: %s", uv_strerror(rc));
    }
    loop_on_tick(&worker->loop, on_tick, worker);
    loop_on_turn(&worker->loop, on_turn, worker);
    return true;
}

void worker_retain(struct worker *worker, int check_s)
{
    retention_init(&worker->retention, &worker->loop, worker->context.db, check_s);
}

void worker_send(struct worker *worker, const struct smtp_server *server, int check_s)
{
    outbox_init(&worker->outbox, &worker->loop, worker->context.db, server, check_s);
}

static void run(void *data)
{
    struct worker *worker = data;
    uv_run(&worker->loop.uv, UV_RUN_DEFAULT);
    slab_trim();
}

bool worker_start(struct worker *worker)
{
    return uv_thread_create(&worker->thread, run, worker) == 0;
}

void worker_drain(struct worker *worker)
{
    uv_async_send(&worker->drain);
}

void worker_join(struct worker *worker)
{
    uv_thread_join(&worker->thread);
    uv_loop_close(&worker->loop.uv);
    rpc_deinit(&worker->rpc);
    metrics_deinit(&worker->metrics);
    memos_free(worker->context.memos);
    auth_free(worker->context.auth);
    db_free(worker->context.db);
}
