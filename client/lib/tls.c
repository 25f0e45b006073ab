/* SPDX-License-Identifier: Apache-2.0 */
#include "client/lib/channel.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

static const unsigned char alpn_h2[] = "\x02h2";

static const char *last_reason(void)
{
    const char *reason = ERR_reason_error_string(ERR_peek_error());
    return reason ? reason : "unreadable";
}

static bool context_fail(struct pledge_status *status, const char *what, const char *file)
{
    status->code = PLEDGE_FAILED_PRECONDITION;
    snprintf(status->message, sizeof(status->message), "cannot use the %s %s: %s", what, file,
             last_reason());
    return false;
}

/* Keys with a passphrase would make OpenSSL ask on the terminal, which a library must not. */
static int no_passphrase(char *out, int size, int writing, void *data)
{
    return 0;
}

static bool load_files(SSL_CTX *context, const struct pledge_channel_options *options,
                       struct pledge_status *status)
{
    if (options->ca_file ? SSL_CTX_load_verify_locations(context, options->ca_file, NULL) != 1
                         : SSL_CTX_set_default_verify_paths(context) != 1) {
        return context_fail(status, "file of trusted authorities",
                            options->ca_file ? options->ca_file : "of the system");
    }
    if (!options->cert_file) {
        return true;
    }
    const char *key = options->key_file ? options->key_file : options->cert_file;
    if (SSL_CTX_use_certificate_chain_file(context, options->cert_file) != 1) {
        return context_fail(status, "certificate", options->cert_file);
    }
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
        return context_fail(status, "key", key);
    }
    return SSL_CTX_check_private_key(context) == 1 ||
           context_fail(status, "key (it does not belong to the certificate)", key);
}

SSL_CTX *tls_context_new(const struct pledge_channel_options *options, struct pledge_status *status)
{
    ERR_clear_error();
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context) {
        status->code = PLEDGE_RESOURCE_EXHAUSTED;
        snprintf(status->message, sizeof(status->message), "out of memory");
        return NULL;
    }
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_alpn_protos(context, alpn_h2, sizeof(alpn_h2) - 1);
    bool loaded = load_files(context, options, status);
    ERR_clear_error();
    if (!loaded) {
        SSL_CTX_free(context);
        return NULL;
    }
    return context;
}

static bool expect_name(SSL *ssl, const char *name)
{
    unsigned char address[sizeof(struct in6_addr)];
    if (inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1) {
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1;
    }
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(ssl, name) == 1 && SSL_set_tlsext_host_name(ssl, name) == 1;
}

bool tls_start(struct connection *connection, struct pledge_stream *stream)
{
    ERR_clear_error();
    connection->ssl = SSL_new(connection->channel->tls);
    BIO *incoming = BIO_new(BIO_s_mem());
    BIO *outgoing = BIO_new(BIO_s_mem());
    if (!connection->ssl || !incoming || !outgoing) {
        BIO_free(incoming);
        BIO_free(outgoing);
        return stream_fail(stream, PLEDGE_RESOURCE_EXHAUSTED, "out of memory");
    }
    /* An empty buffer means "wait", not "the end". */
    BIO_set_mem_eof_return(incoming, -1);
    BIO_set_mem_eof_return(outgoing, -1);
    SSL_set_bio(connection->ssl, incoming, outgoing);
    connection->incoming = incoming;
    connection->outgoing = outgoing;
    SSL_set_connect_state(connection->ssl);
    if (!expect_name(connection->ssl, connection->channel->server_name)) {
        return stream_fail(stream, PLEDGE_INVALID_ARGUMENT, "%s cannot be a server's name",
                           connection->channel->server_name);
    }
    return true;
}

/* True for the alerts by which a server says that it does not take our certificate. */
static bool is_certificate_alert(int reason)
{
    switch (reason) {
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
        return true;
    default:
        return false;
    }
}

void tls_explain(const struct connection *connection, struct pledge_status *ret_status)
{
    const struct pledge_channel *channel = connection->channel;
    long verified = SSL_get_verify_result(connection->ssl);
    char *text = ret_status->message;
    size_t size = sizeof(ret_status->message);
    ret_status->code = PLEDGE_UNAVAILABLE;
    if (verified != X509_V_OK) {
        snprintf(text, size, "%s does not prove that it is %s: %s", channel->authority,
                 channel->server_name, X509_verify_cert_error_string(verified));
    } else if (is_certificate_alert(ERR_GET_REASON(ERR_peek_error()))) {
        ret_status->code = PLEDGE_UNAUTHENTICATED;
        snprintf(text, size, "%s does not accept our certificate: %s", channel->authority,
                 last_reason());
    } else {
        snprintf(text, size, "no TLS with %s: %s", channel->authority, last_reason());
    }
    ERR_clear_error();
}
