/* SPDX-License-Identifier: Apache-2.0 */
/* What bodies do at their meetings, and minutes of it. */
#include "client/cli/cicc.h"
#include "client/cli/commands.h"
#include "client/cli/consultation.h"
#include "client/cli/text.h"

#include "pledge/v1/meeting.pb-c.h"

#include <string.h>

#define SERVICE "MeetingService/"

static const struct view_column action_row[] = {
    {"meeting", "held_on", VIEW_DATE},
    {"action", "name", VIEW_ID},
    {"who", "owner_display_name", TABLE_CUT},
    {"due", "due_on", VIEW_DATE},
    {"state", "state", 0},
    {"days over", "days_over", TABLE_RIGHT},
    {"", "text", TABLE_NOTE},
    {"", "note", TABLE_NOTE},
    {0},
};

static const struct view_column presence_row[] = {
    {"meeting", "held_on", VIEW_DATE},
    {"taken", "present_count", TABLE_RIGHT},
    {"seats", "seat_count", TABLE_RIGHT},
    {"quorum", "quorum", TABLE_RIGHT},
    {"had it", "quorate", 0},
    {"parties present", "parties", TABLE_WRAP},
    {0},
};

static const struct view_column seat_row[] = {
    {"seat", "display_name", TABLE_CUT}, {"role", "role", 0},
    {"attendance", "attendance", 0},     {"substitute", "substitute", TABLE_CUT},
    {"party", "party", TABLE_CUT},       {0},
};

static char *meeting_body(struct cli *cli)
{
    cli->hint = cli_printf(cli, "See: pledge body list %s", cli_argument(cli, 0));
    return cli_name(cli, cli_argument(cli, 0), "bodies", cli_argument(cli, 1));
}

static char *meeting_name(struct cli *cli)
{
    char *name = cli_printf(cli, "%s/meetings/%s", meeting_body(cli), cli_argument(cli, 2));
    cli->hint = cli_printf(cli, "Add it first: pledge body meet %s %s %s", cli_argument(cli, 0),
                           cli_argument(cli, 1), cli_argument(cli, 2));
    return name;
}

int run_meeting_quorum(struct cli *cli)
{
    Pledge__V1__SetQuorumRequest request = PLEDGE__V1__SET_QUORUM_REQUEST__INIT;
    Pledge__V1__Quorum quorum = PLEDGE__V1__QUORUM__INIT;
    quorum.quorum = consultation_number(cli_argument(cli, 2));
    quorum.from_on = cli_option_text(cli, "from");
    request.parent = meeting_body(cli);
    request.quorum = &quorum;
    request.validate_only = cli_flag(cli, "dry-run");
    return cli_written(cli, cli_call(cli, SERVICE "SetQuorum", &request), "The quorum",
                       request.validate_only);
}

int run_meeting_item(struct cli *cli)
{
    static const char *const needed[] = {"part", "title", NULL};
    Pledge__V1__AddAgendaItemRequest request = PLEDGE__V1__ADD_AGENDA_ITEM_REQUEST__INIT;
    Pledge__V1__AgendaItem item = PLEDGE__V1__AGENDA_ITEM__INIT;
    int part = 0;
    if (cli_missing(cli, needed)) {
        return cli_usage(cli, "--%s is missing", cli_missing(cli, needed));
    }
    if (!cli_enum(&pledge__v1__agenda_part__descriptor, "AGENDA_PART_", cli_option(cli, "part"),
                  &part)) {
        return cli_usage(cli, "--part is theme, work-programme or national-developments");
    }
    item.part = (Pledge__V1__AgendaPart)part;
    item.title = cli_option_text(cli, "title");
    request.parent = meeting_name(cli);
    request.agenda_item = &item;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__AddAgendaItemResponse *reply =
        cli_call(cli, SERVICE "AddAgendaItem", &request);
    return cli_written(cli, reply,
                       reply ? cli_printf(cli, "Item %d", reply->agenda_item->item) : "",
                       request.validate_only);
}

int run_meeting_paper(struct cli *cli)
{
    static const char *const needed[] = {"item", "title", "author", "reference", NULL};
    Pledge__V1__AddPaperRequest request = PLEDGE__V1__ADD_PAPER_REQUEST__INIT;
    Pledge__V1__Paper paper = PLEDGE__V1__PAPER__INIT;
    if (cli_missing(cli, needed)) {
        return cli_usage(cli, "--%s is missing", cli_missing(cli, needed));
    }
    paper.item = consultation_number(cli_option(cli, "item"));
    paper.title = cli_option_text(cli, "title");
    paper.author = cli_option_text(cli, "author");
    paper.reference = cli_option_text(cli, "reference");
    paper.content_hash = cli_option_text(cli, "hash");
    request.parent = meeting_name(cli);
    request.paper = &paper;
    request.validate_only = cli_flag(cli, "dry-run");
    return cli_written(cli, cli_call(cli, SERVICE "AddPaper", &request), "The paper",
                       request.validate_only);
}

