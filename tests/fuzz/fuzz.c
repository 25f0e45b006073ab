/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include "proto/schema.h"

const ProtobufCMessageDescriptor *fuzz_request_type(unsigned index)
{
    unsigned count = 0;
    for (size_t i = 0; schema_services[i]; i++) {
        count += schema_services[i]->n_methods;
    }
    index %= count;
    for (size_t i = 0; schema_services[i]; i++) {
        if (index < schema_services[i]->n_methods) {
            return schema_services[i]->methods[index].input;
        }
        index -= schema_services[i]->n_methods;
    }
    return NULL;
}

uint8_t *fuzz_pack(const ProtobufCMessage *message, struct arena *arena, size_t *ret_len)
{
    *ret_len = protobuf_c_message_get_packed_size(message);
    uint8_t *packed = arena_alloc(arena, *ret_len + 1);
    FUZZ_CHECK(packed);
    protobuf_c_message_pack(message, packed);
    return packed;
}
