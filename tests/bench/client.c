/* SPDX-License-Identifier: Apache-2.0 */
/* The benchmark's own client, for what common load generators cannot say: requests that differ, the
 * status in the trailers, latency from the moment a call was due, connections that only stay open.
 *
 *   client load PORT IDENTITY PATH FRAMES CONNECTIONS STREAMS RATE SECONDS once|again|whole
 *       Sends the gRPC messages in the file FRAMES, each in its five-byte frame, one after the
 * other, from the first again or each once (then without warming up), or all of them as the stream
 * of a single call. RATE 0 keeps STREAMS calls
 * open on each connection; another RATE starts that many calls a second whatever the answers do,
 * and counts latency from the moment a call was due. Prints one JSON object, times in microseconds.
 * client idle PORT IDENTITY CONNECTIONS Opens connections up to the exchange of SETTINGS, says
 * "open", and holds them until its standard input ends. client first PORT IDENTITY COMMAND... Runs
 * a server and prints the milliseconds from exec to its first healthy answer.
 *
 * IDENTITY is the prefix of a client certificate's .pem and .key. Build: cc -lnghttp2 -lssl
 * -lcrypto */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    WINDOW = 1 << 24,
    BUFFER = 1 << 16,
    LARGEST_FRAME = (1 << 14) + 9,
    EVENTS = 64,
    MAX_STREAMS = 200,      /* below what every peer allows on one connection */
    SOURCES = 8,            /* addresses that connections come from, lest ports run short */
    FRAME_HEADER = 5,       /* gRPC: a flag and the length */
    LEAST_WAIT_NS = 100000, /* calls that are due within it go together: who measures must not be
                               what the machine is busy with */
    WARM_UP_PERCENT = 20,   /* of the seconds; not counted */
    DRAIN_SECONDS = 5,      /* for answers that are still to come at the end */
    FIRST_SECONDS = 20,     /* for a server's first answer */
    FIRST_PAUSE_US = 200,   /* between two looks for it */
    FIRST_WAIT_SECONDS = 2, /* for one answer of a server that has just begun */
};

struct request {
    uint64_t due_ns;
    const uint8_t *frame;
    size_t left;
    bool good;
};

struct link {
    SSL *ssl;
    nghttp2_session *h2;
    int fd;
    unsigned open; /* calls without an answer */
    bool settled;  /* both sides' SETTINGS are acknowledged */
    bool blocked;  /* something waits until the socket takes more */
    uint8_t out[BUFFER];
    size_t out_size;
};

static struct {
    const char *path;
    char authority[32];
    const uint8_t *frames;
    size_t frames_size, frame_at;
    bool whole; /* all frames are one call's */
    uint32_t *latency_us;
    size_t latency_room, good, failed, unsent;
    uint64_t count_from_ns, last_answer_ns;
    bool serving;        /* what the last health answer said */
    char complaint[200]; /* the first grpc-message */
} load;

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

__attribute__((format(printf, 1, 2), noreturn)) static void die(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fputs("client: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    exit(1);
}

static void *must(void *memory)
{
    if (!memory) {
        die("out of memory");
    }
    return memory;
}

static unsigned long number(const char *text)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (!*text || *end) {
        die("%s is not a number", text);
    }
    return value;
}

/* --- HTTP/2 -------------------------------------------------------------------------------------
 */

static int on_header(nghttp2_session *h2, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_size, const uint8_t *value, size_t value_size, uint8_t flags,
                     void *data)
{
    struct request *request = nghttp2_session_get_stream_user_data(h2, frame->hd.stream_id);
    (void)flags;
    (void)data;
    if (request && name_size == strlen("grpc-status") &&
        memcmp(name, "grpc-status", name_size) == 0) {
        request->good = value_size == 1 && *value == '0';
    } else if (name_size == strlen("grpc-message") && value_size > 0 && !*load.complaint &&
               memcmp(name, "grpc-message", name_size) == 0) {
        snprintf(load.complaint, sizeof(load.complaint), "%.*s", (int)value_size, value);
    }
    return 0;
}

/* The last byte of a health answer tells SERVING; nobody looks at it in other answers. */
static int on_data(nghttp2_session *h2, uint8_t flags, int32_t stream, const uint8_t *bytes,
                   size_t size, void *data)
{
    struct request *request = nghttp2_session_get_stream_user_data(h2, stream);
    (void)flags;
    (void)data;
    if (request && size > 0) {
        load.serving = bytes[size - 1] == 1;
    }
    return 0;
}

