/* SPDX-License-Identifier: Apache-2.0 */
/* The Children in Care Council: its size, its sessions, and how it rates promises. */
#include "client/cli/cicc.h"
#include "client/cli/commands.h"
#include "client/cli/consultation.h"
#include "client/cli/text.h"

#include "pledge/v1/children_in_care_council.pb-c.h"

#include <string.h>

#define SERVICE "ChildrenInCareCouncilService/"

static const struct view_column reply_row[] = {
    {"rating", "rating", VIEW_ID},
    {"replied", "replied_on", VIEW_DATE},
    {"owner", "owner_display_name", TABLE_CUT},
    {"reply", "text", TABLE_WRAP},
    {0},
};

char *cicc_session_name(struct cli *cli, const char *session)
{
    const char *slash = session ? strchr(session, '/') : NULL;
    if (!slash || strchr(slash + 1, '/')) {
        cli_usage(cli, "--session is BODY/DAY, such as cicc/2019-12-03");
        return NULL;
    }
    return cli_printf(cli, "%s/bodies/%.*s/meetings/%s", cli_authority(cli, cli_argument(cli, 0)),
                      (int)(slash - session), session, slash + 1);
}

const char **cicc_given(struct cli *cli, const char *option, size_t *ret_count)
{
    const char **values = arena_alloc(&cli->arena, (CLI_MAX_GIVEN + 1) * sizeof(*values));
    *ret_count = 0;
    for (size_t i = 0; values && i < cli->given_count; i++) {
        if (strcmp(cli->given[i].name, option) == 0) {
            values[(*ret_count)++] = cli->given[i].value;
        }
    }
    return values;
}

bool cicc_pair(struct cli *cli, const char *given, char **ret_name, const char **ret_rest)
{
    const char *sign = strchr(given, '=');
    if (!sign) {
        return false;
    }
    *ret_name = cli_printf(cli, "%.*s", (int)(sign - given), given);
    *ret_rest = sign + 1;
    return true;
}

/* --- settings and make-up ------------------------------------------------------------------------
 */

static int print_settings(struct cli *cli, const Pledge__V1__CouncilSettings *settings)
{
    static const struct view_column row[] = {
        {"theme", "theme_id", 0}, {"is called", "display_name", TABLE_CUT}, {0}};
    struct cli_list themes = {.items = (void **)settings->themes, .count = settings->n_themes};
    fprintf(cli->out, "Issues are to be answered within %d days.\n\n", settings->answer_days);
    view_table(cli, &themes, row);
    return CLI_OK;
}

int run_cicc_settings(struct cli *cli)
{
    Pledge__V1__GetCouncilSettingsRequest get = PLEDGE__V1__GET_COUNCIL_SETTINGS_REQUEST__INIT;
    Pledge__V1__UpdateCouncilSettingsRequest set =
        PLEDGE__V1__UPDATE_COUNCIL_SETTINGS_REQUEST__INIT;
    Pledge__V1__CouncilSettings settings = PLEDGE__V1__COUNCIL_SETTINGS__INIT;
    Pledge__V1__CouncilTheme themes[CLI_MAX_GIVEN];
    Pledge__V1__CouncilTheme *list[CLI_MAX_GIVEN];
    Google__Protobuf__FieldMask mask = GOOGLE__PROTOBUF__FIELD_MASK__INIT;
    char *paths[2];
    const char **given = cicc_given(cli, "theme", &settings.n_themes);
    const char *days = cli_option(cli, "answer-days");
    get.name = settings.name = cli_authority(cli, cli_argument(cli, 0));
    for (size_t i = 0; given && i < settings.n_themes; i++) {
        const char *label;
        pledge__v1__council_theme__init(&themes[i]);
        if (!cicc_pair(cli, given[i], &themes[i].theme_id, &label)) {
            return cli_usage(cli, "--theme takes ID=NAME, not \"%s\"", given[i]);
        }
        themes[i].display_name = cli_copy(cli, label);
        list[i] = &themes[i];
    }
    if (days) {
        settings.answer_days = consultation_number(days);
        paths[mask.n_paths++] = "answer_days";
    }
    if (settings.n_themes > 0) {
        settings.themes = list;
        paths[mask.n_paths++] = "themes";
    }
    if (mask.n_paths == 0) {
        const Pledge__V1__GetCouncilSettingsResponse *reply =
            cli_call(cli, SERVICE "GetCouncilSettings", &get);
        return !reply      ? CLI_FAILED
               : cli->json ? cli_print_json(cli, reply)
                           : print_settings(cli, reply->settings);
    }
    mask.paths = paths;
    set.settings = &settings;
    set.update_mask = &mask;
    set.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__UpdateCouncilSettingsResponse *reply =
        cli_call(cli, SERVICE "UpdateCouncilSettings", &set);
    return !reply      ? CLI_FAILED
           : cli->json ? cli_print_json(cli, reply)
                       : print_settings(cli, reply->settings);
}

