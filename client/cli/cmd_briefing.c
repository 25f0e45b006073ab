/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions of briefing and training, and how far each party's members were reached. */
#include "client/cli/cicc.h"
#include "client/cli/commands.h"
#include "client/cli/consultation.h"
#include "client/cli/text.h"

#include "pledge/v1/briefing.pb-c.h"

#include <string.h>

#define SERVICE "BriefingService/"

static const struct view_column briefing_row[] = {
    {"session", "name", VIEW_ID},
    {"day", "held_on", VIEW_DATE},
    {"kind", "kind", 0},
    {"planned", "planned", 0},
    {"members", "member_count", TABLE_RIGHT},
    {"there", "present_count", TABLE_RIGHT},
    {"others", "people_count", TABLE_RIGHT},
    {"", "title", TABLE_NOTE},
    {0},
};

static const struct view_column briefing_card[] = {
    {"kind", "kind", 0},
    {"title", "title", 0},
    {"topic", "topic", VIEW_OPTIONAL},
    {"day", "held_on", VIEW_DATE},
    {"still planned", "planned", VIEW_OPTIONAL},
    {"for", "bodies", VIEW_ID},
    {"members", "member_count", 0},
    {"there", "present_count", 0},
    {"of parties", "parties", VIEW_OPTIONAL},
    {"others there", "people_count", 0},
    {0},
};

static const struct view_column attendance_row[] = {
    {"member", "display_name", TABLE_CUT},
    {"party", "party", TABLE_CUT},
    {"attendance", "attendance", 0},
    {0},
};

static const struct view_column headcount_row[] = {
    {"others from", "owner_display_name", TABLE_CUT},
    {"how many", "people", TABLE_RIGHT},
    {0},
};

static const struct view_column coverage_row[] = {
    {"party", "party", TABLE_CUT},
    {"members", "member_count", TABLE_RIGHT},
    {"reached", "covered_count", TABLE_RIGHT},
    {"still to be reached", "not_covered", TABLE_WRAP},
    {0},
};

static char *briefing_name(struct cli *cli)
{
    cli->hint = cli_printf(cli, "See: pledge briefing list %s", cli_argument(cli, 0));
    return cli_name(cli, cli_argument(cli, 0), "briefings", cli_argument(cli, 1));
}

/* Reads --kind, which may be left out. False with usage printed. */
static bool read_kind(struct cli *cli, Pledge__V1__BriefingKind *ret_kind)
{
    int kind = 0;
    if (cli_option(cli, "kind") && !cli_enum(&pledge__v1__briefing_kind__descriptor,
                                             "BRIEFING_KIND_", cli_option(cli, "kind"), &kind)) {
        cli_usage(cli, "--kind is briefing or training, not \"%s\"", cli_option(cli, "kind"));
        return false;
    }
    *ret_kind = (Pledge__V1__BriefingKind)kind;
    return true;
}

static int print_briefing(struct cli *cli, const void *reply, const Pledge__V1__Briefing *briefing,
                          bool dry_run)
{
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fputs(dry_run ? "It could be recorded (dry run). Then:\n\n" : "", cli->out);
    view_card(cli, briefing, briefing_card);
    return CLI_OK;
}

int run_briefing_add(struct cli *cli)
{
    Pledge__V1__CreateBriefingRequest request = PLEDGE__V1__CREATE_BRIEFING_REQUEST__INIT;
    Pledge__V1__Briefing briefing = PLEDGE__V1__BRIEFING__INIT;
    char *bodies[CLI_MAX_GIVEN];
    const char **given = cicc_given(cli, "body", &briefing.n_bodies);
    if (!read_kind(cli, &briefing.kind)) {
        return CLI_USAGE;
    }
    for (size_t i = 0; given && i < briefing.n_bodies; i++) {
        bodies[i] = cli_name(cli, cli_argument(cli, 0), "bodies", given[i]);
    }
    briefing.bodies = bodies;
    briefing.title = cli_option_text(cli, "title");
    briefing.topic = cli_option_text(cli, "topic");
    briefing.held_on = cli_option_text(cli, "on");
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.briefing_id = cli_copy(cli, cli_argument(cli, 1));
    request.briefing = &briefing;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__CreateBriefingResponse *reply =
        cli_call(cli, SERVICE "CreateBriefing", &request);
    return print_briefing(cli, reply, reply ? reply->briefing : NULL, request.validate_only);
}

