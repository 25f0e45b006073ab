/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rpc/metrics.h"

#include <stdlib.h>

const uint64_t metrics_bounds_us[METRICS_BUCKETS - 1] = {
    100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 10000000};

bool metrics_init(struct metrics *metrics, size_t method_count)
{
    *metrics = (struct metrics){.method_count = method_count};
    metrics->methods = calloc(method_count + 1, sizeof(*metrics->methods));
    return metrics->methods != NULL;
}

void metrics_deinit(struct metrics *metrics)
{
    free(metrics->methods);
    metrics->methods = NULL;
}

void metrics_count(struct metrics *metrics, size_t index, enum grpc_code code, uint64_t us)
{
    size_t last = metrics->method_count;
    struct metrics_method *method = &metrics->methods[index < last ? index : last];
    unsigned bucket = 0;
    while (bucket < METRICS_BUCKETS - 1 && us > metrics_bounds_us[bucket]) {
        bucket++;
    }
    counter_add(&method->codes[(unsigned)code < METRICS_CODES ? code : GRPC_UNKNOWN], 1);
    counter_add(&method->buckets[bucket], 1);
    counter_add(&method->sum_us, us);
}
