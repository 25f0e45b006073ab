-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:personal on pg
BEGIN;

SELECT kind, what, days, least_days, most_days, basis, update_time FROM pledge.retention WHERE false;
SELECT table_name, column_name, holds, of_whom, purpose, kind, erasure, reason
  FROM pledge.personal_field WHERE false;
SELECT table_name, column_name FROM pledge.personal_none WHERE false;
SELECT authority_id, member_id, table_name, erasure, cause, count, recorded_at
  FROM pledge.erasure WHERE false;
SELECT erase_time FROM pledge.member WHERE false;
SELECT 1 / (count(*) = 1)::int FROM pg_class
 WHERE oid = 'pledge.erasure'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) = 1)::int FROM pg_trigger
 WHERE tgrelid = 'pledge.member'::regclass AND tgname = 'member_erased' AND tgenabled = 'O';
SELECT 'pledge.personal_of_principal(uuid, text)'::regprocedure;
SELECT 'pledge.personal_of_place(uuid, text)'::regprocedure;
SELECT 'pledge.personal_rows(uuid, text)'::regprocedure;
SELECT 'pledge.personal_may(text)'::regprocedure;
SELECT 'pledge.personal_export(text)'::regprocedure;
SELECT 'pledge.personal_export_own()'::regprocedure;
SELECT 'pledge.erasure_count(pledge.member, text, text, text, bigint)'::regprocedure;
SELECT 'pledge.audit_peers_clear(text, uuid)'::regprocedure;
SELECT 'pledge.personal_erase_principal(pledge.member, text)'::regprocedure;
SELECT 'pledge.personal_erase_place(pledge.member, text)'::regprocedure;
SELECT 'pledge.personal_erase(pledge.member[], text, text)'::regprocedure;
SELECT 'pledge.personal_erase_member(text)'::regprocedure;
SELECT 1 / (count(*) = 4)::int FROM pledge.role_permission
 WHERE permission IN ('personal.read', 'personal.erase');

ROLLBACK;
