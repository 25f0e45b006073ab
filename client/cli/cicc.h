/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands on the Children in Care Council share. */
#ifndef CLIENT_CLI_CICC_H
#define CLIENT_CLI_CICC_H

#include "client/cli/cli.h"

/* The resource name of a session given as BODY/DAY, in the arena; NULL with usage printed. */
char *cicc_session_name(struct cli *cli, const char *session);

/* Every value of an option in order, closed by NULL, in the arena; NULL without memory. */
const char **cicc_given(struct cli *cli, const char *option, size_t *ret_count);

/* Splits "NAME=REST" at its first '='. False when there is none. The name is in the arena. */
bool cicc_pair(struct cli *cli, const char *given, char **ret_name, const char **ret_rest);

#endif
