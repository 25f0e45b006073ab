/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept between two runs: who is signed in where, one file a service, for its owner's eyes
 * alone.
 *
 * The folder is $XDG_STATE_HOME/pledge, else ~/.local/state/pledge (mode 0700); a file is named
 * after the service's HOST:PORT (mode 0600) and is replaced as a whole or not at all.
 */
#ifndef CLIENT_CLI_STATE_H
#define CLIENT_CLI_STATE_H

#include "client/cli/cli.h"

enum { STATE_MAX_FILE = 16 * 1024 };

/* Of the service at cli->settings.address. All in the arena; "" for what there is not. */
struct state {
    const char *session_token;
    const char *device_token;
    const char *authority; /* identifier of the council that was given at sign-in */
};

/* Whether an open file is one that only its owner, who is the caller, can read. */
bool state_is_ours(int fd);

/* Reads what is kept; no file is an empty state. False with the reason printed: a file that others
 * may read, or that is none of ours, is not used. */
bool state_load(struct cli *cli, struct state *ret_state);

/* Keeps it in place of what was kept; an empty state removes the file. False with the reason
 * printed. */
bool state_save(struct cli *cli, const struct state *state);

#endif
