/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the table of commands about sign-up; see registry.c. */
#ifndef CLIENT_CLI_REGISTRY_SIGN_H
#define CLIENT_CLI_REGISTRY_SIGN_H

#define OPT_EVENT                                                                                  \
    {                                                                                              \
        "event", "EVENT", "the signing event; see: pledge signing list AUTHORITY"                  \
    }
#define OPT_SIGNED_ON                                                                              \
    {                                                                                              \
        "on", "DAY", "the day it was signed, YYYY-MM-DD; required"                                 \
    }

#define SIGN_COMMANDS                                                                              \
    {.group = "signing",                                                                           \
     .name = "list",                                                                               \
     .summary = "list signing events, the latest first",                                           \
     .arguments = ARGUMENTS(ARG_AUTHORITY),                                                        \
     .examples = EXAMPLES("pledge signing list derby"),                                            \
     .run = run_signing_list},                                                                     \
        {.group = "signing",                                                                       \
         .name = "show",                                                                           \
         .summary = "show one signing event",                                                      \
         .arguments = ARGUMENTS(ARG_AUTHORITY, {"EVENT", "identifier of the event"}),              \
         .examples = EXAMPLES("pledge signing show derby press-2016"),                             \
         .run = run_signing_show},                                                                 \
        {.group = "signing",                                                                       \
         .name = "add",                                                                            \
         .summary = "add a signing event, also one that is ahead",                                 \
         .arguments = ARGUMENTS(ARG_AUTHORITY, {"EVENT", "identifier of the new event"}),          \
         .options =                                                                                \
             OPTIONS({"version", "P/N", "the version, such as promise/2; required"},               \
                     {"title", "TEXT", "what it is; required"}, {"place", "TEXT", "where"},        \
                     {"on", "DAY", "the day, YYYY-MM-DD; required"},                               \
                     {"launch", "EVENT", "the launch event that it was part of"}, OPT_DRY_RUN),    \
         .examples = EXAMPLES("pledge signing add derby march --version promise/2 --title "        \
                              "'Signing with the council' --place 'Council House' --on "           \
                              "2016-03-02"),                                                       \
         .run = run_signing_add},                                                                  \
        {.group = "signing-key",                                                                   \
         .name = "new",                                                                            \
         .summary = "make a key to sign with, in a file that only you can read",                   \
         .description = "An Ed25519 key in PKCS #8, which openssl reads, too. Nobody else ever "   \
                        "needs the file. Keep a copy where only you come to.",                     \
         .arguments = ARGUMENTS({"FILE", "the new file"}),                                         \
         .examples = EXAMPLES("pledge signing-key new ~/pledge-key.pem"),                          \
         .run = run_signing_key_new},                                                              \
        {.group = "signing-key",                                                                   \
         .name = "register",                                                                       \
         .summary = "tell the service the public half of your key",                                \
         .arguments = ARGUMENTS(ARG_AUTHORITY, {"KEY", "identifier of the new key"},               \
                                {"FILE", "the file of \"pledge signing-key new\""}),               \
         .options = OPTIONS(OPT_DRY_RUN),                                                          \
         .examples = EXAMPLES("pledge signing-key register derby director-2016 ~/pledge-key.pem"), \
         .run = run_signing_key_register},                                                         \
        {.group = "signing-key",                                                                   \
         .name = "list",                                                                           \
         .summary = "list the keys of a council's members",                                        \
         .arguments = ARGUMENTS(ARG_AUTHORITY),                                                    \
         .examples = EXAMPLES("pledge signing-key list derby"),                                    \
         .run = run_signing_key_list},                                                             \
        {.group = "signing-key",                                                                   \
         .name = "revoke",                                                                         \
         .summary = "let a key sign no more; what it signed stays good",                           \
         .arguments = ARGUMENTS(ARG_AUTHORITY, {"KEY", "its identifier"}),                         \
         .options = OPTIONS({"reason", "TEXT", "why; required"}, OPT_DRY_RUN),                     \
         .examples =                                                                               \
             EXAMPLES("pledge signing-key revoke derby director-2016 --reason 'Laptop lost'"),     \
         .run = run_signing_key_revoke},                                                           \
        {.group = "sign",                                                                          \
         .summary = "sign a version, by your key or by being signed in",                           \
         .description =                                                                            \
             "Reads the words, holds them against their hash and signs that hash. With "           \
             "--with the signature is made on this machine and anybody can check it "              \
             "with your public key; else the service attests that it was you.",                    \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_VERSION),                                       \
         .options = OPTIONS(OPT_EVENT, {"with", "FILE", "sign with the key in this file"},         \
                            {"signing-key", "KEY", "identifier of that key; required with it"},    \
                            {"at", "TIME", "when, as 2016-03-02T10:00:00Z; now unless said"},      \
                            OPT_DRY_RUN),                                                          \
         .examples = EXAMPLES("pledge sign derby promise/2 --event march",                         \
                              "pledge sign derby promise/2 --event march --with "                  \
                              "~/pledge-key.pem --signing-key director-2016"),                     \
         .run = run_sign},                                                                         \
        {.group = "signature",                                                                     \
         .name = "list",                                                                           \
         .summary = "list who signed a version",                                                   \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_VERSION),                                       \
         .examples = EXAMPLES("pledge signature list derby promise/2"),                            \
         .run = run_signature_list},                                                               \
        {.group = "signature",                                                                     \
         .name = "show",                                                                           \
         .summary = "show one signature with all that it says",                                    \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_VERSION,                                        \
                                {"SIGNATURE", "its identifier, from \"pledge signature list\""}),  \
         .examples = EXAMPLES("pledge signature show derby promise/2 SIGNATURE"),                  \
         .run = run_signature_show},                                                               \
        {.group = "signature",                                                                     \
         .name = "paper",                                                                          \
         .summary = "record a signature that is on paper",                                         \
         .arguments =                                                                              \
             ARGUMENTS(ARG_AUTHORITY, ARG_VERSION, {"POST", "the post or office that signed"}),    \
         .options =                                                                                \
             OPTIONS(OPT_SIGNED_ON, {"kept-at", "TEXT", "where the paper is kept; required"},      \
                     {"role", "ROLE",                                                              \
                      "director, elected-member, officer, partner-agency "                         \
                      "or council-administrator"},                                                 \
                     OPT_EVENT, OPT_DRY_RUN),                                                      \
         .examples = EXAMPLES("pledge signature paper leicester promise/1 \"Lead Member\" --role " \
                              "elected-member --on 2010-06-16 --kept-at 'Record office, box 4'"),  \
         .run = run_signature_paper},                                                              \
        {.group = "signature",                                                                     \
         .name = "young",                                                                          \
         .summary = "record how a young person signed (support workers)",                          \
         .description = "You are the witness. Give what they chose: a first name, a sign of a "    \
                        "few characters, or nothing. It is tied to nobody, and others only see "   \
                        "how many signed, once there are 6.",                                      \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_VERSION),                                       \
         .options = OPTIONS(OPT_SIGNED_ON, {"first-name", "NAME", "a first name, or"},             \
                            {"sign", "SIGN", "a sign, or"}, {"no-mark", NULL, "neither"},          \
                            OPT_EVENT, OPT_DRY_RUN),                                               \
         .examples =                                                                               \
             EXAMPLES("pledge signature young derby promise/2 --first-name Ash --on 2016-03-02",   \
                      "pledge signature young derby promise/2 --no-mark --on 2016-03-02"),         \
         .run = run_signature_young},                                                              \
        {.group = "signature",                                                                     \
         .name = "young-list",                                                                     \
         .summary = "list how young people signed (support workers)",                              \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_VERSION),                                       \
         .examples = EXAMPLES("pledge signature young-list derby promise/2"),                      \
         .run = run_signature_young_list},                                                         \
        {.group = "signature",                                                                     \
         .name = "withdraw",                                                                       \
         .summary = "withdraw a signature; it stays, with the withdrawal beside it",               \
         .description = "Your own, one on paper, or a young person's, whose first name or sign "   \
                        "is forgotten then.",                                                      \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_VERSION,                                        \
                                {"SIGNATURE", "its identifier, from \"pledge signature list\""}),  \
         .options =                                                                                \
             OPTIONS({"on", "DAY", "the day, YYYY-MM-DD; required"},                               \
                     {"reason", "TEXT", "why; required but for a young person"}, OPT_DRY_RUN),     \
         .examples = EXAMPLES("pledge signature withdraw derby promise/2 SIGNATURE --on "          \
                              "2016-03-04 --reason 'Signed for another post'"),                    \
         .run = run_signature_withdraw},                                                           \
        {.group = "signature",                                                                     \
         .name = "export",                                                                         \
         .summary = "write an adopted version with its signatures as one file",                    \
         .description = "\"pledge verify\" checks the file without a service. Of young people it " \
                        "has their number only, unless a support worker asks for more: a file "    \
                        "with first names in it goes to nobody who does not need them.",           \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_VERSION),                                       \
         .options =                                                                                \
             OPTIONS({"with-young-people", NULL, "with first names and signs (support workers)"}), \
         .examples = EXAMPLES("pledge signature export derby promise/2 > promise-2.json"),         \
         .run = run_signature_export},                                                             \
        {.group = "signature",                                                                     \
         .name = "service-keys",                                                                   \
         .summary = "show the keys that the service attests with",                                 \
         .arguments = ARGUMENTS(ARG_AUTHORITY),                                                    \
         .examples = EXAMPLES("pledge signature service-keys derby"),                              \
         .run = run_signature_service_keys},                                                       \
    {                                                                                              \
        .group = "verify", .summary = "check an exported version and its signatures, offline",     \
        .description =                                                                             \
            "Computes the hash of the words anew and checks every signature. Ends with 0 only "    \
            "when all of it holds. Whoever can make a file can make a key to seal it with, so "    \
            "compare the service's key with what \"pledge signature service-keys\" told you.",     \
        .arguments = ARGUMENTS({"FILE", "from \"pledge signature export\", or - for standard "     \
                                        "input"}),                                                 \
        .options = OPTIONS({"service-key", "KEY", "its fingerprint, or a PEM file of it"}),        \
        .examples = EXAMPLES("pledge verify promise-2.json",                                       \
                             "pledge verify promise-2.json --service-key service.pem"),            \
        .run = run_verify                                                                          \
    }

#endif
