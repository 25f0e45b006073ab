/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/queue.h"

#include "common/base/fnv.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void job_list_init(struct job_list *list)
{
    *list = (struct job_list){.last = &list->first};
}

void job_list_push(struct job_list *list, struct db_job *job)
{
    job->next = NULL;
    *list->last = job;
    list->last = &job->next;
    list->count++;
}

struct db_job *job_list_pop(struct job_list *list)
{
    struct db_job *job = list->first;
    if (job) {
        list->first = job->next;
        list->last = list->first ? list->last : &list->first;
        list->count--;
        job->next = NULL;
    }
    return job;
}

static unsigned slot_of(const char *authority)
{
    return fnv_hash(0, authority, strlen(authority)) % QUEUE_SLOTS;
}

/* The council's line, or NULL when it never had one. */
static struct queue_line *line_find(const struct queue *queue, const char *authority)
{
    struct queue_line *line = queue->slots[slot_of(authority)];
    while (line && strcmp(line->authority, authority) != 0) {
        line = line->chain;
    }
    return line;
}

/* Lines are kept: there are as many as councils. */
static struct queue_line *line_of(struct queue *queue, const char *authority)
{
    struct queue_line *line = line_find(queue, authority);
    if (!line && queue->line_count < QUEUE_MAX_LINES) {
        line = calloc(1, sizeof(*line));
        if (line) {
            struct queue_line **slot = &queue->slots[slot_of(authority)];
            snprintf(line->authority, sizeof(line->authority), "%s", authority);
            job_list_init(&line->jobs);
            line->chain = *slot;
            *slot = line;
            queue->line_count++;
        }
    }
    return line ? line : &queue->shared;
}

static void line_join(struct queue *queue, struct queue_line *line)
{
    line->taken = 0;
    line->next = NULL;
    *queue->last = line;
    queue->last = &line->next;
}

/* Takes the line out that `at` of the queue points to. */
static void line_leave(struct queue *queue, struct queue_line **at)
{
    *at = (*at)->next;
    if (!*at) {
        queue->last = at;
    }
}

void queue_init(struct queue *queue, unsigned turn)
{
    *queue = (struct queue){.last = &queue->first, .turn = turn};
    job_list_init(&queue->shared.jobs);
}

void queue_deinit(struct queue *queue)
{
    assert(queue->count == 0);
    for (unsigned i = 0; i < QUEUE_SLOTS; i++) {
        for (struct queue_line *line = queue->slots[i], *chain; line; line = chain) {
            chain = line->chain;
            free(line);
        }
    }
}

bool queue_has_room(const struct queue *queue, const struct db_job *job)
{
    const struct queue_line *line = line_find(queue, job->settings.authority);
    return queue->count < DB_MAX_QUEUED && (!line || line->jobs.count < DB_MAX_LINE);
}

void queue_push(struct queue *queue, struct db_job *job)
{
    struct queue_line *line = line_of(queue, job->settings.authority);
    if (line->jobs.count == 0) {
        line_join(queue, line);
    }
    job_list_push(&line->jobs, job);
    queue->count++;
}

struct db_job *queue_take(struct queue *queue, bool (*may)(void *data, const struct db_job *job),
                          void *data)
{
    struct queue_line **at = &queue->first;
    while (*at && !may(data, (*at)->jobs.first)) {
        at = &(*at)->next;
    }
    struct queue_line *line = *at;
    if (!line) {
        return NULL;
    }
    struct db_job *job = job_list_pop(&line->jobs);
    queue->count--;
    if (line->jobs.count == 0) {
        line_leave(queue, at);
    } else if (++line->taken >= queue->turn) {
        line_leave(queue, at);
        line_join(queue, line);
    }
    return job;
}
