/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/commands.h"
#include "client/cli/mark.h"
#include "client/cli/monitor.h"
#include "client/cli/text.h"

#include "pledge/v1/monitor.pb-c.h"

#include <string.h>

static const char *word(struct cli *cli, const Pledge__V1__GetMonitorResponse *monitor,
                        size_t count)
{
    const char *statement =
        *monitor->statement_word ? view_clean(cli, monitor->statement_word) : "statement";
    size_t len = strlen(statement);
    if (count == 1) {
        return statement;
    }
    return len > 1 && statement[len - 1] == 'y' && !strchr("aeiou", statement[len - 2])
               ? cli_printf(cli, "%.*sies", (int)len - 1, statement)
               : cli_printf(cli, "%ss", statement);
}

const char *monitor_round_told(struct cli *cli, const char *title, const char *as_at,
                               const char *known_on)
{
    char day[TEXT_DATE_SIZE];
    char known[TEXT_DATE_SIZE];
    bool then = cli_option(cli, "known-on") != NULL;
    return cli_printf(cli, "Round %s · as at %s%s%s", view_clean(cli, title), text_date(as_at, day),
                      then ? " as known on " : "", then ? text_date(known_on, known) : "");
}

static void header(struct cli *cli, const Pledge__V1__GetMonitorResponse *m)
{
    char adopted[TEXT_DATE_SIZE];
    const char *line =
        cli_printf(cli, "%s · %s · version %d, %zu %s, %s%s",
                   view_clean(cli, m->authority_display_name), view_clean(cli, m->pledge_title),
                   m->version, m->n_statements, word(cli, m, m->n_statements),
                   *m->adopted_on ? "adopted " : "draft", text_date(m->adopted_on, adopted));
    fputs(style_on(STYLE_BOLD, cli->colour), cli->out);
    view_paragraph(cli, cli->out, line, 0);
    fputs(style_off(STYLE_BOLD, cli->colour), cli->out);
    line = cli_printf(cli, "%s · %d of %d returns in",
                      monitor_round_told(cli, m->round_title, m->as_at, m->known_on),
                      m->received_count, m->expected_count);
    const struct {
        int count;
        const char *what;
    } parts[] = {
        {m->late_count, "late"}, {m->missing_count, "missing"}, {m->queried_count, "queried"}};
    for (size_t i = 0; i < 3; i++) {
        if (parts[i].count > 0) {
            line = cli_printf(cli, "%s, %d %s", line, parts[i].count, parts[i].what);
        }
    }
    view_paragraph(cli, cli->out, line, 0);
    if (m->roll_up && m->roll_up->rule == PLEDGE__V1__ROLL_UP_RULE__ROLL_UP_RULE_WEIGHTED) {
        fprintf(cli->out, "Ratings are weighed: green from %d, amber from %d of 100\n",
                m->roll_up->green_from, m->roll_up->amber_from);
    }
    fputc('\n', cli->out);
}

static bool is_in(const Pledge__V1__MonitorOwner *owner)
{
    switch (owner->return_state) {
    case PLEDGE__V1__RETURN_STATE__RETURN_STATE_UNSPECIFIED:
    case PLEDGE__V1__RETURN_STATE__RETURN_STATE_NOT_STARTED:
    case PLEDGE__V1__RETURN_STATE__RETURN_STATE_MISSING:
    case PLEDGE__V1__RETURN_STATE__RETURN_STATE_DRAFT:
    case PLEDGE__V1__RETURN_STATE__RETURN_STATE_CHECKED:
        return false;
    default:
        return true;
    }
}

