/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/db.h"

#include "common/base/log.h"
#include "server/db/pipe.h"
#include "server/db/queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { DB_MAX_PIPES = 16 };

struct db {
    struct loop *loop;
    struct queue queues[DB_LANES];
    struct job_list refused; /* told at the end of the turn, never inside db_submit */
    struct pipe pipes[DB_MAX_PIPES];
    unsigned pipe_count;
    unsigned in_flight[DB_LANES];
    struct db_counters counters;
    struct {
        void (*changed)(void *data, const char *authority);
        void *data;
    } listeners[DB_MAX_LISTENERS];
    unsigned listener_count;
    uint64_t tell_ms; /* not before, another line about connections that fail */
    bool failing;     /* some did, and that all are back was not told yet */
    bool closed;
    PQconninfoOption *options;
    struct link_address addresses[2]; /* for reads, for writes */
};

static void refuse(struct db *db, struct db_job *job)
{
    err_set(&job->err, GRPC_UNAVAILABLE, "the database is out of reach; try again shortly");
    job->err.retry_after_ms = DB_RETRY_AFTER_MS;
    job_list_push(&db->refused, job);
}

static void on_settled(void *data, struct db_job *job, bool try_again)
{
    struct db *db = data;
    db->in_flight[job->lane]--;
    if (try_again && !job->cancelled && !db->closed) {
        job->solo = true;
        queue_push(&db->queues[job->lane], job);
    } else {
        counter_add(&db->counters.lanes[job->lane].jobs, 1);
        job->done(job);
    }
}

/* Connections fail together, and again until the database is back. */
static void on_lost(void *data, const char *why)
{
    struct db *db = data;
    if (db->loop->now_ms >= db->tell_ms) {
        log_event(LOG_LEVEL_WARN, "database", "{s:s}", "error", why);
        db->tell_ms = db->loop->now_ms + DB_TELL_MS;
    }
    db->failing = true;
}

static void on_changed(void *data, const char *authority)
{
    struct db *db = data;
    for (unsigned i = 0; i < db->listener_count; i++) {
        db->listeners[i].changed(db->listeners[i].data, authority);
    }
}

/* Writes of one council wait for each other in the database, for its count of changes and its
 * audit, and that costs more than waiting here. One that takes long lets the next go beside it, but
 * never on the last connection, which is for others. Writes of no council, such as sign-ins, only
 * leave that one. */
static bool may_write(const struct db *db, const struct db_job *job)
{
    unsigned connections = 0;
    unsigned same = 0;
    uint64_t newest_us = 0;
    for (unsigned i = 0; i < db->pipe_count; i++) {
        const struct pipe *pipe = &db->pipes[i];
        const struct db_job *other = pipe->lane == DB_WRITE ? pipe_job(pipe) : NULL;
        connections += pipe->lane == DB_WRITE;
        if (other && strcmp(other->settings.authority, job->settings.authority) == 0) {
            same++;
            newest_us = other->sent_us > newest_us ? other->sent_us : newest_us;
        }
    }
    bool waits = *job->settings.authority &&
                 db->loop->now_us - newest_us < (uint64_t)DB_WRITE_TURN_MS * 1000;
    return same == 0 || (same + 1 < connections && !waits);
}

/* Nobody waits for it any more, so it goes, but not to the database. */
static bool is_over(const struct db *db, const struct db_job *job)
{
    return job->cancelled || job->deadline_ms <= db->loop->now_ms;
}

static bool may_lead(void *data, const struct db_job *job)
{
    const struct db *db = data;
    return job->lane != DB_WRITE || is_over(db, job) || may_write(db, job);
}

static bool may_follow(void *data, const struct db_job *job)
{
    return may_lead(data, job) && !job->solo;
}

static void give_up(struct db *db, struct db_job *job)
{
    bool late = job->deadline_ms <= db->loop->now_ms;
    err_set(&job->err, late ? GRPC_DEADLINE_EXCEEDED : GRPC_CANCELLED,
            late ? "the call's deadline has passed" : "nobody waits for this call any more");
    job_list_push(&db->refused, job);
}

/* Takes the jobs of the next segment off the queue. NULL when there are none, or none whose turn it
 * is. */
static struct db_job *next_segment(struct db *db, enum db_lane lane)
{
    struct job_list batch;
    unsigned most = lane == DB_WRITE ? 1 : DB_SEGMENT_JOBS;
    bool (*may)(void *data, const struct db_job *job) = may_lead;
    struct db_job *job;
    job_list_init(&batch);
    while (batch.count < most && (job = queue_take(&db->queues[lane], may, db))) {
        if (is_over(db, job)) {
            give_up(db, job);
            continue;
        }
        job_list_push(&batch, job);
        most = job->solo ? 1 : most;
        may = may_follow;
    }
    db->in_flight[lane] += batch.count;
    return batch.first;
}

