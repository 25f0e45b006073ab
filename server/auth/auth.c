/* SPDX-License-Identifier: Apache-2.0 */
#include "server/auth/auth.h"

#include "common/base/fnv.h"
#include "common/base/log.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BYTEA_OID = 17 };

static const Oid identify_types[] = {BYTEA_OID};

struct db_statement auth_identify = {
    .name = "identify",
    .sql = "SELECT principal_id::text, host_administrator, authority_id, role, owner_id"
           " FROM identify($1)",
    .param_count = 1,
    .param_types = identify_types,
};

struct db_statement auth_identify_session = {
    .name = "identify_session",
    .sql = "SELECT principal_id::text, host_administrator, authority_id, role, owner_id"
           " FROM identify_session($1)",
    .param_count = 1,
    .param_types = identify_types,
};

struct db_statement auth_touch = {
    .name = "session_touch",
    .sql = "SELECT session_touch($1)",
    .param_count = 1,
    .param_types = identify_types,
};

enum identify_column { COL_PRINCIPAL, COL_HOST, COL_AUTHORITY, COL_ROLE, COL_OWNER };

struct membership {
    const char *authority;
    const char *role;
    const char *owner;
};

/* What the database said of one certificate or session. */
struct principal {
    struct arena arena;
    const char *id; /* NULL: nobody's */
    bool host_administrator;
    struct membership *memberships;
    size_t membership_count;
};

struct waiter {
    struct waiter *next;
    struct call *call;
    const struct auth_rule *rule;
    const char *authority;
    void (*then)(struct call *call, const struct db_settings *settings);
    unsigned generation; /* what was asked before it came does not decide it */
};

/* One certificate's or session's place in the cache. */
struct entry {
    struct entry *next;
    struct auth *auth;
    bool by_session;
    unsigned char fingerprint[TLS_FINGERPRINT_SIZE];
    struct principal principal;
    uint64_t trusted_until_ms;
    uint64_t used_ms;
    bool asking;
    bool touching;
    uint64_t touched_ms; /* when the database last heard that the session is in use */
    unsigned asked_generation;
    struct bucket calls; /* of twice the rate */
    uint64_t warned_ms;  /* when the log last heard that the certificate ends soon */
    struct waiter *waiters;
    struct db_job job;
    struct db_step step;
    const char *values[1];
    int lengths[1];
    struct arena job_arena;
    struct db_job touch;
    struct db_step touch_step;
};

struct auth {
    struct db *db;
    const struct auth_roles *roles;
    unsigned rate; /* calls a second of one certificate; 0: any number */
    /* Goes up when who is who changes: what was asked before is not believed. */
    unsigned generation;
    struct entry *slots[AUTH_CACHE_SLOTS];
    struct bucket strangers[AUTH_PEER_BUCKETS]; /* calls that need nobody known, by address, */
    struct bucket tokens[AUTH_PEER_BUCKETS];    /* and tokens that are nobody's */
};

/* --- roles --------------------------------------------------------------------------------------
 */

static unsigned role_index(struct auth_roles *roles, const char *name)
{
    unsigned i = 0;
    while (i < roles->count && strcmp(roles->names[i], name) != 0) {
        i++;
    }
    if (i == roles->count && roles->count < AUTH_MAX_ROLES) {
        roles->names[roles->count++] = strdup(name);
    }
    return i;
}

static struct auth_permission *permission_named(const struct auth_roles *roles, const char *name)
{
    for (size_t i = 0; i < roles->permission_count; i++) {
        if (strcmp(roles->permissions[i].name, name) == 0) {
            return &roles->permissions[i];
        }
    }
    return NULL;
}

bool auth_roles_read(PGconn *conn, struct auth_roles *roles, struct err *err)
{
    PGresult *result = PQexec(
        conn, "SELECT permission, role FROM pledge.role_permission ORDER BY role, permission");
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        err_set(err, GRPC_INTERNAL, "reading role_permission: %s", PQerrorMessage(conn));
        PQclear(result);
        return false;
    }
    int rows = PQntuples(result);
    roles->permissions = calloc((size_t)rows + 1, sizeof(*roles->permissions));
    for (int i = 0; roles->permissions && i < rows; i++) {
        const char *name = PQgetvalue(result, i, 0);
        unsigned role = role_index(roles, PQgetvalue(result, i, 1));
        struct auth_permission *permission = permission_named(roles, name);
        if (!permission) {
            permission = &roles->permissions[roles->permission_count++];
            permission->name = strdup(name);
        }
        permission->roles |= role < AUTH_MAX_ROLES ? UINT32_C(1) << role : 0;
    }
    PQclear(result);
    return true;
}

