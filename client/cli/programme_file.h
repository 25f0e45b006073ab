/* SPDX-License-Identifier: Apache-2.0 */
/* A programme of the government as a CSV file: directives, a header row, a proposal a row. */
#ifndef CLIENT_CLI_PROGRAMME_FILE_H
#define CLIENT_CLI_PROGRAMME_FILE_H

#include "common/base/arena.h"

#include "pledge/v1/national_programme.pb-c.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { PROGRAMME_MAX_ROWS = 1000, PROGRAMME_MAX_PROBLEMS = 2000 };

struct programme_problem {
    size_t line; /* 0 for the whole file */
    const char *column;
    const char *text;
    const char *remedy; /* "" when the text says it */
};

struct programme_file {
    struct arena *arena;
    const char *id; /* "" where the file does not say */
    const char *title;
    const char *publisher;
    const char *published_on;
    Pledge__V1__ProposalLine **lines;
    size_t *places; /* the line of each */
    size_t count;
    struct programme_problem *problems;
    size_t problem_count;
};

/* Reads `len` bytes. Everything lives in the arena. False without memory; whatever is wrong with
 * the file is in its problems. */
bool programme_file_read(struct programme_file *file, struct arena *arena, const char *text,
                         size_t len);

/* Adds what the service found, by its path in ImportProgrammeRequest. Where we found something in
 * the same place ourselves, ours stands alone. */
void programme_file_violation(struct programme_file *file, const char *field,
                              const char *description);

/* Sorts problems by line; those of the whole file come first. */
void programme_file_sort(struct programme_file *file);

/* Writes directives and header. Every directive is cut to one line. */
void programme_file_write_head(FILE *out, const char *id, const char *title, const char *publisher,
                               const char *published_on);

/* Writes one row. */
void programme_file_write(FILE *out, const Pledge__V1__ProposalLine *line);

#endif
