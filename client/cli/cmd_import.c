/* SPDX-License-Identifier: Apache-2.0 */
/* Many returns at once: every file of a folder, as one stream that counts as a whole. */
#include "client/cli/commands.h"
#include "client/cli/return_file.h"
#include "client/cli/text.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { IMPORT_MAX_FILES = 2000, IMPORT_SECONDS = 300 };

struct import_file {
    const char *name;
    const char *parent;
    const char *owner;
    struct return_file file;
    size_t first; /* request of its first line */
};

struct import {
    struct import_file *files;
    size_t count;
    size_t lines;
    size_t problems;
};

static int is_return(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && dot != entry->d_name && (strcmp(dot, ".csv") == 0 || strcmp(dot, ".json") == 0);
}

/* Reads one file and finds out where it goes. False with the error printed. */
static bool read_one(struct cli *cli, struct import *import, const char *folder, const char *name)
{
    struct import_file *one = &import->files[import->count];
    size_t len = 0;
    char *text = cli_read_file(cli, cli_printf(cli, "%s/%s", folder, name), &len);
    if (!text) {
        return false;
    }
    *one = (struct import_file){.name = cli_copy(cli, name), .first = import->lines};
    if (!return_file_read(&one->file, &cli->arena, text, len)) {
        cli_fail(cli, "out of memory");
        return false;
    }
    const struct return_file *file = &one->file;
    if (!*file->authority || !*file->round || !*file->owner) {
        return_file_problem(&one->file, 0, "file", "does not say whose return it is",
                            "begin it with # authority, # round and # owner", "");
    } else {
        one->parent = cli_name(cli, file->authority, "rounds", file->round);
        one->owner = cli_owner(cli, file->authority, file->owner);
        if (!one->owner) {
            return false;
        }
    }
    import->lines += file->progress_count;
    import->problems += file->problem_count;
    import->count++;
    return true;
}

