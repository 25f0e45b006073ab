/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/commands.h"
#include "client/cli/return_csv.h"
#include "client/cli/text.h"

#include "pledge/v1/commitment.pb-c.h"
#include "pledge/v1/return.pb-c.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

static const struct view_column return_columns[] = {
    {"owner", "owner", VIEW_ID},
    {"return", "state", 0},
    {"submission", "submission", TABLE_RIGHT},
    {"received", "received_on", VIEW_DATE},
    {"days late", "days_late", TABLE_RIGHT},
    {0},
};

static const struct view_column return_card[] = {
    {"owner", "owner", VIEW_OWNER},  {"return", "state", 0},
    {"submission", "submission", 0}, {"received", "received_on", VIEW_DATE},
    {"days late", "days_late", 0},   {"question", "query", VIEW_OPTIONAL},
    {"hash", "content_hash", 0},     {0},
};

static const struct view_column progress_card[] = {
    {"rating", "rating", 0},
    {"reason", "reason", VIEW_OPTIONAL},
    {"done", "narrative", VIEW_OPTIONAL},
    {"measure", "measure_value", VIEW_OPTIONAL},
    {"on", "actual_on", VIEW_DATE | VIEW_OPTIONAL},
    {"evidence", "evidence", VIEW_OPTIONAL},
    {"confirmed", "confirmation", VIEW_OPTIONAL},
    {0},
};

static const struct view_column move_columns[] = {
    {"when", "create_time", VIEW_TIME}, {"submission", "submission", TABLE_RIGHT},
    {"moved to", "state", 0},           {"by", "member", VIEW_ID},
    {"question", "query", TABLE_WRAP},  {0},
};

static const struct view_column attempt_columns[] = {
    {"try", "attempt", TABLE_RIGHT},
    {"when", "create_time", VIEW_TIME},
    {"by", "member", VIEW_ID},
    {"rows", "line_count", TABLE_RIGHT},
    {"answer", "status", 0},
    {"codes", "codes", TABLE_WRAP},
    {0},
};

static const struct view_column problem_columns[] = {
    {"line", "line", TABLE_RIGHT},
    {"commitment", "commitment_id", TABLE_CUT},
    {"found", "found", TABLE_WRAP},
    {"expected", "expected", TABLE_WRAP},
    {"code", "code", 0},
    {0},
};

static const struct view_column receipt_card[] = {
    {"return", "name", 0},
    {"submission", "submission", 0},
    {"recorded", "create_time", VIEW_TIME},
    {"lines", "line_count", 0},
    {"sha256", "content_hash", 0},
    {0},
};

static const struct view_column check_columns[] = {
    {"code", "code", 0},
    {"layer", "layer", 0},
    {"asks", "asks", 0},
    {"rule", "rule", TABLE_WRAP},
    {"what to do", "remedy", TABLE_WRAP},
    {0},
};

static char *round_name(struct cli *cli)
{
    return cli_name(cli, cli_argument(cli, 0), "rounds", cli_argument(cli, 1));
}

static char *return_name(struct cli *cli)
{
    return cli_printf(cli, "%s/returns/%s", round_name(cli),
                      text_last_segment(cli_argument(cli, 2)));
}

static const Pledge__V1__GetReturnResponse *get_reply(struct cli *cli)
{
    Pledge__V1__GetReturnRequest request = PLEDGE__V1__GET_RETURN_REQUEST__INIT;
    request.name = return_name(cli);
    cli->hint = cli_printf(cli, "Who has answered: pledge round show %s %s", cli_argument(cli, 0),
                           cli_argument(cli, 1));
    return cli_call(cli, "ReturnService/GetReturn", &request);
}

static const Pledge__V1__Return *get(struct cli *cli)
{
    const Pledge__V1__GetReturnResponse *reply = get_reply(cli);
    return reply ? reply->owner_return : NULL;
}

static void print_progress(struct cli *cli, Pledge__V1__Progress **progress, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fprintf(cli->out, "\n%s%s%s\n", style_on(STYLE_BOLD, cli->colour),
                view_clean(cli, progress[i]->commitment_id), style_off(STYLE_BOLD, cli->colour));
        view_card(cli, progress[i], progress_card);
    }
}

int run_return_list(struct cli *cli)
{
    Pledge__V1__ListReturnsRequest request = PLEDGE__V1__LIST_RETURNS_REQUEST__INIT;
    request.parent = round_name(cli);
    return view_list(cli, "ReturnService/ListReturns", &request, return_columns,
                     "No return has come yet.");
}

int run_return_show(struct cli *cli)
{
    const Pledge__V1__GetReturnResponse *reply = get_reply(cli);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    const Pledge__V1__Return *owner_return = reply->owner_return;
    view_card(cli, owner_return, return_card);
    print_progress(cli, owner_return->progress, owner_return->n_progress);
    fputc('\n', cli->out);
    view_table(
        cli,
        &(struct cli_list){.items = (void **)owner_return->moves, .count = owner_return->n_moves},
        move_columns);
    return CLI_OK;
}

