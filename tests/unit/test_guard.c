/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "common/msg/guard.h"
#include "google/protobuf/descriptor.pb-c.h"
#include "pledge/v1/return.pb-c.h"

#include <stdio.h>
#include <stdlib.h>

static const ProtobufCMessageDescriptor *const submit =
    &pledge__v1__submit_return_request__descriptor;

static struct err check(const ProtobufCMessageDescriptor *descriptor, const void *data, size_t len)
{
    static char field[64];
    struct guard_limits limits = GUARD_DEFAULT_LIMITS;
    struct arena arena;
    struct err err = {0};
    arena_init(&arena, 1 << 16);
    bool good = guard_check(descriptor, data, len, &limits, &arena, &err);
    assert_int_equal(good, err.code == GRPC_OK);
    field[0] = '\0';
    if (err.violation_count > 0) {
        strncpy(field, err.violations[0].field, sizeof(field) - 1);
        snprintf(err.message, sizeof(err.message), "%s", field);
    }
    arena_deinit(&arena);
    return err;
}

static void wire_bytes(void **state)
{
    static const struct {
        const char *what;
        const char *bytes;
        size_t len;
        enum grpc_code code;
        const char *field;
    } table[] = {
        {"empty", "", 0, GRPC_OK, NULL},
        {"a string", "\x0a\x02hi", 4, GRPC_OK, NULL},
        {"a string cut short", "\x0a\x05hi", 4, GRPC_INVALID_ARGUMENT, NULL},
        {"bytes that are no UTF-8", "\x0a\x02\xc3\x28", 4, GRPC_INVALID_ARGUMENT, "parent"},
        {"a NUL in text", "\x0a\x02h\0", 4, GRPC_INVALID_ARGUMENT, "parent"},
        {"an overlong form", "\x0a\x02\xc0\xaf", 4, GRPC_INVALID_ARGUMENT, "parent"},
        {"a surrogate", "\x0a\x03\xed\xa0\x80", 5, GRPC_INVALID_ARGUMENT, "parent"},
        {"an unknown field", "\xba\x3e\x01x", 4, GRPC_OK, NULL},
        {"the wrong wire type", "\x08\x01", 2, GRPC_INVALID_ARGUMENT, NULL},
        {"field number 0", "\x02\x00", 2, GRPC_INVALID_ARGUMENT, NULL},
        {"a group", "\x0b\x0c", 2, GRPC_INVALID_ARGUMENT, NULL},
        {"a varint without an end", "\x20\xff\xff\xff", 4, GRPC_INVALID_ARGUMENT, NULL},
        {"rating 9 in progress[1]", "\x12\x08\x3a\x02\x10\x01\x3a\x02\x10\x09", 10,
         GRPC_INVALID_ARGUMENT, "owner_return.progress[1].rating"},
        {"bad text in progress[0]", "\x12\x05\x3a\x03\x1a\x01\xff", 7, GRPC_INVALID_ARGUMENT,
         "owner_return.progress[0].narrative"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct err err = check(submit, table[i].bytes, table[i].len);
        if (err.code != table[i].code) {
            print_error("%s\n", table[i].what);
        }
        assert_int_equal(err.code, table[i].code);
        if (table[i].field) {
            assert_string_equal(err.message, table[i].field);
        }
    }
}

static void depth_is_limited(void **state)
{
    /* DescriptorProto nests in itself: field 3, length, and so on inwards */
    uint8_t bytes[400];
    size_t at = sizeof(bytes);
    for (size_t depth = 0; depth < 60; depth++) {
        size_t inner = sizeof(bytes) - at;
        bytes[--at] = (uint8_t)(inner > 127 ? inner >> 7 : inner);
        if (inner > 127) {
            bytes[--at] = (uint8_t)((inner & 127) | 128);
        }
        bytes[--at] = 0x1a;
    }
    struct err err =
        check(&google__protobuf__descriptor_proto__descriptor, bytes + at, sizeof(bytes) - at);
    assert_int_equal(err.code, GRPC_INVALID_ARGUMENT);
}

static void elements_are_limited(void **state)
{
    size_t len = 200000;
    uint8_t *bytes = malloc(len);
    for (size_t i = 0; i < len; i += 2) {
        bytes[i] = 0x3a;
        bytes[i + 1] = 0;
    }
    struct err err = check(&pledge__v1__return__descriptor, bytes, len);
    assert_int_equal(err.code, GRPC_RESOURCE_EXHAUSTED);
    free(bytes);
}

static void any_bytes_end_in_an_answer(void **state)
{
    uint8_t bytes[64];
    uint32_t seed = 12345;
    for (int round = 0; round < 200000; round++) {
        for (size_t i = 0; i < sizeof(bytes); i++) {
            seed = seed * 1664525U + 1013904223U;
            bytes[i] = (uint8_t)(seed >> (round % 2 ? 24 : 27));
        }
        check(submit, bytes, (size_t)(seed % sizeof(bytes)));
    }
}

static void utf8_of_every_length(void **state)
{
    assert_true(guard_utf8((const uint8_t *)"a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 10));
    assert_false(guard_utf8((const uint8_t *)"\xf0\x9f\x98", 3));
    assert_false(guard_utf8((const uint8_t *)"\xf4\x90\x80\x80", 4));
    assert_false(guard_utf8((const uint8_t *)"\xf5\x80\x80\x80", 4));
    assert_false(guard_utf8((const uint8_t *)"\xe0\x9f\xbf", 3));
    assert_true(guard_utf8((const uint8_t *)"", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wire_bytes),           cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(elements_are_limited), cmocka_unit_test(any_bytes_end_in_an_answer),
        cmocka_unit_test(utf8_of_every_length),
    };
    return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
