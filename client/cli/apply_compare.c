/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/apply.h"
#include "client/cli/text.h"

#include "google/protobuf/field_mask.pb-c.h"
#include "pledge/v1/authority.pb-c.h"
#include "pledge/v1/pledge.pb-c.h"
#include "pledge/v1/return.pb-c.h"
#include "pledge/v1/round.pb-c.h"

#include <string.h>

enum { FIRST_ACTIONS = 64 };

struct kind {
    const char *singular;
    const char *plural;
    const char *list; /* methods; NULL where there is another way */
    const char *create;
    const char *update;
    const char *id_field; /* of the create request */
    const char *field;    /* of the message in both requests */
    const char *fixed;    /* a field that cannot change later, or NULL */
};

static const struct kind kinds[APPLY_KINDS] = {
    [APPLY_AUTHORITY] = {"authority", "authorities", NULL, "AuthorityService/CreateAuthority",
                         "AuthorityService/UpdateAuthority", "authority_id", "authority", NULL},
    [APPLY_DEPARTMENT] = {"department", "departments", "AuthorityService/ListDepartments",
                          "AuthorityService/CreateDepartment", "AuthorityService/UpdateDepartment",
                          "department_id", "department", NULL},
    [APPLY_AGENCY] = {"partner agency", "partner agencies", "AuthorityService/ListPartnerAgencies",
                      "AuthorityService/CreatePartnerAgency",
                      "AuthorityService/UpdatePartnerAgency", "partner_agency_id", "partner_agency",
                      NULL},
    [APPLY_BODY] = {"body", "bodies", "AuthorityService/ListBodies", "AuthorityService/CreateBody",
                    "AuthorityService/UpdateBody", "body_id", "body", NULL},
    [APPLY_PLEDGE] = {"pledge", "pledges", "PledgeService/ListPledges",
                      "PledgeService/CreatePledge", "PledgeService/UpdatePledge", "pledge_id",
                      "pledge", NULL},
    [APPLY_VERSION] = {"version", "versions", NULL, "PledgeService/CreateVersion",
                       "PledgeService/UpdateVersion", "version_id", "version", NULL},
    [APPLY_COMMITMENT] = {"commitment", "commitments", "CommitmentService/ListCommitments",
                          "CommitmentService/CreateCommitment",
                          "CommitmentService/UpdateCommitment", "commitment_id", "commitment",
                          "owner"},
    [APPLY_ROUND] = {"round", "rounds", "RoundService/ListRounds", "RoundService/CreateRound",
                     "RoundService/UpdateRound", "round_id", "round", "version"},
    [APPLY_RETURN] = {"return", "returns", NULL, "ReturnService/SubmitReturn", NULL, NULL,
                      "owner_return", NULL},
};

const char *apply_kind_word(enum apply_kind kind, size_t count)
{
    return count == 1 ? kinds[kind].singular : kinds[kind].plural;
}

/* ---- requests by descriptor ---- */

static ProtobufCMessage *new_request(struct apply_plan *plan, const char *method)
{
    const ProtobufCMessageDescriptor *type = cli_method(method)->input;
    ProtobufCMessage *request = arena_calloc(&plan->cli->arena, 1, type->sizeof_message);
    if (request) {
        protobuf_c_message_init(type, request);
    }
    plan->file->no_memory = plan->file->no_memory || !request;
    return request;
}

static void set(ProtobufCMessage *message, const char *name, const void *value)
{
    const ProtobufCFieldDescriptor *field =
        message ? protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name) : NULL;
    if (field) {
        *(const void **)((char *)message + field->offset) = value;
    }
}

static char *get_text(const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
    return field ? *(char *const *)((const char *)message + field->offset) : NULL;
}

static void act(struct apply_plan *plan, char sign, const char *what, const char *method,
                ProtobufCMessage *request, const char *etag_method)
{
    if (plan->action_count == plan->action_cap) {
        size_t cap = plan->action_cap ? plan->action_cap * 2 : FIRST_ACTIONS;
        struct apply_action *wider = arena_calloc(&plan->cli->arena, cap, sizeof(*wider));
        if (!wider) {
            plan->file->no_memory = true;
            return;
        }
        if (plan->action_count > 0) {
            memcpy(wider, plan->actions, plan->action_count * sizeof(*wider));
        }
        plan->actions = wider;
        plan->action_cap = cap;
    }
    plan->actions[plan->action_count++] =
        (struct apply_action){sign, what, method, request, etag_method};
}

