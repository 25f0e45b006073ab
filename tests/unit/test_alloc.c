/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Without memory: every single allocation of each scenario fails once, alone and together with all
 * that come after it. What a scenario then says must be true: done, with the right result, or not
 * done. Afterwards the same must work.
 *
 * malloc and its kin are defined here, in front of those of libc or of AddressSanitizer.
 */
#include "tests/unit/unit.h"

#include "common/grpc/gzip.h"
#include "common/msg/guard.h"
#include "common/msg/json.h"
#include "server/net/slab.h"
#include "server/rpc/connect.h"
#include "server/rpc/trailers.h"
#include "tests/tools/rehearsal.h"

#include "pledge/v1/return.pb-c.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- allocations that fail ---------------------------------------------------------------------
 */

static struct {
    bool armed;
    bool after;    /* all that come after it fail, too */
    unsigned at;   /* the one that fails, counted from 1; 0: none */
    unsigned made; /* since it was armed */
} plan;

/* Before AddressSanitizer has set itself up, its checks would crash. */
#define UNCHECKED __attribute__((no_sanitize("address", "undefined")))

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__interceptor_malloc(size_t size) __attribute__((weak));
extern void *__interceptor_calloc(size_t count, size_t size) __attribute__((weak));
extern void *__interceptor_realloc(void *memory, size_t size) __attribute__((weak));

UNCHECKED static bool refused(void)
{
    if (!plan.armed) {
        return false;
    }
    plan.made++;
    if (plan.at == 0 || plan.made < plan.at || (plan.made > plan.at && !plan.after)) {
        return false;
    }
    errno = ENOMEM;
    return true;
}

UNCHECKED void *malloc(size_t size)
{
    if (refused()) {
        return NULL;
    }
    return __interceptor_malloc ? __interceptor_malloc(size) : __libc_malloc(size);
}

UNCHECKED void *calloc(size_t count, size_t size)
{
    if (refused()) {
        return NULL;
    }
    return __interceptor_calloc ? __interceptor_calloc(count, size) : __libc_calloc(count, size);
}

UNCHECKED void *realloc(void *memory, size_t size)
{
    if (refused()) {
        return NULL;
    }
    return __interceptor_realloc ? __interceptor_realloc(memory, size)
                                 : __libc_realloc(memory, size);
}

UNCHECKED void *mmap(void *address, size_t len, int protection, int flags, int fd, off_t offset)
{
    if (refused()) {
        return MAP_FAILED;
    }
    return (void *)syscall(SYS_mmap, address, len, protection, flags, fd, offset);
}

static unsigned tried; /* failures of all scenarios */

/* Runs `scenario` once untouched, then with every failure, then untouched again. It returns whether
 * it was done, and asserts by itself that what it was told is right. */
static void without_memory(bool (*scenario)(const void *data), const void *data)
{
    plan.armed = true;
    plan.at = plan.made = 0;
    assert_true(scenario(data));
    plan.armed = false;
    assert_true(plan.made > 0);
    for (int after = 0; after < 2; after++) {
        unsigned at = 0;
        do { /* until it needs fewer than that */
            plan.after = after;
            plan.at = ++at;
            plan.made = 0;
            plan.armed = true;
            scenario(data);
            plan.armed = false;
            tried++;
        } while (plan.made >= at);
    }
    assert_true(scenario(data));
}

/* What a scenario asserts must not be short of memory itself. */
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            plan.armed = false;                                                                    \
            print_message("# allocation %u%s\n", plan.at, plan.after ? " and after" : "");         \
            fail_msg("%s", #condition);                                                            \
        }                                                                                          \
    } while (0)

/* --- pure functions ----------------------------------------------------------------------------
 */

enum { ARENA_CAP = 1 << 20, TEXT_SIZE = 20000 };

static const char json_text[] =
    "{\"parent\":\"authorities/derby/rounds/2016-07\",\"ownerReturn\":{\"owner\":\"housing\","
    "\"progress\":[{\"commitmentId\":\"h1\",\"rating\":\"RATING_RED\",\"narrative\":\"é\"},"
    "{\"commitmentId\":\"h2\"}],\"createTime\":\"2016-07-31T12:00:00.250Z\"},"
    "\"validateOnly\":true}";