int run_return_draft(struct cli *cli)
{
    Pledge__V1__GetReturnDraftRequest request = PLEDGE__V1__GET_RETURN_DRAFT_REQUEST__INIT;
    request.name = return_name(cli);
    cli->hint = "Keep one: pledge return save FILE";
    const Pledge__V1__GetReturnDraftResponse *reply =
        cli_call(cli, "ReturnService/GetReturnDraft", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "%s, saved %s\n",
            reply->draft->state == PLEDGE__V1__RETURN_STATE__RETURN_STATE_CHECKED
                ? "Every check passed"
                : "A draft",
            view_instant(cli, reply->draft->update_time));
    print_progress(cli, reply->draft->progress, reply->draft->n_progress);
    if (reply->n_problems > 0) {
        fputc('\n', cli->out);
        view_table(
            cli, &(struct cli_list){.items = (void **)reply->problems, .count = reply->n_problems},
            problem_columns);
    }
    return CLI_OK;
}

int run_return_receipt(struct cli *cli)
{
    Pledge__V1__GetReturnReceiptRequest request = PLEDGE__V1__GET_RETURN_RECEIPT_REQUEST__INIT;
    const char *submission = cli_option(cli, "submission");
    request.name = return_name(cli);
    request.submission = submission ? (int32_t)strtol(submission, NULL, 10) : 0;
    if (submission && request.submission < 1) {
        return cli_usage(cli, "--submission counts from 1");
    }
    const Pledge__V1__GetReturnReceiptResponse *reply =
        cli_call(cli, "ReturnService/GetReturnReceipt", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    if (cli_flag(cli, "content")) {
        view_exact(cli, reply->receipt->content, strlen(reply->receipt->content));
        return CLI_OK;
    }
    view_card(cli, reply->receipt, receipt_card);
    fprintf(cli->out,
            "\nThe same hash comes of what was recorded: pledge return receipt … --content | "
            "sha256sum\n");
    return CLI_OK;
}

int run_return_attempts(struct cli *cli)
{
    Pledge__V1__ListReturnAttemptsRequest request = PLEDGE__V1__LIST_RETURN_ATTEMPTS_REQUEST__INIT;
    request.parent = return_name(cli);
    return view_list(cli, "ReturnService/ListReturnAttempts", &request, attempt_columns,
                     "Nobody has tried to send it yet.");
}

static int moved(struct cli *cli, const void *reply, const char *what)
{
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "The return of %s in round %s %s %s.\n",
            text_last_segment(cli_argument(cli, 2)), text_last_segment(cli_argument(cli, 1)),
            cli_flag(cli, "dry-run") ? "could be" : "is", what);
    return CLI_OK;
}

int run_return_certify(struct cli *cli)
{
    const Pledge__V1__Return *there = get(cli);
    Pledge__V1__CertifyReturnRequest request = PLEDGE__V1__CERTIFY_RETURN_REQUEST__INIT;
    if (!there) {
        return CLI_FAILED;
    }
    request.name = there->name;
    request.etag = there->etag;
    request.validate_only = cli_flag(cli, "dry-run");
    return moved(cli, cli_call(cli, "ReturnService/CertifyReturn", &request), "certified");
}

int run_return_query(struct cli *cli)
{
    Pledge__V1__QueryReturnRequest request = PLEDGE__V1__QUERY_RETURN_REQUEST__INIT;
    const char *text = cli_option(cli, "text");
    if (!text) {
        return cli_usage(cli, "--text is missing");
    }
    const Pledge__V1__Return *there = get(cli);
    if (!there) {
        return CLI_FAILED;
    }
    request.name = there->name;
    request.etag = there->etag;
    request.query = cli_copy(cli, text);
    request.validate_only = cli_flag(cli, "dry-run");
    return moved(cli, cli_call(cli, "ReturnService/QueryReturn", &request), "queried");
}

int run_return_accept(struct cli *cli)
{
    const Pledge__V1__Return *there = get(cli);
    Pledge__V1__AcceptReturnRequest request = PLEDGE__V1__ACCEPT_RETURN_REQUEST__INIT;
    if (!there) {
        return CLI_FAILED;
    }
    request.name = there->name;
    request.etag = there->etag;
    request.validate_only = cli_flag(cli, "dry-run");
    return moved(cli, cli_call(cli, "ReturnService/AcceptReturn", &request), "accepted");
}

