/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is signed, byte for byte: for the service that signs, and for programs that check without
 * it. Specification: proto/pledge/v1/sign_up.proto.
 *
 * Glossary
 *   signature text    what a signatory's own key signs
 *   attestation text  what the service signs of each signature
 *   seal text         what the service signs of a whole exported file
 */
#ifndef COMMON_SIGN_SIGN_TEXT_H
#define COMMON_SIGN_SIGN_TEXT_H

#include "common/base/buf.h"
#include "pledge/v1/sign_up.pb-c.h"

enum {
    SIGN_KEY_SIZE = 32,       /* of an Ed25519 public key, RFC 8032 5.1.5 */
    SIGN_SIGNATURE_SIZE = 64, /* 5.1.6 */
    SIGN_PART_SIZE = 64,      /* of an identifier in a resource name, with its NUL */
};

/* Each adds its text. False when out of memory. The signature's name says of which version. */
bool sign_text(struct buf *to, const Pledge__V1__Signature *signature);
bool sign_attestation_text(struct buf *to, const Pledge__V1__Signature *signature);
bool sign_seal_text(struct buf *to, const Pledge__V1__SignedVersion *version);

/* What proves that somebody has the private half of a key. */
bool sign_key_text(struct buf *to, const char *authority, const char *id, const uint8_t *public_key,
                   size_t len);

/* The identifier behind "collection/" in a resource name, "" where there is none. Returns `out`. */
const char *sign_name_part(const char *name, const char *collection, char out[SIGN_PART_SIZE]);

#endif
