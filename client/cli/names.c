/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/cli.h"
#include "client/cli/text.h"

#include "pledge/v1/authority.pb-c.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

/* Without memory there is nothing sensible left to say; an empty text fails at the server. */
static char empty[1];

char *cli_printf(struct cli *cli, const char *format, ...)
{
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    char *text = len < 0 ? NULL : arena_alloc(&cli->arena, (size_t)len + 1);
    if (text) {
        vsnprintf(text, (size_t)len + 1, format, again);
    }
    va_end(again);
    va_end(args);
    return text ? text : empty;
}

char *cli_copy(struct cli *cli, const char *text)
{
    char *copy = arena_strndup(&cli->arena, text, strlen(text));
    return copy ? copy : empty;
}

char *cli_option_text(struct cli *cli, const char *name)
{
    const char *value = cli_option(cli, name);
    return cli_copy(cli, value ? value : "");
}

size_t cli_changes(struct cli *cli, const struct cli_change *changes, char **paths)
{
    size_t count = 0;
    const char *options = "";
    for (; changes->option; changes++) {
        if (cli_option(cli, changes->option)) {
            paths[count++] = changes->path;
        }
        options = cli_printf(cli, "%s%s--%s", options,
                             !*options               ? ""
                             : (changes + 1)->option ? ", "
                                                     : " or ",
                             changes->option);
    }
    if (count == 0) {
        cli_usage(cli, "say what to change: %s", options);
    }
    return count;
}

/* The identifier after "authorities/", or the whole word. */
static const char *authority_id(struct cli *cli, const char *authority)
{
    static const char prefix[] = "authorities/";
    if (strncmp(authority, prefix, sizeof(prefix) - 1) != 0) {
        return authority;
    }
    char *id = cli_copy(cli, authority + sizeof(prefix) - 1);
    id[strcspn(id, "/")] = '\0';
    return id;
}

char *cli_authority(struct cli *cli, const char *authority)
{
    return cli_printf(cli, "authorities/%s", authority_id(cli, authority));
}

char *cli_name(struct cli *cli, const char *authority, const char *collection, const char *id)
{
    return cli_printf(cli, "%s/%s/%s", cli_authority(cli, authority), collection,
                      text_last_segment(id));
}

struct owner_search {
    const char *wanted;
    char *found;
    const char *ids[1024];
    size_t count;
};

static void look(struct owner_search *search, char *name)
{
    const char *id = text_last_segment(name);
    if (strcmp(id, search->wanted) == 0) {
        search->found = name;
    }
    if (search->count < sizeof(search->ids) / sizeof(search->ids[0]) - 1) {
        search->ids[search->count++] = id;
    }
}

static bool search_owners(struct cli *cli, char *parent, struct owner_search *search)
{
    struct cli_list list;
    bool json = cli->json;
    cli->json = false;
    Pledge__V1__ListDepartmentsRequest departments = PLEDGE__V1__LIST_DEPARTMENTS_REQUEST__INIT;
    departments.parent = parent;
    bool ok = cli_list(cli, "AuthorityService/ListDepartments", &departments, &list);
    for (size_t i = 0; ok && i < list.count; i++) {
        look(search, ((Pledge__V1__Department *)list.items[i])->name);
    }
    if (ok && !search->found) {
        Pledge__V1__ListPartnerAgenciesRequest agencies =
            PLEDGE__V1__LIST_PARTNER_AGENCIES_REQUEST__INIT;
        agencies.parent = parent;
        ok = cli_list(cli, "AuthorityService/ListPartnerAgencies", &agencies, &list);
        for (size_t i = 0; ok && i < list.count; i++) {
            look(search, ((Pledge__V1__PartnerAgency *)list.items[i])->name);
        }
    }
    cli->json = json;
    return ok;
}

char *cli_owner(struct cli *cli, const char *authority, const char *owner)
{
    if (strncmp(owner, "authorities/", 12) == 0) {
        return cli_copy(cli, owner);
    }
    char *parent = cli_authority(cli, authority);
    if (strncmp(owner, "departments/", 12) == 0 || strncmp(owner, "partnerAgencies/", 16) == 0) {
        return cli_printf(cli, "%s/%s", parent, owner);
    }
    struct owner_search search = {.wanted = owner};
    if (!search_owners(cli, parent, &search)) {
        return NULL;
    }
    if (search.found) {
        return search.found;
    }
    const char *near = text_nearest(owner, search.ids);
    cli_fail(cli, "%s has no department or partner agency \"%s\"%s%s%s", text_last_segment(parent),
             owner, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    fprintf(cli->err, "See: pledge department list %s   pledge agency list %s\n",
            text_last_segment(parent), text_last_segment(parent));
    return NULL;
}

char *cli_version_name(struct cli *cli, const char *authority, const char *version)
{
    if (strncmp(version, "authorities/", 12) == 0) {
        return cli_copy(cli, version);
    }
    const char *slash = strchr(version, '/');
    if (!slash || slash == version || !slash[1] || strchr(slash + 1, '/')) {
        cli_usage(cli, "a version is written PLEDGE/NUMBER, such as promise/2, not \"%s\"",
                  version);
        return NULL;
    }
    return cli_printf(cli, "%s/pledges/%.*s/versions/%s", cli_authority(cli, authority),
                      (int)(slash - version), version, slash + 1);
}

char *cli_statement_name(struct cli *cli, const char *authority, const char *statement)
{
    const char *id = strrchr(statement, '/');
    if (strncmp(statement, "authorities/", 12) == 0) {
        return cli_copy(cli, statement);
    } else if (!id || memchr(statement, '/', (size_t)(id - statement)) == NULL) {
        cli_usage(cli, "a promise is written PLEDGE/N/ID, such as promise/2/7, not \"%s\"",
                  statement);
        return NULL;
    }
    char *version =
        cli_version_name(cli, authority, cli_printf(cli, "%.*s", (int)(id - statement), statement));
    return version ? cli_printf(cli, "%s/statements/%s", version, id + 1) : NULL;
}

bool cli_enum(const ProtobufCEnumDescriptor *type, const char *prefix, const char *word,
              int *ret_value)
{
    char name[64];
    snprintf(name, sizeof(name), "%s%s", prefix, word);
    for (char *at = name; *at; at++) {
        *at = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
    }
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value_by_name(type, name);
    *ret_value = value ? value->value : 0;
    return value && value->value != 0;
}
