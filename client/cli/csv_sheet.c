/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/csv_sheet.h"

#include "client/cli/text.h"
#include "common/msg/guard.h"

#include <csv.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

struct reading {
    const struct csv_sheet *sheet;
    size_t line;     /* of the byte being read */
    size_t row_line; /* on which the row began */
    bool in_row;
    bool has_header;
    bool failed;
    int meaning[CSV_SHEET_MAX_COLUMNS]; /* of each cell of a row: which column, or -1 */
    size_t header_cells;
    const char *cells[CSV_SHEET_MAX_COLUMNS];
    size_t cell_count;
};

static void problem(struct reading *r, const char *column, const char *text, const char *remedy)
{
    r->sheet->problem(r->sheet->user, r->row_line, column, text, remedy);
}

static char *trim(struct arena *arena, const char *text, size_t len)
{
    while (len > 0 && isspace((unsigned char)*text)) {
        text++;
        len--;
    }
    while (len > 0 && isspace((unsigned char)text[len - 1])) {
        len--;
    }
    return arena_strndup(arena, text, len);
}

size_t csv_sheet_characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++) {
        count += (*text & 0xc0) != 0x80;
    }
    return count;
}

/* ---- directives ---- */

/* A cell in quotes has those of its own doubled. */
static void single_quotes(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        *to++ = *from;
        from += from[0] == '"' && from[1] == '"';
    }
    *to = '\0';
}

/* `line` begins with # or, as a cell in quotes, with "#. */
static void take_directive(const struct csv_sheet *sheet, const char *line, size_t len)
{
    bool quoted = *line == '"';
    /* Spreadsheets pad every line with commas. */
    while (len > 0 && strchr(",; \t\r", line[len - 1])) {
        len--;
    }
    len -= quoted && line[len - 1] == '"';
    const char *colon = memchr(line, ':', len);
    if (!colon) {
        return;
    }
    const char *start = line + quoted + 1;
    const char *name = trim(sheet->arena, start, (size_t)(colon - start));
    char *value = trim(sheet->arena, colon + 1, len - (size_t)(colon + 1 - line));
    if (quoted && value) {
        single_quotes(value);
    }
    for (const struct csv_sheet_directive *at = sheet->directives; name && value && at->name;
         at++) {
        if (strcasecmp(name, at->name) == 0) {
            *at->value = value;
        }
    }
}

/* Returns the bytes before the header; `*line` is the header's line. */
static size_t take_directives(const struct csv_sheet *sheet, const char *text, size_t len,
                              size_t *line)
{
    size_t at = 0;
    while (at < len) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t line_len = end ? (size_t)(end - text) - at : len - at;
        size_t skip = text[at] == '"' ? 1 : 0;
        bool blank = strspn(text + at, " \t\r,;") >= line_len;
        if (!blank && text[at + skip] != '#') {
            break;
        }
        if (!blank) {
            take_directive(sheet, text + at, line_len);
        }
        at += line_len + (end ? 1 : 0);
        (*line)++;
    }
    return at;
}

/* ---- rows ---- */

static void end_data_row(struct reading *r)
{
    const struct csv_sheet *sheet = r->sheet;
    const char *cells[CSV_SHEET_MAX_COLUMNS];
    bool blank = true;
    for (size_t i = 0; i < r->cell_count; i++) {
        blank = blank && !*r->cells[i];
    }
    if (blank) {
        return;
    }
    if (r->cell_count != r->header_cells) {
        problem(r, "row",
                arena_printf(sheet->arena, "has %zu cells, the header %zu", r->cell_count,
                             r->header_cells),
                "put text with commas into quotes");
    }
    for (size_t i = 0; i < CSV_SHEET_MAX_COLUMNS; i++) {
        cells[i] = "";
    }
    for (size_t i = 0; i < r->cell_count && i < r->header_cells; i++) {
        if (r->meaning[i] < 0) {
            continue;
        }
        if (!guard_utf8((const uint8_t *)r->cells[i], strlen(r->cells[i]))) {
            problem(r, sheet->columns[r->meaning[i]], "is not UTF-8 text",
                    "save the file as \"CSV UTF-8\"");
        } else {
            cells[r->meaning[i]] = r->cells[i];
        }
    }
    r->failed = !sheet->row(sheet->user, r->row_line, cells);
}

