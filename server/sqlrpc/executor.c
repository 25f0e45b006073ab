/* SPDX-License-Identifier: Apache-2.0 */
/* Carries out a call: request fields to parameters, one job, rows to reply fields. */
#include "google/protobuf/field_mask.pb-c.h"
#include "server/sqlrpc/audit.h"
#include "server/sqlrpc/execution.h"
#include "server/sqlrpc/recall.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

enum { UUID_OID = 2950, TEXT_OID = 25, BYTEA_OID = 17 };

static const Oid begin_types[] = {UUID_OID, TEXT_OID, BYTEA_OID};

struct db_statement sql_request_begin = {
    .name = "request_begin",
    .sql = "SELECT request_begin($1, $2, $3)",
    .param_count = EXECUTION_BEGIN_PARAMS,
    .param_types = begin_types,
};

/* --- rows to reply -------------------------------------------------------------------------------
 */

ProtobufCMessage *execution_message(const ProtobufCMessageDescriptor *descriptor,
                                    struct arena *arena)
{
    ProtobufCMessage *message = arena_alloc(arena, descriptor->sizeof_message);
    if (message) {
        descriptor->message_init(message);
    }
    return message;
}

/* Makes room for `count` messages in the repeated field, or the one message of a singular field,
 * and returns where their pointers go. NULL when memory is short. */
static ProtobufCMessage **targets_of(struct execution *execution,
                                     const struct sql_statement *statement, size_t count)
{
    struct arena *arena = execution->arena;
    ProtobufCMessage *message = execution->reply;
    const struct bind_path *into = &statement->into;
    for (unsigned i = 0; i + 1 < into->depth; i++) {
        ProtobufCMessage **below = (ProtobufCMessage **)((char *)message + into->fields[i]->offset);
        *below = *below ? *below : execution_message(into->fields[i]->descriptor, arena);
        message = *below;
        if (!message) {
            return NULL;
        }
    }
    const ProtobufCFieldDescriptor *last = into->fields[into->depth - 1];
    void *member = (char *)message + last->offset;
    if (last->label != PROTOBUF_C_LABEL_REPEATED) {
        return member;
    }
    ProtobufCMessage **list = arena_calloc(arena, count, sizeof(*list));
    *(ProtobufCMessage ***)member = list;
    *(size_t *)((char *)message + last->quantifier_offset) = list ? count : 0;
    return list;
}

bool execution_fill(struct execution *execution, const struct sql_statement *statement,
                    const PGresult *rows, int row, ProtobufCMessage *message)
{
    struct err *err = &execution->job.err;
    for (unsigned i = 0; i < statement->column_count; i++) {
        const char *data = PQgetisnull(rows, row, (int)i) ? NULL : PQgetvalue(rows, row, (int)i);
        const char *wrong =
            bind_read(&statement->columns[i], data, (size_t)PQgetlength(rows, row, (int)i), message,
                      execution->arena);
        if (wrong) {
            snprintf(err->detail, sizeof(err->detail), "%s: column \"%s\" %s",
                     execution->method->file, PQfname(rows, (int)i), wrong);
            return err_set(err, GRPC_INTERNAL, "the service could not do this; its log says why");
        }
    }
    return true;
}

static bool no_memory(struct execution *execution)
{
    return err_set(&execution->job.err, GRPC_RESOURCE_EXHAUSTED,
                   "the reply needs too much memory; ask for smaller pages");
}

static bool not_found(struct execution *execution)
{
    const struct sql_method *method = execution->method;
    const char *name = "";
    if (method->has_tenant) {
        const ProtobufCMessage *message = execution->request;
        for (unsigned i = 0; message && i + 1 < method->tenant.path.depth; i++) {
            message = *(ProtobufCMessage *const *)((const char *)message +
                                                   method->tenant.path.fields[i]->offset);
        }
        name = message ? execution_string(message,
                                          method->tenant.path.fields[method->tenant.path.depth - 1])
                       : "";
    }
    return err_set(&execution->job.err, GRPC_NOT_FOUND, "%s%snot found", name, *name ? ": " : "");
}

