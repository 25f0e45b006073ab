/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that are hashed or signed: lines of a key, a tab and a value, in which backslash, tab and
 * line feed are written \\, \t and \n. */
#ifndef COMMON_MSG_LINES_H
#define COMMON_MSG_LINES_H

#include "common/base/buf.h"

/* Each adds one line. False when out of memory. */
bool lines_text(struct buf *to, const char *key, const char *value);
bool lines_number(struct buf *to, const char *key, int64_t value);

/* The value is the bytes as lower case hexadecimal digits. */
bool lines_hex(struct buf *to, const char *key, const uint8_t *bytes, size_t len);

#endif
