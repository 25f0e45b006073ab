-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:seat on pg
BEGIN;

SELECT authority_id, body_id, body_member_id, display_name, role, party, owner_id, sits_from,
       sits_to, create_time, update_time, revision
  FROM pledge.body_member WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.body_member'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 1)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'body_member';
SELECT 1 / count(*) FROM pg_trigger
 WHERE tgrelid = 'pledge.body_member'::regclass AND tgname = 'body_member_touch' AND tgenabled = 'O';
SELECT authority_id, body_id, body_member_id, name, display_name, role, party,
       owner, owner_display_name, sits_from, sits_to, create_time, update_time, etag
  FROM pledge.body_member_resource WHERE false;
SELECT 'pledge.body_member_add(text, text, text, text, text, text, date, date)'::regprocedure;
SELECT 'pledge.body_member_update(text, text, text, text, date, text, text[])'::regprocedure;

ROLLBACK;