/* "commitment work-experience", "version promise/2", "return 2016-07/housing" */
static const char *label(struct apply_plan *plan, enum apply_kind kind,
                         const struct apply_item *item)
{
    bool nested = kind == APPLY_VERSION || kind == APPLY_RETURN;
    return cli_printf(plan->cli, "%s %s%s%s", kinds[kind].singular,
                      nested ? text_last_segment(item->parent) : "", nested ? "/" : "", item->id);
}

static void create(struct apply_plan *plan, enum apply_kind kind, const struct apply_item *item)
{
    ProtobufCMessage *request = new_request(plan, kinds[kind].create);
    set(request, "parent", item->parent);
    if (kinds[kind].id_field) {
        set(request, kinds[kind].id_field, item->id);
    }
    set(request, kinds[kind].field, item->message);
    act(plan, '+', label(plan, kind, item), kinds[kind].create, request, NULL);
}

static void update(struct apply_plan *plan, enum apply_kind kind, const struct apply_item *item,
                   const ProtobufCMessage *there, const char *words, char **paths, size_t count)
{
    ProtobufCMessage *request = new_request(plan, kinds[kind].update);
    Google__Protobuf__FieldMask *mask = arena_calloc(&plan->cli->arena, 1, sizeof(*mask));
    char **copy = arena_calloc(&plan->cli->arena, count, sizeof(*copy));
    if (!request || !mask || !copy) {
        plan->file->no_memory = true;
        return;
    }
    memcpy(copy, paths, count * sizeof(*copy));
    google__protobuf__field_mask__init(mask);
    mask->paths = copy;
    mask->n_paths = count;
    set(item->message, "name", item->name);
    set(item->message, "etag", get_text(there, "etag"));
    set(request, kinds[kind].field, item->message);
    set(request, "update_mask", mask);
    act(plan, '~', cli_printf(plan->cli, "%s: %s", label(plan, kind, item), words),
        kinds[kind].update, request, NULL);
}

/* Compares one item with what is there, if anything. */
static void compare_item(struct apply_plan *plan, enum apply_kind kind,
                         const struct apply_item *item, const ProtobufCMessage *there)
{
    char *paths[APPLY_MAX_FIELDS];
    size_t count = 0;
    if (!there) {
        create(plan, kind, item);
        return;
    }
    const char *words = apply_difference(&plan->cli->arena, item, there, paths, &count);
    for (size_t i = 0; i < count; i++) {
        if (kinds[kind].fixed && strcmp(paths[i], kinds[kind].fixed) == 0) {
            apply_file_problem(plan->file,
                               cli_printf(plan->cli, "%s.%s", item->path, kinds[kind].fixed),
                               cli_printf(plan->cli,
                                          "differs from the service (%s) and cannot "
                                          "change",
                                          text_last_segment(get_text(there, kinds[kind].fixed))));
            return;
        }
    }
    if (count == 0) {
        plan->same[kind]++;
    } else {
        update(plan, kind, item, there, words, paths, count);
    }
}

static const ProtobufCMessage *find(const struct cli_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(get_text(list->items[i], "name"), name) == 0) {
            return list->items[i];
        }
    }
    return NULL;
}

/* ---- kinds ---- */

static bool compare_authority(struct apply_plan *plan)
{
    const struct apply_item *item = &plan->file->lists[APPLY_AUTHORITY].items[0];
    Pledge__V1__GetAuthorityRequest request = PLEDGE__V1__GET_AUTHORITY_REQUEST__INIT;
    request.name = (char *)item->name;
    const struct pledge_reply *reply =
        cli_try(plan->cli, "AuthorityService/GetAuthority", &request);
    if (!reply || (!reply->message && reply->status.code != PLEDGE_NOT_FOUND)) {
        return reply && cli_explain(plan->cli, reply) == CLI_OK;
    }
    const Pledge__V1__GetAuthorityResponse *there = (const void *)reply->message;
    plan->is_new = !there;
    compare_item(plan, APPLY_AUTHORITY, item, there ? &there->authority->base : NULL);
    return true;
}

/* Rounds that an officer has closed on the service are only compared. */
static bool is_closed(const ProtobufCMessage *round)
{
    return round && ((const Pledge__V1__Round *)round)->close_time;
}

