/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/care_count.h"
#include "client/cli/commands.h"
#include "client/cli/population.h"
#include "common/base/time.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024 };

/* ---- reading ---- */

static void tell_progress(struct cli *cli, const struct care_count *count, size_t *told)
{
    static const size_t step = 10000;
    size_t rows = count->rows[CARE_HEADER] + count->rows[CARE_EPISODES];
    if (rows / step != *told && isatty(STDERR_FILENO)) {
        *told = rows / step;
        fprintf(cli->err, "\r%zu rows read", rows);
    }
}

static bool read_through(struct cli *cli, struct care_count *count, enum care_file which,
                         const char *path)
{
    FILE *file = fopen(path, "rb");
    char *chunk = arena_alloc(&cli->arena, CHUNK);
    size_t told = 0;
    size_t len;
    if (!file || !chunk) {
        cli_fail(cli, "cannot read %s: %s", path, file ? "out of memory" : strerror(errno));
        if (file) {
            fclose(file);
        }
        return false;
    }
    setvbuf(file, NULL, _IONBF, 0);
    while ((len = fread(chunk, 1, CHUNK, file)) > 0) {
        care_count_feed(count, which, chunk, len);
        tell_progress(cli, count, &told);
    }
    care_count_end(count, which);
    bool good = !ferror(file) && !count->failed;
    if (told) {
        fprintf(cli->err, "\r\033[K");
    }
    if (!good) {
        cli_fail(cli, "cannot read %s: %s", path, ferror(file) ? strerror(errno) : "out of memory");
    }
    explicit_bzero(chunk, CHUNK);
    fclose(file);
    return good;
}

/* ---- problems ---- */

static int print_problems_json(struct cli *cli, const struct care_count *count, size_t kept,
                               const char *const *paths)
{
    json_t *list = json_array();
    for (size_t i = 0; i < kept; i++) {
        const struct care_problem *p = &count->problems[i];
        json_array_append_new(list, json_pack("{s:s, s:I, s:s, s:s, s:s}", "file",
                                              view_clean(cli, paths[p->file]), "line",
                                              (json_int_t)p->line, "column", p->column, "found",
                                              p->found, "expected", p->expected));
    }
    cli_print_json_value(cli, json_pack("{s:o, s:I}", "problems", list, "problemCount",
                                        (json_int_t)count->problem_count));
    return CLI_FAILED;
}

static int print_problems(struct cli *cli, const struct care_count *count, const char *const *paths)
{
    size_t kept =
        count->problem_count < CARE_MAX_PROBLEMS ? count->problem_count : CARE_MAX_PROBLEMS;
    if (cli->json) {
        return print_problems_json(cli, count, kept, paths);
    }
    for (int file = 0; file < CARE_FILES; file++) {
        struct table table;
        table_init(&table, &cli->arena, 2);
        table_column(&table, "line", TABLE_RIGHT);
        table_column(&table, "column", 0);
        table_column(&table, "found", TABLE_WRAP);
        table_column(&table, "expected", TABLE_WRAP);
        fprintf(cli->out, "%s: %zu rows read, nothing sent\n", view_clean(cli, paths[file]),
                count->rows[file]);
        for (size_t i = 0; i < kept; i++) {
            const struct care_problem *p = &count->problems[i];
            struct table_cell *row = p->file == (enum care_file)file ? table_row(&table) : NULL;
            if (row) {
                row[0].text = cli_printf(cli, "%zu", p->line);
                row[1] = (struct table_cell){p->column, STYLE_BOLD};
                row[2].text = p->found;
                row[3].text = p->expected;
            }
        }
        if (table.row_count > 0) {
            table_print(&table, cli->out, cli->width, cli->colour);
        }
    }
    const char *first = count->problem_count > kept ? ", of which these are the first" : "";
    view_paragraph(cli, cli->out,
                   cli_printf(cli,
                              "%zu problem%s%s. Mend the files and run the same command again; the "
                              "codes: pledge population codes %d",
                              count->problem_count, count->problem_count == 1 ? "" : "s", first,
                              count->year),
                   0);
    return CLI_FAILED;
}

/* ---- counts ---- */

static int32_t percent_of(int count, int total)
{
    return total > 0 ? (int32_t)((200L * count + total) / (2L * total)) : -1;
}

static bool take_headline(struct cli *cli, Pledge__V1__Population *population, const char *title,
                          int count)
{
    Pledge__V1__PopulationHeadline *line = NULL;
    for (size_t i = 0; i < population->n_headlines; i++) {
        bool same = strcmp(population->headlines[i]->title, title) == 0;
        line = same ? population->headlines[i] : line;
    }
    if (!line) {
        line = arena_calloc(&cli->arena, 1, sizeof(*line));
        if (!line) {
            return false;
        }
        pledge__v1__population_headline__init(line);
        line->title = cli_copy(cli, title);
        population->headlines[population->n_headlines++] = line;
    }
    line->count += count;
    line->percent = percent_of(line->count, population->total);
    return true;
}

