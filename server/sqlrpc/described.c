/* SPDX-License-Identifier: Apache-2.0 */
#include "server/sqlrpc/described.h"

#include "common/base/be.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The file: the line below, which changes with this form; the fingerprint; then for each statement,
 * in any order, its index and the number of its columns, and for each column its type, the length
 * of its name, and the name with a NUL; at the end the SHA-256 of all that. Numbers are big-endian.
 */
static const char form[] = "pledged's statements, described 1\n";
static const char file_name[] = "statements";

enum {
    FORM_LEN = sizeof(form) - 1,
    HEAD_LEN = FORM_LEN + DESCRIBED_HASH,
    ENTRY_LEN = 8,  /* index, columns */
    COLUMN_LEN = 5, /* type, length of the name */
    PATH_LEN = 4096,
    PIECE_LEN = 256, /* of the statement about the catalogue */
};

/*
 * All that parsing and rewriting a statement may look up, in one snapshot. A row of the catalogue
 * that a command changed is a new one with its transaction's number in xmin, which VACUUM and
 * ANALYZE leave as it was: they change rows of pg_class where they are. PostgreSQL's own rows,
 * below 16384, change with its version or by a row of their own beside them. A database that was
 * set back to an earlier day counts transactions once more, on another timeline.
 */
static const char *const objects[] = {"pg_namespace", "pg_class",     "pg_type",      "pg_enum",
                                      "pg_proc",      "pg_operator",  "pg_cast",      "pg_amop",
                                      "pg_opclass",   "pg_collation", "pg_attrdef",   "pg_rewrite",
                                      "pg_policy",    "pg_trigger",   "pg_constraint"};
static const char object_sql[] =
    "sha256((SELECT string_agg(oidsend(oid) || xidsend(xmin), '')"
    " FROM (SELECT oid, xmin FROM %s WHERE oid >= 16384 ORDER BY oid) AS a)), ";
static const char attribute_sql[] =
    "sha256((SELECT string_agg(oidsend(attrelid) || int2send(attnum) || xidsend(xmin), '')"
    " FROM (SELECT attrelid, attnum, xmin FROM pg_attribute"
    " WHERE attrelid >= 16384 ORDER BY attrelid, attnum) AS a)), ";
/* who asks, of whom, and under which settings */
static const char session_sql[] =
    "ARRAY(SELECT ROW(roleid, member) FROM pg_auth_members ORDER BY roleid, member),"
    " (SELECT ROW(r.oid, rolsuper, rolbypassrls, d.oid) FROM pg_roles AS r, pg_database AS d"
    " WHERE rolname = current_user AND datname = current_database()),"
    " (SELECT ROW(system_identifier, timeline_id)"
    " FROM pg_control_system(), pg_control_checkpoint()), current_schemas(true)";
static const char *const settings[] = {"server_version_num",    "client_encoding",
                                       "search_path",           "DateStyle",
                                       "IntervalStyle",         "TimeZone",
                                       "array_nulls",           "xmloption",
                                       "backslash_quote",       "standard_conforming_strings",
                                       "transform_null_equals", "default_text_search_config"};

static bool make_catalogue_sql(struct buf *sql)
{
    char piece[PIECE_LEN];
    bool good = buf_append(sql, "SELECT ", strlen("SELECT "));
    for (size_t i = 0; good && i < sizeof(objects) / sizeof(objects[0]); i++) {
        snprintf(piece, sizeof(piece), object_sql, objects[i]);
        good = buf_append(sql, piece, strlen(piece));
    }
    good = good && buf_append(sql, attribute_sql, strlen(attribute_sql)) &&
           buf_append(sql, session_sql, strlen(session_sql));
    for (size_t i = 0; good && i < sizeof(settings) / sizeof(settings[0]); i++) {
        snprintf(piece, sizeof(piece), ", current_setting('%s')", settings[i]);
        good = buf_append(sql, piece, strlen(piece));
    }
    return good && buf_append(sql, "", 1);
}

