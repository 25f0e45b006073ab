/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into a program to make its allocations and its calls on sockets fail, some of them, as
 * they would on a machine in trouble. Build: cc -shared -fPIC -O2 -o failing_calls.so
 * failing_calls.c
 *
 * FAILING_FILE names a file of seven 32-bit numbers in the machine's order, which may be written
 * and read while the program runs: one in how many allocations fails (0: none), one in how many
 * calls, one in how many of OpenSSL's digests (which allocate), the seed, then how many of each
 * have failed.
 *
 * What aborts the program by libuv's own decision is left alone: its eventfd and epoll_ctl.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__interceptor_malloc(size_t size) __attribute__((weak));
extern void *__interceptor_calloc(size_t count, size_t size) __attribute__((weak));
extern void *__interceptor_realloc(void *memory, size_t size) __attribute__((weak));

struct control {
    _Atomic uint32_t allocations_one_in;
    _Atomic uint32_t calls_one_in;
    _Atomic uint32_t digests_one_in;
    uint32_t seed;
    _Atomic uint32_t allocations_failed;
    _Atomic uint32_t calls_failed;
    _Atomic uint32_t digests_failed;
};

static struct control *control; /* NULL until the program has started */
static _Atomic uint64_t drawn;

__attribute__((constructor)) static void prepare(void)
{
    const char *name = getenv("FAILING_FILE");
    int fd = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
    void *memory =
        fd < 0 ? MAP_FAILED
               : mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory != MAP_FAILED) {
        control = memory;
    }
    if (fd >= 0) {
        close(fd);
    }
}

/* splitmix64 over the seed and a count */
static uint64_t draw(void)
{
    uint64_t z = ((uint64_t)control->seed << 32) +
                 atomic_fetch_add_explicit(&drawn, 1, memory_order_relaxed);
    z = (z + 1) * 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static bool fails(_Atomic uint32_t *one_in, _Atomic uint32_t *failed)
{
    uint32_t rate = atomic_load_explicit(one_in, memory_order_relaxed);
    if (rate == 0 || draw() % rate != 0) {
        return false;
    }
    atomic_fetch_add_explicit(failed, 1, memory_order_relaxed);
    return true;
}

/* --- memory ------------------------------------------------------------------------------------
 */

/* AddressSanitizer makes some before a thread begins, and ends the program if one fails. */
enum { SPARED = 16 };

static bool no_memory(void)
{
    /* set aside with the thread: otherwise the first use of it would allocate */
    static _Thread_local unsigned made __attribute__((tls_model("initial-exec")));
    made += made <= SPARED;
    if (made <= SPARED || !control ||
        !fails(&control->allocations_one_in, &control->allocations_failed)) {
        return false;
    }
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    if (no_memory()) {
        return NULL;
    }
    return __interceptor_malloc ? __interceptor_malloc(size) : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    if (no_memory()) {
        return NULL;
    }
    return __interceptor_calloc ? __interceptor_calloc(count, size) : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    if (no_memory()) {
        return NULL;
    }
    return __interceptor_realloc ? __interceptor_realloc(memory, size)
                                 : __libc_realloc(memory, size);
}

/* --- digests -----------------------------------------------------------------------------------
 */

/* As in openssl/evp.h, whose header the build of this needs not. */
int EVP_Digest(const void *data, size_t len, unsigned char *out, unsigned *size, const void *type,
               void *engine)
{
    static __typeof__(EVP_Digest) *next;
    if (control && fails(&control->digests_one_in, &control->digests_failed)) {
        return 0;
    }
    if (!next) {
        next = (__typeof__(EVP_Digest) *)dlsym(RTLD_NEXT, "EVP_Digest");
    }
    return next(data, len, out, size, type, engine);
}

/* --- sockets -----------------------------------------------------------------------------------
 */

enum { SHORT = -1 }; /* instead of an error: one byte only */

static bool is_socket(int fd)
{
    struct stat status;
    int before = errno;
    bool yes = fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);
    errno = before;
    return yes;
}

/* 0 to let the call go on, SHORT, or the error that it fails with. */
static int fate(const int *errors, size_t count)
{
    if (!control || !fails(&control->calls_one_in, &control->calls_failed)) {
        return 0;
    }
    return errors[draw() % count];
}

