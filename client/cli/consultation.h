/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands on consultations share. */
#ifndef CLIENT_CLI_CONSULTATION_H
#define CLIENT_CLI_CONSULTATION_H

#include "client/cli/cli.h"

#include "pledge/v1/consultation.pb-c.h"

/* The enum value that a word such as "children-in-care" means. False when it means none. */
bool consultation_enum(const ProtobufCEnumDescriptor *type, const char *prefix, const char *word,
                       int *ret_value);

/* The number that a word is, or -1, which the service refuses. */
int consultation_number(const char *word);

/* The resource name of the arguments AUTHORITY and CONSULTATION. In the arena. */
char *consultation_name(struct cli *cli);

/* Fills a request to moderate words from --as, --reason and --dry-run, calls `method` with it and
 * says what was done. Returns the exit code. */
int consultation_moderate(struct cli *cli, const char *method, void *request,
                          Pledge__V1__TextState *ret_state, char **ret_reason,
                          protobuf_c_boolean *ret_validate_only);

/* Prints what is asked, with the numbers that answers go by. */
void consultation_print_questions(struct cli *cli, Pledge__V1__Question *const *questions,
                                  size_t count);

#endif
