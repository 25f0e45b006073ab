/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the table of commands about the work programme and national programmes; see
 * registry.c. */
#ifndef CLIENT_CLI_REGISTRY_WORK_H
#define CLIENT_CLI_REGISTRY_WORK_H

#define ARGS_ITEM                                                                                  \
    ARG_AUTHORITY,                                                                                 \
    {                                                                                              \
        "ITEM", "identifier of the item; see: pledge work list AUTHORITY"                          \
    }
#define ARGS_PROGRAMME                                                                             \
    ARG_AUTHORITY,                                                                                 \
    {                                                                                              \
        "PROGRAMME", "its identifier; see: pledge programme list AUTHORITY"                        \
    }
#define ARG_PROPOSAL                                                                               \
    {                                                                                              \
        "N", "number of the proposal"                                                              \
    }
#define OPT_ADDED                                                                                  \
    {                                                                                              \
        "added-on", "DAY", "since when it is in the programme; today unless said"                  \
    }
#define OPTS_NEEDS                                                                                 \
    {"priority", "P", "high, medium or low"},                                                      \
        {"owner", "OWNER", "the department or agency that sees to it"},                            \
        {"resources", "TEXT", "what it needs"},                                                    \
    {                                                                                              \
        "cost", "POUNDS", "what it costs"                                                          \
    }
#define OPTS_PLAN                                                                                  \
    {"description", "TEXT", "more of it"}, OPTS_NEEDS, {"due", "DAY", "by which day, YYYY-MM-DD"}, \
    {                                                                                              \
        "statement", "P/V/ID", "a statement that it serves, such as promise/1/3; may be repeated"  \
    }

