/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rpc/wire.h"

#include <string.h>
#include <strings.h>

static const struct wire wires[] = {
    {"application/grpc", WIRE_GRPC, false},
    {"application/grpc+proto", WIRE_GRPC, false},
    {"application/grpc+json", WIRE_GRPC, true},
    {"application/json", WIRE_CONNECT, true},
    {"application/proto", WIRE_CONNECT, false},
    {"application/connect+json", WIRE_CONNECT_STREAM, true},
    {"application/connect+proto", WIRE_CONNECT_STREAM, false},
    {"application/grpc-web", WIRE_WEB, false},
    {"application/grpc-web+proto", WIRE_WEB, false},
    {"application/grpc-web+json", WIRE_WEB, true},
    {"application/grpc-web-text", WIRE_WEB_TEXT, false},
    {"application/grpc-web-text+proto", WIRE_WEB_TEXT, false},
};

const struct wire *const wire_default = &wires[0];

const struct wire *wire_find(const char *content_type, size_t len)
{
    const char *parameters = memchr(content_type, ';', len);
    size_t bare = parameters ? (size_t)(parameters - content_type) : len;
    while (bare > 0 && content_type[bare - 1] == ' ') {
        bare--;
    }
    for (size_t i = 0; i < sizeof(wires) / sizeof(wires[0]); i++) {
        if (strlen(wires[i].content_type) == bare &&
            strncasecmp(wires[i].content_type, content_type, bare) == 0) {
            return &wires[i];
        }
    }
    return NULL;
}

const char *wire_encoding_header(const struct wire *wire)
{
    switch (wire->protocol) {
    case WIRE_CONNECT:
        return "content-encoding";
    case WIRE_CONNECT_STREAM:
        return "connect-content-encoding";
    default:
        return "grpc-encoding";
    }
}
