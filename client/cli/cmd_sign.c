/* SPDX-License-Identifier: Apache-2.0 */
/* Signing a version, and what was signed. */
#include "client/cli/commands.h"
#include "client/cli/key_file.h"
#include "client/cli/text.h"
#include "client/cli/verify_file.h"
#include "common/base/time.h"
#include "common/msg/json.h"

#include "pledge/v1/pledge.pb-c.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static char *event_name(struct cli *cli)
{
    const char *event = cli_option(cli, "event");
    return event ? cli_name(cli, cli_argument(cli, 0), "signingEvents", event) : "";
}

/* --- signing -----------------------------------------------------------------------------------
 */

/* Asks for what is to be signed and holds the words against their hash, so that nobody signs
 * another hash than that of the words that the service has. */
static const Pledge__V1__PrepareSignatureResponse *prepare(struct cli *cli, char *parent,
                                                           Pledge__V1__Signature *signature)
{
    Pledge__V1__PrepareSignatureRequest request = PLEDGE__V1__PREPARE_SIGNATURE_REQUEST__INIT;
    char hash[VERIFY_HASH_TEXT];
    request.parent = parent;
    request.signature = signature;
    const Pledge__V1__PrepareSignatureResponse *ready =
        cli_call(cli, "SignUpService/PrepareSignature", &request);
    if (!ready) {
        return NULL;
    }
    verify_hash(ready->content.data, ready->content.len, hash);
    if (!ready->signature || strcmp(hash, ready->signature->content_hash) != 0) {
        cli_fail(cli, "the words that the service sent do not have the hash that it says; nothing "
                      "is signed");
        return NULL;
    }
    return ready;
}

/* Signs the text that this program makes itself of what is to be signed. */
static bool sign_with(struct cli *cli, const char *path, const char *parent,
                      const Pledge__V1__PrepareSignatureResponse *ready,
                      uint8_t made[SIGN_SIGNATURE_SIZE])
{
    struct key_file key;
    struct buf text = {0};
    char hash[VERIFY_HASH_TEXT];
    Pledge__V1__Signature named = *ready->signature;
    if (!key_file_load(cli, path, &key)) {
        return false;
    }
    verify_hash(key.public_key, sizeof(key.public_key), hash);
    bool same = strcmp(hash, named.key_fingerprint) == 0;
    named.name = cli_copy(cli, parent);
    bool good = same && sign_text(&text, &named) && text.len == strlen(ready->text) &&
                memcmp(buf_head(&text), ready->text, text.len) == 0 &&
                key_file_sign(&key, &text, made);
    buf_deinit(&text);
    key_file_deinit(&key);
    if (!good) {
        cli_fail(cli, same ? "the service wants another text signed than it should; nothing is "
                             "signed"
                           : "the key in the file is not the one that is registered");
    }
    return good;
}

int run_sign(struct cli *cli)
{
    Pledge__V1__Signature signature = PLEDGE__V1__SIGNATURE__INIT;
    Pledge__V1__SignRequest request = PLEDGE__V1__SIGN_REQUEST__INIT;
    const char *path = cli_option(cli, "with");
    const char *id = cli_option(cli, "signing-key");
    const char *at = cli_option(cli, "at");
    uint8_t made[SIGN_SIGNATURE_SIZE];
    char now[TIME_RFC3339_MAX];
    char *parent = cli_version_name(cli, cli_argument(cli, 0), cli_argument(cli, 1));
    if (!parent) {
        return CLI_USAGE;
    }
    if (!path != !id || (at && !path)) {
        return cli_usage(cli, "--with and --signing-key go together, and --at goes with them");
    }
    signature.event = event_name(cli);
    if (path) {
        time_rfc3339_format(time(NULL), 0, now);
        signature.signing_key = cli_name(cli, cli_argument(cli, 0), "signingKeys", id);
        signature.signed_at = cli_copy(cli, at ? at : now);
    }
    const Pledge__V1__PrepareSignatureResponse *ready = prepare(cli, parent, &signature);
    if (!ready || (path && !sign_with(cli, path, parent, ready, made))) {
        return CLI_FAILED;
    }
    signature.content_hash = ready->signature->content_hash;
    if (path) {
        signature.signature = (ProtobufCBinaryData){sizeof(made), made};
    }
    request.parent = parent;
    request.signature = &signature;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__SignResponse *reply = cli_call(cli, "SignUpService/Sign", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "%s %s as %s.\nThe hash of the words is\n  %s\n",
            request.validate_only ? "You could sign (dry run)" : "You have signed",
            cli_argument(cli, 1), view_clean(cli, reply->signature->signatory),
            signature.content_hash);
    return CLI_OK;
}

