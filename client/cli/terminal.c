/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <qrencode.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { QR_MARGIN = 2 /* modules of light around the code */ };

/* Signals that would end the program with the echo switched off. */
static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
enum { CAUGHT = sizeof(caught) / sizeof(caught[0]) };
static volatile sig_atomic_t came;

static void on_signal(int number)
{
    came = number;
}

static void catch_signals(struct sigaction before[CAUGHT])
{
    struct sigaction action = {.sa_handler = on_signal}; /* without SA_RESTART: read returns */
    sigemptyset(&action.sa_mask);
    came = 0;
    for (size_t i = 0; i < CAUGHT; i++) {
        sigaction(caught[i], &action, &before[i]);
    }
}

static void release_signals(const struct sigaction before[CAUGHT])
{
    for (size_t i = 0; i < CAUGHT; i++) {
        sigaction(caught[i], &before[i], NULL);
    }
    if (came) {
        raise(came);
    }
}

/* Reads up to the end of the line. False at the end of the input, for a line that is too long, or
 * when a signal came. */
static bool read_line(int fd, char out[TERMINAL_ANSWER_SIZE])
{
    size_t len = 0;
    char c = '\0';
    while (!came) {
        ssize_t got = read(fd, &c, 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        if (c == '\n') {
            out[len < TERMINAL_ANSWER_SIZE ? len : 0] = '\0';
            return len < TERMINAL_ANSWER_SIZE;
        }
        if (len < TERMINAL_ANSWER_SIZE) {
            out[len] = c;
        }
        len += len < TERMINAL_ANSWER_SIZE;
    }
    return false;
}

/* The same with the echo off before anybody can type, and put back whatever happens. */
static bool read_secret(int fd, const char *prompt, char out[TERMINAL_ANSWER_SIZE])
{
    struct sigaction before[CAUGHT];
    struct termios shown;
    if (tcgetattr(fd, &shown) != 0) {
        return false;
    }
    struct termios hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    catch_signals(before);
    tcsetattr(fd, TCSAFLUSH, &hidden);
    dprintf(fd, "%s: ", prompt);
    bool good = read_line(fd, out);
    tcsetattr(fd, TCSAFLUSH, &shown);
    dprintf(fd, "\n");
    release_signals(before);
    return good;
}

bool terminal_ask(struct cli *cli, const char *prompt, bool secret, char out[TERMINAL_ANSWER_SIZE])
{
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
    out[0] = '\0';
    if (fd < 0) {
        cli_fail(cli, "there is no terminal to ask for this: %s", prompt);
        fprintf(cli->err, "Programs use a client certificate instead: --identity PREFIX\n");
        return false;
    }
    fflush(cli->out);
    fflush(cli->err);
    came = 0;
    if (!secret) {
        dprintf(fd, "%s: ", prompt);
    }
    bool good = secret ? read_secret(fd, prompt, out) : read_line(fd, out);
    close(fd);
    if (!good) {
        terminal_wipe(out);
        cli_fail(cli, "nothing was entered, or too much");
    }
    return good;
}

void terminal_wipe(char out[TERMINAL_ANSWER_SIZE])
{
    explicit_bzero(out, TERMINAL_ANSWER_SIZE);
}

/* ---- QR codes ---- */

/* text_init has made UTF-8 of our own locale, so the user's is looked up. */
static bool shows_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = getenv(names[i]);
        if (value && *value) {
            return strcasestr(value, "UTF-8") || strcasestr(value, "utf8");
        }
    }
    return false;
}

static bool is_dark(const QRcode *code, int x, int y)
{
    return x >= 0 && y >= 0 && x < code->width && y < code->width &&
           (code->data[y * code->width + x] & 1);
}

/* Two rows of modules a line. With colour it is black on white as on paper; without, the light
 * modules are drawn, since most terminals are dark. */
static void print_code(struct cli *cli, const QRcode *code, bool colour)
{
    static const char *const blocks[] = {" ", "▀", "▄", "█"};
    for (int y = -QR_MARGIN; y < code->width + QR_MARGIN; y += 2) {
        fputs(colour ? "  \033[38;5;16;48;5;231m" : "  ", cli->err);
        for (int x = -QR_MARGIN; x < code->width + QR_MARGIN; x++) {
            bool upper = is_dark(code, x, y) == colour;
            bool lower = is_dark(code, x, y + 1) == colour;
            fputs(blocks[(upper ? 1 : 0) + (lower ? 2 : 0)], cli->err);
        }
        fputs(colour ? "\033[0m\n" : "\n", cli->err);
    }
}

void terminal_qr(struct cli *cli, const char *text)
{
    bool terminal = isatty(STDERR_FILENO) && shows_utf8();
    QRcode *code = terminal ? QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1) : NULL;
    if (code && (size_t)(code->width + 2 * QR_MARGIN) + 2 <= cli->width) {
        fputc('\n', cli->err);
        print_code(cli, code, cli->colour);
        fputc('\n', cli->err);
    }
    QRcode_free(code);
}
