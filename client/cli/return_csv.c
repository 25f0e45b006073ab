/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/return_csv.h"

#include "client/cli/text.h"
#include "common/msg/guard.h"

#include <csv.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum column {
    COMMITMENT,
    RATING,
    NARRATIVE,
    REASON,
    MEASURE_VALUE,
    ACTUAL_ON,
    EVIDENCE,
    CONFIRMATION,
    COLUMNS
};

const char *const return_csv_columns[] = {"commitment", "rating",        "narrative",
                                          "reason",     "measure_value", "actual_on",
                                          "evidence",   "confirmation",  NULL};

/* The most characters of each, as the API says; 0: the service judges it. */
static const size_t max_characters[COLUMNS] = {[NARRATIVE] = 4000,
                                               [REASON] = 2000,
                                               [MEASURE_VALUE] = 200,
                                               [EVIDENCE] = 1000,
                                               [CONFIRMATION] = 1000};

struct reading {
    struct return_file *file;
    size_t line;     /* of the byte being read */
    size_t row_line; /* on which the row began */
    bool in_row;
    bool has_header;
    bool failed;
    int meaning[RETURN_MAX_COLUMNS]; /* of each cell of a row: enum column, or -1 */
    size_t header_cells;
    const char *cells[RETURN_MAX_COLUMNS];
    size_t cell_count;
};

static void problem(struct reading *r, const char *column, const char *text, const char *remedy)
{
    return_file_problem(r->file, r->row_line, column, text, remedy, "");
}

static const char *trim(struct arena *arena, const char *text, size_t len)
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

/* ---- directives ---- */

static void take_directive(struct return_file *file, const char *line, size_t len)
{
    const struct {
        const char *name;
        const char **value;
    } known[] = {{"authority", &file->authority},
                 {"round", &file->round},
                 {"owner", &file->owner},
                 {"observed_to", &file->observed_to}};
    const char *colon = memchr(line, ':', len);
    if (!colon) {
        return;
    }
    const char *name = trim(file->arena, line, (size_t)(colon - line));
    /* Spreadsheets pad every line with commas. */
    size_t value_len = len - (size_t)(colon + 1 - line);
    while (value_len > 0 && strchr(",; \r\"", colon[value_len])) {
        value_len--;
    }
    const char *value = trim(file->arena, colon + 1, value_len);
    for (size_t i = 0; name && value && i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcasecmp(name, known[i].name) == 0) {
            *known[i].value = value;
        }
    }
}

/* Returns the bytes before the header; `*line` is the header's line. */
static size_t take_directives(struct return_file *file, const char *text, size_t len, size_t *line)
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
            size_t body = line_len - skip - 1;
            take_directive(file, text + at + skip + 1,
                           body > 0 && skip && text[at + line_len - 1] == '"' ? body - 1 : body);
        }
        at += line_len + (end ? 1 : 0);
        (*line)++;
    }
    return at;
}

/* ---- rows ---- */

static bool is_rating(const char *text, Pledge__V1__Rating *ret_rating)
{
    static const char *const words[] = {"", "red", "amber", "green"};
    for (int i = 0; i < 4; i++) {
        if (strcasecmp(text, words[i]) == 0) {
            *ret_rating = (Pledge__V1__Rating)i;
            return true;
        }
    }
    return false;
}

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++) {
        count += (*text & 0xc0) != 0x80;
    }
    return count;
}

