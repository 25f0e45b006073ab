/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that fit a terminal: columns are narrowed, cut or wrapped, never the line broken. */
#ifndef CLIENT_CLI_TABLE_H
#define CLIENT_CLI_TABLE_H

#include "common/base/arena.h"

#include <stdbool.h>
#include <stdio.h>

enum {
    TABLE_MAX_COLUMNS = 10,
    TABLE_MIN_FLEXIBLE = 12, /* a column that gives way keeps this many columns of text */
};

enum table_flag {
    TABLE_CUT = 1,   /* may be narrowed: cut with … */
    TABLE_WRAP = 2,  /* may be narrowed: continued on the next line */
    TABLE_RIGHT = 4, /* numbers */
    TABLE_NOTE = 8,  /* no column: a line of its own under the row, if it says anything */
};

enum style { STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_RED, STYLE_AMBER, STYLE_GREEN };

struct table_cell {
    const char *text; /* clean; borrowed */
    enum style style;
};

struct table {
    struct arena *arena;
    size_t column_count;
    const char *titles[TABLE_MAX_COLUMNS];
    unsigned flags[TABLE_MAX_COLUMNS];
    struct table_cell *cells; /* row by row */
    size_t row_count;
    size_t row_cap;
    unsigned indent;
};

/* Starts an empty table without columns. Everything lives in the arena. */
void table_init(struct table *table, struct arena *arena, unsigned indent);

/* Adds a column; at most TABLE_MAX_COLUMNS, more are ignored. */
void table_column(struct table *table, const char *title, unsigned flags);

/* Adds a row and returns its cells to fill, or NULL without memory. */
struct table_cell *table_row(struct table *table);

/* Prints titles and rows within `width` columns. */
void table_print(const struct table *table, FILE *out, size_t width, bool colour);

/* Starts and ends a style on a terminal; prints nothing without colour. */
const char *style_on(enum style style, bool colour);
const char *style_off(enum style style, bool colour);

#endif
