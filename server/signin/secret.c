/* SPDX-License-Identifier: Apache-2.0 */
#include "server/signin/secret.h"

#include <crack.h>
#include <ctype.h>
#include <fcntl.h>
#include <liboath/oath.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* RFC 4648 base32 has no 0, 1, 8 and 9, which look like letters. */
static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

bool secret_key_read(struct secret_key *key, const char *path, char *error, size_t error_size)
{
    unsigned char bytes[sizeof(key->bytes) + 1];
    *key = (struct secret_key){0};
    if (!*path) {
        return true;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));
    if (fd >= 0) {
        close(fd);
    }
    if (len != sizeof(key->bytes)) {
        snprintf(error, error_size,
                 "secret_key: %s must be a file of %zu random bytes; "
                 "openssl rand -out %s %zu makes one",
                 path, sizeof(key->bytes), path, sizeof(key->bytes));
        return false;
    }
    memcpy(key->bytes, bytes, sizeof(key->bytes));
    sodium_memzero(bytes, sizeof(bytes));
    key->known = true;
    return true;
}

/* --- passwords ---------------------------------------------------------------------------------
 */

bool secret_password_hash(const char *password, char ret_hash[crypto_pwhash_STRBYTES])
{
    return crypto_pwhash_str_alg(ret_hash, password, strlen(password), SECRET_ARGON_PASSES,
                                 SECRET_ARGON_MEMORY, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

bool secret_password_stale(const char *hash)
{
    return crypto_pwhash_str_needs_rehash(hash, SECRET_ARGON_PASSES, SECRET_ARGON_MEMORY) == 1;
}

/* What passwords of names that nobody has are held against, so that they take as long. */
static pthread_once_t nobody_once = PTHREAD_ONCE_INIT;
static char nobody_hash[crypto_pwhash_STRBYTES];

static void make_nobody(void)
{
    char password[SECRET_TOKEN_TEXT];
    unsigned char hash[SECRET_HASH_SIZE];
    secret_token(password, hash);
    if (!secret_password_hash(password, nobody_hash)) {
        nobody_hash[0] = '\0'; /* without memory no password fits either */
    }
}

bool secret_password_fits(const char *hash, const char *password)
{
    pthread_once(&nobody_once, make_nobody);
    bool fits =
        crypto_pwhash_str_verify(hash ? hash : nobody_hash, password, strlen(password)) == 0;
    return fits && hash;
}

bool secret_dictionary_ready(void)
{
    static const char *const parts[] = {".pwd", ".pwi", ".hwm"};
    bool ready = true;
    for (size_t i = 0; ready && i < sizeof(parts) / sizeof(parts[0]); i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof(path), "%s%s", GetDefaultCracklibDict(), parts[i]);
        ready = access(path, R_OK) == 0;
    }
    return ready;
}

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++) {
        count += ((unsigned char)*text & 0xc0) != 0x80; /* bytes that go on a character */
    }
    return count;
}

/* "passwordpassword" is as easily guessed as its half, which cracklib does not see. */
static bool repeats_itself(const char *text)
{
    size_t len = strlen(text);
    bool found = false;
    for (size_t unit = 1; !found && unit <= len / 2; unit++) {
        found = len % unit == 0 && memcmp(text, text + unit, len - unit) == 0;
    }
    return found;
}

const char *secret_password_fault(const char *password, const char *user_name)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* cracklib has one buffer */
    static _Thread_local char fault[160];
    size_t length = characters(password);
    if (length < SECRET_PASSWORD_LEAST || length > SECRET_PASSWORD_MOST) {
        snprintf(fault, sizeof(fault), "must have %d to %d characters", SECRET_PASSWORD_LEAST,
                 SECRET_PASSWORD_MOST);
        return fault;
    }
    if (*user_name && strcasestr(password, user_name)) {
        return "must not contain the user name";
    }
    if (repeats_itself(password)) {
        return "is easily guessed: it repeats itself";
    }
    if (!secret_dictionary_ready()) { /* cracklib would end the program */
        return "cannot be checked now: the dictionary of cracklib is missing";
    }
    pthread_mutex_lock(&mutex);
    const char *said = FascistCheckUser(password, GetDefaultCracklibDict(), user_name, "");
    if (said) {
        snprintf(fault, sizeof(fault), "is easily guessed: %s", said);
    }
    pthread_mutex_unlock(&mutex);
    return said ? fault : NULL;
}

