/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/commands.h"

#include "pledge/v1/identity_provider.pb-c.h"

#include <string.h>

static const struct view_column provider_card[] = {
    {"council", "authority", VIEW_ID},
    {"issuer", "issuer", 0},
    {"client", "client_id", 0},
    {"user name in", "user_claim", 0},
    {"scope", "scope", VIEW_OPTIONAL},
    {"set up", "create_time", 0},
    {"changed", "update_time", 0},
    {"etag", "etag", 0},
    {0},
};

static const struct view_column key_columns[] = {
    {"key", "key_id", TABLE_WRAP},
    {"type", "type", 0},
    {"for", "algorithm", 0},
    {"usable", "usable", 0},
    {0},
};

static int show(struct cli *cli, Pledge__V1__IdentityProvider *provider)
{
    if (!*provider->user_claim) {
        provider->user_claim = cli_copy(cli, "preferred_username");
    }
    view_card(cli, provider, provider_card);
    for (size_t i = 0; i < provider->n_required_claims; i++) {
        const Pledge__V1__RequiredClaim *required = provider->required_claims[i];
        fprintf(cli->out, "%s  %s = %s\n", i == 0 ? "requires" : "        ",
                view_clean(cli, required->claim), view_clean(cli, required->value));
    }
    return CLI_OK;
}

int run_provider_show(struct cli *cli)
{
    Pledge__V1__GetIdentityProviderRequest request =
        PLEDGE__V1__GET_IDENTITY_PROVIDER_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    cli->hint = "Without one, people sign in with a password. Register one: pledge provider set";
    const Pledge__V1__GetIdentityProviderResponse *reply =
        cli_call(cli, "IdentityProviderService/GetIdentityProvider", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    return show(cli, reply->identity_provider);
}

/* Every --require CLAIM=VALUE. False with the mistake printed. */
static bool take_claims(struct cli *cli, Pledge__V1__IdentityProvider *provider)
{
    Pledge__V1__RequiredClaim **claims =
        arena_calloc(&cli->arena, cli->given_count + 1, sizeof(*claims));
    for (size_t i = 0; claims && i < cli->given_count; i++) {
        const char *equals = cli->given[i].value ? strchr(cli->given[i].value, '=') : NULL;
        if (strcmp(cli->given[i].name, "require") != 0) {
            continue;
        }
        if (!equals || equals == cli->given[i].value) {
            cli_usage(cli, "--require takes CLAIM=VALUE, not \"%s\"", cli->given[i].value);
            return false;
        }
        Pledge__V1__RequiredClaim *claim = arena_alloc(&cli->arena, sizeof(*claim));
        if (!claim) {
            break;
        }
        pledge__v1__required_claim__init(claim);
        claim->claim =
            cli_printf(cli, "%.*s", (int)(equals - cli->given[i].value), cli->given[i].value);
        claim->value = cli_copy(cli, equals + 1);
        claims[provider->n_required_claims++] = claim;
    }
    provider->required_claims = claims;
    return true;
}

int run_provider_set(struct cli *cli)
{
    Pledge__V1__IdentityProvider provider = PLEDGE__V1__IDENTITY_PROVIDER__INIT;
    Pledge__V1__SetIdentityProviderRequest request =
        PLEDGE__V1__SET_IDENTITY_PROVIDER_REQUEST__INIT;
    if (!cli_option(cli, "issuer") || !cli_option(cli, "client-id")) {
        return cli_usage(cli, "--%s is missing",
                         cli_option(cli, "issuer") ? "client-id" : "issuer");
    }
    provider.issuer = cli_option_text(cli, "issuer");
    provider.client_id = cli_option_text(cli, "client-id");
    provider.user_claim = cli_option_text(cli, "user-claim");
    provider.scope = cli_option_text(cli, "scope");
    if (!take_claims(cli, &provider)) {
        return CLI_USAGE;
    }
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.identity_provider = &provider;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__SetIdentityProviderResponse *reply =
        cli_call(cli, "IdentityProviderService/SetIdentityProvider", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "%s%s: people %s in by %s.\n", cli_argument(cli, 0),
            request.validate_only ? " (dry run)" : "",
            request.validate_only ? "would sign" : "sign", provider.issuer);
    if (!request.validate_only) {
        fprintf(cli->out, "Try it: pledge provider check %s\n", cli_argument(cli, 0));
    }
    return CLI_OK;
}

int run_provider_remove(struct cli *cli)
{
    Pledge__V1__RemoveIdentityProviderRequest request =
        PLEDGE__V1__REMOVE_IDENTITY_PROVIDER_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.validate_only = cli_flag(cli, "dry-run");
    const void *reply = cli_call(cli, "IdentityProviderService/RemoveIdentityProvider", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "%s\n",
            request.validate_only
                ? "The identity provider would be removed (dry run)."
                : "The identity provider is removed, and the sessions begun by it have ended.");
    return CLI_OK;
}

int run_provider_check(struct cli *cli)
{
    Pledge__V1__CheckIdentityProviderRequest request =
        PLEDGE__V1__CHECK_IDENTITY_PROVIDER_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    const Pledge__V1__CheckIdentityProviderResponse *reply =
        cli_call(cli, "IdentityProviderService/CheckIdentityProvider", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    struct cli_list list = {.items = (void **)reply->keys, .count = reply->n_keys};
    size_t usable = 0;
    for (size_t i = 0; i < reply->n_keys; i++) {
        usable += reply->keys[i]->usable;
    }
    view_table(cli, &list, key_columns);
    fprintf(cli->out, "\nThe service reaches the provider; %zu of %zu keys can be used.\n", usable,
            reply->n_keys);
    fprintf(cli->out, "%s\n",
            reply->device_grant
                ? "The command line can sign in by it (device authorization grant)."
                : "The command line cannot sign in by it: no device authorization grant.");
    return CLI_OK;
}
