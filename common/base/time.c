/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/time.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static bool digits(const char *text, size_t count, int *ret_value)
{
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        value = value * 10 + (text[i] - '0');
    }
    *ret_value = value;
    return true;
}

/* Proleptic Gregorian calendar; the year begins in March, so that the leap day is its last. */
static int32_t days_from_civil(int year, int month, int day)
{
    year -= month <= 2;
    int era = year / 400;
    int year_of_era = year - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int day_of_era = (int)(days - era * 146097);
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted = (5 * day_of_year + 2) / 153;
    *ret_day = day_of_year - (153 * shifted + 2) / 5 + 1;
    *ret_month = shifted < 10 ? shifted + 3 : shifted - 9;
    *ret_year = (int)(year_of_era + era * 400) + (*ret_month <= 2);
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

bool time_date_parse(const char *text, size_t len, int32_t *ret_days)
{
    int year, month, day;
    if (len != TIME_DATE_LEN || text[4] != '-' || text[7] != '-' || !digits(text, 4, &year) ||
        !digits(text + 5, 2, &month) || !digits(text + 8, 2, &day)) {
        return false;
    }
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) {
        return false;
    }
    *ret_days = days_from_civil(year, month, day);
    return true;
}

void time_date_format(int32_t days, char out[TIME_DATE_LEN + 1])
{
    int year, month, day;
    char text[32];
    civil_from_days(days, &year, &month, &day);
    snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, day);
    memcpy(out, text, TIME_DATE_LEN);
    out[TIME_DATE_LEN] = '\0';
}

void time_rfc3339_format(int64_t seconds, int32_t nanos, char out[TIME_RFC3339_MAX])
{
    int64_t days = seconds / 86400;
    int second_of_day = (int)(seconds % 86400);
    if (second_of_day < 0) {
        second_of_day += 86400;
        days--;
    }
    char date[TIME_DATE_LEN + 1];
    time_date_format((int32_t)days, date);
    char fraction[16] = "";
    if (nanos % 1000000 == 0 && nanos != 0) {
        snprintf(fraction, sizeof(fraction), ".%03d", nanos / 1000000);
    } else if (nanos % 1000 == 0 && nanos != 0) {
        snprintf(fraction, sizeof(fraction), ".%06d", nanos / 1000);
    } else if (nanos != 0) {
        snprintf(fraction, sizeof(fraction), ".%09d", nanos);
    }
    snprintf(out, TIME_RFC3339_MAX, "%sT%02d:%02d:%02d%sZ", date, second_of_day / 3600,
             second_of_day / 60 % 60, second_of_day % 60, fraction);
}

/* Reads the fraction after the seconds; `*at` moves behind it. */
static bool parse_fraction(const char *text, size_t len, size_t *at, int32_t *ret_nanos)
{
    int32_t nanos = 0;
    int32_t unit = 100000000;
    *ret_nanos = 0;
    if (*at >= len || text[*at] != '.') {
        return true;
    }
    size_t first = ++*at;
    for (; *at < len && text[*at] >= '0' && text[*at] <= '9'; ++*at, unit /= 10) {
        nanos += (text[*at] - '0') * unit;
    }
    *ret_nanos = nanos;
    return *at > first && *at - first <= 9;
}

bool time_rfc3339_parse(const char *text, size_t len, int64_t *ret_seconds, int32_t *ret_nanos)
{
    int32_t days;
    int hour, minute, second;
    if (len < 20 || !time_date_parse(text, TIME_DATE_LEN, &days) ||
        (text[10] != 'T' && text[10] != 't') || !digits(text + 11, 2, &hour) || text[13] != ':' ||
        !digits(text + 14, 2, &minute) || text[16] != ':' || !digits(text + 17, 2, &second) ||
        hour > 23 || minute > 59 || second > 59) {
        return false;
    }
    size_t at = 19;
    if (!parse_fraction(text, len, &at, ret_nanos) || at >= len) {
        return false;
    }
    int64_t offset = 0;
    if (text[at] == '+' || text[at] == '-') {
        int offset_hour, offset_minute;
        if (len - at != 6 || !digits(text + at + 1, 2, &offset_hour) || text[at + 3] != ':' ||
            !digits(text + at + 4, 2, &offset_minute) || offset_hour > 23 || offset_minute > 59) {
            return false;
        }
        offset = (offset_hour * 60 + offset_minute) * 60 * (text[at] == '+' ? 1 : -1);
    } else if ((text[at] != 'Z' && text[at] != 'z') || len - at != 1) {
        return false;
    }
    *ret_seconds = (int64_t)days * 86400 + hour * 3600 + minute * 60 + second - offset;
    return true;
}

uint64_t time_monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
