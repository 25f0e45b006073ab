/* SPDX-License-Identifier: Apache-2.0 */
/* What young people say with their ratings, and the issues they raise. */
#include "client/cli/cicc.h"
#include "client/cli/commands.h"
#include "client/cli/consultation.h"
#include "client/cli/text.h"

#include "pledge/v1/children_in_care_council.pb-c.h"

#include <string.h>

#define SERVICE "ChildrenInCareCouncilService/"

static const struct view_column words_row[] = {
    {"words", "name", VIEW_ID},
    {"promise", "statement_id", 0},
    {"said", "rated_on", VIEW_DATE},
    {"", "text", TABLE_NOTE},
    {0},
};

static const struct view_column issue_row[] = {
    {"issue", "name", VIEW_ID},
    {"raised", "raised_on", VIEW_DATE},
    {"to", "department_display_name", TABLE_CUT},
    {"state", "state", 0},
    {"due", "due_on", VIEW_DATE},
    {"days over", "days_over", TABLE_RIGHT},
    {"", "text", TABLE_NOTE | VIEW_SAID},
    {0},
};

static const struct view_column issue_card[] = {
    {"issue", "name", VIEW_ID},
    {"raised", "raised_on", VIEW_DATE},
    {"to", "department_display_name", 0},
    {"lead member", "lead_member", VIEW_ID | VIEW_OPTIONAL},
    {"state", "state", 0},
    {"answer due", "due_on", VIEW_DATE},
    {"days over", "days_over", 0},
    {"answers", "answer_count", 0},
    {"not satisfied", "not_satisfied_count", 0},
    {"words", "words", VIEW_ID},
    {0},
};

static const struct view_column event_row[] = {
    {"day", "happened_on", VIEW_DATE},
    {"what", "kind", 0},
    {"new due day", "due_on", VIEW_DATE},
    {"", "text", TABLE_NOTE},
    {0},
};

int run_cicc_words(struct cli *cli)
{
    Pledge__V1__ListWordsRequest shown = PLEDGE__V1__LIST_WORDS_REQUEST__INIT;
    Pledge__V1__ListWordsToModerateRequest others =
        PLEDGE__V1__LIST_WORDS_TO_MODERATE_REQUEST__INIT;
    const char *state = cli_option(cli, "state");
    int value = 0;
    char *version = cli_version_name(cli, cli_argument(cli, 0), cli_argument(cli, 1));
    if (!version) {
        return CLI_USAGE;
    }
    if (!state) {
        shown.parent = version;
        return view_list(cli, SERVICE "ListWords", &shown, words_row, "No words.");
    }
    if (!consultation_enum(&pledge__v1__text_state__descriptor, "TEXT_STATE", state, &value)) {
        return cli_usage(cli, "--state is waiting, shown or hidden, not \"%s\"", state);
    }
    others.parent = version;
    others.state = (Pledge__V1__TextState)value;
    return view_list(cli, SERVICE "ListWordsToModerate", &others, words_row, "No words.");
}

int run_cicc_moderate(struct cli *cli)
{
    Pledge__V1__ModerateWordsRequest request = PLEDGE__V1__MODERATE_WORDS_REQUEST__INIT;
    request.name = cli_name(cli, cli_argument(cli, 0), "words", cli_argument(cli, 1));
    return consultation_moderate(cli, SERVICE "ModerateWords", &request, &request.state,
                                 &request.reason, &request.validate_only);
}

/* --- issues --------------------------------------------------------------------------------------
 */

static char *issue_name(struct cli *cli)
{
    cli->hint = cli_printf(cli, "See: pledge raised-issue list %s", cli_argument(cli, 0));
    return cli_name(cli, cli_argument(cli, 0), "raisedIssues", cli_argument(cli, 1));
}

