/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/web.h"
#include "common/base/buf.h"

#include <curl/curl.h>
#include <string.h>

static size_t take(char *bytes, size_t size, size_t count, void *data)
{
    struct buf *body = data;
    size_t len = size * count;
    return body->len + len <= WEB_MAX_ANSWER && buf_append(body, bytes, len) ? len : 0;
}

/* The fields as application/x-www-form-urlencoded; in the arena. */
static const char *form(struct cli *cli, CURL *curl, const char *const *fields)
{
    const char *text = "";
    for (; *fields; fields += 2) {
        char *value = curl_easy_escape(curl, fields[1], 0);
        if (!value) {
            return NULL;
        }
        text = cli_printf(cli, "%s%s%s=%s", text, *text ? "&" : "", fields[0], value);
        curl_free(value);
    }
    return text;
}

static bool prepare(struct cli *cli, CURL *curl, const char *ca_file, const char *url,
                    const char *const *fields, struct buf *body)
{
    const char *text = fields ? form(cli, curl, fields) : NULL;
    return (!fields || (text && curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text) == CURLE_OK)) &&
           curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           (!ca_file || (curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file) == CURLE_OK &&
                         curl_easy_setopt(curl, CURLOPT_CAPATH, NULL) == CURLE_OK)) &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)WEB_TIMEOUT_MS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, body) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT, "pledge/" PLEDGE_VERSION) == CURLE_OK;
}

long web_ask(struct cli *cli, const char *ca_file, const char *url, const char *const *fields,
             json_t **ret_json, const char **ret_why)
{
    struct buf body = {0};
    long status = 0;
    CURLcode code = CURLE_FAILED_INIT;
    *ret_json = NULL;
    CURL *curl = curl_easy_init();
    if (curl && prepare(cli, curl, ca_file, url, fields, &body)) {
        code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    }
    if (code == CURLE_OK) {
        *ret_json =
            json_loadb((const char *)buf_head(&body), body.len, JSON_REJECT_DUPLICATES, NULL);
    }
    if (code != CURLE_OK) {
        *ret_why = curl_easy_strerror(code);
    } else if (!json_is_object(*ret_json)) {
        *ret_why = cli_printf(cli, "no JSON object came, but HTTP status %ld", status);
        json_decref(*ret_json);
        *ret_json = NULL;
    }
    if (body.data) {
        explicit_bzero(body.data, body.cap);
    }
    buf_deinit(&body);
    curl_easy_cleanup(curl);
    return *ret_json ? status : 0;
}

void web_forget(json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    if (text) {
        explicit_bzero((char *)text, strlen(text));
    }
    json_decref(json);
}
