/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/cli.h"
#include "client/cli/text.h"
#include "common/base/time.h"

#include "google/protobuf/timestamp.pb-c.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum {
    VIEW_GAP = 2,         /* between columns, as table.c has it */
    VIEW_PENCE_SIZE = 24, /* characters of an int64_t */
};

const char *view_clean(struct cli *cli, const char *text)
{
    return text_clean(&cli->arena, text ? text : "");
}

const char *view_said(struct cli *cli, const char *words)
{
    return words && *words ? view_clean(cli, words) : "(the words are no longer kept)";
}

void view_lines(struct cli *cli, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        fprintf(cli->out, "%s\n", view_clean(cli, cli_printf(cli, "%.*s", (int)len, text)));
        text += len + (text[len] != '\0');
    }
}

void view_exact(struct cli *cli, const void *bytes, size_t len)
{
    if (!isatty(fileno(cli->out))) {
        fwrite(bytes, 1, len, cli->out);
        return;
    }
    view_lines(cli, cli_printf(cli, "%.*s", (int)len, (const char *)bytes));
    fflush(cli->out);
    fputs("This was cleaned for the terminal. A pipe or a file gets the exact bytes.\n", cli->err);
}

/* STANDING_NO_COMMITMENT of enum Standing reads "no commitment". */
static const char *enum_words(struct cli *cli, const ProtobufCEnumDescriptor *type, int number)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(type, number);
    if (!value) {
        return cli_printf(cli, "%d", number);
    }
    size_t prefix = 0;
    for (const char *c = type->short_name; *c; c++) {
        prefix += c != type->short_name && isupper((unsigned char)*c) ? 2 : 1;
    }
    char *words =
        cli_copy(cli, strlen(value->name) > prefix ? value->name + prefix + 1 : value->name);
    for (char *c = words; *c; c++) {
        *c = (char)(*c == '_' ? ' ' : tolower((unsigned char)*c));
    }
    return strcmp(words, "unspecified") == 0 ? "" : words;
}

/* forum/2007-06-19 of a name that ends in bodies/forum/meetings/2007-06-19. */
static const char *pair_form(struct cli *cli, const char *text)
{
    const char *start = text + strlen(text);
    int slashes = 0;
    while (start > text && slashes < 3) {
        slashes += *--start == '/';
    }
    start += slashes == 3;
    return slashes < 3 ? text
                       : cli_printf(cli, "%.*s/%s", (int)strcspn(start, "/"), start,
                                    text_last_segment(text));
}

static const char *text_form(struct cli *cli, const char *text, unsigned flags)
{
    char date[TEXT_DATE_SIZE];
    if (flags & VIEW_ID) {
        text = text_last_segment(text);
    } else if (flags & VIEW_OWNER) {
        const char *owner = strstr(text, "/departments/");
        owner = owner ? owner : strstr(text, "/partnerAgencies/");
        text = owner ? owner + 1 : text;
    } else if (flags & VIEW_VERSION) {
        const char *pledge = strstr(text, "/pledges/");
        pledge = pledge ? pledge + strlen("/pledges/") : text;
        text =
            cli_printf(cli, "%.*s/%s", (int)strcspn(pledge, "/"), pledge, text_last_segment(text));
    } else if (flags & VIEW_PAIR) {
        text = pair_form(cli, text);
    } else if (flags & VIEW_DATE) {
        text = cli_copy(cli, text_date(text, date));
    }
    return flags & VIEW_SAID ? view_said(cli, text) : view_clean(cli, text);
}

static const char *join(struct cli *cli, char **items, size_t count, unsigned flags)
{
    const char *joined = "";
    for (size_t i = 0; i < count; i++) {
        joined = arena_printf(&cli->arena, "%s%s%s", joined, i ? ", " : "",
                              text_form(cli, items[i], flags));
        joined = joined ? joined : "";
    }
    return joined;
}

