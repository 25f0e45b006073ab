/* SPDX-License-Identifier: Apache-2.0 */
/* Checks an exported version and its signatures, without a service. */
#include "client/cli/commands.h"
#include "client/cli/text.h"
#include "client/cli/verify_file.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>
#include <unistd.h>

static const char *const outcomes[] = {"FAILS", "verified", "attested", "recorded"};
static const enum style styles[] = {STYLE_RED, STYLE_GREEN, STYLE_GREEN, STYLE_PLAIN};

/* How it was given, in words. */
static const char *way_of(const Pledge__V1__Signature *signature)
{
    switch (signature->kind) {
    case PLEDGE__V1__SIGNATURE_KIND__SIGNATURE_KIND_KEY:
        return "own key";
    case PLEDGE__V1__SIGNATURE_KIND__SIGNATURE_KIND_SESSION:
        return "session";
    case PLEDGE__V1__SIGNATURE_KIND__SIGNATURE_KIND_CERTIFICATE:
        return "certificate";
    case PLEDGE__V1__SIGNATURE_KIND__SIGNATURE_KIND_PAPER:
        return "paper";
    case PLEDGE__V1__SIGNATURE_KIND__SIGNATURE_KIND_YOUNG_PERSON:
        return "young person";
    default:
        return "";
    }
}

/* The fingerprint that --service-key names: 64 digits, or a PEM file with the key. NULL with the
 * mistake printed. */
static const char *pin_of(struct cli *cli, const char *given)
{
    enum { DIGITS = VERIFY_HASH_TEXT - 1 };
    uint8_t key[SIGN_KEY_SIZE];
    size_t len = sizeof(key);
    char *hash = cli_printf(cli, "%*s", (int)DIGITS, "");
    if (strlen(given) == DIGITS && strspn(given, "0123456789abcdef") == DIGITS) {
        return given;
    }
    FILE *file = fopen(given, "re");
    EVP_PKEY *pkey = file ? PEM_read_PUBKEY(file, NULL, NULL, NULL) : NULL;
    bool good = pkey && EVP_PKEY_get_raw_public_key(pkey, key, &len) == 1 && len == sizeof(key);
    EVP_PKEY_free(pkey);
    if (file) {
        fclose(file);
    }
    if (!good) {
        cli_usage(cli, "--service-key is a fingerprint of 64 digits, or a PEM file of the key");
        return NULL;
    }
    verify_hash(key, len, hash);
    return hash;
}

/* "Director of Housing", or of a young person the first name or sign. */
static const char *signatory_of(struct cli *cli, const Pledge__V1__Signature *signature)
{
    if (signature->kind != PLEDGE__V1__SIGNATURE_KIND__SIGNATURE_KIND_YOUNG_PERSON) {
        return view_clean(cli, signature->signatory);
    }
    return *signature->mark ? view_clean(cli, signature->mark) : "(no mark)";
}

static const char *note_of(struct cli *cli, const Pledge__V1__Signature *signature,
                           const struct verify_line *line)
{
    char day[TEXT_DATE_SIZE];
    if (line->fault) {
        return cli_printf(cli, "%s", line->fault);
    }
    const char *earlier = line->earlier_wording ? "of an earlier wording of this version" : "";
    if (!*signature->withdrawn_on) {
        return earlier;
    }
    return cli_printf(cli, "withdrawn on %s%s%s", text_date(signature->withdrawn_on, day),
                      *earlier ? "; " : "", earlier);
}

static void print_signatures(struct cli *cli, const struct verify *verify)
{
    const Pledge__V1__SignedVersion *version = verify->version;
    struct table table;
    table_init(&table, &cli->arena, 2);
    table_column(&table, "signatory", TABLE_WRAP);
    table_column(&table, "signed", 0);
    table_column(&table, "by", 0);
    table_column(&table, "outcome", 0);
    table_column(&table, "", TABLE_NOTE);
    for (size_t i = 0; i < version->n_signatures; i++) {
        const Pledge__V1__Signature *signature = version->signatures[i];
        const struct verify_line *line = &verify->lines[i];
        struct table_cell *row = table_row(&table);
        char day[TEXT_DATE_SIZE];
        if (!row) {
            return;
        }
        row[0].text = signatory_of(cli, signature);
        row[1].text = cli_copy(
            cli, text_date(cli_printf(cli, "%.10s", view_clean(cli, signature->signed_at)), day));
        row[2].text = way_of(signature);
        row[3].text = outcomes[line->outcome];
        row[3].style = styles[line->outcome];
        row[4].text = note_of(cli, signature, line);
    }
    if (version->n_signatures > 0) {
        fputc('\n', cli->out);
        table_print(&table, cli->out, cli->width, cli->colour);
    }
}

