/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the table of commands about counts of children in care; see registry.c. */
#ifndef CLIENT_CLI_REGISTRY_POPULATION_H
#define CLIENT_CLI_REGISTRY_POPULATION_H

#define OPT_KNOWN_ON                                                                               \
    {                                                                                              \
        "known-on", "DAY", "by what was recorded by the end of that day"                           \
    }

#define POPULATION_COMMANDS                                                                        \
    {.group = "population",                                                                        \
     .name = "list",                                                                               \
     .summary = "list the days that children in care were counted on",                             \
     .arguments = ARGUMENTS(ARG_AUTHORITY),                                                        \
     .options = OPTIONS(OPT_KNOWN_ON),                                                             \
     .examples = EXAMPLES("pledge population list leicester"),                                     \
     .run = run_population_list},                                                                  \
        {.group = "population",                                                                    \
         .name = "show",                                                                           \
         .summary = "show how many children are in care, by status, placement and age",            \
         .description = "The last day that was counted, or the last one by --as-at. Whoever is "   \
                        "neither officer nor support worker is not told counts of 1 to 5.",        \
         .arguments = ARGUMENTS(ARG_AUTHORITY),                                                    \
         .options = OPTIONS({"as-at", "DAY", "the last count by that day, YYYY-MM-DD"},            \
                            OPT_KNOWN_ON, {"entry", "N", "an earlier entry about the day"}),       \
         .examples = EXAMPLES("pledge population show leicester",                                  \
                              "pledge population show leicester --as-at 2007-10-11"),              \
         .run = run_population_show},                                                              \
        {.group = "population",                                                                    \
         .name = "add",                                                                            \
         .summary = "enter counts by hand",                                                        \
         .description = "Each of the three lists sums to the total; children of whom it is not "   \
                        "known count as unknown. A later entry about a day stands in for an "      \
                        "earlier one, which stays.",                                               \
         .arguments = ARGUMENTS(ARG_AUTHORITY, {"DAY", "last day of a quarter, YYYY-MM-DD"},       \
                                {"TOTAL", "how many are in care"}),                                \
         .options = OPTIONS({"legal-status", "LIST", "CATEGORY=N,…"},                              \
                            {"placement", "LIST", "CATEGORY=N,…"},                                 \
                            {"age", "LIST", "CATEGORY=N,…"}, OPT_DRY_RUN),                         \
         .examples = EXAMPLES("pledge population add leicester 2007-09-30 441 --placement "        \
                              "foster=304,childrens-home=49,unknown=88"),                          \
         .run = run_population_add},                                                               \
        {.group = "population",                                                                    \
         .name = "import",                                                                         \
         .summary = "count children on this machine from SSDA903 files, and send the counts",      \
         .description =                                                                            \
             "HEADER and EPISODES are the CSV files of the national return. They are read and "    \
             "checked here, and nothing of a child is sent: no row, identifier, date of birth or " \
             "postcode, only how many there are of each category. Codes are those of the "         \
             "collection year of the day; an episode that ended before that year is not asked "    \
             "for its codes. A dry run connects nowhere.",                                         \
         .arguments =                                                                              \
             ARGUMENTS(ARG_AUTHORITY, {"HEADER", "CSV file with CHILD and DOB"},                   \
                       {"EPISODES", "CSV file with CHILD, DECOM, RNE, LS, PLACE, DEC and REC"}),   \
         .options = OPTIONS({"as-at", "DAY", "last day of a quarter, YYYY-MM-DD; required"},       \
                            {"dry-run", NULL, "count and check, connect nowhere"}),                \
         .examples = EXAMPLES("pledge population import leicester Header.csv Episodes.csv "        \
                              "--as-at 2007-09-30 --dry-run"),                                     \
         .run = run_population_import},                                                            \
        {.group = "population",                                                                    \
         .name = "codes",                                                                          \
         .summary = "list the codes of a collection year, and what they count to",                 \
         .arguments = ARGUMENTS({"YEAR", "the year whose 31 March ends it, such as 2008"}),        \
         .examples = EXAMPLES("pledge population codes 2008"),                                     \
         .run = run_population_codes},                                                             \
    {                                                                                              \
        .group = "population", .name = "categories",                                               \
        .summary = "list what children are counted by",                                            \
        .examples = EXAMPLES("pledge population categories"), .run = run_population_categories     \
    }

#define ARG_INDICATOR                                                                              \
    {                                                                                              \
        "INDICATOR", "its identifier; see: pledge indicator list AUTHORITY"                        \
    }

#define INDICATOR_COMMANDS                                                                         \
    {.group = "indicator",                                                                         \
     .name = "list",                                                                               \
     .summary = "list indicators and how they stand",                                              \
     .arguments = ARGUMENTS(ARG_AUTHORITY),                                                        \
     .options = OPTIONS(OPT_KNOWN_ON),                                                             \
     .examples = EXAMPLES("pledge indicator list leicester"),                                      \
     .run = run_indicator_list},                                                                   \
        {.group = "indicator",                                                                     \
         .name = "show",                                                                           \
         .summary = "show what an indicator aims at, and its values",                              \
         .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_INDICATOR),                                     \
         .options = OPTIONS(OPT_KNOWN_ON),                                                         \
         .examples = EXAMPLES("pledge indicator show leicester in-foster-care"),                   \
         .run = run_indicator_show},                                                               \
        {.group = "indicator",                                                                     \
         .name = "set",                                                                            \
         .summary = "define an indicator, or revise it, from a file",                              \
         .description = "The file is a pledge.v1.Indicator in JSON, with its standards and the "   \
                        "statements that it tells of.",                                            \
         .arguments =                                                                              \
             ARGUMENTS(ARG_AUTHORITY, ARG_INDICATOR, {"FILE", "JSON, or - for standard input"}),   \
         .options = OPTIONS(OPT_DRY_RUN),                                                          \
         .examples = EXAMPLES("pledge indicator set leicester in-foster-care indicator.json"),     \
         .run = run_indicator_set},                                                                \
    {                                                                                              \
        .group = "indicator", .name = "add", .summary = "record the value of a period",            \
        .description = "A later value of a period stands in for an earlier one, which stays.",     \
        .arguments = ARGUMENTS(ARG_AUTHORITY, ARG_INDICATOR,                                       \
                               {"DAY", "the day that the period ends on, YYYY-MM-DD"},             \
                               {"VALUE", "a number"}),                                             \
        .options = OPTIONS(OPT_DRY_RUN),                                                           \
        .examples = EXAMPLES("pledge indicator add leicester visits-on-time 2007-09-30 93.5"),     \
        .run = run_indicator_add                                                                   \
    }

#endif
