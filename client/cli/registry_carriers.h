/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the table of commands about what carries the pledge: who was briefed, strategies and
 * services, and visits of Young Inspectors; see registry.c. */
#ifndef CLIENT_CLI_REGISTRY_CARRIERS_H
#define CLIENT_CLI_REGISTRY_CARRIERS_H

#define BRIEFING_COMMANDS                                                                          \
    {.group = "briefing",                                                                          \
     .name = "list",                                                                               \
     .summary = "list sessions, the latest or planned first",                                      \
     .arguments = ARGUMENTS(ARG_AUTHORITY),                                                        \
     .options = OPTIONS({"kind", "KIND", "only briefing or training"}, OPT_AS_AT, OPT_KNOWN_ON),   \
     .examples = EXAMPLES("pledge briefing list leicester --as-at 2007-06-30"),                    \
     .run = run_briefing_list},                                                                    \
        {.group = "briefing",                                                                      \
         .name = "show",                                                                           \
         .summary = "show a session with who was there",                                           \
         .arguments = ARGUMENTS(ARG_AUTHORITY, {"SESSION", "its identifier, such as its day"}),    \
         .options = OPTIONS(OPT_KNOWN_ON),                                                         \
         .examples = EXAMPLES("pledge briefing show leicester 2007-06-19"),                        \
         .run = run_briefing_show},                                                                \
        {.group = "briefing",                                                                      \
         .name = "add",                                                                            \
         .summary = "add a session, planned or held",                                              \
         .arguments = ARGUMENTS(ARG_AUTHORITY, {"SESSION", "its identifier, such as its day"}),    \
         .options = OPTIONS({"kind", "KIND", "briefing or training; required"},                    \
                            {"title", "TEXT", "what it is called; required"},                      \
                            {"topic", "TEXT", "what it is about"},                                 \
                            {"on", "DAY", "its day, YYYY-MM-DD; required"},                        \
                            {"body", "BODY", "whose members it is for; once for each body"},       \
                            OPT_DRY_RUN),                                                          \
         .examples = EXAMPLES("pledge briefing add leicester 2007-10-25 --kind briefing --title "  \
                              "\"Corporate parenting\" --on 2007-10-25 --body council"),           \
         .run = run_briefing_add},                                                                 \
        {.group = "briefing",                                                                      \
         .name = "change",                                                                         \
         .summary = "change its title or topic, or move it to another day",                        \
         .arguments = ARGUMENTS(ARG_AUTHORITY, {"SESSION", "its identifier, such as its day"}),    \
         .options = OPTIONS(                                                                       \
             {"title", "TEXT", "what it is called"}, {"topic", "TEXT", "what it is about"},        \
             {"on", "DAY", "its day, while nobody recorded who was there"}, OPT_DRY_RUN),          \
         .examples = EXAMPLES("pledge briefing change leicester 2007-10-25 --on 2007-10-26"),      \
         .run = run_briefing_change},                                                              \
        {.group = "briefing",                                                                      \
         .name = "attend",                                                                         \
         .summary = "record who was at a session",                                                 \
         .description = "Give each option once for each seat or owner. What is recorded again "    \
                        "stands instead of what was before.",                                      \
         .arguments = ARGUMENTS(ARG_AUTHORITY, {"SESSION", "its identifier, such as its day"}),    \
         .options =                                                                                \
             OPTIONS({"present", "BODY/SEAT", "a member who was there"},                           \
                     {"apologies", "BODY/SEAT", "a member who sent apologies"},                    \
                     {"absent", "BODY/SEAT", "a member who was not there"},                        \
                     {"count", "OWNER=N", "how many others came from a department or agency"},     \
                     OPT_DRY_RUN),                                                                 \
         .examples = EXAMPLES("pledge briefing attend leicester 2007-06-19 --present forum/chair " \
                              "--absent forum/red --count housing=4"),                             \
         .run = run_briefing_attend},                                                              \
    {                                                                                              \
        .group = "briefing", .name = "coverage",                                                   \
        .summary = "show how many members of each party were reached",                             \
        .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_BODY),                                           \
        .options = OPTIONS(                                                                        \
            {"kind", "KIND", "count only briefing or training"},                                   \
            {"from", "DAY", "count only sessions from this day on"},                               \
            {"as-at", "DAY", "the day on which the members sat, YYYY-MM-DD; today unless said"},   \
            OPT_KNOWN_ON),                                                                         \
        .examples = EXAMPLES("pledge briefing coverage leicester forum --as-at 2007-12-31"),       \
        .run = run_briefing_coverage                                                               \
    }

