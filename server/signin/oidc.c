/* SPDX-License-Identifier: Apache-2.0 */
#include "server/signin/oidc.h"
#include "common/base/time.h"
#include "server/signin/fetch.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WELL_KNOWN "/.well-known/openid-configuration"

/* What is known of one issuer. The cache's lock guards all of it. */
struct issuer {
    struct issuer *next;
    char *url;
    size_t users;   /* threads that look at it; then it is not evicted */
    size_t blocked; /* of these, the ones that fetch or wait */
    bool fetching;
    struct jwks *keys; /* of the last fetch that went well, or NULL */
    uint64_t fetched_ms;
    uint64_t tried_ms; /* when a fetch last ended, in whatever way; 0: never */
    uint64_t used_ms;
    struct err failure; /* of the last fetch, or zeroed */
};

struct oidc {
    pthread_mutex_t lock; /* never held while anything is fetched */
    pthread_cond_t fetched;
    struct issuer *issuers; /* the one used last is anywhere: they are few */
    size_t count;
    struct fetch_options options;
    char *ca_file;
};

struct oidc *oidc_new(const char *ca_file, bool allow_private)
{
    struct oidc *oidc = calloc(1, sizeof(*oidc));
    char *copy = strdup(ca_file);
    if (!oidc || !copy || !fetch_init()) {
        free(copy);
        free(oidc);
        return NULL;
    }
    oidc->ca_file = copy;
    oidc->options = (struct fetch_options){copy, allow_private};
    pthread_mutex_init(&oidc->lock, NULL);
    pthread_cond_init(&oidc->fetched, NULL);
    return oidc;
}

static void issuer_free(struct issuer *issuer)
{
    jwks_unref(issuer->keys);
    free(issuer->url);
    free(issuer);
}

void oidc_free(struct oidc *oidc)
{
    if (!oidc) {
        return;
    }
    for (struct issuer *issuer = oidc->issuers, *next; issuer; issuer = next) {
        next = issuer->next;
        issuer_free(issuer);
    }
    pthread_cond_destroy(&oidc->fetched);
    pthread_mutex_destroy(&oidc->lock);
    free(oidc->ca_file);
    free(oidc);
}

/* ---- what the provider publishes ---- */

static bool is_https(const char *url)
{
    return url && strncmp(url, "https://", 8) == 0 && url[8] && strlen(url) < OIDC_MAX_URL;
}

/* Reads configuration and keys. `ret_report->keys` is the caller's. */
static bool fetch_report(const struct fetch_options *options, const char *issuer,
                         struct oidc_report *ret_report, struct err *err)
{
    char url[OIDC_MAX_URL + sizeof(WELL_KNOWN)];
    *ret_report = (struct oidc_report){0};
    if (!is_https(issuer) || strpbrk(issuer, "?#@ ")) {
        return err_set(err, GRPC_FAILED_PRECONDITION,
                       "The issuer is no https URL without query, fragment and user.");
    }
    size_t len = strlen(issuer);
    snprintf(url, sizeof(url), "%.*s" WELL_KNOWN, (int)(len - (issuer[len - 1] == '/')), issuer);
    json_t *configuration = fetch_json(options, url, err);
    if (!configuration) {
        return false;
    }
    const char *named = json_string_value(json_object_get(configuration, "issuer"));
    const char *keys_url = json_string_value(json_object_get(configuration, "jwks_uri"));
    const char *device =
        json_string_value(json_object_get(configuration, "device_authorization_endpoint"));
    json_t *keys = NULL;
    if (!named || strcmp(named, issuer) != 0) {
        err_set(err, GRPC_FAILED_PRECONDITION,
                "The identity provider's configuration names another issuer.");
    } else if (!is_https(keys_url)) {
        err_set(err, GRPC_FAILED_PRECONDITION,
                "The identity provider's configuration has no jwks_uri with https.");
    } else if ((keys = fetch_json(options, keys_url, err))) {
        ret_report->keys = jwks_new(keys, err);
    }
    ret_report->device_grant = is_https(device);
    json_decref(keys);
    json_decref(configuration);
    return ret_report->keys != NULL;
}

/* ---- the cache ---- */

