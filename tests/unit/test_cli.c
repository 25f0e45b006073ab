/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "client/cli/cli.h"
#include "client/cli/text.h"

#include <stdio.h>
#include <stdlib.h>

static void widths(void **state)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    assert_int_equal(text_width("abc"), 3);
    assert_int_equal(text_width("é…●"), 3);
    assert_int_equal(text_width("e\xcc\x81"), 1);
    assert_int_equal(text_width("日本"), 4);
    assert_int_equal(text_width("\xff\xfe"), 2);
    assert_string_equal(text_cut(&arena, "promise", 7), "promise");
    assert_string_equal(text_cut(&arena, "promises", 7), "promis…");
    assert_string_equal(text_cut(&arena, "日本語", 5), "日本…");
    assert_string_equal(text_cut(&arena, "one two", 5), "one…");
    assert_string_equal(text_cut(&arena, "one", 0), "");
    assert_int_equal(text_fit_words("one two three", 8), 8);
    assert_int_equal(text_fit_words("three", 2), 2);
    assert_int_equal(text_fit_words("日本", 1), 3);
    assert_string_equal(text_clean(&arena, "a\xf8\x90\x80\x80\xd8\x9c"), "a");
    assert_string_equal(text_clean(&arena, "a\x1b[31m\nb\xc2\x9b\xe2\x80\xae\xff\x7f"), "a[31m b");
    arena_deinit(&arena);
}

static void words(void **state)
{
    const char *const list[] = {"monitor", "round", "return", "member", NULL};
    char date[TEXT_DATE_SIZE];
    assert_string_equal(text_nearest("retrun", list), "return");
    assert_string_equal(text_nearest("monit", list), "monitor");
    assert_null(text_nearest("xyz", list));
    assert_string_equal(text_date("2016-07-01", date), "1 Jul 2016");
    assert_string_equal(text_date("", date), "");
    assert_string_equal(text_date("soon", date), "soon");
    assert_string_equal(text_date("\x1b[2J", date), "?[2J");
    assert_string_equal(text_last_segment("authorities/derby"), "derby");
    assert_string_equal(text_last_segment("derby"), "derby");
}

static void amounts(void **state)
{
    static const struct {
        const char *text;
        int64_t pence; /* -1: is none */
    } table[] = {
        {"", 0},
        {"0", 0},
        {"7", 700},
        {"12.5", 1250},
        {"12.05", 1205},
        {"£1,250", 125000},
        {"1,250.50", 125050},
        {"12.", 1200},
        {"12.505", -1},
        {".5", -1},
        {"-5", -1},
        {"£", -1},
        {"5 pounds", -1},
        {",5", -1},
        {"1.2.3", -1},
        {"999999999999", 99999999999900},
        {"9999999999999", -1},
        {"12.5,0", -1},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        int64_t pence = -1;
        assert_int_equal(text_pence(table[i].text, &pence), table[i].pence >= 0);
        assert_int_equal(pence, table[i].pence);
    }
}

static void tables_fit(void **state)
{
    struct arena arena;
    struct table table;
    char *text = NULL;
    size_t len = 0;
    arena_init(&arena, 1 << 20);
    table_init(&table, &arena, 0);
    table_column(&table, "", TABLE_RIGHT);
    table_column(&table, "promise", TABLE_CUT);
    table_column(&table, "note", TABLE_WRAP);
    struct table_cell *row = table_row(&table);
    row[0].text = "3";
    row[1].text = "Work experience and apprenticeships";
    row[2].text = "Housing is twelve days late with it";
    row = table_row(&table);
    row[0].text = "10";
    row[1].text = "Sœurs";
    FILE *out = open_memstream(&text, &len);
    table_print(&table, out, 40, false);
    fclose(out);
    assert_string_equal(text, "    promise            note\n"
                              " 3  Work experience…   Housing is twelve\n"
                              "                       days late with it\n"
                              "10  Sœurs\n");
    free(text);
    arena_deinit(&arena);
}

