/* SPDX-License-Identifier: Apache-2.0 */
/* The work programme: items, and what becomes of them. */
#include "client/cli/cicc.h"
#include "client/cli/commands.h"
#include "client/cli/text.h"
#include "client/cli/work.h"

#include <string.h>

#define SERVICE "WorkProgrammeService/"

static const struct view_column item_row[] = {
    {"item", "name", VIEW_ID},
    {"due", "due_on", VIEW_DATE},
    {"days over", "days_over", TABLE_RIGHT | VIEW_OPTIONAL},
    {"state", "state", 0},
    {"rating", "rating", 0},
    {"who", "owner_display_name", TABLE_CUT},
    {"", "title", TABLE_NOTE},
    {0},
};

static const struct view_column item_card[] = {
    {"item", "name", VIEW_ID},
    {"title", "title", 0},
    {"source", "source", 0},
    {"heading", "heading", VIEW_OPTIONAL},
    {"meeting", "meeting", VIEW_OPTIONAL | VIEW_PAIR},
    {"proposal", "proposal", VIEW_OPTIONAL | VIEW_PAIR},
    {"since", "added_on", VIEW_DATE},
    {"priority", "priority", VIEW_OPTIONAL},
    {"who", "owner_display_name", 0},
    {"due", "due_on", VIEW_OPTIONAL | VIEW_DATE},
    {"state", "state", 0},
    {"rating", "rating", VIEW_OPTIONAL},
    {"days over", "days_over", VIEW_OPTIONAL},
    {"needs", "resource_note", VIEW_OPTIONAL},
    {"costs", "cost_pence", VIEW_OPTIONAL | VIEW_PENCE},
    {0},
};

static const struct view_column milestone_row[] = {
    {"milestone", "name", VIEW_ID},
    {"due", "due_on", VIEW_DATE},
    {"state", "state", 0},
    {"since", "marked_on", VIEW_DATE},
    {"days over", "days_over", TABLE_RIGHT | VIEW_OPTIONAL},
    {"what", "title", TABLE_WRAP},
    {"", "note", TABLE_NOTE},
    {0},
};

static const struct view_column progress_row[] = {
    {"day", "happened_on", VIEW_DATE}, {"state", "state", 0},      {"rating", "rating", 0},
    {"what", "narrative", TABLE_WRAP}, {"", "reason", TABLE_NOTE}, {0},
};

static const struct view_column offer_row[] = {
    {"offered", "offered_on", VIEW_DATE},
    {"ready", "ready_on", VIEW_DATE},
    {"agency", "agency_display_name", TABLE_CUT},
    {"what", "text", TABLE_WRAP},
    {0},
};

static const struct view_column achievement_row[] = {
    {"day", "achieved_on", VIEW_DATE},
    {"what", "text", TABLE_WRAP},
    {"shown by", "evidence", TABLE_WRAP},
    {0},
};

/* ---- options ---- */

bool work_enum_option(struct cli *cli, const char *option, const ProtobufCEnumDescriptor *type,
                      const char *prefix, int *ret_value)
{
    const char *word = cli_option(cli, option);
    char *words = cli_copy(cli, "");
    *ret_value = 0;
    if (!word || cli_enum(type, prefix, word, ret_value)) {
        return true;
    }
    for (unsigned i = 1; i < type->n_values; i++) {
        words = cli_printf(cli, "%s%s%s", words, i > 1 ? ", " : "",
                           type->values[i].name + strlen(prefix));
    }
    for (char *at = words; *at; at++) {
        *at = (char)(*at == '_' ? '-' : *at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at);
    }
    cli_usage(cli, "--%s is one of %s", option, words);
    return false;
}

bool work_cost_option(struct cli *cli, int64_t *ret_pence)
{
    if (!text_pence(cli_option_text(cli, "cost"), ret_pence)) {
        cli_usage(cli, "--cost is in pounds, such as 1250 or 1250.50");
        return false;
    }
    return true;
}

