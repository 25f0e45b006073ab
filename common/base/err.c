/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/err.h"

#include <stdio.h>
#include <string.h>

enum { ERR_FIRST_VIOLATIONS = 8 };

bool err_set(struct err *err, enum grpc_code code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(err->message, sizeof(err->message), format, args);
    va_end(args);
    err->code = code;
    return false;
}

/* Makes room for one more; the array moves within the arena when it grows. */
static struct err_violation *next_violation(struct err *err, struct arena *arena)
{
    if (err->violation_count >= ERR_MAX_VIOLATIONS) {
        return NULL;
    }
    if (err->violation_count == err->violation_cap) {
        size_t cap = err->violation_cap ? err->violation_cap * 2 : ERR_FIRST_VIOLATIONS;
        struct err_violation *wider = arena_calloc(arena, cap, sizeof(*wider));
        if (!wider) {
            return NULL;
        }
        if (err->violation_count > 0) {
            memcpy(wider, err->violations, err->violation_count * sizeof(*wider));
        }
        err->violations = wider;
        err->violation_cap = cap;
    }
    return &err->violations[err->violation_count];
}

bool err_violation(struct err *err, struct arena *arena, const char *field, const char *reason,
                   const char *format, ...)
{
    char text[ERR_MAX_MESSAGE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (err->code == GRPC_OK) {
        err_set(err, GRPC_INVALID_ARGUMENT, "%s%s%s", field, *field ? ": " : "", text);
    }
    struct err_violation *violation = next_violation(err, arena);
    char *field_copy = arena_strndup(arena, field, strlen(field));
    char *reason_copy = arena_strndup(arena, reason, strlen(reason));
    char *text_copy = arena_strndup(arena, text, strlen(text));
    if (violation && field_copy && reason_copy && text_copy) {
        *violation = (struct err_violation){field_copy, text_copy, reason_copy};
        err->violation_count++;
    }
    return false;
}
