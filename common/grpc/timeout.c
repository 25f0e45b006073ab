/* SPDX-License-Identifier: Apache-2.0 */
#include "common/grpc/timeout.h"

#include <inttypes.h>
#include <stdio.h>

enum { TIMEOUT_MAX_DIGITS = 8 };

bool grpc_timeout_parse(const char *text, size_t len, uint64_t *ret_timeout_ms)
{
    if (len < 2 || len > TIMEOUT_MAX_DIGITS + 1) {
        return false;
    }
    uint64_t value = 0;
    for (size_t i = 0; i + 1 < len; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(text[i] - '0');
    }
    switch (text[len - 1]) {
    case 'H':
        value *= 3600 * 1000;
        break;
    case 'M':
        value *= 60 * 1000;
        break;
    case 'S':
        value *= 1000;
        break;
    case 'm':
        break;
    case 'u':
        value = (value + 999) / 1000;
        break;
    case 'n':
        value = (value + 999999) / 1000000;
        break;
    default:
        return false;
    }
    *ret_timeout_ms = value < GRPC_TIMEOUT_MAX_MS ? value : GRPC_TIMEOUT_MAX_MS;
    return true;
}

void grpc_timeout_format(uint64_t timeout_ms, char out[16])
{
    if (timeout_ms > GRPC_TIMEOUT_MAX_MS) {
        timeout_ms = GRPC_TIMEOUT_MAX_MS;
    }
    snprintf(out, 16, "%" PRIu64 "m", timeout_ms);
}
