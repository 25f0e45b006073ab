/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/tools/rehearsal.h"

#include "common/base/log.h"

#include "grpc/health/v1/health.pb-c.h"
#include "proto/schema.h"

#include <stdio.h>
#include <string.h>

/* The reply shows whether the request came as it was sent. */
static void send_back(struct call *call, const ProtobufCMessage *request)
{
    const char *service =
        request ? ((const Grpc__Health__V1__HealthCheckRequest *)request)->service : "";
    bool intact =
        !*service || strcmp(service, "t.S") == 0 || strcmp(service, REHEARSAL_LONG_NAME) == 0;
    Grpc__Health__V1__HealthCheckResponse reply = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__INIT;
    reply.status = intact ? GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING
                          : GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__NOT_SERVING;
    call_reply(call, &reply.base);
}

static void on_single(struct call *call, const ProtobufCMessage *request)
{
    for (const struct call_metadata *entry = call->metadata; entry; entry = entry->next) {
        call_add_header(call, "x-echo", entry->value, strlen((const char *)entry->value));
        call_add_trailer(call, "x-echo-bin", entry->value, entry->len);
    }
    send_back(call, request);
    call_finish(call, NULL);
}

static void on_many(struct call *call, const ProtobufCMessage *request)
{
    call_pause(call);
    send_back(call, request);
    call_resume(call);
}

void rehearsal_violations(struct err *err, struct arena *arena)
{
    for (int i = 0; i < REHEARSAL_VIOLATIONS; i++) {
        char field[40];
        snprintf(field, sizeof(field), "owner_return.progress[%d].reason", i);
        err_violation(err, arena, field, "R012", "amber needs a reason");
    }
    err->retry_after_ms = 1500;
}

static void on_refused(struct call *call, const ProtobufCMessage *request)
{
    struct err err = {0};
    (void)request;
    rehearsal_violations(&err, &call->arena);
    call_finish(call, &err);
}

static void on_swallow(struct call *call, const ProtobufCMessage *request)
{
    (void)call;
    (void)request;
}

static void on_end(struct call *call)
{
    if (!call->method->server_streams) {
        send_back(call, NULL);
    }
    call_finish(call, NULL);
}

#define HEALTH                                                                                     \
    .input = &grpc__health__v1__health_check_request__descriptor,                                  \
    .output = &grpc__health__v1__health_check_response__descriptor, .anonymous = true

static struct method methods[] = {
    {.path = "/t.S/U", HEALTH, .metadata = true, .message = on_single},
    {.path = "/t.S/E", HEALTH, .message = on_refused},
    {.path = "/t.S/C", HEALTH, .client_streams = true, .message = on_swallow, .half_close = on_end},
    {.path = "/t.S/S", HEALTH, .server_streams = true, .message = on_single},
    {.path = "/t.S/B",
     HEALTH,
     .client_streams = true,
     .server_streams = true,
     .message = on_many,
     .half_close = on_end},
};

static bool always(void *context)
{
    (void)context;
    return true;
}

bool rehearsal_init(struct rehearsal *rehearsal)
{
    log_set_level((enum log_level)(LOG_LEVEL_ERROR + 1)); /* the log would be most of the work */
    if (loop_init(&rehearsal->loop) != 0) {
        return false;
    }
    bool good = true;
    for (size_t i = 0; good && i < sizeof(methods) / sizeof(methods[0]); i++) {
        good = registry_add(&rehearsal->registry, &methods[i]);
    }
    good = good && health_register(&rehearsal->health, &rehearsal->registry, always);
    rehearsal->reflection =
        reflection_register(&rehearsal->registry, schema_descriptors,
                            (size_t)(schema_descriptors_end - schema_descriptors));
    rpc_init(&rehearsal->rpc, &rehearsal->loop, &rehearsal->registry, NULL);
    rehearsal->rpc.web_origins = "https://a.example";
    rehearsal->listener.loop = &rehearsal->loop;
    conn_list_init(&rehearsal->listener.dirty);
    return good && rehearsal->reflection;
}

int rehearsal_deinit(struct rehearsal *rehearsal)
{
    rpc_deinit(&rehearsal->rpc);
    reflection_free(rehearsal->reflection);
    loop_close(&rehearsal->loop);
    uv_run(&rehearsal->loop.uv, UV_RUN_DEFAULT);
    return uv_loop_close(&rehearsal->loop.uv);
}

bool rehearsal_produce(struct rehearsal *rehearsal, struct conn *conn, struct buf *out, size_t room)
{
    conn_list_init(&rehearsal->listener.dirty);
    conn->dirty = false;
    return h2_produce(&conn->h2, out, room);
}

void rehearsal_tick(struct rehearsal *rehearsal, unsigned ms)
{
    rehearsal->loop.now_ms += ms;
    health_tick(&rehearsal->rpc);
    for (unsigned i = 0; i < rehearsal->loop.tick_hook_count; i++) {
        rehearsal->loop.tick_hooks[i].run(rehearsal->loop.tick_hooks[i].data);
    }
}

bool rehearsal_is_at_rest(const struct rehearsal *rehearsal)
{
    return rehearsal->rpc.call_count == 0 && rehearsal->rpc.buffered == 0 &&
           rehearsal->loop.open_calls == 0;
}
