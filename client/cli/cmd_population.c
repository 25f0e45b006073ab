/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/care_codes.h"
#include "client/cli/commands.h"
#include "client/cli/population.h"
#include "client/cli/text.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_COUNT = 1000000 };

static const struct view_column code_columns[] = {
    {"item", "item", 0},
    {"code", "code", 0},
    {"means", "title", TABLE_WRAP},
    {"counts to", "category", 0},
    {0},
};

/* ---- what people see ---- */

static const char *number_told(struct cli *cli, int32_t number, const char *unit)
{
    return number < 0 ? "*" : cli_printf(cli, "%d%s", number, unit);
}

/* "75 % on care orders · 69 % in foster care". */
static const char *summary(struct cli *cli, const Pledge__V1__Population *population)
{
    const char *text = "";
    for (size_t i = 0; text && i < population->n_headlines; i++) {
        const Pledge__V1__PopulationHeadline *line = population->headlines[i];
        text = cli_printf(cli, "%s%s%s %s", text, *text ? " · " : "",
                          number_told(cli, line->percent, " %"), view_clean(cli, line->title));
    }
    return text ? text : "";
}

/* A share that rounds to nothing is not nothing. */
static const char *share_told(struct cli *cli, const Pledge__V1__PopulationCount *count)
{
    return count->percent == 0 && count->count > 0 ? "<1 %"
                                                   : number_told(cli, count->percent, " %");
}

void population_print(struct cli *cli, const Pledge__V1__Population *population)
{
    static const struct view_column dimension = {"", "dimension", 0};
    struct table table;
    Pledge__V1__PopulationDimension last = 0;
    char day[TEXT_DATE_SIZE];
    fprintf(cli->out, "%s: %s in care\n", text_date(population->counted_on, day),
            number_told(cli, population->total, ""));
    view_paragraph(cli, cli->out, summary(cli, population), 0);
    fprintf(cli->out, "\n");
    table_init(&table, &cli->arena, 2);
    table_column(&table, "", TABLE_CUT);
    table_column(&table, "children", TABLE_RIGHT);
    table_column(&table, "share", TABLE_RIGHT);
    for (size_t i = 0; i < population->n_counts; i++) {
        const Pledge__V1__PopulationCount *count = population->counts[i];
        struct table_cell *row = table_row(&table);
        if (row && count->dimension != last) {
            row[0] = (struct table_cell){
                cli_printf(cli, "by %s", view_text(cli, count, &dimension)), STYLE_BOLD};
            row[1].text = row[2].text = "";
            row = table_row(&table);
        }
        if (row) {
            row[0].text = cli_printf(cli, "  %s", view_clean(cli, count->title));
            row[1].text = number_told(cli, count->count, "");
            row[2].text = share_told(cli, count);
        }
        last = count->dimension;
    }
    if (population->n_counts > 0) {
        table_print(&table, cli->out, cli->width, cli->colour);
    } else {
        fprintf(cli->out, "  Only the total was recorded.\n");
    }
    if (population->suppressed) {
        fprintf(cli->out, "\n");
        view_paragraph(
            cli, cli->out,
            "* is suppressed: fewer than 6, or such a count could be worked out from it.", 0);
    }
}

/* ---- reading ---- */

int run_population_list(struct cli *cli)
{
    Pledge__V1__ListPopulationsRequest request = PLEDGE__V1__LIST_POPULATIONS_REQUEST__INIT;
    struct cli_list list;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.known_on = cli_option_text(cli, "known-on");
    if (!cli_list(cli, "PopulationService/ListPopulations", &request, &list)) {
        return CLI_FAILED;
    }
    if (cli->json) {
        return cli_print_json_value(cli, list.json);
    }
    struct table table;
    table_init(&table, &cli->arena, 0);
    table_column(&table, "counted", 0);
    table_column(&table, "in care", TABLE_RIGHT);
    table_column(&table, "", TABLE_WRAP);
    for (size_t i = 0; i < list.count; i++) {
        const Pledge__V1__Population *population = list.items[i];
        char day[TEXT_DATE_SIZE];
        struct table_cell *row = table_row(&table);
        if (row) {
            row[0].text = cli_copy(cli, text_date(population->counted_on, day));
            row[1].text = number_told(cli, population->total, "");
            row[2].text = summary(cli, population);
        }
    }
    if (list.count > 0) {
        table_print(&table, cli->out, cli->width, cli->colour);
        return CLI_OK;
    }
    fprintf(cli->out, "Nothing was counted yet.\n");
    return CLI_OK;
}

