/* SPDX-License-Identifier: Apache-2.0 */
/* The grpc-timeout header: at most eight digits and a unit (H M S m u n). */
#ifndef COMMON_GRPC_TIMEOUT_H
#define COMMON_GRPC_TIMEOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest a call may be asked to run; a longer timeout is read as this. */
#define GRPC_TIMEOUT_MAX_MS ((uint64_t)24 * 3600 * 1000)

/* Reads the header's value. Rounds up to whole milliseconds. False when it is malformed. */
bool grpc_timeout_parse(const char *text, size_t len, uint64_t *ret_timeout_ms);

/* Writes the value for `timeout_ms`, NUL-terminated. */
void grpc_timeout_format(uint64_t timeout_ms, char out[16]);

#endif