int run_briefing_change(struct cli *cli)
{
    static const struct cli_change changes[] = {
        {"title", "title"}, {"topic", "topic"}, {"on", "held_on"}, {0}};
    Pledge__V1__UpdateBriefingRequest request = PLEDGE__V1__UPDATE_BRIEFING_REQUEST__INIT;
    Pledge__V1__Briefing briefing = PLEDGE__V1__BRIEFING__INIT;
    Google__Protobuf__FieldMask mask = GOOGLE__PROTOBUF__FIELD_MASK__INIT;
    char *paths[sizeof(changes) / sizeof(changes[0])];
    mask.paths = paths;
    mask.n_paths = cli_changes(cli, changes, paths);
    if (mask.n_paths == 0) {
        return CLI_USAGE;
    }
    briefing.name = briefing_name(cli);
    briefing.title = cli_option_text(cli, "title");
    briefing.topic = cli_option_text(cli, "topic");
    briefing.held_on = cli_option_text(cli, "on");
    request.briefing = &briefing;
    request.update_mask = &mask;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__UpdateBriefingResponse *reply =
        cli_call(cli, SERVICE "UpdateBriefing", &request);
    return print_briefing(cli, reply, reply ? reply->briefing : NULL, request.validate_only);
}

static void print_people(struct cli *cli, Pledge__V1__BriefingAttendance **attendance,
                         size_t n_attendance, Pledge__V1__BriefingHeadcount **headcounts,
                         size_t n_headcounts)
{
    struct cli_list members = {.items = (void **)attendance, .count = n_attendance};
    struct cli_list others = {.items = (void **)headcounts, .count = n_headcounts};
    if (members.count > 0) {
        view_table(cli, &members, attendance_row);
    }
    if (others.count > 0) {
        fputs(members.count > 0 ? "\n" : "", cli->out);
        view_table(cli, &others, headcount_row);
    }
}

/* Reads "forum/chair" as the name of a seat. False with usage printed. */
static bool read_seat(struct cli *cli, const char *given, Pledge__V1__BriefingAttendance *seat)
{
    const char *slash = strchr(given, '/');
    if (!slash) {
        cli_usage(cli, "a seat is written BODY/SEAT, such as forum/chair, not \"%s\"", given);
        return false;
    }
    seat->seat =
        cli_printf(cli, "%s/bodies/%.*s/members/%s", cli_authority(cli, cli_argument(cli, 0)),
                   (int)(slash - given), given, slash + 1);
    return true;
}

static int read_headcounts(struct cli *cli, Pledge__V1__BriefingHeadcount *counts,
                           Pledge__V1__BriefingHeadcount **list, size_t *ret_count)
{
    const char **given = cicc_given(cli, "count", ret_count);
    for (size_t i = 0; given && i < *ret_count; i++) {
        char *owner;
        const char *number;
        pledge__v1__briefing_headcount__init(&counts[i]);
        if (!cicc_pair(cli, given[i], &owner, &number)) {
            return cli_usage(cli, "--count takes OWNER=N, not \"%s\"", given[i]);
        }
        counts[i].owner = cli_owner(cli, cli_argument(cli, 0), owner);
        if (!counts[i].owner) {
            return CLI_FAILED;
        }
        counts[i].people = consultation_number(number);
        list[i] = &counts[i];
    }
    return CLI_OK;
}

