/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "client/cli/verify_file.h"
#include "server/signup/signup.h"

#include <stdlib.h>

enum { ARENA = 1 << 20, MAX_TEXT = 64 };

static size_t unhex(const char *hex, uint8_t *out)
{
    size_t len = 0;
    assert_int_equal(sodium_hex2bin(out, 2 * MAX_TEXT, hex, strlen(hex), NULL, &len, NULL), 0);
    return len;
}

/* RFC 8032 7.1, tests 1 to 3. */
static void known_signatures(void **state)
{
    static const struct {
        const char *key;
        const char *text;
        const char *signature;
    } table[] = {
        {"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701"
         "cf9"
         "b46bd25bf5f0595bbe24655141438e7a100b"},
        {"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d"
         "0f1"
         "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
        {"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f7609"
         "84d"
         "c6594a7c15e9716ed28dc027beceea1ec40a"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        uint8_t key[2 * MAX_TEXT];
        uint8_t text[2 * MAX_TEXT] = {0};
        uint8_t signature[2 * MAX_TEXT];
        size_t key_len = unhex(table[i].key, key);
        size_t text_len = unhex(table[i].text, text);
        size_t len = unhex(table[i].signature, signature);
        assert_true(verify_signature(key, key_len, text, text_len, signature, len));
        assert_false(verify_signature(key, key_len, text, text_len + 1, signature, len));
        assert_false(verify_signature(key, key_len, text, text_len, signature, len - 1));
        assert_false(verify_signature(key, key_len - 1, text, text_len, signature, len));
        for (size_t bit = 0; bit < 8 * len; bit += 7) {
            signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_false(verify_signature(key, key_len, text, text_len, signature, len));
            signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        key[31] ^= 1;
        assert_false(verify_signature(key, key_len, text, text_len, signature, len));
    }
}

static Pledge__V1__Signature a_signature(void)
{
    Pledge__V1__Signature s = PLEDGE__V1__SIGNATURE__INIT;
    s.name = "authorities/derby/pledges/promise/versions/2/signatures/1";
    s.kind = PLEDGE__V1__SIGNATURE_KIND__SIGNATURE_KIND_PAPER;
    s.content_hash = "00";
    s.event = "authorities/derby/signingEvents/march";
    s.signatory = "Director\tof\nHousing \\";
    s.role = PLEDGE__V1__ROLE__ROLE_ELECTED_MEMBER;
    s.kept_at = "Box 4";
    s.recorded_by = "authorities/derby/members/officer";
    s.signed_at = "2016-03-02";
    s.attested_at = "2016-03-03T10:00:00Z";
    return s;
}

static void texts_are_what_the_proto_says(void **state)
{
    static const char signature[] =
        "pledge-signature\t1\nauthority\tderby\npledge\tpromise\nversion\t2\ncontent_hash\t00\n"
        "event\tmarch\nkind\tpaper\nmember\t\nsignatory\tDirector\\tof\\nHousing \\\\\n"
        "role\telected_member\nowner\t\nkey\t\nmark\t\nkept_at\tBox 4\nrecorded_by\tofficer\n"
        "signed_at\t2016-03-02\n";
    Pledge__V1__Signature s = a_signature();
    struct buf text = {0};
    char whole[2048];
    (void)state;
    assert_true(sign_text(&text, &s));
    assert_int_equal(text.len, strlen(signature));
    assert_memory_equal(buf_head(&text), signature, text.len);
    buf_deinit(&text);
    uint8_t key[] = {0xab, 0xcd};
    s.service_key = (ProtobufCBinaryData){sizeof(key), key};
    snprintf(whole, sizeof(whole),
             "pledge-attestation\t1\n%ssignature\t\nattested_at\t2016-03-03T10:00:00Z\n"
             "service_key\tabcd\n",
             signature);
    assert_true(sign_attestation_text(&text, &s));
    assert_int_equal(text.len, strlen(whole));
    assert_memory_equal(buf_head(&text), whole, text.len);
    buf_deinit(&text);
    assert_true(sign_key_text(&text, "derby", "own", key, sizeof(key)));
    assert_memory_equal(
        buf_head(&text),
        "pledge-signing-key\t1\nauthority\tderby\nsigning_key\town\npublic_key\tabcd\n", text.len);
    buf_deinit(&text);
}

static void the_seal_has_every_field_but_itself(void **state)
{
    static const char expected[] =
        "pledge-seal\t1\nversion\tv\nevents[0].title\tA\\nB\nkeys[0].revoke_time.seconds\t7\n"
        "signatures[0].kind\tSIGNATURE_KIND_KEY\nsignatures[1].signature\t00ff\n"
        "signatures[1].earlier_wording\ttrue\nsignature_count\t2\n";
    Pledge__V1__SignedVersion version = PLEDGE__V1__SIGNED_VERSION__INIT;
    Pledge__V1__SigningEvent event = PLEDGE__V1__SIGNING_EVENT__INIT;
    Pledge__V1__SigningKey key = PLEDGE__V1__SIGNING_KEY__INIT;
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Pledge__V1__Signature first = PLEDGE__V1__SIGNATURE__INIT;
    Pledge__V1__Signature second = PLEDGE__V1__SIGNATURE__INIT;
    uint8_t bytes[] = {0, 255};
    struct buf text = {0};
    (void)state;
    version.version = "v";
    event.title = "A\nB";
    time.seconds = 7;
    key.revoke_time = &time;
    first.kind = PLEDGE__V1__SIGNATURE_KIND__SIGNATURE_KIND_KEY;
    second.signature = (ProtobufCBinaryData){sizeof(bytes), bytes};
    second.earlier_wording = true;
    version.events = (Pledge__V1__SigningEvent *[]){&event};
    version.n_events = 1;
    version.keys = (Pledge__V1__SigningKey *[]){&key};
    version.n_keys = 1;
    version.signatures = (Pledge__V1__Signature *[]){&first, &second};
    version.n_signatures = 2;
    version.signature_count = 2;
    version.seal = (ProtobufCBinaryData){sizeof(bytes), bytes};
    assert_true(sign_seal_text(&text, &version));
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(buf_head(&text), expected, text.len);
    assert_int_equal(version.seal.len, sizeof(bytes));
    buf_deinit(&text);
}

/* The key follows from the host's and from nothing else, and is none where there is none. */
static void the_service_key(void **state)
{
    struct secret_key host = {.known = true, .bytes = {1, 2, 3}};
    struct signup one;
    struct signup same;
    struct signup other;
    unsigned char made[crypto_sign_BYTES];
    (void)state;
    signup_init(&one, &host);
    signup_init(&same, &host);
    assert_memory_equal(one.public_key, same.public_key, sizeof(one.public_key));
    crypto_sign_detached(made, NULL, (const uint8_t *)"text", 4, one.secret_key);
    assert_true(verify_signature(one.public_key, sizeof(one.public_key), (const uint8_t *)"text", 4,
                                 made, sizeof(made)));
    host.bytes[31] = 1;
    signup_init(&other, &host);
    assert_memory_not_equal(one.public_key, other.public_key, sizeof(one.public_key));
    assert_memory_not_equal(one.secret_key, host.bytes, sizeof(host.bytes));
    host.known = false;
    signup_init(&other, &host);
    assert_false(other.known);
}

static void files_that_are_none(void **state)
{
    static const struct {
        const char *text;
        const char *says;
    } table[] = {
        {"", "is cut off"},
        {" \n", "is cut off"},
        {"{\"format\": \"pledge-sig", "is cut off"},
        {"x}", "is no signed version"},
        {"{}", "is not of the form"},
        {"{\"format\": \"pledge-signed-version/2\"}", "is not of the form"},
        {"{\"format\": \"a\", \"format\": \"b\"}", "is no signed version"},
        {"{\"signatures\": [{\"kind\": \"SIGNATURE_KIND_NEW\"}]}", "is no signed version"},
        {"{\"signatures\": {}}", "is no signed version"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct arena arena;
        struct verify verify;
        struct err err = {0};
        arena_init(&arena, ARENA);
        assert_false(verify_file(&arena, (const uint8_t *)table[i].text, strlen(table[i].text),
                                 &verify, &err));
        assert_non_null(strstr(err.message, table[i].says));
        arena_deinit(&arena);
    }
}

/* Nothing in it holds, and everything is told. */
static void an_empty_version(void **state)
{
    static const char text[] = "{\"format\": \"pledge-signed-version/1\", \"signatures\": [{}, "
                               "{\"kind\": \"SIGNATURE_KIND_PAPER\"}]}";
    struct arena arena;
    struct verify verify;
    struct err err = {0};
    (void)state;
    arena_init(&arena, ARENA);
    assert_true(verify_file(&arena, (const uint8_t *)text, strlen(text), &verify, &err));
    assert_non_null(verify.content_fault);
    assert_non_null(verify.seal_fault);
    assert_int_equal(verify.lines[0].outcome, VERIFY_BAD);
    assert_int_equal(verify.lines[1].outcome, VERIFY_BAD);
    assert_int_equal(verify.bad, 4);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_signatures),
        cmocka_unit_test(texts_are_what_the_proto_says),
        cmocka_unit_test(the_seal_has_every_field_but_itself),
        cmocka_unit_test(the_service_key),
        cmocka_unit_test(files_that_are_none),
        cmocka_unit_test(an_empty_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
