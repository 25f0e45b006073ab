/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/pipe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char settings_name[] = "settings";
static const char settings_sql[] =
    "SELECT set_config('pledge.authority', $1, true), set_config('pledge.principal', $2, true),"
    " set_config('pledge.role', $3, true), set_config('pledge.owner', $4, true),"
    " set_config('statement_timeout', $5, true)";

/* The same for a call whose client traces it, and what comes behind it in its segment: PostgreSQL
 * shows the trace beside the query. */
static const char traced_name[] = "settings_traced";
static const char traced_sql[] =
    "SELECT set_config('pledge.authority', $1, true), set_config('pledge.principal', $2, true),"
    " set_config('pledge.role', $3, true), set_config('pledge.owner', $4, true),"
    " set_config('statement_timeout', $5, true), set_config('application_name', $6, true)";

enum { SETTINGS_ECHOED = 4, SETTINGS_COUNT = 5, TRACED_COUNT = 6 };

/* --- segments ------------------------------------------------------------------------------- */

static uint64_t now_ms(const struct pipe *pipe)
{
    return pipe->link.loop->now_ms;
}

static struct segment *segment_at(struct pipe *pipe, unsigned index)
{
    return &pipe->segments[(pipe->segment_first + index) % DB_PIPE_SEGMENTS];
}

static struct segment *segment_push(struct pipe *pipe, enum segment_kind kind)
{
    struct segment *segment = segment_at(pipe, pipe->segment_count++);
    *segment =
        (struct segment){.kind = kind, .give_up_ms = now_ms(pipe) + LINK_CONNECT_MS + DB_GRACE_MS};
    return segment;
}

/* The answers of a job, in their order. */
enum item {
    ITEM_BEGIN,    /* of writes */
    ITEM_SETTINGS, /* unless it follows */
    ITEM_PARSE,    /* before a step whose statement is new to the connection */
    ITEM_STEP,
    ITEM_COMMIT, /* of writes */
    ITEM_NONE,   /* past the last */
};

/* What the answer at `index` is of; `ret_step` tells of which step. */
static enum item item_at(const struct pipe *pipe, const struct db_job *job, unsigned index,
                         unsigned *ret_step)
{
    bool writes = pipe->lane == DB_WRITE;
    *ret_step = 0;
    if (writes && index-- == 0) {
        return ITEM_BEGIN;
    }
    if (!job->follows && index-- == 0) {
        return ITEM_SETTINGS;
    }
    for (unsigned i = 0; i < job->step_count; i++) {
        *ret_step = i;
        if ((job->parses >> i & 1) && index-- == 0) {
            return ITEM_PARSE;
        }
        if (index-- == 0) {
            return ITEM_STEP;
        }
    }
    return writes && index == 0 ? ITEM_COMMIT : ITEM_NONE;
}

/* --- coming up -------------------------------------------------------------------------------- */

static bool send_plain(PGconn *conn, const char *sql)
{
    return PQsendQueryParams(conn, sql, 0, NULL, NULL, NULL, NULL, 1) == 1;
}

/* Only the settings: other statements are prepared when they are first used. */
static bool on_greet(void *data)
{
    struct pipe *pipe = data;
    PGconn *conn = pipe->link.conn;
    segment_push(pipe, SEGMENT_PREPARE);
    memset(pipe->prepared, 0, pipe->catalog->statement_count * sizeof(*pipe->prepared));
    if (PQsetnonblocking(conn, 1) != 0 || !PQenterPipelineMode(conn) ||
        !PQsendPrepare(conn, settings_name, settings_sql, 0, NULL) ||
        !PQsendPrepare(conn, traced_name, traced_sql, 0, NULL)) {
        return false;
    }
    return (!pipe->listens || send_plain(conn, "LISTEN " DB_CHANNEL)) &&
           PQpipelineSync(conn) == 1 && link_flush(&pipe->link);
}

/* --- sending ---------------------------------------------------------------------------------- */

