/* SPDX-License-Identifier: Apache-2.0 */
/* nghttp2's memory, also where malloc gives the most awkward addresses it may. */
#include "tests/unit/unit.h"

#include "server/net/slab.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096, HEADER = 16, PIECES = 300, LARGEST = 24 * 1024, STEP = 61 };

extern void *__libc_malloc(size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);
extern void *__interceptor_malloc(size_t size) __attribute__((weak));
extern void *__interceptor_memalign(size_t alignment, size_t size) __attribute__((weak));
extern void __interceptor_free(void *memory) __attribute__((weak));

/* While set, what follows 16 bytes of header begins on a page. */
static bool awkward;

/* Before AddressSanitizer has set itself up, its checks would crash. */
#define UNCHECKED __attribute__((no_sanitize("address", "undefined")))

UNCHECKED void *malloc(size_t size)
{
    if (!awkward) {
        return __interceptor_malloc ? __interceptor_malloc(size) : __libc_malloc(size);
    }
    size_t whole = size + PAGE;
    char *base =
        __interceptor_memalign ? __interceptor_memalign(PAGE, whole) : __libc_memalign(PAGE, whole);
    return base ? base + PAGE - HEADER : NULL;
}

UNCHECKED void free(void *memory)
{
    bool shifted = awkward && memory && (uintptr_t)memory % PAGE == PAGE - HEADER;
    char *base = shifted ? (char *)memory - (PAGE - HEADER) : memory;
    if (__interceptor_free) {
        __interceptor_free(base);
    } else {
        __libc_free(base);
    }
}

static void fill(uint8_t *piece, size_t size)
{
    memset(piece, (int)(size % 251), size);
}

static void assert_filled(const uint8_t *piece, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(piece[i], size % 251);
    }
}

/* Every piece is there, is its owner's alone, and comes back. */
static void pieces(void)
{
    nghttp2_mem *mem = slab_nghttp2_mem();
    static uint8_t *held[PIECES];
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < PIECES; i++) {
            size_t size = (i * STEP * (round + 1)) % LARGEST;
            held[i] = i % 2 ? mem->malloc(size, NULL) : mem->calloc(1, size, NULL);
            assert_non_null(held[i]);
            assert_int_equal((uintptr_t)held[i] % _Alignof(max_align_t), 0);
            fill(held[i], size);
        }
        for (size_t i = 0; i < PIECES; i++) {
            size_t size = (i * STEP * (round + 1)) % LARGEST;
            assert_filled(held[i], size);
            if (i % 3 == 0) {
                held[i] = mem->realloc(held[i], 2 * size + 1, NULL);
                assert_non_null(held[i]);
                assert_filled(held[i], size);
            }
            mem->free(held[i], NULL);
        }
        slab_trim();
    }
}

static void pieces_of_any_size(void **state)
{
    (void)state;
    pieces();
}

static void pieces_at_awkward_addresses(void **state)
{
    (void)state;
    awkward = true;
    pieces();
    awkward = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_of_any_size),
        cmocka_unit_test(pieces_at_awkward_addresses),
    };
    return cmocka_run_group_tests_name("slab", tests, NULL, NULL);
}
