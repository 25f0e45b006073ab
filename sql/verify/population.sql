-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:population on pg
BEGIN;

SELECT authority_id, counted_on, entry, total, source, recorded_at FROM pledge.population WHERE false;
SELECT authority_id, counted_on, entry, dimension, category, count FROM pledge.population_count WHERE false;
SELECT 1 / (count(*) = 2)::int FROM pg_class
 WHERE oid IN ('pledge.population'::regclass, 'pledge.population_count'::regclass)
   AND relrowsecurity AND relforcerowsecurity;
SELECT 'pledge.population_max()'::regprocedure;
SELECT 'pledge.sees_small_counts()'::regprocedure;
SELECT 'pledge.population_count_violation(bigint, text, text, integer, integer)'::regprocedure;
SELECT 'pledge.population_record(text, integer, text, text[], text[], integer[])'::regprocedure;
SELECT 'pledge.known_day(text)'::regprocedure;
SELECT 'pledge.population_counts(date, integer)'::regprocedure;
SELECT 'pledge.percent_of(integer, integer)'::regprocedure;
SELECT 'pledge.population_entries(date, integer)'::regprocedure;
SELECT 'pledge.population_found(text, text, integer)'::regprocedure;

ROLLBACK;
