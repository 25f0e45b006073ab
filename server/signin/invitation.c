/* SPDX-License-Identifier: Apache-2.0 */
/* Invitations: how somebody gets a first password, or a new one. */
#include "server/signin/visit.h"

#include "common/base/be.h"

#include <string.h>

enum { TEXT_OID = 25, BYTEA_OID = 17, INT4_OID = 23, INT8_OID = 20, BYTEA_ARRAY_OID = 1001 };

static const char refused[] =
    "the invitation is not known, was used, or has run out; ask for a new "
    "one";

enum { OPEN, READ, ACCEPT };

struct db_statement invitation_statements[INVITATION_STATEMENTS] = {
    [OPEN] = {.name = "invitation_open",
              .sql = "SELECT user_name, NULL::bytea, expires FROM invitation_open($1, $2)",
              .param_count = 2,
              .param_types = (const Oid[]){BYTEA_OID, BYTEA_OID}},
    [READ] = {.name = "invitation_read",
              .sql = "SELECT user_name, code_secret, expires FROM invitation_read($1)",
              .param_count = 1,
              .param_types = (const Oid[]){BYTEA_OID}},
    [ACCEPT] = {.name = "invitation_accept",
                .sql = "SELECT * FROM invitation_accept($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                .param_count = 10,
                .param_types =
                    (const Oid[]){BYTEA_OID, TEXT_OID, INT8_OID, BYTEA_ARRAY_OID, BYTEA_OID,
                                  BYTEA_OID, INT4_OID, INT4_OID, TEXT_OID, TEXT_OID}},
};

/* No row leaves visit->user_name NULL. */
static bool take_invitation(struct db_job *job, unsigned step, const PGresult *rows)
{
    enum { USER_NAME, SEALED, EXPIRES };
    struct visit *visit = visit_of_job(job);
    struct arena *arena = &visit->call->arena;
    (void)step;
    if (PQntuples(rows) == 0) {
        return true;
    }
    visit->user_name = arena_printf(arena, "%s", PQgetvalue(rows, 0, USER_NAME));
    visit->sealed_len = (size_t)PQgetlength(rows, 0, SEALED);
    visit->sealed =
        (const unsigned char *)arena_strndup(arena, PQgetvalue(rows, 0, SEALED), visit->sealed_len);
    visit->expires = (int64_t)be_get64(PQgetvalue(rows, 0, EXPIRES));
    return (visit->user_name && visit->sealed) || err_no_memory(&job->err);
}

static bool check_code(struct visit *visit, struct err *err, const char *code)
{
    secret_hash(code, visit->shown_hash);
    return visit_check(visit, err, "invitation_code", code, VISIT_MAX_TEXT);
}

/* --- OpenInvitation ----------------------------------------------------------------------------
 */

/* RFC 3986 2.3 lets these stand for themselves. */
static char *escaped(struct arena *arena, const char *text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    static const char digits[] = "0123456789ABCDEF";
    char *out = arena_alloc(arena, 3 * strlen(text) + 1);
    char *at = out;
    for (; out && *text; text++) {
        if (strchr(plain, *text)) {
            *at++ = *text;
        } else {
            *at++ = '%';
            *at++ = digits[(unsigned char)*text >> 4];
            *at++ = digits[(unsigned char)*text & 15];
        }
    }
    if (out) {
        *at = '\0';
    }
    return out;
}

static void opened(struct visit *visit)
{
    Pledge__V1__OpenInvitationResponse reply = PLEDGE__V1__OPEN_INVITATION_RESPONSE__INIT;
    Google__Protobuf__Timestamp expires = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    struct arena *arena = &visit->call->arena;
    if (!visit->user_name) {
        visit_deny(visit, refused);
        return;
    }
    char *account = escaped(arena, visit->user_name);
    reply.user_name = (char *)visit->user_name;
    /* the form that authenticators read: "Key Uri Format" of Google Authenticator's wiki */
    reply.otpauth_uri = account ? arena_printf(arena,
                                               "otpauth://totp/Pledge:%s?secret=%s&issuer=Pledge"
                                               "&algorithm=SHA1&digits=%d&period=%d",
                                               account, (const char *)visit->more,
                                               SECRET_CODE_DIGITS, SECRET_CODE_SECONDS)
                                : NULL;
    expires.seconds = visit->expires;
    reply.expire_time = &expires;
    if (!reply.otpauth_uri) {
        call_no_memory(visit->call);
        return;
    }
    visit_reply(visit, &reply.base);
}

