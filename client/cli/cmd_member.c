/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/commands.h"
#include "client/cli/text.h"

#include "pledge/v1/member.pb-c.h"

#include <ctype.h>
#include <errno.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <string.h>

#define ROLES                                                                                      \
    "council-administrator, officer, director, elected-member, support-worker, partner-agency, "   \
    "inspector or safeguarding-officer"

static const struct view_column member_columns[] = {
    {"member", "name", VIEW_ID},
    {"role", "role", 0},
    {"owner", "owner", VIEW_OWNER},
    {"until", "expires_on", VIEW_DATE},
    {"as", "display_name", TABLE_CUT},
    {"user name", "user_name", TABLE_CUT},
    {"certificate", "certificate_sha256", TABLE_CUT},
    {0},
};

int run_member_list(struct cli *cli)
{
    Pledge__V1__ListMembersRequest request = PLEDGE__V1__LIST_MEMBERS_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    return view_list(cli, "MemberService/ListMembers", &request, member_columns, "No members yet.");
}

/* The fingerprint as the service wants it, and the last day. NULL with the error printed. */
static char *fingerprint(struct cli *cli, const char *path, char **ret_last_day)
{
    unsigned char *der = NULL;
    unsigned char digest[SHA256_DIGEST_LENGTH];
    char hex[2 * SHA256_DIGEST_LENGTH + 1];
    FILE *file = fopen(path, "r");
    if (!file) {
        cli_fail(cli, "cannot read %s: %s", path, strerror(errno));
        return NULL;
    }
    X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);
    int len = certificate ? i2d_X509(certificate, &der) : -1;
    struct tm end = {0};
    if (certificate && ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) == 1) {
        *ret_last_day =
            cli_printf(cli, "%04d-%02d-%02d", end.tm_year + 1900, end.tm_mon + 1, end.tm_mday);
    }
    fclose(file);
    X509_free(certificate);
    if (len < 0) {
        cli_fail(cli, "%s holds no certificate in PEM form", path);
        return NULL;
    }
    SHA256(der, (size_t)len, digest);
    OPENSSL_free(der);
    text_hex(digest, sizeof(digest), hex);
    return cli_copy(cli, hex);
}

/* The word is the name of the enum's value in lower case, with hyphens or underscores. */
static bool role_from_word(const char *word, Pledge__V1__Role *ret_role)
{
    char name[64];
    snprintf(name, sizeof(name), "ROLE_%s", word);
    for (char *at = name; *at; at++) {
        *at = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
    }
    const ProtobufCEnumValue *value =
        protobuf_c_enum_descriptor_get_value_by_name(&pledge__v1__role__descriptor, name);
    bool known = value && value->value != PLEDGE__V1__ROLE__ROLE_UNSPECIFIED;
    *ret_role = known ? (Pledge__V1__Role)value->value : PLEDGE__V1__ROLE__ROLE_UNSPECIFIED;
    return known;
}

static int already_there(struct cli *cli, const struct pledge_reply *created,
                         const Pledge__V1__Member *wanted)
{
    Pledge__V1__GetMemberRequest request = PLEDGE__V1__GET_MEMBER_REQUEST__INIT;
    request.name = cli_name(cli, cli_argument(cli, 0), "members", cli_argument(cli, 1));
    const struct pledge_reply *reply = cli_try(cli, "MemberService/GetMember", &request);
    const Pledge__V1__Member *there =
        reply && reply->message ? ((const Pledge__V1__GetMemberResponse *)reply->message)->member
                                : NULL;
    bool same = there && there->role == wanted->role && strcmp(there->owner, wanted->owner) == 0 &&
                strcmp(there->display_name, wanted->display_name) == 0 &&
                strcmp(there->expires_on, wanted->expires_on) == 0 &&
                strcmp(there->user_name, wanted->user_name) == 0 &&
                strcmp(there->certificate_sha256, wanted->certificate_sha256) == 0;
    if (!same) {
        cli_explain(cli, created);
        fprintf(cli->err, "It is there with other values: pledge member list %s\n",
                cli_argument(cli, 0));
        return CLI_FAILED;
    }
    if (cli->json) {
        return cli_print_json(cli, reply->message);
    }
    fprintf(cli->out, "%s is a member of %s already, with the same values.\n", cli_argument(cli, 1),
            cli_argument(cli, 0));
    return CLI_OK;
}