/* Reads "red=Ward councillor,Red" of a substitute, else only the seat. */
static bool read_seat(struct cli *cli, const char *given, Pledge__V1__SeatAttendance *seat)
{
    const char *rest;
    if (seat->attendance != PLEDGE__V1__ATTENDANCE__ATTENDANCE_SUBSTITUTE) {
        seat->seat_id = cli_copy(cli, given);
        return true;
    }
    if (!cicc_pair(cli, given, &seat->seat_id, &rest)) {
        return false;
    }
    const char *comma = strrchr(rest, ',');
    seat->substitute =
        cli_printf(cli, "%.*s", (int)(comma ? (size_t)(comma - rest) : strlen(rest)), rest);
    seat->party = cli_copy(cli, comma ? comma + 1 : "");
    return true;
}

int run_meeting_attend(struct cli *cli)
{
    static const char *const kinds[] = {"present", "apologies", "absent", "substitute"};
    Pledge__V1__RecordAttendanceRequest request = PLEDGE__V1__RECORD_ATTENDANCE_REQUEST__INIT;
    Pledge__V1__SeatAttendance seats[CLI_MAX_GIVEN];
    Pledge__V1__SeatAttendance *list[CLI_MAX_GIVEN];
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        size_t count = 0;
        const char **given = cicc_given(cli, kinds[k], &count);
        for (size_t i = 0; given && i < count; i++) {
            Pledge__V1__SeatAttendance *seat = &seats[request.n_attendance];
            pledge__v1__seat_attendance__init(seat);
            seat->attendance = (Pledge__V1__Attendance)(k + 1);
            if (!read_seat(cli, given[i], seat)) {
                return cli_usage(cli, "--substitute takes SEAT=POST[,PARTY], not \"%s\"", given[i]);
            }
            list[request.n_attendance++] = seat;
        }
    }
    request.attendance = list;
    request.parent = meeting_name(cli);
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__RecordAttendanceResponse *reply =
        cli_call(cli, SERVICE "RecordAttendance", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fputs(request.validate_only ? "It could be recorded (dry run). Then:\n\n" : "", cli->out);
    struct cli_list told = {.items = (void **)reply->attendance, .count = reply->n_attendance};
    view_table(cli, &told, seat_row);
    return CLI_OK;
}

int run_meeting_decide(struct cli *cli)
{
    static const char *const needed[] = {"item", "text", "proposer", NULL};
    Pledge__V1__RecordMeetingDecisionRequest request =
        PLEDGE__V1__RECORD_MEETING_DECISION_REQUEST__INIT;
    Pledge__V1__MeetingDecision decision = PLEDGE__V1__MEETING_DECISION__INIT;
    const char *votes = cli_option(cli, "votes");
    int len = 0;
    if (cli_missing(cli, needed)) {
        return cli_usage(cli, "--%s is missing", cli_missing(cli, needed));
    }
    if (votes && (sscanf(votes, "%4d/%4d/%4d%n", &decision.votes_for, &decision.votes_against,
                         &decision.votes_abstained, &len) != 3 ||
                  votes[len])) {
        return cli_usage(cli, "votes are written FOR/AGAINST/ABSTAINED, such as 7/1/0");
    }
    decision.item = consultation_number(cli_option(cli, "item"));
    decision.text = cli_option_text(cli, "text");
    decision.proposer = cli_option_text(cli, "proposer");
    request.parent = meeting_name(cli);
    request.decision = &decision;
    request.validate_only = cli_flag(cli, "dry-run");
    return cli_written(cli, cli_call(cli, SERVICE "RecordMeetingDecision", &request),
                       "The decision", request.validate_only);
}

static int print_action(struct cli *cli, const void *reply, Pledge__V1__Action *const *action,
                        bool dry_run)
{
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fputs(dry_run ? "It could be recorded (dry run). Then:\n\n" : "", cli->out);
    struct cli_list list = {.items = (void **)action, .count = 1};
    view_table(cli, &list, action_row);
    return CLI_OK;
}

int run_meeting_action(struct cli *cli)
{
    static const char *const needed[] = {"item", "text", "due", NULL};
    Pledge__V1__AddActionRequest request = PLEDGE__V1__ADD_ACTION_REQUEST__INIT;
    Pledge__V1__Action action = PLEDGE__V1__ACTION__INIT;
    if (cli_missing(cli, needed)) {
        return cli_usage(cli, "--%s is missing", cli_missing(cli, needed));
    }
    if (cli_option(cli, "owner")) {
        action.owner = cli_owner(cli, cli_argument(cli, 0), cli_option(cli, "owner"));
        if (!action.owner) {
            return CLI_FAILED;
        }
    }
    action.seat_id = cli_option_text(cli, "seat");
    action.item = consultation_number(cli_option(cli, "item"));
    action.text = cli_option_text(cli, "text");
    action.due_on = cli_option_text(cli, "due");
    request.parent = meeting_name(cli);
    request.action = &action;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__AddActionResponse *reply = cli_call(cli, SERVICE "AddAction", &request);
    return print_action(cli, reply, reply ? &reply->action : NULL, request.validate_only);
}