static bool read_folder(struct cli *cli, struct import *import)
{
    const char *folder = cli_argument(cli, 0);
    struct dirent **entries;
    int count = scandir(folder, &entries, is_return, alphasort);
    if (count < 0) {
        cli_fail(cli, "%s is no folder that can be read", folder);
        return false;
    }
    import->files = arena_calloc(&cli->arena, (size_t)count + 1, sizeof(*import->files));
    bool good = import->files && count > 0 && count <= IMPORT_MAX_FILES;
    if (!good) {
        cli_fail(cli, "%s has %d returns (.csv or .json); 1 to %d can be sent at once", folder,
                 count, IMPORT_MAX_FILES);
    }
    for (int i = 0; i < count; i++) {
        good = good && read_one(cli, import, folder, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return good;
}

/* Gives what the service says of a request to the file and line that it came from. */
static void take_violation(struct cli *cli, struct import *import,
                           const struct pledge_violation *violation)
{
    static const char requests[] = "requests[";
    char *end = NULL;
    if (strncmp(violation->field, requests, sizeof(requests) - 1) != 0) {
        return;
    }
    size_t index = strtoul(violation->field + sizeof(requests) - 1, &end, 10);
    for (size_t i = import->count; strncmp(end, "].", 2) == 0 && i > 0; i--) {
        struct import_file *one = &import->files[i - 1];
        if (index >= one->first && index - one->first < one->file.progress_count) {
            const char *field = strncmp(end + 2, "progress.", 9) == 0 ? end + 11 : end + 2;
            return_file_problem(&one->file, one->file.places[index - one->first],
                                strcmp(field, "commitment_id") == 0 ? "commitment"
                                                                    : cli_copy(cli, field),
                                violation->description, "", violation->reason);
            import->problems++;
            return;
        }
    }
}

static int print_problems(struct cli *cli, struct import *import)
{
    struct table table;
    table_init(&table, &cli->arena, 2);
    table_column(&table, "file", 0);
    table_column(&table, "line", TABLE_RIGHT);
    table_column(&table, "column", 0);
    table_column(&table, "problem", TABLE_WRAP);
    table_column(&table, "code", 0);
    for (size_t i = 0; i < import->count; i++) {
        struct return_file *file = &import->files[i].file;
        return_file_sort(file);
        for (size_t k = 0; k < file->problem_count; k++) {
            const struct return_problem *problem = &file->problems[k];
            struct table_cell *row = table_row(&table);
            if (row) {
                row[0].text = view_clean(cli, import->files[i].name);
                row[1].text = problem->place ? cli_printf(cli, "%zu", problem->place) : "";
                row[2] = (struct table_cell){view_clean(cli, problem->column), STYLE_BOLD};
                row[3].text = view_clean(cli, problem->text);
                row[4] = (struct table_cell){view_clean(cli, problem->code), STYLE_DIM};
            }
        }
    }
    table_print(&table, cli->out, cli->width, cli->colour);
    fprintf(cli->out,
            "%zu problem%s, nothing recorded. What to do about each: pledge return checks\n",
            import->problems, import->problems == 1 ? "" : "s");
    return CLI_FAILED;
}

/* Sends every line; what ends the stream early is told by its end. */
static void send_lines(struct cli *cli, struct pledge_stream *stream, const struct import *import)
{
    char request_id[PLEDGE_REQUEST_ID_SIZE] = "";
    bool open = pledge_request_id(request_id);
    for (size_t i = 0; i < import->count; i++) {
        const struct import_file *one = &import->files[i];
        for (size_t k = 0; open && k < one->file.progress_count; k++) {
            Pledge__V1__ImportReturnsRequest request = PLEDGE__V1__IMPORT_RETURNS_REQUEST__INIT;
            request.parent = (char *)one->parent;
            request.owner = (char *)one->owner;
            request.observed_to = (char *)one->file.observed_to;
            request.progress = one->file.progress[k];
            request.request_id = request_id;
            request.validate_only = cli_flag(cli, "dry-run");
            open = pledge_stream_send(stream, &request.base);
        }
    }
    pledge_stream_close_send(stream);
}

int run_return_import(struct cli *cli)
{
    struct import import = {0};
    struct pledge_reply reply = {0};
    const struct pledge_call_options options = {.timeout_ms = IMPORT_SECONDS * 1000};
    const ProtobufCMessage *answer = NULL;
    if (!cli_connect(cli) || !read_folder(cli, &import)) {
        return CLI_FAILED;
    }
    if (import.problems > 0) {
        return print_problems(cli, &import);
    }
    struct pledge_stream *stream = pledge_stream_open(
        cli->channel, "/pledge.v1.ReturnService/ImportReturns", &options, &reply.status);
    if (!stream) {
        return cli_explain(cli, &reply);
    }
    send_lines(cli, stream, &import);
    int code = CLI_OK;
    if (pledge_stream_receive(stream, &pledge__v1__import_returns_response__descriptor,
                              PLEDGE_FOREVER, &answer) == PLEDGE_STREAM_MESSAGE) {
        const Pledge__V1__ImportReturnsResponse *done = (const void *)answer;
        if (cli->json) {
            code = cli_print_json(cli, done);
        } else {
            fprintf(cli->out, "%d return%s with %d line%s %s.\n", (int)done->return_count,
                    done->return_count == 1 ? "" : "s", (int)done->line_count,
                    done->line_count == 1 ? "" : "s",
                    cli_flag(cli, "dry-run") ? "could be recorded (dry run)" : "recorded");
        }
    }
    if (!pledge_stream_finish(stream, &reply)) {
        for (size_t i = 0; i < reply.violation_count; i++) {
            take_violation(cli, &import, &reply.violations[i]);
        }
        code = import.problems > 0 ? print_problems(cli, &import) : cli_explain(cli, &reply);
    }
    pledge_reply_deinit(&reply);
    return code;
}
