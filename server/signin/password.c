/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords with one-time or recovery codes, and the end of what they began. */
#include "server/signin/visit.h"

#include "common/base/be.h"

#include <ctype.h>
#include <string.h>

enum {
    TEXT_OID = 25,
    BYTEA_OID = 17,
    INT4_OID = 23,
    INT8_OID = 20,
    BOOL_OID = 16,
    UUID_OID = 2950,
    BYTEA_ARRAY_OID = 1001,
    UUID_SIZE = 16,
};

static const char refused[] = "the user name, password or code is not right";

/* --- what it asks ------------------------------------------------------------------------------
 */

enum { BEGIN, BEGIN_OWN, FAILED, DONE, SIGN_OUT, CHANGE, REPLACE };

struct db_statement password_statements[PASSWORD_STATEMENTS] = {
    [BEGIN] = {.name = "signin_begin",
               .sql = "SELECT wait_seconds, uuid_send(principal_id), hash, code_secret, $1,"
                      " strange_device"
                      " FROM signin_begin($1, $2)",
               .param_count = 2,
               .param_types = (const Oid[]){TEXT_OID, BYTEA_OID}},
    [BEGIN_OWN] = {.name = "signin_begin_own",
                   .sql = "SELECT wait_seconds, uuid_send(principal_id), hash, code_secret, n.name,"
                          " strange_device"
                          " FROM (SELECT coalesce(own_user_name(), '') AS name) AS n,"
                          " signin_begin(n.name, NULL)"},
    [FAILED] = {.name = "signin_failed",
                .sql = "SELECT signin_failed($1, '', $2, $3)",
                .param_count = 3,
                .param_types = (const Oid[]){TEXT_OID, TEXT_OID, TEXT_OID}},
    [DONE] = {.name = "signin_done",
              .sql = "SELECT * FROM signin_done($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,"
                     " $13)",
              .param_count = 13,
              .param_types = (const Oid[]){TEXT_OID, UUID_OID, TEXT_OID, TEXT_OID, INT8_OID,
                                           BYTEA_OID, BYTEA_OID, BYTEA_OID, BYTEA_OID, INT4_OID,
                                           INT4_OID, TEXT_OID, TEXT_OID}},
    [SIGN_OUT] = {.name = "sign_out",
                  .sql = "SELECT sign_out($1, $2)",
                  .param_count = 2,
                  .param_types = (const Oid[]){BYTEA_OID, BOOL_OID}},
    [CHANGE] = {.name = "password_change",
                .sql = "SELECT ended FROM password_change($1, $2, $3)",
                .param_count = 3,
                .param_types = (const Oid[]){TEXT_OID, INT8_OID, BYTEA_OID}},
    [REPLACE] = {.name = "recovery_codes_replace",
                 .sql = "SELECT ended FROM recovery_codes_replace($1, $2)",
                 .param_count = 2,
                 .param_types = (const Oid[]){INT8_OID, BYTEA_ARRAY_OID}},
};

/* --- an attempt --------------------------------------------------------------------------------
 */

static bool take_begin(struct db_job *job, unsigned step, const PGresult *rows)
{
    enum { WAIT, PRINCIPAL, HASH, SEALED, USER_NAME, STRANGE_DEVICE };
    struct visit *visit = visit_of_job(job);
    struct arena *arena = &visit->call->arena;
    (void)step;
    visit->wait_seconds = (int)be_get32(PQgetvalue(rows, 0, WAIT));
    visit->strange_device = *PQgetvalue(rows, 0, STRANGE_DEVICE);
    visit->user_name = arena_printf(arena, "%s", PQgetvalue(rows, 0, USER_NAME));
    if (!visit->user_name) {
        return err_no_memory(&job->err);
    }
    if (PQgetisnull(rows, 0, PRINCIPAL)) {
        return true;
    }
    visit->principal = arena_strndup(arena, PQgetvalue(rows, 0, PRINCIPAL), UUID_SIZE);
    visit->hash = arena_printf(arena, "%s", PQgetvalue(rows, 0, HASH));
    visit->sealed_len = (size_t)PQgetlength(rows, 0, SEALED);
    visit->sealed =
        (const unsigned char *)arena_strndup(arena, PQgetvalue(rows, 0, SEALED), visit->sealed_len);
    return (visit->principal && visit->hash && visit->sealed) || err_no_memory(&job->err);
}

/* What the caller showed, the same fields of three kinds of request. */
struct proof {
    char *password;
    const char *code;                   /* NULL: a recovery code is shown instead */
    char *new_password;                 /* NULL: the old one stays */
    void (*go_on)(struct visit *visit); /* when all is right */
};

static struct proof *proof_of(struct visit *visit)
{
    return visit->more;
}

