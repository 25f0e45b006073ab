/* SPDX-License-Identifier: Apache-2.0 */
#include "server/inquiry.h"

#include "common/base/log.h"
#include "server/sqlrpc/described.h"

#include <poll.h>
#include <unistd.h>

enum { DATABASE_WAIT_SECONDS = 30, DATABASE_ANSWER_MS = 10 * 1000 };

/* A connection that comes up while other things are done. */
struct arrival {
    PGconn *conn;
    PostgresPollingStatusType state;
};

static bool arrival_go_on(struct arrival *arrival, int wait_ms)
{
    bool reads = arrival->state == PGRES_POLLING_READING;
    struct pollfd socket = {PQsocket(arrival->conn), reads ? POLLIN : POLLOUT, 0};
    if (poll(&socket, 1, wait_ms) != 1) {
        return false;
    }
    arrival->state = PQconnectPoll(arrival->conn);
    return arrival->state == PGRES_POLLING_READING || arrival->state == PGRES_POLLING_WRITING;
}

/* Asks the server for a connection, so that its backend starts beside us. */
static struct arrival arrival_begin(const char *conninfo)
{
    struct arrival arrival = {PQconnectStart(conninfo), PGRES_POLLING_WRITING};
    if (PQstatus(arrival.conn) != CONNECTION_BAD) {
        arrival_go_on(&arrival, 0);
    }
    return arrival;
}

/* The connection once it is there, or NULL. The database may still be coming up when the machine
 * starts. */
static PGconn *arrival_end(struct arrival *arrival, const char *conninfo)
{
    PGconn *conn = arrival->conn;
    while (PQstatus(conn) != CONNECTION_BAD && arrival_go_on(arrival, DATABASE_ANSWER_MS)) {
    }
    for (int waited = 0;; waited++) {
        if (PQstatus(conn) == CONNECTION_OK) {
            PQclear(PQexec(conn, "SET search_path = pledge, pg_temp"));
            return conn;
        }
        bool again = waited < DATABASE_WAIT_SECONDS;
        const char *said = PQerrorMessage(conn);
        log_event(again ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR, "database", "{s:s}", "error",
                  *said ? said : "the server does not answer");
        PQfinish(conn);
        if (!again) {
            return NULL;
        }
        sleep(1);
        conn = PQconnectdb(conninfo);
    }
}

static bool connect_all(struct inquiry *inquiry)
{
    struct arrival arrivals[SQL_CHECK_CONNECTIONS];
    bool all_there = true;
    for (unsigned i = 0; i < SQL_CHECK_CONNECTIONS; i++) {
        arrivals[i] = arrival_begin(inquiry->conninfo);
    }
    for (unsigned i = 0; i < SQL_CHECK_CONNECTIONS; i++) {
        inquiry->conns[i] = all_there ? arrival_end(&arrivals[i], inquiry->conninfo)
                                      : (PQfinish(arrivals[i].conn), NULL);
        all_there = all_there && inquiry->conns[i];
    }
    return all_there;
}

static void ask(void *data)
{
    struct inquiry *inquiry = data;
    if (!connect_all(inquiry)) {
        return;
    }
    /* two backends work at the same time */
    inquiry->catalogue_asked =
        inquiry->about_catalogue && described_ask(inquiry->conns[SQL_CHECK_CONNECTIONS - 1]);
    if (auth_roles_read(inquiry->conns[0], inquiry->roles, &inquiry->err)) {
        db_rules_read(inquiry->conns[0], inquiry->rules, &inquiry->err);
    }
}

void inquiry_begin(struct inquiry *inquiry, const char *conninfo, bool about_catalogue,
                   struct auth_roles *roles, struct db_rules *rules)
{
    *inquiry = (struct inquiry){
        .conninfo = conninfo, .about_catalogue = about_catalogue, .roles = roles, .rules = rules};
    inquiry->on_thread = uv_thread_create(&inquiry->thread, ask, inquiry) == 0;
}

bool inquiry_end(struct inquiry *inquiry)
{
    if (inquiry->on_thread) {
        uv_thread_join(&inquiry->thread);
        inquiry->on_thread = false;
    } else {
        ask(inquiry);
    }
    return inquiry->conns[SQL_CHECK_CONNECTIONS - 1] != NULL;
}

void inquiry_deinit(struct inquiry *inquiry)
{
    if (inquiry->on_thread) {
        uv_thread_join(&inquiry->thread);
    }
    for (unsigned i = 0; i < SQL_CHECK_CONNECTIONS; i++) {
        PQfinish(inquiry->conns[i]);
        inquiry->conns[i] = NULL;
    }
}
