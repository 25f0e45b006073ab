/* SPDX-License-Identifier: Apache-2.0 */
/* Identity providers: signing in with what one says, and trying one out. */
#include "server/signin/visit.h"

#include "common/base/log.h"
#include "pledge/v1/identity_provider.pb-c.h"
#include "server/signin/oidc.h"

#include <jansson.h>
#include <string.h>

enum { TEXT_OID = 25, BYTEA_OID = 17, INT4_OID = 23, INT8_OID = 20 };
enum { MAX_CLAIMS = 16, MAX_ID = 63 };

static const char refused[] = "the identity provider's token is not good here; sign in again";

enum { FIND, DONE, FAILED };

struct db_statement provider_statements[PROVIDER_STATEMENTS] = {
    [FIND] = {.name = "identity_provider_of",
              .sql = "SELECT issuer, client_id, user_claim, to_json(claim_names)::text,"
                     " to_json(claim_values)::text, rtrim('openid ' || scope) FROM "
                     "identity_provider_of($1)",
              .param_count = 1,
              .param_types = (const Oid[]){TEXT_OID}},
    [DONE] = {.name = "signin_by_provider",
              .sql = "SELECT * FROM signin_by_provider($1, $2, $3, $4, $5, $6, $7, $8, $9)",
              .param_count = 9,
              .param_types = (const Oid[]){TEXT_OID, TEXT_OID, BYTEA_OID, INT8_OID, BYTEA_OID,
                                           INT4_OID, INT4_OID, TEXT_OID, TEXT_OID}},
    [FAILED] = {.name = "signin_failed_at",
                .sql = "SELECT signin_failed('', $1, $2, $3)",
                .param_count = 3,
                .param_types = (const Oid[]){TEXT_OID, TEXT_OID, TEXT_OID}},
};

/* What a visit has to do with a provider. */
struct inquiry {
    struct oidc_provider provider;
    const char *scope;
    struct oidc_claim claims[MAX_CLAIMS];
    struct oidc_identity identity;
    struct oidc_report report;
    const char *token;
    struct err err;
};

static struct inquiry *inquiry_of(const struct visit *visit)
{
    return visit->more;
}

/* The identifier in a resource name of an authority, or NULL. */
static const char *provider_authority(const char *name)
{
    static const char prefix[] = "authorities/";
    const char *id = name + sizeof(prefix) - 1;
    bool good = strncmp(name, prefix, sizeof(prefix) - 1) == 0 && *id && *id != '-' &&
                strlen(id) <= MAX_ID &&
                strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(id);
    return good ? id : NULL;
}

/* --- the provider ------------------------------------------------------------------------------
 */

static const char *copy_item(struct arena *arena, const json_t *list, size_t at)
{
    const char *text = json_string_value(json_array_get(list, at));
    return text ? arena_strndup(arena, text, strlen(text)) : NULL;
}

static bool take_claims(struct arena *arena, struct inquiry *inquiry, const char *names,
                        const char *values)
{
    json_t *name_list = json_loads(names, 0, NULL);
    json_t *value_list = json_loads(values, 0, NULL);
    size_t count = json_array_size(name_list);
    bool good =
        name_list && value_list && count <= MAX_CLAIMS && json_array_size(value_list) == count;
    for (size_t i = 0; good && i < count; i++) {
        inquiry->claims[i] =
            (struct oidc_claim){copy_item(arena, name_list, i), copy_item(arena, value_list, i)};
        good = inquiry->claims[i].claim && inquiry->claims[i].value;
    }
    inquiry->provider.required = inquiry->claims;
    inquiry->provider.required_count = good ? count : 0;
    json_decref(name_list);
    json_decref(value_list);
    return good;
}

