/* SPDX-License-Identifier: Apache-2.0 */
/* Learning a service's methods and messages from the service itself, by gRPC server reflection v1.
 * Specification: grpc/grpc-proto grpc/reflection/v1/reflection.proto. */
#ifndef CLIENT_CLI_REFLECT_H
#define CLIENT_CLI_REFLECT_H

#include "client/cli/cli.h"
#include "client/cli/dynamic.h"

enum { REFLECT_MAX_SERVICES = 256 };

/* Full names of the services, closed by NULL, in the arena. NULL with the error printed. */
const char **reflect_services(struct cli *cli);

/* Learns the file that defines a symbol, with all that it imports. False with the error printed. */
bool reflect_learn(struct cli *cli, struct dynamic_pool *pool, const char *symbol);

/* The full name of a service given with or without its package. NULL with the error printed. */
const char *reflect_service_name(struct cli *cli, const char *service);

#endif
