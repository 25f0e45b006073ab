/* SPDX-License-Identifier: Apache-2.0 */
#include "server/net/tls.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

static const char cipher_list[] = "ECDHE+AESGCM:ECDHE+CHACHA20";
static const unsigned char session_context[] = "pledged";

static int select_h2(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                     const unsigned char *in, unsigned int in_len, void *data)
{
    static const unsigned char h2[] = "\x02h2";
    (void)ssl;
    (void)data;
    unsigned char *chosen;
    if (SSL_select_next_proto(&chosen, out_len, h2, sizeof(h2) - 1, in, in_len) !=
        OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *fail(SSL_CTX *ctx, const char *what, const char *file, char *error, size_t size)
{
    char reason[256] = "";
    ERR_error_string_n(ERR_peek_last_error(), reason, sizeof(reason));
    snprintf(error, size, "%s %s: %s", what, file, reason);
    ERR_clear_error();
    SSL_CTX_free(ctx);
    return NULL;
}

/* The handshake goes on with a certificate that does not hold, so that the caller can be told why;
 * it counts as none, see tls_peer_fingerprint. OpenSSL keeps the error as the verify result, also
 * in session tickets. Other errors end it: they can be ours, such as no memory to look an issuer
 * up. */
static int go_on(int good, X509_STORE_CTX *store)
{
    int fault = X509_STORE_CTX_get_error(store);
    return good || fault == X509_V_ERR_CERT_HAS_EXPIRED || fault == X509_V_ERR_CERT_NOT_YET_VALID ||
           fault == X509_V_ERR_INVALID_PURPOSE || fault == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT;
}

SSL_CTX *tls_context_new(const char *certificate, const char *key, const char *client_ca,
                         char *error, size_t error_size)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    if (!ctx) {
        return fail(NULL, "TLS", "context", error, error_size);
    }
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(ctx, cipher_list);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(ctx, 1);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF); /* tickets resume without our memory */
    SSL_CTX_set_num_tickets(ctx, 1);
    SSL_CTX_set_alpn_select_cb(ctx, select_h2, NULL);
    SSL_CTX_set_session_id_context(ctx, session_context, sizeof(session_context) - 1);
    if (SSL_CTX_use_certificate_chain_file(ctx, certificate) != 1) {
        return fail(ctx, "cannot use the server certificate", certificate, error, error_size);
    }
    if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(ctx) != 1) {
        return fail(ctx, "cannot use the server key", key, error, error_size);
    }
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(client_ca);
    if (!names || SSL_CTX_load_verify_locations(ctx, client_ca, NULL) != 1) {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        return fail(ctx, "cannot use the client authority", client_ca, error, error_size);
    }
    SSL_CTX_set_client_CA_list(ctx, names);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, go_on);
    return ctx;
}

bool tls_peer_fingerprint(SSL *ssl, unsigned char out[TLS_FINGERPRINT_SIZE])
{
    X509 *certificate = SSL_get0_peer_certificate(ssl);
    unsigned int len = TLS_FINGERPRINT_SIZE;
    /* a resumed session is as old as its ticket */
    return certificate && SSL_get_verify_result(ssl) == X509_V_OK &&
           X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0 &&
           X509_digest(certificate, EVP_sha256(), out, &len) == 1;
}

const char *tls_peer_fault(SSL *ssl)
{
    long result = SSL_get_verify_result(ssl);
    X509 *certificate = SSL_get0_peer_certificate(ssl);
    bool expired = certificate && X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0;
    result = result == X509_V_OK && expired ? X509_V_ERR_CERT_HAS_EXPIRED : result;
    return certificate && result != X509_V_OK ? X509_verify_cert_error_string(result) : NULL;
}

int tls_peer_days_left(SSL *ssl)
{
    X509 *certificate = SSL_get0_peer_certificate(ssl);
    int days;
    int seconds;
    return certificate &&
                   ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate)) == 1
               ? days
               : INT_MAX;
}