/* Date and time of day as "31 Jul 2016 14:05"; the date alone, or both without the year. */
static const char *stamp_form(struct cli *cli, const Google__Protobuf__Timestamp *stamp,
                              unsigned flags)
{
    char text[TIME_RFC3339_MAX];
    char date[TEXT_DATE_SIZE];
    time_rfc3339_format(stamp->seconds, 0, text);
    text[TIME_DATE_LEN] = '\0';
    const char *day = cli_copy(cli, text_date(text, date));
    if (flags & VIEW_DATE) {
        return day;
    }
    int day_len = flags & VIEW_TIME ? (int)(strlen(day) - strlen(" 2016")) : (int)strlen(day);
    return cli_printf(cli, "%.*s %.5s", day_len, day, text + TIME_DATE_LEN + 1);
}

const char *view_instant(struct cli *cli, const void *timestamp)
{
    return timestamp ? cli_printf(cli, "%s UTC", stamp_form(cli, timestamp, 0)) : "";
}

const char *view_pence(struct cli *cli, int64_t pence)
{
    char digits[VIEW_PENCE_SIZE];
    char out[VIEW_PENCE_SIZE * 2];
    size_t at = 0;
    if (pence <= 0) {
        return "";
    }
    size_t len = (size_t)snprintf(digits, sizeof(digits), "%" PRId64, pence / 100);
    for (size_t i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0) {
            out[at++] = ',';
        }
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return pence % 100 ? cli_printf(cli, "£%s.%02d", out, (int)(pence % 100))
                       : cli_printf(cli, "£%s", out);
}

static const char *scalar(struct cli *cli, const ProtobufCFieldDescriptor *field, const void *at,
                          unsigned flags)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return text_form(cli, *(char *const *)at, flags);
    case PROTOBUF_C_TYPE_INT32:
        return flags & VIEW_OPTIONAL && *(const int32_t *)at == 0
                   ? ""
                   : cli_printf(cli, "%d", *(const int32_t *)at);
    case PROTOBUF_C_TYPE_INT64:
        return flags & VIEW_PENCE ? view_pence(cli, *(const int64_t *)at)
                                  : cli_printf(cli, "%" PRId64, *(const int64_t *)at);
    case PROTOBUF_C_TYPE_BOOL:
        return *(const protobuf_c_boolean *)at ? "yes" : "";
    case PROTOBUF_C_TYPE_ENUM:
        return enum_words(cli, field->descriptor, *(const int *)at);
    case PROTOBUF_C_TYPE_MESSAGE: {
        const Google__Protobuf__Timestamp *stamp = *(void *const *)at;
        if (!stamp || stamp->base.descriptor != &google__protobuf__timestamp__descriptor) {
            return "";
        }
        return stamp_form(cli, stamp, flags & VIEW_TIME ? VIEW_TIME : VIEW_DATE);
    }
    default:
        return "";
    }
}

const char *view_text(struct cli *cli, const void *message, const struct view_column *column)
{
    char name[64];
    const char *path = column->field;
    for (const char *dot; message && (dot = strchr(path, '.')); path = dot + 1) {
        snprintf(name, sizeof(name), "%.*s", (int)(dot - path), path);
        const ProtobufCFieldDescriptor *outer = protobuf_c_message_descriptor_get_field_by_name(
            ((const ProtobufCMessage *)message)->descriptor, name);
        message = outer ? *(void *const *)((const char *)message + outer->offset) : NULL;
    }
    if (!message) {
        return "";
    }
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(
        ((const ProtobufCMessage *)message)->descriptor, path);
    if (!field) {
        return "";
    }
    const char *at = (const char *)message + field->offset;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        size_t count = *(const size_t *)((const char *)message + field->quantifier_offset);
        return join(cli, *(char ***)at, count, column->flags);
    }
    return scalar(cli, field, at, column->flags);
}

/* Identifiers are shown whole so that they can be copied, on one line where that can be. Where the
 * columns that give way cannot make up for them, they are continued on the next line. */
