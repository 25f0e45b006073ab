/* SPDX-License-Identifier: Apache-2.0 */
#include "server/net/slab.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    SLAB_STEP = 64,         /* between classes of small pieces, in bytes */
    SLAB_CLASSES = 16,      /* so that the largest small piece has 1 KiB */
    SLAB_KEEP = 512 * 1024, /* bytes of free small pieces that a thread keeps */
    SLAB_PAGE = 4096,
    SLAB_SIZE = 1024 * 1024, /* of a mapping; it is aligned to its size */
    SLAB_TABLE = SLAB_PAGE,  /* nghttp2's table of streams, which an idle connection never uses */
    SLAB_FRAME = 5 * SLAB_PAGE, /* its frame buffer of 16 KiB and some */
    SLAB_MOST = SLAB_SIZE / SLAB_PAGE - 1,
};

/* Before every piece that malloc gave. */
struct header {
    alignas(max_align_t) union {
        size_t size;         /* that the owner may use */
        struct header *next; /* while it is free */
    };
    void *base; /* what malloc gave */
};

/* At the start of its mapping, on a page of its own. Its pieces begin on pages, which other pieces
 * never do: so a pointer tells where it is from. */
struct slab {
    struct slab *prev; /* on the list while it has room */
    struct slab *next;
    size_t piece;
    unsigned most;
    unsigned fresh; /* pieces that were handed out at least once */
    unsigned free;  /* of them that came back: */
    uint8_t back[SLAB_MOST];
};

static _Thread_local struct header *small[SLAB_CLASSES];
static _Thread_local size_t small_bytes;
static _Thread_local struct slab *slabs[2]; /* of tables, of frames */

/* --- whole pages -------------------------------------------------------------------------------
 */

static struct slab **list_of(size_t piece)
{
    return &slabs[piece == SLAB_FRAME];
}

static bool is_paged(const void *memory)
{
    return ((uintptr_t)memory & (SLAB_PAGE - 1)) == 0;
}

static struct slab *slab_of(const void *memory)
{
    return (struct slab *)((uintptr_t)memory & ~(uintptr_t)(SLAB_SIZE - 1));
}

static void slab_push(struct slab *slab)
{
    struct slab **list = list_of(slab->piece);
    slab->prev = NULL;
    slab->next = *list;
    if (*list) {
        (*list)->prev = slab;
    }
    *list = slab;
}

static void slab_unlink(struct slab *slab)
{
    if (slab->prev) {
        slab->prev->next = slab->next;
    } else {
        *list_of(slab->piece) = slab->next;
    }
    if (slab->next) {
        slab->next->prev = slab->prev;
    }
}

static struct slab *slab_new(size_t piece)
{
    char *room =
        mmap(NULL, 2 * SLAB_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) {
        return NULL;
    }
    char *aligned = (char *)slab_of(room + SLAB_SIZE - 1);
    if (aligned > room) {
        munmap(room, (size_t)(aligned - room));
    }
    munmap(aligned + SLAB_SIZE, (size_t)(room + SLAB_SIZE - aligned));
    struct slab *slab = (struct slab *)aligned;
    slab->piece = piece;
    slab->most = (unsigned)((SLAB_SIZE - SLAB_PAGE) / piece);
    slab_push(slab);
    return slab;
}

/* A piece of zeroes. Fresh ones are handed out in order, so that those never used are never
 * touched. */
static void *paged_alloc(size_t piece)
{
    struct slab *slab = *list_of(piece) ? *list_of(piece) : slab_new(piece);
    if (!slab) {
        return NULL;
    }
    unsigned index = slab->free > 0 ? slab->back[--slab->free] : slab->fresh++;
    if (slab->free == 0 && slab->fresh == slab->most) {
        slab_unlink(slab);
    }
    return (char *)slab + SLAB_PAGE + index * piece;
}

