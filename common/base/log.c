/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/log.h"

#include "common/base/time.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const names[] = {"debug", "info", "warn", "error"};
static enum log_level lowest = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
    lowest = level;
}

bool log_level_parse(const char *text, enum log_level *ret_level)
{
    for (enum log_level level = LOG_LEVEL_DEBUG; level <= LOG_LEVEL_ERROR; level++) {
        if (strcmp(text, names[level]) == 0) {
            *ret_level = level;
            return true;
        }
    }
    return false;
}

bool log_enabled(enum log_level level)
{
    return level >= lowest;
}

void log_event(enum log_level level, const char *event, const char *format, ...)
{
    if (!log_enabled(level)) {
        return;
    }
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    char stamp[TIME_RFC3339_MAX];
    time_rfc3339_format(now.tv_sec, (int32_t)(now.tv_nsec / 1000 * 1000), stamp);
    json_t *line =
        json_pack("{s:s, s:s, s:s}", "time", stamp, "level", names[level], "event", event);
    va_list args;
    va_start(args, format);
    json_error_t problem;
    json_t *fields = json_vpack_ex(&problem, 0, format, args);
    va_end(args);
    if (fields) {
        json_object_update(line, fields);
    } else { /* a field that is no UTF-8, most likely */
        json_object_set_new(line, "unloggable", json_string(problem.text));
    }
    char *text = json_dumps(line, JSON_COMPACT);
    size_t len = text ? strlen(text) : 0;
    if (text) {
        text[len] = '\n'; /* one write, so that lines of several threads do not mix */
        ssize_t wrote = write(STDERR_FILENO, text, len + 1);
        (void)wrote;
    }
    free(text);
    json_decref(fields);
    json_decref(line);
}