bool execution_rows(struct db_job *job, unsigned step, const PGresult *rows)
{
    struct execution *execution = execution_of(job);
    const struct sql_statement *statement = execution->answering[step];
    if (!statement || statement->is_write) {
        return true;
    }
    struct arena *arena = execution->arena;
    if (step == execution->first_into) {
        execution->reply = execution_message(execution->method->method.output, arena);
    }
    if (!execution->reply) {
        return no_memory(execution);
    }
    int count = PQntuples(rows);
    if (statement->into_reply) {
        return count == 1 ? execution_fill(execution, statement, rows, 0, execution->reply)
                          : not_found(execution);
    }
    const ProtobufCFieldDescriptor *last = statement->into.fields[statement->into.depth - 1];
    bool is_list = last->label == PROTOBUF_C_LABEL_REPEATED;
    if (!is_list && count != 1) {
        return not_found(execution);
    }
    if (count == 0) {
        return true;
    }
    ProtobufCMessage **targets = targets_of(execution, statement, (size_t)count);
    for (int row = 0; targets && row < count; row++) {
        /* a statement may add to a message that an earlier one began */
        targets[row] = targets[row] ? targets[row] : execution_message(statement->row, arena);
        if (!targets[row]) {
            return no_memory(execution);
        }
        if (!execution_fill(execution, statement, rows, row, targets[row])) {
            return false;
        }
    }
    return targets ? true : no_memory(execution);
}

/* --- the job
 * ---------------------------------------------------------------------------------------- */

static void remember_cost(struct sql_method *method, unsigned cost_us)
{
    unsigned usual = atomic_load_explicit(&method->cost_us, memory_order_relaxed);
    unsigned next = usual - usual / 8 + cost_us / 8;
    atomic_store_explicit(&method->cost_us, next, memory_order_relaxed);
}

/* The request was done before: answer from what it left, over a connection that cannot write. */
static bool begin_replay(struct execution *execution)
{
    struct err err = {0};
    if (!execution_steps(execution, true, &err)) {
        execution->job.err = err;
        return false;
    }
    execution->job.lane = DB_READ;
    db_submit(execution_context(execution->call)->db, &execution->job);
    return true;
}

/* A constraint knows the field's own name only; the client is told its path in the request. */
static void qualify_field(struct execution *execution, struct err_violation *violation)
{
    const ProtobufCMessageDescriptor *input = execution->method->method.input;
    struct err *err = &execution->job.err;
    struct bind_path path;
    const char *leaf = violation->field;
    if (strpbrk(leaf, ".[") || bind_path_resolve(input, leaf, strlen(leaf), &path)) {
        return;
    }
    for (unsigned i = 0; i < input->n_fields; i++) {
        char full[BIND_TEXT];
        snprintf(full, sizeof(full), "%s.%s", input->fields[i].name, leaf);
        if (!bind_path_resolve(input, full, strlen(full), &path) || path.crossing >= 0) {
            continue;
        }
        size_t len = strlen(leaf);
        if (strncmp(err->message, leaf, len) == 0 && err->message[len] == ':') {
            err_set(err, err->code, "%s: %s", full, violation->description);
        }
        char *copy = arena_strndup(execution->arena, full, strlen(full));
        violation->field = copy ? copy : leaf;
        return;
    }
}

void execution_done(struct db_job *job)
{
    struct execution *execution = execution_of(job);
    struct call *call = execution->call;
    call->times.sent = job->sent_us;
    call->times.settled = job->settled_us;
    if (strcmp(job->err.sqlstate, DB_SQLSTATE_REPLAY) == 0 && begin_replay(execution)) {
        return;
    }
    for (size_t i = 0; i < job->err.violation_count; i++) {
        qualify_field(execution, &job->err.violations[i]);
    }
    if (job->err.code != GRPC_OK && refusal_record(execution)) {
        return;
    }
    if (job->err.code != GRPC_OK) {
        call_finish(call, &job->err);
    } else {
        if (job->cost_us > 0) {
            remember_cost(execution->method, job->cost_us);
        }
        if (!execution->reply) { /* a reply without fields has no statement to make it */
            execution->reply = execution_message(execution->method->method.output, &call->arena);
        }
        const struct sql_step *step = execution->method->step;
        struct err err;
        err_clear(&err);
        bool good = !execution->reply || !step || !step->after ||
                    step->after(execution, execution->reply, &err);
        if (execution->reply && good) {
            call_reply(call, execution->reply);
        }
        call_finish(call, good ? NULL : &err);
    }
    call->cancel = NULL;
    call_release(call);
}

static void on_cancel(struct call *call)
{
    ((struct execution *)call->data)->job.cancelled = true;
}

