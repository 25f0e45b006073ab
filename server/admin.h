/* SPDX-License-Identifier: Apache-2.0 */
/* What is done on the server's own command line, as the database's owner. */
#ifndef SERVER_ADMIN_H
#define SERVER_ADMIN_H

/* pledged add-host-administrator: registers the certificate in a PEM file as a host administrator,
 * over a connection of the schema's owner. Prints what it did; returns the exit status. */
int admin_add_host_administrator(int argc, char **argv);

#endif
