/* SPDX-License-Identifier: Apache-2.0 */
/* Reminders of returns: when, to whom, and what became of them. */
#include "client/cli/commands.h"

#include "pledge/v1/reminder.pb-c.h"

#include <stdlib.h>
#include <string.h>

enum { REMINDER_MAX_RULES = 20, RULE_PARTS = 3 };

static const struct view_column rule_columns[] = {
    {"rule", "rule_id", 0},
    {"about", "about", 0},
    {"days", "days", TABLE_RIGHT},
    {"to", "level", 0},
    {0},
};

static const struct view_column address_columns[] = {
    {"to", "level", 0},
    {"of", "owner", VIEW_OWNER},
    {"address", "email", 0},
    {0},
};

static const struct view_column reminder_columns[] = {
    {"no", "number", TABLE_RIGHT},
    {"made", "create_time", VIEW_DATE},
    {"round", "round", VIEW_ID},
    {"owner", "owner", VIEW_ID | TABLE_CUT},
    {"about", "about", 0},
    {"to", "level", 0},
    {"state", "state", 0},
    {"why", "problem", TABLE_NOTE},
    {0},
};

static int print_rules(struct cli *cli, Pledge__V1__ReminderRule **rules, size_t count)
{
    if (count == 0) {
        fputs("Nobody is reminded of anything.\n", cli->out);
        return CLI_OK;
    }
    view_table(cli, &(struct cli_list){.items = (void **)rules, .count = count}, rule_columns);
    return CLI_OK;
}

static const Pledge__V1__GetReminderRulesResponse *get_rules(struct cli *cli)
{
    Pledge__V1__GetReminderRulesRequest request = PLEDGE__V1__GET_REMINDER_RULES_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    return cli_call(cli, "ReminderService/GetReminderRules", &request);
}

int run_reminder_rules(struct cli *cli)
{
    const Pledge__V1__GetReminderRulesResponse *reply = get_rules(cli);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    return print_rules(cli, reply->rules, reply->n_rules);
}

/* "missing,7,director" as the rule missing-7-director. False with the mistake printed. */
static bool read_rule(struct cli *cli, const char *text, Pledge__V1__ReminderRule *rule)
{
    char *copy = cli_copy(cli, text);
    char *parts[RULE_PARTS] = {copy, NULL, NULL};
    char *end = NULL;
    for (int i = 1; i < RULE_PARTS && parts[i - 1]; i++) {
        parts[i] = strchr(parts[i - 1], ',');
        if (parts[i]) {
            *parts[i]++ = '\0';
        }
    }
    pledge__v1__reminder_rule__init(rule);
    int about = 0;
    int level = 0;
    bool good =
        parts[2] &&
        cli_enum(&pledge__v1__reminder_about__descriptor, "REMINDER_ABOUT_", parts[0], &about) &&
        cli_enum(&pledge__v1__reminder_level__descriptor, "REMINDER_LEVEL_", parts[2], &level);
    rule->days = good ? (int32_t)strtol(parts[1], &end, 10) : 0;
    if (!good || end == parts[1] || *end) {
        cli_usage(cli, "\"%s\" is no rule such as missing,7,director", text);
        return false;
    }
    rule->about = (Pledge__V1__ReminderAbout)about;
    rule->level = (Pledge__V1__ReminderLevel)level;
    rule->rule_id = cli_printf(cli, "%s-%d-%s", parts[0], (int)rule->days, parts[2]);
    return true;
}

int run_reminder_set(struct cli *cli)
{
    Pledge__V1__SetReminderRulesRequest request = PLEDGE__V1__SET_REMINDER_RULES_REQUEST__INIT;
    static Pledge__V1__ReminderRule rules[REMINDER_MAX_RULES];
    static Pledge__V1__ReminderRule *list[REMINDER_MAX_RULES];
    const char *given = cli_option(cli, "rules");
    if (!given) {
        return cli_usage(cli, "--rules is missing; --rules \"\" for no reminders at all");
    }
    for (const char *at = given; *at;) {
        size_t len = strcspn(at, " ");
        if (len > 0 && request.n_rules == REMINDER_MAX_RULES) {
            return cli_usage(cli, "there are at most %d rules", REMINDER_MAX_RULES);
        }
        if (len > 0) {
            list[request.n_rules] = &rules[request.n_rules];
            if (!read_rule(cli, cli_printf(cli, "%.*s", (int)len, at), list[request.n_rules++])) {
                return CLI_USAGE;
            }
        }
        at += len + (at[len] ? 1 : 0);
    }
    const Pledge__V1__GetReminderRulesResponse *there = get_rules(cli);
    if (!there) {
        return CLI_FAILED;
    }
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.rules = list;
    request.etag = there->etag;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__SetReminderRulesResponse *reply =
        cli_call(cli, "ReminderService/SetReminderRules", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    return print_rules(cli, reply->rules, reply->n_rules);
}

int run_reminder_addresses(struct cli *cli)
{
    Pledge__V1__ListReminderAddressesRequest request =
        PLEDGE__V1__LIST_REMINDER_ADDRESSES_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    return view_list(cli, "ReminderService/ListReminderAddresses", &request, address_columns,
                     "No address yet: reminders go nowhere.");
}

int run_reminder_address(struct cli *cli)
{
    Pledge__V1__SetReminderAddressRequest request = PLEDGE__V1__SET_REMINDER_ADDRESS_REQUEST__INIT;
    Pledge__V1__ReminderAddress address = PLEDGE__V1__REMINDER_ADDRESS__INIT;
    const char *owner = cli_option(cli, "of");
    int level = 0;
    if (!cli_enum(&pledge__v1__reminder_level__descriptor, "REMINDER_LEVEL_", cli_argument(cli, 1),
                  &level)) {
        return cli_usage(cli, "\"%s\" is none of owner, director and board", cli_argument(cli, 1));
    }
    address.level = (Pledge__V1__ReminderLevel)level;
    address.owner = owner ? cli_owner(cli, cli_argument(cli, 0), owner) : cli_copy(cli, "");
    if (!address.owner) {
        return CLI_FAILED;
    }
    address.email = cli_copy(cli, cli_argument(cli, 2));
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.address = &address;
    request.validate_only = cli_flag(cli, "dry-run");
    const void *reply = cli_call(cli, "ReminderService/SetReminderAddress", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "%s.\n",
            request.validate_only ? "The address could be set (dry run)"
            : *address.email      ? "The address is set"
                                  : "The address is taken away");
    return CLI_OK;
}

int run_reminder_make(struct cli *cli)
{
    Pledge__V1__MakeRemindersRequest request = PLEDGE__V1__MAKE_REMINDERS_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    const void *reply = cli_call(cli, "ReminderService/MakeReminders", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "What is due today is made. See: pledge reminder list %s\n",
            cli_argument(cli, 0));
    return CLI_OK;
}

int run_reminder_list(struct cli *cli)
{
    Pledge__V1__ListRemindersRequest request = PLEDGE__V1__LIST_REMINDERS_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    return view_list(cli, "ReminderService/ListReminders", &request, reminder_columns,
                     "Nobody was reminded of anything yet.");
}
