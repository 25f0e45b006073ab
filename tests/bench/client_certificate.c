/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into a load generator that has no option for a client certificate: every TLS context
 * gets the one in PLEDGE_IDENTITY.pem and .key. Build: cc -shared -fPIC -o X.so X.c -ldl */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>

SSL_CTX *SSL_CTX_new(const SSL_METHOD *method)
{
    SSL_CTX *(*original)(const SSL_METHOD *) =
        (SSL_CTX * (*)(const SSL_METHOD *)) dlsym(RTLD_NEXT, "SSL_CTX_new");
    const char *prefix = getenv("PLEDGE_IDENTITY");
    SSL_CTX *ctx = original(method);
    char path[4096];
    if (!ctx || !prefix) {
        return ctx;
    }
    snprintf(path, sizeof(path), "%s.pem", prefix);
    int good = SSL_CTX_use_certificate_chain_file(ctx, path);
    snprintf(path, sizeof(path), "%s.key", prefix);
    if (good != 1 || SSL_CTX_use_PrivateKey_file(ctx, path, SSL_FILETYPE_PEM) != 1) {
        fprintf(stderr, "client_certificate: cannot use %s\n", path);
        abort();
    }
    return ctx;
}
