/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/commands.h"
#include "client/cli/mark.h"
#include "client/cli/monitor.h"
#include "client/cli/text.h"

#include "pledge/v1/monitor.pb-c.h"

/* "✗ not keeping" where young people have rated it, else nothing. */
static const char *young_told(struct cli *cli, int answer)
{
    return answer ? cli_printf(cli, ", young people: %s", mark_kept(answer).text) : "";
}

/* One line for each statement that this one came from: "7 Enough to eat (merged): ◐ amber". */
static const char *origin_told(struct cli *cli, const Pledge__V1__EarlierStatement *earlier)
{
    static const struct view_column change = {"", "change", 0};
    const char *reason = view_clean(cli, earlier->reason);
    return cli_printf(cli, "%s %s (%s): %s%s%s%s", view_clean(cli, earlier->statement_id),
                      view_clean(cli, earlier->title), view_text(cli, earlier, &change),
                      mark_standing(earlier->standing).text, young_told(cli, earlier->young_rating),
                      *reason ? " – " : "", reason);
}

static void statement_told(struct cli *cli, const Pledge__V1__ComparedStatement *statement)
{
    struct table_cell standing = mark_standing(statement->standing);
    struct table_cell trend = mark_trend(statement->trend);
    fprintf(cli->out, "%s%s  %s%s  %s%s%s", style_on(STYLE_BOLD, cli->colour),
            view_clean(cli, statement->statement_id), view_clean(cli, statement->title),
            style_off(STYLE_BOLD, cli->colour), style_on(standing.style, cli->colour),
            standing.text, style_off(standing.style, cli->colour));
    if (statement->trend) {
        fprintf(cli->out, "  %s%s%s", style_on(trend.style, cli->colour), trend.text,
                style_off(trend.style, cli->colour));
    }
    fprintf(cli->out, "%s\n", young_told(cli, statement->young_rating));
    if (statement->n_earlier == 0) {
        view_paragraph(cli, cli->out, "new", 4);
    }
    for (size_t i = 0; i < statement->n_earlier; i++) {
        view_paragraph(cli, cli->out, origin_told(cli, statement->earlier[i]), 4);
    }
}

int monitor_compare(struct cli *cli)
{
    Pledge__V1__CompareMonitorRequest request = PLEDGE__V1__COMPARE_MONITOR_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.round_id = cli_copy(cli, text_last_segment(cli_option_text(cli, "round")));
    request.against_round_id = cli_copy(cli, text_last_segment(cli_option_text(cli, "against")));
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    cli->hint = cli_printf(cli, "Rounds: pledge round list %s", cli_argument(cli, 0));
    const Pledge__V1__CompareMonitorResponse *reply =
        cli_call(cli, "MonitorService/CompareMonitor", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    view_paragraph(
        cli, cli->out,
        cli_printf(cli, "%s, version %d, against %s, version %d",
                   monitor_round_told(cli, reply->round_title, reply->as_at, reply->known_on),
                   reply->version, view_clean(cli, reply->against_round_title),
                   reply->against_version),
        0);
    fputc('\n', cli->out);
    for (size_t i = 0; i < reply->n_statements; i++) {
        statement_told(cli, reply->statements[i]);
    }
    if (reply->n_dropped > 0) {
        fprintf(cli->out, "\nWithout a successor:\n");
    }
    for (size_t i = 0; i < reply->n_dropped; i++) {
        view_paragraph(cli, cli->out, origin_told(cli, reply->dropped[i]), 4);
    }
    return CLI_OK;
}
