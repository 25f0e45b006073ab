/* SPDX-License-Identifier: Apache-2.0 */
/* Inner parts of a count: what the reader of rows and the counting share. */
#ifndef CLIENT_CLI_CARE_READ_H
#define CLIENT_CLI_CARE_READ_H

#include "client/cli/care_count.h"

struct care_child {
    unsigned char key[CARE_KEY_SIZE];
    int32_t born; /* YYYYMMDD; 0 for a free place */
    size_t line;
};

struct care_episode {
    uint32_t child; /* index in the table of children */
    int32_t begun;
    int32_t ended; /* INT32_MAX while it goes on */
    uint32_t line;
    const struct care_code *status; /* NULL where it does not matter */
    const struct care_code *placement;
};

/* Adds a problem; the strings are borrowed. */
void care_problem(struct care_count *count, enum care_file file, size_t line, const char *column,
                  const char *found, const char *expected);

/* Text for a problem with a number in it; "" once no more are kept. */
const char *care_said(struct care_count *count, const char *format, size_t number)
    __attribute__((format(printf, 2, 0)));

/* The place of a child in the table: its own, or a free one. */
size_t care_child_place(const struct care_count *count, const unsigned char key[CARE_KEY_SIZE]);

/* Adds a row. False without memory. */
bool care_child_add(struct care_count *count, const unsigned char key[CARE_KEY_SIZE], int32_t born,
                    size_t line);
bool care_episode_add(struct care_count *count, const struct care_episode *episode);

#endif
