/* SPDX-License-Identifier: Apache-2.0 */
#include "server/signup/signup.h"

#include "common/base/time.h"
#include "common/sign/sign_text.h"
#include "server/sqlrpc/execution.h"

#include <string.h>
#include <time.h>

enum { TEXT_OID = 25, SIGNUP_MAX_PARAMS = 8, SIGNUP_DB_MS = 30 * 1000, ID_BYTES = 8 };

static const char no_key[] = "this service attests nothing: its host has set no secret_key";

/* --- what it asks ------------------------------------------------------------------------------
 */

#define READY                                                                                      \
    "SELECT r.member_id, r.signatory, r.role, r.owner, r.public_key, r.recorded_by, r.mark_salt,"  \
    " r.mark_digest FROM "
#define WHERE "split_part($1, '/', 4), split_part($1, '/', 6), $2, split_part($3, '/', 4), "

static const Oid texts[SIGNUP_MAX_PARAMS] = {TEXT_OID, TEXT_OID, TEXT_OID, TEXT_OID,
                                             TEXT_OID, TEXT_OID, TEXT_OID, TEXT_OID};

/* All take the version, the content hash, the event and the request_id first. */
static struct db_statement sign_prepare = {
    .name = "sign_prepare",
    .sql =
        READY "sign_prepare(" WHERE "split_part($5, '/', 4), $6) AS r WHERE NOT request_done($4)",
    .param_count = 6,
    .param_types = texts,
};

static struct db_statement paper_prepare = {
    .name = "paper_prepare",
    .sql = READY "paper_prepare(" WHERE "$5, $6, $7, $8) AS r WHERE NOT request_done($4)",
    .param_count = 8,
    .param_types = texts,
};

static struct db_statement mark_prepare = {
    .name = "mark_prepare",
    .sql = READY "mark_prepare(" WHERE "$5, $6, $7) AS r WHERE NOT request_done($4)",
    .param_count = 7,
    .param_types = texts,
};

struct db_statement *const signup_statements[SIGNUP_STATEMENTS] = {&sign_prepare, &paper_prepare,
                                                                   &mark_prepare};

/* --- a signature -------------------------------------------------------------------------------
 */

/* One signature on its way; lives in its call's arena. */
struct signing {
    struct db_job job;
    struct db_step step;
    const char *values[SIGNUP_MAX_PARAMS];
    int lengths[SIGNUP_MAX_PARAMS];
    unsigned count; /* of the values so far */
    struct execution *execution;
    struct db_settings settings;
    const char *parent;
    const char *request_id;
    Pledge__V1__Signature *signature; /* of the request, with what counts of it */
    ProtobufCBinaryData public_key;   /* of the signatory */
    bool found;                       /* it was not done before */
};

static const struct signup *signup_of(const struct execution *execution)
{
    return execution->method->step->data;
}

static void *field_at(const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
    return (char *)message + field->offset;
}

static void put(struct signing *signing, const char *text)
{
    signing->values[signing->count] = text;
    signing->lengths[signing->count++] = (int)strlen(text);
}

/* An enum value as the database spells it. */
static const char *label(const ProtobufCEnumDescriptor *type, int value)
{
    const char *const *labels = value_labels(type);
    for (unsigned i = 0; i < type->n_values; i++) {
        if (type->values[i].value == value) {
            return labels[i];
        }
    }
    return "";
}

static Pledge__V1__Role role_of(const char *text)
{
    const ProtobufCEnumDescriptor *type = &pledge__v1__role__descriptor;
    const char *const *labels = value_labels(type);
    for (unsigned i = 0; *text && i < type->n_values; i++) {
        if (strcmp(labels[i], text) == 0) {
            return (Pledge__V1__Role)type->values[i].value;
        }
    }
    return PLEDGE__V1__ROLE__ROLE_UNSPECIFIED;
}

static ProtobufCBinaryData bytes_of(struct arena *arena, const PGresult *rows, int column)
{
    size_t len = (size_t)PQgetlength(rows, 0, column);
    char *copy = arena_strndup(arena, PQgetvalue(rows, 0, column), len);
    return (ProtobufCBinaryData){copy ? len : 0, (uint8_t *)copy};
}

