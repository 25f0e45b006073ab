/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rpc/reflection.h"

#include "google/protobuf/descriptor.pb-c.h"
#include "grpc/reflection/v1/reflection.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* v1 and v1alpha have the same messages on the wire; both are answered with those of v1. */
typedef Grpc__Reflection__V1__ServerReflectionRequest request_t;
typedef Grpc__Reflection__V1__ServerReflectionResponse response_t;

/* protobuf-c's names for the members of the two oneofs */
#define ASKED(member) GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_##member
#define ANSWER(member)                                                                             \
    GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_##member##_RESPONSE

enum {
    REFLECTION_MAX_NAME = 512,
    REFLECTION_QUESTION = 4096,              /* bytes that a question counts beside its answer */
    REFLECTION_BURST = 16 * 1024 * 1024,     /* bytes that a loop answers at once, */
    REFLECTION_PER_SECOND = 2 * 1024 * 1024, /* and in the long run */
};

struct file {
    char *name;
    const uint8_t *bytes; /* of its FileDescriptorProto, within the set */
    size_t len;
    size_t *imports; /* indexes of files */
    size_t import_count;
};

struct symbol {
    char *name;
    size_t file;
    bool is_service;
};

struct reflection {
    struct method v1;
    struct method v1alpha;
    struct file *files;
    size_t file_count;
    struct symbol *symbols; /* sorted by name */
    size_t symbol_count;
    size_t symbol_cap;
};

static int compare_symbols(const void *a, const void *b)
{
    return strcmp(((const struct symbol *)a)->name, ((const struct symbol *)b)->name);
}

/* "scope.name", cut to the room there is; no name of ours comes near it. */
static const char *join(char out[REFLECTION_MAX_NAME], const char *scope, const char *name)
{
    size_t len = strnlen(scope, REFLECTION_MAX_NAME / 2 - 1);
    size_t rest = strnlen(name, REFLECTION_MAX_NAME / 2 - 1);
    memcpy(out, scope, len);
    if (len > 0) {
        out[len++] = '.';
    }
    memcpy(out + len, name, rest);
    out[len + rest] = '\0';
    return out;
}

static void add_symbol(struct reflection *reflection, size_t file, bool is_service,
                       const char *scope, const char *name)
{
    if (reflection->symbol_count == reflection->symbol_cap) {
        size_t cap = reflection->symbol_cap ? reflection->symbol_cap * 2 : 256;
        struct symbol *wider = realloc(reflection->symbols, cap * sizeof(*wider));
        if (!wider) {
            return;
        }
        reflection->symbols = wider;
        reflection->symbol_cap = cap;
    }
    char full[REFLECTION_MAX_NAME];
    char *copy = strdup(join(full, scope, name));
    if (copy) {
        reflection->symbols[reflection->symbol_count++] =
            (struct symbol){.name = copy, .file = file, .is_service = is_service};
    }
}

static void index_messages(struct reflection *reflection, size_t file, const char *scope,
                           Google__Protobuf__DescriptorProto *const *messages, size_t count,
                           unsigned depth)
{
    enum { MAX_NESTING = 8 };
    for (size_t i = 0; i < count && depth < MAX_NESTING; i++) {
        const Google__Protobuf__DescriptorProto *message = messages[i];
        char inner[REFLECTION_MAX_NAME];
        add_symbol(reflection, file, false, scope, message->name);
        join(inner, scope, message->name);
        for (size_t k = 0; k < message->n_field; k++) {
            add_symbol(reflection, file, false, inner, message->field[k]->name);
        }
        for (size_t k = 0; k < message->n_enum_type; k++) {
            add_symbol(reflection, file, false, inner, message->enum_type[k]->name);
        }
        index_messages(reflection, file, inner, message->nested_type, message->n_nested_type,
                       depth + 1);
    }
}

static void index_services(struct reflection *reflection, size_t file,
                           const Google__Protobuf__FileDescriptorProto *proto)
{
    for (size_t i = 0; i < proto->n_service; i++) {
        const Google__Protobuf__ServiceDescriptorProto *service = proto->service[i];
        char full[REFLECTION_MAX_NAME];
        add_symbol(reflection, file, true, proto->package, service->name);
        join(full, proto->package, service->name);
        for (size_t k = 0; k < service->n_method; k++) {
            add_symbol(reflection, file, false, full, service->method[k]->name);
        }
    }
}

static size_t file_named(const struct reflection *reflection, const char *name)
{
    size_t i = 0;
    while (i < reflection->file_count && strcmp(reflection->files[i].name, name) != 0) {
        i++;
    }
    return i;
}

