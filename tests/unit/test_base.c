/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "common/base/arena.h"
#include "common/base/bucket.h"
#include "common/base/buf.h"
#include "common/base/err.h"
#include "common/base/fnv.h"
#include "common/base/text.h"
#include "common/base/time.h"

static void arena_gives_until_its_cap(void **state)
{
    struct arena arena;
    size_t got = 0;
    arena_init(&arena, 64 * 1024);
    while (arena_alloc(&arena, 1000)) {
        got++;
    }
    assert_in_range(got, 50, 65);
    assert_true(arena.taken <= arena.cap);
    arena_deinit(&arena);
    assert_non_null(arena_alloc(&arena, 1000));
    arena_deinit(&arena);
}

static void arena_refuses_impossible_sizes(void **state)
{
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_null(arena_calloc(&arena, SIZE_MAX / 2, 3));
    assert_null(arena_strndup(&arena, "x", SIZE_MAX));
    arena_deinit(&arena);
}

static void arena_aligns_and_copies(void **state)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (size_t size = 1; size < 100; size++) {
        assert_int_equal((uintptr_t)arena_alloc(&arena, size) % _Alignof(max_align_t), 0);
    }
    assert_string_equal(arena_strndup(&arena, "promise", 4), "prom");
    assert_string_equal(arena_printf(&arena, "%d of %s", 3, "four"), "3 of four");
    arena_deinit(&arena);
}

static void buf_fills_and_drains(void **state)
{
    struct buf buf = {0};
    assert_non_null(buf_reserve(&buf, 0)); /* NULL would say that there is no memory */
    char expected[5000];
    for (size_t i = 0; i < sizeof(expected); i++) {
        expected[i] = (char)(i * 7);
        assert_true(buf_append(&buf, &expected[i], 1));
    }
    for (size_t at = 0; at < sizeof(expected);) {
        size_t step = at % 97 + 1;
        step = step < buf.len ? step : buf.len;
        assert_memory_equal(buf_head(&buf), expected + at, buf.len);
        buf_consume(&buf, step);
        at += step;
    }
    assert_int_equal(buf.len, 0);
    buf_deinit(&buf);
}

static void buf_reuses_its_front(void **state)
{
    struct buf buf = {0};
    for (int i = 0; i < 10000; i++) {
        assert_true(buf_append(&buf, "0123456789", 10));
        buf_consume(&buf, i % 3 == 0 ? 5 : 10);
        buf_consume(&buf, buf.len > 40 ? 40 : 0);
    }
    assert_true(buf.cap <= 64 * 1024);
    buf_deinit(&buf);
}

static void dates(void **state)
{
    static const struct {
        const char *text;
        bool good;
        int32_t days;
    } table[] = {
        {"1970-01-01", true, 0},
        {"2000-01-01", true, TIME_PG_EPOCH_DAYS},
        {"2016-02-29", true, 16860},
        {"1969-12-31", true, -1},
        {"2015-02-29", false, 0},
        {"1900-02-29", false, 0},
        {"2016-13-01", false, 0},
        {"2016-00-10", false, 0},
        {"2016-04-31", false, 0},
        {"16-04-30", false, 0},
        {"2016-4-30 ", false, 0},
        {"2016/04/30", false, 0},
        {"0000-01-01", false, 0},
        {"2016-07-31x", false, 0},
        {"", false, 0},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        int32_t days = 0;
        assert_int_equal(time_date_parse(table[i].text, strlen(table[i].text), &days),
                         table[i].good);
        if (table[i].good) {
            char again[TIME_DATE_LEN + 1];
            assert_int_equal(days, table[i].days);
            time_date_format(days, again);
            assert_string_equal(again, table[i].text);
        }
    }
}

static void every_day_of_four_centuries_reads_back(void **state)
{
    for (int32_t day = -100000; day < 60000; day++) {
        char text[TIME_DATE_LEN + 1];
        int32_t again;
        time_date_format(day, text);
        assert_true(time_date_parse(text, TIME_DATE_LEN, &again));
        assert_int_equal(again, day);
    }
}

