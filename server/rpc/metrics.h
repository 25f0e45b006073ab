/* SPDX-License-Identifier: Apache-2.0 */
/* What one loop counts of its calls: how many, how they ended, how long they took. */
#ifndef SERVER_RPC_METRICS_H
#define SERVER_RPC_METRICS_H

#include "common/grpc/status.h"
#include "server/net/counter.h"

#include <stdbool.h>
#include <stddef.h>

enum { METRICS_CODES = 17, METRICS_BUCKETS = 14 };

/* Upper bounds of the buckets of latency, in microseconds; the last bucket has none. */
extern const uint64_t metrics_bounds_us[METRICS_BUCKETS - 1];

struct metrics_method {
    struct counter codes[METRICS_CODES];
    struct counter buckets[METRICS_BUCKETS];
    struct counter sum_us;
};

struct metrics {
    struct metrics_method *methods; /* by method.index, and one more for unknown methods */
    size_t method_count;
};

/* Makes room for `method_count` methods and the unknown. False without memory. */
bool metrics_init(struct metrics *metrics, size_t method_count);
void metrics_deinit(struct metrics *metrics);

/* Counts one finished call; any `index` past the methods stands for an unknown one. */
void metrics_count(struct metrics *metrics, size_t index, enum grpc_code code, uint64_t us);

#endif