static bool gzip_both_ways(const void *data)
{
    static uint8_t text[TEXT_SIZE];
    struct buf packed = {0};
    struct buf expanded = {0};
    (void)data;
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = (uint8_t)(i * i >> 7);
    }
    bool done = gzip_compress(text, sizeof(text), &packed);
    CHECK(done || packed.len == 0);
    if (done) {
        enum gzip_result result =
            gzip_expand(buf_head(&packed), packed.len, sizeof(text), &expanded);
        CHECK(result == GZIP_OK || result == GZIP_NO_MEMORY);
        done = result == GZIP_OK;
        CHECK(expanded.len == (done ? sizeof(text) : 0));
        CHECK(!done || memcmp(buf_head(&expanded), text, sizeof(text)) == 0);
    }
    buf_deinit(&packed);
    buf_deinit(&expanded);
    return done;
}

static bool json_both_ways(const void *data)
{
    struct arena arena;
    struct err err = {0};
    (void)data;
    arena_init(&arena, ARENA_CAP);
    json_t *in = msg_json_parse((const uint8_t *)json_text, strlen(json_text), &err);
    ProtobufCMessage *message =
        in ? msg_json_read(&pledge__v1__submit_return_request__descriptor, in, &arena, &err) : NULL;
    CHECK(message || err.code == GRPC_RESOURCE_EXHAUSTED);
    json_t *out = message ? msg_json_write(message, 0, NULL) : NULL;
    bool done = out != NULL;
    /* jansson loses bytes without a word here; calls below show that no client gets to see it */
    plan.armed = false;
    char *text = out ? json_dumps(out, JSON_COMPACT) : NULL;
    CHECK(!done || strcmp(text, json_text) == 0);
    free(text);
    json_decref(out);
    json_decref(in);
    arena_deinit(&arena);
    return done;
}

/* A message with a fault in every line: all of its violations are told, or as many as fit. */
static bool json_with_violations(const void *data)
{
    static const char text[] = "{\"parent\": 5, \"nothing\": 1, \"ownerReturn\": {\"progress\": "
                               "[{\"rating\": \"x\"}, {\"rating\": []}]}}";
    struct arena arena;
    struct err err = {0};
    (void)data;
    arena_init(&arena, ARENA_CAP);
    json_t *in = msg_json_parse((const uint8_t *)text, strlen(text), &err);
    CHECK(!in || !msg_json_read(&pledge__v1__submit_return_request__descriptor, in, &arena, &err));
    CHECK(err.code == GRPC_INVALID_ARGUMENT || err.code == GRPC_RESOURCE_EXHAUSTED);
    bool done = err.violation_count == 4;
    json_decref(in);
    arena_deinit(&arena);
    return done;
}

static bool guard_and_decode(const void *data)
{
    static const uint8_t bytes[] = "\x0a\x11"
                                   "authorities/derby"
                                   "\x12\x1b\x0a\x07housing"
                                   "\x3a\x04\x0a\x02h1\x3a\x04\x0a\x02h2\x3a\x04\x0a\x02h3";
    const ProtobufCMessageDescriptor *type = &pledge__v1__submit_return_request__descriptor;
    struct guard_limits limits = GUARD_DEFAULT_LIMITS;
    struct arena arena;
    struct err err = {0};
    uint8_t again[sizeof(bytes)];
    (void)data;
    arena_init(&arena, ARENA_CAP);
    ProtobufCAllocator allocator = arena_protobuf_allocator(&arena);
    CHECK(guard_check(type, bytes, sizeof(bytes) - 1, &limits, &arena, &err));
    ProtobufCMessage *message =
        protobuf_c_message_unpack(type, &allocator, sizeof(bytes) - 1, bytes);
    CHECK(!message || protobuf_c_message_get_packed_size(message) == sizeof(bytes) - 1);
    CHECK(!message || protobuf_c_message_pack(message, again) == sizeof(bytes) - 1);
    CHECK(!message || memcmp(again, bytes, sizeof(bytes) - 1) == 0);
    arena_deinit(&arena);
    return message != NULL;
}

