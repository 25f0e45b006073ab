/* SPDX-License-Identifier: Apache-2.0 */
#include "server/signin/visit.h"

#include "common/base/be.h"
#include "server/sqlrpc/audit.h"

#include <string.h>

enum { VISIT_DB_MS = 30 * 1000, BYTEA_OID = 17 };

struct visit *visit_of_job(struct db_job *job)
{
    return (struct visit *)((char *)job - offsetof(struct visit, job));
}

struct visit *visit_of_errand(struct errand *errand)
{
    return (struct visit *)((char *)errand - offsetof(struct visit, errand));
}

/* --- parameters --------------------------------------------------------------------------------
 */

void visit_put_bytes(struct visit *visit, const void *bytes, size_t len)
{
    unsigned step = visit->job.step_count;
    visit->values[step][visit->count] = bytes;
    visit->lengths[step][visit->count++] = (int)len;
}

void visit_put_text(struct visit *visit, const char *text)
{
    visit_put_bytes(visit, text, strlen(text));
}

void visit_put_hash(struct visit *visit, const unsigned char *hash)
{
    visit_put_bytes(visit, hash, hash ? SECRET_HASH_SIZE : 0);
}

void visit_put_int4(struct visit *visit, int32_t number)
{
    char *bytes = arena_alloc(&visit->call->arena, sizeof(number));
    if (bytes) {
        be_put32(bytes, (uint32_t)number);
    }
    visit_put_bytes(visit, bytes, sizeof(number));
}

void visit_put_int8(struct visit *visit, int64_t number)
{
    char *bytes = arena_alloc(&visit->call->arena, sizeof(number));
    if (bytes) {
        be_put64(bytes, (uint64_t)number);
    }
    visit_put_bytes(visit, bytes, sizeof(number));
}

void visit_put_bool(struct visit *visit, bool truth)
{
    visit_put_bytes(visit, truth ? "\1" : "\0", 1);
}

void visit_put_session(struct visit *visit)
{
    secret_token(visit->token, visit->token_hash);
    visit_put_hash(visit, visit->token_hash);
    visit_put_int4(visit, visit->signin->config->idle_seconds);
    visit_put_int4(visit, visit->signin->config->life_seconds);
    visit_put_text(visit, visit->call->method->path + 1);
    visit_put_text(visit, visit->call->peer);
}

/* An array of bytea: its header, and each element behind its length. */
void visit_put_recovery_codes(struct visit *visit)
{
    enum { HEAD = 5 * 4, ITEM = 4 + SECRET_HASH_SIZE };
    char *bytes = arena_calloc(&visit->call->arena, 1, HEAD + SECRET_RECOVERY_CODES * ITEM);
    for (int i = 0; bytes && i < SECRET_RECOVERY_CODES; i++) {
        char *item = bytes + HEAD + i * ITEM;
        be_put32(item, SECRET_HASH_SIZE);
        secret_recovery_code(visit->recovery[i], (unsigned char *)item + 4);
    }
    if (bytes) {
        be_put32(bytes, 1); /* dimensions; then whether there are NULLs */
        be_put32(bytes + 8, BYTEA_OID);
        be_put32(bytes + 12, SECRET_RECOVERY_CODES);
        be_put32(bytes + 16, 1); /* the first index */
    }
    visit_put_bytes(visit, bytes, HEAD + SECRET_RECOVERY_CODES * ITEM);
}

char **visit_recovery_list(struct visit *visit)
{
    char **list = arena_calloc(&visit->call->arena, SECRET_RECOVERY_CODES, sizeof(*list));
    for (int i = 0; list && i < SECRET_RECOVERY_CODES; i++) {
        list[i] = visit->recovery[i];
    }
    return list;
}

/* --- the database ------------------------------------------------------------------------------
 */

static void settled(struct db_job *job)
{
    struct visit *visit = visit_of_job(job);
    struct call *call = visit->call;
    job->step_count = 0; /* what is asked next begins with its own first step */
    if (job->err.code != GRPC_OK) {
        visit_fail(visit, &job->err);
    } else if (!call->answered) {
        visit->then(visit);
    }
    call_release(call);
}

