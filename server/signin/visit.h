/* SPDX-License-Identifier: Apache-2.0 */
/* What the methods of signing in have in common; for this folder only. */
#ifndef SERVER_SIGNIN_VISIT_H
#define SERVER_SIGNIN_VISIT_H

#include "pledge/v1/session.pb-c.h"
#include "server/signin/signin.h"

enum {
    VISIT_MAX_PARAMS = 13,
    VISIT_MAX_STEPS = 2,
    VISIT_MAX_TEXT = 1024, /* bytes of what somebody types */
    PASSWORD_STATEMENTS = 7,
    INVITATION_STATEMENTS = 3,
    PROVIDER_STATEMENTS = 3,
};

/* Lives in its call's arena. */
struct visit {
    struct call *call;
    struct signin *signin;
    const ProtobufCMessage *request;
    struct db_settings settings;
    enum db_lane lane; /* DB_WRITE, unless the method says otherwise */
    struct db_job job;
    struct db_step steps[VISIT_MAX_STEPS];
    const char *values[VISIT_MAX_STEPS][VISIT_MAX_PARAMS];
    int lengths[VISIT_MAX_STEPS][VISIT_MAX_PARAMS];
    unsigned count; /* of the parameters of the step that is being put together */
    struct errand errand;
    void (*then)(struct visit *visit);

    /* what was found on the way */
    const char *user_name;
    const char *authority;
    const char *principal; /* NULL: nobody */
    int wait_seconds;
    bool strange_device; /* the one that was shown is not of theirs */
    const char *hash;
    const unsigned char *sealed;
    size_t sealed_len;
    int64_t expires;
    bool good;
    int64_t step;
    unsigned char device[SECRET_HASH_SIZE];
    char device_token[SECRET_TOKEN_TEXT];
    unsigned char new_device[SECRET_HASH_SIZE];
    char token[SECRET_TOKEN_TEXT];
    unsigned char token_hash[SECRET_HASH_SIZE];
    unsigned char shown_hash[SECRET_HASH_SIZE]; /* of the invitation, recovery code or ID token */
    char new_hash[crypto_pwhash_STRBYTES];
    const char *fault; /* of a new password */
    char recovery[SECRET_RECOVERY_CODES][SECRET_RECOVERY_TEXT];
    int ended;
    int codes_left;
    Pledge__V1__Session *session;
    void *more; /* the method's own */
};

/* A method of this service and what answers it once the caller is admitted. */
struct visit_method {
    struct method method;
    struct auth_rule rule;
    void (*begin)(struct visit *visit);
    /* The authority that the request's parent names, NULL where it names none; NULL itself for
     * methods that are not of an authority. */
    const char *(*parent)(const ProtobufCMessage *request);
};

/* Puts one more parameter of the coming statement. */
void visit_put_text(struct visit *visit, const char *text);
void visit_put_hash(struct visit *visit, const unsigned char *hash); /* NULL is NULL */
void visit_put_bytes(struct visit *visit, const void *bytes, size_t len);
void visit_put_int4(struct visit *visit, int32_t number);
void visit_put_int8(struct visit *visit, int64_t number);
void visit_put_bool(struct visit *visit, bool truth);

/* Runs the statement with the parameters that were put, as a write of its own; `rows` takes what
 * comes back, and then `then` goes on. When it fails, so does the call. */
void visit_ask(struct visit *visit, const struct db_statement *statement,
               bool (*rows)(struct db_job *job, unsigned step, const PGresult *rows),
               void (*then)(struct visit *visit));

/* The same, and records the call in the audit trail as a write. */
void visit_ask_and_record(struct visit *visit, const struct db_statement *statement,
                          bool (*rows)(struct db_job *job, unsigned step, const PGresult *rows),
                          void (*then)(struct visit *visit));

/* Has `work` done on another thread, and then `then` on the loop. */
void visit_send(struct visit *visit, struct errands *errands, void (*work)(struct errand *errand),
                void (*then)(struct visit *visit));

/* The visit of a job or an errand. */
struct visit *visit_of_job(struct db_job *job);
struct visit *visit_of_errand(struct errand *errand);

/* Ends the call. */
void visit_reply(struct visit *visit, const ProtobufCMessage *reply);
void visit_fail(struct visit *visit, const struct err *err);

/* Ends it with UNAUTHENTICATED, which goes into the audit trail as a denied call; or without, where
 * the trail has it already, as a sign-in that went wrong. The sentence is the same whatever it was:
 * nobody learns what was right. */
void visit_deny(struct visit *visit, const char *sentence);
void visit_refuse(struct visit *visit, const char *sentence);

/* The session that begins: makes the token, and puts it with how long it lasts, the method and the
 * peer, as the functions that begin one take them. */
void visit_put_session(struct visit *visit);

/* Takes the session that was begun; no row leaves visit->session NULL. */
bool visit_take_session(struct db_job *job, unsigned step, const PGresult *rows);

/* Shared rows: one number into visit->ended, with visit->good telling that there was a row. */
bool visit_take_ended(struct db_job *job, unsigned step, const PGresult *rows);

/* Checks the length of a field: 1 to `most` bytes. */
bool visit_check(struct visit *visit, struct err *err, const char *field, const char *value,
                 size_t most);

/* False when too many attempts come from the address, and also when the service has no key to keep
 * the secrets of one-time codes with; the call is refused then. */
bool visit_may_try(struct visit *visit);
bool visit_may_guess(struct visit *visit);

/* False, and the call is refused, when too many attempts come from devices that are new to whom
 * they name: so much of the machine guessers have, wherever they are. */
bool visit_may_come(struct visit *visit);

/* Makes recovery codes: into visit->recovery, their hashes put as an array. */
void visit_put_recovery_codes(struct visit *visit);
char **visit_recovery_list(struct visit *visit);

/* The handlers, by the file they are in. */
void password_sign_in(struct visit *visit);
void password_change(struct visit *visit);
void password_replace_codes(struct visit *visit);
void password_sign_out(struct visit *visit);
void invitation_open(struct visit *visit);
void invitation_accept(struct visit *visit);
void provider_options(struct visit *visit);
void provider_sign_in(struct visit *visit);
void provider_check(struct visit *visit);
const char *provider_parent(const ProtobufCMessage *request);

extern struct db_statement password_statements[PASSWORD_STATEMENTS];
extern struct db_statement invitation_statements[INVITATION_STATEMENTS];
extern struct db_statement provider_statements[PROVIDER_STATEMENTS];

#endif