#define WORK_COMMANDS                                                                              \
    {.group = "work",                                                                              \
     .name = "list",                                                                               \
     .summary = "list items, the first due first",                                                 \
     .arguments = ARGUMENTS(ARG_AUTHORITY),                                                        \
     .options = OPTIONS({"source", "S", "forum, young-people, national or own"},                   \
                        {"heading", "H", "what young people asked for under a heading"},           \
                        {"owner", "OWNER", "what one department or agency sees to"},               \
                        {"state", "S", "proposed, agreed, under-way, done or dropped"},            \
                        {"open", NULL, "what is neither done nor dropped"},                        \
                        {"overdue", NULL, "what is overdue, or has a milestone that is"},          \
                        {"programme", "ID", "what takes up a national programme"}, OPT_AS_AT,      \
                        OPT_KNOWN_ON),                                                             \
     .examples = EXAMPLES("pledge work list leicester --open",                                     \
                          "pledge work list leicester --heading health-and-lifestyle"),            \
     .run = run_work_list},                                                                        \
        {.group = "work",                                                                          \
         .name = "show",                                                                           \
         .summary = "show an item with its milestones, progress, offers and achievements",         \
         .arguments = ARGUMENTS(ARGS_ITEM),                                                        \
         .options = OPTIONS(OPT_AS_AT, OPT_KNOWN_ON),                                              \
         .examples = EXAMPLES("pledge work show leicester leisure-pass --as-at 2007-12-31"),       \
         .run = run_work_show},                                                                    \
        {.group = "work",                                                                          \
         .name = "add",                                                                            \
         .summary = "add an item",                                                                 \
         .description = "What young people ask for is written in your own words, as the wish of "  \
                        "the group: no name, and nothing that one of them said word for word. "    \
                        "Their headings: health-and-lifestyle, education, placements, finance, "   \
                        "cultural-needs, information-and-communication, belonging.",               \
         .arguments =                                                                              \
             ARGUMENTS(ARG_AUTHORITY, {"ITEM", "identifier of the new item, such as dentist"}),    \
         .options = OPTIONS({"source", "S", "forum, young-people, national or own; required"},     \
                            {"title", "TEXT", "what is to be done; of a proposal as it says"},     \
                            {"heading", "H", "what young people asked for is about"},              \
                            {"meeting", "BODY/DAY", "at which the forum asked for it"},            \
                            {"proposal", "PROGRAMME/N", "the national proposal that it takes up"}, \
                            OPTS_PLAN, OPT_ADDED, OPT_DRY_RUN),                                    \
         .examples = EXAMPLES(                                                                     \
             "pledge work add leicester bicycles --source young-people --heading "                 \
             "health-and-lifestyle --title \"Bicycles to borrow\" --owner sports-services"),       \
         .run = run_work_add},                                                                     \
        {.group = "work",                                                                          \
         .name = "update",                                                                         \
         .summary = "change the plan of an item; what it was stays on record",                     \
         .arguments = ARGUMENTS(ARGS_ITEM),                                                        \
         .options = OPTIONS({"title", "TEXT", "what is to be done"}, OPTS_PLAN, OPT_DRY_RUN),      \
         .examples = EXAMPLES("pledge work update leicester bicycles --due 2008-06-30"),           \
         .run = run_work_update},                                                                  \
        {.group = "work",                                                                          \
         .name = "progress",                                                                       \
         .summary = "record what became of an item",                                               \
         .arguments = ARGUMENTS(ARGS_ITEM),                                                        \
         .options = OPTIONS({"state", "S", "agreed, under-way, done or dropped; required"},        \
                            {"rating", "R", "green, amber or red; needed of what is under way"},   \
                            {"text", "TEXT", "what there is to say; required"},                    \
                            {"reason", "TEXT", "why it is amber, red or dropped"}, OPT_HAPPENED,   \
                            OPT_DRY_RUN),                                                          \
         .examples = EXAMPLES("pledge work progress leicester bicycles --state under-way "         \
                              "--rating green --text \"Twelve are mended.\""),                     \
         .run = run_work_progress},                                                                \
        {.group = "work",                                                                          \
         .name = "milestone",                                                                      \
         .summary = "add a milestone to an item",                                                  \
         .arguments = ARGUMENTS(ARGS_ITEM),                                                        \
         .options = OPTIONS({"title", "TEXT", "what is reached then; required"},                   \
                            {"due", "DAY", "by which day; required"}, OPT_DRY_RUN),                \
         .examples = EXAMPLES("pledge work milestone leicester bicycles --title \"A place to "     \
                              "keep them\" --due 2008-03-31"),                                     \
         .run = run_work_milestone},                                                               \
        {.group = "work",                                                                          \
         .name = "mark",                                                                           \
         .summary = "say that a milestone is reached, dropped or open again",                      \
         .arguments = ARGUMENTS(ARGS_ITEM, {"MILESTONE", "its number"}),                           \
         .options = OPTIONS({"state", "S", "reached, dropped or open; required"},                  \
                            {"note", "TEXT", "what there is to say; needed of dropped"},           \
                            OPT_HAPPENED, OPT_DRY_RUN),                                            \
         .examples = EXAMPLES("pledge work mark leicester bicycles 1 --state reached"),            \
         .run = run_work_mark},                                                                    \
        {.group = "work",                                                                          \
         .name = "offer",                                                                          \
         .summary = "record what a partner agency offers to an item",                              \
         .arguments = ARGUMENTS(ARGS_ITEM),                                                        \
         .options =                                                                                \
             OPTIONS({"agency", "ID", "identifier of the agency; required"},                       \
                     {"text", "TEXT", "what it offers; required"},                                 \
                     {"ready", "DAY", "from which day it can be had"}, OPT_HAPPENED, OPT_DRY_RUN), \
         .examples = EXAMPLES("pledge work offer leicester bicycles --agency "                     \
                              "leicestershire-cares --text \"A workshop\" --ready 2008-02-01"),    \
         .run = run_work_offer},                                                                   \
    {                                                                                              \
        .group = "work", .name = "achieve", .summary = "record what an item achieved",             \
        .arguments = ARGUMENTS(ARGS_ITEM),                                                         \
        .options =                                                                                 \
            OPTIONS({"text", "TEXT", "what; required"},                                            \
                    {"evidence", "TEXT", "what shows it; required"}, OPT_HAPPENED, OPT_DRY_RUN),   \
        .examples = EXAMPLES("pledge work achieve leicester bicycles --text \"Twenty ride to "     \
                             "school\" --evidence \"Register of loans\""),                         \
        .run = run_work_achieve                                                                    \
    }

