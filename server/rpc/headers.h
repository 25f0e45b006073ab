/* SPDX-License-Identifier: Apache-2.0 */
/* The headers of a request: what they ask of the call, and whether it can be had. */
#ifndef SERVER_RPC_HEADERS_H
#define SERVER_RPC_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

struct call;

/* Takes one header. False when there is no memory for it. */
bool headers_take(struct call *call, const char *name, size_t name_len, const char *value,
                  size_t value_len);

/* Once they are complete: false when they are of no call at all, but of other HTTP; then
 * call->http_status says why. */
bool headers_are_of_call(struct call *call);

/* Decides once they are complete: call->err and call->http_status say what is wrong with them, the
 * worst first, as grpc-go and connect-go answer it. */
void headers_judge(struct call *call);

#endif