/* What is wrong with one owner, in a few words; "" when nothing is. */
static const char *trouble(struct cli *cli, const Pledge__V1__MonitorOwner *owner)
{
    const char *name = view_clean(cli, owner->owner_display_name);
    const char *days =
        cli_printf(cli, "%d day%s late", owner->days_late, owner->days_late == 1 ? "" : "s");
    if (owner->return_state == PLEDGE__V1__RETURN_STATE__RETURN_STATE_MISSING) {
        return owner->days_late > 0 ? cli_printf(cli, "%s is %s", name, days)
                                    : cli_printf(cli, "%s is missing", name);
    }
    if (!is_in(owner)) {
        return "";
    }
    bool below = owner->rating == PLEDGE__V1__RATING__RATING_RED ||
                 owner->rating == PLEDGE__V1__RATING__RATING_AMBER;
    const char *late = owner->days_late > 0 ? cli_printf(cli, " (%s)", days) : "";
    if (below) {
        return cli_printf(cli, "%s%s: %s", name, late, view_clean(cli, owner->reason));
    }
    if (owner->return_state == PLEDGE__V1__RETURN_STATE__RETURN_STATE_QUERIED) {
        return cli_printf(cli, "%s%s is queried", name, late);
    }
    return owner->days_late > 0 ? cli_printf(cli, "%s came %s", name, days) : "";
}

static const char *note(struct cli *cli, const Pledge__V1__MonitorStatement *statement)
{
    const char *first = "";
    size_t more = 0;
    for (size_t i = 0; i < statement->n_owners; i++) {
        const char *text = trouble(cli, statement->owners[i]);
        if (*text && !*first) {
            first = text;
        } else if (*text) {
            more++;
        }
    }
    return more > 0 ? cli_printf(cli, "(+%zu more) %s", more, first) : first;
}

static const char *owners_in(struct cli *cli, const Pledge__V1__MonitorStatement *statement)
{
    int out = statement->missing_count + statement->awaited_count;
    if (statement->owner_count == 0) {
        return "–";
    }
    return cli_printf(cli, "%d of %d in", statement->owner_count - out, statement->owner_count);
}

/* A first round has nothing to compare with, and then needs no column that says so. */
static bool any_trend(const Pledge__V1__GetMonitorResponse *monitor)
{
    for (size_t i = 0; i < monitor->n_statements; i++) {
        if (monitor->statements[i]->trend != PLEDGE__V1__TREND__TREND_UNSPECIFIED) {
            return true;
        }
    }
    return false;
}

static bool any_young(const Pledge__V1__GetMonitorResponse *monitor)
{
    for (size_t i = 0; i < monitor->n_statements; i++) {
        if (*monitor->statements[i]->young_rated_on) {
            return true;
        }
    }
    return false;
}

static void statements(struct cli *cli, const Pledge__V1__GetMonitorResponse *monitor)
{
    struct table table;
    bool with_trend = any_trend(monitor);
    bool with_young = any_young(monitor);
    size_t disagreeing = 0;
    size_t few = 0;
    table_init(&table, &cli->arena, 0);
    table_column(&table, "", TABLE_RIGHT);
    table_column(&table, word(cli, monitor, 1), TABLE_CUT);
    table_column(&table, "standing", 0);
    table_column(&table, "owners", 0);
    if (with_trend) {
        table_column(&table, "trend", 0);
    }
    if (with_young) {
        table_column(&table, "young people", 0);
    }
    table_column(&table, "", TABLE_NOTE);
    for (size_t i = 0; i < monitor->n_statements; i++) {
        const Pledge__V1__MonitorStatement *statement = monitor->statements[i];
        struct table_cell standing = mark_standing(statement->standing);
        struct table_cell trend = mark_trend(statement->trend);
        struct table_cell *row = table_row(&table);
        if (!row) {
            return;
        }
        row[0].text = view_clean(cli, statement->statement_id);
        row[1].text = view_clean(cli, statement->title);
        row[2] = standing;
        row[3].text = owners_in(cli, statement);
        if (with_trend) {
            row[4] = trend;
        }
        if (with_young) {
            struct table_cell answer = mark_kept(statement->young_rating);
            row[4 + with_trend] = (struct table_cell){
                cli_printf(cli, "%s%s%s", answer.text, statement->disagrees ? " ≠" : "",
                           statement->young_suppressed ? " *" : ""),
                answer.style};
            disagreeing += statement->disagrees;
            few += statement->young_suppressed;
        }
        row[4 + with_trend + with_young] = (struct table_cell){note(cli, statement), STYLE_DIM};
    }
    table_print(&table, cli->out, cli->width, cli->colour);
    if (disagreeing > 0) {
        view_paragraph(cli, cli->out,
                       cli_printf(cli,
                                  "≠ of %zu %s young people say something else than the owners.",
                                  disagreeing, word(cli, monitor, disagreeing)),
                       0);
    }
    if (few > 0) {
        view_paragraph(cli, cli->out, "* Fewer than 6 young people answered: no count is told.", 0);
    }
}

