/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rpc/health.h"

#include "grpc/health/v1/health.pb-c.h"

#include <stdint.h>
#include <string.h>

#define SERVING GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING
#define NOT_SERVING GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__NOT_SERVING
#define SERVICE_UNKNOWN GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVICE_UNKNOWN

static int status_now(const struct call *call)
{
    const struct health *health = call->method->data;
    return health->serving(call->rpc->context) ? SERVING : NOT_SERVING;
}

/* The empty name stands for the whole daemon. */
static bool knows(const struct call *call, const char *service)
{
    const struct health *health = call->method->data;
    bool named = *service && !strchr(service, '/');
    char *prefix = named ? arena_printf((struct arena *)&call->arena, "/%s/", service) : NULL;
    return !*service || (prefix && registry_has_service(health->registry, prefix, strlen(prefix)));
}

static void reply(struct call *call, int status)
{
    Grpc__Health__V1__HealthCheckResponse answer = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__INIT;
    answer.status = status;
    call_reply(call, &answer.base);
}

static void on_check(struct call *call, const ProtobufCMessage *message)
{
    const Grpc__Health__V1__HealthCheckRequest *request = (const void *)message;
    if (!knows(call, request->service)) {
        struct err err = {0};
        err_set(&err, GRPC_NOT_FOUND, "unknown service %s", request->service);
        call_finish(call, &err);
        return;
    }
    reply(call, status_now(call));
    call_finish(call, NULL);
}

/* call->data holds the status last told, so that a change can be seen. */
static void on_watch(struct call *call, const ProtobufCMessage *message)
{
    const Grpc__Health__V1__HealthCheckRequest *request = (const void *)message;
    int status = knows(call, request->service) ? status_now(call) : SERVICE_UNKNOWN;
    call->data = (void *)(intptr_t)status;
    reply(call, status);
}

void health_tick(struct rpc *rpc)
{
    for (struct call *call = rpc->calls; call; call = call->next) {
        if (!call->method || call->method->message != on_watch || call->answered ||
            !call->got_message || (intptr_t)call->data == SERVICE_UNKNOWN) {
            continue;
        }
        int status = status_now(call);
        if (status != (intptr_t)call->data) {
            call->data = (void *)(intptr_t)status;
            reply(call, status);
        }
    }
}

bool health_register(struct health *health, struct registry *registry,
                     bool (*serving)(void *context))
{
    health->registry = registry;
    health->serving = serving;
    health->check = (struct method){.path = "/grpc.health.v1.Health/Check",
                                    .input = &grpc__health__v1__health_check_request__descriptor,
                                    .output = &grpc__health__v1__health_check_response__descriptor,
                                    .permission = "public",
                                    .anonymous = true,
                                    .message = on_check,
                                    .data = health};
    health->watch = health->check;
    health->watch.path = "/grpc.health.v1.Health/Watch";
    health->watch.server_streams = true;
    health->watch.message = on_watch;
    return registry_add(registry, &health->check) && registry_add(registry, &health->watch);
}