/* As long for nobody as for somebody: the password is hashed and the code worked out in any case.
 */
static void judge(struct errand *errand)
{
    struct visit *visit = visit_of_errand(errand);
    struct proof *proof = proof_of(visit);
    unsigned char code_key[SECRET_CODE_KEY_SIZE] = {0};
    bool fits = secret_password_fits(visit->hash, proof->password);
    bool opened =
        secret_open(&visit->signin->config->key, visit->sealed, visit->sealed_len, code_key);
    bool current =
        !proof->code || secret_code_fits(code_key, proof->code, time(NULL), &visit->step);
    visit->good = fits && opened && current;
    if (visit->good && (proof->new_password || secret_password_stale(visit->hash))) {
        visit->good = secret_password_hash(
            proof->new_password ? proof->new_password : proof->password, visit->new_hash);
    }
    sodium_memzero(code_key, sizeof(code_key));
    sodium_memzero(proof->password, strlen(proof->password));
}

static void tell_refused(struct visit *visit)
{
    visit_refuse(visit, refused);
}

static void judged(struct visit *visit)
{
    if (visit->good) {
        proof_of(visit)->go_on(visit);
        return;
    }
    visit_put_text(visit, visit->user_name);
    visit_put_text(visit, visit->call->method->path + 1);
    visit_put_text(visit, visit->call->peer);
    visit_ask(visit, &password_statements[FAILED], db_no_rows, tell_refused);
}

static void begun(struct visit *visit)
{
    struct err err = {0};
    if (visit->strange_device && !visit_may_come(visit)) {
        return;
    }
    if (visit->wait_seconds > 0) {
        err.retry_after_ms = (unsigned)visit->wait_seconds * 1000;
        err_set(&err, GRPC_RESOURCE_EXHAUSTED,
                "too many attempts went wrong; the next one counts in %d seconds",
                visit->wait_seconds);
        visit_fail(visit, &err);
        return;
    }
    visit_send(visit, &visit->signin->guesses, judge, judged);
}

static struct proof *prove(struct visit *visit, char *password, const char *code,
                           char *new_password, void (*go_on)(struct visit *visit))
{
    struct proof *proof = arena_alloc(&visit->call->arena, sizeof(*proof));
    if (!proof) {
        call_no_memory(visit->call);
        return NULL;
    }
    *proof = (struct proof){password, code, new_password, go_on};
    visit->more = proof;
    return proof;
}

/* --- SignIn ------------------------------------------------------------------------------------
 */

static void signed_in(struct visit *visit)
{
    Pledge__V1__SignInResponse reply = PLEDGE__V1__SIGN_IN_RESPONSE__INIT;
    if (!visit->session) {
        visit_refuse(visit, refused); /* the code was used before */
        return;
    }
    reply.session_token = visit->token;
    reply.device_token = visit->device_token;
    reply.session = visit->session;
    reply.recovery_codes_left = visit->codes_left;
    visit_reply(visit, &reply.base);
}

static void begin_session(struct visit *visit)
{
    const Pledge__V1__SignInRequest *request = (const void *)visit->request;
    secret_token(visit->device_token, visit->new_device);
    visit_put_text(visit, visit->user_name);
    visit_put_bytes(visit, visit->principal, UUID_SIZE);
    visit_put_text(visit, visit->hash);
    visit_put_text(visit, *visit->new_hash ? visit->new_hash : visit->hash);
    visit_put_int8(visit, visit->step);
    visit_put_hash(visit, *request->recovery_code ? visit->shown_hash : NULL);
    visit_put_hash(visit, *request->device_token ? visit->device : NULL);
    visit_put_hash(visit, visit->new_device);
    visit_put_session(visit);
    visit_ask(visit, &password_statements[DONE], visit_take_session, signed_in);
}

void password_sign_in(struct visit *visit)
{
    const Pledge__V1__SignInRequest *request = (const void *)visit->request;
    struct arena *arena = &visit->call->arena;
    struct err err = {0};
    bool recovers = *request->recovery_code;
    visit_check(visit, &err, "user_name", request->user_name, VISIT_MAX_TEXT);
    visit_check(visit, &err, "password", request->password, VISIT_MAX_TEXT);
    visit_check(visit, &err, recovers ? "recovery_code" : "one_time_code",
                recovers ? request->recovery_code : request->one_time_code, VISIT_MAX_TEXT);
    if (recovers && *request->one_time_code) {
        err_violation(&err, arena, "recovery_code", "",
                      "takes the place of the one-time code: give only one of them");
    }
    if (err.code != GRPC_OK) {
        visit_fail(visit, &err);
        return;
    }
    for (char *at = request->user_name; *at; at++) {
        *at = (char)tolower((unsigned char)*at);
    }
    if (!visit_may_guess(visit) || (!*request->device_token && !visit_may_come(visit)) ||
        !prove(visit, request->password, recovers ? NULL : request->one_time_code, NULL,
               begin_session)) {
        return;
    }
    secret_hash(request->device_token, visit->device);
    secret_recovery_hash(request->recovery_code, visit->shown_hash);
    visit_put_text(visit, request->user_name);
    visit_put_hash(visit, *request->device_token ? visit->device : NULL);
    visit_ask(visit, &password_statements[BEGIN], take_begin, begun);
}

