/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine without sockets: an HTTP/2 session in memory, before methods of all four kinds that
 * send back what they are sent. For tests and fuzz targets of what lies between bytes and calls.
 */
#ifndef TESTS_TOOLS_REHEARSAL_H
#define TESTS_TOOLS_REHEARSAL_H

#include "server/net/listener.h"
#include "server/rpc/health.h"
#include "server/rpc/reflection.h"

/* A service that a request may name besides "t.S" or none. Any other is answered NOT_SERVING, as it
 * did not come as it was sent. */
#define REHEARSAL_LONG_NAME "a.service.with.a.name.of.some.length"

enum { REHEARSAL_VIOLATIONS = 40 };

/* Serves, of "/t.S/": U(nary), E(rror), C(lient stream), S(erver stream), B(oth). */
struct rehearsal {
    struct loop loop;
    struct listener listener;
    struct registry registry;
    struct health health;
    struct reflection *reflection;
    struct rpc rpc;
};

/* False when something cannot be set up. One at a time, as the methods are shared. */
bool rehearsal_init(struct rehearsal *rehearsal);

/* Returns 0, or a libuv error when the loop has something left. */
int rehearsal_deinit(struct rehearsal *rehearsal);

/* Moves what the session has to say to `out`, until it holds `room` bytes. False when out of
 * memory. */
bool rehearsal_produce(struct rehearsal *rehearsal, struct conn *conn, struct buf *out,
                       size_t room);

/* Lets `ms` milliseconds pass, and one tick. */
void rehearsal_tick(struct rehearsal *rehearsal, unsigned ms);

/* True when no call is open and none of their memory is held. */
bool rehearsal_is_at_rest(const struct rehearsal *rehearsal);

/* REHEARSAL_VIOLATIONS of them, and a time after which to try again. */
void rehearsal_violations(struct err *err, struct arena *arena);

#endif
