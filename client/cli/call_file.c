/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/call.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

static const char format_name[] = "pledge.calls/1";

/* One entry of the file, ready to be sent. */
struct call {
    const char *method;
    const struct call_target *target;
    const struct call_request *requests; /* one for each time */
};

/* A method that was asked for already. */
struct learnt {
    struct learnt *next;
    const char *method;
    struct call_target target;
};

struct calls {
    struct cli *cli;
    struct dynamic_pool pool;
    struct learnt *learnt;
    unsigned char (*digests)[SHA256_DIGEST_LENGTH]; /* of what each entry says */
    struct call *calls;
    size_t count;
    size_t request_count;
};

static const struct call_target *find_target(struct calls *calls, const char *method)
{
    for (const struct learnt *known = calls->learnt; known; known = known->next) {
        if (strcmp(known->method, method) == 0) {
            return &known->target;
        }
    }
    struct learnt *found = arena_calloc(&calls->cli->arena, 1, sizeof(*found));
    if (!found) {
        cli_fail(calls->cli, "out of memory");
        return NULL;
    }
    found->method = method;
    if (call_resolve(calls->cli, &calls->pool, method, &found->target) != CLI_OK) {
        return NULL;
    }
    found->next = calls->learnt;
    calls->learnt = found;
    if (found->target.takes_many || found->target.gives_many) {
        cli_fail(calls->cli, "%s streams, which a file of calls cannot", method);
        return NULL;
    }
    return &found->target;
}

/* Made of an entry's digest and of which one it is of those that say the same. */
static json_t *request_id(struct cli *cli, const unsigned char *digest, size_t place)
{
    char *id = cli_request_id(cli, cli_printf(cli, "%zu:", place), digest, SHA256_DIGEST_LENGTH);
    return id ? json_string(id) : NULL;
}

/* Fills the digest of what an entry says. Returns how many requests before it say the same. */
static size_t same_before(struct calls *calls, const json_t *entries, size_t index)
{
    size_t same = 0;
    char *text = json_dumps(json_array_get(entries, index), JSON_COMPACT | JSON_SORT_KEYS);
    if (!text) {
        return 0;
    }
    EVP_Digest(text, strlen(text), calls->digests[index], NULL, EVP_sha256(), NULL);
    free(text);
    for (size_t i = 0; i < index; i++) {
        same += memcmp(calls->digests[i], calls->digests[index], SHA256_DIGEST_LENGTH) == 0;
    }
    return same;
}

/* Serializes the requests of an entry, each with an identifier where it has none. */
static bool pack_times(struct calls *calls, struct call *call, const json_t *given, size_t times,
                       size_t index, size_t before)
{
    const ProtobufCMessageDescriptor *type = call->target->input;
    bool names = protobuf_c_message_descriptor_get_field_by_name(type, "request_id") &&
                 !json_object_get(given, "requestId") && !json_object_get(given, "request_id");
    const struct call_request **link = &call->requests;
    for (size_t i = 0; i < times; i++) {
        json_t *request = given ? json_copy((json_t *)given) : json_object();
        if (names) {
            json_object_set_new(request, "requestId",
                                request_id(calls->cli, calls->digests[index], before * times + i));
        }
        struct call_request *packed = call_pack(calls->cli, request, type);
        json_decref(request);
        if (!packed) {
            return false;
        }
        *link = packed;
        link = (const struct call_request **)&packed->next;
    }
    calls->request_count += times;
    return true;
}

