/* SPDX-License-Identifier: Apache-2.0 */
/* Tells systemd how the daemon is doing. Specification: sd_notify(3), "Notes"; it asks daemons to
 * speak this small protocol themselves rather than load its library. */
#ifndef SERVER_NOTIFY_H
#define SERVER_NOTIFY_H

/* Sends a state such as "READY=1" to whoever waits for it, if anybody does. */
void notify_state(const char *state);

#endif
