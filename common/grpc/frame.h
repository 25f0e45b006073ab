/* SPDX-License-Identifier: Apache-2.0 */
/* Length-prefixed messages: one byte of flags, four of length, big endian.
 * Specification: grpc/grpc doc/PROTOCOL-HTTP2.md, "Length-Prefixed-Message". */
#ifndef COMMON_GRPC_FRAME_H
#define COMMON_GRPC_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GRPC_FRAME_HEADER = 5 };

struct grpc_frame {
    bool compressed;
    uint32_t length;        /* of the message */
    const uint8_t *message; /* borrowed from the input; NULL until it is whole */
};

enum grpc_frame_result {
    GRPC_FRAME_WHOLE,    /* frame is filled; it took GRPC_FRAME_HEADER + length bytes */
    GRPC_FRAME_PARTIAL,  /* more bytes are needed */
    GRPC_FRAME_BAD_FLAG, /* flags other than 0 and 1 */
    GRPC_FRAME_TOO_BIG,  /* length above max_length; known from the header alone */
};

/* Looks at the front of `data` for one frame. `ret_frame->length` and `compressed` are set as soon
 * as the header is there. */
enum grpc_frame_result grpc_frame_read(const uint8_t *data, size_t len, uint32_t max_length,
                                       struct grpc_frame *ret_frame);

/* Writes the header of an uncompressed message of `length` bytes. */
void grpc_frame_write_header(uint8_t out[GRPC_FRAME_HEADER], uint32_t length, bool compressed);

#endif
