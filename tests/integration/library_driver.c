/* SPDX-License-Identifier: Apache-2.0 */
/* Does with libpledge what it is told: one JSON object a line in, one a line out. Bytes are
 * hexadecimal. tests/integration/driver.py speaks to it. */
#include "client/lib/pledge.h"

#include "pledge/v1/member.pb-c.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_STREAMS = 8,
    SHOWN = 64, /* bytes of a message that are told as they are */
};

static struct pledge_channel *channel;
static struct pledge_stream *streams[MAX_STREAMS];

/* How many of the library's own allocations go well before one fails; -1: none fails. The linker
 * puts these functions in place of the real ones (--wrap). */
static long allocations_left = -1;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool may_allocate(void)
{
    return allocations_left < 0 || allocations_left-- > 0;
}

void *__wrap_malloc(size_t size)
{
    return may_allocate() ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return may_allocate() ? __real_calloc(count, size) : NULL;
}

void *__wrap_realloc(void *old, size_t size)
{
    return may_allocate() ? __real_realloc(old, size) : NULL;
}

static json_t *hex(const void *data, size_t len)
{
    char *text = __real_malloc(len * 2 + 1);
    for (size_t i = 0; i < len; i++) {
        snprintf(text + i * 2, 3, "%02x", ((const unsigned char *)data)[i]);
    }
    json_t *json = json_stringn(text, len * 2);
    free(text);
    return json;
}

/* The bytes of "hex", or "size" bytes that each are "fill". */
static uint8_t *payload(const json_t *in, size_t *ret_len)
{
    const char *text = json_string_value(json_object_get(in, "hex"));
    json_t *size = json_object_get(in, "size");
    *ret_len = text ? strlen(text) / 2 : (size_t)json_integer_value(size);
    uint8_t *bytes = __real_malloc(*ret_len + 1);
    if (!text) {
        memset(bytes, (int)json_integer_value(json_object_get(in, "fill")), *ret_len);
    }
    for (size_t i = 0; text && i < *ret_len; i++) {
        char pair[] = {text[i * 2], text[i * 2 + 1], '\0'};
        bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return bytes;
}

static void put_bytes(json_t *out, const struct pledge_bytes *bytes)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < bytes->len; i++) {
        sum += bytes->data[i];
    }
    json_object_set_new(out, "length", json_integer((json_int_t)bytes->len));
    json_object_set_new(out, "sum", json_integer((json_int_t)sum));
    json_object_set_new(out, "hex", hex(bytes->data, bytes->len < SHOWN ? bytes->len : SHOWN));
}

static void put_status(json_t *out, const struct pledge_status *status)
{
    json_object_set_new(out, "code", json_string(pledge_code_name(status->code)));
    json_object_set_new(out, "message", json_string(status->message));
}

static json_t *metadata(const struct pledge_metadata *entries, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(
            list, json_pack("[s, o]", entries[i].name, hex(entries[i].value, entries[i].len)));
    }
    return list;
}

static void put_reply(json_t *out, struct pledge_reply *reply)
{
    json_t *violations = json_array();
    put_status(out, &reply->status);
    put_bytes(out, &reply->bytes);
    for (size_t i = 0; i < reply->violation_count; i++) {
        const struct pledge_violation *violation = &reply->violations[i];
        json_array_append_new(violations, json_pack("[s, s, s]", violation->field,
                                                    violation->description, violation->reason));
    }
    json_object_set_new(out, "violations", violations);
    json_object_set_new(out, "headers", metadata(reply->headers, reply->header_count));
    json_object_set_new(out, "trailers", metadata(reply->trailers, reply->trailer_count));
    json_object_set_new(out, "details", hex(reply->details.data, reply->details.len));
    json_object_set_new(out, "attempts", json_integer(reply->attempts));
    pledge_reply_deinit(reply);
}

static unsigned number(const json_t *in, const char *name)
{
    return (unsigned)json_integer_value(json_object_get(in, name));
}

