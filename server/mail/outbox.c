/* SPDX-License-Identifier: Apache-2.0 */
#include "server/mail/outbox.h"

#include "common/base/log.h"

#include <endian.h>
#include <string.h>

enum { TEXT_OID = 25, INT4_OID = 23, BOOL_OID = 16, MS_PER_S = 1000 };

static struct db_statement reminder_job = {
    .name = "reminder_job",
    .sql =
        "SELECT authority_id, number, email, subject, body, message_id FROM reminder_job($1, $2)",
    .param_count = 2,
    .param_types = (const Oid[]){INT4_OID, INT4_OID},
};

static struct db_statement reminder_told = {
    .name = "reminder_told",
    .sql = "SELECT reminder_told($1, $2, $3, $4)",
    .param_count = 4,
    .param_types = (const Oid[]){TEXT_OID, INT4_OID, TEXT_OID, BOOL_OID},
};

struct db_statement *const outbox_statements[OUTBOX_STATEMENTS] = {&reminder_job, &reminder_told};

static struct outbox *outbox_of(struct db_job *job)
{
    return (struct outbox *)((char *)job - offsetof(struct outbox, job));
}

static void ask(struct outbox *outbox, struct db_statement *statement,
                bool (*rows)(struct db_job *job, unsigned step, const PGresult *rows),
                void (*done)(struct db_job *job))
{
    outbox->step = (struct db_step){statement, outbox->values, outbox->lengths};
    outbox->job = (struct db_job){.settings = {"", "", "", ""},
                                  .steps = &outbox->step,
                                  .step_count = 1,
                                  .lane = DB_WRITE,
                                  .trace = "",
                                  .deadline_ms = outbox->loop->now_ms + OUTBOX_RUN_MS,
                                  .arena = &outbox->arena,
                                  .rows = rows,
                                  .done = done};
    db_submit(outbox->db, &outbox->job);
}

static void put(struct outbox *outbox, unsigned at, const void *bytes, size_t len)
{
    outbox->values[at] = bytes;
    outbox->lengths[at] = (int)len;
}

static void finish(struct outbox *outbox)
{
    arena_deinit(&outbox->arena);
    outbox->running = false;
}

/* --- telling -----------------------------------------------------------------------------------
 */

static void tell_next(struct outbox *outbox);

static void told(struct db_job *job)
{
    struct outbox *outbox = outbox_of(job);
    if (job->err.code != GRPC_OK) { /* it comes again when its lease is over */
        log_event(LOG_LEVEL_ERROR, "mail", "{s:s}", "error", job->err.message);
    }
    tell_next(outbox);
}

static void tell_next(struct outbox *outbox)
{
    if (outbox->told == outbox->count) {
        finish(outbox);
        return;
    }
    struct outbox_message *message = &outbox->messages[outbox->told++];
    put(outbox, 0, message->authority, strlen(message->authority));
    put(outbox, 1, &message->number_be, sizeof(message->number_be));
    put(outbox, 2, message->problem, strlen(message->problem));
    put(outbox, 3, message->result == SMTP_REFUSED ? "\1" : "\0", 1);
    ask(outbox, &reminder_told, db_no_rows, told);
}

/* --- sending -----------------------------------------------------------------------------------
 */

/* On another thread: touches the messages only. */
static void send_all(uv_work_t *work)
{
    struct outbox *outbox = work->data;
    for (unsigned i = 0; i < outbox->count; i++) {
        struct outbox_message *message = &outbox->messages[i];
        const struct outbox_message *before = i > 0 ? message - 1 : NULL;
        if (before && before->result == SMTP_UNREACHABLE) {
            message->result = before->result;
            memcpy(message->problem, before->problem, sizeof(message->problem));
        } else {
            message->result = smtp_send(outbox->server, &message->mail, message->problem);
        }
    }
}

