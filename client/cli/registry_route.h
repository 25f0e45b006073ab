/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the table of commands about routes and endorsements; see registry.c. */
#ifndef CLIENT_CLI_REGISTRY_ROUTE_H
#define CLIENT_CLI_REGISTRY_ROUTE_H

#define ARG_ROUTE                                                                                  \
    {                                                                                              \
        "ROUTE", "identifier of the route; see: pledge route list AUTHORITY"                       \
    }
#define ARG_VERSION                                                                                \
    {                                                                                              \
        "VERSION", "PLEDGE/NUMBER, such as promise/2"                                              \
    }
#define OPT_AS_AT                                                                                  \
    {                                                                                              \
        "as-at", "DAY", "as it stood on that day, YYYY-MM-DD; today unless said"                   \
    }
#define OPT_WAY                                                                                    \
    {                                                                                              \
        "id", "ID", "another endorsement of the version than the latest"                           \
    }

#define ROUTE_COMMANDS                                                                             \
    {.group = "route",                                                                             \
     .name = "list",                                                                               \
     .summary = "list a council's routes",                                                         \
     .arguments = ARGUMENTS(ARG_AUTHORITY),                                                        \
     .examples = EXAMPLES("pledge route list halton"),                                             \
     .run = run_route_list},                                                                       \
        {.group = "route",                                                                         \
         .name = "show",                                                                           \
         .summary = "show a route's steps and what each body may decide",                          \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_ROUTE),                                         \
         .options = OPTIONS({"revision", "N", "an earlier revision than the newest"}),             \
         .examples = EXAMPLES("pledge route show halton pledge",                                   \
                              "pledge route show halton pledge --revision 1"),                     \
         .run = run_route_show},                                                                   \
    {                                                                                              \
        .group = "route", .name = "set",                                                           \
        .summary = "add a route, or a revision of it, from a file",                                \
        .description = "The file is a pledge.v1.Route in JSON, with steps, moves and recorders. "  \
                       "Versions that are under way go on by the revision they began with.",       \
        .arguments =                                                                               \
            ARGUMENTS(ARG_AUTHORITY, ARG_ROUTE, {"FILE", "JSON, or - for standard input"}),        \
        .options = OPTIONS(OPT_DRY_RUN),                                                           \
        .examples = EXAMPLES("pledge route set halton pledge route.json --dry-run"),               \
        .run = run_route_set                                                                       \
    }

