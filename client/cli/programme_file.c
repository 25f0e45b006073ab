/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/programme_file.h"

#include "client/cli/csv_sheet.h"
#include "client/cli/text.h"

#include <csv.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum column {
    NUMBER,
    AREA,
    PROPOSAL,
    PRIORITY,
    OWNER,
    TARGET,
    COST,
    RESOURCES,
    DECIDED_ON,
    COLUMNS
};

static const char *const columns[] = {"number", "area", "proposal",  "priority",   "owner",
                                      "target", "cost", "resources", "decided_on", NULL};

/* What the service calls each column. */
static const char *const fields[] = {"number",     "area",          "text",
                                     "priority",   "owner_id",      "target",
                                     "cost_pence", "resource_note", "decided_on"};

static const char *const priorities[] = {"", "high", "medium", "low"};

static void take_problem(void *user, size_t line, const char *column, const char *text,
                         const char *remedy)
{
    struct programme_file *file = user;
    if (file->problem_count < PROGRAMME_MAX_PROBLEMS && text) {
        file->problems[file->problem_count++] =
            (struct programme_problem){line, column, text, remedy};
    }
}

/* What a cell says that is wrong: "\"soon\" is no number". */
static const char *no(struct programme_file *file, const char *cell, const char *what)
{
    return arena_printf(file->arena, "\"%s\" is no %s",
                        text_cut(file->arena, text_clean(file->arena, cell), 20), what);
}

static bool read_number(const char *text, int32_t *ret_number)
{
    size_t len = strspn(text, "0123456789");
    *ret_number = (int32_t)strtol(text, NULL, 10);
    return len > 0 && len < 9 && !text[len];
}

static bool read_priority(const char *text, Pledge__V1__WorkPriority *ret_priority)
{
    for (size_t i = 0; i < sizeof(priorities) / sizeof(priorities[0]); i++) {
        if (strcasecmp(text, priorities[i]) == 0) {
            *ret_priority = (Pledge__V1__WorkPriority)i;
            return true;
        }
    }
    return false;
}

static bool take_row(void *user, size_t at, const char *const *cells)
{
    struct programme_file *file = user;
    Pledge__V1__ProposalLine *line = arena_calloc(file->arena, 1, sizeof(*line));
    if (file->count == PROGRAMME_MAX_ROWS || !line) {
        take_problem(file, at, "row", "is more than 1000 rows", "split the programme");
        return false;
    }
    pledge__v1__proposal_line__init(line);
    line->area = (char *)cells[AREA];
    line->text = (char *)cells[PROPOSAL];
    line->owner_id = (char *)cells[OWNER];
    line->target = (char *)cells[TARGET];
    line->resource_note = (char *)cells[RESOURCES];
    line->decided_on = (char *)cells[DECIDED_ON];
    if (!read_number(cells[NUMBER], &line->number)) {
        take_problem(file, at, columns[NUMBER], no(file, cells[NUMBER], "number"), "");
    }
    if (!read_priority(cells[PRIORITY], &line->priority)) {
        take_problem(file, at, columns[PRIORITY], no(file, cells[PRIORITY], "priority"),
                     "use high, medium or low");
    }
    if (!text_pence(cells[COST], &line->cost_pence)) {
        take_problem(file, at, columns[COST], no(file, cells[COST], "amount in pounds"),
                     "such as 1250 or 1250.50");
    }
    file->places[file->count] = at;
    file->lines[file->count++] = line;
    return true;
}

