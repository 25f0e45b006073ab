/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/care_read.h"

#include "common/base/time.h"

#include <csv.h>
#include <ctype.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_COLUMNS = 64, WANTED = 7 };
enum column { CHILD, DOB = 1, DECOM = 1, RNE, LS, PLACE, DEC, REC };

static const char *const wanted[CARE_FILES][WANTED] = {
    {"CHILD", "DOB"}, {"CHILD", "DECOM", "RNE", "LS", "PLACE", "DEC", "REC"}};
static const char day_form[] = "a day as DD/MM/YYYY";

struct cell {
    char text[CARE_CELL_SIZE]; /* in upper case; cut */
    size_t len;                /* of all of it */
};

struct care_reading {
    struct csv_parser parser;
    enum care_file file;
    size_t line;     /* of the byte that comes next */
    size_t row_line; /* on which the row began */
    size_t row_len;
    bool begun; /* bytes have come */
    bool in_row;
    bool has_header;
    bool over; /* an error ended it */
    int meaning[MAX_COLUMNS];
    size_t columns;
    size_t cell_count;
    struct cell cells[WANTED];
    unsigned char key[CARE_KEY_SIZE];
};

static void problem(struct care_count *count, int column, const char *found, const char *expected)
{
    const struct care_reading *r = count->reading;
    care_problem(count, r->file, r->row_line, column < 0 ? "row" : wanted[r->file][column], found,
                 expected);
}

/* ---- cells ---- */

static bool read_day(const struct cell *cell, int32_t *ret_day)
{
    char iso[TIME_DATE_LEN + 1];
    const char *t = cell->text;
    int32_t days;
    if (cell->len != TIME_DATE_LEN) {
        return false;
    }
    if (t[2] == '/' && t[5] == '/') {
        const char turned[] = {t[6], t[7], t[8], t[9], '-', t[3], t[4], '-', t[0], t[1], '\0'};
        memcpy(iso, turned, sizeof(iso));
    } else {
        memcpy(iso, t, sizeof(iso));
    }
    if (!time_date_parse(iso, TIME_DATE_LEN, &days)) {
        return false;
    }
    *ret_day = (int32_t)(strtol(iso, NULL, 10) * 10000 + strtol(iso + 5, NULL, 10) * 100 +
                         strtol(iso + 8, NULL, 10));
    return true;
}

/* The day of a cell, 0 with the problem told. */
static int32_t take_day(struct care_count *count, int column)
{
    int32_t day = 0;
    if (!read_day(&count->reading->cells[column], &day)) {
        problem(count, column, count->reading->cells[column].len ? "what is no day" : "nothing",
                day_form);
        return 0;
    }
    return day;
}

/* What may be said of a cell that should be a code: a code, or that it is none. */
static const char *code_found(const struct cell *cell)
{
    const struct care_code *known =
        cell->len < CARE_CELL_SIZE ? care_code_any(cell->text, cell->len) : NULL;
    return !cell->len ? "nothing" : known ? known->code : "what is no code";
}

static const struct care_code *take_code(struct care_count *count, int column)
{
    const char *item = wanted[CARE_EPISODES][column];
    const struct cell *cell = &count->reading->cells[column];
    const struct care_code *code = cell->len < CARE_CELL_SIZE
                                       ? care_code_find(item, cell->text, cell->len, count->year)
                                       : NULL;
    if (!code) {
        problem(count, column, code_found(cell), count->code_of_year);
    }
    return code;
}

static void take_cell(struct care_count *count, int column, const char *text, size_t len)
{
    struct care_reading *r = count->reading;
    struct cell *cell = &r->cells[column];
    unsigned char hash[EVP_MAX_MD_SIZE];
    cell->len = len;
    if (column == CHILD) {
        if (len && !HMAC(EVP_sha256(), count->hash_key, sizeof(count->hash_key),
                         (const unsigned char *)text, len, hash, NULL)) {
            count->failed = true;
            return;
        }
        memcpy(r->key, hash, CARE_KEY_SIZE);
        return;
    }
    for (size_t i = 0; i < len && i < CARE_CELL_SIZE - 1; i++) {
        cell->text[i] = (char)toupper((unsigned char)text[i]);
    }
}

/* ---- rows ---- */

