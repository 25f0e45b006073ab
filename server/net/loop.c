/* SPDX-License-Identifier: Apache-2.0 */
#include "server/net/loop.h"

#include <assert.h>

void loop_update_time(struct loop *loop)
{
    uint64_t now = uv_hrtime();
    if (loop->wait_began_ns) {
        loop->waited_ns = now - loop->wait_began_ns;
        loop->wait_began_ns = 0;
    }
    loop->now_us = now / 1000;
    loop->now_ms = loop->now_us / 1000;
}

static void run_turn(struct loop *loop)
{
    loop_update_time(loop);
    for (unsigned i = 0; i < loop->turn_hook_count; i++) {
        loop->turn_hooks[i].run(loop->turn_hooks[i].data);
    }
}

/* libuv's own measure of waiting would cost a second epoll_wait() every turn. */
static void measure_turn(struct loop *loop)
{
    uint64_t now = uv_hrtime();
    uint64_t busy_us = (now - loop->turn_began_ns - loop->waited_ns) / 1000;
    bool stale = loop->now_ms - loop->longest_since_ms > LOOP_LAG_MS;
    counter_add(&loop->turns, 1);
    counter_add(&loop->busy_us, busy_us);
    if (stale || busy_us > counter_read(&loop->longest_us)) {
        counter_set(&loop->longest_us, busy_us);
        loop->longest_since_ms = loop->now_ms;
    }
    loop->turn_began_ns = loop->wait_began_ns = now;
    loop->waited_ns = 0;
}

/* Timers run before the poll and closing callbacks after the check, so a turn ends at both places;
 * with nothing gathered the hooks return at once. */
static void on_prepare(uv_prepare_t *prepare)
{
    run_turn(prepare->data);
    measure_turn(prepare->data);
}

static void on_check(uv_check_t *check)
{
    run_turn(check->data);
}

static void on_tick(uv_timer_t *tick)
{
    struct loop *loop = tick->data;
    loop_update_time(loop);
    for (unsigned i = 0; i < loop->tick_hook_count; i++) {
        loop->tick_hooks[i].run(loop->tick_hooks[i].data);
    }
    uv_timer_start(tick, on_tick, loop->open_calls ? LOOP_TICK_BUSY_MS : LOOP_TICK_IDLE_MS, 0);
}

int loop_init(struct loop *loop)
{
    *loop = (struct loop){0};
    loop_update_time(loop);
    int rc = uv_loop_init(&loop->uv);
    if (rc != 0) {
        return rc;
    }
    loop->uv.data = loop;
    loop->turn_began_ns = uv_hrtime();
    uv_prepare_init(&loop->uv, &loop->prepare);
    uv_check_init(&loop->uv, &loop->check);
    uv_timer_init(&loop->uv, &loop->tick);
    uv_idle_init(&loop->uv, &loop->again);
    loop->prepare.data = loop->check.data = loop->tick.data = loop;
    uv_prepare_start(&loop->prepare, on_prepare);
    uv_check_start(&loop->check, on_check);
    uv_timer_start(&loop->tick, on_tick, LOOP_TICK_IDLE_MS, 0);
    return 0;
}

void loop_on_turn(struct loop *loop, void (*run)(void *data), void *data)
{
    assert(loop->turn_hook_count < LOOP_MAX_HOOKS);
    loop->turn_hooks[loop->turn_hook_count++] = (struct loop_hook){run, data};
}

void loop_on_tick(struct loop *loop, void (*run)(void *data), void *data)
{
    assert(loop->tick_hook_count < LOOP_MAX_HOOKS);
    loop->tick_hooks[loop->tick_hook_count++] = (struct loop_hook){run, data};
}

static void on_again(uv_idle_t *again)
{
    uv_idle_stop(again); /* it has kept the poll from waiting, which is all it is for */
}

void loop_again(struct loop *loop)
{
    uv_idle_start(&loop->again, on_again);
}

void loop_call_opened(struct loop *loop)
{
    if (loop->open_calls++ == 0 && !uv_is_closing((uv_handle_t *)&loop->tick)) {
        uv_timer_start(&loop->tick, on_tick, LOOP_TICK_BUSY_MS, 0);
    }
}

void loop_call_closed(struct loop *loop)
{
    assert(loop->open_calls > 0);
    loop->open_calls--;
}

void loop_close(struct loop *loop)
{
    uv_close((uv_handle_t *)&loop->prepare, NULL);
    uv_close((uv_handle_t *)&loop->check, NULL);
    uv_close((uv_handle_t *)&loop->tick, NULL);
    uv_close((uv_handle_t *)&loop->again, NULL);
}