static bool read_version(struct apply_plan *plan, const char *name,
                         const Pledge__V1__Version **ret_version)
{
    Pledge__V1__GetVersionRequest request = PLEDGE__V1__GET_VERSION_REQUEST__INIT;
    request.name = (char *)name;
    const struct pledge_reply *reply = cli_try(plan->cli, "PledgeService/GetVersion", &request);
    *ret_version = NULL;
    if (!reply || (!reply->message && reply->status.code != PLEDGE_NOT_FOUND)) {
        return reply && cli_explain(plan->cli, reply) == CLI_OK;
    }
    if (reply->message) {
        *ret_version = ((const Pledge__V1__GetVersionResponse *)reply->message)->version;
    }
    return true;
}

static void adopt(struct apply_plan *plan, const struct apply_item *item)
{
    ProtobufCMessage *request = new_request(plan, "PledgeService/AdoptVersion");
    set(request, "name", item->name);
    set(request, "adopted_on", item->adopted_on);
    set(request, "adopted_by", item->adopted_by);
    act(plan, '~', cli_printf(plan->cli, "%s: adopted", label(plan, APPLY_VERSION, item)),
        "PledgeService/AdoptVersion", request, "PledgeService/GetVersion");
}

static const Pledge__V1__Statement *statement_of(const Pledge__V1__Version *version, const char *id)
{
    for (size_t i = 0; i < version->n_statements; i++) {
        if (strcmp(version->statements[i]->statement_id, id) == 0) {
            return version->statements[i];
        }
    }
    return NULL;
}

/* An adopted version cannot be made the same: every difference is a problem of the file. */
static void compare_adopted(struct apply_plan *plan, const struct apply_item *item,
                            const Pledge__V1__Version *there)
{
    const Pledge__V1__Version *wanted = (const Pledge__V1__Version *)item->message;
    size_t before = plan->file->problem_count;
    for (size_t i = 0; i < wanted->n_statements; i++) {
        const Pledge__V1__Statement *old = statement_of(there, wanted->statements[i]->statement_id);
        if (!old || !apply_same_message(&wanted->statements[i]->base, &old->base)) {
            apply_file_problem(
                plan->file, cli_printf(plan->cli, "%s.statements[%zu]", item->path, i),
                cli_printf(plan->cli, "statement %s %s the adopted version, which never changes",
                           wanted->statements[i]->statement_id,
                           old ? "differs from" : "is not in"));
        }
    }
    for (size_t i = 0; i < there->n_statements; i++) {
        if (!statement_of(wanted, there->statements[i]->statement_id)) {
            apply_file_problem(plan->file, cli_printf(plan->cli, "%s.statements", item->path),
                               cli_printf(plan->cli,
                                          "statement %s of the adopted version is left out",
                                          there->statements[i]->statement_id));
        }
    }
    char *paths[APPLY_MAX_FIELDS];
    size_t count = 0;
    const char *words = apply_difference(&plan->cli->arena, item, &there->base, paths, &count);
    if (count > 0 && plan->file->problem_count == before) {
        apply_file_problem(plan->file, item->path,
                           cli_printf(plan->cli,
                                      "differs from the adopted version, which never "
                                      "changes: %s",
                                      words));
    }
    if (item->adopted_on && (strcmp(item->adopted_on, there->adopted_on) != 0 ||
                             strcmp(item->adopted_by, there->adopted_by) != 0)) {
        apply_file_problem(plan->file, cli_printf(plan->cli, "%s.adoption", item->path),
                           cli_printf(plan->cli, "it was adopted on %s by %s", there->adopted_on,
                                      text_last_segment(there->adopted_by)));
    }
    plan->same[APPLY_VERSION] += plan->file->problem_count == before;
}

static bool compare_versions(struct apply_plan *plan, const struct apply_item *pledge,
                             bool is_there)
{
    const struct apply_list *list = &plan->file->lists[APPLY_VERSION];
    for (size_t i = 0; i < list->count && !plan->stopped; i++) {
        const struct apply_item *item = &list->items[i];
        const Pledge__V1__Version *there = NULL;
        if (strcmp(item->parent, pledge->name) != 0) {
            continue;
        }
        if (is_there && !read_version(plan, item->name, &there)) {
            return false;
        }
        plan->stopped = plan->until && strcmp(item->name, plan->until) == 0;
        if (plan->stopped && there &&
            there->state == PLEDGE__V1__VERSION_STATE__VERSION_STATE_ADOPTED) {
            continue; /* no draft any more: nothing to go back to */
        }
        if (there && there->state == PLEDGE__V1__VERSION_STATE__VERSION_STATE_ADOPTED) {
            compare_adopted(plan, item, there);
            continue;
        }
        compare_item(plan, APPLY_VERSION, item, there ? &there->base : NULL);
        if (item->adopted_on && !plan->stopped) {
            adopt(plan, item);
        }
    }
    return true;
}