static void do_channel(const json_t *in, json_t *out)
{
    struct pledge_status status;
    struct pledge_channel_options options = {
        .address = json_string_value(json_object_get(in, "address")),
        .ca_file = json_string_value(json_object_get(in, "ca")),
        .cert_file = json_string_value(json_object_get(in, "cert")),
        .key_file = json_string_value(json_object_get(in, "key")),
        .session_token = json_string_value(json_object_get(in, "session_token")),
        .connect_timeout_ms = number(in, "connect_timeout_ms"),
        .keepalive_ms = number(in, "keepalive_ms"),
        .keepalive_timeout_ms = number(in, "keepalive_timeout_ms"),
        .max_receive_bytes = number(in, "max_receive_bytes"),
        .max_send_bytes = number(in, "max_send_bytes"),
    };
    pledge_channel_free(channel);
    channel = pledge_channel_new(&options, &status);
    put_status(out, &status);
}

/* Fills in the options; `entries` hold the metadata, whose values are freed by drop_options. */
static struct pledge_call_options read_options(const json_t *in, struct pledge_metadata *entries)
{
    size_t i;
    json_t *pair;
    size_t count = 0;
    json_array_foreach(json_object_get(in, "metadata"), i, pair)
    {
        const char *name = json_string_value(json_array_get(pair, 0));
        json_t *value = json_pack("{s:O}", "hex", json_array_get(pair, 1));
        entries[count].name = name;
        entries[count].value = payload(value, &entries[count].len);
        json_decref(value);
        count++;
    }
    return (struct pledge_call_options){
        .timeout_ms = number(in, "timeout_ms"),
        .idempotent = json_is_true(json_object_get(in, "idempotent")),
        .gzip = json_is_true(json_object_get(in, "gzip")),
        .metadata = entries,
        .metadata_count = count,
    };
}

static void drop_options(const struct pledge_call_options *options)
{
    for (size_t i = 0; i < options->metadata_count; i++) {
        free((void *)options->metadata[i].value);
    }
}

static void do_open(const json_t *in, json_t *out, struct pledge_stream **stream)
{
    struct pledge_metadata entries[PLEDGE_MAX_METADATA + 1];
    struct pledge_status status;
    struct pledge_call_options options = read_options(in, entries);
    *stream = pledge_stream_open(channel, json_string_value(json_object_get(in, "method")),
                                 &options, &status);
    put_status(out, &status);
    json_object_set_new(out, "good", json_boolean(*stream));
    drop_options(&options);
}

static void do_call(const json_t *in, json_t *out)
{
    struct pledge_metadata entries[PLEDGE_MAX_METADATA + 1];
    struct pledge_reply reply;
    size_t len;
    uint8_t *bytes = payload(in, &len);
    struct pledge_call_options options = read_options(in, entries);
    bool good = pledge_call_bytes(channel, json_string_value(json_object_get(in, "method")), bytes,
                                  len, &options, &reply);
    json_object_set_new(out, "good", json_boolean(good));
    put_reply(out, &reply);
    drop_options(&options);
    free(bytes);
}

static void do_receive(const json_t *in, json_t *out, struct pledge_stream *stream)
{
    static const char *const results[] = {"MESSAGE", "AGAIN", "END", "ERROR"};
    const ProtobufCMessage *message;
    struct pledge_bytes bytes;
    int timeout_ms = (int)json_integer_value(json_object_get(in, "timeout_ms"));
    enum pledge_stream_result result;
    if (json_is_true(json_object_get(in, "typed"))) {
        result = pledge_stream_receive(stream, &pledge__v1__get_self_response__descriptor,
                                       timeout_ms, &message);
        const Pledge__V1__GetSelfResponse *self = (const void *)message;
        json_object_set_new(out, "name", json_string(self ? self->display_name : NULL));
    } else {
        result = pledge_stream_receive_bytes(stream, timeout_ms, &bytes);
        put_bytes(out, &bytes);
    }
    json_object_set_new(out, "result", json_string(results[result]));
}

