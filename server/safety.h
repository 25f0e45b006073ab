/* SPDX-License-Identifier: Apache-2.0 */
/* Refuses settings that would give something away: keys that others can read, a database reached in
 * the clear. */
#ifndef SERVER_SAFETY_H
#define SERVER_SAFETY_H

#include "server/config.h"

/* Holds the settings against what is safe. False with a sentence that names the setting and says
 * what to do. */
bool safety_check(const struct config *config, char *error, size_t error_size);

#endif
