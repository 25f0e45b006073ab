/* SPDX-License-Identifier: Apache-2.0 */
/* Strategies and services that carry statements, and their reviews. */
#include "client/cli/cicc.h"
#include "client/cli/commands.h"
#include "client/cli/consultation.h"
#include "client/cli/text.h"

#include "pledge/v1/strategy.pb-c.h"

#define SERVICE "StrategyService/"

static const struct view_column strategy_row[] = {
    {"id", "name", VIEW_ID},
    {"kind", "kind", 0},
    {"owner", "owner_display_name", TABLE_CUT},
    {"review due", "review_due_on", VIEW_DATE},
    {"days over", "days_over", TABLE_RIGHT},
    {"", "title", TABLE_NOTE},
    {0},
};

static const struct view_column strategy_card[] = {
    {"kind", "kind", 0},
    {"title", "title", 0},
    {"what it does", "summary", VIEW_OPTIONAL},
    {"owner", "owner_display_name", 0},
    {"from", "runs_from", VIEW_DATE},
    {"to", "runs_to", VIEW_DATE | VIEW_OPTIONAL},
    {"reviewed on", "reviewed_on", VIEW_DATE | VIEW_OPTIONAL},
    {"outcome", "outcome", VIEW_OPTIONAL},
    {"review due on", "review_due_on", VIEW_DATE},
    {"review is", "review_state", 0},
    {"days over", "days_over", 0},
    {"carries", "carried_statements", VIEW_ID},
    {0},
};

static const struct view_column review_row[] = {
    {"reviewed", "reviewed_on", VIEW_DATE},
    {"outcome", "outcome", 0},
    {"next due", "next_due_on", VIEW_DATE},
    {"", "note", TABLE_NOTE},
    {0},
};

static char *strategy_name(struct cli *cli)
{
    cli->hint = cli_printf(cli, "See: pledge strategy list %s", cli_argument(cli, 0));
    return cli_name(cli, cli_argument(cli, 0), "strategies", cli_argument(cli, 1));
}

static int print_strategy(struct cli *cli, const void *reply, const Pledge__V1__Strategy *strategy,
                          bool dry_run)
{
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fputs(dry_run ? "It could be recorded (dry run). Then:\n\n" : "", cli->out);
    view_card(cli, strategy, strategy_card);
    return CLI_OK;
}

/* Fills in what the options say. Returns CLI_OK, or the exit code with the mistake printed. */
static int read_strategy(struct cli *cli, Pledge__V1__Strategy *strategy,
                         char *statements[CLI_MAX_GIVEN])
{
    const char **given = cicc_given(cli, "promise", &strategy->n_statements);
    for (size_t i = 0; given && i < strategy->n_statements; i++) {
        statements[i] = cli_statement_name(cli, cli_argument(cli, 0), given[i]);
        if (!statements[i]) {
            return CLI_USAGE;
        }
    }
    strategy->statements = statements;
    strategy->title = cli_option_text(cli, "title");
    strategy->summary = cli_option_text(cli, "summary");
    strategy->runs_to = cli_option_text(cli, "to");
    strategy->review_due_on = cli_option_text(cli, "review-due");
    return CLI_OK;
}

int run_strategy_add(struct cli *cli)
{
    Pledge__V1__CreateStrategyRequest request = PLEDGE__V1__CREATE_STRATEGY_REQUEST__INIT;
    Pledge__V1__Strategy strategy = PLEDGE__V1__STRATEGY__INIT;
    char *statements[CLI_MAX_GIVEN];
    int kind = 0;
    if (!cli_option(cli, "kind") || !cli_enum(&pledge__v1__strategy_kind__descriptor,
                                              "STRATEGY_KIND_", cli_option(cli, "kind"), &kind)) {
        return cli_usage(cli, "--kind is strategy or service");
    }
    if (!cli_option(cli, "owner")) {
        return cli_usage(cli, "--owner is missing");
    }
    int read = read_strategy(cli, &strategy, statements);
    if (read != CLI_OK) {
        return read;
    }
    strategy.owner = cli_owner(cli, cli_argument(cli, 0), cli_option(cli, "owner"));
    if (!strategy.owner) {
        return CLI_FAILED;
    }
    strategy.kind = (Pledge__V1__StrategyKind)kind;
    strategy.runs_from = cli_option_text(cli, "from");
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.strategy_id = cli_copy(cli, cli_argument(cli, 1));
    request.strategy = &strategy;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__CreateStrategyResponse *reply =
        cli_call(cli, SERVICE "CreateStrategy", &request);
    return print_strategy(cli, reply, reply ? reply->strategy : NULL, request.validate_only);
}