/* However little there is, the call ends with a status. */
static bool trailers_and_details(const void *data)
{
    struct arena arena;
    struct err err = {0};
    nghttp2_nv trailers[TRAILERS_MAX];
    (void)data;
    arena_init(&arena, ARENA_CAP);
    rehearsal_violations(&err, &arena);
    size_t count = trailers_make(trailers, &err, TRAILERS_DETAILS_MOST, &arena);
    CHECK(count >= 1 && trailers[0].namelen == strlen("grpc-status"));
    CHECK(trailers[0].value[0] == '3' || (trailers[0].value[0] == '8' && count == 1));
    arena_deinit(&arena);
    return count == TRAILERS_MAX && err.violation_count == REHEARSAL_VIOLATIONS;
}

static bool connect_errors(const void *data)
{
    struct arena arena;
    struct err err = {0};
    (void)data;
    arena_init(&arena, ARENA_CAP);
    rehearsal_violations(&err, &arena);
    json_t *json = connect_error(&err, &arena);
    const char *code = json_string_value(json_object_get(json, "code"));
    bool done = json_array_size(json_object_get(json, "details")) == 2;
    CHECK(!json || (code && strcmp(code, "invalid_argument") == 0));
    json_decref(json);
    arena_deinit(&arena);
    return done && err.violation_count == REHEARSAL_VIOLATIONS;
}

/* --- a session with calls ----------------------------------------------------------------------
 */

enum { BODY_MOST = 64 * 1024, STATUS_MOST = 8, PIECE = 7, TURNS_MOST = 50 };

struct request {
    const char *path;
    const char *content_type;
    const char *body;
    size_t len;
    const char *extra[2][2]; /* headers */
};

#define BODY(bytes) (bytes), sizeof(bytes) - 1
#define EMPTY "\0\0\0\0\0"
#define NAMED "\0\0\0\0\5\x0a\3t.S"

/* "\x0a\3t.S" as one gzip member */
#define ZIPPED                                                                                     \
    "\1\0\0\0\x19\x1f\x8b\x08\0\0\0\0\0\2\3\xe3\x62\x2e\xd1\x0b\6\0\xbc\x89\xba\x34\5\0\0\0"

static const struct request requests[] = {
    {"/t.S/U", "application/grpc", BODY(NAMED), {{"x-a", "b"}, {"grpc-timeout", "5S"}}},
    {"/t.S/C", "application/grpc", BODY(EMPTY NAMED EMPTY), {{0}}},
    {"/t.S/S", "application/grpc+proto", BODY(EMPTY), {{0}}},
    {"/t.S/B", "application/grpc", BODY(NAMED EMPTY NAMED), {{0}}},
    {"/t.S/U", "application/grpc+json", BODY("\0\0\0\0\2{}"), {{0}}},
    {"/t.S/U",
     "application/json",
     BODY("{\"service\":\"" REHEARSAL_LONG_NAME "\"}"),
     {{"x-a", "b"}}},
    {"/t.S/U", "application/json", BODY("{}"), {{"accept-encoding", "gzip"}}},
    {"/t.S/U", "application/json", BODY("{\"service\":5}"), {{0}}},
    {"/t.S/E", "application/json", BODY("{}"), {{0}}},
    {"/t.S/E", "application/grpc", BODY(EMPTY), {{0}}},
    {"/t.S/U", "application/proto", BODY("\x0a\3t.S"), {{0}}},
    {"/t.S/B", "application/connect+json", BODY("\0\0\0\0\2{}"), {{0}}},
    {"/t.S/U", "application/grpc-web", BODY(NAMED), {{"origin", "https://a.example"}}},
    {"/t.S/U", "application/grpc-web-text", BODY("AAAAAAA="), {{0}}},
    {"/t.S/B",
     "application/grpc",
     BODY(ZIPPED),
     {{"grpc-encoding", "gzip"}, {"grpc-accept-encoding", "gzip"}}},
    {"/no.Service/Nothing", "application/grpc", BODY(EMPTY), {{0}}},
    {"/t.S/U", "application/grpc", BODY("\0\0\0\0\2\xff\xff"), {{0}}},
    {"/grpc.health.v1.Health/Check", "application/grpc", BODY(EMPTY), {{0}}},
    {"/grpc.health.v1.Health/Watch", "application/grpc", BODY(EMPTY), {{0}}},
    {"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
     "application/grpc",
     BODY("\0\0\0\0\2\x3a\0"),
     {{0}}},
};

static struct rehearsal engine;

/* --- its client, which always has memory -------------------------------------------------------
 */

