/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/cli.h"

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
    {"statement", "the statements of a version"},
    {"issue", "what was given out of a version, and how far it reached"},
    {"launch", "events at which a version was made known"},
    {"route", "by which bodies a version goes, and what each may decide"},
    {"endorsement", "versions on their way from body to body"},
    {"commitment", "what departments and agencies undertake"},
    {"round", "reporting rounds"},
    {"return", "what each owner reports in a round"},
    {"consultation", "who is asked about a draft, and what they answer"},
    {"amendment", "other words for a draft"},
    {"said-done", "you said, we did"},
    {"audit", "who did what, and the proof that nothing is missing"},
    {"personal", "what is held on people, and its erasure"},
    {"retention", "how long each kind of personal data is kept"},
    {0},
};
