/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/table.h"

#include "client/cli/text.h"

#include <string.h>

enum { GAP = 2, FIRST_ROWS = 32 };

const char *style_on(enum style style, bool colour)
{
    static const char *const codes[] = {"",         "\033[1m",  "\033[2m",
                                        "\033[31m", "\033[33m", "\033[32m"};
    return colour ? codes[style] : "";
}

const char *style_off(enum style style, bool colour)
{
    return colour && style != STYLE_PLAIN ? "\033[0m" : "";
}

void table_init(struct table *table, struct arena *arena, unsigned indent)
{
    *table = (struct table){.arena = arena, .indent = indent};
}

void table_column(struct table *table, const char *title, unsigned flags)
{
    if (table->column_count < TABLE_MAX_COLUMNS) {
        table->titles[table->column_count] = title;
        table->flags[table->column_count++] = flags;
    }
}

struct table_cell *table_row(struct table *table)
{
    if (table->row_count == table->row_cap) {
        size_t cap = table->row_cap ? table->row_cap * 2 : FIRST_ROWS;
        struct table_cell *wider =
            arena_calloc(table->arena, cap * table->column_count, sizeof(*wider));
        if (!wider) {
            return NULL;
        }
        if (table->row_count > 0) {
            memcpy(wider, table->cells, table->row_count * table->column_count * sizeof(*wider));
        }
        table->cells = wider;
        table->row_cap = cap;
    }
    return &table->cells[table->row_count++ * table->column_count];
}

static const char *cell_text(const struct table *table, size_t row, size_t column)
{
    const char *text = table->cells[row * table->column_count + column].text;
    return text ? text : "";
}

/* Takes columns of text from the widest flexible column until the line fits. */
static void fit_widths(const struct table *table, size_t width, size_t widths[TABLE_MAX_COLUMNS])
{
    size_t total = table->indent;
    for (size_t c = 0; c < table->column_count; c++) {
        widths[c] = text_width(table->titles[c]);
        if (table->flags[c] & TABLE_NOTE) {
            continue;
        }
        for (size_t r = 0; r < table->row_count; r++) {
            size_t cell = text_width(cell_text(table, r, c));
            widths[c] = cell > widths[c] ? cell : widths[c];
        }
        total += widths[c] + (c ? GAP : 0);
    }
    while (total > width) {
        size_t widest = TABLE_MAX_COLUMNS;
        for (size_t c = 0; c < table->column_count; c++) {
            bool flexible = (table->flags[c] & (TABLE_CUT | TABLE_WRAP)) &&
                            widths[c] > TABLE_MIN_FLEXIBLE &&
                            widths[c] > text_width(table->titles[c]);
            if (flexible && (widest == TABLE_MAX_COLUMNS || widths[c] > widths[widest])) {
                widest = c;
            }
        }
        if (widest == TABLE_MAX_COLUMNS) {
            return;
        }
        widths[widest]--;
        total--;
    }
}

/* Spaces are held back until something follows them, so that no line ends in one. */
struct line {
    FILE *out;
    size_t pending;
};

static void put(struct line *line, const char *text, size_t bytes, enum style style, bool colour)
{
    if (bytes == 0) {
        return;
    }
    fprintf(line->out, "%*s%s%.*s%s", (int)line->pending, "", style_on(style, colour), (int)bytes,
            text, style_off(style, colour));
    line->pending = 0;
}

/* Prints one line of a cell and returns how many of its bytes are done. */
static size_t print_cell(const struct table *table, struct line *line, size_t column,
                         const char *text, size_t width, enum style style, bool colour)
{
    const char *shown = text;
    size_t bytes = strlen(text);
    size_t done = bytes;
    if (table->flags[column] & TABLE_WRAP) {
        done = bytes = text_fit_words(text, width);
        while (bytes > 0 && text[bytes - 1] == ' ') {
            bytes--;
        }
        while (text[done] == ' ') {
            done++;
        }
    } else if (table->flags[column] & TABLE_CUT) {
        shown = text_cut(table->arena, text, width);
        bytes = strlen(shown);
    }
    char *part = arena_strndup(table->arena, shown, bytes);
    size_t taken = part ? text_width(part) : 0;
    size_t rest = width > taken ? width - taken : 0;
    bool right = table->flags[column] & TABLE_RIGHT;
    line->pending += right ? rest : 0;
    put(line, shown, bytes, style, colour);
    line->pending += right ? 0 : rest;
    return done;
}

static void print_row(const struct table *table, FILE *out, const size_t *widths,
                      const struct table_cell *cells, bool colour)
{
    const char *left[TABLE_MAX_COLUMNS];
    bool more = true;
    for (size_t c = 0; c < table->column_count; c++) {
        left[c] = cells[c].text ? cells[c].text : "";
    }
    while (more) {
        struct line line = {.out = out, .pending = table->indent};
        more = false;
        for (size_t c = 0; c < table->column_count; c++) {
            if (table->flags[c] & TABLE_NOTE) {
                continue;
            }
            line.pending += c ? GAP : 0;
            left[c] += print_cell(table, &line, c, left[c], widths[c], cells[c].style, colour);
            more = more || *left[c];
        }
        fputc('\n', out);
    }
}

/* The row's note, cut to one line below its second column. */
static void print_note(const struct table *table, FILE *out, const size_t *widths,
                       const struct table_cell *cells, size_t width, bool colour)
{
    size_t indent = table->indent + widths[0] + GAP;
    for (size_t c = 0; c < table->column_count; c++) {
        const char *note = cells[c].text;
        if ((table->flags[c] & TABLE_NOTE) && note && *note && width > indent) {
            struct line line = {.out = out, .pending = indent};
            const char *shown = text_cut(table->arena, note, width - indent);
            put(&line, shown, strlen(shown), cells[c].style, colour);
            fputc('\n', out);
        }
    }
}

void table_print(const struct table *table, FILE *out, size_t width, bool colour)
{
    size_t widths[TABLE_MAX_COLUMNS];
    fit_widths(table, width, widths);
    struct table_cell titles[TABLE_MAX_COLUMNS] = {0};
    bool any = false;
    for (size_t c = 0; c < table->column_count; c++) {
        titles[c] = (struct table_cell){table->titles[c], STYLE_DIM};
        any = any || *table->titles[c];
    }
    if (any) {
        print_row(table, out, widths, titles, colour);
    }
    for (size_t r = 0; r < table->row_count; r++) {
        const struct table_cell *cells = &table->cells[r * table->column_count];
        print_row(table, out, widths, cells, colour);
        print_note(table, out, widths, cells, width, colour);
    }
}
