-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:request on pg
BEGIN;

SELECT principal_id, request_id, authority_id, method, request_hash, recorded_at
  FROM pledge.request WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.request'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 1)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'request';
SELECT 'pledge.request_begin(uuid, text, bytea)'::regprocedure;
SELECT 'pledge.request_time(text)'::regprocedure;

ROLLBACK;