static void wrap_identifiers(const struct cli *cli, struct table *table,
                             const struct view_column *columns)
{
    size_t least = 0;
    for (size_t c = 0; c < table->column_count; c++) {
        size_t widest = text_width(table->titles[c]);
        size_t title = widest;
        if (table->flags[c] & TABLE_NOTE) {
            continue; /* it has a line of its own */
        }
        for (size_t r = 0; r < table->row_count; r++) {
            size_t width = text_width(table->cells[r * table->column_count + c].text);
            widest = width > widest ? width : widest;
        }
        bool flexible = table->flags[c] & (TABLE_CUT | TABLE_WRAP);
        size_t floor = title > TABLE_MIN_FLEXIBLE ? title : TABLE_MIN_FLEXIBLE;
        least += (flexible && widest > floor ? floor : widest) + (c ? VIEW_GAP : 0);
    }
    for (size_t c = 0; least > cli->width && c < table->column_count; c++) {
        bool flexible = table->flags[c] & (TABLE_CUT | TABLE_WRAP);
        if (!flexible && (columns[c].flags & (VIEW_ID | VIEW_OWNER))) {
            table->flags[c] |= TABLE_WRAP;
        }
    }
}

void view_table(struct cli *cli, const struct cli_list *list, const struct view_column *columns)
{
    struct table table;
    table_init(&table, &cli->arena, 0);
    size_t count = 0;
    for (; columns[count].title; count++) {
        table_column(&table, columns[count].title, columns[count].flags & 15);
    }
    for (size_t i = 0; i < list->count; i++) {
        struct table_cell *row = table_row(&table);
        for (size_t c = 0; row && c < count; c++) {
            row[c].text = view_text(cli, list->items[i], &columns[c]);
        }
    }
    wrap_identifiers(cli, &table, columns);
    table_print(&table, cli->out, cli->width, cli->colour);
}

void view_card(struct cli *cli, const void *message, const struct view_column *columns)
{
    struct table table;
    table_init(&table, &cli->arena, 0);
    table_column(&table, "", 0);
    table_column(&table, "", TABLE_WRAP);
    for (; columns->title; columns++) {
        const char *text = view_text(cli, message, columns);
        if (!*text && (columns->flags & VIEW_OPTIONAL)) {
            continue;
        }
        struct table_cell *row = table_row(&table);
        if (row) {
            row[0] = (struct table_cell){columns->title, STYLE_DIM};
            row[1].text = *text ? text : "–";
        }
    }
    table_print(&table, cli->out, cli->width, cli->colour);
}

int view_list(struct cli *cli, const char *method, void *request, const struct view_column *columns,
              const char *empty)
{
    struct cli_list list;
    if (!cli_list(cli, method, request, &list)) {
        return CLI_FAILED;
    }
    if (cli->json) {
        return cli_print_json_value(cli, list.json);
    }
    if (list.count == 0) {
        fprintf(cli->out, "%s\n", empty);
    } else {
        view_table(cli, &list, columns);
    }
    return CLI_OK;
}

int cli_written(struct cli *cli, const void *reply, const char *what, bool dry_run)
{
    if (!reply || cli->json) {
        return reply ? cli_print_json(cli, reply) : CLI_FAILED;
    }
    fprintf(cli->out, "%s %s.\n", what, dry_run ? "could be recorded (dry run)" : "is recorded");
    return CLI_OK;
}

void view_paragraph(struct cli *cli, FILE *out, const char *text, unsigned indent)
{
    size_t room = cli->width > indent + 20 ? cli->width - indent : 20;
    while (*text) {
        size_t line = strcspn(text, "\n");
        char *part = arena_strndup(&cli->arena, text, line);
        text += line + (text[line] == '\n');
        if (!part) {
            return;
        }
        if (!*part) {
            fputc('\n', out);
        }
        while (*part) {
            size_t bytes = text_fit_words(part, room);
            size_t shown = bytes;
            while (shown > 0 && part[shown - 1] == ' ') {
                shown--;
            }
            fprintf(out, "%*s%.*s\n", (int)indent, "", (int)shown, part);
            part += bytes;
            while (*part == ' ') {
                part++;
            }
        }
    }
}
