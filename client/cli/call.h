/* SPDX-License-Identifier: Apache-2.0 */
/* Calling methods that are known by reflection only, with requests in JSON. */
#ifndef CLIENT_CLI_CALL_H
#define CLIENT_CLI_CALL_H

#include "client/cli/cli.h"
#include "client/cli/dynamic.h"

enum { CALLS_MAX = 10000, CALLS_MAX_TIMES = 1000 };

struct call_target {
    const char *path; /* "/pkg.Service/Method" */
    bool takes_many;
    bool gives_many;
    const ProtobufCMessageDescriptor *input;
    const ProtobufCMessageDescriptor *output;
};

/* One serialized message to send. */
struct call_request {
    struct call_request *next;
    const uint8_t *bytes;
    size_t len;
};

/* Learns "SERVICE/METHOD" into the pool, which has been initialised and lives as long as the
 * target. CLI_OK, or the exit code with the mistake printed. */
int call_resolve(struct cli *cli, struct dynamic_pool *pool, const char *method,
                 struct call_target *ret_target);

/* Serializes what the JSON says, in the arena. NULL with the error printed. */
struct call_request *call_pack(struct cli *cli, json_t *json,
                               const ProtobufCMessageDescriptor *type);

/* Does every call of a file in the form pledge.calls/1, in order, until one is refused. A request
 * that has a request_id and was given none gets one made of what the file says, so that a second
 * run repeats the first. Returns the exit code. */
int call_each(struct cli *cli, const char *path);

#endif