/* No row leaves the issuer NULL. */
static bool take_provider(struct db_job *job, unsigned step, const PGresult *rows)
{
    enum { ISSUER, CLIENT_ID, USER_CLAIM, NAMES, VALUES, SCOPE };
    struct visit *visit = visit_of_job(job);
    struct inquiry *inquiry = inquiry_of(visit);
    struct arena *arena = &visit->call->arena;
    (void)step;
    if (PQntuples(rows) == 0) {
        return true;
    }
    inquiry->provider.issuer = arena_printf(arena, "%s", PQgetvalue(rows, 0, ISSUER));
    inquiry->provider.client_id = arena_printf(arena, "%s", PQgetvalue(rows, 0, CLIENT_ID));
    inquiry->provider.user_claim = arena_printf(arena, "%s", PQgetvalue(rows, 0, USER_CLAIM));
    inquiry->scope = arena_printf(arena, "%s", PQgetvalue(rows, 0, SCOPE));
    bool good =
        inquiry->scope && inquiry->provider.issuer && inquiry->provider.client_id &&
        inquiry->provider.user_claim &&
        take_claims(arena, inquiry, PQgetvalue(rows, 0, NAMES), PQgetvalue(rows, 0, VALUES));
    return good || err_no_memory(&job->err);
}

static bool inquire(struct visit *visit, const char *token, void (*then)(struct visit *visit))
{
    struct inquiry *inquiry = arena_calloc(&visit->call->arena, 1, sizeof(*inquiry));
    if (!inquiry) {
        return call_no_memory(visit->call);
    }
    inquiry->token = token;
    visit->more = inquiry;
    visit_put_text(visit, visit->authority);
    visit_ask(visit, &provider_statements[FIND], take_provider, then);
    return true;
}

/* --- GetSignInOptions --------------------------------------------------------------------------
 */

static void tell_options(struct visit *visit)
{
    Pledge__V1__GetSignInOptionsResponse reply = PLEDGE__V1__GET_SIGN_IN_OPTIONS_RESPONSE__INIT;
    const struct inquiry *inquiry = inquiry_of(visit);
    reply.password = visit->signin->config->key.known;
    if (inquiry->provider.issuer) {
        reply.issuer = (char *)inquiry->provider.issuer;
        reply.client_id = (char *)inquiry->provider.client_id;
        reply.scope = (char *)inquiry->scope;
    }
    visit_reply(visit, &reply.base);
}

/* The authority that the request names; NULL after having refused it. */
static const char *authority_of(struct visit *visit, const char *name)
{
    struct err err = {0};
    const char *id = provider_authority(name);
    if (!id) {
        err_violation(&err, &visit->call->arena, "authority", "",
                      "must have the form authorities/{authority}");
        visit_fail(visit, &err);
    }
    return id;
}

void provider_options(struct visit *visit)
{
    const Pledge__V1__GetSignInOptionsRequest *request = (const void *)visit->request;
    visit->authority = authority_of(visit, request->authority);
    visit->lane = DB_READ;
    if (visit->authority) {
        inquire(visit, NULL, tell_options);
    }
}

/* --- SignInWithToken ---------------------------------------------------------------------------
 */

static void tell_refused(struct visit *visit)
{
    visit_refuse(visit, refused);
}

static void refuse_and_record(struct visit *visit)
{
    visit_put_text(visit, visit->authority);
    visit_put_text(visit, visit->call->method->path + 1);
    visit_put_text(visit, visit->call->peer);
    visit_ask(visit, &provider_statements[FAILED], db_no_rows, tell_refused);
}

static void signed_in(struct visit *visit)
{
    Pledge__V1__SignInWithTokenResponse reply = PLEDGE__V1__SIGN_IN_WITH_TOKEN_RESPONSE__INIT;
    if (!visit->session) {
        visit_refuse(visit, refused); /* it was used before, or is for nobody here */
        return;
    }
    reply.session_token = visit->token;
    reply.session = visit->session;
    visit_reply(visit, &reply.base);
}

static void check(struct errand *errand)
{
    struct visit *visit = visit_of_errand(errand);
    struct inquiry *inquiry = inquiry_of(visit);
    visit->good = oidc_check(visit->signin->config->oidc, &inquiry->provider, inquiry->token,
                             time(NULL), &inquiry->identity, &inquiry->err);
}

static void checked(struct visit *visit)
{
    struct inquiry *inquiry = inquiry_of(visit);
    if (!visit->good) {
        log_event(LOG_LEVEL_INFO, "token", "{s:s, s:s, s:s, s:s}", "authority", visit->authority,
                  "peer", visit->call->peer, "issuer", inquiry->provider.issuer, "why",
                  inquiry->err.detail);
        if (inquiry->err.code == GRPC_UNAUTHENTICATED) {
            refuse_and_record(visit);
        } else {
            visit_fail(visit, &inquiry->err);
        }
        return;
    }
    visit_put_text(visit, visit->authority);
    visit_put_text(visit, inquiry->identity.user_name);
    visit_put_bytes(visit, inquiry->identity.digest, sizeof(inquiry->identity.digest));
    visit_put_int8(visit, inquiry->identity.expire_time);
    visit_put_session(visit);
    visit_ask(visit, &provider_statements[DONE], visit_take_session, signed_in);
}

