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
    char cache_directory[CONFIG_TEXT]; /* "": nothing is kept */
    char log_level[CONFIG_TEXT];
    char metrics_listen[CONFIG_TEXT]; /* "": no metrics */
    char web_origins[CONFIG_TEXT];
    char secret_key[CONFIG_TEXT];   /* a file; "": nobody has a password */
    char oidc_ca_file[CONFIG_TEXT]; /* "": the system's */
    char smtp_url[CONFIG_TEXT];     /* "": no mail */
    char smtp_from[CONFIG_TEXT];
    char smtp_user[CONFIG_TEXT];
    char smtp_password[CONFIG_TEXT]; /* a file */
    char smtp_ca_file[CONFIG_TEXT];  /* "": the system's */
    int loops;                       /* 0: one a processor */
    int read_connections;
    int heavy_connections;
    int write_connections;
    int drain_ms;
    int slow_call_ms;          /* 0: never */
    int principal_rate;        /* calls a second of one principal on one loop; 0: any number */
    int database_in_the_clear; /* 1: another machine's database without TLS is meant */
    int signin_newcomers;      /* attempts a minute from devices that nobody signed in on; 0: any */
    int signin_rate;           /* attempts a minute from one address on one loop; 0: any number */
    int session_idle_minutes;
    int session_hours;
    int oidc_allow_private; /* 1: identity providers may be in private networks */
    int smtp_in_the_clear;
    int mail_check_s;      /* between two looks for what is to be sent; 0: never */
    int retention_check_s; /* between two checks whether a run is due; 0: never */
};

/* Reads `path`, which may be NULL for the environment alone. False with a sentence in `error` that
 * names the file, the line or the setting. */
bool config_load(struct config *config, const char *path, char *error, size_t error_size);

#endif
