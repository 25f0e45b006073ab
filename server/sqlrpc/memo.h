/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replies of costly reads, kept until something changes in their authority.
 *
 * Every change of an authority's resources counts its change_count up, in the same transaction. A
 * read that takes long asks for that count first; when it is still the one at which a reply to the
 * same request of the same caller was made, that reply is true.
 *
 * Glossary
 *   stamp  the authority's change count and the day, as the database sees them
 *   memo   one kept reply with its stamp
 */
#ifndef SERVER_SQLRPC_MEMO_H
#define SERVER_SQLRPC_MEMO_H

#include "server/db/db.h"

#include <stddef.h>
#include <stdint.h>

enum {
    MEMO_WORTH_US = 1000,             /* usual cost from which a read's reply is kept */
    MEMO_SLOTS = 256,                 /* of one loop; a reply displaces another in its slot */
    MEMO_MAX_KEY = 1024,              /* bytes of a request that is worth it */
    MEMO_MAX_REPLY = 256 * 1024,      /* bytes of one reply */
    MEMO_MAX_BYTES = 4 * 1024 * 1024, /* of all replies of one loop */
    MEMO_REST_MS = 60 * 1000,         /* unused for so long, a reply is dropped */
    MEMO_STAMP_SIZE = 32,
};

/* What a reply answers. Borrowed. */
struct memo_key {
    const void *method;
    const struct db_settings *settings;
    const uint8_t *request;
    size_t request_len;
};

struct memo {
    char stamp[MEMO_STAMP_SIZE];
    const uint8_t *reply; /* packed */
    size_t reply_len;
};

/* One loop's memos. */
struct memos;

struct memos *memos_new(struct loop *loop);
void memos_free(struct memos *memos);

/* The memo of this key, or NULL. Borrowed until the next change of `memos`. */
const struct memo *memos_find(struct memos *memos, const struct memo_key *key);

/* Keeps a copy of a reply, if there is room for it. */
void memos_keep(struct memos *memos, const struct memo_key *key, const char *stamp,
                const uint8_t *reply, size_t reply_len);

#endif
