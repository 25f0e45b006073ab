/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "client/cli/programme_file.h"
#include "client/cli/return_file.h"
#include "client/cli/text.h"

#include <stdio.h>
#include <stdlib.h>

static void read_text(struct return_file *file, struct arena *arena, const char *text)
{
    char copy[8192];
    size_t len = strlen(text);
    assert_true(len < sizeof(copy));
    memcpy(copy, text, len + 1);
    arena_init(arena, 1 << 24);
    assert_true(return_file_read(file, arena, copy, len));
}

static void a_good_file(void **state)
{
    struct return_file file;
    struct arena arena;
    read_text(&file, &arena,
              "\xef\xbb\xbf# authority: derby\r\n"
              "\"# round: 2016-07\",,,\r\n"
              "# owner: departments/housing ,,\r\n"
              "# a note\r\n"
              "reason,commitment,RATING,narrative\r\n"
              ",a-1, Green ,\"two\r\nlines, \"\"quoted\"\"\"\r\n"
              "\r\n"
              "because,a-2,amber,some \"words\"\r\n"
              ",,,\r\n");
    assert_int_equal(file.problem_count, 0);
    assert_string_equal(file.authority, "derby");
    assert_string_equal(file.round, "2016-07");
    assert_string_equal(file.owner, "departments/housing");
    assert_int_equal(file.progress_count, 2);
    assert_int_equal(file.places[0], 6);
    assert_int_equal(file.places[1], 9);
    assert_string_equal(file.progress[0]->narrative, "two\r\nlines, \"quoted\"");
    assert_int_equal(file.progress[0]->rating, PLEDGE__V1__RATING__RATING_GREEN);
    assert_string_equal(file.progress[1]->reason, "because");
    assert_string_equal(file.progress[1]->narrative, "some \"words\"");
    arena_deinit(&arena);
}

static void problems_of_files(void **state)
{
    static const struct {
        const char *text;
        const char *problems; /* "place column; " of each, sorted */
    } table[] = {
        {"", "0 file; "},
        {"# only: a note\n", "0 file; "},
        {"commitment;rating\na;red\n", ""},
        {"commitment,rating\na,blue\nb,\n", "2 rating; "},
        {"commitment,rating\n  \n\t\n\nb,blue\n", "5 rating; "},
        {"commitment,rating\na,red\nb,\"red\n", "3 row; "},
        {"\xff\xfe"
         "c",
         "0 file; "},
        {"comitment,rating\na,red\n", "1 comitment; 1 commitment; "},
        {"commitment,rating,rating\na,red,red\n", "1 rating; "},
        {"commitment,rating\na\nb,red,c\n", "2 row; 3 row; "},
        {"commitment,rating,narrative\na,red,\xff\n", "2 narrative; "},
        {"commitment,rating\n\"a,red\n", "2 row; "},
        {"[]", "1 []; 1 commitment; 1 rating; "},
        {"{", "0 file; "},
        {"{\"round\":5}", "0 round; "},
        {"{\"progress\":[{},{\"rating\":\"no\",\"x\":1}]}", "2 rating; 2 x; "},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct return_file file;
        struct arena arena;
        char found[256] = "";
        read_text(&file, &arena, table[i].text);
        return_file_sort(&file);
        for (size_t p = 0; p < file.problem_count; p++) {
            snprintf(found + strlen(found), sizeof(found) - strlen(found), "%zu %s; ",
                     file.problems[p].place, file.problems[p].column);
        }
        assert_string_equal(found, table[i].problems);
        arena_deinit(&arena);
    }
}

static void what_the_service_found_is_merged(void **state)
{
    struct return_file file;
    struct arena arena;
    read_text(&file, &arena, "commitment,rating\na,blue\nb,red\n");
    return_file_violation(&file, "owner_return.progress[0].rating", "is needed", "", "R010");
    return_file_violation(&file, "owner_return.progress[1].reason", "is needed", "", "R012");
    return_file_violation(&file, "owner_return.progress[9].reason", "is needed", "", "R012");
    return_file_violation(&file, "owner_return.progress", "is missing", "", "R007");
    return_file_violation(&file, "parent", "is closed", "", "R051");
    return_file_sort(&file);
    assert_int_equal(file.problem_count, 5);
    assert_int_equal(return_file_rows_with_problems(&file), 2);
    assert_string_equal(file.problems[0].column, "progress");
    assert_string_equal(file.problems[2].column, "round");
    assert_string_equal(file.problems[3].column, "rating");
    assert_string_equal(file.problems[3].code, "");
    assert_int_equal(file.problems[4].place, 3);
    assert_string_equal(file.problems[4].code, "R012");
    arena_deinit(&arena);
}

