/* SPDX-License-Identifier: Apache-2.0 */
/* ID tokens of identity providers: which are believed, and why the others are not. */
#include "tests/unit/unit.h"

#include "server/signin/fetch.h"
#include "server/signin/oidc.h"

#include <arpa/inet.h>
#include <stdlib.h>

#define NOW 1800000000
#define ISSUER "https://id.example.org/realms/derby"

/* Whose key signs, or which form of it. */
enum signer { RSA_2048, EC_256, EC_384, RSA_1024, STRANGER, HMAC_OF_RSA, SIGNERS };

static cjose_jwk_t *signers[SIGNERS];
static struct jwks *provider_keys;

static const struct oidc_claim required[] = {{"tid", "derby"}, {"groups", "pledge"}};
static const struct oidc_provider provider = {.issuer = ISSUER,
                                              .client_id = "pledge",
                                              .user_claim = "",
                                              .required = required,
                                              .required_count = COUNT(required)};

/* The public half as a provider would publish it. */
static json_t *published(enum signer signer, const char *key_id)
{
    cjose_err err;
    char *text = cjose_jwk_to_json(signers[signer], false, &err);
    json_t *jwk = json_loads(text, 0, NULL);
    cjose_get_dealloc()(text);
    assert_non_null(jwk);
    if (key_id) {
        json_object_set_new(jwk, "kid", json_string(key_id));
    }
    return jwk;
}

static struct jwks *key_set(json_t *list)
{
    struct err err = {0};
    json_t *document = json_pack("{s:o}", "keys", list);
    struct jwks *keys = jwks_new(document, &err);
    json_decref(document);
    return keys;
}

static int make_keys(void **state)
{
    static const uint8_t exponent[] = {1, 0, 1};
    cjose_err err;
    signers[RSA_2048] = cjose_jwk_create_RSA_random(2048, exponent, sizeof(exponent), &err);
    signers[RSA_1024] = cjose_jwk_create_RSA_random(1024, exponent, sizeof(exponent), &err);
    signers[STRANGER] = cjose_jwk_create_RSA_random(2048, exponent, sizeof(exponent), &err);
    signers[EC_256] = cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &err);
    signers[EC_384] = cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_384, &err);
    /* What a service that knows only one kind of key would take for the secret. */
    char *text = cjose_jwk_to_json(signers[RSA_2048], false, &err);
    signers[HMAC_OF_RSA] = cjose_jwk_create_oct_spec((const uint8_t *)text, strlen(text), &err);
    cjose_get_dealloc()(text);
    provider_keys =
        key_set(json_pack("[o, o, o, o]", published(RSA_2048, "rsa"), published(EC_256, "ec"),
                          published(EC_384, "ec384"), published(RSA_1024, "small")));
    return provider_keys ? 0 : -1;
}

static int free_keys(void **state)
{
    jwks_unref(provider_keys);
    for (size_t i = 0; i < SIGNERS; i++) {
        cjose_jwk_release(signers[i]);
    }
    return 0;
}

/* A token with this header and payload, as they are. */
static char *make_token(const char *header, const char *payload, enum signer signer)
{
    cjose_err err;
    const char *text;
    json_t *json = json_loads(header, 0, NULL);
    cjose_jws_t *jws =
        cjose_jws_sign(signers[signer], json, (const uint8_t *)payload, strlen(payload), &err);
    assert_non_null(jws);
    assert_true(cjose_jws_export(jws, &text, &err));
    char *copy = strdup(text);
    cjose_jws_release(jws);
    json_decref(json);
    return copy;
}

/* The same with a signature that says nothing; for what is refused before it is looked at. */
static char *make_unsigned(const char *header, const char *payload, const char *signature)
{
    cjose_err err;
    char *parts[2];
    size_t lens[2];
    char *token = NULL;
    cjose_base64url_encode((const uint8_t *)header, strlen(header), &parts[0], &lens[0], &err);
    cjose_base64url_encode((const uint8_t *)payload, strlen(payload), &parts[1], &lens[1], &err);
    assert_true(asprintf(&token, "%s.%s.%s", parts[0], parts[1], signature) > 0);
    cjose_get_dealloc()(parts[0]);
    cjose_get_dealloc()(parts[1]);
    return token;
}

