/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/interop/orca.h"

#include "load_report.pb-c.h"

#include <stdlib.h>

enum {
    MAX_REPORT = 4096, /* bytes, packed */
    SHORTEST_INTERVAL_MS = 100,
    MS_PER_SECOND = 1000,
    NS_PER_MS = 1000000,
};

/* A client that is told the published report again and again. */
struct listener_call {
    struct call *call;
    uv_timer_t timer;
};

static uint8_t published[MAX_REPORT];
static size_t published_len;

/* The client's dictation as a report, packed; its length, or 0 when it does not fit. */
static size_t pack(struct call *call, const Grpc__Testing__TestOrcaReport *told,
                   uint8_t to[MAX_REPORT])
{
    Orca__LoadReport report = ORCA__LOAD_REPORT__INIT;
    size_t count = told->n_request_cost + told->n_utilization;
    struct arena *arena = &call->arena;
    Orca__LoadReport__RequestCostEntry *costs =
        arena_calloc(arena, told->n_request_cost + 1, sizeof(*costs));
    Orca__LoadReport__UtilizationEntry *shares =
        arena_calloc(arena, told->n_utilization + 1, sizeof(*shares));
    void **pointers = arena_calloc(arena, count + 1, sizeof(*pointers));
    if (!costs || !shares || !pointers) {
        return 0;
    }
    report.cpu_utilization = told->cpu_utilization;
    report.mem_utilization = told->memory_utilization;
    report.n_request_cost = told->n_request_cost;
    report.request_cost = (void *)pointers;
    for (size_t i = 0; i < told->n_request_cost; i++) {
        orca__load_report__request_cost_entry__init(&costs[i]);
        costs[i].key = told->request_cost[i]->key;
        costs[i].value = told->request_cost[i]->value;
        report.request_cost[i] = &costs[i];
    }
    report.n_utilization = told->n_utilization;
    report.utilization = (void *)(pointers + told->n_request_cost);
    for (size_t i = 0; i < told->n_utilization; i++) {
        orca__load_report__utilization_entry__init(&shares[i]);
        shares[i].key = told->utilization[i]->key;
        shares[i].value = told->utilization[i]->value;
        report.utilization[i] = &shares[i];
    }
    return orca__load_report__get_packed_size(&report) <= MAX_REPORT
               ? orca__load_report__pack(&report, to)
               : 0;
}

void orca_tell(struct call *call, const Grpc__Testing__TestOrcaReport *report)
{
    uint8_t packed[MAX_REPORT];
    if (report) {
        call_add_trailer(call, "endpoint-load-metrics-bin", packed, pack(call, report, packed));
    }
}

void orca_publish(struct call *call, const Grpc__Testing__TestOrcaReport *report)
{
    if (report) {
        published_len = pack(call, report, published);
    }
}

static void reply(struct call *call)
{
    Orca__LoadReport *report = orca__load_report__unpack(NULL, published_len, published);
    if (report && call_backlog(call) < H2_LOW_WATER) {
        call_reply(call, &report->base);
    }
    orca__load_report__free_unpacked(report, NULL);
}

static void on_interval(uv_timer_t *timer)
{
    const struct listener_call *listener = timer->data;
    reply(listener->call);
}

static void timer_freed(uv_handle_t *handle)
{
    free(handle->data);
}

static void on_cancel(struct call *call)
{
    struct listener_call *listener = call->data;
    call->cancel = NULL;
    uv_close((uv_handle_t *)&listener->timer, timer_freed);
}

static void on_listen(struct call *call, const ProtobufCMessage *message)
{
    const Orca__LoadReportRequest *request = (const void *)message;
    const Google__Protobuf__Duration *interval = request->report_interval;
    uint64_t interval_ms = interval ? (uint64_t)interval->seconds * MS_PER_SECOND +
                                          (uint64_t)interval->nanos / NS_PER_MS
                                    : 0;
    struct listener_call *listener = calloc(1, sizeof(*listener));
    if (!listener) {
        abort();
    }
    if (interval_ms < SHORTEST_INTERVAL_MS) {
        interval_ms = SHORTEST_INTERVAL_MS;
    }
    listener->call = call;
    call->data = listener;
    call->cancel = on_cancel;
    uv_timer_init(&call->rpc->loop->uv, &listener->timer);
    listener->timer.data = listener;
    uv_timer_start(&listener->timer, on_interval, interval_ms, interval_ms);
    reply(call);
}

struct method orca_stream = {
    .path = "/xds.service.orca.v3.OpenRcaService/StreamCoreMetrics",
    .input = &orca__load_report_request__descriptor,
    .output = &orca__load_report__descriptor,
    .anonymous = true,
    .server_streams = true,
    .message = on_listen,
};
