/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sign-up: signatures are checked and attested between a question to the database and the write
 * that keeps them. An Ed25519 signature takes less than 60 microseconds to make or check, so that
 * is done on the loop.
 *
 * Glossary
 *   attest   to sign, with the service's own key, who signed what and how that was known
 *   seal     to sign a whole exported file with it
 */
#ifndef SERVER_SIGNUP_SIGNUP_H
#define SERVER_SIGNUP_SIGNUP_H

#include "server/signin/secret.h"
#include "server/sqlrpc/method.h"

enum {
    SIGNUP_STATEMENTS = 3,
};

/* The service's own key; read-only once the loops run. */
struct signup {
    bool known;
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
};

/* Derives the key from the host's secret key; unknown where that is. */
void signup_init(struct signup *signup, const struct secret_key *host);

/* Gives the methods of SignUpService their steps; `signup` is borrowed for good. */
void signup_register(struct signup *signup, struct sql_methods *methods, struct problems *problems);

/* What it asks the database, to be prepared with the others. */
extern struct db_statement *const signup_statements[SIGNUP_STATEMENTS];

#endif
