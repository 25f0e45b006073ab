/* SPDX-License-Identifier: Apache-2.0 */
/* One reader at a time, each with a short time to speak: this is for a scraper on the same machine,
 * and a library for HTTP would be larger than the daemon. */
#include "server/telemetry.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum {
    TELEMETRY_MAX_REQUEST = 8192,
    TELEMETRY_PATIENCE_SECONDS = 2,
    TELEMETRY_BACKLOG = 16,
    TELEMETRY_PAUSE_MS = 100
};

static const char *const lane_names[DB_LANES] = {"read", "heavy", "write"};

/* --- the text ----------------------------------------------------------------------------------
 */

static void describe(FILE *out, const char *name, const char *type, const char *help)
{
    fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static uint64_t sum_calls(const struct worker *workers, unsigned count, size_t method,
                          struct metrics_method *ret_sum)
{
    uint64_t calls = 0;
    memset(ret_sum, 0, sizeof(*ret_sum));
    for (unsigned w = 0; w < count; w++) {
        const struct metrics_method *one = &workers[w].metrics.methods[method];
        for (unsigned i = 0; i < METRICS_CODES; i++) {
            counter_add(&ret_sum->codes[i], counter_read(&one->codes[i]));
        }
        for (unsigned i = 0; i < METRICS_BUCKETS; i++) {
            counter_add(&ret_sum->buckets[i], counter_read(&one->buckets[i]));
            calls += counter_read(&one->buckets[i]);
        }
        counter_add(&ret_sum->sum_us, counter_read(&one->sum_us));
    }
    return calls;
}

static const char *method_name(const struct worker *workers, size_t index)
{
    const struct registry *registry = workers[0].rpc.registry;
    return index < registry->count ? registry->methods[index]->path + 1 : "unknown";
}

/* Methods that were never called are left out: most never are. */
static void write_calls(const struct worker *workers, unsigned count, FILE *out)
{
    struct metrics_method sum;
    size_t methods = workers[0].metrics.method_count + 1;
    describe(out, "pledged_calls_total", "counter", "Calls that ended, by method and status.");
    for (size_t m = 0; m < methods; m++) {
        sum_calls(workers, count, m, &sum);
        for (unsigned code = 0; code < METRICS_CODES; code++) {
            uint64_t calls = counter_read(&sum.codes[code]);
            if (calls > 0) {
                fprintf(out, "pledged_calls_total{method=\"%s\",code=\"%s\"} %" PRIu64 "\n",
                        method_name(workers, m), grpc_code_name(code), calls);
            }
        }
    }
    describe(out, "pledged_call_seconds", "histogram", "From a call's first byte to its status.");
    for (size_t m = 0; m < methods; m++) {
        uint64_t below = 0;
        const char *name = method_name(workers, m);
        uint64_t calls = sum_calls(workers, count, m, &sum);
        for (unsigned i = 0; calls > 0 && i < METRICS_BUCKETS - 1; i++) {
            below += counter_read(&sum.buckets[i]);
            fprintf(out, "pledged_call_seconds_bucket{method=\"%s\",le=\"%g\"} %" PRIu64 "\n", name,
                    (double)metrics_bounds_us[i] / 1e6, below);
        }
        if (calls > 0) {
            fprintf(out,
                    "pledged_call_seconds_bucket{method=\"%s\",le=\"+Inf\"} %" PRIu64 "\n"
                    "pledged_call_seconds_sum{method=\"%s\"} %.6f\n"
                    "pledged_call_seconds_count{method=\"%s\"} %" PRIu64 "\n",
                    name, calls, name, (double)counter_read(&sum.sum_us) / 1e6, name, calls);
        }
    }
}

/* One number of each loop. */
struct loop_metric {
    const char *name;
    const char *type;
    const char *help;
    size_t offset; /* of its counter in struct worker */
    double unit;   /* counted units in one of those shown */
};

static const struct loop_metric loop_metrics[] = {
    {"pledged_connections_open", "gauge", "Client connections.",
     offsetof(struct worker, listener.open), 1},
    {"pledged_connections_total", "counter", "Client connections accepted.",
     offsetof(struct worker, listener.accepted), 1},
    {"pledged_handshakes_failed_total", "counter", "TLS handshakes that failed.",
     offsetof(struct worker, listener.handshakes_failed), 1},
    {"pledged_connections_expelled_total", "counter", "Connections ended for what they sent.",
     offsetof(struct worker, listener.expelled), 1},
    {"pledged_received_bytes_total", "counter", "Bytes from clients, inside TLS.",
     offsetof(struct worker, listener.received_bytes), 1},
    {"pledged_sent_bytes_total", "counter", "Bytes to clients, inside TLS.",
     offsetof(struct worker, listener.sent_bytes), 1},
    {"pledged_calls_open", "gauge", "Calls that are not over.", offsetof(struct worker, rpc.open),
     1},
    {"pledged_loop_turns_total", "counter", "Turns of the event loop.",
     offsetof(struct worker, loop.turns), 1},
    {"pledged_loop_busy_seconds_total", "counter", "Time the loop spent working, not waiting.",
     offsetof(struct worker, loop.busy_us), 1e6},
    {"pledged_loop_lag_seconds", "gauge", "The longest turn of the last ten seconds or so.",
     offsetof(struct worker, loop.longest_us), 1e6},
};

static void write_loops(const struct worker *workers, unsigned count, FILE *out)
{
    for (size_t i = 0; i < sizeof(loop_metrics) / sizeof(loop_metrics[0]); i++) {
        const struct loop_metric *metric = &loop_metrics[i];
        describe(out, metric->name, metric->type, metric->help);
        for (unsigned w = 0; w < count; w++) {
            const struct counter *counter =
                (const void *)((const char *)&workers[w] + metric->offset);
            fprintf(out, "%s{loop=\"%u\"} %.15g\n", metric->name, w,
                    (double)counter_read(counter) / metric->unit);
        }
    }
}

struct lane_metric {
    const char *name;
    const char *type;
    const char *help;
    size_t offset; /* in struct db_lane_counters */
};

static const struct lane_metric lane_metrics[] = {
    {"pledged_database_queued", "gauge", "Jobs that wait to be sent to PostgreSQL.",
     offsetof(struct db_lane_counters, queued)},
    {"pledged_database_in_flight", "gauge", "Jobs in the pipeline, sent and not answered.",
     offsetof(struct db_lane_counters, in_flight)},
    {"pledged_database_connections", "gauge", "Connections to PostgreSQL that are ready.",
     offsetof(struct db_lane_counters, connections)},
    {"pledged_database_jobs_total", "counter", "Jobs that PostgreSQL answered.",
     offsetof(struct db_lane_counters, jobs)},
    {"pledged_database_segments_total", "counter", "Pipeline segments sent; jobs share them.",
     offsetof(struct db_lane_counters, segments)},
    {"pledged_database_failures_total", "counter", "Connections lost, or attempts that failed.",
     offsetof(struct db_lane_counters, failures)},
};

static void write_lanes(const struct worker *workers, unsigned count, FILE *out)
{
    for (size_t i = 0; i < sizeof(lane_metrics) / sizeof(lane_metrics[0]); i++) {
        const struct lane_metric *metric = &lane_metrics[i];
        describe(out, metric->name, metric->type, metric->help);
        for (unsigned w = 0; w < count; w++) {
            const struct db_counters *counters = db_counters(workers[w].context.db);
            for (enum db_lane lane = 0; lane < DB_LANES; lane++) {
                const char *at = (const char *)&counters->lanes[lane] + metric->offset;
                fprintf(out, "%s{loop=\"%u\",lane=\"%s\"} %" PRIu64 "\n", metric->name, w,
                        lane_names[lane], counter_read((const struct counter *)at));
            }
        }
    }
}

static void write_process(FILE *out)
{
    unsigned long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "re");
    if (statm && fscanf(statm, "%*u %lu", &pages) != 1) {
        pages = 0;
    }
    if (statm) {
        fclose(statm);
    }
    describe(out, "process_resident_memory_bytes", "gauge", "Resident memory.");
    fprintf(out, "process_resident_memory_bytes %ld\n", (long)pages * sysconf(_SC_PAGESIZE));
    describe(out, "pledged_build_info", "gauge", "The version that runs.");
    fprintf(out, "pledged_build_info{version=\"" PLEDGE_VERSION "\"} 1\n");
}

