/* SPDX-License-Identifier: Apache-2.0 */
/* What the fuzz targets share: libFuzzer's entry, and assertions that end the run. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "common/base/arena.h"

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Unlike assert, in every build. */
#define FUZZ_CHECK(condition) ((condition) ? (void)0 : __builtin_trap())

/* The request type of the method at `index` of all services, counted round and round. */
const ProtobufCMessageDescriptor *fuzz_request_type(unsigned index);

/* Packs a message into `arena`; traps when there is no room. */
uint8_t *fuzz_pack(const ProtobufCMessage *message, struct arena *arena, size_t *ret_len);

#endif