/* --- tokens ------------------------------------------------------------------------------------
 */

void secret_hash(const char *text, unsigned char ret_hash[SECRET_HASH_SIZE])
{
    crypto_hash_sha256(ret_hash, (const unsigned char *)text, strlen(text));
}

void secret_token(char ret_token[SECRET_TOKEN_TEXT], unsigned char ret_hash[SECRET_HASH_SIZE])
{
    static const char prefix[] = "pls_"; /* so that scanners for leaked secrets know it */
    unsigned char random[SECRET_TOKEN_RANDOM];
    size_t len = sizeof(prefix) - 1;
    randombytes_buf(random, sizeof(random));
    memcpy(ret_token, prefix, len);
    sodium_bin2base64(ret_token + len, SECRET_TOKEN_TEXT - len, random, sizeof(random),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(random, sizeof(random));
    secret_hash(ret_token, ret_hash);
}

/* --- one-time codes ----------------------------------------------------------------------------
 */

static void write_base32(const unsigned char *bytes, size_t len, char *out)
{
    unsigned bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | bytes[i];
        for (count += 8; count >= 5; count -= 5) {
            *out++ = base32[bits >> (count - 5) & 31];
        }
    }
    *out = '\0';
}

void secret_code_key(unsigned char ret_key[SECRET_CODE_KEY_SIZE])
{
    randombytes_buf(ret_key, SECRET_CODE_KEY_SIZE);
}

void secret_code_key_text(const unsigned char key[SECRET_CODE_KEY_SIZE],
                          char ret_text[SECRET_CODE_KEY_TEXT])
{
    write_base32(key, SECRET_CODE_KEY_SIZE, ret_text);
}

void secret_seal(const struct secret_key *key, const unsigned char code_key[SECRET_CODE_KEY_SIZE],
                 unsigned char ret_sealed[SECRET_SEALED_SIZE])
{
    randombytes_buf(ret_sealed, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(ret_sealed + crypto_secretbox_NONCEBYTES, code_key, SECRET_CODE_KEY_SIZE,
                          ret_sealed, key->bytes);
}

bool secret_open(const struct secret_key *key, const unsigned char *sealed, size_t len,
                 unsigned char ret_code_key[SECRET_CODE_KEY_SIZE])
{
    return len == SECRET_SEALED_SIZE &&
           crypto_secretbox_open_easy(ret_code_key, sealed + crypto_secretbox_NONCEBYTES,
                                      len - crypto_secretbox_NONCEBYTES, sealed, key->bytes) == 0;
}

bool secret_code_fits(const unsigned char code_key[SECRET_CODE_KEY_SIZE], const char *code,
                      time_t now, int64_t *ret_step)
{
    int position = 0;
    uint64_t step = 0;
    if (strlen(code) != SECRET_CODE_DIGITS) {
        return false;
    }
    int found =
        oath_totp_validate4((const char *)code_key, SECRET_CODE_KEY_SIZE, now, SECRET_CODE_SECONDS,
                            0, SECRET_CODE_WINDOW, &position, &step, 0, code);
    *ret_step = (int64_t)step;
    return found >= 0;
}

/* --- recovery codes ----------------------------------------------------------------------------
 */

void secret_recovery_hash(const char *code, unsigned char ret_hash[SECRET_HASH_SIZE])
{
    char plain[SECRET_RECOVERY_TEXT] = "";
    size_t len = 0;
    for (; *code && len + 1 < sizeof(plain); code++) {
        if (*code != '-' && *code != ' ') {
            plain[len++] = (char)toupper((unsigned char)*code);
        }
    }
    plain[len] = '\0';
    secret_hash(plain, ret_hash);
    sodium_memzero(plain, sizeof(plain));
}

void secret_recovery_code(char ret_code[SECRET_RECOVERY_TEXT],
                          unsigned char ret_hash[SECRET_HASH_SIZE])
{
    enum { GROUPS = 4, GROUP = 6 };
    char *out = ret_code;
    for (int i = 0; i < GROUPS * GROUP; i++) {
        if (i > 0 && i % GROUP == 0) {
            *out++ = '-';
        }
        *out++ = base32[randombytes_uniform(sizeof(base32) - 1)];
    }
    *out = '\0';
    secret_recovery_hash(ret_code, ret_hash);
}
