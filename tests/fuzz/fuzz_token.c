/* SPDX-License-Identifier: Apache-2.0 */
/* An ID token and the keys to check it by, both of any content, with a zero byte between. */
#include "server/signin/id_token.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { NOW = 1800000000 };

static const struct oidc_claim required[] = {{"tid", "derby"}};
static const struct oidc_provider provider = {.issuer = "https://id.example.org",
                                              .client_id = "pledge",
                                              .user_claim = "",
                                              .required = required,
                                              .required_count = 1};

/* Whatever is refused is refused in the same words, with a reason for the log. */
static bool good_or_told(bool good, const struct err *err)
{
    FUZZ_CHECK(good == (err->code == GRPC_OK));
    FUZZ_CHECK(good || (err->code == GRPC_UNAUTHENTICATED && *err->message && *err->detail));
    return good;
}

static void check_token(const char *text, const struct jwks *keys)
{
    struct id_token token;
    struct oidc_identity identity;
    struct err err = {0};
    if (good_or_told(id_token_parse(&token, text, &err), &err)) {
        const struct jwks_key *key = keys ? jwks_find(keys, token.key_id, token.algorithm) : NULL;
        FUZZ_CHECK(!key || (key->key && strcmp(key->type, token.algorithm->type) == 0));
        if (good_or_told(id_token_claims(&token, &provider, NOW, &identity, &err), &err)) {
            size_t len = strnlen(identity.user_name, sizeof(identity.user_name));
            FUZZ_CHECK(len > 0 && len < sizeof(identity.user_name));
        }
        err = (struct err){0};
        if (key) {
            good_or_told(id_token_verify(&token, key, &err), &err);
        }
    }
    id_token_deinit(&token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *zero = memchr(data, 0, size);
    if (!zero) {
        return 0;
    }
    struct err err = {0};
    size_t rest = size - (size_t)(zero + 1 - data);
    json_t *document = json_loadb((const char *)zero + 1, rest, JSON_REJECT_DUPLICATES, NULL);
    struct jwks *keys = document ? jwks_new(document, &err) : NULL;
    FUZZ_CHECK(!document || (keys != NULL) == (err.code == GRPC_OK));
    check_token((const char *)data, keys);
    jwks_unref(keys);
    json_decref(document);
    return 0;
}