bool pipe_has_room(const struct pipe *pipe)
{
    unsigned cap = pipe->lane == DB_WRITE ? 1 : DB_PIPE_SEGMENTS;
    return pipe->link.state == LINK_READY && pipe->segment_count < cap && !pipe->link.write_blocked;
}

const struct db_job *pipe_job(const struct pipe *pipe)
{
    const struct segment *segment = &pipe->segments[pipe->segment_first];
    return pipe->segment_count > 0 && segment->kind == SEGMENT_JOBS ? segment->first : NULL;
}

/* What a job's statements may take, in whole steps, so that neighbours can share their settings.
 * The client is answered in time either way; this only frees the connection. */
static uint64_t timeout_ms(const struct db_job *job, uint64_t now_ms)
{
    uint64_t left = job->deadline_ms > now_ms ? job->deadline_ms - now_ms : 0;
    return (left / DB_TIMEOUT_STEP_MS + 1) * DB_TIMEOUT_STEP_MS;
}

/* A job may go on under the settings of the one before it in the segment, if they are its own. */
static bool same_settings(const struct db_job *before, const struct db_job *job)
{
    const struct db_settings *a = &before->settings;
    const struct db_settings *b = &job->settings;
    bool traced = (before->trace && *before->trace) || (job->trace && *job->trace);
    return !traced && before->timeout_ms == job->timeout_ms &&
           strcmp(a->authority, b->authority) == 0 && strcmp(a->principal, b->principal) == 0 &&
           strcmp(a->role, b->role) == 0 && strcmp(a->owner, b->owner) == 0;
}

/* The one place that sends a job: settings and steps are inseparable. `ret_traced` says whether
 * the segment has a trace in force, which the next job replaces by its own or by none. */
