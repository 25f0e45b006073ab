/* SPDX-License-Identifier: Apache-2.0 */
/* The small texts of headers: time-outs, percent-encoded messages, base64, content types. */
#include "common/grpc/status.h"
#include "common/grpc/timeout.h"
#include "server/rpc/wire.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void messages(const char *text, size_t len)
{
    char *decoded = malloc(len + 1);
    char *encoded = malloc(3 * len + 1);
    char *again = malloc(3 * len + 1);
    FUZZ_CHECK(decoded && encoded && again);
    size_t plain = grpc_message_decode(text, len, decoded);
    FUZZ_CHECK(plain <= len);
    size_t size = grpc_message_encode(decoded, encoded, 3 * len + 1);
    FUZZ_CHECK(grpc_message_decode(encoded, size, again) == strlen(decoded));
    FUZZ_CHECK(strcmp(again, decoded) == 0);
    free(decoded);
    free(encoded);
    free(again);
}

static void base64(const char *text, size_t len)
{
    unsigned char *bytes = malloc(len / 4 * 3 + 3);
    char *encoded = malloc((len + 2) / 3 * 4 + 5);
    unsigned char *again = malloc(len + 8);
    FUZZ_CHECK(bytes && encoded && again);
    size_t size = grpc_base64_decode(text, len, bytes);
    if (size != (size_t)-1) {
        size_t written = grpc_base64_encode(bytes, size, encoded);
        FUZZ_CHECK(grpc_base64_decode(encoded, written, again) == size);
        FUZZ_CHECK(memcmp(bytes, again, size) == 0);
    }
    free(bytes);
    free(encoded);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    uint64_t timeout_ms;
    FUZZ_CHECK(text);
    memcpy(text, data, size);
    text[size] = '\0';
    if (grpc_timeout_parse(text, size, &timeout_ms)) {
        FUZZ_CHECK(timeout_ms <= GRPC_TIMEOUT_MAX_MS);
    }
    wire_find(text, size);
    messages(text, size);
    base64(text, size);
    free(text);
    return 0;
}
