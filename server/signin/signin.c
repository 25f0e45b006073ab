/* SPDX-License-Identifier: Apache-2.0 */
#include "server/signin/signin.h"

#include "pledge/v1/identity_provider.pb-c.h"
#include "server/signin/visit.h"
#include "server/sqlrpc/method.h"

#include <string.h>

#define METHOD(service, name, input_name, output_name, word, handler)                              \
    {                                                                                              \
        .method = {.path = "/pledge.v1." service "/" name,                                         \
                   .input = &pledge__v1__##input_name##__descriptor,                               \
                   .output = &pledge__v1__##output_name##__descriptor,                             \
                   .permission = word,                                                             \
                   .message = on_message},                                                         \
        .begin = handler                                                                           \
    }

static void on_message(struct call *call, const ProtobufCMessage *request);

static struct visit_method methods[] = {
    METHOD("SessionService", "SignIn", sign_in_request, sign_in_response, "public",
           password_sign_in),
    METHOD("SessionService", "OpenInvitation", open_invitation_request, open_invitation_response,
           "public", invitation_open),
    METHOD("SessionService", "AcceptInvitation", accept_invitation_request,
           accept_invitation_response, "public", invitation_accept),
    METHOD("SessionService", "SignOut", sign_out_request, sign_out_response, "known",
           password_sign_out),
    METHOD("SessionService", "ChangePassword", change_password_request, change_password_response,
           "known", password_change),
    METHOD("SessionService", "ReplaceRecoveryCodes", replace_recovery_codes_request,
           replace_recovery_codes_response, "known", password_replace_codes),
    METHOD("SessionService", "GetSignInOptions", get_sign_in_options_request,
           get_sign_in_options_response, "public", provider_options),
    METHOD("SessionService", "SignInWithToken", sign_in_with_token_request,
           sign_in_with_token_response, "public", provider_sign_in),
    METHOD("IdentityProviderService", "CheckIdentityProvider", check_identity_provider_request,
           check_identity_provider_response, "provider.write", provider_check),
};

struct db_statement *const signin_statements[SIGNIN_STATEMENTS] = {
    &password_statements[0],   &password_statements[1],   &password_statements[2],
    &password_statements[3],   &password_statements[4],   &password_statements[5],
    &password_statements[6],   &invitation_statements[0], &invitation_statements[1],
    &invitation_statements[2], &provider_statements[0],   &provider_statements[1],
    &provider_statements[2],
};

static void admitted(struct call *call, const struct db_settings *settings)
{
    struct visit *visit = call->data;
    const struct visit_method *method = call->method->data;
    if (settings && !call->answered) {
        visit->settings = *settings;
        method->begin(visit);
    }
}

static void on_message(struct call *call, const ProtobufCMessage *request)
{
    struct visit *visit = arena_calloc(&call->arena, 1, sizeof(*visit));
    const struct visit_method *method = call->method->data;
    if (!visit) {
        call_no_memory(call);
        return;
    }
    visit->call = call;
    visit->signin = ((struct sql_context *)call->rpc->context)->signin;
    visit->request = request;
    visit->lane = DB_WRITE;
    call->data = visit;
    visit->authority = method->parent ? method->parent(request) : "";
    if (!visit->authority) {
        struct err err = {0};
        err_violation(&err, &call->arena, "parent", "", "must have the form authorities/*");
        call_finish(call, &err);
        return;
    }
    auth_admit(visit->signin->auth, call, &method->rule, visit->authority, admitted);
}

bool signin_register(struct registry *registry, const struct auth_roles *roles, struct err *err)
{
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        struct visit_method *method = &methods[i];
        method->method.data = method;
        method->parent = method->begin == provider_check ? provider_parent : NULL;
        if (!auth_rule_of(roles, method->method.permission, &method->rule)) {
            return err_set(err, GRPC_INTERNAL, "%s: permission: %s is held by no role",
                           method->method.path + 1, method->method.permission);
        }
        method->method.anonymous = method->rule.need == AUTH_PUBLIC;
        if (!registry_add(registry, &method->method)) {
            return err_set(err, GRPC_INTERNAL, "%s is answered by two", method->method.path + 1);
        }
    }
    return true;
}

void signin_init(struct signin *signin, const struct signin_config *config, struct loop *loop,
                 struct db *db, struct auth *auth)
{
    *signin = (struct signin){.config = config, .db = db, .auth = auth};
    errands_init(&signin->guesses, loop);
    errands_init(&signin->fetches, loop);
}
