/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/commands.h"

#include <errno.h>
#include <string.h>

static void text(FILE *out, const char *words)
{
    bool line_start = true;
    for (; *words; words++) {
        if (line_start && (*words == '.' || *words == '\'')) {
            fputs("\\&", out);
        }
        fputs(*words == '\\' ? "\\e" : *words == '-' ? "\\-" : (const char[]){*words, '\0'}, out);
        line_start = *words == '\n';
    }
}

static void entry(FILE *out, const char *name, const char *value, const char *help)
{
    fputs(".TP\n.B ", out);
    text(out, name);
    if (value) {
        fputs(" \\fI", out);
        text(out, value);
        fputs("\\fR", out);
    }
    fputc('\n', out);
    text(out, help);
    fputc('\n', out);
}

static void options(struct cli *cli, FILE *out, const char *title, const struct cli_option *list)
{
    fprintf(out, ".SH %s\n", title);
    for (const struct cli_option *o = list; o && o->name; o++) {
        entry(out, cli_printf(cli, "--%s", o->name), o->value, o->help);
    }
}

static void head(FILE *out, const char *page, const char *summary)
{
    fprintf(out, ".TH \"%s\" 1 \"\" \"pledge %s\" \"Pledge\"\n.SH NAME\n%s \\- ", page,
            PLEDGE_VERSION, page);
    text(out, summary);
    fputc('\n', out);
}

static const char *page_name(struct cli *cli, const struct cli_command *command)
{
    return cli_printf(cli, "pledge-%s%s%s", command->group, command->name ? "-" : "",
                      command->name ? command->name : "");
}

static void command_page(struct cli *cli, FILE *out, const struct cli_command *command)
{
    head(out, page_name(cli, command), command->summary);
    fputs(".SH SYNOPSIS\n.B ", out);
    text(out, cli_synopsis(&cli->arena, command));
    fputs(" [OPTIONS]\n", out);
    if (command->description) {
        fputs(".SH DESCRIPTION\n", out);
        text(out, command->description);
        fputc('\n', out);
    }
    if (command->arguments) {
        fputs(".SH ARGUMENTS\n", out);
        for (const struct cli_argument *a = command->arguments; a->name; a++) {
            entry(out, a->name, NULL, a->help);
        }
    }
    if (command->options) {
        options(cli, out, "OPTIONS", command->options);
    }
    fputs(".SH EXAMPLES\n.nf\n", out);
    for (const char *const *example = command->examples; example && *example; example++) {
        text(out, *example);
        fputc('\n', out);
    }
    fputs(".fi\n.SH SEE ALSO\n.BR pledge (1)\nfor the options of every command, settings and exit "
          "status.\n",
          out);
}

static void main_page(struct cli *cli, FILE *out)
{
    head(out, "pledge", "keep a council's pledge to the children in its care");
    fputs(".SH SYNOPSIS\n.B pledge\n\\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n.SH COMMANDS\n", out);
    for (const struct cli_command *c = cli_commands; c->group; c++) {
        entry(out, cli_synopsis(&cli->arena, c), NULL, c->summary);
    }
    options(cli, out, "OPTIONS", cli_global_options);
    fputs(".SH SETTINGS\nFlags win over the environment, the environment over the file.\n"
          ".SH ENVIRONMENT\n.B PLEDGE_ADDRESS PLEDGE_CA PLEDGE_CERT PLEDGE_KEY PLEDGE_IDENTITY\n"
          "mean the same as the options.\n.B PLEDGE_PROVIDER_CA\nmeans the same as the option of "
          "login.\n.B NO_COLOR\nturns colour off.\n"
          ".SH FILES\n.TP\n.I ~/.config/pledge/config\n"
          "Settings in the form of libconfig: address, ca, cert, key, identity as texts, timeout "
          "as a number:\n.br\naddress = \"pledge.example.org:8443\";\n"
          ".TP\n.I ~/.local/state/pledge\nWho is signed in, one file a service, or in "
          "XDG_STATE_HOME.\n"
          ".SH EXIT STATUS\n.TP\n.B 0\nDone.\n.TP\n.B 1\nRefused or failed; the error stream says "
          "why.\n.TP\n.B 2\nThe command line is wrong.\n",
          out);
}

static FILE *open_page(struct cli *cli, const char *name)
{
    const char *path = cli_printf(cli, "%s/%s.1", cli_argument(cli, 0), name);
    FILE *out = fopen(path, "w");
    if (!out) {
        cli_fail(cli, "cannot write %s: %s", path, strerror(errno));
    }
    return out;
}

int run_man(struct cli *cli)
{
    FILE *out = open_page(cli, "pledge");
    if (!out) {
        return CLI_FAILED;
    }
    main_page(cli, out);
    bool ok = fclose(out) == 0;
    for (const struct cli_command *c = cli_commands; ok && c->group; c++) {
        out = open_page(cli, page_name(cli, c));
        if (!out) {
            return CLI_FAILED;
        }
        command_page(cli, out, c);
        ok = fclose(out) == 0;
    }
    return ok ? CLI_OK : cli_fail(cli, "the pages could not be written: %s", strerror(errno));
}
