/* SPDX-License-Identifier: Apache-2.0 */
/* Reads .sql files into methods; statement.c has what a statement says. */
#include "common/base/buf.h"
#include "google/protobuf/field_mask.pb-c.h"
#include "proto/schema.h"
#include "server/sqlrpc/audit.h"
#include "server/sqlrpc/reader.h"
#include "server/sqlrpc/recall.h"
#include "server/sqlrpc/retention.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void problem(struct problems *problems, const char *where, const char *format, ...)
{
    char text[ERR_MAX_MESSAGE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    problems->count++;
    problems->report(where, text);
}

/* --- the header
 * ----------------------------------------------------------------------------------- */

static const char *header_value(const char *line, const char *key)
{
    size_t len = strlen(key);
    bool match = strncmp(line, "-- ", 3) == 0 && strncmp(line + 3, key, len) == 0 &&
                 strncmp(line + 3 + len, ": ", 2) == 0;
    return match ? line + 3 + len + 2 : NULL;
}

static const ProtobufCMethodDescriptor *
find_method(const ProtobufCServiceDescriptor *const *services, const char *rpc)
{
    const char *slash = strchr(rpc, '/');
    for (size_t i = 0; slash && services[i]; i++) {
        size_t len = strlen(services[i]->name);
        if ((size_t)(slash - rpc) == len && strncmp(services[i]->name, rpc, len) == 0) {
            return protobuf_c_service_descriptor_get_method_by_name(services[i], slash + 1);
        }
    }
    return NULL;
}

static void take_rpc(struct reader *reader, const ProtobufCServiceDescriptor *const *services,
                     const char *rpc)
{
    struct sql_method *method = reader->method;
    const ProtobufCMethodDescriptor *found = find_method(services, rpc);
    const char *slash = strrchr(rpc, '/');
    const char *dot = slash ? memrchr(rpc, '.', (size_t)(slash - rpc)) : NULL;
    char want[BIND_TEXT];
    snprintf(want, sizeof(want), "%s.sql", dot ? dot + 1 : rpc);
    if (!found) {
        problem(reader->problems, reader->where, "rpc: %s is no method of the protos", rpc);
        return;
    }
    if (strcmp(want, reader->where) != 0) {
        problem(reader->problems, reader->where, "rpc: %s belongs into %s", rpc, want);
    }
    if (snprintf(method->path, sizeof(method->path), "/%s", rpc) >= METHOD_MAX_PATH) {
        problem(reader->problems, reader->where, "rpc: %s is too long a name", rpc);
    }
    method->method.path = method->path;
    method->method.input = found->input;
    method->method.output = found->output;
    method->method.message = sql_execute;
    method->method.data = method;
    for (const struct schema_stream *stream = schema_streams; stream->path; stream++) {
        if (strcmp(stream->path, method->path) == 0) {
            method->method.client_streams = stream->client;
            method->method.server_streams = stream->server;
            method->method.message = stream->client ? sql_gather : sql_watch;
            method->method.half_close = stream->client ? sql_gather_end : NULL;
        }
    }
}

static const ProtobufCFieldDescriptor *field_of(const ProtobufCMessageDescriptor *message,
                                                const char *name, ProtobufCType type)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(message, name);
    return field && field->type == type ? field : NULL;
}

/* What streams has a form of its own: many requests make one write, a watch is one statement that
 * reads on from a cursor. */
static void check_streams(struct reader *reader)
{
    const struct sql_method *sql = reader->method;
    const struct method *method = &sql->method;
    if (method->client_streams && method->server_streams) {
        problem(reader->problems, reader->where, "streams both ways, which SQL cannot answer");
    } else if (method->client_streams && !sql->is_write) {
        problem(reader->problems, reader->where, "tx: must be write for a stream of requests");
    } else if (method->server_streams &&
               (sql->is_write || sql->statement_count != 1 || !sql->statements[0].into_reply ||
                !field_of(method->input, "cursor", PROTOBUF_C_TYPE_STRING) ||
                !field_of(method->output, "cursor", PROTOBUF_C_TYPE_STRING))) {
        problem(reader->problems, reader->where,
                "a stream of replies needs tx: read, one statement into: . and a cursor in request "
                "and reply");
    }
}

