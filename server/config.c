/* SPDX-License-Identifier: Apache-2.0 */
#include "server/config.h"

#include <libconfig.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Each setting: its name in the file, its variable in the environment, its default and limits. */
static const struct setting {
    const char *name;
    const char *variable;
    size_t offset;
    const char *text; /* default of a text; NULL for a number */
    int number;
    int least;
    int most;
    bool required;
} settings[] = {
#define TEXT(field, variable, value, required)                                                     \
    {                                                                                              \
#field, variable, offsetof(struct config, field), value, 0, 0, 0, required                 \
    }
#define NUMBER(field, variable, value, least, most)                                                \
    {                                                                                              \
#field, variable, offsetof(struct config, field), NULL, value, least, most, false          \
    }
    TEXT(listen, "PLEDGED_LISTEN", "127.0.0.1:7443", true),
    TEXT(tls_certificate, "PLEDGED_TLS_CERTIFICATE", "", true),
    TEXT(tls_key, "PLEDGED_TLS_KEY", "", true),
    TEXT(tls_client_ca, "PLEDGED_TLS_CLIENT_CA", "", true),
    TEXT(database, "PLEDGED_DATABASE", "", true),
    TEXT(sql_directory, "PLEDGED_SQL_DIRECTORY", PLEDGE_SQL_DIR, true),
    TEXT(cache_directory, "PLEDGED_CACHE_DIRECTORY", "", false),
    TEXT(log_level, "PLEDGED_LOG_LEVEL", "info", true),
    TEXT(metrics_listen, "PLEDGED_METRICS_LISTEN", "", false),
    TEXT(web_origins, "PLEDGED_WEB_ORIGINS", "", false),
    TEXT(secret_key, "PLEDGED_SECRET_KEY", "", false),
    TEXT(smtp_url, "PLEDGED_SMTP_URL", "", false),
    TEXT(smtp_from, "PLEDGED_SMTP_FROM", "", false),
    TEXT(smtp_user, "PLEDGED_SMTP_USER", "", false),
    TEXT(smtp_password, "PLEDGED_SMTP_PASSWORD", "", false),
    TEXT(smtp_ca_file, "PLEDGED_SMTP_CA_FILE", "", false),
    TEXT(oidc_ca_file, "PLEDGED_OIDC_CA_FILE", "", false),
    NUMBER(loops, "PLEDGED_LOOPS", 0, 0, CONFIG_MAX_LOOPS),
    NUMBER(read_connections, "PLEDGED_READ_CONNECTIONS", 1, 1, 4),
    NUMBER(heavy_connections, "PLEDGED_HEAVY_CONNECTIONS", 1, 1, 4),
    NUMBER(write_connections, "PLEDGED_WRITE_CONNECTIONS", 4, 1, 8),
    NUMBER(drain_ms, "PLEDGED_DRAIN_MS", 10000, 0, 600000),
    NUMBER(slow_call_ms, "PLEDGED_SLOW_CALL_MS", 500, 0, 600000),
    NUMBER(principal_rate, "PLEDGED_PRINCIPAL_RATE", 5000, 0, 1000000),
    NUMBER(database_in_the_clear, "PLEDGED_DATABASE_IN_THE_CLEAR", 0, 0, 1),
    NUMBER(signin_newcomers, "PLEDGED_SIGNIN_NEWCOMERS", 60, 0, 1000000),
    NUMBER(signin_rate, "PLEDGED_SIGNIN_RATE", 120, 0, 100000),
    NUMBER(session_idle_minutes, "PLEDGED_SESSION_IDLE_MINUTES", 30, 1, 720),
    NUMBER(session_hours, "PLEDGED_SESSION_HOURS", 12, 1, 168),
    NUMBER(oidc_allow_private, "PLEDGED_OIDC_ALLOW_PRIVATE", 0, 0, 1),
    NUMBER(smtp_in_the_clear, "PLEDGED_SMTP_IN_THE_CLEAR", 0, 0, 1),
    NUMBER(mail_check_s, "PLEDGED_MAIL_CHECK_S", 60, 0, 86400),
    NUMBER(retention_check_s, "PLEDGED_RETENTION_CHECK_S", 3600, 0, 86400),
};

enum { SETTING_COUNT = sizeof(settings) / sizeof(settings[0]) };

static bool set_text(struct config *config, const struct setting *setting, const char *value,
                     char *error, size_t error_size)
{
    char *to = (char *)config + setting->offset;
    if (strlen(value) >= CONFIG_TEXT) {
        snprintf(error, error_size, "%s is longer than %d characters", setting->name,
                 CONFIG_TEXT - 1);
        return false;
    }
    memcpy(to, value, strlen(value) + 1);
    return true;
}

