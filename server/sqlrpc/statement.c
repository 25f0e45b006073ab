/* SPDX-License-Identifier: Apache-2.0 */
#include "server/sqlrpc/reader.h"

#include "common/base/buf.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- parameters
 * ----------------------------------------------------------------------------------- */

/* Fills a parameter from ":path/shape::type", standing behind the colon. Returns its length with
 * the type, or 0 after a problem. */
static size_t read_param(struct reader *reader, const char *text, struct bind_param *param)
{
    size_t path = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_.");
    size_t whole = path;
    *param = (struct bind_param){0};
    while (text[whole] == '/' && isalpha((unsigned char)text[whole + 1])) {
        whole +=
            1 + strspn(text + whole + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    }
    size_t type = strspn(text + whole, ":") == 2
                      ? strspn(text + whole + 2, "abcdefghijklmnopqrstuvwxyz0123456789")
                      : 0;
    if (type == 0 || path >= BIND_PARAM_TEXT) {
        problem(reader->problems, reader->where, ":%.*s needs a type, as in :%.*s::text",
                (int)whole, text, (int)whole, text);
        return 0;
    }
    snprintf(param->text, sizeof(param->text), "%.*s", (int)path, text);
    param->type = value_type_named(text + whole + 2, type);
    const char *after = text + whole + 2 + type;
    param->is_array = strncmp(after, "[]", 2) == 0;
    param->is_name = whole > path;
    if (param->is_name) {
        bind_shape_add(&param->shape, "authorities", strlen("authorities"));
    }
    for (const char *at = text + path; at < text + whole;) {
        size_t len = strcspn(at + 1, "/:");
        if (!bind_shape_add(&param->shape, at + 1, len)) {
            problem(reader->problems, reader->where, ":%.*s is too long a name", (int)whole, text);
            return 0;
        }
        at += 1 + len;
    }
    param->segment = param->shape.depth - (param->is_name ? 1 : 0);
    return whole + 2 + type + (param->is_array ? 2 : 0);
}

/* True for what is no field of the request, but of its refusal. */
static bool of_refusal(const struct sql_statement *statement, struct bind_param *param)
{
    static const char *const names[] = {[BIND_STATUS] = "refusal.status",
                                        [BIND_MESSAGE] = "refusal.message",
                                        [BIND_CODES] = "refusal.codes"};
    for (int what = BIND_STATUS; what <= BIND_CODES; what++) {
        if (statement->on_refusal && strcmp(param->text, names[what]) == 0 && param->type &&
            strcmp(param->type->name, "text") == 0 && !param->is_array && !param->is_name) {
            param->refusal = (enum bind_refusal)what;
        }
    }
    return param->refusal != BIND_NO_REFUSAL;
}

static bool resolve_param(struct reader *reader, struct bind_param *param)
{
    const ProtobufCMessageDescriptor *input = reader->method->method.input;
    const char *text = param->text;
    if (!bind_path_resolve(input, text, strlen(text), &param->path)) {
        problem(reader->problems, reader->where, ":%s is no field of %s", text, input->name);
        return false;
    }
    const ProtobufCFieldDescriptor *leaf = param->path.fields[param->path.depth - 1];
    param->kind = param->type ? value_kind_of(leaf, param->type) : VALUE_NONE;
    if (param->kind == VALUE_NONE || (param->is_name && param->kind != VALUE_TEXT)) {
        problem(reader->problems, reader->where, ":%s cannot be of this SQL type", text);
        return false;
    }
    bool gathers = reader->method->method.client_streams;
    if (gathers ? param->path.crossing >= 0 : param->is_array != (param->path.crossing >= 0)) {
        problem(reader->problems, reader->where, ":%s %s", text,
                gathers           ? "is repeated, in a request that is itself one of many"
                : param->is_array ? "is not repeated, so it is no array"
                                  : "is repeated, so it needs an array type");
        return false;
    }
    if (param->kind == VALUE_LABEL) {
        param->labels = value_labels(leaf->descriptor);
    }
    return true;
}

static bool same_param(const struct bind_param *a, const struct bind_param *b)
{
    return strcmp(a->text, b->text) == 0 && a->is_name == b->is_name && a->segment == b->segment &&
           a->type == b->type;
}

/* The number of a parameter, from 1; 0 after a problem. */
static unsigned param_number(struct reader *reader, struct sql_statement *statement,
                             const struct bind_param *param)
{
    unsigned count = (unsigned)statement->db.param_count;
    for (unsigned i = 0; i < count; i++) {
        if (same_param(&statement->params[i], param)) {
            return i + 1;
        }
    }
    if (count == BIND_MAX_PARAMS) {
        problem(reader->problems, reader->where, "more than %d parameters", BIND_MAX_PARAMS);
        return 0;
    }
    statement->params[count] = *param;
    if (!of_refusal(statement, &statement->params[count]) &&
        !resolve_param(reader, &statement->params[count])) {
        return 0;
    }
    statement->param_types[count] = param->is_array ? statement->params[count].type->array_oid
                                                    : statement->params[count].type->oid;
    return (unsigned)++statement->db.param_count;
}

/* Length of a quoted string or identifier at `text`, 0 if there is none. */
static size_t quoted_length(const char *text)
{
    if (*text != '\'' && *text != '"') {
        return 0;
    }
    const char *end = strchr(text + 1, *text);
    return end ? (size_t)(end - text) + 1 : strlen(text);
}

/* Replaces the parameters by $1, $2, …; comments were dropped line by line before. */
static bool number_params(struct reader *reader, struct sql_statement *statement, const char *text)
{
    struct buf out = {0};
    bool good = true;
    while (*text && good) {
        size_t plain = quoted_length(text);
        bool param = plain == 0 && text[0] == ':' && islower((unsigned char)text[1]);
        if (plain == 0 && text[0] == ':' && text[1] == ':') {
            plain = 2;
        }
        if (!param) {
            plain = plain ? plain : 1 + strcspn(text + 1, ":'\"");
            good = buf_append(&out, text, plain);
            text += plain;
            continue;
        }
        struct bind_param found;
        char number[16];
        size_t len = read_param(reader, text + 1, &found);
        unsigned at = len > 0 ? param_number(reader, statement, &found) : 0;
        snprintf(number, sizeof(number), "$%u::%s%s", at, found.type ? found.type->name : "text",
                 found.is_array ? "[]" : "");
        good = at > 0 && buf_append(&out, number, strlen(number));
        text += 1 + len;
    }
    good = good && buf_append(&out, "", 1);
    statement->sql = good ? strdup((const char *)buf_head(&out)) : NULL;
    buf_deinit(&out);
    return statement->sql != NULL;
}

/* --- statements
 * ----------------------------------------------------------------------------------- */

static bool resolve_into(struct reader *reader, struct sql_statement *statement, const char *into)
{
    const ProtobufCMessageDescriptor *output = reader->method->method.output;
    if (strcmp(into, ".") == 0) {
        statement->into_reply = true;
        statement->row = output;
        return true;
    }
    if (!bind_path_resolve(output, into, strlen(into), &statement->into)) {
        problem(reader->problems, reader->where, "into: %s is no field of %s", into, output->name);
        return false;
    }
    const ProtobufCFieldDescriptor *last = statement->into.fields[statement->into.depth - 1];
    bool crossing_last =
        statement->into.crossing < 0 || statement->into.crossing + 1 == (int)statement->into.depth;
    if (last->type != PROTOBUF_C_TYPE_MESSAGE || !crossing_last) {
        problem(reader->problems, reader->where, "into: %s cannot be filled by rows", into);
        return false;
    }
    statement->row = last->descriptor;
    return true;
}

/* Trims blanks and one semicolon from the end. */
static void trim(char *text)
{
    size_t len = strlen(text);
    while (len > 0 && (isspace((unsigned char)text[len - 1]) || text[len - 1] == ';')) {
        text[--len] = '\0';
    }
}

void reader_add_statement(struct reader *reader, const char *into, char *text)
{
    struct sql_method *method = reader->method;
    bool on_refusal = into && strcmp(into, READER_AFTER_REFUSAL) == 0;
    into = on_refusal ? NULL : into;
    trim(text);
    if (!*text && !into) {
        return;
    }
    if (!into && !method->is_write) {
        problem(reader->problems, reader->where, "a statement stands before the first into");
        return;
    }
    if (!*text || method->statement_count == METHOD_MAX_STATEMENTS) {
        problem(reader->problems, reader->where,
                !*text ? "an into without a statement" : "too many statements");
        return;
    }
    struct sql_statement *statement = &method->statements[method->statement_count];
    statement->params = calloc(BIND_MAX_PARAMS, sizeof(*statement->params));
    statement->is_write = !into;
    statement->on_refusal = on_refusal;
    if (!statement->params || (into && !resolve_into(reader, statement, into)) ||
        !number_params(reader, statement, text)) {
        free(statement->params);
        *statement = (struct sql_statement){0};
        return;
    }
    method->statement_count++;
}
