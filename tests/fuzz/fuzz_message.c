/* SPDX-License-Identifier: Apache-2.0 */
/* What the guard lets through, protobuf-c decodes within the arena, for every request type; and a
 * message packed again is the same message. */
#include "common/msg/guard.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { ARENA_CAP = 64 * 1024 * 1024 };

static void decoded(const ProtobufCMessageDescriptor *type, const uint8_t *data, size_t size,
                    struct arena *arena)
{
    const struct guard_limits limits = GUARD_DEFAULT_LIMITS;
    ProtobufCAllocator allocator = arena_protobuf_allocator(arena);
    struct err err = {0};
    ProtobufCMessage *message = protobuf_c_message_unpack(type, &allocator, size, data);
    if (!message) {
        return; /* a field of the wrong wire type, which the guard leaves to protobuf-c */
    }
    FUZZ_CHECK(protobuf_c_message_check(message));
    size_t len;
    uint8_t *packed = fuzz_pack(message, arena, &len);
    FUZZ_CHECK(guard_check(type, packed, len, &limits, arena, &err));
    ProtobufCMessage *again = protobuf_c_message_unpack(type, &allocator, len, packed);
    FUZZ_CHECK(again);
    size_t again_len;
    uint8_t *again_packed = fuzz_pack(again, arena, &again_len);
    FUZZ_CHECK(again_len == len && memcmp(packed, again_packed, len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct guard_limits limits = GUARD_DEFAULT_LIMITS;
    struct arena arena;
    struct err err = {0};
    if (size == 0) {
        return 0;
    }
    const ProtobufCMessageDescriptor *type = fuzz_request_type(data[0]);
    arena_init(&arena, ARENA_CAP);
    if (guard_check(type, data + 1, size - 1, &limits, &arena, &err)) {
        decoded(type, data + 1, size - 1, &arena);
    } else {
        FUZZ_CHECK(err.code != GRPC_OK && *err.message);
    }
    arena_deinit(&arena);
    return 0;
}