void telemetry_write(const struct worker *workers, unsigned worker_count, FILE *out)
{
    write_calls(workers, worker_count, out);
    write_loops(workers, worker_count, out);
    write_lanes(workers, worker_count, out);
    write_process(out);
}

/* --- the listener ------------------------------------------------------------------------------
 */

/* When an exchange is over, answered or not: others wait for theirs, and so does the end. */
static uint64_t patience_ends(void)
{
    return uv_hrtime() + TELEMETRY_PATIENCE_SECONDS * (uint64_t)1000000000;
}

static void send_all(int fd, const char *bytes, size_t len, uint64_t until)
{
    while (len > 0 && uv_hrtime() < until) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
        if (sent <= 0) {
            return;
        }
        bytes += sent;
        len -= (size_t)sent;
    }
}

static void answer(int fd, const char *status, const char *body, size_t len, uint64_t until)
{
    char head[256];
    int size = snprintf(head, sizeof(head),
                        "HTTP/1.1 %s\r\nContent-Type: text/plain; version=0.0.4\r\n"
                        "Content-Length: %zu\r\nConnection: close\r\n\r\n",
                        status, len);
    send_all(fd, head, (size_t)size, until);
    send_all(fd, body, len, until);
}

/* Reads up to the empty line. False when it does not come. */
static bool read_request(int fd, char request[TELEMETRY_MAX_REQUEST], uint64_t until)
{
    size_t len = 0;
    while (len + 1 < TELEMETRY_MAX_REQUEST && uv_hrtime() < until) {
        ssize_t got = recv(fd, request + len, TELEMETRY_MAX_REQUEST - 1 - len, 0);
        if (got <= 0) {
            return false;
        }
        len += (size_t)got;
        request[len] = '\0';
        if (strstr(request, "\r\n\r\n")) {
            return true;
        }
    }
    return false;
}

