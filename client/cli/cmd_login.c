/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/commands.h"
#include "client/cli/device.h"
#include "client/cli/sign_in.h"
#include "client/cli/state.h"
#include "client/cli/terminal.h"
#include "client/cli/text.h"

#include "pledge/v1/session.pb-c.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Fewer recovery codes than this call for new ones. */
enum { FEW_RECOVERY_CODES = 3 };

/* How long a wait for the next turn may be, and how many there are. */
enum { TURN_MS = 1000, MOST_TURNS = 30 };

bool sign_in_keep(struct cli *cli, const char *session_token, const char *device_token,
                  const char *authority)
{
    struct state state;
    if (!state_load(cli, &state)) {
        return false;
    }
    state.session_token = session_token;
    state.device_token = *device_token ? device_token : state.device_token;
    state.authority = authority;
    return state_save(cli, &state);
}

int sign_in_tell(struct cli *cli, const Pledge__V1__Session *session)
{
    if (cli->json) {
        return session ? cli_print_json(cli, session) : CLI_OK;
    }
    fprintf(cli->out, "You are signed in to %s.\n", cli->settings.address);
    if (session && session->expire_time) {
        fprintf(cli->out, "The session ends on %s, or earlier when it is not used.\n",
                view_instant(cli, session->expire_time));
    }
    if (cli->settings.cert) {
        fprintf(cli->err,
                "Note: commands show the certificate %s, not this session, as long as one "
                "is set.\n",
                cli->settings.cert);
    }
    return CLI_OK;
}

static int with_token(struct cli *cli, const char *authority,
                      const Pledge__V1__GetSignInOptionsResponse *options)
{
    const char *ca_file = cli_option(cli, "provider-ca");
    struct device_provider provider = {
        .issuer = options->issuer,
        .client_id = options->client_id,
        .scope = options->scope,
        .ca_file = ca_file ? ca_file : getenv("PLEDGE_PROVIDER_CA"),
    };
    Pledge__V1__SignInWithTokenRequest request = PLEDGE__V1__SIGN_IN_WITH_TOKEN_REQUEST__INIT;
    request.authority = cli_authority(cli, authority);
    request.id_token = device_sign_in(cli, &provider);
    if (!request.id_token) {
        return CLI_FAILED;
    }
    const Pledge__V1__SignInWithTokenResponse *reply =
        cli_call(cli, "SessionService/SignInWithToken", &request);
    explicit_bzero(request.id_token, strlen(request.id_token));
    if (!reply || !sign_in_keep(cli, reply->session_token, "", text_last_segment(authority))) {
        return CLI_FAILED;
    }
    return sign_in_tell(cli, reply->session);
}

/* What a person enters; wiped before the function that declared it returns. */
struct answers {
    char user_name[TERMINAL_ANSWER_SIZE];
    char password[TERMINAL_ANSWER_SIZE];
    char code[TERMINAL_ANSWER_SIZE];
};

static bool ask(struct cli *cli, bool recovery, struct answers *answers)
{
    const char *user = cli_option(cli, "user");
    if (user && strlen(user) >= sizeof(answers->user_name)) {
        cli_usage(cli, "--user is too long");
        return false;
    }
    if (user) {
        snprintf(answers->user_name, sizeof(answers->user_name), "%s", user);
    }
    return (user || terminal_ask(cli, "User name", false, answers->user_name)) &&
           terminal_ask(cli, "Password", true, answers->password) &&
           terminal_ask(cli, recovery ? "Recovery code" : "One-time code", false, answers->code);
}

/* Signs in, and waits for a turn while many devices that are new to the service ask at once. A
 * person's own mistakes make them wait for longer than that, and are told at once. */
static const Pledge__V1__SignInResponse *come_in(struct cli *cli,
                                                 Pledge__V1__SignInRequest *request)
{
    const struct pledge_reply *reply = NULL;
    for (int tries = 0; tries < MOST_TURNS; tries++) {
        reply = cli_try(cli, "SessionService/SignIn", request);
        if (!reply || reply->status.code != PLEDGE_RESOURCE_EXHAUSTED ||
            reply->retry_after_ms == 0 || reply->retry_after_ms > TURN_MS) {
            break;
        }
        if (tries == 0) {
            fputs("The service asks to wait; trying again for half a minute at most.\n", cli->err);
        }
        struct timespec turn = {reply->retry_after_ms / 1000,
                                (long)(reply->retry_after_ms % 1000) * 1000 * 1000};
        nanosleep(&turn, NULL);
    }
    if (reply && !reply->message) {
        cli_explain(cli, reply);
    }
    return reply ? (const void *)reply->message : NULL;
}

