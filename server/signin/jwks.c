/* SPDX-License-Identifier: Apache-2.0 */
#include "server/signin/jwks.h"

#include <stdlib.h>
#include <string.h>

/* What the service takes, once and for all: a token chooses among these and adds none. */
static const struct jwks_algorithm algorithms[] = {
    {"RS256", "RSA", NULL},   {"RS384", "RSA", NULL},   {"RS512", "RSA", NULL},
    {"PS256", "RSA", NULL},   {"PS384", "RSA", NULL},   {"PS512", "RSA", NULL},
    {"ES256", "EC", "P-256"}, {"ES384", "EC", "P-384"}, {"ES512", "EC", "P-521"},
};

size_t jwks_base64url(const char *text)
{
    size_t len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    return len % 4 == 1 ? 0 : len;
}

const struct jwks_algorithm *jwks_algorithm(const char *name)
{
    for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
        if (strcmp(algorithms[i].name, name) == 0) {
            return &algorithms[i];
        }
    }
    return NULL;
}

static bool is_curve(const char *curve)
{
    for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
        if (algorithms[i].curve && strcmp(algorithms[i].curve, curve) == 0) {
            return true;
        }
    }
    return false;
}

/* Copies a text member; an absent one is "". False when it is no text or does not fit. */
static bool take_text(const json_t *from, const char *name, char *out, size_t size)
{
    const json_t *value = json_object_get(from, name);
    size_t len = json_string_length(value);
    out[0] = '\0';
    if (!value) {
        return true;
    }
    if (!json_is_string(value) || len >= size) {
        return false;
    }
    memcpy(out, json_string_value(value), len + 1);
    return true;
}

/* True when the key says nothing of its purpose, or says that it checks signatures. */
static bool is_for_signatures(const json_t *jwk)
{
    const json_t *use = json_object_get(jwk, "use");
    const json_t *operations = json_object_get(jwk, "key_ops");
    bool verifies = !operations;
    size_t i;
    json_t *operation;
    json_array_foreach(operations, i, operation)
    {
        const char *word = json_string_value(operation);
        verifies = verifies || (word && strcmp(word, "verify") == 0);
    }
    return verifies && (!use || (json_is_string(use) && !strcmp(json_string_value(use), "sig")));
}

/* The bytes of a number in base64url without the zeros before it. 0 when it is none. The caller
 * frees `*ret_bytes` by the cjose allocator. */
static size_t number_bytes(const char *text, uint8_t **ret_bytes)
{
    size_t len = 0;
    size_t zeros = 0;
    cjose_err ignored;
    *ret_bytes = NULL;
    if (!cjose_base64url_decode(text, strlen(text), ret_bytes, &len, &ignored)) {
        return 0;
    }
    while (zeros < len && (*ret_bytes)[zeros] == 0) {
        zeros++;
    }
    memmove(*ret_bytes, *ret_bytes + zeros, len - zeros);
    return len - zeros;
}

/* Enough bits, an odd modulus, and an exponent that somebody could have chosen in earnest. */
static bool is_good_rsa(const char *modulus, const char *exponent)
{
    uint8_t *n = NULL;
    uint8_t *e = NULL;
    size_t n_len = number_bytes(modulus, &n);
    size_t e_len = number_bytes(exponent, &e);
    size_t bits = n_len * 8;
    for (unsigned top = n_len > 0 ? n[0] : 0x80; top < 0x80; top <<= 1) {
        bits--;
    }
    bool good = bits >= JWKS_RSA_LEAST_BITS && bits <= JWKS_RSA_MOST_BITS && (n[n_len - 1] & 1) &&
                e_len > 0 && e_len <= JWKS_EXPONENT_BYTES && (e[e_len - 1] & 1) &&
                !(e_len == 1 && e[0] == 1);
    cjose_get_dealloc()(n);
    cjose_get_dealloc()(e);
    return good;
}

/* The text of a member that is a number in base64url, or NULL. */
static const char *number_of(const json_t *jwk, const char *name)
{
    const char *text = json_string_value(json_object_get(jwk, name));
    size_t len = text ? jwks_base64url(text) : 0;
    return len > 0 && text[len] == '\0' ? text : NULL;
}