/* The last day by `as_at` of which there is something, "" for none; NULL with the error printed. */
static const char *day_by(struct cli *cli, const char *as_at)
{
    Pledge__V1__ListPopulationsRequest request = PLEDGE__V1__LIST_POPULATIONS_REQUEST__INIT;
    struct cli_list list;
    bool json = cli->json;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.known_on = cli_option_text(cli, "known-on");
    cli->json = false;
    bool listed = cli_list(cli, "PopulationService/ListPopulations", &request, &list);
    cli->json = json;
    for (size_t i = 0; listed && i < list.count; i++) {
        const Pledge__V1__Population *population = list.items[i];
        if (!*as_at || strcmp(population->counted_on, as_at) <= 0) {
            return population->counted_on;
        }
    }
    return listed ? "" : NULL;
}

int run_population_show(struct cli *cli)
{
    Pledge__V1__GetPopulationRequest request = PLEDGE__V1__GET_POPULATION_REQUEST__INIT;
    const char *entry = cli_option(cli, "entry");
    const char *day = day_by(cli, cli_option_text(cli, "as-at"));
    if (entry) {
        char *end;
        long number = strtol(entry, &end, 10);
        if (!*entry || *end || number < 1 || number > MAX_COUNT) {
            return cli_usage(cli, "--entry is a number from 1");
        }
        request.entry = (int32_t)number;
    }
    if (!day || !*day) {
        return day ? cli_fail(cli, "nothing was counted by then. See: pledge population list %s",
                              cli_argument(cli, 0))
                   : CLI_FAILED;
    }
    request.name = cli_name(cli, cli_argument(cli, 0), "populations", day);
    request.known_on = cli_option_text(cli, "known-on");
    const Pledge__V1__GetPopulationResponse *reply =
        cli_call(cli, "PopulationService/GetPopulation", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    population_print(cli, reply->population);
    fprintf(cli->out, "\n%s, recorded %s%s\n",
            reply->population->source == PLEDGE__V1__POPULATION_SOURCE__POPULATION_SOURCE_COMPUTED
                ? "Counted from the council's files"
                : "Entered by hand",
            view_instant(cli, reply->population->create_time),
            reply->population->entry > 1
                ? cli_printf(cli, " as entry %d; earlier ones: --entry", reply->population->entry)
                : "");
    return CLI_OK;
}

int run_population_codes(struct cli *cli)
{
    Pledge__V1__ListCareCodesRequest request = PLEDGE__V1__LIST_CARE_CODES_REQUEST__INIT;
    request.year = (int32_t)strtol(cli_argument(cli, 0), NULL, 10);
    const Pledge__V1__ListCareCodesResponse *reply =
        cli_call(cli, "PopulationService/ListCareCodes", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    const struct cli_list list = {(void **)reply->codes, reply->n_codes, reply->n_codes, NULL};
    view_table(cli, &list, code_columns);
    return CLI_OK;
}

int run_population_categories(struct cli *cli)
{
    static const struct view_column columns[] = {{"by", "dimension", 0},
                                                 {"category", "category", 0},
                                                 {"means", "title", TABLE_WRAP},
                                                 {"adds to", "headline", TABLE_WRAP},
                                                 {0}};
    Pledge__V1__ListCareCategoriesRequest request = PLEDGE__V1__LIST_CARE_CATEGORIES_REQUEST__INIT;
    const Pledge__V1__ListCareCategoriesResponse *reply =
        cli_call(cli, "PopulationService/ListCareCategories", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    const struct cli_list list = {(void **)reply->categories, reply->n_categories,
                                  reply->n_categories, NULL};
    view_table(cli, &list, columns);
    return CLI_OK;
}

/* ---- recording ---- */

bool population_add(struct cli *cli, Pledge__V1__Population *population, const char *dimension,
                    const char *category, int32_t count)
{
    if (!population->counts) {
        population->counts =
            arena_calloc(&cli->arena, CARE_CATEGORIES, sizeof(*population->counts));
    }
    Pledge__V1__PopulationCount *added = arena_calloc(&cli->arena, 1, sizeof(*added));
    if (!population->counts || !added || population->n_counts == CARE_CATEGORIES) {
        return false;
    }
    pledge__v1__population_count__init(added);
    int value = 0;
    cli_enum(&pledge__v1__population_dimension__descriptor, "POPULATION_DIMENSION_", dimension,
             &value);
    added->dimension = (Pledge__V1__PopulationDimension)value;
    added->category = cli_copy(cli, category);
    added->count = count;
    population->counts[population->n_counts++] = added;
    return true;
}

int population_record(struct cli *cli, Pledge__V1__Population *population)
{
    Pledge__V1__RecordPopulationRequest request = PLEDGE__V1__RECORD_POPULATION_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.population = population;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__RecordPopulationResponse *reply =
        cli_call(cli, "PopulationService/RecordPopulation", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    if (request.validate_only) {
        fprintf(cli->out, "The counts could be recorded (dry run).\n");
        return CLI_OK;
    }
    population_print(cli, reply->population);
    fprintf(cli->out, "\nRecorded as entry %d about the day.\n", reply->population->entry);
    return CLI_OK;
}

/* Takes "foster=304,unknown=137". CLI_OK or the exit code. */
static int take_counts(struct cli *cli, const char *option, const char *dimension,
                       Pledge__V1__Population *population)
{
    char *given = cli_option_text(cli, option);
    while (given && *given) {
        char *next = strchr(given, ',');
        char *equals = strchr(given, '=');
        if (next) {
            *next++ = '\0';
        }
        char *end = NULL;
        long number = equals && (!next || equals < next) ? strtol(equals + 1, &end, 10) : -1;
        if (!end || !equals[1] || *end || number < 0 || number > MAX_COUNT) {
            return cli_usage(cli, "--%s is CATEGORY=N,…; see: pledge population categories",
                             option);
        }
        *equals = '\0';
        for (char *at = given; *at; at++) {
            *at = *at == '-' ? '_' : *at;
        }
        if (!population_add(cli, population, dimension, given, (int32_t)number)) {
            return cli_fail(cli, "more counts than there are categories");
        }
        given = next;
    }
    return CLI_OK;
}

int run_population_add(struct cli *cli)
{
    static const char *const options[][2] = {
        {"legal-status", "legal_status"}, {"placement", "placement"}, {"age", "age"}};
    Pledge__V1__Population population = PLEDGE__V1__POPULATION__INIT;
    char *end;
    long total = strtol(cli_argument(cli, 2), &end, 10);
    if (!*cli_argument(cli, 2) || *end || total < 0 || total > MAX_COUNT) {
        return cli_usage(cli, "the total is needed, as a number");
    }
    population.counted_on = cli_copy(cli, cli_argument(cli, 1));
    population.total = (int32_t)total;
    population.source = PLEDGE__V1__POPULATION_SOURCE__POPULATION_SOURCE_BY_HAND;
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        int code = take_counts(cli, options[i][0], options[i][1], &population);
        if (code != CLI_OK) {
            return code;
        }
    }
    return population_record(cli, &population);
}
