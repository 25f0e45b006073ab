/* SPDX-License-Identifier: Apache-2.0 */
/* JSON documents over https from services that a council names: the caller is a pool thread. */
#ifndef SERVER_SIGNIN_FETCH_H
#define SERVER_SIGNIN_FETCH_H

#include "common/base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <sys/socket.h>

enum { FETCH_TIMEOUT_MS = 5000, FETCH_MAX_DOCUMENT = 256 * 1024 };

struct fetch_options {
    const char *ca_file; /* PEM of the authorities that are trusted; "" for the system's */
    bool allow_private;  /* take addresses of private networks, too */
};

/* Sets the library up; before threads start is best. Allowed more than once. */
bool fetch_init(void);

/* Reads a document with one GET. It blocks, FETCH_TIMEOUT_MS at most. No redirect is followed, no
 * proxy is used, TLS is 1.2 or later and verified, no member of an object may be there twice. The
 * caller owns the result. NULL with a sentence in `err` that tells an administrator what is wrong:
 * UNAVAILABLE when there is no answer, FAILED_PRECONDITION when the answer is of no use. */
json_t *fetch_json(const struct fetch_options *options, const char *url, struct err *err);

/* True for an address of the public internet: not of a private network, this machine, a link, a
 * group, or one that stands for such an address (IPv4 in IPv6). */
bool fetch_is_public(const struct sockaddr *address);

#endif
