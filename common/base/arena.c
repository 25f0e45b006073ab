/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first block suits a small request and its reply; later ones double up to the largest. */
enum { ARENA_FIRST_BLOCK = 4096, ARENA_LARGEST_BLOCK = 256 * 1024 };

struct arena_block {
    struct arena_block *older;
    size_t size;
    alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *arena, size_t cap)
{
    *arena = (struct arena){.cap = cap};
}

void arena_deinit(struct arena *arena)
{
    for (struct arena_block *block = arena->head, *older; block; block = older) {
        older = block->older;
        free(block);
    }
    arena_init(arena, arena->cap);
}

void arena_reset(struct arena *arena)
{
    struct arena_block *block = arena->head;
    while (block && block->older) {
        struct arena_block *older = block->older;
        free(block);
        block = older;
    }
    arena_init(arena, arena->cap);
    if (block && block->size > ARENA_FIRST_BLOCK) { /* a large first request made it */
        free(block);
    } else if (block) {
        arena->head = block;
        arena->next = block->bytes;
        arena->end = block->bytes + block->size;
        arena->taken = block->size;
    }
}

static bool arena_grow(struct arena *arena, size_t size)
{
    size_t want = arena->head ? arena->head->size * 2 : ARENA_FIRST_BLOCK;
    if (want > ARENA_LARGEST_BLOCK) {
        want = ARENA_LARGEST_BLOCK;
    }
    if (want < size) {
        want = size;
    }
    size_t left = arena->cap - arena->taken;
    if (want > left) {
        want = left;
    }
    if (want < size) {
        return false;
    }
    struct arena_block *block = malloc(sizeof(*block) + want);
    if (!block) {
        return false;
    }
    block->older = arena->head;
    block->size = want;
    arena->head = block;
    arena->next = block->bytes;
    arena->end = block->bytes + want;
    arena->taken += want;
    return true;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX - alignof(max_align_t)) {
        arena->failed = true;
        return NULL;
    }
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if ((size_t)(arena->end - arena->next) < size && !arena_grow(arena, size)) {
        arena->failed = true;
        return NULL;
    }
    void *memory = arena->next;
    arena->next += size;
    return memory;
}

void *arena_calloc(struct arena *arena, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        return NULL;
    }
    void *memory = arena_alloc(arena, total);
    return memory ? memset(memory, 0, total) : NULL;
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
    char *copy = len < SIZE_MAX ? arena_alloc(arena, len + 1) : NULL;
    if (copy) {
        memcpy(copy, text, len);
        copy[len] = '\0';
    }
    return copy;
}

static char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = len < 0 ? NULL : arena_alloc(arena, (size_t)len + 1);
    if (text) {
        vsnprintf(text, (size_t)len + 1, format, args);
    }
    return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

static void *protobuf_alloc(void *data, size_t size)
{
    return arena_alloc(data, size);
}

static void protobuf_free(void *data, void *memory)
{
    (void)data;
    (void)memory;
}

ProtobufCAllocator arena_protobuf_allocator(struct arena *arena)
{
    return (ProtobufCAllocator){
        .alloc = protobuf_alloc, .free = protobuf_free, .allocator_data = arena};
}
