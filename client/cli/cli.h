/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: one table of commands from which parsing, help, completion and man pages come.
 *
 * Glossary
 *   command   what one or two words choose: "monitor", "return submit"
 *   argument  a word by its place; option, a word by its name; flag, an option without a value
 *   card      one thing shown as lines of "label  value"
 */
#ifndef CLIENT_CLI_CLI_H
#define CLIENT_CLI_CLI_H

#include "client/cli/table.h"
#include "client/lib/pledge.h"
#include "common/base/arena.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
    CLI_MAX_ARGUMENTS = 4,
    CLI_MAX_GIVEN = 64, /* options on one command line */
    CLI_DEFAULT_WIDTH = 80,
    CLI_MIN_WIDTH = 40,
    CLI_PAGE_SIZE = 1000,
    CLI_MAX_TIMEOUT_S = 3600,
    CLI_MAX_FILE = 4 * 1024 * 1024, /* bytes of a file that is read */
};

/* What the process ends with. */
enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

struct cli;

struct cli_option {
    const char *name;  /* without the dashes */
    const char *value; /* what stands for its value in help, or NULL for a flag */
    const char *help;
};

struct cli_argument {
    const char *name; /* as in help: ROUND; in brackets when it may be left out: [N] */
    const char *help;
};

struct cli_command {
    const char *group; /* first word */
    const char *name;  /* second word, or NULL */
    const char *summary;
    const char *description;              /* a paragraph or more for its own help; may be NULL */
    const struct cli_argument *arguments; /* closed by a NULL name; may be NULL */
    const struct cli_option *options;     /* the same */
    const char *const *examples;          /* whole command lines, closed by NULL */
    int (*run)(struct cli *cli);
};

/* Every command, closed by a NULL group; groups with their summaries; options of every command. */
struct cli_group {
    const char *name;
    const char *summary;
};
extern const struct cli_command cli_commands[];
extern const struct cli_group cli_groups[];
extern const struct cli_option cli_global_options[];

struct cli_given {
    const char *name;
    const char *value; /* NULL for a flag */
};

struct cli_settings {
    const char *address;
    const char *ca;
    const char *cert;
    const char *key;
    unsigned timeout_s;
};

struct cli_reply {
    struct cli_reply *next;
    struct pledge_reply reply;
};

struct cli {
    struct arena arena; /* of the whole run */
    FILE *out;
    FILE *err;
    const struct cli_command *command;
    const char *arguments[CLI_MAX_ARGUMENTS];
    size_t argument_count;
    struct cli_given given[CLI_MAX_GIVEN];
    size_t given_count;
    struct cli_settings settings;
    struct pledge_channel *channel; /* made with the first call */
    bool greets;                    /* no command was given */
    bool signed_out;                /* sign in anew: show no session that is kept */
    bool once;                      /* calls are not sent again: a code counts once */
    bool proves;                    /* the call itself asks for a password: a wrong one is no end
                                       of the session */
    const char *session_of;         /* council that the session shown was begun for; NULL when
                                       none is shown */
    struct cli_reply *replies;      /* kept until the end */
    const char *hint;               /* printed under a NOT_FOUND */
    size_t width;
    bool colour;
    bool json;
};

/* ---- args.c, help.c ---- */

/* Runs a whole command line and returns the exit code. */
int cli_main(int argc, char **argv);

/* Reads the words after the program's name into `cli`. Returns CLI_OK, or the exit code with the
 * mistake printed. Help and version asked for leave command NULL and return CLI_OK. */
int cli_parse(struct cli *cli, int argc, char **argv);

/* The command of these words, or NULL; `name` may be NULL. */
const struct cli_command *cli_find(const char *group, const char *name);

/* The value of an option, or NULL. The last of several. */
const char *cli_option(const struct cli *cli, const char *name);
bool cli_flag(const struct cli *cli, const char *name);

/* The first of these options, closed by NULL, that was not given, or NULL. */
const char *cli_missing(const struct cli *cli, const char *const *options);

/* The argument at `index`, or "" when it was left out. */
const char *cli_argument(const struct cli *cli, size_t index);