bool work_owner_option(struct cli *cli, char **ret_owner)
{
    const char *owner = cli_option(cli, "owner");
    *ret_owner = owner && *owner ? cli_owner(cli, cli_argument(cli, 0), owner) : cli_copy(cli, "");
    return *ret_owner != NULL;
}

char *work_proposal_name(struct cli *cli, const char *proposal)
{
    const char *slash = strchr(proposal, '/');
    if (!slash || slash == proposal || strchr(slash + 1, '/')) {
        cli_usage(cli, "a proposal is PROGRAMME/N, such as white-paper-2007/12");
        return NULL;
    }
    return cli_printf(cli, "%s/programmes/%.*s/proposals/%s",
                      cli_authority(cli, cli_argument(cli, 0)), (int)(slash - proposal), proposal,
                      slash + 1);
}

/* "forum/2007-06-19", or NULL with usage printed. */
static char *meeting_option(struct cli *cli, const char *meeting)
{
    const char *slash = strchr(meeting, '/');
    if (!slash || strchr(slash + 1, '/')) {
        cli_usage(cli, "--meeting is BODY/DAY, such as forum/2007-06-19");
        return NULL;
    }
    return cli_printf(cli, "%s/bodies/%.*s/meetings/%s", cli_authority(cli, cli_argument(cli, 0)),
                      (int)(slash - meeting), meeting, slash + 1);
}

/* Reads every --statement, "promise/1/3". False with usage printed. */
static bool statement_options(struct cli *cli, Pledge__V1__WorkItem *item)
{
    size_t count = 0;
    const char **given = cicc_given(cli, "statement", &count);
    item->statements = arena_calloc(&cli->arena, CLI_MAX_GIVEN, sizeof(*item->statements));
    for (size_t i = 0; given && item->statements && i < count; i++) {
        const char *last = strrchr(given[i], '/');
        char *version =
            last ? cli_version_name(cli, cli_argument(cli, 0),
                                    cli_printf(cli, "%.*s", (int)(last - given[i]), given[i]))
                 : NULL;
        if (!last) {
            cli_usage(cli, "--statement is PLEDGE/VERSION/ID, such as promise/1/3");
        }
        if (!version) {
            return false;
        }
        item->statements[item->n_statements++] =
            cli_printf(cli, "%s/statements/%s", version, last + 1);
    }
    return true;
}

/* The options that "work add" and "work update" share. Returns CLI_OK, or the exit code with the
 * mistake printed. */
static int plan_options(struct cli *cli, Pledge__V1__WorkItem *item)
{
    int priority = 0;
    item->title = cli_option_text(cli, "title");
    item->description = cli_option_text(cli, "description");
    item->resource_note = cli_option_text(cli, "resources");
    item->due_on = cli_option_text(cli, "due");
    bool good = work_enum_option(cli, "priority", &pledge__v1__work_priority__descriptor,
                                 "WORK_PRIORITY_", &priority) &&
                work_cost_option(cli, &item->cost_pence) && statement_options(cli, item);
    item->priority = (Pledge__V1__WorkPriority)priority;
    return !good ? CLI_USAGE : work_owner_option(cli, &item->owner) ? CLI_OK : CLI_FAILED;
}

static char *item_name(struct cli *cli)
{
    cli->hint = cli_printf(cli, "See: pledge work list %s", cli_argument(cli, 0));
    return cli_name(cli, cli_argument(cli, 0), "workItems", cli_argument(cli, 1));
}

/* ---- items ---- */