static void submit(struct visit *visit,
                   bool (*rows)(struct db_job *job, unsigned step, const PGresult *rows),
                   void (*then)(struct visit *visit))
{
    struct call *call = visit->call;
    unsigned steps = visit->job.step_count;
    visit->then = then;
    visit->job = (struct db_job){.settings = visit->settings,
                                 .steps = visit->steps,
                                 .step_count = steps,
                                 .lane = visit->lane,
                                 .trace = call->trace,
                                 .deadline_ms = call->rpc->loop->now_ms + VISIT_DB_MS,
                                 .arena = &call->arena,
                                 .rows = rows,
                                 .done = settled};
    call_hold(call);
    db_submit(visit->signin->db, &visit->job);
}

static void add_step(struct visit *visit, const struct db_statement *statement)
{
    unsigned step = visit->job.step_count++;
    visit->steps[step] = (struct db_step){statement, visit->values[step], visit->lengths[step]};
    visit->count = 0;
}

void visit_ask(struct visit *visit, const struct db_statement *statement,
               bool (*rows)(struct db_job *job, unsigned step, const PGresult *rows),
               void (*then)(struct visit *visit))
{
    add_step(visit, statement);
    submit(visit, rows, then);
}

void visit_ask_and_record(struct visit *visit, const struct db_statement *statement,
                          bool (*rows)(struct db_job *job, unsigned step, const PGresult *rows),
                          void (*then)(struct visit *visit))
{
    add_step(visit, statement);
    visit_put_text(visit, visit->call->method->path + 1);
    visit_put_text(visit, visit->call->peer);
    visit_put_text(visit, "");
    visit_put_bytes(visit, "", 0); /* a hash of the request would let its password be guessed */
    add_step(visit, &audit_write);
    submit(visit, rows, then);
}

bool visit_take_ended(struct db_job *job, unsigned step, const PGresult *rows)
{
    struct visit *visit = visit_of_job(job);
    if (step == 0) {
        visit->good = PQntuples(rows) == 1;
        visit->ended = visit->good ? (int)be_get32(PQgetvalue(rows, 0, 0)) : 0;
    }
    return true;
}

static Google__Protobuf__Timestamp *stamp(struct visit *visit, const PGresult *rows, int column)
{
    Google__Protobuf__Timestamp *time = arena_calloc(&visit->call->arena, 1, sizeof(*time));
    if (time) {
        google__protobuf__timestamp__init(time);
        time->seconds = (int64_t)be_get64(PQgetvalue(rows, 0, column));
    }
    return time;
}

static Pledge__V1__SignInMethod way_of(const char *way)
{
    return strcmp(way, "password") == 0 ? PLEDGE__V1__SIGN_IN_METHOD__SIGN_IN_METHOD_PASSWORD
           : strcmp(way, "recovery_code") == 0
               ? PLEDGE__V1__SIGN_IN_METHOD__SIGN_IN_METHOD_RECOVERY_CODE
               : PLEDGE__V1__SIGN_IN_METHOD__SIGN_IN_METHOD_IDENTITY_PROVIDER;
}

bool visit_take_session(struct db_job *job, unsigned step, const PGresult *rows)
{
    enum { ID, WAY, AUTHORITY, PEER, CREATED, USED, IDLES, EXPIRES, CODES_LEFT };
    struct visit *visit = visit_of_job(job);
    struct arena *arena = &visit->call->arena;
    if (step > 0 || PQntuples(rows) == 0) {
        return true;
    }
    Pledge__V1__Session *session = arena_calloc(arena, 1, sizeof(*session));
    if (!session) {
        return err_no_memory(&job->err);
    }
    pledge__v1__session__init(session);
    session->name = arena_printf(arena, "sessions/%s", PQgetvalue(rows, 0, ID));
    session->method = way_of(PQgetvalue(rows, 0, WAY));
    session->authority = arena_printf(arena, "%s", PQgetvalue(rows, 0, AUTHORITY));
    session->peer = arena_printf(arena, "%s", PQgetvalue(rows, 0, PEER));
    session->create_time = stamp(visit, rows, CREATED);
    session->last_use_time = stamp(visit, rows, USED);
    session->idle_expire_time = stamp(visit, rows, IDLES);
    session->expire_time = stamp(visit, rows, EXPIRES);
    visit->codes_left = (int)be_get32(PQgetvalue(rows, 0, CODES_LEFT));
    if (!session->name || !session->authority || !session->peer || !session->expire_time) {
        return err_no_memory(&job->err);
    }
    visit->session = session;
    return true;
}

