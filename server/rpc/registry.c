/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rpc/registry.h"

#include "common/base/fnv.h"

#include <string.h>

enum { HASHED = 16 }; /* bytes of a path's end, which tell most methods apart */

static size_t slot_of(const struct registry *registry, const char *path, size_t len)
{
    size_t tail = len < HASHED ? len : HASHED;
    size_t slot = fnv_hash(len, path + len - tail, tail) % REGISTRY_SLOTS;
    while (registry->slots[slot] && (strncmp(registry->slots[slot]->path, path, len) != 0 ||
                                     registry->slots[slot]->path[len] != '\0')) {
        slot = (slot + 1) % REGISTRY_SLOTS;
    }
    return slot;
}

bool registry_add(struct registry *registry, struct method *method)
{
    size_t slot = slot_of(registry, method->path, strlen(method->path));
    if (registry->slots[slot] || registry->count >= REGISTRY_MAX_METHODS) {
        return false;
    }
    registry->slots[slot] = method;
    method->index = registry->count;
    registry->methods[registry->count++] = method;
    return true;
}

const struct method *registry_find(const struct registry *registry, const char *path, size_t len)
{
    return registry->slots[slot_of(registry, path, len)];
}

bool registry_has_service(const struct registry *registry, const char *path, size_t len)
{
    const char *slash = len > 1 ? memchr(path + 1, '/', len - 1) : NULL;
    size_t prefix = slash ? (size_t)(slash - path) + 1 : len;
    for (size_t i = 0; i < REGISTRY_SLOTS; i++) {
        const struct method *method = registry->slots[i];
        if (method && strncmp(method->path, path, prefix) == 0) {
            return true;
        }
    }
    return false;
}
