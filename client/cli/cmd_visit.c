/* SPDX-License-Identifier: Apache-2.0 */
/* Visits of Young Inspectors, what they found, and what became of it. */
#include "client/cli/cicc.h"
#include "client/cli/commands.h"
#include "client/cli/consultation.h"
#include "client/cli/text.h"

#include "pledge/v1/visit.pb-c.h"

#include <string.h>

#define SERVICE "VisitService/"

static const struct view_column visit_row[] = {
    {"visit", "name", VIEW_ID},
    {"day", "visited_on", VIEW_DATE},
    {"provider", "provider", TABLE_CUT},
    {"findings", "finding_count", TABLE_RIGHT},
    {"waiting", "waiting_count", TABLE_RIGHT},
    {"open", "open_count", TABLE_RIGHT},
    {"overdue", "overdue_count", TABLE_RIGHT},
    {0},
};

static const struct view_column finding_row[] = {
    {"finding", "name", VIEW_ID},
    {"kind", "kind", 0},
    {"promise", "statement", VIEW_ID},
    {"provider", "provider", TABLE_CUT},
    {"follow-up", "follow_up", 0},
    {"due", "follow_up_due_on", VIEW_DATE},
    {"days over", "days_over", TABLE_RIGHT},
    {"", "text", TABLE_NOTE | VIEW_SAID},
    {"", "answer", TABLE_NOTE},
    {0},
};

/* Of one visit, whose answers follow. */
static const struct view_column visit_finding_row[] = {
    {"finding", "name", VIEW_ID},           {"kind", "kind", 0},
    {"promise", "statement", VIEW_ID},      {"follow-up", "follow_up", 0},
    {"due", "follow_up_due_on", VIEW_DATE}, {"days over", "days_over", TABLE_RIGHT},
    {"", "text", TABLE_NOTE | VIEW_SAID},   {0},
};

/* For those who moderate. */
static const struct view_column words_row[] = {
    {"words", "words", VIEW_ID},
    {"state", "state", 0},
    {"kind", "kind", 0},
    {"provider", "provider", TABLE_CUT},
    {"", "text", TABLE_NOTE | VIEW_SAID},
    {0},
};

static const struct view_column visit_card[] = {
    {"provider", "provider", 0},
    {"provides", "provides", 0},
    {"commissioned by", "owner_display_name", 0},
    {"visited on", "visited_on", VIEW_DATE},
    {0},
};

static const struct view_column answer_row[] = {
    {"finding", "finding", VIEW_ID},
    {"answered", "answered_on", VIEW_DATE},
    {"done", "done_on", VIEW_DATE},
    {"answer", "text", TABLE_WRAP},
    {0},
};

static char *visit_name(struct cli *cli)
{
    cli->hint = cli_printf(cli, "See: pledge visit list %s", cli_argument(cli, 0));
    return cli_name(cli, cli_argument(cli, 0), "visits", cli_argument(cli, 1));
}

static int print_visit(struct cli *cli, const void *reply, const Pledge__V1__Visit *visit,
                       bool dry_run)
{
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fputs(dry_run ? "It could be recorded (dry run). Then:\n\n" : "", cli->out);
    view_card(cli, visit, visit_card);
    if (visit->suppressed) {
        fputs("Fewer than 6 Young Inspectors were there.\n\n", cli->out);
    } else {
        fprintf(cli->out, "%d Young Inspector%s.\n\n", visit->inspectors,
                visit->inspectors == 1 ? " was there" : "s were there");
    }
    struct cli_list findings = {.items = (void **)visit->findings, .count = visit->n_findings};
    if (findings.count > 0) {
        view_table(cli, &findings, visit_finding_row);
    } else {
        fputs("No finding is shown yet.\n", cli->out);
    }
    if (visit->waiting_count > 0) {
        fprintf(cli->out, "\n%d wait%s to be moderated: pledge visit findings %s --state waiting\n",
                visit->waiting_count, visit->waiting_count == 1 ? "s" : "", cli_argument(cli, 0));
    }
    return CLI_OK;
}

/* Reads the findings in the order they were given; --by and --promise belong to the one before
 * them. Returns CLI_OK, or the exit code with the mistake printed. */
static int read_findings(struct cli *cli, Pledge__V1__Finding *findings, Pledge__V1__Finding **list,
                         size_t *ret_count)
{
    *ret_count = 0;
    for (size_t i = 0; i < cli->given_count; i++) {
        const struct cli_given *given = &cli->given[i];
        Pledge__V1__Finding *last = *ret_count > 0 ? list[*ret_count - 1] : NULL;
        int kind = 0;
        if (strcmp(given->name, "by") != 0 && strcmp(given->name, "promise") != 0) {
            if (cli_enum(&pledge__v1__finding_kind__descriptor, "FINDING_KIND_", given->name,
                         &kind)) {
                last = list[*ret_count] = &findings[*ret_count];
                pledge__v1__finding__init(last);
                last->kind = (Pledge__V1__FindingKind)kind;
                last->text = cli_copy(cli, given->value);
                ++*ret_count;
            }
        } else if (!last) {
            return cli_usage(cli, "--%s belongs to the finding before it, and there is none",
                             given->name);
        } else if (strcmp(given->name, "by") == 0) {
            last->follow_up_due_on = cli_copy(cli, given->value);
        } else {
            last->statement = cli_statement_name(cli, cli_argument(cli, 0), given->value);
            if (!last->statement) {
                return CLI_USAGE;
            }
        }
    }
    return CLI_OK;
}

