/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/commands.h"
#include "client/cli/text.h"

#include "pledge/v1/commitment.pb-c.h"
#include "pledge/v1/pledge.pb-c.h"

#include <stdlib.h>
#include <string.h>

static const struct view_column pledge_columns[] = {
    {"pledge", "name", VIEW_ID},
    {"title", "title", TABLE_CUT},
    {"made to", "audience", TABLE_CUT},
    {"in force", "current_version", TABLE_RIGHT},
    {0},
};

static const struct view_column version_columns[] = {
    {"version", "number", TABLE_RIGHT},
    {"title", "title", TABLE_CUT},
    {"state", "state", 0},
    {"adopted", "adopted_on", VIEW_DATE},
    {"by", "adopted_by", VIEW_ID | TABLE_CUT},
    {"statements", "statement_count", TABLE_RIGHT},
    {0},
};

static const struct view_column version_card[] = {
    {"version", "number", 0},
    {"title", "title", 0},
    {"state", "state", 0},
    {"adopted", "adopted_on", VIEW_DATE | VIEW_OPTIONAL},
    {"by", "adopted_by", VIEW_ID | VIEW_OPTIONAL},
    {"note", "note", VIEW_OPTIONAL},
    {"hash", "content_hash", VIEW_OPTIONAL},
    {0},
};

static const struct view_column change_columns[] = {
    {"from", "from_statement_id", 0},     {"to", "to_statement_id", 0},  {"change", "change", 0},
    {"words now", "to_text", TABLE_WRAP}, {"why", "reason", TABLE_WRAP}, {0},
};

static const struct view_column commitment_columns[] = {
    {"commitment", "name", VIEW_ID},
    {"owner", "owner", VIEW_ID | TABLE_CUT},
    {"what will be done", "summary", TABLE_CUT},
    {"due", "due_on", VIEW_DATE},
    {0},
};

static const struct view_column commitment_card[] = {
    {"commitment", "name", VIEW_ID},
    {"owner", "owner", VIEW_OWNER},
    {"what", "summary", 0},
    {"statements", "statements", VIEW_ID},
    {"theme", "theme", VIEW_OPTIONAL},
    {"expected outcome", "expected_outcome", VIEW_OPTIONAL},
    {"measure", "measure", VIEW_OPTIONAL},
    {"target", "target", VIEW_OPTIONAL},
    {"due", "due_on", VIEW_DATE | VIEW_OPTIONAL},
    {"cost", "cost_note", VIEW_OPTIONAL},
    {"plans", "plan_links", VIEW_OPTIONAL},
    {"withdrawn", "withdrawn", VIEW_OPTIONAL},
    {0},
};

static char *pledge_name(struct cli *cli)
{
    cli->hint = cli_printf(cli, "See: pledge pledge list %s", cli_argument(cli, 0));
    return cli_name(cli, cli_argument(cli, 0), "pledges", cli_argument(cli, 1));
}

/* The version's name from a number as text, or of the version in force. NULL with the error
 * printed. */
static char *version_name(struct cli *cli, const char *number)
{
    char *pledge = pledge_name(cli);
    if (number && *number) {
        cli->hint = cli_printf(cli, "See: pledge pledge versions %s %s", cli_argument(cli, 0),
                               cli_argument(cli, 1));
        return cli_printf(cli, "%s/versions/%s", pledge, number);
    }
    Pledge__V1__GetPledgeRequest request = PLEDGE__V1__GET_PLEDGE_REQUEST__INIT;
    request.name = pledge;
    const Pledge__V1__GetPledgeResponse *reply = cli_call(cli, "PledgeService/GetPledge", &request);
    if (!reply) {
        return NULL;
    }
    if (reply->pledge->current_version == 0) {
        cli_fail(cli, "no version of %s is in force yet; name one", cli_argument(cli, 1));
        fprintf(cli->err, "See: pledge pledge versions %s %s\n", cli_argument(cli, 0),
                cli_argument(cli, 1));
        return NULL;
    }
    return cli_printf(cli, "%s/versions/%d", pledge, reply->pledge->current_version);
}

int run_pledge_list(struct cli *cli)
{
    Pledge__V1__ListPledgesRequest request = PLEDGE__V1__LIST_PLEDGES_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    return view_list(cli, "PledgeService/ListPledges", &request, pledge_columns, "No pledge yet.");
}

int run_pledge_versions(struct cli *cli)
{
    Pledge__V1__ListVersionsRequest request = PLEDGE__V1__LIST_VERSIONS_REQUEST__INIT;
    request.parent = pledge_name(cli);
    return view_list(cli, "PledgeService/ListVersions", &request, version_columns,
                     "No version yet.");
}

