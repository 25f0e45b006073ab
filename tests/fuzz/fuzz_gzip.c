/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing expands beyond its limit; what is compressed comes back. */
#include "common/grpc/gzip.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { LIMIT = 64 * 1024, CHUNK = 16 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf out = {0};
    struct buf packed = {0};
    enum gzip_result result = gzip_expand(data, size, LIMIT, &out);
    FUZZ_CHECK(result == GZIP_OK ? out.len <= LIMIT : out.len == 0);
    FUZZ_CHECK(out.cap <= 2 * (LIMIT + CHUNK));
    out.len = 0;
    FUZZ_CHECK(gzip_compress(data, size, &packed));
    result = gzip_expand(buf_head(&packed), packed.len, LIMIT, &out);
    FUZZ_CHECK(size > LIMIT ? result == GZIP_TOO_BIG
                            : result == GZIP_OK && out.len == size &&
                                  (size == 0 || memcmp(buf_head(&out), data, size) == 0));
    buf_deinit(&out);
    buf_deinit(&packed);
    return 0;
}
