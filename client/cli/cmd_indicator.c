/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/commands.h"
#include "client/cli/text.h"

#include "pledge/v1/indicator.pb-c.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct view_column card_columns[] = {
    {"indicator", "name", VIEW_ID},  {"tells", "title", 0},
    {"unit", "unit", VIEW_OPTIONAL}, {"better is", "direction", 0},
    {"values", "source", 0},         {"counted by", "dimension", VIEW_OPTIONAL},
    {"revision", "revision", 0},     {0},
};

/* "68.9 %", as short as it is exact. */
static const char *number_told(struct cli *cli, double number, const char *unit)
{
    return cli_printf(cli, "%.12g%s%s", number, *unit ? " " : "", view_clean(cli, unit));
}

static const char *value_told(struct cli *cli, const Pledge__V1__IndicatorValue *value,
                              const char *unit)
{
    return value->suppressed ? "*" : number_told(cli, value->value, unit);
}

static struct table_cell rating_told(const Pledge__V1__IndicatorValue *value)
{
    switch (value->rating) {
    case PLEDGE__V1__INDICATOR_RATING__INDICATOR_RATING_RED:
        return (struct table_cell){"○ red", STYLE_RED};
    case PLEDGE__V1__INDICATOR_RATING__INDICATOR_RATING_AMBER:
        return (struct table_cell){"◐ amber", STYLE_AMBER};
    case PLEDGE__V1__INDICATOR_RATING__INDICATOR_RATING_GREEN:
        return (struct table_cell){"● green", STYLE_GREEN};
    default:
        return (struct table_cell){"–", STYLE_PLAIN};
    }
}

static const char *trend_told(const Pledge__V1__IndicatorValue *value)
{
    switch (value->trend) {
    case PLEDGE__V1__INDICATOR_TREND__INDICATOR_TREND_BETTER:
        return "▲ better";
    case PLEDGE__V1__INDICATOR_TREND__INDICATOR_TREND_SAME:
        return "same";
    case PLEDGE__V1__INDICATOR_TREND__INDICATOR_TREND_WORSE:
        return "▼ worse";
    default:
        return "–";
    }
}

static void fill_row(struct cli *cli, struct table_cell *row,
                     const Pledge__V1__IndicatorValue *value, const char *unit)
{
    char day[TEXT_DATE_SIZE];
    row[0].text = cli_copy(cli, text_date(value->ends_on, day));
    row[1].text = value_told(cli, value, unit);
    row[2].text = value->has_target ? number_told(cli, value->target, unit) : "–";
    row[3] = rating_told(value);
    row[4].text = trend_told(value);
}

static void add_columns(struct table *table)
{
    table_column(table, "period to", 0);
    table_column(table, "value", TABLE_RIGHT);
    table_column(table, "target", TABLE_RIGHT);
    table_column(table, "rating", 0);
    table_column(table, "trend", 0);
}

int run_indicator_list(struct cli *cli)
{
    Pledge__V1__ListIndicatorsRequest request = PLEDGE__V1__LIST_INDICATORS_REQUEST__INIT;
    struct cli_list list;
    struct table table;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.known_on = cli_option_text(cli, "known-on");
    if (!cli_list(cli, "IndicatorService/ListIndicators", &request, &list)) {
        return CLI_FAILED;
    }
    if (cli->json) {
        return cli_print_json_value(cli, list.json);
    }
    if (list.count == 0) {
        fprintf(cli->out, "No indicators yet.\n");
        return CLI_OK;
    }
    table_init(&table, &cli->arena, 0);
    table_column(&table, "indicator", 0);
    table_column(&table, "tells", TABLE_WRAP);
    table_column(&table, "period to", 0);
    table_column(&table, "value", TABLE_RIGHT);
    table_column(&table, "rating", 0);
    table_column(&table, "trend", 0);
    for (size_t i = 0; i < list.count; i++) {
        const Pledge__V1__Indicator *indicator = list.items[i];
        struct table_cell *row = table_row(&table);
        if (!row) {
            return CLI_FAILED;
        }
        row[0].text = view_clean(cli, text_last_segment(indicator->name));
        row[1].text = view_clean(cli, indicator->title);
        for (size_t at = 2; at < 6; at++) {
            row[at].text = "–";
        }
        if (indicator->n_latest > 0) {
            struct table_cell filled[5] = {0};
            fill_row(cli, filled, indicator->latest[0], indicator->unit);
            row[2] = filled[0];
            row[3] = filled[1];
            row[4] = filled[3];
            row[5] = filled[4];
        }
    }
    table_print(&table, cli->out, cli->width, cli->colour);
    return CLI_OK;
}

static void print_definition(struct cli *cli, const Pledge__V1__Indicator *indicator)
{
    bool band = indicator->direction == PLEDGE__V1__INDICATOR_DIRECTION__INDICATOR_DIRECTION_WITHIN;
    view_card(cli, indicator, card_columns);
    for (size_t i = 0; i < indicator->n_categories; i++) {
        fprintf(cli->out, "%s%s%s", i == 0 ? "categories  " : ", ",
                view_clean(cli, indicator->categories[i]),
                i + 1 == indicator->n_categories ? "\n" : "");
    }
    for (size_t i = 0; i < indicator->n_standards; i++) {
        const Pledge__V1__IndicatorStandard *standard = indicator->standards[i];
        char day[TEXT_DATE_SIZE];
        fprintf(cli->out, "from %s  target %s, green from %s%s%s, amber from %s%s%s\n",
                text_date(standard->from_on, day), number_told(cli, standard->target, ""),
                number_told(cli, standard->green, ""), band ? " to " : "",
                band ? number_told(cli, standard->green_to, "") : "",
                number_told(cli, standard->amber, ""), band ? " to " : "",
                band ? number_told(cli, standard->amber_to, "") : "");
    }
    for (size_t i = 0; i < indicator->n_statements; i++) {
        const char *within = strstr(indicator->statements[i], "/pledges/");
        fprintf(cli->out, "tells of    %s\n",
                view_clean(cli, within ? within + 1 : indicator->statements[i]));
    }
}

