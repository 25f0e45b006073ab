/* SPDX-License-Identifier: Apache-2.0 */
/* What is mine to do, over all councils that I have a place in. */
#include "client/cli/commands.h"
#include "client/cli/text.h"

#include "pledge/v1/member.pb-c.h"
#include "pledge/v1/task.pb-c.h"

#include <string.h>

static const struct view_column task_columns[] = {
    {"due", "due_on", VIEW_DATE},
    {"late by", "days_late", TABLE_RIGHT},
    {"what", "title", TABLE_WRAP},
    {"no", "count", TABLE_RIGHT},
    {0},
};

/* The command that does a task: its words, and how many segments of the name behind the authority
 * it takes, every second of a resource name. */
static const struct way {
    Pledge__V1__TaskKind kind;
    const char *words;
    int segments;
} ways[] = {
    {PLEDGE__V1__TASK_KIND__TASK_KIND_SEND_RETURN, "return template", 2},
    {PLEDGE__V1__TASK_KIND__TASK_KIND_ANSWER_QUERY, "return show", 2},
    {PLEDGE__V1__TASK_KIND__TASK_KIND_CERTIFY_RETURN, "return certify", 2},
    {PLEDGE__V1__TASK_KIND__TASK_KIND_REVIEW_RETURN, "return show", 2},
    {PLEDGE__V1__TASK_KIND__TASK_KIND_PUBLISH_RETURNS, "round show", 1},
    {PLEDGE__V1__TASK_KIND__TASK_KIND_CLOSE_ROUND, "round close", 1},
    {PLEDGE__V1__TASK_KIND__TASK_KIND_SET_ADDRESS, "reminder addresses", 0},
    {PLEDGE__V1__TASK_KIND__TASK_KIND_RECORD_DECISION, "endorsement list", 0},
    {PLEDGE__V1__TASK_KIND__TASK_KIND_MODERATE_TEXTS, "consultation texts", 1},
    {PLEDGE__V1__TASK_KIND__TASK_KIND_DECIDE_AMENDMENT, "amendment list", 1},
    {PLEDGE__V1__TASK_KIND__TASK_KIND_READ_CONCERNS, "consultation concerns", 0},
    {PLEDGE__V1__TASK_KIND__TASK_KIND_ANSWER_ISSUE, "raised-issue show", 1},
    {PLEDGE__V1__TASK_KIND__TASK_KIND_ASK_SATISFIED, "raised-issue show", 1},
    {PLEDGE__V1__TASK_KIND__TASK_KIND_DO_ACTION, "meeting actions", 0},
    {PLEDGE__V1__TASK_KIND__TASK_KIND_REVIEW_STRATEGY, "strategy show", 1},
    {PLEDGE__V1__TASK_KIND__TASK_KIND_ANSWER_FINDING, "visit show", 1},
    {PLEDGE__V1__TASK_KIND__TASK_KIND_RECORD_ATTENDANCE, "briefing show", 1},
    {PLEDGE__V1__TASK_KIND__TASK_KIND_DO_WORK, "work show", 1},
    {PLEDGE__V1__TASK_KIND__TASK_KIND_ASSIGN_WORK, "work update", 1},
};

/* Words that wait are listed version by version where they came with ratings, else over all visits.
 */
static const char *moderation_of(struct cli *cli, const char *name)
{
    static const char pledges[] = "/pledges/";
    static const char versions[] = "/versions/";
    const char *authority = strchr(name, '/');
    const char *pledge = strstr(name, pledges);
    const char *version = pledge ? strstr(pledge + strlen(pledges), versions) : NULL;
    if (!authority) {
        return "";
    }
    int len = (int)strcspn(++authority, "/");
    if (!version) {
        return cli_printf(cli, "pledge visit findings %.*s --state waiting", len, authority);
    }
    pledge += strlen(pledges);
    return cli_printf(cli, "pledge cicc words %.*s %.*s/%s --state waiting", len, authority,
                      (int)(version - pledge), pledge, version + strlen(versions));
}

/* "pledge return template derby 2016-07 housing" of the task. */
static const char *command_of(struct cli *cli, const Pledge__V1__Task *task)
{
    if (task->kind == PLEDGE__V1__TASK_KIND__TASK_KIND_MODERATE_WORDS) {
        return moderation_of(cli, task->name);
    }
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (ways[i].kind != task->kind) {
            continue;
        }
        char *command = cli_printf(cli, "pledge %s", ways[i].words);
        char *rest = cli_copy(cli, task->name);
        for (int segment = 0; segment <= ways[i].segments && rest; segment++) {
            char *id = strchr(rest, '/');
            char *next = id ? strchr(id + 1, '/') : NULL;
            if (next) {
                *next++ = '\0';
            }
            if (id) {
                command = cli_printf(cli, "%s %s", command, id + 1);
            }
            rest = next;
        }
        return command;
    }
    return "";
}

/* One council's list. False with the error printed. */
static bool print_tasks(struct cli *cli, const char *authority, size_t *count)
{
    Pledge__V1__ListTasksRequest request = PLEDGE__V1__LIST_TASKS_REQUEST__INIT;
    struct cli_list list;
    request.parent = cli_copy(cli, authority);
    if (!cli_list(cli, "TaskService/ListTasks", &request, &list)) {
        return false;
    }
    if (cli->json) {
        cli_print_json_value(cli, list.json);
        return true;
    }
    *count += list.count;
    if (list.count == 0) {
        return true;
    }
    fprintf(cli->out, "%s%s%s\n", style_on(STYLE_BOLD, cli->colour), text_last_segment(authority),
            style_off(STYLE_BOLD, cli->colour));
    view_table(cli, &list, task_columns);
    fprintf(cli->out, "First: %s\n\n", view_clean(cli, command_of(cli, list.items[0])));
    return true;
}

/* The authority of "authorities/derby/members/officer". */
static const char *authority_of(struct cli *cli, const char *member)
{
    const char *end = strstr(member, "/members/");
    return end ? cli_printf(cli, "%.*s", (int)(end - member), member) : member;
}

int run_tasks(struct cli *cli)
{
    Pledge__V1__GetSelfRequest request = PLEDGE__V1__GET_SELF_REQUEST__INIT;
    const char *only = cli_argument(cli, 0);
    size_t count = 0;
    if (*only) {
        if (!print_tasks(cli, cli_authority(cli, only), &count)) {
            return CLI_FAILED;
        }
    } else {
        const Pledge__V1__GetSelfResponse *self = cli_call(cli, "MemberService/GetSelf", &request);
        for (size_t i = 0; self && i < self->n_memberships; i++) {
            const Pledge__V1__Member *member = self->memberships[i];
            if (member->role != PLEDGE__V1__ROLE__ROLE_INSPECTOR &&
                !print_tasks(cli, authority_of(cli, member->name), &count)) {
                return CLI_FAILED;
            }
        }
        if (!self) {
            return CLI_FAILED;
        }
    }
    if (count == 0 && !cli->json) {
        fputs("Nothing waits for you.\n", cli->out);
    }
    return CLI_OK;
}