static void take_header(struct reader *reader, const ProtobufCServiceDescriptor *const *services,
                        const char *line)
{
    struct sql_method *method = reader->method;
    const char *value;
    if ((value = header_value(line, "rpc"))) {
        take_rpc(reader, services, value);
    } else if ((value = header_value(line, "permission"))) {
        snprintf(method->permission, sizeof(method->permission), "%s", value);
    } else if ((value = header_value(line, "tx"))) {
        method->is_write = strcmp(value, "write") == 0;
        if (!method->is_write && strcmp(value, "read") != 0) {
            problem(reader->problems, reader->where, "tx: %s is neither read nor write", value);
        }
    } else if ((value = header_value(line, "audit"))) {
        method->is_audited = strcmp(value, "read") == 0;
        if (!method->is_audited) {
            problem(reader->problems, reader->where, "audit: %s is not read", value);
        }
    } else if ((value = header_value(line, "recall"))) {
        method->is_fresh = strcmp(value, "no") == 0;
        if (!method->is_fresh) {
            problem(reader->problems, reader->where, "recall: %s is not no", value);
        }
    }
}

/* What stands between two markers is a statement; NULL for a line that is no marker. */
static const char *marker_of(const char *line)
{
    const char *after = header_value(line, "after");
    return after && strcmp(after, "refusal") == 0 ? READER_AFTER_REFUSAL
                                                  : header_value(line, "into");
}

static void read_text(struct reader *reader, const ProtobufCServiceDescriptor *const *services,
                      char *text)
{
    struct buf chunk = {0};
    char into[BIND_TEXT];
    bool has_into = false;
    for (char *line = text, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next) {
            *next++ = '\0';
        }
        const char *marker = marker_of(line);
        const char *code = line + strspn(line, " \t");
        if (marker && reader->method->method.path) {
            buf_append(&chunk, "", 1);
            reader_add_statement(reader, has_into ? into : NULL, (char *)buf_head(&chunk));
            chunk.len = 0;
            snprintf(into, sizeof(into), "%s", marker);
            has_into = true;
        } else if (strncmp(code, "--", 2) == 0) {
            take_header(reader, services, line);
        } else {
            buf_append(&chunk, line, strlen(line));
            buf_append(&chunk, "\n", 1);
        }
    }
    buf_append(&chunk, "", 1);
    if (reader->method->method.path) {
        reader_add_statement(reader, has_into ? into : NULL, (char *)buf_head(&chunk));
    }
    buf_deinit(&chunk);
}

/* --- what the engine itself looks for in a request
 * -------------------------------------------------- */

/* Gives every mention of a name field the shape of the longest one. */
static void settle_shapes(struct reader *reader, const struct bind_param *longest)
{
    struct sql_method *method = reader->method;
    for (unsigned i = 0; i < method->statement_count; i++) {
        for (int k = 0; k < method->statements[i].db.param_count; k++) {
            struct bind_param *param = &method->statements[i].params[k];
            if (!param->is_name || strcmp(param->text, longest->text) != 0 ||
                param->shape.depth >= longest->shape.depth) {
                continue;
            }
            if (!bind_shape_begins(&longest->shape, &param->shape)) {
                problem(reader->problems, reader->where, ":%s is given two shapes", param->text);
            }
            param->shape = longest->shape;
        }
    }
}

static void settle_names(struct reader *reader)
{
    struct sql_method *method = reader->method;
    for (unsigned i = 0; i < method->statement_count; i++) {
        for (int k = 0; k < method->statements[i].db.param_count; k++) {
            const struct bind_param longest = method->statements[i].params[k];
            if (longest.is_name) {
                settle_shapes(reader, &longest);
            }
        }
    }
    for (unsigned i = 0; method->has_tenant && i < method->statement_count; i++) {
        for (int k = 0; k < method->statements[i].db.param_count; k++) {
            const struct bind_param *param = &method->statements[i].params[k];
            if (param->is_name && strcmp(param->text, method->tenant.text) == 0) {
                method->tenant.shape = param->shape;
            }
        }
    }
}

