/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/verify_file.h"

#include "client/cli/text.h"
#include "common/base/time.h"
#include "common/msg/json.h"
#include "common/msg/lines.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <string.h>

static const char format[] = "pledge-signed-version/1";

bool verify_signature(const uint8_t *public_key, size_t key_len, const uint8_t *text,
                      size_t text_len, const uint8_t *signature, size_t signature_len)
{
    if (key_len != SIGN_KEY_SIZE || signature_len != SIGN_SIGNATURE_SIZE) {
        return false;
    }
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, key_len);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = key && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
                EVP_DigestVerify(context, signature, signature_len, text, text_len) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return good;
}

void verify_hash(const uint8_t *bytes, size_t len, char ret_hash[VERIFY_HASH_TEXT])
{
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    EVP_Digest(bytes, len, digest, NULL, EVP_sha256(), NULL);
    text_hex(digest, (VERIFY_HASH_TEXT - 1) / 2, ret_hash);
}

static bool same(ProtobufCBinaryData a, ProtobufCBinaryData b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* --- the words ---------------------------------------------------------------------------------
 */

/* The content says itself which version it is of. */
static bool content_names(const Pledge__V1__SignedVersion *version)
{
    struct buf head = {0};
    char part[SIGN_PART_SIZE];
    bool good =
        lines_text(&head, "pledge-version", "1") &&
        lines_text(&head, "authority", sign_name_part(version->version, "authorities", part)) &&
        lines_text(&head, "pledge", sign_name_part(version->version, "pledges", part)) &&
        lines_text(&head, "version", sign_name_part(version->version, "versions", part)) &&
        strlen(version->content) > head.len &&
        memcmp(version->content, buf_head(&head), head.len) == 0;
    buf_deinit(&head);
    return good;
}

static const char *content_fault(struct verify *verify)
{
    const Pledge__V1__SignedVersion *version = verify->version;
    verify_hash((const uint8_t *)version->content, strlen(version->content), verify->hash);
    return strcmp(verify->hash, version->content_hash) != 0
               ? "the words were changed: they do not have the hash that was adopted"
           : !content_names(version) ? "the words are those of another version"
                                     : NULL;
}

/* --- a signature -------------------------------------------------------------------------------
 */

static const Pledge__V1__SigningKey *key_of(const Pledge__V1__SignedVersion *version,
                                            const Pledge__V1__Signature *signature)
{
    const Pledge__V1__SigningKey *found = NULL;
    for (size_t i = 0; i < version->n_keys && !found; i++) {
        found =
            strcmp(version->keys[i]->name, signature->signing_key) == 0 ? version->keys[i] : NULL;
    }
    return found;
}

static bool service_key_known(const Pledge__V1__SignedVersion *version, ProtobufCBinaryData key)
{
    bool known = false;
    for (size_t i = 0; i < version->n_service_keys && !known; i++) {
        known = same(version->service_keys[i]->public_key, key);
    }
    return known;
}

static bool holds(bool (*make)(struct buf *to, const Pledge__V1__Signature *signature),
                  const Pledge__V1__Signature *signature, ProtobufCBinaryData key,
                  ProtobufCBinaryData made)
{
    struct buf text = {0};
    bool good = make(&text, signature) &&
                verify_signature(key.data, key.len, buf_head(&text), text.len, made.data, made.len);
    buf_deinit(&text);
    return good;
}

static const char *key_fault(const Pledge__V1__SignedVersion *version,
                             const Pledge__V1__Signature *signature)
{
    const Pledge__V1__SigningKey *key = key_of(version, signature);
    char hash[VERIFY_HASH_TEXT];
    char revoked[TIME_RFC3339_MAX];
    if (!key) {
        return "its key is unknown: it is not in the file";
    }
    verify_hash(key->public_key.data, key->public_key.len, hash);
    if (strcmp(hash, signature->key_fingerprint) != 0) {
        return "its key is another one than it says";
    }
    if (strcmp(key->member, signature->member) != 0) {
        return "its key is another member's";
    }
    if (!holds(sign_text, signature, key->public_key, signature->signature)) {
        return "was changed: its key signed something else";
    }
    if (key->revoke_time) {
        time_rfc3339_format(key->revoke_time->seconds, 0, revoked);
        if (strcmp(signature->attested_at, revoked) > 0) {
            return "its key was revoked before it signed";
        }
    }
    return NULL;
}

static bool mark_holds(const Pledge__V1__Signature *signature)
{
    struct buf text = {0};
    char hash[VERIFY_HASH_TEXT];
    if (signature->mark_salt.len == 0) {
        return !*signature->mark; /* withdrawn: forgotten with its salt */
    }
    bool good = buf_append(&text, signature->mark_salt.data, signature->mark_salt.len) &&
                buf_append(&text, signature->mark, strlen(signature->mark));
    verify_hash(buf_head(&text), text.len, hash);
    buf_deinit(&text);
    return good && strcmp(hash, signature->mark_digest) == 0;
}

static const char *fault_of(const Pledge__V1__SignedVersion *version,
                            const Pledge__V1__Signature *signature)
{
    size_t len = strlen(version->version);
    const char *fault = NULL;
    if (strncmp(signature->name, version->version, len) != 0 ||
        strncmp(signature->name + len, "/signatures/", strlen("/signatures/")) != 0) {
        return "is of another version";
    }
    if (signature->kind == PLEDGE__V1__SIGNATURE_KIND__SIGNATURE_KIND_UNSPECIFIED) {
        return "does not say how it was given";
    }
    if (signature->kind == PLEDGE__V1__SIGNATURE_KIND__SIGNATURE_KIND_KEY) {
        fault = key_fault(version, signature);
    }
    if (fault) {
        return fault;
    }
    if (!service_key_known(version, signature->service_key)) {
        return "is attested by an unknown key: it is not in the file";
    }
    if (!holds(sign_attestation_text, signature, signature->service_key, signature->attestation)) {
        return "was changed: the service attested something else";
    }
    return mark_holds(signature) ? NULL : "was changed: the mark is not the one that was recorded";
}

static void check_line(struct verify *verify, size_t index)
{
    const Pledge__V1__Signature *signature = verify->version->signatures[index];
    struct verify_line *line = &verify->lines[index];
    line->fault = fault_of(verify->version, signature);
    line->earlier_wording = strcmp(signature->content_hash, verify->version->content_hash) != 0;
    for (size_t i = 0; i < index && !line->fault; i++) {
        if (strcmp(verify->version->signatures[i]->name, signature->name) == 0) {
            line->fault = "is in the file twice";
        }
    }
    if (line->fault) {
        line->outcome = VERIFY_BAD;
        verify->bad++;
        return;
    }
    switch (signature->kind) {
    case PLEDGE__V1__SIGNATURE_KIND__SIGNATURE_KIND_KEY:
        line->outcome = VERIFY_VERIFIED;
        break;
    case PLEDGE__V1__SIGNATURE_KIND__SIGNATURE_KIND_SESSION:
    case PLEDGE__V1__SIGNATURE_KIND__SIGNATURE_KIND_CERTIFICATE:
        line->outcome = VERIFY_ATTESTED;
        break;
    default:
        line->outcome = VERIFY_RECORDED;
    }
}

/* --- the whole file ----------------------------------------------------------------------------
 */

static const char *seal_fault(struct arena *arena, const struct verify *verify)
{
    const Pledge__V1__SignedVersion *version = verify->version;
    struct buf text = {0};
    bool good = sign_seal_text(&text, version) &&
                verify_signature(version->seal_key.data, version->seal_key.len, buf_head(&text),
                                 text.len, version->seal.data, version->seal.len);
    buf_deinit(&text);
    if (good) {
        return NULL;
    }
    if ((size_t)version->signature_count != version->n_signatures) {
        const char *said =
            arena_printf(arena, "the seal is broken: it is of %d signatures, the file has %zu",
                         (int)version->signature_count, version->n_signatures);
        return said ? said : "the seal is broken";
    }
    return verify->bad > 0 ? "the seal is broken: the file was changed after it was sealed"
                           : "the seal is broken: a signature is missing, or a field was changed";
}

static bool cut_off(const uint8_t *bytes, size_t len)
{
    while (len > 0 && isspace(bytes[len - 1])) {
        len--;
    }
    return len == 0 || bytes[len - 1] != '}';
}

bool verify_file(struct arena *arena, const uint8_t *bytes, size_t len, struct verify *ret_verify,
                 struct err *err)
{
    *ret_verify = (struct verify){0};
    if (cut_off(bytes, len)) {
        return err_set(err, GRPC_INVALID_ARGUMENT, "is cut off: it does not end as it should");
    }
    struct err found = {0};
    json_t *json = msg_json_parse(bytes, len, &found);
    const ProtobufCMessage *message =
        json ? msg_json_read(&pledge__v1__signed_version__descriptor, json, arena, &found) : NULL;
    bool json_read = json != NULL;
    json_decref(json);
    if (!message) {
        return err_set(err, GRPC_INVALID_ARGUMENT, "is no signed version: %s",
                       json_read ? found.message : "it is not JSON");
    }
    ret_verify->version = (const Pledge__V1__SignedVersion *)(const void *)message;
    if (strcmp(ret_verify->version->format, format) != 0) {
        return err_set(err, GRPC_INVALID_ARGUMENT, "is not of the form %s", format);
    }
    ret_verify->lines =
        arena_calloc(arena, ret_verify->version->n_signatures + 1, sizeof(*ret_verify->lines));
    if (!ret_verify->lines) {
        return err_no_memory(err);
    }
    verify_hash(ret_verify->version->seal_key.data, ret_verify->version->seal_key.len,
                ret_verify->fingerprint);
    ret_verify->content_fault = content_fault(ret_verify);
    ret_verify->bad += ret_verify->content_fault != NULL;
    for (size_t i = 0; i < ret_verify->version->n_signatures; i++) {
        check_line(ret_verify, i);
    }
    ret_verify->seal_fault = seal_fault(arena, ret_verify);
    ret_verify->bad += ret_verify->seal_fault != NULL;
    return true;
}
