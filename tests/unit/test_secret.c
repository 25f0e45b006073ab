/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords, one-time codes, tokens and recovery codes; and the work on another thread. */
#include "tests/unit/unit.h"

#include "server/signin/errand.h"
#include "server/signin/secret.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const unsigned char rfc_key[SECRET_CODE_KEY_SIZE + 1] = "12345678901234567890";

/* RFC 6238, appendix B, the last six digits for SHA-1. */
static void test_one_time_codes(void **state)
{
    static const struct {
        time_t time;
        const char *code;
    } cases[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                 {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (int steps = -2; steps <= 2; steps++) {
            int64_t step = -1;
            time_t now = cases[i].time + steps * SECRET_CODE_SECONDS;
            if (now < 0) {
                continue;
            }
            bool fits = secret_code_fits(rfc_key, cases[i].code, now, &step);
            assert_int_equal(fits, abs(steps) <= SECRET_CODE_WINDOW);
            if (fits) { /* whenever it is shown, its step is its own */
                assert_int_equal(step, cases[i].time / SECRET_CODE_SECONDS);
            }
        }
    }
}

static void test_codes_that_are_none(void **state)
{
    static const char *const codes[] = {"",        "28708",    "2870820", "28708a",
                                        " 287082", "94287082", "-87082",  "287 82"};
    int64_t step;
    (void)state;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        assert_false(secret_code_fits(rfc_key, codes[i], 59, &step));
    }
}

/* RFC 4648, 10: five bytes are eight letters; the key is four times five. */
static void test_the_key_in_base32(void **state)
{
    char text[SECRET_CODE_KEY_TEXT];
    (void)state;
    secret_code_key_text(rfc_key, text);
    assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

static void test_sealing(void **state)
{
    struct secret_key key = {.known = true};
    unsigned char sealed[SECRET_SEALED_SIZE];
    unsigned char again[SECRET_SEALED_SIZE];
    unsigned char opened[SECRET_CODE_KEY_SIZE];
    (void)state;
    randombytes_buf(key.bytes, sizeof(key.bytes));
    secret_seal(&key, rfc_key, sealed);
    secret_seal(&key, rfc_key, again);
    assert_memory_not_equal(sealed, again, sizeof(sealed));
    assert_true(secret_open(&key, sealed, sizeof(sealed), opened));
    assert_memory_equal(opened, rfc_key, sizeof(opened));
    for (size_t i = 0; i < sizeof(sealed); i++) {
        sealed[i] ^= 1;
        assert_false(secret_open(&key, sealed, sizeof(sealed), opened));
        sealed[i] ^= 1;
    }
    assert_false(secret_open(&key, sealed, sizeof(sealed) - 1, opened));
    key.bytes[0] ^= 1;
    assert_false(secret_open(&key, sealed, sizeof(sealed), opened));
}

static void test_passwords(void **state)
{
    char hash[crypto_pwhash_STRBYTES];
    (void)state;
    assert_true(secret_password_hash("Größe 8 mal 13 Äpfel", hash));
    assert_int_equal(strncmp(hash, "$argon2id$v=19$m=9216,t=4,p=1$", 30), 0);
    assert_true(secret_password_fits(hash, "Größe 8 mal 13 Äpfel"));
    assert_false(secret_password_stale(hash));
    assert_int_equal(crypto_pwhash_str(hash, "older", 5, 2, 19 * 1024 * 1024), 0);
    assert_true(secret_password_stale(hash) && secret_password_fits(hash, "older"));
    assert_true(secret_password_hash("Größe 8 mal 13 Äpfel", hash));
    assert_false(secret_password_fits(hash, "größe 8 mal 13 äpfel"));
    assert_false(secret_password_fits(hash, ""));
    assert_false(secret_password_fits(NULL, "Größe 8 mal 13 Äpfel"));
    assert_false(secret_password_fits("", ""));
    assert_false(secret_password_fits("not a hash", "not a hash"));
}

static void test_new_passwords(void **state)
{
    static const struct {
        const char *password;
        const char *fault; /* a part of it, or NULL */
    } cases[] = {{"eleven char", "12 to 128"},
                 {"äöüäöüäöüäö", "12 to 128"}, /* eleven characters in 22 bytes */
                 {"quiet-otter counts 7 lamps", NULL},
                 {"Größe 8 mal 13 Äpfel", NULL},
                 {"aaaaaaaaaaaaaaaa", "guessed"},
                 {"passwordpassword", "guessed"},
                 {"abcdefghijklmno", "guessed"},
                 {"my ANN@derby.example x", "user name"}};
    char longest[SECRET_PASSWORD_MOST + 2];
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *fault = secret_password_fault(cases[i].password, "ann@derby.example");
        if (cases[i].fault) {
            assert_non_null(fault);
            assert_non_null(strstr(fault, cases[i].fault));
        } else {
            assert_null(fault);
        }
    }
    for (size_t i = 0; i < sizeof(longest) - 1; i++) {
        longest[i] = (char)('!' + i * 7 % 90);
    }
    longest[sizeof(longest) - 1] = '\0';
    assert_non_null(secret_password_fault(longest, ""));
    longest[sizeof(longest) - 2] = '\0';
    assert_null(secret_password_fault(longest, ""));
}

