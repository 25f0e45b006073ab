/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CSV as spreadsheets write it, with a header row.
 *
 * Glossary
 *   directive  a line such as "# round: 2016-07" before the header
 */
#ifndef CLIENT_CLI_CSV_SHEET_H
#define CLIENT_CLI_CSV_SHEET_H

#include "common/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

enum { CSV_SHEET_MAX_COLUMNS = 64 };

struct csv_sheet_directive {
    const char *name;
    const char **value; /* set when the file says it */
};

/* What a file is to look like, and who takes what is in it. */
struct csv_sheet {
    struct arena *arena;
    const struct csv_sheet_directive *directives; /* closed by a NULL name */
    const char *const *columns;                   /* names in any case, closed by NULL */
    size_t required;                              /* so many of the first must be there */
    const char *first_alias;                      /* another name of the first column, or NULL */
    const char *header;                           /* the remedy where a column is missing */
    const char *help;                             /* the remedy where there is no header */

    /* Takes a row that is not blank. Cells are in the order of `columns`, trimmed and never NULL;
     * one that the file does not have is "". False ends the reading. */
    bool (*row)(void *user, size_t line, const char *const *cells);

    /* Takes something that is wrong; line 0 is the whole file. The text is NULL without memory. */
    void (*problem)(void *user, size_t line, const char *column, const char *text,
                    const char *remedy);
    void *user;
};

/* Reads `len` bytes, with or without a byte order mark. What is passed on lives in the arena. False
 * without memory. */
bool csv_sheet_read(const struct csv_sheet *sheet, const char *text, size_t len);

/* How many characters UTF-8 text has. */
size_t csv_sheet_characters(const char *text);

#endif
