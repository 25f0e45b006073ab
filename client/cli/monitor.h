/* SPDX-License-Identifier: Apache-2.0 */
/* The other faces of "pledge monitor", each with its own options. Return the exit code. */
#ifndef CLIENT_CLI_MONITOR_H
#define CLIENT_CLI_MONITOR_H

#include "client/cli/cli.h"

/* --by: per outcome, owner or theme. */
int monitor_summary(struct cli *cli, const char *by);

/* --compare: a round held against an earlier one, across versions. */
int monitor_compare(struct cli *cli);

/* "Round July 2016 · as at 31 Jul 2016 as known on 1 Aug 2016", clean, in the arena. */
const char *monitor_round_told(struct cli *cli, const char *title, const char *as_at,
                               const char *known_on);

#endif
