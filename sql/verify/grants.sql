-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:grants on pg
BEGIN;

SELECT 1 / has_table_privilege('pledged', 'pledge.return_submission', 'SELECT, INSERT')::int;
SELECT 1 / bool_and(has_table_privilege('pledged', c.oid, 'SELECT'))::int
  FROM pg_class AS c
 WHERE c.relnamespace = 'pledge'::regnamespace AND c.relkind = 'v'
   AND c.relname LIKE '%\_resource';
SELECT 1 / (NOT has_table_privilege('pledged', 'pledge.return_submission', 'UPDATE'))::int;
SELECT 1 / (NOT has_table_privilege('pledged', 'pledge.return_submission', 'DELETE'))::int;
SELECT 1 / (NOT has_table_privilege('pledged', 'pledge.progress', 'UPDATE'))::int;
SELECT 1 / (NOT has_table_privilege('pledged', 'pledge.return_move', 'UPDATE'))::int;
SELECT 1 / (NOT has_table_privilege('pledged', 'pledge.request', 'UPDATE'))::int;
SELECT 1 / (NOT has_table_privilege('pledged', 'pledge.principal', 'SELECT'))::int;
SELECT 1 / (NOT has_table_privilege('pledged', 'pledge.credential', 'SELECT'))::int;
SELECT 1 / has_function_privilege('pledged', 'pledge.identify(bytea)', 'EXECUTE')::int;
SELECT 1 / (NOT has_function_privilege('pledged',
    'pledge.host_administrator_add(bytea, text)', 'EXECUTE'))::int;

ROLLBACK;
