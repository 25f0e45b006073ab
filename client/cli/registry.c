/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/commands.h"

#define ARGUMENTS(...)                                                                             \
    (const struct cli_argument[])                                                                  \
    {                                                                                              \
        __VA_ARGS__,                                                                               \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define OPTIONS(...)                                                                               \
    (const struct cli_option[])                                                                    \
    {                                                                                              \
        __VA_ARGS__,                                                                               \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define EXAMPLES(...)                                                                              \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

#define ARG_AUTHORITY                                                                              \
    {                                                                                              \
        "AUTHORITY", "identifier of the council, such as derby"                                    \
    }
#define ARG_MEMBER                                                                                 \
    {                                                                                              \
        "MEMBER", "identifier of the member; see: pledge member list AUTHORITY"                    \
    }
#define ARG_PLEDGE                                                                                 \
    {                                                                                              \
        "PLEDGE", "identifier of the pledge; see: pledge pledge list AUTHORITY"                    \
    }
#define ARG_ROUND                                                                                  \
    {                                                                                              \
        "ROUND", "identifier of the round; see: pledge round list AUTHORITY"                       \
    }
#define ARG_OWNER                                                                                  \
    {                                                                                              \
        "OWNER", "housing, departments/housing or partnerAgencies/health; a bare identifier is "   \
                 "looked up"                                                                       \
    }
#define OPT_WORDS                                                                                  \
    {"word-pledge", "WORD", "what the council calls its pledge"},                                  \
        {"word-statement", "WORD", "what it calls one statement"},                                 \
    {                                                                                              \
        "word-board", "WORD", "what it calls the body that watches"                                \
    }
#define OPT_DRY_RUN                                                                                \
    {                                                                                              \
        "dry-run", NULL, "check everything, write nothing"                                         \
    }

const struct cli_option cli_global_options[] = {
    {"address", "HOST:PORT", "where the service is (PLEDGE_ADDRESS)"},
    {"identity", "PREFIX", "certificate PREFIX.pem and key PREFIX.key (PLEDGE_IDENTITY)"},
    {"ca", "FILE", "PEM file of trusted authorities (PLEDGE_CA)"},
    {"cert", "FILE", "PEM file of the certificate (PLEDGE_CERT)"},
    {"key", "FILE", "PEM file of its key (PLEDGE_KEY)"},
    {"timeout", "SECONDS", "give up after so long; 30 unless said"},
    {"json", NULL, "print the answer as JSON"},
    {"no-color", NULL, "no colour on the terminal (NO_COLOR)"},
    {"help", NULL, "explain the command"},
    {"version", NULL, "print the version"},
    {0},
};

const struct cli_group cli_groups[] = {
    {"authority", "councils on the service"},
    {"department", "departments of a council"},
    {"agency", "partner agencies of a council"},
    {"body", "bodies that decide and watch"},
    {"member", "who may act for a council, by certificate or user name"},
    {"certificate", "the certificates of a member"},
    {"provider", "the identity provider that a council's people sign in by"},
    {"session", "where you are signed in"},
    {"pledge", "pledges, their versions and statements"},
    {"commitment", "what departments and agencies undertake"},
    {"round", "reporting rounds"},
    {"return", "what each owner reports in a round"},
    {"audit", "who did what, and the proof that nothing is missing"},
    {"personal", "what is held on people, and its erasure"},
    {"retention", "how long each kind of personal data is kept"},
    {0},
};

const struct cli_command cli_commands[] = {
    {.group = "monitor",
     .summary = "show which promise is kept and who is late",
     .description = "One line for each promise of the round's pledge version, the worst first. A "
                    "promise whose owners have not answered shows as missing or awaited, never as "
                    "green.",
     .arguments = ARGUMENTS(ARG_AUTHORITY),
     .options = OPTIONS({"round", "ROUND", "another round than the latest that has opened"},
                        {"promise", "N", "one promise with every owner's word on it"}),
     .examples = EXAMPLES("pledge monitor derby", "pledge monitor derby --promise 3",
                          "pledge monitor derby --round 2016-07 --json"),
     .run = run_monitor},
    {.group = "whoami",
     .summary = "show who the service takes you for",
     .examples = EXAMPLES("pledge whoami --identity ~/pki/officer"),
     .run = run_whoami},
    {.group = "login",
     .summary = "sign in, with a password or by your council's identity provider",
     .description =
         "Where the council has an identity provider, you are told where to go with a browser and "
         "which code to enter there. Otherwise, and without a council, it asks for user name, "
         "password and the one-time code of your authenticator. The session is kept in "
         "~/.local/state/pledge and used wherever no certificate is given.",
     .arguments = ARGUMENTS({"[AUTHORITY]", "identifier of your council, such as derby"}),
     .options = OPTIONS({"user", "NAME", "your user name, so that it is not asked for"},
                        {"password", NULL, "by password although there is an identity provider"},
                        {"recovery", NULL, "by password and a recovery code"},
                        {"provider-ca", "FILE",
                         "PEM file of authorities for the identity provider (PLEDGE_PROVIDER_CA)"}),
     .examples = EXAMPLES("pledge login derby", "pledge login --user ada@derby.example --recovery"),
     .run = run_login},
    {.group = "logout",
     .summary = "end your session",
     .options = OPTIONS({"everywhere", NULL, "end all your sessions, on other machines, too"}),
     .examples = EXAMPLES("pledge logout", "pledge logout --everywhere"),
     .run = run_logout},
    {.group = "accept",
     .summary = "accept an invitation: set your password and your authenticator",
     .description = "Shows a QR code for an authenticator app, asks for a new password twice and "
                    "for the code that the app shows, and signs you in. Keep the recovery codes "
                    "that it prints.",
     .arguments = ARGUMENTS({"[LINK]", "the link you were given; asked for unless said"}),
     .examples = EXAMPLES("pledge accept", "pledge accept pledge://HOST:PORT/invitation#CODE"),
     .run = run_accept},
    {.group = "session",
     .name = "list",
     .summary = "list your open sessions, the newest first",
     .examples = EXAMPLES("pledge session list"),
     .run = run_session_list},
    {.group = "password",
     .summary = "set a new password; your other sessions end",
     .examples = EXAMPLES("pledge password"),
     .run = run_password},
    {.group = "recovery-codes",
     .summary = "make new recovery codes; the ones before are void",
     .examples = EXAMPLES("pledge recovery-codes"),
     .run = run_recovery_codes},
    {.group = "apply",
     .summary = "load or update a whole council from a file",
     .description = "Reads what the service has, compares it with the file and writes only what "
                    "differs, so that a second run changes nothing. Nothing is ever deleted. An "
                    "adopted version never changes: where the file says otherwise, the statement "
                    "is named and nothing is written.",
     .arguments = ARGUMENTS({"FILE", "JSON in the form pledge.apply/1, or - for standard input"}),
     .options = OPTIONS({"dry-run", NULL, "show what would be written, write nothing"}),
     .examples = EXAMPLES("pledge apply derby.json --dry-run", "pledge apply derby.json"),
     .run = run_apply},
    {.group = "call",
     .summary = "call any method of the service with JSON",
     .description = "Learns the method's messages from the service itself (gRPC server "
                    "reflection), so that it works for methods this program has never heard of. A "
                    "method that takes a stream is sent as many requests as are given, one after "
                    "the other; of one that gives a stream each answer is printed as it comes.",
     .arguments =
         ARGUMENTS({"[METHOD]", "SERVICE/METHOD; the package may be left out"},
                   {"[JSON]", "the request, @FILE, or - for standard input; {} unless said"}),
     .options = OPTIONS({"list", NULL, "list every service and method"},
                        {"describe", "NAME", "print a service, method, message or enum"}),
     .examples = EXAMPLES("pledge call --list", "pledge call --describe pledge.v1.Round",
                          "pledge call RoundService/GetRound "
                          "'{\"name\":\"authorities/derby/rounds/2016-07\"}'"),
     .run = run_call},
    {.group = "authority",
     .name = "list",
     .summary = "list councils that you may see",
     .examples = EXAMPLES("pledge authority list"),
     .run = run_authority_list},
    {.group = "authority",
     .name = "show",
     .summary = "show one council",
     .arguments = ARGUMENTS(ARG_AUTHORITY),
     .examples = EXAMPLES("pledge authority show derby"),
     .run = run_authority_show},
    {.group = "authority",
     .name = "create",
     .summary = "set up a council on the service (host administrators)",
     .description = "Run again with the same values it says that the council is there, and "
                    "changes nothing.",
     .arguments = ARGUMENTS(ARG_AUTHORITY),
     .options = OPTIONS({"display-name", "NAME", "the council's name as it writes it; required"},
                        OPT_WORDS, OPT_DRY_RUN),
     .examples = EXAMPLES("pledge authority create derby --display-name \"Derby City Council\""),
     .run = run_authority_create},
    {.group = "authority",
     .name = "update",
     .summary = "change a council's name or words",
     .arguments = ARGUMENTS(ARG_AUTHORITY),
     .options = OPTIONS({"display-name", "NAME", "the council's name as it writes it"}, OPT_WORDS,
                        OPT_DRY_RUN),
     .examples = EXAMPLES("pledge authority update derby --word-statement promise"),
     .run = run_authority_update},
    {.group = "department",
     .name = "list",
     .summary = "list a council's departments",
     .arguments = ARGUMENTS(ARG_AUTHORITY),
     .examples = EXAMPLES("pledge department list derby"),
     .run = run_department_list},
    {.group = "agency",
     .name = "list",
     .summary = "list a council's partner agencies",
     .arguments = ARGUMENTS(ARG_AUTHORITY),
     .examples = EXAMPLES("pledge agency list derby"),
     .run = run_agency_list},
    {.group = "body",
     .name = "list",
     .summary = "list a council's bodies",
     .arguments = ARGUMENTS(ARG_AUTHORITY),
     .examples = EXAMPLES("pledge body list leicester"),
     .run = run_body_list},
    {.group = "member",
     .name = "list",
     .summary = "list who may act for a council",
     .arguments = ARGUMENTS(ARG_AUTHORITY),
     .examples = EXAMPLES("pledge member list derby"),
     .run = run_member_list},
    {.group = "member",
     .name = "add",
     .summary = "let a person or a program act for a council (administrators)",
     .description =
         "A member needs a user name or a certificate, and may have both. Run again with "
         "the same values it says that the member is there, and changes "
         "nothing. The roles are council-administrator, officer, director, "
         "elected-member, support-worker, partner-agency, inspector and safeguarding-officer.",
     .arguments = ARGUMENTS(ARG_AUTHORITY, {"MEMBER", "identifier of the new member"}),
     .options =
         OPTIONS({"role", "ROLE", "what the member may do (see below); required"},
                 {"user", "NAME", "what a person signs in with, lower case"},
                 {"certificate", "FILE", "PEM file of a program's certificate"},
                 {"display-name", "NAME", "the post, never a person; required"},
                 {"owner", "OWNER", "department or agency of a director or an agency"},
                 {"until", "DAY", "last day, YYYY-MM-DD; an inspector needs one"}, OPT_DRY_RUN),
     .examples = EXAMPLES("pledge member add derby housing-director --role director "
                          "--owner departments/housing --certificate housing.pem "
                          "--display-name \"Director of Housing\"",
                          "pledge member add derby ada --role officer --user ada@derby.example "
                          "--display-name \"Participation officer\""),
     .run = run_member_add},
    {.group = "member",
     .name = "invite",
     .summary = "make the link by which a member sets a password (administrators)",
     .description = "Also for whoever has lost password or authenticator. It is shown once.",
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_MEMBER),
     .examples = EXAMPLES("pledge member invite derby ada"),
     .run = run_member_invite},
    {.group = "member",
     .name = "sessions",
     .summary = "list where a member is signed in (administrators)",
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_MEMBER),
     .examples = EXAMPLES("pledge member sessions derby ada"),
     .run = run_member_sessions},
    {.group = "member",
     .name = "sign-out",
     .summary = "end a member's sessions at once (administrators)",
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_MEMBER),
     .options = OPTIONS(OPT_DRY_RUN),
     .examples = EXAMPLES("pledge member sign-out derby ada"),
     .run = run_member_sign_out},
    {.group = "certificate",
     .name = "list",
     .summary = "list the certificates a member has had",
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_MEMBER),
     .examples = EXAMPLES("pledge certificate list derby police-agency"),
     .run = run_certificate_list},
    {.group = "certificate",
     .name = "add",
     .summary = "add a second certificate, to replace the first (administrators)",
     .description =
         "Two are valid at once, so that a partner can change over without a gap. Revoke "
         "the first when the second is in use.",
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_MEMBER, {"FILE", "PEM file of the certificate"}),
     .options = OPTIONS(OPT_DRY_RUN),
     .examples = EXAMPLES("pledge certificate add derby police-agency police-2027.pem"),
     .run = run_certificate_add},
    {.group = "certificate",
     .name = "revoke",
     .summary = "make a certificate worthless at once and for good (administrators)",
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_MEMBER,
                            {"SHA256", "its fingerprint, or the first 8 digits of it"}),
     .options = OPTIONS(OPT_DRY_RUN),
     .examples = EXAMPLES("pledge certificate revoke derby police-agency 3fa1b2c4"),
     .run = run_certificate_revoke},
    {.group = "provider",
     .name = "show",
     .summary = "show a council's identity provider (administrators)",
     .arguments = ARGUMENTS(ARG_AUTHORITY),
     .examples = EXAMPLES("pledge provider show derby"),
     .run = run_provider_show},
    {.group = "provider",
     .name = "set",
     .summary = "register or replace a council's identity provider (administrators)",
     .description =
         "An OpenID Connect provider. Its tokens must have the issuer and the client exactly as "
         "they are given, and every required claim; repeat --require for more than one.",
     .arguments = ARGUMENTS(ARG_AUTHORITY),
     .options =
         OPTIONS({"issuer", "URL", "https URL of the provider; required"},
                 {"client-id", "ID", "what the provider knows this service by; required"},
                 {"user-claim", "CLAIM", "where the user name is; preferred_username unless said"},
                 {"scope", "SCOPES", "scopes to ask for beside openid"},
                 {"require", "CLAIM=VALUE", "a claim that a token must have"}, OPT_DRY_RUN),
     .examples = EXAMPLES("pledge provider set derby --issuer https://id.derby.example "
                          "--client-id pledge --scope profile --require tid=derby"),
     .run = run_provider_set},
    {.group = "provider",
     .name = "remove",
     .summary = "remove a council's identity provider (administrators)",
     .description = "Every session that was begun by it ends.",
     .arguments = ARGUMENTS(ARG_AUTHORITY),
     .options = OPTIONS(OPT_DRY_RUN),
     .examples = EXAMPLES("pledge provider remove derby"),
     .run = run_provider_remove},
    {.group = "provider",
     .name = "check",
     .summary = "let the service fetch the provider's keys now (administrators)",
     .arguments = ARGUMENTS(ARG_AUTHORITY),
     .examples = EXAMPLES("pledge provider check derby"),
     .run = run_provider_check},
    {.group = "audit",
     .name = "export",
     .summary = "write a council's audit trail as JSON lines (administrators)",
     .description = "One entry a line, in the order of the chain. What is written can be proved to "
                    "be whole by \"pledge audit verify\", without the service.",
     .arguments = ARGUMENTS({"[AUTHORITY]", "identifier of the council, such as derby"}),
     .options = OPTIONS({"host", NULL, "the entries that are of no council"},
                        {"after", "NUMBER", "only the entries after this one"}),
     .examples = EXAMPLES("pledge audit export derby > derby-audit.jsonl",
                          "pledge audit export derby --after 4711 >> derby-audit.jsonl"),
     .run = run_audit_export},
    {.group = "audit",
     .name = "verify",
     .summary = "prove that an exported audit trail is whole",
     .description = "Computes every hash anew, without the service. A changed, missing or moved "
                    "entry is named. An address that was cleared may have been any; one that is "
                    "there is held against what was recorded. The checkpoint that is printed, kept "
                    "elsewhere, also shows "
                    "whether the end of the chain was made anew.",
     .arguments = ARGUMENTS({"FILE", "what was exported, or - for standard input"}),
     .options = OPTIONS({"checkpoint", "NUMBER:HASH", "an entry as an earlier run saw it"}),
     .examples = EXAMPLES("pledge audit verify derby-audit.jsonl",
                          "pledge audit export derby | pledge audit verify -"),
     .run = run_audit_verify},
    {.group = "personal",
     .name = "fields",
     .summary = "list every field that may hold personal data",
     .description = "With --json also whose it is, what it is for, how many days it is kept, and "
                    "why an erasure keeps it where it does.",
     .examples = EXAMPLES("pledge personal fields", "pledge personal fields --json"),
     .run = run_personal_fields},
    {.group = "personal",
     .name = "export",
     .summary = "show what is held on you, or on a member (administrators)",
     .description = "Passwords, codes and tokens are told as being there, never themselves. Each "
                    "export is an entry in the audit trail.",
     .arguments = ARGUMENTS({"[AUTHORITY]", "identifier of the council, such as derby"},
                            {"[MEMBER]", "identifier of the member; without both: you"}),
     .examples = EXAMPLES("pledge personal export", "pledge personal export derby housing-director "
                                                    "--json > housing-director.json"),
     .run = run_personal_export},
    {.group = "personal",
     .name = "erase",
     .summary = "erase what is held on a member, for good (administrators)",
     .description =
         "Takes away names, user name, password, codes, devices, invitations, sessions and the "
         "addresses in the audit trail; revokes certificates and ends the membership. Returns and "
         "what was done with them stay, and the audit trail still proves to be whole. Somebody "
         "with a place in another council is erased there, too, by host administrators only.",
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_MEMBER),
     .options = OPTIONS({"dry-run", NULL, "show what would be erased, write nothing"}),
     .examples = EXAMPLES("pledge personal erase derby housing-director --dry-run"),
     .run = run_personal_erase},
    {.group = "retention",
     .name = "list",
     .summary = "list how many days each kind is kept",
     .examples = EXAMPLES("pledge retention list"),
     .run = run_retention_list},
    {.group = "retention",
     .name = "set",
     .summary = "change how many days a kind is kept (host administrators)",
     .arguments = ARGUMENTS({"KIND", "the kind; see: pledge retention list"},
                            {"DAYS", "how many days, within the limits of the kind"}),
     .options = OPTIONS(OPT_DRY_RUN),
     .examples = EXAMPLES("pledge retention set audit_address 180"),
     .run = run_retention_set},
    {.group = "retention",
     .name = "apply",
     .summary = "remove what is too old now (host administrators)",
     .description = "The service does this by itself about once a day.",
     .options = OPTIONS({"dry-run", NULL, "show how much would be removed, remove nothing"}),
     .examples = EXAMPLES("pledge retention apply --dry-run"),
     .run = run_retention_apply},
    {.group = "retention",
     .name = "runs",
     .summary = "list what each run removed, the latest first (host administrators)",
     .examples = EXAMPLES("pledge retention runs"),
     .run = run_retention_runs},
    {.group = "pledge",
     .name = "list",
     .summary = "list a council's pledges",
     .arguments = ARGUMENTS(ARG_AUTHORITY),
     .examples = EXAMPLES("pledge pledge list derby"),
     .run = run_pledge_list},
    {.group = "pledge",
     .name = "show",
     .summary = "show a version with its statements",
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_PLEDGE),
     .options = OPTIONS({"version", "N", "another version than the one in force"}),
     .examples = EXAMPLES("pledge pledge show derby promise",
                          "pledge pledge show derby promise --version 1"),
     .run = run_pledge_show},
    {.group = "pledge",
     .name = "versions",
     .summary = "list a pledge's versions",
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_PLEDGE),
     .examples = EXAMPLES("pledge pledge versions derby promise"),
     .run = run_pledge_versions},
    {.group = "pledge",
     .name = "compare",
     .summary = "show what became of each statement between two versions",
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_PLEDGE,
                            {"[N]", "the later version; the one in force unless said"},
                            {"[M]", "the earlier version; the one just before unless said"}),
     .examples =
         EXAMPLES("pledge pledge compare derby promise", "pledge pledge compare derby promise 2 1"),
     .run = run_pledge_compare},
    {.group = "pledge",
     .name = "content",
     .summary = "write the exact bytes whose hash was recorded at adoption",
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_PLEDGE, {"N", "number of the version"}),
     .examples = EXAMPLES("pledge pledge content derby promise 2 | sha256sum"),
     .run = run_pledge_content},
    {.group = "pledge",
     .name = "adopt",
     .summary = "adopt a draft: seal it for good",
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_PLEDGE, {"N", "number of the version"}),
     .options =
         OPTIONS({"on", "DATE", "the day of the decision, YYYY-MM-DD; required"},
                 {"by", "BODY", "identifier of the body that adopted it; required"}, OPT_DRY_RUN),
     .examples = EXAMPLES("pledge pledge adopt derby promise 2 --on 2016-01-26 --by cabinet"),
     .run = run_pledge_adopt},
    {.group = "commitment",
     .name = "list",
     .summary = "list commitments",
     .arguments = ARGUMENTS(ARG_AUTHORITY),
     .options = OPTIONS({"owner", "OWNER", "only those of one department or agency"}),
     .examples = EXAMPLES("pledge commitment list derby --owner housing"),
     .run = run_commitment_list},
    {.group = "commitment",
     .name = "show",
     .summary = "show one commitment",
     .arguments = ARGUMENTS(ARG_AUTHORITY, {"COMMITMENT", "identifier of the commitment"}),
     .examples = EXAMPLES("pledge commitment show derby work-experience"),
     .run = run_commitment_show},
    {.group = "round",
     .name = "list",
     .summary = "list rounds, the latest first",
     .arguments = ARGUMENTS(ARG_AUTHORITY),
     .examples = EXAMPLES("pledge round list derby"),
     .run = run_round_list},
    {.group = "round",
     .name = "show",
     .summary = "show a round and who has answered",
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_ROUND),
     .options = OPTIONS({"late", NULL, "only owners that are late, missing or queried"}),
     .examples = EXAMPLES("pledge round show derby 2016-07 --late"),
     .run = run_round_show},
    {.group = "round",
     .name = "create",
     .summary = "add a round",
     .description = "Run again with the same values it says that the round is there, and changes "
                    "nothing.",
     .arguments = ARGUMENTS(ARG_AUTHORITY, {"ROUND", "identifier of the new round"}),
     .options = OPTIONS({"title", "TITLE", "such as \"July 2016\"; required"},
                        {"version", "PLEDGE/N", "the version reported on; required"},
                        {"observed-from", "DATE", "first day of the period; required"},
                        {"observed-to", "DATE", "last day of the period; required"},
                        {"opens", "DATE", "first day on which returns are taken; required"},
                        {"due", "DATE", "last day on which a return is in time; required"},
                        {"closes", "DATE", "last day on which a late return is taken; required"},
                        OPT_DRY_RUN),
     .examples = EXAMPLES("pledge round create derby 2016-07 --title \"July 2016\" --version "
                          "promise/2 --observed-from 2016-02-01 --observed-to 2016-06-30 --opens "
                          "2016-07-01 --due 2016-07-31 --closes 2016-09-30"),
     .run = run_round_create},
    {.group = "round",
     .name = "close",
     .summary = "close a round for good",
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_ROUND),
     .options = OPTIONS(OPT_DRY_RUN),
     .examples = EXAMPLES("pledge round close derby 2016-07"),
     .run = run_round_close},
    {.group = "return",
     .name = "list",
     .summary = "list the returns of a round",
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_ROUND),
     .examples = EXAMPLES("pledge return list derby 2016-07"),
     .run = run_return_list},
    {.group = "return",
     .name = "show",
     .summary = "show a return with its progress",
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_ROUND, ARG_OWNER),
     .examples = EXAMPLES("pledge return show derby 2016-07 housing"),
     .run = run_return_show},
    {.group = "return",
     .name = "submit",
     .summary = "send a return from a CSV or JSON file",
     .description =
         "The file is CSV with a header row, or JSON. Its columns, in any order: commitment, "
         "rating (green, amber or red), narrative, reason, measure_value, actual_on, evidence. "
         "Lines before the header may say \"# authority: derby\", \"# round: 2016-07\" and "
         "\"# owner: departments/housing\"; options say it as well and win.\n\n"
         "A return counts as a whole or not at all. Every problem is shown with its line and "
         "column.",
     .arguments = ARGUMENTS({"FILE", "the return, or - for standard input"}),
     .options = OPTIONS({"authority", "AUTHORITY", "the council"}, {"round", "ROUND", "the round"},
                        {"owner", "OWNER", "whose return it is"},
                        {"replace", NULL, "replace the return that was sent before"},
                        {"received-on", "DATE", "the day it came on paper (officers)"},
                        {"dry-run", NULL, "check everything, send nothing"}),
     .examples = EXAMPLES("pledge return submit housing-2016-07.csv --dry-run",
                          "pledge return submit housing.csv --authority derby --round 2016-07 "
                          "--owner housing"),
     .run = run_return_submit},
    {.group = "return",
     .name = "certify",
     .summary = "certify a return for its owner",
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_ROUND, ARG_OWNER),
     .options = OPTIONS(OPT_DRY_RUN),
     .examples = EXAMPLES("pledge return certify derby 2016-07 housing"),
     .run = run_return_certify},
    {.group = "return",
     .name = "query",
     .summary = "send a return back with a question",
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_ROUND, ARG_OWNER),
     .options = OPTIONS({"text", "QUESTION", "the question; required"}, OPT_DRY_RUN),
     .examples = EXAMPLES("pledge return query derby 2016-07 housing --text \"Which homes?\""),
     .run = run_return_query},
    {.group = "return",
     .name = "accept",
     .summary = "accept a certified return",
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_ROUND, ARG_OWNER),
     .options = OPTIONS(OPT_DRY_RUN),
     .examples = EXAMPLES("pledge return accept derby 2016-07 housing"),
     .run = run_return_accept},
    {.group = "return",
     .name = "checks",
     .summary = "list the checks that a return must pass",
     .examples = EXAMPLES("pledge return checks"),
     .run = run_return_checks},
    {.group = "return",
     .name = "template",
     .summary = "write a CSV file with an owner's commitments to fill in",
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_ROUND, ARG_OWNER),
     .examples = EXAMPLES("pledge return template derby 2016-07 housing > housing-2016-07.csv"),
     .run = run_return_template},
    {.group = "completion",
     .summary = "write a completion script for a shell",
     .arguments = ARGUMENTS({"SHELL", "bash, zsh or fish"}),
     .examples = EXAMPLES("pledge completion bash > /etc/bash_completion.d/pledge",
                          "pledge completion fish > ~/.config/fish/completions/pledge.fish"),
     .run = run_completion},
    {.group = "man",
     .summary = "write the manual pages into a directory",
     .arguments = ARGUMENTS({"DIRECTORY", "where pledge.1 and the others go"}),
     .examples = EXAMPLES("pledge man /usr/local/share/man/man1"),
     .run = run_man},
    {0},
};
