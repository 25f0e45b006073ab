/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grpc.testing.TestService on the engine, for the interoperability clients of other projects.
 * Specification: grpc/grpc doc/interop-test-descriptions.md.
 *
 *   test_service PORT CERTIFICATE KEY CLIENT_CA
 *
 * Prints "listening PORT" and serves until SIGTERM; port 0 takes a free one.
 */
#include "server/net/listener.h"
#include "server/net/slab.h"
#include "server/rpc/health.h"
#include "tests/interop/orca.h"

#include "grpc/testing/empty.pb-c.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_BODY = 16 * 1024 * 1024, MAX_PENDING = 256, SERVER_ID_SIZE = 32 };

/* Replies of a streaming call that are still to be sent, each after its interval. */
struct pending {
    struct call *call;
    uv_timer_t timer;
    int sizes[MAX_PENDING];
    int intervals_us[MAX_PENDING];
    bool compressed[MAX_PENDING];
    unsigned first;
    unsigned count;
    bool waiting;   /* for the interval of the first one */
    bool waited;    /* it is over */
    bool ends;      /* the call ends after the last one */
    bool buffering; /* half duplex: nothing goes out before the client is done */
    int received;   /* bytes, of a stream of requests */
};

static bool body_of(struct call *call, int size, Grpc__Testing__Payload *payload)
{
    struct err err = {0};
    grpc__testing__payload__init(payload);
    if (size < 0 || size > MAX_BODY) {
        err_set(&err, GRPC_INVALID_ARGUMENT, "a body of %d bytes is not to be had", size);
        call_finish(call, &err);
        return false;
    }
    payload->body.len = (size_t)size;
    payload->body.data = calloc(1, (size_t)size + 1);
    return payload->body.data != NULL;
}

/* Sends back what the client asks to see again. */
static void echo_metadata(struct call *call)
{
    for (const struct call_metadata *entry = call->metadata; entry; entry = entry->next) {
        if (strcmp(entry->name, "x-grpc-test-echo-initial") == 0) {
            call_add_header(call, entry->name, entry->value, entry->len);
        } else if (strcmp(entry->name, "x-grpc-test-echo-trailing-bin") == 0) {
            call_add_trailer(call, entry->name, entry->value, entry->len);
        }
    }
}

/* True when the client asked for a status and got it. */
static bool echo_status(struct call *call, const Grpc__Testing__EchoStatus *status)
{
    struct err err = {0};
    if (!status || status->code == 0) {
        return false;
    }
    err_set(&err, (enum grpc_code)status->code, "%s", status->message);
    call_finish(call, &err);
    return true;
}

/* The client says whether it compressed: a server that sees it otherwise must complain. */
static bool compression_as_told(struct call *call, const Grpc__Testing__BoolValue *expected)
{
    struct err err = {0};
    if (!expected || expected->value == call->compressed) {
        return true;
    }
    err_set(&err, GRPC_INVALID_ARGUMENT, "the message is %s",
            call->compressed ? "compressed, and was not to be" : "not compressed, and was to be");
    call_finish(call, &err);
    return false;
}

/* --- single replies ----------------------------------------------------------------------------
 */

static void on_empty(struct call *call, const ProtobufCMessage *request)
{
    Grpc__Testing__Empty reply = GRPC__TESTING__EMPTY__INIT;
    (void)request;
    echo_metadata(call);
    call_reply(call, &reply.base);
    call_finish(call, NULL);
}

static void on_unary(struct call *call, const ProtobufCMessage *message)
{
    const Grpc__Testing__SimpleRequest *request = (const void *)message;
    Grpc__Testing__SimpleResponse reply = GRPC__TESTING__SIMPLE_RESPONSE__INIT;
    Grpc__Testing__Payload payload;
    echo_metadata(call);
    if (!compression_as_told(call, request->expect_compressed) ||
        echo_status(call, request->response_status) ||
        !body_of(call, request->response_size, &payload)) {
        return;
    }
    if (request->response_compressed) {
        call->compression = request->response_compressed->value ? CALL_GZIP_ALL : CALL_PLAIN;
    }
    char server_id[SERVER_ID_SIZE];
    if (request->fill_server_id) {
        snprintf(server_id, sizeof(server_id), "pledge-%d", (int)getpid());
        reply.server_id = server_id;
    }
    orca_tell(call, request->orca_per_query_report);
    reply.payload = &payload;
    call_reply(call, &reply.base);
    call_finish(call, NULL);
    free(payload.body.data);
}

