/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/care_codes.h"

#include <string.h>

const int care_years[] = {
#include "care_years.inc"
    0};

const struct care_code care_codes[] = {
#include "care_codes.inc"
    {0}};

const struct care_category care_categories[] = {
#include "care_categories.inc"
    {0}};

bool care_year_held(int year)
{
    for (const int *at = care_years; *at; at++) {
        if (*at == year) {
            return true;
        }
    }
    return false;
}

static bool is_code(const struct care_code *known, const char *code, size_t len)
{
    return strlen(known->code) == len && memcmp(known->code, code, len) == 0;
}

const struct care_code *care_code_find(const char *item, const char *code, size_t len, int year)
{
    for (const struct care_code *at = care_codes; at->code; at++) {
        if (year >= at->first_year && year <= at->last_year && is_code(at, code, len) &&
            strcmp(at->item, item) == 0) {
            return at;
        }
    }
    return NULL;
}

const struct care_code *care_code_any(const char *code, size_t len)
{
    for (const struct care_code *at = care_codes; at->code; at++) {
        if (is_code(at, code, len)) {
            return at;
        }
    }
    return NULL;
}

int care_category_find(const char *dimension, const char *category)
{
    for (int i = 0; care_categories[i].category; i++) {
        if (strcmp(care_categories[i].category, category) == 0 &&
            strcmp(care_categories[i].dimension, dimension) == 0) {
            return i;
        }
    }
    return -1;
}