/* A connection that is said to be broken is broken: libpq believes the next read, not the write. */
static int broken(int fd, int error)
{
    if (error == EPIPE || error == ECONNRESET) {
        shutdown(fd, SHUT_RDWR);
    }
    errno = error;
    return -1;
}

static const int receiving[] = {SHORT, SHORT, EAGAIN, EINTR, ECONNRESET, ENOMEM};
static const int sending[] = {SHORT, SHORT, EAGAIN, EINTR, EPIPE, ECONNRESET};
static const int accepting[] = {EMFILE, ENFILE, ENOMEM, ECONNABORTED, EAGAIN, EINTR};
static const int opening[] = {EMFILE, ENFILE, ENOMEM};
static const int connecting[] = {ECONNREFUSED, ETIMEDOUT, EAGAIN, EINTR, ENOMEM};
static const int setting[] = {ENOMEM, ENOBUFS};

#define FATE(errors) fate((errors), sizeof(errors) / sizeof((errors)[0]))
#define NEXT(name)                                                                                 \
    static __typeof__(name) *next;                                                                 \
    if (!next) {                                                                                   \
        next = (__typeof__(name) *)dlsym(RTLD_NEXT, #name);                                        \
    }
#define FAIL(error)                                                                                \
    do {                                                                                           \
        errno = (error);                                                                           \
        return -1;                                                                                 \
    } while (0)
/* Cuts `len` or fails the calling function. */
#define SUFFER(fd, errors, len)                                                                    \
    do {                                                                                           \
        int fated = (len) > 0 && is_socket(fd) ? FATE(errors) : 0;                                 \
        if (fated > 0) {                                                                           \
            return broken(fd, fated);                                                              \
        }                                                                                          \
        (len) = fated == SHORT ? 1 : (len);                                                        \
    } while (0)

ssize_t read(int fd, void *out, size_t len)
{
    NEXT(read)
    SUFFER(fd, receiving, len);
    return next(fd, out, len);
}

ssize_t recv(int fd, void *out, size_t len, int flags)
{
    NEXT(recv)
    SUFFER(fd, receiving, len);
    return next(fd, out, len, flags);
}

ssize_t recvfrom(int fd, void *out, size_t len, int flags, struct sockaddr *from, socklen_t *size)
{
    NEXT(recvfrom)
    SUFFER(fd, receiving, len);
    return next(fd, out, len, flags, from, size);
}

ssize_t write(int fd, const void *data, size_t len)
{
    NEXT(write)
    SUFFER(fd, sending, len);
    return next(fd, data, len);
}

ssize_t send(int fd, const void *data, size_t len, int flags)
{
    NEXT(send)
    SUFFER(fd, sending, len);
    return next(fd, data, len, flags);
}

ssize_t sendto(int fd, const void *data, size_t len, int flags, const struct sockaddr *to,
               socklen_t size)
{
    NEXT(sendto)
    SUFFER(fd, sending, len);
    return next(fd, data, len, flags, to, size);
}

int accept4(int fd, struct sockaddr *from, socklen_t *size, int flags)
{
    NEXT(accept4)
    int error = FATE(accepting);
    if (error) {
        FAIL(error);
    }
    return next(fd, from, size, flags);
}

int socket(int domain, int type, int protocol)
{
    NEXT(socket)
    int error = FATE(opening);
    if (error) {
        FAIL(error);
    }
    return next(domain, type, protocol);
}

int connect(int fd, const struct sockaddr *to, socklen_t size)
{
    NEXT(connect)
    int error = FATE(connecting);
    if (error) {
        FAIL(error);
    }
    return next(fd, to, size);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
    NEXT(setsockopt)
    int error = FATE(setting);
    if (error) {
        FAIL(error);
    }
    return next(fd, level, name, value, size);
}

static const int waiting[] = {EINTR};

int epoll_wait(int fd, struct epoll_event *events, int most, int timeout)
{
    NEXT(epoll_wait)
    int error = FATE(waiting);
    if (error) {
        FAIL(error);
    }
    return next(fd, events, most, timeout);
}

int epoll_pwait(int fd, struct epoll_event *events, int most, int timeout, const sigset_t *mask)
{
    NEXT(epoll_pwait)
    int error = FATE(waiting);
    if (error) {
        FAIL(error);
    }
    return next(fd, events, most, timeout, mask);
}
