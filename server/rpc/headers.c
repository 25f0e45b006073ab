/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rpc/headers.h"

#include "common/grpc/timeout.h"
#include "server/rpc/call.h"

#include <ctype.h>
#include <limits.h>
#include <openssl/evp.h>
#include <string.h>
#include <strings.h>

/* gRPC, Connect's streams and Connect's single messages each name encodings in headers of their
 * own, and a browser adds its own accept-encoding to all: so they are kept apart, a bit each. */
enum { FAMILY_NONE, FAMILY_GRPC = 1, FAMILY_CONNECT_STREAM = 2, FAMILY_CONNECT = 4 };

enum { CONNECT_TIMEOUT_DIGITS = 10 };

/* version 00, trace id, parent id, flags: W3C Trace Context 3.2 */
enum {
    TRACE_LEN = CALL_TRACE_SIZE - 1,
    TRACE_ID_AT = 3,
    TRACE_PARENT_AT = 36,
    TRACE_FLAGS_AT = 53
};

static bool is(const char *value, size_t len, const char *want)
{
    return len == strlen(want) && memcmp(value, want, len) == 0;
}

/* --- one header each ------------------------------------------------------------------------- */

static bool take_path(struct call *call, unsigned family, const char *value, size_t len)
{
    (void)family;
    call->method = registry_find(call->rpc->registry, value, len);
    call->path =
        call->method ? (char *)call->method->path : arena_strndup(&call->arena, value, len);
    /* RFC 3986 2: a path is ASCII; what is not can be neither logged nor told */
    for (char *at = call->path; !call->method && at && *at; at++) {
        *at = (unsigned char)*at < 0x80 ? *at : '?';
    }
    return call->path != NULL;
}

static bool take_http_method(struct call *call, unsigned family, const char *value, size_t len)
{
    (void)family;
    call->is_post = is(value, len, "POST");
    call->is_preflight = is(value, len, "OPTIONS");
    call->is_head = is(value, len, "HEAD");
    return true;
}

static bool take_content_type(struct call *call, unsigned family, const char *value, size_t len)
{
    (void)family;
    call->asked = wire_find(value, len);
    return true;
}

static bool take_grpc_timeout(struct call *call, unsigned family, const char *value, size_t len)
{
    uint64_t timeout_ms;
    (void)family;
    if (grpc_timeout_parse(value, len, &timeout_ms)) {
        call->deadline_ms = call->rpc->loop->now_ms + timeout_ms;
        call->has_timeout = true;
    } else if (call->err.code == GRPC_OK) {
        err_set(&call->err, GRPC_INVALID_ARGUMENT, "grpc-timeout: not digits and a unit of HMSmun");
    }
    return true;
}

static bool take_connect_timeout(struct call *call, unsigned family, const char *value, size_t len)
{
    uint64_t timeout_ms = 0;
    size_t at = 0;
    (void)family;
    for (; at < len && at < CONNECT_TIMEOUT_DIGITS && isdigit((unsigned char)value[at]); at++) {
        timeout_ms = timeout_ms * 10 + (uint64_t)(value[at] - '0');
    }
    if (at == len && len > 0) {
        call->deadline_ms = call->rpc->loop->now_ms + timeout_ms;
        call->has_timeout = true;
    } else if (call->err.code == GRPC_OK) {
        err_set(&call->err, GRPC_INVALID_ARGUMENT,
                "connect-timeout-ms: not a number of at most %d digits", CONNECT_TIMEOUT_DIGITS);
    }
    return true;
}

static bool take_connect_version(struct call *call, unsigned family, const char *value, size_t len)
{
    (void)family;
    if (!is(value, len, "1") && call->err.code == GRPC_OK) {
        err_set(&call->err, GRPC_INVALID_ARGUMENT, "connect-protocol-version: must be 1");
    }
    return true;
}

static bool take_encoding(struct call *call, unsigned family, const char *value, size_t len)
{
    if (is(value, len, "gzip")) {
        call->gzip_sent |= (uint8_t)family;
    } else if (!is(value, len, "identity")) {
        call->odd_encoding |= (uint8_t)family;
    }
    return true;
}

/* A list such as "identity, gzip;q=0.5"; a weight of nothing but zeroes refuses (RFC 9110 12.4.2).
 */
