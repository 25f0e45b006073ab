/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands about counts of children in care share. */
#ifndef CLIENT_CLI_POPULATION_H
#define CLIENT_CLI_POPULATION_H

#include "client/cli/cli.h"

#include "pledge/v1/population.pb-c.h"

/* Prints the summary and the counts. */
void population_print(struct cli *cli, const Pledge__V1__Population *population);

/* Adds a count of a dimension such as "legal_status", in the arena. False without memory or room.
 */
bool population_add(struct cli *cli, Pledge__V1__Population *population, const char *dimension,
                    const char *category, int32_t count);

/* Records the counts for the council that is the first argument, and prints them. Returns the exit
 * code. */
int population_record(struct cli *cli, Pledge__V1__Population *population);

#endif
