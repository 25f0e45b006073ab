/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event loop, its turns and its clock.
 *
 * Glossary
 *   turn  one pass over everything that became ready; work gathered in callbacks is sent at its end
 *   lag   how long a turn works before it looks at the sockets again
 *   tick  a slow pulse for deadlines and time-outs: fast while calls are open, slow otherwise
 */
#ifndef SERVER_NET_LOOP_H
#define SERVER_NET_LOOP_H

#include "server/net/counter.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

enum { LOOP_MAX_HOOKS = 8, LOOP_TICK_BUSY_MS = 10, LOOP_TICK_IDLE_MS = 1000, LOOP_LAG_MS = 10000 };

struct loop_hook {
    void (*run)(void *data);
    void *data;
};

struct loop {
    uv_loop_t uv;
    uv_prepare_t prepare;
    uv_check_t check;
    uv_timer_t tick;
    uv_idle_t again;
    struct loop_hook turn_hooks[LOOP_MAX_HOOKS];
    struct loop_hook tick_hooks[LOOP_MAX_HOOKS];
    unsigned turn_hook_count;
    unsigned tick_hook_count;
    unsigned open_calls; /* > 0: tick fast */
    uint64_t now_ms;     /* monotonic, as of the last callback that waited */
    uint64_t now_us;     /* the same, finer */
    uint64_t turn_began_ns;
    uint64_t wait_began_ns; /* 0: the poll is over, or has not begun */
    uint64_t waited_ns;     /* of this turn */
    struct counter turns;
    struct counter busy_us;    /* spent working, waiting apart */
    struct counter longest_us; /* the longest turn of work of the last LOOP_LAG_MS */
    uint64_t longest_since_ms;
};

/* Sets up the loop. Returns 0 or a libuv error. */
int loop_init(struct loop *loop);

/* Adds a hook that runs at the end of every turn, in the order of adding. */
void loop_on_turn(struct loop *loop, void (*run)(void *data), void *data);

/* Adds a hook that runs on every tick. */
void loop_on_tick(struct loop *loop, void (*run)(void *data), void *data);

/* Reads the clock anew; callbacks begin with it, as a poll may have waited long. What goes before
 * the first of them in a turn counts as waiting. */
void loop_update_time(struct loop *loop);

/* Has the next turn follow at once, without waiting for events. */
void loop_again(struct loop *loop);

/* Counts one open call more or less; the tick follows. */
void loop_call_opened(struct loop *loop);
void loop_call_closed(struct loop *loop);

/* Closes the loop's own handles; run the loop once more to let their callbacks finish. */
void loop_close(struct loop *loop);

#endif
