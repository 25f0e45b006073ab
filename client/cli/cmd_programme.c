/* SPDX-License-Identifier: Apache-2.0 */
/* Programmes of the government: loaded from a file, decided on, taken up. */
#include "client/cli/commands.h"
#include "client/cli/programme_file.h"
#include "client/cli/text.h"
#include "client/cli/work.h"

#include "pledge/v1/national_programme.pb-c.h"

#include <string.h>

#define SERVICE "NationalProgrammeService/"

static const struct view_column programme_row[] = {
    {"programme", "name", VIEW_ID},
    {"published", "published_on", VIEW_DATE},
    {"title", "title", TABLE_WRAP},
    {"proposals", "counts.proposals", TABLE_RIGHT},
    {"taken up", "counts.taken_up", TABLE_RIGHT},
    {"done", "counts.done", TABLE_RIGHT},
    {"late", "counts.late", TABLE_RIGHT},
    {0},
};

static const struct view_column area_row[] = {
    {"area", "area", TABLE_RIGHT | VIEW_OPTIONAL},
    {"", "title", TABLE_CUT},
    {"proposals", "counts.proposals", TABLE_RIGHT},
    {"taken up", "counts.taken_up", TABLE_RIGHT},
    {"not", "counts.not_taken_up", TABLE_RIGHT},
    {"under way", "counts.under_way", TABLE_RIGHT},
    {"done", "counts.done", TABLE_RIGHT},
    {"late", "counts.late", TABLE_RIGHT},
    {0},
};

static const struct view_column proposal_row[] = {
    {"number", "number", TABLE_RIGHT},
    {"area", "area", TABLE_RIGHT},
    {"priority", "decision.priority", 0},
    {"who", "owner_display_name", TABLE_CUT},
    {"state", "state", 0},
    {"item", "work_item", VIEW_ID},
    {"days over", "days_over", TABLE_RIGHT | VIEW_OPTIONAL},
    {"", "text", TABLE_NOTE},
    {"", "decision.reason", TABLE_NOTE},
    {0},
};

static char *programme_name(struct cli *cli)
{
    cli->hint = cli_printf(cli, "See: pledge programme list %s", cli_argument(cli, 0));
    return cli_name(cli, cli_argument(cli, 0), "programmes", cli_argument(cli, 1));
}

static char *proposal_name(struct cli *cli)
{
    char *name = cli_printf(cli, "%s/proposals/%s", programme_name(cli), cli_argument(cli, 2));
    cli->hint = cli_printf(cli, "See: pledge programme proposals %s %s", cli_argument(cli, 0),
                           cli_argument(cli, 1));
    return name;
}

int run_programme_list(struct cli *cli)
{
    Pledge__V1__ListProgrammesRequest request = PLEDGE__V1__LIST_PROGRAMMES_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    return view_list(cli, SERVICE "ListProgrammes", &request, programme_row, "No programmes.");
}

/* Prints a programme with its areas, and all of them in the last row. */
static void print_programme(struct cli *cli, const Pledge__V1__Programme *programme,
                            Pledge__V1__ProgrammeArea *const *areas, size_t count)
{
    char day[TEXT_DATE_SIZE];
    Pledge__V1__ProgrammeArea all = PLEDGE__V1__PROGRAMME_AREA__INIT;
    struct cli_list list = {.items = arena_calloc(&cli->arena, count + 1, sizeof(*list.items)),
                            .count = count + 1};
    fprintf(cli->out, "%s%s%s\n", style_on(STYLE_BOLD, cli->colour),
            view_clean(cli, programme->title), style_off(STYLE_BOLD, cli->colour));
    fprintf(cli->out, "%s, %s\n\n", view_clean(cli, programme->publisher),
            text_date(programme->published_on, day));
    if (!list.items) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        list.items[i] = areas[i];
    }
    all.title = "all areas";
    all.counts = programme->counts;
    list.items[count] = &all;
    view_table(cli, &list, area_row);
}

