/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/commands.h"
#include "client/cli/return_file.h"
#include "client/cli/text.h"

#include "pledge/v1/return.pb-c.h"

#include <string.h>

static const char nothing_sent[] = "nothing sent";

/* What to do about each rule, by its code; the service knows. */
static const char *remedy_of(const struct cli_list *checks, const char *code)
{
    for (size_t i = 0; *code && i < checks->count; i++) {
        const Pledge__V1__ReturnCheck *check = checks->items[i];
        if (strcmp(check->code, code) == 0) {
            return check->remedy;
        }
    }
    return "";
}

static void take_violations(struct cli *cli, struct return_file *file,
                            const struct pledge_reply *reply)
{
    struct cli_list checks = {0};
    Pledge__V1__ListReturnChecksRequest request = PLEDGE__V1__LIST_RETURN_CHECKS_REQUEST__INIT;
    bool json = cli->json;
    cli->json = false;
    if (!cli_list(cli, "ReturnService/ListReturnChecks", &request, &checks)) {
        checks.count = 0;
    }
    cli->json = json;
    for (size_t i = 0; i < reply->violation_count; i++) {
        const struct pledge_violation *violation = &reply->violations[i];
        return_file_violation(file, violation->field, violation->description,
                              remedy_of(&checks, violation->reason), violation->reason);
    }
}

static int print_problems_json(struct cli *cli, const struct return_file *file)
{
    json_t *list = json_array();
    for (size_t i = 0; i < file->problem_count; i++) {
        const struct return_problem *problem = &file->problems[i];
        json_array_append_new(
            list,
            json_pack("{s:I, s:s, s:s, s:s, s:s}", file->is_json ? "item" : "line",
                      (json_int_t)problem->place, "column", view_clean(cli, problem->column),
                      "problem", view_clean(cli, problem->text), "remedy",
                      view_clean(cli, problem->remedy), "code", view_clean(cli, problem->code)));
    }
    cli_print_json_value(cli, json_pack("{s:o}", "problems", list));
    return CLI_FAILED;
}

/* `done` says what became of the rows. */
static int print_problems(struct cli *cli, struct return_file *file, const char *path,
                          const char *done)
{
    struct table table;
    return_file_sort(file);
    if (cli->json) {
        return print_problems_json(cli, file);
    }
    fprintf(cli->out, "%s: %zu row%s read, %s%s\n", path, file->progress_count,
            file->progress_count == 1 ? "" : "s", done,
            cli_flag(cli, "dry-run") ? " (dry run)" : "");
    table_init(&table, &cli->arena, 2);
    table_column(&table, "", 0);
    table_column(&table, "", 0);
    table_column(&table, "", TABLE_WRAP);
    table_column(&table, "", TABLE_WRAP);
    table_column(&table, "", 0);
    for (size_t i = 0; i < file->problem_count; i++) {
        const struct return_problem *problem = &file->problems[i];
        struct table_cell *row = table_row(&table);
        if (row) {
            row[0].text =
                problem->place == 0
                    ? "whole"
                    : cli_printf(cli, "%s %zu", file->is_json ? "item" : "line", problem->place);
            row[1] = (struct table_cell){view_clean(cli, problem->column), STYLE_BOLD};
            row[2].text = view_clean(cli, problem->text);
            row[3].text = view_clean(cli, problem->remedy);
            row[4] = (struct table_cell){view_clean(cli, problem->code), STYLE_DIM};
        }
    }
    table_print(&table, cli->out, cli->width, cli->colour);
    size_t rows = return_file_rows_with_problems(file);
    const char *where = cli_printf(cli, " in %zu row%s", rows, rows == 1 ? "" : "s");
    view_paragraph(cli, cli->out,
                   cli_printf(cli,
                              "%zu problem%s%s. Mend %s and run the same command again; the full "
                              "list of checks: pledge return checks",
                              file->problem_count, file->problem_count == 1 ? "" : "s",
                              rows ? where : "", file->problem_count == 1 ? "it" : "them"),
                   0);
    return CLI_FAILED;
}

