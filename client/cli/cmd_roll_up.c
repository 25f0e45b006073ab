/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/cicc.h"
#include "client/cli/commands.h"
#include "client/cli/consultation.h"

#include "pledge/v1/monitor.pb-c.h"

static int print_rule(struct cli *cli, const Pledge__V1__RollUp *rule)
{
    static const struct view_column owner = {"", "owner", VIEW_OWNER};
    if (rule->rule != PLEDGE__V1__ROLL_UP_RULE__ROLL_UP_RULE_WEIGHTED) {
        view_paragraph(
            cli, cli->out,
            "The worst that was said stands. What is missing outranks amber, what nobody "
            "has committed to outranks green.",
            0);
        return CLI_OK;
    }
    view_paragraph(cli, cli->out,
                   cli_printf(cli,
                              "Ratings are weighed: green from a mean of %d, amber from %d, red "
                              "below (red counts 0, amber 50, green 100). What is missing outranks "
                              "amber, what nobody has committed to outranks green.",
                              rule->green_from, rule->amber_from),
                   0);
    for (size_t i = 0; i < rule->n_weights; i++) {
        fprintf(cli->out, "  %s counts %d times\n", view_text(cli, rule->weights[i], &owner),
                rule->weights[i]->weight);
    }
    return CLI_OK;
}

int run_roll_up_show(struct cli *cli)
{
    Pledge__V1__GetRollUpRequest request = PLEDGE__V1__GET_ROLL_UP_REQUEST__INIT;
    request.name = cli_authority(cli, cli_argument(cli, 0));
    const Pledge__V1__GetRollUpResponse *reply =
        cli_call(cli, "MonitorService/GetRollUp", &request);
    if (!reply) {
        return CLI_FAILED;
    }
    return cli->json ? cli_print_json(cli, reply) : print_rule(cli, reply->roll_up);
}

/* A whole number of an option, 0 where it was not given. False with usage printed. */
static bool read_number(struct cli *cli, const char *option, const char *text, int32_t *ret_number)
{
    *ret_number = text ? consultation_number(text) : 0;
    if (*ret_number < 0) {
        cli_usage(cli, "--%s takes a number, not \"%s\"", option, text);
    }
    return *ret_number >= 0;
}

/* Each --weight OWNER=N. False with the mistake printed. */
static bool read_weights(struct cli *cli, Pledge__V1__RollUp *rule)
{
    size_t count = 0;
    const char **given = cicc_given(cli, "weight", &count);
    if (!given || count == 0) {
        return true;
    }
    Pledge__V1__OwnerWeight *weights = arena_calloc(&cli->arena, count, sizeof(*weights));
    rule->weights = arena_calloc(&cli->arena, count, sizeof(*rule->weights));
    for (size_t i = 0; weights && rule->weights && i < count; i++) {
        char *owner = NULL;
        const char *number = NULL;
        pledge__v1__owner_weight__init(&weights[i]);
        if (!cicc_pair(cli, given[i], &owner, &number)) {
            cli_usage(cli, "--weight takes OWNER=N such as housing=3, not \"%s\"", given[i]);
            return false;
        }
        weights[i].owner = cli_owner(cli, cli_argument(cli, 0), owner);
        if (!weights[i].owner || !read_number(cli, "weight", number, &weights[i].weight)) {
            return false;
        }
        rule->weights[rule->n_weights++] = &weights[i];
    }
    return true;
}

int run_roll_up_set(struct cli *cli)
{
    Pledge__V1__SetRollUpRequest request = PLEDGE__V1__SET_ROLL_UP_REQUEST__INIT;
    Pledge__V1__RollUp rule = PLEDGE__V1__ROLL_UP__INIT;
    int kind = 0;
    const char *word = cli_argument(cli, 1);
    if (!cli_enum(&pledge__v1__roll_up_rule__descriptor, "ROLL_UP_RULE_", word, &kind)) {
        return cli_usage(cli, "the rule is worst or weighted, not \"%s\"", word);
    }
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    rule.rule = (Pledge__V1__RollUpRule)kind;
    if (!read_number(cli, "green-from", cli_option(cli, "green-from"), &rule.green_from) ||
        !read_number(cli, "amber-from", cli_option(cli, "amber-from"), &rule.amber_from) ||
        !read_weights(cli, &rule)) {
        return CLI_FAILED;
    }
    request.roll_up = &rule;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__SetRollUpResponse *reply =
        cli_call(cli, "MonitorService/SetRollUp", &request);
    if (!reply) {
        return CLI_FAILED;
    }
    if (cli->json) {
        return cli_print_json(cli, reply);
    }
    if (request.validate_only) {
        fprintf(cli->out, "The rule could be chosen (dry run).\n");
        return CLI_OK;
    }
    return print_rule(cli, reply->roll_up);
}
