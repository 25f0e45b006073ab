/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/cli.h"
#include "client/cli/text.h"
#include "common/msg/json.h"

#include <errno.h>
#include <libconfig.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One source of settings; later ones fill only what earlier ones left open. */
struct source {
    const char *address;
    const char *ca;
    const char *cert;
    const char *key;
    const char *identity;
};

static void take(struct cli *cli, const struct source *source)
{
    struct cli_settings *settings = &cli->settings;
    if (!settings->address) {
        settings->address = source->address;
    }
    if (!settings->ca) {
        settings->ca = source->ca;
    }
    if (settings->cert) {
        return;
    }
    /* Certificate and key belong together: both come from one source. */
    if (source->cert) {
        settings->cert = source->cert;
        settings->key = source->key;
    } else if (source->identity) {
        settings->cert = cli_printf(cli, "%s.pem", source->identity);
        settings->key = source->key ? source->key : cli_printf(cli, "%s.key", source->identity);
    }
}

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static const char *config_path(struct cli *cli)
{
    const char *base = environment("XDG_CONFIG_HOME");
    const char *home = environment("HOME");
    if (base) {
        return cli_printf(cli, "%s/pledge/config", base);
    }
    return home ? cli_printf(cli, "%s/.config/pledge/config", home) : NULL;
}

static const char *text_setting(struct cli *cli, const config_t *config, const char *name)
{
    const char *value = NULL;
    return config_lookup_string(config, name, &value) ? cli_copy(cli, value) : NULL;
}

/* A misspelt setting would otherwise be passed over in silence. */
static int check_settings(struct cli *cli, const char *path, const config_t *config)
{
    static const char *const names[] = {"address",  "ca",      "cert", "key",
                                        "identity", "timeout", NULL};
    const config_setting_t *root = config_root_setting(config);
    for (int i = 0; i < config_setting_length(root); i++) {
        const config_setting_t *setting = config_setting_get_elem(root, (unsigned)i);
        const char *name = config_setting_name(setting);
        int line = (int)config_setting_source_line(setting);
        bool known = false;
        for (size_t n = 0; names[n]; n++) {
            known = known || strcmp(names[n], name) == 0;
        }
        if (!known) {
            const char *near = text_nearest(name, names);
            return cli_fail(cli, "%s:%d: there is no setting \"%s\"%s%s%s", path, line, name,
                            near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
        }
        bool is_timeout = strcmp(name, "timeout") == 0;
        if (config_setting_type(setting) != (is_timeout ? CONFIG_TYPE_INT : CONFIG_TYPE_STRING)) {
            return cli_fail(cli, "%s:%d: %s must be %s", path, line, name,
                            is_timeout ? "a number of seconds" : "text in quotes");
        }
    }
    return CLI_OK;
}

static int load_file(struct cli *cli, const char *path, int *ret_timeout_s)
{
    config_t config;
    int code = CLI_OK;
    config_init(&config);
    if (access(path, F_OK) != 0) {
        config_destroy(&config);
        return CLI_OK;
    }
    if (!config_read_file(&config, path)) {
        const char *reason = config_error_text(&config);
        code = cli_fail(cli, "%s:%d: %s", path, config_error_line(&config),
                        reason ? reason : "cannot be read");
    } else if ((code = check_settings(cli, path, &config)) == CLI_OK) {
        struct source source = {
            .address = text_setting(cli, &config, "address"),
            .ca = text_setting(cli, &config, "ca"),
            .cert = text_setting(cli, &config, "cert"),
            .key = text_setting(cli, &config, "key"),
            .identity = text_setting(cli, &config, "identity"),
        };
        take(cli, &source);
        config_lookup_int(&config, "timeout", ret_timeout_s);
    }
    config_destroy(&config);
    return code;
}

int cli_settings_load(struct cli *cli)
{
    struct source flags = {cli_option(cli, "address"), cli_option(cli, "ca"),
                           cli_option(cli, "cert"), cli_option(cli, "key"),
                           cli_option(cli, "identity")};
    struct source variables = {environment("PLEDGE_ADDRESS"), environment("PLEDGE_CA"),
                               environment("PLEDGE_CERT"), environment("PLEDGE_KEY"),
                               environment("PLEDGE_IDENTITY")};
    if (flags.key && !flags.cert && !flags.identity) {
        return cli_usage(cli, "--key goes with --cert or --identity");
    }
    take(cli, &flags);
    take(cli, &variables);
    int timeout_s = PLEDGE_DEFAULT_TIMEOUT_MS / 1000;
    const char *path = config_path(cli);
    int code = path ? load_file(cli, path, &timeout_s) : CLI_OK;
    const char *given = cli_option(cli, "timeout");
    char *end = NULL;
    long seconds = given ? strtol(given, &end, 10) : timeout_s;
    if ((end && *end) || seconds < 1 || seconds > CLI_MAX_TIMEOUT_S) {
        return cli_usage(cli, "--timeout takes 1 to %d seconds", CLI_MAX_TIMEOUT_S);
    }
    cli->settings.timeout_s = (unsigned)seconds;
    return code;
}

char *cli_read_file(struct cli *cli, const char *path, size_t *ret_len)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    if (!file) {
        cli_fail(cli, "cannot read %s: %s", path, strerror(errno));
        return NULL;
    }
    char *bytes = malloc(CLI_MAX_FILE + 1);
    size_t len = bytes ? fread(bytes, 1, CLI_MAX_FILE + 1, file) : 0;
    int error = errno;
    bool failed = !bytes || ferror(file);
    if (!standard) {
        fclose(file);
    }
    char *copy = NULL;
    if (failed) {
        cli_fail(cli, "cannot read %s: %s", path, bytes ? strerror(error) : "out of memory");
    } else if (len > CLI_MAX_FILE) {
        cli_fail(cli, "%s is longer than %d MiB", path, CLI_MAX_FILE / 1024 / 1024);
    } else {
        copy = arena_strndup(&cli->arena, bytes, len);
        *ret_len = len;
    }
    free(bytes);
    return copy;
}

ProtobufCMessage *cli_read_message(struct cli *cli, const char *path,
                                   const ProtobufCMessageDescriptor *type, const char *what)
{
    size_t len;
    struct err err = {0};
    char *text = cli_read_file(cli, path, &len);
    if (!text) {
        return NULL;
    }
    json_t *json = msg_json_parse((const uint8_t *)text, len, &err);
    ProtobufCMessage *message = json ? msg_json_read(type, json, &cli->arena, &err) : NULL;
    json_decref(json);
    if (!message) {
        cli_fail(cli, "%s is not %s%s%s", path, what, *err.message ? ": " : "", err.message);
        for (size_t i = 0; i < err.violation_count; i++) {
            fprintf(cli->err, "  %s: %s\n", view_clean(cli, err.violations[i].field),
                    view_clean(cli, err.violations[i].description));
        }
        fprintf(cli->err, "See: pledge call --describe %s\n", type->name);
    }
    return message;
}
