/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs that wait: councils take turns, each council's jobs stay in order, nothing is lost. */
#include "tests/unit/unit.h"

#include "server/db/queue.h"

#include <stdio.h>
#include <stdlib.h>

enum { TURN = 3 };

struct place {
    struct queue queue;
    const char *blocked; /* a council whose jobs may not go, or NULL */
};

static bool may(void *data, const struct db_job *job)
{
    const struct place *place = data;
    return !place->blocked || strcmp(job->settings.authority, place->blocked) != 0;
}

static struct db_job *job_new(const char *authority, uint64_t number)
{
    struct db_job *job = calloc(1, sizeof(*job));
    assert_non_null(job);
    job->settings.authority = authority;
    job->deadline_ms = number;
    return job;
}

static void push(struct place *place, const char *authority, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        queue_push(&place->queue, job_new(authority, i));
    }
}

/* Takes all, and writes the first letters of their councils in order. */
static const char *take_all(struct place *place, char *out)
{
    struct db_job *job;
    char *at = out;
    while ((job = queue_take(&place->queue, may, place))) {
        *at++ = *job->settings.authority ? *job->settings.authority : '-';
        free(job);
    }
    *at = '\0';
    return out;
}

static void test_councils_take_turns(void **state)
{
    struct place place = {.blocked = NULL};
    char order[64];
    (void)state;
    queue_init(&place.queue, TURN);
    push(&place, "derby", 8);
    push(&place, "halton", 2);
    push(&place, "", 1);
    push(&place, "derby", 1);
    assert_int_equal(place.queue.count, 12);
    assert_string_equal(take_all(&place, order), "dddhh-dddddd");
    push(&place, "halton", 1);
    push(&place, "derby", 1);
    assert_string_equal(take_all(&place, order), "hd");
    assert_int_equal(place.queue.count, 0);
    queue_deinit(&place.queue);
}

static void test_one_councils_jobs_stay_in_order(void **state)
{
    struct place place = {.blocked = NULL};
    uint64_t next[2] = {0};
    (void)state;
    queue_init(&place.queue, TURN);
    push(&place, "derby", 50);
    push(&place, "halton", 50);
    struct db_job *job;
    while ((job = queue_take(&place.queue, may, &place))) {
        assert_int_equal(job->deadline_ms, next[*job->settings.authority == 'h']++);
        free(job);
    }
    assert_int_equal(next[0], 50);
    assert_int_equal(next[1], 50);
    queue_deinit(&place.queue);
}

static void test_a_council_that_may_not_go_holds_up_no_other(void **state)
{
    struct place place = {.blocked = "derby"};
    char order[64];
    (void)state;
    queue_init(&place.queue, 1);
    push(&place, "derby", 3);
    push(&place, "halton", 2);
    push(&place, "leicester", 2);
    assert_string_equal(take_all(&place, order), "hlhl");
    assert_int_equal(place.queue.count, 3);
    place.blocked = NULL;
    push(&place, "halton", 1);
    assert_string_equal(take_all(&place, order), "dhdd");
    queue_deinit(&place.queue);
}

static void test_room(void **state)
{
    struct place place = {.blocked = NULL};
    struct db_job *derbys = job_new("derby", 0);
    struct db_job *haltons = job_new("halton", 0);
    (void)state;
    queue_init(&place.queue, TURN);
    push(&place, "derby", DB_MAX_LINE - 1);
    assert_true(queue_has_room(&place.queue, derbys));
    push(&place, "derby", 1);
    assert_false(queue_has_room(&place.queue, derbys));
    assert_true(queue_has_room(&place.queue, haltons));
    push(&place, "", DB_MAX_QUEUED - DB_MAX_LINE);
    assert_false(queue_has_room(&place.queue, haltons));
    free(derbys);
    free(haltons);
    struct db_job *job;
    while ((job = queue_take(&place.queue, may, &place))) {
        free(job);
    }
    queue_deinit(&place.queue);
}

static void test_more_councils_than_lines(void **state)
{
    enum { COUNCILS = QUEUE_MAX_LINES + 10 };
    static char names[COUNCILS][16];
    struct place place = {.blocked = NULL};
    unsigned taken = 0;
    (void)state;
    queue_init(&place.queue, 1);
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < COUNCILS; i++) {
            snprintf(names[i], sizeof(names[i]), "c%u", i);
            push(&place, names[i], 1);
        }
    }
    struct db_job *job;
    while ((job = queue_take(&place.queue, may, &place))) {
        taken++;
        free(job);
    }
    assert_int_equal(taken, 2 * COUNCILS);
    assert_int_equal(place.queue.line_count, QUEUE_MAX_LINES);
    queue_deinit(&place.queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_councils_take_turns),
        cmocka_unit_test(test_one_councils_jobs_stay_in_order),
        cmocka_unit_test(test_a_council_that_may_not_go_holds_up_no_other),
        cmocka_unit_test(test_room),
        cmocka_unit_test(test_more_councils_than_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