static void end_header_row(struct care_count *count)
{
    struct care_reading *r = count->reading;
    r->has_header = true;
    r->columns = r->cell_count;
    for (int i = 0; i < WANTED && wanted[r->file][i]; i++) {
        size_t times = 0;
        for (size_t at = 0; at < r->columns && at < MAX_COLUMNS; at++) {
            times += r->meaning[at] == i;
        }
        if (times != 1) {
            problem(count, i, times ? "the column twice" : "no such column",
                    "the column once, in the first row");
            r->over = true;
        }
    }
}

static void end_child_row(struct care_count *count)
{
    struct care_reading *r = count->reading;
    int32_t born = take_day(count, DOB);
    if (!r->cells[CHILD].len) {
        problem(count, CHILD, "nothing", "the child's identifier");
    } else if (count->children && count->children[care_child_place(count, r->key)].born) {
        problem(count, CHILD, "a child that is there already", "every child once");
    } else if (!care_child_add(count, r->key, born ? born : count->day, r->row_line)) {
        count->failed = true;
    }
}

static void check_end(struct care_count *count, const struct care_episode *episode)
{
    const struct cell *rec = &count->reading->cells[REC];
    bool open = episode->ended == INT32_MAX;
    if (!open && episode->ended < episode->begun) {
        problem(count, DEC, "a day before DECOM", "DECOM or later");
    }
    if (open && rec->len) {
        problem(count, REC, code_found(rec), "nothing while DEC is empty");
    } else if (!open && !rec->len) {
        problem(count, REC, "nothing", "why the episode ended, as DEC says");
    }
}

static void end_episode_row(struct care_count *count)
{
    struct care_reading *r = count->reading;
    struct care_episode episode = {.line = (uint32_t)r->row_line, .ended = INT32_MAX};
    size_t problems = count->problem_count;
    /* The collection year begins on the 1 April before. What ended earlier has the codes of its
     * time. */
    int32_t year_begun = (count->year - 1) * 10000 + 401;
    episode.begun = take_day(count, DECOM);
    if (r->cells[DEC].len) {
        episode.ended = take_day(count, DEC);
    }
    check_end(count, &episode);
    if (episode.ended >= year_begun) {
        take_code(count, RNE);
        episode.status = take_code(count, LS);
        episode.placement = take_code(count, PLACE);
        if (r->cells[REC].len) {
            take_code(count, REC);
        }
    }
    size_t place = 0;
    if (!r->cells[CHILD].len) {
        problem(count, CHILD, "nothing", "the child's identifier");
    } else if (!count->children || !count->children[place = care_child_place(count, r->key)].born) {
        problem(count, CHILD, "a child that the header file has not", "a child of the header file");
    }
    if (count->problem_count == problems) {
        episode.child = (uint32_t)place;
        count->failed |= !care_episode_add(count, &episode);
    }
}

static void on_cell(void *data, size_t len, void *user_data)
{
    struct care_count *count = user_data;
    struct care_reading *r = count->reading;
    const char *text = data ? data : "";
    size_t index = r->cell_count++;
    while (len > 0 && isspace((unsigned char)*text)) {
        text++;
        len--;
    }
    while (len > 0 && isspace((unsigned char)text[len - 1])) {
        len--;
    }
    if (index >= MAX_COLUMNS) {
        return;
    }
    if (r->has_header) {
        if (r->meaning[index] >= 0) {
            take_cell(count, r->meaning[index], text, len);
        }
        return;
    }
    r->meaning[index] = -1;
    for (int i = 0; i < WANTED && wanted[r->file][i]; i++) {
        if (strlen(wanted[r->file][i]) == len && strncasecmp(text, wanted[r->file][i], len) == 0) {
            r->meaning[index] = i;
        }
    }
}

/* Spreadsheets leave rows of nothing but commas. */
static bool is_blank(const struct care_reading *r)
{
    size_t len = 0;
    for (int i = 0; i < WANTED; i++) {
        len += r->cells[i].len;
    }
    return len == 0;
}