static void limits_hold(void **state)
{
    enum { TEXT = 8192, NARRATIVE = 4001 };
    static const char header[] = "commitment,rating,narrative\n";
    struct return_file file;
    struct arena arena;
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    fputs(header, out);
    for (int i = 0; i <= RETURN_MAX_ROWS; i++) {
        fputs("a,red,\n", out);
    }
    fclose(out);
    arena_init(&arena, 1 << 24);
    assert_true(return_file_read(&file, &arena, text, len));
    assert_int_equal(file.progress_count, RETURN_MAX_ROWS);
    assert_int_equal(file.problem_count, 1);
    free(text);
    arena_deinit(&arena);

    char wide[TEXT];
    int start = snprintf(wide, sizeof(wide), "%sa,red,", header);
    memset(wide + start, 'x', NARRATIVE);
    arena_init(&arena, 1 << 24);
    assert_true(return_file_read(&file, &arena, wide, (size_t)start + NARRATIVE));
    assert_int_equal(file.problem_count, 1);
    assert_string_equal(file.problems[0].column, "narrative");
    arena_deinit(&arena);
}

/* A file is read whole or not at all, however little memory there is. */
static void programmes_without_memory(void **state)
{
    enum { FEW = 50, STEP = 512, CAP = 256 * 1024 };
    static const char row[] = "1,A,Text,high,housing,Target,12.50,Note,2007-10-25\n";
    char *text = NULL;
    size_t len = 0;
    size_t refused = 0;
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    programme_file_write_head(out, "p", "Title", "Publisher", "2007-06-21");
    for (int i = 0; i < FEW; i++) {
        fputs(row, out);
    }
    fclose(out);
    for (size_t cap = STEP; cap <= CAP; cap += STEP) {
        struct programme_file file;
        struct arena arena;
        arena_init(&arena, cap);
        bool good = programme_file_read(&file, &arena, text, len);
        refused += !good;
        if (good) {
            assert_int_equal(file.problem_count, 0);
            assert_int_equal(file.count, FEW);
            assert_string_equal(file.lines[FEW - 1]->resource_note, "Note");
            assert_string_equal(file.lines[FEW - 1]->decided_on, "2007-10-25");
            assert_string_equal(file.title, "Title");
        }
        arena_deinit(&arena);
    }
    assert_in_range(refused, 1, CAP / STEP - 1);
    free(text);
}

static void programmes_are_written_and_read(void **state)
{
    static const struct {
        const char *line;
        const char *title;
    } table[] = {
        {"# title: A \"green paper\"", "A \"green paper\""},
        {"# title: A paper ,,", "A paper"},
        {"\"# title: A \"\"green paper\"\"\",,", "A \"green paper\""},
        {"\"# title: Time, and change\"", "Time, and change"},
        {"\"# title: \"\"Change\"\", they say\";;\r", "\"Change\", they say"},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct programme_file file;
        struct arena arena;
        char text[256];
        int len = snprintf(text, sizeof(text), "%s\nnumber,area,proposal\n1,A,B\n", table[i].line);
        arena_init(&arena, 1 << 20);
        assert_true(programme_file_read(&file, &arena, text, (size_t)len));
        assert_int_equal(file.problem_count, 0);
        assert_string_equal(file.title, table[i].title);
        arena_deinit(&arena);
    }
    /* A service that is newer may know a priority that we do not. */
    Pledge__V1__ProposalLine line = PLEDGE__V1__PROPOSAL_LINE__INIT;
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    line.number = 1;
    line.priority = (Pledge__V1__WorkPriority)9;
    programme_file_write(out, &line);
    fclose(out);
    assert_string_equal(text, "\"1\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_file),
        cmocka_unit_test(problems_of_files),
        cmocka_unit_test(what_the_service_found_is_merged),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(programmes_without_memory),
        cmocka_unit_test(programmes_are_written_and_read),
    };
    text_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
