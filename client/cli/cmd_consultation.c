/* SPDX-License-Identifier: Apache-2.0 */
/* Consultations: who is asked what, and how the answers are counted. */
#include "client/cli/commands.h"
#include "client/cli/consultation.h"
#include "client/cli/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_GROUPS = 50, MOST_OPTIONS = 60 };

static const struct view_column consultation_columns[] = {
    {"consultation", "name", VIEW_ID}, {"title", "title", TABLE_CUT},      {"state", "state", 0},
    {"opens", "opens_on", VIEW_DATE},  {"closes", "closes_on", VIEW_DATE}, {0},
};

static const struct view_column consultation_card[] = {
    {"consultation", "name", VIEW_ID},
    {"title", "title", 0},
    {"about", "version", 0},
    {"state", "state", 0},
    {"opens", "opens_on", VIEW_DATE},
    {"closes", "closes_on", VIEW_DATE},
    {"closed", "close_time", VIEW_OPTIONAL},
    {0},
};

static const struct view_column group_columns[] = {
    {"group", "group_id", 0},
    {"who", "kind", 0},
    {"from", "age_from", TABLE_RIGHT},
    {"to", "age_to", TABLE_RIGHT},
    {"invited", "invited_count", TABLE_RIGHT},
    {"responded", "responding_count", TABLE_RIGHT},
    {"withheld", "suppressed", 0},
    {0},
};

bool consultation_enum(const ProtobufCEnumDescriptor *type, const char *prefix, const char *word,
                       int *ret_value)
{
    char name[96];
    snprintf(name, sizeof(name), "%s_%s", prefix, word);
    for (char *at = name; *at; at++) {
        *at = *at == '-' || *at == ' ' ? '_' : (char)toupper((unsigned char)*at);
    }
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value_by_name(type, name);
    *ret_value = value ? value->value : 0;
    return value && value->value != 0;
}

int consultation_number(const char *word)
{
    char *end = NULL;
    long number = strtol(word, &end, 10);
    return end != word && !*end && number >= 0 && number <= INT32_MAX ? (int)number : -1;
}

char *consultation_name(struct cli *cli)
{
    cli->hint = cli_printf(cli, "See: pledge consultation list %s", cli_argument(cli, 0));
    return cli_name(cli, cli_argument(cli, 0), "consultations", cli_argument(cli, 1));
}

int run_consultation_list(struct cli *cli)
{
    Pledge__V1__ListConsultationsRequest request = PLEDGE__V1__LIST_CONSULTATIONS_REQUEST__INIT;
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    return view_list(cli, "ConsultationService/ListConsultations", &request, consultation_columns,
                     "No consultations yet.");
}

void consultation_print_questions(struct cli *cli, Pledge__V1__Question *const *questions,
                                  size_t count)
{
    static const struct view_column kind = {"", "kind", 0};
    for (size_t i = 0; i < count; i++) {
        const Pledge__V1__Question *q = questions[i];
        const char *most = q->most_ranked ? cli_printf(cli, ", up to %d", q->most_ranked) : "";
        fprintf(cli->out, "\n%d. (%s%s)\n", q->question, view_text(cli, q, &kind), most);
        view_paragraph(cli, cli->out, view_clean(cli, q->prompt), 3);
        for (size_t k = 0; k < q->n_options; k++) {
            fprintf(cli->out, "   %3d  %s\n", q->options[k]->option,
                    text_cut(&cli->arena, view_clean(cli, q->options[k]->label), cli->width - 8));
        }
    }
}