/* "authorities/derby/members/director" of an identifier, "" of "". */
static char *member_name(struct execution *execution, const char *id)
{
    return *id ? arena_printf(execution->arena, "authorities/%s/members/%s", execution->tenant, id)
               : arena_printf(execution->arena, "%s", "");
}

static bool take_ready(struct db_job *job, unsigned step, const PGresult *rows)
{
    enum { MEMBER, SIGNATORY, ROLE, OWNER, PUBLIC_KEY, RECORDED_BY, MARK_SALT, MARK_DIGEST };
    struct signing *signing = (struct signing *)((char *)job - offsetof(struct signing, job));
    struct arena *arena = signing->execution->arena;
    Pledge__V1__Signature *s = signing->signature;
    (void)step;
    signing->found = PQntuples(rows) == 1;
    if (!signing->found) {
        return true;
    }
    s->member = member_name(signing->execution, PQgetvalue(rows, 0, MEMBER));
    s->signatory = arena_printf(arena, "%s", PQgetvalue(rows, 0, SIGNATORY));
    s->role = role_of(PQgetvalue(rows, 0, ROLE));
    s->owner = arena_printf(arena, "%s", PQgetvalue(rows, 0, OWNER));
    s->recorded_by = member_name(signing->execution, PQgetvalue(rows, 0, RECORDED_BY));
    s->mark_salt = bytes_of(arena, rows, MARK_SALT);
    s->mark_digest = arena_printf(arena, "%s", PQgetvalue(rows, 0, MARK_DIGEST));
    signing->public_key = bytes_of(arena, rows, PUBLIC_KEY);
    return (s->member && s->signatory && s->owner && s->recorded_by && s->mark_digest &&
            s->mark_salt.data && signing->public_key.data) ||
           err_no_memory(&job->err);
}

/* A call that is repeated with its request_id finds what it did by the same name. */
static bool name_signature(struct signing *signing)
{
    unsigned char id[crypto_hash_sha256_BYTES];
    char hex[2 * ID_BYTES + 1];
    crypto_hash_sha256_state state;
    randombytes_buf(id, sizeof(id));
    if (*signing->request_id) {
        const char *principal = signing->settings.principal;
        crypto_hash_sha256_init(&state);
        crypto_hash_sha256_update(&state, (const unsigned char *)principal, strlen(principal) + 1);
        crypto_hash_sha256_update(&state, (const unsigned char *)signing->request_id,
                                  strlen(signing->request_id));
        crypto_hash_sha256_final(&state, id);
    }
    sodium_bin2hex(hex, sizeof(hex), id, ID_BYTES);
    signing->signature->name =
        arena_printf(signing->execution->arena, "%s/signatures/%s", signing->parent, hex);
    return signing->signature->name != NULL;
}

static bool check(struct signing *signing, struct err *err)
{
    const Pledge__V1__Signature *s = signing->signature;
    struct buf text = {0};
    bool made = sign_text(&text, s);
    bool good = made && s->signature.len == crypto_sign_BYTES &&
                signing->public_key.len == crypto_sign_PUBLICKEYBYTES &&
                crypto_sign_verify_detached(s->signature.data, buf_head(&text), text.len,
                                            signing->public_key.data) == 0;
    buf_deinit(&text);
    return good    ? true
           : !made ? err_no_memory(err)
                   : err_violation(err, signing->execution->arena, "signature.signature", "",
                                   "is not the key's signature of the signature text");
}

static bool fingerprint(struct signing *signing)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char *hex = arena_alloc(signing->execution->arena, 2 * sizeof(hash) + 1);
    crypto_hash_sha256(hash, signing->public_key.data, signing->public_key.len);
    if (hex) {
        sodium_bin2hex(hex, 2 * sizeof(hash) + 1, hash, sizeof(hash));
        signing->signature->key_fingerprint = hex;
    }
    return hex != NULL;
}

static bool attest(struct signing *signing, struct err *err)
{
    const struct signup *signup = signup_of(signing->execution);
    Pledge__V1__Signature *s = signing->signature;
    struct buf text = {0};
    unsigned char *made = arena_alloc(signing->execution->arena, crypto_sign_BYTES);
    s->service_key =
        (ProtobufCBinaryData){sizeof(signup->public_key), (uint8_t *)(uintptr_t)signup->public_key};
    bool good = made && sign_attestation_text(&text, s);
    if (good) {
        crypto_sign_detached(made, NULL, buf_head(&text), text.len, signup->secret_key);
        s->attestation = (ProtobufCBinaryData){crypto_sign_BYTES, made};
    }
    buf_deinit(&text);
    return good || err_no_memory(err);
}

