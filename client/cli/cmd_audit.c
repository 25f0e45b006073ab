/* SPDX-License-Identifier: Apache-2.0 */
/* The audit trail as a file of JSON lines, and the proof that such a file is whole. The form of an
 * entry's hash is that of proto/pledge/v1/audit.proto. */
#include "client/cli/commands.h"
#include "client/cli/text.h"
#include "common/msg/json.h"
#include "common/msg/lines.h"

#include "pledge/v1/audit.pb-c.h"

#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum {
    HASH_BYTES = 32,
    HASH_TEXT = 2 * HASH_BYTES + 1,
    SALT_BYTES = 16,
    ENTRY_CAP = 256 * 1024 * 1024
};

/* --- export ------------------------------------------------------------------------------------
 */

static bool write_entry(const ProtobufCMessage *entry, FILE *out)
{
    json_t *json = msg_json_write(entry, MSG_JSON_DEFAULTS, NULL);
    char *line = json ? json_dumps(json, JSON_COMPACT) : NULL;
    bool good = line && fprintf(out, "%s\n", line) > 0;
    free(line);
    json_decref(json);
    return good;
}

/* `data` counts the entries. */
static bool write_page(struct cli *cli, const void *page, void *data)
{
    size_t count;
    void **entries = cli_page_items(page, &count);
    for (size_t i = 0; i < count; i++) {
        if (!write_entry(entries[i], cli->out)) {
            cli_fail(cli, "the entries cannot be written: %s", strerror(errno));
            return false;
        }
    }
    *(size_t *)data += count;
    cli_forget(cli);
    return true;
}

int run_audit_export(struct cli *cli)
{
    const char *from = cli_option(cli, "after");
    char *end = NULL;
    int64_t after = from ? strtoll(from, &end, 10) : 0;
    if (from && (!*from || *end || after < 0)) {
        return cli_usage(cli, "--after is the number of an entry, not \"%s\"", from);
    }
    if (cli_flag(cli, "host") == (*cli_argument(cli, 0) != '\0')) {
        return cli_usage(cli, "say either AUTHORITY or --host");
    }
    Pledge__V1__ListHostAuditEntriesRequest of_host =
        PLEDGE__V1__LIST_HOST_AUDIT_ENTRIES_REQUEST__INIT;
    Pledge__V1__ListAuditEntriesRequest of_council = PLEDGE__V1__LIST_AUDIT_ENTRIES_REQUEST__INIT;
    size_t count = 0;
    of_host.after = of_council.after = after;
    of_council.parent = cli_authority(cli, cli_argument(cli, 0));
    bool good =
        cli_flag(cli, "host")
            ? cli_pages(cli, "AuditService/ListHostAuditEntries", &of_host, write_page, &count)
            : cli_pages(cli, "AuditService/ListAuditEntries", &of_council, write_page, &count);
    if (!good) {
        return CLI_FAILED;
    }
    fprintf(cli->err, "%zu %s exported.\n", count, count == 1 ? "entry" : "entries");
    return CLI_OK;
}

/* --- verify ------------------------------------------------------------------------------------
 */

/* What a file is held against. */
struct chain {
    const char *file;
    size_t line;
    char authority[128]; /* of the first entry */
    int64_t number; /* of the last entry that was good; before the first that of a checkpoint */
    char hash[HASH_TEXT]; /* its hash */
    int64_t first;
    int64_t pinned; /* the number that --checkpoint names, or -1, */
    char pin[HASH_TEXT];
    bool pin_seen;
};

/* "derby" of authorities/derby/auditEntries/7, "" of auditEntries/7. */
static void authority_of(const Pledge__V1__AuditEntry *entry, char *ret_authority, size_t size)
{
    const char *prefix = "authorities/";
    const char *name = entry->name;
    bool has = strncmp(name, prefix, strlen(prefix)) == 0;
    name += has ? strlen(prefix) : 0;
    snprintf(ret_authority, size, "%.*s", has ? (int)strcspn(name, "/") : 0, name);
}

