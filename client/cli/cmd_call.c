/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/call.h"
#include "client/cli/commands.h"
#include "client/cli/reflect.h"
#include "client/cli/text.h"
#include "common/msg/guard.h"
#include "common/msg/json.h"

#include <stdlib.h>
#include <string.h>

/* Names of FieldDescriptorProto.Type by number. */
static const char *const type_names[] = {"",         "double",   "float",   "int64",  "uint64",
                                         "int32",    "fixed64",  "fixed32", "bool",   "string",
                                         "group",    "message",  "bytes",   "uint32", "enum",
                                         "sfixed32", "sfixed64", "sint32",  "sint64"};

static const char *without_dot(const char *name)
{
    return name && *name == '.' ? name + 1 : name ? name : "";
}

static void print_method(struct cli *cli, const Google__Protobuf__MethodDescriptorProto *method)
{
    fprintf(cli->out, "  %s(%s%s) returns (%s%s)\n", view_clean(cli, method->name),
            method->client_streaming ? "stream " : "",
            view_clean(cli, without_dot(method->input_type)),
            method->server_streaming ? "stream " : "",
            view_clean(cli, without_dot(method->output_type)));
}

static int list(struct cli *cli)
{
    struct dynamic_pool pool;
    const char **names = reflect_services(cli);
    json_t *json = json_object();
    if (!names || !dynamic_init(&pool, &cli->arena)) {
        json_decref(json);
        return CLI_FAILED;
    }
    for (; *names; names++) {
        const Google__Protobuf__ServiceDescriptorProto *service =
            reflect_learn(cli, &pool, *names) ? dynamic_service(&pool, *names) : NULL;
        if (!service) {
            json_decref(json);
            return CLI_FAILED;
        }
        json_t *methods = json_array();
        if (!cli->json) {
            fprintf(cli->out, "%s\n", view_clean(cli, *names));
        }
        for (size_t i = 0; i < service->n_method; i++) {
            json_array_append_new(methods, json_string(service->method[i]->name));
            if (!cli->json) {
                fprintf(cli->out, "  %s\n", view_clean(cli, service->method[i]->name));
            }
        }
        json_object_set_new(json, *names, methods);
    }
    if (cli->json) {
        return cli_print_json_value(cli, json);
    }
    json_decref(json);
    return CLI_OK;
}

static void describe_message(struct cli *cli, const struct dynamic_type *type)
{
    struct table table;
    table_init(&table, &cli->arena, 2);
    table_column(&table, "field", 0);
    table_column(&table, "type", TABLE_WRAP);
    table_column(&table, "number", TABLE_RIGHT);
    for (size_t i = 0; i < type->message->n_field; i++) {
        const Google__Protobuf__FieldDescriptorProto *field = type->message->field[i];
        bool repeated =
            field->label == GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__LABEL__LABEL_REPEATED;
        size_t number = (size_t)field->type < sizeof(type_names) / sizeof(type_names[0])
                            ? (size_t)field->type
                            : 0;
        struct table_cell *row = table_row(&table);
        if (row) {
            row[0].text = view_clean(cli, field->name);
            row[1].text =
                cli_printf(cli, "%s%s", repeated ? "repeated " : "",
                           field->type_name ? view_clean(cli, without_dot(field->type_name))
                                            : type_names[number]);
            row[2].text = cli_printf(cli, "%d", field->number);
        }
    }
    fprintf(cli->out, "message %s\n", view_clean(cli, type->name));
    table_print(&table, cli->out, cli->width, cli->colour);
}

static const Google__Protobuf__MethodDescriptorProto *
find_method(const Google__Protobuf__ServiceDescriptorProto *service, const char *name)
{
    for (size_t i = 0; service && i < service->n_method; i++) {
        if (strcmp(service->method[i]->name, name) == 0) {
            return service->method[i];
        }
    }
    return NULL;
}

static int no_method(struct cli *cli, const Google__Protobuf__ServiceDescriptorProto *service,
                     const char *full, const char *name)
{
    const char **names =
        arena_calloc(&cli->arena, service ? service->n_method + 1 : 1, sizeof(*names));
    for (size_t i = 0; names && service && i < service->n_method; i++) {
        names[i] = service->method[i]->name;
    }
    const char *near = names ? text_nearest(name, names) : NULL;
    cli_fail(cli, "%s has no method %s%s%s%s", full, name, near ? "; did you mean " : "",
             near ? near : "", near ? "?" : "");
    fprintf(cli->err, "See: pledge call --describe %s\n", full);
    return CLI_FAILED;
}

