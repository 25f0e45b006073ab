/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/commands.h"
#include "client/cli/text.h"

#include "pledge/v1/promotion.pb-c.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_SIZE = 64 };

static const struct view_column issue_columns[] = {
    {"issue", "name", VIEW_ID},
    {"given out", "issued_on", VIEW_DATE},
    {"version", "version", VIEW_ID},
    {"to", "audience", 0},
    {"form", "form", 0},
    {"in", "language", 0},
    {"copies", "quantity", TABLE_RIGHT},
    {"have it", "acknowledged", TABLE_RIGHT},
    {0},
};

static const struct view_column event_columns[] = {
    {"event", "name", VIEW_ID},          {"held", "held_on", VIEW_DATE},
    {"version", "version", VIEW_ID},     {"title", "title", TABLE_WRAP},
    {"came", "attendance", TABLE_RIGHT}, {0},
};

/* The enum's value of a word such as "care-leavers". False with the usage printed. */
static bool take_word(struct cli *cli, const ProtobufCEnumDescriptor *type, const char *prefix,
                      const char *what, const char *word, int *ret_value)
{
    char name[WORD_SIZE];
    size_t len = (size_t)snprintf(name, sizeof(name), "%s%s", prefix, word ? word : "");
    for (size_t i = 0; i < len && i < sizeof(name); i++) {
        name[i] = name[i] == '-' ? '_' : (char)toupper((unsigned char)name[i]);
    }
    const ProtobufCEnumValue *value = word && len < sizeof(name)
                                          ? protobuf_c_enum_descriptor_get_value_by_name(type, name)
                                          : NULL;
    if (!value || value->value == 0) {
        cli_usage(cli, "%s is needed and must be one that the help names", what);
        return false;
    }
    *ret_value = value->value;
    return true;
}

static bool take_audience(struct cli *cli, const char *word,
                          Pledge__V1__IssueAudience *ret_audience)
{
    int value;
    bool good = take_word(cli, &pledge__v1__issue_audience__descriptor, "ISSUE_AUDIENCE_",
                          "the audience", word, &value);
    *ret_audience = good ? (Pledge__V1__IssueAudience)value : 0;
    return good;
}

static bool take_number(struct cli *cli, const char *what, const char *text, int32_t *ret_number)
{
    char *end = NULL;
    long number = text ? strtol(text, &end, 10) : -1;
    if (!text || !*text || *end || number < 0 || number > INT32_MAX) {
        cli_usage(cli, "%s is needed, as a number", what);
        return false;
    }
    *ret_number = (int32_t)number;
    return true;
}

int run_issue_list(struct cli *cli)
{
    Pledge__V1__ListIssuesRequest request = PLEDGE__V1__LIST_ISSUES_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    return view_list(cli, "PromotionService/ListIssues", &request, issue_columns,
                     "Nothing was given out yet.");
}

int run_issue_add(struct cli *cli)
{
    Pledge__V1__Issue issue = PLEDGE__V1__ISSUE__INIT;
    Pledge__V1__CreateIssueRequest request = PLEDGE__V1__CREATE_ISSUE_REQUEST__INIT;
    const char *authority = cli_argument(cli, 0);
    const char *language = cli_option(cli, "language");
    const char *day = cli_option(cli, "on");
    int form;
    if (!take_audience(cli, cli_option(cli, "to"), &issue.audience) ||
        !take_word(cli, &pledge__v1__issue_form__descriptor, "ISSUE_FORM_", "the form",
                   cli_option(cli, "form"), &form) ||
        !take_number(cli, "--copies", cli_option(cli, "copies"), &issue.quantity)) {
        return CLI_USAGE;
    }
    const char *version = cli_option(cli, "version");
    issue.version = cli_version_name(cli, authority, version ? version : "");
    if (!issue.version) {
        return CLI_USAGE;
    }
    issue.form = (Pledge__V1__IssueForm)form;
    issue.language = cli_copy(cli, language ? language : "");
    issue.issued_on = cli_copy(cli, day ? day : "");
    request.parent = cli_authority(cli, authority);
    request.issue_id = cli_copy(cli, cli_argument(cli, 1));
    request.issue = &issue;
    request.validate_only = cli_flag(cli, "dry-run");
    const void *reply = cli_call(cli, "PromotionService/CreateIssue", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "Issue %s %s.\n", request.issue_id,
            request.validate_only ? "could be recorded (dry run)" : "is recorded");
    return CLI_OK;
}