static bool send_job(struct pipe *pipe, const struct db_job *job, bool *ret_traced)
{
    static const int all_binary[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                     1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    char timeout[24];
    snprintf(timeout, sizeof(timeout), "%" PRIu64, job->timeout_ms);
    *ret_traced = *ret_traced || (job->trace && *job->trace);
    const char *values[TRACED_COUNT] = {job->settings.authority,
                                        job->settings.principal,
                                        job->settings.role,
                                        job->settings.owner,
                                        timeout,
                                        job->trace ? job->trace : ""};
    bool sent = pipe->lane != DB_WRITE || send_plain(pipe->link.conn, "BEGIN");
    if (sent && !job->follows) {
        sent = PQsendQueryPrepared(pipe->link.conn, *ret_traced ? traced_name : settings_name,
                                   *ret_traced ? TRACED_COUNT : SETTINGS_COUNT, values, NULL, NULL,
                                   1) == 1;
    }
    for (unsigned i = 0; sent && i < job->step_count; i++) {
        const struct db_step *step = &job->steps[i];
        const struct db_statement *statement = step->statement;
        if (job->parses >> i & 1) {
            sent = PQsendPrepare(pipe->link.conn, statement->name, statement->sql,
                                 statement->param_count, statement->param_types) == 1;
        }
        sent = sent && PQsendQueryPrepared(pipe->link.conn, statement->name, statement->param_count,
                                           step->values, step->lengths, all_binary, 1) == 1;
    }
    if (sent && pipe->lane == DB_WRITE) {
        sent = send_plain(pipe->link.conn, job->dry_run ? "ROLLBACK" : "COMMIT");
    }
    return sent;
}

/* The first job that uses a statement on this connection prepares it on the way. */
static void mark_parses(struct pipe *pipe, struct db_job *job)
{
    job->parses = 0;
    for (unsigned i = 0; i < job->step_count; i++) {
        bool *prepared = &pipe->prepared[job->steps[i].statement->index];
        job->parses |= *prepared ? 0 : 1U << i;
        *prepared = true; /* forgotten again if it fails */
    }
}

void pipe_send(struct pipe *pipe, struct db_job *jobs)
{
    struct segment *segment = segment_push(pipe, SEGMENT_JOBS);
    segment->first = jobs;
    uint64_t now_us = pipe->link.loop->now_us;
    if (pipe->segment_count == 1) {
        pipe->job = jobs;
        pipe->item = 0;
        pipe->last_end_us = now_us;
    }
    segment->uniform = true;
    bool traced = false;
    const struct db_job *before = NULL;
    for (struct db_job *job = jobs; job; before = job, job = job->next) {
        job->timeout_ms = timeout_ms(job, now_ms(pipe));
        job->follows = pipe->lane != DB_WRITE && before && same_settings(before, job);
        mark_parses(pipe, job);
        segment->uniform &= job->steps[0].statement == jobs->steps[0].statement;
        segment->job_count++;
        job->sent_us = now_us;
        job->tries++;
        job->aborted = false;
        uint64_t give_up = job->deadline_ms + DB_GRACE_MS;
        segment->give_up_ms = give_up > segment->give_up_ms ? give_up : segment->give_up_ms;
        if (!send_job(pipe, job, &traced)) {
            link_fail(&pipe->link, NULL);
            return;
        }
    }
    if (PQpipelineSync(pipe->link.conn) != 1 || !link_flush(&pipe->link)) {
        link_fail(&pipe->link, NULL);
    }
}

/* --- receiving -------------------------------------------------------------------------------- */

/* The answers of a segment arrive together, so what one job took is known only when all of them
 * were of one kind. */
static void settle(struct pipe *pipe, struct segment *segment, struct db_job *job, bool try_again)
{
    uint64_t now = pipe->link.loop->now_us;
    if (segment->job_count > 0) {
        segment->cost_us = segment->uniform ? (now - pipe->last_end_us) / segment->job_count : 0;
        segment->job_count = 0;
    }
    job->settled_us = now;
    job->cost_us = (uint32_t)segment->cost_us;
    pipe->last_end_us = now;
    pipe->owner.settled(pipe->owner.data, job, try_again);
}

/* Keeps the settings that PostgreSQL says are in force. False when it is not an answer to that. */
static bool take_echo(struct pipe *pipe, const PGresult *rows)
{
    if (PQntuples(rows) != 1 || PQnfields(rows) < SETTINGS_COUNT) {
        return false;
    }
    for (int i = 0; i < SETTINGS_ECHOED; i++) {
        snprintf(pipe->in_force[i], sizeof(pipe->in_force[i]), "%s", PQgetvalue(rows, 0, i));
    }
    return true;
}

/* Rows are taken only under settings that answered, in this segment, and are the job's own. */
static bool own_in_force(const struct pipe *pipe, const struct db_job *job)
{
    const char *want[SETTINGS_ECHOED] = {job->settings.authority, job->settings.principal,
                                         job->settings.role, job->settings.owner};
    for (int i = 0; i < SETTINGS_ECHOED; i++) {
        if (strcmp(pipe->in_force[i], want[i]) != 0) {
            return false;
        }
    }
    return true;
}

/* Errors that are not the job's own: the connection is ending (57P), its plans are stale (0A000),
 * the neighbour that was to prepare a statement failed (26000), or the neighbour's time-out struck.
 * A read is sent again. False when the connection must go. */
static bool judge_error(struct pipe *pipe, struct db_job *job, enum item item)
{
    const char *sqlstate = job->err.sqlstate;
    bool stale = strcmp(sqlstate, "0A000") == 0;
    bool ending = strncmp(sqlstate, "57P", 3) == 0;
    bool unprepared = strcmp(sqlstate, "26000") == 0;
    bool neighbours =
        strcmp(sqlstate, "57014") == 0 && !job->solo && (job->follows || item == ITEM_SETTINGS);
    if ((stale || ending || unprepared || neighbours) && job->tries < DB_MAX_TRIES &&
        pipe->lane != DB_WRITE) {
        job->err = (struct err){0};
        job->aborted = true;
    }
    return !stale;
}

/* A statement that was to be prepared and was not. */
static void forget_prepared(struct pipe *pipe, const struct db_job *job, enum item item,
                            unsigned step)
{
    if (item == ITEM_PARSE) {
        pipe->prepared[job->steps[step].statement->index] = false;
    }
}

/* One result of the job being read. False when the connection must go. */
static bool take_result(struct pipe *pipe, const PGresult *result)
{
    struct db_job *job = pipe->job;
    unsigned step;
    enum item item = item_at(pipe, job, pipe->item, &step);
    switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
        if (item == ITEM_SETTINGS) {
            return take_echo(pipe, result) && own_in_force(pipe, job);
        }
        if (item == ITEM_STEP) {
            if (!own_in_force(pipe, job)) {
                return false;
            }
            if (job->err.code == GRPC_OK && !job->cancelled) {
                job->rows(job, step, result);
            }
        }
        return true;
    case PGRES_PIPELINE_ABORTED:
        forget_prepared(pipe, job, item, step);
        job->aborted = true;
        return true;
    default:
        if (!PQresultErrorField(result, PG_DIAG_SQLSTATE)) {
            return false; /* libpq's own, such as want of memory: what the server did is not known
                           */
        }
        forget_prepared(pipe, job, item, step);
        job->err = (struct err){0};
        db_error(result, &pipe->catalog->rules, job->arena, &job->err);
        return judge_error(pipe, job, item);
    }
}

