/* SPDX-License-Identifier: Apache-2.0 */
/* Exported versions: whatever a file says, it is refused or checked, and nothing unsigned holds. */
#include "client/cli/verify_file.h"
#include "tests/fuzz/fuzz.h"

enum { ARENA_CAP = 64 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct verify verify;
    struct err err = {0};
    arena_init(&arena, ARENA_CAP);
    if (verify_file(&arena, data, size, &verify, &err)) {
        FUZZ_CHECK(verify.bad > 0 && verify.seal_fault);
        for (size_t i = 0; i < verify.version->n_signatures; i++) {
            FUZZ_CHECK((verify.lines[i].outcome == VERIFY_BAD) == (verify.lines[i].fault != NULL));
        }
    } else {
        FUZZ_CHECK(err.code != GRPC_OK && *err.message);
    }
    arena_deinit(&arena);
    return 0;
}