static bool take_accepted(struct call *call, unsigned family, const char *value, size_t len)
{
    const char *end = value + len;
    for (const char *at = value; at < end;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *next = comma ? comma : end;
        at += strspn(at, " \t") < (size_t)(next - at) ? strspn(at, " \t") : 0;
        const char *semicolon = memchr(at, ';', (size_t)(next - at));
        size_t name = (size_t)((semicolon ? semicolon : next) - at);
        while (name > 0 && at[name - 1] == ' ') {
            name--;
        }
        const char *weight = semicolon ? memchr(semicolon, '=', (size_t)(next - semicolon)) : NULL;
        size_t zeroes = weight ? strspn(weight + 1, "0. ") : 0;
        bool refused = weight && zeroes == (size_t)(next - weight - 1);
        if (is(at, name, "gzip") && !refused) {
            call->gzip_accepted |= (uint8_t)family;
        }
        at = next + 1;
    }
    return true;
}

static bool is_lower_hex(const char *text, size_t len)
{
    return strspn(text, "0123456789abcdef") >= len;
}

/* A malformed one is left out, as the specification asks. */
static bool take_trace(struct call *call, unsigned family, const char *value, size_t len)
{
    (void)family;
    if (len == TRACE_LEN && memcmp(value, "00-", TRACE_ID_AT) == 0 &&
        is_lower_hex(value + TRACE_ID_AT, 32) && value[TRACE_PARENT_AT - 1] == '-' &&
        is_lower_hex(value + TRACE_PARENT_AT, 16) && value[TRACE_FLAGS_AT - 1] == '-' &&
        is_lower_hex(value + TRACE_FLAGS_AT, 2) && strspn(value + TRACE_ID_AT, "0") < 32 &&
        strspn(value + TRACE_PARENT_AT, "0") < 16) {
        memcpy(call->trace, value, len + 1);
    }
    return true;
}

/* Only origins that the settings name are remembered. */
static bool take_origin(struct call *call, unsigned family, const char *value, size_t len)
{
    (void)family;
    for (const char *at = call->rpc->web_origins; at && *at;) {
        size_t one = strcspn(at, " ");
        if (one == len && memcmp(at, value, len) == 0) {
            call->origin = arena_strndup(&call->arena, value, len);
            return call->origin != NULL;
        }
        at += one + strspn(at + one, " ");
    }
    return true;
}

/* RFC 6750 2.1; what is sealed in the token is the database's business. */
static bool take_authorization(struct call *call, unsigned family, const char *value, size_t len)
{
    static const char scheme[] = "bearer ";
    size_t prefix = sizeof(scheme) - 1;
    (void)family;
    if (len > prefix && len <= CALL_MAX_TOKEN && strncasecmp(value, scheme, prefix) == 0) {
        if (!EVP_Digest(value + prefix, len - prefix, call->fingerprint, NULL, EVP_sha256(),
                        NULL)) {
            return false;
        }
        call->identified = true;
        call->by_session = true;
        call->certificate_days = INT_MAX;
    } else if (call->err.code == GRPC_OK) {
        err_set(&call->err, GRPC_UNAUTHENTICATED,
                "authorization: must be \"Bearer\" and a session token");
    }
    return true;
}

struct header_rule {
    const char *name;
    size_t name_len;
    bool (*take)(struct call *call, unsigned family, const char *value, size_t len);
    unsigned family;
};

/* every header of every call is held against these names */
#define NAMED(name) name, sizeof(name) - 1

static const struct header_rule rules[] = {
    {NAMED(":path"), take_path, FAMILY_NONE},
    {NAMED(":method"), take_http_method, FAMILY_NONE},
    {NAMED("content-type"), take_content_type, FAMILY_NONE},
    {NAMED("grpc-timeout"), take_grpc_timeout, FAMILY_NONE},
    {NAMED("grpc-encoding"), take_encoding, FAMILY_GRPC},
    {NAMED("grpc-accept-encoding"), take_accepted, FAMILY_GRPC},
    {NAMED("connect-timeout-ms"), take_connect_timeout, FAMILY_NONE},
    {NAMED("connect-protocol-version"), take_connect_version, FAMILY_NONE},
    {NAMED("connect-content-encoding"), take_encoding, FAMILY_CONNECT_STREAM},
    {NAMED("connect-accept-encoding"), take_accepted, FAMILY_CONNECT_STREAM},
    {NAMED("content-encoding"), take_encoding, FAMILY_CONNECT},
    {NAMED("accept-encoding"), take_accepted, FAMILY_CONNECT},
    {NAMED("traceparent"), take_trace, FAMILY_NONE},
    {NAMED("authorization"), take_authorization, FAMILY_NONE},
    {NAMED("origin"), take_origin, FAMILY_NONE},
};

/* --- metadata for handlers that ask for it ------------------------------------------------------
 */

static bool is_binary(const char *name, size_t len)
{
    return len > 4 && memcmp(name + len - 4, "-bin", 4) == 0;
}