static void print_statements(struct cli *cli, const Pledge__V1__Version *version)
{
    for (size_t o = 0; o < version->n_outcomes; o++) {
        const Pledge__V1__Outcome *outcome = version->outcomes[o];
        fprintf(cli->out, "\n%s%s%s\n", style_on(STYLE_BOLD, cli->colour),
                view_clean(cli, outcome->title), style_off(STYLE_BOLD, cli->colour));
        struct table table;
        table_init(&table, &cli->arena, 2);
        table_column(&table, "", TABLE_RIGHT);
        table_column(&table, "", TABLE_WRAP);
        for (size_t i = 0; i < version->n_statements; i++) {
            const Pledge__V1__Statement *statement = version->statements[i];
            if (strcmp(statement->outcome_id, outcome->outcome_id) != 0) {
                continue;
            }
            struct table_cell *row = table_row(&table);
            if (row) {
                row[0].text = view_clean(cli, statement->statement_id);
                row[1].text = view_clean(cli, statement->text);
            }
        }
        table_print(&table, cli->out, cli->width, cli->colour);
    }
}

int run_pledge_show(struct cli *cli)
{
    Pledge__V1__GetVersionRequest request = PLEDGE__V1__GET_VERSION_REQUEST__INIT;
    request.name = version_name(cli, cli_option(cli, "version"));
    const Pledge__V1__GetVersionResponse *reply =
        request.name ? cli_call(cli, "PledgeService/GetVersion", &request) : NULL;
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    view_card(cli, reply->version, version_card);
    print_statements(cli, reply->version);
    return CLI_OK;
}

/* What changed as one text: what went in [- -], what came in [+ +]. */
static char *marked_words(struct cli *cli, Pledge__V1__WordRun *const *runs, size_t count)
{
    char *text = cli_copy(cli, "");
    for (size_t i = 0; i < count; i++) {
        const Pledge__V1__WordRun *run = runs[i];
        const char *space = i > 0 ? " " : "";
        switch (run->change) {
        case PLEDGE__V1__WORD_CHANGE__WORD_CHANGE_REMOVED:
            text = cli_printf(cli, "%s%s[-%s-]", text, space, run->text);
            break;
        case PLEDGE__V1__WORD_CHANGE__WORD_CHANGE_ADDED:
            text = cli_printf(cli, "%s%s[+%s+]", text, space, run->text);
            break;
        default:
            text = cli_printf(cli, "%s%s%s", text, space, run->text);
        }
    }
    return text;
}

int run_pledge_compare(struct cli *cli)
{
    Pledge__V1__CompareVersionsRequest request = PLEDGE__V1__COMPARE_VERSIONS_REQUEST__INIT;
    const char *base = cli_argument(cli, 3);
    char *end = NULL;
    long number = *base ? strtol(base, &end, 10) : 0;
    if ((end && *end) || number < 0 || number > INT32_MAX) {
        return cli_usage(cli, "a version is a number, not \"%s\"", base);
    }
    request.base_version = (int32_t)number;
    request.name = version_name(cli, cli_argument(cli, 2));
    const Pledge__V1__CompareVersionsResponse *reply =
        request.name ? cli_call(cli, "PledgeService/CompareVersions", &request) : NULL;
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    struct cli_list list = {.items = (void **)reply->changes, .count = reply->n_changes};
    for (size_t i = 0; i < list.count; i++) {
        /* What was dropped has no words now; the old ones say what is missed. */
        if (!*reply->changes[i]->to_text) {
            reply->changes[i]->to_text = cli_printf(cli, "was: %s", reply->changes[i]->from_text);
        } else if (reply->changes[i]->n_words > 0) {
            reply->changes[i]->to_text =
                marked_words(cli, reply->changes[i]->words, reply->changes[i]->n_words);
        }
    }
    fprintf(cli->out, "Version %d to version %d of %s, %zu changes\n\n", reply->base_version,
            reply->version, text_last_segment(cli_argument(cli, 1)), list.count);
    view_table(cli, &list, change_columns);
    return CLI_OK;
}

static const struct view_column edit_columns[] = {
    {"", "number", TABLE_RIGHT},
    {"when (UTC)", "edit_time", VIEW_TIME},
    {"who", "edited_by", TABLE_WRAP},
    {"part", "part_id", 0},
    {"field", "field", 0},
    {"words", "text_after", TABLE_WRAP},
    {0},
};

int run_pledge_edits(struct cli *cli)
{
    Pledge__V1__ListVersionEditsRequest request = PLEDGE__V1__LIST_VERSION_EDITS_REQUEST__INIT;
    struct cli_list list;
    request.parent = version_name(cli, cli_argument(cli, 2));
    if (!request.parent || !cli_list(cli, "PledgeService/ListVersionEdits", &request, &list)) {
        return CLI_FAILED;
    }
    if (cli->json) {
        return cli_print_json_value(cli, list.json);
    }
    for (size_t i = 0; i < list.count; i++) {
        Pledge__V1__VersionEdit *edit = list.items[i];
        edit->text_after = marked_words(cli, edit->words, edit->n_words);
    }
    if (list.count == 0) {
        fprintf(cli->out, "Nothing was edited since it was begun.\n");
    } else {
        view_table(cli, &list, edit_columns);
    }
    return CLI_OK;
}

