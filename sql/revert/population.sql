-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:population from pg
BEGIN;

DELETE FROM pledge.role_permission WHERE permission LIKE 'population.%';
DROP FUNCTION pledge.population_found(text, text, int);
DROP FUNCTION pledge.population_entries(date, int);
DROP FUNCTION pledge.percent_of(int, int);
DROP FUNCTION pledge.population_counts(date, int);
DROP FUNCTION pledge.known_day(text);
DROP FUNCTION pledge.population_record(text, int, text, text[], text[], int[]);
DROP FUNCTION pledge.population_count_violation(bigint, text, text, int, int);
DROP FUNCTION pledge.sees_small_counts();
DROP TABLE pledge.population_count;
DROP TABLE pledge.population;
DROP FUNCTION pledge.population_max();

COMMIT;
