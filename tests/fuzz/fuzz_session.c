/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole HTTP/2 session without sockets: any bytes from the client, against methods of all four
 * kinds in every form on the wire.
 *
 * The first byte of the input says how it is cut: 0 is one piece.
 */
#include "server/net/slab.h"
#include "tests/fuzz/fuzz.h"
#include "tests/tools/rehearsal.h"

enum { ENOUGH = 64 * 1024 };

static struct rehearsal engine;
static bool ready;

static void drain_out(struct conn *conn)
{
    struct buf out = {0};
    FUZZ_CHECK(rehearsal_produce(&engine, conn, &out, ENOUGH));
    buf_deinit(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
    struct conn conn = {.listener = &engine.listener, .state = CONN_OPEN, .peer = "fuzz"};
    if (!ready) {
        FUZZ_CHECK(rehearsal_init(&engine));
        ready = true;
    }
    if (size == 0) {
        return 0;
    }
    size_t piece = data[0] ? data[0] : size;
    FUZZ_CHECK(h2_init(&conn.h2, &conn, &rpc_stream_ops, &engine.rpc));
    bool alive = h2_receive(&conn.h2, (const uint8_t *)preface, sizeof(preface) - 1);
    for (size_t at = 1; alive && at < size; at += piece) {
        size_t len = size - at < piece ? size - at : piece;
        alive = h2_receive(&conn.h2, data + at, len);
        drain_out(&conn);
        rehearsal_tick(&engine, data[at]);
    }
    h2_goaway(&conn.h2);
    drain_out(&conn);
    h2_deinit(&conn.h2);
    FUZZ_CHECK(rehearsal_is_at_rest(&engine));
    slab_trim();
    return 0;
}