void auth_roles_deinit(struct auth_roles *roles)
{
    for (unsigned i = 0; i < roles->count; i++) {
        free(roles->names[i]);
    }
    for (size_t i = 0; i < roles->permission_count; i++) {
        free(roles->permissions[i].name);
    }
    free(roles->permissions);
    *roles = (struct auth_roles){0};
}

bool auth_rule_of(const struct auth_roles *roles, const char *permission,
                  struct auth_rule *ret_rule)
{
    *ret_rule = (struct auth_rule){0};
    if (strcmp(permission, "public") == 0) {
        return true;
    }
    if (strcmp(permission, "known") == 0) {
        ret_rule->need = AUTH_KNOWN;
        return true;
    }
    const struct auth_permission *held = permission_named(roles, permission);
    if (held) {
        *ret_rule = (struct auth_rule){AUTH_ROLE, held->roles};
    }
    return held != NULL;
}

static bool role_allowed(const struct auth_roles *roles, const char *role, uint32_t mask)
{
    for (unsigned i = 0; i < roles->count; i++) {
        if (mask & UINT32_C(1) << i && strcmp(roles->names[i], role) == 0) {
            return true;
        }
    }
    return false;
}

/* --- deciding -----------------------------------------------------------------------------------
 */

static void refuse_with(const struct waiter *waiter, const struct err *err)
{
    call_finish(waiter->call, err);
    waiter->then(waiter->call, NULL);
}

static void refuse(const struct waiter *waiter, enum grpc_code code, const char *message)
{
    struct err err = {0};
    err_set(&err, code, "%s", message);
    refuse_with(waiter, &err);
}

static void refuse_no_memory(const struct waiter *waiter)
{
    struct err err = {0};
    err_no_memory(&err);
    refuse_with(waiter, &err);
}

/* True when the caller makes more calls than it may; the call is refused then. */
static bool too_fast(struct entry *entry, const struct waiter *waiter)
{
    unsigned rate = entry->auth->rate;
    uint64_t now = waiter->call->rpc->loop->now_ms;
    struct err err = {.retry_after_ms = 1000};
    bool again = waiter->call->times.admitted > 0; /* as a watch is whenever something changes */
    if (rate == 0 || again || bucket_take(&entry->calls, now, 1, rate, 2 * (uint64_t)rate)) {
        return false;
    }
    err_set(&err, GRPC_RESOURCE_EXHAUSTED,
            "this caller makes more than %u calls a second; slow down", rate);
    refuse_with(waiter, &err);
    return true;
}

/* The place of the principal in the authority asked for. A host administrator is at home in every
 * one, and outside them. NULL: none. */
static const struct membership *place_of(const struct principal *principal, const char *authority)
{
    static const struct membership host = {"", "host_administrator", ""};
    for (size_t i = 0; *authority && i < principal->membership_count; i++) {
        if (strcmp(principal->memberships[i].authority, authority) == 0) {
            return &principal->memberships[i];
        }
    }
    return principal->host_administrator ? &host : NULL;
}

/* Programs see the header, operators the log. */
static void warn_of_end(struct entry *entry, struct call *call)
{
    enum { DAY_MS = 24 * 60 * 60 * 1000 };
    char days[16];
    uint64_t now = call->rpc->loop->now_ms;
    if (call->certificate_days > AUTH_WARN_DAYS) {
        return;
    }
    if (!call->stream.headers_sent) { /* a watch is admitted again and again */
        snprintf(days, sizeof(days), "%d", call->certificate_days);
        call_add_header(call, "pledge-certificate-days", (const uint8_t *)days, strlen(days));
    }
    if (entry->warned_ms == 0 || now - entry->warned_ms > DAY_MS) {
        entry->warned_ms = now;
        log_event(LOG_LEVEL_WARN, "certificate", "{s:s, s:s, s:s, s:i}", "principal",
                  entry->principal.id, "authority", call->authority, "peer", call->peer,
                  "days_left", call->certificate_days);
    }
}

