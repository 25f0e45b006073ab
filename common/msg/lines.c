/* SPDX-License-Identifier: Apache-2.0 */
#include "common/msg/lines.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool put_escaped(struct buf *to, const char *text)
{
    bool good = true;
    while (good && *text) {
        size_t plain = strcspn(text, "\\\t\n");
        const char *escape = text[plain] == '\\' ? "\\\\" : text[plain] == '\t' ? "\\t" : "\\n";
        good = buf_append(to, text, plain) && (!text[plain] || buf_append(to, escape, 2));
        text += plain + (text[plain] != '\0');
    }
    return good;
}

bool lines_text(struct buf *to, const char *key, const char *value)
{
    return buf_append(to, key, strlen(key)) && buf_append(to, "\t", 1) && put_escaped(to, value) &&
           buf_append(to, "\n", 1);
}

bool lines_number(struct buf *to, const char *key, int64_t value)
{
    char text[24];
    snprintf(text, sizeof(text), "%" PRId64, value);
    return lines_text(to, key, text);
}

bool lines_hex(struct buf *to, const char *key, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    bool good = buf_append(to, key, strlen(key)) && buf_append(to, "\t", 1);
    for (size_t i = 0; good && i < len; i++) {
        const char pair[2] = {digits[bytes[i] >> 4], digits[bytes[i] & 15]};
        good = buf_append(to, pair, 2);
    }
    return good && buf_append(to, "\n", 1);
}