/* A good payload with the members of `changes` in place of its own; null takes one away. */
static char *make_payload(const char *changes)
{
    json_t *claims =
        json_pack("{s:s, s:s, s:i, s:i, s:s, s:s, s:[s, s]}", "iss", ISSUER, "aud", "pledge", "exp",
                  NOW + 300, "iat", NOW - 5, "preferred_username", "Ada.Byron@Derby.example", "tid",
                  "derby", "groups", "staff", "pledge");
    json_t *wanted = json_loads(changes, 0, NULL);
    const char *name;
    json_t *value;
    assert_non_null(wanted);
    json_object_foreach(wanted, name, value)
    {
        if (json_is_null(value)) {
            json_object_del(claims, name);
        } else {
            json_object_set(claims, name, value);
        }
    }
    char *text = json_dumps(claims, 0);
    json_decref(wanted);
    json_decref(claims);
    return text;
}

/* What oidc_check does between fetches. */
static bool check(const char *text, const struct jwks *keys, struct oidc_identity *identity,
                  struct err *err)
{
    struct id_token token;
    *err = (struct err){0};
    bool good =
        id_token_parse(&token, text, err) && id_token_claims(&token, &provider, NOW, identity, err);
    const struct jwks_key *key = good ? jwks_find(keys, token.key_id, token.algorithm) : NULL;
    good = good && (key ? id_token_verify(&token, key, err) : id_token_refuse(err, "no key"));
    id_token_deinit(&token);
    return good;
}

static void expect(const char *name, const char *token, const char *reason)
{
    struct oidc_identity identity;
    struct err err;
    bool good = check(token, provider_keys, &identity, &err);
    if (good != !reason || (reason && !strstr(err.detail, reason))) {
        fail_msg("%s: %s, not %s", name, good ? "good" : err.detail, reason ? reason : "good");
    }
    if (reason) {
        assert_int_equal(err.code, GRPC_UNAUTHENTICATED);
        assert_string_equal(err.message,
                            "The identity provider's token is not accepted. Sign in again.");
    }
}

static void test_headers(void **state)
{
    static const struct {
        const char *header;
        enum signer signer;
        const char *reason; /* NULL: good */
    } rows[] = {
        {"{\"alg\":\"RS256\",\"kid\":\"rsa\"}", RSA_2048, NULL},
        {"{\"alg\":\"RS384\",\"kid\":\"rsa\"}", RSA_2048, NULL},
        {"{\"alg\":\"RS512\",\"kid\":\"rsa\",\"typ\":\"JWT\"}", RSA_2048, NULL},
        {"{\"alg\":\"PS256\",\"kid\":\"rsa\",\"typ\":\"jwt\"}", RSA_2048, NULL},
        {"{\"alg\":\"PS512\",\"kid\":\"rsa\"}", RSA_2048, NULL},
        {"{\"alg\":\"ES256\",\"kid\":\"ec\"}", EC_256, NULL},
        {"{\"alg\":\"ES384\",\"kid\":\"ec384\"}", EC_384, NULL},
        {"{\"alg\":\"ES256\"}", EC_256, NULL},   /* without kid one key fits */
        {"{\"alg\":\"RS256\"}", RSA_2048, NULL}, /* the small one does not count */
        {"{\"alg\":\"HS256\",\"kid\":\"rsa\"}", HMAC_OF_RSA, "alg"},
        {"{\"alg\":\"RS256\",\"kid\":\"rsa\"}", STRANGER, "signature"},
        {"{\"alg\":\"RS256\",\"kid\":\"ec\"}", STRANGER, "no key"},
        {"{\"alg\":\"RS256\",\"kid\":\"new\"}", RSA_2048, "no key"},
        {"{\"alg\":\"RS256\",\"kid\":\"small\"}", RSA_1024, "no key"},
        {"{\"alg\":\"RS256\",\"kid\":7}", RSA_2048, "kid"},
        {"{\"alg\":\"RS256\",\"kid\":\"rsa\",\"crit\":[\"exp\"]}", RSA_2048, "crit"},
        {"{\"alg\":\"RS256\",\"kid\":\"rsa\",\"typ\":\"at+jwt\"}", RSA_2048, "typ"},
        {"{\"alg\":\"RS256\",\"kid\":\"rsa\",\"typ\":\"logout+jwt\"}", RSA_2048, "typ"},
        {"{\"alg\":\"RS256\",\"kid\":\"rsa\",\"jku\":\"https://evil.example/keys\","
         "\"x5u\":\"https://evil.example/certificate\"}",
         STRANGER, "signature"},
    };
    char *payload = make_payload("{}");
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *token = make_token(rows[i].header, payload, rows[i].signer);
        expect(rows[i].header, token, rows[i].reason);
        free(token);
    }
    free(payload);
}