static void instants(void **state)
{
    static const struct {
        const char *in;
        bool good;
        const char *out;
    } table[] = {
        {"2016-01-26T10:00:00Z", true, "2016-01-26T10:00:00Z"},
        {"2016-01-26T10:00:00.5Z", true, "2016-01-26T10:00:00.500Z"},
        {"2016-01-26T10:00:00.000001Z", true, "2016-01-26T10:00:00.000001Z"},
        {"2016-01-26T10:00:00.123456789Z", true, "2016-01-26T10:00:00.123456789Z"},
        {"2016-01-26T11:30:00+01:30", true, "2016-01-26T10:00:00Z"},
        {"1960-06-01T00:00:00Z", true, "1960-06-01T00:00:00Z"},
        {"2016-01-26 10:00:00Z", false, ""},
        {"2016-01-26T25:00:00Z", false, ""},
        {"2016-01-26T10:00:00", false, ""},
        {"2016-01-26T10:00:00.Z", false, ""},
        {"2016-01-26T10:00:00.1234567890Z", false, ""},
        {"2016-01-26T10:00:00+1:30", false, ""},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        int64_t seconds;
        int32_t nanos;
        char text[TIME_RFC3339_MAX];
        bool good = time_rfc3339_parse(table[i].in, strlen(table[i].in), &seconds, &nanos);
        assert_int_equal(good, table[i].good);
        if (good) {
            time_rfc3339_format(seconds, nanos, text);
            assert_string_equal(text, table[i].out);
        }
    }
}

static void violations_are_counted_and_capped(void **state)
{
    struct arena arena;
    struct err err = {0};
    arena_init(&arena, 1 << 20);
    for (int i = 0; i < ERR_MAX_VIOLATIONS + 10; i++) {
        err_violation(&err, &arena, "progress", "R012", "line %d", i);
    }
    assert_int_equal(err.code, GRPC_INVALID_ARGUMENT);
    assert_string_equal(err.message, "progress: line 0");
    assert_int_equal(err.violation_count, ERR_MAX_VIOLATIONS);
    assert_string_equal(err.violations[999].description, "line 999");
    arena_deinit(&arena);
}

static void a_cut_text_ends_with_a_whole_character(void **state)
{
    static const char text[] = "a\u00e9\u20ac\U0001f600z"; /* 1, 2, 3, 4 and 1 bytes */
    static const size_t whole[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11};
    (void)state;
    for (size_t len = 0; len < COUNT(whole); len++) {
        assert_int_equal(text_whole(text, len), whole[len]);
    }
    struct err err = {0};
    char wide[2 * ERR_MAX_MESSAGE];
    for (size_t lead = 0; lead < 4; lead++) {
        memset(wide, 'a', lead);
        wide[lead] = '\0';
        while (strlen(wide) + 4 < sizeof(wide)) {
            strcat(wide, "\u20ac");
        }
        err_set(&err, GRPC_INTERNAL, "%s", wide);
        size_t len = strlen(err.message);
        assert_in_range(len, ERR_MAX_MESSAGE - 3, ERR_MAX_MESSAGE - 1);
        assert_int_equal((len - lead) % 3, 0);
    }
}

/* Values of the function's authors, and a seed that makes another one. */
static void hashes(void **state)
{
    (void)state;
    assert_int_equal(fnv_hash(0, "", 0), 0xcbf29ce484222325U);
    assert_int_equal(fnv_hash(0, "a", 1), 0xaf63dc4c8601ec8cU);
    assert_int_equal(fnv_hash(0, "foobar", 6), 0x85944171f73967e8U);
    assert_int_not_equal(fnv_hash(1, "foobar", 6), fnv_hash(2, "foobar", 6));
}

static void a_bucket_gives_forgives_and_tells_how_long(void **state)
{
    enum { MOST = 100, PER_SECOND = 1000 };
    struct bucket bucket = {0};
    uint64_t now = 5000;
    (void)state;
    assert_true(bucket_take(&bucket, now, MOST, PER_SECOND, MOST));
    assert_int_equal(bucket_wait_ms(&bucket, PER_SECOND, MOST), 0);
    assert_false(bucket_try(&bucket, now, 1, PER_SECOND, MOST));
    assert_int_equal(bucket_wait_ms(&bucket, PER_SECOND, MOST), 0);
    assert_false(bucket_take(&bucket, now, 50, PER_SECOND, MOST));
    uint64_t wait = bucket_wait_ms(&bucket, PER_SECOND, MOST);
    assert_in_range(wait, 50, 51);
    assert_true(bucket_take(&bucket, now + wait, 0, PER_SECOND, MOST));
    assert_true(bucket_try(&bucket, now + wait + 10, 10, PER_SECOND, MOST));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives_until_its_cap),
        cmocka_unit_test(arena_refuses_impossible_sizes),
        cmocka_unit_test(arena_aligns_and_copies),
        cmocka_unit_test(a_bucket_gives_forgives_and_tells_how_long),
        cmocka_unit_test(buf_fills_and_drains),
        cmocka_unit_test(buf_reuses_its_front),
        cmocka_unit_test(dates),
        cmocka_unit_test(every_day_of_four_centuries_reads_back),
        cmocka_unit_test(a_cut_text_ends_with_a_whole_character),
        cmocka_unit_test(hashes),
        cmocka_unit_test(instants),
        cmocka_unit_test(violations_are_counted_and_capped),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
