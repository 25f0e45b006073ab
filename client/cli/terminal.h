/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of the person at the terminal, secrets without an echo; and QR codes. */
#ifndef CLIENT_CLI_TERMINAL_H
#define CLIENT_CLI_TERMINAL_H

#include "client/cli/cli.h"

enum { TERMINAL_ANSWER_SIZE = 1024 }; /* bytes of an answer, with its NUL */

/* Asks on the controlling terminal, never on standard input, and reads one line without its end.
 * `secret` reads it without an echo. The caller wipes `out` by terminal_wipe when the answer is a
 * secret. False with the reason printed: there is no terminal, the line is too long, or its end
 * came first. */
bool terminal_ask(struct cli *cli, const char *prompt, bool secret, char out[TERMINAL_ANSWER_SIZE]);

/* Overwrites an answer. */
void terminal_wipe(char out[TERMINAL_ANSWER_SIZE]);

/* Prints text as a QR code in half blocks to cli->err, when that is a terminal which shows UTF-8
 * and has the room. */
void terminal_qr(struct cli *cli, const char *text);

#endif
