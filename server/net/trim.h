/* SPDX-License-Identifier: Apache-2.0 */
/* Gives memory that a burst of connections left behind back to the system. */
#ifndef SERVER_NET_TRIM_H
#define SERVER_NET_TRIM_H

/* Everything that the calling thread keeps for later, and what the C library keeps of all threads.
 * Takes some hundred microseconds, so it is for when a thread is at rest. */
void trim_memory(void);

#endif
