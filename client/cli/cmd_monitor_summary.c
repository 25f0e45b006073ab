/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/commands.h"
#include "client/cli/mark.h"
#include "client/cli/monitor.h"
#include "client/cli/text.h"

#include "pledge/v1/monitor.pb-c.h"

/* What is behind a standing: "2 red, 1 missing, 7 green". */
static const char *counts_told(struct cli *cli, const Pledge__V1__MonitorGroup *group)
{
    const char *told = "";
    for (size_t i = 0; i < group->n_statement_counts; i++) {
        static const struct view_column standing = {"", "standing", 0};
        const Pledge__V1__StandingCount *count = group->statement_counts[i];
        told = cli_printf(cli, "%s%s%d %s", told, i == 0 ? "" : ", ", count->count,
                          view_text(cli, count, &standing));
    }
    return told;
}

static const char *note_told(struct cli *cli, const Pledge__V1__MonitorGroup *group)
{
    const struct {
        int count;
        const char *what;
    } parts[] = {
        {group->missing_count, "missing"},
        {group->awaited_count, "awaited"},
        {group->late_count, "late"},
        {group->evidence_count, "with evidence"},
    };
    const char *told = cli_printf(cli, "%d commitment%s", group->commitment_count,
                                  group->commitment_count == 1 ? "" : "s");
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (parts[i].count > 0) {
            told = cli_printf(cli, "%s, %d %s", told, parts[i].count, parts[i].what);
        }
    }
    return group->disagreeing_count > 0
               ? cli_printf(cli, "%s, ≠ %d", told, group->disagreeing_count)
               : told;
}

int monitor_summary(struct cli *cli, const char *by)
{
    Pledge__V1__GetMonitorSummaryRequest request = PLEDGE__V1__GET_MONITOR_SUMMARY_REQUEST__INIT;
    struct table table;
    size_t disagreeing = 0;
    int grouping = 0;
    if (!cli_enum(&pledge__v1__monitor_grouping__descriptor, "MONITOR_GROUPING_", by, &grouping)) {
        return cli_usage(cli, "--by takes outcome, owner or theme, not \"%s\"", by);
    }
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.round_id = cli_copy(cli, text_last_segment(cli_option_text(cli, "round")));
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    request.grouping = (Pledge__V1__MonitorGrouping)grouping;
    const Pledge__V1__GetMonitorSummaryResponse *reply =
        cli_call(cli, "MonitorService/GetMonitorSummary", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    view_paragraph(cli, cli->out,
                   monitor_round_told(cli, reply->round_title, reply->as_at, reply->known_on), 0);
    fputc('\n', cli->out);
    if (reply->n_groups == 0) {
        fprintf(cli->out, "Nobody has committed to anything yet.\n");
        return CLI_OK;
    }
    table_init(&table, &cli->arena, 0);
    table_column(&table, by, TABLE_CUT);
    table_column(&table, "standing", 0);
    table_column(&table, "trend", 0);
    table_column(&table, "behind it", TABLE_WRAP);
    table_column(&table, "", TABLE_NOTE);
    for (size_t i = 0; i < reply->n_groups; i++) {
        const Pledge__V1__MonitorGroup *group = reply->groups[i];
        struct table_cell *row = table_row(&table);
        if (!row) {
            return CLI_FAILED;
        }
        row[0].text = *group->title ? view_clean(cli, group->title) : "(no theme)";
        row[1] = mark_standing(group->standing);
        row[2] = mark_trend(group->trend);
        row[3].text = group->score > 0
                          ? cli_printf(cli, "%d of 100: %s", group->score, counts_told(cli, group))
                          : counts_told(cli, group);
        row[4] = (struct table_cell){note_told(cli, group), STYLE_DIM};
        disagreeing += (size_t)group->disagreeing_count;
    }
    table_print(&table, cli->out, cli->width, cli->colour);
    if (disagreeing > 0) {
        view_paragraph(cli, cli->out, "≠ Of so many, young people say something else.", 0);
    }
    return CLI_OK;
}
