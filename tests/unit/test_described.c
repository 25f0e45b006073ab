/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "common/base/be.h"
#include "server/sqlrpc/described.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STATEMENTS = 3, ROOM = 1024 };

static char folder[] = "/tmp/pledge-described.XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    bool made = mkdtemp(folder) != NULL;
    snprintf(path, sizeof(path), "%s/statements", folder);
    return made ? 0 : -1;
}

static int remove_folder(void **state)
{
    unlink(path);
    return rmdir(folder);
}

static struct described recognised(size_t count)
{
    struct described described;
    assert_true(described_init(&described, count));
    described.keeps = true;
    memset(described.fingerprint, 7, sizeof(described.fingerprint));
    return described;
}

static void add(struct described *described, size_t index, unsigned columns, const Oid *types,
                const char *const *names)
{
    PGresAttDesc attributes[2];
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_COMMAND_OK);
    memset(attributes, 0, sizeof(attributes));
    for (unsigned i = 0; i < columns; i++) {
        attributes[i].name = (char *)(uintptr_t)names[i];
        attributes[i].typid = types[i];
    }
    if (columns > 0) {
        assert_true(PQsetResultAttrs(result, (int)columns, attributes));
    }
    assert_true(described_add(described, index, result));
    PQclear(result);
}

/* Three statements; the last answers with nothing. Not in the order of their indexes, as answers
 * of two connections come. */
static struct described known(void)
{
    struct described described = recognised(STATEMENTS);
    add(&described, 2, 0, NULL, NULL);
    add(&described, 0, 2, (const Oid[]){25, 1184}, (const char *const[]){"name", "create_time"});
    add(&described, 1, 1, (const Oid[]){1009}, (const char *const[]){"owners.rating"});
    return described;
}

static void check_known(const struct described *described)
{
    struct described_column columns[2];
    unsigned count;
    assert_true(described_known(described, 2, &count));
    assert_int_equal(count, 0);
    assert_true(described_known(described, 0, &count));
    assert_int_equal(count, 2);
    described_columns(described, 0, columns, 2);
    assert_string_equal(columns[0].name, "name");
    assert_int_equal(columns[0].type, 25);
    assert_string_equal(columns[1].name, "create_time");
    assert_int_equal(columns[1].type, 1184);
    assert_true(described_known(described, 1, &count));
    described_columns(described, 1, columns, 1);
    assert_string_equal(columns[0].name, "owners.rating");
    assert_int_equal(columns[0].type, 1009);
}

/* Nothing of a file that is refused is believed, and asking can fill the table from the start. */
static void check_refused(struct described *described, bool taken, const struct err *err)
{
    unsigned count;
    assert_false(taken);
    assert_true(err->code != GRPC_OK && *err->message);
    for (size_t i = 0; i < described->count; i++) {
        assert_false(described_known(described, i, &count));
        assert_int_equal(count, 0);
    }
}

static void write_known(void)
{
    struct described described = known();
    struct err err = {0};
    assert_true(described_write(&described, folder, &err));
    described_deinit(&described);
}

static size_t file_bytes(uint8_t bytes[ROOM])
{
    write_known();
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t len = fread(bytes, 1, ROOM, file);
    assert_in_range(len, 100, ROOM - 1);
    fclose(file);
    return len;
}

static void what_is_written_is_read(void **state)
{
    struct described described = recognised(STATEMENTS);
    struct err err = {0};
    struct stat status;
    write_known();
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_true(described_read(&described, folder, &err));
    check_known(&described);
    described_deinit(&described);
}

static void a_file_that_is_not_all_ours_is_refused(void **state)
{
    static const mode_t modes[] = {0620, 0602, 0666};
    struct described described = recognised(STATEMENTS);
    write_known();
    for (size_t i = 0; i < COUNT(modes); i++) {
        struct err err = {0};
        assert_int_equal(chmod(path, modes[i]), 0);
        check_refused(&described, described_read(&described, folder, &err), &err);
    }
    assert_int_equal(chmod(path, 0600), 0);
    if (geteuid() == 0) { /* nobody else can give files away */
        struct err err = {0};
        assert_int_equal(chown(path, 1, 1), 0);
        check_refused(&described, described_read(&described, folder, &err), &err);
        assert_int_equal(chown(path, 0, 0), 0);
    }
    struct err err = {0};
    assert_true(described_read(&described, folder, &err));
    described_deinit(&described);
}

static void what_is_no_file_is_refused(void **state)
{
    struct described described = recognised(STATEMENTS);
    char elsewhere[80];
    snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", folder);
    write_known();
    assert_int_equal(rename(path, elsewhere), 0);
    struct err missing = {0};
    check_refused(&described, described_read(&described, folder, &missing), &missing);
    struct err link = {0};
    assert_int_equal(symlink(elsewhere, path), 0);
    check_refused(&described, described_read(&described, folder, &link), &link);
    unlink(path);
    struct err pipe = {0};
    assert_int_equal(mkfifo(path, 0600), 0);
    check_refused(&described, described_read(&described, folder, &pipe), &pipe);
    unlink(path);
    struct err long_file = {0};
    assert_int_equal(truncate(elsewhere, DESCRIBED_MAX_FILE + 1), 0);
    assert_int_equal(rename(elsewhere, path), 0);
    check_refused(&described, described_read(&described, folder, &long_file), &long_file);
    described_deinit(&described);
}

