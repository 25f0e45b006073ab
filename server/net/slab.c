/* SPDX-License-Identifier: Apache-2.0 */
#include "server/net/slab.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    SLAB_STEP = 64,              /* between classes of small pieces, in bytes */
    SLAB_CLASSES = 16,           /* so that the largest small piece has 1 KiB */
    SLAB_KEEP = 512 * 1024,      /* bytes of free small pieces that a thread keeps */
    SLAB_FRAME = 20 * 1024,      /* a frame buffer of nghttp2 with our header, in whole pages */
    SLAB_FRAME_LEAST = 8 * 1024, /* from here on a piece counts as a frame buffer */
    SLAB_FRAMES = 32,            /* in one mapping */
};

struct slab;

/* Before every piece. */
struct header {
    alignas(max_align_t) size_t size; /* that the owner may use */
    struct slab *slab;                /* of a frame buffer; NULL: from malloc */
};

struct free_piece {
    struct free_piece *next;
};

/* At the start of its mapping, on a page of its own. */
struct slab {
    struct slab *prev; /* on the list while it has room */
    struct slab *next;
    struct free_piece *free;
    unsigned fresh; /* pieces that were handed out at least once */
    unsigned used;
};

enum { SLAB_HEAD = 4096, SLAB_SIZE = SLAB_HEAD + SLAB_FRAMES * SLAB_FRAME };

static _Thread_local struct free_piece *small[SLAB_CLASSES];
static _Thread_local size_t small_bytes;
static _Thread_local struct slab *slabs;

/* --- frame buffers -----------------------------------------------------------------------------
 */

static void slab_push(struct slab *slab)
{
    slab->prev = NULL;
    slab->next = slabs;
    if (slabs) {
        slabs->prev = slab;
    }
    slabs = slab;
}

static void slab_unlink(struct slab *slab)
{
    if (slab->prev) {
        slab->prev->next = slab->next;
    } else {
        slabs = slab->next;
    }
    if (slab->next) {
        slab->next->prev = slab->prev;
    }
}

static struct slab *slab_new(void)
{
    struct slab *slab =
        mmap(NULL, SLAB_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (slab == MAP_FAILED) {
        return NULL;
    }
    slab_push(slab);
    return slab;
}

static struct header *frame_alloc(void)
{
    struct slab *slab = slabs ? slabs : slab_new();
    if (!slab) {
        return NULL;
    }
    void *piece = slab->free;
    if (piece) {
        slab->free = slab->free->next;
    } else { /* in order, so that those never used are never touched */
        piece = (char *)slab + SLAB_HEAD + (size_t)slab->fresh++ * SLAB_FRAME;
    }
    if (++slab->used == SLAB_FRAMES) {
        slab_unlink(slab);
    }
    struct header *header = piece;
    *header = (struct header){.size = SLAB_FRAME - sizeof(*header), .slab = slab};
    return header;
}

static void frame_free(struct header *header)
{
    struct slab *slab = header->slab;
    struct free_piece *piece = (struct free_piece *)header;
    if (slab->used == SLAB_FRAMES) {
        slab_push(slab);
    }
    piece->next = slab->free;
    slab->free = piece;
    if (--slab->used == 0) {
        slab_unlink(slab);
        munmap(slab, SLAB_SIZE);
    }
}

/* --- small pieces ------------------------------------------------------------------------------
 */

static struct header *small_alloc(size_t size)
{
    size_t class = size == 0 ? 0 : (size - 1) / SLAB_STEP;
    size_t whole = (class + 1) * SLAB_STEP;
    struct header *header = (struct header *)small[class];
    if (header) {
        small[class] = small[class]->next;
        small_bytes -= whole;
    } else {
        header = malloc(sizeof(*header) + whole);
    }
    if (header) {
        *header = (struct header){.size = whole};
    }
    return header;
}

static void small_free(struct header *header)
{
    struct free_piece *piece = (struct free_piece *)header;
    size_t class = header->size / SLAB_STEP - 1;
    if (small_bytes + header->size > SLAB_KEEP) {
        free(header);
        return;
    }
    small_bytes += header->size;
    piece->next = small[class];
    small[class] = piece;
}

/* --- what nghttp2 calls ------------------------------------------------------------------------
 */

static void *slab_malloc(size_t size, void *data)
{
    struct header *header;
    (void)data;
    if (size <= SLAB_CLASSES * SLAB_STEP) {
        header = small_alloc(size);
    } else if (size >= SLAB_FRAME_LEAST && size <= SLAB_FRAME - sizeof(*header)) {
        header = frame_alloc();
    } else {
        header = size < SIZE_MAX - sizeof(*header) ? malloc(sizeof(*header) + size) : NULL;
        if (header) {
            *header = (struct header){.size = size};
        }
    }
    return header ? header + 1 : NULL;
}

static void slab_free(void *memory, void *data)
{
    struct header *header = memory ? (struct header *)memory - 1 : NULL;
    (void)data;
    if (!header) {
        return;
    }
    if (header->slab) {
        frame_free(header);
    } else if (header->size <= SLAB_CLASSES * SLAB_STEP) {
        small_free(header);
    } else {
        free(header);
    }
}

static void *slab_calloc(size_t count, size_t size, void *data)
{
    size_t total;
    void *memory = __builtin_mul_overflow(count, size, &total) ? NULL : slab_malloc(total, data);
    return memory ? memset(memory, 0, total) : NULL;
}

static void *slab_realloc(void *memory, size_t size, void *data)
{
    if (!memory) {
        return slab_malloc(size, data);
    }
    size_t had = ((struct header *)memory - 1)->size;
    if (size <= had && had - size < SLAB_FRAME_LEAST) {
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
            struct free_piece *piece = small[class];
            small[class] = piece->next;
            free(piece);
        }
    }
    small_bytes = 0;
}