static void timer_freed(uv_handle_t *handle)
{
    free(handle->data);
}

static void on_cancel(struct call *call)
{
    struct pending *pending = call->data;
    call->data = NULL;
    call->cancel = NULL;
    if (pending) {
        pending->call = NULL;
        uv_close((uv_handle_t *)&pending->timer, timer_freed);
    }
}

static struct pending *pending_of(struct call *call)
{
    struct pending *pending = call->data;
    if (!pending) {
        pending = calloc(1, sizeof(*pending));
        if (!pending) {
            abort();
        }
        pending->call = call;
        uv_timer_init(&call->rpc->loop->uv, &pending->timer);
        pending->timer.data = pending;
        call->data = pending;
        call->cancel = on_cancel;
    }
    return pending;
}

static void on_input(struct call *call, const ProtobufCMessage *message)
{
    const Grpc__Testing__StreamingInputCallRequest *request = (const void *)message;
    if (compression_as_told(call, request->expect_compressed) && request->payload) {
        pending_of(call)->received += (int)request->payload->body.len;
    }
}

static void on_input_end(struct call *call)
{
    Grpc__Testing__StreamingInputCallResponse reply =
        GRPC__TESTING__STREAMING_INPUT_CALL_RESPONSE__INIT;
    echo_metadata(call);
    reply.aggregated_payload_size = pending_of(call)->received;
    call_reply(call, &reply.base);
    call_finish(call, NULL);
}

/* --- streams of replies ------------------------------------------------------------------------
 */

static void pump(struct call *call);

static void on_interval(uv_timer_t *timer)
{
    struct pending *pending = timer->data;
    pending->waiting = false;
    pending->waited = true;
    if (pending->call) {
        pump(pending->call);
    }
}

static void send_first(struct call *call, struct pending *pending)
{
    Grpc__Testing__StreamingOutputCallResponse reply =
        GRPC__TESTING__STREAMING_OUTPUT_CALL_RESPONSE__INIT;
    Grpc__Testing__Payload payload;
    if (!body_of(call, pending->sizes[pending->first], &payload)) {
        return;
    }
    call->compression = pending->compressed[pending->first] ? CALL_GZIP_ALL : CALL_PLAIN;
    reply.payload = &payload;
    call_reply(call, &reply.base);
    free(payload.body.data);
    pending->first++;
    pending->waited = false;
}

/* Sends what may be sent now: the client must have read the last, and the interval be over. */
static void pump(struct call *call)
{
    struct pending *pending = call->data;
    while (pending && !call->answered && !pending->waiting && !pending->buffering &&
           pending->first < pending->count && call_backlog(call) < H2_LOW_WATER) {
        int interval_us = pending->intervals_us[pending->first];
        if (interval_us > 0 && !pending->waited) {
            pending->waiting = true;
            uv_timer_start(&pending->timer, on_interval, (uint64_t)interval_us / 1000 + 1, 0);
            return;
        }
        send_first(call, pending);
    }
    if (pending && pending->first == pending->count && !call->answered) {
        pending->first = pending->count = 0;
        if (pending->ends) {
            call_finish(call, NULL);
        } else if (call->paused) {
            call_resume(call);
        }
    }
}

static void on_output(struct call *call, const ProtobufCMessage *message)
{
    const Grpc__Testing__StreamingOutputCallRequest *request = (const void *)message;
    struct pending *pending = pending_of(call);
    if (!call->stream.headers_sent && !call->extra_headers && !call->extra_trailers) {
        echo_metadata(call);
    }
    if (echo_status(call, request->response_status)) {
        return;
    }
    orca_publish(call, request->orca_oob_report);
    call->drained = pump;
    pending->ends = !call->method->client_streams;
    for (size_t i = 0; i < request->n_response_parameters && pending->count < MAX_PENDING; i++) {
        const Grpc__Testing__ResponseParameters *one = request->response_parameters[i];
        pending->sizes[pending->count] = one->size;
        pending->intervals_us[pending->count] = one->interval_us;
        pending->compressed[pending->count] = one->compressed && one->compressed->value;
        call->gzip_announced |= pending->compressed[pending->count] && call->accepts_gzip;
        pending->count++;
    }
    if (call->method->client_streams && pending->count > 0) {
        call_pause(call); /* one request is answered before the next is read */
    }
    pump(call);
}

static void on_half_duplex(struct call *call, const ProtobufCMessage *message)
{
    pending_of(call)->buffering = true;
    on_output(call, message);
    call_resume(call);
}

