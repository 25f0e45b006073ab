/* SPDX-License-Identifier: Apache-2.0 */
/* A bucket of tokens: so much at once, and so much a second in the long run. A zeroed one is full.
 */
#ifndef COMMON_BASE_BUCKET_H
#define COMMON_BASE_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct bucket {
    uint64_t spent;
    uint64_t since_ms; /* when some last came back */
};

/* Takes `amount` tokens at the monotonic time `now_ms`, after those have come back that were due at
 * `per_second`. False when more than `most` are spent; they are taken all the same, so whoever goes
 * on regardless waits longer. */
static inline bool bucket_take(struct bucket *bucket, uint64_t now_ms, uint64_t amount,
                               uint64_t per_second, uint64_t most)
{
    uint64_t back = (now_ms - bucket->since_ms) * per_second / 1000;
    if (back > 0) {
        bucket->spent -= back < bucket->spent ? back : bucket->spent;
        bucket->since_ms = now_ms;
    }
    bucket->spent += amount;
    return bucket->spent <= most;
}

/* The same, but nothing is taken when there is not enough: for what several may share. */
static inline bool bucket_try(struct bucket *bucket, uint64_t now_ms, uint64_t amount,
                              uint64_t per_second, uint64_t most)
{
    bool enough = bucket_take(bucket, now_ms, amount, per_second, most);
    bucket->spent -= enough ? 0 : amount;
    return enough;
}

/* How long from the last take until no more than `most` are spent; 0 if that is so. */
static inline uint64_t bucket_wait_ms(const struct bucket *bucket, uint64_t per_second,
                                      uint64_t most)
{
    return bucket->spent <= most ? 0 : (bucket->spent - most) * 1000 / per_second + 1;
}

#endif