int run_issue_acknowledge(struct cli *cli)
{
    Pledge__V1__AcknowledgeIssueRequest request = PLEDGE__V1__ACKNOWLEDGE_ISSUE_REQUEST__INIT;
    const char *day = cli_option(cli, "on");
    if (!take_number(cli, "how many", cli_argument(cli, 2), &request.count)) {
        return CLI_USAGE;
    }
    request.name = cli_name(cli, cli_argument(cli, 0), "issues", cli_argument(cli, 1));
    request.acknowledged_on = cli_copy(cli, day ? day : "");
    const Pledge__V1__AcknowledgeIssueResponse *reply =
        cli_call(cli, "PromotionService/AcknowledgeIssue", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "%d of %d have said that they have it.\n", reply->issue->acknowledged,
            reply->issue->quantity);
    return CLI_OK;
}

int run_issue_count(struct cli *cli)
{
    Pledge__V1__CountAudienceRequest request = PLEDGE__V1__COUNT_AUDIENCE_REQUEST__INIT;
    const char *day = cli_option(cli, "on");
    if (!take_audience(cli, cli_argument(cli, 1), &request.audience) ||
        !take_number(cli, "how many", cli_argument(cli, 2), &request.count)) {
        return CLI_USAGE;
    }
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.counted_on = cli_copy(cli, day ? day : "");
    const void *reply = cli_call(cli, "PromotionService/CountAudience", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "Recorded.\n");
    return CLI_OK;
}

static const char *number_or(struct cli *cli, int32_t number, const char *unit)
{
    return number < 0 ? "-" : cli_printf(cli, "%d%s", number, unit);
}

int run_issue_reach(struct cli *cli)
{
    Pledge__V1__GetReachRequest request = PLEDGE__V1__GET_REACH_REQUEST__INIT;
    const char *day = cli_option(cli, "as-at");
    request.name = cli_name(cli, cli_argument(cli, 0), "pledges", cli_argument(cli, 1));
    request.as_at = cli_copy(cli, day ? day : "");
    const Pledge__V1__GetReachResponse *reply =
        cli_call(cli, "PromotionService/GetReach", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    static const struct view_column audience = {"", "audience", 0};
    static const char *const titles[] = {"audience", "given out", "acknowledged", "people",
                                         "share"};
    struct table table;
    char last[TEXT_DATE_SIZE];
    table_init(&table, &cli->arena, 0);
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
        table_column(&table, titles[i], i > 0 ? TABLE_RIGHT : 0);
    }
    table_column(&table, "last", 0);
    table_column(&table, "", 0);
    fprintf(cli->out, "Version %d of %s\n\n", reply->version,
            text_last_segment(cli_argument(cli, 1)));
    for (size_t i = 0; i < reply->n_audiences; i++) {
        const Pledge__V1__AudienceReach *reach = reply->audiences[i];
        struct table_cell *row = table_row(&table);
        if (!row) {
            return CLI_FAILED;
        }
        row[0].text = view_text(cli, reach, &audience);
        row[1].text = cli_printf(cli, "%d", reach->issued);
        row[2].text = cli_printf(cli, "%d", reach->acknowledged);
        row[3].text = number_or(cli, reach->population, "");
        row[4].text = number_or(cli, reach->coverage_percent, " %");
        row[5].text = *reach->last_issued_on ? cli_copy(cli, text_date(reach->last_issued_on, last))
                                             : "never";
        row[6].text = reach->reissue_due ? "due again" : "";
    }
    table_print(&table, cli->out, cli->width, cli->colour);
    return CLI_OK;
}

int run_launch_list(struct cli *cli)
{
    Pledge__V1__ListLaunchEventsRequest request = PLEDGE__V1__LIST_LAUNCH_EVENTS_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    return view_list(cli, "PromotionService/ListLaunchEvents", &request, event_columns,
                     "No launch event yet.");
}

int run_launch_add(struct cli *cli)
{
    Pledge__V1__LaunchEvent event = PLEDGE__V1__LAUNCH_EVENT__INIT;
    Pledge__V1__CreateLaunchEventRequest request = PLEDGE__V1__CREATE_LAUNCH_EVENT_REQUEST__INIT;
    const char *title = cli_option(cli, "title");
    const char *day = cli_option(cli, "on");
    const char *version = cli_option(cli, "version");
    const char *came = cli_option(cli, "came");
    if (came && !take_number(cli, "--came", came, &event.attendance)) {
        return CLI_USAGE;
    }
    event.version = cli_version_name(cli, cli_argument(cli, 0), version ? version : "");
    if (!event.version) {
        return CLI_USAGE;
    }
    event.title = cli_copy(cli, title ? title : "");
    event.held_on = cli_copy(cli, day ? day : "");
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.launch_event_id = cli_copy(cli, cli_argument(cli, 1));
    request.launch_event = &event;
    const void *reply = cli_call(cli, "PromotionService/CreateLaunchEvent", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "Event %s is recorded.\n", request.launch_event_id);
    return CLI_OK;
}
