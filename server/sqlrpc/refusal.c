/* SPDX-License-Identifier: Apache-2.0 */
/* A refused write leaves nothing, so that it was tried is written after it. */
#include "server/sqlrpc/execution.h"

#include "common/base/log.h"

#include <string.h>

/* What the request itself is at fault for; a database that is away is no refusal. */
static bool is_refusal(enum grpc_code code)
{
    return code == GRPC_INVALID_ARGUMENT || code == GRPC_FAILED_PRECONDITION ||
           code == GRPC_ALREADY_EXISTS || code == GRPC_ABORTED;
}

static const char *codes_of(const struct execution *execution)
{
    const struct err *err = &execution->refusal;
    size_t room = 1;
    for (size_t i = 0; i < err->violation_count; i++) {
        room += strlen(err->violations[i].reason) + 1;
    }
    char *codes = arena_alloc(execution->arena, room);
    char *at = codes;
    for (size_t i = 0; codes && i < err->violation_count; i++) {
        size_t len = strlen(err->violations[i].reason);
        memcpy(at, err->violations[i].reason, len);
        at += len;
        *at++ = ' ';
    }
    if (codes) {
        *at = '\0';
    }
    return codes ? codes : "";
}

void refusal_write(const struct execution *execution, enum bind_refusal what,
                   const char **ret_value, int *ret_length)
{
    const struct err *err = &execution->refusal;
    *ret_value = what == BIND_STATUS    ? grpc_code_name(err->code)
                 : what == BIND_MESSAGE ? err->message
                                        : codes_of(execution);
    *ret_length = (int)strlen(*ret_value);
}

static void recorded(struct db_job *job)
{
    struct execution *execution = execution_of(job);
    struct call *call = execution->call;
    if (job->err.code != GRPC_OK) {
        log_event(LOG_LEVEL_ERROR, "unrecorded", "{s:s, s:s, s:s}", "method",
                  execution->method->path + 1, "peer", call->peer, "error", job->err.message);
    }
    call_finish(call, &execution->refusal);
    call_release(call);
}

bool refusal_record(struct execution *execution)
{
    const struct sql_method *method = execution->method;
    struct db_job *job = &execution->job;
    struct err err = {0};
    struct call *call = execution->call;
    if (job->dry_run || !is_refusal(job->err.code)) {
        return false;
    }
    execution->refusal = job->err;
    job->step_count = 0;
    for (unsigned i = 0; i < method->statement_count; i++) {
        if (method->statements[i].on_refusal &&
            !execution_bind(execution, &method->statements[i], &err)) {
            return false;
        }
    }
    if (job->step_count == 0) {
        return false;
    }
    job->rows = db_no_rows;
    job->done = recorded;
    /* whether the client still waits or not */
    call->cancel = NULL;
    job->cancelled = false;
    job->deadline_ms = call->rpc->loop->now_ms + CALL_DEFAULT_TIMEOUT_MS;
    db_submit(execution_context(call)->db, job);
    return true;
}
