/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run of a method's statements for a call; shared by the files that answer calls: executor.c
 * (one request, one reply), gather.c (a stream of requests) and watch.c (a stream of replies).
 *
 * Glossary
 *   run   the job of one round trip; a watch has many, any other call one
 */
#ifndef SERVER_SQLRPC_EXECUTION_H
#define SERVER_SQLRPC_EXECUTION_H

#include "server/sqlrpc/method.h"

enum { EXECUTION_HASH_SIZE = 32, EXECUTION_BEGIN_PARAMS = 3 };

/* Lives in its call's arena. */
struct execution {
    struct call *call;
    struct arena *arena; /* of the run */
    struct sql_method *method;
    const ProtobufCMessage *request;
    const char *tenant;                      /* NULL: the method has none */
    unsigned char hash[EXECUTION_HASH_SIZE]; /* of the request's bytes */
    struct db_job job;
    struct db_step steps[DB_MAX_STEPS];
    const struct sql_statement *answering[DB_MAX_STEPS]; /* NULL: the engine's own step */
    unsigned first_into;
    ProtobufCMessage *reply;
    const char *begin_values[EXECUTION_BEGIN_PARAMS];
    int begin_lengths[EXECUTION_BEGIN_PARAMS];
    /* The value of an array parameter of a stream of requests. */
    bool (*gathered)(struct execution *execution, const struct bind_param *param,
                     const char **ret_value, int *ret_length);
    struct err refusal; /* while the statement for refusals runs */
    void *data;         /* of gather.c, watch.c or recall.c */
};

/* Begins to answer `request`, which must live as long as the call, and finds its authority. NULL
 * after the call was finished with what is wrong. */
struct execution *execution_begin(struct call *call, const ProtobufCMessage *request);

/* Asks whether the caller may: `then` comes once, now or later, with the settings of a run, or with
 * NULL after the call was refused. */
void execution_admit(struct execution *execution,
                     void (*then)(struct call *call, const struct db_settings *settings));

/* Runs the method's statements under these settings: how an admitted call goes on. */
void execution_go_on(struct execution *execution, const struct db_settings *settings);

/* Makes the steps of the method's statements. A replay leaves out what writes. False with `err`. */
bool execution_steps(struct execution *execution, bool replay, struct err *err);

/* Binds one statement as the next step of the job. False with `err`. */
bool execution_bind(struct execution *execution, const struct sql_statement *statement,
                    struct err *err);

/* Begins to record what the finished job was refused with, where the method has a statement for it;
 * the call is finished after that. False when there is nothing to record. */
bool refusal_record(struct execution *execution);

/* One value of a refusal. */
void refusal_write(const struct execution *execution, enum bind_refusal what,
                   const char **ret_value, int *ret_length);

/* Fills in the job around the steps, but for rows and done. */
void execution_job(struct execution *execution, const struct db_settings *settings);

/* Hands the job to the database and holds the call until it is done. */
void execution_submit(struct execution *execution);

/* Sends the reply or the error of a finished job; releases the call. For db_job.done. */
void execution_done(struct db_job *job);

/* Fills the reply from one step's rows. For db_job.rows. */
bool execution_rows(struct db_job *job, unsigned step, const PGresult *rows);

/* Fills one message from one row. False with job->err. */
bool execution_fill(struct execution *execution, const struct sql_statement *statement,
                    const PGresult *rows, int row, ProtobufCMessage *message);

/* An empty message, or NULL without memory. */
ProtobufCMessage *execution_message(const ProtobufCMessageDescriptor *descriptor,
                                    struct arena *arena);

/* True when the request carries a request_id that counts. */
bool execution_has_request_id(const struct execution *execution);

static inline struct execution *execution_of(struct db_job *job)
{
    return (struct execution *)((char *)job - offsetof(struct execution, job));
}

static inline const char *execution_string(const ProtobufCMessage *message,
                                           const ProtobufCFieldDescriptor *field)
{
    return *(char *const *)((const char *)message + field->offset);
}

static inline struct sql_context *execution_context(const struct call *call)
{
    return call->rpc->context;
}

#endif
