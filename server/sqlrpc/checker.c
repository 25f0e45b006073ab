/* SPDX-License-Identifier: Apache-2.0 */
/* Holds the statements against a database: it is asked about each, what it says is compared with
 * the protos, and the columns are bound to reply fields. */
#include "google/protobuf/timestamp.pb-c.h"
#include "server/sqlrpc/described.h"
#include "server/sqlrpc/recall.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_column(struct sql_statement *statement, const struct described_column *described,
                         const char *where, struct problems *problems)
{
    const char *name = described->name;
    struct bind_column *column = &statement->columns[statement->column_count];
    bool is_array = false;
    const struct value_type *type = value_type_of(described->type, &is_array);
    if (!bind_path_resolve(statement->row, name, strlen(name), &column->path)) {
        problem(problems, where, "column \"%s\" is no field of %s", name, statement->row->name);
        return;
    }
    const ProtobufCFieldDescriptor *leaf = column->path.fields[column->path.depth - 1];
    column->is_array = column->path.crossing >= 0;
    column->kind = type ? value_kind_of(leaf, type) : VALUE_NONE;
    if (column->kind == VALUE_NONE || is_array != column->is_array) {
        problem(problems, where, "column \"%s\" has SQL type %u, which does not fit the field",
                name, described->type);
        return;
    }
    if (column->kind == VALUE_LABEL) {
        column->labels = value_labels(leaf->descriptor);
    }
    statement->column_count++;
}

/* Takes the columns that the database describes. False when it said nothing of the statement. */
static bool take_description(struct sql_statement *statement, const struct described *described,
                             const char *where, struct problems *problems)
{
    struct described_column columns[BIND_MAX_COLUMNS];
    unsigned count;
    bool known = described_known(described, statement->db.index, &count);
    if (count == 0 || statement->is_write) {
        return known;
    }
    statement->columns = calloc(count, sizeof(*statement->columns));
    if (count > BIND_MAX_COLUMNS || !statement->columns) {
        problem(problems, where, "more than %d columns", BIND_MAX_COLUMNS);
        return true;
    }
    described_columns(described, statement->db.index, columns, BIND_MAX_COLUMNS);
    for (unsigned i = 0; i < count; i++) {
        check_column(statement, &columns[i], where, problems);
    }
    return true;
}

/* --- asking the database, many statements a round trip --------------------------------------- */

/* A statement under way. */
struct question {
    const struct db_statement *db;
    const char *where;
};

enum { MAX_QUESTIONS = 16 };

/* What one connection is asked. */
struct questions {
    PGconn *conn;
    struct described *described;
    struct problems *problems;
    struct question items[MAX_QUESTIONS];
    unsigned count;
};

/* The results of one question, up to its Sync. */
static void take_answer(struct questions *questions, const struct question *question)
{
    bool synced = false;
    bool parsed = false;
    while (!synced) {
        PGresult *result = PQgetResult(questions->conn);
        if (!result) { /* stands between the results of two commands */
            synced = PQstatus(questions->conn) == CONNECTION_BAD;
            continue;
        }
        switch (PQresultStatus(result)) {
        case PGRES_PIPELINE_SYNC:
            synced = true;
            break;
        case PGRES_COMMAND_OK:
            if (parsed && !described_add(questions->described, question->db->index, result)) {
                problem(questions->problems, question->where, "out of memory");
            }
            parsed = true; /* its description is the second answer */
            break;
        case PGRES_FATAL_ERROR: {
            const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
            problem(questions->problems, question->where, "the database says: %s",
                    message ? message : PQerrorMessage(questions->conn));
            synced = PQstatus(questions->conn) == CONNECTION_BAD;
            break;
        }
        default: /* aborted by an error before it */
            break;
        }
        PQclear(result);
    }
}

static void take_answers(struct questions *questions)
{
    for (unsigned i = 0; i < questions->count; i++) {
        take_answer(questions, &questions->items[i]);
    }
    questions->count = 0;
}

/* All connections, asked in turn as many questions as one may be: one backend works out answers
 * while another is sent questions. */
struct examination {
    struct questions of[SQL_CHECK_CONNECTIONS];
    unsigned turn;
};

static void ask(struct examination *examination, struct question question)
{
    struct questions *questions = &examination->of[examination->turn];
    PGconn *conn = questions->conn;
    const struct db_statement *db = question.db;
    if (questions->count == MAX_QUESTIONS) {
        take_answers(questions);
    }
    if (!PQsendPrepare(conn, db->name, db->sql, db->param_count, db->param_types) ||
        !PQsendDescribePrepared(conn, db->name) || !PQpipelineSync(conn)) {
        problem(questions->problems, question.where, "the database says: %s", PQerrorMessage(conn));
        return;
    }
    questions->items[questions->count++] = question;
    if (questions->count == MAX_QUESTIONS) {
        examination->turn = (examination->turn + 1) % SQL_CHECK_CONNECTIONS;
    }
}

