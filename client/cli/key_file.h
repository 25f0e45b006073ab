/* SPDX-License-Identifier: Apache-2.0 */
/* Keys to sign with: Ed25519 in PKCS #8 (RFC 8410) as PEM, in a file for its owner alone. */
#ifndef CLIENT_CLI_KEY_FILE_H
#define CLIENT_CLI_KEY_FILE_H

#include "client/cli/cli.h"
#include "common/base/buf.h"
#include "common/sign/sign_text.h"

struct key_file {
    void *key; /* OpenSSL's */
    uint8_t public_key[SIGN_KEY_SIZE];
};

/* Makes a key in a new file. False with the reason printed. */
bool key_file_new(struct cli *cli, const char *path, struct key_file *ret_key);

/* Reads a key. False with the reason printed; a file that others may read is not used. */
bool key_file_load(struct cli *cli, const char *path, struct key_file *ret_key);

bool key_file_sign(const struct key_file *key, const struct buf *text,
                   uint8_t ret_signature[SIGN_SIGNATURE_SIZE]);

/* Forgets the key. A zeroed struct is none. */
void key_file_deinit(struct key_file *key);

#endif