static void hash_of(const Pledge__V1__AuditEntry *entry, const char *before, const char *authority,
                    char ret_hash[HASH_TEXT])
{
    struct buf text = {0};
    unsigned char digest[HASH_BYTES] = {0};
    buf_append(&text, before, strlen(before));
    buf_append(&text, "\n", 1);
    lines_text(&text, "pledge-audit", "1");
    lines_text(&text, "authority", authority);
    lines_number(&text, "number", entry->number);
    lines_text(&text, "recorded_at", entry->recorded_at);
    lines_text(&text, "kind", entry->kind);
    lines_text(&text, "principal", entry->principal);
    lines_text(&text, "role", entry->role);
    lines_text(&text, "method", entry->method);
    lines_text(&text, "outcome", entry->outcome);
    lines_text(&text, "peer", entry->peer_digest);
    lines_text(&text, "request_id", entry->request_id);
    lines_text(&text, "request_hash", entry->request_hash);
    lines_number(&text, "missed", entry->missed);
    for (size_t i = 0; i < entry->n_changes; i++) {
        buf_append(&text, "change\t", 7);
        buf_append(&text, entry->changes[i], strlen(entry->changes[i]));
        buf_append(&text, "\n", 1);
    }
    EVP_Digest(buf_head(&text), text.len, digest, NULL, EVP_sha256(), NULL);
    buf_deinit(&text);
    text_hex(digest, sizeof(digest), ret_hash);
}

/* The bytes of so many pairs of hexadecimal digits. False when there are others, more or fewer. */
static bool unhex(const char *text, unsigned char *ret_bytes, size_t count)
{
    if (strlen(text) != 2 * count || strspn(text, "0123456789abcdef") != 2 * count) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const char pair[] = {text[2 * i], text[2 * i + 1], '\0'};
        ret_bytes[i] = (unsigned char)strtoul(pair, NULL, 16);
    }
    return true;
}

/* Whether the address is the one that was recorded. One that was cleared, with its salt, may have
 * been any. */
static bool peer_holds(const Pledge__V1__AuditEntry *entry)
{
    unsigned char salt[SALT_BYTES];
    unsigned char digest[HASH_BYTES] = {0};
    char hex[HASH_TEXT];
    struct buf text = {0};
    if (!*entry->peer_salt) {
        return !*entry->peer;
    }
    if (!unhex(entry->peer_salt, salt, sizeof(salt))) {
        return false;
    }
    buf_append(&text, salt, sizeof(salt));
    buf_append(&text, entry->peer, strlen(entry->peer));
    EVP_Digest(buf_head(&text), text.len, digest, NULL, EVP_sha256(), NULL);
    buf_deinit(&text);
    text_hex(digest, sizeof(digest), hex);
    return strcmp(hex, entry->peer_digest) == 0;
}

/* "NUMBER:HASH". False with the mistake printed. */
static bool read_checkpoint(struct cli *cli, struct chain *chain)
{
    const char *given = cli_option(cli, "checkpoint");
    char *end = NULL;
    chain->pinned = -1;
    if (!given) {
        return true;
    }
    chain->pinned = strtoll(given, &end, 10);
    if (end == given || *end != ':' || chain->pinned < 0 || strlen(end + 1) != HASH_TEXT - 1 ||
        strspn(end + 1, "0123456789abcdef") != HASH_TEXT - 1) {
        cli_usage(cli, "--checkpoint is NUMBER:HASH as an earlier run printed it");
        return false;
    }
    snprintf(chain->pin, sizeof(chain->pin), "%s", end + 1);
    return true;
}

/* What the first entry follows. False with the reason printed. */
static bool begin(struct cli *cli, struct chain *chain, const Pledge__V1__AuditEntry *entry)
{
    authority_of(entry, chain->authority, sizeof(chain->authority));
    chain->first = entry->number;
    chain->number = entry->number - 1;
    if (chain->number == 0) {
        memset(chain->hash, '0', HASH_TEXT - 1);
    } else if (chain->number == chain->pinned) {
        snprintf(chain->hash, sizeof(chain->hash), "%s", chain->pin);
        chain->pin_seen = true;
    } else {
        cli_fail(cli,
                 "%s begins with entry %" PRId64 "; say which it follows: --checkpoint %" PRId64
                 ":HASH",
                 chain->file, entry->number, chain->number);
        return false;
    }
    return true;
}

