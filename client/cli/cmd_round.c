/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/commands.h"
#include "client/cli/text.h"
#include "common/msg/json.h"

#include "pledge/v1/round.pb-c.h"

#include <string.h>

static const struct view_column round_columns[] = {
    {"round", "name", VIEW_ID},
    {"title", "title", TABLE_CUT},
    {"state", "state", 0},
    {"observed to", "observed_to", VIEW_DATE},
    {"due", "due_on", VIEW_DATE},
    {"closes", "closes_on", VIEW_DATE},
    {0},
};

static const struct view_column round_card[] = {
    {"round", "name", VIEW_ID},
    {"title", "title", 0},
    {"state", "state", 0},
    {"reports on", "version", 0},
    {"observed from", "observed_from", VIEW_DATE},
    {"observed to", "observed_to", VIEW_DATE},
    {"opens", "opens_on", VIEW_DATE},
    {"due", "due_on", VIEW_DATE},
    {"closes", "closes_on", VIEW_DATE},
    {"closed", "close_time", VIEW_OPTIONAL},
    {0},
};

static const struct view_column expected_columns[] = {
    {"owner", "owner", VIEW_ID},
    {"name", "owner_display_name", TABLE_CUT},
    {"return", "state", 0},
    {"due", "due_on", VIEW_DATE},
    {"received", "received_on", VIEW_DATE},
    {"late by", "days_late", TABLE_RIGHT},
    {"items", "commitment_count", TABLE_RIGHT},
    {0},
};

int run_round_list(struct cli *cli)
{
    Pledge__V1__ListRoundsRequest request = PLEDGE__V1__LIST_ROUNDS_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    return view_list(cli, "RoundService/ListRounds", &request, round_columns, "No rounds yet.");
}

static const Pledge__V1__GetRoundResponse *get(struct cli *cli)
{
    Pledge__V1__GetRoundRequest request = PLEDGE__V1__GET_ROUND_REQUEST__INIT;
    request.name = cli_name(cli, cli_argument(cli, 0), "rounds", cli_argument(cli, 1));
    cli->hint = cli_printf(cli, "See: pledge round list %s", cli_argument(cli, 0));
    return cli_call(cli, "RoundService/GetRound", &request);
}

static bool needs_attention(const Pledge__V1__ExpectedReturn *expected)
{
    return expected->days_late > 0 ||
           expected->state == PLEDGE__V1__RETURN_STATE__RETURN_STATE_MISSING ||
           expected->state == PLEDGE__V1__RETURN_STATE__RETURN_STATE_QUERIED;
}

/* The round with those expected returns that were asked for. */
static int print_json(struct cli *cli, const Pledge__V1__GetRoundResponse *round,
                      struct cli_list *list)
{
    json_t *json = msg_json_write(&round->base, 0, NULL);
    json_t *expected = json_object_get(list->json, "expectedReturns");
    for (size_t i = list->count; cli_flag(cli, "late") && i > 0; i--) {
        if (!needs_attention(list->items[i - 1])) {
            json_array_remove(expected, i - 1);
        }
    }
    json_object_update(json, list->json);
    json_decref(list->json);
    return cli_print_json_value(cli, json);
}

/* How many stand where, those that there are. */
static void print_control(struct cli *cli, const char *round)
{
    Pledge__V1__ListExpectedReturnsRequest request =
        PLEDGE__V1__LIST_EXPECTED_RETURNS_REQUEST__INIT;
    request.parent = cli_copy(cli, round);
    request.page_size = 1;
    const Pledge__V1__ListExpectedReturnsResponse *reply =
        cli_call(cli, "RoundService/ListExpectedReturns", &request);
    const Pledge__V1__RoundControl *control = reply ? reply->control : NULL;
    if (!control) {
        return;
    }
    const struct {
        int count;
        const char *what;
    } rows[] = {
        {control->not_started_count, "not started"}, {control->draft_count, "in draft"},
        {control->missing_count, "missing"},         {control->submitted_count, "submitted"},
        {control->queried_count, "queried"},         {control->certified_count, "certified"},
        {control->accepted_count, "accepted"},       {control->published_count, "published"},
        {control->late_count, "came late"},          {control->extended_count, "with more time"}};
    char *line = cli_printf(cli, "%d expected:", control->expected_count);
    const char *between = " ";
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].count > 0) {
            line = cli_printf(cli, "%s%s%d %s", line, between, rows[i].count, rows[i].what);
            between = ", ";
        }
    }
    view_paragraph(cli, cli->out, line, 0);
    fputc('\n', cli->out);
}

static void print_expected(struct cli *cli, struct cli_list *list)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (!cli_flag(cli, "late") || needs_attention(list->items[i])) {
            list->items[kept++] = list->items[i];
        }
    }
    list->count = kept;
    if (kept == 0) {
        fprintf(cli->out, "%s\n",
                cli_flag(cli, "late") ? "Nobody is late, missing or queried."
                                      : "Nobody owes a return in this round.");
        return;
    }
    view_table(cli, list, expected_columns);
    for (size_t i = 0; i < kept; i++) {
        const Pledge__V1__ExpectedReturn *expected = list->items[i];
        if (*expected->query) {
            fprintf(cli->out, "\nQuestion to %s:\n", view_clean(cli, expected->owner_display_name));
            view_paragraph(cli, cli->out, view_clean(cli, expected->query), 2);
        }
    }
}