int run_meeting_note(struct cli *cli)
{
    static const char *const needed[] = {"state", "text", NULL};
    Pledge__V1__NoteActionRequest request = PLEDGE__V1__NOTE_ACTION_REQUEST__INIT;
    int state = 0;
    if (cli_missing(cli, needed)) {
        return cli_usage(cli, "--%s is missing", cli_missing(cli, needed));
    }
    if (!cli_enum(&pledge__v1__action_state__descriptor, "ACTION_STATE_", cli_option(cli, "state"),
                  &state)) {
        return cli_usage(cli, "--state is open, done or dropped");
    }
    request.name = cli_printf(cli, "%s/actions/%s", meeting_name(cli), cli_argument(cli, 3));
    request.state = (Pledge__V1__ActionState)state;
    request.text = cli_option_text(cli, "text");
    request.noted_on = cli_option_text(cli, "on");
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__NoteActionResponse *reply = cli_call(cli, SERVICE "NoteAction", &request);
    return print_action(cli, reply, reply ? &reply->action : NULL, request.validate_only);
}

int run_meeting_actions(struct cli *cli)
{
    Pledge__V1__ListActionsRequest request = PLEDGE__V1__LIST_ACTIONS_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.open_only = cli_flag(cli, "open");
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    return view_list(cli, SERVICE "ListActions", &request, action_row, "No actions.");
}

int run_meeting_parties(struct cli *cli)
{
    Pledge__V1__ListRepresentationRequest request = PLEDGE__V1__LIST_REPRESENTATION_REQUEST__INIT;
    request.parent = meeting_body(cli);
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    return view_list(cli, SERVICE "ListRepresentation", &request, presence_row, "No meetings.");
}

int run_meeting_minutes(struct cli *cli)
{
    Pledge__V1__GetMinutesRequest request = PLEDGE__V1__GET_MINUTES_REQUEST__INIT;
    request.name = meeting_name(cli);
    request.known_on = cli_option_text(cli, "known-on");
    const Pledge__V1__GetMinutesResponse *reply = cli_call(cli, SERVICE "GetMinutes", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    view_lines(cli, cli_flag(cli, "markdown") ? reply->markdown : reply->text);
    return CLI_OK;
}

static const struct view_column item_row[] = {
    {"item", "item", TABLE_RIGHT},
    {"part", "part", 0},
    {"title", "title", TABLE_WRAP},
    {0},
};

static const struct view_column paper_row[] = {
    {"item", "item", TABLE_RIGHT},    {"paper", "title", TABLE_WRAP},
    {"by", "author", TABLE_CUT},      {"where", "reference", TABLE_WRAP},
    {"", "content_hash", TABLE_NOTE}, {0},
};

static const struct view_column decision_row[] = {
    {"item", "item", TABLE_RIGHT},
    {"decision", "text", TABLE_WRAP},
    {"proposed by", "proposer", TABLE_CUT},
    {"for", "votes_for", TABLE_RIGHT},
    {"against", "votes_against", TABLE_RIGHT},
    {0},
};

static const struct view_column endorsement_row[] = {
    {"version", "version", VIEW_VERSION},
    {"decision", "kind", 0},
    {"minute", "minute_ref", 0},
    {"recommendation", "recommendation", TABLE_WRAP},
    {0},
};

int run_meeting_show(struct cli *cli)
{
    Pledge__V1__GetMeetingRecordRequest request = PLEDGE__V1__GET_MEETING_RECORD_REQUEST__INIT;
    request.name = meeting_name(cli);
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    const Pledge__V1__GetMeetingRecordResponse *reply =
        cli_call(cli, SERVICE "GetMeetingRecord", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    const Pledge__V1__MeetingRecord *record = reply->record;
    const struct {
        const char *title;
        void *items;
        size_t count;
        const struct view_column *columns;
    } parts[] = {
        {"Attendance", record->attendance, record->n_attendance, seat_row},
        {"Agenda", record->items, record->n_items, item_row},
        {"Papers", record->papers, record->n_papers, paper_row},
        {"Decisions", record->decisions, record->n_decisions, decision_row},
        {"Decisions on pledges", record->endorsements, record->n_endorsements, endorsement_row},
        {"Actions", record->actions, record->n_actions, action_row},
        {"Matters arising", record->matters_arising, record->n_matters_arising, action_row},
    };
    fprintf(cli->out, "%s%s%s\n", style_on(STYLE_BOLD, cli->colour),
            view_clean(cli, record->body_display_name), style_off(STYLE_BOLD, cli->colour));
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (parts[i].count > 0) {
            fprintf(cli->out, "\n%s\n", parts[i].title);
            view_table(cli, &(struct cli_list){.items = parts[i].items, .count = parts[i].count},
                       parts[i].columns);
        }
    }
    return CLI_OK;
}