/* What stands, in numbers: neither what fails, nor what was withdrawn, nor what is of other words.
 */
static void print_counts(struct cli *cli, const struct verify *verify)
{
    const Pledge__V1__SignedVersion *version = verify->version;
    unsigned counts[4] = {0};
    unsigned apart = 0;
    for (size_t i = 0; i < version->n_signatures; i++) {
        bool stands = verify->lines[i].outcome == VERIFY_BAD ||
                      (!verify->lines[i].earlier_wording && !*version->signatures[i]->withdrawn_on);
        counts[verify->lines[i].outcome] += stands;
        apart += !stands;
    }
    const struct {
        unsigned count;
        const char *what;
    } parts[] = {{counts[VERIFY_VERIFIED], "verified by the signatory's own key"},
                 {counts[VERIFY_ATTESTED], "attested by the service"},
                 {counts[VERIFY_RECORDED], "recorded"},
                 {apart, "withdrawn or of an earlier wording"},
                 {counts[VERIFY_BAD], "that FAIL"}};
    const char *said = "";
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (parts[i].count > 0) {
            said = cli_printf(cli, "%s%s%u %s", said, *said ? ", " : "", parts[i].count,
                              parts[i].what);
        }
    }
    view_paragraph(cli, cli->out, *said ? cli_printf(cli, "%s.", said) : "No signatures.", 0);
    if (!version->young_people_included &&
        (version->young_people > 0 || version->young_people_suppressed)) {
        view_paragraph(
            cli, cli->out,
            version->young_people_suppressed
                ? "Young people signed, too: fewer than 6. How is left out of this file."
                : cli_printf(cli, "%d young people signed, too. How is left out of this file.",
                             (int)version->young_people),
            0);
    }
}

static void print_head(struct cli *cli, const struct verify *verify, const char *pin)
{
    const Pledge__V1__SignedVersion *version = verify->version;
    char authority[SIGN_PART_SIZE];
    char pledge[SIGN_PART_SIZE];
    char number[SIGN_PART_SIZE];
    char day[TEXT_DATE_SIZE];
    sign_name_part(version->version, "authorities", authority);
    sign_name_part(version->version, "pledges", pledge);
    sign_name_part(version->version, "versions", number);
    fprintf(cli->out, "%s, %s/%s, adopted %s\n", view_clean(cli, authority),
            view_clean(cli, pledge), view_clean(cli, number), text_date(version->adopted_on, day));
    fprintf(cli->out, "  words  %s\n", verify->hash);
    fprintf(cli->out, "  sealed %s, with the service key\n         %s\n",
            view_clean(cli, cli_printf(cli, "%.20s", version->exported_at)), verify->fingerprint);
    if (verify->seal_fault) {
        fputs("         The seal does NOT hold.\n", cli->out);
    } else if (pin) {
        fputs(strcmp(pin, verify->fingerprint) == 0
                  ? "         It is the key of --service-key.\n"
                  : "         It is NOT the key of --service-key.\n",
              cli->out);
    } else {
        fputs("         Not compared: the key is only as good as where the file came from.\n"
              "         Compare it: --service-key FINGERPRINT\n",
              cli->out);
    }
}

int run_verify(struct cli *cli)
{
    const char *path = cli_argument(cli, 0);
    const char *given = cli_option(cli, "service-key");
    const char *pin = given ? pin_of(cli, given) : NULL;
    struct verify verify;
    struct err err = {0};
    size_t len = 0;
    if (given && !pin) {
        return CLI_USAGE;
    }
    const char *bytes = cli_read_file(cli, path, &len);
    if (!bytes) {
        return CLI_FAILED;
    }
    if (!verify_file(&cli->arena, (const uint8_t *)bytes, len, &verify, &err)) {
        return cli_fail(cli, "%s %s", path, view_clean(cli, err.message)); /* it quotes the file */
    }
    print_head(cli, &verify, pin);
    print_signatures(cli, &verify);
    fputc('\n', cli->out);
    print_counts(cli, &verify);
    bool pinned = !pin || strcmp(pin, verify.fingerprint) == 0;
    fflush(cli->out);
    if (verify.content_fault) {
        cli_fail(cli, "%s", verify.content_fault);
    }
    if (verify.seal_fault) {
        cli_fail(cli, "%s", verify.seal_fault);
    }
    if (!pinned) {
        cli_fail(cli, "sealed with an unknown key, which is not the one of --service-key");
    }
    if (verify.bad > 0 || !pinned) {
        return cli_fail(cli, "%s does NOT hold", path);
    }
    fprintf(cli->out, "%s holds.\n", view_clean(cli, path));
    return CLI_OK;
}
