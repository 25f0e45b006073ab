/* SPDX-License-Identifier: Apache-2.0 */
#include "server/signin/errand.h"

#include <sched.h>

/* On Linux a thread has a policy of its own. One that is idle runs where nobody else wants to, and
 * gives way at once: a loop that wakes does not wait for the hash of a password. */
static void give_way(void)
{
    static const struct sched_param none;
    static _Thread_local bool given;
    if (!given) {
        given = true;
        sched_setscheduler(0, SCHED_IDLE, &none);
    }
}

static void run(uv_work_t *work)
{
    struct errands *errands = work->data;
    give_way();
    errands->running->work(errands->running);
}

static void ended(uv_work_t *work, int status);

static void start(struct errands *errands)
{
    struct errand *errand = errands->first;
    if (errands->running || !errand) {
        return;
    }
    errands->first = errand->next;
    errands->last = errands->first ? errands->last : &errands->first;
    errands->waiting--;
    errands->running = errand;
    errands->work.data = errands;
    uv_queue_work(&errands->loop->uv, &errands->work, run, ended);
}

static void ended(uv_work_t *work, int status)
{
    struct errands *errands = work->data;
    struct errand *errand = errands->running;
    (void)status;
    loop_update_time(errands->loop);
    errands->running = NULL;
    start(errands);
    errand->done(errand);
}

void errands_init(struct errands *errands, struct loop *loop)
{
    *errands = (struct errands){.loop = loop};
    errands->last = &errands->first;
}

bool errands_submit(struct errands *errands, struct errand *errand)
{
    if (errands->waiting >= ERRANDS_MAX_WAITING) {
        return false;
    }
    errand->next = NULL;
    *errands->last = errand;
    errands->last = &errand->next;
    errands->waiting++;
    start(errands);
    return true;
}