int run_briefing_attend(struct cli *cli)
{
    static const char *const kinds[] = {"present", "apologies", "absent"};
    Pledge__V1__RecordBriefingAttendanceRequest request =
        PLEDGE__V1__RECORD_BRIEFING_ATTENDANCE_REQUEST__INIT;
    Pledge__V1__BriefingAttendance seats[CLI_MAX_GIVEN];
    Pledge__V1__BriefingAttendance *list[CLI_MAX_GIVEN];
    Pledge__V1__BriefingHeadcount counts[CLI_MAX_GIVEN];
    Pledge__V1__BriefingHeadcount *count_list[CLI_MAX_GIVEN];
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        size_t count = 0;
        const char **given = cicc_given(cli, kinds[k], &count);
        for (size_t i = 0; given && i < count; i++) {
            Pledge__V1__BriefingAttendance *seat = &seats[request.n_attendance];
            pledge__v1__briefing_attendance__init(seat);
            seat->attendance = (Pledge__V1__BriefingPresence)(k + 1);
            if (!read_seat(cli, given[i], seat)) {
                return CLI_USAGE;
            }
            list[request.n_attendance++] = seat;
        }
    }
    int read = read_headcounts(cli, counts, count_list, &request.n_headcounts);
    if (read != CLI_OK) {
        return read;
    }
    request.attendance = list;
    request.headcounts = count_list;
    request.parent = briefing_name(cli);
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__RecordBriefingAttendanceResponse *reply =
        cli_call(cli, SERVICE "RecordBriefingAttendance", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fputs(request.validate_only ? "It could be recorded (dry run). Then:\n\n" : "", cli->out);
    print_people(cli, reply->attendance, reply->n_attendance, reply->headcounts,
                 reply->n_headcounts);
    return CLI_OK;
}

int run_briefing_show(struct cli *cli)
{
    Pledge__V1__GetBriefingRequest request = PLEDGE__V1__GET_BRIEFING_REQUEST__INIT;
    request.name = briefing_name(cli);
    request.known_on = cli_option_text(cli, "known-on");
    const Pledge__V1__GetBriefingResponse *reply = cli_call(cli, SERVICE "GetBriefing", &request);
    int told = print_briefing(cli, reply, reply ? reply->briefing : NULL, false);
    if (told == CLI_OK && !cli->json) {
        fputs("\n", cli->out);
        print_people(cli, reply->attendance, reply->n_attendance, reply->headcounts,
                     reply->n_headcounts);
    }
    return told;
}

int run_briefing_list(struct cli *cli)
{
    Pledge__V1__ListBriefingsRequest request = PLEDGE__V1__LIST_BRIEFINGS_REQUEST__INIT;
    if (!read_kind(cli, &request.kind)) {
        return CLI_USAGE;
    }
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    return view_list(cli, SERVICE "ListBriefings", &request, briefing_row,
                     "No session yet; see: pledge briefing add");
}

int run_briefing_coverage(struct cli *cli)
{
    Pledge__V1__GetBriefingCoverageRequest request =
        PLEDGE__V1__GET_BRIEFING_COVERAGE_REQUEST__INIT;
    if (!read_kind(cli, &request.kind)) {
        return CLI_USAGE;
    }
    cli->hint = cli_printf(cli, "See: pledge body list %s", cli_argument(cli, 0));
    request.name = cli_name(cli, cli_argument(cli, 0), "bodies", cli_argument(cli, 1));
    request.from_on = cli_option_text(cli, "from");
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    const Pledge__V1__GetBriefingCoverageResponse *reply =
        cli_call(cli, SERVICE "GetBriefingCoverage", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    const Pledge__V1__BriefingCoverage *coverage = reply->coverage;
    fprintf(cli->out, "%s%s%s\n%d of %d members were at a session.\n\n",
            style_on(STYLE_BOLD, cli->colour), view_clean(cli, coverage->body_display_name),
            style_off(STYLE_BOLD, cli->colour), coverage->covered_count, coverage->member_count);
    struct cli_list parties = {.items = (void **)coverage->parties, .count = coverage->n_parties};
    if (parties.count > 0) {
        view_table(cli, &parties, coverage_row);
    }
    return CLI_OK;
}