static void prepared(struct db_job *job)
{
    struct signing *signing = (struct signing *)((char *)job - offsetof(struct signing, job));
    struct execution *execution = signing->execution;
    struct call *call = execution->call;
    bool by_key = signing->signature->kind == PLEDGE__V1__SIGNATURE_KIND__SIGNATURE_KIND_KEY;
    struct err *err = &job->err;
    if (err->code == GRPC_OK && !call->answered) {
        bool good = name_signature(signing) || err_no_memory(err);
        if (signing->found) {
            good = good && (!by_key ||
                            ((fingerprint(signing) || err_no_memory(err)) && check(signing, err)));
            good = good && attest(signing, err);
        }
        if (good) {
            execution_go_on(execution, &signing->settings);
        }
    }
    if (err->code != GRPC_OK) {
        call_finish(call, err);
    }
    call_release(call);
}

static void ask(struct signing *signing, const struct db_statement *statement)
{
    struct call *call = signing->execution->call;
    signing->step = (struct db_step){statement, signing->values, signing->lengths};
    signing->job = (struct db_job){.settings = signing->settings,
                                   .steps = &signing->step,
                                   .step_count = 1,
                                   .lane = DB_WRITE, /* a standby may not know the key yet */
                                   .trace = call->trace,
                                   .deadline_ms = call->rpc->loop->now_ms + SIGNUP_DB_MS,
                                   .arena = &call->arena,
                                   .rows = take_ready,
                                   .done = prepared};
    call_hold(call);
    db_submit(execution_context(call)->db, &signing->job);
}

/* Takes what every kind of signature has of the request; the rest is none of the caller's. NULL
 * after the call was finished. */
static struct signing *begin(struct execution *execution, const struct db_settings *settings,
                             Pledge__V1__Signature *ret_given)
{
    struct arena *arena = execution->arena;
    Pledge__V1__Signature **field = field_at(execution->request, "signature");
    struct signing *signing = arena_calloc(arena, 1, sizeof(*signing));
    Pledge__V1__Signature *s = arena_calloc(arena, 1, sizeof(*s));
    char *now = arena_alloc(arena, TIME_RFC3339_MAX);
    if (!signing || !s || !now) {
        call_no_memory(execution->call);
        return NULL;
    }
    pledge__v1__signature__init(ret_given);
    if (*field) {
        *ret_given = **field;
    }
    pledge__v1__signature__init(s);
    time_rfc3339_format(time(NULL), 0, now);
    s->content_hash = ret_given->content_hash;
    s->event = ret_given->event;
    s->signed_at = ret_given->signed_at;
    s->signing_key = ret_given->signing_key; /* refused where it has no place */
    s->attested_at = now;
    *field = s;
    signing->execution = execution;
    signing->settings = *settings;
    signing->signature = s;
    signing->parent = *(char *const *)field_at(execution->request, "parent");
    signing->request_id = execution_string(execution->request, execution->method->request_id);
    put(signing, signing->parent);
    put(signing, s->content_hash);
    put(signing, s->event);
    put(signing, signing->request_id);
    return signing;
}

/* Whether the request is well formed, and there is a key to attest it with. */
static bool may_go_on(struct execution *execution)
{
    struct err err = {0};
    if (execution_steps(execution, false, &err) && !signup_of(execution)->known) {
        err_set(&err, GRPC_FAILED_PRECONDITION, "%s", no_key);
    }
    if (err.code != GRPC_OK) {
        call_finish(execution->call, &err);
    }
    return err.code == GRPC_OK;
}

