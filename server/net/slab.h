/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for HTTP/2 sessions: small pieces from lists of free ones, frame buffers on pages of their
 * own.
 *
 * nghttp2 takes and gives back a dozen small pieces a request, in bursts that are too deep for the
 * C library's cache. And it asks for a frame buffer of 16 KiB a connection, of which an idle one
 * touches little: apart from other memory and on whole pages, what is not touched costs nothing.
 *
 * Glossary
 *   class  one size of small pieces
 *   slab   a mapping that is cut into pieces of one size; unmapped when all of them are free
 */
#ifndef SERVER_NET_SLAB_H
#define SERVER_NET_SLAB_H

#include <nghttp2/nghttp2.h>

/* The allocator of the calling thread's sessions, which must be freed on the same thread. Lives as
 * long as the thread. */
nghttp2_mem *slab_nghttp2_mem(void);

/* Gives back to the system what this thread keeps for later. */
void slab_trim(void);

#endif
