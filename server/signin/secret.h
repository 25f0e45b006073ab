/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passwords, one-time codes and tokens: made, kept and held against what somebody shows. libsodium
 * and liboath do the work.
 *
 * Glossary
 *   token   random text that opens something; only its SHA-256 is kept
 *   seal    to encrypt with the service's own key, so that the database alone reveals nothing
 *   step    the half minute that a one-time code is of (RFC 6238); each step's code counts once
 */
#ifndef SERVER_SIGNIN_SECRET_H
#define SERVER_SIGNIN_SECRET_H

#include <sodium.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum {
    SECRET_HASH_SIZE = 32,          /* of a SHA-256 */
    SECRET_TOKEN_RANDOM = 32,       /* bytes in a token */
    SECRET_TOKEN_TEXT = 4 + 43 + 1, /* "pls_" and base64url with its NUL */
    SECRET_CODE_KEY_SIZE = 20,      /* of the key of one-time codes, RFC 4226 4 */
    SECRET_CODE_KEY_TEXT = 32 + 1,  /* in base32 */
    SECRET_CODE_DIGITS = 6,
    SECRET_CODE_SECONDS = 30,
    SECRET_CODE_WINDOW = 1, /* steps before and after that count, too */
    SECRET_RECOVERY_CODES = 10,
    SECRET_RECOVERY_TEXT = 4 * 6 + 3 + 1, /* four groups of six, 120 bits: ASVS 2.6.2 */
    SECRET_PASSWORD_LEAST = 12,           /* characters, OWASP ASVS 2.1.1 */
    SECRET_PASSWORD_MOST = 128,           /* ASVS 2.1.2 */
    SECRET_SEALED_SIZE =
        crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + SECRET_CODE_KEY_SIZE,
    /* What one password costs. OWASP's Password Storage Cheat Sheet gives pairs of memory and
     * passes that are worth the same; with 19 MiB and two passes half of the time went into the
     * kernel's pages, which an attacker does not pay and people who read beside do. */
    SECRET_ARGON_PASSES = 4,
    SECRET_ARGON_MEMORY = 9 * 1024 * 1024,
};

/* The service's own key. */
struct secret_key {
    unsigned char bytes[crypto_secretbox_KEYBYTES];
    bool known;
};

/* Reads the key, which is the file's 32 bytes; "" leaves it unknown. False with a sentence. */
bool secret_key_read(struct secret_key *key, const char *path, char *error, size_t error_size);

/* Hashes a password for keeping. Blocks for a while; false without memory. */
bool secret_password_hash(const char *password, char ret_hash[crypto_pwhash_STRBYTES]);

/* Whether a hash was made at another cost than one is made at now. */
bool secret_password_stale(const char *hash);

/* Whether a password is the one that was hashed; NULL is nobody's hash, and takes as long. */
bool secret_password_fits(const char *hash, const char *password);

/* Whether there is a dictionary to hold new passwords against. */
bool secret_dictionary_ready(void);

/* What is wrong with a new password for people to read, or NULL. Blocks: it looks into a
 * dictionary. */
const char *secret_password_fault(const char *password, const char *user_name);

/* Makes a token and its hash. */
void secret_token(char ret_token[SECRET_TOKEN_TEXT], unsigned char ret_hash[SECRET_HASH_SIZE]);
void secret_hash(const char *text, unsigned char ret_hash[SECRET_HASH_SIZE]);

/* The key of somebody's one-time codes: made, in base32 for authenticators, sealed and opened. */
void secret_code_key(unsigned char ret_key[SECRET_CODE_KEY_SIZE]);
void secret_code_key_text(const unsigned char key[SECRET_CODE_KEY_SIZE],
                          char ret_text[SECRET_CODE_KEY_TEXT]);
void secret_seal(const struct secret_key *key, const unsigned char code_key[SECRET_CODE_KEY_SIZE],
                 unsigned char ret_sealed[SECRET_SEALED_SIZE]);
bool secret_open(const struct secret_key *key, const unsigned char *sealed, size_t len,
                 unsigned char ret_code_key[SECRET_CODE_KEY_SIZE]);

/* Whether `code` is a one-time code of now or next to it; tells its step. */
bool secret_code_fits(const unsigned char code_key[SECRET_CODE_KEY_SIZE], const char *code,
                      time_t now, int64_t *ret_step);

/* Makes a recovery code and its hash. People type them, so hashing leaves out hyphens and spaces
 * and the difference between small letters and capitals. */
void secret_recovery_code(char ret_code[SECRET_RECOVERY_TEXT],
                          unsigned char ret_hash[SECRET_HASH_SIZE]);
void secret_recovery_hash(const char *code, unsigned char ret_hash[SECRET_HASH_SIZE]);

#endif
