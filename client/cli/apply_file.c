/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/apply_file.h"

#include "common/base/err.h"
#include "common/msg/json.h"

#include "pledge/v1/authority.pb-c.h"
#include "pledge/v1/commitment.pb-c.h"
#include "pledge/v1/pledge.pb-c.h"
#include "pledge/v1/return.pb-c.h"
#include "pledge/v1/round.pb-c.h"

#include <ctype.h>
#include <string.h>

enum { FIRST_ITEMS = 16 };

static const char format_name[] = "pledge.apply/1";

struct shape {
    const char *key;        /* of the list in the file */
    const char *id_key;     /* of an item's identifier */
    const char *collection; /* in resource names */
    const ProtobufCMessageDescriptor *descriptor;
};

static const struct shape shapes[APPLY_KINDS] = {
    [APPLY_AUTHORITY] = {"authority", "id", "authorities", &pledge__v1__authority__descriptor},
    [APPLY_DEPARTMENT] = {"departments", "id", "departments", &pledge__v1__department__descriptor},
    [APPLY_AGENCY] = {"partnerAgencies", "id", "partnerAgencies",
                      &pledge__v1__partner_agency__descriptor},
    [APPLY_BODY] = {"bodies", "id", "bodies", &pledge__v1__body__descriptor},
    [APPLY_PLEDGE] = {"pledges", "id", "pledges", &pledge__v1__pledge__descriptor},
    [APPLY_VERSION] = {"versions", "id", "versions", &pledge__v1__version__descriptor},
    [APPLY_COMMITMENT] = {"commitments", "id", "commitments", &pledge__v1__commitment__descriptor},
    [APPLY_ROUND] = {"rounds", "id", "rounds", &pledge__v1__round__descriptor},
    [APPLY_RETURN] = {"returns", "owner", "returns", &pledge__v1__return__descriptor},
};

void apply_file_problem(struct apply_file *file, const char *path, const char *text)
{
    file->no_memory = file->no_memory || !path || !text;
    if (file->problem_count < APPLY_MAX_PROBLEMS && path && text) {
        file->problems[file->problem_count++] = (struct apply_problem){path, text};
    }
}

static const char *join(struct apply_file *file, const char *path, const char *key)
{
    const char *joined = arena_printf(file->arena, "%s%s%s", path, *path ? "." : "", key);
    return joined ? joined : "";
}

static void problem_at(struct apply_file *file, const char *path, const char *key, const char *text)
{
    apply_file_problem(file, join(file, path, key), text);
}

const struct apply_item *apply_file_find(const struct apply_file *file, enum apply_kind kind,
                                         const char *name)
{
    for (size_t i = 0; i < file->lists[kind].count; i++) {
        if (strcmp(file->lists[kind].items[i].name, name) == 0) {
            return &file->lists[kind].items[i];
        }
    }
    return NULL;
}

/* Takes a member out of an object. NULL with a problem when it is no text; "" when not there. */
static char *take_text(struct apply_file *file, json_t *object, const char *path, const char *key)
{
    const json_t *value = json_object_get(object, key);
    static char none[1];
    char *text = none;
    if (value && !json_is_string(value)) {
        problem_at(file, path, key, "must be text");
    } else if (value) {
        text = arena_strndup(file->arena, json_string_value(value), json_string_length(value));
        file->no_memory = file->no_memory || !text;
    }
    json_object_del(object, key);
    return text ? text : none;
}

static bool take_flag(struct apply_file *file, json_t *object, const char *path, const char *key)
{
    const json_t *value = json_object_get(object, key);
    bool set = json_is_true(value);
    if (value && !json_is_boolean(value)) {
        problem_at(file, path, key, "must be true or false");
    }
    json_object_del(object, key);
    return set;
}

/* The violations speak of proto fields; the file has them in lower camel case. */
static void take_violations(struct apply_file *file, const char *path, const struct err *err)
{
    for (size_t i = 0; i < err->violation_count; i++) {
        char *camel =
            arena_strndup(file->arena, err->violations[i].field, strlen(err->violations[i].field));
        char *out = camel;
        for (char *in = camel; in && *in; in++) {
            bool raise = *in == '_' && in[1];
            in += raise;
            *out++ = (char)(raise ? toupper((unsigned char)*in) : *in);
        }
        if (out) {
            *out = '\0';
            problem_at(file, path, camel, err->violations[i].description);
        }
    }
}