int run_consultation_show(struct cli *cli)
{
    Pledge__V1__GetConsultationRequest request = PLEDGE__V1__GET_CONSULTATION_REQUEST__INIT;
    Pledge__V1__ListQuestionsRequest asked = PLEDGE__V1__LIST_QUESTIONS_REQUEST__INIT;
    struct cli_list list;
    request.name = consultation_name(cli);
    const Pledge__V1__GetConsultationResponse *reply =
        cli_call(cli, "ConsultationService/GetConsultation", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    asked.parent = request.name;
    if (!cli_list(cli, "ConsultationService/ListQuestions", &asked, &list)) {
        return CLI_FAILED;
    }
    view_card(cli, reply->consultation, consultation_card);
    fputc('\n', cli->out);
    struct cli_list groups = {.items = (void **)reply->consultation->groups,
                              .count = reply->consultation->n_groups};
    view_table(cli, &groups, group_columns);
    consultation_print_questions(cli, (Pledge__V1__Question *const *)list.items, list.count);
    return CLI_OK;
}

/* Reads "young=children-in-care,8-12,40": the ages and the number invited may be left out. */
static bool read_group(struct cli *cli, const char *given, Pledge__V1__ConsultedGroup *group)
{
    char kind[64] = "";
    char id[64] = "";
    int kind_value = 0;
    int used = 0;
    pledge__v1__consulted_group__init(group);
    bool good = sscanf(given, "%63[^=]=%63[^,]%n", id, kind, &used) == 2 &&
                consultation_enum(&pledge__v1__consulted_kind__descriptor, "CONSULTED_KIND", kind,
                                  &kind_value);
    const char *rest = given + used;
    while (good && *rest) {
        int from;
        int to;
        used = 0;
        if (sscanf(rest, ",%d-%d%n", &from, &to, &used) == 2 && used > 0) {
            group->age_from = from;
            group->age_to = to;
        } else if (sscanf(rest, ",%d%n", &from, &used) == 1 && used > 0) {
            group->invited_count = from;
        } else {
            good = false;
        }
        rest += used;
    }
    group->group_id = cli_copy(cli, id);
    group->kind = (Pledge__V1__ConsultedKind)kind_value;
    if (!good) {
        cli_usage(cli, "--group takes ID=KIND[,FROM-TO][,INVITED], not \"%s\"", given);
    }
    return good;
}

int run_consultation_create(struct cli *cli)
{
    Pledge__V1__Consultation consultation = PLEDGE__V1__CONSULTATION__INIT;
    Pledge__V1__CreateConsultationRequest request = PLEDGE__V1__CREATE_CONSULTATION_REQUEST__INIT;
    Pledge__V1__ConsultedGroup groups[MOST_GROUPS];
    Pledge__V1__ConsultedGroup *listed[MOST_GROUPS];
    static const char *const needed[] = {"title", "version", "opens", "closes", "group"};
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        if (!cli_option(cli, needed[i])) {
            return cli_usage(cli, "--%s is missing", needed[i]);
        }
    }
    for (size_t i = 0; i < cli->given_count && consultation.n_groups < MOST_GROUPS; i++) {
        if (strcmp(cli->given[i].name, "group") == 0) {
            size_t at = consultation.n_groups++;
            listed[at] = &groups[at];
            if (!read_group(cli, cli->given[i].value, listed[at])) {
                return CLI_USAGE;
            }
        }
    }
    consultation.groups = listed;
    consultation.title = cli_copy(cli, cli_option(cli, "title"));
    consultation.opens_on = cli_copy(cli, cli_option(cli, "opens"));
    consultation.closes_on = cli_copy(cli, cli_option(cli, "closes"));
    consultation.version = cli_version_name(cli, cli_argument(cli, 0), cli_option(cli, "version"));
    if (!consultation.version) {
        return CLI_USAGE;
    }
    request.parent = cli_authority(cli, cli_argument(cli, 0));
    request.consultation_id = cli_copy(cli, cli_argument(cli, 1));
    request.consultation = &consultation;
    request.validate_only = cli_flag(cli, "dry-run");
    const void *reply = cli_call(cli, "ConsultationService/CreateConsultation", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "Consultation %s %s.\n", request.consultation_id,
            request.validate_only ? "could be added (dry run)" : "is added");
    return CLI_OK;
}

