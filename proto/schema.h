/* SPDX-License-Identifier: Apache-2.0 */
/* What the build makes of the protos: the list of services and the descriptor set. */
#ifndef PROTO_SCHEMA_H
#define PROTO_SCHEMA_H

#include <protobuf-c/protobuf-c.h>
#include <stdint.h>

/* Every service of pledge.v1, closed by NULL. */
extern const ProtobufCServiceDescriptor *const schema_services[];

/* A serialized google.protobuf.FileDescriptorSet of all protos and their imports. */
extern const uint8_t schema_descriptors[];
extern const uint8_t schema_descriptors_end[];

#endif
