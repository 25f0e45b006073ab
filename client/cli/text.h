/* SPDX-License-Identifier: Apache-2.0 */
/* Text for a terminal: display width, cutting, wrapping, and cleaning of what a server sent. */
#ifndef CLIENT_CLI_TEXT_H
#define CLIENT_CLI_TEXT_H

#include "common/base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { TEXT_DATE_SIZE = 16 };

/* Makes character widths known, whatever the user's locale is. Call once. */
void text_init(void);

/* Columns that `text` takes on a terminal; bytes that are not UTF-8 take one each. */
size_t text_width(const char *text);

/* Bytes of the longest front of `text` that fits into `width` columns, never inside a character. */
size_t text_fit(const char *text, size_t width);

/* The same, ending after a word where there is one. At least one character, unless empty. */
size_t text_fit_words(const char *text, size_t width);

/* Cuts to `width` columns with … at the end. Returns `text` itself when it fits, else a copy in the
 * arena. */
const char *text_cut(struct arena *arena, const char *text, size_t width);

/* A copy that is safe to print: control characters, direction marks and bad UTF-8 removed, line
 * ends and tabs turned into spaces. Owned by the arena. */
const char *text_clean(struct arena *arena, const char *text);

/* Prints JSON text with such characters escaped: it stays the same JSON. */
void text_print_json(FILE *out, const char *json);

/* Writes "2016-07-31" as "31 Jul 2016"; other text is copied cut to fit, with ? for what is not
 * printable ASCII. */
const char *text_date(const char *iso, char out[TEXT_DATE_SIZE]);

/* Reads an amount in pounds, such as "1250", "£1,250.50" or "12.5", as pence; "" is 0. False for
 * anything else, and for more than 12 digits. */
bool text_pence(const char *text, int64_t *ret_pence);

/* The last segment of a resource name. Borrowed from `name`. */
const char *text_last_segment(const char *name);

/* The candidate that `word` was probably meant to be, or NULL. `list` is closed by NULL. */
const char *text_nearest(const char *word, const char *const *list);

/* Lower case hexadecimal digits of `len` bytes; `out` has room for 2 * len + 1. */
void text_hex(const unsigned char *bytes, size_t len, char *out);

#endif
