/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration file of any content. */
#include "server/config.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* libconfig 1.5 forgets the text it has read when a string does not end; the daemon reads one file.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig.so";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config config;
    char path[64];
    char error[512] = "";
    int fd = memfd_create("config", MFD_CLOEXEC);
    FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (!memmem(data, size, "@include", strlen("@include")) &&
        !config_load(&config, path, error, sizeof(error))) {
        FUZZ_CHECK(*error);
    }
    close(fd);
    return 0;
}