static void end_data_row(struct care_count *count)
{
    struct care_reading *r = count->reading;
    if (count->rows[r->file] == CARE_MAX_ROWS) {
        problem(count, -1, "more than 1,000,000 rows", "fewer");
        r->over = true;
        return;
    }
    count->rows[r->file]++;
    if (r->cell_count != r->columns) {
        problem(count, -1, care_said(count, "%zu cells", r->cell_count),
                care_said(count, "%zu, as in the first row", r->columns));
    } else if (r->file == CARE_HEADER) {
        end_child_row(count);
    } else {
        end_episode_row(count);
    }
}

static void on_row(int end, void *user_data)
{
    struct care_count *count = user_data;
    struct care_reading *r = count->reading;
    if (r->over) {
        return;
    }
    if (!r->has_header) {
        end_header_row(count);
    } else if (!is_blank(r)) {
        end_data_row(count);
    }
    OPENSSL_cleanse(r->cells, sizeof(r->cells));
    r->cell_count = 0;
    r->row_len = 0;
    r->in_row = false;
}

/* ---- bytes ---- */

static bool begin(struct care_count *count, enum care_file file)
{
    count->reading = calloc(1, sizeof(*count->reading));
    if (!count->reading || csv_init(&count->reading->parser, CSV_APPEND_NULL) != 0) {
        free(count->reading);
        count->reading = NULL;
        count->failed = true;
        return false;
    }
    count->reading->file = file;
    count->reading->line = 1;
    return true;
}

/* Of the first bytes: a mark of UTF-8 goes, and where a comma is the decimal mark, spreadsheets
 * write semicolons. */
static size_t look_at_start(struct care_reading *r, const char *bytes, size_t len)
{
    const char *end = memchr(bytes, '\n', len);
    size_t header = end ? (size_t)(end - bytes) : len;
    if (!memchr(bytes, ',', header) && memchr(bytes, ';', header)) {
        csv_set_delim(&r->parser, ';');
    }
    r->begun = true;
    return len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* Bytes of one line, whole or in part: the parser does not say on which line it is. */
static void feed_line(struct care_count *count, const char *bytes, size_t len)
{
    struct care_reading *r = count->reading;
    for (size_t i = 0; i < len && !r->in_row; i++) {
        if (!isspace((unsigned char)bytes[i])) {
            r->in_row = true;
            r->row_line = r->line;
        }
    }
    r->row_len += len;
    if (r->row_len > CARE_MAX_ROW) {
        problem(count, -1, "a row without an end", "every quoted cell closed by a quote");
        r->over = true;
    } else if (csv_parse(&r->parser, bytes, len, on_cell, on_row, count) != len) {
        problem(count, -1, "what cannot be read as CSV", "quotes doubled within a quoted cell");
        r->over = true;
    }
}

void care_count_feed(struct care_count *count, enum care_file file, const char *bytes, size_t len)
{
    if (count->failed || (!count->reading && !begin(count, file)) || len == 0) {
        return;
    }
    struct care_reading *r = count->reading;
    size_t at = r->begun ? 0 : look_at_start(r, bytes, len);
    while (at < len && !r->over && !count->failed) {
        const char *end = memchr(bytes + at, '\n', len - at);
        size_t line_len = end ? (size_t)(end - bytes) + 1 - at : len - at;
        feed_line(count, bytes + at, line_len);
        at += line_len;
        if (end) {
            r->line++;
            r->row_len = r->in_row ? r->row_len : 0;
        }
    }
}

void care_count_end(struct care_count *count, enum care_file file)
{
    if (count->failed || (!count->reading && !begin(count, file))) {
        return;
    }
    struct care_reading *r = count->reading;
    if (!r->over) {
        csv_set_opts(&r->parser, CSV_APPEND_NULL | CSV_STRICT | CSV_STRICT_FINI);
        if (csv_fini(&r->parser, on_cell, on_row, count) != 0) {
            problem(count, -1, "a quoted cell that is never closed", "a quote at its end");
        } else if (!r->has_header) {
            care_problem(count, file, 0, "file", "nothing", "a first row with the columns' names");
        }
    }
    /* The parser may hold a piece of a row. */
    if (r->parser.entry_buf) {
        OPENSSL_cleanse(r->parser.entry_buf, r->parser.entry_size);
    }
    csv_free(&r->parser);
    OPENSSL_cleanse(r, sizeof(*r));
    free(r);
    count->reading = NULL;
}
