/* SPDX-License-Identifier: Apache-2.0 */
#include "server/signin/id_token.h"

#include <ctype.h>
#include <math.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DEFAULT_USER_CLAIM "preferred_username"

/* Seconds beyond which a double counts no longer one by one. */
#define MOST_SECONDS 9007199254740992.0

bool id_token_refuse(struct err *err, const char *reason)
{
    snprintf(err->detail, sizeof(err->detail), "ID token: %s", reason);
    return err_set(err, GRPC_UNAUTHENTICATED,
                   "The identity provider's token is not accepted. Sign in again.");
}

/* One part between the dots as a JSON object with no member twice; NULL when it is none. */
static json_t *part_parse(const char *text, size_t len)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    cjose_err ignored;
    if (!cjose_base64url_decode(text, len, &bytes, &size, &ignored)) {
        return NULL;
    }
    json_t *object = json_loadb((const char *)bytes, size, JSON_REJECT_DUPLICATES, NULL);
    cjose_get_dealloc()(bytes);
    if (!json_is_object(object)) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* Nothing in the header decides by what key the token is checked but "alg" and "kid". */
static bool check_header(struct id_token *token, struct err *err)
{
    const json_t *algorithm = json_object_get(token->header, "alg");
    const json_t *key_id = json_object_get(token->header, "kid");
    const json_t *type = json_object_get(token->header, "typ");
    token->algorithm =
        json_is_string(algorithm) ? jwks_algorithm(json_string_value(algorithm)) : NULL;
    if (!token->algorithm) {
        return id_token_refuse(err, "alg is none that is taken");
    }
    if (json_object_get(token->header, "crit")) {
        return id_token_refuse(err, "crit asks for what is not understood");
    }
    /* Access tokens and logout tokens of the same provider say so here (RFC 8725, 3.11). */
    if (type && (!json_is_string(type) || strcasecmp(json_string_value(type), "JWT") != 0)) {
        return id_token_refuse(err, "typ is another kind of token");
    }
    if (key_id && !json_is_string(key_id)) {
        return id_token_refuse(err, "kid is no text");
    }
    token->key_id = json_string_value(key_id);
    return true;
}

bool id_token_parse(struct id_token *token, const char *text, struct err *err)
{
    *token = (struct id_token){.text = text};
    size_t len = strnlen(text, ID_TOKEN_MAX + 1);
    if (len > ID_TOKEN_MAX) {
        return id_token_refuse(err, "longer than is taken");
    }
    size_t header = jwks_base64url(text);
    const char *payload_at = text[header] == '.' ? text + header + 1 : "";
    size_t payload = jwks_base64url(payload_at);
    const char *signature_at = payload_at[payload] == '.' ? payload_at + payload + 1 : "";
    size_t signature = jwks_base64url(signature_at);
    if (header == 0 || payload == 0 || signature == 0 || signature_at[signature] != '\0') {
        return id_token_refuse(err, "not three parts in base64url");
    }
    token->signed_len = header + 1 + payload;
    token->header = part_parse(text, header);
    token->claims = part_parse(payload_at, payload);
    if (!token->header || !token->claims) {
        return id_token_refuse(err, "header or payload is no JSON object, or has a member twice");
    }
    return check_header(token, err);
}

void id_token_deinit(struct id_token *token)
{
    json_decref(token->header);
    json_decref(token->claims);
    *token = (struct id_token){0};
}

static bool is_text(const json_t *value, const char *text)
{
    return json_is_string(value) && json_string_length(value) == strlen(text) &&
           strcmp(json_string_value(value), text) == 0;
}

/* True when the value is the text, or a list that has it. */
static bool has_text(const json_t *value, const char *text)
{
    size_t i;
    json_t *element;
    json_array_foreach(value, i, element)
    {
        if (is_text(element, text)) {
            return true;
        }
    }
    return is_text(value, text);
}

static bool check_parties(const json_t *claims, const struct oidc_provider *provider,
                          struct err *err)
{
    const json_t *audience = json_object_get(claims, "aud");
    const json_t *party = json_object_get(claims, "azp");
    if (!is_text(json_object_get(claims, "iss"), provider->issuer)) {
        return id_token_refuse(err, "iss is another issuer");
    }
    if (json_array_size(audience) > ID_TOKEN_MAX_AUDIENCES ||
        !has_text(audience, provider->client_id)) {
        return id_token_refuse(err, "aud does not have the client");
    }
    if ((party || json_array_size(audience) > 1) && !is_text(party, provider->client_id)) {
        return id_token_refuse(err, "azp is another client");
    }
    return true;
}

