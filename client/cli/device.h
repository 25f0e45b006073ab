/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in at an identity provider from a terminal: the device authorization grant (RFC 8628). */
#ifndef CLIENT_CLI_DEVICE_H
#define CLIENT_CLI_DEVICE_H

#include "client/cli/cli.h"

/* What the service says of the provider. */
struct device_provider {
    const char *issuer;
    const char *client_id;
    const char *scope;
    const char *ca_file; /* authorities that vouch for it; NULL: the system's */
};

/* Tells the person where to go and which code to enter, and waits until they have. Returns the ID
 * token, in the arena; NULL with the reason printed. */
char *device_sign_in(struct cli *cli, const struct device_provider *provider);

#endif
