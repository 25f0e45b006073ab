/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/cli.h"
#include "client/cli/state.h"
#include "client/cli/text.h"
#include "common/msg/json.h"
#include "proto/schema.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ITEMS = 64, MAX_PAGES = 10000 };

const ProtobufCMethodDescriptor *cli_method(const char *method)
{
    const char *slash = strchr(method, '/');
    for (size_t i = 0; slash && schema_services[i]; i++) {
        const ProtobufCServiceDescriptor *service = schema_services[i];
        if (strlen(service->short_name) == (size_t)(slash - method) &&
            strncmp(service->short_name, method, (size_t)(slash - method)) == 0) {
            return protobuf_c_service_descriptor_get_method_by_name(service, slash + 1);
        }
    }
    return NULL;
}

enum { CERTIFICATE_WARN_DAYS = 30 };

/* The service tells programs by a header; people read this. */
static void warn_of_end(struct cli *cli)
{
    FILE *file = cli->settings.cert ? fopen(cli->settings.cert, "re") : NULL;
    X509 *certificate = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
    int days;
    int seconds;
    if (certificate &&
        ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate)) == 1 &&
        days <= CERTIFICATE_WARN_DAYS) {
        if (days < 0 || seconds < 0) {
            fprintf(cli->err, "Your certificate has ended: %s\n", cli->settings.cert);
        } else {
            fprintf(cli->err, "Your certificate ends in %d days; ask for a new one: %s\n", days,
                    cli->settings.cert);
        }
    }
    X509_free(certificate);
    if (file) {
        fclose(file);
    }
}

bool cli_connect(struct cli *cli)
{
    if (cli->channel) {
        return true;
    }
    if (!cli->settings.address) {
        cli_fail(cli, "where is the service? Say --address HOST:PORT, set PLEDGE_ADDRESS, or put\n"
                      "  address = \"HOST:PORT\";\ninto ~/.config/pledge/config");
        return false;
    }
    struct state state = {"", "", ""};
    if (!cli->settings.cert && !cli->signed_out && !state_load(cli, &state)) {
        return false;
    }
    cli->session_of = *state.session_token ? state.authority : NULL;
    struct pledge_channel_options options = {
        .session_token = cli->session_of ? state.session_token : NULL,
        .address = cli->settings.address,
        .ca_file = cli->settings.ca,
        .cert_file = cli->settings.cert,
        .key_file = cli->settings.key,
        .user_agent = "pledge/" PLEDGE_VERSION,
    };
    struct pledge_status status;
    cli->channel = pledge_channel_new(&options, &status);
    if (!cli->channel) {
        cli_fail(cli, "%s", status.message);
        return false;
    }
    warn_of_end(cli);
    return true;
}

static void *field_at(void *message, const char *name)
{
    ProtobufCMessage *base = message;
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(base->descriptor, name);
    return field ? (char *)message + field->offset : NULL;
}

/* An answer that is one resource must have it: the commands read its fields. */
static void require_resource(struct pledge_reply *reply)
{
    const ProtobufCFieldDescriptor *first =
        reply->message && reply->message->descriptor->n_fields == 1
            ? &reply->message->descriptor->fields[0]
            : NULL;
    if (first && first->type == PROTOBUF_C_TYPE_MESSAGE &&
        first->label != PROTOBUF_C_LABEL_REPEATED &&
        !*(void *const *)((const char *)reply->message + first->offset)) {
        reply->message = NULL;
        reply->status.code = PLEDGE_INTERNAL;
        snprintf(reply->status.message, sizeof(reply->status.message),
                 "the service answered without the %s that was asked for", first->name);
    }
}

