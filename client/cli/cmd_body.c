/* SPDX-License-Identifier: Apache-2.0 */
/* Who sits on a body, and when it meets. */
#include "client/cli/commands.h"
#include "client/cli/text.h"

#include "pledge/v1/authority.pb-c.h"
#include "pledge/v1/endorsement.pb-c.h"

static const struct view_column seat_columns[] = {
    {"seat", "name", VIEW_ID},
    {"held by", "display_name", TABLE_WRAP},
    {"as", "role", 0},
    {"party", "party", TABLE_WRAP},
    {"from", "sits_from", VIEW_DATE},
    {"to", "sits_to", VIEW_DATE},
    {0},
};

static const struct view_column seat_card[] = {
    {"seat", "name", VIEW_ID},
    {"held by", "display_name", 0},
    {"as", "role", 0},
    {"party", "party", VIEW_OPTIONAL},
    {"for", "owner", VIEW_OWNER | VIEW_OPTIONAL},
    {"from", "sits_from", VIEW_DATE},
    {"to", "sits_to", VIEW_DATE | VIEW_OPTIONAL},
    {0},
};

static const struct view_column body_card[] = {
    {"body", "name", VIEW_ID},
    {"name", "display_name", 0},
    {"reports to", "parent_body", VIEW_ID | VIEW_OPTIONAL},
    {"set up", "established_on", VIEW_DATE | VIEW_OPTIONAL},
    {"months between meetings", "meeting_interval_months", 0},
    {0},
};

static const struct view_column meeting_columns[] = {
    {"meeting", "name", VIEW_ID},
    {"day", "held_on", VIEW_DATE},
    {"recorded", "create_time", VIEW_DATE},
    {0},
};

enum { TERMS_INDENT = 2 };

static char *body_name(struct cli *cli)
{
    cli->hint = cli_printf(cli, "See: pledge body list %s", cli_argument(cli, 0));
    return cli_name(cli, cli_argument(cli, 0), "bodies", cli_argument(cli, 1));
}

static char *seat_name(struct cli *cli)
{
    char *name = cli_printf(cli, "%s/members/%s", body_name(cli), cli_argument(cli, 2));
    cli->hint = cli_printf(cli, "See: pledge body members %s %s", cli_argument(cli, 0),
                           cli_argument(cli, 1));
    return name;
}

