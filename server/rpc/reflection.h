/* SPDX-License-Identifier: Apache-2.0 */
/* grpc.reflection v1 and v1alpha: what services, messages and files there are.
 * Specification: grpc/grpc doc/server-reflection.md. */
#ifndef SERVER_RPC_REFLECTION_H
#define SERVER_RPC_REFLECTION_H

#include "server/rpc/call.h"

struct reflection;

/* Indexes a serialized FileDescriptorSet, borrowed, and adds both versions of the service. NULL
 * when it cannot be read or a path is taken. */
struct reflection *reflection_register(struct registry *registry, const uint8_t *descriptors,
                                       size_t len);
void reflection_free(struct reflection *reflection);

#endif