struct answer {
    char http[STATUS_MOST];
    char grpc[STATUS_MOST];
    uint8_t body[BODY_MOST];
    size_t len;
    bool closed;
    bool whole; /* closed without an error */
};

struct client {
    nghttp2_session *session;
    const struct request *request;
    size_t sent;
    struct answer answer;
};

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                     void *data)
{
    struct client *client = data;
    (void)session, (void)frame, (void)flags;
    if (name_len == 7 && memcmp(name, ":status", 7) == 0) {
        snprintf(client->answer.http, STATUS_MOST, "%.*s", (int)value_len, value);
    } else if (name_len == 11 && memcmp(name, "grpc-status", 11) == 0) {
        snprintf(client->answer.grpc, STATUS_MOST, "%.*s", (int)value_len, value);
    }
    return 0;
}

static int on_chunk(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes,
                    size_t len, void *data)
{
    struct answer *answer = &((struct client *)data)->answer;
    (void)session, (void)flags, (void)id;
    CHECK(len <= sizeof(answer->body) - answer->len);
    memcpy(answer->body + answer->len, bytes, len);
    answer->len += len;
    return 0;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t code, void *data)
{
    struct answer *answer = &((struct client *)data)->answer;
    (void)session, (void)id;
    CHECK(code != NGHTTP2_INTERNAL_ERROR); /* it is no fault of ours, nor should clients think so */
    answer->closed = true;
    answer->whole = code == NGHTTP2_NO_ERROR;
    return 0;
}

static ssize_t on_body(nghttp2_session *session, int32_t id, uint8_t *out, size_t room,
                       uint32_t *flags, nghttp2_data_source *source, void *data)
{
    struct client *client = source->ptr;
    size_t len = client->request->len - client->sent;
    (void)session, (void)id, (void)data;
    len = len < room ? len : room;
    memcpy(out, client->request->body + client->sent, len);
    client->sent += len;
    *flags = client->sent == client->request->len ? NGHTTP2_DATA_FLAG_EOF : 0;
    return (ssize_t)len;
}

static void client_init(struct client *client, const struct request *request)
{
    nghttp2_session_callbacks *callbacks;
    nghttp2_nv headers[8];
    size_t count = 0;
    const nghttp2_data_provider body = {.source.ptr = client, .read_callback = on_body};
    *client = (struct client){.request = request};
    CHECK(nghttp2_session_callbacks_new(&callbacks) == 0);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_chunk);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    CHECK(nghttp2_session_client_new(&client->session, callbacks, client) == 0);
    nghttp2_session_callbacks_del(callbacks);
    headers[count++] = trailers_header(":method", "POST");
    headers[count++] = trailers_header(":scheme", "https");
    headers[count++] = trailers_header(":authority", "localhost");
    headers[count++] = trailers_header(":path", request->path);
    headers[count++] = trailers_header("content-type", request->content_type);
    for (size_t i = 0; i < COUNT(request->extra) && request->extra[i][0]; i++) {
        headers[count++] = trailers_header(request->extra[i][0], request->extra[i][1]);
    }
    CHECK(nghttp2_submit_settings(client->session, NGHTTP2_FLAG_NONE, NULL, 0) == 0);
    CHECK(nghttp2_submit_request(client->session, NULL, headers, count, &body, NULL) == 1);
}

/* True when the answer says that the call went well. */
static bool says_ok(const struct request *request, const struct answer *answer)
{
    static const char web_end[] = "grpc-status: 0";
    static const char connect_end[] = "\2\0\0\0\2{}";
    if (!answer->whole || answer->grpc[0]) {
        return answer->whole && strcmp(answer->grpc, "0") == 0;
    }
    if (strcmp(request->content_type, "application/json") == 0 ||
        strcmp(request->content_type, "application/proto") == 0) {
        return strcmp(answer->http, "200") == 0;
    }
    return memmem(answer->body, answer->len, web_end, sizeof(web_end) - 1) ||
           memmem(answer->body, answer->len, connect_end, sizeof(connect_end) - 1);
}

/* Another answer than the usual one may be empty, but not garbled. */
static bool readable(const struct request *request, const struct answer *answer)
{
    if (strcmp(request->content_type, "application/json") != 0 || answer->len == 0) {
        return true;
    }
    json_t *json = json_loadb((const char *)answer->body, answer->len, 0, NULL);
    json_decref(json);
    return json != NULL;
}

