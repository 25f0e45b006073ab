/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A return as people write it: CSV with a header row, or JSON.
 *
 * Glossary
 *   directive  a line such as "# round: 2016-07" before the header of a CSV file
 *   problem    one thing that is wrong with the file, with its place in it
 */
#ifndef CLIENT_CLI_RETURN_FILE_H
#define CLIENT_CLI_RETURN_FILE_H

#include "common/base/arena.h"

#include "pledge/v1/return.pb-c.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    RETURN_MAX_ROWS = 500,
    RETURN_MAX_PROBLEMS = 1000,
};

struct return_problem {
    size_t place; /* line or item, from 1; 0 for the whole file */
    const char *column;
    const char *text;
    const char *remedy; /* "" when the text says it */
    const char *code;   /* of the service's rule, or "" */
};

struct return_file {
    struct arena *arena;
    bool is_json;
    const char *authority; /* "" where the file does not say */
    const char *round;
    const char *owner;
    const char *observed_to;
    Pledge__V1__Progress **progress;
    size_t *places; /* of each progress */
    size_t progress_count;
    struct return_problem *problems;
    size_t problem_count;
};

/* Reads `len` bytes. Everything lives in the arena and may point into `text`. False without memory;
 * whatever is wrong with the file is in its problems. */
bool return_file_read(struct return_file *file, struct arena *arena, char *text, size_t len);

/* Adds a problem; the strings are borrowed. More than RETURN_MAX_PROBLEMS are left out. */
void return_file_problem(struct return_file *file, size_t place, const char *column,
                         const char *text, const char *remedy, const char *code);

/* Adds what the service found, by its path in SubmitReturnRequest. Where we found something in the
 * same place ourselves, ours stands alone. */
void return_file_violation(struct return_file *file, const char *field, const char *description,
                           const char *remedy, const char *code);

/* Sorts problems by place; those of the whole file come first. */
void return_file_sort(struct return_file *file);

/* How many different lines or items have a problem. */
size_t return_file_rows_with_problems(const struct return_file *file);

#endif
