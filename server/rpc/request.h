/* SPDX-License-Identifier: Apache-2.0 */
/* What call.c needs of request.c beside call_pause and call_resume. */
#ifndef SERVER_RPC_REQUEST_H
#define SERVER_RPC_REQUEST_H

#include "server/rpc/call.h"

/* Takes bytes of the request's body. */
void request_data(struct call *call, const uint8_t *data, size_t len);

/* The body is complete. */
void request_end(struct call *call);

/* Nothing is held of the request any more. */
void request_forget(struct call *call);

#endif