static int on_frame(nghttp2_session *h2, const nghttp2_frame *frame, void *data)
{
    struct link *link = data;
    (void)h2;
    if (frame->hd.type == NGHTTP2_SETTINGS && frame->hd.flags & NGHTTP2_FLAG_ACK) {
        link->settled = true;
    }
    return 0;
}

static int on_close(nghttp2_session *h2, int32_t stream, uint32_t code, void *data)
{
    struct link *link = data;
    struct request *request = nghttp2_session_get_stream_user_data(h2, stream);
    if (!request) {
        return 0;
    }
    uint64_t now = now_ns();
    link->open--;
    if (request->due_ns >= load.count_from_ns) {
        if (code != 0 || !request->good) {
            load.failed++;
        } else {
            if (load.good == load.latency_room) {
                load.latency_room = load.latency_room * 2 + 1024;
                load.latency_us =
                    must(realloc(load.latency_us, load.latency_room * sizeof(*load.latency_us)));
            }
            load.latency_us[load.good++] = (uint32_t)((now - request->due_ns) / 1000);
            load.last_answer_ns = now;
        }
    }
    free(request);
    return 0;
}

static ssize_t read_frame(nghttp2_session *h2, int32_t stream, uint8_t *to, size_t room,
                          uint32_t *flags, nghttp2_data_source *source, void *data)
{
    struct request *request = source->ptr;
    size_t size = request->left < room ? request->left : room;
    (void)h2;
    (void)stream;
    (void)data;
    memcpy(to, request->frame, size);
    request->frame += size;
    request->left -= size;
    *flags |= request->left == 0 ? NGHTTP2_DATA_FLAG_EOF : 0;
    return (ssize_t)size;
}

static void submit(struct link *link, struct request *request)
{
#define HEADER(name, value)                                                                        \
    {(uint8_t *)(name), (uint8_t *)(value), strlen(name), strlen(value), NGHTTP2_NV_FLAG_NONE}
    nghttp2_nv headers[] = {HEADER(":method", "POST"),
                            HEADER(":scheme", "https"),
                            HEADER(":authority", load.authority),
                            HEADER(":path", load.path),
                            HEADER("te", "trailers"),
                            HEADER("content-type", "application/grpc")};
    nghttp2_data_provider body = {{.ptr = request}, read_frame};
    link->open++;
    if (nghttp2_submit_request(link->h2, NULL, headers, sizeof(headers) / sizeof(*headers), &body,
                               request) < 0) {
        die("a call could not be made");
    }
}

/* Puts what the session has to say behind what is still to be sent. */
static void fill(struct link *link)
{
    const uint8_t *bytes;
    ssize_t size = 1;
    while (size > 0 && link->out_size + LARGEST_FRAME <= BUFFER) {
        size = nghttp2_session_mem_send(link->h2, &bytes);
        if (size > 0) {
            memcpy(link->out + link->out_size, bytes, (size_t)size);
            link->out_size += (size_t)size;
        }
    }
}

/* False when the connection is over. */
static bool flush(struct link *link)
{
    for (fill(link); link->out_size > 0; fill(link)) {
        int sent = SSL_write(link->ssl, link->out, (int)link->out_size);
        if (sent <= 0) {
            return SSL_get_error(link->ssl, sent) == SSL_ERROR_WANT_WRITE;
        }
        link->out_size -= (size_t)sent;
        memmove(link->out, link->out + sent, link->out_size);
    }
    return true;
}

/* Takes what has arrived. False when the connection is over. */
static bool receive(struct link *link)
{
    uint8_t bytes[BUFFER];
    int size;
    while ((size = SSL_read(link->ssl, bytes, sizeof(bytes))) > 0) {
        if (nghttp2_session_mem_recv(link->h2, bytes, (size_t)size) != size) {
            return false;
        }
    }
    return SSL_get_error(link->ssl, size) == SSL_ERROR_WANT_READ;
}

/* --- connections ---------------------------------------------------------------------------------
 */

static SSL_CTX *tls_new(const char *identity)
{
    static const unsigned char alpn[] = "\x02h2";
    SSL_CTX *tls = must(SSL_CTX_new(TLS_client_method()));
    char path[4096];
    SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION);
    SSL_CTX_set_ciphersuites(tls, "TLS_AES_128_GCM_SHA256");
    SSL_CTX_set_alpn_protos(tls, alpn, sizeof(alpn) - 1);
    SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(tls, 1); /* a record in one read */
    snprintf(path, sizeof(path), "%s.pem", identity);
    int good = SSL_CTX_use_certificate_chain_file(tls, path);
    snprintf(path, sizeof(path), "%s.key", identity);
    if (good != 1 || SSL_CTX_use_PrivateKey_file(tls, path, SSL_FILETYPE_PEM) != 1) {
        die("cannot use the identity %s", identity);
    }
    return tls;
}