int run_strategy_change(struct cli *cli)
{
    static const struct cli_change changes[] = {
        {"title", "title"},        {"summary", "summary"},
        {"to", "runs_to"},         {"review-due", "review_due_on"},
        {"promise", "statements"}, {0}};
    Pledge__V1__UpdateStrategyRequest request = PLEDGE__V1__UPDATE_STRATEGY_REQUEST__INIT;
    Pledge__V1__Strategy strategy = PLEDGE__V1__STRATEGY__INIT;
    Google__Protobuf__FieldMask mask = GOOGLE__PROTOBUF__FIELD_MASK__INIT;
    char *statements[CLI_MAX_GIVEN];
    char *paths[sizeof(changes) / sizeof(changes[0])];
    mask.n_paths = cli_changes(cli, changes, paths);
    if (mask.n_paths == 0) {
        return CLI_USAGE;
    }
    int read = read_strategy(cli, &strategy, statements);
    if (read != CLI_OK) {
        return read;
    }
    mask.paths = paths;
    strategy.name = strategy_name(cli);
    request.strategy = &strategy;
    request.update_mask = &mask;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__UpdateStrategyResponse *reply =
        cli_call(cli, SERVICE "UpdateStrategy", &request);
    return print_strategy(cli, reply, reply ? reply->strategy : NULL, request.validate_only);
}

int run_strategy_review(struct cli *cli)
{
    Pledge__V1__RecordStrategyReviewRequest request =
        PLEDGE__V1__RECORD_STRATEGY_REVIEW_REQUEST__INIT;
    Pledge__V1__StrategyReview review = PLEDGE__V1__STRATEGY_REVIEW__INIT;
    int outcome = 0;
    if (!cli_option(cli, "outcome") ||
        !cli_enum(&pledge__v1__review_outcome__descriptor, "REVIEW_OUTCOME_",
                  cli_option(cli, "outcome"), &outcome)) {
        return cli_usage(cli, "--outcome is continued, changed, replaced or ended");
    }
    review.outcome = (Pledge__V1__ReviewOutcome)outcome;
    review.note = cli_option_text(cli, "note");
    review.reviewed_on = cli_option_text(cli, "on");
    review.next_due_on = cli_option_text(cli, "next");
    request.parent = strategy_name(cli);
    request.review = &review;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__RecordStrategyReviewResponse *reply =
        cli_call(cli, SERVICE "RecordStrategyReview", &request);
    return print_strategy(cli, reply, reply ? reply->strategy : NULL, request.validate_only);
}

int run_strategy_show(struct cli *cli)
{
    Pledge__V1__GetStrategyRequest request = PLEDGE__V1__GET_STRATEGY_REQUEST__INIT;
    request.name = strategy_name(cli);
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    const Pledge__V1__GetStrategyResponse *reply = cli_call(cli, SERVICE "GetStrategy", &request);
    int told = print_strategy(cli, reply, reply ? reply->strategy : NULL, false);
    if (told == CLI_OK && !cli->json && reply->n_reviews > 0) {
        struct cli_list list = {.items = (void **)reply->reviews, .count = reply->n_reviews};
        fputs("\n", cli->out);
        view_table(cli, &list, review_row);
    }
    return told;
}

int run_strategy_list(struct cli *cli)
{
    Pledge__V1__ListStrategiesRequest request = PLEDGE__V1__LIST_STRATEGIES_REQUEST__INIT;
    int review = 0;
    if (cli_option(cli, "review") &&
        !cli_enum(&pledge__v1__review_state__descriptor, "REVIEW_STATE_", cli_option(cli, "review"),
                  &review)) {
        return cli_usage(cli, "--review is due, overdue or none, not \"%s\"",
                         cli_option(cli, "review"));
    }
    if (cli_option(cli, "promise")) {
        request.statement =
            cli_statement_name(cli, cli_argument(cli, 0), cli_option(cli, "promise"));
        if (!request.statement) {
            return CLI_USAGE;
        }
    }
    if (cli_option(cli, "within")) {
        review = PLEDGE__V1__REVIEW_STATE__REVIEW_STATE_DUE;
        request.within_days = consultation_number(cli_option(cli, "within"));
        if (request.within_days <= 0) {
            return cli_usage(cli, "--within takes a number of days");
        }
    }
    request.review = (Pledge__V1__ReviewState)review;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    return view_list(cli, SERVICE "ListStrategies", &request, strategy_row,
                     "No such strategy or service.");
}