int run_work_list(struct cli *cli)
{
    Pledge__V1__ListWorkItemsRequest request = PLEDGE__V1__LIST_WORK_ITEMS_REQUEST__INIT;
    int source = 0;
    int heading = 0;
    int state = 0;
    if (!work_enum_option(cli, "source", &pledge__v1__work_source__descriptor, "WORK_SOURCE_",
                          &source) ||
        !work_enum_option(cli, "heading", &pledge__v1__request_heading__descriptor,
                          "REQUEST_HEADING_", &heading) ||
        !work_enum_option(cli, "state", &pledge__v1__work_state__descriptor, "WORK_STATE_",
                          &state)) {
        return CLI_USAGE;
    }
    if (!work_owner_option(cli, &request.owner)) {
        return CLI_FAILED;
    }
    const char *programme = cli_option(cli, "programme");
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.source = (Pledge__V1__WorkSource)source;
    request.heading = (Pledge__V1__RequestHeading)heading;
    request.state = (Pledge__V1__WorkState)state;
    request.open_only = cli_flag(cli, "open");
    request.overdue_only = cli_flag(cli, "overdue");
    request.programme = programme ? cli_name(cli, cli_argument(cli, 0), "programmes", programme)
                                  : cli_copy(cli, "");
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    return view_list(cli, SERVICE "ListWorkItems", &request, item_row, "No items.");
}

int run_work_show(struct cli *cli)
{
    Pledge__V1__GetWorkItemRequest request = PLEDGE__V1__GET_WORK_ITEM_REQUEST__INIT;
    request.name = item_name(cli);
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    const Pledge__V1__GetWorkItemResponse *reply = cli_call(cli, SERVICE "GetWorkItem", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    const struct {
        const char *title;
        void *items;
        size_t count;
        const struct view_column *columns;
    } parts[] = {
        {"Milestones", reply->milestones, reply->n_milestones, milestone_row},
        {"Progress", reply->progress, reply->n_progress, progress_row},
        {"Offers of partner agencies", reply->offers, reply->n_offers, offer_row},
        {"Achievements", reply->achievements, reply->n_achievements, achievement_row},
    };
    const Pledge__V1__WorkItem *item = reply->work_item;
    view_card(cli, item, item_card);
    for (size_t i = 0; i < item->n_statements; i++) {
        const char *within = strstr(item->statements[i], "/pledges/");
        fprintf(cli->out, "serves     %s\n",
                view_clean(cli, within ? within + 1 : item->statements[i]));
    }
    if (*item->description) {
        fputc('\n', cli->out);
        view_paragraph(cli, cli->out, view_clean(cli, item->description), 0);
    }
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (parts[i].count > 0) {
            fprintf(cli->out, "\n%s%s%s\n", style_on(STYLE_BOLD, cli->colour), parts[i].title,
                    style_off(STYLE_BOLD, cli->colour));
            view_table(cli, &(struct cli_list){.items = parts[i].items, .count = parts[i].count},
                       parts[i].columns);
        }
    }
    return CLI_OK;
}

/* Prints the item that a call wrote. */
static int print_item(struct cli *cli, const void *reply, const Pledge__V1__WorkItem *item,
                      bool dry_run)
{
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fputs(dry_run ? "It could be recorded (dry run). Then:\n\n" : "", cli->out);
    view_card(cli, item, item_card);
    return CLI_OK;
}

int work_create(struct cli *cli, const char *id, Pledge__V1__WorkItem *item)
{
    Pledge__V1__CreateWorkItemRequest request = PLEDGE__V1__CREATE_WORK_ITEM_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.work_item_id = cli_copy(cli, text_last_segment(id));
    request.work_item = item;
    request.validate_only = cli_flag(cli, "dry-run");
    item->added_on = cli_option_text(cli, "added-on");
    const Pledge__V1__CreateWorkItemResponse *reply =
        cli_call(cli, SERVICE "CreateWorkItem", &request);
    return print_item(cli, reply, reply ? reply->work_item : NULL, request.validate_only);
}