/* Fills the member from the options. CLI_OK, or the exit code with the mistake printed. */
static int read_options(struct cli *cli, Pledge__V1__Member *member)
{
    const char *role = cli_option(cli, "role");
    const char *certificate = cli_option(cli, "certificate");
    const char *display_name = cli_option(cli, "display-name");
    const char *owner = cli_option(cli, "owner");
    const char *until = cli_option(cli, "until");
    const char *user = cli_option(cli, "user");
    if (!role || !display_name) {
        return cli_usage(cli, "--%s is missing", !role ? "role" : "display-name");
    }
    if (!certificate && !user) {
        return cli_usage(cli, "--user is missing, or --certificate, or both");
    }
    if (!role_from_word(role, &member->role)) {
        return cli_usage(cli, "--role is %s, not \"%s\"", ROLES, role);
    }
    if (owner && !(member->owner = cli_owner(cli, cli_argument(cli, 0), owner))) {
        return CLI_FAILED;
    }
    member->display_name = cli_copy(cli, display_name);
    member->expires_on = cli_copy(cli, until ? until : "");
    member->user_name = cli_copy(cli, user ? user : "");
    char *last_day = NULL;
    member->certificate_sha256 =
        certificate ? fingerprint(cli, certificate, &last_day) : cli_copy(cli, "");
    return member->certificate_sha256 ? CLI_OK : CLI_FAILED;
}

int run_member_add(struct cli *cli)
{
    Pledge__V1__Member member = PLEDGE__V1__MEMBER__INIT;
    Pledge__V1__CreateMemberRequest request = PLEDGE__V1__CREATE_MEMBER_REQUEST__INIT;
    int code = read_options(cli, &member);
    if (code != CLI_OK) {
        return code;
    }
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.member_id = cli_copy(cli, text_last_segment(cli_argument(cli, 1)));
    request.member = &member;
    request.validate_only = cli_flag(cli, "dry-run");
    const struct pledge_reply *reply = cli_try(cli, "MemberService/CreateMember", &request);
    if (!reply) {
        return CLI_FAILED;
    }
    if (reply->status.code == PLEDGE_ALREADY_EXISTS) {
        return already_there(cli, reply, &member);
    }
    if (!reply->message) {
        return cli_explain(cli, reply);
    }
    if (cli->json) {
        return cli_print_json(cli, reply->message);
    }
    fprintf(cli->out, "%s %s %s as %s.\n", request.member_id,
            request.validate_only ? "would be a member of (dry run)" : "is a member of",
            cli_argument(cli, 0), cli_option(cli, "role"));
    if (*member.user_name && !request.validate_only) {
        fprintf(cli->out, "Let them set a password: pledge member invite %s %s\n",
                cli_argument(cli, 0), request.member_id);
    }
    return CLI_OK;
}

/* --- certificates ------------------------------------------------------------------------------
 */

static const struct view_column certificate_columns[] = {
    {"certificate", "certificate_sha256", TABLE_CUT},
    {"until", "expires_on", VIEW_DATE},
    {"added", "create_time", VIEW_DATE},
    {"revoked", "revoke_time", VIEW_DATE},
    {0},
};

static char *member_name(struct cli *cli)
{
    return cli_name(cli, cli_argument(cli, 0), "members", cli_argument(cli, 1));
}