/* What was counted as the message that is sent. False without memory. */
static bool fill(struct cli *cli, const struct care_count *count, const char *day,
                 Pledge__V1__Population *population)
{
    population->counted_on = cli_copy(cli, day);
    population->total = count->total;
    population->source = PLEDGE__V1__POPULATION_SOURCE__POPULATION_SOURCE_COMPUTED;
    for (int i = 0; care_categories[i].category; i++) {
        if (count->counts[i] && !population_add(cli, population, care_categories[i].dimension,
                                                care_categories[i].category, count->counts[i])) {
            return false;
        }
    }
    return true;
}

/* Adds what people see, which the service says itself. False without memory. */
static bool explain(struct cli *cli, const struct care_count *count,
                    Pledge__V1__Population *population)
{
    size_t at = 0;
    population->headlines =
        arena_calloc(&cli->arena, CARE_CATEGORIES, sizeof(*population->headlines));
    for (int i = 0; population->headlines && care_categories[i].category; i++) {
        const char *headline = care_categories[i].headline;
        if (count->counts[i]) {
            Pledge__V1__PopulationCount *told = population->counts[at++];
            told->title = cli_copy(cli, care_categories[i].title);
            told->percent = percent_of(told->count, population->total);
            if (*headline && !take_headline(cli, population, headline, told->count)) {
                return false;
            }
        }
    }
    return population->headlines != NULL;
}

/* Whether it is the last day of a quarter whose codes are held. CLI_OK or the exit code. */
static int check_day(struct cli *cli, const char *day)
{
    static const char *const ends[] = {"-03-31", "-06-30", "-09-30", "-12-31"};
    int32_t days;
    bool end = false;
    if (!time_date_parse(day, strlen(day), &days)) {
        return cli_usage(cli, "--as-at is needed, as YYYY-MM-DD");
    }
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        end |= strcmp(day + 4, ends[i]) == 0;
    }
    if (!end) {
        return cli_usage(cli, "--as-at is the last day of a quarter: 31 March, 30 June, "
                              "30 September or 31 December");
    }
    int year = (int)strtol(day, NULL, 10) + (strcmp(day + 4, ends[0]) > 0);
    if (!care_year_held(year)) {
        const char *held = "";
        for (const int *at = care_years; *at; at++) {
            held = cli_printf(cli, "%s%s%d", held, *held ? ", " : "", *at);
        }
        return cli_fail(
            cli,
            "the codes of the year ending 31 March %d are not held, so its files cannot "
            "be read. There are those of %s. Counts can be entered by hand: pledge "
            "population add",
            year, held);
    }
    return CLI_OK;
}

static int send_counts(struct cli *cli, const struct care_count *count, const char *day)
{
    Pledge__V1__Population population = PLEDGE__V1__POPULATION__INIT;
    bool dry = cli_flag(cli, "dry-run");
    if (!fill(cli, count, day, &population) || (dry && !explain(cli, count, &population))) {
        return cli_fail(cli, "out of memory");
    }
    if (!dry) {
        return population_record(cli, &population);
    }
    if (cli->json) {
        return cli_print_json(cli, &population);
    }
    population_print(cli, &population);
    fprintf(cli->out, "\n");
    view_paragraph(cli, cli->out,
                   cli_printf(cli,
                              "Counted on this machine from %zu children and %zu episodes; nothing "
                              "sent (dry run).",
                              count->rows[CARE_HEADER], count->rows[CARE_EPISODES]),
                   0);
    return CLI_OK;
}

int run_population_import(struct cli *cli)
{
    const char *paths[] = {cli_argument(cli, 1), cli_argument(cli, 2)};
    const char *day = cli_option_text(cli, "as-at");
    struct care_count count;
    int code = check_day(cli, day);
    if (code != CLI_OK) {
        return code;
    }
    if (!care_count_init(&count, &cli->arena, day)) {
        code = cli_fail(cli, "out of memory");
    } else if (!read_through(cli, &count, CARE_HEADER, paths[CARE_HEADER]) ||
               !read_through(cli, &count, CARE_EPISODES, paths[CARE_EPISODES])) {
        code = CLI_FAILED;
    } else if (!care_count_finish(&count)) {
        code = count.failed ? cli_fail(cli, "out of memory") : print_problems(cli, &count, paths);
    } else {
        code = send_counts(cli, &count, day);
    }
    care_count_deinit(&count);
    return code;
}
