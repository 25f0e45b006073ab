/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "common/grpc/status.h"
#include "google/rpc/error_details.pb-c.h"
#include "google/rpc/status.pb-c.h"
#include "server/rpc/registry.h"
#include "server/rpc/trailers.h"

#include <stdio.h>
#include <stdlib.h>

static struct arena arena;

static int set_up(void **state)
{
    arena_init(&arena, 16 << 20);
    return 0;
}

static int tear_down(void **state)
{
    arena_deinit(&arena);
    return 0;
}

static void methods_are_found_by_their_path(void **state)
{
    static struct registry registry;
    static struct method methods[300];
    static char paths[300][64];
    for (size_t i = 0; i < COUNT(methods); i++) {
        snprintf(paths[i], sizeof(paths[i]), "/pledge.v1.Service%zu/Method%zu", i / 7, i);
        methods[i].path = paths[i];
        assert_true(registry_add(&registry, &methods[i]));
    }
    assert_false(registry_add(&registry, &methods[5]));
    for (size_t i = 0; i < COUNT(methods); i++) {
        assert_ptr_equal(registry_find(&registry, paths[i], strlen(paths[i])), &methods[i]);
    }
    static const char *const unknown[] = {"", "/", "/pledge.v1.Service0/Method", "x",
                                          "/pledge.v1.Service0/Method00"};
    for (size_t i = 0; i < COUNT(unknown); i++) {
        assert_null(registry_find(&registry, unknown[i], strlen(unknown[i])));
    }
    assert_true(registry_has_service(&registry, "/pledge.v1.Service0/X", 21));
    assert_false(registry_has_service(&registry, "/pledge.v1.Service/X", 20));
}

static void success_is_one_trailer(void **state)
{
    struct err err = {0};
    nghttp2_nv trailers[3];
    assert_int_equal(trailers_make(trailers, &err, TRAILERS_DETAILS_USUAL, &arena), 1);
    assert_memory_equal(trailers[0].value, "0", 1);
}

/* Decodes grpc-status-details-bin and returns the number of violations in it. */
static size_t violations_in(const nghttp2_nv *trailer)
{
    unsigned char *bytes = malloc(trailer->valuelen + 3);
    size_t len = grpc_base64_decode((const char *)trailer->value, trailer->valuelen, bytes);
    Google__Rpc__Status *status = google__rpc__status__unpack(NULL, len, bytes);
    assert_non_null(status);
    Google__Rpc__BadRequest *bad = google__rpc__bad_request__unpack(
        NULL, status->details[0]->value.len, status->details[0]->value.data);
    assert_non_null(bad);
    size_t count = bad->n_field_violations;
    google__rpc__bad_request__free_unpacked(bad, NULL);
    google__rpc__status__free_unpacked(status, NULL);
    free(bytes);
    return count;
}

static void violations_fit_what_the_client_takes(void **state)
{
    struct err err = {0};
    nghttp2_nv trailers[3];
    for (int i = 0; i < 200; i++) {
        char field[64];
        snprintf(field, sizeof(field), "owner_return.progress[%d].reason", i);
        err_violation(&err, &arena, field, "R012", "amber needs a reason");
    }
    static const uint32_t limits[] = {8192, 16384, 65536, 1 << 20, UINT32_MAX};
    size_t before = 0;
    for (size_t i = 0; i < COUNT(limits); i++) {
        size_t room = trailers_details_room(limits[i]);
        assert_int_equal(trailers_make(trailers, &err, room, &arena), 3);
        size_t size = trailers[2].valuelen + trailers[1].valuelen + trailers[0].valuelen;
        assert_true(limits[i] == UINT32_MAX || size < limits[i]);
        size_t count = violations_in(&trailers[2]);
        assert_true(limits[i] == UINT32_MAX || count >= before);
        before = count;
        if (limits[i] == 1 << 20) {
            assert_int_equal(count, 200);
        }
    }
}

static void a_message_is_percent_encoded(void **state)
{
    struct err err = {0};
    nghttp2_nv trailers[3];
    err_set(&err, GRPC_NOT_FOUND, "caf\303\251: not found");
    assert_int_equal(trailers_make(trailers, &err, TRAILERS_DETAILS_USUAL, &arena), 2);
    assert_memory_equal(trailers[0].value, "5", 1);
    assert_string_equal((const char *)trailers[1].value, "caf%C3%A9: not found");
}

static void without_memory_there_is_still_a_status(void **state)
{
    struct arena tiny;
    struct err err = {0};
    nghttp2_nv trailers[3];
    arena_init(&tiny, 0);
    err_set(&err, GRPC_NOT_FOUND, "nothing");
    assert_int_equal(trailers_make(trailers, &err, TRAILERS_DETAILS_USUAL, &tiny), 1);
    assert_memory_equal(trailers[0].value, "8", 1);
}

static void a_long_message_is_cut_between_characters(void **state)
{
    struct err err = {0};
    char text[2 * ERR_MAX_MESSAGE + 1];
    for (size_t i = 0; i < sizeof(text) - 1; i += 2) {
        memcpy(text + i, "\303\251", 2);
    }
    text[sizeof(text) - 1] = '\0';
    err_set(&err, GRPC_UNKNOWN, "%s", text);
    assert_int_equal(strlen(err.message) % 2, 0);
    err_set(&err, GRPC_UNKNOWN, "x%s", text);
    assert_int_equal(strlen(err.message) % 2, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(methods_are_found_by_their_path),
        cmocka_unit_test(success_is_one_trailer),
        cmocka_unit_test(violations_fit_what_the_client_takes),
        cmocka_unit_test(a_message_is_percent_encoded),
        cmocka_unit_test(without_memory_there_is_still_a_status),
        cmocka_unit_test(a_long_message_is_cut_between_characters),
    };
    return cmocka_run_group_tests_name("rpc", tests, set_up, tear_down);
}