int run_work_add(struct cli *cli)
{
    Pledge__V1__WorkItem item = PLEDGE__V1__WORK_ITEM__INIT;
    int source = 0;
    int heading = 0;
    if (!cli_option(cli, "source")) {
        return cli_usage(cli, "--source is missing");
    }
    if (!work_enum_option(cli, "source", &pledge__v1__work_source__descriptor, "WORK_SOURCE_",
                          &source) ||
        !work_enum_option(cli, "heading", &pledge__v1__request_heading__descriptor,
                          "REQUEST_HEADING_", &heading) ||
        (cli_option(cli, "meeting") &&
         !(item.meeting = meeting_option(cli, cli_option(cli, "meeting")))) ||
        (cli_option(cli, "proposal") &&
         !(item.proposal = work_proposal_name(cli, cli_option(cli, "proposal"))))) {
        return CLI_USAGE;
    }
    int code = plan_options(cli, &item);
    if (code != CLI_OK) {
        return code;
    }
    item.source = (Pledge__V1__WorkSource)source;
    item.heading = (Pledge__V1__RequestHeading)heading;
    return work_create(cli, cli_argument(cli, 1), &item);
}

int run_work_update(struct cli *cli)
{
    static const struct {
        const char *option;
        const char *path;
    } parts[] = {
        {"title", "title"},
        {"description", "description"},
        {"priority", "priority"},
        {"owner", "owner"},
        {"resources", "resource_note"},
        {"cost", "cost_pence"},
        {"statement", "statements"},
        {"due", "due_on"},
    };
    enum { PARTS = sizeof(parts) / sizeof(parts[0]) };
    Pledge__V1__UpdateWorkItemRequest request = PLEDGE__V1__UPDATE_WORK_ITEM_REQUEST__INIT;
    Google__Protobuf__FieldMask mask = GOOGLE__PROTOBUF__FIELD_MASK__INIT;
    Pledge__V1__WorkItem item = PLEDGE__V1__WORK_ITEM__INIT;
    char *paths[PARTS];
    for (size_t i = 0; i < PARTS; i++) {
        if (cli_option(cli, parts[i].option)) {
            paths[mask.n_paths++] = cli_copy(cli, parts[i].path);
        }
    }
    if (mask.n_paths == 0) {
        return cli_usage(cli, "nothing to change was given");
    }
    int code = plan_options(cli, &item);
    if (code != CLI_OK) {
        return code;
    }
    mask.paths = paths;
    item.name = item_name(cli);
    request.work_item = &item;
    request.update_mask = &mask;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__UpdateWorkItemResponse *reply =
        cli_call(cli, SERVICE "UpdateWorkItem", &request);
    return print_item(cli, reply, reply ? reply->work_item : NULL, request.validate_only);
}

/* ---- what becomes of them ---- */

int run_work_milestone(struct cli *cli)
{
    static const char *const needed[] = {"title", "due", NULL};
    Pledge__V1__AddMilestoneRequest request = PLEDGE__V1__ADD_MILESTONE_REQUEST__INIT;
    Pledge__V1__Milestone milestone = PLEDGE__V1__MILESTONE__INIT;
    if (cli_missing(cli, needed)) {
        return cli_usage(cli, "--%s is missing", cli_missing(cli, needed));
    }
    milestone.title = cli_option_text(cli, "title");
    milestone.due_on = cli_option_text(cli, "due");
    request.parent = item_name(cli);
    request.milestone = &milestone;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__AddMilestoneResponse *reply = cli_call(cli, SERVICE "AddMilestone", &request);
    return cli_written(
        cli, reply,
        reply ? cli_printf(cli, "Milestone %s", text_last_segment(reply->milestone->name)) : "",
        request.validate_only);
}