static struct apply_item *add_item(struct apply_file *file, enum apply_kind kind)
{
    struct apply_list *list = &file->lists[kind];
    if (list->count == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : FIRST_ITEMS;
        struct apply_item *wider = arena_calloc(file->arena, cap, sizeof(*wider));
        if (!wider) {
            return NULL;
        }
        if (list->count > 0) {
            memcpy(wider, list->items, list->count * sizeof(*wider));
        }
        list->items = wider;
        list->cap = cap;
    }
    return &list->items[list->count++];
}

static bool is_identifier(const char *id)
{
    size_t len = strlen(id);
    return len > 0 && len <= 63 && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

/* ---- references: identifiers in the file, resource names in messages ---- */

static void set_text(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, json_string(text ? text : ""));
}

static char *owner_name(struct apply_file *file, const char *id)
{
    static const enum apply_kind kinds[] = {APPLY_DEPARTMENT, APPLY_AGENCY};
    for (size_t k = 0; k < 2; k++) {
        char *name =
            arena_printf(file->arena, "%s/%s/%s", file->authority, shapes[kinds[k]].collection, id);
        if (name && apply_file_find(file, kinds[k], name)) {
            return name;
        }
    }
    return NULL;
}

static void refer_owner(struct apply_file *file, json_t *object, const char *path)
{
    const char *id = json_string_value(json_object_get(object, "owner"));
    char *name = id ? owner_name(file, id) : NULL;
    if (!name) {
        problem_at(file, path, "owner", "is no department or partner agency of this file");
        json_object_del(object, "owner");
        return;
    }
    set_text(object, "owner", name);
}

/* "p/2" becomes …/pledges/p/versions/2, "p/2/7" the statement's name. NULL when malformed. */
static char *version_part_name(struct apply_file *file, const char *text, bool statement)
{
    const char *first = strchr(text, '/');
    const char *second = first ? strchr(first + 1, '/') : NULL;
    if (!first || first == text || (statement ? !second || !second[1] : second != NULL) ||
        first + 1 == second || !first[1] || (second && strchr(second + 1, '/'))) {
        return NULL;
    }
    int version_len = (int)(second ? second - first - 1 : (long)strlen(first + 1));
    return arena_printf(file->arena, "%s/pledges/%.*s/versions/%.*s%s%s", file->authority,
                        (int)(first - text), text, version_len, first + 1,
                        statement ? "/statements/" : "", statement ? second + 1 : "");
}

/* What is wrong with a reference to a statement by its resource name, or NULL. */
static const char *statement_problem(struct apply_file *file, const char *name)
{
    const char *id = strrchr(name, '/') + 1;
    size_t version_len = (size_t)(id - name) - strlen("/statements/");
    const char *version_name = arena_strndup(file->arena, name, version_len);
    const struct apply_item *item =
        version_name ? apply_file_find(file, APPLY_VERSION, version_name) : NULL;
    const Pledge__V1__Version *version = item ? (const void *)item->message : NULL;
    for (size_t i = 0; version && i < version->n_statements; i++) {
        if (strcmp(version->statements[i]->statement_id, id) == 0) {
            return NULL;
        }
    }
    /* A version that could not be read has problems of its own. */
    return !item     ? "is of no version of this file"
           : version ? "is no statement of that version"
                     : NULL;
}

static void refer_statements(struct apply_file *file, json_t *object, const char *path)
{
    const json_t *list = json_object_get(object, "statements");
    json_t *names = json_array();
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        char *name = text ? version_part_name(file, text, true) : NULL;
        const char *wrong =
            name ? statement_problem(file, name) : "must be <pledge>/<version>/<statement>";
        if (wrong) {
            problem_at(file, path, arena_printf(file->arena, "statements[%zu]", i), wrong);
        }
        json_array_append_new(names, json_string(name ? name : ""));
    }
    if (json_is_array(list)) {
        json_object_set(object, "statements", names);
    }
    json_decref(names);
}

