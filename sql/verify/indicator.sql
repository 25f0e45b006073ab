-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:indicator on pg
BEGIN;

SELECT authority_id, indicator_id, revision, title, unit, direction, source, dimension, categories, recorded_at
  FROM pledge.indicator WHERE false;
SELECT authority_id, indicator_id, revision, from_on, target, green, amber, green_to, amber_to
  FROM pledge.indicator_standard WHERE false;
SELECT authority_id, indicator_id, revision, pledge_id, version_number, statement_id
  FROM pledge.indicator_statement WHERE false;
SELECT authority_id, indicator_id, ends_on, entry, value, recorded_at FROM pledge.indicator_value WHERE false;
SELECT 1 / (count(*) = 4)::int FROM pg_class
 WHERE oid IN ('pledge.indicator'::regclass, 'pledge.indicator_standard'::regclass,
               'pledge.indicator_statement'::regclass, 'pledge.indicator_value'::regclass)
   AND relrowsecurity AND relforcerowsecurity;
SELECT 'pledge.indicators_known(date)'::regprocedure;
SELECT 'pledge.indicator_statements(text, integer)'::regprocedure;
SELECT 'pledge.indicator_found(text, text)'::regprocedure;
SELECT 'pledge.indicator_record(text, text, float8)'::regprocedure;
SELECT 'pledge.indicator_values(text, date)'::regprocedure;
SELECT 1 / (pledge.indicator_rating('lower', 7, 5, 8, 0, 0) = 'amber')::int;

ROLLBACK;
