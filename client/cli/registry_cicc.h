/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the table of commands about the Children in Care Council; see registry.c. */
#ifndef CLIENT_CLI_REGISTRY_CICC_H
#define CLIENT_CLI_REGISTRY_CICC_H

#define ARG_ISSUE                                                                                  \
    {                                                                                              \
        "ISSUE", "identifier of the issue; see: pledge raised-issue list AUTHORITY"                \
    }
#define OPT_KNOWN_ON                                                                               \
    {                                                                                              \
        "known-on", "DAY", "by what was recorded by the end of that day"                           \
    }
#define OPT_HAPPENED                                                                               \
    {                                                                                              \
        "on", "DAY", "the day, YYYY-MM-DD; today unless said"                                      \
    }

#define CICC_COMMANDS                                                                              \
    {.group = "cicc",                                                                              \
     .name = "settings",                                                                           \
     .summary = "show or change days to answer, and themes",                                       \
     .arguments = ARGUMENTS(ARG_AUTHORITY),                                                        \
     .options = OPTIONS({"answer-days", "N", "days to answer an issue, 1 to 90"},                  \
                        {"theme", "ID=NAME", "a theme of its own; for each one, all of them"},     \
                        OPT_DRY_RUN),                                                              \
     .examples = EXAMPLES("pledge cicc settings halton",                                           \
                          "pledge cicc settings halton --answer-days 10 --theme money=Money"),     \
     .run = run_cicc_settings},                                                                    \
        {.group = "cicc",                                                                          \
         .name = "count",                                                                          \
         .summary = "record how many young people there are",                                      \
         .description = "The groups of each kind add up to the size, so give a group to those of " \
                        "whom you do not know. Never write anything that tells who somebody is.",  \
         .arguments = ARGUMENTS(ARG_AUTHORITY, {"DAY", "the day they were counted, YYYY-MM-DD"}),  \
         .options = OPTIONS({"size", "N", "how many; required"},                                   \
                            {"group", "KIND=LABEL,N", "how many of a group; for each one"},        \
                            {"id", "ID", "its identifier; the day unless said"}, OPT_DRY_RUN),     \
         .examples = EXAMPLES("pledge cicc count leicester 2010-06-01 --size 15 --group "          \
                              "\"age=under 14,7\" --group \"age=14 and over,8\""),                 \
         .run = run_cicc_count},                                                                   \
        {.group = "cicc",                                                                          \
         .name = "make-up",                                                                        \
         .summary = "list size and make-up, the latest first",                                     \
         .arguments = ARGUMENTS(ARG_AUTHORITY),                                                    \
         .options = OPTIONS(OPT_AS_AT, OPT_KNOWN_ON),                                              \
         .examples = EXAMPLES("pledge cicc make-up leicester",                                     \
                              "pledge cicc make-up leicester --as-at 2010-08-31"),                 \
         .run = run_cicc_make_up},                                                                 \
        {.group = "cicc",                                                                          \
         .name = "session",                                                                        \
         .summary = "record a session of a body of young people",                                  \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_BODY, {"DAY", "the day, YYYY-MM-DD"}),          \
         .options = OPTIONS({"participants", "N", "how many took part; required"},                 \
                            {"theme", "ID", "what it was about; for each one, at least one"},      \
                            OPT_DRY_RUN),                                                          \
         .examples = EXAMPLES("pledge cicc session halton cicc 2007-12-04 --participants 9 "       \
                              "--theme being-in-care"),                                            \
         .run = run_cicc_session},                                                                 \
        {.group = "cicc",                                                                          \
         .name = "sessions",                                                                       \
         .summary = "list sessions, the latest first",                                             \
         .arguments = ARGUMENTS(ARG_AUTHORITY),                                                    \
         .options = OPTIONS(OPT_AS_AT, OPT_KNOWN_ON),                                              \
         .examples = EXAMPLES("pledge cicc sessions halton --as-at 2008-12-31"),                   \
         .run = run_cicc_sessions},                                                                \
        {.group = "cicc",                                                                          \
         .name = "rate",                                                                           \
         .summary = "record how a session rated promises, and words",                              \
         .description = "Words wait until they are moderated. A rating that is recorded again "    \
                        "stands instead of the one before.",                                       \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_VERSION),                                       \
         .options = OPTIONS(                                                                       \
             {"session", "BODY/DAY", "the session; required"},                                     \
             {"rating", "PROMISE=K/P/N/C", "keeping, partly, not, can't say; for each"},           \
             {"words", "PROMISE=TEXT", "what one of them said; for each one"}, OPT_DRY_RUN),       \
         .examples = EXAMPLES("pledge cicc rate halton promise/1 --session cicc/2019-12-03 "       \
                              "--rating 3=2/1/5/1 --words \"3=My worker changed again\""),         \
         .run = run_cicc_rate},                                                                    \
        {.group = "cicc",                                                                          \
         .name = "ratings",                                                                        \
         .summary = "show how young people rate each promise",                                     \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_VERSION),                                       \
         .options = OPTIONS({"promise", "ID", "every rating of one promise, with the replies"},    \
                            OPT_AS_AT, OPT_KNOWN_ON),                                              \
         .examples = EXAMPLES("pledge cicc ratings halton promise/1",                              \
                              "pledge cicc ratings halton promise/1 --promise 3"),                 \
         .run = run_cicc_ratings},                                                                 \
        {.group = "cicc",                                                                          \
         .name = "reply",                                                                          \
         .summary = "reply to a rating, as who has a commitment to it",                            \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_VERSION, {"PROMISE", "its identifier"},         \
                                {"RATING", "number of the rating; see: pledge cicc ratings"}),     \
         .options = OPTIONS({"text", "TEXT", "the reply, in plain words; required"}, OPT_DRY_RUN), \
         .examples = EXAMPLES("pledge cicc reply halton promise/1 3 2 --text \"Two more workers "  \
                              "start in May\""),                                                   \
         .run = run_cicc_reply},                                                                   \
        {.group = "cicc",                                                                          \
         .name = "words",                                                                          \
         .summary = "list what young people said with their ratings",                              \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_VERSION),                                       \
         .options = OPTIONS({"state", "STATE", "waiting, shown or hidden; for the voice team"}),   \
         .examples = EXAMPLES("pledge cicc words halton promise/1 --state waiting"),               \
         .run = run_cicc_words},                                                                   \
    {                                                                                              \
        .group = "cicc", .name = "moderate",                                                       \
        .summary = "show or hide words, or mark them as a concern",                                \
        .description = "A concern leaves every list at once and reaches the safeguarding officer " \
                       "alone. There is no way back.",                                             \
        .arguments = ARGUMENTS(ARG_AUTHORITY, {"WORDS", "identifier of the words"}),               \
        .options = OPTIONS({"as", "STATE", "shown, hidden or concern; required"},                  \
                           {"reason", "TEXT", "why; for hidden and concern"}, OPT_DRY_RUN),        \
        .examples = EXAMPLES("pledge cicc moderate halton 6f0c --as concern --reason \"Harm at "   \
                             "home\""),                                                            \
        .run = run_cicc_moderate                                                                   \
    }