static void refer_body(struct apply_file *file, json_t *object, const char *path)
{
    const char *id = json_string_value(json_object_get(object, "parentBody"));
    char *name = id ? arena_printf(file->arena, "%s/bodies/%s", file->authority, id) : NULL;
    if (name && !apply_file_find(file, APPLY_BODY, name)) {
        problem_at(file, path, "parentBody", "is no body that stands before this one in the file");
    }
    if (name) {
        set_text(object, "parentBody", name);
    }
}

static void refer_version(struct apply_file *file, json_t *object, const char *path)
{
    const char *text = json_string_value(json_object_get(object, "version"));
    char *name = text ? version_part_name(file, text, false) : NULL;
    if (!name) {
        problem_at(file, path, "version", "must be <pledge>/<version>");
        return;
    }
    if (!apply_file_find(file, APPLY_VERSION, name)) {
        problem_at(file, path, "version", "is no version of this file");
    }
    set_text(object, "version", name);
}

static void take_adoption(struct apply_file *file, json_t *object, const char *path,
                          struct apply_item *item)
{
    json_t *adoption = json_object_get(object, "adoption");
    if (!adoption) {
        return;
    }
    const char *inner = join(file, path, "adoption");
    if (!json_is_object(adoption)) {
        apply_file_problem(file, inner, "must be an object");
    } else {
        json_t *copy = json_copy(adoption);
        item->adopted_on = take_text(file, copy, inner, "adoptedOn");
        const char *body = take_text(file, copy, inner, "adoptedBy");
        item->adopted_by = arena_printf(file->arena, "%s/bodies/%s", file->authority, body);
        if (item->adopted_by && !apply_file_find(file, APPLY_BODY, item->adopted_by)) {
            problem_at(file, inner, "adoptedBy", "is no body of this file");
        }
        if (!*item->adopted_on) {
            problem_at(file, inner, "adoptedOn", "is missing");
        }
        if (json_object_size(copy) > 0) {
            problem_at(file, inner, json_object_iter_key(json_object_iter(copy)),
                       "there is no such field");
        }
        json_decref(copy);
    }
    json_object_del(object, "adoption");
}

/* Takes out of `object` what is not a field of the message, and turns references into names. */
static void take_special(struct apply_file *file, enum apply_kind kind, json_t *object,
                         const char *path, struct apply_item *item)
{
    switch (kind) {
    case APPLY_BODY:
        refer_body(file, object, path);
        break;
    case APPLY_PLEDGE:
        json_object_del(object, "versions");
        break;
    case APPLY_VERSION:
        take_adoption(file, object, path, item);
        break;
    case APPLY_COMMITMENT:
        refer_owner(file, object, path);
        refer_statements(file, object, path);
        break;
    case APPLY_ROUND:
        json_object_del(object, "returns");
        item->closed = take_flag(file, object, path, "closed");
        refer_version(file, object, path);
        break;
    case APPLY_RETURN:
        item->certified = take_flag(file, object, path, "certified");
        item->accepted = take_flag(file, object, path, "accepted");
        refer_owner(file, object, path);
        break;
    default:
        break;
    }
}

static void read_list(struct apply_file *file, enum apply_kind kind, const json_t *holder,
                      const char *path, char *parent);