void sql_methods_ask(const struct sql_methods *methods, PGconn *const *conns,
                     struct described *described, struct problems *problems)
{
    struct examination examination = {0};
    for (unsigned i = 0; i < SQL_CHECK_CONNECTIONS; i++) {
        examination.of[i] =
            (struct questions){.conn = conns[i], .described = described, .problems = problems};
        PQenterPipelineMode(conns[i]);
    }
    for (size_t i = 0; i < SQL_ENGINE_STATEMENTS; i++) {
        struct db_statement *statement = sql_engine_statements[i];
        ask(&examination, (struct question){.db = statement, .where = statement->name});
    }
    for (size_t i = 0; i < methods->extra_count; i++) {
        ask(&examination,
            (struct question){.db = methods->extra[i], .where = methods->extra[i]->name});
    }
    for (size_t i = 0; i < methods->count; i++) {
        const struct sql_method *method = methods->methods[i];
        for (unsigned k = 0; method->method.path && k < method->statement_count; k++) {
            ask(&examination, (struct question){&method->statements[k].db, method->file});
        }
    }
    for (unsigned i = 0; i < SQL_CHECK_CONNECTIONS; i++) {
        take_answers(&examination.of[i]);
        PQexitPipelineMode(conns[i]);
    }
}

/* Whether a statement reaches `field` of `message` when its rows lie at `path`. */
static bool column_fills(const struct sql_statement *statement,
                         const ProtobufCFieldDescriptor *field)
{
    for (unsigned i = 0; i < statement->column_count; i++) {
        if (statement->columns[i].path.fields[0] == field) {
            return true;
        }
    }
    return false;
}

static bool into_fills(const struct sql_method *method, const ProtobufCFieldDescriptor *field)
{
    for (unsigned i = 0; i < method->statement_count; i++) {
        const struct sql_statement *statement = &method->statements[i];
        if (statement->is_write) {
            continue;
        }
        if (statement->into_reply ? column_fills(statement, field)
                                  : statement->into.fields[0] == field) {
            return true;
        }
    }
    return false;
}

/* A row fills every field of its message but the lists, which a summary may leave out. */
static void check_row_filled(const struct sql_statement *statement, const char *where,
                             struct problems *problems)
{
    for (unsigned i = 0; i < statement->row->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &statement->row->fields[i];
        bool is_list = field->label == PROTOBUF_C_LABEL_REPEATED;
        if (!is_list && !column_fills(statement, field)) {
            problem(problems, where, "no column fills %s.%s", statement->row->name, field->name);
        }
    }
}

static void check_reply_filled(const struct sql_method *method, struct problems *problems)
{
    const ProtobufCMessageDescriptor *output = method->method.output;
    for (unsigned i = 0; i < output->n_fields; i++) {
        if (!into_fills(method, &output->fields[i])) {
            problem(problems, method->file, "nothing fills %s.%s", output->name,
                    output->fields[i].name);
        }
    }
    for (unsigned i = 0; i < method->statement_count; i++) {
        const struct sql_statement *statement = &method->statements[i];
        if (!statement->is_write && !statement->into_reply && statement->column_count > 0) {
            check_row_filled(statement, method->file, problems);
        }
    }
}

/* Binds all columns of a method. False when some are missing, so that what they would fill cannot
 * be told. */
static bool take_descriptions(struct sql_method *method, const struct described *described,
                              struct problems *problems)
{
    size_t before = problems->count;
    bool known = true;
    for (unsigned i = 0; i < method->statement_count; i++) {
        known &= take_description(&method->statements[i], described, method->file, problems);
    }
    return known && problems->count == before;
}

void sql_methods_check(struct sql_methods *methods, const struct described *described,
                       const struct auth_roles *roles, struct problems *problems)
{
    for (size_t i = 0; i < methods->count; i++) {
        struct sql_method *method = methods->methods[i];
        if (!method->method.path) {
            continue; /* reported by the loader */
        }
        if (take_descriptions(method, described, problems)) {
            check_reply_filled(method, problems);
        }
        if (!auth_rule_of(roles, method->permission, &method->rule)) {
            problem(problems, method->file, "permission: %s is held by no role",
                    method->permission);
        }
        method->method.permission = method->permission;
        method->method.anonymous = method->rule.need == AUTH_PUBLIC;
        if (method->rule.need != AUTH_ROLE && method->has_tenant) {
            problem(problems, method->file, "permission: %s cannot guard what is in an authority",
                    method->permission);
        }
    }
}

void sql_methods_step(struct sql_methods *methods, const struct sql_step *steps, size_t count,
                      struct problems *problems)
{
    for (size_t i = 0; i < count; i++) {
        bool found = false;
        for (size_t k = 0; k < methods->count && !found; k++) {
            struct sql_method *method = methods->methods[k];
            found = method->method.path && strcmp(method->path, steps[i].path) == 0;
            if (found) {
                method->step = &steps[i];
                method->is_fresh |= steps[i].after != NULL; /* what it adds is in no memory */
            }
        }
        if (!found) {
            problem(problems, steps[i].path + 1, "has a step in C and no SQL file");
        }
    }
}

void sql_methods_register(struct sql_methods *methods, struct registry *registry,
                          const ProtobufCServiceDescriptor *const *services,
                          struct problems *problems)
{
    for (size_t i = 0; i < methods->count; i++) {
        struct sql_method *method = methods->methods[i];
        if (method->method.path && !registry_add(registry, &method->method)) {
            problem(problems, method->file, "rpc: %s is answered twice", method->path + 1);
        }
    }
    for (size_t i = 0; services[i]; i++) {
        for (unsigned k = 0; k < services[i]->n_methods; k++) {
            char path[BIND_TEXT];
            snprintf(path, sizeof(path), "/%s/%s", services[i]->name, services[i]->methods[k].name);
            if (!registry_find(registry, path, strlen(path))) {
                problem(problems, path + 1, "has neither an SQL file nor a handler");
            }
        }
    }
}