/* The count, unless it is small or would tell of one that is. */
static const char *count_words(struct cli *cli, int32_t count, bool withheld)
{
    return withheld ? "withheld" : cli_printf(cli, "%d", count);
}

static void print_make_up(struct cli *cli, const Pledge__V1__MakeUp *made)
{
    static const struct view_column day = {"", "counted_on", VIEW_DATE};
    struct table table;
    fprintf(cli->out, "%s: %s%s\n", view_text(cli, made, &day),
            made->suppressed ? "fewer than 6" : cli_printf(cli, "%d", made->size),
            made->size == 1 ? " young person" : " young people");
    table_init(&table, &cli->arena, 2);
    table_column(&table, "kind", TABLE_CUT);
    table_column(&table, "group", TABLE_CUT);
    table_column(&table, "count", TABLE_RIGHT);
    for (size_t i = 0; i < made->n_groups; i++) {
        const Pledge__V1__MakeUpGroup *group = made->groups[i];
        struct table_cell *cells = table_row(&table);
        if (!cells) {
            return;
        }
        cells[0].text = view_clean(cli, group->kind);
        cells[1].text = view_clean(cli, group->label);
        cells[2].text = count_words(cli, group->count, group->suppressed);
    }
    if (made->n_groups > 0) {
        table_print(&table, cli->out, cli->width, cli->colour);
    }
}

int run_cicc_make_up(struct cli *cli)
{
    Pledge__V1__ListMakeUpsRequest request = PLEDGE__V1__LIST_MAKE_UPS_REQUEST__INIT;
    struct cli_list list;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    if (!cli_list(cli, SERVICE "ListMakeUps", &request, &list)) {
        return CLI_FAILED;
    }
    if (list.json) {
        return cli_print_json_value(cli, list.json);
    }
    for (size_t i = 0; i < list.count; i++) {
        fputs(i ? "\n" : "", cli->out);
        print_make_up(cli, list.items[i]);
    }
    if (list.count == 0) {
        fputs("Nobody has been counted yet.\n", cli->out);
    }
    return CLI_OK;
}

/* Reads "age=under 14,7". */
static bool read_group(struct cli *cli, const char *given, Pledge__V1__MakeUpGroup *group)
{
    const char *rest;
    pledge__v1__make_up_group__init(group);
    const char *comma = strrchr(given, ',');
    if (!comma || !cicc_pair(cli, given, &group->kind, &rest) || rest > comma) {
        return false;
    }
    group->label = cli_printf(cli, "%.*s", (int)(comma - rest), rest);
    group->count = consultation_number(comma + 1);
    return true;
}

