/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into a program to count its allocations: SIGUSR1 writes the number so far to standard
 * error. Build: cc -shared -fPIC -O2 -o count_allocations.so count_allocations.c */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);

static atomic_ulong allocations;

void *malloc(size_t size)
{
    atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
    return __libc_realloc(memory, size);
}

static void tell(int number)
{
    char text[40] = "allocations                   \n";
    unsigned long value = atomic_load(&allocations);
    (void)number;
    for (char *at = text + 29; value > 0; value /= 10) {
        *at-- = (char)('0' + value % 10);
    }
    ssize_t wrote = write(STDERR_FILENO, text, strlen(text));
    (void)wrote;
}

__attribute__((constructor)) static void prepare(void)
{
    signal(SIGUSR1, tell);
}
