/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/err.h"

#include "common/base/text.h"

#include <stdio.h>
#include <string.h>

enum { ERR_FIRST_VIOLATIONS = 8 };

/* Formats, into whole characters where the text must be cut. */
static void format_text(char *out, size_t size, const char *format, va_list args)
{
    int wanted = vsnprintf(out, size, format, args);
    if (wanted >= (int)size) {
        out[text_whole(out, size - 1)] = '\0';
    }
}

bool err_set(struct err *err, enum grpc_code code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    format_text(err->message, sizeof(err->message), format, args);
    va_end(args);
    err->code = code;
    return false;
}

bool err_no_memory(struct err *err)
{
    return err_set(err, GRPC_RESOURCE_EXHAUSTED, "the call needs too much memory");
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
    format_text(text, sizeof(text), format, args);
    va_end(args);
    if (err->code == GRPC_OK) {
        err_set(err, GRPC_INVALID_ARGUMENT, "%s%s%s", field, *field ? ": " : "", text);
    }
    struct err_violation *violation = next_violation(err, arena);
    if (!violation) {
        return false;
    }
    char *field_copy = arena_strndup(arena, field, strlen(field));
    char *reason_copy = arena_strndup(arena, reason, strlen(reason));
    char *text_copy = arena_strndup(arena, text, strlen(text));
    if (field_copy && reason_copy && text_copy) {
        *violation = (struct err_violation){field_copy, text_copy, reason_copy};
        err->violation_count++;
    }
    return false;
}
