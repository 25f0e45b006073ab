/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/commands.h"

#include <string.h>

/* Words for one place on the line, between spaces: groups, or the second words of one. */
static void second_words(struct cli *cli, const char *group)
{
    for (const struct cli_command *c = cli_commands; c->group; c++) {
        if (c->name && strcmp(c->group, group) == 0) {
            fprintf(cli->out, "%s ", c->name);
        }
    }
}

static bool is_first(const struct cli_command *command)
{
    return command == cli_commands || strcmp(command[-1].group, command->group) != 0;
}

static void first_words(struct cli *cli)
{
    for (const struct cli_command *c = cli_commands; c->group; c++) {
        if (is_first(c)) {
            fprintf(cli->out, "%s ", c->group);
        }
    }
    fputs("help", cli->out);
}

static void options_of(struct cli *cli, const struct cli_option *options)
{
    for (const struct cli_option *o = options; o && o->name; o++) {
        fprintf(cli->out, "--%s ", o->name);
    }
}

/* Both bash and zsh (through bashcompinit) read this. */
static void bash_script(struct cli *cli)
{
    fputs("_pledge() {\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words\n"
          "    case $prev in\n"
          "    --ca|--cert|--key|--certificate|--identity|--provider-ca|submit|apply)\n"
          "        COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n"
          "    --role) COMPREPLY=($(compgen -W 'council-administrator officer director "
          "elected-member support-worker partner-agency inspector' -- \"$cur\")); return ;;\n"
          "    completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- \"$cur\")); return ;;\n"
          "    esac\n"
          "    case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n",
          cli->out);
    for (const struct cli_command *c = cli_commands; c->group; c++) {
        fprintf(cli->out, "    \"%s %s\"*) words='", c->group, c->name ? c->name : "");
        options_of(cli, c->options);
        fputs("' ;;\n", cli->out);
    }
    fputs("    esac\n    if [[ $cur == -* ]]; then\n        words+=' ", cli->out);
    options_of(cli, cli_global_options);
    fputs("'\n    elif [[ $COMP_CWORD -eq 1 ]]; then\n        words='", cli->out);
    first_words(cli);
    fputs("'\n    elif [[ $COMP_CWORD -eq 2 ]]; then\n        case ${COMP_WORDS[1]} in\n",
          cli->out);
    for (const struct cli_group *g = cli_groups; g->name; g++) {
        fprintf(cli->out, "        %s) words='", g->name);
        second_words(cli, g->name);
        fputs("' ;;\n", cli->out);
    }
    fputs("        *) words= ;;\n        esac\n    else\n        words=\n    fi\n"
          "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
          "complete -o default -F _pledge pledge\n",
          cli->out);
}

/* Text between single quotes. */
static void quoted(struct cli *cli, const char *text)
{
    fputc('\'', cli->out);
    for (; *text; text++) {
        fputs(*text == '\'' ? "\\'" : (const char[]){*text, '\0'}, cli->out);
    }
    fputc('\'', cli->out);
}

static void fish_option(struct cli *cli, const char *condition, const struct cli_option *option)
{
    fprintf(cli->out, "complete -c pledge %s -l %s %s -d ", condition, option->name,
            option->value ? "-r" : "-f");
    quoted(cli, option->help);
    fputc('\n', cli->out);
}

static void fish_script(struct cli *cli)
{
    for (const struct cli_command *c = cli_commands; c->group; c++) {
        const char *summary = c->summary;
        for (const struct cli_group *g = cli_groups; c->name && g->name; g++) {
            summary = strcmp(g->name, c->group) == 0 ? g->summary : summary;
        }
        if (is_first(c)) {
            fprintf(cli->out, "complete -c pledge -n __fish_use_subcommand -f -a %s -d ", c->group);
            quoted(cli, summary);
            fputc('\n', cli->out);
        }
        const char *seen =
            cli_printf(cli, "-n '__fish_seen_subcommand_from %s%s%s'", c->group,
                       c->name ? "; and __fish_seen_subcommand_from " : "", c->name ? c->name : "");
        if (c->name) {
            fprintf(cli->out, "complete -c pledge -n '__fish_seen_subcommand_from %s' -f -a %s -d ",
                    c->group, c->name);
            quoted(cli, c->summary);
            fputc('\n', cli->out);
        }
        for (const struct cli_option *o = c->options; o && o->name; o++) {
            fish_option(cli, seen, o);
        }
    }
    for (const struct cli_option *o = cli_global_options; o->name; o++) {
        fish_option(cli, "", o);
    }
}

int run_completion(struct cli *cli)
{
    const char *shell = cli_argument(cli, 0);
    if (strcmp(shell, "bash") == 0) {
        bash_script(cli);
    } else if (strcmp(shell, "zsh") == 0) {
        fputs("#compdef pledge\nautoload -U +X bashcompinit && bashcompinit\n", cli->out);
        bash_script(cli);
    } else if (strcmp(shell, "fish") == 0) {
        fish_script(cli);
    } else {
        return cli_usage(cli, "completion is there for bash, zsh and fish, not \"%s\"", shell);
    }
    return CLI_OK;
}
