/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/error.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The fixed table. A shorter key stands for its whole class; the longest match wins by order. */
static const struct {
    const char *sqlstate;
    enum grpc_code code;
    const char *message; /* NULL: the database's own, written for people */
} table[] = {
    {"PL400", GRPC_INVALID_ARGUMENT, NULL},
    {"PL403", GRPC_PERMISSION_DENIED, NULL},
    {"PL404", GRPC_NOT_FOUND, NULL},
    {"PL409", GRPC_ALREADY_EXISTS, NULL},
    {"PL410", GRPC_ABORTED, NULL},
    {"PL412", GRPC_FAILED_PRECONDITION, NULL},
    {DB_SQLSTATE_REPLAY, GRPC_ALREADY_EXISTS, "this request was done before"},
    {"23505", GRPC_ALREADY_EXISTS, "it exists already"},
    {"23503", GRPC_INVALID_ARGUMENT, "it refers to something that does not exist"},
    {"23514", GRPC_INVALID_ARGUMENT, "a value breaks a rule"},
    {"23502", GRPC_INVALID_ARGUMENT, "a value is missing"},
    {"22", GRPC_INVALID_ARGUMENT, "a value cannot be read"},
    {"40", GRPC_ABORTED, "somebody else changed the same thing; try again"},
    {"42501", GRPC_PERMISSION_DENIED, "this is not permitted"},
    {"55P03", GRPC_ABORTED, "somebody else is changing the same thing; try again"},
    {"57014", GRPC_DEADLINE_EXCEEDED, "the database took longer than the call's deadline"},
    {"57P", GRPC_UNAVAILABLE, "the database is going away; try again shortly"},
    {"53", GRPC_UNAVAILABLE, "the database is out of resources; try again shortly"},
    {"08", GRPC_UNAVAILABLE, "the database is out of reach; try again shortly"},
    {"", GRPC_INTERNAL, "the service could not do this; its log says why"},
};

static int compare_rules(const void *a, const void *b)
{
    return strcmp(((const struct db_rule *)a)->constraint, ((const struct db_rule *)b)->constraint);
}

bool db_rules_read(PGconn *conn, struct db_rules *rules, struct err *err)
{
    static const char sql[] =
        "SELECT c.conname, split_part(d.description, ': ', 1),"
        " substr(d.description, strpos(d.description, ': ') + 2)"
        " FROM pg_constraint AS c JOIN pg_description AS d ON d.objoid = c.oid"
        " AND d.classoid = 'pg_constraint'::regclass AND d.objsubid = 0"
        " WHERE c.connamespace = 'pledge'::regnamespace AND strpos(d.description, ': ') > 0";
    PGresult *result = PQexec(conn, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        err_set(err, GRPC_INTERNAL, "reading constraint comments: %s", PQerrorMessage(conn));
        PQclear(result);
        return false;
    }
    rules->count = (size_t)PQntuples(result);
    rules->rules = calloc(rules->count + 1, sizeof(*rules->rules));
    for (size_t i = 0; rules->rules && i < rules->count; i++) {
        rules->rules[i].constraint = strdup(PQgetvalue(result, (int)i, 0));
        rules->rules[i].field = strdup(PQgetvalue(result, (int)i, 1));
        rules->rules[i].sentence = strdup(PQgetvalue(result, (int)i, 2));
    }
    PQclear(result);
    if (!rules->rules) {
        return err_set(err, GRPC_RESOURCE_EXHAUSTED, "out of memory");
    }
    qsort(rules->rules, rules->count, sizeof(*rules->rules), compare_rules);
    return true;
}

void db_rules_deinit(struct db_rules *rules)
{
    for (size_t i = 0; i < rules->count; i++) {
        free(rules->rules[i].constraint);
        free(rules->rules[i].field);
        free(rules->rules[i].sentence);
    }
    free(rules->rules);
    *rules = (struct db_rules){0};
}

/* The DETAIL of our own SQLSTATEs is a JSON array of violations. */
static void take_violations(const char *detail, struct arena *arena, struct err *err)
{
    json_t *list = json_loads(detail, 0, NULL);
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        const char *field = json_string_value(json_object_get(item, "field"));
        const char *description = json_string_value(json_object_get(item, "description"));
        const char *reason = json_string_value(json_object_get(item, "reason"));
        if (field && description) {
            err_violation(err, arena, field, reason ? reason : "", "%s", description);
        }
    }
    json_decref(list);
}

static void take_rule(const char *constraint, const struct db_rules *rules, struct arena *arena,
                      struct err *err)
{
    struct db_rule key = {.constraint = (char *)constraint};
    const struct db_rule *rule =
        rules->count > 0 ? bsearch(&key, rules->rules, rules->count, sizeof(key), compare_rules)
                         : NULL;
    if (rule) {
        enum grpc_code code = err->code;
        err_set(err, code, "%s: %s", rule->field, rule->sentence);
        err_violation(err, arena, rule->field, "", "%s", rule->sentence);
    }
}

void db_error(const PGresult *result, const struct db_rules *rules, struct arena *arena,
              struct err *err)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    sqlstate = sqlstate ? sqlstate : "";
    size_t row = 0;
    while (strncmp(sqlstate, table[row].sqlstate, strlen(table[row].sqlstate)) != 0) {
        row++;
    }
    strncpy(err->sqlstate, sqlstate, sizeof(err->sqlstate) - 1);
    snprintf(err->detail, sizeof(err->detail), "%s", message ? message : "");
    err_set(err, table[row].code, "%s",
            table[row].message ? table[row].message : (message ? message : ""));
    if (detail && strncmp(sqlstate, "PL", 2) == 0) {
        take_violations(detail, arena, err);
    } else if (constraint) {
        take_rule(constraint, rules, arena, err);
    }
}