/* --- recording ---------------------------------------------------------------------------------
 */

/* The hash of the words as they are now. NULL with the error printed. */
static char *hash_now(struct cli *cli, char *parent)
{
    Pledge__V1__GetVersionContentRequest request = PLEDGE__V1__GET_VERSION_CONTENT_REQUEST__INIT;
    request.name = parent;
    const Pledge__V1__GetVersionContentResponse *reply =
        cli_call(cli, "PledgeService/GetVersionContent", &request);
    return reply ? reply->content_hash : NULL;
}

static int tell_recorded(struct cli *cli, const void *reply, const Pledge__V1__Signature *signature)
{
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "Signature %s %s.\n", text_last_segment(signature->name),
            cli_flag(cli, "dry-run") ? "could be recorded (dry run)" : "is recorded");
    return CLI_OK;
}

int run_signature_paper(struct cli *cli)
{
    Pledge__V1__Signature signature = PLEDGE__V1__SIGNATURE__INIT;
    Pledge__V1__RecordPaperSignatureRequest request =
        PLEDGE__V1__RECORD_PAPER_SIGNATURE_REQUEST__INIT;
    const char *role = cli_option(cli, "role");
    int value = 0;
    request.parent = cli_version_name(cli, cli_argument(cli, 0), cli_argument(cli, 1));
    if (!request.parent) {
        return CLI_USAGE;
    }
    if (role && !cli_enum(&pledge__v1__role__descriptor, "ROLE_", role, &value)) {
        return cli_usage(cli, "--role is one that the help names, not \"%s\"", role);
    }
    signature.role = (Pledge__V1__Role)value;
    signature.signatory = cli_copy(cli, cli_argument(cli, 2));
    signature.signed_at = cli_option_text(cli, "on");
    signature.kept_at = cli_option_text(cli, "kept-at");
    signature.event = event_name(cli);
    signature.content_hash = hash_now(cli, request.parent);
    if (!signature.content_hash) {
        return CLI_FAILED;
    }
    request.signature = &signature;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__RecordPaperSignatureResponse *reply =
        cli_call(cli, "SignUpService/RecordPaperSignature", &request);
    return tell_recorded(cli, reply, reply ? reply->signature : NULL);
}

int run_signature_young(struct cli *cli)
{
    Pledge__V1__Signature signature = PLEDGE__V1__SIGNATURE__INIT;
    Pledge__V1__RecordYoungPersonsSignatureRequest request =
        PLEDGE__V1__RECORD_YOUNG_PERSONS_SIGNATURE_REQUEST__INIT;
    const char *name = cli_option(cli, "first-name");
    const char *sign = cli_option(cli, "sign");
    bool none = cli_flag(cli, "no-mark");
    if ((name != NULL) + (sign != NULL) + none != 1) {
        return cli_usage(cli, "say one of --first-name, --sign and --no-mark");
    }
    request.parent = cli_version_name(cli, cli_argument(cli, 0), cli_argument(cli, 1));
    if (!request.parent) {
        return CLI_USAGE;
    }
    signature.mark_kind = name   ? PLEDGE__V1__MARK_KIND__MARK_KIND_FIRST_NAME
                          : sign ? PLEDGE__V1__MARK_KIND__MARK_KIND_SIGN
                                 : PLEDGE__V1__MARK_KIND__MARK_KIND_NONE;
    signature.mark = cli_copy(cli, name ? name : sign ? sign : "");
    signature.signed_at = cli_option_text(cli, "on");
    signature.event = event_name(cli);
    signature.content_hash = hash_now(cli, request.parent);
    if (!signature.content_hash) {
        return CLI_FAILED;
    }
    request.signature = &signature;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__RecordYoungPersonsSignatureResponse *reply =
        cli_call(cli, "SignUpService/RecordYoungPersonsSignature", &request);
    return tell_recorded(cli, reply, reply ? reply->signature : NULL);
}