int run_round_show(struct cli *cli)
{
    struct cli_list list;
    const Pledge__V1__GetRoundResponse *round = get(cli);
    Pledge__V1__ListExpectedReturnsRequest request =
        PLEDGE__V1__LIST_EXPECTED_RETURNS_REQUEST__INIT;
    if (!round) {
        return CLI_FAILED;
    }
    request.parent = round->round->name;
    if (!cli_list(cli, "RoundService/ListExpectedReturns", &request, &list)) {
        return CLI_FAILED;
    }
    if (cli->json) {
        return print_json(cli, round, &list);
    }
    if (!cli_flag(cli, "late")) {
        view_card(cli, round->round, round_card);
        fputc('\n', cli->out);
        print_control(cli, round->round->name);
    }
    print_expected(cli, &list);
    return CLI_OK;
}

/* Fills the round from the options. CLI_OK, or the exit code with the mistake printed. */
static int read_options(struct cli *cli, Pledge__V1__Round *round)
{
    const struct {
        const char *option;
        char **field;
    } needed[] = {
        {"title", &round->title},
        {"version", &round->version},
        {"observed-from", &round->observed_from},
        {"observed-to", &round->observed_to},
        {"opens", &round->opens_on},
        {"due", &round->due_on},
        {"closes", &round->closes_on},
    };
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        const char *value = cli_option(cli, needed[i].option);
        if (!value) {
            return cli_usage(cli, "--%s is missing", needed[i].option);
        }
        *needed[i].field = cli_copy(cli, value);
    }
    round->version = cli_version_name(cli, cli_argument(cli, 0), round->version);
    return round->version ? CLI_OK : CLI_USAGE;
}

static int already_there(struct cli *cli, const struct pledge_reply *created,
                         const Pledge__V1__Round *wanted)
{
    const Pledge__V1__GetRoundResponse *reply = get(cli);
    const Pledge__V1__Round *there = reply ? reply->round : NULL;
    bool same = there && strcmp(there->title, wanted->title) == 0 &&
                strcmp(there->version, wanted->version) == 0 &&
                strcmp(there->observed_from, wanted->observed_from) == 0 &&
                strcmp(there->observed_to, wanted->observed_to) == 0 &&
                strcmp(there->opens_on, wanted->opens_on) == 0 &&
                strcmp(there->due_on, wanted->due_on) == 0 &&
                strcmp(there->closes_on, wanted->closes_on) == 0;
    if (!same) {
        cli_explain(cli, created);
        fprintf(cli->err, "It is there with other values: pledge round show %s %s\n",
                cli_argument(cli, 0), cli_argument(cli, 1));
        return CLI_FAILED;
    }
    if (cli->json) {
        return cli_print_json(cli, reply);
    }
    fprintf(cli->out, "Round %s is there already, with the same values.\n", cli_argument(cli, 1));
    return CLI_OK;
}

int run_round_create(struct cli *cli)
{
    Pledge__V1__Round round = PLEDGE__V1__ROUND__INIT;
    Pledge__V1__CreateRoundRequest request = PLEDGE__V1__CREATE_ROUND_REQUEST__INIT;
    int code = read_options(cli, &round);
    if (code != CLI_OK) {
        return code;
    }
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.round_id = cli_copy(cli, text_last_segment(cli_argument(cli, 1)));
    request.round = &round;
    request.validate_only = cli_flag(cli, "dry-run");
    const struct pledge_reply *reply = cli_try(cli, "RoundService/CreateRound", &request);
    if (!reply) {
        return CLI_FAILED;
    }
    if (reply->status.code == PLEDGE_ALREADY_EXISTS) {
        return already_there(cli, reply, &round);
    }
    if (!reply->message) {
        return cli_explain(cli, reply);
    }
    if (cli->json) {
        return cli_print_json(cli, reply->message);
    }
    char due[TEXT_DATE_SIZE];
    fprintf(cli->out, "Round %s %s; returns are due by %s.\n", request.round_id,
            request.validate_only ? "could be added (dry run)" : "is added",
            text_date(round.due_on, due));
    return CLI_OK;
}

int run_round_close(struct cli *cli)
{
    const Pledge__V1__GetRoundResponse *round = get(cli);
    Pledge__V1__CloseRoundRequest request = PLEDGE__V1__CLOSE_ROUND_REQUEST__INIT;
    if (!round) {
        return CLI_FAILED;
    }
    if (round->round->close_time && !cli->json) {
        fprintf(cli->out, "Round %s is closed already.\n", cli_argument(cli, 1));
        return CLI_OK;
    }
    request.name = round->round->name;
    request.etag = round->round->etag;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__CloseRoundResponse *reply =
        cli_call(cli, "RoundService/CloseRound", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "Round %s %s.\n", cli_argument(cli, 1),
            request.validate_only ? "could be closed (dry run)" : "is closed for good");
    return CLI_OK;
}

int run_round_extend(struct cli *cli)
{
    Pledge__V1__ExtendReturnRequest request = PLEDGE__V1__EXTEND_RETURN_REQUEST__INIT;
    const char *until = cli_option(cli, "until");
    const char *reason = cli_option(cli, "reason");
    if (!until || !reason) {
        return cli_usage(cli, "--%s is missing", until ? "reason" : "until");
    }
    request.name = cli_name(cli, cli_argument(cli, 0), "rounds", cli_argument(cli, 1));
    request.owner = cli_owner(cli, cli_argument(cli, 0), cli_argument(cli, 2));
    request.due_on = cli_copy(cli, until);
    request.reason = cli_copy(cli, reason);
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__ExtendReturnResponse *reply =
        request.owner ? cli_call(cli, "RoundService/ExtendReturn", &request) : NULL;
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    char date[TEXT_DATE_SIZE];
    fprintf(cli->out, "%s %s until %s.\n",
            view_clean(cli, reply->expected_return->owner_display_name),
            request.validate_only ? "could have" : "has", text_date(request.due_on, date));
    return CLI_OK;
}
