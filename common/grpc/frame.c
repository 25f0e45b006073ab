/* SPDX-License-Identifier: Apache-2.0 */
#include "common/grpc/frame.h"

enum grpc_frame_result grpc_frame_read(const uint8_t *data, size_t len, uint32_t max_length,
                                       struct grpc_frame *ret_frame)
{
    *ret_frame = (struct grpc_frame){0};
    if (len >= 1 && data[0] > 1) {
        return GRPC_FRAME_BAD_FLAG;
    }
    if (len < GRPC_FRAME_HEADER) {
        return GRPC_FRAME_PARTIAL;
    }
    ret_frame->compressed = data[0] == 1;
    ret_frame->length = (uint32_t)data[1] << 24 | (uint32_t)data[2] << 16 | (uint32_t)data[3] << 8 |
                        (uint32_t)data[4];
    if (ret_frame->length > max_length) {
        return GRPC_FRAME_TOO_BIG;
    }
    if (len - GRPC_FRAME_HEADER < ret_frame->length) {
        return GRPC_FRAME_PARTIAL;
    }
    ret_frame->message = data + GRPC_FRAME_HEADER;
    return GRPC_FRAME_WHOLE;
}

void grpc_frame_write_header(uint8_t out[GRPC_FRAME_HEADER], uint32_t length, bool compressed)
{
    out[0] = compressed;
    out[1] = (uint8_t)(length >> 24);
    out[2] = (uint8_t)(length >> 16);
    out[3] = (uint8_t)(length >> 8);
    out[4] = (uint8_t)length;
}
