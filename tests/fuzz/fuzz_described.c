/* SPDX-License-Identifier: Apache-2.0 */
/* A file of kept descriptions with a head and a checksum that hold, and any content between. */
#include "server/sqlrpc/described.h"
#include "tests/fuzz/fuzz.h"

#include <openssl/evp.h>
#include <string.h>

enum { STATEMENTS = 4, COLUMNS = 8 };

/* What a file begins with, as it is written. */
static bool begin(struct buf *file, struct described *described)
{
    FUZZ_CHECK(described_init(described, STATEMENTS));
    described->keeps = true;
    return buf_append(file, buf_head(&described->image), described->image.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct described described;
    struct buf file = {0};
    struct err err = {0};
    unsigned char sum[DESCRIBED_HASH];
    FUZZ_CHECK(begin(&file, &described) && buf_append(&file, data, size));
    EVP_Digest(buf_head(&file), file.len, sum, NULL, EVP_sha256(), NULL);
    FUZZ_CHECK(buf_append(&file, sum, sizeof(sum)));
    bool taken = described_take(&described, buf_head(&file), file.len, &err);
    FUZZ_CHECK(taken == (err.code == GRPC_OK));
    for (size_t i = 0; i < STATEMENTS; i++) {
        struct described_column columns[COLUMNS];
        unsigned count;
        FUZZ_CHECK(described_known(&described, i, &count) == taken);
        if (taken) {
            described_columns(&described, i, columns, COLUMNS);
        }
        for (unsigned k = 0; taken && k < count && k < COLUMNS; k++) {
            FUZZ_CHECK(strlen(columns[k].name) < 256);
        }
    }
    described_deinit(&described);
    buf_deinit(&file);
    return 0;
}
