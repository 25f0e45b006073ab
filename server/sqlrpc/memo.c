/* SPDX-License-Identifier: Apache-2.0 */
#include "server/sqlrpc/memo.h"

#include "common/base/fnv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One allocation: the entry, the key's bytes, the reply. */
struct entry {
    struct memo memo;
    const void *method;
    size_t key_len;
    size_t size; /* of key and reply */
    uint64_t used_ms;
    uint8_t bytes[];
};

struct memos {
    struct loop *loop;
    struct entry *slots[MEMO_SLOTS];
    size_t bytes;
};

/* The caller and the request as one run of bytes, each part closed by a NUL. */
struct flat_key {
    uint8_t bytes[4 * DB_MAX_SETTING + MEMO_MAX_KEY];
    size_t len;
};

static bool flatten(const struct memo_key *key, struct flat_key *flat)
{
    const char *parts[] = {key->settings->authority, key->settings->principal, key->settings->role,
                           key->settings->owner};
    flat->len = 0;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        size_t len = strlen(parts[i]) + 1;
        if (len > DB_MAX_SETTING) {
            return false;
        }
        memcpy(flat->bytes + flat->len, parts[i], len);
        flat->len += len;
    }
    if (key->request_len > MEMO_MAX_KEY) {
        return false;
    }
    memcpy(flat->bytes + flat->len, key->request, key->request_len);
    flat->len += key->request_len;
    return true;
}

static size_t slot_of(const struct memo_key *key, const struct flat_key *flat)
{
    return (size_t)(fnv_hash((uintptr_t)key->method, flat->bytes, flat->len) >> 32) % MEMO_SLOTS;
}

static void drop(struct memos *memos, size_t slot)
{
    if (memos->slots[slot]) {
        memos->bytes -= memos->slots[slot]->size;
        free(memos->slots[slot]);
        memos->slots[slot] = NULL;
    }
}

static void on_tick(void *data)
{
    struct memos *memos = data;
    for (size_t i = 0; memos->bytes > 0 && i < MEMO_SLOTS; i++) {
        const struct entry *entry = memos->slots[i];
        if (entry && memos->loop->now_ms - entry->used_ms > MEMO_REST_MS) {
            drop(memos, i);
        }
    }
}

struct memos *memos_new(struct loop *loop)
{
    struct memos *memos = calloc(1, sizeof(*memos));
    if (memos) {
        memos->loop = loop;
        loop_on_tick(loop, on_tick, memos);
    }
    return memos;
}

void memos_free(struct memos *memos)
{
    for (size_t i = 0; memos && i < MEMO_SLOTS; i++) {
        drop(memos, i);
    }
    free(memos);
}

const struct memo *memos_find(struct memos *memos, const struct memo_key *key)
{
    struct flat_key flat;
    if (!flatten(key, &flat)) {
        return NULL;
    }
    struct entry *entry = memos->slots[slot_of(key, &flat)];
    if (!entry || entry->method != key->method || entry->key_len != flat.len ||
        memcmp(entry->bytes, flat.bytes, flat.len) != 0) {
        return NULL;
    }
    entry->used_ms = memos->loop->now_ms;
    return &entry->memo;
}

void memos_keep(struct memos *memos, const struct memo_key *key, const char *stamp,
                const uint8_t *reply, size_t reply_len)
{
    struct flat_key flat;
    if (reply_len > MEMO_MAX_REPLY || !flatten(key, &flat)) {
        return;
    }
    size_t slot = slot_of(key, &flat);
    size_t size = flat.len + reply_len;
    drop(memos, slot);
    struct entry *entry =
        memos->bytes + size <= MEMO_MAX_BYTES ? malloc(sizeof(*entry) + size) : NULL;
    if (!entry) {
        return;
    }
    *entry = (struct entry){
        .method = key->method, .key_len = flat.len, .size = size, .used_ms = memos->loop->now_ms};
    memcpy(entry->bytes, flat.bytes, flat.len);
    memcpy(entry->bytes + flat.len, reply, reply_len);
    entry->memo.reply = entry->bytes + flat.len;
    entry->memo.reply_len = reply_len;
    snprintf(entry->memo.stamp, sizeof(entry->memo.stamp), "%s", stamp);
    memos->slots[slot] = entry;
    memos->bytes += size;
}
