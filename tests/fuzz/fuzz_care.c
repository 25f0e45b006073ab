/* SPDX-License-Identifier: Apache-2.0 */
/* Both files of a count of children in care, of any content, in pieces: the byte 0xff stands
 * between them. */
#include "client/cli/care_count.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { ARENA_CAP = 16 * 1024 * 1024, PIECE = 7 };

static void feed(struct care_count *count, enum care_file file, const uint8_t *data, size_t size)
{
    for (size_t at = 0; at < size; at += PIECE) {
        size_t len = size - at < PIECE ? size - at : PIECE;
        care_count_feed(count, file, (const char *)data + at, len);
    }
    care_count_end(count, file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct care_count count;
    struct arena arena;
    const uint8_t *between = memchr(data, 0xff, size);
    size_t first = between ? (size_t)(between - data) : size;
    arena_init(&arena, ARENA_CAP);
    FUZZ_CHECK(care_count_init(&count, &arena, "2007-09-30"));
    feed(&count, CARE_HEADER, data, first);
    if (between) {
        feed(&count, CARE_EPISODES, between + 1, size - first - 1);
    }
    if (care_count_finish(&count)) {
        int sums[CARE_FILES] = {0};
        for (int i = 0; care_categories[i].category; i++) {
            sums[0] += strcmp(care_categories[i].dimension, "age") == 0 ? count.counts[i] : 0;
            sums[1] += strcmp(care_categories[i].dimension, "placement") == 0 ? count.counts[i] : 0;
        }
        FUZZ_CHECK(sums[0] == count.total && sums[1] == count.total);
        FUZZ_CHECK((size_t)count.total <= count.child_count);
    } else {
        FUZZ_CHECK(count.problem_count > 0 || count.failed);
    }
    care_count_deinit(&count);
    arena_deinit(&arena);
    return 0;
}