static void touched(struct db_job *job)
{
    struct entry *entry = (struct entry *)((char *)job - offsetof(struct entry, touch));
    entry->touching = false;
}

/* A session ends when it is not used for a while, so the database hears that it is. */
static void keep_alive(struct entry *entry, const struct call *call)
{
    uint64_t now = call->rpc->loop->now_ms;
    if (!entry->by_session || entry->asking || entry->touching ||
        (entry->touched_ms > 0 && now - entry->touched_ms < AUTH_TOUCH_MS)) {
        return;
    }
    entry->touching = true;
    entry->touched_ms = now;
    entry->touch_step = (struct db_step){&auth_touch, entry->values, entry->lengths};
    entry->touch = (struct db_job){.settings = {"", "", "", ""},
                                   .steps = &entry->touch_step,
                                   .step_count = 1,
                                   .lane = DB_WRITE,
                                   .trace = "",
                                   .deadline_ms = now + AUTH_ASK_MS,
                                   .arena = &entry->job_arena,
                                   .rows = db_no_rows,
                                   .done = touched};
    db_submit(entry->auth->db, &entry->touch);
}

static void decide(struct entry *entry, const struct waiter *waiter)
{
    const struct principal *principal = &entry->principal;
    const struct auth *auth = entry->auth;
    static const struct membership nowhere = {"", "", ""};
    struct call *call = waiter->call;
    if (!principal->id) {
        call->authority = waiter->authority;
        refuse(waiter, GRPC_UNAUTHENTICATED,
               entry->by_session ? "the session has ended or is not known; sign in again"
                                 : "this client certificate is not registered; ask the host "
                                   "administrator to add it");
        return;
    }
    struct db_settings *settings = arena_calloc(call_run_arena(call), 1, sizeof(*settings));
    char *id = arena_strndup(call_run_arena(call), principal->id, strlen(principal->id));
    const struct membership *place = place_of(principal, waiter->authority);
    const char *authority = waiter->authority;
    if (!place && waiter->rule->need == AUTH_KNOWN) {
        place = &nowhere;
        authority = "";
    }
    char *role = arena_strndup(call_run_arena(call), place ? place->role : "",
                               place ? strlen(place->role) : 0);
    char *owner = arena_strndup(call_run_arena(call), place ? place->owner : "",
                                place ? strlen(place->owner) : 0);
    if (!settings || !id || !role || !owner) {
        refuse_no_memory(waiter);
        return;
    }
    call->principal = id;
    call->role = role;
    call->authority = authority;
    /* One answer for "not a member" and "no such authority": neither shows which exist. */
    if (!place) {
        refuse(waiter, GRPC_PERMISSION_DENIED,
               *waiter->authority ? "you are not a member of this authority"
                                  : "only a host administrator may do this");
        return;
    }
    if (waiter->rule->need == AUTH_ROLE &&
        !role_allowed(auth->roles, place->role, waiter->rule->roles)) {
        refuse(waiter, GRPC_PERMISSION_DENIED, "your role in this authority does not allow this");
        return;
    }
    *settings = (struct db_settings){authority, id, role, owner};
    call->times.admitted = call->rpc->loop->now_us;
    warn_of_end(entry, call);
    keep_alive(entry, call);
    waiter->then(call, settings);
}

/* --- asking the database ------------------------------------------------------------------------
 */

static const char *text_at(struct arena *arena, const PGresult *rows, int row, int column)
{
    return arena_strndup(arena, PQgetvalue(rows, row, column),
                         (size_t)PQgetlength(rows, row, column));
}

static bool take_principal(struct db_job *job, unsigned step, const PGresult *rows)
{
    struct entry *entry = (struct entry *)((char *)job - offsetof(struct entry, job));
    struct principal *principal = &entry->principal;
    int count = PQntuples(rows);
    (void)step;
    arena_deinit(&principal->arena);
    *principal = (struct principal){.arena = principal->arena};
    if (count == 0) {
        return true;
    }
    const char *id = text_at(&principal->arena, rows, 0, COL_PRINCIPAL);
    principal->host_administrator = PQgetvalue(rows, 0, COL_HOST)[0] != 0;
    principal->memberships =
        arena_calloc(&principal->arena, (size_t)count, sizeof(*principal->memberships));
    bool complete = id && principal->memberships;
    for (int i = 0; complete && i < count; i++) {
        struct membership place = {text_at(&principal->arena, rows, i, COL_AUTHORITY),
                                   text_at(&principal->arena, rows, i, COL_ROLE),
                                   text_at(&principal->arena, rows, i, COL_OWNER)};
        complete = place.authority && place.role && place.owner;
        if (complete && *place.authority) {
            principal->memberships[principal->membership_count++] = place;
        }
    }
    if (!complete) {
        return err_set(&job->err, GRPC_RESOURCE_EXHAUSTED,
                       "too many memberships for one principal");
    }
    principal->id = id;
    return true;
}

