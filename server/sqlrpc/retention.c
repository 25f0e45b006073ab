/* SPDX-License-Identifier: Apache-2.0 */
#include "server/sqlrpc/retention.h"

#include "common/base/log.h"

#include <endian.h>
#include <string.h>

enum { ARENA_CAP = 4096, COLUMN_KIND = 0, COLUMN_REMOVED = 1, MS_PER_S = 1000 };

struct db_statement retention_job = {
    .name = "retention",
    .sql = "SELECT kind, removed FROM retention_job()",
};

static struct retention *retention_of(struct db_job *job)
{
    return (struct retention *)((char *)job - offsetof(struct retention, job));
}

static bool on_rows(struct db_job *job, unsigned step, const PGresult *rows)
{
    struct retention *retention = retention_of(job);
    (void)step;
    for (int row = 0; row < PQntuples(rows); row++) {
        uint64_t removed_be;
        memcpy(&removed_be, PQgetvalue(rows, row, COLUMN_REMOVED), sizeof(removed_be));
        json_object_set_new(retention->removed, PQgetvalue(rows, row, COLUMN_KIND),
                            json_integer((json_int_t)be64toh(removed_be)));
    }
    return true;
}

/* No row: no run was due. */
static void on_done(struct db_job *job)
{
    struct retention *retention = retention_of(job);
    if (job->err.code != GRPC_OK) {
        log_event(LOG_LEVEL_ERROR, "retention", "{s:s}", "error", job->err.message);
    } else if (json_object_size(retention->removed) > 0) {
        log_event(LOG_LEVEL_INFO, "retention", "{s:O}", "removed", retention->removed);
    }
    json_decref(retention->removed);
    retention->removed = NULL;
    arena_deinit(&retention->arena);
    retention->running = false;
}

static void run(struct retention *retention)
{
    arena_init(&retention->arena, ARENA_CAP);
    retention->removed = json_object();
    retention->running = true;
    retention->step = (struct db_step){.statement = &retention_job};
    retention->job = (struct db_job){.settings = {"", "", "", ""},
                                     .steps = &retention->step,
                                     .step_count = 1,
                                     .lane = DB_WRITE,
                                     .trace = "",
                                     .deadline_ms = retention->loop->now_ms + RETENTION_RUN_MS,
                                     .arena = &retention->arena,
                                     .rows = on_rows,
                                     .done = on_done};
    db_submit(retention->db, &retention->job);
}

static void on_tick(void *data)
{
    struct retention *retention = data;
    uint64_t now_ms = retention->loop->now_ms;
    if (now_ms >= retention->next_ms && !retention->running && db_ready(retention->db)) {
        retention->next_ms = now_ms + retention->every_ms;
        run(retention);
    }
}

void retention_init(struct retention *retention, struct loop *loop, struct db *db, int every_s)
{
    uint32_t random = 0;
    *retention =
        (struct retention){.loop = loop, .db = db, .every_ms = (uint64_t)every_s * MS_PER_S};
    if (every_s == 0) {
        return;
    }
    uv_random(NULL, NULL, &random, sizeof(random), 0, NULL);
    retention->next_ms = loop->now_ms + random % (retention->every_ms / RETENTION_FIRST_PART + 1);
    loop_on_tick(loop, on_tick, retention);
}
