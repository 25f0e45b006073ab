/* SPDX-License-Identifier: Apache-2.0 */
/* Statuses as the Connect protocol tells them. Specification: connectrpc.com/docs/protocol. */
#ifndef SERVER_RPC_CONNECT_H
#define SERVER_RPC_CONNECT_H

#include "common/base/arena.h"
#include "common/base/err.h"

#include <jansson.h>

enum { CONNECT_DETAILS_ROOM = 256 * 1024 /* bytes; bodies have no header limit */ };

/* The HTTP status that stands for a code. */
int connect_http_status(enum grpc_code code);

/* The error object: code, message, details. A new reference, or NULL without memory. */
json_t *connect_error(const struct err *err, struct arena *arena);

#endif
