/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to a consultation, by a code or entered by a worker. */
#include "client/cli/commands.h"
#include "client/cli/consultation.h"

#include <stdlib.h>
#include <string.h>

/* The answers of one command line. */
struct answers {
    Pledge__V1__RatingAnswer *ratings[CLI_MAX_GIVEN];
    Pledge__V1__ChoiceAnswer *choices[CLI_MAX_GIVEN];
    Pledge__V1__Preference **preferences;
    Pledge__V1__TextAnswer *texts[CLI_MAX_GIVEN];
    size_t rating_count;
    size_t choice_count;
    size_t preference_count;
    size_t text_count;
};

enum { MOST_PREFERENCES = 2048 };

/* Makes a message in the arena; without memory the process ends. */
static void *made(struct cli *cli, size_t size)
{
    void *message = arena_calloc(&cli->arena, 1, size);
    if (!message) {
        abort();
    }
    return message;
}

/* Reads "4,2+7,1": places divided by commas, options in one place joined by +. */
static bool read_ranking(struct cli *cli, int question, const char *words, struct answers *answers)
{
    int place = 1;
    while (*words && answers->preference_count < MOST_PREFERENCES) {
        char *end = NULL;
        long option = strtol(words, &end, 10);
        if (end == words || option < 0 || option > INT32_MAX || (*end && !strchr(",+", *end))) {
            return false;
        }
        Pledge__V1__Preference *preference = made(cli, sizeof(*preference));
        pledge__v1__preference__init(preference);
        preference->question = question;
        preference->place = place;
        preference->option = (int)option;
        answers->preferences[answers->preference_count++] = preference;
        place += *end == ',' ? 1 : 0;
        words = *end ? end + 1 : end;
    }
    return answers->preference_count > 0;
}

static bool read_answer(struct cli *cli, const Pledge__V1__Question *question, const char *words,
                        struct answers *answers)
{
    if (question->kind == PLEDGE__V1__QUESTION_KIND__QUESTION_KIND_RANKING) {
        return read_ranking(cli, question->question, words, answers);
    }
    if (question->kind == PLEDGE__V1__QUESTION_KIND__QUESTION_KIND_FREE_TEXT) {
        Pledge__V1__TextAnswer *text = made(cli, sizeof(*text));
        pledge__v1__text_answer__init(text);
        text->question = question->question;
        text->text = cli_copy(cli, words);
        answers->texts[answers->text_count++] = text;
        return true;
    }
    if (question->kind == PLEDGE__V1__QUESTION_KIND__QUESTION_KIND_RATING) {
        Pledge__V1__RatingAnswer *rating = made(cli, sizeof(*rating));
        pledge__v1__rating_answer__init(rating);
        rating->question = question->question;
        rating->rating = consultation_number(words);
        answers->ratings[answers->rating_count++] = rating;
        return rating->rating >= 0;
    }
    Pledge__V1__ChoiceAnswer *choice = made(cli, sizeof(*choice));
    pledge__v1__choice_answer__init(choice);
    choice->question = question->question;
    choice->option = consultation_number(words);
    answers->choices[answers->choice_count++] = choice;
    return choice->option >= 0;
}

/* Reads every --answer N=… by the kind of question N. CLI_OK, or the exit code with the mistake
 * printed. */
static int read_answers(struct cli *cli, Pledge__V1__Question *const *questions, size_t count,
                        struct answers *answers)
{
    *answers = (struct answers){0};
    answers->preferences = made(cli, MOST_PREFERENCES * sizeof(*answers->preferences));
    for (size_t i = 0; i < cli->given_count; i++) {
        const char *given = cli->given[i].value;
        if (strcmp(cli->given[i].name, "answer") != 0) {
            continue;
        }
        char *end = NULL;
        long number = strtol(given, &end, 10);
        const Pledge__V1__Question *question = NULL;
        for (size_t k = 0; k < count && end != given && *end == '='; k++) {
            question = questions[k]->question == number ? questions[k] : question;
        }
        if (!question) {
            return cli_usage(cli, "--answer takes QUESTION=ANSWER, such as 1=5, not \"%s\"", given);
        }
        if (!read_answer(cli, question, end + 1, answers)) {
            return cli_usage(cli, "question %ld is answered by %s, not \"%s\"", number,
                             question->kind == PLEDGE__V1__QUESTION_KIND__QUESTION_KIND_RANKING
                                 ? "options in order, such as 4,2,7"
                                 : "a number",
                             end + 1);
        }
    }
    return CLI_OK;
}