/* The option wins over the file. NULL with the mistake printed. */
static const char *place(struct cli *cli, const char *option, const char *in_file)
{
    const char *given = cli_option(cli, option);
    if (!given && !*in_file) {
        cli_usage(cli, "whose return is it? Say --%s, or put \"# %s: …\" into the file", option,
                  option);
        return NULL;
    }
    return given ? given : in_file;
}

/* Fills where the return goes and whose it is. CLI_OK or the exit code. */
static int address(struct cli *cli, const struct return_file *file, char **ret_parent,
                   char **ret_owner)
{
    const char *authority = place(cli, "authority", file->authority);
    const char *round = authority ? place(cli, "round", file->round) : NULL;
    const char *owner = round ? place(cli, "owner", file->owner) : NULL;
    if (!owner) {
        return CLI_USAGE;
    }
    *ret_parent = cli_name(cli, authority, "rounds", round);
    *ret_owner = cli_owner(cli, authority, owner);
    return *ret_owner ? CLI_OK : CLI_FAILED;
}

/* Takes the etag of the return that is to be replaced, if there is one. */
static bool take_etag(struct cli *cli, Pledge__V1__SubmitReturnRequest *request)
{
    Pledge__V1__GetReturnRequest get = PLEDGE__V1__GET_RETURN_REQUEST__INIT;
    get.name = cli_printf(cli, "%s/returns/%s", request->parent,
                          text_last_segment(request->owner_return->owner));
    const struct pledge_reply *reply = cli_try(cli, "ReturnService/GetReturn", &get);
    if (!reply || (!reply->message && reply->status.code != PLEDGE_NOT_FOUND)) {
        return reply && cli_explain(cli, reply) == CLI_OK;
    }
    if (reply->message) {
        request->owner_return->etag =
            ((const Pledge__V1__GetReturnResponse *)reply->message)->owner_return->etag;
    }
    return true;
}

static int receipt(struct cli *cli, const struct pledge_reply *reply,
                   const Pledge__V1__SubmitReturnRequest *request, const struct return_file *file)
{
    const Pledge__V1__Return *recorded =
        ((const Pledge__V1__SubmitReturnResponse *)reply->message)->owner_return;
    const char *owner = text_last_segment(request->owner_return->owner);
    const char *round = text_last_segment(request->parent);
    if (cli->json) {
        return cli_print_json(cli, reply->message);
    }
    if (request->validate_only) {
        fprintf(cli->out, "%zu row%s read, no problem found, nothing sent (dry run).\n",
                file->progress_count, file->progress_count == 1 ? "" : "s");
        return CLI_OK;
    }
    char date[TEXT_DATE_SIZE];
    fprintf(cli->out,
            "The return of %s for round %s is recorded: %zu commitment%s, submission %d, "
            "received %s",
            owner, round, file->progress_count, file->progress_count == 1 ? "" : "s",
            recorded ? recorded->submission : 0,
            recorded ? text_date(recorded->received_on, date) : "");
    if (recorded && recorded->days_late > 0) {
        fprintf(cli->out, ", %d day%s late", recorded->days_late,
                recorded->days_late == 1 ? "" : "s");
    }
    fprintf(cli->out, ".\n");
    if (recorded) {
        fprintf(cli->out, "Receipt: sha256 %s\n", view_clean(cli, recorded->content_hash));
    }
    fprintf(cli->out, "Next: pledge return certify %.*s %s %s\n",
            (int)strcspn(request->parent + strlen("authorities/"), "/"),
            request->parent + strlen("authorities/"), round, owner);
    return CLI_OK;
}

static int refused(struct cli *cli, struct return_file *file, const struct pledge_reply *reply,
                   const char *path)
{
    bool about_rows = reply->status.code == PLEDGE_INVALID_ARGUMENT && reply->violation_count > 0;
    if (about_rows) {
        take_violations(cli, file, reply);
    } else {
        cli_explain(cli, reply);
        if (reply->status.code == PLEDGE_ALREADY_EXISTS) {
            fprintf(cli->err, "To replace what was sent before: the same command with --replace\n");
        }
    }
    return file->problem_count > 0 ? print_problems(cli, file, path, nothing_sent) : CLI_FAILED;
}

