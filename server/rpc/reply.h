/* SPDX-License-Identifier: Apache-2.0 */
/* What call.c needs of reply.c beside the functions that call.h declares for handlers. */
#ifndef SERVER_RPC_REPLY_H
#define SERVER_RPC_REPLY_H

#include "server/rpc/call.h"

/* Counts a finished call and logs it. */
void reply_log(struct call *call, const struct err *err);

/* Answers a browser that asks whether a page may call (CORS, Fetch Standard 3.2.2). */
void reply_preflight(struct call *call);

/* Answers what is no call at all, such as a browser's GET, in plain HTTP with call->http_status:
 * 405 or 415 (RFC 9110 15.5.6 and 15.5.16). Does nothing when the call has an answer. */
void reply_http(struct call *call);

#endif