static void a_file_that_cannot_be_written_is_told(void **state)
{
    struct described described = known();
    struct err err = {0};
    assert_false(described_write(&described, "/nonexistent", &err));
    assert_non_null(strstr(err.message, "/nonexistent"));
    described_deinit(&described);
}

static void a_cut_file_is_refused(void **state)
{
    uint8_t bytes[ROOM];
    size_t len = file_bytes(bytes);
    struct described described = recognised(STATEMENTS);
    for (size_t cut = 0; cut < len; cut++) {
        struct err err = {0};
        uint8_t *part = malloc(cut + 1); /* so that a byte too far is seen */
        memcpy(part, bytes, cut);
        check_refused(&described, described_take(&described, part, cut, &err), &err);
        free(part);
    }
    struct err err = {0};
    assert_true(described_take(&described, bytes, len, &err));
    check_known(&described);
    described_deinit(&described);
}

static void a_flipped_bit_is_refused(void **state)
{
    uint8_t bytes[ROOM];
    size_t len = file_bytes(bytes);
    struct described described = recognised(STATEMENTS);
    for (size_t bit = 0; bit < len * 8; bit++) {
        struct err err = {0};
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        check_refused(&described, described_take(&described, bytes, len, &err), &err);
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    described_deinit(&described);
}

static void another_fingerprint_is_refused(void **state)
{
    uint8_t bytes[ROOM];
    size_t len = file_bytes(bytes);
    struct described described = recognised(STATEMENTS);
    for (size_t i = 0; i < DESCRIBED_HASH; i++) {
        struct err err = {0};
        described.fingerprint[i] ^= 1;
        check_refused(&described, described_take(&described, bytes, len, &err), &err);
        described.fingerprint[i] ^= 1;
    }
    described.keeps = false;
    struct err err = {0};
    check_refused(&described, described_take(&described, bytes, len, &err), &err);
    described_deinit(&described);
}

/* Every byte changed, with a checksum that holds: what is taken can be told. */
static void what_a_checksum_does_not_show_does_no_harm(void **state)
{
    uint8_t bytes[ROOM];
    size_t len = file_bytes(bytes);
    struct described described = recognised(STATEMENTS);
    unsigned refused = 0;
    unsigned told = 0;
    for (size_t at = 0; at < len - DESCRIBED_HASH; at++) {
        for (unsigned change = 1; change < 256; change *= 2) {
            struct described_column columns[4];
            struct err err = {0};
            unsigned count;
            bytes[at] ^= (uint8_t)change;
            EVP_Digest(bytes, len - DESCRIBED_HASH, bytes + len - DESCRIBED_HASH, NULL,
                       EVP_sha256(), NULL);
            bool taken = described_take(&described, bytes, len, &err);
            refused += !taken;
            told += taken;
            for (size_t i = 0; taken && i < STATEMENTS; i++) {
                assert_true(described_known(&described, i, &count));
                described_columns(&described, i, columns, COUNT(columns));
                for (unsigned k = 0; k < count && k < COUNT(columns); k++) {
                    assert_in_range(strlen(columns[k].name), 0, 255);
                }
            }
            bytes[at] ^= (uint8_t)change;
        }
    }
    assert_true(refused > 100 && told > 100);
    described_deinit(&described);
}

static void all_statements_are_in_it_once(void **state)
{
    uint8_t bytes[ROOM];
    size_t len = file_bytes(bytes);
    for (size_t count = STATEMENTS - 1; count <= STATEMENTS + 1; count += 2) {
        struct described described = recognised(count);
        struct err err = {0};
        check_refused(&described, described_take(&described, bytes, len, &err), &err);
        described_deinit(&described);
    }
    struct described twice = recognised(STATEMENTS);
    struct err err = {0};
    uint8_t *first = bytes + len - DESCRIBED_HASH; /* the last entry is that of statement 1 */
    while (be_get32(first) != 1 || be_get32(first + 4) != 1) {
        first--;
    }
    be_put32(first, 0);
    EVP_Digest(bytes, len - DESCRIBED_HASH, bytes + len - DESCRIBED_HASH, NULL, EVP_sha256(), NULL);
    check_refused(&twice, described_take(&twice, bytes, len, &err), &err);
    described_deinit(&twice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_file_that_is_not_all_ours_is_refused),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(a_file_that_cannot_be_written_is_told),
        cmocka_unit_test(a_cut_file_is_refused),
        cmocka_unit_test(a_flipped_bit_is_refused),
        cmocka_unit_test(another_fingerprint_is_refused),
        cmocka_unit_test(what_a_checksum_does_not_show_does_no_harm),
        cmocka_unit_test(all_statements_are_in_it_once),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
