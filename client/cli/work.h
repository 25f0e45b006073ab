/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands on the work programme and on national programmes share. */
#ifndef CLIENT_CLI_WORK_H
#define CLIENT_CLI_WORK_H

#include "client/cli/cli.h"

#include "pledge/v1/work_programme.pb-c.h"

/* Reads an option that takes one of an enum's words, such as "under-way"; 0 where it was not given.
 * False with usage printed, which lists the words. */
bool work_enum_option(struct cli *cli, const char *option, const ProtobufCEnumDescriptor *type,
                      const char *prefix, int *ret_value);

/* Reads --cost in pounds. False with usage printed. */
bool work_cost_option(struct cli *cli, int64_t *ret_pence);

/* Reads --owner; "" where it was not given. False with the error printed. */
bool work_owner_option(struct cli *cli, char **ret_owner);

/* The resource name of "PROGRAMME/N", or NULL with usage printed. In the arena. */
char *work_proposal_name(struct cli *cli, const char *proposal);

/* Creates an item and says so. Returns the exit code. */
int work_create(struct cli *cli, const char *id, Pledge__V1__WorkItem *item);

#endif