static void read_item(struct apply_file *file, enum apply_kind kind, const json_t *json,
                      const char *path, char *parent)
{
    struct err err = {0};
    struct apply_item item = {.json = json, .path = path, .parent = parent};
    if (!json_is_object(json)) {
        apply_file_problem(file, path, "must be an object");
        return;
    }
    json_t *object = json_copy((json_t *)json);
    const char *id = json_string_value(json_object_get(object, shapes[kind].id_key));
    item.id = id ? arena_strndup(file->arena, id, strlen(id)) : "";
    if (!item.id || !is_identifier(item.id)) {
        problem_at(file, path, shapes[kind].id_key,
                   "must be an identifier: lower case letters, digits and hyphens");
    }
    if (kind != APPLY_RETURN) {
        json_object_del(object, shapes[kind].id_key);
    }
    item.name = kind == APPLY_AUTHORITY ? arena_printf(file->arena, "authorities/%s", item.id)
                                        : arena_printf(file->arena, "%s/%s/%s", parent,
                                                       shapes[kind].collection, item.id);
    if (item.name && apply_file_find(file, kind, item.name)) {
        problem_at(file, path, shapes[kind].id_key, "stands twice in the file");
    }
    take_special(file, kind, object, path, &item);
    item.message = msg_json_read(shapes[kind].descriptor, object, file->arena, &err);
    take_violations(file, path, &err);
    json_decref(object);
    struct apply_item *kept = add_item(file, kind);
    bool lost = !item.message && err.violation_count == 0;
    file->no_memory = file->no_memory || lost || !kept || !item.id || !item.name;
    if (file->no_memory) {
        return;
    }
    *kept = item;
    if (kind == APPLY_PLEDGE) {
        read_list(file, APPLY_VERSION, json, path, (char *)item.name);
    } else if (kind == APPLY_ROUND) {
        read_list(file, APPLY_RETURN, json, path, (char *)item.name);
    }
}

static void read_list(struct apply_file *file, enum apply_kind kind, const json_t *holder,
                      const char *path, char *parent)
{
    const json_t *list = json_object_get(holder, shapes[kind].key);
    const char *here = join(file, path, shapes[kind].key);
    if (!list) {
        return;
    }
    if (!json_is_array(list)) {
        apply_file_problem(file, here, "must be a list");
        return;
    }
    if (json_array_size(list) > APPLY_MAX_ITEMS) {
        apply_file_problem(file, here, "has more than 10000 items");
        return;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *item_path = arena_printf(file->arena, "%s[%zu]", here, i);
        read_item(file, kind, json_array_get(list, i), item_path ? item_path : here, parent);
    }
}

static void check_keys(struct apply_file *file)
{
    const char *key;
    json_t *value;
    json_object_foreach(file->root, key, value)
    {
        bool known = strcmp(key, "format") == 0;
        for (int kind = 0; kind < APPLY_KINDS; kind++) {
            known = known || (kind != APPLY_VERSION && kind != APPLY_RETURN &&
                              strcmp(key, shapes[kind].key) == 0);
        }
        if (!known) {
            apply_file_problem(file, arena_strndup(file->arena, key, strlen(key)),
                               "there is no such field");
        }
    }
}

static void read_root(struct apply_file *file)
{
    static const enum apply_kind top[] = {APPLY_DEPARTMENT, APPLY_AGENCY,     APPLY_BODY,
                                          APPLY_PLEDGE,     APPLY_COMMITMENT, APPLY_ROUND};
    const char *format = json_string_value(json_object_get(file->root, "format"));
    if (!format || strcmp(format, format_name) != 0) {
        apply_file_problem(file, "format", "must be \"pledge.apply/1\"");
        return;
    }
    check_keys(file);
    const json_t *authority = json_object_get(file->root, "authority");
    const char *id = json_string_value(json_object_get(authority, "id"));
    file->authority = arena_printf(file->arena, "authorities/%s", id ? id : "");
    read_item(file, APPLY_AUTHORITY, authority, "authority", file->authority);
    for (size_t i = 0; i < sizeof(top) / sizeof(top[0]); i++) {
        read_list(file, top[i], file->root, "", file->authority);
    }
}

bool apply_file_read(struct apply_file *file, struct arena *arena, const char *text, size_t len)
{
    json_error_t error;
    *file = (struct apply_file){.arena = arena};
    file->problems = arena_calloc(arena, APPLY_MAX_PROBLEMS, sizeof(*file->problems));
    if (!file->problems) {
        return false;
    }
    file->root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    if (!file->root) {
        apply_file_problem(file, arena_printf(arena, "%d:%d", error.line, error.column),
                           arena_printf(arena, "%s", error.text));
    } else if (!json_is_object(file->root)) {
        apply_file_problem(file, "1:1", "must be a JSON object");
    } else {
        read_root(file);
    }
    return !file->no_memory;
}

void apply_file_deinit(struct apply_file *file)
{
    json_decref(file->root);
    file->root = NULL;
}