/* Seconds since 1970 of a NumericDate. False when the claim is not there or is none. */
static bool take_time(const json_t *claims, const char *name, time_t *ret_time)
{
    const json_t *value = json_object_get(claims, name);
    double seconds = json_is_number(value) ? json_number_value(value) : -1;
    if (!(seconds >= 0 && seconds <= MOST_SECONDS)) {
        return false;
    }
    *ret_time = (time_t)floor(seconds);
    return true;
}

static bool check_times(const json_t *claims, time_t now, time_t *ret_expire, struct err *err)
{
    time_t issued = 0;
    time_t not_before = 0;
    if (!take_time(claims, "exp", ret_expire) || !take_time(claims, "iat", &issued) ||
        (json_object_get(claims, "nbf") && !take_time(claims, "nbf", &not_before))) {
        return id_token_refuse(err, "exp, iat or nbf is missing or no time");
    }
    if (now >= *ret_expire + ID_TOKEN_SKEW_S) {
        return id_token_refuse(err, "expired");
    }
    if (issued > now + ID_TOKEN_SKEW_S || not_before > now + ID_TOKEN_SKEW_S) {
        return id_token_refuse(err, "not valid yet");
    }
    if (now - issued > ID_TOKEN_MAX_AGE_S + ID_TOKEN_SKEW_S) {
        return id_token_refuse(err, "issued too long ago");
    }
    return true;
}

/* Copies a name that can be a user's: some characters, none of them a control character. jansson
 * has seen to it that it is UTF-8 without a NUL. */
static bool take_user(const json_t *value, char out[ID_TOKEN_USER_SIZE])
{
    const unsigned char *text = (const unsigned char *)json_string_value(value);
    size_t len = json_string_length(value);
    size_t characters = 0;
    if (!text || len == 0 || len >= ID_TOKEN_USER_SIZE) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        bool c1 = text[i] == 0xC2 && text[i + 1] < 0xA0;
        if (text[i] < 0x20 || text[i] == 0x7F || c1) {
            return false;
        }
        characters += (text[i] & 0xC0) != 0x80;
        out[i] = (char)(text[i] < 0x80 ? tolower(text[i]) : text[i]);
    }
    out[len] = '\0';
    return characters <= ID_TOKEN_MAX_USER_NAME;
}

/* An address that its holder has not proved could be anybody's. Providers that say nothing of it
 * are taken at their word, as their administrators gave the address. */
static bool is_proven(const json_t *claims, const char *user_claim)
{
    const json_t *verified = json_object_get(claims, "email_verified");
    return strcmp(user_claim, "email") != 0 || !verified || json_is_true(verified) ||
           is_text(verified, "true");
}

bool id_token_claims(const struct id_token *token, const struct oidc_provider *provider, time_t now,
                     struct oidc_identity *ret_identity, struct err *err)
{
    const json_t *claims = token->claims;
    const char *user = *provider->user_claim ? provider->user_claim : DEFAULT_USER_CLAIM;
    *ret_identity = (struct oidc_identity){0};
    if (!check_parties(claims, provider, err) ||
        !check_times(claims, now, &ret_identity->expire_time, err)) {
        return false;
    }
    for (size_t i = 0; i < provider->required_count; i++) {
        const struct oidc_claim *required = &provider->required[i];
        if (!has_text(json_object_get(claims, required->claim), required->value)) {
            return id_token_refuse(err, "a required claim is missing or has another value");
        }
    }
    if (!take_user(json_object_get(claims, user), ret_identity->user_name)) {
        return id_token_refuse(err, "the user's claim is missing or no name");
    }
    if (!is_proven(claims, user)) {
        return id_token_refuse(err, "email is not verified");
    }
    const unsigned char *text = (const unsigned char *)token->text;
    return SHA256(text, token->signed_len, ret_identity->digest) || err_no_memory(err);
}

bool id_token_verify(const struct id_token *token, const struct jwks_key *key, struct err *err)
{
    cjose_err reason = {0};
    cjose_jws_t *jws = cjose_jws_import(token->text, strlen(token->text), &reason);
    bool good = jws && cjose_jws_verify(jws, key->key, &reason);
    cjose_jws_release(jws);
    return good || id_token_refuse(err, "the signature is not the provider's");
}
