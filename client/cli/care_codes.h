/* SPDX-License-Identifier: Apache-2.0 */
/* The code sets of the national return SSDA903, built from the rows of sql/deploy/care_code.sql. */
#ifndef CLIENT_CLI_CARE_CODES_H
#define CLIENT_CLI_CARE_CODES_H

#include <stdbool.h>
#include <stddef.h>

struct care_code {
    const char *item; /* "LS", "PLACE", "RNE" or "REC" */
    const char *code;
    int first_year; /* collection years: the one whose 31 March ends it */
    int last_year;
    const char *category; /* of what a legal status or placement counts to, or "" */
    const char *title;
};

struct care_category {
    const char *dimension; /* "legal_status", "placement" or "age" */
    int position;
    const char *category;
    const char *title;
    const char *headline; /* of the line of a summary that it adds to, or "" */
};

enum { CARE_CATEGORIES = 64 }; /* more than there are */

/* Closed by a 0, and by NULLs. */
extern const int care_years[];
extern const struct care_code care_codes[];
extern const struct care_category care_categories[];

/* Whether the codes of the collection year are held. */
bool care_year_held(int year);

/* The code of an item in a year, or NULL. `code` has `len` bytes. */
const struct care_code *care_code_find(const char *item, const char *code, size_t len, int year);

/* The code of any item and year that is written so, or NULL: such a cell may be shown. */
const struct care_code *care_code_any(const char *code, size_t len);

/* The index in care_categories, or -1. */
int care_category_find(const char *dimension, const char *category);

#endif
