/* SPDX-License-Identifier: Apache-2.0 */
/* The jobs that wait for one lane. Each council's have a line of their own, and lines take turns,
 * so that a council with much to do keeps no other waiting. Used by db.c alone. */
#ifndef SERVER_DB_QUEUE_H
#define SERVER_DB_QUEUE_H

#include "server/db/db.h"

enum {
    QUEUE_SLOTS = 256,      /* of the table of lines */
    QUEUE_MAX_LINES = 1024, /* councils beyond them share one line */
};

struct job_list {
    struct db_job *first;
    struct db_job **last;
    unsigned count;
};

struct queue_line {
    struct queue_line *next;  /* in turn, while it has jobs */
    struct queue_line *chain; /* in its slot */
    char authority[DB_MAX_SETTING];
    struct job_list jobs;
    unsigned taken; /* in the present turn */
};

struct queue {
    struct queue_line *first; /* with jobs */
    struct queue_line **last;
    struct queue_line *slots[QUEUE_SLOTS];
    struct queue_line shared; /* for councils without a line of their own */
    unsigned line_count;
    unsigned turn;  /* jobs of one line before the next has its turn */
    unsigned count; /* of all lines */
};

void job_list_init(struct job_list *list);
void job_list_push(struct job_list *list, struct db_job *job);
struct db_job *job_list_pop(struct job_list *list); /* NULL: there is none */

void queue_init(struct queue *queue, unsigned turn);

/* Frees the lines, which must be empty. */
void queue_deinit(struct queue *queue);

/* False when the lane has enough to do, or this job's council has. */
bool queue_has_room(const struct queue *queue, const struct db_job *job);

void queue_push(struct queue *queue, struct db_job *job);

/* Takes the next job out. A line whose first job `may` not go is passed over. NULL: none may. */
struct db_job *queue_take(struct queue *queue, bool (*may)(void *data, const struct db_job *job),
                          void *data);

#endif