static void before_sign(struct execution *execution, const struct db_settings *settings)
{
    Pledge__V1__Signature given;
    struct signing *signing = begin(execution, settings, &given);
    if (!signing) {
        return;
    }
    Pledge__V1__Signature *s = signing->signature;
    bool by_key = *given.signing_key;
    s->kind = by_key ? PLEDGE__V1__SIGNATURE_KIND__SIGNATURE_KIND_KEY
              : execution->call->by_session
                  ? PLEDGE__V1__SIGNATURE_KIND__SIGNATURE_KIND_SESSION
                  : PLEDGE__V1__SIGNATURE_KIND__SIGNATURE_KIND_CERTIFICATE;
    s->signature = by_key ? given.signature : s->signature;
    s->signed_at = by_key ? s->signed_at : s->attested_at;
    put(signing, s->signing_key);
    put(signing, s->signed_at);
    if (may_go_on(execution)) {
        ask(signing, &sign_prepare);
    }
}

static void before_paper(struct execution *execution, const struct db_settings *settings)
{
    Pledge__V1__Signature given;
    struct signing *signing = begin(execution, settings, &given);
    if (!signing) {
        return;
    }
    Pledge__V1__Signature *s = signing->signature;
    s->kind = PLEDGE__V1__SIGNATURE_KIND__SIGNATURE_KIND_PAPER;
    s->signatory = given.signatory;
    s->role = given.role;
    s->kept_at = given.kept_at;
    put(signing, s->signatory);
    put(signing, label(&pledge__v1__role__descriptor, (int)s->role));
    put(signing, s->kept_at);
    put(signing, s->signed_at);
    if (may_go_on(execution)) {
        ask(signing, &paper_prepare);
    }
}

/* The audit trail keeps the hash of a request, and all but the mark of one can be looked up: a
 * first name could be found by trying. So it is a hash that only the service can make. */
static void hide_request(struct execution *execution)
{
    const struct signup *signup = signup_of(execution);
    unsigned char plain[EXECUTION_HASH_SIZE];
    memcpy(plain, execution->hash, sizeof(plain));
    crypto_generichash(execution->hash, sizeof(execution->hash), plain, sizeof(plain),
                       signup->secret_key, sizeof(signup->secret_key));
}

static void before_mark(struct execution *execution, const struct db_settings *settings)
{
    Pledge__V1__Signature given;
    hide_request(execution);
    struct signing *signing = begin(execution, settings, &given);
    if (!signing) {
        return;
    }
    Pledge__V1__Signature *s = signing->signature;
    s->kind = PLEDGE__V1__SIGNATURE_KIND__SIGNATURE_KIND_YOUNG_PERSON;
    s->mark_kind = given.mark_kind;
    s->mark = given.mark;
    put(signing, label(&pledge__v1__mark_kind__descriptor, (int)s->mark_kind));
    put(signing, s->mark);
    put(signing, s->signed_at);
    if (may_go_on(execution)) {
        ask(signing, &mark_prepare);
    }
}

/* --- other steps -------------------------------------------------------------------------------
 */

static bool after_prepare(struct execution *execution, ProtobufCMessage *reply, struct err *err)
{
    const Pledge__V1__PrepareSignatureRequest *request = (const void *)execution->request;
    Pledge__V1__PrepareSignatureResponse *answer = (void *)reply;
    struct buf text = {0};
    Pledge__V1__Signature named = *answer->signature;
    named.name = request->parent;
    bool good = sign_text(&text, &named);
    answer->text =
        good ? arena_strndup(execution->arena, (const char *)buf_head(&text), text.len) : NULL;
    buf_deinit(&text);
    return answer->text || err_no_memory(err);
}

static void before_register(struct execution *execution, const struct db_settings *settings)
{
    const Pledge__V1__RegisterSigningKeyRequest *request = (const void *)execution->request;
    ProtobufCBinaryData key =
        request->signing_key ? request->signing_key->public_key : (ProtobufCBinaryData){0};
    struct buf text = {0};
    struct err err = {0};
    execution_steps(execution, false, &err);
    if (key.len != crypto_sign_PUBLICKEYBYTES) {
        err_violation(&err, execution->arena, "signing_key.public_key", "", "must have %d bytes",
                      (int)crypto_sign_PUBLICKEYBYTES);
    } else if (!sign_key_text(&text, execution->tenant, request->signing_key_id, key.data,
                              key.len)) {
        err_no_memory(&err);
    } else if (request->proof.len != crypto_sign_BYTES ||
               crypto_sign_verify_detached(request->proof.data, buf_head(&text), text.len,
                                           key.data) != 0) {
        err_violation(&err, execution->arena, "proof", "",
                      "is not the key's signature that shows that it is yours");
    }
    buf_deinit(&text);
    if (err.code == GRPC_OK) {
        execution_go_on(execution, settings);
    } else {
        call_finish(execution->call, &err);
    }
}

