/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/commands.h"
#include "client/cli/sign_in.h"
#include "client/cli/terminal.h"
#include "client/cli/text.h"

#include "pledge/v1/session.pb-c.h"

#include <string.h>

#define LINK_SCHEME "pledge://"
#define LINK_PATH "/invitation#"

enum {
    PASSWORD_TRIES = 3, /* to enter the same twice */
    ACCEPT_TRIES = 5,   /* to find a password that is taken, and the right code */
    GROUP = 4,          /* characters of a secret that are typed at a time */
};

const struct view_column session_columns[] = {
    {"begun (UTC)", "create_time", VIEW_TIME},
    {"last used", "last_use_time", VIEW_TIME},
    {"ends", "expire_time", VIEW_TIME},
    {"by", "method", 0},
    {"for", "authority", VIEW_ID | TABLE_WRAP},
    {"from", "peer", TABLE_WRAP},
    {0},
};

int run_session_list(struct cli *cli)
{
    Pledge__V1__ListSessionsRequest request = PLEDGE__V1__LIST_SESSIONS_REQUEST__INIT;
    const Pledge__V1__ListSessionsResponse *reply =
        cli_call(cli, "SessionService/ListSessions", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    struct cli_list list = {.items = (void **)reply->sessions, .count = reply->n_sessions};
    if (list.count == 0) {
        fprintf(cli->out, "You have no open session.\n");
    } else {
        view_table(cli, &list, session_columns);
    }
    return CLI_OK;
}

/* Asks for a new password until it is entered twice alike. */
static bool ask_new_password(struct cli *cli, char out[TERMINAL_ANSWER_SIZE])
{
    char again[TERMINAL_ANSWER_SIZE] = "";
    for (int i = 0; i < PASSWORD_TRIES; i++) {
        bool same = terminal_ask(cli, "New password", true, out) &&
                    terminal_ask(cli, "The same again", true, again);
        bool entered = same;
        same = same && strcmp(out, again) == 0;
        terminal_wipe(again);
        if (same) {
            return true;
        }
        terminal_wipe(out);
        if (!entered) {
            return false;
        }
        fprintf(cli->err, "The two differ.\n");
    }
    cli_fail(cli, "no password was set");
    return false;
}

static void print_recovery_codes(struct cli *cli, char *const *codes, size_t count)
{
    fprintf(cli->out, "\nRecovery codes. Each signs you in once without the authenticator:\n\n");
    for (size_t i = 0; i < count; i++) {
        fprintf(cli->out, "  %s\n", view_clean(cli, codes[i]));
    }
    fprintf(cli->out, "\nWrite them down and keep them apart from the password; they are not shown "
                      "again.\n");
}

/* ---- an invitation ---- */

/* Takes "pledge://HOST:PORT/invitation#CODE" or the code alone apart. The address in the link goes
 * before the one in the settings, not before one that is given. NULL with the mistake printed. */
static char *code_of(struct cli *cli, const char *link)
{
    if (strncmp(link, LINK_SCHEME, strlen(LINK_SCHEME)) != 0) {
        return cli_copy(cli, link);
    }
    const char *address = link + strlen(LINK_SCHEME);
    const char *path = strstr(address, LINK_PATH);
    if (!path || path == address || !path[strlen(LINK_PATH)]) {
        cli_usage(cli, "a link is written " LINK_SCHEME "HOST:PORT" LINK_PATH "CODE");
        return NULL;
    }
    if (!cli_option(cli, "address")) {
        cli->settings.address = cli_printf(cli, "%.*s", (int)(path - address), address);
    }
    return cli_copy(cli, path + strlen(LINK_PATH));
}

/* The secret out of "otpauth://…?secret=ABCD&…", in groups, for those who type it. */
static void print_secret(struct cli *cli, const char *uri)
{
    const char *at = strstr(uri, "secret=");
    size_t len = at ? strcspn(at += strlen("secret="), "&#") : 0;
    fputs("Or enter this secret:  ", cli->err);
    for (size_t i = 0; i < len; i++) {
        fprintf(cli->err, "%s%c", i > 0 && i % GROUP == 0 ? " " : "", at[i]);
    }
    fputs("\n\n", cli->err);
}

static const Pledge__V1__OpenInvitationResponse *open_invitation(struct cli *cli, char *code)
{
    Pledge__V1__OpenInvitationRequest request = PLEDGE__V1__OPEN_INVITATION_REQUEST__INIT;
    request.invitation_code = code;
    const Pledge__V1__OpenInvitationResponse *reply =
        cli_call(cli, "SessionService/OpenInvitation", &request);
    if (!reply) {
        return NULL;
    }
    const char *uri = view_clean(cli, reply->otpauth_uri);
    fprintf(cli->err, "The invitation is for %s, until %s.\n\n", view_clean(cli, reply->user_name),
            view_instant(cli, reply->expire_time));
    fprintf(cli->err, "Scan this with an authenticator on your phone:\n");
    terminal_qr(cli, uri);
    print_secret(cli, uri);
    return reply;
}

/* Asks for password and code, and sends them. NULL when there is no more to be tried. */
static const struct pledge_reply *accept_once(struct cli *cli, char *invitation)
{
    Pledge__V1__AcceptInvitationRequest request = PLEDGE__V1__ACCEPT_INVITATION_REQUEST__INIT;
    char password[TERMINAL_ANSWER_SIZE] = "";
    char code[TERMINAL_ANSWER_SIZE] = "";
    const struct pledge_reply *reply = NULL;
    if (ask_new_password(cli, password) &&
        terminal_ask(cli, "Code that the authenticator shows", false, code)) {
        request.invitation_code = invitation;
        request.password = password;
        request.one_time_code = code;
        cli->once = true;
        reply = cli_try(cli, "SessionService/AcceptInvitation", &request);
    }
    terminal_wipe(password);
    terminal_wipe(code);
    return reply;
}

int run_accept(struct cli *cli)
{
    char typed[TERMINAL_ANSWER_SIZE] = "";
    const char *link = cli_argument(cli, 0);
    if (!*link && !terminal_ask(cli, "Link or code of the invitation", true, typed)) {
        return CLI_FAILED;
    }
    char *invitation = code_of(cli, *link ? link : typed);
    terminal_wipe(typed);
    cli->signed_out = true;
    if (!invitation || !open_invitation(cli, invitation)) {
        return invitation ? CLI_FAILED : CLI_USAGE;
    }
    const struct pledge_reply *reply = NULL;
    for (int i = 0; i < ACCEPT_TRIES; i++) {
        reply = accept_once(cli, invitation);
        if (!reply) {
            return CLI_FAILED;
        }
        if (reply->message) {
            break;
        }
        cli_explain(cli, reply);
        if (reply->status.code != PLEDGE_INVALID_ARGUMENT) {
            return CLI_FAILED;
        }
    }
    const Pledge__V1__AcceptInvitationResponse *done = (const void *)reply->message;
    if (!done) {
        return CLI_FAILED;
    }
    bool kept = sign_in_keep(cli, done->session_token, done->device_token, "");
    if (cli->json) { /* the codes are told once, so whatever became of the rest */
        Pledge__V1__AcceptInvitationResponse told = *done;
        told.session_token = told.device_token = (char *)protobuf_c_empty_string;
        int printed = cli_print_json(cli, &told);
        return kept ? printed : CLI_FAILED;
    }
    int code = kept ? sign_in_tell(cli, done->session) : CLI_FAILED;
    print_recovery_codes(cli, done->recovery_codes, done->n_recovery_codes);
    return code;
}

/* ---- password and recovery codes ---- */

/* Somebody who is not signed in is not asked for a password first. */
static bool is_signed_in(struct cli *cli)
{
    if (!cli_connect(cli)) {
        return false;
    }
    if (!cli->settings.cert && !cli->session_of) {
        cli_fail(cli, "you are not signed in to %s; see: pledge login --help",
                 cli->settings.address);
        return false;
    }
    return true;
}

int run_password(struct cli *cli)
{
    Pledge__V1__ChangePasswordRequest request = PLEDGE__V1__CHANGE_PASSWORD_REQUEST__INIT;
    char password[TERMINAL_ANSWER_SIZE] = "";
    char code[TERMINAL_ANSWER_SIZE] = "";
    char new_password[TERMINAL_ANSWER_SIZE] = "";
    const Pledge__V1__ChangePasswordResponse *reply = NULL;
    cli->once = true;
    cli->proves = true;
    if (is_signed_in(cli) && terminal_ask(cli, "Present password", true, password) &&
        ask_new_password(cli, new_password) && terminal_ask(cli, "One-time code", false, code)) {
        request.password = password;
        request.one_time_code = code;
        request.new_password = new_password;
        reply = cli_call(cli, "SessionService/ChangePassword", &request);
    }
    terminal_wipe(password);
    terminal_wipe(code);
    terminal_wipe(new_password);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "The password is changed. Other sessions that ended: %d\n", reply->ended);
    return CLI_OK;
}

int run_recovery_codes(struct cli *cli)
{
    Pledge__V1__ReplaceRecoveryCodesRequest request =
        PLEDGE__V1__REPLACE_RECOVERY_CODES_REQUEST__INIT;
    char password[TERMINAL_ANSWER_SIZE] = "";
    char code[TERMINAL_ANSWER_SIZE] = "";
    const Pledge__V1__ReplaceRecoveryCodesResponse *reply = NULL;
    cli->once = true;
    cli->proves = true;
    if (is_signed_in(cli) && terminal_ask(cli, "Password", true, password) &&
        terminal_ask(cli, "One-time code", false, code)) {
        request.password = password;
        request.one_time_code = code;
        reply = cli_call(cli, "SessionService/ReplaceRecoveryCodes", &request);
    }
    terminal_wipe(password);
    terminal_wipe(code);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "The recovery codes before are void.\n");
    print_recovery_codes(cli, reply->recovery_codes, reply->n_recovery_codes);
    return CLI_OK;
}