static int column_of(const struct csv_sheet *sheet, const char *name)
{
    for (int i = 0; sheet->columns[i]; i++) {
        if (strcasecmp(name, sheet->columns[i]) == 0) {
            return i;
        }
    }
    return sheet->first_alias && strcasecmp(name, sheet->first_alias) == 0 ? 0 : -1;
}

static void end_header(struct reading *r)
{
    const struct csv_sheet *sheet = r->sheet;
    bool seen[CSV_SHEET_MAX_COLUMNS] = {false};
    r->has_header = true;
    r->header_cells = r->cell_count;
    for (size_t i = 0; i < r->cell_count; i++) {
        int column = column_of(sheet, r->cells[i]);
        r->meaning[i] = column;
        const char *name = text_cut(sheet->arena, text_clean(sheet->arena, r->cells[i]), 20);
        if (column >= 0 && seen[column]) {
            problem(r, name, "the column is there twice", "remove one");
        } else if (column < 0 && *r->cells[i]) {
            const char *near = text_nearest(r->cells[i], sheet->columns);
            problem(r, name, "there is no such column",
                    near ? arena_printf(sheet->arena, "did you mean %s?", near)
                         : "remove or rename it");
        }
        if (column >= 0) {
            seen[column] = true;
        }
    }
    for (size_t i = 0; i < sheet->required; i++) {
        if (!seen[i]) {
            problem(r, sheet->columns[i], "the column is missing", sheet->header);
        }
    }
}

static void on_cell(void *data, size_t len, void *user_data)
{
    struct reading *r = user_data;
    if (r->cell_count < CSV_SHEET_MAX_COLUMNS) {
        const char *text = trim(r->sheet->arena, data ? data : "", len);
        r->cells[r->cell_count++] = text ? text : "";
        if (text && strlen(text) < len && memchr(data, '\0', len)) {
            problem(r, "row", "holds a NUL byte", "save the file as \"CSV UTF-8\"");
        }
    }
}

static void on_row(int end, void *user_data)
{
    struct reading *r = user_data;
    if (r->has_header) {
        end_data_row(r);
    } else {
        end_header(r);
    }
    r->cell_count = 0;
    r->in_row = false;
}

/* Where a comma is the decimal mark, spreadsheets write semicolons. */
static unsigned char delimiter(const char *text, size_t len)
{
    const char *end = memchr(text, '\n', len);
    size_t header = end ? (size_t)(end - text) : len;
    return !memchr(text, ',', header) && memchr(text, ';', header) ? ';' : ',';
}

bool csv_sheet_read(const struct csv_sheet *sheet, const char *text, size_t len)
{
    struct reading r = {.sheet = sheet, .line = 1};
    struct csv_parser parser;
    if (len >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0)) {
        sheet->problem(sheet->user, 0, "file", "is UTF-16 text", "save the file as \"CSV UTF-8\"");
        return true;
    }
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        len -= 3;
    }
    size_t at = take_directives(sheet, text, len, &r.line);
    if (csv_init(&parser, CSV_APPEND_NULL) != 0) {
        return false;
    }
    csv_set_delim(&parser, delimiter(text + at, len - at));
    /* One byte at a time: the parser does not say on which line it is. */
    for (; at < len && !r.failed; at++) {
        if (!r.in_row && !isspace((unsigned char)text[at])) {
            r.in_row = true;
            r.row_line = r.line;
        }
        if (csv_parse(&parser, text + at, 1, on_cell, on_row, &r) != 1) {
            problem(&r, "row", csv_strerror(csv_error(&parser)),
                    "double the quotes within a quoted cell");
            r.failed = true;
        }
        r.line += text[at] == '\n';
    }
    /* Quotes within a line are taken as they come; one that is still open at the end is not. */
    csv_set_opts(&parser, CSV_APPEND_NULL | CSV_STRICT | CSV_STRICT_FINI);
    if (!r.failed && csv_fini(&parser, on_cell, on_row, &r) != 0) {
        problem(&r, "row", "a quoted cell is never closed", "close it with \"");
    }
    csv_free(&parser);
    if (!r.has_header && !r.failed) {
        sheet->problem(sheet->user, 0, "file", "has no header row", sheet->help);
    }
    return !sheet->arena->failed; /* else a cell may be blank that was not */
}