int run_certificate_list(struct cli *cli)
{
    Pledge__V1__ListCertificatesRequest request = PLEDGE__V1__LIST_CERTIFICATES_REQUEST__INIT;
    request.parent = member_name(cli);
    const Pledge__V1__ListCertificatesResponse *reply =
        cli_call(cli, "MemberService/ListCertificates", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    struct cli_list list = {.items = (void **)reply->certificates, .count = reply->n_certificates};
    view_table(cli, &list, certificate_columns);
    return CLI_OK;
}

int run_certificate_add(struct cli *cli)
{
    Pledge__V1__Certificate certificate = PLEDGE__V1__CERTIFICATE__INIT;
    Pledge__V1__AddCertificateRequest request = PLEDGE__V1__ADD_CERTIFICATE_REQUEST__INIT;
    char *last_day = NULL;
    certificate.certificate_sha256 = fingerprint(cli, cli_argument(cli, 2), &last_day);
    if (!certificate.certificate_sha256) {
        return CLI_FAILED;
    }
    certificate.expires_on = last_day ? last_day : cli_copy(cli, "");
    request.parent = member_name(cli);
    request.certificate = &certificate;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__AddCertificateResponse *reply =
        cli_call(cli, "MemberService/AddCertificate", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "%s %s be used with this certificate until %s%s.\n", cli_argument(cli, 1),
            request.validate_only ? "could" : "can", certificate.expires_on,
            request.validate_only ? " (dry run)"
                                  : ", and with the one before it until that is revoked");
    return CLI_OK;
}

/* The one whose fingerprint begins so. NULL with the mistake printed. */
static const Pledge__V1__Certificate *certificate_of(struct cli *cli, const char *beginning)
{
    enum { ENOUGH = 8 };
    Pledge__V1__ListCertificatesRequest request = PLEDGE__V1__LIST_CERTIFICATES_REQUEST__INIT;
    const Pledge__V1__Certificate *found = NULL;
    request.parent = member_name(cli);
    const Pledge__V1__ListCertificatesResponse *reply =
        cli_call(cli, "MemberService/ListCertificates", &request);
    if (!reply) {
        return NULL;
    }
    for (size_t i = 0; strlen(beginning) >= ENOUGH && i < reply->n_certificates; i++) {
        const Pledge__V1__Certificate *certificate = reply->certificates[i];
        if (strncmp(certificate->certificate_sha256, beginning, strlen(beginning)) == 0) {
            found = certificate;
        }
    }
    if (!found) {
        cli_fail(cli,
                 "no certificate begins with %s (give at least %d digits); see: pledge "
                 "certificate list %s %s",
                 beginning, ENOUGH, cli_argument(cli, 0), cli_argument(cli, 1));
    }
    return found;
}

int run_certificate_revoke(struct cli *cli)
{
    Pledge__V1__RevokeCertificateRequest request = PLEDGE__V1__REVOKE_CERTIFICATE_REQUEST__INIT;
    const Pledge__V1__Certificate *certificate = certificate_of(cli, cli_argument(cli, 2));
    if (!certificate) {
        return CLI_FAILED;
    }
    request.name = certificate->name;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__RevokeCertificateResponse *reply =
        cli_call(cli, "MemberService/RevokeCertificate", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "The certificate %.8s… %s.\n", certificate->certificate_sha256,
            request.validate_only ? "would be worthless (dry run)" : "is worthless from now on");
    return CLI_OK;
}

/* --- signing in --------------------------------------------------------------------------------
 */

int run_member_invite(struct cli *cli)
{
    Pledge__V1__InviteMemberRequest request = PLEDGE__V1__INVITE_MEMBER_REQUEST__INIT;
    request.name = member_name(cli);
    const Pledge__V1__InviteMemberResponse *reply =
        cli_call(cli, "MemberService/InviteMember", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "pledge://%s/invitation#%s\n", cli->settings.address,
            view_clean(cli, reply->invitation_code));
    fprintf(cli->out, "\nFor %s alone, once, until %s:  pledge accept\n", cli_argument(cli, 1),
            view_instant(cli, reply->expire_time));
    fprintf(cli->out, "It asks for the link. Links before this one are void.\n");
    return CLI_OK;
}

int run_member_sessions(struct cli *cli)
{
    Pledge__V1__ListMemberSessionsRequest request = PLEDGE__V1__LIST_MEMBER_SESSIONS_REQUEST__INIT;
    request.parent = member_name(cli);
    const Pledge__V1__ListMemberSessionsResponse *reply =
        cli_call(cli, "MemberService/ListMemberSessions", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    struct cli_list list = {.items = (void **)reply->sessions, .count = reply->n_sessions};
    if (list.count == 0) {
        fprintf(cli->out, "%s is not signed in.\n", cli_argument(cli, 1));
    } else {
        view_table(cli, &list, session_columns);
    }
    return CLI_OK;
}

int run_member_sign_out(struct cli *cli)
{
    Pledge__V1__EndMemberSessionsRequest request = PLEDGE__V1__END_MEMBER_SESSIONS_REQUEST__INIT;
    request.parent = member_name(cli);
    request.validate_only = cli_flag(cli, "dry-run");
    const void *reply = cli_call(cli, "MemberService/EndMemberSessions", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "The sessions of %s %s.\n", cli_argument(cli, 1),
            request.validate_only ? "would end (dry run)" : "have ended");
    return CLI_OK;
}
