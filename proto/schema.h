/* SPDX-License-Identifier: Apache-2.0 */
/* What the build makes of the protos: the list of services and the descriptor set. */
#ifndef PROTO_SCHEMA_H
#define PROTO_SCHEMA_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>

/* Every service of pledge.v1, closed by NULL. */
extern const ProtobufCServiceDescriptor *const schema_services[];

/* The methods that stream, closed by a zeroed entry. */
struct schema_stream {
    const char *path; /* "/pledge.v1.Service/Method" */
    bool client;      /* a stream of requests */
    bool server;      /* a stream of replies */
};
extern const struct schema_stream schema_streams[];

/* A serialized google.protobuf.FileDescriptorSet of all protos and their imports. */
extern const uint8_t schema_descriptors[];
extern const uint8_t schema_descriptors_end[];

#endif