#define FILL(request, answers)                                                                     \
    do {                                                                                           \
        (request).ratings = (answers).ratings;                                                     \
        (request).n_ratings = (answers).rating_count;                                              \
        (request).choices = (answers).choices;                                                     \
        (request).n_choices = (answers).choice_count;                                              \
        (request).preferences = (answers).preferences;                                             \
        (request).n_preferences = (answers).preference_count;                                      \
        (request).texts = (answers).texts;                                                         \
        (request).n_texts = (answers).text_count;                                                  \
        (request).validate_only = cli_flag(cli, "dry-run");                                        \
    } while (0)

/* Whoever answers by a code shows nothing else. */
static const Pledge__V1__GetQuestionsByCodeResponse *ask(struct cli *cli)
{
    Pledge__V1__GetQuestionsByCodeRequest request = PLEDGE__V1__GET_QUESTIONS_BY_CODE_REQUEST__INIT;
    cli->signed_out = true;
    cli->settings.cert = NULL;
    cli->settings.key = NULL;
    request.code = cli_copy(cli, cli_argument(cli, 0));
    return cli_call(cli, "ConsultationService/GetQuestionsByCode", &request);
}

static int taken(struct cli *cli, const void *reply)
{
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fputs(cli_flag(cli, "dry-run") ? "The response could be taken (dry run).\n"
                                   : "The response is taken. Thank you.\n",
          cli->out);
    return CLI_OK;
}

int run_consultation_respond(struct cli *cli)
{
    Pledge__V1__RespondToConsultationRequest request =
        PLEDGE__V1__RESPOND_TO_CONSULTATION_REQUEST__INIT;
    struct answers answers;
    const Pledge__V1__GetQuestionsByCodeResponse *asked = ask(cli);
    if (!asked) {
        return CLI_FAILED;
    }
    if (!cli_option(cli, "answer")) {
        if (cli->json) {
            return cli_print_json(cli, asked);
        }
        view_paragraph(cli, cli->out, view_clean(cli, asked->title), 0);
        view_paragraph(cli, cli->out, view_clean(cli, asked->authority_display_name), 0);
        consultation_print_questions(cli, asked->questions, asked->n_questions);
        return CLI_OK;
    }
    int code = read_answers(cli, asked->questions, asked->n_questions, &answers);
    if (code != CLI_OK) {
        return code;
    }
    FILL(request, answers);
    request.code = cli_copy(cli, cli_argument(cli, 0));
    cli->once = true;
    return taken(cli, cli_call(cli, "ConsultationService/RespondToConsultation", &request));
}

int run_consultation_enter(struct cli *cli)
{
    Pledge__V1__EnterResponseRequest request = PLEDGE__V1__ENTER_RESPONSE_REQUEST__INIT;
    Pledge__V1__ListQuestionsRequest asked = PLEDGE__V1__LIST_QUESTIONS_REQUEST__INIT;
    struct answers answers;
    struct cli_list list;
    const char *received = cli_option(cli, "received-on");
    bool json = cli->json;
    cli->json = false;
    asked.parent = consultation_name(cli);
    if (!cli_list(cli, "ConsultationService/ListQuestions", &asked, &list)) {
        return CLI_FAILED;
    }
    cli->json = json;
    int code = read_answers(cli, (Pledge__V1__Question *const *)list.items, list.count, &answers);
    if (code != CLI_OK) {
        return code;
    }
    FILL(request, answers);
    request.parent = asked.parent;
    request.group_id = cli_copy(cli, cli_argument(cli, 2));
    request.received_on = cli_copy(cli, received ? received : "");
    return taken(cli, cli_call(cli, "ConsultationService/EnterResponse", &request));
}