/* Prints a mistake in usage with where to find help. Returns CLI_USAGE. */
int cli_usage(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints "pledge: …" to the error stream. Returns CLI_FAILED. */
int cli_fail(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

void cli_help(struct cli *cli);
void cli_help_group(struct cli *cli, const char *group);
void cli_help_command(struct cli *cli, const struct cli_command *command);

/* "pledge return submit FILE". In the arena. */
const char *cli_synopsis(struct arena *arena, const struct cli_command *command);

/* ---- settings.c ---- */

/* Fills cli->settings from flags, environment and configuration file. */
int cli_settings_load(struct cli *cli);

/* Reads a whole file, or standard input for "-". In the arena, closed by a NUL; NULL with the
 * reason printed. */
char *cli_read_file(struct cli *cli, const char *path, size_t *ret_len);

/* Reads a file with a message in JSON, for people `what`, into the arena. NULL with the reason
 * printed. */
ProtobufCMessage *cli_read_message(struct cli *cli, const char *path,
                                   const ProtobufCMessageDescriptor *type, const char *what);

/* ---- rpc.c ---- */

/* Calls "MonitorService/GetMonitor". The reply's message lives until the end. NULL with the error
 * printed; reads are repeatable, and so are writes, which get a request_id when they have the
 * field. */
const void *cli_call(struct cli *cli, const char *method, void *request);

/* The same without printing; the caller looks at the status. NULL without connection settings. */
const struct pledge_reply *cli_try(struct cli *cli, const char *method, void *request);

/* A request_id of what is asked, so that asking it again counts once: a UUID of version 8, of the
 * SHA-256 of `head` and `len` bytes. In the arena; NULL without memory. */
char *cli_request_id(struct cli *cli, const char *head, const void *bytes, size_t len);

/* Frees the replies so far, for commands that read without end. */
void cli_forget(struct cli *cli);

/* Makes the channel when there is none. False with the error printed. */
bool cli_connect(struct cli *cli);

/* Prints why a call was refused and what to do. Returns CLI_FAILED. */
int cli_explain(struct cli *cli, const struct pledge_reply *reply);

struct cli_list {
    void **items;
    size_t count;
    size_t cap;
    json_t *json; /* the whole reply with --json, else NULL; owned by whoever prints it */
};

/* The items of one page: its one repeated field. */
void **cli_page_items(const void *page, size_t *ret_count);

/* Hands every page of a List method to `take`, which prints why when it returns false. False with
 * the error printed. */
bool cli_pages(struct cli *cli, const char *method, void *request,
               bool (*take)(struct cli *cli, const void *page, void *data), void *data);

/* Reads every page of a List method. False with the error printed. */
bool cli_list(struct cli *cli, const char *method, void *request, struct cli_list *ret_list);

/* The output type of a method of ours, or NULL. */
const ProtobufCMethodDescriptor *cli_method(const char *method);

/* Prints a message as JSON. Returns CLI_OK. */
int cli_print_json(struct cli *cli, const void *message);
int cli_print_json_value(struct cli *cli, json_t *json);

/* ---- names.c ---- */

/* "authorities/derby" of "derby" or of a whole name. In the arena; so are all below. */
char *cli_authority(struct cli *cli, const char *authority);
char *cli_name(struct cli *cli, const char *authority, const char *collection, const char *id);

/* The name of an owner given in any form; a bare identifier is looked up. NULL with the error
 * printed. */
char *cli_owner(struct cli *cli, const char *authority, const char *owner);

/* authorities/{a}/pledges/{p}/versions/{n} of "p/n" or a whole name, else NULL with usage printed.
 */
char *cli_version_name(struct cli *cli, const char *authority, const char *version);

/* The same with /statements/{s} of "p/n/s". */
char *cli_statement_name(struct cli *cli, const char *authority, const char *statement);

/* The enum's value of a word: its name without the prefix in lower case, with hyphens or
 * underscores. False for one that there is not. */
bool cli_enum(const ProtobufCEnumDescriptor *type, const char *prefix, const char *word,
              int *ret_value);

/* The value of an option, "" where it was not given. */
char *cli_option_text(struct cli *cli, const char *name);

/* An option that changes a field. */
struct cli_change {
    const char *option;
    char *path; /* of the field, for the update mask */
};

/* Writes the paths of those that were given, of a list closed by a NULL option, into `paths`, which
 * has room for all. Returns how many; with 0 usage is printed: "say what to change: --title". */
size_t cli_changes(struct cli *cli, const struct cli_change *changes, char **paths);

char *cli_copy(struct cli *cli, const char *text);
char *cli_printf(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- view.c ---- */

enum view_flag {
    VIEW_ID = 16,        /* last segment of a resource name */
    VIEW_OWNER = 32,     /* departments/housing of a resource name */
    VIEW_DATE = 64,      /* 31 Jul 2016 */
    VIEW_TIME = 128,     /* 31 Jul 14:05, of a Timestamp */
    VIEW_OPTIONAL = 256, /* a number that is 0 is empty; left out of a card when empty */
    VIEW_VERSION = 512,  /* promise/2 of a version's resource name */
    VIEW_PAIR = 1024,    /* forum/2007-06-19: the last two identifiers of a resource name */
    VIEW_PENCE = 2048,   /* £1,250.50 */
    VIEW_SAID = 4096     /* words of young people, which may be kept no longer */
};

struct view_column {
    const char *title;
    const char *field; /* of the message; a dot goes into a nested message */
    unsigned flags;    /* of table.h and above */
};

/* The field as clean text in words: enum values without their prefix, false as "". */
const char *view_text(struct cli *cli, const void *message, const struct view_column *column);

void view_table(struct cli *cli, const struct cli_list *list, const struct view_column *columns);
void view_card(struct cli *cli, const void *message, const struct view_column *columns);

/* Lists through `method` and prints a table, or `empty` when there is nothing. */
int view_list(struct cli *cli, const char *method, void *request, const struct view_column *columns,
              const char *empty);

/* "31 Jul 2016 14:05 UTC" of a google.protobuf.Timestamp, or "" of NULL. */
const char *view_instant(struct cli *cli, const void *timestamp);

/* Ends a command that wrote, with the reply or NULL: "The quorum is recorded." Returns the exit
 * code. */
int cli_written(struct cli *cli, const void *reply, const char *what, bool dry_run);

/* "£1,250.50", or "" of 0. */
const char *view_pence(struct cli *cli, int64_t pence);

/* Clean text for printing. */
const char *view_clean(struct cli *cli, const char *text);

/* Words of young people as clean text, or that they are gone where they are empty. */
const char *view_said(struct cli *cli, const char *words);

/* Prints text line by line, each as clean text. */
void view_lines(struct cli *cli, const char *text);

/* Prints what is hashed elsewhere as it is, `len` bytes; on a terminal, which would obey what is in
 * it, as clean lines and says so. */
void view_exact(struct cli *cli, const void *bytes, size_t len);

/* Prints text wrapped at the terminal's width, every line indented. */
void view_paragraph(struct cli *cli, FILE *out, const char *text, unsigned indent);

#endif
