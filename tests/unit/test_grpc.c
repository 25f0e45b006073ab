/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "common/grpc/frame.h"
#include "common/grpc/status.h"
#include "common/grpc/timeout.h"

static void frames(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        enum grpc_frame_result result;
        uint32_t length;
    } table[] = {
        {"", 0, GRPC_FRAME_PARTIAL, 0},
        {"\0\0\0\0", 4, GRPC_FRAME_PARTIAL, 0},
        {"\0\0\0\0\0", 5, GRPC_FRAME_WHOLE, 0},
        {"\0\0\0\0\3ab", 7, GRPC_FRAME_PARTIAL, 3},
        {"\0\0\0\0\3abc", 8, GRPC_FRAME_WHOLE, 3},
        {"\1\0\0\0\1z!", 7, GRPC_FRAME_WHOLE, 1},
        {"\2", 1, GRPC_FRAME_BAD_FLAG, 0},
        {"\0\0\0\0\145", 5, GRPC_FRAME_TOO_BIG, 101},
        {"\0\377\377\377\377", 5, GRPC_FRAME_TOO_BIG, UINT32_MAX},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct grpc_frame frame;
        enum grpc_frame_result result =
            grpc_frame_read((const uint8_t *)table[i].bytes, table[i].len, 100, &frame);
        assert_int_equal(result, table[i].result);
        assert_int_equal(frame.length, table[i].length);
        if (result == GRPC_FRAME_WHOLE) {
            uint8_t header[GRPC_FRAME_HEADER];
            grpc_frame_write_header(header, frame.length, frame.compressed);
            assert_memory_equal(header, table[i].bytes, sizeof(header));
        }
    }
}

static void timeouts(void **state)
{
    static const struct {
        const char *text;
        bool good;
        uint64_t ms;
    } table[] = {
        {"1S", true, 1000},    {"100m", true, 100},
        {"1u", true, 1},       {"1500u", true, 2},
        {"1n", true, 1},       {"2M", true, 120000},
        {"1H", true, 3600000}, {"99999999H", true, GRPC_TIMEOUT_MAX_MS},
        {"0S", true, 0},       {"123456789m", false, 0},
        {"", false, 0},        {"S", false, 0},
        {"5", false, 0},       {"-1S", false, 0},
        {"1.5S", false, 0},    {"1s", false, 0},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        uint64_t ms = 0;
        assert_int_equal(grpc_timeout_parse(table[i].text, strlen(table[i].text), &ms),
                         table[i].good);
        assert_int_equal(ms, table[i].ms);
    }
    char text[16];
    grpc_timeout_format(2500, text);
    assert_string_equal(text, "2500m");
    grpc_timeout_format(UINT64_MAX, text);
    assert_true(strlen(text) <= 9);
}

static void messages_are_percent_encoded(void **state)
{
    static const struct {
        const char *plain;
        const char *coded;
    } table[] = {
        {"plain text", "plain text"},
        {"100 %", "100 %25"},
        {"two\nlines", "two%0Alines"},
        {"caf\303\251", "caf%C3%A9"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        char coded[128];
        char plain[128];
        size_t len = grpc_message_encode(table[i].plain, coded, sizeof(coded));
        assert_string_equal(coded, table[i].coded);
        grpc_message_decode(coded, len, plain);
        assert_string_equal(plain, table[i].plain);
    }
    char small[6];
    assert_int_equal(grpc_message_encode("ab\n\n", small, sizeof(small)), 5);
    assert_string_equal(small, "ab%0A");
    char odd[16];
    grpc_message_decode("%zz%4", 5, odd);
    assert_string_equal(odd, "%zz%4");
}

static void base64_reads_back(void **state)
{
    unsigned char data[64];
    for (size_t len = 0; len < sizeof(data); len++) {
        char text[100];
        unsigned char again[100];
        data[len] = (unsigned char)(len * 37);
        size_t text_len = grpc_base64_encode(data, len, text);
        assert_int_equal(strlen(text), text_len);
        assert_int_equal(grpc_base64_decode(text, text_len, again), len);
        assert_memory_equal(again, data, len);
    }
    unsigned char out[16];
    assert_int_equal(grpc_base64_decode("aGk=", 4, out), 2);
    assert_int_equal(grpc_base64_decode("a", 1, out), (size_t)-1);
    assert_int_equal(grpc_base64_decode("a!aa", 4, out), (size_t)-1);
}

static void codes_have_names(void **state)
{
    assert_string_equal(grpc_code_name(0), "OK");
    assert_string_equal(grpc_code_name(16), "UNAUTHENTICATED");
    assert_string_equal(grpc_code_name(17), "UNKNOWN");
    assert_int_equal(grpc_code_from_http(503), GRPC_UNAVAILABLE);
    assert_int_equal(grpc_code_from_http(418), GRPC_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames),
        cmocka_unit_test(timeouts),
        cmocka_unit_test(messages_are_percent_encoded),
        cmocka_unit_test(base64_reads_back),
        cmocka_unit_test(codes_have_names),
    };
    return cmocka_run_group_tests_name("grpc", tests, NULL, NULL);
}
