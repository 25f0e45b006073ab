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

static void write_row(const struct method *method, const struct auth_roles *roles, FILE *out)
{
    struct auth_rule rule;
    auth_rule_of(roles, method->permission, &rule); /* what is held by nobody did not start */
    fprintf(out, "| %s | %s | %s |", method->path + 1, method->permission,
            rule.need == AUTH_PUBLIC ? "yes" : "");
    for (unsigned i = 0; i < roles->count; i++) {
        bool may = rule.need != AUTH_ROLE || (rule.roles & UINT32_C(1) << i);
        fprintf(out, " %s |", may ? "yes" : "");
    }
    fputc('\n', out);
}

bool permissions_write(const struct registry *registry, const struct auth_roles *roles, FILE *out)
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
        write_row(sorted[i], roles, out);
    }
    free(sorted);
    return true;
}
