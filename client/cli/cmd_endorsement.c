/* SPDX-License-Identifier: Apache-2.0 */
/* Versions on their way from body to body. */
#include "client/cli/commands.h"
#include "client/cli/text.h"

#include "pledge/v1/endorsement.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct view_column way_columns[] = {
    {"version", "version", VIEW_VERSION},
    {"state", "state", 0},
    {"waits for", "body_display_name", TABLE_CUT},
    {"since", "waiting_since", VIEW_DATE},
    {"days", "days_waited", TABLE_RIGHT},
    {"of", "days_allowed", TABLE_RIGHT},
    {"stalled", "stalled", 0},
    {"id", "name", VIEW_ID},
    {0},
};

static const struct view_column way_card[] = {
    {"version", "version", VIEW_VERSION},
    {"route", "route", VIEW_ID},
    {"its revision", "route_revision", 0},
    {"began", "started_on", VIEW_DATE},
    {"state", "state", 0},
    {"waits for", "body_display_name", VIEW_OPTIONAL},
    {"since", "waiting_since", VIEW_DATE | VIEW_OPTIONAL},
    {"days waited", "days_waited", 0},
    {"days allowed", "days_allowed", 0},
    {"stalled", "stalled", VIEW_OPTIONAL},
    {"ended", "ended_on", VIEW_DATE | VIEW_OPTIONAL},
    {"takes effect", "effective_on", VIEW_DATE | VIEW_OPTIONAL},
    {"draft", "last_draft", 0},
    {"hash", "content_hash", 0},
    {0},
};

static const struct view_column decision_columns[] = {
    {"", "number", TABLE_RIGHT},
    {"day", "decided_on", VIEW_DATE},
    {"body", "body_display_name", TABLE_WRAP},
    {"decision", "kind", 0},
    {"minute", "minute_ref", TABLE_WRAP},
    {"days", "days_waited", TABLE_RIGHT},
    {"stall", "stalled", 0},
    {"draft", "draft", TABLE_RIGHT},
    {"older", "earlier_text", 0},
    {0},
};

static const struct view_column plan_columns[] = {
    {"meeting", "held_on", VIEW_DATE},
    {"body", "body_display_name", TABLE_CUT},
    {"pledge", "pledge_title", TABLE_CUT},
    {"published", "published_on", VIEW_DATE},
    {"notice", "days_of_notice", TABLE_RIGHT},
    {"why urgent", "urgency_reason", TABLE_WRAP},
    {0},
};

static const struct view_column stall_columns[] = {
    {"pledge", "pledge_title", TABLE_CUT},
    {"waits for", "body_display_name", TABLE_CUT},
    {"since", "waiting_since", VIEW_DATE},
    {"days", "days_waited", TABLE_RIGHT},
    {"allowed", "days_allowed", TABLE_RIGHT},
    {"over", "days_over", TABLE_RIGHT},
    {0},
};

/* The value of an option as a field of a request: "" where it is not given. */
static char *given(struct cli *cli, const char *option)
{
    const char *value = cli_option(cli, option);
    return cli_copy(cli, value ? value : "");
}

/* False with the first option that is missing printed. */
static bool all_given(struct cli *cli, const char *const *needed, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!cli_option(cli, needed[i])) {
            cli_usage(cli, "--%s is missing", needed[i]);
            return false;
        }
    }
    return true;
}

/* The meeting of --body that was --on a day. */
static char *meeting_name(struct cli *cli)
{
    return cli_printf(cli, "%s/bodies/%s/meetings/%s", cli_authority(cli, cli_argument(cli, 0)),
                      given(cli, "body"), given(cli, "on"));
}

/* What has happened to a decision since it was taken. */
static void print_afterwards(struct cli *cli, const Pledge__V1__Decision *decision)
{
    char day[TEXT_DATE_SIZE];
    if (*decision->withdrawn_on) {
        view_paragraph(cli, cli->out,
                       cli_printf(cli, "Decision %d counts no more since %s: %s", decision->number,
                                  text_date(decision->withdrawn_on, day),
                                  view_clean(cli, decision->withdrawal_reason)),
                       0);
    }
    if (*decision->called_in_on) {
        view_paragraph(cli, cli->out,
                       cli_printf(cli, "Decision %d was called in on %s by %s, to %s: %s",
                                  decision->number, text_date(decision->called_in_on, day),
                                  view_clean(cli, decision->called_in_by),
                                  text_last_segment(decision->call_in_body),
                                  view_clean(cli, decision->call_in_reason)),
                       0);
    }
    if (*decision->call_in_decided_on) {
        bool stands =
            decision->call_in_outcome == PLEDGE__V1__CALL_IN_OUTCOME__CALL_IN_OUTCOME_STANDS;
        fprintf(cli->out, "On %s it %s.\n", text_date(decision->call_in_decided_on, day),
                stands ? "was let stand" : "was sent back");
    }
}