/* --- the other thread --------------------------------------------------------------------------
 */

static void came_back(struct errand *errand)
{
    struct visit *visit = visit_of_errand(errand);
    struct call *call = visit->call;
    if (!call->answered) {
        visit->then(visit);
    }
    call_release(call);
}

void visit_send(struct visit *visit, struct errands *errands, void (*work)(struct errand *errand),
                void (*then)(struct visit *visit))
{
    struct err err = {.retry_after_ms = 1000};
    visit->then = then;
    visit->errand = (struct errand){.work = work, .done = came_back};
    if (!errands_submit(errands, &visit->errand)) {
        err_set(&err, GRPC_RESOURCE_EXHAUSTED,
                "too many people sign in at this moment; try again in a second");
        visit_fail(visit, &err);
        return;
    }
    call_hold(visit->call);
}

/* --- the end -----------------------------------------------------------------------------------
 */

void visit_reply(struct visit *visit, const ProtobufCMessage *reply)
{
    call_reply(visit->call, reply);
    call_finish(visit->call, NULL);
}

void visit_fail(struct visit *visit, const struct err *err)
{
    call_finish(visit->call, err);
}

void visit_deny(struct visit *visit, const char *sentence)
{
    struct err err = {0};
    err_set(&err, GRPC_UNAUTHENTICATED, "%s", sentence);
    visit_fail(visit, &err);
}

void visit_refuse(struct visit *visit, const char *sentence)
{
    visit->call->recorded = true;
    visit_deny(visit, sentence);
}

bool visit_check(struct visit *visit, struct err *err, const char *field, const char *value,
                 size_t most)
{
    size_t len = strlen(value);
    return len == 0     ? err_violation(err, &visit->call->arena, field, "", "must not be empty")
           : len > most ? err_violation(err, &visit->call->arena, field, "",
                                        "is longer than %zu bytes", most)
                        : true;
}

bool visit_may_try(struct visit *visit)
{
    struct call *call = visit->call;
    struct err err = {.retry_after_ms = 1000};
    enum { MINUTE = 60 }; /* an attempt is so many tokens, so that the rate is a whole number */
    uint64_t rate = (uint64_t)visit->signin->config->attempts_a_minute;
    struct bucket *bucket = auth_peer_bucket(visit->signin->peers, call->peer);
    if (rate == 0 || bucket_try(bucket, call->rpc->loop->now_ms, MINUTE, rate, MINUTE * rate / 2)) {
        return true;
    }
    err_set(&err, GRPC_RESOURCE_EXHAUSTED,
            "too many attempts come from this address; try again in a minute");
    visit_fail(visit, &err);
    return false;
}

bool visit_may_come(struct visit *visit)
{
    struct err err = {.retry_after_ms = 1000};
    enum { MINUTE = 60, AT_ONCE_SECONDS = 20 };
    uint64_t rate = (uint64_t)visit->signin->config->newcomers_a_minute;
    if (rate == 0 || bucket_try(&visit->signin->newcomers, visit->call->rpc->loop->now_ms, MINUTE,
                                rate, MINUTE + AT_ONCE_SECONDS * rate)) {
        return true;
    }
    err_set(&err, GRPC_RESOURCE_EXHAUSTED,
            "too many attempts come from devices that are new here; try again in a second, or on"
            " a device that you have signed in on before");
    visit_fail(visit, &err);
    return false;
}

bool visit_may_guess(struct visit *visit)
{
    struct err err = {0};
    if (visit->signin->config->key.known) {
        return visit_may_try(visit);
    }
    err_set(&err, GRPC_FAILED_PRECONDITION,
            "this service takes no passwords: its host has set no secret_key");
    visit_fail(visit, &err);
    return false;
}
