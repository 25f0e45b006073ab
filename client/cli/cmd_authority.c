/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/commands.h"
#include "client/cli/text.h"

#include "pledge/v1/authority.pb-c.h"
#include "pledge/v1/member.pb-c.h"

#include <string.h>

static const struct view_column authority_columns[] = {
    {"authority", "name", VIEW_ID},        {"name", "display_name", TABLE_CUT},
    {"pledge", "words.pledge", TABLE_CUT}, {"statement", "words.statement", TABLE_CUT},
    {"board", "words.board", TABLE_CUT},   {0},
};

static const struct view_column authority_card[] = {
    {"authority", "name", VIEW_ID},
    {"name", "display_name", 0},
    {"its word for pledge", "words.pledge", 0},
    {"for statement", "words.statement", 0},
    {"for the board", "words.board", 0},
    {"set up", "create_time", 0},
    {"etag", "etag", 0},
    {0},
};

static const struct view_column department_columns[] = {
    {"department", "name", VIEW_ID},
    {"name", "display_name", TABLE_CUT},
    {"certifies", "director_post", TABLE_CUT},
    {0},
};

static const struct view_column agency_columns[] = {
    {"agency", "name", VIEW_ID},
    {"name", "display_name", TABLE_CUT},
    {"answers", "contact_post", TABLE_CUT},
    {0},
};

static const struct view_column body_columns[] = {
    {"body", "name", VIEW_ID},
    {"name", "display_name", TABLE_CUT},
    {"reports to", "parent_body", VIEW_ID | TABLE_CUT},
    {"months", "meeting_interval_months", TABLE_RIGHT},
    {"since", "established_on", VIEW_DATE},
    {0},
};

static const struct view_column place_columns[] = {
    {"authority", "name", 0},
    {"role", "role", 0},
    {"owner", "owner", VIEW_OWNER},
    {"as", "display_name", TABLE_CUT},
    {0},
};

int run_whoami(struct cli *cli)
{
    Pledge__V1__GetSelfRequest request = PLEDGE__V1__GET_SELF_REQUEST__INIT;
    const Pledge__V1__GetSelfResponse *self = cli_call(cli, "MemberService/GetSelf", &request);
    if (!self || cli->json) {
        return self ? cli_print_json(cli, self) : CLI_FAILED;
    }
    fprintf(cli->out, "%s%s\n", view_clean(cli, self->display_name),
            self->host_administrator ? ", host administrator of this service" : "");
    if (self->n_memberships == 0) {
        if (!self->host_administrator) {
            fprintf(cli->out, "No council has given you a place yet.\n");
        }
        return CLI_OK;
    }
    /* "authorities/derby/members/officer" stands for the place; the council is what matters. */
    for (size_t i = 0; i < self->n_memberships; i++) {
        char *name = self->memberships[i]->name;
        const char *id = strchr(name, '/') ? strchr(name, '/') + 1 : name;
        self->memberships[i]->name = cli_printf(cli, "%.*s", (int)strcspn(id, "/"), id);
    }
    struct cli_list list = {.items = (void **)self->memberships, .count = self->n_memberships};
    view_table(cli, &list, place_columns);
    return CLI_OK;
}

int run_authority_list(struct cli *cli)
{
    Pledge__V1__ListAuthoritiesRequest request = PLEDGE__V1__LIST_AUTHORITIES_REQUEST__INIT;
    return view_list(cli, "AuthorityService/ListAuthorities", &request, authority_columns,
                     "No council is set up, or none that you may see.");
}

static const Pledge__V1__Authority *get(struct cli *cli, const struct pledge_reply **ret_reply)
{
    Pledge__V1__GetAuthorityRequest request = PLEDGE__V1__GET_AUTHORITY_REQUEST__INIT;
    request.name = cli_authority(cli, cli_argument(cli, 0));
    cli->hint = "Councils that you may see: pledge authority list";
    *ret_reply = cli_try(cli, "AuthorityService/GetAuthority", &request);
    const Pledge__V1__GetAuthorityResponse *reply =
        *ret_reply ? (const void *)(*ret_reply)->message : NULL;
    return reply ? reply->authority : NULL;
}

int run_authority_show(struct cli *cli)
{
    const struct pledge_reply *reply;
    const Pledge__V1__Authority *authority = get(cli, &reply);
    if (!authority) {
        return reply ? cli_explain(cli, reply) : CLI_FAILED;
    }
    if (cli->json) {
        return cli_print_json(cli, reply->message);
    }
    view_card(cli, authority, authority_card);
    return CLI_OK;
}

/* A word of a proto message that was not given stays as it is. */
static bool set(struct cli *cli, const char *option, char **field)
{
    const char *value = cli_option(cli, option);
    if (value) {
        *field = cli_copy(cli, value);
    }
    return value != NULL;
}

static bool same_word(const char *there, const char *wanted)
{
    return !*wanted || strcmp(there, wanted) == 0;
}

