/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/care_count.h"

#include "client/cli/care_read.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CHILDREN = 1024, FIRST_EPISODES = 1024, MONTH_OF_NEW_YEAR = 4 };

void care_problem(struct care_count *count, enum care_file file, size_t line, const char *column,
                  const char *found, const char *expected)
{
    if (count->problems && count->problem_count < CARE_MAX_PROBLEMS) {
        count->problems[count->problem_count] =
            (struct care_problem){file, line, column, found, expected};
    }
    count->problem_count++;
}

const char *care_said(struct care_count *count, const char *format, size_t number)
{
    const char *text = count->problem_count < CARE_MAX_PROBLEMS
                           ? arena_printf(count->arena, format, number)
                           : NULL;
    return text ? text : "";
}

bool care_count_init(struct care_count *count, struct arena *arena, const char *day)
{
    *count = (struct care_count){.arena = arena};
    long year = strtol(day, NULL, 10);
    long month = strtol(day + 5, NULL, 10);
    count->day = (int32_t)(year * 10000 + month * 100 + strtol(day + 8, NULL, 10));
    count->year = (int)year + (month >= MONTH_OF_NEW_YEAR);
    count->code_of_year = arena_printf(arena, "a code of %d", count->year);
    count->problems = arena_calloc(arena, CARE_MAX_PROBLEMS, sizeof(*count->problems));
    return count->problems && count->code_of_year &&
           RAND_bytes(count->hash_key, sizeof(count->hash_key)) == 1;
}

void care_count_deinit(struct care_count *count)
{
    if (count->reading) {
        care_count_end(count, CARE_EPISODES);
    }
    if (count->children) {
        OPENSSL_cleanse(count->children, count->child_cap * sizeof(*count->children));
    }
    free(count->children);
    free(count->episodes);
    OPENSSL_cleanse(count->hash_key, sizeof(count->hash_key));
    count->children = NULL;
    count->episodes = NULL;
}

size_t care_child_place(const struct care_count *count, const unsigned char key[CARE_KEY_SIZE])
{
    size_t at;
    memcpy(&at, key, sizeof(at));
    for (at &= count->child_cap - 1;
         count->children[at].born && memcmp(count->children[at].key, key, CARE_KEY_SIZE) != 0;
         at = (at + 1) & (count->child_cap - 1)) {
    }
    return at;
}

static bool grow_children(struct care_count *count)
{
    struct care_child *old = count->children;
    size_t old_cap = count->child_cap;
    size_t cap = old_cap ? old_cap * 2 : FIRST_CHILDREN;
    struct care_child *children = calloc(cap, sizeof(*children));
    if (!children) {
        return false;
    }
    count->children = children;
    count->child_cap = cap;
    for (size_t i = 0; i < old_cap; i++) {
        if (old[i].born) {
            children[care_child_place(count, old[i].key)] = old[i];
        }
    }
    free(old);
    return true;
}

bool care_child_add(struct care_count *count, const unsigned char key[CARE_KEY_SIZE], int32_t born,
                    size_t line)
{
    if (count->child_count * 2 >= count->child_cap && !grow_children(count)) {
        return false;
    }
    struct care_child *child = &count->children[care_child_place(count, key)];
    memcpy(child->key, key, CARE_KEY_SIZE);
    child->born = born;
    child->line = line;
    count->child_count++;
    return true;
}

bool care_episode_add(struct care_count *count, const struct care_episode *episode)
{
    if (count->episode_count == count->episode_cap) {
        size_t cap = count->episode_cap ? count->episode_cap * 2 : FIRST_EPISODES;
        struct care_episode *episodes = realloc(count->episodes, cap * sizeof(*episodes));
        if (!episodes) {
            return false;
        }
        count->episodes = episodes;
        count->episode_cap = cap;
    }
    count->episodes[count->episode_count++] = *episode;
    return true;
}

/* ---- both files together ---- */

static int by_child_and_day(const void *a, const void *b)
{
    const struct care_episode *x = a;
    const struct care_episode *y = b;
    if (x->child != y->child) {
        return x->child < y->child ? -1 : 1;
    }
    if (x->begun != y->begun) {
        return x->begun < y->begun ? -1 : 1;
    }
    return (x->ended > y->ended) - (x->ended < y->ended);
}

static int by_place(const void *a, const void *b)
{
    const struct care_problem *x = a;
    const struct care_problem *y = b;
    if (x->file != y->file) {
        return x->file < y->file ? -1 : 1;
    }
    return (x->line > y->line) - (x->line < y->line);
}

static void add(struct care_count *count, const char *dimension, const char *category)
{
    int index = care_category_find(dimension, category);
    if (index >= 0 && index < CARE_CATEGORIES) {
        count->counts[index]++;
    }
}

static const char *age_band(int age)
{
    return age < 1    ? "under_1"
           : age < 5  ? "from_1_to_4"
           : age < 10 ? "from_5_to_9"
           : age < 16 ? "from_10_to_15"
                      : "from_16";
}

static bool in_care(const struct care_count *count, const struct care_episode *episode)
{
    return episode->begun <= count->day && episode->ended > count->day;
}

static void count_episode(struct care_count *count, const struct care_episode *episode)
{
    const struct care_child *child = &count->children[episode->child];
    if (care_category_find("legal_status", episode->status->category) < 0) {
        return; /* short breaks */
    }
    int age = (count->day - child->born) / 10000;
    if (age >= CARE_ADULT_AGE) {
        care_problem(count, CARE_EPISODES, episode->line, "DEC", "care of someone of 18 or over",
                     "an end by the 18th birthday; see DOB, too");
    }
    count->total++;
    add(count, "legal_status", episode->status->category);
    add(count, "placement", episode->placement->category);
    add(count, "age", age_band(age));
}

bool care_count_finish(struct care_count *count)
{
    if (count->failed) {
        return false;
    }
    if (count->episode_count > 0) {
        qsort(count->episodes, count->episode_count, sizeof(*count->episodes), by_child_and_day);
    }
    for (size_t i = 0; i < count->episode_count; i++) {
        const struct care_episode *episode = &count->episodes[i];
        bool followed = i + 1 < count->episode_count && episode[1].child == episode->child;
        if (followed && episode->ended > episode[1].begun) {
            care_problem(count, CARE_EPISODES, episode[1].line, "DECOM",
                         care_said(count, "a day before line %zu ended", episode->line),
                         "one episode of a child at a time");
        }
        if (episode->begun < count->children[episode->child].born) {
            care_problem(count, CARE_EPISODES, episode->line, "DECOM", "a day before birth",
                         "the day of birth or later; see DOB, too");
        } else if (in_care(count, episode)) {
            count_episode(count, episode);
        }
    }
    size_t kept =
        count->problem_count < CARE_MAX_PROBLEMS ? count->problem_count : CARE_MAX_PROBLEMS;
    qsort(count->problems, kept, sizeof(*count->problems), by_place);
    return count->problem_count == 0;
}