static struct sockaddr_in address(unsigned last_byte, unsigned port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK + last_byte - 1)};
}

/* A connection with its TLS handshake done and the preface waiting to be sent; NULL when nobody
 * answers. */
static struct link *link_open(SSL_CTX *tls, unsigned port, unsigned nth)
{
    struct sockaddr_in from = address(1 + nth % SOURCES, 0);
    struct sockaddr_in to = address(1, port);
    struct timeval wait = {.tv_sec = FIRST_WAIT_SECONDS * 10};
    int on = 1;
    struct link *link = must(calloc(1, sizeof(*link)));
    link->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(link->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
    setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(link->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    link->ssl = must(SSL_new(tls));
    if (link->fd < 0 || bind(link->fd, (struct sockaddr *)&from, sizeof(from)) != 0 ||
        connect(link->fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
        SSL_set_fd(link->ssl, link->fd) != 1 || SSL_connect(link->ssl) != 1) {
        SSL_free(link->ssl);
        close(link->fd);
        free(link);
        return NULL;
    }
    nghttp2_session_callbacks *callbacks;
    nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, WINDOW}};
    if (nghttp2_session_callbacks_new(&callbacks) != 0) {
        die("out of memory");
    }
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    if (nghttp2_session_client_new(&link->h2, callbacks, link) != 0 ||
        nghttp2_submit_settings(link->h2, NGHTTP2_FLAG_NONE, settings, 1) != 0 ||
        nghttp2_session_set_local_window_size(link->h2, NGHTTP2_FLAG_NONE, 0, WINDOW) != 0) {
        die("out of memory");
    }
    nghttp2_session_callbacks_del(callbacks);
    return link;
}

static void link_close(struct link *link)
{
    nghttp2_session_del(link->h2);
    SSL_free(link->ssl);
    close(link->fd);
    free(link);
}

static bool link_settle(struct link *link)
{
    uint8_t bytes[BUFFER];
    while (!link->settled) {
        int size = flush(link) ? SSL_read(link->ssl, bytes, sizeof(bytes)) : -1;
        if (size <= 0 || nghttp2_session_mem_recv(link->h2, bytes, (size_t)size) != (ssize_t)size) {
            return false;
        }
    }
    return flush(link); /* our acknowledgement of theirs */
}

/* --- load ---------------------------------------------------------------------------------------
 */

static void frames_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        die("cannot read %s", path);
    }
    load.frames_size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = must(malloc(load.frames_size + 1));
    if (fread(bytes, 1, load.frames_size, file) != load.frames_size) {
        die("cannot read %s", path);
    }
    fclose(file);
    load.frames = bytes;
}

/* The next call, or NULL when the frames are used up and each is to be sent once. */
static struct request *request_next(uint64_t due_ns, bool once)
{
    if (load.frame_at == load.frames_size) {
        if (once) {
            return NULL;
        }
        load.frame_at = 0;
    }
    const uint8_t *frame = load.frames + load.frame_at;
    size_t left = load.frames_size - load.frame_at;
    uint32_t size;
    if (left >= FRAME_HEADER) {
        memcpy(&size, frame + 1, sizeof(size));
        size = ntohl(size) + FRAME_HEADER;
    }
    if (left < FRAME_HEADER || size > left) {
        die("the file of frames ends within one");
    }
    size = load.whole ? (uint32_t)left : size;
    load.frame_at += size;
    struct request *request = must(calloc(1, sizeof(*request)));
    *request = (struct request){.due_ns = due_ns, .frame = frame, .left = size};
    return request;
}

static void watch(int epoll, struct link *link, int operation)
{
    bool blocked = link->out_size > 0;
    struct epoll_event event = {.events = EPOLLIN | (blocked ? EPOLLOUT : 0), .data.ptr = link};
    if (operation == EPOLL_CTL_ADD || blocked != link->blocked) {
        link->blocked = blocked;
        epoll_ctl(epoll, operation, link->fd, &event);
    }
}

struct plan {
    struct link **links;
    unsigned link_count;
    unsigned streams;
    double interval_ns; /* between two calls; 0: as fast as they are answered */
    bool once;
    uint64_t end_ns;
    double due_ns;
    unsigned turn;
};

