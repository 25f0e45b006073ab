/* SPDX-License-Identifier: Apache-2.0 */
/* Routes: by which bodies a version goes, and what each may decide. */
#include "client/cli/commands.h"
#include "client/cli/text.h"
#include "common/msg/json.h"

#include "pledge/v1/route.pb-c.h"

#include <stdlib.h>
#include <string.h>

static const struct view_column route_columns[] = {
    {"route", "name", VIEW_ID},
    {"name", "display_name", TABLE_CUT},
    {"revision", "revision", TABLE_RIGHT},
    {"since", "create_time", VIEW_DATE},
    {0},
};

static const struct view_column route_card[] = {
    {"route", "name", VIEW_ID},
    {"name", "display_name", 0},
    {"revision", "revision", 0},
    {"since", "create_time", VIEW_DATE},
    {0},
};

static const struct view_column step_columns[] = {
    {"step", "step_id", 0},
    {"body", "body_display_name", TABLE_WRAP},
    {"days allowed", "days_allowed", TABLE_RIGHT},
    {"call-in days", "call_in_days", TABLE_RIGHT},
    {"working days", "working_days", 0},
    {0},
};

static const struct view_column move_columns[] = {
    {"at step", "step_id", 0},
    {"decision", "decision", 0},
    {"leads to", "leads_to", 0},
    {"step", "to_step_id", 0},
    {0},
};

static const struct view_column recorder_columns[] = {
    {"at step", "step_id", 0},
    {"may record", "role", 0},
    {0},
};

int run_route_list(struct cli *cli)
{
    Pledge__V1__ListRoutesRequest request = PLEDGE__V1__LIST_ROUTES_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    return view_list(cli, "RouteService/ListRoutes", &request, route_columns, "No route yet.");
}

static void print_route(struct cli *cli, const Pledge__V1__Route *route)
{
    const struct {
        void **items;
        size_t count;
        const struct view_column *columns;
    } parts[] = {{(void **)route->steps, route->n_steps, step_columns},
                 {(void **)route->moves, route->n_moves, move_columns},
                 {(void **)route->recorders, route->n_recorders, recorder_columns}};
    view_card(cli, route, route_card);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        struct cli_list list = {.items = parts[i].items, .count = parts[i].count};
        fputc('\n', cli->out);
        view_table(cli, &list, parts[i].columns);
    }
}

int run_route_show(struct cli *cli)
{
    Pledge__V1__GetRouteRequest request = PLEDGE__V1__GET_ROUTE_REQUEST__INIT;
    const char *revision = cli_option(cli, "revision");
    char *end = NULL;
    long number = revision ? strtol(revision, &end, 10) : 0;
    if (revision && (*end || number < 1 || number > INT32_MAX)) {
        return cli_usage(cli, "a revision is a number, not \"%s\"", revision);
    }
    request.revision = (int32_t)number;
    request.name = cli_name(cli, cli_argument(cli, 0), "routes", cli_argument(cli, 1));
    cli->hint = cli_printf(cli, "See: pledge route list %s", cli_argument(cli, 0));
    const Pledge__V1__GetRouteResponse *reply = cli_call(cli, "RouteService/GetRoute", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    print_route(cli, reply->route);
    return CLI_OK;
}

/* The route of a file in which bodies are bare identifiers or whole names. NULL with the error
 * printed. */
static Pledge__V1__Route *read_route(struct cli *cli, const char *path)
{
    Pledge__V1__Route *route =
        (Pledge__V1__Route *)cli_read_message(cli, path, &pledge__v1__route__descriptor, "a route");
    if (!route) {
        return NULL;
    }
    for (size_t i = 0; i < route->n_steps; i++) {
        char **body = &route->steps[i]->body;
        *body = cli_name(cli, cli_argument(cli, 0), "bodies", text_last_segment(*body));
    }
    return route;
}

int run_route_set(struct cli *cli)
{
    Pledge__V1__CreateRouteRequest create = PLEDGE__V1__CREATE_ROUTE_REQUEST__INIT;
    Pledge__V1__UpdateRouteRequest update = PLEDGE__V1__UPDATE_ROUTE_REQUEST__INIT;
    Pledge__V1__Route *route = read_route(cli, cli_argument(cli, 2));
    if (!route) {
        return CLI_FAILED;
    }
    create.parent = cli_authority(cli, cli_argument(cli, 0));
    create.route_id = cli_copy(cli, text_last_segment(cli_argument(cli, 1)));
    create.route = update.route = route;
    create.validate_only = update.validate_only = cli_flag(cli, "dry-run");
    route->name = cli_name(cli, cli_argument(cli, 0), "routes", cli_argument(cli, 1));
    const struct pledge_reply *made = cli_try(cli, "RouteService/CreateRoute", &create);
    if (!made) {
        return CLI_FAILED;
    }
    const void *message = made->message;
    if (!message && made->status.code != PLEDGE_ALREADY_EXISTS) {
        return cli_explain(cli, made);
    }
    if (!message) {
        message = cli_call(cli, "RouteService/UpdateRoute", &update);
    }
    if (!message || cli->json) {
        return message ? cli_print_json(cli, message) : CLI_FAILED;
    }
    print_route(cli, ((const Pledge__V1__UpdateRouteResponse *)message)->route);
    return CLI_OK;
}