const struct pledge_reply *cli_try(struct cli *cli, const char *method, void *request)
{
    const ProtobufCMethodDescriptor *descriptor = cli_method(method);
    struct cli_reply *kept = calloc(1, sizeof(*kept));
    char path[128];
    if (!kept || !descriptor || !cli_connect(cli)) {
        free(kept);
        return NULL;
    }
    kept->next = cli->replies;
    cli->replies = kept;
    char **request_id = field_at(request, "request_id");
    char uuid[PLEDGE_REQUEST_ID_SIZE];
    if (request_id && !**request_id && pledge_request_id(uuid)) {
        *request_id = uuid;
    }
    struct pledge_call_options options = {
        .timeout_ms = cli->settings.timeout_s * 1000,
        .idempotent = !cli->once && (!request_id || **request_id),
    };
    snprintf(path, sizeof(path), "/pledge.v1.%s", method);
    pledge_call(cli->channel, path, request, descriptor->output, &options, &kept->reply);
    require_resource(&kept->reply);
    if (request_id && *request_id == uuid) {
        *request_id = (char *)protobuf_c_empty_string;
    }
    return &kept->reply;
}

const void *cli_call(struct cli *cli, const char *method, void *request)
{
    const struct pledge_reply *reply = cli_try(cli, method, request);
    if (reply && !reply->message) {
        cli_explain(cli, reply);
    }
    return reply ? reply->message : NULL;
}

/* A session that the service does not know any more is not kept; the device still is. */
static void forget_session(struct cli *cli)
{
    struct state state;
    if (state_load(cli, &state)) {
        state.session_token = "";
        state_save(cli, &state);
    }
}

/* What to do about it when nobody is signed in, or not any more. */
static const char *sign_in_advice(struct cli *cli)
{
    if (cli->signed_out || cli->proves) {
        return NULL;
    }
    if (cli->session_of) {
        forget_session(cli);
        return cli_printf(cli, "Sign in again: pledge login%s%s", *cli->session_of ? " " : "",
                          view_clean(cli, cli->session_of));
    }
    return cli->settings.cert
               ? "Use a certificate that the service knows: --identity PREFIX, or --cert and --key."
               : "Sign in: pledge login AUTHORITY. Programs use a certificate: --identity PREFIX.";
}

static const char *advice(struct cli *cli, enum pledge_code code)
{
    switch (code) {
    case PLEDGE_UNAVAILABLE:
        return "Is the service running, and are --address and --ca right? Then try again.";
    case PLEDGE_UNAUTHENTICATED:
        return sign_in_advice(cli);
    case PLEDGE_PERMISSION_DENIED:
        return "Your places and roles: pledge whoami";
    case PLEDGE_NOT_FOUND:
        return cli->hint;
    case PLEDGE_ABORTED:
        return "Somebody changed it meanwhile. Look at it again, then repeat the command.";
    case PLEDGE_DEADLINE_EXCEEDED:
        return "It may still have been done: look before you repeat it. More time: --timeout "
               "SECONDS";
    default:
        return NULL;
    }
}

int cli_explain(struct cli *cli, const struct pledge_reply *reply)
{
    const char *message = view_clean(cli, reply->status.message);
    cli_fail(cli, "%s", *message ? message : pledge_code_name(reply->status.code));
    bool said = reply->violation_count == 1 &&
                strstr(reply->status.message, reply->violations[0].description);
    for (size_t i = 0; !said && i < reply->violation_count; i++) {
        const struct pledge_violation *violation = &reply->violations[i];
        fprintf(cli->err, "  %s: %s%s%s\n", view_clean(cli, violation->field),
                view_clean(cli, violation->description), *violation->reason ? "  " : "",
                view_clean(cli, violation->reason));
    }
    const char *next = advice(cli, reply->status.code);
    if (next) {
        fprintf(cli->err, "%s\n", next);
    }
    return CLI_FAILED;
}

static bool add_items(struct cli *cli, struct cli_list *list, void **items, size_t count)
{
    if (list->count + count > list->cap) {
        size_t cap = (list->count + count) * 2 + FIRST_ITEMS;
        void **wider = arena_calloc(&cli->arena, cap, sizeof(*wider));
        if (!wider) {
            return false;
        }
        if (list->count > 0) {
            memcpy(wider, list->items, list->count * sizeof(*wider));
        }
        list->items = wider;
        list->cap = cap;
    }
    if (count > 0) {
        memcpy(list->items + list->count, items, count * sizeof(*items));
    }
    list->count += count;
    return true;
}

