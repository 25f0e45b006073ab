/* SPDX-License-Identifier: Apache-2.0 */
#include "server/mail/smtp.h"

#include "common/base/text.h"

#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    MAX_HEADER = 1024,
    /* An encoded word has at most 75 characters, RFC 2047 2: 45 bytes in base64 and the frame. */
    WORD_BYTES = 45,
    WORD_TEXT = 128,
    PERMANENT = 500,
};

static bool add(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    *list = longer ? longer : *list;
    return longer != NULL;
}

/* The subject in encoded words, whatever is in it; words are folded into lines, RFC 5322 2.2.3. */
static bool add_subject(struct curl_slist **list, const char *subject)
{
    char line[MAX_HEADER] = "Subject:";
    size_t used = strlen(line);
    while (*subject) {
        char word[WORD_TEXT];
        size_t len = text_whole(subject, strnlen(subject, WORD_BYTES));
        if (len == 0 || used + WORD_TEXT >= sizeof(line)) {
            break;
        }
        sodium_bin2base64(word, sizeof(word), (const unsigned char *)subject, len,
                          sodium_base64_VARIANT_ORIGINAL);
        used +=
            (size_t)snprintf(line + used, sizeof(line) - used,
                             "%s =?UTF-8?B?%s?=", used > strlen("Subject:") ? "\r\n" : "", word);
        subject += len;
    }
    return add(list, line);
}

static bool add_headers(struct curl_slist **list, const struct smtp_server *server,
                        const struct smtp_message *message)
{
    char line[MAX_HEADER];
    char date[64];
    struct tm tm;
    time_t now = time(NULL);
    const char *host = strchr(server->from, '@');
    strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0000", gmtime_r(&now, &tm));
    bool good = snprintf(line, sizeof(line), "Date: %s", date) > 0 && add(list, line);
    good = good && snprintf(line, sizeof(line), "From: %s", server->from) > 0 && add(list, line);
    good = good && snprintf(line, sizeof(line), "To: %s", message->to) > 0 && add(list, line);
    good = good &&
           snprintf(line, sizeof(line), "Message-ID: <%s%s>", message->id, host ? host : "@") > 0 &&
           add(list, line);
    /* nobody's absence is told to a machine, RFC 3834 5 */
    return good && add_subject(list, message->subject) &&
           add(list, "Auto-Submitted: auto-generated");
}

static bool add_body(CURL *curl, curl_mime **mime, const char *body)
{
    *mime = curl_mime_init(curl);
    curl_mimepart *part = *mime ? curl_mime_addpart(*mime) : NULL;
    return part && curl_mime_data(part, body, CURL_ZERO_TERMINATED) == CURLE_OK &&
           curl_mime_type(part, "text/plain; charset=utf-8") == CURLE_OK &&
           curl_mime_encoder(part, "quoted-printable") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_MIMEPOST, *mime) == CURLE_OK;
}

static bool prepare(CURL *curl, const struct smtp_server *server)
{
    long tls = server->in_the_clear ? CURLUSESSL_TRY : CURLUSESSL_ALL;
    return curl_easy_setopt(curl, CURLOPT_URL, server->url) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USE_SSL, tls) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           (!*server->ca_file ||
            curl_easy_setopt(curl, CURLOPT_CAINFO, server->ca_file) == CURLE_OK) &&
           (!*server->user ||
            (curl_easy_setopt(curl, CURLOPT_USERNAME, server->user) == CURLE_OK &&
             curl_easy_setopt(curl, CURLOPT_PASSWORD, server->password) == CURLE_OK)) &&
           curl_easy_setopt(curl, CURLOPT_MAIL_FROM, server->from) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)SMTP_TIMEOUT_MS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
}

enum smtp_result smtp_send(const struct smtp_server *server, const struct smtp_message *message,
                           char problem[SMTP_MAX_PROBLEM])
{
    CURL *curl = curl_easy_init();
    curl_mime *mime = NULL;
    struct curl_slist *headers = NULL;
    struct curl_slist *to = NULL;
    long answer = 0;
    bool good = curl && prepare(curl, server) && add(&to, message->to) &&
                add_headers(&headers, server, message) &&
                curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
                add_body(curl, &mime, message->body);
    CURLcode code = good ? curl_easy_perform(curl) : CURLE_OUT_OF_MEMORY;
    if (curl) {
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    }
    if (code == CURLE_OK) {
        problem[0] = '\0';
    } else if (answer > 0) {
        snprintf(problem, SMTP_MAX_PROBLEM, "the mail server answered %ld: %s", answer,
                 curl_easy_strerror(code));
    } else {
        snprintf(problem, SMTP_MAX_PROBLEM, "the mail server: %s", curl_easy_strerror(code));
    }
    curl_slist_free_all(to);
    curl_slist_free_all(headers);
    curl_mime_free(mime);
    curl_easy_cleanup(curl);
    /* curl tells a refused address so; what is wrong with us or on the way may be mended */
    return code == CURLE_OK                                  ? SMTP_SENT
           : answer == 0                                     ? SMTP_UNREACHABLE
           : code == CURLE_SEND_ERROR && answer >= PERMANENT ? SMTP_REFUSED
                                                             : SMTP_FAILED;
}
