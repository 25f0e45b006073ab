/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/return_file.h"

#include "client/cli/return_csv.h"
#include "common/base/err.h"
#include "common/msg/json.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void return_file_problem(struct return_file *file, size_t place, const char *column,
                         const char *text, const char *remedy, const char *code)
{
    if (file->problem_count < RETURN_MAX_PROBLEMS && text) {
        file->problems[file->problem_count++] =
            (struct return_problem){place, column, text, remedy, code};
    }
}

/* A row with the wrong number of cells has its values in the wrong columns: column "row". */
static bool known_already(const struct return_file *file, size_t place, const char *column)
{
    for (size_t i = 0; i < file->problem_count; i++) {
        const struct return_problem *problem = &file->problems[i];
        if (problem->place == place && !*problem->code &&
            (strcmp(problem->column, column) == 0 || strcmp(problem->column, "row") == 0)) {
            return true;
        }
    }
    return false;
}

void return_file_violation(struct return_file *file, const char *field, const char *description,
                           const char *remedy, const char *code)
{
    static const char rows[] = "owner_return.progress[";
    size_t place = 0;
    const char *column = field;
    if (strncmp(field, rows, sizeof(rows) - 1) == 0) {
        char *end;
        unsigned long index = strtoul(field + sizeof(rows) - 1, &end, 10);
        column = strncmp(end, "].", 2) == 0 ? end + 2 : "row";
        place = index < file->progress_count ? file->places[index] : 0;
    } else if (strncmp(field, "owner_return.", 13) == 0) {
        column = field + 13;
    } else if (strcmp(field, "parent") == 0) {
        column = "round";
    }
    if (!file->is_json && strcmp(column, "commitment_id") == 0) {
        column = "commitment";
    }
    if (place == 0 || !known_already(file, place, column)) {
        return_file_problem(file, place, column, description, remedy, code);
    }
}

static int by_place(const void *a, const void *b)
{
    const struct return_problem *left = a;
    const struct return_problem *right = b;
    if (left->place != right->place) {
        return left->place < right->place ? -1 : 1;
    }
    return strcmp(left->column, right->column);
}

void return_file_sort(struct return_file *file)
{
    qsort(file->problems, file->problem_count, sizeof(*file->problems), by_place);
}

size_t return_file_rows_with_problems(const struct return_file *file)
{
    size_t rows = 0;
    for (size_t i = 0; i < file->problem_count; i++) {
        rows += file->problems[i].place > 0 &&
                (i == 0 || file->problems[i].place != file->problems[i - 1].place);
    }
    return rows;
}

static const char *text_member(struct return_file *file, json_t *json, const char *name)
{
    json_t *value = json_object_get(json, name);
    if (!value) {
        return "";
    }
    if (!json_is_string(value)) {
        return_file_problem(file, 0, name, "must be text", "", "");
        json_object_del(json, name);
        return "";
    }
    const char *copy =
        arena_strndup(file->arena, json_string_value(value), json_string_length(value));
    json_object_del(json, name);
    return copy ? copy : "";
}

/* "progress[3].rating" has its place in item 4. */
static void take_violations(struct return_file *file, const struct err *err)
{
    for (size_t i = 0; i < err->violation_count; i++) {
        const char *field = err->violations[i].field;
        unsigned long item = 0;
        if (strncmp(field, "progress[", 9) == 0) {
            char *end;
            item = strtoul(field + 9, &end, 10) + 1;
            field = strncmp(end, "].", 2) == 0 ? end + 2 : "row";
        }
        return_file_problem(file, item, field, err->violations[i].description, "", "");
    }
}

static void take_json(struct return_file *file, json_t *json)
{
    struct err err = {0};
    file->authority = text_member(file, json, "authority");
    file->round = text_member(file, json, "round");
    file->owner = text_member(file, json, "owner");
    file->observed_to = text_member(file, json, "observed_to");
    Pledge__V1__Return *message = (Pledge__V1__Return *)msg_json_read(
        &pledge__v1__return__descriptor, json, file->arena, &err);
    if (!message) {
        take_violations(file, &err);
        return;
    }
    if (message->n_progress > RETURN_MAX_ROWS) {
        return_file_problem(file, 0, "progress", "has more than 500 items", "", "");
        return;
    }
    for (size_t i = 0; i < message->n_progress; i++) {
        file->progress[i] = message->progress[i];
        file->places[i] = i + 1;
    }
    file->progress_count = message->n_progress;
}

static void read_json(struct return_file *file, const char *text, size_t len)
{
    json_error_t error;
    json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(json)) {
        return_file_problem(file, 0, "file",
                            json ? "must be a JSON object"
                                 : arena_printf(file->arena, "is no JSON: line %d, column %d: %s",
                                                error.line, error.column, error.text),
                            "", "");
    } else {
        take_json(file, json);
    }
    json_decref(json);
}

bool return_file_read(struct return_file *file, struct arena *arena, char *text, size_t len)
{
    *file = (struct return_file){
        .arena = arena, .authority = "", .round = "", .owner = "", .observed_to = ""};
    file->progress = arena_calloc(arena, RETURN_MAX_ROWS, sizeof(*file->progress));
    file->places = arena_calloc(arena, RETURN_MAX_ROWS, sizeof(*file->places));
    file->problems = arena_calloc(arena, RETURN_MAX_PROBLEMS, sizeof(*file->problems));
    if (!file->progress || !file->places || !file->problems) {
        return false;
    }
    size_t start = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    size_t first = start;
    while (first < len && isspace((unsigned char)text[first])) {
        first++;
    }
    file->is_json = first < len && text[first] == '{';
    if (file->is_json) {
        read_json(file, text + start, len - start);
        return true;
    }
    return return_csv_read(file, text, len);
}
