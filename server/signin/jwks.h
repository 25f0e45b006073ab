/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys that an identity provider signs with (RFC 7517), and which algorithms are taken.
 *
 * Glossary
 *   key set    all keys of a provider as it published them at one time; it never changes, so
 *              threads share it
 *   usable     a key that signatures are checked with: RSA of enough bits or an EC key of a curve
 *              that we know, public, and not kept for something else
 */
#ifndef SERVER_SIGNIN_JWKS_H
#define SERVER_SIGNIN_JWKS_H

#include "common/base/err.h"

#include <cjose/cjose.h>
#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    JWKS_MAX_KEYS = 32,
    JWKS_KEY_ID_SIZE = 257, /* with its NUL; a key with a longer identifier is not usable */
    JWKS_WORD_SIZE = 17,
    JWKS_RSA_LEAST_BITS = 2048,
    JWKS_RSA_MOST_BITS = 8192, /* a longer one would only cost time */
    JWKS_EXPONENT_BYTES = 8,
};

/* A signature algorithm of RFC 7518 and the key that it needs. */
struct jwks_algorithm {
    const char *name;
    const char *type;  /* "kty" */
    const char *curve; /* "crv", or NULL for RSA */
};

struct jwks_key {
    char key_id[JWKS_KEY_ID_SIZE]; /* "" without one */
    char type[JWKS_WORD_SIZE];
    char algorithm[JWKS_WORD_SIZE]; /* "" where the provider does not say */
    char curve[JWKS_WORD_SIZE];
    cjose_jwk_t *key; /* the public half alone; NULL when the key is not usable */
};

struct jwks {
    atomic_uint references;
    size_t count;
    struct jwks_key keys[JWKS_MAX_KEYS];
};

/* The characters at the beginning of `text` that are base64url without padding and can be decoded;
 * 0 when there are none, or one too many. cjose ends the process on some texts that are not. */
size_t jwks_base64url(const char *text);

/* The algorithm of a token's "alg", or NULL when it is none of ours: no "none", no HMAC. Static. */
const struct jwks_algorithm *jwks_algorithm(const char *name);

/* Reads a key set; what is wrong with one key makes that key not usable. Returns NULL with `err`
 * FAILED_PRECONDITION when it is no key set or has too many keys, RESOURCE_EXHAUSTED without
 * memory. The caller owns a reference. */
struct jwks *jwks_new(const json_t *document, struct err *err);

/* Takes and gives back a reference. NULL is allowed to both. */
struct jwks *jwks_ref(struct jwks *keys);
void jwks_unref(struct jwks *keys);

/* The one key that fits the algorithm and has the identifier, which is NULL when the token names
 * none. NULL when there is no such key or more than one. Borrowed from the set. */
const struct jwks_key *jwks_find(const struct jwks *keys, const char *key_id,
                                 const struct jwks_algorithm *algorithm);

#endif