/* Opens the calls that are due on any connection: the next one in turn that has a stream free. */
static void calls_due(struct plan *plan, uint64_t now)
{
    while (plan->due_ns <= (double)now && plan->due_ns < (double)plan->end_ns) {
        struct link *link = NULL;
        for (unsigned i = 0; i < plan->link_count && !link; i++) {
            struct link *next = plan->links[plan->turn++ % plan->link_count];
            link = next->open < plan->streams ? next : NULL;
        }
        struct request *request = link ? request_next((uint64_t)plan->due_ns, plan->once) : NULL;
        if (!request) {
            return; /* it stays due, and its latency grows */
        }
        submit(link, request);
        plan->due_ns += plan->interval_ns;
    }
}

static void calls_refill(struct plan *plan, struct link *link, uint64_t now)
{
    while (link->open < plan->streams && now < plan->end_ns) {
        struct request *request = request_next(now, plan->once);
        if (!request) {
            plan->end_ns = now;
            return;
        }
        submit(link, request);
    }
}

static unsigned calls_open(const struct plan *plan)
{
    unsigned open = 0;
    for (unsigned i = 0; i < plan->link_count; i++) {
        open += plan->links[i]->open;
    }
    return open;
}

static struct timespec until(const struct plan *plan, uint64_t now)
{
    double wait = 1e8;
    if (plan->interval_ns > 0 && plan->due_ns < (double)plan->end_ns) {
        wait = plan->due_ns - (double)now;
        wait = wait < LEAST_WAIT_NS ? LEAST_WAIT_NS : wait;
    }
    return (struct timespec){.tv_nsec = (long)(wait < 1e8 ? wait : 1e8)};
}

static void run(struct plan *plan)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event events[EVENTS];
    for (unsigned i = 0; i < plan->link_count; i++) {
        fcntl(plan->links[i]->fd, F_SETFL, O_NONBLOCK);
        watch(epoll, plan->links[i], EPOLL_CTL_ADD);
    }
    for (bool first = true;; first = false) {
        uint64_t now = now_ns();
        bool all_sent = plan->interval_ns == 0 || plan->due_ns >= (double)plan->end_ns;
        if ((now >= plan->end_ns && all_sent && calls_open(plan) == 0) ||
            now > plan->end_ns + (uint64_t)DRAIN_SECONDS * 1000000000) {
            break;
        }
        if (plan->interval_ns > 0) {
            calls_due(plan, now);
        }
        for (unsigned i = 0; i < plan->link_count; i++) {
            if (plan->interval_ns == 0 && first) {
                calls_refill(plan, plan->links[i], now);
            }
            if ((plan->interval_ns > 0 || first) && !flush(plan->links[i])) {
                die("a connection ended");
            }
            watch(epoll, plan->links[i], EPOLL_CTL_MOD);
        }
        struct timespec wait = until(plan, now);
        int count = epoll_pwait2(epoll, events, EVENTS, &wait, NULL);
        for (int i = 0; i < count; i++) {
            struct link *link = events[i].data.ptr;
            bool alive = receive(link);
            if (plan->interval_ns == 0) {
                calls_refill(plan, link, now_ns());
            }
            if (!alive || !flush(link)) {
                die("a connection ended");
            }
        }
    }
    load.unsent += calls_open(plan);
    if (plan->interval_ns > 0 && plan->due_ns < (double)plan->end_ns) {
        load.unsent += (size_t)(((double)plan->end_ns - plan->due_ns) / plan->interval_ns);
    }
    close(epoll);
}

