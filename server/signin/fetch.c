/* SPDX-License-Identifier: Apache-2.0 */
#include "server/signin/fetch.h"
#include "common/base/be.h"
#include "common/base/buf.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

enum { HTTP_OK = 200 };

/* IANA's special-purpose addresses of IPv4 that nobody serves the public from. */
static const struct range4 {
    uint32_t first;
    unsigned bits;
} private4[] = {
    {0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},  {0xA9FE0000, 16},
    {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24}, {0xC0A80000, 16}, {0xC6120000, 15},
    {0xC6336400, 24}, {0xCB007100, 24}, {0xE0000000, 3},
};

static bool is_public4(uint32_t address)
{
    for (size_t i = 0; i < sizeof(private4) / sizeof(private4[0]); i++) {
        if ((address ^ private4[i].first) >> (32 - private4[i].bits) == 0) {
            return false;
        }
    }
    return true;
}

/* Of IPv6 only 2000::/3 is given out; in it, tunnels carry an IPv4 address of their own. */
static bool is_public6(const uint8_t address[16])
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    static const uint8_t nat64[12] = {0x00, 0x64, 0xFF, 0x9B};
    static const uint8_t teredo[4] = {0x20, 0x01, 0, 0};
    static const uint8_t documentation[4] = {0x20, 0x01, 0x0D, 0xB8};
    if (memcmp(address, mapped, sizeof(mapped)) == 0 ||
        memcmp(address, nat64, sizeof(nat64)) == 0) {
        return is_public4(be_get32(address + 12));
    }
    if (address[0] == 0x20 && address[1] == 0x02) {
        return is_public4(be_get32(address + 2));
    }
    return (address[0] & 0xE0) == 0x20 && memcmp(address, teredo, sizeof(teredo)) != 0 &&
           memcmp(address, documentation, sizeof(documentation)) != 0;
}

bool fetch_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof(in));
        return is_public4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, address, sizeof(in6));
        return is_public6(in6.sin6_addr.s6_addr);
    }
    return false;
}

/* What one transfer has come to. */
struct fetching {
    const struct fetch_options *options;
    struct buf body;
    bool refused; /* an address */
    bool too_long;
};

/* The address that is connected to is looked at here, after every look-up, so that no name can
 * stand for another address when it counts. */
static curl_socket_t open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct fetching *fetching = data;
    if (!fetching->options->allow_private && !fetch_is_public(&address->addr)) {
        fetching->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t take_body(char *bytes, size_t size, size_t count, void *data)
{
    struct fetching *fetching = data;
    size_t len = size * count;
    fetching->too_long = fetching->body.len + len > FETCH_MAX_DOCUMENT;
    return !fetching->too_long && buf_append(&fetching->body, bytes, len) ? len : 0;
}

bool fetch_init(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

static bool prepare(CURL *curl, struct fetching *fetching, const char *url)
{
    const char *ca_file = fetching->options->ca_file;
    return curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
           (!*ca_file || (curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file) == CURLE_OK &&
                          curl_easy_setopt(curl, CURLOPT_CAPATH, NULL) == CURLE_OK)) &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)FETCH_TIMEOUT_MS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)FETCH_TIMEOUT_MS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_MAXFILESIZE, (long)FETCH_MAX_DOCUMENT) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, fetching) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, fetching) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT, "pledged/" PLEDGE_VERSION) == CURLE_OK;
}

/* What went wrong, for an administrator: never what the answer said. */
static bool explain(const struct fetching *fetching, CURLcode code, long status, struct err *err)
{
    if (fetching->refused) {
        return err_set(err, GRPC_FAILED_PRECONDITION,
                       "The identity provider's address is of a private network.");
    }
    if (fetching->too_long || code == CURLE_FILESIZE_EXCEEDED) {
        return err_set(err, GRPC_FAILED_PRECONDITION,
                       "The identity provider's answer is longer than %d KiB.",
                       FETCH_MAX_DOCUMENT / 1024);
    }
    if (code != CURLE_OK) {
        return err_set(err, GRPC_UNAVAILABLE, "The identity provider cannot be reached: %s.",
                       curl_easy_strerror(code));
    }
    if (status != HTTP_OK) {
        return err_set(err, status >= 500 ? GRPC_UNAVAILABLE : GRPC_FAILED_PRECONDITION,
                       "The identity provider answers with HTTP status %ld.", status);
    }
    return true;
}

json_t *fetch_json(const struct fetch_options *options, const char *url, struct err *err)
{
    struct fetching fetching = {.options = options};
    json_t *document = NULL;
    long status = 0;
    CURL *curl = curl_easy_init();
    if (!curl || !prepare(curl, &fetching, url)) {
        err_set(err, GRPC_FAILED_PRECONDITION, "The identity provider's URL cannot be used.");
        curl_easy_cleanup(curl);
        return NULL;
    }
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (explain(&fetching, code, status, err)) {
        document = json_loadb((const char *)buf_head(&fetching.body), fetching.body.len,
                              JSON_REJECT_DUPLICATES, NULL);
        if (!json_is_object(document)) {
            json_decref(document);
            document = NULL;
            err_set(err, GRPC_FAILED_PRECONDITION,
                    "The identity provider's answer is no JSON object.");
        }
    }
    curl_easy_cleanup(curl);
    buf_deinit(&fetching.body);
    return document;
}
