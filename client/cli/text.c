/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/text.h"

#include "common/base/time.h"

#include <ctype.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

enum { NEAREST_MAX_WORD = 64, TEXT_MAX_DIGITS = 12 };

void text_init(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
}

/* Decodes one character. Returns its bytes, 0 at the end, and U+FFFD for a byte that is not UTF-8.
 */
static size_t decode(const char *text, wchar_t *ret_char)
{
    const unsigned char *s = (const unsigned char *)text;
    static const unsigned min[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = s[0] < 0x80    ? 1
                 : s[0] >= 0xf8 ? 0
                 : s[0] >= 0xf0 ? 4
                 : s[0] >= 0xe0 ? 3
                 : s[0] >= 0xc2 ? 2
                                : 0;
    unsigned value = len == 1 ? s[0] : len == 0 ? 0 : s[0] & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            len = 0;
            break;
        }
        value = value << 6 | (s[i] & 0x3f);
    }
    if (len == 0 || value < min[len] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) {
        *ret_char = 0xfffd;
        return 1;
    }
    *ret_char = (wchar_t)value;
    return value == 0 ? 0 : len;
}

static size_t char_width(wchar_t c)
{
    int width = wcwidth(c);
    return width < 0 ? 1 : (size_t)width;
}

size_t text_width(const char *text)
{
    size_t width = 0;
    wchar_t c;
    for (size_t len; (len = decode(text, &c)) > 0; text += len) {
        width += char_width(c);
    }
    return width;
}

size_t text_fit(const char *text, size_t width)
{
    size_t bytes = 0;
    size_t used = 0;
    wchar_t c;
    for (size_t len; (len = decode(text + bytes, &c)) > 0; bytes += len) {
        used += char_width(c);
        if (used > width) {
            break;
        }
    }
    return bytes;
}

size_t text_fit_words(const char *text, size_t width)
{
    size_t bytes = text_fit(text, width);
    if (text[bytes] == '\0' || text[bytes] == ' ') {
        return bytes;
    }
    for (size_t i = bytes; i > 0; i--) {
        if (text[i - 1] == ' ') {
            return i;
        }
    }
    wchar_t c;
    return bytes > 0 ? bytes : decode(text, &c);
}

const char *text_cut(struct arena *arena, const char *text, size_t width)
{
    if (text_width(text) <= width) {
        return text;
    }
    size_t bytes = text_fit(text, width > 0 ? width - 1 : 0);
    while (bytes > 0 && text[bytes - 1] == ' ') {
        bytes--;
    }
    const char *cut = arena_printf(arena, "%.*s%s", (int)bytes, text, width > 0 ? "…" : "");
    return cut ? cut : "";
}

/* Marks that change the direction of what follows could make a line say something else. */
static bool is_direction_mark(wchar_t c)
{
    return c == 0x061c || (c >= 0x200e && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

/* Characters that a terminal would act upon instead of showing them. */
static bool is_unsafe(wchar_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || is_direction_mark(c);
}

const char *text_clean(struct arena *arena, const char *text)
{
    char *clean = arena_alloc(arena, strlen(text) + 1);
    if (!clean) {
        return "";
    }
    size_t out = 0;
    wchar_t c;
    for (size_t len; (len = decode(text, &c)) > 0; text += len) {
        if (c == '\n' || c == '\t' || c == '\r' || c == 0x2028 || c == 0x2029) {
            clean[out++] = ' ';
        } else if (!is_unsafe(c) && c != 0xfffd) {
            memcpy(clean + out, text, len);
            out += len;
        }
    }
    clean[out] = '\0';
    return clean;
}

void text_print_json(FILE *out, const char *json)
{
    wchar_t c;
    for (size_t len; (len = decode(json, &c)) > 0; json += len) {
        if (is_unsafe(c) && c != '\n') {
            fprintf(out, "\\u%04x", (unsigned)c);
        } else {
            fwrite(json, 1, len, out);
        }
    }
}

const char *text_date(const char *iso, char out[TEXT_DATE_SIZE])
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int32_t days;
    if (!time_date_parse(iso, strlen(iso), &days)) {
        snprintf(out, TEXT_DATE_SIZE, "%s", iso);
        for (char *c = out; *c; c++) {
            *c = (char)(*c < 0x20 || *c > 0x7e ? '?' : *c);
        }
        return out;
    }
    int month = (iso[5] - '0') * 10 + iso[6] - '0';
    int day = (iso[8] - '0') * 10 + iso[9] - '0';
    snprintf(out, TEXT_DATE_SIZE, "%d %.3s %.4s", day, months + (month - 1) * 3, iso);
    return out;
}

bool text_pence(const char *text, int64_t *ret_pence)
{
    int64_t pence = 0;
    int digits = 0;
    int decimals = -1; /* none until the point */
    if (!*text) {
        *ret_pence = 0;
        return true;
    }
    text += strncmp(text, "£", strlen("£")) == 0 ? strlen("£") : 0;
    for (; *text; text++) {
        if (isdigit((unsigned char)*text) && decimals < 2 && digits <= TEXT_MAX_DIGITS) {
            pence = pence * 10 + (*text - '0');
            digits++;
            decimals += decimals >= 0;
        } else if (*text == '.' && decimals < 0 && digits > 0) {
            decimals = 0;
        } else if (*text != ',' || decimals >= 0 || digits == 0) {
            return false;
        }
    }
    if (digits < 1 || digits > TEXT_MAX_DIGITS) {
        return false;
    }
    for (decimals = decimals < 0 ? 0 : decimals; decimals < 2; decimals++) {
        pence *= 10;
    }
    *ret_pence = pence;
    return true;
}

const char *text_last_segment(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash ? slash + 1 : name;
}

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Changes of one letter that turn one word into the other. */
static size_t distance(const char *a, const char *b)
{
    size_t row[NEAREST_MAX_WORD + 1];
    size_t len = strlen(b);
    for (size_t j = 0; j <= len; j++) {
        row[j] = j;
    }
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < len; j++) {
            size_t above = row[j + 1];
            row[j + 1] = smallest(above + 1, row[j] + 1, diagonal + (a[i] != b[j]));
            diagonal = above;
        }
    }
    return row[len];
}

const char *text_nearest(const char *word, const char *const *list)
{
    const char *best = NULL;
    size_t len = strlen(word);
    size_t best_distance = 1 + (len > 2 ? 2 : 1);
    if (len > NEAREST_MAX_WORD) {
        return NULL;
    }
    for (; *list; list++) {
        if (strlen(*list) > NEAREST_MAX_WORD) {
            continue;
        }
        size_t found = len >= 3 && strncmp(*list, word, len) == 0 ? 1 : distance(word, *list);
        if (found < best_distance) {
            best_distance = found;
            best = *list;
        }
    }
    return best;
}

void text_hex(const unsigned char *bytes, size_t len, char *out)
{
    *out = '\0';
    for (size_t i = 0; i < len; i++) {
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    }
}