bool execution_has_request_id(const struct execution *execution)
{
    const struct sql_method *method = execution->method;
    return method->is_write && method->request_id &&
           *execution_string(execution->request, method->request_id);
}

/* The step that makes a repeated request_id count once. */
static bool begin_step(struct execution *execution, struct err *err)
{
    struct sql_method *method = execution->method;
    enum value_result result =
        value_write(VALUE_UUID, method->request_id, NULL,
                    (const char *)execution->request + method->request_id->offset, execution->arena,
                    &execution->begin_values[0], &execution->begin_lengths[0]);
    if (result != VALUE_OK) {
        return err_violation(err, execution->arena, "request_id", "", "must be a UUID");
    }
    execution->begin_values[1] = method->path + 1;
    execution->begin_lengths[1] = (int)strlen(method->path + 1);
    execution->begin_values[2] = (const char *)execution->hash;
    execution->begin_lengths[2] = EXECUTION_HASH_SIZE;
    execution->steps[0] =
        (struct db_step){&sql_request_begin, execution->begin_values, execution->begin_lengths};
    execution->answering[0] = NULL;
    execution->job.step_count = 1;
    return true;
}

bool execution_bind(struct execution *execution, const struct sql_statement *statement,
                    struct err *err)
{
    struct arena *arena = execution->arena;
    unsigned count = (unsigned)statement->db.param_count;
    const char **values = arena_calloc(arena, count + 1, sizeof(*values));
    int *lengths = arena_calloc(arena, count + 1, sizeof(*lengths));
    if (!values || !lengths) {
        return err_no_memory(err);
    }
    bool good = true;
    for (unsigned i = 0; i < count; i++) {
        const struct bind_param *param = &statement->params[i];
        if (param->refusal != BIND_NO_REFUSAL) {
            refusal_write(execution, param->refusal, &values[i], &lengths[i]);
            continue;
        }
        good = (execution->gathered && param->is_array
                    ? execution->gathered(execution, param, &values[i], &lengths[i])
                    : bind_write(param, execution->request, execution->tenant, arena, &values[i],
                                 &lengths[i], err)) &&
               good;
    }
    unsigned at = execution->job.step_count++;
    execution->steps[at] = (struct db_step){&statement->db, values, lengths};
    execution->answering[at] = statement;
    return good;
}

/* Two statements that bind the same bad field say so once. */
static void drop_repeated(struct err *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < err->violation_count; i++) {
        const struct err_violation *violation = &err->violations[i];
        bool seen = false;
        for (size_t k = 0; k < kept && !seen; k++) {
            seen = strcmp(err->violations[k].field, violation->field) == 0 &&
                   strcmp(err->violations[k].description, violation->description) == 0;
        }
        if (!seen) {
            err->violations[kept++] = *violation;
        }
    }
    err->violation_count = kept;
}

bool execution_steps(struct execution *execution, bool replay, struct err *err)
{
    struct sql_method *method = execution->method;
    bool good = true;
    execution->job.step_count = 0;
    execution->first_into = DB_MAX_STEPS;
    if (!replay && execution_has_request_id(execution)) {
        good = begin_step(execution, err);
    }
    for (unsigned i = 0; i < method->statement_count; i++) {
        const struct sql_statement *statement = &method->statements[i];
        if (statement->on_refusal || (statement->is_write && replay)) {
            continue;
        }
        if (!statement->is_write && execution->first_into == DB_MAX_STEPS) {
            execution->first_into = execution->job.step_count;
        }
        good = execution_bind(execution, statement, err) && good;
    }
    drop_repeated(err);
    bool leaves_entry = method->is_write || method->is_audited;
    return good && (replay || !leaves_entry || audit_step(execution, err));
}

static bool check_mask(struct execution *execution, struct err *err)
{
    const struct sql_method *method = execution->method;
    const Google__Protobuf__FieldMask *mask =
        method->update_mask
            ? *(Google__Protobuf__FieldMask *const *)((const char *)execution->request +
                                                      method->update_mask->offset)
            : NULL;
    bool good = true;
    for (size_t i = 0; mask && i < mask->n_paths; i++) {
        struct bind_path path;
        char where[BIND_MAX_NAME];
        if (!bind_path_resolve(method->masked, mask->paths[i], strlen(mask->paths[i]), &path)) {
            snprintf(where, sizeof(where), "update_mask.paths[%zu]", i);
            good = err_violation(err, execution->arena, where, "", "\"%s\" is no field of %s",
                                 mask->paths[i], method->masked->short_name);
        }
    }
    return good;
}