static int print_way(struct cli *cli, const Pledge__V1__Endorsement *way, bool dry_run)
{
    if (dry_run) {
        fprintf(cli->out, "It could be recorded (dry run). Then:\n\n");
    }
    view_card(cli, way, way_card);
    if (way->n_decisions > 0) {
        struct cli_list list = {.items = (void **)way->decisions, .count = way->n_decisions};
        fputc('\n', cli->out);
        view_table(cli, &list, decision_columns);
    }
    for (size_t i = 0; i < way->n_decisions; i++) {
        print_afterwards(cli, way->decisions[i]);
    }
    return CLI_OK;
}

/* The name of the version's latest endorsement, or of the one that --id names. NULL with the error
 * printed. */
static char *way_name(struct cli *cli)
{
    struct cli_list list;
    const Pledge__V1__Endorsement *found = NULL;
    char *version = cli_version_name(cli, cli_argument(cli, 0), cli_argument(cli, 1));
    Pledge__V1__ListEndorsementsRequest request = PLEDGE__V1__LIST_ENDORSEMENTS_REQUEST__INIT;
    if (!version) {
        return NULL;
    }
    if (cli_option(cli, "id")) {
        return cli_printf(cli, "%s/endorsements/%s", version, cli_option(cli, "id"));
    }
    bool json = cli->json;
    cli->json = false;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    bool ok = cli_list(cli, "EndorsementService/ListEndorsements", &request, &list);
    cli->json = json;
    for (size_t i = 0; ok && i < list.count; i++) {
        const Pledge__V1__Endorsement *way = list.items[i];
        if (strcmp(way->version, version) == 0 &&
            (!found || strcmp(way->started_on, found->started_on) > 0)) {
            found = way;
        }
    }
    if (ok && !found) {
        cli_fail(cli, "%s is on no route", cli_argument(cli, 1));
        fprintf(cli->err, "See: pledge endorsement list %s\n", cli_argument(cli, 0));
    }
    return found ? found->name : NULL;
}

int run_endorsement_list(struct cli *cli)
{
    Pledge__V1__ListEndorsementsRequest request = PLEDGE__V1__LIST_ENDORSEMENTS_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.as_at = given(cli, "as-at");
    return view_list(cli, "EndorsementService/ListEndorsements", &request, way_columns,
                     "No version is on a route.");
}