static bool lane_hopeless(const struct db *db, enum db_lane lane)
{
    for (unsigned i = 0; i < db->pipe_count; i++) {
        const struct pipe *pipe = &db->pipes[i];
        if (pipe->lane == lane && (pipe->link.state == LINK_READY || !pipe->link.failed_once)) {
            return false;
        }
    }
    return true;
}

static bool may_go(void *data, const struct db_job *job)
{
    (void)data;
    (void)job;
    return true;
}

static void refuse_lane(struct db *db, enum db_lane lane)
{
    struct db_job *job;
    while ((job = queue_take(&db->queues[lane], may_go, NULL))) {
        refuse(db, job);
    }
}

static void send_lane(struct db *db, enum db_lane lane)
{
    const struct queue *queue = &db->queues[lane];
    for (unsigned i = 0; i < db->pipe_count && queue->count > 0; i++) {
        struct pipe *pipe = &db->pipes[i];
        if (pipe->lane != lane) {
            continue;
        }
        while (queue->count > 0 && pipe_has_room(pipe)) {
            struct db_job *jobs = next_segment(db, lane);
            if (!jobs) {
                break;
            }
            counter_add(&db->counters.lanes[lane].segments, 1);
            pipe_send(pipe, jobs);
        }
    }
    if (queue->count > 0 && lane_hopeless(db, lane)) {
        refuse_lane(db, lane);
    }
}

static void count(struct db *db)
{
    for (enum db_lane lane = 0; lane < DB_LANES; lane++) {
        counter_set(&db->counters.lanes[lane].queued, db->queues[lane].count);
        counter_set(&db->counters.lanes[lane].in_flight, db->in_flight[lane]);
    }
}

static void count_connections(struct db *db)
{
    unsigned ready[DB_LANES] = {0};
    unsigned failures[DB_LANES] = {0};
    unsigned missing = db->pipe_count;
    for (unsigned i = 0; i < db->pipe_count; i++) {
        bool is_ready = db->pipes[i].link.state == LINK_READY;
        ready[db->pipes[i].lane] += is_ready;
        missing -= is_ready;
        failures[db->pipes[i].lane] += db->pipes[i].link.failures;
    }
    for (enum db_lane lane = 0; lane < DB_LANES; lane++) {
        counter_set(&db->counters.lanes[lane].connections, ready[lane]);
        counter_set(&db->counters.lanes[lane].failures, failures[lane]);
    }
    if (db->failing && missing == 0) {
        log_event(LOG_LEVEL_INFO, "database", "{s:i}", "connections", (int)db->pipe_count);
        db->failing = false;
    }
}

static void on_turn(void *data)
{
    struct db *db = data;
    for (enum db_lane lane = 0; lane < DB_LANES; lane++) {
        if (db->queues[lane].count > 0) {
            send_lane(db, lane);
        }
    }
    struct db_job *job;
    while ((job = job_list_pop(&db->refused))) {
        job->done(job);
    }
    count(db);
}

static void on_tick(void *data)
{
    struct db *db = data;
    for (unsigned i = 0; i < db->pipe_count && !db->closed; i++) {
        pipe_tick(&db->pipes[i]);
    }
    count_connections(db);
}

static void add_keyword(struct link_address *address, const char *keyword, const char *value)
{
    if (address->count < LINK_MAX_KEYWORDS) {
        address->keywords[address->count] = keyword;
        address->values[address->count++] = value;
    }
}

static const char *option_value(const PQconninfoOption *option, const char *keyword)
{
    while (option->keyword && strcmp(option->keyword, keyword) != 0) {
        option++;
    }
    return option->keyword && option->val && *option->val ? option->val : NULL;
}

/* Statements look things up by key, so one plan serves all parameters. What councils keep lies in
 * memory or on a disk without a head, where a page by an index costs hardly more than the next one;
 * PostgreSQL's own default would read whole tables while they are small. */
#define SESSION                                                                                    \
    "-c search_path=pledge,pg_temp -c client_min_messages=error -c jit=off "                       \
    "-c plan_cache_mode=force_generic_plan -c random_page_cost=1.1 "