/* Words that were not given may be anything. */
static bool same(const Pledge__V1__Authority *there, const Pledge__V1__Authority *wanted)
{
    static const Pledge__V1__Words none = PLEDGE__V1__WORDS__INIT;
    const Pledge__V1__Words *a = there->words ? there->words : &none;
    const Pledge__V1__Words *b = wanted->words;
    return strcmp(there->display_name, wanted->display_name) == 0 &&
           same_word(a->pledge, b->pledge) && same_word(a->statement, b->statement) &&
           same_word(a->board, b->board);
}

static int already_there(struct cli *cli, const struct pledge_reply *created,
                         const Pledge__V1__Authority *wanted)
{
    const struct pledge_reply *reply;
    const Pledge__V1__Authority *there = get(cli, &reply);
    if (!there || !same(there, wanted)) {
        cli_explain(cli, created);
        fprintf(cli->err, "To change it: pledge authority update %s\n", cli_argument(cli, 0));
        return CLI_FAILED;
    }
    if (cli->json) {
        return cli_print_json(cli, reply->message);
    }
    fprintf(cli->out, "%s is there already, with the same values.\n", cli_argument(cli, 0));
    return CLI_OK;
}

int run_authority_create(struct cli *cli)
{
    Pledge__V1__Words words = PLEDGE__V1__WORDS__INIT;
    Pledge__V1__Authority authority = PLEDGE__V1__AUTHORITY__INIT;
    Pledge__V1__CreateAuthorityRequest request = PLEDGE__V1__CREATE_AUTHORITY_REQUEST__INIT;
    if (!set(cli, "display-name", &authority.display_name)) {
        return cli_usage(cli, "--display-name is missing");
    }
    set(cli, "word-pledge", &words.pledge);
    set(cli, "word-statement", &words.statement);
    set(cli, "word-board", &words.board);
    authority.words = &words;
    request.authority_id = cli_copy(cli, text_last_segment(cli_argument(cli, 0)));
    request.authority = &authority;
    request.validate_only = cli_flag(cli, "dry-run");
    const struct pledge_reply *reply = cli_try(cli, "AuthorityService/CreateAuthority", &request);
    if (!reply) {
        return CLI_FAILED;
    }
    if (reply->status.code == PLEDGE_ALREADY_EXISTS) {
        return already_there(cli, reply, &authority);
    }
    if (!reply->message) {
        return cli_explain(cli, reply);
    }
    if (cli->json) {
        return cli_print_json(cli, reply->message);
    }
    fprintf(cli->out, "%s %s.\n", request.authority_id,
            request.validate_only ? "would be set up (dry run)" : "is set up");
    return CLI_OK;
}

int run_authority_update(struct cli *cli)
{
    static const char *const options[] = {"display-name", "word-pledge", "word-statement",
                                          "word-board"};
    static const char *const paths[] = {"display_name", "words.pledge", "words.statement",
                                        "words.board"};
    Pledge__V1__Words words = PLEDGE__V1__WORDS__INIT;
    Pledge__V1__Authority authority = PLEDGE__V1__AUTHORITY__INIT;
    Google__Protobuf__FieldMask mask = GOOGLE__PROTOBUF__FIELD_MASK__INIT;
    Pledge__V1__UpdateAuthorityRequest request = PLEDGE__V1__UPDATE_AUTHORITY_REQUEST__INIT;
    char **fields[] = {&authority.display_name, &words.pledge, &words.statement, &words.board};
    char *given[4];
    for (size_t i = 0; i < 4; i++) {
        if (set(cli, options[i], fields[i])) {
            given[mask.n_paths++] = cli_copy(cli, paths[i]);
        }
    }
    if (mask.n_paths == 0) {
        return cli_usage(cli, "nothing to change was given");
    }
    mask.paths = given;
    authority.words = &words;
    authority.name = cli_authority(cli, cli_argument(cli, 0));
    request.authority = &authority;
    request.update_mask = &mask;
    request.validate_only = cli_flag(cli, "dry-run");
    cli->hint = "Councils that you may see: pledge authority list";
    const Pledge__V1__UpdateAuthorityResponse *reply =
        cli_call(cli, "AuthorityService/UpdateAuthority", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    view_card(cli, reply->authority, authority_card);
    return CLI_OK;
}

int run_department_list(struct cli *cli)
{
    Pledge__V1__ListDepartmentsRequest request = PLEDGE__V1__LIST_DEPARTMENTS_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    return view_list(cli, "AuthorityService/ListDepartments", &request, department_columns,
                     "No departments yet.");
}

int run_agency_list(struct cli *cli)
{
    Pledge__V1__ListPartnerAgenciesRequest request =
        PLEDGE__V1__LIST_PARTNER_AGENCIES_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    return view_list(cli, "AuthorityService/ListPartnerAgencies", &request, agency_columns,
                     "No partner agencies yet.");
}

int run_body_list(struct cli *cli)
{
    Pledge__V1__ListBodiesRequest request = PLEDGE__V1__LIST_BODIES_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    return view_list(cli, "AuthorityService/ListBodies", &request, body_columns, "No bodies yet.");
}