static void on_output_end(struct call *call)
{
    struct pending *pending = pending_of(call);
    pending->ends = true;
    pending->buffering = false;
    pump(call);
}

/* --- the program -------------------------------------------------------------------------------
 */

#define TYPES(in, out)                                                                             \
    .input = &grpc__testing__##in##__descriptor, .output = &grpc__testing__##out##__descriptor,    \
    .anonymous = true, .max_request = CALL_MAX_REQUEST, .metadata = true

static struct method methods[] = {
    {.path = "/grpc.testing.TestService/EmptyCall", TYPES(empty, empty), .message = on_empty},
    {.path = "/grpc.testing.TestService/UnaryCall",
     TYPES(simple_request, simple_response),
     .message = on_unary},
    {.path = "/grpc.testing.TestService/StreamingOutputCall",
     TYPES(streaming_output_call_request, streaming_output_call_response),
     .server_streams = true,
     .message = on_output},
    {.path = "/grpc.testing.TestService/StreamingInputCall",
     TYPES(streaming_input_call_request, streaming_input_call_response),
     .client_streams = true,
     .message = on_input,
     .half_close = on_input_end},
    {.path = "/grpc.testing.TestService/FullDuplexCall",
     TYPES(streaming_output_call_request, streaming_output_call_response),
     .client_streams = true,
     .server_streams = true,
     .message = on_output,
     .half_close = on_output_end},
    {.path = "/grpc.testing.TestService/HalfDuplexCall",
     TYPES(streaming_output_call_request, streaming_output_call_response),
     .client_streams = true,
     .server_streams = true,
     .message = on_half_duplex,
     .half_close = on_output_end},
};

struct program {
    struct loop loop;
    struct listener listener;
    struct rpc rpc;
    struct registry registry;
    struct health health;
    uv_signal_t terminate;
    bool draining;
};

static bool always(void *context)
{
    (void)context;
    return true;
}

static void on_terminate(uv_signal_t *signal, int number)
{
    struct program *program = signal->data;
    (void)number;
    program->draining = true;
    listener_drain(&program->listener);
    loop_call_opened(&program->loop); /* tick fast until the end */
}

static void on_turn(void *data)
{
    struct program *program = data;
    if (program->draining && program->listener.conn_count == 0 && program->rpc.call_count == 0 &&
        !uv_is_closing((uv_handle_t *)&program->terminate)) {
        uv_close((uv_handle_t *)&program->terminate, NULL);
        loop_close(&program->loop);
    }
}

static bool start(struct program *program, int port, SSL_CTX *tls)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t len = sizeof(address);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (!registry_add(&program->registry, &methods[i])) {
            return false;
        }
    }
    if (!registry_add(&program->registry, &orca_stream) ||
        !health_register(&program->health, &program->registry, always) ||
        loop_init(&program->loop) != 0) {
        return false;
    }
    rpc_init(&program->rpc, &program->loop, &program->registry, program);
    if (listener_init(&program->listener, &program->loop, (struct sockaddr *)&address, len, tls,
                      &rpc_stream_ops, &program->rpc) != 0) {
        return false;
    }
    loop_on_turn(&program->loop, on_turn, program);
    uv_signal_init(&program->loop.uv, &program->terminate);
    program->terminate.data = program;
    uv_signal_start(&program->terminate, on_terminate, SIGTERM);
    getsockname(program->listener.fd, (struct sockaddr *)&address, &len);
    printf("listening %d\n", ntohs(address.sin_port));
    fflush(stdout);
    return true;
}

int main(int argc, char **argv)
{
    static struct program program;
    char error[512] = "usage: test_service PORT CERTIFICATE KEY CLIENT_CA";
    SSL_CTX *tls =
        argc == 5 ? tls_context_new(argv[2], argv[3], argv[4], error, sizeof(error)) : NULL;
    if (!tls) {
        fprintf(stderr, "%s\n", error);
        return EXIT_FAILURE;
    }
    signal(SIGPIPE, SIG_IGN);
    if (!start(&program, atoi(argv[1]), tls)) {
        fprintf(stderr, "test_service: cannot listen on port %s\n", argv[1]);
        return EXIT_FAILURE;
    }
    uv_run(&program.loop.uv, UV_RUN_DEFAULT);
    uv_loop_close(&program.loop.uv);
    slab_trim();
    rpc_deinit(&program.rpc);
    SSL_CTX_free(tls);
    return EXIT_SUCCESS;
}