#define STRATEGY_COMMANDS                                                                          \
    {.group = "strategy",                                                                          \
     .name = "list",                                                                               \
     .summary = "list strategies and services, the first due for review first",                    \
     .arguments = ARGUMENTS(ARG_AUTHORITY),                                                        \
     .options = OPTIONS(                                                                           \
         {"review", "STATE", "only those whose review is due, overdue or none"},                   \
         {"within", "DAYS", "only those due within so many days"},                                 \
         {"promise", "PLEDGE/N/ID", "only those that carry this statement, such as promise/2/7"},  \
         OPT_AS_AT, OPT_KNOWN_ON),                                                                 \
     .examples = EXAMPLES("pledge strategy list halton --review overdue",                          \
                          "pledge strategy list halton --promise promise/2/7"),                    \
     .run = run_strategy_list},                                                                    \
        {.group = "strategy",                                                                      \
         .name = "show",                                                                           \
         .summary = "show one with its reviews",                                                   \
         .arguments = ARGUMENTS(ARG_AUTHORITY,                                                     \
                                {"ID", "its identifier; see: pledge strategy list AUTHORITY"}),    \
         .options = OPTIONS(OPT_AS_AT, OPT_KNOWN_ON),                                              \
         .examples = EXAMPLES("pledge strategy show halton children-in-care-2017"),                \
         .run = run_strategy_show},                                                                \
        {.group = "strategy",                                                                      \
         .name = "add",                                                                            \
         .summary = "add a strategy or a service",                                                 \
         .arguments = ARGUMENTS(ARG_AUTHORITY,                                                     \
                                {"ID", "its identifier; see: pledge strategy list AUTHORITY"}),    \
         .options = OPTIONS(                                                                       \
             {"kind", "KIND", "strategy or service; required"},                                    \
             {"title", "TEXT", "what it is called; required"},                                     \
             {"summary", "TEXT", "what it does"}, {"owner", "OWNER", "whose it is; required"},     \
             {"from", "DAY", "its first day, YYYY-MM-DD; required"},                               \
             {"to", "DAY", "its last day"},                                                        \
             {"review-due", "DAY", "by which day it is to be reviewed first"},                     \
             {"promise", "PLEDGE/N/ID", "a statement that it carries; once for each"},             \
             OPT_DRY_RUN),                                                                         \
         .examples = EXAMPLES("pledge strategy add halton care-leaver-session --kind service "     \
                              "--title \"Monthly session for care leavers\" --owner social-care "  \
                              "--from 2018-01-01 --promise promise/2/7"),                          \
         .run = run_strategy_add},                                                                 \
        {.group = "strategy",                                                                      \
         .name = "change",                                                                         \
         .summary = "change its words, its end or its statements",                                 \
         .arguments = ARGUMENTS(ARG_AUTHORITY,                                                     \
                                {"ID", "its identifier; see: pledge strategy list AUTHORITY"}),    \
         .options = OPTIONS({"title", "TEXT", "what it is called"},                                \
                            {"summary", "TEXT", "what it does"}, {"to", "DAY", "its last day"},    \
                            {"review-due", "DAY", "by which day it is to be reviewed first"},      \
                            {"promise", "PLEDGE/N/ID",                                             \
                             "a statement that it carries; those that are not given end"},         \
                            OPT_DRY_RUN),                                                          \
         .examples =                                                                               \
             EXAMPLES("pledge strategy change halton care-leaver-session --to 2020-12-31"),        \
         .run = run_strategy_change},                                                              \
    {                                                                                              \
        .group = "strategy", .name = "review", .summary = "record a review",                       \
        .arguments = ARGUMENTS(ARG_AUTHORITY,                                                      \
                               {"ID", "its identifier; see: pledge strategy list AUTHORITY"}),     \
        .options =                                                                                 \
            OPTIONS({"outcome", "OUTCOME", "continued, changed, replaced or ended; required"},     \
                    {"note", "TEXT", "what was found; required"},                                  \
                    {"on", "DAY", "the day, YYYY-MM-DD; today unless said"},                       \
                    {"next", "DAY", "by which day it is to be reviewed again"}, OPT_DRY_RUN),      \
        .examples = EXAMPLES("pledge strategy review halton children-in-care-2017 --outcome "      \
                             "changed --note \"Written anew for three years\" --next 2022-12-31"), \
        .run = run_strategy_review                                                                 \
    }