int run_signature_withdraw(struct cli *cli)
{
    Pledge__V1__WithdrawSignatureRequest request = PLEDGE__V1__WITHDRAW_SIGNATURE_REQUEST__INIT;
    char *version = cli_version_name(cli, cli_argument(cli, 0), cli_argument(cli, 1));
    if (!version) {
        return CLI_USAGE;
    }
    request.name =
        cli_printf(cli, "%s/signatures/%s", version, text_last_segment(cli_argument(cli, 2)));
    request.withdrawn_on = cli_option_text(cli, "on");
    request.reason = cli_option_text(cli, "reason");
    request.validate_only = cli_flag(cli, "dry-run");
    const void *reply = cli_call(cli, "SignUpService/WithdrawSignature", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "The signature %s.\n",
            request.validate_only ? "could be withdrawn (dry run)" : "is withdrawn");
    return CLI_OK;
}

/* --- reading -----------------------------------------------------------------------------------
 */

static const struct view_column signature_columns[] = {
    {"signatory", "signatory", TABLE_WRAP},   {"signed", "signed_at", VIEW_DATE}, {"by", "kind", 0},
    {"withdrawn", "withdrawn_on", VIEW_DATE}, {"signature", "name", VIEW_ID},     {0},
};

static const struct view_column young_columns[] = {
    {"mark", "mark", TABLE_WRAP},       {"", "mark_kind", 0},
    {"signed", "signed_at", VIEW_DATE}, {"withdrawn", "withdrawn_on", VIEW_DATE},
    {"signature", "name", VIEW_ID},     {0},
};

/* Keeps what a page says of young people, and its signatures. */
struct pages {
    struct cli_list list;
    int32_t young_people;
    bool suppressed;
};

static bool take_page(struct cli *cli, const void *page, void *data)
{
    const Pledge__V1__ListSignaturesResponse *answer = page;
    struct pages *pages = data;
    void **wider =
        arena_calloc(&cli->arena, pages->list.count + answer->n_signatures + 1, sizeof(*wider));
    if (!wider) {
        cli_fail(cli, "out of memory");
        return false;
    }
    memcpy(wider, pages->list.items, pages->list.count * sizeof(*wider));
    for (size_t i = 0; i < answer->n_signatures; i++) {
        Pledge__V1__Signature *signature = answer->signatures[i];
        if (strlen(signature->signed_at) > TIME_DATE_LEN) {
            signature->signed_at[TIME_DATE_LEN] = '\0';
        }
        if (signature->earlier_wording) {
            signature->signatory = cli_printf(cli, "%s (earlier wording)", signature->signatory);
        }
        wider[pages->list.count++] = signature;
    }
    pages->list.items = wider;
    pages->young_people = answer->young_people;
    pages->suppressed = answer->young_people_suppressed;
    return true;
}

static const struct view_column signature_card[] = {
    {"signature", "name", VIEW_ID},
    {"signatory", "signatory", VIEW_OPTIONAL},
    {"role", "role", VIEW_OPTIONAL},
    {"of", "owner", VIEW_OPTIONAL},
    {"by", "kind", 0},
    {"signed", "signed_at", 0},
    {"at", "event", VIEW_ID | VIEW_OPTIONAL},
    {"the wording", "content_hash", 0},
    {"earlier wording", "earlier_wording", VIEW_OPTIONAL},
    {"key", "key_fingerprint", VIEW_OPTIONAL},
    {"kept", "kept_at", VIEW_OPTIONAL},
    {"recorded by", "recorded_by", VIEW_ID | VIEW_OPTIONAL},
    {"attested", "attested_at", 0},
    {"withdrawn", "withdrawn_on", VIEW_DATE | VIEW_OPTIONAL},
    {"because", "withdraw_reason", VIEW_OPTIONAL},
    {0},
};

