/* SPDX-License-Identifier: Apache-2.0 */
/* JSON over https, for asking identity providers. */
#ifndef CLIENT_CLI_WEB_H
#define CLIENT_CLI_WEB_H

#include "client/cli/cli.h"

enum { WEB_TIMEOUT_MS = 15000, WEB_MAX_ANSWER = 256 * 1024 };

/* GETs a document, or POSTs the form `fields`: name, value, name, value, closed by NULL. Follows
 * no redirect. Returns the HTTP status with `*ret_json` an object that the caller owns, or 0 with
 * the reason in `*ret_why`, which is in the arena. `ca_file` is a PEM file of authorities or NULL
 * for the system's. */
long web_ask(struct cli *cli, const char *ca_file, const char *url, const char *const *fields,
             json_t **ret_json, const char **ret_why);

/* Wipes the text of a member that was a secret, and frees the object. */
void web_forget(json_t *json, const char *name);

#endif
