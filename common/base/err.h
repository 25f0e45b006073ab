/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What went wrong with one call: a gRPC code, a sentence, and the fields at fault.
 *
 * Glossary
 *   violation  one field of the request and the rule that it breaks
 */
#ifndef COMMON_BASE_ERR_H
#define COMMON_BASE_ERR_H

#include "common/base/arena.h"
#include "common/grpc/status.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* The most violations one error carries; more are counted, not listed. */
enum { ERR_MAX_VIOLATIONS = 1000, ERR_MAX_MESSAGE = 512, ERR_MAX_DETAIL = 256 };

struct err_violation {
    const char *field;       /* path in the request, such as "owner_return.progress[3].reason" */
    const char *description; /* what is wrong and what would be right */
    const char *reason;      /* stable code of the rule, or "" */
};

/* A zeroed struct is "no error". Strings of violations live in the call's arena. */
struct err {
    enum grpc_code code;
    char message[ERR_MAX_MESSAGE];
    char sqlstate[6];
    char detail[ERR_MAX_DETAIL]; /* for the log, never for the client */
    struct err_violation *violations;
    size_t violation_count;
    size_t violation_cap;
    unsigned retry_after_ms; /* > 0: tell the client when to come back */
};

/* Makes it one that tells of nothing. For those on every call's way: `= {0}` clears all of its
 * room, which takes longer than much of what may fail. */
static inline void err_clear(struct err *err)
{
    err->code = GRPC_OK;
    err->message[0] = '\0';
    err->sqlstate[0] = '\0';
    err->detail[0] = '\0';
    err->violations = NULL;
    err->violation_count = 0;
    err->violation_cap = 0;
    err->retry_after_ms = 0;
}

/* Sets code and message; keeps violations. Returns false, so that a caller can `return err_set(…)`.
 */
bool err_set(struct err *err, enum grpc_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* RESOURCE_EXHAUSTED, for want of memory. Returns false. */
bool err_no_memory(struct err *err);

/* Adds a violation and, on a fresh err, sets INVALID_ARGUMENT and "field: description". The
 * strings are copied into `arena`; when it is exhausted the violation is left out. Returns false.
 */
bool err_violation(struct err *err, struct arena *arena, const char *field, const char *reason,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