#define ENDORSEMENT_COMMANDS                                                                       \
    {.group = "endorsement",                                                                       \
     .name = "list",                                                                               \
     .summary = "list where each version stands on its route",                                     \
     .arguments = ARGUMENTS(ARG_AUTHORITY),                                                        \
     .options = OPTIONS(OPT_AS_AT),                                                                \
     .examples = EXAMPLES("pledge endorsement list peterborough --as-at 2013-07-09"),              \
     .run = run_endorsement_list},                                                                 \
        {.group = "endorsement",                                                                   \
         .name = "start",                                                                          \
         .summary = "put a version on a route",                                                    \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_VERSION),                                       \
         .options = OPTIONS({"route", "ROUTE", "the route; required"},                             \
                            {"on", "DAY", "the day it began, YYYY-MM-DD; required"},               \
                            {"id", "ID", "its identifier; the day unless said"}, OPT_DRY_RUN),     \
         .examples = EXAMPLES("pledge endorsement start peterborough promise/2 --route pledge "    \
                              "--on 2012-06-01"),                                                  \
         .run = run_endorsement_start},                                                            \
        {.group = "endorsement",                                                                   \
         .name = "show",                                                                           \
         .summary = "show where a version stands, and what was decided",                           \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_VERSION),                                       \
         .options = OPTIONS(OPT_AS_AT, OPT_WAY,                                                    \
                            {"known-on", "DAY", "by what was recorded by the end of that day"}),   \
         .examples = EXAMPLES("pledge endorsement show peterborough promise/2",                    \
                              "pledge endorsement show peterborough promise/2 --as-at "            \
                              "2013-07-09"),                                                       \
         .run = run_endorsement_show},                                                             \
        {.group = "endorsement",                                                                   \
         .name = "decide",                                                                         \
         .summary = "record what a body decided at a meeting",                                     \
         .description = "The body is the one whose turn it is, and the meeting was added by "      \
                        "\"pledge body meet\". Record an amendment before you change the text.",   \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_VERSION,                                        \
                                {"DECISION", "endorse, approve, amend, refer-back, refer-on, "     \
                                             "note or reject"}),                                   \
         .options = OPTIONS({"body", "BODY", "the body that decided; required"},                   \
                            {"on", "DAY", "the day of its meeting, YYYY-MM-DD; required"},         \
                            {"minute", "REF", "number of the minute or agenda item; required"},    \
                            {"recommendation", "TEXT", "what was put to the body; required"},      \
                            {"votes", "F/A/X", "votes for, against and abstentions, where taken"}, \
                            {"key", NULL, "it is a key decision"},                                 \
                            {"waive-call-in", "REASON", "why it takes effect at once"}, OPT_WAY,   \
                            OPT_DRY_RUN),                                                          \
         .examples = EXAMPLES("pledge endorsement decide peterborough promise/2 approve --body "   \
                              "council --on 2013-07-10 --minute \"14(b)\" --recommendation "       \
                              "\"To approve the pledge\""),                                        \
         .run = run_endorsement_decide},                                                           \
        {.group = "endorsement",                                                                   \
         .name = "withdraw",                                                                       \
         .summary = "take back the last decision, which was recorded wrongly",                     \
         .description = "It stays on record, with the reason, and counts until the day that is "   \
                        "given. Then record the decision of the meeting as it was.",               \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_VERSION, {"N", "number of the decision"}),      \
         .options = OPTIONS({"reason", "WORDS", "what was wrong with it; required"},               \
                            {"on", "DAY", "since when it counts no more; today unless said"},      \
                            OPT_WAY, OPT_DRY_RUN),                                                 \
         .examples = EXAMPLES("pledge endorsement withdraw peterborough promise/2 2 --reason "     \
                              "\"The panel endorsed it\""),                                        \
         .run = run_endorsement_withdraw},                                                         \
        {.group = "endorsement",                                                                   \
         .name = "call-in",                                                                        \
         .summary = "record that the last decision was called in",                                 \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_VERSION, {"N", "number of the decision"}),      \
         .options = OPTIONS({"on", "DAY", "the day, YYYY-MM-DD; required"},                        \
                            {"by", "WORDS", "who, by post or number; required"},                   \
                            {"reason", "WORDS", "why; required"},                                  \
                            {"body", "BODY", "the body that it goes to; required"}, OPT_WAY,       \
                            OPT_DRY_RUN),                                                          \
         .examples = EXAMPLES("pledge endorsement call-in halton promise/2 2 --on 2020-02-24 "     \
                              "--by \"Five councillors\" --reason \"The cost\" --body board"),     \
         .run = run_endorsement_call_in},                                                          \
        {.group = "endorsement",                                                                   \
         .name = "settle",                                                                         \
         .summary = "record what became of a call-in",                                             \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_VERSION, {"N", "number of the decision"},       \
                                {"OUTCOME", "stands or referred-back"}),                           \
         .options = OPTIONS({"body", "BODY", "the body that it went to; required"},                \
                            {"on", "DAY", "the day of its meeting, YYYY-MM-DD; required"},         \
                            {"minute", "REF", "number of the minute or agenda item; required"},    \
                            OPT_WAY, OPT_DRY_RUN),                                                 \
         .examples = EXAMPLES("pledge endorsement settle halton promise/2 2 stands --body board "  \
                              "--on 2020-03-02 --minute 4"),                                       \
         .run = run_endorsement_settle},                                                           \
        {.group = "endorsement",                                                                   \
         .name = "draft",                                                                          \
         .summary = "write the text of a draft as bodies saw it",                                  \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_VERSION, {"N", "number of the draft"}),         \
         .options = OPTIONS(OPT_WAY),                                                              \
         .examples = EXAMPLES("pledge endorsement draft peterborough promise/2 1"),                \
         .run = run_endorsement_draft},                                                            \
        {.group = "endorsement",                                                                   \
         .name = "notice",                                                                         \
         .summary = "announce a key decision on the forward plan",                                 \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_VERSION),                                       \
         .options = OPTIONS({"body", "BODY", "the body that is to decide; required"},              \
                            {"on", "DAY", "the day of its meeting, YYYY-MM-DD; required"},         \
                            {"published", "DAY", "the day of the notice; required"},               \
                            {"urgent", "REASON", "why there are less than 28 days"}, OPT_WAY,      \
                            OPT_DRY_RUN),                                                          \
         .examples = EXAMPLES("pledge endorsement notice leicester promise/1 --body cabinet "      \
                              "--on 2010-09-06 --published 2010-08-02"),                           \
         .run = run_endorsement_notice},                                                           \
        {.group = "endorsement",                                                                   \
         .name = "forward-plan",                                                                   \
         .summary = "list key decisions that are announced and not taken",                         \
         .arguments = ARGUMENTS(ARG_AUTHORITY),                                                    \
         .options = OPTIONS(OPT_AS_AT),                                                            \
         .examples = EXAMPLES("pledge endorsement forward-plan leicester"),                        \
         .run = run_endorsement_forward_plan},                                                     \
    {                                                                                              \
        .group = "endorsement", .name = "stalls",                                                  \
        .summary = "list versions that wait for longer than allowed",                              \
        .arguments = ARGUMENTS(ARG_AUTHORITY), .options = OPTIONS(OPT_AS_AT),                      \
        .examples = EXAMPLES("pledge endorsement stalls peterborough --as-at 2013-07-09"),         \
        .run = run_endorsement_stalls                                                              \
    }

#endif
