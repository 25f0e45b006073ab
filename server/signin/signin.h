/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing in: the methods that see a password, a one-time code or a provider's token, which SQL
 * alone cannot judge. Each is a row of calls to the database with work on another thread between.
 *
 * Glossary
 *   visit   one call of such a method, from its request to its reply
 */
#ifndef SERVER_SIGNIN_SIGNIN_H
#define SERVER_SIGNIN_SIGNIN_H

#include "server/auth/auth.h"
#include "server/rpc/registry.h"
#include "server/signin/errand.h"
#include "server/signin/secret.h"

enum {
    SIGNIN_STATEMENTS = 13,
};

struct oidc;

/* What all loops share; read-only once they run. */
struct signin_config {
    struct secret_key key;
    int idle_seconds;       /* without a call a session ends, */
    int life_seconds;       /* and in any case */
    int attempts_a_minute;  /* from one address, half of them at once; 0: any number */
    int newcomers_a_minute; /* on one loop, from devices new to whom they name; 0: any number */
    struct oidc *oidc;
};

/* One loop's part. */
struct signin {
    const struct signin_config *config;
    struct db *db;
    struct auth *auth;
    struct errands guesses; /* passwords to be hashed */
    struct errands fetches; /* providers to be asked, which may be slow to answer */
    struct bucket peers[AUTH_PEER_BUCKETS];
    struct bucket newcomers;
};

void signin_init(struct signin *signin, const struct signin_config *config, struct loop *loop,
                 struct db *db, struct auth *auth);

/* Adds the methods. False with a sentence when a permission is held by no role. */
bool signin_register(struct registry *registry, const struct auth_roles *roles, struct err *err);

/* What it asks the database, to be prepared with the others. */
extern struct db_statement *const signin_statements[SIGNIN_STATEMENTS];

#endif
