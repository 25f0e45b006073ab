/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which methods there are, and who answers each.
 *
 * Glossary
 *   method   one RPC: its path, its messages and the code that answers it
 */
#ifndef SERVER_RPC_REGISTRY_H
#define SERVER_RPC_REGISTRY_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct call;

enum { REGISTRY_SLOTS = 1024, REGISTRY_MAX_METHODS = 512 };

struct method {
    const char *path; /* "/package.Service/Method"; owned by the registry's maker */
    const ProtobufCMessageDescriptor *input;
    const ProtobufCMessageDescriptor *output;
    const char *permission; /* the word that says who may call it: "public", "known" or a role's */
    bool anonymous;         /* answers callers that show neither certificate nor session, too */
    bool client_streams;    /* any number of requests; else exactly one */
    bool server_streams;    /* any number of replies; else exactly one */
    bool metadata;          /* wants to see the client's headers */
    uint32_t max_request;   /* bytes of a message; 0: as call.h has it for all or for anybody */
    /* May the next message be decoded now? If not, the call is paused. NULL: always. */
    bool (*admits)(struct call *call);
    /* One request message, decoded into the call's arena; of a stream of requests into
     * call->scratch, which is emptied when this returns. */
    void (*message)(struct call *call, const ProtobufCMessage *request);
    /* The client sends no more; for streams of requests only. */
    void (*half_close)(struct call *call);
    void *data;   /* the answering code's own */
    size_t index; /* set by registry_add: its place among all methods */
};

/* Made before the loops start, then only read. A zeroed struct is empty. */
struct registry {
    struct method *slots[REGISTRY_SLOTS];
    struct method *methods[REGISTRY_MAX_METHODS]; /* by index */
    size_t count;
};

static inline bool method_streams(const struct method *method)
{
    return method->client_streams || method->server_streams;
}

/* Adds a method; borrowed. False when its path is taken or the registry is full. */
bool registry_add(struct registry *registry, struct method *method);

/* The method at a path, or NULL. */
const struct method *registry_find(const struct registry *registry, const char *path, size_t len);

/* True when the path's service has any method, to tell an unknown method from an unknown service.
 */
bool registry_has_service(const struct registry *registry, const char *path, size_t len);

#endif