static int describe(struct cli *cli, const char *name)
{
    struct dynamic_pool pool;
    char *symbol = cli_copy(cli, *name == '/' ? name + 1 : name);
    char *slash = strchr(symbol, '/');
    if (slash) {
        *slash = '\0';
    }
    const char *full = symbol;
    if (!strchr(symbol, '.')) {
        full = reflect_service_name(cli, symbol);
    }
    if (!full || !dynamic_init(&pool, &cli->arena) || !reflect_learn(cli, &pool, full)) {
        return CLI_FAILED;
    }
    const Google__Protobuf__ServiceDescriptorProto *service = dynamic_service(&pool, full);
    const struct dynamic_type *type = dynamic_type(&pool, full);
    if (service && slash && !find_method(service, slash + 1)) {
        return no_method(cli, service, full, slash + 1);
    }
    for (size_t i = 0; service && i < service->n_method; i++) {
        if (!slash || strcmp(slash + 1, service->method[i]->name) == 0) {
            print_method(cli, service->method[i]);
        }
    }
    if (type && type->message) {
        describe_message(cli, type);
    } else if (type) {
        fprintf(cli->out, "enum %s\n", view_clean(cli, type->name));
        for (size_t i = 0; i < type->enumeration->n_value; i++) {
            fprintf(cli->out, "  %s = %d\n", view_clean(cli, type->enumeration->value[i]->name),
                    type->enumeration->value[i]->number);
        }
    }
    if (!service && !type) {
        return cli_fail(cli, "%s is neither a service nor a type", name);
    }
    return CLI_OK;
}

/* ---- calling ---- */

int call_resolve(struct cli *cli, struct dynamic_pool *pool, const char *method,
                 struct call_target *ret_target)
{
    char *service_name = cli_copy(cli, *method == '/' ? method + 1 : method);
    char *slash = strchr(service_name, '/');
    if (!slash || !slash[1]) {
        return cli_usage(cli, "a method is written SERVICE/METHOD, not \"%s\"", method);
    }
    *slash = '\0';
    const char *full = reflect_service_name(cli, service_name);
    if (!full || !reflect_learn(cli, pool, full)) {
        return CLI_FAILED;
    }
    const Google__Protobuf__ServiceDescriptorProto *service = dynamic_service(pool, full);
    const Google__Protobuf__MethodDescriptorProto *found = find_method(service, slash + 1);
    if (!found) {
        return no_method(cli, service, full, slash + 1);
    }
    *ret_target =
        (struct call_target){.path = cli_printf(cli, "/%s/%s", full, found->name),
                             .takes_many = found->client_streaming,
                             .gives_many = found->server_streaming,
                             .input = dynamic_message(pool, without_dot(found->input_type)),
                             .output = dynamic_message(pool, without_dot(found->output_type))};
    if (!ret_target->input || !ret_target->output) {
        return cli_fail(cli, "the messages of %s cannot be used here", ret_target->path);
    }
    return CLI_OK;
}

struct call_request *call_pack(struct cli *cli, json_t *json,
                               const ProtobufCMessageDescriptor *type)
{
    struct err err = {0};
    ProtobufCMessage *message = msg_json_read(type, json, &cli->arena, &err);
    if (!message) {
        cli_fail(cli, "the request is not as %s must be", type->name);
        for (size_t i = 0; i < err.violation_count; i++) {
            fprintf(cli->err, "  %s%s%s\n", view_clean(cli, err.violations[i].field),
                    *err.violations[i].field ? ": " : "",
                    view_clean(cli, err.violations[i].description));
        }
        fprintf(cli->err, "See: pledge call --describe %s\n", type->name);
        return NULL;
    }
    struct call_request *request = arena_calloc(&cli->arena, 1, sizeof(*request));
    size_t len = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = arena_alloc(&cli->arena, len + 1);
    if (!request || !bytes) {
        cli_fail(cli, "out of memory");
        return NULL;
    }
    protobuf_c_message_pack(message, bytes);
    *request = (struct call_request){.bytes = bytes, .len = len};
    return request;
}

static size_t count_lines(const char *text, size_t len)
{
    size_t lines = 0;
    for (size_t i = 0; i < len; i++) {
        lines += text[i] == '\n';
    }
    return lines;
}

static size_t skip_blanks(const char *text, size_t at, size_t len)
{
    while (at < len && memchr(" \t\r\n", text[at], 4)) {
        at++;
    }
    return at;
}

/* The requests of "{…}", "@file" or "-": one, or any number one after the other when the method
 * takes many. False with the error printed. */
static bool read_requests(struct cli *cli, const char *given, const struct call_target *target,
                          struct call_request **ret_requests)
{
    size_t len = strlen(given);
    const char *text = given;
    if (*given == '@' || strcmp(given, "-") == 0) {
        text = cli_read_file(cli, *given == '@' ? given + 1 : given, &len);
    }
    *ret_requests = NULL;
    size_t flags = JSON_REJECT_DUPLICATES | (target->takes_many ? JSON_DISABLE_EOF_CHECK : 0);
    size_t at = text && target->takes_many ? skip_blanks(text, 0, len) : 0;
    bool more = text && (at < len || !target->takes_many);
    while (more) {
        json_error_t error;
        json_t *json = json_loadb(text + at, len - at, flags, &error);
        if (!json) {
            cli_fail(cli, "the request is no JSON: line %zu, column %d: %s",
                     (size_t)error.line + count_lines(text, at), error.column, error.text);
            return false;
        }
        *ret_requests = call_pack(cli, json, target->input);
        json_decref(json);
        if (!*ret_requests) {
            return false;
        }
        ret_requests = &(*ret_requests)->next;
        at = skip_blanks(text, at + (size_t)error.position, len);
        more = target->takes_many && at < len;
    }
    return text != NULL;
}