int run_endorsement_start(struct cli *cli)
{
    Pledge__V1__Endorsement way = PLEDGE__V1__ENDORSEMENT__INIT;
    Pledge__V1__StartEndorsementRequest request = PLEDGE__V1__START_ENDORSEMENT_REQUEST__INIT;
    const char *route = cli_option(cli, "route");
    const char *on = cli_option(cli, "on");
    if (!route || !on) {
        return cli_usage(cli, "--%s is missing", !route ? "route" : "on");
    }
    request.parent = cli_version_name(cli, cli_argument(cli, 0), cli_argument(cli, 1));
    if (!request.parent) {
        return CLI_USAGE;
    }
    way.route = cli_name(cli, cli_argument(cli, 0), "routes", route);
    way.started_on = cli_copy(cli, on);
    request.endorsement = &way;
    request.endorsement_id = given(cli, cli_option(cli, "id") ? "id" : "on");
    request.validate_only = cli_flag(cli, "dry-run");
    cli->hint = cli_printf(cli, "See: pledge route list %s", cli_argument(cli, 0));
    const Pledge__V1__StartEndorsementResponse *reply =
        cli_call(cli, "EndorsementService/StartEndorsement", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    return print_way(cli, reply->endorsement, request.validate_only);
}

int run_endorsement_show(struct cli *cli)
{
    Pledge__V1__GetEndorsementRequest request = PLEDGE__V1__GET_ENDORSEMENT_REQUEST__INIT;
    request.name = way_name(cli);
    if (!request.name) {
        return CLI_FAILED;
    }
    request.as_at = given(cli, "as-at");
    request.known_on = given(cli, "known-on");
    cli->hint = "Before the day it began there is nothing to show.";
    const Pledge__V1__GetEndorsementResponse *reply =
        cli_call(cli, "EndorsementService/GetEndorsement", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    return print_way(cli, reply->endorsement, false);
}

/* Votes as FOR/AGAINST/ABSTAINED. */
static bool read_votes(const char *text, Pledge__V1__Decision *decision)
{
    int len = 0;
    decision->vote_taken = true;
    return sscanf(text, "%4d/%4d/%4d%n", &decision->votes_for, &decision->votes_against,
                  &decision->votes_abstained, &len) == 3 &&
           text[len] == '\0';
}

/* Fills the decision from the options. CLI_OK, or the exit code with the mistake printed. */
static int read_decision(struct cli *cli, Pledge__V1__Decision *decision)
{
    static const char *const needed[] = {"body", "on", "minute", "recommendation"};
    const char *votes = cli_option(cli, "votes");
    int kind = 0;
    if (!all_given(cli, needed, sizeof(needed) / sizeof(needed[0]))) {
        return CLI_USAGE;
    }
    if (!cli_enum(&pledge__v1__decision_kind__descriptor, "DECISION_KIND_", cli_argument(cli, 2),
                  &kind)) {
        return cli_usage(cli,
                         "a decision is endorse, approve, amend, refer-back, refer-on, note or "
                         "reject, not \"%s\"",
                         cli_argument(cli, 2));
    }
    if (votes && !read_votes(votes, decision)) {
        return cli_usage(cli, "votes are written FOR/AGAINST/ABSTAINED, such as 40/2/1");
    }
    decision->kind = (Pledge__V1__DecisionKind)kind;
    decision->meeting = meeting_name(cli);
    decision->minute_ref = given(cli, "minute");
    decision->recommendation = given(cli, "recommendation");
    decision->call_in_waiver = given(cli, "waive-call-in");
    decision->key_decision = cli_flag(cli, "key");
    return CLI_OK;
}

int run_endorsement_decide(struct cli *cli)
{
    Pledge__V1__Decision decision = PLEDGE__V1__DECISION__INIT;
    Pledge__V1__RecordDecisionRequest request = PLEDGE__V1__RECORD_DECISION_REQUEST__INIT;
    int code = read_decision(cli, &decision);
    if (code != CLI_OK) {
        return code;
    }
    request.parent = way_name(cli);
    if (!request.parent) {
        return CLI_FAILED;
    }
    request.decision = &decision;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__RecordDecisionResponse *reply =
        cli_call(cli, "EndorsementService/RecordDecision", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    return print_way(cli, reply->endorsement, request.validate_only);
}

/* The number that is the third argument; 0 with the mistake printed. */
static int32_t read_number(struct cli *cli)
{
    char *end = NULL;
    long number = strtol(cli_argument(cli, 2), &end, 10);
    if (*end || number < 1 || number > INT32_MAX) {
        cli_usage(cli, "N is a number, not \"%s\"", cli_argument(cli, 2));
        return 0;
    }
    return (int32_t)number;
}

int run_endorsement_withdraw(struct cli *cli)
{
    Pledge__V1__WithdrawDecisionRequest request = PLEDGE__V1__WITHDRAW_DECISION_REQUEST__INIT;
    request.number = read_number(cli);
    if (request.number == 0) {
        return CLI_USAGE;
    }
    if (!cli_option(cli, "reason")) {
        return cli_usage(cli, "--reason is missing");
    }
    request.name = way_name(cli);
    if (!request.name) {
        return CLI_FAILED;
    }
    request.reason = given(cli, "reason");
    request.withdrawn_on = given(cli, "on");
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__WithdrawDecisionResponse *reply =
        cli_call(cli, "EndorsementService/WithdrawDecision", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    return print_way(cli, reply->endorsement, request.validate_only);
}

int run_endorsement_call_in(struct cli *cli)
{
    Pledge__V1__CallInDecisionRequest request = PLEDGE__V1__CALL_IN_DECISION_REQUEST__INIT;
    static const char *const needed[] = {"on", "by", "reason", "body"};
    request.number = read_number(cli);
    if (request.number == 0 || !all_given(cli, needed, sizeof(needed) / sizeof(needed[0]))) {
        return CLI_USAGE;
    }
    request.name = way_name(cli);
    if (!request.name) {
        return CLI_FAILED;
    }
    request.called_in_on = given(cli, "on");
    request.called_by = given(cli, "by");
    request.reason = given(cli, "reason");
    request.body = cli_name(cli, cli_argument(cli, 0), "bodies", cli_option(cli, "body"));
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__CallInDecisionResponse *reply =
        cli_call(cli, "EndorsementService/CallInDecision", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    return print_way(cli, reply->endorsement, request.validate_only);
}

int run_endorsement_settle(struct cli *cli)
{
    Pledge__V1__DecideCallInRequest request = PLEDGE__V1__DECIDE_CALL_IN_REQUEST__INIT;
    static const char *const needed[] = {"body", "on", "minute"};
    int outcome = 0;
    request.number = read_number(cli);
    if (request.number == 0 || !all_given(cli, needed, sizeof(needed) / sizeof(needed[0]))) {
        return CLI_USAGE;
    }
    if (!cli_enum(&pledge__v1__call_in_outcome__descriptor, "CALL_IN_OUTCOME_",
                  cli_argument(cli, 3), &outcome)) {
        return cli_usage(cli, "a call-in ends as stands or referred-back, not \"%s\"",
                         cli_argument(cli, 3));
    }
    request.name = way_name(cli);
    if (!request.name) {
        return CLI_FAILED;
    }
    request.outcome = (Pledge__V1__CallInOutcome)outcome;
    request.meeting = meeting_name(cli);
    request.minute_ref = given(cli, "minute");
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__DecideCallInResponse *reply =
        cli_call(cli, "EndorsementService/DecideCallIn", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    return print_way(cli, reply->endorsement, request.validate_only);
}

int run_endorsement_draft(struct cli *cli)
{
    Pledge__V1__GetDraftRequest request = PLEDGE__V1__GET_DRAFT_REQUEST__INIT;
    request.draft = read_number(cli);
    if (request.draft == 0) {
        return CLI_USAGE;
    }
    request.name = way_name(cli);
    if (!request.name) {
        return CLI_FAILED;
    }
    const Pledge__V1__GetDraftResponse *reply =
        cli_call(cli, "EndorsementService/GetDraft", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fwrite(reply->content.data, 1, reply->content.len, cli->out);
    return CLI_OK;
}

int run_endorsement_notice(struct cli *cli)
{
    Pledge__V1__Notice notice = PLEDGE__V1__NOTICE__INIT;
    Pledge__V1__GiveNoticeRequest request = PLEDGE__V1__GIVE_NOTICE_REQUEST__INIT;
    static const char *const needed[] = {"body", "on", "published"};
    if (!all_given(cli, needed, sizeof(needed) / sizeof(needed[0]))) {
        return CLI_USAGE;
    }
    request.parent = way_name(cli);
    if (!request.parent) {
        return CLI_FAILED;
    }
    notice.meeting = meeting_name(cli);
    notice.published_on = given(cli, "published");
    notice.urgency_reason = given(cli, "urgent");
    request.notice = &notice;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__GiveNoticeResponse *reply =
        cli_call(cli, "EndorsementService/GiveNotice", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    struct cli_list list = {.items = (void **)&reply->notice, .count = 1};
    view_table(cli, &list, plan_columns);
    return CLI_OK;
}

int run_endorsement_forward_plan(struct cli *cli)
{
    Pledge__V1__ListForwardPlanRequest request = PLEDGE__V1__LIST_FORWARD_PLAN_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.as_at = given(cli, "as-at");
    return view_list(cli, "EndorsementService/ListForwardPlan", &request, plan_columns,
                     "No key decision is announced.");
}

int run_endorsement_stalls(struct cli *cli)
{
    Pledge__V1__ListStallsRequest request = PLEDGE__V1__LIST_STALLS_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.as_at = given(cli, "as-at");
    return view_list(cli, "EndorsementService/ListStalls", &request, stall_columns,
                     "Nothing waits for longer than its route allows.");
}
