/* SPDX-License-Identifier: Apache-2.0 */
#include "server/sqlrpc/watch.h"

#include "server/sqlrpc/execution.h"

#include <stdio.h>
#include <string.h>

/* Lives in its call's arena; on the list until the call is over. */
struct watcher {
    struct watcher *prev;
    struct watcher *next;
    struct watches *watches;
    struct execution *execution;
    const ProtobufCFieldDescriptor *reply_cursor;
    const ProtobufCFieldDescriptor *request_cursor;
    char cursor[WATCH_MAX_CURSOR];
    bool due;
    bool running;
    uint64_t ran_ms;
    uint64_t behind_ms; /* since when the client is behind; 0: it is not */
};

static void mark_due(struct watcher *watcher)
{
    watcher->due = true;
    watcher->watches->any_due = true;
}

static void watcher_freed(struct call *call)
{
    struct watcher *watcher = ((struct execution *)call->data)->data;
    struct watches *watches = watcher->watches;
    if (watcher->prev) {
        watcher->prev->next = watcher->next;
    } else {
        watches->first = watcher->next;
    }
    if (watcher->next) {
        watcher->next->prev = watcher->prev;
    }
    watches->count--;
}

static bool on_rows(struct db_job *job, unsigned step, const PGresult *rows)
{
    struct execution *execution = execution_of(job);
    struct watcher *watcher = execution->data;
    const struct sql_statement *statement = execution->answering[step];
    for (int row = 0; row < PQntuples(rows) && !execution->call->answered; row++) {
        ProtobufCMessage *reply = execution_message(statement->row, execution->arena);
        if (!reply) {
            return err_no_memory(&job->err);
        }
        if (!execution_fill(execution, statement, rows, row, reply)) {
            return false;
        }
        snprintf(watcher->cursor, sizeof(watcher->cursor), "%s",
                 execution_string(reply, watcher->reply_cursor));
        call_reply(execution->call, reply);
        mark_due(watcher); /* there may be more than one page */
    }
    return true;
}

static void on_done(struct db_job *job)
{
    struct execution *execution = execution_of(job);
    struct watcher *watcher = execution->data;
    struct call *call = execution->call;
    watcher->running = false;
    watcher->watches->any_due |= watcher->due;
    if (job->err.code == GRPC_UNAVAILABLE) {
        job->err = (struct err){0}; /* the stream outlives the database's absence */
    } else if (job->err.code != GRPC_OK) {
        call_finish(call, &job->err);
    }
    call->cancel = NULL;
    call_release(call);
}

/* Rights may end while a watch goes on, so each run asks anew. */
static void run_admitted(struct call *call, const struct db_settings *settings)
{
    struct execution *execution = call->data;
    struct watcher *watcher = execution->data;
    struct err err = {0};
    if (!settings || call->answered) {
        watcher->running = false;
        return;
    }
    *(char **)((char *)execution->request + watcher->request_cursor->offset) = watcher->cursor;
    if (!execution_steps(execution, false, &err)) {
        watcher->running = false;
        call_finish(call, &err);
        return;
    }
    execution->job.err = (struct err){0};
    execution_job(execution, settings);
    execution->job.deadline_ms = call->rpc->loop->now_ms + CALL_DEFAULT_TIMEOUT_MS;
    execution->job.rows = on_rows;
    execution->job.done = on_done;
    execution_submit(execution);
}

static void run(struct watcher *watcher)
{
    struct execution *execution = watcher->execution;
    struct call *call = execution->call;
    uint64_t now = watcher->watches->loop->now_ms;
    if (watcher->running || call->answered) {
        return;
    }
    if (call_backlog(call) >= H2_LOW_WATER) {
        watcher->behind_ms = watcher->behind_ms ? watcher->behind_ms : now;
        return;
    }
    watcher->behind_ms = 0;
    watcher->due = false;
    watcher->running = true;
    watcher->ran_ms = now;
    call->principal = NULL;
    call->role = NULL;
    arena_reset(&call->scratch);
    execution_admit(execution, run_admitted);
}

static void on_drained(struct call *call)
{
    struct watcher *watcher = ((struct execution *)call->data)->data;
    if (watcher->behind_ms > 0) {
        watcher->behind_ms = 0;
        mark_due(watcher);
    }
}

static void on_changed(void *data, const char *authority)
{
    struct watches *watches = data;
    for (struct watcher *watcher = watches->first; watcher; watcher = watcher->next) {
        const char *tenant = watcher->execution->tenant;
        if (!authority || !*authority || !tenant || strcmp(authority, tenant) == 0) {
            mark_due(watcher);
        }
    }
}

static void on_turn(void *data)
{
    struct watches *watches = data;
    if (!watches->any_due) {
        return;
    }
    watches->any_due = false;
    for (struct watcher *watcher = watches->first, *next; watcher; watcher = next) {
        next = watcher->next;
        if (watcher->due) {
            run(watcher);
        }
    }
}

static void on_tick(void *data)
{
    struct watches *watches = data;
    uint64_t now = watches->loop->now_ms;
    struct err err = {0};
    for (struct watcher *watcher = watches->first, *next; watcher; watcher = next) {
        next = watcher->next;
        if (now - watcher->ran_ms > WATCH_POLL_MS && watcher->behind_ms == 0) {
            mark_due(watcher);
        }
        if (watcher->behind_ms > 0 && now - watcher->behind_ms > WATCH_PATIENCE_MS) {
            watcher->behind_ms = 0;
            err_set(&err, GRPC_RESOURCE_EXHAUSTED,
                    "changes come faster than they are read; watch again from the last cursor");
            call_finish(watcher->execution->call, &err);
        }
    }
}

void watches_init(struct watches *watches, struct loop *loop, struct db *db)
{
    *watches = (struct watches){.loop = loop};
    db_on_change(db, on_changed, watches);
    loop_on_turn(loop, on_turn, watches);
    loop_on_tick(loop, on_tick, watches);
}

void sql_watch(struct call *call, const ProtobufCMessage *request)
{
    struct execution *execution = execution_begin(call, request);
    struct watcher *watcher = arena_calloc(&call->arena, 1, sizeof(*watcher));
    struct err err = {0};
    if (!execution) {
        return;
    }
    if (!watcher) {
        call_no_memory(call);
        return;
    }
    watcher->watches = execution_context(call)->watches;
    watcher->execution = execution;
    watcher->request_cursor =
        protobuf_c_message_descriptor_get_field_by_name(call->method->input, "cursor");
    watcher->reply_cursor =
        protobuf_c_message_descriptor_get_field_by_name(call->method->output, "cursor");
    const char *cursor = execution_string(request, watcher->request_cursor);
    if (strlen(cursor) >= WATCH_MAX_CURSOR) {
        err_violation(&err, &call->arena, "cursor", "", "is none that this service gave");
        call_finish(call, &err);
        return;
    }
    snprintf(watcher->cursor, sizeof(watcher->cursor), "%s", cursor);
    mark_due(watcher);
    watcher->next = watcher->watches->first;
    if (watcher->next) {
        watcher->next->prev = watcher;
    }
    watcher->watches->first = watcher;
    watcher->watches->count++;
    execution->data = watcher;
    execution->arena = &call->scratch;
    call->drained = on_drained;
    call->freed = watcher_freed;
    call_send_headers(call);
}
