/* SPDX-License-Identifier: Apache-2.0 */
/*
 * malloc_trim() alone leaves the calling thread's own cache of free pieces. After thousands of
 * connections they lie one to a page: 7 of each of 64 sizes hold up to 448 pages. The C library
 * empties such a cache only when its thread ends; so this thread takes the pieces out, and one that
 * ends at once frees them.
 */
#include "server/net/trim.h"

#include "server/net/slab.h"

#include <malloc.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

/* What glibc caches of a thread (its manual: "Memory Allocation Tunables"). */
enum { CACHED_STEP = 16, CACHED_FIRST = 24, CACHED_LAST = 1032, CACHED_EACH = 7 };

/* A piece that was taken out, in its own first bytes. */
struct piece {
    struct piece *next;
};

static void *free_pieces(void *data)
{
    for (struct piece *piece = data, *next; piece; piece = next) {
        next = piece->next;
        free(piece);
    }
    return NULL;
}

static void empty_thread_cache(void)
{
    struct piece *pieces = NULL;
    for (size_t size = CACHED_FIRST; size <= CACHED_LAST; size += CACHED_STEP) {
        for (int i = 0; i < CACHED_EACH; i++) {
            struct piece *piece = malloc(size);
            if (piece) {
                piece->next = pieces;
                pieces = piece;
            }
        }
    }
    pthread_t thread;
    if (pthread_create(&thread, NULL, free_pieces, pieces) == 0) {
        pthread_join(thread, NULL);
    } else {
        free_pieces(pieces);
    }
}

void trim_memory(void)
{
    slab_trim();
    empty_thread_cache();
    malloc_trim(0);
}