static bool index_file(struct reflection *reflection, size_t index,
                       const Google__Protobuf__FileDescriptorProto *proto)
{
    struct file *file = &reflection->files[index];
    const char *package = proto->package ? proto->package : "";
    file->name = strdup(proto->name);
    file->imports = calloc(proto->n_dependency + 1, sizeof(*file->imports));
    if (!file->name || !file->imports) {
        return false;
    }
    for (size_t i = 0; i < proto->n_dependency; i++) {
        /* protoc writes a file after the files it imports */
        size_t import = file_named(reflection, proto->dependency[i]);
        if (import < reflection->file_count) {
            file->imports[file->import_count++] = import;
        }
    }
    index_messages(reflection, index, package, proto->message_type, proto->n_message_type, 0);
    for (size_t i = 0; i < proto->n_enum_type; i++) {
        add_symbol(reflection, index, false, package, proto->enum_type[i]->name);
    }
    index_services(reflection, index, proto);
    reflection->file_count = index + 1;
    return true;
}

/* The set is a run of files, each behind a tag and a length; their own bytes are what clients get.
 */
static bool index_all(struct reflection *reflection, const uint8_t *bytes, size_t len)
{
    Google__Protobuf__FileDescriptorSet *set =
        google__protobuf__file_descriptor_set__unpack(NULL, len, bytes);
    bool good = set != NULL;
    reflection->files = good ? calloc(set->n_file, sizeof(*reflection->files)) : NULL;
    good = good && reflection->files;
    const uint8_t *at = bytes;
    for (size_t i = 0; good && i < set->n_file; i++) {
        /* tag, length, then the file's own bytes */
        size_t size = 0;
        unsigned shift = 0;
        at++;
        do {
            size |= (size_t)(*at & 0x7F) << shift;
            shift += 7;
        } while (*at++ & 0x80);
        reflection->files[i].bytes = at;
        reflection->files[i].len = size;
        at += size;
        good = index_file(reflection, i, set->file[i]);
    }
    if (set) {
        google__protobuf__file_descriptor_set__free_unpacked(set, NULL);
    }
    if (good) {
        qsort(reflection->symbols, reflection->symbol_count, sizeof(*reflection->symbols),
              compare_symbols);
    }
    return good;
}

static void answer_error(response_t *response, Grpc__Reflection__V1__ErrorResponse *error,
                         const char *message)
{
    error->error_code = GRPC_NOT_FOUND;
    error->error_message = (char *)message;
    response->message_response_case = ANSWER(ERROR);
    response->error_response = error;
}

/* Lists a file and all that it imports, each once. */
static void collect(const struct reflection *reflection, size_t index, bool *seen,
                    Grpc__Reflection__V1__FileDescriptorResponse *files)
{
    const struct file *file = &reflection->files[index];
    if (seen[index]) {
        return;
    }
    seen[index] = true;
    files->file_descriptor_proto[files->n_file_descriptor_proto++] =
        (ProtobufCBinaryData){.len = file->len, .data = (uint8_t *)file->bytes};
    for (size_t i = 0; i < file->import_count; i++) {
        collect(reflection, file->imports[i], seen, files);
    }
}

static void no_memory(struct call *call)
{
    struct err err = {0};
    err_set(&err, GRPC_RESOURCE_EXHAUSTED, "there is no memory for the answer");
    call_finish(call, &err);
}

static void answer_file(struct call *call, response_t *response, size_t index)
{
    const struct reflection *reflection = call->method->data;
    Grpc__Reflection__V1__ErrorResponse error = GRPC__REFLECTION__V1__ERROR_RESPONSE__INIT;
    Grpc__Reflection__V1__FileDescriptorResponse files =
        GRPC__REFLECTION__V1__FILE_DESCRIPTOR_RESPONSE__INIT;
    bool *seen = arena_calloc(&call->scratch, reflection->file_count, sizeof(*seen));
    files.file_descriptor_proto =
        arena_calloc(&call->scratch, reflection->file_count, sizeof(*files.file_descriptor_proto));
    if (!seen || !files.file_descriptor_proto) {
        no_memory(call);
        return;
    }
    if (index >= reflection->file_count) {
        answer_error(response, &error, "no file has this name or defines this symbol");
    } else {
        collect(reflection, index, seen, &files);
        response->message_response_case = ANSWER(FILE_DESCRIPTOR);
        response->file_descriptor_response = &files;
    }
    call_reply(call, &response->base);
}

static void answer_services(struct call *call, response_t *response)
{
    const struct reflection *reflection = call->method->data;
    Grpc__Reflection__V1__ListServiceResponse list =
        GRPC__REFLECTION__V1__LIST_SERVICE_RESPONSE__INIT;
    list.service = arena_calloc(&call->scratch, reflection->symbol_count, sizeof(*list.service));
    for (size_t i = 0; i < reflection->symbol_count; i++) {
        if (!reflection->symbols[i].is_service) {
            continue;
        }
        Grpc__Reflection__V1__ServiceResponse *service =
            list.service ? arena_alloc(&call->scratch, sizeof(*service)) : NULL;
        if (!service) {
            no_memory(call);
            return;
        }
        grpc__reflection__v1__service_response__init(service);
        service->name = reflection->symbols[i].name;
        list.service[list.n_service++] = service;
    }
    response->message_response_case = ANSWER(LIST_SERVICES);
    response->list_services_response = &list;
    call_reply(call, &response->base);
}

