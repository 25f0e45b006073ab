/* SPDX-License-Identifier: Apache-2.0 */
/* An RPC's .sql file of any content. */
#include "proto/schema.h"
#include "server/sqlrpc/method.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[] = "/tmp/pledge-fuzz.XXXXXX";
static char service[128];
static char path[256];

static void clean_up(void)
{
    unlink(path);
    rmdir(service);
    rmdir(root);
}

static void prepare(void)
{
    FUZZ_CHECK(mkdtemp(root));
    snprintf(service, sizeof(service), "%s/AuthorityService", root);
    snprintf(path, sizeof(path), "%s/GetDepartment.sql", service);
    FUZZ_CHECK(mkdir(service, 0700) == 0);
    atexit(clean_up);
}

static void ignore(const char *where, const char *what)
{
    FUZZ_CHECK(*where && *what);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sql_methods methods = {0};
    struct problems problems = {.report = ignore};
    if (!*path) {
        prepare();
    }
    FILE *file = fopen(path, "w");
    FUZZ_CHECK(file && fwrite(data, 1, size, file) == size);
    fclose(file);
    sql_methods_load(&methods, root, schema_services, &problems);
    sql_methods_deinit(&methods);
    return 0;
}
