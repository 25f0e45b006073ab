/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/cli.h"
#include "client/cli/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MAX_WORDS = 256 };

static int fail_with(const struct cli *cli, const char *format, va_list args)
{
    fputs("pledge: ", cli->err);
    vfprintf(cli->err, format, args);
    fputc('\n', cli->err);
    return CLI_FAILED;
}

int cli_fail(const struct cli *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail_with(cli, format, args);
    va_end(args);
    return CLI_FAILED;
}

int cli_usage(const struct cli *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail_with(cli, format, args);
    va_end(args);
    const struct cli_command *command = cli->command;
    fprintf(cli->err, "Help: pledge%s%s%s%s --help\n", command ? " " : "",
            command ? command->group : "", command && command->name ? " " : "",
            command && command->name ? command->name : "");
    return CLI_USAGE;
}

const struct cli_command *cli_find(const char *group, const char *name)
{
    for (const struct cli_command *command = cli_commands; command->group; command++) {
        if (strcmp(command->group, group) == 0 &&
            (command->name ? name && strcmp(command->name, name) == 0 : true)) {
            return command;
        }
    }
    return NULL;
}

static bool is_group(const char *word)
{
    for (const struct cli_command *command = cli_commands; command->group; command++) {
        if (strcmp(command->group, word) == 0) {
            return true;
        }
    }
    return false;
}

const char *cli_option(const struct cli *cli, const char *name)
{
    for (size_t i = cli->given_count; i > 0; i--) {
        if (strcmp(cli->given[i - 1].name, name) == 0) {
            return cli->given[i - 1].value;
        }
    }
    return NULL;
}

