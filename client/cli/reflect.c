/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/reflect.h"

#include "client/cli/text.h"

#include "grpc/reflection/v1/reflection.pb-c.h"

#include <stdlib.h>
#include <string.h>

/* The generated name is longer than a line. */
#define CASE(name) GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_##name
enum { HAS_FILES = CASE(FILE_DESCRIPTOR_RESPONSE) };

/* The method streams both ways; one question and its answer are enough at a time. `subject` is what
 * is asked about. */
static const Grpc__Reflection__V1__ServerReflectionResponse *
ask(struct cli *cli, const Grpc__Reflection__V1__ServerReflectionRequest *request,
    const char *subject)
{
    static const char method[] = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    struct cli_reply *kept = calloc(1, sizeof(*kept));
    if (!kept || !cli_connect(cli)) {
        free(kept);
        return NULL;
    }
    kept->next = cli->replies;
    cli->replies = kept;
    struct pledge_call_options options = {.timeout_ms = cli->settings.timeout_s * 1000,
                                          .idempotent = true};
    if (!pledge_call(cli->channel, method, &request->base,
                     &grpc__reflection__v1__server_reflection_response__descriptor, &options,
                     &kept->reply)) {
        cli_explain(cli, &kept->reply);
        return NULL;
    }
    const Grpc__Reflection__V1__ServerReflectionResponse *response =
        (const void *)kept->reply.message;
    if (response->message_response_case ==
        GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_ERROR_RESPONSE) {
        const Grpc__Reflection__V1__ErrorResponse *error = response->error_response;
        if (error->error_code == PLEDGE_NOT_FOUND) {
            cli_fail(cli, "the service knows no %s", view_clean(cli, subject));
        } else {
            cli_fail(cli, "%s: %s", view_clean(cli, subject),
                     view_clean(cli, error->error_message));
        }
        fprintf(cli->err, "See: pledge call --list\n");
        return NULL;
    }
    return response;
}

const char **reflect_services(struct cli *cli)
{
    Grpc__Reflection__V1__ServerReflectionRequest request =
        GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__INIT;
    static char star[] = "*";
    request.message_request_case =
        GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_LIST_SERVICES;
    request.list_services = star;
    const Grpc__Reflection__V1__ServerReflectionResponse *response = ask(cli, &request, "services");
    if (!response) {
        return NULL;
    }
    if (response->message_response_case !=
        GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_LIST_SERVICES_RESPONSE) {
        cli_fail(cli, "the service gave no list of services");
        return NULL;
    }
    const Grpc__Reflection__V1__ListServiceResponse *list = response->list_services_response;
    size_t count = list->n_service < REFLECT_MAX_SERVICES ? list->n_service : REFLECT_MAX_SERVICES;
    const char **names = arena_calloc(&cli->arena, count + 1, sizeof(*names));
    for (size_t i = 0; names && i < count; i++) {
        names[i] = list->service[i]->name;
    }
    return names;
}

static bool take_files(struct cli *cli, struct dynamic_pool *pool,
                       const Grpc__Reflection__V1__ServerReflectionResponse *response)
{
    if ((int)response->message_response_case != HAS_FILES) {
        cli_fail(cli, "the service gave no description");
        return false;
    }
    const Grpc__Reflection__V1__FileDescriptorResponse *files = response->file_descriptor_response;
    for (size_t i = 0; i < files->n_file_descriptor_proto; i++) {
        const ProtobufCBinaryData *file = &files->file_descriptor_proto[i];
        if (!dynamic_add(pool, file->data, file->len)) {
            cli_fail(cli, "the service's description cannot be read");
            return false;
        }
    }
    return true;
}

bool reflect_learn(struct cli *cli, struct dynamic_pool *pool, const char *symbol)
{
    Grpc__Reflection__V1__ServerReflectionRequest request =
        GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__INIT;
    request.message_request_case =
        GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_FILE_CONTAINING_SYMBOL;
    request.file_containing_symbol = cli_copy(cli, symbol);
    const char *missing = symbol;
    while (missing) {
        const Grpc__Reflection__V1__ServerReflectionResponse *response =
            ask(cli, &request, missing);
        size_t before = pool->file_count;
        if (!response || !take_files(cli, pool, response)) {
            return false;
        }
        missing = dynamic_missing(pool);
        if (missing && before == pool->file_count) {
            cli_fail(cli, "the service does not describe %s", view_clean(cli, missing));
            return false;
        }
        request.message_request_case =
            GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_FILE_BY_FILENAME;
        request.file_by_filename = cli_copy(cli, missing ? missing : "");
    }
    return true;
}

const char *reflect_service_name(struct cli *cli, const char *service)
{
    if (strchr(service, '.')) {
        return service;
    }
    const char **names = reflect_services(cli);
    const char *short_names[REFLECT_MAX_SERVICES + 1] = {0};
    for (size_t i = 0; names && names[i]; i++) {
        const char *dot = strrchr(names[i], '.');
        short_names[i] = dot ? dot + 1 : names[i];
        if (strcmp(short_names[i], service) == 0) {
            return names[i];
        }
    }
    if (names) {
        const char *near = text_nearest(service, short_names);
        cli_fail(cli, "there is no service %s%s%s%s", service, near ? "; did you mean " : "",
                 near ? near : "", near ? "?" : "");
        fprintf(cli->err, "See: pledge call --list\n");
    }
    return NULL;
}
