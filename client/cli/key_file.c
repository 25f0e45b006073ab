/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/key_file.h"

#include "client/cli/state.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>
#include <unistd.h>

enum { KEY_MODE = 0600 };

static bool take_public(struct key_file *key)
{
    size_t len = sizeof(key->public_key);
    return key->key && EVP_PKEY_id(key->key) == EVP_PKEY_ED25519 &&
           EVP_PKEY_get_raw_public_key(key->key, key->public_key, &len) == 1 &&
           len == sizeof(key->public_key);
}

bool key_file_new(struct cli *cli, const char *path, struct key_file *ret_key)
{
    *ret_key = (struct key_file){.key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")};
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, KEY_MODE);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    int error = errno;
    bool written = file && take_public(ret_key) &&
                   PEM_write_PKCS8PrivateKey(file, ret_key->key, NULL, NULL, 0, NULL, NULL) == 1 &&
                   fflush(file) == 0 && fsync(fd) == 0;
    if (file) {
        written = fclose(file) == 0 && written;
    }
    if (!written) {
        cli_fail(cli, "cannot make %s: %s", path, fd < 0 ? strerror(error) : "writing failed");
        key_file_deinit(ret_key);
    }
    return written;
}

bool key_file_load(struct cli *cli, const char *path, struct key_file *ret_key)
{
    *ret_key = (struct key_file){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        cli_fail(cli, "cannot read %s: %s", path, strerror(errno));
        return false;
    }
    if (!state_is_ours(fd)) {
        close(fd);
        cli_fail(cli,
                 "%s is not used: it must be a file of yours that only you can read (mode 600)",
                 path);
        return false;
    }
    FILE *file = fdopen(fd, "r");
    ret_key->key = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
    if (file) {
        fclose(file);
    }
    if (!take_public(ret_key)) {
        cli_fail(cli, "%s holds no Ed25519 key; make one: pledge signing-key new FILE", path);
        key_file_deinit(ret_key);
        return false;
    }
    return true;
}

bool key_file_sign(const struct key_file *key, const struct buf *text,
                   uint8_t ret_signature[SIGN_SIGNATURE_SIZE])
{
    size_t len = SIGN_SIGNATURE_SIZE;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context && EVP_DigestSignInit(context, NULL, NULL, NULL, key->key) == 1 &&
                EVP_DigestSign(context, ret_signature, &len, buf_head(text), text->len) == 1 &&
                len == SIGN_SIGNATURE_SIZE;
    EVP_MD_CTX_free(context);
    return good;
}

void key_file_deinit(struct key_file *key)
{
    EVP_PKEY_free(key->key);
    *key = (struct key_file){0};
}
