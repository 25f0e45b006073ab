-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:grants from pg
BEGIN;

REVOKE ALL ON ALL TABLES IN SCHEMA pledge FROM pledged;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA pledge FROM pledged;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pledge TO PUBLIC;
DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT a.attrelid::regclass AS relation, a.attname
               FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
              WHERE c.relnamespace = 'pledge'::regnamespace AND a.attacl IS NOT NULL LOOP
        EXECUTE format('REVOKE ALL (%I) ON %s FROM pledged', v.attname, v.relation);
    END LOOP;
END
$$;

COMMIT;