/* --- the fingerprint
 * ------------------------------------------------------------------------------- */

/* With its length, so that what stands side by side cannot be taken for something else. */
static bool hash_piece(EVP_MD_CTX *hash, const void *data, size_t len)
{
    uint8_t head[4];
    be_put32(head, (uint32_t)len);
    return EVP_DigestUpdate(hash, head, sizeof(head)) == 1 &&
           EVP_DigestUpdate(hash, data, len) == 1;
}

static bool hash_statement(EVP_MD_CTX *hash, const struct db_statement *statement)
{
    bool good = hash_piece(hash, statement->sql, strlen(statement->sql));
    for (int i = 0; good && i < statement->param_count; i++) {
        uint8_t type[4];
        be_put32(type, statement->param_types ? statement->param_types[i] : 0);
        good = hash_piece(hash, type, sizeof(type));
    }
    return good && hash_piece(hash, "", 0);
}

static bool hash_all(EVP_MD_CTX *hash, const PGresult *catalogue,
                     struct db_statement *const *statements, size_t count)
{
    bool good = EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1 &&
                hash_piece(hash, PLEDGE_VERSION, strlen(PLEDGE_VERSION));
    for (int i = 0; good && i < PQnfields(catalogue); i++) {
        good = hash_piece(hash, PQgetvalue(catalogue, 0, i), (size_t)PQgetlength(catalogue, 0, i));
    }
    for (size_t i = 0; good && i < count; i++) {
        good = hash_statement(hash, statements[i]);
    }
    return good;
}

bool described_ask(PGconn *conn)
{
    struct buf sql = {0};
    bool sent = make_catalogue_sql(&sql) && PQsendQueryParams(conn, (const char *)buf_head(&sql), 0,
                                                              NULL, NULL, NULL, NULL, 0) == 1;
    buf_deinit(&sql);
    return sent;
}

bool described_recognise(struct described *described, PGconn *conn,
                         struct db_statement *const *statements, struct err *err)
{
    PGresult *catalogue = PQgetResult(conn);
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    if (PQresultStatus(catalogue) != PGRES_TUPLES_OK || PQntuples(catalogue) != 1) {
        err_set(err, GRPC_INTERNAL, "the catalogue cannot be read: %s", PQerrorMessage(conn));
    } else {
        described->keeps = hash && hash_all(hash, catalogue, statements, described->count) &&
                           EVP_DigestFinal_ex(hash, described->fingerprint, NULL) == 1;
        if (!described->keeps) {
            err_no_memory(err);
        }
    }
    EVP_MD_CTX_free(hash);
    while (catalogue) {
        PQclear(catalogue);
        catalogue = PQgetResult(conn);
    }
    return described->keeps;
}

/* --- descriptions
 * ---------------------------------------------------------------------------------- */

/* Nothing but the head, whose fingerprint is filled in when the file is written. */
static bool empty(struct described *described)
{
    static const unsigned char none[DESCRIBED_HASH];
    memset(described->at, 0, described->count * sizeof(*described->at));
    buf_consume(&described->image, described->image.len);
    return buf_append(&described->image, form, FORM_LEN) &&
           buf_append(&described->image, none, DESCRIBED_HASH);
}

bool described_init(struct described *described, size_t count)
{
    *described = (struct described){.at = calloc(count + 1, sizeof(size_t))};
    described->count = described->at ? count : 0;
    return described->at && empty(described);
}

void described_deinit(struct described *described)
{
    buf_deinit(&described->image);
    free(described->at);
    *described = (struct described){0};
}