/* The attacker's own key comes along, and is not used. */
static void test_embedded_key(void **state)
{
    json_t *header = json_pack("{s:s, s:o}", "alg", "RS256", "jwk", published(STRANGER, NULL));
    char *text = json_dumps(header, 0);
    char *payload = make_payload("{}");
    char *token = make_token(text, payload, STRANGER);
    expect("jwk", token, "signature");
    free(token);
    free(payload);
    free(text);
    json_decref(header);
}

static void test_unsigned(void **state)
{
    static const struct {
        const char *header;
        const char *payload; /* NULL: a good one */
        const char *signature;
        const char *reason;
    } rows[] = {
        {"{\"alg\":\"none\"}", NULL, "", "three parts"},
        {"{\"alg\":\"none\"}", NULL, "AA", "alg"},
        {"{\"alg\":\"None\"}", NULL, "AA", "alg"},
        {"{\"alg\":\"RS1\"}", NULL, "AA", "alg"},
        {"{\"alg\":\"ES256K\"}", NULL, "AA", "alg"},
        {"{\"alg\":\"EdDSA\"}", NULL, "AA", "alg"},
        {"{\"alg\":[\"RS256\"]}", NULL, "AA", "alg"},
        {"{\"kid\":\"rsa\"}", NULL, "AA", "alg"},
        {"{\"alg\":\"RS256\",\"kid\":\"rsa\"}", NULL, "AA", "signature"},
        {"{\"alg\":\"RS256\",\"kid\":\"rsa\"}", NULL, "A=", "three parts"},
        {"{\"alg\":\"RS256\",\"kid\":\"rsa\"}", NULL, "AAAAA", "three parts"},
        {"{\"alg\":\"RS256\",\"kid\":\"rsa\"}", NULL, "AA.AA", "three parts"},
        {"{\"alg\":\"RS256\",\"kid\":\"rsa\"}", NULL, "AA\n", "three parts"},
        {"{\"alg\":\"none\",\"alg\":\"RS256\"}", NULL, "AA", "twice"},
        {"{\"alg\":\"RS256\"}", "{\"iss\":\"a\",\"iss\":\"b\"}", "AA", "twice"},
        {"{\"alg\":\"RS256\"}", "[]", "AA", "no JSON object"},
        {"{\"alg\":\"RS256\"}", "{\"iss\":\"a\\u0000b\"}", "AA", "no JSON object"},
        {"{\"alg\":\"RS256\"}", "{\"iss\":\"\xff\"}", "AA", "no JSON object"},
        {"7", NULL, "AA", "no JSON object"},
    };
    char *good = make_payload("{}");
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *payload = rows[i].payload ? rows[i].payload : good;
        char *token = make_unsigned(rows[i].header, payload, rows[i].signature);
        expect(rows[i].header, token, rows[i].reason);
        free(token);
    }
    free(good);
    expect("empty", "", "three parts");
    expect("dots", "..", "three parts");
    expect("one part", "e30", "three parts");
}

static void test_huge(void **state)
{
    char *text = malloc(ID_TOKEN_MAX + 2);
    memset(text, 'A', ID_TOKEN_MAX + 1);
    text[ID_TOKEN_MAX + 1] = '\0';
    expect("huge", text, "longer");
    free(text);
}

