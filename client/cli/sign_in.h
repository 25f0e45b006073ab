/* SPDX-License-Identifier: Apache-2.0 */
/* What the ways of signing in have in common. */
#ifndef CLIENT_CLI_SIGN_IN_H
#define CLIENT_CLI_SIGN_IN_H

#include "client/cli/cli.h"

#include "pledge/v1/session.pb-c.h"

/* Keeps a new session, and the device's token unless that is "". `authority` is the council's
 * identifier, or "". False with the reason printed. */
bool sign_in_keep(struct cli *cli, const char *session_token, const char *device_token,
                  const char *authority);

/* Says that it went well, and until when. The session may be NULL. Returns the exit code. */
int sign_in_tell(struct cli *cli, const Pledge__V1__Session *session);

#endif
