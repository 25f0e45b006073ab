/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/device.h"
#include "client/cli/terminal.h"
#include "client/cli/web.h"
#include "common/base/time.h"

#include <string.h>
#include <time.h>

#define GRANT "urn:ietf:params:oauth:grant-type:device_code"

enum {
    HTTP_OK = 200,
    DEFAULT_INTERVAL_S = 5,
    MAX_INTERVAL_S = 60,
    SLOWER_S = 5, /* RFC 8628, 3.5: after slow_down */
    DEFAULT_LAST_S = 300,
    MAX_LAST_S = 1800,
};

struct grant {
    const struct device_provider *provider;
    const char *device_url;
    const char *token_url;
    const char *device_code;
    unsigned interval_s;
    uint64_t end_ms;
};

static void give_up(struct cli *cli, const char *issuer, const char *why)
{
    cli_fail(cli, "the identity provider %s cannot be used: %s", view_clean(cli, issuer),
             view_clean(cli, why));
}

/* A copy of a text member, or NULL when it is not there. */
static char *text_of(struct cli *cli, const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text && *text ? cli_copy(cli, text) : NULL;
}

static char *https_of(struct cli *cli, const json_t *json, const char *name)
{
    char *url = text_of(cli, json, name);
    return url && strncmp(url, "https://", 8) == 0 ? url : NULL;
}

/* Learns the addresses from the provider's configuration. */
static bool discover(struct cli *cli, struct grant *grant)
{
    const char *issuer = grant->provider->issuer;
    const char *why = "";
    json_t *json;
    size_t len = strlen(issuer);
    len -= len > 0 && issuer[len - 1] == '/';
    const char *url = cli_printf(cli, "%.*s/.well-known/openid-configuration", (int)len, issuer);
    long status = web_ask(cli, grant->provider->ca_file, url, NULL, &json, &why);
    if (status != HTTP_OK) {
        give_up(cli, issuer, status ? cli_printf(cli, "HTTP status %ld", status) : why);
        json_decref(json);
        return false;
    }
    const char *named = text_of(cli, json, "issuer");
    grant->device_url = https_of(cli, json, "device_authorization_endpoint");
    grant->token_url = https_of(cli, json, "token_endpoint");
    json_decref(json);
    if (!named || strcmp(named, issuer) != 0) {
        give_up(cli, issuer, "it says that it is another");
        return false;
    }
    if (!grant->device_url || !grant->token_url) {
        give_up(cli, issuer, "it does not let command lines sign in (device authorization grant)");
        fprintf(cli->err, "With a password: pledge login --password\n");
        return false;
    }
    return true;
}

static unsigned seconds_of(const json_t *json, const char *name, unsigned fallback, unsigned most)
{
    const json_t *value = json_object_get(json, name);
    double seconds = json_is_number(value) ? json_number_value(value) : fallback;
    return seconds < 1 ? 1 : seconds > most ? most : (unsigned)seconds;
}

static void tell(struct cli *cli, const char *url, const char *whole_url, const char *code)
{
    fprintf(cli->err, "Sign in with a browser, on this or another device:\n\n  %s\n",
            view_clean(cli, url));
    fprintf(cli->err, "  and enter the code  %s%s%s\n", style_on(STYLE_BOLD, cli->colour),
            view_clean(cli, code), style_off(STYLE_BOLD, cli->colour));
    if (whole_url) {
        terminal_qr(cli, whole_url);
    }
    fprintf(cli->err, "Waiting until you have …\n");
    fflush(cli->err);
}

/* Asks for a code and tells it. */
static bool begin(struct cli *cli, struct grant *grant)
{
    const char *const fields[] = {"client_id", grant->provider->client_id, "scope",
                                  grant->provider->scope, NULL};
    const char *why = "";
    json_t *json;
    long status = web_ask(cli, grant->provider->ca_file, grant->device_url, fields, &json, &why);
    const char *error = text_of(cli, json, "error");
    grant->device_code = text_of(cli, json, "device_code");
    const char *code = text_of(cli, json, "user_code");
    const char *url = https_of(cli, json, "verification_uri");
    const char *whole_url = https_of(cli, json, "verification_uri_complete");
    grant->interval_s = seconds_of(json, "interval", DEFAULT_INTERVAL_S, MAX_INTERVAL_S);
    grant->end_ms = time_monotonic_ms() +
                    1000 * (uint64_t)seconds_of(json, "expires_in", DEFAULT_LAST_S, MAX_LAST_S);
    bool good = status == HTTP_OK && grant->device_code && code && url;
    if (good) {
        tell(cli, url, whole_url, code);
    } else {
        give_up(cli, grant->provider->issuer,
                error    ? error
                : status ? cli_printf(cli, "HTTP status %ld and no code", status)
                         : why);
    }
    json_decref(json);
    return good;
}

/* What an answer of the token endpoint means: NULL to go on waiting, else why not. */
static const char *verdict(struct cli *cli, struct grant *grant, const char *error)
{
    if (strcmp(error, "authorization_pending") == 0) {
        return NULL;
    }
    if (strcmp(error, "slow_down") == 0) {
        grant->interval_s += SLOWER_S;
        return NULL;
    }
    if (strcmp(error, "access_denied") == 0) {
        return "the sign-in was refused in the browser";
    }
    if (strcmp(error, "expired_token") == 0) {
        return "the code has expired; run the command again";
    }
    return cli_printf(cli, "the identity provider refuses the sign-in: %s", view_clean(cli, error));
}

/* Asks once. True when it is over, with the token or with the reason printed. */
static bool poll_once(struct cli *cli, struct grant *grant, char **ret_token)
{
    const char *const fields[] = {"grant_type",  GRANT,
                                  "device_code", grant->device_code,
                                  "client_id",   grant->provider->client_id,
                                  NULL};
    const char *why = "";
    json_t *json;
    long status = web_ask(cli, grant->provider->ca_file, grant->token_url, fields, &json, &why);
    if (status == 0) { /* RFC 8628, 3.5: no answer is tried again, less often */
        grant->interval_s *= 2;
        grant->interval_s = grant->interval_s > MAX_INTERVAL_S ? MAX_INTERVAL_S : grant->interval_s;
        return false;
    }
    const char *error = text_of(cli, json, "error");
    *ret_token = status == HTTP_OK ? text_of(cli, json, "id_token") : NULL;
    web_forget(json, "access_token");
    if (*ret_token) {
        return true;
    }
    const char *reason = error ? verdict(cli, grant, error)
                               : "the identity provider gave no ID token; is the scope openid?";
    if (reason) {
        cli_fail(cli, "%s", reason);
    }
    return reason != NULL;
}

char *device_sign_in(struct cli *cli, const struct device_provider *provider)
{
    struct grant grant = {.provider = provider};
    char *token = NULL;
    if (!discover(cli, &grant) || !begin(cli, &grant)) {
        return NULL;
    }
    while (time_monotonic_ms() < grant.end_ms) {
        struct timespec pause = {.tv_sec = grant.interval_s};
        nanosleep(&pause, NULL);
        if (poll_once(cli, &grant, &token)) {
            return token;
        }
    }
    cli_fail(cli, "nobody signed in before the code expired; run the command again");
    return NULL;
}