static void ask(struct entry *entry, const struct call *call);

static void wait_for_answer(struct entry *entry, struct waiter *waiter)
{
    waiter->next = entry->waiters;
    entry->waiters = waiter;
    if (!entry->asking) {
        ask(entry, waiter->call);
    }
}

static void identified(struct db_job *job)
{
    struct entry *entry = (struct entry *)((char *)job - offsetof(struct entry, job));
    struct waiter *waiters = entry->waiters;
    struct err err = job->err;
    unsigned asked = entry->asked_generation;
    entry->asking = false;
    entry->waiters = NULL;
    if (err.code == GRPC_OK && asked == entry->auth->generation) {
        entry->trusted_until_ms = waiters->call->rpc->loop->now_ms + AUTH_TRUST_MS;
    }
    for (struct waiter *waiter = waiters, *next; waiter; waiter = next) {
        struct call *call = waiter->call;
        next = waiter->next;
        if (err.code == GRPC_OK && asked < waiter->generation) {
            wait_for_answer(entry, waiter);
            continue;
        }
        /* a stream of replies that has begun asks again later */
        bool waits = err.code == GRPC_UNAVAILABLE && call->method->server_streams &&
                     call->stream.headers_sent;
        if (err.code == GRPC_OK && !call->answered) {
            decide(entry, waiter);
        } else {
            if (!call->answered && !waits) {
                call_finish(call, &err);
            }
            waiter->then(call, NULL);
        }
        call_release(call);
    }
}

static void ask(struct entry *entry, const struct call *call)
{
    static const struct db_settings nobody = {"", "", "", ""};
    entry->asking = true;
    entry->asked_generation = entry->auth->generation;
    const struct db_statement *statement =
        entry->by_session ? &auth_identify_session : &auth_identify;
    entry->step = (struct db_step){statement, entry->values, entry->lengths};
    if (!entry->touching) {
        arena_deinit(&entry->job_arena);
    }
    entry->job = (struct db_job){.settings = nobody,
                                 .steps = &entry->step,
                                 .step_count = 1,
                                 .lane = DB_READ,
                                 .deadline_ms = call->rpc->loop->now_ms + AUTH_ASK_MS,
                                 .arena = &entry->job_arena,
                                 .rows = take_principal,
                                 .done = identified};
    db_submit(entry->auth->db, &entry->job);
}

static void entry_free(struct entry *entry)
{
    arena_deinit(&entry->principal.arena);
    arena_deinit(&entry->job_arena);
    free(entry);
}

/* Anybody can show tokens without end, so a slot that is full forgets who was longest unheard of.
 */
static void make_room(struct entry **slot)
{
    struct entry **oldest = NULL;
    unsigned count = 0;
    for (struct entry **at = slot; *at; at = &(*at)->next) {
        bool idle = !(*at)->asking && !(*at)->touching;
        count++;
        if (idle && (!oldest || (*at)->used_ms < (*oldest)->used_ms)) {
            oldest = at;
        }
    }
    if (count >= AUTH_SLOT_ENTRIES && oldest) {
        struct entry *gone = *oldest;
        *oldest = gone->next;
        entry_free(gone);
    }
}