int run_consultation_update(struct cli *cli)
{
    static const struct cli_change changes[] = {
        {"title", "title"}, {"opens", "opens_on"}, {"closes", "closes_on"}, {0}};
    char *paths[sizeof(changes) / sizeof(changes[0])];
    Pledge__V1__Consultation changed = PLEDGE__V1__CONSULTATION__INIT;
    Google__Protobuf__FieldMask mask = GOOGLE__PROTOBUF__FIELD_MASK__INIT;
    Pledge__V1__UpdateConsultationRequest request = PLEDGE__V1__UPDATE_CONSULTATION_REQUEST__INIT;
    mask.paths = paths;
    mask.n_paths = cli_changes(cli, changes, paths);
    if (mask.n_paths == 0) {
        return CLI_USAGE;
    }
    changed.title = cli_option_text(cli, "title");
    changed.opens_on = cli_option_text(cli, "opens");
    changed.closes_on = cli_option_text(cli, "closes");
    changed.name = consultation_name(cli);
    request.consultation = &changed;
    request.update_mask = &mask;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__UpdateConsultationResponse *reply =
        cli_call(cli, "ConsultationService/UpdateConsultation", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    view_card(cli, reply->consultation, consultation_card);
    return CLI_OK;
}

int run_consultation_reword(struct cli *cli)
{
    Pledge__V1__RewordQuestionRequest request = PLEDGE__V1__REWORD_QUESTION_REQUEST__INIT;
    const char *prompt = cli_option(cli, "prompt");
    request.question = consultation_number(cli_argument(cli, 2));
    if (request.question < 1 || !prompt) {
        return cli_usage(cli, prompt ? "N is the number of a question" : "--prompt is missing");
    }
    request.parent = consultation_name(cli);
    request.prompt = cli_copy(cli, prompt);
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__RewordQuestionResponse *reply =
        cli_call(cli, "ConsultationService/RewordQuestion", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    consultation_print_questions(cli, reply->questions, reply->n_questions);
    return CLI_OK;
}

int run_consultation_close(struct cli *cli)
{
    Pledge__V1__CloseConsultationRequest request = PLEDGE__V1__CLOSE_CONSULTATION_REQUEST__INIT;
    request.name = consultation_name(cli);
    request.validate_only = cli_flag(cli, "dry-run");
    const void *reply = cli_call(cli, "ConsultationService/CloseConsultation", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "Consultation %s %s.\n", cli_argument(cli, 1),
            request.validate_only ? "could be closed (dry run)" : "is closed for good");
    return CLI_OK;
}

int run_consultation_question(struct cli *cli)
{
    Pledge__V1__Question question = PLEDGE__V1__QUESTION__INIT;
    Pledge__V1__CreateQuestionRequest request = PLEDGE__V1__CREATE_QUESTION_REQUEST__INIT;
    Pledge__V1__QuestionOption options[MOST_OPTIONS];
    Pledge__V1__QuestionOption *listed[MOST_OPTIONS];
    int kind;
    if (!cli_option(cli, "kind") || !cli_option(cli, "prompt")) {
        return cli_usage(cli, "--%s is missing", cli_option(cli, "kind") ? "prompt" : "kind");
    }
    if (!consultation_enum(&pledge__v1__question_kind__descriptor, "QUESTION_KIND",
                           cli_option(cli, "kind"), &kind)) {
        return cli_usage(cli, "--kind is rating, choice, ranking or free-text, not \"%s\"",
                         cli_option(cli, "kind"));
    }
    for (size_t i = 0; i < cli->given_count && question.n_options < MOST_OPTIONS; i++) {
        bool statement = strcmp(cli->given[i].name, "statement") == 0;
        if (statement || strcmp(cli->given[i].name, "option") == 0) {
            size_t at = question.n_options++;
            pledge__v1__question_option__init(&options[at]);
            listed[at] = &options[at];
            *(statement ? &options[at].statement_id : &options[at].label) =
                cli_copy(cli, cli->given[i].value);
        }
    }
    question.options = listed;
    question.kind = (Pledge__V1__QuestionKind)kind;
    question.prompt = cli_copy(cli, cli_option(cli, "prompt"));
    question.most_ranked =
        cli_option(cli, "most") ? consultation_number(cli_option(cli, "most")) : 0;
    request.parent = consultation_name(cli);
    request.question = &question;
    request.validate_only = cli_flag(cli, "dry-run");
    const Pledge__V1__CreateQuestionResponse *reply =
        cli_call(cli, "ConsultationService/CreateQuestion", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "Question %zu %s.\n", reply->n_questions,
            request.validate_only ? "could be added (dry run)" : "is added");
    return CLI_OK;
}

int run_consultation_codes(struct cli *cli)
{
    Pledge__V1__CreateResponseCodesRequest request =
        PLEDGE__V1__CREATE_RESPONSE_CODES_REQUEST__INIT;
    request.parent = consultation_name(cli);
    request.group_id = cli_copy(cli, cli_argument(cli, 2));
    request.count = consultation_number(cli_argument(cli, 3));
    cli->once = true;
    const Pledge__V1__CreateResponseCodesResponse *reply =
        cli_call(cli, "ConsultationService/CreateResponseCodes", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    for (size_t i = 0; i < reply->n_codes; i++) {
        fprintf(cli->out, "%s\n", view_clean(cli, reply->codes[i]));
    }
    fputs("Each is good for one response. They are not shown again.\n", cli->err);
    return CLI_OK;
}

/* --- results ------------------------------------------------------------------------------------
 */

static void print_tally(struct cli *cli, const Pledge__V1__Tally *tally)
{
    fprintf(cli->out, "\n%d. ", tally->question);
    view_paragraph(cli, cli->out, view_clean(cli, tally->prompt), 0);
    if (tally->suppressed) {
        fputs("   Fewer than 6 answered: nothing is told.\n", cli->out);
        return;
    }
    for (size_t i = 0; i < tally->n_counts; i++) {
        const Pledge__V1__TallyCount *count = tally->counts[i];
        const char *label = *count->label ? view_clean(cli, count->label)
                                          : cli_printf(cli, "%d of 5", count->value);
        fprintf(cli->out, "   %6s  %s\n",
                count->suppressed ? "-" : cli_printf(cli, "%d", count->count),
                text_cut(&cli->arena, label, cli->width - 11));
    }
}

static void print_places(struct cli *cli, const char *title, const char *score,
                         Pledge__V1__RankedOption *const *options, size_t count)
{
    struct table table;
    table_init(&table, &cli->arena, 3);
    table_column(&table, title, TABLE_RIGHT);
    table_column(&table, "option", TABLE_CUT);
    table_column(&table, score, TABLE_RIGHT);
    for (size_t i = 0; i < count; i++) {
        struct table_cell *row = table_row(&table);
        if (row) {
            row[0].text = cli_printf(cli, "%d", options[i]->place);
            row[1].text = view_clean(cli, options[i]->label);
            row[2].text = cli_printf(cli, "%.10g", options[i]->score);
        }
    }
    table_print(&table, cli->out, cli->width, cli->colour);
}

int run_consultation_results(struct cli *cli)
{
    Pledge__V1__GetConsultationResultsRequest request =
        PLEDGE__V1__GET_CONSULTATION_RESULTS_REQUEST__INIT;
    request.name = consultation_name(cli);
    const Pledge__V1__GetConsultationResultsResponse *reply =
        cli_call(cli, "ConsultationService/GetConsultationResults", &request);
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    struct cli_list groups = {.items = (void **)reply->groups, .count = reply->n_groups};
    view_table(cli, &groups, group_columns);
    for (size_t i = 0; i < reply->n_tallies; i++) {
        print_tally(cli, reply->tallies[i]);
    }
    for (size_t i = 0; i < reply->n_rankings; i++) {
        const Pledge__V1__RankingResult *ranking = reply->rankings[i];
        fprintf(cli->out, "\n%d. ", ranking->question);
        view_paragraph(cli, cli->out, view_clean(cli, ranking->prompt), 0);
        if (ranking->suppressed) {
            fputs("   Fewer than 6 answered: nothing is told.\n", cli->out);
            continue;
        }
        fprintf(cli->out, "   %d rankings of %d options\n", ranking->ranking_count,
                ranking->option_count);
        print_places(cli, "Borda", "points", ranking->borda, ranking->n_borda);
        print_places(cli, "Schulze", "beats", ranking->schulze, ranking->n_schulze);
    }
    return CLI_OK;
}