bool programme_file_read(struct programme_file *file, struct arena *arena, const char *text,
                         size_t len)
{
    *file = (struct programme_file){
        .arena = arena, .id = "", .title = "", .publisher = "", .published_on = ""};
    file->lines = arena_calloc(arena, PROGRAMME_MAX_ROWS, sizeof(*file->lines));
    file->places = arena_calloc(arena, PROGRAMME_MAX_ROWS, sizeof(*file->places));
    file->problems = arena_calloc(arena, PROGRAMME_MAX_PROBLEMS, sizeof(*file->problems));
    const struct csv_sheet_directive directives[] = {{"programme", &file->id},
                                                     {"title", &file->title},
                                                     {"publisher", &file->publisher},
                                                     {"published_on", &file->published_on},
                                                     {0}};
    const struct csv_sheet sheet = {
        .arena = arena,
        .directives = directives,
        .columns = columns,
        .required = PROPOSAL + 1,
        .header = "the header is number, area, proposal, priority, owner, target, cost, resources, "
                  "decided_on",
        .help = "see: pledge programme template",
        .row = take_row,
        .problem = take_problem,
        .user = file,
    };
    return file->lines && file->places && file->problems && csv_sheet_read(&sheet, text, len);
}

static bool known_already(const struct programme_file *file, size_t line, const char *column)
{
    for (size_t i = 0; i < file->problem_count; i++) {
        const struct programme_problem *problem = &file->problems[i];
        if (problem->line == line &&
            (strcmp(problem->column, column) == 0 || strcmp(problem->column, "row") == 0)) {
            return true;
        }
    }
    return false;
}

void programme_file_violation(struct programme_file *file, const char *field,
                              const char *description)
{
    static const char rows[] = "proposals[";
    static const char whole[] = "programme.";
    size_t line = 0;
    const char *column = field;
    if (strncmp(field, rows, sizeof(rows) - 1) == 0) {
        char *end;
        unsigned long index = strtoul(field + sizeof(rows) - 1, &end, 10);
        column = strncmp(end, "].", 2) == 0 ? end + 2 : "row";
        line = index < file->count ? file->places[index] : 0;
        for (size_t i = 0; i < COLUMNS; i++) {
            column = strcmp(column, fields[i]) == 0 ? columns[i] : column;
        }
    } else if (strncmp(field, whole, sizeof(whole) - 1) == 0) {
        column = field + sizeof(whole) - 1;
    } else if (strcmp(field, "programme_id") == 0) {
        column = "programme";
    }
    if (line == 0 || !known_already(file, line, column)) {
        take_problem(file, line, column, description, "");
    }
}

static int by_line(const void *a, const void *b)
{
    const struct programme_problem *left = a;
    const struct programme_problem *right = b;
    return left->line != right->line ? (left->line < right->line ? -1 : 1)
                                     : strcmp(left->column, right->column);
}

void programme_file_sort(struct programme_file *file)
{
    qsort(file->problems, file->problem_count, sizeof(*file->problems), by_line);
}

void programme_file_write_head(FILE *out, const char *id, const char *title, const char *publisher,
                               const char *published_on)
{
    fprintf(out, "# programme: %s\n# title: %s\n# publisher: %s\n# published_on: %s\n", id, title,
            publisher, published_on);
    for (size_t i = 0; i < COLUMNS; i++) {
        fprintf(out, "%s%s", i ? "," : "", columns[i]);
    }
    fputc('\n', out);
}

void programme_file_write(FILE *out, const Pledge__V1__ProposalLine *line)
{
    char number[12];
    char cost[24] = "";
    snprintf(number, sizeof(number), "%d", line->number);
    if (line->cost_pence % 100) {
        snprintf(cost, sizeof(cost), "%" PRId64 ".%02d", line->cost_pence / 100,
                 (int)(line->cost_pence % 100));
    } else if (line->cost_pence > 0) {
        snprintf(cost, sizeof(cost), "%" PRId64, line->cost_pence / 100);
    }
    size_t priority = (size_t)line->priority;
    bool is_known = priority < sizeof(priorities) / sizeof(priorities[0]);
    const char *const cells[COLUMNS] = {
        number,          line->area,   line->text, is_known ? priorities[priority] : "",
        line->owner_id,  line->target, cost,       line->resource_note,
        line->decided_on};
    for (size_t i = 0; i < COLUMNS; i++) {
        fputs(i ? "," : "", out);
        csv_fwrite(out, cells[i], strlen(cells[i]));
    }
    fputc('\n', out);
}
