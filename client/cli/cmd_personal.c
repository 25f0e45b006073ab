/* SPDX-License-Identifier: Apache-2.0 */
/* Personal data: what is held, on whom, for how long, and its erasure. */
#include "client/cli/commands.h"

#include "pledge/v1/personal_data.pb-c.h"
#include "pledge/v1/retention.pb-c.h"

#include <inttypes.h>
#include <stdlib.h>

static const struct view_column field_columns[] = {
    {"table", "table", 0}, {"field", "column", 0},    {"what it is", "holds", TABLE_WRAP},
    {"kind", "kind", 0},   {"erasure", "erasure", 0}, {0},
};

int run_personal_fields(struct cli *cli)
{
    Pledge__V1__ListPersonalFieldsRequest request = PLEDGE__V1__LIST_PERSONAL_FIELDS_REQUEST__INIT;
    return view_list(cli, "PersonalDataService/ListPersonalFields", &request, field_columns,
                     "No fields.");
}

static const struct view_column datum_columns[] = {
    {"table", "table", 0},
    {"field", "field", 0},
    {"value", "value", TABLE_WRAP},
    {"since", "held_since", VIEW_DATE},
    {"part of", "resource", TABLE_WRAP},
    {0},
};

int run_personal_export(struct cli *cli)
{
    Pledge__V1__ExportPersonalDataRequest of_member =
        PLEDGE__V1__EXPORT_PERSONAL_DATA_REQUEST__INIT;
    Pledge__V1__ExportOwnPersonalDataRequest own =
        PLEDGE__V1__EXPORT_OWN_PERSONAL_DATA_REQUEST__INIT;
    if (cli->argument_count == 1) {
        return cli_usage(cli, "say AUTHORITY and MEMBER, or neither for what is held on you");
    }
    if (cli->argument_count == 0) {
        return view_list(cli, "PersonalDataService/ExportOwnPersonalData", &own, datum_columns,
                         "Nothing is held.");
    }
    of_member.name = cli_name(cli, cli_argument(cli, 0), "members", cli_argument(cli, 1));
    return view_list(cli, "PersonalDataService/ExportPersonalData", &of_member, datum_columns,
                     "Nothing is held.");
}

static const struct view_column part_columns[] = {
    {"table", "table", 0},
    {"what was done", "erasure", 0},
    {"rows", "count", 0},
    {0},
};

int run_personal_erase(struct cli *cli)
{
    Pledge__V1__ErasePersonalDataRequest request = PLEDGE__V1__ERASE_PERSONAL_DATA_REQUEST__INIT;
    request.name = cli_name(cli, cli_argument(cli, 0), "members", cli_argument(cli, 1));
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__ErasePersonalDataResponse *reply =
        cli_call(cli, "PersonalDataService/ErasePersonalData", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    struct cli_list list = {.items = (void **)reply->parts, .count = reply->n_parts};
    view_table(cli, &list, part_columns);
    fprintf(cli->out, "What is held on %s %s.\n", cli_argument(cli, 1),
            request.validate_only ? "would be erased like this (dry run)" : "is erased for good");
    return CLI_OK;
}

/* --- retention ---------------------------------------------------------------------------------
 */

static const struct view_column retention_columns[] = {
    {"kind", "kind", 0},    {"days", "days", 0},          {"from", "least_days", 0},
    {"to", "most_days", 0}, {"what", "what", TABLE_WRAP}, {0},
};

int run_retention_list(struct cli *cli)
{
    Pledge__V1__ListRetentionRequest request = PLEDGE__V1__LIST_RETENTION_REQUEST__INIT;
    const Pledge__V1__ListRetentionResponse *reply =
        cli_call(cli, "RetentionService/ListRetention", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    struct cli_list list = {.items = (void **)reply->retention, .count = reply->n_retention};
    view_table(cli, &list, retention_columns);
    return CLI_OK;
}

int run_retention_set(struct cli *cli)
{
    Pledge__V1__UpdateRetentionRequest request = PLEDGE__V1__UPDATE_RETENTION_REQUEST__INIT;
    const char *given = cli_argument(cli, 1);
    char *end = NULL;
    long days = strtol(given, &end, 10);
    if (end == given || *end || days < 0 || days > INT32_MAX) {
        return cli_usage(cli, "DAYS is a number, not \"%s\"", given);
    }
    request.kind = cli_copy(cli, cli_argument(cli, 0));
    request.days = (int32_t)days;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__UpdateRetentionResponse *reply =
        cli_call(cli, "RetentionService/UpdateRetention", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "%s: %" PRId32 " days%s\n", reply->retention->kind, reply->retention->days,
            request.validate_only ? " (dry run)" : " from the next run on");
    return CLI_OK;
}

static const struct view_column run_columns[] = {
    {"run", "run_time", VIEW_DATE},
    {"kind", "kind", 0},
    {"days", "days", 0},
    {"removed", "removed", 0},
    {0},
};

int run_retention_apply(struct cli *cli)
{
    Pledge__V1__ApplyRetentionRequest request = PLEDGE__V1__APPLY_RETENTION_REQUEST__INIT;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__ApplyRetentionResponse *reply =
        cli_call(cli, "RetentionService/ApplyRetention", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    struct cli_list list = {.items = (void **)reply->runs, .count = reply->n_runs};
    view_table(cli, &list, run_columns);
    if (request.validate_only) {
        fputs("Nothing was removed (dry run).\n", cli->out);
    }
    return CLI_OK;
}

int run_retention_runs(struct cli *cli)
{
    Pledge__V1__ListRetentionRunsRequest request = PLEDGE__V1__LIST_RETENTION_RUNS_REQUEST__INIT;
    return view_list(cli, "RetentionService/ListRetentionRuns", &request, run_columns,
                     "No run yet.");
}
