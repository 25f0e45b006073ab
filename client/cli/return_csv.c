/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/return_csv.h"

#include "client/cli/csv_sheet.h"
#include "client/cli/text.h"

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

static void take_problem(void *user, size_t line, const char *column, const char *text,
                         const char *remedy)
{
    return_file_problem(user, line, column, text, remedy, "");
}

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

static void set_cell(struct return_file *file, size_t line, Pledge__V1__Progress *progress,
                     enum column column, const char *text)
{
    char **const fields[COLUMNS] = {&progress->commitment_id, NULL,
                                    &progress->narrative,     &progress->reason,
                                    &progress->measure_value, &progress->actual_on,
                                    &progress->evidence,      &progress->confirmation};
    const char *name = return_csv_columns[column];
    size_t characters = csv_sheet_characters(text);
    if (max_characters[column] && characters > max_characters[column]) {
        take_problem(file, line, name,
                     arena_printf(file->arena, "has %zu characters, more than %zu", characters,
                                  max_characters[column]),
                     "shorten it");
        return;
    }
    if (column != RATING) {
        *fields[column] = (char *)text;
    } else if (!is_rating(text, &progress->rating)) {
        take_problem(file, line, name,
                     arena_printf(file->arena, "\"%s\" is no rating",
                                  text_cut(file->arena, text_clean(file->arena, text), 20)),
                     "use green, amber or red");
    }
}

static bool take_row(void *user, size_t line, const char *const *cells)
{
    struct return_file *file = user;
    if (file->progress_count == RETURN_MAX_ROWS) {
        take_problem(file, line, "row", "is more than 500 rows", "split the file");
        return false;
    }
    Pledge__V1__Progress *progress = arena_calloc(file->arena, 1, sizeof(*progress));
    if (!progress) {
        return false;
    }
    pledge__v1__progress__init(progress);
    for (int i = 0; i < COLUMNS; i++) {
        set_cell(file, line, progress, (enum column)i, cells[i]);
    }
    file->places[file->progress_count] = line;
    file->progress[file->progress_count++] = progress;
    return true;
}

bool return_csv_read(struct return_file *file, const char *text, size_t len)
{
    const struct csv_sheet_directive directives[] = {{"authority", &file->authority},
                                                     {"round", &file->round},
                                                     {"owner", &file->owner},
                                                     {"observed_to", &file->observed_to},
                                                     {0}};
    const struct csv_sheet sheet = {
        .arena = file->arena,
        .directives = directives,
        .columns = return_csv_columns,
        .required = RATING + 1,
        .first_alias = "commitment_id",
        .header = "the header is commitment, rating, narrative, reason, measure_value, actual_on, "
                  "evidence, confirmation",
        .help = "see: pledge return submit --help",
        .row = take_row,
        .problem = take_problem,
        .user = file,
    };
    return csv_sheet_read(&sheet, text, len);
}
