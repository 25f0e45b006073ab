/* SPDX-License-Identifier: Apache-2.0 */
/* The TLS context of the listener: TLS 1.2 AEAD and 1.3, ALPN h2, client certificates checked
 * against the service's own authority. */
#ifndef SERVER_NET_TLS_H
#define SERVER_NET_TLS_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

enum { TLS_FINGERPRINT_SIZE = 32 };

/* Makes the context. `client_ca` names a PEM file: a client may come without a certificate, and one
 * that does not chain to it, or does not hold today, counts as none. Returns NULL with a sentence
 * in `error`. */
SSL_CTX *tls_context_new(const char *certificate, const char *key, const char *client_ca,
                         char *error, size_t error_size);

/* SHA-256 of the peer's verified certificate in DER form. False when it showed none. */
bool tls_peer_fingerprint(SSL *ssl, unsigned char out[TLS_FINGERPRINT_SIZE]);

/* Why the peer's certificate counts as none, in OpenSSL's words; NULL when it showed none or a good
 * one. */
const char *tls_peer_fault(SSL *ssl);

/* Whole days until the peer's certificate ends; INT_MAX when it showed none. */
int tls_peer_days_left(SSL *ssl);

#endif