static struct entry *entry_of(struct auth *auth, const struct call *call)
{
    enum { PRINCIPAL_CAP = 256 * 1024, JOB_CAP = 16 * 1024 };
    const unsigned char *fingerprint = call->fingerprint;
    unsigned slot = (fingerprint[0] | (unsigned)fingerprint[1] << 8) % AUTH_CACHE_SLOTS;
    struct entry *entry = auth->slots[slot];
    while (entry && (entry->by_session != call->by_session ||
                     memcmp(entry->fingerprint, fingerprint, TLS_FINGERPRINT_SIZE) != 0)) {
        entry = entry->next;
    }
    if (!entry) {
        entry = calloc(1, sizeof(*entry));
        if (!entry) {
            return NULL;
        }
        make_room(&auth->slots[slot]);
        entry->auth = auth;
        entry->by_session = call->by_session;
        memcpy(entry->fingerprint, fingerprint, TLS_FINGERPRINT_SIZE);
        entry->values[0] = (const char *)entry->fingerprint;
        entry->lengths[0] = TLS_FINGERPRINT_SIZE;
        arena_init(&entry->principal.arena, PRINCIPAL_CAP);
        arena_init(&entry->job_arena, JOB_CAP);
        entry->next = auth->slots[slot];
        auth->slots[slot] = entry;
    }
    entry->used_ms = call->rpc->loop->now_ms;
    return entry;
}

struct bucket *auth_peer_bucket(struct bucket buckets[AUTH_PEER_BUCKETS], const char *peer)
{
    const char *port = strrchr(peer, ':');
    size_t len = port ? (size_t)(port - peer) : strlen(peer);
    return &buckets[fnv_hash(0, peer, len) % AUTH_PEER_BUCKETS];
}

/* What strangers ask for costs the database, so an address may ask at a rate only. False when it
 * asks too fast; the call is refused then. */
static bool may_ask(struct bucket buckets[AUTH_PEER_BUCKETS], const struct waiter *waiter)
{
    const struct call *call = waiter->call;
    struct bucket *bucket = auth_peer_bucket(buckets, call->peer);
    struct err err = {.retry_after_ms = 1000};
    if (bucket_try(bucket, call->rpc->loop->now_ms, 1, AUTH_STRANGER_RATE, AUTH_STRANGER_BURST)) {
        return true;
    }
    err_set(&err, GRPC_RESOURCE_EXHAUSTED,
            "too many calls without a known session come from this address");
    refuse_with(waiter, &err);
    return false;
}

void auth_admit(struct auth *auth, struct call *call, const struct auth_rule *rule,
                const char *authority,
                void (*then)(struct call *call, const struct db_settings *settings))
{
    static const struct db_settings nobody = {"", "", "", ""};
    struct waiter here = {.call = call,
                          .rule = rule,
                          .authority = authority,
                          .then = then,
                          .generation = auth->generation};
    if (rule->need == AUTH_PUBLIC) {
        if (may_ask(auth->strangers, &here)) {
            then(call, &nobody);
        }
        return;
    }
    assert(call->identified); /* rpc/call.c lets only anonymous methods through without */
    struct entry *entry = entry_of(auth, call);
    if (entry && too_fast(entry, &here)) {
        return;
    }
    if (entry && !entry->asking && call->rpc->loop->now_ms < entry->trusted_until_ms) {
        decide(entry, &here);
        return;
    }
    /* not for certificates, which somebody that we trust has signed */
    if (entry && entry->by_session && !entry->asking && !entry->principal.id &&
        !may_ask(auth->tokens, &here)) {
        return;
    }
    struct waiter *waiter = entry ? arena_alloc(call_run_arena(call), sizeof(*waiter)) : NULL;
    if (!waiter) {
        refuse_no_memory(&here);
        return;
    }
    *waiter = here;
    call_hold(call);
    wait_for_answer(entry, waiter);
}

void auth_forget(struct auth *auth)
{
    auth->generation++;
    for (size_t i = 0; i < AUTH_CACHE_SLOTS; i++) {
        for (struct entry *entry = auth->slots[i]; entry; entry = entry->next) {
            entry->trusted_until_ms = 0;
        }
    }
}

/* Who is who has changed, or may have: whoever calls next is looked up. */
static void on_change(void *data, const char *authority)
{
    if (!authority || !*authority) {
        auth_forget(data);
    }
}

struct auth *auth_new(struct db *db, const struct auth_roles *roles, unsigned rate)
{
    struct auth *auth = calloc(1, sizeof(*auth));
    if (auth) {
        auth->db = db;
        auth->roles = roles;
        auth->rate = rate;
        db_on_change(db, on_change, auth);
    }
    return auth;
}

void auth_free(struct auth *auth)
{
    for (size_t i = 0; auth && i < AUTH_CACHE_SLOTS; i++) {
        for (struct entry *entry = auth->slots[i], *next; entry; entry = next) {
            next = entry->next;
            assert(!entry->asking);
            entry_free(entry);
        }
    }
    free(auth);
}
