-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:roles on pg
BEGIN;

SELECT 1 / count(*) FROM pg_roles
 WHERE rolname = 'pledged' AND rolcanlogin AND NOT rolsuper AND NOT rolbypassrls;
SELECT 1 / has_schema_privilege('pledged', 'pledge', 'USAGE')::int;
SELECT 1 / (NOT has_schema_privilege('pledged', 'pledge', 'CREATE'))::int;
SELECT 1 / count(*) FROM pg_db_role_setting s
  JOIN pg_database d ON d.oid = s.setdatabase AND d.datname = current_database()
 WHERE s.setrole = 'pledged'::regrole AND 'search_path=pledge, pg_temp' = ANY (s.setconfig);

ROLLBACK;
