/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capped arena: all memory of one call, freed in one step.
 *
 * Glossary
 *   arena  a chain of blocks from which memory is cut and never given back singly
 *   cap    the most bytes an arena may take from the heap; beyond it allocation fails
 */
#ifndef COMMON_BASE_ARENA_H
#define COMMON_BASE_ARENA_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *head;
    char *next;
    char *end;
    size_t taken;
    size_t cap;
    bool failed; /* something asked for more than there was */
};

/* Makes an empty arena that may take at most `cap` bytes. Takes nothing yet. */
void arena_init(struct arena *arena, size_t cap);

/* Frees everything; the arena is empty again and may be used with the same cap. */
void arena_deinit(struct arena *arena);

/* Empties the arena but keeps its first block for what comes next. */
void arena_reset(struct arena *arena);

/* Returns `size` bytes aligned for any type, owned by the arena, uninitialised; NULL when the cap
 * or the heap is exhausted. */
void *arena_alloc(struct arena *arena, size_t size);

/* The same, zeroed; NULL also when count * size overflows. */
void *arena_calloc(struct arena *arena, size_t count, size_t size);

/* Copies `len` bytes of `text` and adds a NUL; NULL when exhausted. */
char *arena_strndup(struct arena *arena, const char *text, size_t len);

/* Formats into the arena; NULL when exhausted. */
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A protobuf-c allocator over the arena; free is a no-op. Borrows `arena`. */
ProtobufCAllocator arena_protobuf_allocator(struct arena *arena);

#endif
