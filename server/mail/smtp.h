/* SPDX-License-Identifier: Apache-2.0 */
/* Hands one message to a mail server, RFC 5321, by libcurl. Blocks: for another thread than a
 * loop's. */
#ifndef SERVER_MAIL_SMTP_H
#define SERVER_MAIL_SMTP_H

#include <stdbool.h>
#include <stddef.h>

enum {
    SMTP_TIMEOUT_MS = 30 * 1000, /* for one message, connecting included */
    SMTP_MAX_PROBLEM = 256,
};

/* The server that takes our mail, and who we are to it. */
struct smtp_server {
    const char *url;      /* smtp://HOST:PORT, which begins TLS, or smtps:// */
    const char *from;     /* the sender's address */
    const char *user;     /* "" to send without signing in */
    const char *password; /* "" without */
    const char *ca_file;  /* "" for the system's authorities */
    bool in_the_clear;    /* TLS is used where it is offered, and not asked for */
};

struct smtp_message {
    const char *to;
    const char *subject; /* one line */
    const char *body;
    const char *id; /* the left part of Message-ID, without blanks */
};

enum smtp_result {
    SMTP_SENT,        /* the server took it */
    SMTP_REFUSED,     /* it never will: a permanent failure, RFC 5321 4.2.1 */
    SMTP_FAILED,      /* it may later */
    SMTP_UNREACHABLE, /* it did not answer, so others need not be tried now */
};

/* Sends one message; `problem` says why it was not sent, and is "" when it was. */
enum smtp_result smtp_send(const struct smtp_server *server, const struct smtp_message *message,
                           char problem[SMTP_MAX_PROBLEM]);

#endif
