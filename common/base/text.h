/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_BASE_TEXT_H
#define COMMON_BASE_TEXT_H

#include <stddef.h>

/* The length of a UTF-8 text that was cut after `len` bytes, without the part of a character that
 * may stand at its end: clients refuse what is no UTF-8. */
static inline size_t text_whole(const char *text, size_t len)
{
    size_t rest = 0; /* bytes behind the first of the last character */
    while (rest < len && ((unsigned char)text[len - 1 - rest] & 0xC0) == 0x80) {
        rest++;
    }
    unsigned char first = rest < len ? (unsigned char)text[len - 1 - rest] : 0;
    size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    return rest < len && rest + 1 < size ? len - 1 - rest : len;
}

#endif