#define PROGRAMME_COMMANDS                                                                         \
    {.group = "programme",                                                                         \
     .name = "list",                                                                               \
     .summary = "list national programmes, the latest first",                                      \
     .arguments = ARGUMENTS(ARG_AUTHORITY),                                                        \
     .options = OPTIONS(OPT_AS_AT, OPT_KNOWN_ON),                                                  \
     .examples = EXAMPLES("pledge programme list leicester"),                                      \
     .run = run_programme_list},                                                                   \
        {.group = "programme",                                                                     \
         .name = "show",                                                                           \
         .summary = "show how far the council is with a programme, area by area",                  \
         .arguments = ARGUMENTS(ARGS_PROGRAMME),                                                   \
         .options = OPTIONS(OPT_AS_AT, OPT_KNOWN_ON),                                              \
         .examples = EXAMPLES("pledge programme show leicester white-paper-2007"),                 \
         .run = run_programme_show},                                                               \
        {.group = "programme",                                                                     \
         .name = "proposals",                                                                      \
         .summary = "list the proposals of a programme",                                           \
         .arguments = ARGUMENTS(ARGS_PROGRAMME),                                                   \
         .options = OPTIONS(                                                                       \
             {"area", "N", "only of one area"},                                                    \
             {"state", "S", "not-taken-up, set-aside, taken-up, under-way, done or dropped"},      \
             {"overdue", NULL, "only what is overdue"}, OPT_AS_AT, OPT_KNOWN_ON),                  \
         .examples = EXAMPLES("pledge programme proposals leicester white-paper-2007 --area 4"),   \
         .run = run_programme_proposals},                                                          \
        {.group = "programme",                                                                     \
         .name = "decide",                                                                         \
         .summary = "say who sees to a proposal and what comes first, or set it aside",            \
         .description = "This is the whole decision: what is not given is not decided any more.",  \
         .arguments = ARGUMENTS(ARGS_PROGRAMME, ARG_PROPOSAL),                                     \
         .options = OPTIONS(OPTS_NEEDS, {"target", "TEXT", "what is aimed at"},                    \
                            {"set-aside", NULL, "it is not to be taken up"},                       \
                            {"reason", "TEXT", "why; needed where it is set aside"}, OPT_HAPPENED, \
                            OPT_DRY_RUN),                                                          \
         .examples = EXAMPLES("pledge programme decide leicester white-paper-2007 12 --priority "  \
                              "high --owner social-care"),                                         \
         .run = run_programme_decide},                                                             \
        {.group = "programme",                                                                     \
         .name = "take-up",                                                                        \
         .summary = "make a proposal an item of the work programme",                               \
         .description = "Title, priority, owner, resources and cost are as the proposal has them." \
                        " Its progress then stands with the item: pledge work progress.",          \
         .arguments = ARGUMENTS(ARGS_PROGRAMME, ARG_PROPOSAL,                                      \
                                {"ITEM", "identifier of the new item, such as virtual-head"}),     \
         .options = OPTIONS({"title", "TEXT", "in other words"},                                   \
                            {"owner", "OWNER", "another department or agency"},                    \
                            {"due", "DAY", "by which day, YYYY-MM-DD"}, OPT_ADDED, OPT_DRY_RUN),   \
         .examples = EXAMPLES("pledge programme take-up leicester white-paper-2007 42 "            \
                              "virtual-head --due 2008-09-01"),                                    \
         .run = run_programme_take_up},                                                            \
        {.group = "programme",                                                                     \
         .name = "import",                                                                         \
         .summary = "load a programme with its proposals from a CSV file, all or nothing",         \
         .description =                                                                            \
             "The file begins with the lines # programme, # title, # publisher and # published_on" \
             ", and has a header row. Needed are the columns number, area and proposal; priority " \
             "(high, medium, low), owner (an identifier), target, cost (in pounds), resources "    \
             "and "                                                                                \
             "decided_on may be empty or left out. All problems are told at once. See: pledge "    \
             "programme template",                                                                 \
         .arguments = ARGUMENTS(ARG_AUTHORITY, {"FILE", "the CSV file, or - for standard input"}), \
         .options = OPTIONS(OPT_DRY_RUN),                                                          \
         .examples = EXAMPLES("pledge programme import leicester white-paper-2007.csv --dry-run"), \
         .run = run_programme_import},                                                             \
        {.group = "programme",                                                                     \
         .name = "export",                                                                         \
         .summary = "print a programme as the CSV file that import reads",                         \
         .arguments = ARGUMENTS(ARGS_PROGRAMME),                                                   \
         .examples = EXAMPLES("pledge programme export leicester white-paper-2007 > paper.csv"),   \
         .run = run_programme_export},                                                             \
    {                                                                                              \
        .group = "programme", .name = "template", .summary = "print a CSV file to fill in",        \
        .examples = EXAMPLES("pledge programme template > paper.csv"),                             \
        .run = run_programme_template                                                              \
    }

#endif