/* Reads one entry. False with what is wrong with it printed. */
static bool read_entry(struct calls *calls, const json_t *entries, size_t index)
{
    const json_t *entry = json_array_get(entries, index);
    const json_t *request = json_object_get(entry, "request");
    const json_t *times = json_object_get(entry, "times");
    const char *method = json_string_value(json_object_get(entry, "method"));
    const char *wrong = NULL;
    size_t known = (method != NULL) + (request != NULL) + (times != NULL);
    json_int_t count = times ? json_integer_value(times) : 1;
    if (!method) {
        wrong = "needs a method, SERVICE/METHOD";
    } else if (json_object_size(entry) != known) {
        wrong = "has method, request and times, and nothing else";
    } else if (request && !json_is_object(request)) {
        wrong = "has a request that is no object";
    } else if (count < 1 || count > CALLS_MAX_TIMES) {
        wrong = "is done 1 to 1000 times";
    }
    struct call *call = &calls->calls[index];
    if (wrong) {
        cli_fail(calls->cli, "calls[%zu] %s", index, wrong);
        return false;
    }
    call->method = cli_copy(calls->cli, method);
    call->target = find_target(calls, call->method);
    size_t before = same_before(calls, entries, index);
    if (!call->target || !pack_times(calls, call, request, (size_t)count, index, before)) {
        fprintf(calls->cli->err, "This is wrong at calls[%zu]; nothing was called.\n", index);
        return false;
    }
    return true;
}

static bool read_entries(struct calls *calls, const json_t *root, const char *path)
{
    const json_t *entries = json_object_get(root, "calls");
    const char *format = json_string_value(json_object_get(root, "format"));
    struct cli *cli = calls->cli;
    if (!format || strcmp(format, format_name) != 0 || !json_is_array(entries)) {
        cli_fail(cli, "%s must have the format \"%s\" and a list of calls", path, format_name);
        return false;
    }
    calls->count = json_array_size(entries);
    if (calls->count > CALLS_MAX) {
        cli_fail(cli, "%s has more than %d calls", path, CALLS_MAX);
        return false;
    }
    calls->calls = arena_calloc(&cli->arena, calls->count + 1, sizeof(*calls->calls));
    calls->digests = arena_calloc(&cli->arena, calls->count + 1, sizeof(*calls->digests));
    if (!calls->calls || !calls->digests || !dynamic_init(&calls->pool, &cli->arena)) {
        cli_fail(cli, "out of memory");
        return false;
    }
    for (size_t i = 0; i < calls->count; i++) {
        if (!read_entry(calls, entries, i)) {
            return false;
        }
    }
    return true;
}

/* False with the refusal printed. */
static bool send_call(struct cli *cli, const struct call *call)
{
    /* Nothing is known of the method: it is not sent twice. */
    struct pledge_call_options options = {.timeout_ms = cli->settings.timeout_s * 1000};
    for (const struct call_request *request = call->requests; request; request = request->next) {
        struct pledge_reply reply;
        bool ok = pledge_call_bytes(cli->channel, call->target->path, request->bytes, request->len,
                                    &options, &reply);
        if (!ok) {
            cli_explain(cli, &reply);
        }
        pledge_reply_deinit(&reply);
        if (!ok) {
            return false;
        }
    }
    return true;
}

int call_each(struct cli *cli, const char *path)
{
    struct calls calls = {.cli = cli};
    json_error_t error;
    size_t len;
    char *text = cli_read_file(cli, path, &len);
    if (!text) {
        return CLI_FAILED;
    }
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        return cli_fail(cli, "%s is no JSON: line %d, column %d: %s", path, error.line,
                        error.column, error.text);
    }
    bool good = read_entries(&calls, root, path);
    json_decref(root);
    if (!good) {
        return CLI_FAILED;
    }
    bool dry = cli_flag(cli, "dry-run");
    for (size_t i = 0; i < calls.count && !dry; i++) {
        if (!send_call(cli, &calls.calls[i])) {
            fprintf(cli->err,
                    "This happened at calls[%zu], %s. What was done before stays; mend the cause "
                    "and run the same command again.\n",
                    i, calls.calls[i].method);
            return CLI_FAILED;
        }
    }
    if (cli->json) {
        return cli_print_json_value(
            cli, json_pack("{s:I, s:b}", "calls", (json_int_t)calls.request_count, "done", !dry));
    }
    fprintf(cli->out, "%s: %zu call%s%s.\n", path, calls.request_count,
            calls.request_count == 1 ? "" : "s",
            dry                        ? " could be sent (dry run)"
            : calls.request_count == 1 ? " is done"
                                       : " are done");
    return CLI_OK;
}