static void serve_one(const struct telemetry *telemetry, int fd)
{
    static const char path[] = "GET /metrics";
    char request[TELEMETRY_MAX_REQUEST];
    const struct timeval patience = {.tv_sec = TELEMETRY_PATIENCE_SECONDS};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    uint64_t until = patience_ends();
    if (!read_request(fd, request, until)) {
        return;
    }
    const char *after = request + sizeof(path) - 1;
    if (strncmp(request, path, sizeof(path) - 1) != 0 || (*after != ' ' && *after != '?')) {
        answer(fd, "404 Not Found", "see /metrics\n", strlen("see /metrics\n"), until);
        return;
    }
    char *body = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&body, &len);
    if (out) {
        telemetry_write(telemetry->workers, telemetry->worker_count, out);
        fclose(out);
        answer(fd, "200 OK", body, len, until);
        free(body);
    }
}

static void run(void *data)
{
    const struct telemetry *telemetry = data;
    for (;;) {
        int fd = accept4(telemetry->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0 && errno == EINVAL) {
            return; /* telemetry_stop shut the listener down */
        }
        if (fd < 0) {
            uv_sleep(TELEMETRY_PAUSE_MS); /* out of descriptors, perhaps */
        }
        if (fd >= 0) {
            serve_one(telemetry, fd);
            close(fd);
        }
    }
}

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET6) {
        return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
    }
    const struct sockaddr_in *in = (const struct sockaddr_in *)address;
    return ntohl(in->sin_addr.s_addr) >> IN_CLASSA_NSHIFT == IN_LOOPBACKNET;
}

bool telemetry_start(struct telemetry *telemetry, const struct worker *workers,
                     unsigned worker_count, const struct sockaddr *address, socklen_t len,
                     struct err *err)
{
    int one = 1;
    *telemetry = (struct telemetry){.workers = workers, .worker_count = worker_count, .fd = -1};
    if (!is_loopback(address)) {
        return err_set(err, GRPC_INVALID_ARGUMENT,
                       "metrics_listen: must be a loopback address, as metrics have no sign-in");
    }
    telemetry->fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(telemetry->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (telemetry->fd < 0 || bind(telemetry->fd, address, len) != 0 ||
        listen(telemetry->fd, TELEMETRY_BACKLOG) != 0) {
        return err_set(err, GRPC_INTERNAL, "metrics_listen: %s", strerror(errno));
    }
    telemetry->running = uv_thread_create(&telemetry->thread, run, telemetry) == 0;
    return telemetry->running ||
           err_set(err, GRPC_INTERNAL, "the thread for metrics cannot be started");
}

int telemetry_port(const struct telemetry *telemetry)
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof(address);
    getsockname(telemetry->fd, (struct sockaddr *)&address, &len);
    return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                               : ((struct sockaddr_in *)&address)->sin_port);
}

void telemetry_stop(struct telemetry *telemetry)
{
    if (telemetry->running) {
        shutdown(telemetry->fd, SHUT_RDWR);
        uv_thread_join(&telemetry->thread);
        telemetry->running = false;
        close(telemetry->fd);
    }
}
