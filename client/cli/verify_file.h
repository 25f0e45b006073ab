/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signed version in a file, checked without a service. The file is untrusted.
 *
 * Glossary
 *   verified   signed by the signatory's own key
 *   attested   given by somebody who was signed in, which the service signed
 *   recorded   given on paper or by a young person; the service signed that it was recorded
 */
#ifndef CLIENT_CLI_VERIFY_FILE_H
#define CLIENT_CLI_VERIFY_FILE_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/sign/sign_text.h"

enum { VERIFY_HASH_TEXT = 2 * 32 + 1 };

enum verify_outcome { VERIFY_BAD, VERIFY_VERIFIED, VERIFY_ATTESTED, VERIFY_RECORDED };

struct verify_line {
    enum verify_outcome outcome;
    const char *fault;    /* a sentence's end for people, NULL when all holds */
    bool earlier_wording; /* other words than the file has were signed */
};

struct verify {
    const Pledge__V1__SignedVersion *version;
    char hash[VERIFY_HASH_TEXT];        /* of the content as it is in the file */
    char fingerprint[VERIFY_HASH_TEXT]; /* of the key that sealed it */
    const char *content_fault;          /* NULL when it holds; likewise */
    const char *seal_fault;
    struct verify_line *lines; /* one a signature */
    unsigned bad;              /* faults in all */
};

/* Reads and checks a file; everything lives in the arena. False with a sentence for a file that is
 * cut off or none of ours. */
bool verify_file(struct arena *arena, const uint8_t *bytes, size_t len, struct verify *ret_verify,
                 struct err *err);

/* Whether an Ed25519 signature (RFC 8032) holds; false also when a length is wrong. */
bool verify_signature(const uint8_t *public_key, size_t key_len, const uint8_t *text,
                      size_t text_len, const uint8_t *signature, size_t signature_len);

/* SHA-256 as 64 lower case hexadecimal digits. */
void verify_hash(const uint8_t *bytes, size_t len, char ret_hash[VERIFY_HASH_TEXT]);

#endif
