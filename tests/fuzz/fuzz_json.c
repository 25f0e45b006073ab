/* SPDX-License-Identifier: Apache-2.0 */
/* JSON that is taken for a message gives the same message again when it is written and read. */
#include "common/msg/json.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_CAP = 64 * 1024 * 1024 };

static void taken(const ProtobufCMessageDescriptor *type, const ProtobufCMessage *message,
                  struct arena *arena)
{
    struct err err = {0};
    json_t *written = msg_json_write(message, 0, NULL);
    FUZZ_CHECK(written);
    ProtobufCMessage *again = msg_json_read(type, written, arena, &err);
    FUZZ_CHECK(again);
    size_t len;
    size_t again_len;
    uint8_t *packed = fuzz_pack(message, arena, &len);
    uint8_t *again_packed = fuzz_pack(again, arena, &again_len);
    FUZZ_CHECK(len == again_len && memcmp(packed, again_packed, len) == 0);
    json_decref(written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct err err = {0};
    if (size == 0) {
        return 0;
    }
    const ProtobufCMessageDescriptor *type = fuzz_request_type(data[0]);
    json_t *json = json_loadb((const char *)data + 1, size - 1,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    if (!json) {
        return 0;
    }
    arena_init(&arena, ARENA_CAP);
    ProtobufCMessage *message = msg_json_read(type, json, &arena, &err);
    if (message) {
        taken(type, message, &arena);
    } else {
        FUZZ_CHECK(err.code != GRPC_OK && *err.message);
    }
    arena_deinit(&arena);
    json_decref(json);
    return 0;
}
