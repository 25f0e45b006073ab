/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "pledge/v1/authority.pb-c.h"
#include "pledge/v1/commitment.pb-c.h"
#include "pledge/v1/monitor.pb-c.h"
#include "pledge/v1/return.pb-c.h"
#include "server/sqlrpc/bind.h"

#include <stdlib.h>

static struct arena arena;

static int set_up(void **state)
{
    arena_init(&arena, 1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    arena_deinit(&arena);
    return 0;
}

static struct bind_param param_for(const ProtobufCMessageDescriptor *descriptor, const char *text,
                                   const char *type)
{
    struct bind_param param = {0};
    assert_true(bind_path_resolve(descriptor, text, strlen(text), &param.path));
    strcpy(param.text, text);
    const ProtobufCFieldDescriptor *leaf = param.path.fields[param.path.depth - 1];
    param.type = value_type_named(type, strlen(type));
    assert_non_null(param.type);
    param.kind = value_kind_of(leaf, param.type);
    param.is_array = param.path.crossing >= 0;
    param.labels = param.kind == VALUE_LABEL ? value_labels(leaf->descriptor) : NULL;
    return param;
}

static void names_must_have_their_shape(void **state)
{
    struct bind_shape shape = {.collections = "authorities/pledges/versions", .depth = 3};
    static const struct {
        const char *name;
        const char *last;
    } table[] = {
        {"authorities/derby/pledges/promise/versions/2", "2"},
        {"authorities/derby/pledges/promise", NULL},
        {"authorities/derby/pledges/promise/versions/2/x", NULL},
        {"authorities/derby/pledges/promise/versions/", NULL},
        {"authorities/Derby/pledges/promise/versions/2", NULL},
        {"authorities/der by/pledges/promise/versions/2", NULL},
        {"authorities/-derby/pledges/promise/versions/2", NULL},
        {"/authorities/derby/pledges/promise/versions/2", NULL},
        {"authorities//pledges/promise/versions/2", NULL},
        {"authorities/derby/pledges/promise/versions/2/", NULL},
        {"bodies/derby/pledges/promise/versions/2", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        char id[BIND_MAX_ID + 1];
        const char *found = bind_name_segment(&shape, table[i].name, 2, id);
        assert_int_equal(found != NULL, table[i].last != NULL);
        if (found) {
            assert_string_equal(found, table[i].last);
        }
    }
    char text[BIND_TEXT];
    bind_shape_text(&shape, text);
    assert_string_equal(text, "authorities/{authority}/pledges/{pledge}/versions/{version}");
}

static void shapes_are_put_together_and_compared(void **state)
{
    static const char *const collections[] = {"authorities", "bodies", "meetings",
                                              "actions",     "notes",  "marks"};
    struct bind_shape shape = {0};
    struct bind_shape shorter = {0};
    for (size_t i = 0; i < COUNT(collections); i++) {
        shorter = i == 2 ? shape : shorter;
        assert_true(bind_shape_add(&shape, collections[i], strlen(collections[i])));
    }
    assert_string_equal(shape.collections, "authorities/bodies/meetings/actions/notes/marks");
    assert_false(bind_shape_add(&shape, "more", 4)); /* one collection too many */
    assert_true(bind_shape_begins(&shape, &shorter));
    assert_true(bind_shape_begins(&shape, &shape));
    assert_false(bind_shape_begins(&shorter, &shape));
    struct bind_shape other = {.collections = "authorities/bod", .depth = 2};
    assert_false(bind_shape_begins(&shape, &other));
    char text[BIND_TEXT];
    bind_shape_text(&shorter, text);
    assert_string_equal(text, "authorities/{authority}/bodies/{body}");
    char longest[BIND_SHAPE_TEXT];
    memset(longest, 'a', sizeof(longest));
    struct bind_shape full = {0};
    assert_false(bind_shape_add(&full, longest, BIND_SHAPE_TEXT));
    assert_true(bind_shape_add(&full, longest, BIND_SHAPE_TEXT - 3));
    assert_false(bind_shape_add(&full, "bb", 2));
    assert_true(bind_shape_add(&full, "b", 1));
}

static void identifiers_are_limited_in_length(void **state)
{
    struct bind_shape shape = {.collections = "authorities", .depth = 1};
    char name[200] = "authorities/";
    char id[BIND_MAX_ID + 1];
    memset(name + 12, 'a', BIND_MAX_ID);
    assert_non_null(bind_name_segment(&shape, name, 0, id));
    name[12 + BIND_MAX_ID] = 'a';
    assert_null(bind_name_segment(&shape, name, 0, id));
}

static void a_name_of_another_authority_is_refused(void **state)
{
    Pledge__V1__CreateCommitmentRequest request = PLEDGE__V1__CREATE_COMMITMENT_REQUEST__INIT;
    Pledge__V1__Commitment commitment = PLEDGE__V1__COMMITMENT__INIT;
    char *names[] = {"authorities/derby/pledges/p/versions/2/statements/1",
                     "authorities/leicester/pledges/p/versions/1/statements/1"};
    commitment.statements = names;
    commitment.n_statements = 2;
    request.commitment = &commitment;
    struct bind_param param = param_for(&pledge__v1__create_commitment_request__descriptor,
                                        "commitment.statements", "text");
    param.is_name = true;
    param.shape =
        (struct bind_shape){.collections = "authorities/pledges/versions/statements", .depth = 4};
    param.segment = 3;
    struct err err = {0};
    const char *value;
    int length;
    assert_false(bind_write(&param, &request.base, "derby", &arena, &value, &length, &err));
    assert_int_equal(err.violation_count, 1);
    assert_string_equal(err.violations[0].field, "commitment.statements[1]");
    commitment.n_statements = 1;
    err = (struct err){0};
    assert_true(bind_write(&param, &request.base, "derby", &arena, &value, &length, &err));
    assert_int_equal(length, 20 + 4 + 1);
}

static void unset_messages_stand_for_their_defaults(void **state)
{
    Pledge__V1__CreateDepartmentRequest request = PLEDGE__V1__CREATE_DEPARTMENT_REQUEST__INIT;
    struct bind_param param = param_for(&pledge__v1__create_department_request__descriptor,
                                        "department.display_name", "text");
    struct err err = {0};
    const char *value;
    int length;
    assert_true(bind_write(&param, &request.base, NULL, &arena, &value, &length, &err));
    assert_int_equal(length, 0);
    assert_non_null(value);
}

static void bad_dates_name_their_element(void **state)
{
    Pledge__V1__SubmitReturnRequest request = PLEDGE__V1__SUBMIT_RETURN_REQUEST__INIT;
    Pledge__V1__Return ret = PLEDGE__V1__RETURN__INIT;
    Pledge__V1__Progress items[3] = {PLEDGE__V1__PROGRESS__INIT, PLEDGE__V1__PROGRESS__INIT,
                                     PLEDGE__V1__PROGRESS__INIT};
    Pledge__V1__Progress *list[3] = {&items[0], &items[1], &items[2]};
    items[0].actual_on = "2016-07-01";
    items[2].actual_on = "2016-07-32";
    ret.progress = list;
    ret.n_progress = 3;
    request.owner_return = &ret;
    struct bind_param param = param_for(&pledge__v1__submit_return_request__descriptor,
                                        "owner_return.progress.actual_on", "date");
    struct err err = {0};
    const char *value;
    int length;
    assert_false(bind_write(&param, &request.base, NULL, &arena, &value, &length, &err));
    assert_int_equal(err.violation_count, 1);
    assert_string_equal(err.violations[0].field, "owner_return.progress[2].actual_on");
    items[2].actual_on = "";
    err = (struct err){0};
    assert_true(bind_write(&param, &request.base, NULL, &arena, &value, &length, &err));
    assert_int_equal(length, 20 + 8 + 4 + 4);
}

/* What was written as an array of labels fills a list of messages again. */
static void arrays_read_back_into_messages(void **state)
{
    Pledge__V1__SubmitReturnRequest request = PLEDGE__V1__SUBMIT_RETURN_REQUEST__INIT;
    Pledge__V1__Return ret = PLEDGE__V1__RETURN__INIT;
    Pledge__V1__Progress items[2] = {PLEDGE__V1__PROGRESS__INIT, PLEDGE__V1__PROGRESS__INIT};
    Pledge__V1__Progress *list[2] = {&items[0], &items[1]};
    items[0].rating = PLEDGE__V1__RATING__RATING_RED;
    items[1].rating = PLEDGE__V1__RATING__RATING_GREEN;
    ret.progress = list;
    ret.n_progress = 2;
    request.owner_return = &ret;
    struct bind_param param = param_for(&pledge__v1__submit_return_request__descriptor,
                                        "owner_return.progress.rating", "text");
    struct err err = {0};
    const char *value;
    int length;
    assert_true(bind_write(&param, &request.base, NULL, &arena, &value, &length, &err));
    assert_memory_equal(value + 20, "\0\0\0\3red\0\0\0\5green", length - 20);

    struct bind_column column = {.kind = VALUE_LABEL, .is_array = true, .labels = param.labels};
    assert_true(bind_path_resolve(&pledge__v1__monitor_statement__descriptor, "owners.rating", 13,
                                  &column.path));
    Pledge__V1__MonitorStatement *statement = arena_alloc(&arena, sizeof(*statement));
    pledge__v1__monitor_statement__init(statement);
    assert_null(bind_read(&column, value, (size_t)length, &statement->base, &arena));
    assert_int_equal(statement->n_owners, 2);
    assert_int_equal(statement->owners[0]->rating, PLEDGE__V1__RATING__RATING_RED);
    assert_int_equal(statement->owners[1]->rating, PLEDGE__V1__RATING__RATING_GREEN);
    /* damaged arrays are refused, not followed */
    for (int cut = 1; cut < length; cut++) {
        pledge__v1__monitor_statement__init(statement);
        assert_non_null(
            bind_read(&column, value, (size_t)(length - cut), &statement->base, &arena));
    }
}

static void paths_are_found_or_refused(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } table[] = {
        {"owner_return.progress.rating", true},
        {"owner_return", true},
        {"parent", true},
        {"owner_return.nothing", false},
        {"parent.x", false},
        {"", false},
        {"owner_return.", false},
        {".parent", false},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct bind_path path;
        assert_int_equal(bind_path_resolve(&pledge__v1__submit_return_request__descriptor,
                                           table[i].text, strlen(table[i].text), &path),
                         table[i].good);
    }
}

static void labels_are_short_names(void **state)
{
    const char *const *labels = value_labels(&pledge__v1__return_state__descriptor);
    assert_string_equal(labels[0], "");
    assert_string_equal(labels[1], "not_started");
    assert_ptr_equal(labels, value_labels(&pledge__v1__return_state__descriptor));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_must_have_their_shape),
        cmocka_unit_test(shapes_are_put_together_and_compared),
        cmocka_unit_test(identifiers_are_limited_in_length),
        cmocka_unit_test(a_name_of_another_authority_is_refused),
        cmocka_unit_test(unset_messages_stand_for_their_defaults),
        cmocka_unit_test(bad_dates_name_their_element),
        cmocka_unit_test(arrays_read_back_into_messages),
        cmocka_unit_test(paths_are_found_or_refused),
        cmocka_unit_test(labels_are_short_names),
    };
    return cmocka_run_group_tests_name("bind", tests, set_up, tear_down);
}
