/* SPDX-License-Identifier: Apache-2.0 */
/* What an error tells beyond its sentence, as google.rpc messages. Specification: AIP-193. */
#ifndef SERVER_RPC_DETAILS_H
#define SERVER_RPC_DETAILS_H

#include "common/base/arena.h"
#include "common/base/err.h"

#include "google/protobuf/any.pb-c.h"

enum { DETAILS_MAX = 2 };

struct details {
    Google__Protobuf__Any items[DETAILS_MAX];
    const ProtobufCMessage *messages[DETAILS_MAX]; /* the same, unpacked */
    size_t count;
};

#define DETAILS_TYPE_PREFIX "type.googleapis.com/"

/* Makes BadRequest of the violations, as many as fit `room` bytes, and RetryInfo of the wait. All
 * memory is of `arena`; a detail that does not fit it is left out. */
void details_make(struct details *details, const struct err *err, size_t room, struct arena *arena);

#endif
