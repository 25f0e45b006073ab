/* SPDX-License-Identifier: Apache-2.0 */
/* What Prometheus reads: the loops' counters as text, over plain HTTP on a loopback address.
 * Specification: prometheus.io "Exposition formats", text version 0.0.4. */
#ifndef SERVER_TELEMETRY_H
#define SERVER_TELEMETRY_H

#include "server/worker.h"

#include <sys/socket.h>

struct telemetry {
    const struct worker *workers;
    unsigned worker_count;
    int fd;
    uv_thread_t thread;
    bool running;
};

/* Binds `address`, which must be of the loopback range, and answers GET /metrics on a thread of its
 * own until telemetry_stop. Borrows the workers. False with a sentence in `err`. */
bool telemetry_start(struct telemetry *telemetry, const struct worker *workers,
                     unsigned worker_count, const struct sockaddr *address, socklen_t len,
                     struct err *err);

/* The port that it listens on. */
int telemetry_port(const struct telemetry *telemetry);

/* Ends the thread; allowed when it never started. */
void telemetry_stop(struct telemetry *telemetry);

/* Writes all metrics to `out`. */
void telemetry_write(const struct worker *workers, unsigned worker_count, FILE *out);

#endif
