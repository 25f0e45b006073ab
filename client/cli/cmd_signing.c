/* SPDX-License-Identifier: Apache-2.0 */
/* Signing events, and keys to sign with. */
#include "client/cli/commands.h"
#include "client/cli/key_file.h"
#include "client/cli/verify_file.h"

#include <string.h>

static const struct view_column event_columns[] = {
    {"event", "name", VIEW_ID},           {"held", "held_on", VIEW_DATE},
    {"version", "version", VIEW_VERSION}, {"title", "title", TABLE_WRAP},
    {"place", "place", TABLE_WRAP},       {0},
};

static const struct view_column key_columns[] = {
    {"key", "name", VIEW_ID},
    {"of", "member", VIEW_ID | TABLE_CUT},
    {"registered", "create_time", VIEW_DATE},
    {"revoked", "revoke_time", VIEW_DATE},
    {"why", "revoke_reason", TABLE_WRAP},
    {"", "fingerprint", TABLE_NOTE},
    {0},
};

int run_signing_list(struct cli *cli)
{
    Pledge__V1__ListSigningEventsRequest request = PLEDGE__V1__LIST_SIGNING_EVENTS_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    return view_list(cli, "SignUpService/ListSigningEvents", &request, event_columns,
                     "No signing event yet.");
}

static const struct view_column event_card[] = {
    {"event", "name", VIEW_ID},
    {"held", "held_on", VIEW_DATE},
    {"version", "version", VIEW_VERSION},
    {"title", "title", 0},
    {"place", "place", VIEW_OPTIONAL},
    {"launch event", "launch_event", VIEW_ID | VIEW_OPTIONAL},
    {0},
};

int run_signing_show(struct cli *cli)
{
    Pledge__V1__GetSigningEventRequest request = PLEDGE__V1__GET_SIGNING_EVENT_REQUEST__INIT;
    request.name = cli_name(cli, cli_argument(cli, 0), "signingEvents", cli_argument(cli, 1));
    cli->hint = cli_printf(cli, "See: pledge signing list %s", cli_argument(cli, 0));
    const Pledge__V1__GetSigningEventResponse *reply =
        cli_call(cli, "SignUpService/GetSigningEvent", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    view_card(cli, reply->signing_event, event_card);
    return CLI_OK;
}

int run_signing_add(struct cli *cli)
{
    Pledge__V1__SigningEvent event = PLEDGE__V1__SIGNING_EVENT__INIT;
    Pledge__V1__CreateSigningEventRequest request = PLEDGE__V1__CREATE_SIGNING_EVENT_REQUEST__INIT;
    const char *authority = cli_argument(cli, 0);
    const char *launch = cli_option(cli, "launch");
    event.version = cli_version_name(cli, authority, cli_option_text(cli, "version"));
    if (!event.version) {
        return CLI_USAGE;
    }
    event.title = cli_option_text(cli, "title");
    event.place = cli_option_text(cli, "place");
    event.held_on = cli_option_text(cli, "on");
    event.launch_event = launch ? cli_name(cli, authority, "launchEvents", launch) : "";
    request.parent = cli_authority(cli, authority);
    request.signing_event_id = cli_copy(cli, cli_argument(cli, 1));
    request.signing_event = &event;
    request.validate_only = cli_flag(cli, "dry-run");
    const void *reply = cli_call(cli, "SignUpService/CreateSigningEvent", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "Event %s %s.\n", request.signing_event_id,
            request.validate_only ? "could be added (dry run)" : "is added");
    return CLI_OK;
}

static void print_fingerprint(struct cli *cli, const struct key_file *key)
{
    char hash[VERIFY_HASH_TEXT];
    verify_hash(key->public_key, sizeof(key->public_key), hash);
    fprintf(cli->out, "Its fingerprint is\n  %s\n", hash);
}

int run_signing_key_new(struct cli *cli)
{
    struct key_file key;
    const char *path = cli_argument(cli, 0);
    if (!key_file_new(cli, path, &key)) {
        return CLI_FAILED;
    }
    fprintf(cli->out, "A new key is in %s, which only you can read.\n", path);
    print_fingerprint(cli, &key);
    fprintf(cli->out, "Next: pledge signing-key register AUTHORITY KEY %s\n", path);
    key_file_deinit(&key);
    return CLI_OK;
}

int run_signing_key_register(struct cli *cli)
{
    Pledge__V1__SigningKey shown = PLEDGE__V1__SIGNING_KEY__INIT;
    Pledge__V1__RegisterSigningKeyRequest request = PLEDGE__V1__REGISTER_SIGNING_KEY_REQUEST__INIT;
    char authority[SIGN_PART_SIZE];
    uint8_t proof[SIGN_SIGNATURE_SIZE];
    struct key_file key;
    struct buf text = {0};
    if (!key_file_load(cli, cli_argument(cli, 2), &key)) {
        return CLI_FAILED;
    }
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.signing_key_id = cli_copy(cli, cli_argument(cli, 1));
    sign_name_part(request.parent, "authorities", authority);
    bool good = sign_key_text(&text, authority, request.signing_key_id, key.public_key,
                              sizeof(key.public_key)) &&
                key_file_sign(&key, &text, proof);
    buf_deinit(&text);
    if (!good) {
        key_file_deinit(&key);
        return cli_fail(cli, "the key cannot sign");
    }
    shown.public_key = (ProtobufCBinaryData){sizeof(key.public_key), key.public_key};
    request.signing_key = &shown;
    request.proof = (ProtobufCBinaryData){sizeof(proof), proof};
    request.validate_only = cli_flag(cli, "dry-run");
    const void *reply = cli_call(cli, "SignUpService/RegisterSigningKey", &request);
    int code = reply ? CLI_OK : CLI_FAILED;
    if (reply && cli->json) {
        code = cli_print_json(cli, reply);
    } else if (reply) {
        fprintf(cli->out, "Key %s %s.\n", request.signing_key_id,
                request.validate_only ? "could be registered (dry run)" : "is registered");
        print_fingerprint(cli, &key);
    }
    key_file_deinit(&key);
    return code;
}

int run_signing_key_list(struct cli *cli)
{
    Pledge__V1__ListSigningKeysRequest request = PLEDGE__V1__LIST_SIGNING_KEYS_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    return view_list(cli, "SignUpService/ListSigningKeys", &request, key_columns, "No key yet.");
}

int run_signing_key_revoke(struct cli *cli)
{
    Pledge__V1__RevokeSigningKeyRequest request = PLEDGE__V1__REVOKE_SIGNING_KEY_REQUEST__INIT;
    request.name = cli_name(cli, cli_argument(cli, 0), "signingKeys", cli_argument(cli, 1));
    request.reason = cli_option_text(cli, "reason");
    request.validate_only = cli_flag(cli, "dry-run");
    const void *reply = cli_call(cli, "SignUpService/RevokeSigningKey", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "Key %s %s.\n", cli_argument(cli, 1),
            request.validate_only ? "could be revoked (dry run)" : "signs no more");
    return CLI_OK;
}