static void sent_all(uv_work_t *work, int status)
{
    struct outbox *outbox = work->data;
    unsigned sent = 0;
    const char *problem = "";
    (void)status;
    loop_update_time(outbox->loop);
    for (unsigned i = 0; i < outbox->count; i++) {
        bool good = outbox->messages[i].result == SMTP_SENT;
        sent += good;
        problem = good ? problem : outbox->messages[i].problem;
    }
    log_event(sent == outbox->count ? LOG_LEVEL_INFO : LOG_LEVEL_WARN, "mail", "{s:i, s:i, s:s}",
              "sent", (int)sent, "failed", (int)(outbox->count - sent), "problem", problem);
    outbox->told = 0;
    tell_next(outbox);
}

/* --- taking ------------------------------------------------------------------------------------
 */

static bool take(struct db_job *job, unsigned step, const PGresult *rows)
{
    enum { AUTHORITY, NUMBER, EMAIL, SUBJECT, BODY, MESSAGE_ID };
    struct outbox *outbox = outbox_of(job);
    (void)step;
    outbox->count = 0;
    for (int row = 0; row < PQntuples(rows) && row < OUTBOX_MAX_TAKEN; row++) {
        struct outbox_message *message = &outbox->messages[outbox->count++];
        struct arena *arena = &outbox->arena;
        *message = (struct outbox_message){
            .mail = {.to = arena_printf(arena, "%s", PQgetvalue(rows, row, EMAIL)),
                     .subject = arena_printf(arena, "%s", PQgetvalue(rows, row, SUBJECT)),
                     .body = arena_printf(arena, "%s", PQgetvalue(rows, row, BODY)),
                     .id = arena_printf(arena, "%s", PQgetvalue(rows, row, MESSAGE_ID))},
            .authority = arena_printf(arena, "%s", PQgetvalue(rows, row, AUTHORITY))};
        memcpy(&message->number_be, PQgetvalue(rows, row, NUMBER), sizeof(message->number_be));
        if (!message->mail.to || !message->mail.subject || !message->mail.body ||
            !message->mail.id || !message->authority) {
            return err_no_memory(&job->err);
        }
    }
    return true;
}

static void taken(struct db_job *job)
{
    struct outbox *outbox = outbox_of(job);
    if (job->err.code != GRPC_OK) {
        log_event(LOG_LEVEL_ERROR, "mail", "{s:s}", "error", job->err.message);
    }
    if (job->err.code != GRPC_OK || outbox->count == 0) {
        finish(outbox);
        return;
    }
    outbox->work.data = outbox;
    uv_queue_work(&outbox->loop->uv, &outbox->work, send_all, sent_all);
}

static void run(struct outbox *outbox)
{
    static const uint32_t limits[2] = {OUTBOX_MAX_TAKEN, OUTBOX_LEASE_S};
    uint32_t *be;
    arena_init(&outbox->arena, OUTBOX_MAX_BYTES);
    outbox->running = true;
    outbox->count = 0;
    be = arena_alloc(&outbox->arena, sizeof(limits));
    if (!be) {
        finish(outbox);
        return;
    }
    for (unsigned i = 0; i < 2; i++) {
        be[i] = htobe32(limits[i]);
        put(outbox, i, &be[i], sizeof(be[i]));
    }
    ask(outbox, &reminder_job, take, taken);
}

static void on_tick(void *data)
{
    struct outbox *outbox = data;
    uint64_t now_ms = outbox->loop->now_ms;
    if (now_ms >= outbox->next_ms && !outbox->running && db_ready(outbox->db)) {
        outbox->next_ms = now_ms + outbox->every_ms;
        run(outbox);
    }
}

void outbox_init(struct outbox *outbox, struct loop *loop, struct db *db,
                 const struct smtp_server *server, int every_s)
{
    *outbox = (struct outbox){
        .loop = loop, .db = db, .server = server, .every_ms = (uint64_t)every_s * MS_PER_S};
    if (every_s > 0 && *server->url) {
        loop_on_tick(loop, on_tick, outbox);
    }
}