bool described_add(struct described *described, size_t index, const PGresult *description)
{
    struct buf *image = &described->image;
    size_t at = image->len;
    uint8_t entry[ENTRY_LEN];
    int columns = PQnfields(description);
    be_put32(entry, (uint32_t)index);
    be_put32(entry + 4, (uint32_t)columns);
    bool good = buf_append(image, entry, sizeof(entry));
    for (int i = 0; good && i < columns; i++) {
        const char *name = PQfname(description, i);
        uint8_t column[COLUMN_LEN];
        be_put32(column, PQftype(description, i));
        column[4] = (uint8_t)strlen(name); /* an identifier has at most 63 bytes */
        good = buf_append(image, column, sizeof(column)) &&
               buf_append(image, name, (size_t)column[4] + 1);
    }
    described->at[index] = good ? at : 0;
    return good;
}

bool described_known(const struct described *described, size_t index, unsigned *ret_columns)
{
    size_t at = index < described->count ? described->at[index] : 0;
    *ret_columns = at > 0 ? be_get32(buf_head(&described->image) + at + 4) : 0;
    return at > 0;
}

void described_columns(const struct described *described, size_t index,
                       struct described_column *ret_columns, unsigned most)
{
    unsigned count;
    const uint8_t *at = buf_head(&described->image) + described->at[index] + ENTRY_LEN;
    described_known(described, index, &count);
    for (unsigned i = 0; i < count && i < most; i++) {
        ret_columns[i] = (struct described_column){(const char *)at + COLUMN_LEN, be_get32(at)};
        at += COLUMN_LEN + at[4] + 1;
    }
}

/* --- the file
 * -------------------------------------------------------------------------------------- */

/* The length of the entry at the front of `len` bytes, 0 if it is none. */
static size_t entry_length(const uint8_t *bytes, size_t len)
{
    size_t at = ENTRY_LEN;
    uint32_t columns = len >= ENTRY_LEN ? be_get32(bytes + 4) : 0;
    for (uint32_t i = 0; i < columns; i++) {
        if (len - at < COLUMN_LEN || len - at - COLUMN_LEN < (size_t)bytes[at + 4] + 1 ||
            strnlen((const char *)bytes + at + COLUMN_LEN, (size_t)bytes[at + 4] + 1) !=
                bytes[at + 4]) {
            return 0;
        }
        at += COLUMN_LEN + bytes[at + 4] + 1;
    }
    return len >= ENTRY_LEN ? at : 0;
}

/* Finds each statement's entry, once. */
static bool find_entries(struct described *described)
{
    const uint8_t *bytes = buf_head(&described->image);
    size_t found = 0;
    for (size_t at = HEAD_LEN, len; at < described->image.len; at += len, found++) {
        len = entry_length(bytes + at, described->image.len - at);
        uint32_t index = len > 0 ? be_get32(bytes + at) : UINT32_MAX;
        if (index >= described->count || described->at[index] > 0) {
            return false;
        }
        described->at[index] = at;
    }
    return found == described->count;
}

bool described_take(struct described *described, const uint8_t *bytes, size_t len, struct err *err)
{
    unsigned char sum[DESCRIBED_HASH];
    size_t body = len - DESCRIBED_HASH;
    if (!empty(described)) {
        return err_no_memory(err);
    }
    if (len < HEAD_LEN + DESCRIBED_HASH || memcmp(bytes, form, FORM_LEN) != 0) {
        return err_set(err, GRPC_DATA_LOSS, "the file is of another form");
    }
    if (EVP_Digest(bytes, body, sum, NULL, EVP_sha256(), NULL) != 1 ||
        memcmp(sum, bytes + body, sizeof(sum)) != 0) {
        return err_set(err, GRPC_DATA_LOSS, "the file is damaged");
    }
    if (!described->keeps ||
        memcmp(described->fingerprint, bytes + FORM_LEN, DESCRIBED_HASH) != 0) {
        return err_set(err, GRPC_FAILED_PRECONDITION,
                       "the statements or the database's catalogue changed");
    }
    buf_consume(&described->image, described->image.len);
    bool good = buf_append(&described->image, bytes, body) && find_entries(described);
    if (!good) {
        err_set(err, GRPC_DATA_LOSS, "the file is not whole");
    }
    return good || (empty(described), false);
}

