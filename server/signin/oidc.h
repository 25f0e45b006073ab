/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sign-in by identity providers (OpenID Connect): checks ID tokens by keys that it fetches.
 *
 * Any number of threads may call the functions at once. Those that fetch block, for
 * FETCH_TIMEOUT_MS a document, and are for pool threads, of which one issuer holds at most
 * OIDC_MAX_BLOCKED.
 */
#ifndef SERVER_SIGNIN_OIDC_H
#define SERVER_SIGNIN_OIDC_H

#include "server/signin/id_token.h"

enum {
    OIDC_MAX_ISSUERS = 256, /* whose keys are kept */
    OIDC_MAX_URL = 2048,    /* bytes of an issuer or of another URL, with its NUL */
    OIDC_MAX_BLOCKED = 2,   /* threads that one issuer may hold: one fetches, one waits */
    OIDC_KEYS_LAST_MS = 10 * 60 * 1000,
    OIDC_REFETCH_MS = 60 * 1000, /* for a key that is not known: not more often */
    OIDC_REST_MS = 10 * 1000,    /* after a failure the issuer is left alone */
};

struct oidc;

/* Makes an empty cache. `ca_file` is the PEM file of the authorities that vouch for providers, ""
 * for the system's; it is copied. NULL without memory. */
struct oidc *oidc_new(const char *ca_file, bool allow_private);

/* Frees it; NULL is allowed. Nobody may be in one of the functions below. */
void oidc_free(struct oidc *oidc);

/* Checks an ID token of the provider at `now`, the time of day. False with `err`: UNAUTHENTICATED
 * with one sentence for whatever is wrong with the token, UNAVAILABLE when the provider cannot be
 * reached or used; `err->detail` has the reason for the log. A token that is plainly not the
 * provider's is refused without anything being fetched. That a token counts once is the caller's
 * to see to, by ret_identity->digest. */
bool oidc_check(struct oidc *oidc, const struct oidc_provider *provider, const char *token,
                time_t now, struct oidc_identity *ret_identity, struct err *err);

/* The same by keys that are kept, for the loop: nothing blocks, so that no slow provider holds up
 * those who sign in by another. `*ret_known` is false, and nothing else is set, when the keys have
 * to be fetched first: then it takes oidc_check. */
bool oidc_check_kept(struct oidc *oidc, const struct oidc_provider *provider, const char *token,
                     time_t now, bool *ret_known, struct oidc_identity *ret_identity,
                     struct err *err);

/* What a provider has. */
struct oidc_report {
    struct jwks *keys; /* the caller's reference, for jwks_unref; a NULL `key` is not usable */
    bool device_grant; /* RFC 8628 */
};

/* Fetches a provider's configuration and keys now. False with a sentence in `err` that says what is
 * wrong: UNAVAILABLE or FAILED_PRECONDITION. */
bool oidc_inspect(struct oidc *oidc, const char *issuer, struct oidc_report *ret_report,
                  struct err *err);

#endif
