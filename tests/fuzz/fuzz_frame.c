/* SPDX-License-Identifier: Apache-2.0 */
/* Length-prefixed messages, cut out of any bytes. */
#include "common/grpc/frame.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct grpc_frame frame = {0};
    while (grpc_frame_read(data, size, 1 << 20, &frame) == GRPC_FRAME_WHOLE) {
        FUZZ_CHECK(frame.message == data + GRPC_FRAME_HEADER);
        FUZZ_CHECK(GRPC_FRAME_HEADER + (size_t)frame.length <= size);
        uint8_t header[GRPC_FRAME_HEADER];
        grpc_frame_write_header(header, frame.length, frame.compressed);
        for (size_t i = 0; i < sizeof(header); i++) {
            FUZZ_CHECK(header[i] == data[i]);
        }
        data += GRPC_FRAME_HEADER + frame.length;
        size -= GRPC_FRAME_HEADER + frame.length;
    }
    return 0;
}