int run_programme_show(struct cli *cli)
{
    Pledge__V1__GetProgrammeRequest request = PLEDGE__V1__GET_PROGRAMME_REQUEST__INIT;
    request.name = programme_name(cli);
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    const Pledge__V1__GetProgrammeResponse *reply = cli_call(cli, SERVICE "GetProgramme", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    print_programme(cli, reply->programme, reply->areas, reply->n_areas);
    const Pledge__V1__ProposalCounts *counts = reply->programme->counts;
    if (counts && counts->set_aside > 0) {
        fprintf(cli->out, "\nOf those not taken up, %d %s set aside.\n", counts->set_aside,
                counts->set_aside == 1 ? "is" : "are");
    }
    fprintf(cli->out, "\nLook further: pledge programme proposals %s %s --area N\n",
            cli_argument(cli, 0), cli_argument(cli, 1));
    return CLI_OK;
}

int run_programme_proposals(struct cli *cli)
{
    Pledge__V1__ListProposalsRequest request = PLEDGE__V1__LIST_PROPOSALS_REQUEST__INIT;
    int state = 0;
    if (!work_enum_option(cli, "state", &pledge__v1__proposal_state__descriptor, "PROPOSAL_STATE_",
                          &state)) {
        return CLI_USAGE;
    }
    const char *area = cli_option(cli, "area");
    int end = 0;
    if (area &&
        (sscanf(area, "%4d%n", &request.area, &end) != 1 || area[end] || request.area < 1)) {
        return cli_usage(cli, "--area is the number of an area");
    }
    request.parent = programme_name(cli);
    request.state = (Pledge__V1__ProposalState)state;
    request.overdue_only = cli_flag(cli, "overdue");
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    return view_list(cli, SERVICE "ListProposals", &request, proposal_row, "No proposals.");
}

int run_programme_decide(struct cli *cli)
{
    Pledge__V1__DecideProposalRequest request = PLEDGE__V1__DECIDE_PROPOSAL_REQUEST__INIT;
    Pledge__V1__ProposalDecision decision = PLEDGE__V1__PROPOSAL_DECISION__INIT;
    int priority = 0;
    if (!work_enum_option(cli, "priority", &pledge__v1__work_priority__descriptor, "WORK_PRIORITY_",
                          &priority) ||
        !work_cost_option(cli, &decision.cost_pence)) {
        return CLI_USAGE;
    }
    if (!work_owner_option(cli, &decision.owner)) {
        return CLI_FAILED;
    }
    decision.priority = (Pledge__V1__WorkPriority)priority;
    decision.target = cli_option_text(cli, "target");
    decision.resource_note = cli_option_text(cli, "resources");
    decision.set_aside = cli_flag(cli, "set-aside");
    decision.reason = cli_option_text(cli, "reason");
    decision.decided_on = cli_option_text(cli, "on");
    request.name = proposal_name(cli);
    request.decision = &decision;
    request.validate_only = cli_flag(cli, "dry-run");
    return cli_written(cli, cli_call(cli, SERVICE "DecideProposal", &request), "The decision",
                       request.validate_only);
}

int run_programme_take_up(struct cli *cli)
{
    Pledge__V1__WorkItem item = PLEDGE__V1__WORK_ITEM__INIT;
    if (!work_owner_option(cli, &item.owner)) {
        return CLI_FAILED;
    }
    item.source = PLEDGE__V1__WORK_SOURCE__WORK_SOURCE_NATIONAL;
    item.proposal = proposal_name(cli);
    item.title = cli_option_text(cli, "title");
    item.due_on = cli_option_text(cli, "due");
    return work_create(cli, cli_argument(cli, 3), &item);
}

/* ---- files ---- */

static int print_problems(struct cli *cli, struct programme_file *file, const char *path)
{
    struct table table;
    programme_file_sort(file);
    if (cli->json) {
        json_t *list = json_array();
        for (size_t i = 0; i < file->problem_count; i++) {
            const struct programme_problem *problem = &file->problems[i];
            json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:s}", "line",
                                                  (json_int_t)problem->line, "column",
                                                  view_clean(cli, problem->column), "problem",
                                                  view_clean(cli, problem->text), "remedy",
                                                  view_clean(cli, problem->remedy)));
        }
        cli_print_json_value(cli, json_pack("{s:o}", "problems", list));
        return CLI_FAILED;
    }
    view_paragraph(cli, cli->out,
                   cli_printf(cli, "%s: %zu proposal%s read, nothing loaded", view_clean(cli, path),
                              file->count, file->count == 1 ? "" : "s"),
                   0);
    table_init(&table, &cli->arena, 2);
    table_column(&table, "", 0);
    table_column(&table, "", 0);
    table_column(&table, "", TABLE_WRAP);
    table_column(&table, "", TABLE_WRAP);
    for (size_t i = 0; i < file->problem_count; i++) {
        const struct programme_problem *problem = &file->problems[i];
        struct table_cell *row = table_row(&table);
        if (row) {
            row[0].text = problem->line ? cli_printf(cli, "line %zu", problem->line) : "whole";
            row[1] = (struct table_cell){view_clean(cli, problem->column), STYLE_BOLD};
            row[2].text = view_clean(cli, problem->text);
            row[3].text = view_clean(cli, problem->remedy);
        }
    }
    table_print(&table, cli->out, cli->width, cli->colour);
    fprintf(cli->out, "%zu problem%s. Mend %s and run the same command again.\n",
            file->problem_count, file->problem_count == 1 ? "" : "s",
            file->problem_count == 1 ? "it" : "them");
    return CLI_FAILED;
}