static int with_password(struct cli *cli, const char *authority)
{
    Pledge__V1__SignInRequest request = PLEDGE__V1__SIGN_IN_REQUEST__INIT;
    struct answers answers = {0};
    struct state state;
    bool recovery = cli_flag(cli, "recovery");
    if (!state_load(cli, &state) || !ask(cli, recovery, &answers)) {
        explicit_bzero(&answers, sizeof(answers));
        return CLI_FAILED;
    }
    request.user_name = answers.user_name;
    request.password = answers.password;
    *(recovery ? &request.recovery_code : &request.one_time_code) = answers.code;
    request.device_token = cli_copy(cli, state.device_token);
    cli->once = true;
    const Pledge__V1__SignInResponse *reply = come_in(cli, &request);
    explicit_bzero(&answers, sizeof(answers));
    if (!reply || !sign_in_keep(cli, reply->session_token, reply->device_token,
                                text_last_segment(authority))) {
        return CLI_FAILED;
    }
    int code = sign_in_tell(cli, reply->session);
    if (!cli->json && reply->recovery_codes_left < FEW_RECOVERY_CODES) {
        fprintf(cli->out, "Recovery codes left: %d. New ones: pledge recovery-codes\n",
                reply->recovery_codes_left);
    }
    return code;
}

int run_login(struct cli *cli)
{
    const char *authority = cli_argument(cli, 0);
    bool password = !*authority || cli_flag(cli, "password") || cli_flag(cli, "recovery");
    cli->signed_out = true;
    if (!cli_connect(cli)) {
        return CLI_FAILED; /* before anything is asked */
    }
    if (password) {
        return with_password(cli, authority);
    }
    Pledge__V1__GetSignInOptionsRequest request = PLEDGE__V1__GET_SIGN_IN_OPTIONS_REQUEST__INIT;
    request.authority = cli_authority(cli, authority);
    const Pledge__V1__GetSignInOptionsResponse *options =
        cli_call(cli, "SessionService/GetSignInOptions", &request);
    if (!options) {
        return CLI_FAILED;
    }
    return *options->issuer ? with_token(cli, authority, options) : with_password(cli, authority);
}

int run_logout(struct cli *cli)
{
    Pledge__V1__SignOutRequest request = PLEDGE__V1__SIGN_OUT_REQUEST__INIT;
    struct state state;
    request.everywhere = cli_flag(cli, "everywhere");
    if (!cli->settings.address) {
        return cli_connect(cli) ? CLI_OK : CLI_FAILED; /* it says what is missing */
    }
    if (!state_load(cli, &state)) {
        return CLI_FAILED;
    }
    if (!*state.session_token) {
        return cli_fail(cli, "you are not signed in to %s", cli->settings.address);
    }
    cli->settings.cert = NULL; /* it is the session that ends, whatever else there is */
    const struct pledge_reply *reply = cli_try(cli, "SessionService/SignOut", &request);
    bool over = reply && reply->status.code == PLEDGE_UNAUTHENTICATED;
    if (!reply || (!reply->message && !over)) {
        return reply ? cli_explain(cli, reply) : CLI_FAILED;
    }
    state.session_token = "";
    state.device_token = request.everywhere ? "" : state.device_token;
    if (!state_save(cli, &state)) {
        return CLI_FAILED;
    }
    if (cli->json && !over) {
        return cli_print_json(cli, reply->message);
    }
    const Pledge__V1__SignOutResponse *done = (const void *)reply->message;
    if (over) {
        fprintf(cli->out, "The session had ended already.\n");
    } else if (request.everywhere) {
        fprintf(cli->out, "You are signed out everywhere: %d sessions ended.\n", done->ended);
    } else {
        fprintf(cli->out, "You are signed out of %s.\n", cli->settings.address);
    }
    return CLI_OK;
}
