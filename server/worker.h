/* SPDX-License-Identifier: Apache-2.0 */
/* One thread with one event loop and all that its calls need. */
#ifndef SERVER_WORKER_H
#define SERVER_WORKER_H

#include "server/mail/outbox.h"
#include "server/net/listener.h"
#include "server/rpc/call.h"
#include "server/signin/signin.h"
#include "server/sqlrpc/audit.h"
#include "server/sqlrpc/memo.h"
#include "server/sqlrpc/method.h"
#include "server/sqlrpc/retention.h"
#include "server/sqlrpc/watch.h"

struct worker {
    struct loop loop;
    struct listener listener;
    struct rpc rpc;
    struct metrics metrics;
    struct watches watches;
    struct audit audit;
    struct signin signin;
    struct retention retention;
    struct outbox outbox;
    struct sql_context context; /* first thing that rpc.context points to */
    uv_async_t drain;
    uv_thread_t thread;
    int drain_ms;
    uint64_t drain_by_ms; /* 0: not draining */
    bool closing;
};

struct worker_shared {
    SSL_CTX *tls;
    const struct registry *registry;
    const struct db_catalog *catalog;
    const struct db_config *db;
    const struct auth_roles *roles;
    int drain_ms;
    int slow_call_ms;
    int principal_rate;
    const struct signin_config *signin;
    const char *web_origins;
};

/* Binds `address` and opens the pool. On failure a sentence is in `err`. Borrows `shared`. */
bool worker_init(struct worker *worker, const struct worker_shared *shared,
                 const struct sockaddr *address, socklen_t address_len, struct err *err);

/* Has this worker, one of the daemon's, apply the periods of retention; before it is started. */
void worker_retain(struct worker *worker, int check_s);

/* Has it send reminders by `server`, too; before it is started. Borrows `server`. */
void worker_send(struct worker *worker, const struct smtp_server *server, int check_s);

/* Runs the loop on a thread of its own. */
bool worker_start(struct worker *worker);

/* Asks the worker to finish its calls and end; from any thread. */
void worker_drain(struct worker *worker);

/* Waits for the end and frees everything. */
void worker_join(struct worker *worker);

/* Whether this loop serves: health.serving. `context` is the worker's. */
bool worker_serving(void *context);

#endif
