/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/apply.h"
#include "client/cli/commands.h"
#include "client/cli/text.h"

#include <string.h>
#include <unistd.h>

static int print_problems(struct cli *cli, const struct apply_file *file, const char *path)
{
    for (size_t i = 0; i < file->problem_count; i++) {
        fprintf(cli->err, "%s: %s: %s\n", path, view_clean(cli, file->problems[i].path),
                view_clean(cli, file->problems[i].text));
    }
    return cli_fail(cli, "%zu problem%s in %s; nothing was written", file->problem_count,
                    file->problem_count == 1 ? "" : "s", path);
}

static size_t total_same(const struct apply_plan *plan)
{
    size_t total = 0;
    for (int kind = 0; kind < APPLY_KINDS; kind++) {
        total += plan->same[kind];
    }
    return total;
}

static size_t count_sign(const struct apply_plan *plan, char sign)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->action_count; i++) {
        count += plan->actions[i].sign == sign;
    }
    return count;
}

static void print_same(struct cli *cli, const struct apply_plan *plan)
{
    const char *line = "";
    for (int kind = 0; kind < APPLY_KINDS; kind++) {
        if (plan->same[kind] > 0) {
            line = cli_printf(cli, "%s%s%zu %s", line, *line ? ", " : "", plan->same[kind],
                              apply_kind_word((enum apply_kind)kind, plan->same[kind]));
        }
    }
    if (*line) {
        view_paragraph(cli, cli->out, cli_printf(cli, "= the same: %s", line), 2);
    }
}

static void print_actions(struct cli *cli, const struct apply_plan *plan)
{
    for (size_t i = 0; i < plan->action_count; i++) {
        const struct apply_action *action = &plan->actions[i];
        enum style style = action->sign == '+' ? STYLE_GREEN : STYLE_AMBER;
        fprintf(cli->out, "  %s%c%s %s\n", style_on(style, cli->colour), action->sign,
                style_off(style, cli->colour), view_clean(cli, action->what));
    }
}

static int print_json(struct cli *cli, const struct apply_plan *plan, bool written)
{
    json_t *list = json_array();
    for (size_t i = 0; i < plan->action_count; i++) {
        const struct apply_action *action = &plan->actions[i];
        json_array_append_new(list, json_pack("{s:s, s:s}", "action",
                                              action->sign == '+' ? "create" : "change", "what",
                                              action->what));
    }
    return cli_print_json_value(cli, json_pack("{s:s, s:b, s:I, s:o}", "authority",
                                               plan->file->authority, "written", written, "same",
                                               (json_int_t)total_same(plan), "actions", list));
}

static char **text_field(const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
    return field ? (char **)((char *)message + field->offset) : NULL;
}

/* Gives the request the etag of what is there now. Every Get reply holds one resource. */
static bool take_etag(struct cli *cli, const struct apply_action *action)
{
    const ProtobufCMessageDescriptor *type = cli_method(action->etag_method)->input;
    ProtobufCMessage *get = arena_calloc(&cli->arena, 1, type->sizeof_message);
    if (!get) {
        return false;
    }
    protobuf_c_message_init(type, get);
    *text_field(get, "name") = *text_field(action->request, "name");
    const ProtobufCMessage *reply = cli_call(cli, action->etag_method, get);
    if (!reply) {
        return false;
    }
    const char *at = (const char *)reply + reply->descriptor->fields[0].offset;
    const ProtobufCMessage *resource = *(ProtobufCMessage *const *)at;
    *text_field(action->request, "etag") = *text_field(resource, "etag");
    return true;
}

static bool carry_out(struct cli *cli, const struct apply_plan *plan)
{
    bool terminal = isatty(STDERR_FILENO);
    for (size_t i = 0; i < plan->action_count; i++) {
        const struct apply_action *action = &plan->actions[i];
        if (terminal) {
            fprintf(cli->err, "\r\033[K[%zu/%zu] %s", i + 1, plan->action_count,
                    text_cut(&cli->arena, view_clean(cli, action->what), cli->width - 14));
        }
        bool done = (!action->etag_method || take_etag(cli, action)) &&
                    cli_call(cli, action->method, action->request);
        if (terminal && (!done || i + 1 == plan->action_count)) {
            fprintf(cli->err, done ? "\r\033[K" : "\n");
        }
        if (!done) {
            fprintf(cli->err,
                    "This happened at %c %s, after %zu of %zu. What was written stays; "
                    "mend the cause and run the same command again.\n",
                    action->sign, view_clean(cli, action->what), i, plan->action_count);
            return false;
        }
    }
    return true;
}

static int carry_on(struct cli *cli, struct apply_plan *plan, const char *path)
{
    bool dry = cli_flag(cli, "dry-run");
    const char *id = text_last_segment(plan->file->authority);
    if (!cli->json && dry) {
        fprintf(cli->out, "%s compared with %s (dry run, nothing is written)\n", path, id);
        print_actions(cli, plan);
        print_same(cli, plan);
    }
    if (!dry && !carry_out(cli, plan)) {
        return CLI_FAILED;
    }
    if (cli->json) {
        return print_json(cli, plan, !dry);
    }
    size_t creates = count_sign(plan, '+');
    size_t changes = count_sign(plan, '~');
    if (creates + changes == 0) {
        fprintf(cli->out, "%s: nothing to change, %zu things are as the file says.\n", id,
                total_same(plan));
    } else {
        fprintf(cli->out, "%s: %zu %s, %zu %s, %zu the same.\n", id, creates,
                dry ? "to create" : "created", changes, dry ? "to change" : "changed",
                total_same(plan));
    }
    return CLI_OK;
}

/* Takes --until. False with the mistake printed. */
static bool find_until(struct apply_plan *plan)
{
    const char *until = cli_option(plan->cli, "until");
    plan->until = cli_version_name(plan->cli, text_last_segment(plan->file->authority), until);
    if (plan->until && !apply_file_find(plan->file, APPLY_VERSION, plan->until)) {
        cli_usage(plan->cli, "the file has no version %s", until);
        return false;
    }
    return plan->until != NULL;
}

int run_apply(struct cli *cli)
{
    struct apply_file file;
    size_t len = 0;
    const char *path = cli_argument(cli, 0);
    char *text = cli_read_file(cli, path, &len);
    if (!text) {
        return CLI_FAILED;
    }
    if (!apply_file_read(&file, &cli->arena, text, len)) {
        apply_file_deinit(&file);
        return cli_fail(cli, "out of memory");
    }
    struct apply_plan plan = {.cli = cli, .file = &file};
    int code = CLI_FAILED;
    if (cli_option(cli, "until") && file.problem_count == 0 && !find_until(&plan)) {
        apply_file_deinit(&file);
        return CLI_USAGE;
    }
    bool json = cli->json;
    cli->json = false; /* while lists are read */
    bool compared = file.problem_count == 0 && apply_compare(&plan);
    cli->json = json;
    if (file.no_memory) {
        code = cli_fail(cli, "out of memory");
    } else if (file.problem_count > 0) {
        code = print_problems(cli, &file, path);
    } else if (compared) {
        code = carry_on(cli, &plan, path);
    }
    apply_file_deinit(&file);
    return code;
}