int run_return_publish(struct cli *cli)
{
    const Pledge__V1__Return *there = get(cli);
    Pledge__V1__PublishReturnRequest request = PLEDGE__V1__PUBLISH_RETURN_REQUEST__INIT;
    if (!there) {
        return CLI_FAILED;
    }
    request.name = there->name;
    request.etag = there->etag;
    request.validate_only = cli_flag(cli, "dry-run");
    return moved(cli, cli_call(cli, "ReturnService/PublishReturn", &request), "published");
}

int run_return_checks(struct cli *cli)
{
    Pledge__V1__ListReturnChecksRequest request = PLEDGE__V1__LIST_RETURN_CHECKS_REQUEST__INIT;
    return view_list(cli, "ReturnService/ListReturnChecks", &request, check_columns,
                     "There are no checks.");
}

/* True when the commitment serves a statement of the round's version. */
static bool in_version(const Pledge__V1__Commitment *commitment, const char *version)
{
    size_t len = strlen(version);
    for (size_t i = 0; i < commitment->n_statements; i++) {
        if (strncmp(commitment->statements[i], version, len) == 0 &&
            commitment->statements[i][len] == '/') {
            return !commitment->withdrawn;
        }
    }
    return false;
}

/* The lines before the header, which say whose return it is and of which period. */
static void write_directives(struct cli *cli, const Pledge__V1__Return *of)
{
    static const struct view_column owner_column = {"", "owner", VIEW_OWNER};
    fprintf(cli->out, "# authority: %s\n# round: %s\n# owner: %s\n# observed_to: %s\n",
            text_last_segment(cli_authority(cli, cli_argument(cli, 0))),
            text_last_segment(cli_argument(cli, 1)), view_text(cli, of, &owner_column),
            view_clean(cli, of->observed_to));
}

static void write_header(struct cli *cli)
{
    for (size_t c = 0; return_csv_columns[c]; c++) {
        fprintf(cli->out, "%s%s", c ? "," : "", return_csv_columns[c]);
    }
    fputc('\n', cli->out);
}

static void write_template(struct cli *cli, const struct cli_list *list,
                           const Pledge__V1__Return *of, const char *version)
{
    write_directives(cli, of);
    for (size_t i = 0; i < list->count; i++) {
        const Pledge__V1__Commitment *commitment = list->items[i];
        if (in_version(commitment, version)) {
            fprintf(cli->out, "# %s = %s\n", view_clean(cli, text_last_segment(commitment->name)),
                    view_clean(cli, commitment->summary));
        }
    }
    write_header(cli);
    for (size_t i = 0; i < list->count; i++) {
        const Pledge__V1__Commitment *commitment = list->items[i];
        const char *id = text_last_segment(commitment->name);
        if (in_version(commitment, version)) {
            csv_fwrite(cli->out, id, strlen(id));
            fputs(",,,,,,,\n", cli->out);
        }
    }
}

int run_return_template(struct cli *cli)
{
    Pledge__V1__GetRoundRequest get_round = PLEDGE__V1__GET_ROUND_REQUEST__INIT;
    Pledge__V1__ListOwnerCommitmentsRequest request =
        PLEDGE__V1__LIST_OWNER_COMMITMENTS_REQUEST__INIT;
    struct cli_list list;
    get_round.name = round_name(cli);
    cli->hint = cli_printf(cli, "Rounds: pledge round list %s", cli_argument(cli, 0));
    const Pledge__V1__GetRoundResponse *round = cli_call(cli, "RoundService/GetRound", &get_round);
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.owner = round ? cli_owner(cli, cli_argument(cli, 0), cli_argument(cli, 2)) : NULL;
    if (!request.owner ||
        !cli_list(cli, "CommitmentService/ListOwnerCommitments", &request, &list)) {
        return CLI_FAILED;
    }
    if (cli->json) {
        return cli_print_json_value(cli, list.json);
    }
    Pledge__V1__Return of = PLEDGE__V1__RETURN__INIT;
    of.owner = request.owner;
    of.observed_to = round->round->observed_to;
    write_template(cli, &list, &of, round->round->version);
    return CLI_OK;
}

int run_return_export(struct cli *cli)
{
    const Pledge__V1__GetReturnResponse *reply = get_reply(cli);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    const Pledge__V1__Return *owner_return = reply->owner_return;
    write_directives(cli, owner_return);
    write_header(cli);
    for (size_t i = 0; i < owner_return->n_progress; i++) {
        const Pledge__V1__Progress *line = owner_return->progress[i];
        static const char *const ratings[] = {"", "red", "amber", "green"};
        const char *const cells[] = {line->commitment_id, ratings[line->rating], line->narrative,
                                     line->reason,        line->measure_value,   line->actual_on,
                                     line->evidence,      line->confirmation};
        for (size_t c = 0; c < sizeof(cells) / sizeof(cells[0]); c++) {
            fputs(c ? "," : "", cli->out);
            csv_fwrite(cli->out, cells[c], strlen(cells[c]));
        }
        fputc('\n', cli->out);
    }
    return CLI_OK;
}