/* Only who needs keys that are not there waits in the line of those who fetch. */
static void found(struct visit *visit)
{
    struct inquiry *inquiry = inquiry_of(visit);
    bool known;
    if (!inquiry->provider.issuer) {
        refuse_and_record(visit);
        return;
    }
    visit->good = oidc_check_kept(visit->signin->config->oidc, &inquiry->provider, inquiry->token,
                                  time(NULL), &known, &inquiry->identity, &inquiry->err);
    if (known) {
        checked(visit);
    } else {
        visit_send(visit, &visit->signin->fetches, check, checked);
    }
}

void provider_sign_in(struct visit *visit)
{
    const Pledge__V1__SignInWithTokenRequest *request = (const void *)visit->request;
    struct err err = {0};
    visit->authority = authority_of(visit, request->authority);
    if (!visit->authority) {
        return;
    }
    if (!visit_check(visit, &err, "id_token", request->id_token, ID_TOKEN_MAX)) {
        visit_fail(visit, &err);
    } else if (visit_may_try(visit)) {
        inquire(visit, request->id_token, found);
    }
}

/* --- CheckIdentityProvider ---------------------------------------------------------------------
 */

static void look(struct errand *errand)
{
    struct visit *visit = visit_of_errand(errand);
    struct inquiry *inquiry = inquiry_of(visit);
    visit->good = oidc_inspect(visit->signin->config->oidc, inquiry->provider.issuer,
                               &inquiry->report, &inquiry->err);
}

static bool tell_keys(struct visit *visit, const struct jwks *keys,
                      Pledge__V1__CheckIdentityProviderResponse *reply)
{
    struct arena *arena = &visit->call->arena;
    reply->keys = arena_calloc(arena, keys->count + 1, sizeof(*reply->keys));
    for (size_t i = 0; reply->keys && i < keys->count; i++) {
        Pledge__V1__ProviderKey *key = arena_calloc(arena, 1, sizeof(*key));
        if (!key) {
            return false;
        }
        pledge__v1__provider_key__init(key);
        key->key_id = (char *)keys->keys[i].key_id;
        key->type = (char *)keys->keys[i].type;
        key->algorithm = (char *)keys->keys[i].algorithm;
        key->usable = keys->keys[i].key != NULL;
        reply->keys[reply->n_keys++] = key;
    }
    return reply->keys != NULL;
}

static void looked(struct visit *visit)
{
    Pledge__V1__CheckIdentityProviderResponse reply =
        PLEDGE__V1__CHECK_IDENTITY_PROVIDER_RESPONSE__INIT;
    struct inquiry *inquiry = inquiry_of(visit);
    reply.device_grant = inquiry->report.device_grant;
    if (!visit->good) {
        visit_fail(visit, &inquiry->err);
    } else if (tell_keys(visit, inquiry->report.keys, &reply)) {
        visit_reply(visit, &reply.base);
    } else {
        call_no_memory(visit->call);
    }
}

static void found_to_check(struct visit *visit)
{
    struct err err = {0};
    if (inquiry_of(visit)->provider.issuer) {
        visit_send(visit, &visit->signin->fetches, look, looked);
        return;
    }
    err_set(&err, GRPC_NOT_FOUND, "the authority has registered no identity provider");
    visit_fail(visit, &err);
}

static void forget_keys(struct call *call)
{
    struct inquiry *inquiry = inquiry_of(call->data);
    if (inquiry->report.keys) {
        jwks_unref(inquiry->report.keys);
    }
}

void provider_check(struct visit *visit)
{
    if (inquire(visit, NULL, found_to_check)) {
        visit->call->freed = forget_keys;
    }
}

const char *provider_parent(const ProtobufCMessage *request)
{
    return provider_authority(((const Pledge__V1__CheckIdentityProviderRequest *)request)->parent);
}
