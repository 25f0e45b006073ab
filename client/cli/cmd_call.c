/* SPDX-License-Identifier: Apache-2.0 */
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

struct target {
    const char *path; /* "/pkg.Service/Method" */
    const ProtobufCMessageDescriptor *input;
    const ProtobufCMessageDescriptor *output;
};

static int resolve(struct cli *cli, struct dynamic_pool *pool, const char *method,
                   struct target *ret_target)
{
    char *service_name = cli_copy(cli, *method == '/' ? method + 1 : method);
    char *slash = strchr(service_name, '/');
    if (!slash || !slash[1]) {
        return cli_usage(cli, "a method is written SERVICE/METHOD, not \"%s\"", method);
    }
    *slash = '\0';
    const char *full = reflect_service_name(cli, service_name);
    if (!full || !dynamic_init(pool, &cli->arena) || !reflect_learn(cli, pool, full)) {
        return CLI_FAILED;
    }
    const Google__Protobuf__ServiceDescriptorProto *service = dynamic_service(pool, full);
    const Google__Protobuf__MethodDescriptorProto *found = find_method(service, slash + 1);
    if (!found) {
        return no_method(cli, service, full, slash + 1);
    }
    *ret_target = (struct target){.path = cli_printf(cli, "/%s/%s", full, found->name),
                                  .input = dynamic_message(pool, without_dot(found->input_type)),
                                  .output = dynamic_message(pool, without_dot(found->output_type))};
    if (!ret_target->input || !ret_target->output) {
        return cli_fail(cli, "the messages of %s cannot be used here", ret_target->path);
    }
    return CLI_OK;
}

/* The request of "{…}", "@file" or "-". NULL with the error printed. */
static ProtobufCMessage *read_request(struct cli *cli, const char *given,
                                      const ProtobufCMessageDescriptor *type)
{
    struct err err = {0};
    json_error_t error;
    size_t len = strlen(given);
    const char *text = given;
    if (*given == '@' || strcmp(given, "-") == 0) {
        text = cli_read_file(cli, *given == '@' ? given + 1 : given, &len);
    }
    json_t *json = text ? json_loadb(text, len, JSON_REJECT_DUPLICATES, &error) : NULL;
    if (!json) {
        if (text) {
            cli_fail(cli, "the request is no JSON: line %d, column %d: %s", error.line,
                     error.column, error.text);
        }
        return NULL;
    }
    ProtobufCMessage *request = msg_json_read(type, json, &cli->arena, &err);
    json_decref(json);
    if (!request) {
        cli_fail(cli, "the request is not as %s must be", type->name);
        for (size_t i = 0; i < err.violation_count; i++) {
            fprintf(cli->err, "  %s%s%s\n", view_clean(cli, err.violations[i].field),
                    *err.violations[i].field ? ": " : "",
                    view_clean(cli, err.violations[i].description));
        }
        fprintf(cli->err, "See: pledge call --describe %s\n", type->name);
    }
    return request;
}

/* Of one message of a service that this program knows nothing about. */
enum { MAX_REPLY_DEPTH = 32, MAX_REPLY_ELEMENTS = 1000000 };

static int print_replies(struct cli *cli, const struct pledge_reply *reply,
                         const ProtobufCMessageDescriptor *type)
{
    static const struct guard_limits limits = {.max_depth = MAX_REPLY_DEPTH,
                                               .max_elements = MAX_REPLY_ELEMENTS};
    ProtobufCAllocator allocator = arena_protobuf_allocator(&cli->arena);
    for (size_t i = 0; i < reply->message_count; i++) {
        struct err err = {0};
        const uint8_t *data = reply->messages[i].data;
        size_t len = reply->messages[i].len;
        /* protobuf-c unpacks as deep as it is told to; an unknown service's types may nest */
        bool good = guard_check(type, data, len, &limits, &cli->arena, &err);
        ProtobufCMessage *message =
            good ? protobuf_c_message_unpack(type, &allocator, len, data) : NULL;
        if (!message) {
            return cli_fail(cli, "the answer is no %s", type->name);
        }
        cli_print_json(cli, message);
    }
    return CLI_OK;
}

int run_call(struct cli *cli)
{
    struct dynamic_pool pool;
    struct target target = {0};
    struct pledge_reply reply;
    const char *method = cli_argument(cli, 0);
    const char *given = cli->argument_count > 1 ? cli_argument(cli, 1) : "{}";
    if (cli_flag(cli, "list") || cli_option(cli, "describe")) {
        return cli_flag(cli, "list") ? list(cli) : describe(cli, cli_option(cli, "describe"));
    }
    if (!*method) {
        return cli_usage(cli, "METHOD is missing; --list shows what there is");
    }
    int code = resolve(cli, &pool, method, &target);
    ProtobufCMessage *request = code == CLI_OK ? read_request(cli, given, target.input) : NULL;
    if (!request) {
        return code == CLI_OK ? CLI_FAILED : code;
    }
    size_t len = protobuf_c_message_get_packed_size(request);
    uint8_t *bytes = arena_alloc(&cli->arena, len + 1);
    if (!bytes) {
        return cli_fail(cli, "out of memory");
    }
    protobuf_c_message_pack(request, bytes);
    /* Nothing is known of the method: it is not sent twice. */
    struct pledge_call_options options = {.timeout_ms = cli->settings.timeout_s * 1000};
    code = pledge_call_bytes(cli->channel, target.path, bytes, len, &options, &reply)
               ? print_replies(cli, &reply, target.output)
               : cli_explain(cli, &reply);
    pledge_reply_deinit(&reply);
    return code;
}
