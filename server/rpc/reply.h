/* SPDX-License-Identifier: Apache-2.0 */
/* What call.c needs of reply.c beside the functions that call.h declares for handlers. */
#ifndef SERVER_RPC_REPLY_H
#define SERVER_RPC_REPLY_H

#include "server/rpc/call.h"

/* Counts a finished call and logs it. */
void reply_log(struct call *call, const struct err *err);

/* Answers a browser that asks whether a page may call (CORS, Fetch Standard 3.2.2). */
void reply_preflight(struct call *call);

#endif
