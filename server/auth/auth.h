/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is asking, and may they.
 *
 * Glossary
 *   principal   a person's post or a system, known by what its calls show: a client certificate or
 *               a session token, of which the SHA-256 is kept
 *   membership  the role a principal has in one authority
 *   permission  what a method's SQL header asks for; a table in the database says which roles hold
 * it
 */
#ifndef SERVER_AUTH_AUTH_H
#define SERVER_AUTH_AUTH_H

#include "common/base/bucket.h"
#include "server/db/db.h"
#include "server/rpc/call.h"

enum {
    AUTH_TRUST_MS = 2000, /* how long an answer of the database is believed, changes apart */
    AUTH_WARN_DAYS = 30,  /* before a certificate ends, from when on its owner is told */
    AUTH_ASK_MS = 5000,   /* for the database to name a principal */
    AUTH_CACHE_SLOTS = 1024,
    AUTH_SLOT_ENTRIES = 4,     /* of the cache in one slot; the longest unused makes room */
    AUTH_TOUCH_MS = 60 * 1000, /* between records that a session is in use */
    AUTH_STRANGER_RATE = 20,   /* calls a second of one address by nobody that is known, */
    AUTH_STRANGER_BURST = 200, /* and so many at once */
    AUTH_PEER_BUCKETS = 1024,  /* for addresses; two may share one */
    AUTH_MAX_ROLES = 32,
};

/* Which roles hold which permission; read once at start. */
struct auth_roles {
    char *names[AUTH_MAX_ROLES];
    unsigned count;
    struct auth_permission {
        char *name;
        uint32_t roles; /* bit i: names[i] holds it */
    } * permissions;
    size_t permission_count;
};

enum auth_need { AUTH_PUBLIC, AUTH_KNOWN, AUTH_ROLE };

/* What a method asks of its caller. */
struct auth_rule {
    enum auth_need need;
    uint32_t roles; /* for AUTH_ROLE */
};

/* Reads role_permission. */
bool auth_roles_read(PGconn *conn, struct auth_roles *roles, struct err *err);
void auth_roles_deinit(struct auth_roles *roles);

/* The rule for a permission word of an SQL header; false when no role holds it. */
bool auth_rule_of(const struct auth_roles *roles, const char *permission,
                  struct auth_rule *ret_rule);

/* One loop's cache of principals. `rate` is how many calls a second a principal may make, with
 * twice that at once; 0 is any number. */
struct auth;
struct auth *auth_new(struct db *db, const struct auth_roles *roles, unsigned rate);
void auth_free(struct auth *auth);

/* The statements that name a principal by certificate and by session, and that keep a session from
 * ending for want of use; to be prepared with the others. */
extern struct db_statement auth_identify;
extern struct db_statement auth_identify_session;
extern struct db_statement auth_touch;

/* Decides whether the call may go on under `rule` in `authority` ("" for none; lives as long as the
 * call). Calls `then` once, now or later: with settings in the call's arena, or with NULL after
 * having finished the call with UNAUTHENTICATED, PERMISSION_DENIED, RESOURCE_EXHAUSTED or
 * UNAVAILABLE. */
void auth_admit(struct auth *auth, struct call *call, const struct auth_rule *rule,
                const char *authority,
                void (*then)(struct call *call, const struct db_settings *settings));

/* Looks everybody up anew: for a caller whose own call has just changed who is who. Others hear of
 * it by the database. */
void auth_forget(struct auth *auth);

/* The bucket of the address in `peer`, whatever the port. */
struct bucket *auth_peer_bucket(struct bucket buckets[AUTH_PEER_BUCKETS], const char *peer);

#endif