#define VISIT_COMMANDS                                                                             \
    {.group = "visit",                                                                             \
     .name = "list",                                                                               \
     .summary = "list visits of Young Inspectors, the latest first",                               \
     .arguments = ARGUMENTS(ARG_AUTHORITY),                                                        \
     .options = OPTIONS(OPT_AS_AT, OPT_KNOWN_ON),                                                  \
     .examples = EXAMPLES("pledge visit list halton"),                                             \
     .run = run_visit_list},                                                                       \
        {.group = "visit",                                                                         \
         .name = "show",                                                                           \
         .summary = "show a visit with its findings and the answers",                              \
         .arguments = ARGUMENTS(ARG_AUTHORITY,                                                     \
                                {"VISIT", "its identifier; see: pledge visit list AUTHORITY"}),    \
         .options = OPTIONS(OPT_AS_AT, OPT_KNOWN_ON),                                              \
         .examples = EXAMPLES("pledge visit show halton 2019-11-05"),                              \
         .run = run_visit_show},                                                                   \
        {.group = "visit",                                                                         \
         .name = "findings",                                                                       \
         .summary = "list findings, the first to be followed up first",                            \
         .description = "With --state waiting it tells the words that \"pledge cicc moderate\" "   \
                        "is to show, hide or mark as a concern.",                                  \
         .arguments = ARGUMENTS(ARG_AUTHORITY),                                                    \
         .options = OPTIONS(                                                                       \
             {"follow-up", "STATE", "only those whose follow-up is open, overdue, done or none"},  \
             {"state", "STATE", "only words that are waiting, shown or hidden"},                   \
             {"promise", "PLEDGE/N/ID", "only those on this statement"}, OPT_AS_AT, OPT_KNOWN_ON), \
         .examples = EXAMPLES("pledge visit findings halton --follow-up overdue",                  \
                              "pledge visit findings halton --state waiting"),                     \
         .run = run_visit_findings},                                                               \
        {.group = "visit",                                                                         \
         .name = "record",                                                                         \
         .summary = "record a visit and what was found",                                           \
         .description = "Who the Young Inspectors are is recorded nowhere. What they found waits " \
                        "to be moderated: see \"pledge visit findings AUTHORITY --state "          \
                        "waiting\" and \"pledge cicc moderate\".",                                 \
         .arguments = ARGUMENTS(ARG_AUTHORITY,                                                     \
                                {"VISIT", "its identifier; see: pledge visit list AUTHORITY"}),    \
         .options = OPTIONS(                                                                       \
             {"provider", "NAME", "the organisation or the place, never a person; required"},      \
             {"provides", "TEXT", "what it provides; required"},                                   \
             {"owner", "OWNER", "who commissions it; required"},                                   \
             {"on", "DAY", "the day, YYYY-MM-DD; required"},                                       \
             {"inspectors", "N", "how many Young Inspectors were there; required"},                \
             {"strength", "WORDS", "something good, in their words"},                              \
             {"improvement", "WORDS", "something that could be better"},                           \
             {"urgent", "WORDS", "something that cannot wait"},                                    \
             {"by", "DAY", "when the finding before it is to be followed up"},                     \
             {"promise", "PLEDGE/N/ID", "the statement that the finding before it is about"},      \
             OPT_DRY_RUN),                                                                         \
         .examples = EXAMPLES(                                                                     \
             "pledge visit record halton 2019-11-05 --provider \"Harbour House\" --provides \"A "  \
             "home for six\" --owner social-care --on 2019-11-05 --inspectors 6 --urgent \"The "   \
             "back door does not lock\" --by 2019-11-12 --promise promise/2/2"),                   \
         .run = run_visit_record},                                                                 \
    {                                                                                              \
        .group = "visit", .name = "answer",                                                        \
        .summary = "answer a finding, and say whether it is done",                                 \
        .arguments = ARGUMENTS(                                                                    \
            ARG_AUTHORITY, {"VISIT", "its identifier; see: pledge visit list AUTHORITY"},          \
            {"FINDING", "its identifier; see: pledge visit findings AUTHORITY"}),                  \
        .options = OPTIONS({"text", "TEXT", "what there is to say; required"},                     \
                           {"on", "DAY", "the day, YYYY-MM-DD; today unless said"},                \
                           {"done", "DAY", "the day on which it was done"}, OPT_DRY_RUN),          \
        .examples = EXAMPLES("pledge visit answer halton 2019-11-05 3fa91c02 --text \"The lock "   \
                             "is new\" --done 2019-11-08"),                                        \
        .run = run_visit_answer                                                                    \
    }

#endif
