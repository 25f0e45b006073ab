/* SPDX-License-Identifier: Apache-2.0 */
#include "common/grpc/status.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const char *const names[] = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};

const char *grpc_code_name(unsigned code)
{
    return code < sizeof(names) / sizeof(names[0]) ? names[code] : "UNKNOWN";
}

enum grpc_code grpc_code_from_http(int http_status)
{
    switch (http_status) {
    case 400:
        return GRPC_INTERNAL;
    case 401:
        return GRPC_UNAUTHENTICATED;
    case 403:
        return GRPC_PERMISSION_DENIED;
    case 404:
        return GRPC_UNIMPLEMENTED;
    case 429:
    case 502:
    case 503:
    case 504:
        return GRPC_UNAVAILABLE;
    default:
        return GRPC_UNKNOWN;
    }
}

size_t grpc_message_encode(const char *text, char *out, size_t out_size)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t len = 0;
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        bool plain = *at >= 0x20 && *at <= 0x7E && *at != '%';
        if (len + (plain ? 1 : 3) >= out_size) {
            break;
        }
        if (plain) {
            out[len++] = (char)*at;
        } else {
            out[len++] = '%';
            out[len++] = hex[*at >> 4];
            out[len++] = hex[*at & 15];
        }
    }
    out[len] = '\0';
    return len;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t grpc_message_decode(const char *text, size_t len, char *out)
{
    size_t written = 0;
    for (size_t i = 0; i < len; i++) {
        int high = text[i] == '%' && len - i > 2 ? hex_value(text[i + 1]) : -1;
        int low = high >= 0 ? hex_value(text[i + 2]) : -1;
        if (low >= 0) {
            out[written++] = (char)(high << 4 | low);
            i += 2;
        } else {
            out[written++] = text[i];
        }
    }
    out[written] = '\0';
    return written;
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t grpc_base64_encode(const void *data, size_t len, char *out)
{
    const unsigned char *bytes = data;
    size_t written = 0;
    uint32_t bits = 0;
    int held = 0;
    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | bytes[i];
        for (held += 8; held >= 6; held -= 6) {
            out[written++] = base64_digits[bits >> (held - 6) & 63];
        }
    }
    if (held > 0) {
        out[written++] = base64_digits[bits << (6 - held) & 63];
    }
    out[written] = '\0';
    return written;
}

size_t grpc_base64_decode(const char *text, size_t len, unsigned char *out)
{
    size_t written = 0;
    uint32_t bits = 0;
    int held = 0;
    while (len > 0 && text[len - 1] == '=') {
        len--;
    }
    for (size_t i = 0; i < len; i++) {
        const char *digit = text[i] ? strchr(base64_digits, text[i]) : NULL;
        if (!digit) {
            return (size_t)-1;
        }
        bits = bits << 6 | (uint32_t)(digit - base64_digits);
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[written++] = (unsigned char)(bits >> held);
        }
    }
    return len % 4 == 1 ? (size_t)-1 : written;
}