static size_t file_of_symbol(const struct reflection *reflection, const char *name)
{
    struct symbol key = {.name = (char *)name};
    const struct symbol *symbol =
        bsearch(&key, reflection->symbols, reflection->symbol_count, sizeof(key), compare_symbols);
    return symbol ? symbol->file : reflection->file_count;
}

/* The bytes that were given lately to callers of its kind: those with a certificate, and those
 * without, among whom nobody looks at tokens. */
static struct bucket *given(const struct call *call)
{
    return &call->rpc->reflected[call->certified];
}

static void go_on(struct call *call)
{
    if (call_backlog(call) < H2_LOW_WATER && call->wake_ms == 0) {
        call_resume(call);
    }
}

static void hold_back(struct call *call)
{
    call->drained = call->woken = go_on;
    call_pause(call);
}

/* The schema goes to whoever asks, so all who ask share what a loop gives of it. A question waits
 * for its turn before it is looked at: who goes away meanwhile has cost the others nothing. */
static bool admits(struct call *call)
{
    uint64_t now = call->rpc->loop->now_ms;
    bucket_take(given(call), now, 0, REFLECTION_PER_SECOND, REFLECTION_BURST);
    uint64_t wait = bucket_wait_ms(given(call), REFLECTION_PER_SECOND, REFLECTION_BURST);
    if (wait > 0) {
        call->wake_ms = now + wait;
        hold_back(call);
    }
    return wait == 0;
}

static void on_request(struct call *call, const ProtobufCMessage *message)
{
    const struct reflection *reflection = call->method->data;
    request_t *request = (request_t *)message;
    response_t response = GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__INIT;
    Grpc__Reflection__V1__ErrorResponse error = GRPC__REFLECTION__V1__ERROR_RESPONSE__INIT;
    size_t before = call_backlog(call);
    response.valid_host = request->host;
    response.original_request = request;
    switch (request->message_request_case) {
    case ASKED(FILE_BY_FILENAME):
        answer_file(call, &response, file_named(reflection, request->file_by_filename));
        break;
    case ASKED(FILE_CONTAINING_SYMBOL):
        answer_file(call, &response, file_of_symbol(reflection, request->file_containing_symbol));
        break;
    case ASKED(LIST_SERVICES):
        answer_services(call, &response);
        break;
    default:
        answer_error(&response, &error, "there are no extensions here");
        call_reply(call, &response.base);
    }
    if (call->answered) {
        return;
    }
    bucket_take(given(call), call->rpc->loop->now_ms,
                REFLECTION_QUESTION + call_backlog(call) - before, REFLECTION_PER_SECOND,
                REFLECTION_BURST);
    if (call_backlog(call) >= H2_LOW_WATER) { /* until the client has read some */
        hold_back(call);
    }
}

static void on_half_close(struct call *call)
{
    call_finish(call, NULL);
}

struct reflection *reflection_register(struct registry *registry, const uint8_t *descriptors,
                                       size_t len)
{
    struct reflection *reflection = calloc(1, sizeof(*reflection));
    if (!reflection || !index_all(reflection, descriptors, len)) {
        reflection_free(reflection);
        return NULL;
    }
    reflection->v1 =
        (struct method){.path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                        .input = &grpc__reflection__v1__server_reflection_request__descriptor,
                        .output = &grpc__reflection__v1__server_reflection_response__descriptor,
                        .permission = "public",
                        .anonymous = true,
                        .client_streams = true,
                        .server_streams = true,
                        .admits = admits,
                        .message = on_request,
                        .half_close = on_half_close,
                        .data = reflection};
    reflection->v1alpha = reflection->v1;
    reflection->v1alpha.path = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
    if (!registry_add(registry, &reflection->v1) || !registry_add(registry, &reflection->v1alpha)) {
        reflection_free(reflection);
        return NULL;
    }
    return reflection;
}

void reflection_free(struct reflection *reflection)
{
    if (!reflection) {
        return;
    }
    for (size_t i = 0; i < reflection->file_count; i++) {
        free(reflection->files[i].name);
        free(reflection->files[i].imports);
    }
    for (size_t i = 0; i < reflection->symbol_count; i++) {
        free(reflection->symbols[i].name);
    }
    free(reflection->files);
    free(reflection->symbols);
    free(reflection);
}
