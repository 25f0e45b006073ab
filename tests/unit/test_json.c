/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "common/msg/json.h"

#include "google/protobuf/any.pb-c.h"
#include "google/protobuf/descriptor.pb-c.h"
#include "google/rpc/error_details.pb-c.h"
#include "google/rpc/status.pb-c.h"
#include "grpc/reflection/v1/reflection.pb-c.h"
#include "pledge/v1/pledge.pb-c.h"
#include "pledge/v1/return.pb-c.h"
#include "pledge/v1/round.pb-c.h"

#include <stdio.h>
#include <stdlib.h>

#define D16 "dddddddddddddddd"
#define D64 D16 D16 D16 D16 /* two of them are longer than any field's name */

/* What is read and written again says the same, in the canonical form. */
static void there_and_back(void **state)
{
    static const struct {
        const ProtobufCMessageDescriptor *type;
        const char *in;
        const char *out;
    } table[] = {
        {&pledge__v1__progress__descriptor, "{}", "{}"},
        {&pledge__v1__progress__descriptor,
         "{\"commitment_id\":\"der-04\",\"rating\":2,\"narrative\":null,\"reason\":\"\"}",
         "{\"commitmentId\":\"der-04\",\"rating\":\"RATING_AMBER\"}"},
        {&pledge__v1__round__descriptor,
         "{\"closeTime\":\"2016-07-31T13:00:00.25+01:00\",\"title\":\"é\\u2026\"}",
         "{\"title\":\"é…\",\"closeTime\":\"2016-07-31T12:00:00.250Z\"}"},
        {&pledge__v1__list_rounds_request__descriptor, "{\"pageSize\":\"1000\"}",
         "{\"pageSize\":1000}"},
        {&pledge__v1__list_rounds_request__descriptor, "{\"pageSize\":1e3}", "{\"pageSize\":1000}"},
        {&pledge__v1__list_rounds_request__descriptor, "{\"pageSize\":-2147483648}",
         "{\"pageSize\":-2147483648}"},
        {&pledge__v1__update_round_request__descriptor,
         "{\"updateMask\":\"title,dueOn\",\"validateOnly\":true}",
         "{\"updateMask\":\"title,dueOn\",\"validateOnly\":true}"},
        {&pledge__v1__update_round_request__descriptor, "{\"updateMask\":\"title,due_on\"}",
         "{\"updateMask\":\"title,dueOn\"}"},
        {&pledge__v1__submit_return_request__descriptor,
         "{\"ownerReturn\":{\"progress\":[{\"rating\":\"RATING_RED\"},{}]}}",
         "{\"ownerReturn\":{\"progress\":[{\"rating\":\"RATING_RED\"},{}]}}"},
        {&pledge__v1__get_version_content_response__descriptor, "{\"content\":\"_-8\"}",
         "{\"content\":\"/+8=\"}"},
        {&google__rpc__retry_info__descriptor, "{\"retryDelay\":\"1.50s\"}",
         "{\"retryDelay\":\"1.500s\"}"},
        {&google__rpc__retry_info__descriptor, "{\"retryDelay\":\"-0.000001s\"}",
         "{\"retryDelay\":\"-0.000001s\"}"},
        {&grpc__reflection__v1__server_reflection_request__descriptor, "{\"fileByFilename\":\"\"}",
         "{\"fileByFilename\":\"\"}"},
        {&google__protobuf__uninterpreted_option__descriptor,
         "{\"negativeIntValue\":\"-9223372036854775808\",\"doubleValue\":\"NaN\"}",
         "{\"negativeIntValue\":\"-9223372036854775808\",\"doubleValue\":\"NaN\"}"},
        {&google__protobuf__uninterpreted_option__descriptor,
         "{\"positiveIntValue\":18446744073709551615}", NULL}, /* jansson's integers end before */
        {&google__protobuf__uninterpreted_option__descriptor,
         "{\"positiveIntValue\":\"18446744073709551615\",\"stringValue\":\"AA==\"}",
         "{\"positiveIntValue\":\"18446744073709551615\",\"stringValue\":\"AA==\"}"},
        {&google__protobuf__field_options__descriptor, "{\"packed\":false}", "{\"packed\":false}"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct arena arena;
        struct err err = {0};
        arena_init(&arena, 1 << 20);
        json_t *json = json_loads(table[i].in, 0, NULL);
        ProtobufCMessage *message = json ? msg_json_read(table[i].type, json, &arena, &err) : NULL;
        if (!table[i].out) {
            assert_null(message);
        } else {
            assert_string_equal(err.message, "");
            assert_non_null(message);
            json_t *written = msg_json_write(message, 0, NULL);
            char *text = json_dumps(written, JSON_COMPACT);
            assert_string_equal(text, table[i].out);
            free(text);
            json_decref(written);
        }
        json_decref(json);
        arena_deinit(&arena);
    }
}

static void refusals(void **state)
{
    static const struct {
        const ProtobufCMessageDescriptor *type;
        const char *in;
        const char *fields; /* of all violations, with a space after each */
    } table[] = {
        {&pledge__v1__round__descriptor, "[]", " "},
        {&pledge__v1__round__descriptor, "{\"titel\":1,\"title\":1,\"state\":\"X\"}",
         "titel title state "},
        {&pledge__v1__round__descriptor, "{\"state\":99}", "state "},
        {&pledge__v1__round__descriptor, "{\"state\":true}", "state "},
        {&pledge__v1__round__descriptor, "{\"dueOn\":\"a\",\"due_on\":\"b\"}", "due_on "},
        {&pledge__v1__round__descriptor, "{\"closeTime\":\"2016-02-30T00:00:00Z\"}", "close_time "},
        {&pledge__v1__round__descriptor, "{\"closeTime\":5}", "close_time "},
        {&pledge__v1__list_rounds_request__descriptor, "{\"pageSize\":2147483648}", "page_size "},
        {&pledge__v1__list_rounds_request__descriptor, "{\"pageSize\":1.5}", "page_size "},
        {&pledge__v1__list_rounds_request__descriptor, "{\"pageSize\":\"1x\"}", "page_size "},
        {&pledge__v1__list_rounds_request__descriptor, "{\"pageSize\":\" 1\"}", "page_size "},
        {&pledge__v1__list_rounds_request__descriptor, "{\"pageSize\":[]}", "page_size "},
        {&pledge__v1__update_round_request__descriptor,
         "{\"updateMask\":[],\"validateOnly\":\"true\"}", "update_mask validate_only "},
        {&pledge__v1__update_round_request__descriptor, "{\"updateMask\":\"due__on\"}",
         "update_mask "},
        {&pledge__v1__update_round_request__descriptor, "{\"updateMask\":\"title,_W\"}",
         "update_mask "},
        {&pledge__v1__update_round_request__descriptor, "{\"updateMask\":\"title,,dueOn\"}",
         "update_mask "},
        {&pledge__v1__update_round_request__descriptor, "{\"updateMask\":\"title,\"}",
         "update_mask "},
        {&pledge__v1__update_round_request__descriptor, "{\"updateMask\":\"title," D64 D64 "\"}",
         "update_mask "},
        {&pledge__v1__submit_return_request__descriptor,
         "{\"ownerReturn\":{\"progress\":[{},{\"rating\":\"red\"},3]}}",
         "owner_return.progress[1].rating owner_return.progress[2] "},
        {&pledge__v1__submit_return_request__descriptor, "{\"ownerReturn\":{\"progress\":{}}}",
         "owner_return.progress "},
        {&pledge__v1__get_version_content_response__descriptor, "{\"content\":\"*\"}", "content "},
        {&pledge__v1__get_version_content_response__descriptor, "{\"content\":1}", "content "},
        {&google__rpc__retry_info__descriptor, "{\"retryDelay\":\"1\"}", "retry_delay "},
        {&google__rpc__retry_info__descriptor, "{\"retryDelay\":\"1.s\"}", "retry_delay "},
        {&google__rpc__retry_info__descriptor, "{\"retryDelay\":\"0.1234567890s\"}",
         "retry_delay "},
        {&google__rpc__retry_info__descriptor, "{\"retryDelay\":\"999999999999s\"}",
         "retry_delay "},
        {&google__rpc__status__descriptor, "{\"details\":[{\"@type\":\"x\"}]}", "details[0] "},
        {&grpc__reflection__v1__server_reflection_request__descriptor,
         "{\"fileByFilename\":\"a\",\"listServices\":\"b\"}", "list_services "},
        {&google__protobuf__uninterpreted_option__descriptor,
         "{\"positiveIntValue\":-1,\"negativeIntValue\":9.3e18,\"doubleValue\":\"x\"}",
         "positive_int_value negative_int_value double_value "},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct arena arena;
        struct err err = {0};
        char fields[256] = "";
        arena_init(&arena, 1 << 20);
        json_t *json = json_loads(table[i].in, JSON_DECODE_ANY, NULL);
        assert_non_null(json);
        assert_null(msg_json_read(table[i].type, json, &arena, &err));
        assert_int_equal(err.code, GRPC_INVALID_ARGUMENT);
        for (size_t v = 0; v < err.violation_count; v++) {
            size_t len = strlen(fields);
            snprintf(fields + len, sizeof(fields) - len, "%s ", err.violations[v].field);
        }
        assert_string_equal(fields, table[i].fields);
        json_decref(json);
        arena_deinit(&arena);
    }
}

static void text_with_nul_is_refused(void **state)
{
    struct arena arena;
    struct err err = {0};
    arena_init(&arena, 1 << 16);
    json_t *json = json_loads("{\"title\":\"a\\u0000b\"}", JSON_ALLOW_NUL, NULL);
    assert_null(msg_json_read(&pledge__v1__round__descriptor, json, &arena, &err));
    assert_string_equal(err.violations[0].field, "title");
    json_decref(json);
    arena_deinit(&arena);
}

static void nesting_ends(void **state)
{
    struct arena arena;
    struct err err = {0};
    json_t *json = json_object();
    for (int i = 0; i < MSG_JSON_MAX_DEPTH; i++) {
        json = json_pack("{s:[o]}", "nestedType", json);
    }
    arena_init(&arena, 1 << 20);
    assert_null(msg_json_read(&google__protobuf__descriptor_proto__descriptor, json, &arena, &err));
    json_decref(json);
    arena_deinit(&arena);
}

/* However little memory there is, the answer is a status and never a crash. */
static void memory_runs_out(void **state)
{
    json_t *json = json_loads("{\"parent\":\"p\",\"ownerReturn\":{\"progress\":[{\"reason\":\"r\"},"
                              "{\"narrative\":\"n\"}]},\"requestId\":7}",
                              0, NULL);
    for (size_t cap = 0; cap < 16384; cap += 512) {
        struct arena arena;
        struct err err = {0};
        arena_init(&arena, cap);
        assert_null(
            msg_json_read(&pledge__v1__submit_return_request__descriptor, json, &arena, &err));
        assert_int_not_equal(err.code, GRPC_OK);
        arena_deinit(&arena);
    }
    json_decref(json);
}

static void defaults_and_any(void **state)
{
    const ProtobufCMessageDescriptor *types[] = {&google__rpc__error_info__descriptor, NULL};
    Google__Rpc__ErrorInfo info = GOOGLE__RPC__ERROR_INFO__INIT;
    Google__Protobuf__Any any = GOOGLE__PROTOBUF__ANY__INIT;
    Google__Protobuf__Any *details[] = {&any};
    Google__Rpc__Status status = GOOGLE__RPC__STATUS__INIT;
    uint8_t packed[64];
    char url[] = "type.googleapis.com/google.rpc.ErrorInfo";
    char reason[] = "STALLED";
    info.reason = reason;
    any.type_url = url;
    any.value.data = packed;
    any.value.len = google__rpc__error_info__pack(&info, packed);
    status.details = details;
    status.n_details = 1;
    json_t *json = msg_json_write(&status.base, MSG_JSON_DEFAULTS, types);
    char *text = json_dumps(json, JSON_COMPACT);
    assert_string_equal(text, "{\"code\":0,\"message\":\"\",\"details\":[{\"@type\":"
                              "\"type.googleapis.com/google.rpc.ErrorInfo\","
                              "\"reason\":\"STALLED\",\"domain\":\"\"}]}");
    free(text);
    json_decref(json);
    json = msg_json_write(&status.base, 0, NULL);
    text = json_dumps(json, JSON_COMPACT);
    assert_string_equal(text,
                        "{\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\","
                        "\"value\":\"CgdTVEFMTEVE\"}]}");
    free(text);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),           cmocka_unit_test(refusals),
        cmocka_unit_test(text_with_nul_is_refused), cmocka_unit_test(nesting_ends),
        cmocka_unit_test(memory_runs_out),          cmocka_unit_test(defaults_and_any),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
