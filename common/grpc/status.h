/* SPDX-License-Identifier: Apache-2.0 */
/* gRPC status codes and the two trailers that carry them, as pure functions over bytes.
 * Specification: grpc/grpc doc/PROTOCOL-HTTP2.md and doc/statuscodes.md. */
#ifndef COMMON_GRPC_STATUS_H
#define COMMON_GRPC_STATUS_H

#include <stddef.h>

enum grpc_code {
    GRPC_OK = 0,
    GRPC_CANCELLED = 1,
    GRPC_UNKNOWN = 2,
    GRPC_INVALID_ARGUMENT = 3,
    GRPC_DEADLINE_EXCEEDED = 4,
    GRPC_NOT_FOUND = 5,
    GRPC_ALREADY_EXISTS = 6,
    GRPC_PERMISSION_DENIED = 7,
    GRPC_RESOURCE_EXHAUSTED = 8,
    GRPC_FAILED_PRECONDITION = 9,
    GRPC_ABORTED = 10,
    GRPC_OUT_OF_RANGE = 11,
    GRPC_UNIMPLEMENTED = 12,
    GRPC_INTERNAL = 13,
    GRPC_UNAVAILABLE = 14,
    GRPC_DATA_LOSS = 15,
    GRPC_UNAUTHENTICATED = 16,
};

/* The code's name, such as "NOT_FOUND"; "UNKNOWN" outside 0..16. Static. */
const char *grpc_code_name(unsigned code);

/* The code that a client infers from an HTTP status when there is no grpc-status. */
enum grpc_code grpc_code_from_http(int http_status);

/* Percent-encodes `text` for grpc-message into `out`, cut to fit, NUL-terminated. Bytes outside
 * 0x20..0x7E and '%' are encoded. Returns the length without the NUL. */
size_t grpc_message_encode(const char *text, char *out, size_t out_size);

/* Undoes it, in place of invalid escapes keeping them as they are. `out` holds `len` + 1 bytes. */
size_t grpc_message_decode(const char *text, size_t len, char *out);

/* Standard base64 without padding, as binary metadata is sent. `out` holds
 * (len + 2) / 3 * 4 + 1 bytes. Returns the length without the NUL. */
size_t grpc_base64_encode(const void *data, size_t len, char *out);

/* Decodes with or without padding into `out` of at least len / 4 * 3 + 3 bytes. Returns the length,
 * or (size_t)-1 when `text` is not base64. */
size_t grpc_base64_decode(const char *text, size_t len, unsigned char *out);

#endif