/* An option as it was given, to be given again; "" where it was not. */
static const char *given_again(struct cli *cli, const char *name)
{
    const char *value = cli_option(cli, name);
    return value ? cli_printf(cli, " --%s %s", name, view_clean(cli, value)) : "";
}

static void look_further(struct cli *cli, const Pledge__V1__GetMonitorResponse *monitor)
{
    const char *authority = cli_argument(cli, 0);
    const char *round = view_clean(cli, text_last_segment(monitor->round));
    const char *asked = cli_printf(
        cli, "%s%s%s", cli_option(cli, "round") ? cli_printf(cli, " --round %s", round) : "",
        given_again(cli, "as-at"), given_again(cli, "known-on"));
    fprintf(cli->out, "\nLook further:\n");
    if (cli_option(cli, "promise")) {
        fprintf(cli->out, "  pledge monitor %s%s\n", authority, asked);
    } else if (monitor->n_statements > 0) {
        fprintf(cli->out, "  pledge monitor %s --promise %s%s\n", authority,
                view_clean(cli, monitor->statements[0]->statement_id), asked);
    }
    bool late = monitor->late_count + monitor->missing_count + monitor->queried_count > 0;
    fprintf(cli->out, "  pledge round show %s %s%s\n", authority, round, late ? " --late" : "");
}

/* "9 keeping, * partly, * not keeping, 0 cannot say". */
static const char *young_counts(struct cli *cli, const Pledge__V1__MonitorStatement *statement)
{
    static const struct view_column answer = {"", "answer", 0};
    const char *told = "";
    bool withheld = false;
    if (statement->young_suppressed) {
        return "* of fewer than 6 young people no count is told";
    }
    for (size_t i = 0; i < statement->n_young_counts; i++) {
        const Pledge__V1__AnswerCount *count = statement->young_counts[i];
        const char *number = count->suppressed ? "*" : cli_printf(cli, "%d", count->count);
        told = cli_printf(cli, "%s%s%s %s", told, i == 0 ? "" : ", ", number,
                          view_text(cli, count, &answer));
        withheld = withheld || count->suppressed;
    }
    return withheld ? cli_printf(cli, "%s; * is withheld, so that nobody can be found", told)
                    : told;
}

