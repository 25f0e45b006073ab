/* SPDX-License-Identifier: Apache-2.0 */
#include "server/admin.h"

#include <getopt.h>
#include <libpq-fe.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { SHA256_SIZE = 32 };

static const char usage[] =
    "usage: pledged add-host-administrator --database CONNINFO --name NAME CERTIFICATE.pem\n"
    "       pledged add-host-administrator --database CONNINFO --name NAME --user USER_NAME\n"
    "\n"
    "Registers a client certificate, or a user name, as a host administrator, who may set\n"
    "up authorities and members but sees none of their content. For a user name it prints\n"
    "an invitation for `pledge accept`, good for seven days; run it again for a new one.\n"
    "CONNINFO is a libpq connection string of the role that owns the schema.\n"
    "\n"
    "  pledged add-host-administrator --database 'dbname=pledge user=postgres' \\\n"
    "      --name 'Host administrator' admin.pem\n";

static bool fingerprint_of(const char *path, unsigned char out[SHA256_SIZE])
{
    FILE *file = fopen(path, "re");
    X509 *certificate = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
    unsigned len = SHA256_SIZE;
    bool good = certificate && X509_digest(certificate, EVP_sha256(), out, &len) == 1;
    X509_free(certificate);
    if (file) {
        fclose(file);
    }
    return good;
}

/* Runs a statement of a first parameter, in binary, and the name. */
static int run(const char *database, const char *sql, const char *first, int length,
               const char *name)
{
    PGconn *conn = PQconnectdb(database);
    const char *values[] = {first, name};
    const int lengths[] = {length, 0};
    const int formats[] = {1, 0};
    PGresult *result = PQexecParams(conn, sql, 2, NULL, values, lengths, formats, 0);
    bool good = PQresultStatus(result) == PGRES_TUPLES_OK;
    if (good) {
        printf("%s is a host administrator.\n", name);
        if (*PQgetvalue(result, 0, 0)) {
            printf("Invitation: %s\n", PQgetvalue(result, 0, 0));
        }
    } else {
        fprintf(stderr, "pledged: %s", PQerrorMessage(conn));
    }
    PQclear(result);
    PQfinish(conn);
    return good ? 0 : 1;
}

static int add(const char *database, const char *name, const char *path)
{
    unsigned char fingerprint[SHA256_SIZE];
    if (!fingerprint_of(path, fingerprint)) {
        fprintf(stderr, "pledged: %s: not a certificate in PEM form\n", path);
        return 1;
    }
    return run(database, "SELECT pledge.host_administrator_add($1::bytea, $2::text)",
               (const char *)fingerprint, SHA256_SIZE, name);
}

int admin_add_host_administrator(int argc, char **argv)
{
    static const struct option options[] = {{"database", required_argument, NULL, 'd'},
                                            {"name", required_argument, NULL, 'n'},
                                            {"user", required_argument, NULL, 'u'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *database = NULL;
    const char *name = NULL;
    const char *user = NULL;
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'd') {
            database = optarg;
        } else if (option == 'n') {
            name = optarg;
        } else if (option == 'u') {
            user = optarg;
        } else {
            fputs(usage, option == 'h' ? stdout : stderr);
            return option == 'h' ? 0 : 2;
        }
    }
    if (!database || !name || argc - optind != (user ? 0 : 1)) {
        fputs(usage, stderr);
        return 2;
    }
    if (user) {
        return run(database, "SELECT pledge.host_administrator_invite($1::text, $2::text)", user,
                   (int)strlen(user), name);
    }
    return add(database, name, argv[optind]);
}