int run_work_mark(struct cli *cli)
{
    Pledge__V1__MarkMilestoneRequest request = PLEDGE__V1__MARK_MILESTONE_REQUEST__INIT;
    int state = 0;
    if (!cli_option(cli, "state")) {
        return cli_usage(cli, "--state is missing");
    }
    if (!work_enum_option(cli, "state", &pledge__v1__milestone_state__descriptor,
                          "MILESTONE_STATE_", &state)) {
        return CLI_USAGE;
    }
    request.name = cli_printf(cli, "%s/milestones/%s", item_name(cli), cli_argument(cli, 2));
    request.state = (Pledge__V1__MilestoneState)state;
    request.marked_on = cli_option_text(cli, "on");
    request.note = cli_option_text(cli, "note");
    request.validate_only = cli_flag(cli, "dry-run");
    return cli_written(cli, cli_call(cli, SERVICE "MarkMilestone", &request), "It",
                       request.validate_only);
}

int run_work_progress(struct cli *cli)
{
    static const char *const needed[] = {"state", "text", NULL};
    Pledge__V1__RecordWorkProgressRequest request = PLEDGE__V1__RECORD_WORK_PROGRESS_REQUEST__INIT;
    Pledge__V1__WorkProgress progress = PLEDGE__V1__WORK_PROGRESS__INIT;
    int state = 0;
    int rating = 0;
    if (cli_missing(cli, needed)) {
        return cli_usage(cli, "--%s is missing", cli_missing(cli, needed));
    }
    if (!work_enum_option(cli, "state", &pledge__v1__work_state__descriptor, "WORK_STATE_",
                          &state) ||
        !work_enum_option(cli, "rating", &pledge__v1__rating__descriptor, "RATING_", &rating)) {
        return CLI_USAGE;
    }
    progress.state = (Pledge__V1__WorkState)state;
    progress.rating = (Pledge__V1__Rating)rating;
    progress.narrative = cli_option_text(cli, "text");
    progress.reason = cli_option_text(cli, "reason");
    progress.happened_on = cli_option_text(cli, "on");
    request.parent = item_name(cli);
    request.progress = &progress;
    request.validate_only = cli_flag(cli, "dry-run");
    return cli_written(cli, cli_call(cli, SERVICE "RecordWorkProgress", &request), "The progress",
                       request.validate_only);
}

int run_work_offer(struct cli *cli)
{
    static const char *const needed[] = {"agency", "text", NULL};
    Pledge__V1__RecordPartnerOfferRequest request = PLEDGE__V1__RECORD_PARTNER_OFFER_REQUEST__INIT;
    Pledge__V1__PartnerOffer offer = PLEDGE__V1__PARTNER_OFFER__INIT;
    if (cli_missing(cli, needed)) {
        return cli_usage(cli, "--%s is missing", cli_missing(cli, needed));
    }
    offer.agency =
        cli_name(cli, cli_argument(cli, 0), "partnerAgencies", cli_option(cli, "agency"));
    offer.text = cli_option_text(cli, "text");
    offer.offered_on = cli_option_text(cli, "on");
    offer.ready_on = cli_option_text(cli, "ready");
    request.parent = item_name(cli);
    request.offer = &offer;
    request.validate_only = cli_flag(cli, "dry-run");
    return cli_written(cli, cli_call(cli, SERVICE "RecordPartnerOffer", &request), "The offer",
                       request.validate_only);
}

int run_work_achieve(struct cli *cli)
{
    static const char *const needed[] = {"text", "evidence", NULL};
    Pledge__V1__RecordAchievementRequest request = PLEDGE__V1__RECORD_ACHIEVEMENT_REQUEST__INIT;
    Pledge__V1__Achievement achievement = PLEDGE__V1__ACHIEVEMENT__INIT;
    if (cli_missing(cli, needed)) {
        return cli_usage(cli, "--%s is missing", cli_missing(cli, needed));
    }
    achievement.text = cli_option_text(cli, "text");
    achievement.evidence = cli_option_text(cli, "evidence");
    achievement.achieved_on = cli_option_text(cli, "on");
    request.parent = item_name(cli);
    request.achievement = &achievement;
    request.validate_only = cli_flag(cli, "dry-run");
    return cli_written(cli, cli_call(cli, SERVICE "RecordAchievement", &request), "The achievement",
                       request.validate_only);
}