static void one_statement(struct cli *cli, const Pledge__V1__MonitorStatement *statement)
{
    struct table_cell standing = mark_standing(statement->standing);
    struct table_cell trend = mark_trend(statement->trend);
    fprintf(cli->out, "%s  %s\n", view_clean(cli, statement->statement_id),
            view_clean(cli, statement->title));
    view_paragraph(cli, cli->out, view_clean(cli, statement->text), 4);
    fprintf(cli->out, "\nOutcome: %s\nStanding: %s%s%s, %s, trend: %s\n",
            view_clean(cli, statement->outcome_title), style_on(standing.style, cli->colour),
            standing.text, style_off(standing.style, cli->colour), owners_in(cli, statement),
            trend.text);
    if (*statement->young_rated_on) {
        struct table_cell answer = mark_kept(statement->young_rating);
        char on[TEXT_DATE_SIZE];
        fprintf(cli->out, "Young people: %s%s%s, %s%s\n", style_on(answer.style, cli->colour),
                answer.text, style_off(answer.style, cli->colour),
                text_date(statement->young_rated_on, on),
                statement->disagrees ? "; the owners say something else" : "");
        view_paragraph(cli, cli->out, young_counts(cli, statement), 4);
    }
    fprintf(cli->out, "Evidence: named in %d line%s\n", statement->evidence_count,
            statement->evidence_count == 1 ? "" : "s");
    for (size_t i = 0; i < statement->n_history; i++) {
        struct table_cell past = mark_standing(statement->history[i]->standing);
        fprintf(cli->out, "%s%s %s%s", i == 0 ? "Before: " : ", ",
                view_clean(cli, statement->history[i]->round_id), past.text,
                i + 1 == statement->n_history ? "\n" : "");
    }
    fputc('\n', cli->out);
    struct table table;
    table_init(&table, &cli->arena, 0);
    table_column(&table, "owner", TABLE_CUT);
    table_column(&table, "rating", 0);
    table_column(&table, "return", 0);
    table_column(&table, "what it says", TABLE_WRAP);
    for (size_t i = 0; i < statement->n_owners; i++) {
        const Pledge__V1__MonitorOwner *owner = statement->owners[i];
        static const struct view_column state = {"", "return_state", 0};
        struct table_cell rating = mark_rating(owner->rating);
        struct table_cell *row = table_row(&table);
        if (!row) {
            return;
        }
        row[0].text = view_clean(cli, owner->owner_display_name);
        row[1] = rating;
        row[2].text = owner->days_late > 0
                          ? cli_printf(cli, "%s, %d day%s late", view_text(cli, owner, &state),
                                       owner->days_late, owner->days_late == 1 ? "" : "s")
                          : view_text(cli, owner, &state);
        row[3].text = *owner->reason ? view_clean(cli, owner->reason) : "–";
    }
    table_print(&table, cli->out, cli->width, cli->colour);
}

int run_monitor(struct cli *cli)
{
    Pledge__V1__GetMonitorRequest request = PLEDGE__V1__GET_MONITOR_REQUEST__INIT;
    const char *round = cli_option(cli, "round");
    const char *promise = cli_option(cli, "promise");
    const char *by = cli_option(cli, "by");
    bool compare = cli_flag(cli, "compare") || cli_option(cli, "against");
    if ((promise != NULL) + (by != NULL) + compare > 1) {
        return cli_usage(cli, "choose one of --promise, --by and --compare");
    }
    if (by || compare) {
        return by ? monitor_summary(cli, by) : monitor_compare(cli);
    }
    request.as_at = cli_option_text(cli, "as-at");
    request.known_on = cli_option_text(cli, "known-on");
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.round_id = round ? cli_copy(cli, text_last_segment(round)) : request.round_id;
    cli->hint = cli_printf(cli, "Rounds: pledge round list %s", cli_argument(cli, 0));
    const Pledge__V1__GetMonitorResponse *monitor =
        cli_call(cli, "MonitorService/GetMonitor", &request);
    const Pledge__V1__MonitorStatement *chosen = NULL;
    for (size_t i = 0; monitor && promise && i < monitor->n_statements; i++) {
        if (strcmp(monitor->statements[i]->statement_id, promise) == 0) {
            chosen = monitor->statements[i];
        }
    }
    if (!monitor) {
        return CLI_FAILED;
    }
    if (promise && !chosen) {
        cli_fail(cli, "this version has no %s \"%s\"", word(cli, monitor, 1), promise);
        fprintf(cli->err, "See: pledge monitor %s\n", cli_argument(cli, 0));
        return CLI_FAILED;
    }
    if (cli->json) {
        return cli_print_json(cli, chosen ? (const void *)chosen : monitor);
    }
    header(cli, monitor);
    if (chosen) {
        one_statement(cli, chosen);
    } else {
        statements(cli, monitor);
    }
    look_further(cli, monitor);
    return CLI_OK;
}
