/* SPDX-License-Identifier: Apache-2.0 */
/* A return, and a programme, as a CSV file of any content. What is read of a programme without a
 * problem reads the same when it is written and read again. */
#include "client/cli/programme_file.h"
#include "client/cli/return_file.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_CAP = 64 * 1024 * 1024 };

static void written_again(const struct programme_file *file, struct arena *arena)
{
    struct programme_file again;
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    FUZZ_CHECK(out);
    programme_file_write_head(out, "id", "title", "publisher", "day");
    for (size_t i = 0; i < file->count; i++) {
        programme_file_write(out, file->lines[i]);
    }
    FUZZ_CHECK(fclose(out) == 0);
    if (programme_file_read(&again, arena, text, len)) {
        FUZZ_CHECK(again.problem_count == 0 && again.count == file->count);
        for (size_t i = 0; i < again.count; i++) {
            const Pledge__V1__ProposalLine *a = file->lines[i];
            const Pledge__V1__ProposalLine *b = again.lines[i];
            FUZZ_CHECK(a->number == b->number && a->priority == b->priority &&
                       a->cost_pence == b->cost_pence && strcmp(a->area, b->area) == 0 &&
                       strcmp(a->text, b->text) == 0 && strcmp(a->owner_id, b->owner_id) == 0 &&
                       strcmp(a->resource_note, b->resource_note) == 0);
        }
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct programme_file programme;
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
    arena_init(&arena, ARENA_CAP);
    if (programme_file_read(&programme, &arena, text, size) && programme.problem_count == 0) {
        written_again(&programme, &arena);
    }
    arena_deinit(&arena);
    free(text);
    return 0;
}
