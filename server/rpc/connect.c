/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rpc/connect.h"

#include "common/msg/json.h"
#include "server/rpc/details.h"

#include <ctype.h>
#include <string.h>

enum { CODE_TEXT = 32 };

int connect_http_status(enum grpc_code code)
{
    static const int statuses[] = {
        [GRPC_OK] = 200,
        [GRPC_CANCELLED] = 499,
        [GRPC_UNKNOWN] = 500,
        [GRPC_INVALID_ARGUMENT] = 400,
        [GRPC_DEADLINE_EXCEEDED] = 504,
        [GRPC_NOT_FOUND] = 404,
        [GRPC_ALREADY_EXISTS] = 409,
        [GRPC_PERMISSION_DENIED] = 403,
        [GRPC_RESOURCE_EXHAUSTED] = 429,
        [GRPC_FAILED_PRECONDITION] = 400,
        [GRPC_ABORTED] = 409,
        [GRPC_OUT_OF_RANGE] = 400,
        [GRPC_UNIMPLEMENTED] = 501,
        [GRPC_INTERNAL] = 500,
        [GRPC_UNAVAILABLE] = 503,
        [GRPC_DATA_LOSS] = 500,
        [GRPC_UNAUTHENTICATED] = 401,
    };
    size_t index = (size_t)code;
    return index < sizeof(statuses) / sizeof(statuses[0]) ? statuses[index] : 500;
}

/* Connect writes codes in lower case and spells one of them its own way. */
static void code_text(enum grpc_code code, char out[CODE_TEXT])
{
    const char *name = code == GRPC_CANCELLED ? "CANCELED" : grpc_code_name(code);
    size_t len = 0;
    for (; name[len] && len + 1 < CODE_TEXT; len++) {
        out[len] = (char)tolower((unsigned char)name[len]);
    }
    out[len] = '\0';
}

static json_t *detail(const Google__Protobuf__Any *any, const ProtobufCMessage *message,
                      struct arena *arena)
{
    char *value = arena_alloc(arena, (any->value.len + 2) / 3 * 4 + 1);
    if (!value) {
        return NULL;
    }
    grpc_base64_encode(any->value.data, any->value.len, value);
    value[strcspn(value, "=")] = '\0';
    return json_pack("{s:s, s:s, s:o}", "type", any->type_url + strlen(DETAILS_TYPE_PREFIX),
                     "value", value, "debug", msg_json_write(message, 0, NULL));
}

json_t *connect_error(const struct err *err, struct arena *arena)
{
    char code[CODE_TEXT];
    struct details details;
    details_make(&details, err, CONNECT_DETAILS_ROOM, arena);
    code_text(err->code, code);
    json_t *list = details.count > 0 ? json_array() : NULL;
    for (size_t i = 0; i < details.count; i++) {
        json_array_append_new(list, detail(&details.items[i], details.messages[i], arena));
    }
    return json_pack("{s:s, s:o, s:o*}", "code", code, "message", msg_json_text(err->message),
                     "details", list);
}
