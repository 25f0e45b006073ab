/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers that one loop writes and another thread may read meanwhile.
 *
 * Each has one writer, so relaxed loads and stores are enough; a reader may see an event in one
 * number and not yet in the next.
 */
#ifndef SERVER_NET_COUNTER_H
#define SERVER_NET_COUNTER_H

#include <stdatomic.h>
#include <stdint.h>

struct counter {
    _Atomic uint64_t value;
};

static inline uint64_t counter_read(const struct counter *counter)
{
    return atomic_load_explicit((_Atomic uint64_t *)&counter->value, memory_order_relaxed);
}

static inline void counter_set(struct counter *counter, uint64_t value)
{
    atomic_store_explicit(&counter->value, value, memory_order_relaxed);
}

static inline void counter_add(struct counter *counter, uint64_t amount)
{
    counter_set(counter, counter_read(counter) + amount);
}

#endif