int run_visit_record(struct cli *cli)
{
    static const char *const needed[] = {"provider", "provides", "owner", "on", "inspectors"};
    Pledge__V1__RecordVisitRequest request = PLEDGE__V1__RECORD_VISIT_REQUEST__INIT;
    Pledge__V1__Visit visit = PLEDGE__V1__VISIT__INIT;
    Pledge__V1__Finding findings[CLI_MAX_GIVEN];
    Pledge__V1__Finding *list[CLI_MAX_GIVEN];
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        if (!cli_option(cli, needed[i])) {
            return cli_usage(cli, "--%s is missing", needed[i]);
        }
    }
    int read = read_findings(cli, findings, list, &visit.n_findings);
    if (read != CLI_OK) {
        return read;
    }
    visit.findings = list;
    visit.provider = cli_option_text(cli, "provider");
    visit.provides = cli_option_text(cli, "provides");
    visit.owner = cli_owner(cli, cli_argument(cli, 0), cli_option(cli, "owner"));
    if (!visit.owner) {
        return CLI_FAILED;
    }
    visit.visited_on = cli_option_text(cli, "on");
    visit.inspectors = consultation_number(cli_option(cli, "inspectors"));
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.visit_id = cli_copy(cli, cli_argument(cli, 1));
    request.visit = &visit;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__RecordVisitResponse *reply = cli_call(cli, SERVICE "RecordVisit", &request);
    return print_visit(cli, reply, reply ? reply->visit : NULL, request.validate_only);
}

int run_visit_show(struct cli *cli)
{
    Pledge__V1__GetVisitRequest request = PLEDGE__V1__GET_VISIT_REQUEST__INIT;
    request.name = visit_name(cli);
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    const Pledge__V1__GetVisitResponse *reply = cli_call(cli, SERVICE "GetVisit", &request);
    int told = print_visit(cli, reply, reply ? reply->visit : NULL, false);
    if (told == CLI_OK && !cli->json && reply->n_answers > 0) {
        struct cli_list list = {.items = (void **)reply->answers, .count = reply->n_answers};
        fputs("\n", cli->out);
        view_table(cli, &list, answer_row);
    }
    return told;
}

int run_visit_list(struct cli *cli)
{
    Pledge__V1__ListVisitsRequest request = PLEDGE__V1__LIST_VISITS_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    return view_list(cli, SERVICE "ListVisits", &request, visit_row, "No visits.");
}

int run_visit_findings(struct cli *cli)
{
    Pledge__V1__ListFindingsRequest request = PLEDGE__V1__LIST_FINDINGS_REQUEST__INIT;
    int follow_up = 0;
    int state = 0;
    if (cli_option(cli, "follow-up") &&
        !cli_enum(&pledge__v1__follow_up_state__descriptor, "FOLLOW_UP_STATE_",
                  cli_option(cli, "follow-up"), &follow_up)) {
        return cli_usage(cli, "--follow-up is open, overdue, done or none, not \"%s\"",
                         cli_option(cli, "follow-up"));
    }
    if (cli_option(cli, "state") && !cli_enum(&pledge__v1__text_state__descriptor, "TEXT_STATE_",
                                              cli_option(cli, "state"), &state)) {
        return cli_usage(cli, "--state is waiting, shown or hidden, not \"%s\"",
                         cli_option(cli, "state"));
    }
    if (cli_option(cli, "promise")) {
        request.statement =
            cli_statement_name(cli, cli_argument(cli, 0), cli_option(cli, "promise"));
        if (!request.statement) {
            return CLI_USAGE;
        }
    }
    request.follow_up = (Pledge__V1__FollowUpState)follow_up;
    request.state = (Pledge__V1__TextState)state;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    return view_list(cli, SERVICE "ListFindings", &request, state ? words_row : finding_row,
                     "No findings.");
}

int run_visit_answer(struct cli *cli)
{
    Pledge__V1__AnswerFindingRequest request = PLEDGE__V1__ANSWER_FINDING_REQUEST__INIT;
    if (!cli_option(cli, "text")) {
        return cli_usage(cli, "--text is missing");
    }
    request.name = cli_printf(cli, "%s/findings/%s", visit_name(cli), cli_argument(cli, 2));
    request.text = cli_option_text(cli, "text");
    request.answered_on = cli_option_text(cli, "on");
    request.done_on = cli_option_text(cli, "done");
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__AnswerFindingResponse *reply =
        cli_call(cli, SERVICE "AnswerFinding", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fputs(request.validate_only ? "It could be recorded (dry run). Then:\n\n" : "", cli->out);
    struct cli_list list = {.items = (void **)&reply->finding, .count = 1};
    view_table(cli, &list, finding_row);
    return CLI_OK;
}