int run_pledge_content(struct cli *cli)
{
    Pledge__V1__GetVersionContentRequest request = PLEDGE__V1__GET_VERSION_CONTENT_REQUEST__INIT;
    request.name = version_name(cli, cli_argument(cli, 2));
    const Pledge__V1__GetVersionContentResponse *reply =
        request.name ? cli_call(cli, "PledgeService/GetVersionContent", &request) : NULL;
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    view_exact(cli, reply->content.data, reply->content.len);
    return CLI_OK;
}

static const struct view_column statement_columns[] = {
    {"id", "statement_id", 0},
    {"outcome", "outcome_id", 0},
    {"statement", "text", TABLE_WRAP},
    {0},
};

static const struct view_column statement_card[] = {
    {"statement", "statement_id", 0},
    {"outcome", "outcome_id", 0},
    {"title", "title", 0},
    {"text", "text", 0},
    {"easy read", "easy_read", VIEW_OPTIONAL},
    {"for", "audience", VIEW_OPTIONAL},
    {0},
};

int run_statement_list(struct cli *cli)
{
    Pledge__V1__ListStatementsRequest request = PLEDGE__V1__LIST_STATEMENTS_REQUEST__INIT;
    request.parent = cli_version_name(cli, cli_argument(cli, 0), cli_argument(cli, 1));
    return request.parent ? view_list(cli, "PledgeService/ListStatements", &request,
                                      statement_columns, "No statement yet.")
                          : CLI_USAGE;
}

int run_statement_show(struct cli *cli)
{
    Pledge__V1__GetStatementRequest request = PLEDGE__V1__GET_STATEMENT_REQUEST__INIT;
    char *version = cli_version_name(cli, cli_argument(cli, 0), cli_argument(cli, 1));
    if (!version) {
        return CLI_USAGE;
    }
    request.name = cli_printf(cli, "%s/statements/%s", version, cli_argument(cli, 2));
    cli->hint = cli_printf(cli, "See: pledge statement list %s %s", cli_argument(cli, 0),
                           cli_argument(cli, 1));
    const Pledge__V1__GetStatementResponse *reply =
        cli_call(cli, "PledgeService/GetStatement", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    view_card(cli, reply->statement, statement_card);
    return CLI_OK;
}

int run_pledge_adopt(struct cli *cli)
{
    Pledge__V1__GetVersionRequest get = PLEDGE__V1__GET_VERSION_REQUEST__INIT;
    Pledge__V1__AdoptVersionRequest request = PLEDGE__V1__ADOPT_VERSION_REQUEST__INIT;
    const char *on = cli_option(cli, "on");
    const char *by = cli_option(cli, "by");
    if (!on || !by) {
        return cli_usage(cli, "--%s is missing", !on ? "on" : "by");
    }
    get.name = version_name(cli, cli_argument(cli, 2));
    const Pledge__V1__GetVersionResponse *there =
        get.name ? cli_call(cli, "PledgeService/GetVersion", &get) : NULL;
    if (!there) {
        return CLI_FAILED;
    }
    request.name = there->version->name;
    request.etag = there->version->etag;
    request.adopted_on = cli_copy(cli, on);
    request.adopted_by = cli_name(cli, cli_argument(cli, 0), "bodies", by);
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__AdoptVersionResponse *reply =
        cli_call(cli, "PledgeService/AdoptVersion", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    if (request.validate_only) {
        fprintf(cli->out, "Version %d could be adopted (dry run).\n", there->version->number);
        return CLI_OK;
    }
    view_card(cli, reply->version, version_card);
    return CLI_OK;
}

int run_commitment_list(struct cli *cli)
{
    const char *owner = cli_option(cli, "owner");
    Pledge__V1__ListCommitmentsRequest all = PLEDGE__V1__LIST_COMMITMENTS_REQUEST__INIT;
    Pledge__V1__ListOwnerCommitmentsRequest one = PLEDGE__V1__LIST_OWNER_COMMITMENTS_REQUEST__INIT;
    all.parent = one.parent = cli_authority(cli, cli_argument(cli, 0));
    if (!owner) {
        return view_list(cli, "CommitmentService/ListCommitments", &all, commitment_columns,
                         "No commitments yet.");
    }
    one.owner = cli_owner(cli, cli_argument(cli, 0), owner);
    return one.owner ? view_list(cli, "CommitmentService/ListOwnerCommitments", &one,
                                 commitment_columns, "No commitments of this owner yet.")
                     : CLI_FAILED;
}

int run_commitment_show(struct cli *cli)
{
    Pledge__V1__GetCommitmentRequest request = PLEDGE__V1__GET_COMMITMENT_REQUEST__INIT;
    request.name = cli_name(cli, cli_argument(cli, 0), "commitments", cli_argument(cli, 1));
    cli->hint = cli_printf(cli, "See: pledge commitment list %s", cli_argument(cli, 0));
    const Pledge__V1__GetCommitmentResponse *reply =
        cli_call(cli, "CommitmentService/GetCommitment", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    view_card(cli, reply->commitment, commitment_card);
    return CLI_OK;
}
