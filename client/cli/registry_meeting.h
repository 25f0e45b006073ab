/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the table of commands about meetings of bodies; see registry.c. */
#ifndef CLIENT_CLI_REGISTRY_MEETING_H
#define CLIENT_CLI_REGISTRY_MEETING_H

#define ARGS_MEETING                                                                               \
    ARG_AUTHORITY, ARG_BODY,                                                                       \
    {                                                                                              \
        "DAY", "the day of the meeting, which \"pledge body meet\" added"                          \
    }
#define OPT_ITEM                                                                                   \
    {                                                                                              \
        "item", "N", "number of the agenda item; required"                                         \
    }

#define MEETING_COMMANDS                                                                           \
    {.group = "meeting",                                                                           \
     .name = "quorum",                                                                             \
     .summary = "set how many seats must be taken",                                                \
     .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_BODY, {"SEATS", "how many, without advisers"}),     \
     .options = OPTIONS({"from", "DAY", "from which day; today unless said"}, OPT_DRY_RUN),        \
     .examples = EXAMPLES("pledge meeting quorum leicester forum 4 --from 2006-03-01"),            \
     .run = run_meeting_quorum},                                                                   \
        {.group = "meeting",                                                                       \
         .name = "item",                                                                           \
         .summary = "add an item to the agenda",                                                   \
         .arguments = ARGUMENTS(ARGS_MEETING),                                                     \
         .options =                                                                                \
             OPTIONS({"part", "PART", "theme, work-programme or national-developments; required"}, \
                     {"title", "TEXT", "what it is; required"}, OPT_DRY_RUN),                      \
         .examples = EXAMPLES("pledge meeting item leicester forum 2007-06-19 --part theme "       \
                              "--title \"Health of children in care\""),                           \
         .run = run_meeting_item},                                                                 \
        {.group = "meeting",                                                                       \
         .name = "paper",                                                                          \
         .summary = "add a paper to an item",                                                      \
         .arguments = ARGUMENTS(ARGS_MEETING),                                                     \
         .options = OPTIONS(OPT_ITEM, {"title", "TEXT", "its title; required"},                    \
                            {"author", "POST", "the author's post; required"},                     \
                            {"reference", "TEXT", "its reference, or where it is; required"},      \
                            {"hash", "SHA256", "SHA-256 of the file"}, OPT_DRY_RUN),               \
         .examples = EXAMPLES("pledge meeting paper leicester forum 2007-06-19 --item 1 --title "  \
                              "\"Health checks\" --author \"Designated nurse\" --reference A1"),   \
         .run = run_meeting_paper},                                                                \
        {.group = "meeting",                                                                       \
         .name = "attend",                                                                         \
         .summary = "record who took the seats",                                                   \
         .description = "Give each option once for each seat. What is recorded again stands "      \
                        "instead of what was before.",                                             \
         .arguments = ARGUMENTS(ARGS_MEETING),                                                     \
         .options =                                                                                \
             OPTIONS({"present", "SEAT", "its holder was there"},                                  \
                     {"apologies", "SEAT", "its holder sent apologies"},                           \
                     {"absent", "SEAT", "its holder was not there"},                               \
                     {"substitute", "SEAT=POST[,PARTY]", "who took it instead"}, OPT_DRY_RUN),     \
         .examples = EXAMPLES("pledge meeting attend leicester forum 2007-06-19 --present chair "  \
                              "--apologies vice-chair --substitute \"red=Ward councillor,Red\""),  \
         .run = run_meeting_attend},                                                               \
        {.group = "meeting",                                                                       \
         .name = "decide",                                                                         \
         .summary = "record what was decided under an item",                                       \
         .description = "What was decided on a version of a pledge goes to \"pledge endorsement "  \
                        "decide\".",                                                               \
         .arguments = ARGUMENTS(ARGS_MEETING),                                                     \
         .options = OPTIONS(OPT_ITEM, {"text", "TEXT", "what was decided; required"},              \
                            {"proposer", "POST", "who proposed it; required"},                     \
                            {"votes", "F/A/X", "votes for, against and abstentions, where taken"}, \
                            OPT_DRY_RUN),                                                          \
         .examples = EXAMPLES("pledge meeting decide leicester forum 2007-06-19 --item 1 --text "  \
                              "\"To ask for a yearly report.\" --proposer \"Lead member\""),       \
         .run = run_meeting_decide},                                                               \
        {.group = "meeting",                                                                       \
         .name = "action",                                                                         \
         .summary = "add an action for an owner or a seat",                                        \
         .arguments = ARGUMENTS(ARGS_MEETING),                                                     \
         .options = OPTIONS(OPT_ITEM, {"text", "TEXT", "what is to be done; required"},            \
                            {"owner", "OWNER", "the department or agency that is to"},             \
                            {"seat", "SEAT", "else the seat that is to"},                          \
                            {"due", "DAY", "by which day; required"}, OPT_DRY_RUN),                \
         .examples = EXAMPLES("pledge meeting action leicester forum 2007-06-19 --item 1 --text "  \
                              "\"Report on dentists\" --owner health --due 2007-10-01"),           \
         .run = run_meeting_action},                                                               \
        {.group = "meeting",                                                                       \
         .name = "note",                                                                           \
         .summary = "say how an action stands",                                                    \
         .arguments = ARGUMENTS(ARGS_MEETING, {"ACTION", "its number"}),                           \
         .options = OPTIONS({"state", "STATE", "open, done or dropped; required"},                 \
                            {"text", "TEXT", "what there is to say; required"},                    \
                            {"on", "DAY", "the day, YYYY-MM-DD; today unless said"}, OPT_DRY_RUN), \
         .examples = EXAMPLES("pledge meeting note leicester forum 2007-06-19 1 --state done "     \
                              "--text \"Reported to the board\""),                                 \
         .run = run_meeting_note},                                                                 \
        {.group = "meeting",                                                                       \
         .name = "actions",                                                                        \
         .summary = "list actions, the first due first",                                           \
         .arguments = ARGUMENTS(ARG_AUTHORITY),                                                    \
         .options = OPTIONS({"open", NULL, "only those that are open"}, OPT_AS_AT, OPT_KNOWN_ON),  \
         .examples = EXAMPLES("pledge meeting actions leicester --open"),                          \
         .run = run_meeting_actions},                                                              \
        {.group = "meeting",                                                                       \
         .name = "parties",                                                                        \
         .summary = "show which parties were at each meeting",                                     \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_BODY),                                          \
         .options = OPTIONS(OPT_AS_AT, OPT_KNOWN_ON),                                              \
         .examples = EXAMPLES("pledge meeting parties leicester forum --as-at 2007-12-31"),        \
         .run = run_meeting_parties},                                                              \
        {.group = "meeting",                                                                       \
         .name = "show",                                                                           \
         .summary = "show what was recorded of a meeting, also as it was known on a day",          \
         .arguments = ARGUMENTS(ARGS_MEETING),                                                     \
         .options = OPTIONS({"as-at", "DAY", "actions as they stood on a day, YYYY-MM-DD"},        \
                            OPT_KNOWN_ON),                                                         \
         .examples = EXAMPLES("pledge meeting show leicester forum 2007-06-19"),                   \
         .run = run_meeting_show},                                                                 \
    {                                                                                              \
        .group = "meeting", .name = "minutes", .summary = "print minutes from the record",         \
        .arguments = ARGUMENTS(ARGS_MEETING),                                                      \
        .options = OPTIONS({"markdown", NULL, "as Markdown"}, OPT_KNOWN_ON),                       \
        .examples = EXAMPLES("pledge meeting minutes leicester forum 2007-06-19",                  \
                             "pledge meeting minutes leicester forum 2007-06-19 --markdown"),      \
        .run = run_meeting_minutes                                                                 \
    }

#endif
