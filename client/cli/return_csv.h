/* SPDX-License-Identifier: Apache-2.0 */
/* The CSV form of a return. */
#ifndef CLIENT_CLI_RETURN_CSV_H
#define CLIENT_CLI_RETURN_CSV_H

#include "client/cli/return_file.h"

/* Names of the columns in the order of the template, closed by NULL. */
extern const char *const return_csv_columns[];

/* Reads directives, header and rows into an initialised file. False without memory. */
bool return_csv_read(struct return_file *file, const char *text, size_t len);

#endif