#define RAISED_ISSUE_COMMANDS                                                                      \
    {.group = "raised-issue",                                                                      \
     .name = "list",                                                                               \
     .summary = "list issues, and which answers are overdue",                                      \
     .arguments = ARGUMENTS(ARG_AUTHORITY),                                                        \
     .options = OPTIONS(OPT_AS_AT, OPT_KNOWN_ON),                                                  \
     .examples = EXAMPLES("pledge raised-issue list halton --as-at 2008-01-31"),                   \
     .run = run_raised_issue_list},                                                                \
        {.group = "raised-issue",                                                                  \
         .name = "show",                                                                           \
         .summary = "show an issue and all that came of it",                                       \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_ISSUE),                                         \
         .options = OPTIONS(OPT_AS_AT, OPT_KNOWN_ON),                                              \
         .examples = EXAMPLES("pledge raised-issue show halton bags"),                             \
         .run = run_raised_issue_show},                                                            \
        {.group = "raised-issue",                                                                  \
         .name = "raise",                                                                          \
         .summary = "raise an issue to a director and the lead member",                            \
         .arguments = ARGUMENTS(ARG_AUTHORITY, {"ISSUE", "its identifier, such as bags"}),         \
         .options =                                                                                \
             OPTIONS({"session", "BODY/DAY", "the session it was raised at; required"},            \
                     {"department", "ID", "whose director is to answer; required"},                \
                     {"lead-member", "BODY/SEAT", "the lead member's seat"},                       \
                     {"text", "TEXT", "the issue; it names nobody; required"}, OPT_DRY_RUN),       \
         .examples = EXAMPLES("pledge raised-issue raise halton bags --session cicc/2007-12-04 "   \
                              "--department children --text \"Our things still come in bin "       \
                              "bags\""),                                                           \
         .run = run_raised_issue_raise},                                                           \
        {.group = "raised-issue",                                                                  \
         .name = "answer",                                                                         \
         .summary = "answer an issue in plain words",                                              \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_ISSUE),                                         \
         .options = OPTIONS({"text", "TEXT", "the answer; required"}, OPT_HAPPENED, OPT_DRY_RUN),  \
         .examples = EXAMPLES("pledge raised-issue answer halton bags --text \"Every child has "   \
                              "a suitcase from now on\""),                                         \
         .run = run_raised_issue_answer},                                                          \
    {                                                                                              \
        .group = "raised-issue", .name = "satisfied",                                              \
        .summary = "record whether they are satisfied with the answer",                            \
        .description = "When they are not the issue is open again, with a new clock.",             \
        .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_ISSUE, {"ANSWER", "yes or no"}),                 \
        .options = OPTIONS({"text", "TEXT", "what they say; required for no"}, OPT_HAPPENED,       \
                           OPT_DRY_RUN),                                                           \
        .examples = EXAMPLES("pledge raised-issue satisfied halton bags no --text \"Two of us "    \
                             "still have none\""),                                                 \
        .run = run_raised_issue_satisfied                                                          \
    }

#endif