static int parse(struct cli *cli, const char *line)
{
    char *argv[32];
    int argc = 0;
    char *rest = NULL;
    char *copy = cli_copy(cli, line);
    for (char *word = strtok_r(copy, " ", &rest); word && argc < 32;
         word = strtok_r(NULL, " ", &rest)) {
        argv[argc++] = word;
    }
    return cli_parse(cli, argc, argv);
}

static void command_lines(void **state)
{
    static const struct {
        const char *line;
        int code;
        const char *run; /* "group name" that is run, or NULL */
        const char *error;
    } table[] = {
        {"pledge monitor derby", CLI_OK, "monitor ", ""},
        {"pledge --json monitor --round 2016-07 derby", CLI_OK, "monitor ", ""},
        {"pledge --address a:1 round create derby r --version p/2", CLI_OK, "round create", ""},
        {"pledge monitor", CLI_USAGE, "monitor ", "AUTHORITY is missing"},
        {"pledge monitor a b", CLI_USAGE, "monitor ", "one word too many"},
        {"pledge monitor a --rond x", CLI_USAGE, "monitor ", "did you mean --round?"},
        {"pledge monitor a --round", CLI_USAGE, "monitor ", "--round needs a value"},
        {"pledge monitor a --json=1", CLI_USAGE, "monitor ", "--json takes no value"},
        {"pledge retrun submit x", CLI_USAGE, NULL, "did you mean return?"},
        {"pledge return sumbit x", CLI_USAGE, NULL, "did you mean submit?"},
        {"pledge return", CLI_USAGE, NULL, "needs a second word"},
        {"pledge", CLI_OK, "tasks ", ""},
        {"pledge return submit -- --odd", CLI_OK, "return submit", ""},
        {"pledge return submit -", CLI_OK, "return submit", ""},
        {"pledge --version", CLI_OK, NULL, ""},
        {"pledge help return submit", CLI_OK, NULL, ""},
        {"pledge return --help", CLI_OK, NULL, ""},
        {"pledge monitor --help", CLI_OK, NULL, ""},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        char *out = NULL;
        char *error = NULL;
        size_t out_len = 0;
        size_t error_len = 0;
        struct cli cli = {.width = 80};
        arena_init(&cli.arena, 1 << 20);
        cli.out = open_memstream(&out, &out_len);
        cli.err = open_memstream(&error, &error_len);
        assert_int_equal(parse(&cli, table[i].line), table[i].code);
        fclose(cli.out);
        fclose(cli.err);
        assert_non_null(strstr(error, table[i].error));
        char run[64] = "";
        if (cli.command) {
            snprintf(run, sizeof(run), "%s %s", cli.command->group,
                     cli.command->name ? cli.command->name : "");
        }
        assert_string_equal(run, table[i].run ? table[i].run : "");
        free(out);
        free(error);
        arena_deinit(&cli.arena);
    }
}

/* Every command can be found, explained and run, and no line of its help is too wide to read. */
static void every_command_is_whole(void **state)
{
    for (const struct cli_command *command = cli_commands; command->group; command++) {
        char *out = NULL;
        size_t len = 0;
        struct cli cli = {.width = 80};
        assert_ptr_equal(cli_find(command->group, command->name), command);
        assert_non_null(command->run);
        assert_non_null(command->summary);
        assert_non_null(command->examples);
        assert_non_null(
            strstr(command->examples[0], command->name ? command->name : command->group));
        arena_init(&cli.arena, 1 << 20);
        cli.out = open_memstream(&out, &len);
        cli_help_command(&cli, command);
        fclose(cli.out);
        char *examples = strstr(out, "\nExamples\n");
        assert_non_null(examples);
        *examples = '\0';
        char *rest = NULL;
        for (char *line = strtok_r(out, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
            assert_true(line == out || text_width(line) <= 80);
        }
        free(out);
        arena_deinit(&cli.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths),        cmocka_unit_test(words),
        cmocka_unit_test(amounts),       cmocka_unit_test(tables_fit),
        cmocka_unit_test(command_lines), cmocka_unit_test(every_command_is_whole),
    };
    text_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