static bool after_service_keys(struct execution *execution, ProtobufCMessage *reply,
                               struct err *err)
{
    const struct signup *signup = signup_of(execution);
    Pledge__V1__ListServiceKeysResponse *answer = (void *)reply;
    enum { HEX = 2 * crypto_hash_sha256_BYTES + 1 };
    unsigned char hash[crypto_hash_sha256_BYTES];
    char *hex = arena_alloc(execution->arena, HEX);
    if (!hex) {
        return err_no_memory(err);
    }
    if (signup->known) {
        crypto_hash_sha256(hash, signup->public_key, sizeof(signup->public_key));
        answer->current_fingerprint = sodium_bin2hex(hex, HEX, hash, sizeof(hash));
        answer->current = (ProtobufCBinaryData){sizeof(signup->public_key),
                                                (uint8_t *)(uintptr_t)signup->public_key};
    }
    return true;
}

static bool after_export(struct execution *execution, ProtobufCMessage *reply, struct err *err)
{
    const struct signup *signup = signup_of(execution);
    Pledge__V1__SignedVersion *version =
        ((Pledge__V1__ExportSignedVersionResponse *)(void *)reply)->signed_version;
    char *now = arena_alloc(execution->arena, TIME_RFC3339_MAX);
    unsigned char *seal = arena_alloc(execution->arena, crypto_sign_BYTES);
    struct buf text = {0};
    if (!signup->known) {
        return err_set(err, GRPC_FAILED_PRECONDITION, "%s", no_key);
    }
    if (!now || !seal) {
        return err_no_memory(err);
    }
    time_rfc3339_format(time(NULL), 0, now);
    version->exported_at = now;
    version->signature_count = (int32_t)version->n_signatures;
    version->seal_key =
        (ProtobufCBinaryData){sizeof(signup->public_key), (uint8_t *)(uintptr_t)signup->public_key};
    bool good = sign_seal_text(&text, version);
    if (good) {
        crypto_sign_detached(seal, NULL, buf_head(&text), text.len, signup->secret_key);
        version->seal = (ProtobufCBinaryData){crypto_sign_BYTES, seal};
    }
    buf_deinit(&text);
    return good || err_no_memory(err);
}

/* --- setting up --------------------------------------------------------------------------------
 */

static struct sql_step steps[] = {
    {.path = "/pledge.v1.SignUpService/Sign", .before = before_sign},
    {.path = "/pledge.v1.SignUpService/RecordPaperSignature", .before = before_paper},
    {.path = "/pledge.v1.SignUpService/RecordYoungPersonsSignature", .before = before_mark},
    {.path = "/pledge.v1.SignUpService/PrepareSignature", .after = after_prepare},
    {.path = "/pledge.v1.SignUpService/RegisterSigningKey", .before = before_register},
    {.path = "/pledge.v1.SignUpService/ListServiceKeys", .after = after_service_keys},
    {.path = "/pledge.v1.SignUpService/ExportSignedVersion", .after = after_export},
};

void signup_init(struct signup *signup, const struct secret_key *host)
{
    static const char context[crypto_kdf_CONTEXTBYTES] = {'s', 'i', 'g', 'n', '-', 'u', 'p', '1'};
    unsigned char seed[crypto_sign_SEEDBYTES];
    *signup = (struct signup){.known = host->known && sodium_init() >= 0};
    if (signup->known) {
        crypto_kdf_derive_from_key(seed, sizeof(seed), 1, context, host->bytes);
        crypto_sign_seed_keypair(signup->public_key, signup->secret_key, seed);
        sodium_memzero(seed, sizeof(seed));
    }
}

void signup_register(struct signup *signup, struct sql_methods *methods, struct problems *problems)
{
    enum { COUNT = sizeof(steps) / sizeof(steps[0]) };
    for (size_t i = 0; i < COUNT; i++) {
        steps[i].data = signup;
    }
    sql_methods_step(methods, steps, COUNT, problems);
}
