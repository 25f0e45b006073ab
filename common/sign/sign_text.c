/* SPDX-License-Identifier: Apache-2.0 */
#include "common/sign/sign_text.h"

#include "common/msg/lines.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 256 /* of a field's path in the seal text */ };

const char *sign_name_part(const char *name, const char *collection, char out[SIGN_PART_SIZE])
{
    size_t len = strlen(collection);
    const char *found = NULL;
    for (const char *at = name; at && *at && !found; at = strchr(at, '/')) {
        at += *at == '/';
        found = strncmp(at, collection, len) == 0 && at[len] == '/' ? at + len + 1 : NULL;
    }
    snprintf(out, SIGN_PART_SIZE, "%.*s", found ? (int)strcspn(found, "/") : 0, found ? found : "");
    return out;
}

/* An enum value without its prefix in small letters, "" for the first. */
static const char *word(const ProtobufCEnumDescriptor *type, int value, size_t prefix,
                        char out[SIGN_PART_SIZE])
{
    const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value(type, value);
    snprintf(out, SIGN_PART_SIZE, "%s", found && value != 0 ? found->name + prefix : "");
    for (char *at = out; *at; at++) {
        *at = (char)tolower((unsigned char)*at);
    }
    return out;
}

bool sign_text(struct buf *to, const Pledge__V1__Signature *s)
{
    char text[SIGN_PART_SIZE];
    return lines_text(to, "pledge-signature", "1") &&
           lines_text(to, "authority", sign_name_part(s->name, "authorities", text)) &&
           lines_text(to, "pledge", sign_name_part(s->name, "pledges", text)) &&
           lines_text(to, "version", sign_name_part(s->name, "versions", text)) &&
           lines_text(to, "content_hash", s->content_hash) &&
           lines_text(to, "event", sign_name_part(s->event, "signingEvents", text)) &&
           lines_text(to, "kind",
                      word(&pledge__v1__signature_kind__descriptor, (int)s->kind,
                           strlen("SIGNATURE_KIND_"), text)) &&
           lines_text(to, "member", sign_name_part(s->member, "members", text)) &&
           lines_text(to, "signatory", s->signatory) &&
           lines_text(to, "role",
                      word(&pledge__v1__role__descriptor, (int)s->role, strlen("ROLE_"), text)) &&
           lines_text(to, "owner", s->owner) && lines_text(to, "key", s->key_fingerprint) &&
           lines_text(to, "mark", s->mark_digest) && lines_text(to, "kept_at", s->kept_at) &&
           lines_text(to, "recorded_by", sign_name_part(s->recorded_by, "members", text)) &&
           lines_text(to, "signed_at", s->signed_at);
}

bool sign_attestation_text(struct buf *to, const Pledge__V1__Signature *s)
{
    return lines_text(to, "pledge-attestation", "1") && sign_text(to, s) &&
           lines_hex(to, "signature", s->signature.data, s->signature.len) &&
           lines_text(to, "attested_at", s->attested_at) &&
           lines_hex(to, "service_key", s->service_key.data, s->service_key.len);
}

bool sign_key_text(struct buf *to, const char *authority, const char *id, const uint8_t *public_key,
                   size_t len)
{
    return lines_text(to, "pledge-signing-key", "1") && lines_text(to, "authority", authority) &&
           lines_text(to, "signing_key", id) && lines_hex(to, "public_key", public_key, len);
}

/* --- the seal ----------------------------------------------------------------------------------
 */

static bool put_message(struct buf *to, const char *path, const ProtobufCMessage *message);

/* One value that is no default, or every one of a list. */
static bool put_value(struct buf *to, const char *path, const ProtobufCFieldDescriptor *field,
                      const void *at, bool in_list)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING: {
        const char *text = *(const char *const *)at;
        return (!*text && !in_list) || lines_text(to, path, text);
    }
    case PROTOBUF_C_TYPE_BYTES: {
        const ProtobufCBinaryData *bytes = at;
        return (bytes->len == 0 && !in_list) || lines_hex(to, path, bytes->data, bytes->len);
    }
    case PROTOBUF_C_TYPE_ENUM: {
        int value = *(const int *)at;
        const ProtobufCEnumValue *found =
            protobuf_c_enum_descriptor_get_value(field->descriptor, value);
        return (value == 0 && !in_list) || lines_text(to, path, found ? found->name : "");
    }
    case PROTOBUF_C_TYPE_BOOL: {
        bool truth = *(const protobuf_c_boolean *)at;
        return (!truth && !in_list) || lines_text(to, path, truth ? "true" : "false");
    }
    case PROTOBUF_C_TYPE_INT32: {
        int32_t value = *(const int32_t *)at;
        return (value == 0 && !in_list) || lines_number(to, path, value);
    }
    case PROTOBUF_C_TYPE_INT64: {
        int64_t value = *(const int64_t *)at;
        return (value == 0 && !in_list) || lines_number(to, path, value);
    }
    case PROTOBUF_C_TYPE_MESSAGE: {
        const ProtobufCMessage *below = *(const ProtobufCMessage *const *)at;
        return !below || put_message(to, path, below);
    }
    default:
        return false; /* a kind of field that the messages of an export do not have */
    }
}

static bool put_field(struct buf *to, const char *path, const ProtobufCMessage *message,
                      const ProtobufCFieldDescriptor *field)
{
    const char *at = (const char *)message + field->offset;
    char whole[PATH_SIZE];
    bool good = true;
    int len = snprintf(whole, sizeof(whole), "%s%s%s", path, *path ? "." : "", field->name);
    if (field->label != PROTOBUF_C_LABEL_REPEATED) {
        return put_value(to, whole, field, at, false);
    }
    /* lists are of messages: their elements are pointers */
    size_t count = *(const size_t *)((const char *)message + field->quantifier_offset);
    const ProtobufCMessage *const *list = *(const ProtobufCMessage *const *const *)at;
    for (size_t i = 0; good && i < count; i++) {
        snprintf(whole + len, sizeof(whole) - (size_t)len, "[%zu]", i);
        good =
            field->type == PROTOBUF_C_TYPE_MESSAGE && put_value(to, whole, field, &list[i], true);
    }
    return good;
}

static bool put_message(struct buf *to, const char *path, const ProtobufCMessage *message)
{
    bool good = true;
    for (unsigned i = 0; good && i < message->descriptor->n_fields; i++) {
        good = put_field(to, path, message, &message->descriptor->fields[i]);
    }
    return good;
}

bool sign_seal_text(struct buf *to, const Pledge__V1__SignedVersion *version)
{
    Pledge__V1__SignedVersion open = *version;
    open.seal = (ProtobufCBinaryData){0};
    return lines_text(to, "pledge-seal", "1") && put_message(to, "", &open.base);
}