/* --- both together -----------------------------------------------------------------------------
 */

static struct answer usual; /* what came when nothing failed */

/* Moves what the client has to say. False when the session must end. */
static bool client_to_server(struct client *client, struct conn *conn)
{
    bool armed = plan.armed;
    const uint8_t *bytes;
    ssize_t len;
    bool alive = true;
    plan.armed = false;
    while (alive && (len = nghttp2_session_mem_send(client->session, &bytes)) > 0) {
        plan.armed = armed;
        for (ssize_t at = 0; alive && at < len; at += PIECE) {
            alive =
                h2_receive(&conn->h2, bytes + at, (size_t)(len - at < PIECE ? len - at : PIECE));
        }
        armed = plan.armed;
        plan.armed = false;
    }
    plan.armed = armed;
    return alive;
}

/* False when frames were lost on the way, so that nothing may follow them. */
static bool server_to_client(struct conn *conn, struct client *client)
{
    struct buf out = {0};
    bool alive = rehearsal_produce(&engine, conn, &out, BODY_MOST);
    bool armed = plan.armed;
    plan.armed = false;
    if (out.len > 0) {
        CHECK(nghttp2_session_mem_recv(client->session, buf_head(&out), out.len) ==
              (ssize_t)out.len);
    }
    plan.armed = armed;
    buf_deinit(&out);
    return alive;
}

/* One call on a connection of its own. Done is an answer like the usual one; another answer must
 * not say that all went well. */
static bool session_with_call(const void *data)
{
    static struct client client;
    struct conn conn = {.listener = &engine.listener, .state = CONN_OPEN, .peer = "test"};
    bool armed = plan.armed;
    plan.armed = false;
    client_init(&client, data);
    plan.armed = armed;
    bool began = h2_init(&conn.h2, &conn, &rpc_stream_ops, &engine.rpc);
    bool alive = began;
    bool intact = began;
    for (int i = 0; alive && intact && i < TURNS_MOST && !client.answer.closed; i++) {
        alive = client_to_server(&client, &conn);
        intact = server_to_client(&conn, &client);
        rehearsal_tick(&engine, 1);
    }
    if (began) {
        h2_goaway(&conn.h2);
        if (intact) {
            server_to_client(&conn, &client);
        }
        h2_deinit(&conn.h2);
    }
    plan.armed = false;
    nghttp2_session_del(client.session);
    CHECK(rehearsal_is_at_rest(&engine));
    rehearsal_tick(&engine, 1); /* lets go of spare calls */
    slab_trim();
    const struct answer *answer = &client.answer;
    if (usual.http[0] == '\0') {
        usual = *answer;
    }
    bool same = answer->whole == usual.whole && answer->len == usual.len &&
                memcmp(answer->body, usual.body, usual.len) == 0 &&
                strcmp(answer->http, usual.http) == 0 && strcmp(answer->grpc, usual.grpc) == 0;
    CHECK(same || !says_ok(data, answer));
    CHECK(same || !answer->whole || readable(client.request, answer));
    return same;
}

static void sessions(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(requests); i++) {
        unsigned before = tried;
        usual = (struct answer){0};
        without_memory(session_with_call, &requests[i]);
        assert_true(usual.whole || !usual.closed); /* a watch stays open */
        print_message("# %s as %s: HTTP %s, grpc-status %s; %u failures\n", requests[i].path,
                      requests[i].content_type, usual.http, usual.grpc[0] ? usual.grpc : "none",
                      tried - before);
    }
}

static void pure_functions(void **state)
{
    static const struct {
        const char *what;
        bool (*run)(const void *data);
    } table[] = {
        {"gzip both ways", gzip_both_ways},
        {"JSON both ways", json_both_ways},
        {"JSON with violations", json_with_violations},
        {"guard and decoder", guard_and_decode},
        {"trailers and details", trailers_and_details},
        {"Connect errors", connect_errors},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        unsigned before = tried;
        without_memory(table[i].run, NULL);
        print_message("# %s: %u failures\n", table[i].what, tried - before);
    }
}

static int set_up(void **state)
{
    (void)state;
    msg_json_watch_memory();
    return rehearsal_init(&engine) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return rehearsal_deinit(&engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pure_functions),
        cmocka_unit_test(sessions),
    };
    return cmocka_run_group_tests_name("alloc", tests, set_up, tear_down);
}