static int print_issue(struct cli *cli, const Pledge__V1__RaisedIssue *issue, bool dry_run)
{
    fputs(dry_run ? "It could be recorded (dry run). Then:\n\n" : "", cli->out);
    view_card(cli, issue, issue_card);
    fputc('\n', cli->out);
    view_paragraph(cli, cli->out, view_said(cli, issue->text), 2);
    if (issue->n_history > 0) {
        struct cli_list list = {.items = (void **)issue->history, .count = issue->n_history};
        fputc('\n', cli->out);
        view_table(cli, &list, event_row);
    }
    return CLI_OK;
}

int run_raised_issue_list(struct cli *cli)
{
    Pledge__V1__ListRaisedIssuesRequest request = PLEDGE__V1__LIST_RAISED_ISSUES_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    return view_list(cli, SERVICE "ListRaisedIssues", &request, issue_row, "No issues.");
}

int run_raised_issue_show(struct cli *cli)
{
    Pledge__V1__GetRaisedIssueRequest request = PLEDGE__V1__GET_RAISED_ISSUE_REQUEST__INIT;
    request.name = issue_name(cli);
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    const Pledge__V1__GetRaisedIssueResponse *reply =
        cli_call(cli, SERVICE "GetRaisedIssue", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    return print_issue(cli, reply->raised_issue, false);
}

int run_raised_issue_raise(struct cli *cli)
{
    Pledge__V1__RaiseIssueRequest request = PLEDGE__V1__RAISE_ISSUE_REQUEST__INIT;
    Pledge__V1__RaisedIssue issue = PLEDGE__V1__RAISED_ISSUE__INIT;
    static const char *const needed[] = {"session", "department", "text"};
    const char *lead = cli_option(cli, "lead-member");
    const char *slash = lead ? strchr(lead, '/') : NULL;
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        if (!cli_option(cli, needed[i])) {
            return cli_usage(cli, "--%s is missing", needed[i]);
        }
    }
    if (lead && !slash) {
        return cli_usage(cli, "--lead-member is BODY/SEAT, such as cabinet/lead-member");
    }
    issue.session = cicc_session_name(cli, cli_option(cli, "session"));
    if (!issue.session) {
        return CLI_USAGE;
    }
    if (lead) {
        issue.lead_member =
            cli_printf(cli, "%s/bodies/%.*s/members/%s", cli_authority(cli, cli_argument(cli, 0)),
                       (int)(slash - lead), lead, slash + 1);
    }
    issue.department =
        cli_name(cli, cli_argument(cli, 0), "departments", cli_option(cli, "department"));
    issue.text = cli_option_text(cli, "text");
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.raised_issue_id = cli_copy(cli, cli_argument(cli, 1));
    request.raised_issue = &issue;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__RaiseIssueResponse *reply = cli_call(cli, SERVICE "RaiseIssue", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    return print_issue(cli, reply->raised_issue, request.validate_only);
}

int run_raised_issue_answer(struct cli *cli)
{
    Pledge__V1__AnswerIssueRequest request = PLEDGE__V1__ANSWER_ISSUE_REQUEST__INIT;
    if (!cli_option(cli, "text")) {
        return cli_usage(cli, "--text is missing");
    }
    request.name = issue_name(cli);
    request.text = cli_option_text(cli, "text");
    request.happened_on = cli_option_text(cli, "on");
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__AnswerIssueResponse *reply = cli_call(cli, SERVICE "AnswerIssue", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    return print_issue(cli, reply->raised_issue, request.validate_only);
}

int run_raised_issue_satisfied(struct cli *cli)
{
    Pledge__V1__RecordSatisfactionRequest request = PLEDGE__V1__RECORD_SATISFACTION_REQUEST__INIT;
    const char *answer = cli_argument(cli, 2);
    if (strcmp(answer, "yes") != 0 && strcmp(answer, "no") != 0) {
        return cli_usage(cli, "say yes or no, not \"%s\"", answer);
    }
    request.name = issue_name(cli);
    request.satisfied = strcmp(answer, "yes") == 0;
    request.text = cli_option_text(cli, "text");
    request.happened_on = cli_option_text(cli, "on");
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__RecordSatisfactionResponse *reply =
        cli_call(cli, SERVICE "RecordSatisfaction", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    return print_issue(cli, reply->raised_issue, request.validate_only);
}
