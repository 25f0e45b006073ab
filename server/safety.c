/* SPDX-License-Identifier: Apache-2.0 */
#include "server/safety.h"

#include "server/signin/secret.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A file that is not there is told of by who reads it. */
static bool key_is_private(const char *setting, const char *path, char *error, size_t size)
{
    struct stat status;
    bool private = stat(path, &status) != 0 || (status.st_mode & S_IRWXO) == 0;
    if (!private) {
        snprintf(error, size, "%s: others than the owner and group of %s can read it; chmod o= it",
                 setting, path);
    }
    return private;
}

/* True for a socket of this machine, and for its own addresses. */
static bool is_here(const char *host, size_t len)
{
    static const char *const here[] = {"", "localhost", "127.0.0.1", "::1"};
    bool found = *host == '/' || *host == '@'; /* paths of sockets, libpq 34.1.2 */
    for (size_t i = 0; !found && i < sizeof(here) / sizeof(here[0]); i++) {
        found = strlen(here[i]) == len && strncmp(host, here[i], len) == 0;
    }
    return found;
}

/* The first of several hosts that is another machine, or NULL; its length is told. */
static const char *elsewhere(const char *hosts, size_t *ret_len)
{
    for (const char *at = hosts;; at++) {
        *ret_len = strcspn(at, ",");
        if (!is_here(at, *ret_len)) {
            return at;
        }
        at += *ret_len;
        if (!*at) {
            return NULL;
        }
    }
}

static const char *option_value(const PQconninfoOption *options, const char *name,
                                const char *variable)
{
    const char *value = NULL;
    for (; options && options->keyword; options++) {
        value = strcmp(options->keyword, name) == 0 ? options->val : value;
    }
    value = value ? value : getenv(variable);
    return value ? value : "";
}

/* Without verify-full whoever is on the way can read everything, or be the database. */
static bool database_is_guarded(const struct config *config, char *error, size_t size)
{
    PQconninfoOption *options = PQconninfoParse(config->database, NULL);
    size_t len = 0;
    bool verified = strcmp(option_value(options, "sslmode", "PGSSLMODE"), "verify-full") == 0;
    const char *host = elsewhere(option_value(options, "host", "PGHOST"), &len);
    host = host ? host : elsewhere(option_value(options, "hostaddr", "PGHOSTADDR"), &len);
    bool good = !options || !host || verified || config->database_in_the_clear;
    if (!good) {
        snprintf(error, size,
                 "database: %.*s is another machine, so it needs sslmode=verify-full; where the "
                 "network between is yours alone, set database_in_the_clear = 1",
                 (int)len, host);
    }
    PQconninfoFree(options); /* what cannot be read is told of by who connects */
    return good;
}

/* A sender is needed, and a password goes over TLS only. */
static bool mail_is_whole(const struct config *config, char *error, size_t size)
{
    const char *at = strchr(config->smtp_from, '@');
    if (*config->smtp_url && (!at || strpbrk(config->smtp_from, " \t\r\n<>"))) {
        snprintf(error, size, "smtp_from: must be the e-mail address that reminders come from");
        return false;
    }
    if (*config->smtp_user && config->smtp_in_the_clear) {
        snprintf(error, size, "smtp_in_the_clear: a password needs TLS; leave smtp_user out");
        return false;
    }
    return true;
}

bool safety_check(const struct config *config, char *error, size_t error_size)
{
    if (!key_is_private("tls_key", config->tls_key, error, error_size) ||
        !key_is_private("secret_key", config->secret_key, error, error_size) ||
        !key_is_private("smtp_password", config->smtp_password, error, error_size) ||
        !mail_is_whole(config, error, error_size) ||
        !database_is_guarded(config, error, error_size)) {
        return false;
    }
    if (*config->secret_key && !secret_dictionary_ready()) {
        snprintf(error, error_size,
                 "secret_key: new passwords cannot be held against a dictionary; install "
                 "cracklib-runtime");
        return false;
    }
    return true;
}