/* --- ChangePassword and ReplaceRecoveryCodes ---------------------------------------------------
 */

static void changed(struct visit *visit)
{
    Pledge__V1__ChangePasswordResponse reply = PLEDGE__V1__CHANGE_PASSWORD_RESPONSE__INIT;
    reply.ended = visit->ended;
    auth_forget(visit->signin->auth);
    if (visit->good) {
        visit_reply(visit, &reply.base);
    } else {
        visit_refuse(visit, refused);
    }
}

static void change(struct visit *visit)
{
    visit_put_text(visit, visit->new_hash);
    visit_put_int8(visit, visit->step);
    visit_put_hash(visit, visit->call->fingerprint);
    visit_ask_and_record(visit, &password_statements[CHANGE], visit_take_ended, changed);
}

static void judge_new(struct errand *errand)
{
    struct visit *visit = visit_of_errand(errand);
    visit->fault = secret_password_fault(proof_of(visit)->new_password, visit->user_name);
}

static void judged_new(struct visit *visit)
{
    struct err err = {0};
    if (visit->fault) {
        err_violation(&err, &visit->call->arena, "new_password", "", "%s", visit->fault);
        visit_fail(visit, &err);
        return;
    }
    visit_ask(visit, &password_statements[BEGIN_OWN], take_begin, begun);
}

void password_change(struct visit *visit)
{
    const Pledge__V1__ChangePasswordRequest *request = (const void *)visit->request;
    struct err err = {0};
    visit_check(visit, &err, "password", request->password, VISIT_MAX_TEXT);
    visit_check(visit, &err, "one_time_code", request->one_time_code, VISIT_MAX_TEXT);
    visit_check(visit, &err, "new_password", request->new_password, VISIT_MAX_TEXT);
    if (err.code != GRPC_OK) {
        visit_fail(visit, &err);
    } else if (visit_may_guess(visit) && prove(visit, request->password, request->one_time_code,
                                               request->new_password, change)) {
        visit->user_name = "";
        visit_send(visit, &visit->signin->guesses, judge_new, judged_new);
    }
}

static void replaced(struct visit *visit)
{
    Pledge__V1__ReplaceRecoveryCodesResponse reply =
        PLEDGE__V1__REPLACE_RECOVERY_CODES_RESPONSE__INIT;
    reply.recovery_codes = visit_recovery_list(visit);
    reply.n_recovery_codes = reply.recovery_codes ? SECRET_RECOVERY_CODES : 0;
    if (visit->good) {
        visit_reply(visit, &reply.base);
    } else {
        visit_refuse(visit, refused);
    }
}

static void replace(struct visit *visit)
{
    visit_put_int8(visit, visit->step);
    visit_put_recovery_codes(visit);
    visit_ask_and_record(visit, &password_statements[REPLACE], visit_take_ended, replaced);
}

void password_replace_codes(struct visit *visit)
{
    const Pledge__V1__ReplaceRecoveryCodesRequest *request = (const void *)visit->request;
    struct err err = {0};
    visit_check(visit, &err, "password", request->password, VISIT_MAX_TEXT);
    visit_check(visit, &err, "one_time_code", request->one_time_code, VISIT_MAX_TEXT);
    if (err.code != GRPC_OK) {
        visit_fail(visit, &err);
    } else if (visit_may_guess(visit) &&
               prove(visit, request->password, request->one_time_code, NULL, replace)) {
        visit_ask(visit, &password_statements[BEGIN_OWN], take_begin, begun);
    }
}

/* --- SignOut -----------------------------------------------------------------------------------
 */

static void signed_out(struct visit *visit)
{
    Pledge__V1__SignOutResponse reply = PLEDGE__V1__SIGN_OUT_RESPONSE__INIT;
    reply.ended = visit->ended;
    auth_forget(visit->signin->auth); /* the next call on this connection may be here already */
    visit_reply(visit, &reply.base);
}

void password_sign_out(struct visit *visit)
{
    const Pledge__V1__SignOutRequest *request = (const void *)visit->request;
    visit_put_hash(visit, visit->call->fingerprint);
    visit_put_bool(visit, request->everywhere);
    visit_ask_and_record(visit, &password_statements[SIGN_OUT], visit_take_ended, signed_out);
}