/* Takes out the issuer that was used longest ago and that nobody looks at. */
static bool evict(struct oidc *oidc)
{
    struct issuer **oldest = NULL;
    for (struct issuer **at = &oidc->issuers; *at; at = &(*at)->next) {
        if ((*at)->users == 0 && (!oldest || (*at)->used_ms < (*oldest)->used_ms)) {
            oldest = at;
        }
    }
    if (!oldest) {
        return false;
    }
    struct issuer *gone = *oldest;
    *oldest = gone->next;
    oidc->count--;
    issuer_free(gone);
    return true;
}

static struct issuer *find(const struct oidc *oidc, const char *url)
{
    struct issuer *issuer = oidc->issuers;
    while (issuer && strcmp(issuer->url, url) != 0) {
        issuer = issuer->next;
    }
    return issuer;
}

/* Finds or makes the entry and keeps it from being evicted. NULL with `err`. */
static struct issuer *hold(struct oidc *oidc, const char *url, struct err *err)
{
    struct issuer *issuer = find(oidc, url);
    if (!issuer && oidc->count >= OIDC_MAX_ISSUERS && !evict(oidc)) {
        err_set(err, GRPC_UNAVAILABLE, "Too many identity providers are in use. Try again.");
        return NULL;
    }
    if (!issuer) {
        issuer = calloc(1, sizeof(*issuer));
        char *copy = strdup(url);
        if (!issuer || !copy) {
            free(issuer);
            free(copy);
            err_no_memory(err);
            return NULL;
        }
        issuer->url = copy;
        issuer->next = oidc->issuers;
        oidc->issuers = issuer;
        oidc->count++;
    }
    issuer->used_ms = time_monotonic_ms();
    issuer->users++;
    return issuer;
}

/* Fetches with the lock let go. */
static void refresh(struct oidc *oidc, struct issuer *issuer)
{
    struct oidc_report report;
    struct err failure = {0};
    issuer->fetching = true;
    pthread_mutex_unlock(&oidc->lock);
    bool good = fetch_report(&oidc->options, issuer->url, &report, &failure);
    pthread_mutex_lock(&oidc->lock);
    issuer->fetching = false;
    issuer->tried_ms = time_monotonic_ms();
    issuer->failure = failure;
    if (good) {
        jwks_unref(issuer->keys);
        issuer->keys = report.keys;
        issuer->fetched_ms = issuer->tried_ms;
    }
    pthread_cond_broadcast(&oidc->fetched);
}

static bool is_fresh(const struct issuer *issuer)
{
    return issuer->keys && time_monotonic_ms() - issuer->fetched_ms < OIDC_KEYS_LAST_MS;
}

/* A failed fetch is tried again soon, another look for an unknown key is taken later, and keys that
 * are too old are fetched at once. */
static bool may_fetch(const struct issuer *issuer, bool again)
{
    uint64_t since_ms = time_monotonic_ms() - issuer->tried_ms;
    if (issuer->tried_ms == 0) {
        return true;
    }
    if (is_fresh(issuer)) {
        return again && since_ms >= OIDC_REFETCH_MS;
    }
    return issuer->failure.code == GRPC_OK || since_ms >= OIDC_REST_MS;
}

/* The issuer's keys; `again` asks for newer ones than there are. NULL with `err` when there are
 * none, or none newer. */
static struct jwks *keys_of(struct oidc *oidc, const char *url, bool again, struct err *err)
{
    struct jwks *keys = NULL;
    pthread_mutex_lock(&oidc->lock);
    struct issuer *issuer = hold(oidc, url, err);
    if (!issuer) {
        pthread_mutex_unlock(&oidc->lock);
        return NULL;
    }
    uint64_t before_ms = again ? issuer->fetched_ms : 0;
    bool wanted = again || !is_fresh(issuer);
    if (wanted && issuer->blocked >= OIDC_MAX_BLOCKED) {
        err_set(err, GRPC_UNAVAILABLE, "The identity provider is being asked. Try again.");
    } else if (wanted && (issuer->fetching || may_fetch(issuer, again))) {
        issuer->blocked++;
        if (!issuer->fetching) {
            refresh(oidc, issuer);
        }
        while (issuer->fetching) {
            pthread_cond_wait(&oidc->fetched, &oidc->lock);
        }
        issuer->blocked--;
    }
    if (is_fresh(issuer) && (!again || issuer->fetched_ms != before_ms)) {
        keys = jwks_ref(issuer->keys);
    } else if (issuer->failure.code != GRPC_OK && err->code == GRPC_OK) {
        *err = issuer->failure;
    }
    issuer->users--;
    pthread_mutex_unlock(&oidc->lock);
    return keys;
}

