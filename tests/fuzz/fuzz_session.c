/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole HTTP/2 session without sockets: any bytes from the client, against methods of all four
 * kinds in every form on the wire.
 *
 * The first byte of the input says how it is cut: 0 is one piece.
 */
#include "common/base/log.h"
#include "server/net/slab.h"
#include "server/rpc/health.h"
#include "server/rpc/reflection.h"
#include "tests/fuzz/fuzz.h"

#include "grpc/health/v1/health.pb-c.h"
#include "proto/schema.h"

#include <string.h>

enum { ENOUGH = 64 * 1024 };

static void send_back(struct call *call, const ProtobufCMessage *request)
{
    Grpc__Health__V1__HealthCheckResponse reply = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__INIT;
    (void)request;
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
    {.path = "/t.S/C", HEALTH, .client_streams = true, .message = on_swallow, .half_close = on_end},
    {.path = "/t.S/S", HEALTH, .server_streams = true, .message = on_single},
    {.path = "/t.S/B",
     HEALTH,
     .client_streams = true,
     .server_streams = true,
     .message = on_many,
     .half_close = on_end},
};

static struct {
    struct loop loop;
    struct listener listener;
    struct registry registry;
    struct health health;
    struct rpc rpc;
    bool ready;
} engine;

static bool always(void *context)
{
    (void)context;
    return true;
}

static void prepare(void)
{
    log_set_level((enum log_level)(LOG_LEVEL_ERROR + 1)); /* the log would be most of the work */
    FUZZ_CHECK(loop_init(&engine.loop) == 0);
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        FUZZ_CHECK(registry_add(&engine.registry, &methods[i]));
    }
    FUZZ_CHECK(health_register(&engine.health, &engine.registry, always));
    FUZZ_CHECK(reflection_register(&engine.registry, schema_descriptors,
                                   (size_t)(schema_descriptors_end - schema_descriptors)));
    rpc_init(&engine.rpc, &engine.loop, &engine.registry, NULL);
    engine.rpc.web_origins = "https://a.example";
    engine.listener.loop = &engine.loop;
    engine.ready = true;
}

static void drain_out(struct conn *conn)
{
    struct buf out = {0};
    engine.listener.dirty = NULL;
    conn->dirty = false;
    FUZZ_CHECK(h2_produce(&conn->h2, &out, ENOUGH));
    buf_deinit(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
    struct conn conn = {.listener = &engine.listener, .state = CONN_OPEN, .peer = "fuzz"};
    if (!engine.ready) {
        prepare();
    }
    if (size == 0) {
        return 0;
    }
    size_t piece = data[0] ? data[0] : size;
    FUZZ_CHECK(h2_init(&conn.h2, &conn, &rpc_stream_ops, &engine.rpc));
    bool alive = h2_receive(&conn.h2, (const uint8_t *)preface, sizeof(preface) - 1);
    for (size_t at = 1; alive && at < size; at += piece) {
        size_t len = size - at < piece ? size - at : piece;
        alive = h2_receive(&conn.h2, data + at, len);
        engine.loop.now_ms += data[at];
        drain_out(&conn);
        health_tick(&engine.rpc);
        for (unsigned i = 0; i < engine.loop.tick_hook_count; i++) {
            engine.loop.tick_hooks[i].run(engine.loop.tick_hooks[i].data);
        }
    }
    h2_goaway(&conn.h2);
    drain_out(&conn);
    h2_deinit(&conn.h2);
    FUZZ_CHECK(engine.rpc.call_count == 0 && engine.rpc.buffered == 0);
    FUZZ_CHECK(engine.loop.open_calls == 0);
    slab_trim();
    return 0;
}
