/* SPDX-License-Identifier: Apache-2.0 */
/* Words of a consultation: moderation, concerns, amendments, "you said, we did". */
#include "client/cli/commands.h"
#include "client/cli/consultation.h"
#include "client/cli/text.h"

static const struct view_column text_columns[] = {
    {"text", "name", VIEW_ID}, {"question", "question", TABLE_RIGHT},
    {"group", "group_id", 0},  {"received", "received_on", VIEW_DATE},
    {"", "text", TABLE_NOTE},  {0},
};

int run_consultation_texts(struct cli *cli)
{
    Pledge__V1__ListTextsRequest shown = PLEDGE__V1__LIST_TEXTS_REQUEST__INIT;
    Pledge__V1__ListTextsToModerateRequest others =
        PLEDGE__V1__LIST_TEXTS_TO_MODERATE_REQUEST__INIT;
    const char *state = cli_option(cli, "state");
    int value = 0;
    if (!state) {
        shown.parent = consultation_name(cli);
        return view_list(cli, "ConsultationService/ListTexts", &shown, text_columns, "No texts.");
    }
    if (!consultation_enum(&pledge__v1__text_state__descriptor, "TEXT_STATE", state, &value)) {
        return cli_usage(cli, "--state is waiting, shown or hidden, not \"%s\"", state);
    }
    others.parent = consultation_name(cli);
    others.state = (Pledge__V1__TextState)value;
    return view_list(cli, "ConsultationService/ListTextsToModerate", &others, text_columns,
                     "No texts.");
}