/* The keys that are kept, without waiting. `*ret_final` says that none newer may be fetched now.
 * NULL when there are none. */
static struct jwks *keys_kept(struct oidc *oidc, const char *url, bool *ret_final)
{
    pthread_mutex_lock(&oidc->lock);
    struct issuer *issuer = find(oidc, url);
    struct jwks *keys = issuer && is_fresh(issuer) ? jwks_ref(issuer->keys) : NULL;
    *ret_final = keys && !issuer->fetching && !may_fetch(issuer, true);
    if (keys) {
        issuer->used_ms = time_monotonic_ms();
    }
    pthread_mutex_unlock(&oidc->lock);
    return keys;
}

/* Why a provider cannot be used is for its administrator, who has oidc_inspect, and the log. */
static bool unavailable(struct err *err)
{
    char reason[ERR_MAX_DETAIL];
    snprintf(reason, sizeof(reason), "%.*s", ERR_MAX_DETAIL - 1, err->message);
    *err = (struct err){.retry_after_ms = OIDC_REST_MS};
    memcpy(err->detail, reason, sizeof(reason));
    return err_set(err, GRPC_UNAVAILABLE,
                   "The identity provider cannot be asked at present. Try again later.");
}

static bool refuse_key(struct err *err)
{
    return id_token_refuse(err, "no key of the provider's fits, or more than one");
}

/* Checks the signature by the provider's key, looking again for one that is not known. */
static bool check_signature(struct oidc *oidc, const char *issuer, const struct id_token *token,
                            struct err *err)
{
    struct jwks *keys = keys_of(oidc, issuer, false, err);
    if (!keys) {
        return unavailable(err);
    }
    const struct jwks_key *key = jwks_find(keys, token->key_id, token->algorithm);
    if (!key) {
        struct err later = {0};
        struct jwks *newer = keys_of(oidc, issuer, true, &later);
        if (newer) {
            jwks_unref(keys);
            keys = newer;
            key = jwks_find(keys, token->key_id, token->algorithm);
        }
    }
    bool good = key ? id_token_verify(token, key, err) : refuse_key(err);
    jwks_unref(keys);
    return good;
}

bool oidc_check(struct oidc *oidc, const struct oidc_provider *provider, const char *text,
                time_t now, struct oidc_identity *ret_identity, struct err *err)
{
    struct id_token token;
    *err = (struct err){0};
    bool good = id_token_parse(&token, text, err) &&
                id_token_claims(&token, provider, now, ret_identity, err) &&
                check_signature(oidc, provider->issuer, &token, err);
    id_token_deinit(&token);
    if (!good) {
        *ret_identity = (struct oidc_identity){0};
    }
    return good;
}

bool oidc_check_kept(struct oidc *oidc, const struct oidc_provider *provider, const char *text,
                     time_t now, bool *ret_known, struct oidc_identity *ret_identity,
                     struct err *err)
{
    struct id_token token;
    bool final = false;
    *err = (struct err){0};
    bool good = id_token_parse(&token, text, err) &&
                id_token_claims(&token, provider, now, ret_identity, err);
    *ret_known = !good;
    struct jwks *keys = good ? keys_kept(oidc, provider->issuer, &final) : NULL;
    const struct jwks_key *key = keys ? jwks_find(keys, token.key_id, token.algorithm) : NULL;
    if (key || final) {
        *ret_known = true;
        good = key ? id_token_verify(&token, key, err) : refuse_key(err);
    }
    jwks_unref(keys);
    id_token_deinit(&token);
    good = good && *ret_known;
    if (!good) {
        *ret_identity = (struct oidc_identity){0};
    }
    return good;
}

bool oidc_inspect(struct oidc *oidc, const char *issuer, struct oidc_report *ret_report,
                  struct err *err)
{
    *err = (struct err){0};
    return fetch_report(&oidc->options, issuer, ret_report, err);
}