/* Reads run in sessions that cannot write and see one snapshot a segment. */
static bool make_addresses(struct db *db, const char *conninfo, struct err *err)
{
    static const char *const session[2] = {
        SESSION "-c default_transaction_read_only=on "
                "-c default_transaction_isolation=repeatable\\ read",
        SESSION "-c lock_timeout=5s -c idle_in_transaction_session_timeout=60s"};
    /* A database that vanished without a word is noticed within seconds. */
    static const struct {
        const char *keyword;
        const char *value;
    } liveness[] = {{"tcp_user_timeout", "10000"},
                    {"keepalives_idle", "5"},
                    {"keepalives_interval", "2"},
                    {"keepalives_count", "3"}};
    char *message = NULL;
    db->options = PQconninfoParse(conninfo, &message);
    if (!db->options) {
        err_set(err, GRPC_INVALID_ARGUMENT, "database: %s", message ? message : "out of memory");
        PQfreemem(message);
        return false;
    }
    const char *host = option_value(db->options, "host");
    bool by_name = host && *host != '/' && *host != '@' && !strchr(host, ',') &&
                   !option_value(db->options, "hostaddr");
    for (int which = 0; which < 2; which++) {
        struct link_address *address = &db->addresses[which];
        address->lookup = by_name ? host : NULL;
        add_keyword(address, "client_encoding", "UTF8");
        add_keyword(address, "options", session[which]);
        for (size_t i = 0; i < sizeof(liveness) / sizeof(liveness[0]); i++) {
            if (!option_value(db->options, liveness[i].keyword)) {
                add_keyword(address, liveness[i].keyword, liveness[i].value);
            }
        }
        for (PQconninfoOption *option = db->options; option->keyword; option++) {
            bool ours = strcmp(option->keyword, "options") == 0 ||
                        strcmp(option->keyword, "client_encoding") == 0;
            if (option->val && !ours) {
                add_keyword(address, option->keyword, option->val);
            }
        }
    }
    return true;
}

struct db *db_new(struct loop *loop, const struct db_config *config,
                  const struct db_catalog *catalog, struct err *err)
{
    struct db *db = calloc(1, sizeof(*db));
    if (!db) {
        err_set(err, GRPC_RESOURCE_EXHAUSTED, "out of memory");
        return NULL;
    }
    db->loop = loop;
    job_list_init(&db->refused);
    if (!make_addresses(db, config->conninfo, err)) {
        free(db);
        return NULL;
    }
    for (enum db_lane lane = 0; lane < DB_LANES; lane++) {
        queue_init(&db->queues[lane], lane == DB_READ ? DB_READ_TURN : 1);
        for (unsigned i = 0; i < config->connections[lane] && db->pipe_count < DB_MAX_PIPES; i++) {
            if (pipe_init(&db->pipes[db->pipe_count], loop, catalog,
                          &db->addresses[lane == DB_WRITE], lane, lane == DB_WRITE && i == 0,
                          i * DB_STAGGER_MS,
                          (struct pipe_owner){on_settled, on_lost, on_changed, db})) {
                db->pipe_count++;
            }
        }
    }
    loop_on_turn(loop, on_turn, db);
    loop_on_tick(loop, on_tick, db);
    return db;
}

void db_submit(struct db *db, struct db_job *job)
{
    job->tries = 0;
    job->solo = false;
    err_clear(&job->err);
    struct queue *queue = &db->queues[job->lane];
    if (db->closed) {
        refuse(db, job);
    } else if (!queue_has_room(queue, job)) {
        err_set(&job->err, GRPC_RESOURCE_EXHAUSTED,
                "too many calls are waiting; try again shortly");
        job->err.retry_after_ms = DB_RETRY_AFTER_MS;
        job_list_push(&db->refused, job);
    } else {
        queue_push(queue, job);
    }
}

void db_on_change(struct db *db, void (*changed)(void *data, const char *authority), void *data)
{
    assert(db->listener_count < DB_MAX_LISTENERS);
    db->listeners[db->listener_count].changed = changed;
    db->listeners[db->listener_count++].data = data;
}

const struct db_counters *db_counters(const struct db *db)
{
    return &db->counters;
}

bool db_ready(const struct db *db)
{
    unsigned ready[DB_LANES] = {0};
    for (unsigned i = 0; i < db->pipe_count; i++) {
        ready[db->pipes[i].lane] += db->pipes[i].link.state == LINK_READY;
    }
    return ready[DB_READ] > 0 && ready[DB_HEAVY] > 0 && ready[DB_WRITE] > 0;
}

bool db_idle(const struct db *db)
{
    unsigned left = db->refused.count;
    for (enum db_lane lane = 0; lane < DB_LANES; lane++) {
        left += db->queues[lane].count + db->in_flight[lane];
    }
    return left == 0;
}

void db_close(struct db *db)
{
    if (db->closed) {
        return;
    }
    db->closed = true;
    for (unsigned i = 0; i < db->pipe_count; i++) {
        pipe_close(&db->pipes[i]);
    }
    for (enum db_lane lane = 0; lane < DB_LANES; lane++) {
        refuse_lane(db, lane);
    }
}

void db_free(struct db *db)
{
    if (!db) {
        return;
    }
    for (enum db_lane lane = 0; lane < DB_LANES; lane++) {
        queue_deinit(&db->queues[lane]);
    }
    PQconninfoFree(db->options);
    free(db);
}

bool db_no_rows(struct db_job *job, unsigned step, const PGresult *rows)
{
    (void)job;
    (void)step;
    (void)rows;
    return true;
}
