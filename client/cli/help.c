/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/cli.h"

#include <string.h>

enum { HELP_INDENT = 2 };

const char *cli_synopsis(struct arena *arena, const struct cli_command *command)
{
    const char *text = arena_printf(arena, "pledge %s%s%s", command->group,
                                    command->name ? " " : "", command->name ? command->name : "");
    for (const struct cli_argument *a = command->arguments; text && a && a->name; a++) {
        text = arena_printf(arena, "%s %s", text, a->name);
    }
    return text ? text : "";
}

static void heading(struct cli *cli, const char *text)
{
    fprintf(cli->out, "\n%s%s%s\n", style_on(STYLE_BOLD, cli->colour), text,
            style_off(STYLE_BOLD, cli->colour));
}

static void start(struct cli *cli, struct table *table)
{
    table_init(table, &cli->arena, HELP_INDENT);
    table_column(table, "", 0);
    table_column(table, "", TABLE_WRAP);
}

static void line(struct table *table, const char *left, const char *right)
{
    struct table_cell *row = table_row(table);
    if (row) {
        row[0].text = left;
        row[1].text = right;
    }
}

static void print_options(struct cli *cli, const struct cli_option *options)
{
    struct table table;
    start(cli, &table);
    for (const struct cli_option *o = options; o && o->name; o++) {
        line(&table,
             cli_printf(cli, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : ""),
             o->help);
    }
    table_print(&table, cli->out, cli->width, cli->colour);
}

void cli_help_command(struct cli *cli, const struct cli_command *command)
{
    view_paragraph(cli, cli->out,
                   cli_printf(cli, "%s%s – %s", cli_synopsis(&cli->arena, command),
                              command->options ? " [OPTIONS]" : "", command->summary),
                   0);
    if (command->description) {
        fputc('\n', cli->out);
        view_paragraph(cli, cli->out, command->description, 0);
    }
    if (command->arguments) {
        struct table table;
        start(cli, &table);
        for (const struct cli_argument *a = command->arguments; a->name; a++) {
            line(&table, a->name, a->help);
        }
        heading(cli, "Arguments");
        table_print(&table, cli->out, cli->width, cli->colour);
    }
    if (command->options) {
        heading(cli, "Options");
        print_options(cli, command->options);
    }
    heading(cli, "Options of every command");
    print_options(cli, cli_global_options);
    heading(cli, "Examples");
    for (const char *const *example = command->examples; example && *example; example++) {
        fprintf(cli->out, "%*s%s\n", HELP_INDENT, "", *example);
    }
}

void cli_help_group(struct cli *cli, const char *group)
{
    struct table table;
    const char *summary = "";
    for (const struct cli_group *g = cli_groups; g->name; g++) {
        summary = strcmp(g->name, group) == 0 ? g->summary : summary;
    }
    fprintf(cli->out, "pledge %s – %s\n", group, summary);
    heading(cli, "Commands");
    start(cli, &table);
    for (const struct cli_command *c = cli_commands; c->group; c++) {
        if (strcmp(c->group, group) == 0) {
            line(&table, cli_synopsis(&cli->arena, c) + strlen("pledge "), c->summary);
        }
    }
    table_print(&table, cli->out, cli->width, cli->colour);
    fprintf(cli->out, "\nMore: pledge %s COMMAND --help\n", group);
}

enum { MOST_NAMES = 59 }; /* bytes of a group's commands on one line */

void cli_help(struct cli *cli)
{
    struct table table;
    fprintf(cli->out, "pledge – keep a council's pledge to the children in its care\n");
    heading(cli, "Commands");
    start(cli, &table);
    for (const struct cli_command *c = cli_commands; c->group; c++) {
        if (!c->name) {
            line(&table, cli_synopsis(&cli->arena, c) + strlen("pledge "), c->summary);
        }
    }
    table_print(&table, cli->out, cli->width, cli->colour);
    heading(cli, "Commands by what they are about");
    start(cli, &table);
    for (const struct cli_group *g = cli_groups; g->name; g++) {
        const char *names = g->name;
        for (const struct cli_command *c = cli_commands; c->group; c++) {
            if (strcmp(c->group, g->name) != 0) {
                continue;
            }
            if (strlen(names) + strlen(c->name) > MOST_NAMES) {
                names = cli_printf(cli, "%s|…", names); /* its own help has them all */
                break;
            }
            names = cli_printf(cli, "%s%s%s", names, names == g->name ? " " : "|", c->name);
        }
        line(&table, names, g->summary);
    }
    table_print(&table, cli->out, cli->width, cli->colour);
    heading(cli, "Options of every command");
    print_options(cli, cli_global_options);
    fprintf(cli->out, "\nMore: pledge COMMAND --help, or man pledge\n");
}
