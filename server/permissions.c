/* SPDX-License-Identifier: Apache-2.0 */
#include "server/permissions.h"

#include <stdlib.h>
#include <string.h>

static int by_path(const void *left, const void *right)
{
    const struct method *const *a = left;
    const struct method *const *b = right;
    return strcmp((*a)->path, (*b)->path);
}

/* What the SQL header says of a method, or NULL for one that C answers: those take anybody. */
static const struct sql_method *sql_of(const struct sql_methods *methods,
                                       const struct method *method)
{
    for (size_t i = 0; i < methods->count; i++) {
        if (&methods->methods[i]->method == method) {
            return methods->methods[i];
        }
    }
    return NULL;
}

static void write_row(const struct method *method, const struct sql_method *sql,
                      const struct auth_roles *roles, FILE *out)
{
    static const struct auth_rule anybody = {AUTH_PUBLIC, 0};
    const struct auth_rule *rule = sql ? &sql->rule : &anybody;
    fprintf(out, "| %s | %s | %s |", method->path + 1, sql ? sql->permission : "public",
            rule->need == AUTH_PUBLIC ? "yes" : "");
    for (unsigned i = 0; i < roles->count; i++) {
        bool may = rule->need != AUTH_ROLE || (rule->roles & UINT32_C(1) << i);
        fprintf(out, " %s |", may ? "yes" : "");
    }
    fputc('\n', out);
}

bool permissions_write(const struct registry *registry, const struct sql_methods *methods,
                       const struct auth_roles *roles, FILE *out)
{
    const struct method **sorted = calloc(registry->count + 1, sizeof(*sorted));
    if (!sorted) {
        return false;
    }
    memcpy(sorted, registry->methods, registry->count * sizeof(*sorted));
    qsort(sorted, registry->count, sizeof(*sorted), by_path);
    fputs("| method | permission | signed out |", out);
    for (unsigned i = 0; i < roles->count; i++) {
        fprintf(out, " %s |", roles->names[i]);
    }
    fputs("\n|---|---|---|", out);
    for (unsigned i = 0; i < roles->count; i++) {
        fputs("---|", out);
    }
    fputc('\n', out);
    for (size_t i = 0; i < registry->count; i++) {
        write_row(sorted[i], sql_of(methods, sorted[i]), roles, out);
    }
    free(sorted);
    return true;
}