/* Of one message of a service that this program knows nothing about. */
enum { MAX_REPLY_DEPTH = 32, MAX_REPLY_ELEMENTS = 1000000 };

static int print_message(struct cli *cli, const struct pledge_bytes *bytes,
                         const ProtobufCMessageDescriptor *type)
{
    static const struct guard_limits limits = {.max_depth = MAX_REPLY_DEPTH,
                                               .max_elements = MAX_REPLY_ELEMENTS};
    struct arena arena;
    struct err err = {0};
    arena_init(&arena, SIZE_MAX / 2);
    ProtobufCAllocator allocator = arena_protobuf_allocator(&arena);
    /* protobuf-c unpacks as deep as it is told to; an unknown service's types may nest */
    bool good = guard_check(type, bytes->data, bytes->len, &limits, &arena, &err);
    ProtobufCMessage *message =
        good ? protobuf_c_message_unpack(type, &allocator, bytes->len, bytes->data) : NULL;
    int code =
        message ? cli_print_json(cli, message) : cli_fail(cli, "the answer is no %s", type->name);
    arena_deinit(&arena);
    /* A stream may take its time: whoever reads sees each message as it comes. */
    fflush(cli->out);
    return code;
}

/* Prints what comes, until there is nothing (`timeout_ms` 0) or nothing more. */
static int print_stream(struct cli *cli, struct pledge_stream *stream, int timeout_ms,
                        const ProtobufCMessageDescriptor *type)
{
    struct pledge_bytes bytes;
    int code = CLI_OK;
    while (code == CLI_OK &&
           pledge_stream_receive_bytes(stream, timeout_ms, &bytes) == PLEDGE_STREAM_MESSAGE) {
        code = print_message(cli, &bytes, type);
    }
    return code;
}

static int call_stream(struct cli *cli, const struct call_target *target,
                       const struct call_request *request,
                       const struct pledge_call_options *options)
{
    struct pledge_reply reply = {0};
    struct pledge_stream *stream =
        pledge_stream_open(cli->channel, target->path, options, &reply.status);
    if (!stream) {
        return cli_explain(cli, &reply);
    }
    int code = CLI_OK;
    for (; request && code == CLI_OK; request = request->next) {
        if (!pledge_stream_send_bytes(stream, request->bytes, request->len)) {
            break;
        }
        code = print_stream(cli, stream, 0, target->output);
    }
    pledge_stream_close_send(stream);
    if (code == CLI_OK) {
        code = print_stream(cli, stream, PLEDGE_FOREVER, target->output);
    }
    if (code != CLI_OK) {
        pledge_stream_finish(stream, NULL);
        return code;
    }
    if (!pledge_stream_finish(stream, &reply)) {
        code = cli_explain(cli, &reply);
    }
    pledge_reply_deinit(&reply);
    return code;
}

static int call_once(struct cli *cli, const struct call_target *target,
                     const struct call_request *request, const struct pledge_call_options *options)
{
    struct pledge_reply reply;
    int code =
        pledge_call_bytes(cli->channel, target->path, request->bytes, request->len, options, &reply)
            ? print_message(cli, &reply.bytes, target->output)
            : cli_explain(cli, &reply);
    pledge_reply_deinit(&reply);
    return code;
}

int run_call(struct cli *cli)
{
    struct dynamic_pool pool;
    struct call_target target = {0};
    struct call_request *requests;
    const char *method = cli_argument(cli, 0);
    const char *given = cli->argument_count > 1 ? cli_argument(cli, 1) : "{}";
    if (cli_flag(cli, "list") || cli_option(cli, "describe")) {
        return cli_flag(cli, "list") ? list(cli) : describe(cli, cli_option(cli, "describe"));
    }
    if (cli_option(cli, "each")) {
        return call_each(cli, cli_option(cli, "each"));
    }
    if (!*method) {
        return cli_usage(cli, "METHOD is missing; --list shows what there is");
    }
    int code = dynamic_init(&pool, &cli->arena) ? call_resolve(cli, &pool, method, &target)
                                                : cli_fail(cli, "out of memory");
    if (code != CLI_OK) {
        return code;
    }
    if (!read_requests(cli, given, &target, &requests)) {
        return CLI_FAILED;
    }
    /* Nothing is known of the method: it is not sent twice. */
    struct pledge_call_options options = {.timeout_ms = cli->settings.timeout_s * 1000};
    return target.takes_many || target.gives_many ? call_stream(cli, &target, requests, &options)
                                                  : call_once(cli, &target, requests, &options);
}
