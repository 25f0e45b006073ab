-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:authority on pg
BEGIN;

SELECT authority_id, display_name, word_pledge, word_statement, word_board, create_time,
       update_time, revision
  FROM pledge.authority WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.authority'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 3)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'authority';
SELECT 1 / count(*) FROM pg_trigger
 WHERE tgrelid = 'pledge.authority'::regclass AND tgname = 'authority_touch' AND tgenabled = 'O';
SELECT authority_id, owner_id, kind, display_name, director_post, contact_post, create_time,
       update_time, revision, resource_name
  FROM pledge.owner WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.owner'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 1)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'owner';
SELECT 1 / count(*) FROM pg_trigger
 WHERE tgrelid = 'pledge.owner'::regclass AND tgname = 'owner_touch' AND tgenabled = 'O';
SELECT authority_id, body_id, display_name, parent_body_id, meeting_interval_months,
       terms_of_reference, established_on, create_time, update_time, revision
  FROM pledge.body WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.body'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 1)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'body';
SELECT 1 / count(*) FROM pg_trigger
 WHERE tgrelid = 'pledge.body'::regclass AND tgname = 'body_touch' AND tgenabled = 'O';
SELECT authority_id, name, display_name, "words.pledge", "words.statement", "words.board",
       create_time, update_time, etag
  FROM pledge.authority_resource WHERE false;
SELECT authority_id, owner_id, name, display_name, director_post, create_time, update_time, etag
  FROM pledge.department_resource WHERE false;
SELECT authority_id, owner_id, name, display_name, contact_post, create_time, update_time, etag
  FROM pledge.partner_agency_resource WHERE false;
SELECT authority_id, body_id, name, display_name, parent_body, meeting_interval_months,
       terms_of_reference, established_on, create_time, update_time, etag
  FROM pledge.body_resource WHERE false;
SELECT 'pledge.owner_of(text, text)'::regprocedure;
SELECT 'pledge.owner_problem(text, text)'::regprocedure;
SELECT 'pledge.authority_create(text, text, text, text, text)'::regprocedure;
SELECT 'pledge.authority_update(text, text, text, text, text, text[])'::regprocedure;
SELECT 'pledge.owner_create(text, text, text, text)'::regprocedure;
SELECT 'pledge.owner_update(text, text, text, text, text, text[])'::regprocedure;
SELECT 'pledge.body_create(text, text, text, integer, text[], date)'::regprocedure;
SELECT 'pledge.body_update(text, text, text, integer, text[], date, text, text[])'::regprocedure;

ROLLBACK;