static void test_claims(void **state)
{
    static const struct {
        const char *changes;
        const char *reason; /* NULL: good */
    } rows[] = {
        {"{}", NULL},
        {"{\"aud\":[\"pledge\"]}", NULL},
        {"{\"aud\":[\"pledge\",\"other\"],\"azp\":\"pledge\"}", NULL},
        {"{\"nbf\":1800000050}", NULL},
        {"{\"exp\":1799999941}", NULL}, /* within the skew */
        {"{\"iat\":1800000059}", NULL},
        {"{\"exp\":1800000300.5}", NULL},
        {"{\"groups\":\"pledge\"}", NULL},
        {"{\"email\":\"x@y\",\"email_verified\":false}", NULL}, /* not the user's claim */
        {"{\"iss\":\"https://id.example.org/realms/halton\"}", "iss"},
        {"{\"iss\":\"" ISSUER "/\"}", "iss"},
        {"{\"iss\":null}", "iss"},
        {"{\"iss\":[\"" ISSUER "\"]}", "iss"},
        {"{\"aud\":\"other\"}", "aud"},
        {"{\"aud\":[\"other\"]}", "aud"},
        {"{\"aud\":null}", "aud"},
        {"{\"aud\":{\"pledge\":1}}", "aud"},
        {"{\"aud\":[\"pledge\",\"other\"]}", "azp"},
        {"{\"aud\":[\"pledge\",\"other\"],\"azp\":\"other\"}", "azp"},
        {"{\"azp\":\"other\"}", "azp"},
        {"{\"exp\":1799999940}", "expired"},
        {"{\"exp\":null}", "no time"},
        {"{\"exp\":\"1800000300\"}", "no time"},
        {"{\"exp\":-1}", "no time"},
        {"{\"exp\":1e300}", "no time"},
        {"{\"iat\":null}", "no time"},
        {"{\"iat\":1800000061}", "not valid yet"},
        {"{\"nbf\":1800000061}", "not valid yet"},
        {"{\"nbf\":true}", "no time"},
        {"{\"iat\":1799999339}", "too long ago"},
        {"{\"tid\":null}", "required"},
        {"{\"tid\":\"halton\"}", "required"},
        {"{\"groups\":[\"staff\"]}", "required"},
        {"{\"groups\":[[\"pledge\"]]}", "required"},
        {"{\"preferred_username\":null}", "user"},
        {"{\"preferred_username\":\"\"}", "user"},
        {"{\"preferred_username\":7}", "user"},
        {"{\"preferred_username\":\"a\\nb\"}", "user"},
        {"{\"preferred_username\":\"a\\u0085b\"}", "user"},
        {"{\"preferred_username\":\"a\\u007f\"}", "user"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *payload = make_payload(rows[i].changes);
        char *token = make_token("{\"alg\":\"ES256\",\"kid\":\"ec\"}", payload, EC_256);
        expect(rows[i].changes, token, rows[i].reason);
        free(token);
        free(payload);
    }
}

/* Takes a user name of so many characters of so many bytes. */
static bool takes_name(const char *character, size_t count)
{
    char name[4 * (ID_TOKEN_MAX_USER_NAME + 2) + 1] = "";
    struct oidc_identity identity;
    struct err err;
    for (size_t i = 0; i < count; i++) {
        memcpy(name + i * strlen(character), character, strlen(character) + 1);
    }
    json_t *changes = json_pack("{s:s}", "preferred_username", name);
    char *text = json_dumps(changes, 0);
    char *payload = make_payload(text);
    char *token = make_token("{\"alg\":\"ES256\"}", payload, EC_256);
    bool good = check(token, provider_keys, &identity, &err);
    assert_true(!good || strcmp(identity.user_name, name) == 0);
    free(token);
    free(payload);
    free(text);
    json_decref(changes);
    return good;
}

static void test_identity(void **state)
{
    struct oidc_identity first;
    struct oidc_identity again;
    struct err err;
    char *payload = make_payload("{}");
    char *token = make_token("{\"alg\":\"ES256\"}", payload, EC_256);
    char *other = make_token("{\"alg\":\"ES256\"}", payload, EC_256);
    assert_true(check(token, provider_keys, &first, &err));
    assert_string_equal(first.user_name, "ada.byron@derby.example");
    assert_int_equal(first.expire_time, NOW + 300);
    /* Another signature under the same words is the same token. */
    assert_true(check(other, provider_keys, &again, &err));
    assert_string_not_equal(token, other);
    assert_memory_equal(first.digest, again.digest, sizeof(first.digest));
    free(token);
    free(other);
    free(payload);
    assert_true(takes_name("a", ID_TOKEN_MAX_USER_NAME));
    assert_false(takes_name("a", ID_TOKEN_MAX_USER_NAME + 1));
    assert_true(takes_name("\xf0\x9f\x92\x9a", ID_TOKEN_MAX_USER_NAME));
    assert_false(takes_name("\xc3\xa9", ID_TOKEN_MAX_USER_NAME + 1));
}

static void test_email(void **state)
{
    static const struct {
        const char *changes;
        bool good;
    } rows[] = {
        {"{\"email\":\"a@b\"}", true},
        {"{\"email\":\"a@b\",\"email_verified\":true}", true},
        {"{\"email\":\"a@b\",\"email_verified\":\"true\"}", true},
        {"{\"email\":\"a@b\",\"email_verified\":false}", false},
        {"{\"email\":\"a@b\",\"email_verified\":\"no\"}", false},
        {"{}", false},
    };
    struct oidc_provider by_email = provider;
    by_email.user_claim = "email";
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct oidc_identity identity;
        struct id_token token;
        struct err err = {0};
        char *payload = make_payload(rows[i].changes);
        char *text = make_token("{\"alg\":\"ES256\"}", payload, EC_256);
        assert_true(id_token_parse(&token, text, &err));
        assert_int_equal(id_token_claims(&token, &by_email, NOW, &identity, &err), rows[i].good);
        id_token_deinit(&token);
        free(text);
        free(payload);
    }
}

