/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers a stream of requests with one write: each array parameter gathers its field from every
 * request, and all is recorded in one transaction or nothing is. Other parameters are of the first
 * request, which also names the authority for all.
 */
#include "common/base/be.h"
#include "server/sqlrpc/execution.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { ARRAY_HEADER = 20, ARRAY_NULL = -1 };

struct column {
    const struct bind_param *param;
    struct buf bytes; /* a binary array: header, then length and value of each element */
};

/* On the heap, as it grows; goes with the call. */
struct gather {
    struct execution *execution;
    struct column columns[BIND_MAX_PARAMS];
    unsigned column_count;
    size_t count; /* requests so far */
    size_t bytes; /* of all columns; counted in rpc->buffered */
    EVP_MD_CTX *hash;
    struct err err; /* what is wrong with them */
};

static void gather_freed(struct call *call)
{
    struct execution *execution = call->data;
    struct gather *gather = execution->data;
    call->rpc->buffered -= gather->bytes;
    for (unsigned i = 0; i < gather->column_count; i++) {
        buf_deinit(&gather->columns[i].bytes);
    }
    EVP_MD_CTX_free(gather->hash);
    free(gather);
}

static void fail(struct call *call, const char *message)
{
    struct err err = {0};
    err_set(&err, GRPC_RESOURCE_EXHAUSTED, "%s", message);
    call_finish(call, &err);
}

static bool gathered(struct execution *execution, const struct bind_param *param,
                     const char **ret_value, int *ret_length)
{
    struct gather *gather = execution->data;
    for (unsigned i = 0; i < gather->column_count; i++) {
        struct column *column = &gather->columns[i];
        if (column->param == param) {
            char *header = (char *)buf_head(&column->bytes);
            be_put32(header, 1); /* dimensions */
            be_put32(header + 4, 1);
            be_put32(header + 8, param->type->oid);
            be_put32(header + 12, (uint32_t)gather->count);
            be_put32(header + 16, 1); /* lower bound */
            *ret_value = header;
            *ret_length = (int)column->bytes.len;
        }
    }
    return *ret_value != NULL;
}

static bool gather_columns(struct gather *gather)
{
    const struct sql_method *method = gather->execution->method;
    for (unsigned i = 0; i < method->statement_count; i++) {
        const struct sql_statement *statement = &method->statements[i];
        for (int k = 0; k < statement->db.param_count; k++) {
            struct column *column = &gather->columns[gather->column_count];
            if (statement->params[k].is_array) {
                column->param = &statement->params[k];
                gather->column_count++;
                if (!buf_reserve(&column->bytes, ARRAY_HEADER)) {
                    return false;
                }
                column->bytes.len = ARRAY_HEADER;
            }
        }
    }
    return true;
}

/* The first request outlives the others: the scalars and the name of the authority are its own. */
static ProtobufCMessage *keep_first(struct call *call)
{
    ProtobufCAllocator allocator = arena_protobuf_allocator(&call->arena);
    uint8_t *copy = arena_alloc(&call->arena, call->request_len + 1);
    if (!copy) {
        return NULL;
    }
    memcpy(copy, call->request, call->request_len);
    return protobuf_c_message_unpack(call->method->input, &allocator, call->request_len, copy);
}

static void admitted(struct call *call, const struct db_settings *settings)
{
    struct execution *execution = call->data;
    if (settings && !call->answered) {
        execution_job(execution, settings);
        call_resume(call);
    }
}

static struct gather *gather_begin(struct call *call)
{
    ProtobufCMessage *first = keep_first(call);
    if (!first) {
        call_no_memory(call);
        return NULL;
    }
    struct execution *execution = execution_begin(call, first);
    if (!execution) {
        return NULL;
    }
    struct gather *gather = calloc(1, sizeof(*gather));
    execution->data = gather;
    if (!gather) {
        call_no_memory(call);
        return NULL;
    }
    gather->execution = execution;
    gather->hash = EVP_MD_CTX_new();
    execution->gathered = gathered;
    call->freed = gather_freed;
    if (!gather->hash || !EVP_DigestInit_ex(gather->hash, EVP_sha256(), NULL) ||
        !gather_columns(gather)) {
        call_no_memory(call);
        return NULL;
    }
    return gather;
}

/* Violations name the request they are of, counted from 0. */
static void take_violations(struct call *call, struct gather *gather, const struct err *err)
{
    for (size_t i = 0; i < err->violation_count; i++) {
        const struct err_violation *violation = &err->violations[i];
        const char *field =
            arena_printf(&call->arena, "requests[%zu].%s", gather->count, violation->field);
        if (field) {
            err_violation(&gather->err, &call->arena, field, violation->reason, "%s",
                          violation->description);
        }
    }
}

static bool append_value(struct column *column, const char *value, int length)
{
    char size[4];
    be_put32(size, value ? (uint32_t)length : (uint32_t)ARRAY_NULL);
    return buf_append(&column->bytes, size, sizeof(size)) &&
           (!value || buf_append(&column->bytes, value, (size_t)length));
}

static bool gather_row(struct call *call, struct gather *gather, const ProtobufCMessage *request)
{
    size_t bytes = 0;
    struct err err = {0};
    for (unsigned i = 0; i < gather->column_count; i++) {
        struct column *column = &gather->columns[i];
        const char *value = NULL;
        int length = 0;
        bind_element(column->param, request, gather->execution->tenant, &call->scratch, &value,
                     &length, &err);
        if (!append_value(column, value, length)) {
            return false;
        }
        bytes += column->bytes.len;
        if (err.code == GRPC_RESOURCE_EXHAUSTED) {
            return false;
        }
    }
    take_violations(call, gather, &err);
    call->rpc->buffered += bytes - gather->bytes;
    gather->bytes = bytes;
    gather->count++;
    return EVP_DigestUpdate(gather->hash, call->request, call->request_len) == 1;
}

void sql_gather(struct call *call, const ProtobufCMessage *request)
{
    struct execution *execution = call->data;
    struct gather *gather = execution ? execution->data : gather_begin(call);
    bool first = !execution;
    if (!gather) {
        return;
    }
    if (!gather_row(call, gather, request)) {
        call_no_memory(call);
    } else if (gather->count > GATHER_MAX_REQUESTS || gather->bytes > GATHER_MAX_BYTES) {
        fail(call, "too much for one stream; send it in several");
    } else if (call->rpc->buffered > CALL_MAX_BUFFERED) {
        fail(call, "too many requests are coming in; try again shortly");
    } else if (first) {
        call_pause(call); /* nobody fills our memory before we know that they may */
        execution_admit(gather->execution, admitted);
    }
}

void sql_gather_end(struct call *call)
{
    struct execution *execution = call->data;
    struct err err = {0};
    if (!execution) {
        err_set(&err, GRPC_INVALID_ARGUMENT, "there is nothing in the stream");
        call_finish(call, &err);
        return;
    }
    struct gather *gather = execution->data;
    if (!EVP_DigestFinal_ex(gather->hash, execution->hash, NULL)) {
        call_no_memory(call);
        return;
    }
    if (gather->err.violation_count == 0 && execution_steps(execution, false, &gather->err)) {
        struct db_settings settings = execution->job.settings;
        uint64_t longest = call->rpc->loop->now_ms + CALL_MAX_TIMEOUT_MS;
        call->deadline_ms = call->deadline_ms < longest ? call->deadline_ms : longest;
        execution_job(execution, &settings);
        execution->job.rows = execution_rows;
        execution->job.done = execution_done;
        execution_submit(execution);
    } else {
        call_finish(call, &gather->err);
    }
}
