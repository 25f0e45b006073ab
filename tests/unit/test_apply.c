/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "client/cli/apply.h"

#include "pledge/v1/authority.pb-c.h"
#include "pledge/v1/commitment.pb-c.h"

#include <stdio.h>

#define START                                                                                      \
    "{\"format\":\"pledge.apply/1\",\"authority\":{\"id\":\"derby\",\"displayName\":\"D\"}"

static void problems(void **state)
{
    static const struct {
        const char *text;
        const char *paths; /* of all problems, with a space after each */
    } table[] = {
        {START "}", ""},
        {"{\n  \"format\": }", "2:13 "},
        {"[]", "1:1 "},
        {"{\"format\":\"other\"}", "format "},
        {START ",\"departmets\":[]}", "departmets "},
        {START ",\"departments\":{}}", "departments "},
        {START ",\"departments\":[5,{\"id\":\"Bad Id\",\"displayName\":\"x\"}]}",
         "departments[0] departments[1].id "},
        {START ",\"departments\":[{\"id\":\"a\"},{\"id\":\"a\",\"name\":1,\"directorPost\":2}]}",
         "departments[1].id departments[1].name departments[1].directorPost "},
        {START ",\"bodies\":[{\"id\":\"a\",\"parentBody\":\"b\"},{\"id\":\"b\"}]}",
         "bodies[0].parentBody "},
        {START ",\"pledges\":[{\"id\":\"p\",\"versions\":[{\"id\":\"1\",\"adoption\":"
               "{\"adoptedBy\":\"nobody\"},\"statements\":[{\"txt\":\"\"}]}]}]}",
         "pledges[0].versions[0].adoption.adoptedBy pledges[0].versions[0].adoption.adoptedOn "
         "pledges[0].versions[0].statements[0].txt "},
        {START ",\"commitments\":[{\"id\":\"c\",\"owner\":\"x\",\"statements\":[\"p/1\"]}]}",
         "commitments[0].owner commitments[0].statements[0] "},
        {START ",\"rounds\":[{\"id\":\"r\",\"version\":\"p/9\",\"closed\":1,\"returns\":[{}]}]}",
         "rounds[0].closed rounds[0].version rounds[0].returns[0].owner "
         "rounds[0].returns[0].owner "},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct apply_file file;
        struct arena arena;
        char paths[512] = "";
        arena_init(&arena, 1 << 20);
        assert_true(apply_file_read(&file, &arena, table[i].text, strlen(table[i].text)));
        for (size_t p = 0; p < file.problem_count; p++) {
            size_t len = strlen(paths);
            snprintf(paths + len, sizeof(paths) - len, "%s ", file.problems[p].path);
        }
        assert_string_equal(paths, table[i].paths);
        apply_file_deinit(&file);
        arena_deinit(&arena);
    }
}

static void references_become_names(void **state)
{
    static const char text[] =
        START ",\"departments\":[{\"id\":\"housing\"}],\"pledges\":[{\"id\":\"p\",\"versions\":"
              "[{\"id\":\"2\",\"statements\":[{\"statementId\":\"7\"}]}]}],"
              "\"commitments\":[{\"id\":\"c\",\"owner\":\"housing\","
              "\"statements\":[\"p/2/7\"],\"summary\":\"s\"}]}";
    struct apply_file file;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    assert_true(apply_file_read(&file, &arena, text, sizeof(text) - 1));
    assert_int_equal(file.problem_count, 0);
    const struct apply_item *item =
        apply_file_find(&file, APPLY_COMMITMENT, "authorities/derby/commitments/c");
    const Pledge__V1__Commitment *commitment = (const void *)item->message;
    assert_string_equal(commitment->owner, "authorities/derby/departments/housing");
    assert_string_equal(commitment->statements[0],
                        "authorities/derby/pledges/p/versions/2/statements/7");

    /* Only what the file gives is compared. */
    char *paths[APPLY_MAX_FIELDS];
    size_t count = 0;
    Pledge__V1__Commitment there = *commitment;
    char theme[] = "theirs";
    char summary[] = "old";
    there.theme = theme;
    there.withdrawn = 1;
    assert_string_equal(apply_difference(&arena, item, &there.base, paths, &count), "");
    there.summary = summary;
    there.n_statements = 0;
    assert_string_equal(apply_difference(&arena, item, &there.base, paths, &count),
                        "statements, summary");
    assert_int_equal(count, 2);
    apply_file_deinit(&file);
    arena_deinit(&arena);
}

static void words_are_compared_one_by_one(void **state)
{
    static const char text[] = "{\"format\":\"pledge.apply/1\",\"authority\":{\"id\":\"d\","
                               "\"words\":{\"pledge\":\"promise\",\"board\":\"\"}}}";
    struct apply_file file;
    struct arena arena;
    char *paths[APPLY_MAX_FIELDS];
    size_t count = 0;
    Pledge__V1__Authority there = PLEDGE__V1__AUTHORITY__INIT;
    arena_init(&arena, 1 << 20);
    assert_true(apply_file_read(&file, &arena, text, sizeof(text) - 1));
    assert_string_equal(
        apply_difference(&arena, &file.lists[APPLY_AUTHORITY].items[0], &there.base, paths, &count),
        "words.pledge");
    apply_file_deinit(&file);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(problems),
        cmocka_unit_test(references_become_names),
        cmocka_unit_test(words_are_compared_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