int run_indicator_show(struct cli *cli)
{
    Pledge__V1__GetIndicatorRequest request = PLEDGE__V1__GET_INDICATOR_REQUEST__INIT;
    Pledge__V1__ListIndicatorValuesRequest values = PLEDGE__V1__LIST_INDICATOR_VALUES_REQUEST__INIT;
    struct cli_list list;
    struct table table;
    bool suppressed = false;
    request.name = cli_name(cli, cli_argument(cli, 0), "indicators", cli_argument(cli, 1));
    request.known_on = cli_option_text(cli, "known-on");
    cli->hint = cli_printf(cli, "See: pledge indicator list %s", cli_argument(cli, 0));
    const Pledge__V1__GetIndicatorResponse *reply =
        cli_call(cli, "IndicatorService/GetIndicator", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    values.parent = request.name;
    values.known_on = request.known_on;
    if (!cli_list(cli, "IndicatorService/ListIndicatorValues", &values, &list)) {
        return CLI_FAILED;
    }
    print_definition(cli, reply->indicator);
    fprintf(cli->out, "\n");
    table_init(&table, &cli->arena, 0);
    add_columns(&table);
    for (size_t i = 0; i < list.count; i++) {
        const Pledge__V1__IndicatorValue *value = list.items[i];
        struct table_cell *row = table_row(&table);
        if (row) {
            fill_row(cli, row, value, reply->indicator->unit);
        }
        suppressed |= value->suppressed;
    }
    if (list.count > 0) {
        table_print(&table, cli->out, cli->width, cli->colour);
    } else {
        fprintf(cli->out, "No value yet.\n");
    }
    if (suppressed) {
        fprintf(cli->out, "\n* is suppressed: it would tell a count of fewer than 6 children.\n");
    }
    return CLI_OK;
}

int run_indicator_set(struct cli *cli)
{
    Pledge__V1__CreateIndicatorRequest create = PLEDGE__V1__CREATE_INDICATOR_REQUEST__INIT;
    Pledge__V1__UpdateIndicatorRequest update = PLEDGE__V1__UPDATE_INDICATOR_REQUEST__INIT;
    Pledge__V1__Indicator *indicator = (Pledge__V1__Indicator *)cli_read_message(
        cli, cli_argument(cli, 2), &pledge__v1__indicator__descriptor, "an indicator");
    if (!indicator) {
        return CLI_FAILED;
    }
    indicator->name = cli_name(cli, cli_argument(cli, 0), "indicators", cli_argument(cli, 1));
    create.parent = cli_authority(cli, cli_argument(cli, 0));
    create.indicator_id = cli_copy(cli, text_last_segment(cli_argument(cli, 1)));
    create.indicator = update.indicator = indicator;
    create.validate_only = update.validate_only = cli_flag(cli, "dry-run");
    const struct pledge_reply *made = cli_try(cli, "IndicatorService/CreateIndicator", &create);
    if (!made) {
        return CLI_FAILED;
    }
    const void *message = made->message;
    if (!message && made->status.code != PLEDGE_ALREADY_EXISTS) {
        return cli_explain(cli, made);
    }
    if (!message) {
        message = cli_call(cli, "IndicatorService/UpdateIndicator", &update);
    }
    if (!message || cli->json) {
        return message ? cli_print_json(cli, message) : CLI_FAILED;
    }
    /* Both replies begin with the indicator. */
    print_definition(cli, ((const Pledge__V1__UpdateIndicatorResponse *)message)->indicator);
    if (create.validate_only) {
        fprintf(cli->out, "Nothing is written (dry run).\n");
    }
    return CLI_OK;
}

int run_indicator_add(struct cli *cli)
{
    Pledge__V1__RecordIndicatorValueRequest request =
        PLEDGE__V1__RECORD_INDICATOR_VALUE_REQUEST__INIT;
    char *end;
    request.name = cli_name(cli, cli_argument(cli, 0), "indicators", cli_argument(cli, 1));
    request.ends_on = cli_copy(cli, cli_argument(cli, 2));
    request.value = strtod(cli_argument(cli, 3), &end);
    request.validate_only = cli_flag(cli, "dry-run");
    if (!*cli_argument(cli, 3) || *end || !isfinite(request.value)) {
        return cli_usage(cli, "the value is needed, as a number");
    }
    cli->hint = cli_printf(cli, "See: pledge indicator list %s", cli_argument(cli, 0));
    const Pledge__V1__RecordIndicatorValueResponse *reply =
        cli_call(cli, "IndicatorService/RecordIndicatorValue", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    const char *rating = reply->n_values > 0 ? rating_told(reply->values[0]).text : "–";
    fprintf(cli->out, "%s (%s).\n",
            request.validate_only ? "The value could be recorded" : "Recorded", rating);
    return CLI_OK;
}
