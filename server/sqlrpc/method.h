/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RPCs as data: a method of the protos and one .sql file make an RPC.
 *
 * Glossary
 *   header     the comment lines of a .sql file that say which RPC it is and who may call it
 *   statement  one SQL command of the file: the write, or one whose rows fill part of the reply
 *   into       the part of the reply that a statement's rows fill; "." is the reply itself
 *   gather     an array parameter of a stream of requests takes its field of each of them
 *   watch      a stream of replies that follows what changes, see watch.h
 *   refusal    a write that the database refuses for what the request says; a statement after
 *              `-- after: refusal` may then record that, in a transaction of its own
 *   replay     answering a repeated request_id from the into statements alone
 */
#ifndef SERVER_SQLRPC_METHOD_H
#define SERVER_SQLRPC_METHOD_H

#include "server/auth/auth.h"
#include "server/db/db.h"
#include "server/rpc/registry.h"
#include "server/sqlrpc/bind.h"

#include <stdatomic.h>

struct described;
struct watches;
struct signin;

enum {
    GATHER_MAX_REQUESTS = 200000,             /* in one stream */
    GATHER_MAX_BYTES = 64 * 1024 * 1024,      /* of their values */
    METHOD_MAX_STATEMENTS = DB_MAX_STEPS - 2, /* request_begin and the audit's are steps, too */
    METHOD_MAX_FILE = 256 * 1024,             /* bytes of a .sql file */
    METHOD_MAX_PATH = 128,                    /* bytes of "/package.Service/Method" */
    METHOD_HEAVY_US = 5000,                   /* usual cost above which reads take the heavy lane */
};

struct sql_statement {
    struct db_statement db;
    char *sql; /* with $1, $2, … */
    bool is_write;
    bool on_refusal;
    struct bind_param *params;
    Oid param_types[BIND_MAX_PARAMS];
    bool into_reply;       /* into: . */
    struct bind_path into; /* otherwise; its last field is the message that a row fills */
    const ProtobufCMessageDescriptor *row;
    struct bind_column *columns; /* made by the checker */
    unsigned column_count;
};

struct execution;

/* What C does for a method beside its statements, such as signing. */
struct sql_step {
    const char *path; /* "/pledge.v1.SignUpService/Sign" */
    /* Once the caller is admitted, on the loop: fills in fields of the request that callers cannot
     * set. Ends with execution_go_on, now or later, or with the end of the call. */
    void (*before)(struct execution *execution, const struct db_settings *settings);
    /* Once the rows filled the reply. False with the error. */
    bool (*after)(struct execution *execution, ProtobufCMessage *reply, struct err *err);
    const void *data; /* the step's own */
};

struct sql_method {
    struct method method;
    char path[METHOD_MAX_PATH];
    char *file; /* for people */
    char permission[BIND_MAX_NAME];
    struct auth_rule rule;
    bool is_write;
    bool is_audited; /* a read that leaves an entry in the audit trail before it is answered */
    bool is_fresh;   /* a read whose replies are never kept: what it reads counts no changes */
    struct sql_statement *statements;
    unsigned statement_count;
    bool has_tenant;
    struct bind_param tenant; /* its is_name and shape say what the field must look like */
    const ProtobufCFieldDescriptor *request_id;
    const ProtobufCFieldDescriptor *validate_only;
    const ProtobufCFieldDescriptor *update_mask;
    const ProtobufCMessageDescriptor *masked; /* what update_mask's paths are of */
    atomic_uint cost_us;                      /* usual, as measured */
    const struct sql_step *step;              /* NULL: none */
};

struct sql_methods {
    struct sql_method **methods;
    size_t count;
    size_t cap;
    /* Statements of handlers in C, set before loading: they are checked and prepared, too. */
    struct db_statement *const *extra;
    size_t extra_count;
    struct db_statement **statements; /* all of them, the engine's own first */
    size_t statement_count;
};

/* What does not agree, told all at once. */
struct problems {
    size_t count;
    void (*report)(const char *where, const char *what);
};
void problem(struct problems *problems, const char *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Reads every <directory>/<Service>/<Method>.sql. Each disagreement with the protos is a problem.
 */
void sql_methods_load(struct sql_methods *methods, const char *directory,
                      const ProtobufCServiceDescriptor *const *services, struct problems *problems);

/* Over how many connections statements are held against the database: more would begin with caches
 * of their own to fill for longer than they save. */
enum { SQL_CHECK_CONNECTIONS = 2 };

/* Asks a database about every statement, over SQL_CHECK_CONNECTIONS blocking connections to it.
 * What it says against one is a problem. */
void sql_methods_ask(const struct sql_methods *methods, PGconn *const *conns,
                     struct described *described, struct problems *problems);

/* Compares with what a database says of the statements, and makes the columns: unknown parameter or
 * column, wrong type, unfilled reply field, unknown permission. */
void sql_methods_check(struct sql_methods *methods, const struct described *described,
                       const struct auth_roles *roles, struct problems *problems);

/* Adds them to the registry and asks for every method of the services: each needs one answer. */
void sql_methods_register(struct sql_methods *methods, struct registry *registry,
                          const ProtobufCServiceDescriptor *const *services,
                          struct problems *problems);

/* Gives methods their steps, which are borrowed. A step of a method that there is not is a problem.
 */
void sql_methods_step(struct sql_methods *methods, const struct sql_step *steps, size_t count,
                      struct problems *problems);

void sql_methods_deinit(struct sql_methods *methods);

/* What one loop has for its calls; rpc.context points to it. */
struct sql_context {
    struct db *db;
    struct auth *auth;
    struct watches *watches;
    struct memos *memos;
    struct audit *audit;
    struct signin *signin; /* of the floor above */
};

/* Answers a call by its method's statements; sql_method.method.message. */
void sql_execute(struct call *call, const ProtobufCMessage *request);

/* Answers a stream of requests with one write, and its end; for methods whose proto says `stream`.
 */
void sql_gather(struct call *call, const ProtobufCMessage *request);
void sql_gather_end(struct call *call);

/* Answers with a stream of replies, each a row of the method's one statement. */
void sql_watch(struct call *call, const ProtobufCMessage *request);

/* The engine's own statement for request_id. */
extern struct db_statement sql_request_begin;

/* What the engine itself asks the database. */
enum { SQL_ENGINE_STATEMENTS = 9 };
extern struct db_statement *const sql_engine_statements[SQL_ENGINE_STATEMENTS];

#endif