int run_signature_show(struct cli *cli)
{
    Pledge__V1__GetSignatureRequest request = PLEDGE__V1__GET_SIGNATURE_REQUEST__INIT;
    const char *version = cli_version_name(cli, cli_argument(cli, 0), cli_argument(cli, 1));
    if (!version) {
        return CLI_USAGE;
    }
    request.name = cli_printf(cli, "%s/signatures/%s", version, cli_argument(cli, 2));
    cli->hint = cli_printf(cli, "See: pledge signature list %s %s", cli_argument(cli, 0),
                           cli_argument(cli, 1));
    const Pledge__V1__GetSignatureResponse *reply =
        cli_call(cli, "SignUpService/GetSignature", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    view_card(cli, reply->signature, signature_card);
    return CLI_OK;
}

int run_signature_list(struct cli *cli)
{
    Pledge__V1__ListSignaturesRequest request = PLEDGE__V1__LIST_SIGNATURES_REQUEST__INIT;
    struct pages pages = {0};
    request.parent = cli_version_name(cli, cli_argument(cli, 0), cli_argument(cli, 1));
    if (!request.parent) {
        return CLI_USAGE;
    }
    if (cli->json) {
        return view_list(cli, "SignUpService/ListSignatures", &request, signature_columns, "");
    }
    static void *none[1];
    pages.list.items = none;
    if (!cli_pages(cli, "SignUpService/ListSignatures", &request, take_page, &pages)) {
        return CLI_FAILED;
    }
    if (pages.list.count > 0) {
        view_table(cli, &pages.list, signature_columns);
    } else {
        fputs("No member has signed it yet.\n", cli->out);
    }
    if (pages.suppressed) {
        fputs("Young people signed, too: fewer than 6.\n", cli->out);
    } else if (pages.young_people > 0) {
        fprintf(cli->out, "%d young %s signed, too.\n", (int)pages.young_people,
                pages.young_people == 1 ? "person" : "people");
    }
    return CLI_OK;
}

int run_signature_young_list(struct cli *cli)
{
    Pledge__V1__ListYoungPeoplesSignaturesRequest request =
        PLEDGE__V1__LIST_YOUNG_PEOPLES_SIGNATURES_REQUEST__INIT;
    request.parent = cli_version_name(cli, cli_argument(cli, 0), cli_argument(cli, 1));
    return request.parent ? view_list(cli, "SignUpService/ListYoungPeoplesSignatures", &request,
                                      young_columns, "No young person has signed it yet.")
                          : CLI_USAGE;
}

int run_signature_export(struct cli *cli)
{
    Pledge__V1__ExportSignedVersionRequest request =
        PLEDGE__V1__EXPORT_SIGNED_VERSION_REQUEST__INIT;
    request.name = cli_version_name(cli, cli_argument(cli, 0), cli_argument(cli, 1));
    if (!request.name) {
        return CLI_USAGE;
    }
    request.include_young_people = cli_flag(cli, "with-young-people");
    const Pledge__V1__ExportSignedVersionResponse *reply =
        cli_call(cli, "SignUpService/ExportSignedVersion", &request);
    if (!reply) {
        return CLI_FAILED;
    }
    const Pledge__V1__SignedVersion *version = reply->signed_version;
    json_t *json = msg_json_write(&version->base, MSG_JSON_DEFAULTS, NULL);
    char *text = json ? json_dumps(json, JSON_INDENT(2)) : NULL;
    bool good = text && fprintf(cli->out, "%s\n", text) > 0 && fflush(cli->out) == 0;
    free(text);
    json_decref(json);
    if (!good) {
        return cli_fail(cli, "the file cannot be written");
    }
    fprintf(cli->err, "%d %s exported.\n", (int)version->signature_count,
            version->signature_count == 1 ? "signature" : "signatures");
    if (version->young_people_included) {
        fputs("It has first names or signs of young people: give it to nobody who does not need "
              "them.\n",
              cli->err);
    } else if (version->young_people > 0 || version->young_people_suppressed) {
        fputs("How young people signed is left out; it has their number only.\n", cli->err);
    }
    return CLI_OK;
}

static const struct view_column service_key_columns[] = {
    {"fingerprint", "fingerprint", 0},
    {"first used", "first_use_time", VIEW_DATE},
    {0},
};

int run_signature_service_keys(struct cli *cli)
{
    Pledge__V1__ListServiceKeysRequest request = PLEDGE__V1__LIST_SERVICE_KEYS_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    const Pledge__V1__ListServiceKeysResponse *reply =
        cli_call(cli, "SignUpService/ListServiceKeys", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    struct cli_list list = {.items = (void **)reply->service_keys, .count = reply->n_service_keys};
    if (list.count > 0) {
        view_table(cli, &list, service_key_columns);
    }
    if (*reply->current_fingerprint) {
        fprintf(cli->out, "Now in use:\n  %s\n", view_clean(cli, reply->current_fingerprint));
    } else {
        fputs("The service has no key: its host has set no secret_key.\n", cli->out);
    }
    return CLI_OK;
}