static void set_cell(struct reading *r, Pledge__V1__Progress *progress, enum column column,
                     const char *text)
{
    char **const fields[COLUMNS] = {&progress->commitment_id, NULL,
                                    &progress->narrative,     &progress->reason,
                                    &progress->measure_value, &progress->actual_on,
                                    &progress->evidence,      &progress->confirmation};
    const char *name = return_csv_columns[column];
    if (!guard_utf8((const uint8_t *)text, strlen(text))) {
        problem(r, name, "is not UTF-8 text", "save the file as \"CSV UTF-8\"");
        return;
    }
    if (max_characters[column] && characters(text) > max_characters[column]) {
        problem(r, name,
                arena_printf(r->file->arena, "has %zu characters, more than %zu", characters(text),
                             max_characters[column]),
                "shorten it");
        return;
    }
    if (column != RATING) {
        *fields[column] = (char *)text;
    } else if (!is_rating(text, &progress->rating)) {
        problem(r, name,
                arena_printf(r->file->arena, "\"%s\" is no rating",
                             text_cut(r->file->arena, text_clean(r->file->arena, text), 20)),
                "use green, amber or red");
    }
}

static void end_data_row(struct reading *r)
{
    struct return_file *file = r->file;
    bool blank = true;
    for (size_t i = 0; i < r->cell_count; i++) {
        blank = blank && !*r->cells[i];
    }
    if (blank) {
        return;
    }
    if (file->progress_count == RETURN_MAX_ROWS) {
        if (!r->failed) {
            problem(r, "row", "is more than 500 rows", "split the file");
        }
        r->failed = true;
        return;
    }
    Pledge__V1__Progress *progress = arena_calloc(file->arena, 1, sizeof(*progress));
    if (!progress) {
        r->failed = true;
        return;
    }
    pledge__v1__progress__init(progress);
    if (r->cell_count != r->header_cells) {
        problem(r, "row",
                arena_printf(file->arena, "has %zu cells, the header %zu", r->cell_count,
                             r->header_cells),
                "put text with commas into quotes");
    }
    for (size_t i = 0; i < r->cell_count && i < r->header_cells; i++) {
        if (r->meaning[i] >= 0) {
            set_cell(r, progress, (enum column)r->meaning[i], r->cells[i]);
        }
    }
    file->places[file->progress_count] = r->row_line;
    file->progress[file->progress_count++] = progress;
}

static int column_of(const char *name)
{
    for (int i = 0; i < COLUMNS; i++) {
        if (strcasecmp(name, return_csv_columns[i]) == 0) {
            return i;
        }
    }
    return strcasecmp(name, "commitment_id") == 0 ? COMMITMENT : -1;
}

static void end_header(struct reading *r)
{
    bool seen[COLUMNS] = {false};
    struct arena *arena = r->file->arena;
    r->has_header = true;
    r->header_cells = r->cell_count;
    for (size_t i = 0; i < r->cell_count; i++) {
        int column = column_of(r->cells[i]);
        r->meaning[i] = column;
        const char *name = text_cut(arena, text_clean(arena, r->cells[i]), 20);
        if (column >= 0 && seen[column]) {
            problem(r, name, "the column is there twice", "remove one");
        } else if (column < 0 && *r->cells[i]) {
            const char *near = text_nearest(r->cells[i], return_csv_columns);
            problem(r, name, "there is no such column",
                    near ? arena_printf(arena, "did you mean %s?", near) : "remove or rename it");
        }
        if (column >= 0) {
            seen[column] = true;
        }
    }
    for (int i = COMMITMENT; i <= RATING; i++) {
        if (!seen[i]) {
            problem(
                r, return_csv_columns[i], "the column is missing",
                "the header is commitment, rating, narrative, reason, measure_value, actual_on, "
                "evidence, confirmation");
        }
    }
}

static void on_cell(void *data, size_t len, void *user_data)
{
    struct reading *r = user_data;
    if (r->cell_count < RETURN_MAX_COLUMNS) {
        const char *text = trim(r->file->arena, data ? data : "", len);
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

bool return_csv_read(struct return_file *file, const char *text, size_t len)
{
    struct reading r = {.file = file, .line = 1};
    struct csv_parser parser;
    size_t at = take_directives(file, text, len, &r.line);
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
        return_file_problem(file, 0, "file", "has no header row",
                            "see: pledge return submit --help", "");
    }
    return true;
}