/* The tenant is in `parent`, else in `name`, else, for an update, in the name of the resource. */
static void find_request_fields(struct sql_method *method)
{
    const ProtobufCMessageDescriptor *input = method->method.input;
    method->request_id = field_of(method->method.input, "request_id", PROTOBUF_C_TYPE_STRING);
    method->validate_only = field_of(method->method.input, "validate_only", PROTOBUF_C_TYPE_BOOL);
    method->update_mask = field_of(method->method.input, "update_mask", PROTOBUF_C_TYPE_MESSAGE);
    bool has_parent = field_of(method->method.input, "parent", PROTOBUF_C_TYPE_STRING) != NULL;
    bool has_name = field_of(method->method.input, "name", PROTOBUF_C_TYPE_STRING) != NULL;
    char text[BIND_PARAM_TEXT];
    snprintf(text, sizeof(text), "%s", has_parent ? "parent" : has_name ? "name" : "");
    for (unsigned i = 0; method->update_mask && i < input->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &input->fields[i];
        if (field->type == PROTOBUF_C_TYPE_MESSAGE && field != method->update_mask) {
            method->masked = field->descriptor;
            snprintf(text, sizeof(text), "%s.name", field->name);
            break;
        }
    }
    struct bind_param *tenant = &method->tenant;
    method->has_tenant = *text && bind_path_resolve(input, text, strlen(text), &tenant->path);
    snprintf(tenant->text, sizeof(tenant->text), "%s", text);
    tenant->is_name = true;
    tenant->kind = VALUE_TEXT;
    bind_shape_add(&tenant->shape, "authorities", strlen("authorities"));
}

/* A write has its entry anyway; what could go out before the entry is there, or be taken back with
 * it, is no audited read. */
static void check_audit(struct reader *reader)
{
    const struct sql_method *method = reader->method;
    if (method->is_audited &&
        (method->is_write || method->method.server_streams || method->validate_only)) {
        problem(reader->problems, reader->where,
                "audit: read is for tx: read, without a stream and without validate_only");
    }
}

/* --- files
 * ----------------------------------------------------------------------------------------- */

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = file ? malloc(METHOD_MAX_FILE + 1) : NULL;
    size_t len = text ? fread(text, 1, METHOD_MAX_FILE, file) : 0;
    if (text) {
        text[len] = '\0';
    }
    if (file) {
        fclose(file);
    }
    return text;
}

/* Gives back what was set aside for the most that a file may have, before the next file takes as
 * much: given back at the end, it would lie in holes between what stays. Pointers into a method are
 * taken from here on. */
static void shrink(struct sql_method *method)
{
    for (unsigned i = 0; i < method->statement_count; i++) {
        struct sql_statement *statement = &method->statements[i];
        size_t count = (size_t)statement->db.param_count;
        void *params = realloc(statement->params, (count ? count : 1) * sizeof(*statement->params));
        statement->params = params ? params : statement->params;
    }
    size_t count = method->statement_count ? method->statement_count : 1;
    void *statements = realloc(method->statements, count * sizeof(*method->statements));
    method->statements = statements ? statements : method->statements;
    for (unsigned i = 0; i < method->statement_count; i++) {
        struct sql_statement *statement = &method->statements[i];
        statement->db.sql = statement->sql;
        statement->db.param_types = statement->param_types;
    }
}

