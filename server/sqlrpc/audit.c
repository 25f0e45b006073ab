/* SPDX-License-Identifier: Apache-2.0 */
#include "server/sqlrpc/audit.h"

#include "common/base/log.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_OID = 25, BYTEA_OID = 17, INT8_OID = 20 };
enum { WRITE_PARAMS = 4, READ_PARAMS = 3, DENIED_PARAMS = 5 };
enum { AUTHORITY_MOST = 64, METHOD_MOST = 200, PRINCIPAL_MOST = 40, ROLE_MOST = 64 };

static const Oid write_types[WRITE_PARAMS] = {TEXT_OID, TEXT_OID, TEXT_OID, BYTEA_OID};
static const Oid read_types[READ_PARAMS] = {TEXT_OID, TEXT_OID, BYTEA_OID};
static const Oid denied_types[DENIED_PARAMS] = {TEXT_OID, TEXT_OID, TEXT_OID, TEXT_OID, INT8_OID};

struct db_statement audit_write = {
    .name = "audit_write",
    .sql = "SELECT audit_write($1, $2, $3, $4)",
    .param_count = WRITE_PARAMS,
    .param_types = write_types,
};

struct db_statement audit_read = {
    .name = "audit_read",
    .sql = "SELECT audit_read($1, $2, $3)",
    .param_count = READ_PARAMS,
    .param_types = read_types,
};

struct db_statement audit_denied = {
    .name = "audit_denied",
    .sql = "SELECT audit_denied($1, $2, $3, $4, $5)",
    .param_count = DENIED_PARAMS,
    .param_types = denied_types,
};

bool audit_step(struct execution *execution, struct err *err)
{
    const struct sql_method *method = execution->method;
    int count = method->is_write ? WRITE_PARAMS : READ_PARAMS;
    const char **values = arena_calloc(execution->arena, (size_t)count, sizeof(*values));
    int *lengths = arena_calloc(execution->arena, (size_t)count, sizeof(*lengths));
    if (!values || !lengths) {
        return err_no_memory(err);
    }
    values[0] = method->path + 1;
    values[1] = execution->call->peer;
    if (method->is_write) {
        values[2] =
            method->request_id ? execution_string(execution->request, method->request_id) : "";
    }
    for (int i = 0; i < count - 1; i++) {
        lengths[i] = (int)strlen(values[i]);
    }
    values[count - 1] = (const char *)execution->hash;
    lengths[count - 1] = EXECUTION_HASH_SIZE;
    unsigned at = execution->job.step_count++;
    execution->steps[at] =
        (struct db_step){method->is_write ? &audit_write : &audit_read, values, lengths};
    execution->answering[at] = NULL;
    return true;
}

/* --- what was denied ---------------------------------------------------------------------------
 */

/* Outlives its call. */
struct denial {
    struct db_job job;
    struct audit *audit;
    struct arena arena;
    struct db_step step;
    const char *values[DENIED_PARAMS];
    int lengths[DENIED_PARAMS];
    char authority[AUTHORITY_MOST];
    char method[METHOD_MOST];
    char peer[CONN_PEER_TEXT];
    char principal[PRINCIPAL_MOST];
    char role[ROLE_MOST];
    uint64_t missed;
    uint64_t missed_be;
};

static void recorded(struct db_job *job)
{
    struct denial *denial = (struct denial *)((char *)job - offsetof(struct denial, job));
    struct audit *audit = denial->audit;
    audit->waiting--;
    if (job->err.code != GRPC_OK) {
        audit->missed += denial->missed + 1;
        log_event(LOG_LEVEL_ERROR, "unaudited", "{s:s, s:s, s:s, s:s, s:s}", "method",
                  denial->method, "peer", denial->peer, "principal", denial->principal, "authority",
                  denial->authority, "error", job->err.message);
    }
    arena_deinit(&denial->arena);
    free(denial);
}

static void copy(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%s", from ? from : "");
}

void audit_refused(struct call *call, const struct err *err)
{
    enum { ARENA_CAP = 4096 };
    struct audit *audit = execution_context(call)->audit;
    struct denial *denial = audit->waiting < AUDIT_MAX_WAITING ? calloc(1, sizeof(*denial)) : NULL;
    if (!denial) {
        audit->missed++;
        return;
    }
    denial->audit = audit;
    denial->missed = audit->missed;
    denial->missed_be = htobe64(audit->missed);
    audit->missed = 0;
    arena_init(&denial->arena, ARENA_CAP);
    copy(denial->authority, sizeof(denial->authority), call->authority);
    copy(denial->method, sizeof(denial->method), call->path ? call->path + 1 : "");
    copy(denial->peer, sizeof(denial->peer), call->peer);
    copy(denial->principal, sizeof(denial->principal), call->principal);
    copy(denial->role, sizeof(denial->role), call->role);
    const char *const texts[] = {denial->authority, denial->method, grpc_code_name(err->code),
                                 denial->peer};
    for (size_t i = 0; i < DENIED_PARAMS - 1; i++) {
        denial->values[i] = texts[i];
        denial->lengths[i] = (int)strlen(texts[i]);
    }
    denial->values[DENIED_PARAMS - 1] = (const char *)&denial->missed_be;
    denial->lengths[DENIED_PARAMS - 1] = sizeof(denial->missed_be);
    denial->step = (struct db_step){&audit_denied, denial->values, denial->lengths};
    denial->job = (struct db_job){.settings = {"", denial->principal, denial->role, ""},
                                  .steps = &denial->step,
                                  .step_count = 1,
                                  .lane = DB_WRITE,
                                  .trace = "",
                                  .deadline_ms = call->rpc->loop->now_ms + AUDIT_RECORD_MS,
                                  .arena = &denial->arena,
                                  .rows = db_no_rows,
                                  .done = recorded};
    audit->waiting++;
    db_submit(audit->db, &denial->job);
}