static bool set_number(struct config *config, const struct setting *setting, long long value,
                       char *error, size_t error_size)
{
    if (value < setting->least || value > setting->most) {
        snprintf(error, error_size, "%s must be between %d and %d", setting->name, setting->least,
                 setting->most);
        return false;
    }
    *(int *)((char *)config + setting->offset) = (int)value;
    return true;
}

static const struct setting *setting_named(const char *name)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (strcmp(settings[i].name, name) == 0) {
            return &settings[i];
        }
    }
    return NULL;
}

static bool take_entry(struct config *config, config_setting_t *entry, const char *path,
                       char *error, size_t error_size)
{
    const char *name = config_setting_name(entry);
    const struct setting *setting = setting_named(name ? name : "");
    unsigned line = config_setting_source_line(entry);
    char reason[256];
    bool good;
    if (!setting) {
        snprintf(error, error_size, "%s:%u: there is no setting \"%s\"", path, line, name);
        return false;
    }
    if (setting->text) {
        const char *value = config_setting_get_string(entry);
        good = value != NULL;
        snprintf(reason, sizeof(reason), "%s must be a text in quotes", name);
        good = good && set_text(config, setting, value, reason, sizeof(reason));
    } else {
        good = config_setting_type(entry) == CONFIG_TYPE_INT;
        snprintf(reason, sizeof(reason), "%s must be a number", name);
        good = good &&
               set_number(config, setting, config_setting_get_int(entry), reason, sizeof(reason));
    }
    if (!good) {
        snprintf(error, error_size, "%s:%u: %s", path, line, reason);
    }
    return good;
}

static bool read_file(struct config *config, const char *path, char *error, size_t error_size)
{
    config_t file;
    config_init(&file);
    bool good = config_read_file(&file, path) == CONFIG_TRUE;
    if (!good) {
        snprintf(error, error_size, "%s:%d: %s", path, config_error_line(&file),
                 config_error_text(&file));
    }
    config_setting_t *root = good ? config_root_setting(&file) : NULL;
    for (int i = 0; good && i < config_setting_length(root); i++) {
        good =
            take_entry(config, config_setting_get_elem(root, (unsigned)i), path, error, error_size);
    }
    config_destroy(&file);
    return good;
}

static bool take_variable(struct config *config, const struct setting *setting, const char *value,
                          char *error, size_t error_size)
{
    char reason[256] = "";
    char *end;
    bool good;
    if (setting->text) {
        good = set_text(config, setting, value, reason, sizeof(reason));
    } else {
        long long number = strtoll(value, &end, 10);
        good = *value && !*end;
        snprintf(reason, sizeof(reason), "must be a number");
        good = good && set_number(config, setting, number, reason, sizeof(reason));
    }
    if (!good) {
        snprintf(error, error_size, "%s: %s", setting->variable, reason);
    }
    return good;
}

/* systemd hands secrets over as files of a folder, systemd.exec(5), "Credentials": one that goes by
 * the name of a setting is its file, unless the settings name another. */
static void take_credential(struct config *config, const struct setting *setting)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    char *value = (char *)config + setting->offset;
    char path[CONFIG_TEXT];
    if (!folder || !setting->text || *value) {
        return;
    }
    snprintf(path, sizeof(path), "%s/%s", folder, setting->name);
    if (access(path, R_OK) == 0) {
        snprintf(value, CONFIG_TEXT, "%s", path);
    }
}

/* It also makes a folder for what may be lost, "CacheDirectory=". */
static void take_cache_directory(struct config *config)
{
    const char *folders = getenv("CACHE_DIRECTORY");
    size_t first = folders ? strcspn(folders, ":") : CONFIG_TEXT;
    if (!*config->cache_directory && first < CONFIG_TEXT) {
        memcpy(config->cache_directory, folders, first);
        config->cache_directory[first] = '\0';
    }
}

bool config_load(struct config *config, const char *path, char *error, size_t error_size)
{
    *config = (struct config){0};
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (settings[i].text) {
            set_text(config, &settings[i], settings[i].text, error, error_size);
        } else {
            set_number(config, &settings[i], settings[i].number, error, error_size);
        }
    }
    if (path && !read_file(config, path, error, error_size)) {
        return false;
    }
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const char *value = getenv(settings[i].variable);
        if (value && !take_variable(config, &settings[i], value, error, error_size)) {
            return false;
        }
        take_credential(config, &settings[i]);
        if (settings[i].required && !*((char *)config + settings[i].offset)) {
            snprintf(error, error_size, "%s is not set: give it in the file or as %s",
                     settings[i].name, settings[i].variable);
            return false;
        }
    }
    take_cache_directory(config);
    return true;
}
