/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes reminders and sends them: one loop of each daemon asks the database every minute what is to
 * be said, hands each message to the mail server on another thread, and tells the database how that
 * went. Of several daemons each message is taken by one; what a daemon took and did not tell of
 * comes again.
 *
 * Glossary
 *   lease   how long a message that was taken is kept from others
 */
#ifndef SERVER_MAIL_OUTBOX_H
#define SERVER_MAIL_OUTBOX_H

#include "server/db/db.h"
#include "server/mail/smtp.h"

enum {
    OUTBOX_MAX_TAKEN = 20, /* messages at a time */
    OUTBOX_LEASE_S = 2 * OUTBOX_MAX_TAKEN * SMTP_TIMEOUT_MS / 1000,
    OUTBOX_MAX_BYTES = 512 * 1024, /* of the messages at a time */
    OUTBOX_RUN_MS = 60 * 1000,     /* that a question to the database may take */
    OUTBOX_STATEMENTS = 2,
};

extern struct db_statement *const outbox_statements[OUTBOX_STATEMENTS];

struct outbox_message {
    struct smtp_message mail;
    const char *authority;
    int32_t number_be; /* big-endian, as PostgreSQL takes it */
    enum smtp_result result;
    char problem[SMTP_MAX_PROBLEM];
};

struct outbox {
    struct loop *loop;
    struct db *db;
    const struct smtp_server *server;
    uint64_t every_ms;
    uint64_t next_ms;
    bool running;
    struct db_job job;
    struct db_step step;
    struct arena arena;
    const char *values[4];
    int lengths[4];
    uv_work_t work;
    struct outbox_message messages[OUTBOX_MAX_TAKEN];
    unsigned count;
    unsigned told; /* of the messages */
};

/* Has `loop` look every so many seconds; 0 is never. Without a server's URL nothing is made or
 * sent. Borrows all. */
void outbox_init(struct outbox *outbox, struct loop *loop, struct db *db,
                 const struct smtp_server *server, int every_s);

#endif