/* Members added to the published RSA key, and whether it is used for RS256 then. */
static void test_key_members(void **state)
{
    static const struct {
        const char *changes;
        bool usable;
    } rows[] = {
        {"{}", true},
        {"{\"use\":\"sig\"}", true},
        {"{\"alg\":\"RS256\"}", true},
        {"{\"key_ops\":[\"verify\"]}", true},
        {"{\"x5c\":[\"AAAA\"],\"x5u\":\"https://evil.example\"}", true},
        {"{\"use\":\"enc\"}", false},
        {"{\"use\":7}", false},
        {"{\"alg\":\"RS512\"}", false},
        {"{\"alg\":\"RSA-OAEP\"}", false},
        {"{\"alg\":\"HS256\"}", false},
        {"{\"key_ops\":[\"encrypt\"]}", false},
        {"{\"kty\":\"oct\",\"k\":\"AAAA\"}", false},
        {"{\"kty\":\"EC\"}", false},
        {"{\"n\":\"AQAB\"}", false},
        {"{\"n\":\"*\"}", false},
        {"{\"n\":\"AA=A\"}", false}, /* on which the library would end the process */
        {"{\"n\":\"AAAAA\"}", false},
        {"{\"e\":\"AQ\"}", false},
        {"{\"e\":\"Ag\"}", false},
        {"{\"e\":\"\"}", false},
        {"{\"e\":\"AQAAAAAAAAAB\"}", false},
        {"{\"d\":\"AQAB\"}", false},
        {"{\"kid\":7}", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *jwk = published(RSA_2048, "rsa");
        json_t *changes = json_loads(rows[i].changes, 0, NULL);
        json_object_update(jwk, changes);
        json_decref(changes);
        struct jwks *keys = key_set(json_pack("[o]", jwk));
        bool found = jwks_find(keys, "rsa", jwks_algorithm("RS256")) != NULL;
        if (found != rows[i].usable) {
            fail_msg("%s: %s", rows[i].changes, found ? "usable" : "not usable");
        }
        jwks_unref(keys);
    }
}

static void test_key_sets(void **state)
{
    struct err err = {0};
    json_t *many = json_array();
    for (size_t i = 0; i <= JWKS_MAX_KEYS; i++) {
        json_array_append_new(many, json_object());
    }
    assert_null(key_set(many));
    json_t *nothing = json_object();
    assert_null(jwks_new(nothing, &err));
    assert_int_equal(err.code, GRPC_FAILED_PRECONDITION);
    json_decref(nothing);
    struct jwks *keys =
        key_set(json_pack("[o, o, s, o]", published(RSA_2048, "one"), published(STRANGER, "two"),
                          "no key", published(EC_256, NULL)));
    const struct jwks_algorithm *rs256 = jwks_algorithm("RS256");
    assert_int_equal(keys->count, 4);
    assert_null(jwks_find(keys, NULL, rs256)); /* two could be meant */
    assert_ptr_equal(jwks_find(keys, "two", rs256), &keys->keys[1]);
    assert_null(jwks_find(keys, "two", jwks_algorithm("ES256")));
    assert_null(jwks_find(keys, NULL, jwks_algorithm("ES384")));
    assert_ptr_equal(jwks_find(keys, NULL, jwks_algorithm("ES256")), &keys->keys[3]);
    jwks_unref(keys);
    keys = key_set(json_pack("[o, o]", published(RSA_2048, "one"), published(STRANGER, "one")));
    assert_null(jwks_find(keys, "one", rs256));
    jwks_unref(keys);
}

static void test_addresses(void **state)
{
    static const struct {
        const char *address;
        bool public;
    } rows[] = {
        {"8.8.8.8", true},
        {"172.15.0.1", true},
        {"172.32.0.1", true},
        {"100.128.0.1", true},
        {"223.255.255.254", true},
        {"0.0.0.0", false},
        {"10.1.2.3", false},
        {"100.64.0.1", false},
        {"127.0.0.1", false},
        {"169.254.169.254", false},
        {"172.16.0.1", false},
        {"172.31.255.255", false},
        {"192.168.0.1", false},
        {"198.18.0.1", false},
        {"224.0.0.1", false},
        {"255.255.255.255", false},
        {"2a00:1450::1", true},
        {"::ffff:8.8.8.8", true},
        {"64:ff9b::808:808", true},
        {"2002:808:808::1", true},
        {"::", false},
        {"::1", false},
        {"::ffff:127.0.0.1", false},
        {"::ffff:10.0.0.1", false},
        {"::127.0.0.1", false},
        {"64:ff9b::7f00:1", false},
        {"2002:7f00:1::1", false},
        {"fe80::1", false},
        {"fc00::1", false},
        {"fd12::1", false},
        {"fec0::1", false},
        {"ff02::1", false},
        {"2001:db8::1", false},
        {"2001::1", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sockaddr_in in = {.sin_family = AF_INET};
        struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
        bool v4 = inet_pton(AF_INET, rows[i].address, &in.sin_addr) == 1;
        assert_true(v4 || inet_pton(AF_INET6, rows[i].address, &in6.sin6_addr) == 1);
        const void *address = v4 ? (const void *)&in : &in6;
        if (fetch_is_public(address) != rows[i].public) {
            fail_msg("%s is %spublic", rows[i].address, rows[i].public ? "" : "not ");
        }
    }
    struct sockaddr local = {.sa_family = AF_UNIX};
    assert_false(fetch_is_public(&local));
}

/* What is said when nothing can be fetched; that no token reaches so far which is plainly bad. */
static void test_unreachable(void **state)
{
    struct oidc *oidc = oidc_new("", false);
    struct oidc_provider near = provider;
    struct oidc_identity identity;
    struct oidc_report report;
    struct err err;
    bool known;
    near.issuer = "https://127.0.0.1:9";
    char *payload = make_payload("{\"iss\":\"https://127.0.0.1:9\"}");
    char *token = make_token("{\"alg\":\"ES256\"}", payload, EC_256);
    for (int i = 0; i < 2; i++) {
        assert_false(oidc_check(oidc, &near, token, NOW, &identity, &err));
        assert_int_equal(err.code, GRPC_UNAVAILABLE);
        assert_non_null(strstr(err.detail, "private network"));
        assert_null(strstr(err.message, "private"));
        assert_string_equal(identity.user_name, "");
        assert_false(oidc_check_kept(oidc, &near, token, NOW, &known, &identity, &err));
        assert_false(known);
        assert_string_equal(identity.user_name, "");
    }
    assert_false(oidc_check_kept(oidc, &near, token, NOW + 3600, &known, &identity, &err));
    assert_true(known);
    assert_int_equal(err.code, GRPC_UNAUTHENTICATED);
    assert_false(oidc_check(oidc, &near, token, NOW + 3600, &identity, &err));
    assert_int_equal(err.code, GRPC_UNAUTHENTICATED);
    assert_false(oidc_inspect(oidc, near.issuer, &report, &err));
    assert_int_equal(err.code, GRPC_FAILED_PRECONDITION);
    static const char *const issuers[] = {"http://id.example.org", "https://", "",
                                          "https://id.example.org/?x=1", "https://u@example.org"};
    for (size_t i = 0; i < COUNT(issuers); i++) {
        assert_false(oidc_inspect(oidc, issuers[i], &report, &err));
        assert_non_null(strstr(err.message, "no https URL"));
    }
    free(token);
    free(payload);
    oidc_free(oidc);
    oidc_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),     cmocka_unit_test(test_embedded_key),
        cmocka_unit_test(test_unsigned),    cmocka_unit_test(test_huge),
        cmocka_unit_test(test_claims),      cmocka_unit_test(test_identity),
        cmocka_unit_test(test_email),       cmocka_unit_test(test_key_members),
        cmocka_unit_test(test_key_sets),    cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_unreachable),
    };
    return cmocka_run_group_tests_name("oidc", tests, make_keys, free_keys);
}
