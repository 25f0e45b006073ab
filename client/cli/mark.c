/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/mark.h"

#include "pledge/v1/monitor.pb-c.h"

static const struct table_cell standings[] = {
    {"?", STYLE_PLAIN},
    [PLEDGE__V1__STANDING__STANDING_RED] = {"✗ red", STYLE_RED},
    [PLEDGE__V1__STANDING__STANDING_MISSING] = {"○ missing", STYLE_RED},
    [PLEDGE__V1__STANDING__STANDING_AMBER] = {"◐ amber", STYLE_AMBER},
    [PLEDGE__V1__STANDING__STANDING_NO_COMMITMENT] = {"– no commitment", STYLE_AMBER},
    [PLEDGE__V1__STANDING__STANDING_AWAITED] = {"… awaited", STYLE_DIM},
    [PLEDGE__V1__STANDING__STANDING_GREEN] = {"● green", STYLE_GREEN},
};

static const struct table_cell trends[] = {
    {"–", STYLE_DIM},
    [PLEDGE__V1__TREND__TREND_BETTER] = {"▲ better", STYLE_GREEN},
    [PLEDGE__V1__TREND__TREND_SAME] = {"= same", STYLE_DIM},
    [PLEDGE__V1__TREND__TREND_WORSE] = {"▼ worse", STYLE_RED},
};

static const struct table_cell ratings[] = {
    {"–", STYLE_DIM},
    [PLEDGE__V1__RATING__RATING_RED] = {"✗ red", STYLE_RED},
    [PLEDGE__V1__RATING__RATING_AMBER] = {"◐ amber", STYLE_AMBER},
    [PLEDGE__V1__RATING__RATING_GREEN] = {"● green", STYLE_GREEN},
};

/* What young people say, by the same colours as the owners' ratings that go with it. */
static const struct table_cell answers[] = {
    {"–", STYLE_DIM},
    [PLEDGE__V1__KEPT_ANSWER__KEPT_ANSWER_KEEPING] = {"● keeping", STYLE_GREEN},
    [PLEDGE__V1__KEPT_ANSWER__KEPT_ANSWER_PARTLY] = {"◐ partly", STYLE_AMBER},
    [PLEDGE__V1__KEPT_ANSWER__KEPT_ANSWER_NOT_KEEPING] = {"✗ not keeping", STYLE_RED},
};

#define MARK(list, number)                                                                         \
    ((size_t)(number) < sizeof(list) / sizeof((list)[0]) ? (list)[number]                          \
                                                         : (struct table_cell){"?", STYLE_PLAIN})

struct table_cell mark_standing(int standing)
{
    return MARK(standings, standing);
}

struct table_cell mark_trend(int trend)
{
    return MARK(trends, trend);
}

struct table_cell mark_rating(int rating)
{
    return MARK(ratings, rating);
}

struct table_cell mark_kept(int answer)
{
    return MARK(answers, answer);
}
