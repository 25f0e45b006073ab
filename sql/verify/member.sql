-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:member on pg
BEGIN;

SELECT principal_id, display_name, host_administrator, create_time
  FROM pledge.principal WHERE false;
SELECT fingerprint, principal_id, create_time
  FROM pledge.credential WHERE false;
SELECT principal_id, user_name, create_time
  FROM pledge.login WHERE false;
SELECT authority_id, member_id, principal_id, fingerprint, user_name, display_name, role, owner_id,
       create_time, update_time, revision, owner_name
  FROM pledge.member WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.member'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 3)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'member';
SELECT 1 / count(*) FROM pg_trigger
 WHERE tgrelid = 'pledge.member'::regclass AND tgname = 'member_touch' AND tgenabled = 'O';
SELECT authority_id, member_id, principal_id, name, display_name, role, owner,
       certificate_sha256, user_name, create_time, update_time, etag
  FROM pledge.member_resource WHERE false;
SELECT role, permission
  FROM pledge.role_permission WHERE false;
SELECT 'pledge.identify(bytea)'::regprocedure;
SELECT 'pledge.self()'::regprocedure;
SELECT 'pledge.host_administrator_add(bytea, text)'::regprocedure;
SELECT 'pledge.member_principal(text, text, text)'::regprocedure;
SELECT 'pledge.principal_is_ours(uuid, text)'::regprocedure;
SELECT 'pledge.member_roles()'::regprocedure;
SELECT 'pledge.certificate_digest(text, text)'::regprocedure;
SELECT 'pledge.member_owner_of(text, text)'::regprocedure;
SELECT 'pledge.member_last_day(text, text)'::regprocedure;
SELECT 'pledge.member_places_check(uuid, text)'::regprocedure;
SELECT 'pledge.member_may_write()'::regprocedure;
SELECT 'pledge.member_create(text, text, text, text, text, text, text)'::regprocedure;
SELECT 'pledge.member_update(text, text, text, text, text, text, text, text[], text)'::regprocedure;
SELECT 'pledge.certificates_of(text)'::regprocedure;
SELECT 'pledge.certificate_member(text)'::regprocedure;
SELECT 'pledge.certificate_add(text, text, text)'::regprocedure;
SELECT 'pledge.certificate_revoke(text, text)'::regprocedure;
SELECT 'pledge.identity_changed()'::regprocedure;
SELECT 1 / (count(DISTINCT role) = 9)::int FROM pledge.role_permission;
SELECT 1 / count(*) FROM pg_policies
 WHERE schemaname = 'pledge' AND policyname = 'authority_membership';

ROLLBACK;