static int by_size(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

static uint32_t quantile(double share)
{
    size_t at = (size_t)(share * (double)load.good);
    return load.good == 0 ? 0 : load.latency_us[at < load.good ? at : load.good - 1];
}

static int load_main(char **argument)
{
    unsigned port = (unsigned)number(argument[0]);
    SSL_CTX *tls = tls_new(argument[1]);
    load.path = argument[2];
    load.whole = strcmp(argument[8], "whole") == 0;
    snprintf(load.authority, sizeof(load.authority), "localhost:%u", port);
    frames_read(argument[3]);
    struct plan plan = {.link_count = (unsigned)number(argument[4]),
                        .streams = (unsigned)number(argument[5]),
                        .once = strcmp(argument[8], "again") != 0};
    unsigned long rate = number(argument[6]);
    double seconds = strtod(argument[7], NULL);
    if (plan.link_count == 0 || plan.streams == 0 || plan.streams > MAX_STREAMS) {
        die("connections and streams are at least 1, and streams at most %d", MAX_STREAMS);
    }
    plan.links = must(calloc(plan.link_count, sizeof(struct link *)));
    for (unsigned i = 0; i < plan.link_count; i++) {
        plan.links[i] = link_open(tls, port, i);
        if (!plan.links[i] || !link_settle(plan.links[i])) {
            die("connection %u of %u could not be made", i + 1, plan.link_count);
        }
    }
    prctl(PR_SET_TIMERSLACK, 1);
    uint64_t start = now_ns();
    plan.interval_ns = rate > 0 ? 1e9 / (double)rate : 0;
    plan.due_ns = (double)start;
    plan.end_ns = start + (uint64_t)(seconds * 1e9);
    load.count_from_ns = start + (plan.once ? 0 : (uint64_t)(seconds * 1e7 * WARM_UP_PERCENT));
    run(&plan);
    uint64_t counted = load.last_answer_ns - load.count_from_ns;
    qsort(load.latency_us, load.good, sizeof(*load.latency_us), by_size);
    printf("{\"good\": %zu, \"failed\": %zu, \"unanswered\": %zu, \"per_second\": %.1f, "
           "\"p50_us\": %u, \"p90_us\": %u, \"p99_us\": %u, \"max_us\": %u}\n",
           load.good, load.failed, load.unsent,
           load.good > 0 ? (double)load.good * 1e9 / (double)counted : 0.0, quantile(0.5),
           quantile(0.9), quantile(0.99), quantile(1));
    fputs(load.complaint, stderr);
    return load.good == 0 || load.failed + load.unsent > 0;
}

/* --- idle connections, first answer
 * ---------------------------------------------------------------
 */

static int idle_main(char **argument)
{
    unsigned port = (unsigned)number(argument[0]);
    SSL_CTX *tls = tls_new(argument[1]);
    unsigned long count = number(argument[2]);
    struct link **links = must(calloc(count, sizeof(struct link *)));
    for (unsigned i = 0; i < count; i++) {
        links[i] = link_open(tls, port, i);
        if (!links[i] || !link_settle(links[i])) {
            die("connection %u of %lu could not be made: %s", i + 1, count, strerror(errno));
        }
    }
    printf("open %lu\n", count);
    fflush(stdout);
    while (getchar() != EOF) {
    }
    for (unsigned i = 0; i < count; i++) {
        link_close(links[i]);
    }
    puts("closed");
    return 0;
}

/* One health check; sets ret_serving. False when the connection is over. */
static bool check(struct link *link, bool *ret_serving)
{
    static const uint8_t empty[FRAME_HEADER];
    uint8_t bytes[BUFFER];
    struct request *request = must(calloc(1, sizeof(*request)));
    *request = (struct request){.due_ns = now_ns(), .frame = empty, .left = sizeof(empty)};
    submit(link, request);
    while (link->open > 0) {
        int size = flush(link) ? SSL_read(link->ssl, bytes, sizeof(bytes)) : -1;
        if (size <= 0 || nghttp2_session_mem_recv(link->h2, bytes, (size_t)size) != size) {
            return false;
        }
    }
    *ret_serving = load.serving;
    return true;
}

static int first_main(char **argument)
{
    unsigned port = (unsigned)number(argument[0]);
    SSL_CTX *tls = tls_new(argument[1]);
    load.path = "/grpc.health.v1.Health/Check";
    snprintf(load.authority, sizeof(load.authority), "localhost:%u", port);
    uint64_t start = now_ns();
    pid_t child = fork();
    if (child == 0) {
        execvp(argument[2], argument + 2);
        _exit(127);
    }
    bool serving = false;
    struct link *link = NULL;
    while (!serving && waitpid(child, NULL, WNOHANG) == 0 &&
           now_ns() - start < (uint64_t)FIRST_SECONDS * 1000000000) {
        link = link ? link : link_open(tls, port, 0);
        if (link && !check(link, &serving)) {
            link_close(link);
            link = NULL;
        }
        if (!serving) {
            usleep(FIRST_PAUSE_US);
        }
    }
    uint64_t end = now_ns();
    kill(child, SIGTERM);
    waitpid(child, NULL, 0);
    if (!serving) {
        die("the server never became healthy");
    }
    printf("%.3f\n", (double)(end - start) / 1e6);
    return 0;
}

int main(int count, char **argument)
{
    signal(SIGPIPE, SIG_IGN);
    if (count == 11 && strcmp(argument[1], "load") == 0) {
        return load_main(argument + 2);
    }
    if (count == 5 && strcmp(argument[1], "idle") == 0) {
        return idle_main(argument + 2);
    }
    if (count >= 5 && strcmp(argument[1], "first") == 0) {
        return first_main(argument + 2);
    }
    die("see the head of client.c for the arguments");
}
