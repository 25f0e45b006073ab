/* SPDX-License-Identifier: Apache-2.0 */
/* grpc.health.v1.Health: whether this daemon serves. Specification: grpc/grpc
 * doc/health-checking.md. */
#ifndef SERVER_RPC_HEALTH_H
#define SERVER_RPC_HEALTH_H

#include "server/rpc/call.h"

struct health {
    struct method check;
    struct method watch;
    struct registry *registry;
    bool (*serving)(void *context); /* asked with the loop's rpc.context */
};

/* Adds Check and Watch to the registry. */
bool health_register(struct health *health, struct registry *registry,
                     bool (*serving)(void *context));

/* Tells the watchers of one loop when the answer has changed; call it on every tick. */
void health_tick(struct rpc *rpc);

#endif