void invitation_open(struct visit *visit)
{
    const Pledge__V1__OpenInvitationRequest *request = (const void *)visit->request;
    unsigned char key[SECRET_CODE_KEY_SIZE];
    struct err err = {0};
    char *text = arena_alloc(&visit->call->arena, SECRET_CODE_KEY_TEXT);
    unsigned char *sealed = arena_alloc(&visit->call->arena, SECRET_SEALED_SIZE);
    if (!text || !sealed) {
        call_no_memory(visit->call);
    } else if (!check_code(visit, &err, request->invitation_code)) {
        visit_fail(visit, &err);
    } else if (visit_may_guess(visit)) {
        secret_code_key(key);
        secret_code_key_text(key, text);
        secret_seal(&visit->signin->config->key, key, sealed);
        sodium_memzero(key, sizeof(key));
        visit->more = text;
        visit_put_hash(visit, visit->shown_hash);
        visit_put_bytes(visit, sealed, SECRET_SEALED_SIZE);
        visit_ask(visit, &invitation_statements[OPEN], take_invitation, opened);
    }
}

/* --- AcceptInvitation --------------------------------------------------------------------------
 */

static void accepted(struct visit *visit)
{
    Pledge__V1__AcceptInvitationResponse reply = PLEDGE__V1__ACCEPT_INVITATION_RESPONSE__INIT;
    reply.session_token = visit->token;
    reply.device_token = visit->device_token;
    reply.session = visit->session;
    reply.recovery_codes = visit_recovery_list(visit);
    reply.n_recovery_codes = reply.recovery_codes ? SECRET_RECOVERY_CODES : 0;
    if (visit->session) {
        visit_reply(visit, &reply.base);
    } else {
        visit_deny(visit, refused);
    }
}

static void judge(struct errand *errand)
{
    struct visit *visit = visit_of_errand(errand);
    const Pledge__V1__AcceptInvitationRequest *request = (const void *)visit->request;
    unsigned char key[SECRET_CODE_KEY_SIZE];
    visit->fault = secret_password_fault(request->password, visit->user_name);
    visit->good = secret_open(&visit->signin->config->key, visit->sealed, visit->sealed_len, key) &&
                  secret_code_fits(key, request->one_time_code, time(NULL), &visit->step);
    if (visit->good && !visit->fault) {
        visit->good = secret_password_hash(request->password, visit->new_hash);
    }
    sodium_memzero(key, sizeof(key));
    sodium_memzero(request->password, strlen(request->password));
}

static void judged(struct visit *visit)
{
    struct arena *arena = &visit->call->arena;
    struct err err = {0};
    if (visit->fault) {
        err_violation(&err, arena, "password", "", "%s", visit->fault);
    }
    if (!visit->good) {
        err_violation(&err, arena, "one_time_code", "",
                      "is not the authenticator's code of this minute; is its clock right?");
    }
    if (err.code != GRPC_OK) {
        visit_fail(visit, &err);
        return;
    }
    secret_token(visit->device_token, visit->new_device);
    visit_put_hash(visit, visit->shown_hash);
    visit_put_text(visit, visit->new_hash);
    visit_put_int8(visit, visit->step);
    visit_put_recovery_codes(visit);
    visit_put_hash(visit, visit->new_device);
    visit_put_session(visit);
    visit_ask(visit, &invitation_statements[ACCEPT], visit_take_session, accepted);
}

static void found(struct visit *visit)
{
    if (visit->user_name) {
        visit_send(visit, &visit->signin->guesses, judge, judged);
    } else {
        visit_deny(visit, refused);
    }
}

void invitation_accept(struct visit *visit)
{
    const Pledge__V1__AcceptInvitationRequest *request = (const void *)visit->request;
    struct err err = {0};
    check_code(visit, &err, request->invitation_code);
    visit_check(visit, &err, "password", request->password, VISIT_MAX_TEXT);
    visit_check(visit, &err, "one_time_code", request->one_time_code, VISIT_MAX_TEXT);
    if (err.code != GRPC_OK) {
        visit_fail(visit, &err);
    } else if (visit_may_guess(visit)) {
        visit_put_hash(visit, visit->shown_hash);
        visit_ask(visit, &invitation_statements[READ], take_invitation, found);
    }
}
