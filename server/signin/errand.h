/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work that would hold up a loop, done on another thread one after the other.
 *
 * Glossary
 *   errand   one piece of such work: a password to be hashed, a provider to be asked
 */
#ifndef SERVER_SIGNIN_ERRAND_H
#define SERVER_SIGNIN_ERRAND_H

#include "server/net/loop.h"

enum {
    ERRANDS_MAX_WAITING = 64, /* of one queue; who comes then is sent away */
};

struct errand {
    struct errand *next;
    void (*work)(struct errand *errand); /* on the other thread: touches nothing of the loop */
    void (*done)(struct errand *errand); /* on the loop again */
};

/* One loop's queue; of it one errand is on its way at a time. */
struct errands {
    struct loop *loop;
    uv_work_t work;
    struct errand *running;
    struct errand *first;
    struct errand **last;
    unsigned waiting;
};

void errands_init(struct errands *errands, struct loop *loop);

/* Takes an errand, which must stay until `done`; that is called once, never inside this. False when
 * too many wait. */
bool errands_submit(struct errands *errands, struct errand *errand);

#endif
