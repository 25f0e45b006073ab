-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:change on pg
BEGIN;

SELECT authority_id, last FROM pledge.change_count WHERE false;
SELECT authority_id, number, kind, name, permission, owner_id, recorded_at
  FROM pledge.change WHERE false;
SELECT 1 / (count(*) = 2)::int FROM pg_class
 WHERE oid IN ('pledge.change'::regclass, 'pledge.change_count'::regclass)
   AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) = 89)::int FROM pg_trigger
 WHERE tgfoid = 'pledge.change_record()'::regprocedure AND tgdeferrable AND tginitdeferred;
SELECT 'pledge.change_after(text)'::regprocedure;

ROLLBACK;