/* The answers to one statement are complete. */
static void next_item(struct pipe *pipe)
{
    struct db_job *job = pipe->job;
    unsigned step;
    if (item_at(pipe, job, ++pipe->item, &step) != ITEM_NONE) {
        return;
    }
    pipe->item = 0;
    pipe->job = job->next;
    if (pipe->lane != DB_WRITE) {
        segment_at(pipe, 0)->first = job->next; /* a settled job is its owner's to free */
        settle(pipe, segment_at(pipe, 0), job, job->aborted && job->err.code == GRPC_OK);
    }
}

static void segment_ended(struct pipe *pipe)
{
    struct segment *segment = segment_at(pipe, 0);
    struct db_job *job = segment->kind == SEGMENT_JOBS ? segment->first : NULL;
    enum segment_kind kind = segment->kind;
    pipe->segment_first = (pipe->segment_first + 1) % DB_PIPE_SEGMENTS;
    pipe->segment_count--;
    struct segment *next = pipe->segment_count > 0 ? segment_at(pipe, 0) : NULL;
    if (next && next->give_up_ms < now_ms(pipe) + DB_GRACE_MS) {
        next->give_up_ms = now_ms(pipe) + DB_GRACE_MS; /* it waited for the one before */
    }
    pipe->job = next && next->kind == SEGMENT_JOBS ? next->first : NULL;
    pipe->item = 0;
    memset(pipe->in_force, 0, sizeof(pipe->in_force)); /* they ended with the segment */
    pipe->in_force[0][0] = '?';                        /* which is nobody's authority */
    if (kind == SEGMENT_PREPARE) {
        link_ready(&pipe->link);
        if (pipe->listens) {
            pipe->owner.changed(pipe->owner.data, NULL); /* what came before is not told */
        }
    }
    if (pipe->lane == DB_WRITE && kind == SEGMENT_JOBS) {
        settle(pipe, segment, job, false);
        if (PQtransactionStatus(pipe->link.conn) == PQTRANS_INERROR) {
            segment_push(pipe, SEGMENT_ROLLBACK);
            if (!send_plain(pipe->link.conn, "ROLLBACK") || PQpipelineSync(pipe->link.conn) != 1 ||
                !link_flush(&pipe->link)) {
                link_fail(&pipe->link, NULL);
            }
        }
    }
}

/* A result while preparing or rolling back: anything but success ends the connection. */
static bool take_plain(struct pipe *pipe, const PGresult *result)
{
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        link_fail(&pipe->link, PQresultErrorMessage(result));
        return false;
    }
    return true;
}

