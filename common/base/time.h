/* SPDX-License-Identifier: Apache-2.0 */
/* Civil dates and instants as text and as PostgreSQL counts them. */
#ifndef COMMON_BASE_TIME_H
#define COMMON_BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Days from 1970-01-01 to 2000-01-01, PostgreSQL's epoch. */
enum { TIME_PG_EPOCH_DAYS = 10957, TIME_DATE_LEN = 10, TIME_RFC3339_MAX = 36 };

/* Reads exactly YYYY-MM-DD, a real day of years 1 to 9999. Days count from 1970-01-01. */
bool time_date_parse(const char *text, size_t len, int32_t *ret_days);

/* Writes YYYY-MM-DD and a NUL. `days` counts from 1970-01-01. */
void time_date_format(int32_t days, char out[TIME_DATE_LEN + 1]);

/* Writes an instant as RFC 3339 in UTC with 0, 3, 6 or 9 digits of fraction, as proto3 JSON asks.
 */
void time_rfc3339_format(int64_t seconds, int32_t nanos, char out[TIME_RFC3339_MAX]);

/* Reads RFC 3339 with any offset. */
bool time_rfc3339_parse(const char *text, size_t len, int64_t *ret_seconds, int32_t *ret_nanos);

/* Milliseconds of the monotonic clock. */
uint64_t time_monotonic_ms(void);

#endif