/* Joins a page to the JSON of the pages before it. */
static void add_json(struct cli_list *list, const ProtobufCMessage *page)
{
    json_t *json = msg_json_write(page, 0, NULL);
    const char *key;
    json_t *value;
    json_object_del(json, "nextPageToken");
    if (!list->json) {
        list->json = json;
        return;
    }
    json_object_foreach(json, key, value)
    {
        json_t *before = json_object_get(list->json, key);
        if (json_is_array(before)) {
            json_array_extend(before, value);
        } else {
            json_object_set(list->json, key, value);
        }
    }
    json_decref(json);
}

char *cli_request_id(struct cli *cli, const char *head, const void *bytes, size_t len)
{
    unsigned char d[SHA256_DIGEST_LENGTH];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) &&
              EVP_DigestUpdate(context, head, strlen(head)) &&
              EVP_DigestUpdate(context, bytes, len) && EVP_DigestFinal_ex(context, d, NULL);
    EVP_MD_CTX_free(context);
    if (!ok) {
        return NULL;
    }
    d[6] = (unsigned char)((d[6] & 0x0f) | 0x80);
    d[8] = (unsigned char)((d[8] & 0x3f) | 0x80);
    return cli_printf(cli,
                      "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
                      "%02x%02x%02x%02x%02x%02x",
                      d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7], d[8], d[9], d[10], d[11],
                      d[12], d[13], d[14], d[15]);
}

void cli_forget(struct cli *cli)
{
    for (struct cli_reply *reply = cli->replies, *next; reply; reply = next) {
        next = reply->next;
        pledge_reply_deinit(&reply->reply);
        free(reply);
    }
    cli->replies = NULL;
}

void **cli_page_items(const void *page, size_t *ret_count)
{
    const ProtobufCMessageDescriptor *type = ((const ProtobufCMessage *)page)->descriptor;
    *ret_count = 0;
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            *ret_count = *(const size_t *)((const char *)page + field->quantifier_offset);
            return *(void **const *)((const char *)page + field->offset);
        }
    }
    return NULL;
}

bool cli_pages(struct cli *cli, const char *method, void *request,
               bool (*take)(struct cli *cli, const void *page, void *data), void *data)
{
    char **token = field_at(request, "page_token");
    *(int32_t *)field_at(request, "page_size") = CLI_PAGE_SIZE;
    for (;;) {
        const void *page = cli_call(cli, method, request);
        /* copied, as taking a page may free it */
        char *next =
            page ? cli_copy(cli, *(char **)field_at((void *)page, "next_page_token")) : NULL;
        if (!page || !take(cli, page, data)) {
            return false;
        }
        if (!*next) {
            return true;
        }
        *token = next;
    }
}

struct adding {
    struct cli_list *list;
    unsigned pages;
};

static bool add_page(struct cli *cli, const void *page, void *data)
{
    struct adding *adding = data;
    size_t count;
    void **items = cli_page_items(page, &count);
    if (adding->pages++ == MAX_PAGES) {
        cli_fail(cli, "the list does not end");
        return false;
    }
    if (cli->json) {
        add_json(adding->list, page);
    }
    return add_items(cli, adding->list, items, count);
}

bool cli_list(struct cli *cli, const char *method, void *request, struct cli_list *ret_list)
{
    struct adding adding = {.list = ret_list};
    *ret_list = (struct cli_list){0};
    bool good = cli_pages(cli, method, request, add_page, &adding);
    if (!good) {
        json_decref(ret_list->json);
    }
    return good;
}

int cli_print_json_value(struct cli *cli, json_t *json)
{
    if (!json) {
        return cli_fail(cli, "out of memory");
    }
    char *text = json_dumps(json, JSON_INDENT(2) | JSON_ENCODE_ANY);
    json_decref(json);
    if (!text) {
        return cli_fail(cli, "out of memory");
    }
    text_print_json(cli->out, text);
    fputc('\n', cli->out);
    free(text);
    return CLI_OK;
}

int cli_print_json(struct cli *cli, const void *message)
{
    return cli_print_json_value(cli, msg_json_write(message, 0, NULL));
}