int run_cicc_count(struct cli *cli)
{
    Pledge__V1__RecordMakeUpRequest request = PLEDGE__V1__RECORD_MAKE_UP_REQUEST__INIT;
    Pledge__V1__MakeUp made = PLEDGE__V1__MAKE_UP__INIT;
    Pledge__V1__MakeUpGroup groups[CLI_MAX_GIVEN];
    Pledge__V1__MakeUpGroup *list[CLI_MAX_GIVEN];
    const char **given = cicc_given(cli, "group", &made.n_groups);
    if (!cli_option(cli, "size")) {
        return cli_usage(cli, "--size is missing");
    }
    for (size_t i = 0; given && i < made.n_groups; i++) {
        if (!read_group(cli, given[i], &groups[i])) {
            return cli_usage(cli, "--group takes KIND=LABEL,N, not \"%s\"", given[i]);
        }
        list[i] = &groups[i];
    }
    made.groups = list;
    made.counted_on = cli_copy(cli, cli_argument(cli, 1));
    made.size = consultation_number(cli_option(cli, "size"));
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.make_up_id = cli_option(cli, "id") ? cli_option_text(cli, "id") : made.counted_on;
    request.make_up = &made;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__RecordMakeUpResponse *reply = cli_call(cli, SERVICE "RecordMakeUp", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fputs(request.validate_only ? "It could be recorded (dry run).\n" : "", cli->out);
    print_make_up(cli, reply->make_up);
    return CLI_OK;
}

/* --- sessions ------------------------------------------------------------------------------------
 */

static void print_sessions(struct cli *cli, void *const *sessions, size_t count)
{
    static const struct view_column day = {"", "held_on", VIEW_DATE};
    static const struct view_column body = {"", "body_display_name", 0};
    static const struct view_column themes = {"", "themes", 0};
    struct table table;
    table_init(&table, &cli->arena, 0);
    table_column(&table, "day", 0);
    table_column(&table, "body", TABLE_CUT);
    table_column(&table, "took part", TABLE_RIGHT);
    table_column(&table, "themes", TABLE_WRAP);
    for (size_t i = 0; i < count; i++) {
        const Pledge__V1__CouncilSession *session = sessions[i];
        struct table_cell *cells = table_row(&table);
        if (!cells) {
            return;
        }
        cells[0].text = view_text(cli, session, &day);
        cells[1].text = view_text(cli, session, &body);
        cells[2].text =
            session->suppressed ? "under 6" : cli_printf(cli, "%d", session->participants);
        cells[3].text = view_text(cli, session, &themes);
    }
    table_print(&table, cli->out, cli->width, cli->colour);
}

int run_cicc_session(struct cli *cli)
{
    Pledge__V1__RecordCouncilSessionRequest request =
        PLEDGE__V1__RECORD_COUNCIL_SESSION_REQUEST__INIT;
    Pledge__V1__CouncilSession session = PLEDGE__V1__COUNCIL_SESSION__INIT;
    const char **given = cicc_given(cli, "theme", &session.n_themes);
    if (!cli_option(cli, "participants")) {
        return cli_usage(cli, "--participants is missing");
    }
    session.themes = arena_alloc(&cli->arena, (session.n_themes + 1) * sizeof(char *));
    for (size_t i = 0; session.themes && i < session.n_themes; i++) {
        session.themes[i] = cli_copy(cli, given[i]);
    }
    request.parent = cli_name(cli, cli_argument(cli, 0), "bodies", cli_argument(cli, 1));
    request.session_id = session.held_on = cli_copy(cli, cli_argument(cli, 2));
    session.participants = consultation_number(cli_option(cli, "participants"));
    request.session = &session;
    request.validate_only = cli_flag(cli, "dry-run");
    cli->hint = cli_printf(cli, "See: pledge body list %s", cli_argument(cli, 0));
    const Pledge__V1__RecordCouncilSessionResponse *reply =
        cli_call(cli, SERVICE "RecordCouncilSession", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fputs(request.validate_only ? "It could be recorded (dry run).\n" : "", cli->out);
    print_sessions(cli, (void *const *)&reply->session, 1);
    return CLI_OK;
}

int run_cicc_sessions(struct cli *cli)
{
    Pledge__V1__ListCouncilSessionsRequest request =
        PLEDGE__V1__LIST_COUNCIL_SESSIONS_REQUEST__INIT;
    struct cli_list list;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    if (!cli_list(cli, SERVICE "ListCouncilSessions", &request, &list)) {
        return CLI_FAILED;
    }
    if (list.json) {
        return cli_print_json_value(cli, list.json);
    }
    if (list.count == 0) {
        fputs("No sessions yet.\n", cli->out);
        return CLI_OK;
    }
    print_sessions(cli, list.items, list.count);
    return CLI_OK;
}

/* --- ratings -------------------------------------------------------------------------------------
 */

/* Reads "3=2/1/5/1": how many say keeping, partly, not keeping, can't say. */
static bool read_rating(struct cli *cli, const char *given, Pledge__V1__RatingCounts *rating)
{
    const char *rest;
    int len = 0;
    pledge__v1__rating_counts__init(rating);
    return cicc_pair(cli, given, &rating->statement_id, &rest) &&
           sscanf(rest, "%4d/%4d/%4d/%4d%n", &rating->keeping, &rating->partly,
                  &rating->not_keeping, &rating->cannot_say, &len) == 4 &&
           rest[len] == '\0';
}

/* How many gave each answer, in columns of their own; "–" for what is withheld. */
static void print_ratings(struct cli *cli, Pledge__V1__YoungRating *const *ratings, size_t count,
                          bool one_promise)
{
    static const struct view_column day = {"", "rated_on", VIEW_DATE};
    static const struct view_column prevailing = {"", "prevailing", 0};
    static const char *const titles[] = {"keeping", "partly", "not", "can't say"};
    struct table table;
    table_init(&table, &cli->arena, 0);
    table_column(&table, one_promise ? "rating" : "promise", 0);
    table_column(&table, "session", 0);
    table_column(&table, "young people say", 0);
    for (size_t i = 0; i < 4; i++) {
        table_column(&table, titles[i], TABLE_RIGHT);
    }
    table_column(&table, "replies", TABLE_RIGHT);
    for (size_t i = 0; i < count; i++) {
        const Pledge__V1__YoungRating *rating = ratings[i];
        struct table_cell *cells = table_row(&table);
        if (!cells) {
            return;
        }
        const char *said = view_text(cli, rating, &prevailing);
        cells[0].text =
            view_clean(cli, one_promise ? text_last_segment(rating->name) : rating->statement_id);
        cells[1].text = view_text(cli, rating, &day);
        cells[2].text = *said ? said : "cannot say";
        for (size_t k = 0; k < 4; k++) {
            bool told = k < rating->n_counts && !rating->counts[k]->suppressed;
            cells[3 + k].text = told ? cli_printf(cli, "%d", rating->counts[k]->count) : "–";
        }
        cells[7].text = cli_printf(cli, "%d", rating->reply_count);
    }
    table_print(&table, cli->out, cli->width, cli->colour);
}

/* Fills ratings and words from the options. CLI_OK, or the exit code with the mistake printed. */
static int read_ratings(struct cli *cli, Pledge__V1__RecordRatingsRequest *request)
{
    const char **ratings = cicc_given(cli, "rating", &request->n_ratings);
    const char **words = cicc_given(cli, "words", &request->n_words);
    request->ratings = arena_alloc(&cli->arena, CLI_MAX_GIVEN * sizeof(*request->ratings));
    request->words = arena_alloc(&cli->arena, CLI_MAX_GIVEN * sizeof(*request->words));
    if (!ratings || !words || !request->ratings || !request->words) {
        return cli_fail(cli, "out of memory");
    }
    for (size_t i = 0; i < request->n_ratings; i++) {
        Pledge__V1__RatingCounts *rating = arena_alloc(&cli->arena, sizeof(*rating));
        if (!rating || !read_rating(cli, ratings[i], rating)) {
            return cli_usage(cli, "--rating takes PROMISE=K/P/N/C, such as 3=2/1/5/1, not \"%s\"",
                             ratings[i]);
        }
        request->ratings[i] = rating;
    }
    for (size_t i = 0; i < request->n_words; i++) {
        const char *text;
        Pledge__V1__RatingWords *said = arena_alloc(&cli->arena, sizeof(*said));
        if (said) {
            pledge__v1__rating_words__init(said);
        }
        if (!said || !cicc_pair(cli, words[i], &said->statement_id, &text)) {
            return cli_usage(cli, "--words takes PROMISE=TEXT, not \"%s\"", words[i]);
        }
        said->text = cli_copy(cli, text);
        request->words[i] = said;
    }
    return CLI_OK;
}

int run_cicc_rate(struct cli *cli)
{
    Pledge__V1__RecordRatingsRequest request = PLEDGE__V1__RECORD_RATINGS_REQUEST__INIT;
    int code = read_ratings(cli, &request);
    if (code != CLI_OK) {
        return code;
    }
    request.parent = cicc_session_name(cli, cli_option(cli, "session"));
    request.version = cli_version_name(cli, cli_argument(cli, 0), cli_argument(cli, 1));
    if (!request.parent || !request.version) {
        return CLI_USAGE;
    }
    request.validate_only = cli_flag(cli, "dry-run");
    cli->hint = cli_printf(cli, "See: pledge cicc sessions %s", cli_argument(cli, 0));
    const Pledge__V1__RecordRatingsResponse *reply =
        cli_call(cli, SERVICE "RecordRatings", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fputs(request.validate_only ? "They could be recorded (dry run).\n" : "", cli->out);
    print_ratings(cli, reply->ratings, reply->n_ratings, false);
    if (request.n_words > 0 && !request.validate_only) {
        fprintf(cli->out, "\nTheir words wait: pledge cicc words %s %s --state waiting\n",
                cli_argument(cli, 0), cli_argument(cli, 1));
    }
    return CLI_OK;
}

static int show_promise(struct cli *cli, const char *version)
{
    Pledge__V1__ListRatingsRequest request = PLEDGE__V1__LIST_RATINGS_REQUEST__INIT;
    request.parent = cli_printf(cli, "%s/statements/%s", version, cli_option(cli, "promise"));
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    const Pledge__V1__ListRatingsResponse *reply = cli_call(cli, SERVICE "ListRatings", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "%s\n\n", view_clean(cli, reply->statement_title));
    if (reply->n_ratings == 0) {
        fputs("Nobody has rated it.\n", cli->out);
        return CLI_OK;
    }
    print_ratings(cli, reply->ratings, reply->n_ratings, true);
    if (reply->n_replies > 0) {
        struct cli_list replies = {.items = (void **)reply->replies, .count = reply->n_replies};
        fputc('\n', cli->out);
        view_table(cli, &replies, reply_row);
    }
    return CLI_OK;
}

int run_cicc_ratings(struct cli *cli)
{
    Pledge__V1__ListLatestRatingsRequest request = PLEDGE__V1__LIST_LATEST_RATINGS_REQUEST__INIT;
    request.parent = cli_version_name(cli, cli_argument(cli, 0), cli_argument(cli, 1));
    if (!request.parent) {
        return CLI_USAGE;
    }
    if (cli_option(cli, "promise")) {
        return show_promise(cli, request.parent);
    }
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    const Pledge__V1__ListLatestRatingsResponse *reply =
        cli_call(cli, SERVICE "ListLatestRatings", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    if (reply->n_ratings == 0) {
        fputs("Nobody has rated it.\n", cli->out);
        return CLI_OK;
    }
    print_ratings(cli, reply->ratings, reply->n_ratings, false);
    return CLI_OK;
}

int run_cicc_reply(struct cli *cli)
{
    Pledge__V1__ReplyToRatingRequest request = PLEDGE__V1__REPLY_TO_RATING_REQUEST__INIT;
    char *version = cli_version_name(cli, cli_argument(cli, 0), cli_argument(cli, 1));
    if (!version) {
        return CLI_USAGE;
    }
    if (!cli_option(cli, "text")) {
        return cli_usage(cli, "--text is missing");
    }
    request.name = cli_printf(cli, "%s/statements/%s/ratings/%s", version, cli_argument(cli, 2),
                              cli_argument(cli, 3));
    request.text = cli_option_text(cli, "text");
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__ReplyToRatingResponse *reply =
        cli_call(cli, SERVICE "ReplyToRating", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fputs(request.validate_only ? "It could be recorded (dry run).\n" : "", cli->out);
    struct cli_list list = {.items = (void **)&reply->reply, .count = 1};
    view_table(cli, &list, reply_row);
    return CLI_OK;
}