static void test_tokens(void **state)
{
    char token[SECRET_TOKEN_TEXT];
    char other[SECRET_TOKEN_TEXT];
    unsigned char hash[SECRET_HASH_SIZE];
    unsigned char found[SECRET_HASH_SIZE];
    (void)state;
    secret_token(token, hash);
    secret_token(other, found);
    assert_int_equal(strlen(token), SECRET_TOKEN_TEXT - 1);
    assert_int_equal(strncmp(token, "pls_", 4), 0);
    assert_string_not_equal(token, other);
    assert_memory_not_equal(hash, found, sizeof(hash));
    secret_hash(token, found);
    assert_memory_equal(hash, found, sizeof(hash));
}

static void test_recovery_codes(void **state)
{
    char code[SECRET_RECOVERY_TEXT];
    unsigned char hash[SECRET_HASH_SIZE];
    unsigned char found[SECRET_HASH_SIZE];
    char typed[2 * SECRET_RECOVERY_TEXT];
    (void)state;
    secret_recovery_code(code, hash);
    assert_int_equal(strlen(code), SECRET_RECOVERY_TEXT - 1);
    size_t len = 0;
    for (const char *at = code; *at; at++) { /* as people type it */
        if (*at == '-') {
            typed[len++] = ' ';
        } else {
            typed[len++] = (char)(*at >= 'A' ? *at + 'a' - 'A' : *at);
        }
    }
    typed[len] = '\0';
    secret_recovery_hash(typed, found);
    assert_memory_equal(hash, found, sizeof(hash));
    typed[0] = typed[0] == 'a' ? 'b' : 'a';
    secret_recovery_hash(typed, found);
    assert_memory_not_equal(hash, found, sizeof(hash));
}

static void test_the_key_file(void **state)
{
    char path[] = "/tmp/pledge-key.XXXXXX";
    char error[512];
    struct secret_key key;
    int fd = mkstemp(path);
    (void)state;
    assert_true(secret_key_read(&key, "", error, sizeof(error)));
    assert_false(key.known);
    for (size_t size = 31; size <= 33; size++) {
        assert_int_equal(ftruncate(fd, (off_t)size), 0);
        assert_int_equal(secret_key_read(&key, path, error, sizeof(error)), size == 32);
        assert_int_equal(key.known, size == 32);
    }
    assert_non_null(strstr(error, "openssl rand"));
    close(fd);
    unlink(path);
    assert_false(secret_key_read(&key, path, error, sizeof(error)));
}

/* --- errands -----------------------------------------------------------------------------------
 */

static struct loop loop;
static struct errands queue;
static int worked;
static int done_count;
static int policy;

static void work(struct errand *errand)
{
    (void)errand;
    policy = sched_getscheduler(0);
    worked++; /* one at a time, so nobody else does */
}

static void done(struct errand *errand)
{
    (void)errand;
    done_count++;
}

static void test_errands_are_done_one_after_the_other(void **state)
{
    static struct errand errands[ERRANDS_MAX_WAITING + 2];
    int usual = sched_getscheduler(0);
    (void)state;
    assert_int_equal(loop_init(&loop), 0);
    errands_init(&queue, &loop);
    for (int i = 0; i < ERRANDS_MAX_WAITING + 2; i++) {
        errands[i] = (struct errand){.work = work, .done = done};
        /* one is on its way, and so many may wait */
        assert_int_equal(errands_submit(&queue, &errands[i]), i <= ERRANDS_MAX_WAITING);
    }
    while (done_count <= ERRANDS_MAX_WAITING) {
        uv_run(&loop.uv, UV_RUN_ONCE);
    }
    assert_int_equal(worked, ERRANDS_MAX_WAITING + 1);
    assert_null(queue.running);
    assert_int_equal(queue.waiting, 0);
    assert_int_equal(policy, SCHED_IDLE);
    assert_int_equal(sched_getscheduler(0), usual); /* the loop's own thread keeps its place */
    loop_close(&loop);
    uv_run(&loop.uv, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop.uv), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_time_codes),
        cmocka_unit_test(test_codes_that_are_none),
        cmocka_unit_test(test_the_key_in_base32),
        cmocka_unit_test(test_sealing),
        cmocka_unit_test(test_passwords),
        cmocka_unit_test(test_new_passwords),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_recovery_codes),
        cmocka_unit_test(test_the_key_file),
        cmocka_unit_test(test_errands_are_done_one_after_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