static void load_file(struct sql_methods *methods, const char *path, const char *where,
                      const ProtobufCServiceDescriptor *const *services, struct problems *problems)
{
    char *text = read_file(path);
    struct sql_method *method = calloc(1, sizeof(*method));
    if (methods->count == methods->cap) {
        size_t cap = methods->cap ? methods->cap * 2 : 64;
        struct sql_method **wider = realloc(methods->methods, cap * sizeof(struct sql_method *));
        methods->methods = wider ? wider : methods->methods;
        methods->cap = wider ? cap : methods->cap;
    }
    if (method) {
        method->statements = calloc(METHOD_MAX_STATEMENTS, sizeof(*method->statements));
        method->file = strdup(where);
    }
    if (!text || !method || !method->statements || methods->count == methods->cap) {
        problem(problems, where, "cannot be read");
        free(text);
        return;
    }
    methods->methods[methods->count++] = method;
    struct reader reader = {.method = method, .problems = problems, .where = method->file};
    size_t before = problems->count;
    read_text(&reader, services, text);
    free(text);
    if (!method->method.path || !*method->permission || method->statement_count == 0) {
        if (problems->count == before) {
            problem(problems, where, "needs a header of rpc, permission and tx, and a statement");
        }
        method->method.path = NULL;
        return;
    }
    check_streams(&reader);
    find_request_fields(method);
    check_audit(&reader);
    settle_names(&reader);
    shrink(method);
}

static int only_sql(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && dot != entry->d_name && strcmp(dot, ".sql") == 0;
}

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void load_service(struct sql_methods *methods, const char *directory, const char *service,
                         const ProtobufCServiceDescriptor *const *services,
                         struct problems *problems)
{
    char path[4096];
    struct dirent **files;
    snprintf(path, sizeof(path), "%s/%s", directory, service);
    int count = scandir(path, &files, only_sql, alphasort);
    for (int i = 0; i < count; i++) {
        char where[BIND_TEXT];
        snprintf(where, sizeof(where), "%.100s/%.140s", service, files[i]->d_name);
        snprintf(path, sizeof(path), "%s/%s", directory, where);
        load_file(methods, path, where, services, problems);
        free(files[i]);
    }
    if (count >= 0) {
        free(files);
    }
}

struct db_statement *const sql_engine_statements[SQL_ENGINE_STATEMENTS] = {
    &auth_identify,     &auth_identify_session, &auth_touch,
    &sql_request_begin, &recall_stamp,          &audit_write,
    &audit_read,        &audit_denied,          &retention_job};

/* Names the statements and lists them, the engine's own first. */
static void list_statements(struct sql_methods *methods)
{
    size_t most =
        SQL_ENGINE_STATEMENTS + methods->extra_count + methods->count * METHOD_MAX_STATEMENTS;
    methods->statements = calloc(most, sizeof(struct db_statement *));
    if (!methods->statements) {
        return;
    }
    for (size_t i = 0; i < SQL_ENGINE_STATEMENTS + methods->extra_count; i++) {
        struct db_statement *statement = i < SQL_ENGINE_STATEMENTS
                                             ? sql_engine_statements[i]
                                             : methods->extra[i - SQL_ENGINE_STATEMENTS];
        statement->index = methods->statement_count;
        methods->statements[methods->statement_count++] = statement;
    }
    for (size_t i = 0; i < methods->count; i++) {
        struct sql_method *method = methods->methods[i];
        for (unsigned k = 0; k < method->statement_count; k++) {
            struct db_statement *statement = &method->statements[k].db;
            snprintf(statement->name, sizeof(statement->name), "s%zu", methods->statement_count);
            statement->index = methods->statement_count;
            methods->statements[methods->statement_count++] = statement;
        }
    }
}

void sql_methods_load(struct sql_methods *methods, const char *directory,
                      const ProtobufCServiceDescriptor *const *services, struct problems *problems)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, not_hidden, alphasort);
    if (count < 0) {
        problem(problems, directory, "cannot be read");
        return;
    }
    for (int i = 0; i < count; i++) {
        load_service(methods, directory, entries[i]->d_name, services, problems);
        free(entries[i]);
    }
    free(entries);
    list_statements(methods);
}

void sql_methods_deinit(struct sql_methods *methods)
{
    for (size_t i = 0; i < methods->count; i++) {
        struct sql_method *method = methods->methods[i];
        for (unsigned k = 0; k < method->statement_count; k++) {
            free(method->statements[k].sql);
            free(method->statements[k].params);
            free(method->statements[k].columns);
        }
        free(method->statements);
        free(method->file);
        free(method);
    }
    free(methods->methods);
    free(methods->statements);
    *methods = (struct sql_methods){0};
}