int run_programme_import(struct cli *cli)
{
    Pledge__V1__ImportProgrammeRequest request = PLEDGE__V1__IMPORT_PROGRAMME_REQUEST__INIT;
    Pledge__V1__Programme programme = PLEDGE__V1__PROGRAMME__INIT;
    struct programme_file file;
    const char *path = cli_argument(cli, 1);
    size_t len = 0;
    char *text = cli_read_file(cli, path, &len);
    if (!text) {
        return CLI_FAILED;
    }
    if (!programme_file_read(&file, &cli->arena, text, len)) {
        return cli_fail(cli, "out of memory");
    }
    if (file.count == 0 && file.problem_count > 0) {
        return print_problems(cli, &file, path);
    }
    programme.title = cli_copy(cli, file.title);
    programme.publisher = cli_copy(cli, file.publisher);
    programme.published_on = cli_copy(cli, file.published_on);
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.programme_id = cli_copy(cli, file.id);
    request.programme = &programme;
    request.proposals = file.lines;
    request.n_proposals = file.count;
    /* What is wrong here already is told together with what the service finds. */
    request.validate_only = cli_flag(cli, "dry-run") || file.problem_count > 0;
    /* The same file again is the same request. */
    char *id = cli_request_id(cli, request.parent, text, len);
    request.request_id = id && !request.validate_only ? id : cli_copy(cli, "");
    const struct pledge_reply *reply = cli_try(cli, SERVICE "ImportProgramme", &request);
    if (!reply) {
        return CLI_FAILED;
    }
    if (!reply->message && reply->status.code != PLEDGE_INVALID_ARGUMENT &&
        file.problem_count == 0) {
        return cli_explain(cli, reply);
    }
    for (size_t i = 0; !reply->message && i < reply->violation_count; i++) {
        programme_file_violation(&file, reply->violations[i].field,
                                 reply->violations[i].description);
    }
    if (file.problem_count > 0) {
        return print_problems(cli, &file, path);
    }
    if (!reply->message || cli->json) {
        return reply->message ? cli_print_json(cli, reply->message) : cli_explain(cli, reply);
    }
    const Pledge__V1__ImportProgrammeResponse *made = (const void *)reply->message;
    fprintf(cli->out, "%zu proposals %s.\n\n", file.count,
            request.validate_only ? "could be loaded (dry run)" : "are loaded");
    print_programme(cli, made->programme, made->areas, made->n_areas);
    return CLI_OK;
}

int run_programme_export(struct cli *cli)
{
    Pledge__V1__GetProgrammeRequest request = PLEDGE__V1__GET_PROGRAMME_REQUEST__INIT;
    Pledge__V1__ListProposalsRequest proposals = PLEDGE__V1__LIST_PROPOSALS_REQUEST__INIT;
    struct cli_list list;
    request.name = proposals.parent = programme_name(cli);
    const Pledge__V1__GetProgrammeResponse *reply = cli_call(cli, SERVICE "GetProgramme", &request);
    if (!reply || !cli_list(cli, SERVICE "ListProposals", &proposals, &list)) {
        return CLI_FAILED;
    }
    if (cli->json) {
        return cli_print_json_value(cli, list.json);
    }
    const Pledge__V1__Programme *programme = reply->programme;
    programme_file_write_head(cli->out, text_last_segment(programme->name),
                              view_clean(cli, programme->title),
                              view_clean(cli, programme->publisher), programme->published_on);
    for (size_t i = 0; i < list.count; i++) {
        const Pledge__V1__Proposal *proposal = list.items[i];
        const Pledge__V1__ProposalDecision *decision = proposal->decision;
        Pledge__V1__ProposalLine line = PLEDGE__V1__PROPOSAL_LINE__INIT;
        line.number = proposal->number;
        line.area = proposal->area_title;
        line.text = proposal->text;
        if (decision) {
            line.priority = decision->priority;
            line.owner_id = *decision->owner ? cli_copy(cli, text_last_segment(decision->owner))
                                             : line.owner_id;
            line.target = decision->target;
            line.resource_note = decision->resource_note;
            line.cost_pence = decision->cost_pence;
            line.decided_on = decision->decided_on;
        }
        programme_file_write(cli->out, &line);
    }
    return CLI_OK;
}

int run_programme_template(struct cli *cli)
{
    Pledge__V1__ProposalLine line = PLEDGE__V1__PROPOSAL_LINE__INIT;
    programme_file_write_head(cli->out, "white-paper-2007", "A white paper", "The department",
                              "2007-06-21");
    line.number = 1;
    line.area = "Education";
    line.text = "What is proposed";
    line.priority = PLEDGE__V1__WORK_PRIORITY__WORK_PRIORITY_HIGH;
    line.owner_id = "learning";
    line.target = "What is aimed at";
    line.cost_pence = 125000;
    line.resource_note = "What it needs";
    line.decided_on = "2007-10-25";
    programme_file_write(cli->out, &line);
    return CLI_OK;
}