/* A file that somebody else may have written is not believed. */
static bool is_ours(int fd, struct stat *status)
{
    return fstat(fd, status) == 0 && S_ISREG(status->st_mode) && status->st_uid == geteuid() &&
           (status->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static bool read_whole(int fd, uint8_t *bytes, size_t len)
{
    size_t have = 0;
    ssize_t more = 1;
    while (have < len && more > 0) {
        more = read(fd, bytes + have, len - have);
        have += more > 0 ? (size_t)more : 0;
    }
    return have == len;
}

bool described_read(struct described *described, const char *folder, struct err *err)
{
    char path[PATH_LEN];
    struct stat status;
    snprintf(path, sizeof(path), "%s/%s", folder, file_name);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        return err_set(err, GRPC_NOT_FOUND, "%s: %s", path, strerror(errno));
    }
    uint8_t *bytes = NULL;
    if (!is_ours(fd, &status)) {
        err_set(err, GRPC_PERMISSION_DENIED, "%s: others can write it", path);
    } else if (status.st_size > DESCRIBED_MAX_FILE) {
        err_set(err, GRPC_OUT_OF_RANGE, "%s: too long", path);
    } else if (!(bytes = malloc((size_t)status.st_size + 1))) {
        err_no_memory(err);
    } else if (!read_whole(fd, bytes, (size_t)status.st_size)) {
        err_set(err, GRPC_DATA_LOSS, "%s cannot be read", path);
    } else {
        described_take(described, bytes, (size_t)status.st_size, err);
    }
    close(fd);
    free(bytes);
    return err->code == GRPC_OK;
}

static bool write_whole(int fd, const void *data, size_t len)
{
    const uint8_t *bytes = data;
    while (len > 0) {
        ssize_t done = write(fd, bytes, len);
        if (done < 0) {
            return false;
        }
        bytes += done;
        len -= (size_t)done;
    }
    return true;
}

/* Not synced: what a power cut leaves is whole, or its checksum shows it. */
static bool write_image(const struct described *described, int fd)
{
    unsigned char sum[DESCRIBED_HASH];
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    const uint8_t *entries = buf_head(&described->image) + HEAD_LEN;
    size_t len = described->image.len - HEAD_LEN;
    bool good = hash && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1 &&
                EVP_DigestUpdate(hash, form, FORM_LEN) == 1 &&
                EVP_DigestUpdate(hash, described->fingerprint, DESCRIBED_HASH) == 1 &&
                EVP_DigestUpdate(hash, entries, len) == 1 &&
                EVP_DigestFinal_ex(hash, sum, NULL) == 1 && write_whole(fd, form, FORM_LEN) &&
                write_whole(fd, described->fingerprint, DESCRIBED_HASH) &&
                write_whole(fd, entries, len) && write_whole(fd, sum, sizeof(sum));
    EVP_MD_CTX_free(hash);
    return good;
}

bool described_write(const struct described *described, const char *folder, struct err *err)
{
    char path[PATH_LEN];
    char fresh[PATH_LEN];
    if (!described->keeps) {
        return err_set(err, GRPC_FAILED_PRECONDITION, "without a fingerprint nothing is kept");
    }
    snprintf(path, sizeof(path), "%s/%s", folder, file_name);
    snprintf(fresh, sizeof(fresh), "%s/%s.XXXXXX", folder, file_name);
    int fd = mkostemp(fresh, O_CLOEXEC); /* 0600 */
    if (fd < 0) {
        return err_set(err, GRPC_INTERNAL, "%s: %s", fresh, strerror(errno));
    }
    bool good = write_image(described, fd);
    good = close(fd) == 0 && good && rename(fresh, path) == 0;
    if (!good) {
        err_set(err, GRPC_INTERNAL, "%s: %s", path, strerror(errno));
        unlink(fresh);
    }
    return good;
}
