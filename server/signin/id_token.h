/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ID tokens of OpenID Connect: what one says, and whether it may be believed. Does no I/O.
 *
 * Implements OpenID Connect Core 1.0, 3.1.3.7, over RFC 7515 (JWS) and RFC 7519 (JWT), with the
 * cautions of RFC 8725: the service chooses the algorithms, the keys are the provider's own, and
 * everything that a token says about where its key is to be found is passed over.
 */
#ifndef SERVER_SIGNIN_ID_TOKEN_H
#define SERVER_SIGNIN_ID_TOKEN_H

#include "server/signin/jwks.h"

#include <stdint.h>
#include <time.h>

enum {
    ID_TOKEN_MAX = 16 * 1024, /* characters */
    ID_TOKEN_MAX_AUDIENCES = 32,
    ID_TOKEN_SKEW_S = 60,         /* how far the provider's clock may be from ours */
    ID_TOKEN_MAX_AGE_S = 600,     /* since it was issued */
    ID_TOKEN_MAX_USER_NAME = 254, /* characters */
    ID_TOKEN_USER_SIZE = 4 * ID_TOKEN_MAX_USER_NAME + 1, /* bytes of that, with the NUL */
    ID_TOKEN_DIGEST_SIZE = 32,
};

/* A claim that a token must have: as a text, or as one text of a list. */
struct oidc_claim {
    const char *claim;
    const char *value;
};

/* An identity provider as an authority trusts it. Everything is borrowed. */
struct oidc_provider {
    const char *issuer;     /* https URL, exactly as in "iss" */
    const char *client_id;  /* that must be in "aud" */
    const char *user_claim; /* "" for preferred_username */
    const struct oidc_claim *required;
    size_t required_count;
};

/* Whom a token is about. */
struct oidc_identity {
    char user_name[ID_TOKEN_USER_SIZE]; /* UTF-8, its ASCII letters in lower case */
    time_t expire_time;                 /* when the token itself ends */
    /* SHA-256 of what is signed. Two tokens that differ in their signature only have the same, so
     * this is what to remember of a token that counts once, not its text. */
    uint8_t digest[ID_TOKEN_DIGEST_SIZE];
};

/* A token taken apart, believed in nothing yet. Zeroed, it is empty. */
struct id_token {
    const char *text;   /* borrowed */
    size_t signed_len;  /* of the header and payload in it */
    json_t *header;     /* owned */
    json_t *claims;     /* owned */
    const char *key_id; /* in the header; NULL when it names none */
    const struct jwks_algorithm *algorithm;
};

/* Takes a token apart and checks its form and its algorithm; touches no key. `text` is borrowed
 * until id_token_deinit, which is due in any case. False with a word for the log in `err->detail`
 * and UNAUTHENTICATED, the same sentence for every token that is not good. */
bool id_token_parse(struct id_token *token, const char *text, struct err *err);
void id_token_deinit(struct id_token *token);

/* Checks the claims: whose the token is, for whom, and when. Errors as id_token_parse. */
bool id_token_claims(const struct id_token *token, const struct oidc_provider *provider, time_t now,
                     struct oidc_identity *ret_identity, struct err *err);

/* Checks the signature by a key of the provider. Errors as id_token_parse. */
bool id_token_verify(const struct id_token *token, const struct jwks_key *key, struct err *err);

/* UNAUTHENTICATED with the sentence for every bad token, and `reason` for the log. Returns false.
 */
bool id_token_refuse(struct err *err, const char *reason);

#endif