void execution_job(struct execution *execution, const struct db_settings *settings)
{
    struct sql_method *method = execution->method;
    struct call *call = execution->call;
    unsigned usual = atomic_load_explicit(&method->cost_us, memory_order_relaxed);
    uint64_t longest = call->rpc->loop->now_ms + CALL_MAX_TIMEOUT_MS;
    struct db_job *job = &execution->job;
    job->settings = *settings;
    job->trace = call->trace;
    job->steps = execution->steps;
    job->lane = method->is_write || method->is_audited ? DB_WRITE
                : usual > METHOD_HEAVY_US              ? DB_HEAVY
                                                       : DB_READ;
    job->dry_run =
        method->validate_only && *(const protobuf_c_boolean *)((const char *)execution->request +
                                                               method->validate_only->offset);
    job->deadline_ms = call->deadline_ms < longest ? call->deadline_ms : longest;
    job->arena = execution->arena;
}

void execution_submit(struct execution *execution)
{
    struct call *call = execution->call;
    execution->job.cancelled = false;
    call->cancel = on_cancel;
    call_hold(call);
    db_submit(execution_context(call)->db, &execution->job);
}

static void submit(struct execution *execution, const struct db_settings *settings)
{
    execution_job(execution, settings);
    execution->job.rows = execution_rows;
    execution->job.done = execution_done;
    execution_submit(execution);
}

static void admitted(struct call *call, const struct db_settings *settings)
{
    struct execution *execution = call->data;
    if (!settings || call->answered) {
        return; /* refused, or given up on while it waited to be admitted */
    }
    if (recall_run(execution, settings)) {
        return;
    }
    if (execution->method->step && execution->method->step->before) {
        execution->method->step->before(execution, settings);
    } else {
        execution_go_on(execution, settings);
    }
}

void execution_go_on(struct execution *execution, const struct db_settings *settings)
{
    struct err err;
    err_clear(&err);
    bool good = check_mask(execution, &err);
    good = execution_steps(execution, false, &err) && good;
    if (good) {
        submit(execution, settings);
    } else {
        call_finish(execution->call, &err);
    }
}

/* Finds the authority that the request names. */
static bool take_tenant(struct execution *execution, struct err *err)
{
    const struct sql_method *method = execution->method;
    struct bind_param param = method->tenant;
    const char *value;
    int length;
    execution->tenant = NULL;
    if (!method->has_tenant) {
        return true;
    }
    param.segment = 0;
    if (!bind_write(&param, execution->request, NULL, execution->arena, &value, &length, err)) {
        return false;
    }
    if (length == 0) {
        char shape[BIND_TEXT];
        bind_shape_text(&param.shape, shape);
        return err_violation(err, execution->arena, param.text, "", "must have the form %s", shape);
    }
    execution->tenant = value;
    return true;
}

struct execution *execution_begin(struct call *call, const ProtobufCMessage *request)
{
    struct execution *execution = arena_calloc(&call->arena, 1, sizeof(*execution));
    struct err err;
    err_clear(&err);
    if (!execution) {
        call_no_memory(call);
        return NULL;
    }
    execution->call = call;
    execution->arena = &call->arena;
    execution->method = call->method->data;
    execution->request = request;
    call->data = execution;
    if (!take_tenant(execution, &err)) {
        call_finish(call, &err);
        return NULL;
    }
    return execution;
}

void execution_admit(struct execution *execution,
                     void (*then)(struct call *call, const struct db_settings *settings))
{
    auth_admit(execution_context(execution->call)->auth, execution->call, &execution->method->rule,
               execution->tenant ? execution->tenant : "", then);
}

void sql_execute(struct call *call, const ProtobufCMessage *request)
{
    struct execution *execution = execution_begin(call, request);
    if (!execution) {
        return;
    }
    bool is_hashed = execution->method->is_write || execution->method->is_audited;
    if (is_hashed &&
        !EVP_Digest(call->request, call->request_len, execution->hash, NULL, EVP_sha256(), NULL)) {
        call_no_memory(call); /* under a wrong hash, the request's repetition would be another's */
        return;
    }
    recall_prepare(execution);
    execution_admit(execution, admitted);
}
