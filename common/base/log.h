/* SPDX-License-Identifier: Apache-2.0 */
/* JSON lines on standard error, one event a line; for programs, never for libraries. */
#ifndef COMMON_BASE_LOG_H
#define COMMON_BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

/* Sets the lowest level that is written; info at first. Call it before threads start. */
void log_set_level(enum log_level level);

/* Reads "debug", "info", "warn" or "error". */
bool log_level_parse(const char *text, enum log_level *ret_level);

/* True when lines of `level` are written, so that costly fields need not be made. */
bool log_enabled(enum log_level level);

/* Writes one line with time, level, event and the fields, which json_pack()'s `format` describes,
 * such as "{s:s, s:i}". A field that cannot be made leaves the line without fields. */
void log_event(enum log_level level, const char *event, const char *format, ...);

#endif