static void do_send(const json_t *in, json_t *out, struct pledge_stream *stream)
{
    size_t len;
    bool good;
    if (json_object_get(in, "name")) {
        Pledge__V1__GetSelfResponse self = PLEDGE__V1__GET_SELF_RESPONSE__INIT;
        self.display_name = (char *)json_string_value(json_object_get(in, "name"));
        good = pledge_stream_send(stream, &self.base);
    } else {
        uint8_t *bytes = payload(in, &len);
        good = pledge_stream_send_bytes(stream, bytes, len);
        free(bytes);
    }
    json_object_set_new(out, "good", json_boolean(good));
}

static void do_poll(const json_t *in, json_t *out, struct pledge_stream *stream)
{
    struct pollfd poller;
    int wait = pledge_stream_poll(stream, &poller);
    int limit = (int)json_integer_value(json_object_get(in, "timeout_ms"));
    int ready = poll(&poller, 1, wait >= 0 && wait < limit ? wait : limit);
    json_object_set_new(out, "wait", json_integer(wait));
    json_object_set_new(out, "ready", json_boolean(wait == 0 || ready > 0));
}

/* The most memory this process has ever had, in KiB, since "reset". */
static void do_memory(const json_t *in, json_t *out)
{
    char line[256];
    long peak = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof(line), file)) {
        sscanf(line, "VmHWM: %ld", &peak);
    }
    if (file) {
        fclose(file);
    }
    FILE *reset = fopen("/proc/self/clear_refs", "w");
    if (reset) {
        fputs("5", reset);
        fclose(reset);
    }
    json_object_set_new(out, "peak", json_integer(peak));
}

static void do_finish(const json_t *in, json_t *out, struct pledge_stream **stream)
{
    struct pledge_reply reply = {0};
    bool drop = json_is_true(json_object_get(in, "drop"));
    bool good = pledge_stream_finish(*stream, drop ? NULL : &reply);
    *stream = NULL;
    json_object_set_new(out, "good", json_boolean(good));
    put_reply(out, &reply);
}

static void obey(const json_t *in, json_t *out)
{
    const char *what = json_string_value(json_object_get(in, "do"));
    struct pledge_stream **stream = &streams[number(in, "stream") % MAX_STREAMS];
    json_t *allocations = json_object_get(in, "allocations");
    if (allocations) {
        allocations_left = (long)json_integer_value(allocations);
    }
    if (strcmp(what, "channel") == 0) {
        do_channel(in, out);
    } else if (strcmp(what, "call") == 0) {
        do_call(in, out);
    } else if (strcmp(what, "open") == 0) {
        do_open(in, out, stream);
    } else if (strcmp(what, "memory") == 0) {
        do_memory(in, out);
    } else if (!*stream) {
        json_object_set_new(out, "nothing", json_true());
    } else if (strcmp(what, "send") == 0) {
        do_send(in, out, *stream);
    } else if (strcmp(what, "close_send") == 0) {
        json_object_set_new(out, "good", json_boolean(pledge_stream_close_send(*stream)));
    } else if (strcmp(what, "receive") == 0) {
        do_receive(in, out, *stream);
    } else if (strcmp(what, "poll") == 0) {
        do_poll(in, out, *stream);
    } else if (strcmp(what, "header") == 0) {
        const struct pledge_metadata *entry =
            pledge_stream_header(*stream, json_string_value(json_object_get(in, "name")));
        json_object_set_new(out, "value", entry ? hex(entry->value, entry->len) : json_null());
    } else if (strcmp(what, "cancel") == 0) {
        pledge_stream_cancel(*stream);
    } else if (strcmp(what, "finish") == 0) {
        do_finish(in, out, stream);
    }
    if (allocations) {
        json_object_set_new(out, "failed", json_boolean(allocations_left < 0));
        allocations_left = -1;
    }
}

int main(void)
{
    static char line[1 << 20];
    while (fgets(line, sizeof(line), stdin)) {
        json_t *in = json_loads(line, 0, NULL);
        json_t *out = json_object();
        obey(in, out);
        char *text = json_dumps(out, JSON_COMPACT);
        puts(text);
        fflush(stdout);
        free(text);
        json_decref(in);
        json_decref(out);
    }
    for (size_t i = 0; i < MAX_STREAMS; i++) {
        pledge_stream_finish(streams[i], NULL);
    }
    pledge_channel_free(channel);
    return 0;
}
