/* SPDX-License-Identifier: Apache-2.0 */
/* How the monitor's answers look wherever they are shown: a sign, the word, a colour. The sign
 * alone says enough where there is no colour. */
#ifndef CLIENT_CLI_MARK_H
#define CLIENT_CLI_MARK_H

#include "client/cli/table.h"

/* Of an enum's value: Standing, Trend, Rating, KeptAnswer. A value that a later service may send
 * and this program does not know shows as "?". */
struct table_cell mark_standing(int standing);
struct table_cell mark_trend(int trend);
struct table_cell mark_rating(int rating);
struct table_cell mark_kept(int answer);

#endif