static void paged_free(void *memory)
{
    struct slab *slab = slab_of(memory);
    size_t offset = (size_t)((char *)memory - (char *)slab) - SLAB_PAGE;
    if (slab->free == 0 && slab->fresh == slab->most) {
        slab_push(slab);
    }
    slab->back[slab->free++] = (uint8_t)(offset / slab->piece);
    if (slab->free == slab->fresh) {
        slab_unlink(slab);
        munmap(slab, SLAB_SIZE);
    } else {
        madvise(memory, slab->piece, MADV_DONTNEED);
    }
}

/* --- small pieces ------------------------------------------------------------------------------
 */

/* Never such that the piece begins on a page, where it would look like a slab's. */
static struct header *header_new(size_t size)
{
    size_t most = 2 * sizeof(struct header);
    char *base = size < SIZE_MAX - most ? malloc(sizeof(struct header) + size) : NULL;
    if (base && is_paged(base + sizeof(struct header))) {
        free(base);
        base = malloc(most + size);
    }
    if (!base) {
        return NULL;
    }
    struct header *header = (struct header *)base;
    header += is_paged(header + 1);
    *header = (struct header){.size = size, .base = base};
    return header;
}

static struct header *small_alloc(size_t size)
{
    size_t class = size == 0 ? 0 : (size - 1) / SLAB_STEP;
    size_t whole = (class + 1) * SLAB_STEP;
    struct header *header = small[class];
    if (!header) {
        return header_new(whole);
    }
    small[class] = header->next;
    small_bytes -= whole;
    header->size = whole;
    return header;
}

static void small_free(struct header *header)
{
    size_t class = header->size / SLAB_STEP - 1;
    if (small_bytes + header->size > SLAB_KEEP) {
        free(header->base);
        return;
    }
    small_bytes += header->size;
    header->next = small[class];
    small[class] = header;
}

/* --- what nghttp2 calls ------------------------------------------------------------------------
 */

static size_t size_of(const void *memory)
{
    return is_paged(memory) ? slab_of(memory)->piece : ((const struct header *)memory - 1)->size;
}

static void *slab_malloc(size_t size, void *data)
{
    (void)data;
    if (size == SLAB_TABLE || (size > SLAB_FRAME - SLAB_PAGE && size <= SLAB_FRAME)) {
        return paged_alloc(size == SLAB_TABLE ? SLAB_TABLE : SLAB_FRAME);
    }
    struct header *header = size <= SLAB_CLASSES * SLAB_STEP ? small_alloc(size) : header_new(size);
    return header ? header + 1 : NULL;
}

static void slab_free(void *memory, void *data)
{
    (void)data;
    if (!memory) {
        return;
    }
    struct header *header = (struct header *)memory - 1;
    if (is_paged(memory)) {
        paged_free(memory);
    } else if (header->size <= SLAB_CLASSES * SLAB_STEP) {
        small_free(header);
    } else {
        free(header->base);
    }
}

static void *slab_calloc(size_t count, size_t size, void *data)
{
    size_t total;
    void *memory = __builtin_mul_overflow(count, size, &total) ? NULL : slab_malloc(total, data);
    return memory && !is_paged(memory) ? memset(memory, 0, total) : memory;
}

static void *slab_realloc(void *memory, size_t size, void *data)
{
    if (!memory) {
        return slab_malloc(size, data);
    }
    size_t had = size_of(memory);
    if (size <= had && had - size < SLAB_PAGE) {
        return memory;
    }
    void *moved = slab_malloc(size, data);
    if (moved) {
        memcpy(moved, memory, had < size ? had : size);
        slab_free(memory, data);
    }
    return moved;
}

nghttp2_mem *slab_nghttp2_mem(void)
{
    static nghttp2_mem mem = {NULL, slab_malloc, slab_free, slab_calloc, slab_realloc};
    return &mem;
}

void slab_trim(void)
{
    for (unsigned class = 0; class < SLAB_CLASSES; class ++) {
        while (small[class]) {
            struct header *header = small[class];
            small[class] = header->next;
            free(header->base);
        }
    }
    small_bytes = 0;
}