bool cli_flag(const struct cli *cli, const char *name)
{
    for (size_t i = 0; i < cli->given_count; i++) {
        if (strcmp(cli->given[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

const char *cli_missing(const struct cli *cli, const char *const *options)
{
    while (*options && cli_option(cli, *options)) {
        options++;
    }
    return *options;
}

const char *cli_argument(const struct cli *cli, size_t index)
{
    return index < cli->argument_count ? cli->arguments[index] : "";
}

static const struct cli_option *find_in(const struct cli_option *list, const char *name, size_t len)
{
    for (; list && list->name; list++) {
        if (strlen(list->name) == len && strncmp(list->name, name, len) == 0) {
            return list;
        }
    }
    return NULL;
}

static int unknown_option(struct cli *cli, const char *word)
{
    const char *names[MAX_WORDS] = {0};
    size_t count = 0;
    const struct cli_option *lists[] = {cli->command ? cli->command->options : NULL,
                                        cli_global_options};
    for (size_t i = 0; i < 2; i++) {
        for (const struct cli_option *o = lists[i]; o && o->name && count < MAX_WORDS - 1; o++) {
            names[count++] = o->name;
        }
    }
    char *name = cli_copy(cli, word + 2);
    name[strcspn(name, "=")] = '\0';
    const char *near = text_nearest(name, names);
    return cli_usage(cli, "there is no option %s%s%s%s", word, near ? "; did you mean --" : "",
                     near ? near : "", near ? "?" : "");
}

/* Takes "--name", "--name=value" or "--name value". `*index` moves on by what was used. */
static int take_option(struct cli *cli, char **words, int count, int *index)
{
    const char *word = words[*index];
    if (strcmp(word, "-h") == 0) {
        word = "--help";
    }
    size_t len = strncmp(word, "--", 2) == 0 ? strcspn(word + 2, "=") : 0;
    const struct cli_option *option =
        cli->command ? find_in(cli->command->options, word + 2, len) : NULL;
    option = option || len == 0 ? option : find_in(cli_global_options, word + 2, len);
    if (!option) {
        return len ? unknown_option(cli, word) : cli_usage(cli, "there is no option %s", word);
    }
    const char *value = word[2 + len] == '=' ? word + 3 + len : NULL;
    if (!option->value && value) {
        return cli_usage(cli, "--%s takes no value", option->name);
    }
    if (option->value && !value) {
        if (*index + 1 >= count) {
            return cli_usage(cli, "--%s needs a value: %s", option->name, option->value);
        }
        value = words[++*index];
    }
    if (cli->given_count == CLI_MAX_GIVEN) {
        return cli_usage(cli, "more than %d options", CLI_MAX_GIVEN);
    }
    cli->given[cli->given_count++] = (struct cli_given){option->name, value};
    return CLI_OK;
}

static int unknown_word(struct cli *cli, const char *group, const char *word)
{
    const char *names[MAX_WORDS] = {0};
    size_t count = 0;
    for (const struct cli_command *c = cli_commands; c->group && count < MAX_WORDS - 1; c++) {
        if (!group || strcmp(c->group, group) == 0) {
            names[count++] = group ? c->name : c->group;
        }
    }
    const char *near = text_nearest(word, names);
    cli_fail(cli, "there is no command %s%s%s%s%s%s", group ? group : "", group ? " " : "", word,
             near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    fprintf(cli->err, "All commands: pledge%s%s --help\n", group ? " " : "", group ? group : "");
    return CLI_USAGE;
}

/* Finds the command in the first words that are no options, and takes those words out. */
static int take_command(struct cli *cli, char **words, int *count)
{
    char *names[2] = {NULL, NULL};
    int places[2] = {-1, -1};
    int found = 0;
    for (int i = 0; i < *count && found < 2; i++) {
        if (strcmp(words[i], "--") == 0) {
            break;
        }
        if (words[i][0] == '-' && words[i][1]) {
            const struct cli_option *option =
                find_in(cli_global_options, words[i] + 2, strlen(words[i]) - 2);
            i += option && option->value;
            continue;
        }
        places[found] = i;
        names[found++] = words[i];
    }
    if (found == 0) {
        return CLI_OK;
    }
    if (!is_group(names[0])) {
        return unknown_word(cli, NULL, names[0]);
    }
    cli->command = cli_find(names[0], names[1]);
    bool two_words = !cli->command || cli->command->name;
    if (!cli->command && names[1]) {
        return unknown_word(cli, names[0], names[1]);
    }
    for (int drop = two_words && found == 2 ? 1 : 0; cli->command && drop >= 0; drop--) {
        memmove(words + places[drop], words + places[drop] + 1,
                (size_t)(*count - places[drop] - 1) * sizeof(*words));
        (*count)--;
    }
    return CLI_OK;
}

static int check_arguments(struct cli *cli)
{
    size_t needed = 0;
    size_t allowed = 0;
    const struct cli_argument *list = cli->command->arguments;
    for (; list && list[allowed].name; allowed++) {
        needed += list[allowed].name[0] != '[';
    }
    if (cli->argument_count < needed) {
        return cli_usage(cli, "%s is missing: %s", list[cli->argument_count].name,
                         cli_synopsis(&cli->arena, cli->command));
    }
    if (cli->argument_count > allowed) {
        return cli_usage(cli, "%s is one word too many: %s", cli->arguments[allowed],
                         cli_synopsis(&cli->arena, cli->command));
    }
    return CLI_OK;
}

static int take_words(struct cli *cli, char **words, int count)
{
    bool only_arguments = false;
    for (int i = 0; i < count; i++) {
        if (!only_arguments && strcmp(words[i], "--") == 0) {
            only_arguments = true;
        } else if (!only_arguments && words[i][0] == '-' && words[i][1]) {
            int code = take_option(cli, words, count, &i);
            if (code != CLI_OK) {
                return code;
            }
        } else if (cli->argument_count == CLI_MAX_ARGUMENTS) {
            return cli_usage(cli, "%s is one word too many", words[i]);
        } else {
            cli->arguments[cli->argument_count++] = words[i];
        }
    }
    return CLI_OK;
}

/* Help and version are answered before anything else is checked. */
static bool answer_help(struct cli *cli, const char *group)
{
    /* Some commands have an option --version N of their own. */
    if (cli_flag(cli, "version") && !cli_option(cli, "version")) {
        fprintf(cli->out, "pledge %s\n", PLEDGE_VERSION);
    } else if (cli->command && cli_flag(cli, "help")) {
        cli_help_command(cli, cli->command);
    } else if (group && cli_flag(cli, "help")) {
        cli_help_group(cli, group);
    } else if (cli_flag(cli, "help")) {
        cli_help(cli);
    } else {
        return false;
    }
    cli->command = NULL;
    return true;
}

int cli_parse(struct cli *cli, int argc, char **argv)
{
    static char help[] = "--help";
    char **words = arena_calloc(&cli->arena, (size_t)argc + 1, sizeof(*words));
    int count = 0;
    if (!words) {
        return cli_fail(cli, "out of memory");
    }
    for (int i = 1; i < argc; i++) {
        words[count++] = argv[i];
    }
    /* "pledge help return submit" is "pledge return submit --help". */
    if (count > 0 && strcmp(words[0], "help") == 0) {
        memmove(words, words + 1, (size_t)(count - 1) * sizeof(*words));
        words[count - 1] = help;
    }
    int code = take_command(cli, words, &count);
    code = code == CLI_OK ? take_words(cli, words, count) : code;
    const char *group = cli->argument_count > 0 ? cli->arguments[0] : NULL;
    if (code != CLI_OK || answer_help(cli, group)) {
        return code;
    }
    if (!cli->command && group) {
        cli_fail(cli, "pledge %s needs a second word", group);
        cli_help_group(cli, group);
        return CLI_USAGE;
    }
    if (!cli->command) { /* just "pledge": who is known to a service is told what waits for them */
        cli->command = cli_find("tasks", NULL);
        cli->greets = true;
    }
    return check_arguments(cli);
}

static size_t terminal_width(void)
{
    struct winsize size;
    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
        size.ws_col == 0) {
        return CLI_DEFAULT_WIDTH;
    }
    return size.ws_col < CLI_MIN_WIDTH ? CLI_MIN_WIDTH : size.ws_col;
}

int cli_main(int argc, char **argv)
{
    struct cli cli = {.out = stdout, .err = stderr};
    arena_init(&cli.arena, SIZE_MAX / 2);
    text_init();
    cli.width = terminal_width();
    int code = cli_parse(&cli, argc, argv);
    const char *no_color = getenv("NO_COLOR");
    cli.json = cli_flag(&cli, "json");
    cli.colour = isatty(STDOUT_FILENO) && !cli_flag(&cli, "no-color") && !(no_color && *no_color);
    if (code == CLI_OK && cli.command) {
        code = cli_settings_load(&cli);
        if (code == CLI_OK && cli.greets && !cli.settings.address) {
            cli_help(&cli);
            code = CLI_USAGE;
        }
        code = code == CLI_OK ? cli.command->run(&cli) : code;
    }
    bool written = fflush(stdout) == 0 && !ferror(stdout);
    if (!written && code == CLI_OK) {
        code = cli_fail(&cli, "the output could not be written");
    }
    pledge_channel_free(cli.channel);
    cli_forget(&cli);
    arena_deinit(&cli.arena);
    return code;
}
