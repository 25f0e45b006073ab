/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "proto/schema.h"
#include "server/sqlrpc/method.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char last_problem[512];

static void remember(const char *where, const char *what)
{
    snprintf(last_problem, sizeof(last_problem), "%s: %s", where, what);
}

/* Loads one file as AuthorityService/GetDepartment.sql; returns the number of problems. */
static size_t load(const char *text, struct sql_methods *methods)
{
    char root[] = "/tmp/pledge-loader.XXXXXX";
    char service[128];
    char path[256];
    assert_non_null(mkdtemp(root));
    snprintf(service, sizeof(service), "%s/AuthorityService", root);
    snprintf(path, sizeof(path), "%s/GetDepartment.sql", service);
    assert_int_equal(mkdir(service, 0700), 0);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    struct problems problems = {.report = remember};
    last_problem[0] = '\0';
    *methods = (struct sql_methods){0};
    sql_methods_load(methods, root, schema_services, &problems);
    unlink(path);
    rmdir(service);
    rmdir(root);
    return problems.count;
}

#define HEADER                                                                                     \
    "-- rpc: pledge.v1.AuthorityService/GetDepartment\n"                                           \
    "-- permission: authority.read\n"                                                              \
    "-- tx: read\n"

static void a_good_file_is_read(void **state)
{
    struct sql_methods methods;
    assert_int_equal(load("-- SPDX-License-Identifier: Apache-2.0\n" HEADER "-- into: department\n"
                          "-- a remark: free text\n"
                          "SELECT ':not_a_param::text', x::text FROM t\n"
                          "WHERE a = :name/departments::text AND b = :name/departments::text;\n",
                          &methods),
                     0);
    assert_int_equal(methods.count, 1);
    const struct sql_method *method = methods.methods[0];
    assert_string_equal(method->path, "/pledge.v1.AuthorityService/GetDepartment");
    assert_int_equal(method->statement_count, 1);
    assert_int_equal(method->statements[0].db.param_count, 1);
    assert_non_null(strstr(method->statements[0].sql, "':not_a_param::text', x::text"));
    assert_non_null(strstr(method->statements[0].sql, "a = $1::text AND b = $1::text"));
    assert_true(method->has_tenant);
    assert_int_equal(method->tenant.shape.depth, 2);
    sql_methods_deinit(&methods);
}

static void a_read_may_be_audited(void **state)
{
    struct sql_methods methods;
    assert_int_equal(load(HEADER "-- into: department\nSELECT 1\n", &methods), 0);
    assert_false(methods.methods[0]->is_audited);
    sql_methods_deinit(&methods);
    assert_int_equal(load(HEADER "-- audit: read\n-- into: department\nSELECT 1\n", &methods), 0);
    assert_true(methods.methods[0]->is_audited);
    sql_methods_deinit(&methods);
}

static void what_disagrees_is_named(void **state)
{
    static const struct {
        const char *text;
        const char *complaint;
    } table[] = {
        {HEADER "-- into: department\nSELECT :nome::text\n", "is no field of"},
        {HEADER "-- into: department\nSELECT :name\n", "needs a type"},
        {HEADER "-- into: department\nSELECT :name::int4\n", "cannot be of this SQL type"},
        {HEADER "-- into: department\nSELECT :name::text[]\n", "is not repeated"},
        {HEADER "-- into: depertment\nSELECT 1\n", "is no field of"},
        {HEADER "-- into: department.name\nSELECT 1\n", "cannot be filled by rows"},
        {HEADER "SELECT 1\n-- into: department\nSELECT 1\n", "before the first into"},
        {HEADER "-- into: department\n", "into without a statement"},
        {"-- rpc: pledge.v1.AuthorityService/GetNothing\n-- into: x\nSELECT 1\n",
         "is no method of the protos"},
        {"-- rpc: pledge.v1.AuthorityService/GetBody\n-- permission: authority.read\n-- tx: read\n"
         "-- into: body\nSELECT 1\n",
         "belongs into"},
        {"-- rpc: pledge.v1.AuthorityService/GetDepartment\n-- tx: read\n-- into: department\n"
         "SELECT 1\n",
         "needs a header"},
        {HEADER "-- recall: yes\n-- into: department\nSELECT 1\n", "is not no"},
        {HEADER "-- audit: write\n-- into: department\nSELECT 1\n", "is not read"},
        {"-- rpc: pledge.v1.AuthorityService/GetDepartment\n-- permission: authority.read\n"
         "-- tx: write\n-- audit: read\nSELECT 1\n",
         "is for tx: read"},
        {"", "needs a header"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct sql_methods methods;
        size_t count = load(table[i].text, &methods);
        bool named = strstr(last_problem, table[i].complaint) != NULL;
        if (count == 0 || !named) {
            print_error("row %zu: %s\n", i, last_problem);
        }
        assert_true(count > 0 && named);
        sql_methods_deinit(&methods);
    }
}

static void a_method_without_an_answer_is_named(void **state)
{
    struct sql_methods methods;
    struct problems problems = {.report = remember};
    static struct registry registry;
    load(HEADER "-- into: department\nSELECT 1\n", &methods);
    sql_methods_register(&methods, &registry, schema_services, &problems);
    assert_true(problems.count > 10);
    assert_non_null(strstr(last_problem, "neither an SQL file nor a handler"));
    sql_methods_deinit(&methods);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_file_is_read),
        cmocka_unit_test(a_read_may_be_audited),
        cmocka_unit_test(what_disagrees_is_named),
        cmocka_unit_test(a_method_without_an_answer_is_named),
    };
    return cmocka_run_group_tests_name("loader", tests, NULL, NULL);
}
