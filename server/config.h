/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's settings: a libconfig file, then the environment over it. */
#ifndef SERVER_CONFIG_H
#define SERVER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

enum { CONFIG_TEXT = 1024, CONFIG_MAX_LOOPS = 64 };

/* pledged.conf explains each setting. */
struct config {
    char listen[CONFIG_TEXT];
    char tls_certificate[CONFIG_TEXT];
    char tls_key[CONFIG_TEXT];
    char tls_client_ca[CONFIG_TEXT];
    char database[CONFIG_TEXT];
    char sql_directory[CONFIG_TEXT];
    char log_level[CONFIG_TEXT];
    char metrics_listen[CONFIG_TEXT]; /* "": no metrics */
    char web_origins[CONFIG_TEXT];
    int loops; /* 0: one a processor */
    int read_connections;
    int heavy_connections;
    int write_connections;
    int drain_ms;
    int slow_call_ms;   /* 0: never */
    int principal_rate; /* calls a second of one certificate on one loop; 0: any number */
};

/* Reads `path`, which may be NULL for the environment alone. False with a sentence in `error` that
 * names the file, the line or the setting. */
bool config_load(struct config *config, const char *path, char *error, size_t error_size);

#endif