static void move_return(struct apply_plan *plan, const struct apply_item *item, const char *method,
                        const char *word)
{
    ProtobufCMessage *request = new_request(plan, method);
    set(request, "name", item->name);
    act(plan, '~', cli_printf(plan->cli, "%s: %s", label(plan, APPLY_RETURN, item), word), method,
        request, "ReturnService/GetReturn");
}

static void compare_return(struct apply_plan *plan, const struct apply_item *item,
                           const Pledge__V1__Return *there, bool closed)
{
    Pledge__V1__ReturnState state = there ? there->state : 0;
    if (!there && closed) {
        apply_file_problem(plan->file, item->path,
                           "the round is closed on the service and takes no return");
        return;
    }
    if (!there) {
        create(plan, APPLY_RETURN, item);
    }
    /* A queried return waits for its owner; what people do by hand is left to them. */
    bool waits = state == PLEDGE__V1__RETURN_STATE__RETURN_STATE_QUERIED || closed;
    bool is_new = !there || state == PLEDGE__V1__RETURN_STATE__RETURN_STATE_SUBMITTED ||
                  state == PLEDGE__V1__RETURN_STATE__RETURN_STATE_RESUBMITTED;
    bool certify = (item->certified || item->accepted) && !waits && is_new;
    bool accept = item->accepted && !waits &&
                  (is_new || state == PLEDGE__V1__RETURN_STATE__RETURN_STATE_CERTIFIED);
    if (certify) {
        move_return(plan, item, "ReturnService/CertifyReturn", "certified");
    }
    if (accept) {
        move_return(plan, item, "ReturnService/AcceptReturn", "accepted");
    }
    plan->same[APPLY_RETURN] += there && !certify && !accept;
}

static bool compare_returns(struct apply_plan *plan, const struct apply_item *round,
                            const ProtobufCMessage *there)
{
    struct cli_list list = {0};
    Pledge__V1__ListReturnsRequest request = PLEDGE__V1__LIST_RETURNS_REQUEST__INIT;
    request.parent = (char *)round->name;
    if (there && !cli_list(plan->cli, "ReturnService/ListReturns", &request, &list)) {
        return false;
    }
    for (size_t i = 0; i < plan->file->lists[APPLY_RETURN].count; i++) {
        const struct apply_item *item = &plan->file->lists[APPLY_RETURN].items[i];
        if (strcmp(item->parent, round->name) == 0) {
            compare_return(plan, item, (const void *)find(&list, item->name), is_closed(there));
        }
    }
    if (round->closed && !is_closed(there)) {
        ProtobufCMessage *close = new_request(plan, "RoundService/CloseRound");
        set(close, "name", round->name);
        act(plan, '~', cli_printf(plan->cli, "round %s: closed", round->id),
            "RoundService/CloseRound", close, "RoundService/GetRound");
    }
    return true;
}

static bool compare_kind(struct apply_plan *plan, enum apply_kind kind)
{
    struct cli_list list = {0};
    bool ok = true;
    if (!plan->is_new) {
        ProtobufCMessage *request = new_request(plan, kinds[kind].list);
        set(request, "parent", plan->file->authority);
        ok = request && cli_list(plan->cli, kinds[kind].list, request, &list);
    }
    for (size_t i = 0; ok && !plan->stopped && i < plan->file->lists[kind].count; i++) {
        const struct apply_item *item = &plan->file->lists[kind].items[i];
        const ProtobufCMessage *there = find(&list, item->name);
        compare_item(plan, kind, item, there);
        if (kind == APPLY_PLEDGE) {
            ok = compare_versions(plan, item, there != NULL);
        } else if (kind == APPLY_ROUND) {
            ok = compare_returns(plan, item, there);
        }
    }
    return ok;
}

bool apply_compare(struct apply_plan *plan)
{
    static const enum apply_kind order[] = {APPLY_DEPARTMENT, APPLY_AGENCY,     APPLY_BODY,
                                            APPLY_PLEDGE,     APPLY_COMMITMENT, APPLY_ROUND};
    bool ok = compare_authority(plan);
    for (size_t i = 0; ok && !plan->stopped && i < sizeof(order) / sizeof(order[0]); i++) {
        ok = compare_kind(plan, order[i]);
    }
    return ok;
}