/* False with what does not hold printed. */
static bool follows(struct cli *cli, struct chain *chain, const Pledge__V1__AuditEntry *entry)
{
    char authority[sizeof(chain->authority)];
    char hash[HASH_TEXT];
    authority_of(entry, authority, sizeof(authority));
    if (strcmp(authority, chain->authority) != 0) {
        cli_fail(cli, "line %zu: an entry of another authority (%s)", chain->line, authority);
    } else if (entry->number != chain->number + 1) {
        cli_fail(cli, "line %zu: entry %" PRId64 " follows entry %" PRId64 ": %s", chain->line,
                 entry->number, chain->number,
                 entry->number > chain->number ? "what was between them is missing"
                                               : "they are not in their order");
    } else if (!peer_holds(entry)) {
        cli_fail(cli,
                 "line %zu: entry %" PRId64
                 " was changed: its address is not the one that was recorded",
                 chain->line, entry->number);
    } else {
        hash_of(entry, chain->hash, authority, hash);
        if (strcmp(hash, entry->hash) == 0) {
            chain->number = entry->number;
            snprintf(chain->hash, sizeof(chain->hash), "%s", hash);
            if (entry->number != chain->pinned || strcmp(hash, chain->pin) == 0) {
                chain->pin_seen |= entry->number == chain->pinned;
                return true;
            }
            cli_fail(cli, "line %zu: entry %" PRId64 " is not the one of the checkpoint",
                     chain->line, entry->number);
        } else {
            cli_fail(cli,
                     "line %zu: entry %" PRId64
                     " was changed, or what is before it: its hash does not hold",
                     chain->line, entry->number);
        }
    }
    return false;
}

/* False with the reason printed. */
static bool take_line(struct cli *cli, struct chain *chain, const char *line, size_t len)
{
    struct arena arena;
    struct err err = {0};
    arena_init(&arena, ENTRY_CAP);
    json_t *json = msg_json_parse((const uint8_t *)line, len, &err);
    const Pledge__V1__AuditEntry *entry =
        json ? (const Pledge__V1__AuditEntry *)msg_json_read(&pledge__v1__audit_entry__descriptor,
                                                             json, &arena, &err)
             : NULL;
    bool good =
        entry && (chain->line > 1 || begin(cli, chain, entry)) && follows(cli, chain, entry);
    if (!entry) {
        cli_fail(cli, "line %zu is no audit entry: %s", chain->line, err.message);
    }
    json_decref(json);
    arena_deinit(&arena);
    return good;
}

int run_audit_verify(struct cli *cli)
{
    struct chain chain = {.file = cli_argument(cli, 0)};
    bool standard = strcmp(chain.file, "-") == 0;
    if (!read_checkpoint(cli, &chain)) {
        return CLI_USAGE;
    }
    FILE *file = standard ? stdin : fopen(chain.file, "r");
    if (!file) {
        return cli_fail(cli, "cannot read %s: %s", chain.file, strerror(errno));
    }
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    bool good = true;
    while (good && (len = getline(&line, &room, file)) > 0) {
        chain.line++;
        good = take_line(cli, &chain, line, (size_t)len);
    }
    free(line);
    if (!standard) {
        fclose(file);
    }
    if (!good) {
        return CLI_FAILED;
    }
    if (chain.line == 0) {
        return cli_fail(cli, "%s has no entries", chain.file);
    }
    if (chain.pinned > 0 && !chain.pin_seen) {
        return cli_fail(cli, "entry %" PRId64 " of the checkpoint is not in %s", chain.pinned,
                        chain.file);
    }
    fprintf(cli->out,
            "%s: entries %" PRId64 " to %" PRId64 " are whole and in their order.\n"
            "Checkpoint, to keep where nobody of the service can write:\n%" PRId64 ":%s\n",
            *chain.authority ? chain.authority : "the host's own", chain.first, chain.number,
            chain.number, chain.hash);
    return CLI_OK;
}