static bool read_file(struct cli *cli, struct return_file *file)
{
    size_t len = 0;
    char *text = cli_read_file(cli, cli_argument(cli, 0), &len);
    if (text && !return_file_read(file, &cli->arena, text, len)) {
        cli_fail(cli, "out of memory");
        text = NULL;
    }
    return text != NULL;
}

int run_return_submit(struct cli *cli)
{
    struct return_file file;
    Pledge__V1__Return owner_return = PLEDGE__V1__RETURN__INIT;
    Pledge__V1__SubmitReturnRequest request = PLEDGE__V1__SUBMIT_RETURN_REQUEST__INIT;
    const char *path = cli_argument(cli, 0);
    const char *received_on = cli_option(cli, "received-on");
    if (!read_file(cli, &file)) {
        return CLI_FAILED;
    }
    request.owner_return = &owner_return;
    if (file.progress_count == 0 && file.problem_count > 0) {
        return print_problems(cli, &file, path, nothing_sent);
    }
    int code = address(cli, &file, &request.parent, &owner_return.owner);
    if (code != CLI_OK) {
        return file.problem_count > 0 ? print_problems(cli, &file, path, nothing_sent) : code;
    }
    owner_return.progress = file.progress;
    owner_return.n_progress = file.progress_count;
    owner_return.observed_to = cli_copy(cli, file.observed_to);
    owner_return.received_on = cli_copy(cli, received_on ? received_on : "");
    request.validate_only = cli_flag(cli, "dry-run") || file.problem_count > 0;
    if (cli_flag(cli, "replace") && !take_etag(cli, &request)) {
        return CLI_FAILED;
    }
    cli->hint = "See: pledge round list AUTHORITY";
    const struct pledge_reply *reply = cli_try(cli, "ReturnService/SubmitReturn", &request);
    if (!reply) {
        return CLI_FAILED;
    }
    if (!reply->message) {
        return refused(cli, &file, reply, path);
    }
    return file.problem_count > 0 ? print_problems(cli, &file, path, nothing_sent)
                                  : receipt(cli, reply, &request, &file);
}

/* Takes what the service found as if we had found it in the file. */
static void take_problems(struct cli *cli, struct return_file *file,
                          const Pledge__V1__SaveReturnDraftResponse *reply)
{
    for (size_t i = 0; i < reply->n_problems; i++) {
        const Pledge__V1__ReturnProblem *found = reply->problems[i];
        const char *text = *found->found
                               ? cli_printf(cli, "%s (found %s)", found->expected, found->found)
                               : found->expected;
        return_file_violation(file, found->field, text, found->remedy, found->code);
    }
}

int run_return_save(struct cli *cli)
{
    struct return_file file;
    Pledge__V1__ReturnDraft draft = PLEDGE__V1__RETURN_DRAFT__INIT;
    Pledge__V1__SaveReturnDraftRequest request = PLEDGE__V1__SAVE_RETURN_DRAFT_REQUEST__INIT;
    if (!read_file(cli, &file)) {
        return CLI_FAILED;
    }
    int code = address(cli, &file, &request.parent, &draft.owner);
    if (code != CLI_OK) {
        return code;
    }
    draft.progress = file.progress;
    draft.n_progress = file.progress_count;
    draft.observed_to = cli_copy(cli, file.observed_to);
    request.draft = &draft;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__SaveReturnDraftResponse *reply =
        cli_call(cli, "ReturnService/SaveReturnDraft", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    take_problems(cli, &file, reply);
    if (file.problem_count > 0) {
        print_problems(cli, &file, cli_argument(cli, 0),
                       request.validate_only ? nothing_sent : "kept as a draft");
        return CLI_OK;
    }
    fprintf(cli->out, "%zu row%s %s; every check passes.\nNext: pledge return submit %s\n",
            file.progress_count, file.progress_count == 1 ? "" : "s",
            request.validate_only ? "read (dry run)" : "kept as a draft", cli_argument(cli, 0));
    return CLI_OK;
}