static void on_receive(void *data)
{
    struct pipe *pipe = data;
    if (PQconsumeInput(pipe->link.conn) != 1) {
        link_fail(&pipe->link, NULL);
        return;
    }
    while (pipe->segment_count > 0 && !PQisBusy(pipe->link.conn)) {
        PGresult *result = PQgetResult(pipe->link.conn);
        struct segment *segment = segment_at(pipe, 0);
        bool healthy = true;
        if (!result) {
            if (segment->kind == SEGMENT_JOBS && pipe->job) {
                next_item(pipe);
            }
        } else if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
            segment_ended(pipe);
        } else if (segment->kind != SEGMENT_JOBS) {
            healthy = take_plain(pipe, result);
        } else if (!pipe->job || !take_result(pipe, result)) {
            healthy = false;
            const char *why = PQresultErrorMessage(result);
            link_fail(&pipe->link, *why ? why : "an answer that does not belong to its job");
        }
        PQclear(result);
        if (!healthy || !pipe->link.conn) {
            return;
        }
    }
    if (PQstatus(pipe->link.conn) == CONNECTION_BAD) {
        link_fail(&pipe->link, NULL);
        return;
    }
    PGnotify *notify;
    while (pipe->listens && (notify = PQnotifies(pipe->link.conn))) {
        pipe->owner.changed(pipe->owner.data, notify->extra);
        PQfreemem(notify);
    }
}

/* --- going down ------------------------------------------------------------------------------ */

/* Reads may run again elsewhere. A write's outcome is unknown once its COMMIT was sent; the client
 * is told, and its request_id makes repeating it safe. */
static void on_lost(void *data)
{
    struct pipe *pipe = data;
    if (pipe->link.state != LINK_CLOSED) {
        pipe->owner.lost(pipe->owner.data, pipe->link.error);
    }
    unsigned count = pipe->segment_count;
    for (unsigned i = 0; i < count; i++) {
        struct segment *segment = segment_at(pipe, i);
        for (struct db_job *job = segment->first, *next; job; job = next) {
            next = job->next;
            bool again = pipe->lane != DB_WRITE && job->err.code == GRPC_OK &&
                         job->tries < DB_MAX_TRIES && pipe->link.state != LINK_CLOSED;
            if (!again && job->err.code == GRPC_OK) {
                err_set(&job->err, GRPC_UNAVAILABLE,
                        pipe->lane == DB_WRITE
                            ? "the database went away and the outcome is not known; repeat with "
                              "the same request_id"
                            : "the database went away; try again shortly");
                job->err.retry_after_ms = DB_RETRY_AFTER_MS;
            }
            settle(pipe, segment, job, again);
        }
        segment->first = NULL;
    }
    pipe->segment_count = 0;
    pipe->job = NULL;
}

bool pipe_init(struct pipe *pipe, struct loop *loop, const struct db_catalog *catalog,
               const struct link_address *address, enum db_lane lane, bool listens,
               unsigned delay_ms, struct pipe_owner owner)
{
    *pipe = (struct pipe){.catalog = catalog, .lane = lane, .listens = listens, .owner = owner};
    pipe->prepared = calloc(catalog->statement_count + 1, sizeof(*pipe->prepared));
    if (!pipe->prepared) {
        return false;
    }
    link_init(&pipe->link, loop, address, delay_ms,
              (struct link_owner){on_greet, on_receive, on_lost, pipe});
    return true;
}

void pipe_tick(struct pipe *pipe)
{
    link_tick(&pipe->link);
    if (pipe->link.state == LINK_READY && pipe->segment_count > 0 &&
        now_ms(pipe) > segment_at(pipe, 0)->give_up_ms) {
        link_fail(&pipe->link, "no answer in time");
    }
}

void pipe_close(struct pipe *pipe)
{
    link_close(&pipe->link);
    free(pipe->prepared);
    pipe->prepared = NULL;
}