int run_body_show(struct cli *cli)
{
    Pledge__V1__GetBodyRequest request = PLEDGE__V1__GET_BODY_REQUEST__INIT;
    request.name = body_name(cli);
    const Pledge__V1__GetBodyResponse *reply = cli_call(cli, "AuthorityService/GetBody", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    view_card(cli, reply->body, body_card);
    for (size_t i = 0; i < reply->body->n_terms_of_reference; i++) {
        fputs(i == 0 ? "\nTerms of reference\n" : "", cli->out);
        view_paragraph(
            cli, cli->out,
            cli_printf(cli, "%zu. %s", i + 1, view_clean(cli, reply->body->terms_of_reference[i])),
            TERMS_INDENT);
    }
    return CLI_OK;
}

int run_body_member(struct cli *cli)
{
    Pledge__V1__GetBodyMemberRequest request = PLEDGE__V1__GET_BODY_MEMBER_REQUEST__INIT;
    request.name = seat_name(cli);
    const Pledge__V1__GetBodyMemberResponse *reply =
        cli_call(cli, "AuthorityService/GetBodyMember", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    view_card(cli, reply->body_member, seat_card);
    return CLI_OK;
}

int run_body_meetings(struct cli *cli)
{
    Pledge__V1__ListMeetingsRequest request = PLEDGE__V1__LIST_MEETINGS_REQUEST__INIT;
    request.parent = body_name(cli);
    return view_list(cli, "EndorsementService/ListMeetings", &request, meeting_columns,
                     "No meeting yet; see: pledge body meet");
}

int run_body_members(struct cli *cli)
{
    Pledge__V1__ListBodyMembersRequest request = PLEDGE__V1__LIST_BODY_MEMBERS_REQUEST__INIT;
    const char *as_at = cli_option(cli, "as-at");
    request.parent = body_name(cli);
    if (as_at) {
        request.as_at = cli_copy(cli, as_at);
    }
    return view_list(cli, "AuthorityService/ListBodyMembers", &request, seat_columns,
                     as_at ? "Nobody sat on it that day." : "Nobody sits on it yet.");
}

int run_body_seat(struct cli *cli)
{
    Pledge__V1__BodyMember seat = PLEDGE__V1__BODY_MEMBER__INIT;
    Pledge__V1__AddBodyMemberRequest request = PLEDGE__V1__ADD_BODY_MEMBER_REQUEST__INIT;
    const char *role = cli_option(cli, "role");
    const char *owner = cli_option(cli, "owner");
    const struct {
        const char *option;
        char **field;
        bool needed;
    } options[] = {{"display-name", &seat.display_name, true},
                   {"from", &seat.sits_from, true},
                   {"party", &seat.party, false},
                   {"to", &seat.sits_to, false}};
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        const char *value = cli_option(cli, options[i].option);
        if (!value && options[i].needed) {
            return cli_usage(cli, "--%s is missing", options[i].option);
        }
        if (value) {
            *options[i].field = cli_copy(cli, value);
        }
    }
    int number = PLEDGE__V1__BODY_ROLE__BODY_ROLE_MEMBER;
    if (role && !cli_enum(&pledge__v1__body_role__descriptor, "BODY_ROLE_", role, &number)) {
        return cli_usage(cli, "--role is chair, vice-chair, member, co-opted or adviser");
    }
    seat.role = (Pledge__V1__BodyRole)number;
    if (owner) {
        seat.owner = cli_owner(cli, cli_argument(cli, 0), owner);
        if (!seat.owner) {
            return CLI_FAILED;
        }
    }
    request.parent = body_name(cli);
    request.body_member_id = cli_copy(cli, text_last_segment(cli_argument(cli, 2)));
    request.body_member = &seat;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__AddBodyMemberResponse *reply =
        cli_call(cli, "AuthorityService/AddBodyMember", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    view_card(cli, reply->body_member, seat_card);
    return CLI_OK;
}

int run_body_unseat(struct cli *cli)
{
    char *paths[] = {"sits_to"};
    Pledge__V1__BodyMember seat = PLEDGE__V1__BODY_MEMBER__INIT;
    Google__Protobuf__FieldMask mask = GOOGLE__PROTOBUF__FIELD_MASK__INIT;
    Pledge__V1__UpdateBodyMemberRequest request = PLEDGE__V1__UPDATE_BODY_MEMBER_REQUEST__INIT;
    const char *on = cli_option(cli, "on");
    if (!on) {
        return cli_usage(cli, "--on is missing");
    }
    seat.name = seat_name(cli);
    seat.sits_to = cli_copy(cli, on);
    mask.paths = paths;
    mask.n_paths = 1;
    request.body_member = &seat;
    request.update_mask = &mask;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__UpdateBodyMemberResponse *reply =
        cli_call(cli, "AuthorityService/UpdateBodyMember", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    view_card(cli, reply->body_member, seat_card);
    return CLI_OK;
}

int run_body_meet(struct cli *cli)
{
    Pledge__V1__Meeting meeting = PLEDGE__V1__MEETING__INIT;
    Pledge__V1__CreateMeetingRequest request = PLEDGE__V1__CREATE_MEETING_REQUEST__INIT;
    request.parent = body_name(cli);
    request.meeting_id = meeting.held_on = cli_copy(cli, cli_argument(cli, 2));
    request.meeting = &meeting;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__CreateMeetingResponse *reply =
        cli_call(cli, "EndorsementService/CreateMeeting", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    char day[TEXT_DATE_SIZE];
    fprintf(cli->out, "The meeting of %s %s.\n", text_date(meeting.held_on, day),
            request.validate_only ? "could be added (dry run)" : "is added");
    return CLI_OK;
}
