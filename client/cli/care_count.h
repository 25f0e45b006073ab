/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts children in care on a day from the files of the national return SSDA903. What identifies a
 * child goes no further than this module: an identifier is kept as a keyed hash, a date of birth
 * until the age is known, and what is wrong is told by file, line and column, never by what stands
 * there.
 *
 * Glossary
 *   header   the file of children: CHILD, DOB and others
 *   episode  one legal status in one placement, from DECOM until DEC: a row of the other file
 */
#ifndef CLIENT_CLI_CARE_COUNT_H
#define CLIENT_CLI_CARE_COUNT_H

#include "client/cli/care_codes.h"
#include "common/base/arena.h"

#include <stdint.h>

enum {
    CARE_MAX_ROWS = 1000000,  /* of one file */
    CARE_MAX_ROW = 64 * 1024, /* bytes of one row */
    CARE_MAX_PROBLEMS = 1000, /* that are kept; the others are counted */
    CARE_KEY_SIZE = 16,       /* bytes of a child's hash */
    CARE_CELL_SIZE = 16,      /* of what is read of a code or date, with its NUL */
    CARE_ADULT_AGE = 18,      /* years at which care ends */
};

enum care_file { CARE_HEADER, CARE_EPISODES, CARE_FILES };

struct care_problem {
    enum care_file file;
    size_t line; /* 0 for the whole file */
    const char *column;
    const char *found;
    const char *expected;
};

struct care_child;
struct care_episode;
struct care_reading;

struct care_count {
    struct arena *arena;      /* of what is told */
    int32_t day;              /* YYYYMMDD */
    int year;                 /* the collection year of the day */
    const char *code_of_year; /* "a code of 2008" */
    unsigned char hash_key[32];
    struct care_reading *reading; /* of the file that is being read, or NULL */
    struct care_child *children;  /* a table by hash */
    size_t child_cap;
    size_t child_count;
    struct care_episode *episodes;
    size_t episode_cap;
    size_t episode_count;
    size_t rows[CARE_FILES];
    struct care_problem *problems;
    size_t problem_count; /* all of them; CARE_MAX_PROBLEMS at most are kept */
    bool failed;          /* out of memory */
    int total;
    int counts[CARE_CATEGORIES]; /* by index in care_categories */
};

/* Starts a count as at "YYYY-MM-DD", which must be a day. False without memory or randomness; end
 * it by care_count_deinit in any case. */
bool care_count_init(struct care_count *count, struct arena *arena, const char *day);
void care_count_deinit(struct care_count *count);

/* Takes the next bytes of a file, the header's first. Bytes after an error that ends a file are
 * passed over. */
void care_count_feed(struct care_count *count, enum care_file file, const char *bytes, size_t len);

/* The file has ended. */
void care_count_end(struct care_count *count, enum care_file file);

/* Both files have ended: checks them against each other and fills `total` and `counts` where there
 * is no problem. False when there is one, or no memory. */
bool care_count_finish(struct care_count *count);

#endif