int consultation_moderate(struct cli *cli, const char *method, void *request,
                          Pledge__V1__TextState *ret_state, char **ret_reason,
                          protobuf_c_boolean *ret_validate_only)
{
    int state = 0;
    if (!cli_option(cli, "as")) {
        return cli_usage(cli, "--as is missing");
    }
    if (!consultation_enum(&pledge__v1__text_state__descriptor, "TEXT_STATE", cli_option(cli, "as"),
                           &state)) {
        return cli_usage(cli, "--as is shown, hidden or concern, not \"%s\"",
                         cli_option(cli, "as"));
    }
    *ret_state = (Pledge__V1__TextState)state;
    *ret_reason = cli_option_text(cli, "reason");
    *ret_validate_only = cli_flag(cli, "dry-run");
    const void *reply = cli_call(cli, method, request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fputs(state == PLEDGE__V1__TEXT_STATE__TEXT_STATE_CONCERN && !*ret_validate_only
              ? "Only the safeguarding officer sees it now. Tell them, too: nothing is sent.\n"
              : cli_printf(cli, "Done%s.\n", *ret_validate_only ? " (dry run)" : ""),
          cli->out);
    return CLI_OK;
}

int run_consultation_moderate(struct cli *cli)
{
    Pledge__V1__ModerateTextRequest request = PLEDGE__V1__MODERATE_TEXT_REQUEST__INIT;
    request.name = cli_printf(cli, "%s/texts/%s", consultation_name(cli),
                              text_last_segment(cli_argument(cli, 2)));
    return consultation_moderate(cli, "ConsultationService/ModerateText", &request, &request.state,
                                 &request.reason, &request.validate_only);
}

static const struct view_column concern_columns[] = {
    {"marked", "mark_time", VIEW_TIME},
    {"group", "group_id", 0},
    {"received", "received_on", VIEW_DATE},
    {"was shown", "was_shown", 0},
    {"why", "reason", TABLE_WRAP},
    {"", "prompt", TABLE_NOTE},
    {"", "text", TABLE_NOTE},
    {0},
};

int run_consultation_concerns(struct cli *cli)
{
    Pledge__V1__ListSafeguardingConcernsRequest request =
        PLEDGE__V1__LIST_SAFEGUARDING_CONCERNS_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    return view_list(cli, "ConsultationService/ListSafeguardingConcerns", &request, concern_columns,
                     "No concerns.");
}

/* --- amendments ---------------------------------------------------------------------------------
 */

static const struct view_column amendment_columns[] = {
    {"amendment", "name", VIEW_ID},
    {"promise", "statement_id", 0},
    {"state", "state", 0},
    {"words", "exact_words", TABLE_WRAP},
    {"proposed", "proposed_words", TABLE_WRAP},
    {"", "decision_reason", TABLE_NOTE},
    {0},
};

int run_amendment_list(struct cli *cli)
{
    Pledge__V1__ListAmendmentsRequest request = PLEDGE__V1__LIST_AMENDMENTS_REQUEST__INIT;
    request.parent = consultation_name(cli);
    return view_list(cli, "ConsultationService/ListAmendments", &request, amendment_columns,
                     "No amendments.");
}

static char *given(struct cli *cli, const char *option)
{
    return cli_copy(cli, cli_option(cli, option) ? cli_option(cli, option) : "");
}

int run_amendment_propose(struct cli *cli)
{
    Pledge__V1__Amendment amendment = PLEDGE__V1__AMENDMENT__INIT;
    Pledge__V1__ProposeAmendmentRequest request = PLEDGE__V1__PROPOSE_AMENDMENT_REQUEST__INIT;
    if (!cli_option(cli, "statement") || !cli_option(cli, "words")) {
        return cli_usage(cli, "--%s is missing",
                         cli_option(cli, "statement") ? "words" : "statement");
    }
    amendment.statement_id = given(cli, "statement");
    amendment.exact_words = given(cli, "words");
    amendment.proposed_words = given(cli, "instead");
    amendment.reason = given(cli, "reason");
    amendment.group_id = given(cli, "group");
    if (cli_option(cli, "body")) {
        amendment.body = cli_name(cli, cli_argument(cli, 0), "bodies", cli_option(cli, "body"));
    }
    request.parent = consultation_name(cli);
    request.amendment_id = cli_copy(cli, cli_argument(cli, 2));
    request.amendment = &amendment;
    request.validate_only = cli_flag(cli, "dry-run");
    const void *reply = cli_call(cli, "ConsultationService/ProposeAmendment", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "Amendment %s %s.\n", request.amendment_id,
            request.validate_only ? "could be proposed (dry run)" : "is proposed");
    return CLI_OK;
}

int run_amendment_decide(struct cli *cli)
{
    Pledge__V1__DecideAmendmentRequest request = PLEDGE__V1__DECIDE_AMENDMENT_REQUEST__INIT;
    bool accept = cli_flag(cli, "accept");
    if (accept == cli_flag(cli, "reject") || !cli_option(cli, "reason")) {
        return cli_usage(cli, "say --accept or --reject, and --reason");
    }
    request.name = cli_printf(cli, "%s/amendments/%s", consultation_name(cli),
                              text_last_segment(cli_argument(cli, 2)));
    request.decision = accept ? PLEDGE__V1__AMENDMENT_STATE__AMENDMENT_STATE_ACCEPTED
                              : PLEDGE__V1__AMENDMENT_STATE__AMENDMENT_STATE_REJECTED;
    request.reason = given(cli, "reason");
    request.decided_on = given(cli, "on");
    request.validate_only = cli_flag(cli, "dry-run");
    const void *reply = cli_call(cli, "ConsultationService/DecideAmendment", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "Amendment %s is %s%s.\n", cli_argument(cli, 2),
            accept ? "accepted" : "rejected", request.validate_only ? " (dry run)" : "");
    return CLI_OK;
}

/* --- you said, we did ---------------------------------------------------------------------------
 */

static const struct view_column said_columns[] = {
    {"entry", "name", VIEW_ID},
    {"you said", "said", TABLE_WRAP},
    {"we did", "done", TABLE_WRAP},
    {"published", "publish_time", VIEW_DATE},
    {0},
};

int run_said_done_list(struct cli *cli)
{
    Pledge__V1__ListSaidDoneRequest request = PLEDGE__V1__LIST_SAID_DONE_REQUEST__INIT;
    request.parent = consultation_name(cli);
    return view_list(cli, "ConsultationService/ListSaidDone", &request, said_columns,
                     "Nothing yet.");
}

int run_said_done_add(struct cli *cli)
{
    Pledge__V1__SaidDone line = PLEDGE__V1__SAID_DONE__INIT;
    Pledge__V1__CreateSaidDoneRequest request = PLEDGE__V1__CREATE_SAID_DONE_REQUEST__INIT;
    if (!cli_option(cli, "said") || !cli_option(cli, "done")) {
        return cli_usage(cli, "--%s is missing", cli_option(cli, "said") ? "done" : "said");
    }
    line.said = given(cli, "said");
    line.done = given(cli, "done");
    line.amendment_id = given(cli, "amendment");
    line.question =
        cli_option(cli, "question") ? consultation_number(cli_option(cli, "question")) : 0;
    request.parent = consultation_name(cli);
    request.said_done = &line;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__CreateSaidDoneResponse *reply =
        cli_call(cli, "ConsultationService/CreateSaidDone", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "Entry %s is added%s and not published yet.\n",
            text_last_segment(reply->said_done->name), request.validate_only ? " (dry run)" : "");
    return CLI_OK;
}

int run_said_done_publish(struct cli *cli)
{
    Pledge__V1__PublishSaidDoneRequest request = PLEDGE__V1__PUBLISH_SAID_DONE_REQUEST__INIT;
    request.name = cli_printf(cli, "%s/saidDone/%s", consultation_name(cli), cli_argument(cli, 2));
    request.validate_only = cli_flag(cli, "dry-run");
    const void *reply = cli_call(cli, "ConsultationService/PublishSaidDone", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "Entry %s is published%s.\n", cli_argument(cli, 2),
            request.validate_only ? " (dry run)" : "");
    return CLI_OK;
}
