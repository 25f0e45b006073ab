/* SPDX-License-Identifier: Apache-2.0 */
#include "server/sqlrpc/recall.h"

#include "server/sqlrpc/memo.h"

#include <stdio.h>
#include <string.h>

struct db_statement recall_stamp = {
    .name = "stamp",
    .sql =
        "SELECT coalesce((SELECT last FROM change_count WHERE authority_id = app_authority()), 0)"
        " || ' ' || current_date",
};

/* What a run that may be kept needs beside its execution; in the call's arena. */
struct recall {
    const uint8_t *request;
    size_t request_len;
    char stamp[MEMO_STAMP_SIZE]; /* as of this run's snapshot */
};

static struct memo_key key_of(const struct execution *execution)
{
    const struct recall *recall = execution->data;
    return (struct memo_key){.method = execution->method,
                             .settings = &execution->job.settings,
                             .request = recall->request,
                             .request_len = recall->request_len};
}

void recall_prepare(struct execution *execution)
{
    const struct sql_method *method = execution->method;
    struct call *call = execution->call;
    unsigned usual = atomic_load_explicit(&method->cost_us, memory_order_relaxed);
    if (method->is_write || method->is_audited || method->is_fresh || !method->has_tenant ||
        usual < MEMO_WORTH_US || call->request_len > MEMO_MAX_KEY) {
        return;
    }
    struct recall *recall = arena_calloc(execution->arena, 1, sizeof(*recall));
    uint8_t *copy = arena_alloc(execution->arena, call->request_len + 1);
    if (recall && copy) {
        memcpy(copy, call->request, call->request_len);
        recall->request = copy;
        recall->request_len = call->request_len;
        execution->data = recall;
    }
}

static void take_stamp(struct execution *execution, const PGresult *rows)
{
    struct recall *recall = execution->data;
    snprintf(recall->stamp, sizeof(recall->stamp), "%s",
             PQntuples(rows) == 1 ? PQgetvalue(rows, 0, 0) : "");
}

static bool on_rows(struct db_job *job, unsigned step, const PGresult *rows)
{
    struct execution *execution = execution_of(job);
    if (execution->steps[step].statement == &recall_stamp) {
        take_stamp(execution, rows);
        return true;
    }
    return execution_rows(job, step, rows);
}

static void keep(struct execution *execution)
{
    const struct recall *recall = execution->data;
    struct memo_key key = key_of(execution);
    size_t len = protobuf_c_message_get_packed_size(execution->reply);
    uint8_t *packed = len <= MEMO_MAX_REPLY ? arena_alloc(execution->arena, len + 1) : NULL;
    if (packed && *recall->stamp) {
        protobuf_c_message_pack(execution->reply, packed);
        memos_keep(execution_context(execution->call)->memos, &key, recall->stamp, packed, len);
    }
}

static void on_full_done(struct db_job *job)
{
    struct execution *execution = execution_of(job);
    /* of a call that was given up the last rows may not have been taken */
    if (job->err.code == GRPC_OK && !job->cancelled && execution->reply) {
        keep(execution);
    }
    execution_done(job);
}

/* The stamp first, then everything, in one snapshot. False with job.err. */
static bool full_steps(struct execution *execution)
{
    struct db_job *job = &execution->job;
    if (!execution_steps(execution, false, &job->err)) {
        return false;
    }
    memmove(execution->steps + 1, execution->steps, job->step_count * sizeof(*execution->steps));
    memmove(execution->answering + 1, execution->answering,
            job->step_count * sizeof(*execution->answering));
    execution->steps[0] = (struct db_step){.statement = &recall_stamp};
    execution->answering[0] = NULL;
    execution->first_into++;
    job->step_count++;
    job->rows = on_rows;
    job->done = on_full_done;
    return true;
}

/* Answers from the memo if it is still true, else runs everything. */
static void on_probe_done(struct db_job *job)
{
    struct execution *execution = execution_of(job);
    struct call *call = execution->call;
    struct sql_context *context = execution_context(call);
    const struct recall *recall = execution->data;
    struct memo_key key = key_of(execution);
    const struct memo *memo = memos_find(context->memos, &key);
    if (job->err.code == GRPC_OK && memo && strcmp(memo->stamp, recall->stamp) == 0) {
        call->times.sent = job->sent_us;
        call->times.settled = job->settled_us;
        call_reply_packed(call, memo->reply, memo->reply_len);
        call_finish(call, NULL);
        call->cancel = NULL;
        call_release(call);
        return;
    }
    if (job->err.code != GRPC_OK || !full_steps(execution)) {
        execution_done(job);
        return;
    }
    struct db_settings settings = job->settings;
    execution_job(execution, &settings);
    db_submit(context->db, job);
}

bool recall_run(struct execution *execution, const struct db_settings *settings)
{
    struct db_job *job = &execution->job;
    if (!execution->data) {
        return false;
    }
    execution_job(execution, settings);
    struct memo_key key = key_of(execution);
    if (memos_find(execution_context(execution->call)->memos, &key)) {
        execution->steps[0] = (struct db_step){.statement = &recall_stamp};
        execution->answering[0] = NULL;
        job->step_count = 1;
        job->lane = DB_READ;
        job->rows = on_rows;
        job->done = on_probe_done;
    } else if (!full_steps(execution)) {
        call_finish(execution->call, &job->err);
        return true;
    }
    execution_submit(execution);
    return true;
}
