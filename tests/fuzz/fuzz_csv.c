/* SPDX-License-Identifier: Apache-2.0 */
/* A return as a CSV file of any content. */
#include "client/cli/return_file.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_CAP = 64 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct return_file file;
    struct arena arena;
    char *text = malloc(size + 1);
    FUZZ_CHECK(text);
    memcpy(text, data, size);
    text[size] = '\0';
    arena_init(&arena, ARENA_CAP);
    if (return_file_read(&file, &arena, text, size)) {
        for (size_t i = 0; i < file.progress_count; i++) {
            FUZZ_CHECK(file.progress[i]->commitment_id && file.progress[i]->narrative);
        }
    }
    arena_deinit(&arena);
    free(text);
    return 0;
}
