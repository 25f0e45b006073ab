/* SPDX-License-Identifier: Apache-2.0 */
/* The table of who may call what, as the daemon enforces it. */
#ifndef SERVER_PERMISSIONS_H
#define SERVER_PERMISSIONS_H

#include "server/sqlrpc/method.h"

#include <stdio.h>

/* Writes it as Markdown: a row for each method, by path, a column for each role. Call it once the
 * methods have been checked and registered. False when out of memory. */
bool permissions_write(const struct registry *registry, const struct auth_roles *roles, FILE *out);

#endif