/* The public members alone, so that nothing else a provider sends reaches the library. NULL when
 * the key is not usable. */
static cjose_jwk_t *import_key(const json_t *jwk, const struct jwks_key *key)
{
    const char *n = number_of(jwk, "n");
    const char *e = number_of(jwk, "e");
    const char *x = number_of(jwk, "x");
    const char *y = number_of(jwk, "y");
    json_t *plain = NULL;
    cjose_err ignored;
    if (strcmp(key->type, "RSA") == 0 && n && e && is_good_rsa(n, e)) {
        plain = json_pack("{s:s, s:s, s:s}", "kty", "RSA", "n", n, "e", e);
    } else if (strcmp(key->type, "EC") == 0 && x && y && is_curve(key->curve)) {
        plain = json_pack("{s:s, s:s, s:s, s:s}", "kty", "EC", "crv", key->curve, "x", x, "y", y);
    }
    cjose_jwk_t *imported = plain ? cjose_jwk_import_json(plain, &ignored) : NULL;
    json_decref(plain);
    return imported;
}

static void take_key(const json_t *jwk, struct jwks_key *key)
{
    bool good = take_text(jwk, "kid", key->key_id, sizeof(key->key_id));
    good = take_text(jwk, "kty", key->type, sizeof(key->type)) && good;
    good = take_text(jwk, "alg", key->algorithm, sizeof(key->algorithm)) && good;
    good = take_text(jwk, "crv", key->curve, sizeof(key->curve)) && good;
    good = good && (!*key->algorithm || jwks_algorithm(key->algorithm));
    /* A provider that publishes a private key signs nothing that proves anything. */
    good = good && !json_object_get(jwk, "d") && is_for_signatures(jwk);
    key->key = good ? import_key(jwk, key) : NULL;
}

struct jwks *jwks_new(const json_t *document, struct err *err)
{
    const json_t *list = json_object_get(document, "keys");
    size_t i;
    json_t *jwk;
    if (!json_is_array(list)) {
        err_set(err, GRPC_FAILED_PRECONDITION, "The identity provider's keys are no key set.");
        return NULL;
    }
    if (json_array_size(list) > JWKS_MAX_KEYS) {
        err_set(err, GRPC_FAILED_PRECONDITION,
                "The identity provider has %zu keys; at most %d are taken.", json_array_size(list),
                JWKS_MAX_KEYS);
        return NULL;
    }
    struct jwks *keys = calloc(1, sizeof(*keys));
    if (!keys) {
        err_no_memory(err);
        return NULL;
    }
    atomic_init(&keys->references, 1);
    json_array_foreach(list, i, jwk)
    {
        take_key(jwk, &keys->keys[keys->count++]);
    }
    return keys;
}

struct jwks *jwks_ref(struct jwks *keys)
{
    if (keys) {
        atomic_fetch_add(&keys->references, 1);
    }
    return keys;
}

void jwks_unref(struct jwks *keys)
{
    if (!keys || atomic_fetch_sub(&keys->references, 1) != 1) {
        return;
    }
    for (size_t i = 0; i < keys->count; i++) {
        if (keys->keys[i].key) {
            cjose_jwk_release(keys->keys[i].key);
        }
    }
    free(keys);
}

static bool fits(const struct jwks_key *key, const struct jwks_algorithm *algorithm)
{
    return key->key && strcmp(key->type, algorithm->type) == 0 &&
           (!*key->algorithm || strcmp(key->algorithm, algorithm->name) == 0) &&
           (!algorithm->curve || strcmp(key->curve, algorithm->curve) == 0);
}

const struct jwks_key *jwks_find(const struct jwks *keys, const char *key_id,
                                 const struct jwks_algorithm *algorithm)
{
    const struct jwks_key *found = NULL;
    for (size_t i = 0; i < keys->count; i++) {
        const struct jwks_key *key = &keys->keys[i];
        if (!fits(key, algorithm) || (key_id && strcmp(key->key_id, key_id) != 0)) {
            continue;
        }
        if (found) {
            return NULL;
        }
        found = key;
    }
    return found;
}