static bool keep_one(struct call *call, const char *name, const char *value, size_t len,
                     bool binary)
{
    struct call_metadata *entry = arena_calloc(&call->arena, 1, sizeof(*entry));
    uint8_t *copy = arena_alloc(&call->arena, len + 4); /* what decoding asks for */
    if (!entry || !copy) {
        return false;
    }
    entry->name = name;
    entry->value = copy;
    if (binary) {
        entry->len = grpc_base64_decode(value, len, copy);
        if (entry->len == (size_t)-1) {
            return true; /* no bytes that anybody could have meant */
        }
    } else {
        memcpy(copy, value, len);
        entry->len = len;
    }
    copy[entry->len] = '\0';
    const struct call_metadata **last = &call->metadata;
    while (*last) {
        last = (const struct call_metadata **)&(*last)->next;
    }
    *last = entry;
    return true;
}

/* Several binary values may share a line, joined by commas. */
static bool keep_metadata(struct call *call, const char *name, size_t name_len, const char *value,
                          size_t len)
{
    char *copy = arena_strndup(&call->arena, name, name_len);
    bool binary = is_binary(name, name_len);
    while (copy && binary && memchr(value, ',', len)) {
        size_t one = (size_t)((const char *)memchr(value, ',', len) - value);
        if (!keep_one(call, copy, value, one, true)) {
            return false;
        }
        value += one + 1;
        len -= one + 1;
    }
    return copy && keep_one(call, copy, value, len, binary);
}

bool headers_take(struct call *call, const char *name, size_t name_len, const char *value,
                  size_t value_len)
{
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (name_len == rules[i].name_len && memcmp(name, rules[i].name, name_len) == 0) {
            return rules[i].take(call, rules[i].family, value, value_len);
        }
    }
    /* pseudo-headers come first, so the method is known by now; headers that are too many are
     * refused, which needs to know of the protocol's own only */
    bool too_many = call->stream.header_bytes > H2_MAX_HEADER_BYTES;
    return too_many || !call->method || !call->method->metadata || name[0] == ':' ||
           keep_metadata(call, name, name_len, value, value_len);
}

/* --- judging --------------------------------------------------------------------------------- */

/* Connect has a content-type for single messages and one for streams. */
static bool wire_fits(const struct wire *wire, const struct method *method)
{
    return !wire_is_connect(wire) ||
           method_streams(method) == (wire->protocol == WIRE_CONNECT_STREAM);
}

static unsigned family_of(const struct wire *wire)
{
    return wire->protocol == WIRE_CONNECT          ? FAMILY_CONNECT
           : wire->protocol == WIRE_CONNECT_STREAM ? FAMILY_CONNECT_STREAM
                                                   : FAMILY_GRPC;
}

static void settle_encoding(struct call *call)
{
    unsigned family = family_of(call->wire);
    bool sends = call->gzip_sent & family;
    call->accepts_gzip = call->gzip_accepted & family;
    call->gzip_sent = sends;
    if (call->odd_encoding & family && call->err.code == GRPC_OK) {
        err_set(&call->err, GRPC_UNIMPLEMENTED, "%s: only identity and gzip are accepted",
                wire_encoding_header(call->wire));
    }
    /* gRPC clients accept gzip without wishing for it, so there a compressed request is the wish;
     * with HTTP's own header it is the accept that wishes. */
    if (call->accepts_gzip && (sends || family == FAMILY_CONNECT)) {
        call->compression = CALL_GZIP_LARGE;
    }
}

bool headers_are_of_call(struct call *call)
{
    call->http_status = !call->is_post ? 405 : !call->asked ? 415 : 200;
    return call->http_status == 200;
}

void headers_judge(struct call *call)
{
    struct err *err = &call->err;
    const char *path = call->path ? call->path : "";
    const struct wire *wire = call->asked;
    if (call->method && !wire_fits(wire, call->method)) {
        call->http_status = 415;
        err_set(err, GRPC_INVALID_ARGUMENT,
                "a method that streams takes application/connect+json or +proto, any other "
                "application/json or application/proto");
        return;
    }
    call->wire = wire;
    settle_encoding(call);
    if (call->stream.header_bytes > H2_MAX_HEADER_BYTES) {
        err_set(err, GRPC_RESOURCE_EXHAUSTED, "the headers are larger than %d bytes",
                H2_MAX_HEADER_BYTES);
    } else if (!call->method) {
        bool service = registry_has_service(call->rpc->registry, path, strlen(path));
        err_set(err, GRPC_UNIMPLEMENTED, "unknown %s %s", service ? "method" : "service", path);
    }
}
